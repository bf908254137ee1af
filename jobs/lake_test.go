package jobs_test

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"graphlake/jobs"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/schemas"
)

// at is another run on the same lake, at another instant.
func (r *rig) at(now time.Time) *rig {
	next := *r
	next.Now = now
	return &next
}

// night is a run without a range.
func (r *rig) night(t *testing.T, datasets ...schemas.Dataset) jobs.Report {
	t.Helper()
	rep, err := r.Run(t.Context(), plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: datasets})
	if err != nil {
		t.Fatal(err)
	}
	return rep
}

// days is a run over days of November 2026.
func (r *rig) days(t *testing.T, from, to int, datasets ...schemas.Dataset) jobs.Report {
	t.Helper()
	rep, err := r.Run(t.Context(), plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: datasets, From: november(from), To: november(to)})
	if err != nil {
		t.Fatal(err)
	}
	return rep
}

func november(day int) time.Time { return time.Date(2026, 11, day, 0, 0, 0, 0, time.UTC) }

func (r *rig) state(t *testing.T, d schemas.Dataset) state.State {
	t.Helper()
	s, err := state.Load(t.Context(), r.store, state.Pair{TenantID: tenant.ID, Dataset: d.Name})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// bytes are the partitions' bytes by their names.
func (r *rig) bytes(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, name := range r.objects(t) {
		all[name] = r.text(t, name)
	}
	return all
}

func (r *rig) text(t *testing.T, name string) string {
	t.Helper()
	object, err := r.store.Open(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	defer object.Close()
	text, err := io.ReadAll(io.NewSectionReader(object, 0, object.Info().Size))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// rows are some columns of a table on a day, a line a row.
func (r *rig) rows(t *testing.T, table schemas.Table, date time.Time, columns ...string) []string {
	t.Helper()
	var lines []string
	p := load.Partition{Kind: load.Tables, Name: table.Name, TenantID: tenant.ID, Date: date}
	for row, err := range r.Lake.Rows(t.Context(), p, table) {
		if err != nil {
			t.Fatal(err)
		}
		var values []string
		for i, c := range table.Columns {
			if len(columns) == 0 || slices.Contains(columns, c.Name) {
				values = append(values, fmt.Sprint(row[i]))
			}
		}
		lines = append(lines, strings.Join(values, " "))
	}
	return lines
}
