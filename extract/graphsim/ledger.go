package graphsim

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strings"
)

// A Table is what a lake's table must hold now.
type Table struct {
	Rows int `json:"rows"`
	// Keys is, in 16 hexadecimal digits, the sum modulo 2^64 over all rows of the first eight bytes
	// (big-endian) of the SHA-256 of the key's values, joined with 0x1f.
	Keys string `json:"keys"`
}

// A ledger counts the rows of tables.
type ledger map[string]*entries

type entries struct {
	rows int
	keys uint64
}

// add counts a row by its key.
func (l ledger) add(table string, key ...string) {
	sum := sha256.Sum256([]byte(strings.Join(key, "\x1f")))
	l.table(table).rows++
	l.table(table).keys += binary.BigEndian.Uint64(sum[:8])
}

// table is what was counted of a table. A table without rows is one, too.
func (l ledger) table(name string) *entries {
	if l[name] == nil {
		l[name] = new(entries)
	}
	return l[name]
}

// tables is what was counted, as it is printed.
func (l ledger) tables() map[string]Table {
	out := map[string]Table{}
	for name, e := range l {
		out[name] = Table{e.rows, fmt.Sprintf("%016x", e.keys)}
	}
	return out
}
