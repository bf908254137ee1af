package duckdb

import (
	"testing"

	"graphlake/schemas"
)

// Graph writes unknownFutureValue where it is not told that newer members of an enum are welcome.
func (l *lake) enums(t *testing.T) {
	for _, d := range l.datasets {
		for _, table := range d.Tables {
			for _, c := range table.Columns {
				if c.Type != schemas.Enum {
					continue
				}
				if n := l.number(t, "SELECT count(*) FROM %s WHERE %q = 'unknownFutureValue'", table.Name, c.Name); n > 0 {
					t.Errorf("%s.%s is unknownFutureValue in %d rows", table.Name, c.Name, n)
				}
			}
		}
	}
}
