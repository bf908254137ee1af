package graphsim

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strings"
)

// A Table is what a table of a lake must hold: so many rows, less those marked as removed, and a sum over
// their keys.
type Table struct {
	Rows int `json:"rows"`
	// Keys is the sum modulo 2⁶⁴, over all rows, of the first eight bytes, big-endian, of the SHA-256 of
	// the row's key: its values joined by the unit separator, numbers in decimal, times in RFC 3339 and UTC.
	Keys string `json:"keys"`
}

// A ledger counts rows by table.
type ledger struct {
	of   map[string]*tally
	keys map[string][]string // by table; nil: they are not kept
}

type tally struct {
	rows int
	sum  uint64
}

// add counts a row by its key.
func (l ledger) add(table string, key ...string) {
	joined := strings.Join(key, "\x1f")
	if l.keys != nil {
		l.keys[table] = append(l.keys[table], joined)
	}
	sum := sha256.Sum256([]byte(joined))
	of := l.table(table)
	of.rows++
	of.sum += binary.BigEndian.Uint64(sum[:8])
}

// table is what was counted of a table. A table without rows is one, too.
func (l ledger) table(name string) *tally {
	if l.of[name] == nil {
		l.of[name] = new(tally)
	}
	return l.of[name]
}

// tables is what was counted, as it is printed.
func (l ledger) tables() map[string]Table {
	all := map[string]Table{}
	for name, one := range l.of {
		all[name] = Table{Rows: one.rows, Keys: fmt.Sprintf("%016x", one.sum)}
	}
	return all
}
