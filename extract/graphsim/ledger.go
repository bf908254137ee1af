package graphsim

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
	"time"
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
type ledger map[string]*tally

type tally struct {
	rows int
	sum  uint64
}

// newLedger begins with the tables that are empty if nothing is added.
func newLedger(tables string) ledger {
	l := ledger{}
	for name := range strings.FieldsSeq(tables) {
		l[name] = &tally{}
	}
	return l
}

// add counts a row by its key.
func (l ledger) add(table string, key ...string) {
	sum := sha256.Sum256([]byte(strings.Join(key, "\x1f")))
	l[table].rows++
	l[table].sum += binary.BigEndian.Uint64(sum[:8])
}

func (l ledger) tables() map[string]Table {
	all := map[string]Table{}
	for name, one := range l {
		all[name] = Table{Rows: one.rows, Keys: fmt.Sprintf("%016x", one.sum)}
	}
	return all
}

// position is a place in a list as part of a key.
func position(i int) string { return strconv.Itoa(i) }

// instantKey is an instant as part of a key.
func instantKey(at time.Time) string { return at.UTC().Format(time.RFC3339Nano) }
