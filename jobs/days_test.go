package jobs_test

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"graphlake/extract/graphsim"
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
			for i, c := range table.Columns {
				if slices.Contains(table.Key, c.Name) {
					key = append(key, fmt.Sprint(row[i]))
				}
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

// daysEqualTruth compares what the tables hold of some days with what the tenant has now.
func (r *rig) daysEqualTruth(t *testing.T, sim *graphsim.Tenant, d schemas.Dataset, days ...time.Time) {
	t.Helper()
	truth := sim.Truth().Tables
	for _, table := range d.Tables {
		_, got := r.present(t, table, days...)
		if want := truth[table.Name]; got != want || want.Rows == 0 {
			t.Errorf("%s holds %+v, want %+v", table.Name, got, want)
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
