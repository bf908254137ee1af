package jobs_test

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"graphlake/internal/graphsim"
	"graphlake/load"
	"graphlake/schemas"
)

// present are the rows of a table on some days, but for those of what is gone.
func (r *rig) present(t *testing.T, table schemas.Table, days ...time.Time) (rows []string, sum graphsim.Table) {
	t.Helper()
	var keys uint64
	for _, date := range days {
		p := load.Partition{Kind: load.Tables, Name: table.Name, TenantID: tenant.ID, Date: date}
		for row, err := range r.Lake.Rows(t.Context(), p, table) {
			if err != nil {
				t.Fatal(err)
			}
			var key []string
			gone := false
			for _, name := range table.Key {
				i := slices.IndexFunc(table.Columns, func(c schemas.Column) bool { return c.Name == name })
				if at, ok := row[i].(time.Time); ok {
					key = append(key, at.UTC().Format(time.RFC3339Nano))
					continue
				}
				key = append(key, fmt.Sprint(row[i]))
			}
			for i, c := range table.Columns {
				gone = gone || c.Name == "removed" && row[i] == true
			}
			if gone {
				continue
			}
			hash := sha256.Sum256([]byte(strings.Join(key, "\x1f")))
			keys += binary.BigEndian.Uint64(hash[:8])
			rows = append(rows, fmt.Sprint(row))
		}
	}
	return rows, graphsim.Table{Rows: len(rows), Keys: fmt.Sprintf("%016x", keys)}
}

// counted is what a table holds on some days but for rows of what is gone, as the simulator counts it.
func (r *rig) counted(t *testing.T, table schemas.Table, days ...time.Time) graphsim.Table {
	t.Helper()
	_, sum := r.present(t, table, days...)
	return sum
}

// equalsTruth compares the tables of some days with what the tenant holds now.
func (r *rig) equalsTruth(t *testing.T, sim *graphsim.Tenant, d schemas.Dataset, days ...time.Time) {
	t.Helper()
	truth := sim.Truth().Tables
	for _, table := range d.Tables {
		got, want := r.counted(t, table, days...), truth[table.Name]
		if got != want || want.Rows == 0 {
			t.Errorf("%s of %s: %+v, want %+v", table.Name, days[0].Format(time.DateOnly), got, want)
		}
	}
}

// equalsOf compares the rows of a dataset with those of another lake.
func (r *rig) equalsOf(t *testing.T, other *rig, d schemas.Dataset, days ...time.Time) {
	t.Helper()
	for _, table := range d.Tables {
		got, _ := r.present(t, table, days...)
		if want, _ := other.present(t, table, days...); !slices.Equal(got, want) {
			t.Errorf("%s differs from that of a lake that was read at once: %d rows, want %d", table.Name, len(got), len(want))
		}
	}
}

// marked is how many rows of a table are of what is gone.
func (r *rig) marked(t *testing.T, table schemas.Table, date time.Time) int {
	t.Helper()
	return len(slices.DeleteFunc(r.rows(t, table, date, "removed"), func(v string) bool { return v != "true" }))
}
