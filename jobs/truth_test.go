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

// counted is what a table holds on a day but for rows of what is gone, as the simulator counts it.
func (r *rig) counted(t *testing.T, table schemas.Table, date time.Time) graphsim.Table {
	t.Helper()
	var rows int
	var keys uint64
	p := load.Partition{Kind: load.Tables, Name: table.Name, TenantID: tenant.ID, Date: date}
	for row, err := range r.Lake.Rows(t.Context(), p, table) {
		if err != nil {
			t.Fatal(err)
		}
		values := map[string]any{}
		for i, c := range table.Columns {
			values[c.Name] = row[i]
		}
		if values["removed"] == true {
			continue
		}
		var key []string
		for _, name := range table.Key {
			key = append(key, fmt.Sprint(values[name]))
		}
		sum := sha256.Sum256([]byte(strings.Join(key, "\x1f")))
		rows, keys = rows+1, keys+binary.BigEndian.Uint64(sum[:8])
	}
	return graphsim.Table{Rows: rows, Keys: fmt.Sprintf("%016x", keys)}
}

// equalsTruth compares the tables of a day with what the tenant holds now.
func (r *rig) equalsTruth(t *testing.T, sim *graphsim.Tenant, d schemas.Dataset, date time.Time) {
	t.Helper()
	truth := sim.Truth().Tables
	for _, table := range d.Tables {
		got, want := r.counted(t, table, date), truth[table.Name]
		if got != want || want.Rows == 0 {
			t.Errorf("%s of %s: %+v, want %+v", table.Name, date.Format(time.DateOnly), got, want)
		}
	}
}

// marked is how many rows of a table are of what is gone.
func (r *rig) marked(t *testing.T, table schemas.Table, date time.Time) int {
	t.Helper()
	return len(slices.DeleteFunc(r.rows(t, table, date, "removed"), func(v string) bool { return v != "true" }))
}
