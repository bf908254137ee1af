package jobs_test

import (
	"encoding/json"
	"testing"
	"time"

	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/schemas"
)

func part(kind load.Kind, name string, date time.Time) load.Partition {
	return load.Partition{Kind: kind, Name: name, TenantID: tenant.ID, Date: date}
}

// rewrite replaces a partition by its rows, each as often as copies says.
func (r *rig) rewrite(t *testing.T, p load.Partition, table schemas.Table, copies func(row int) int) {
	t.Helper()
	w, err := r.Lake.Write(t.Context(), p, table)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Discard()
	row := 0
	for rec, err := range r.Lake.Read(t.Context(), p, table) {
		if err != nil {
			t.Fatal(err)
		}
		for i := range rec.NumRows() {
			for range copies(row) {
				one := rec.NewSlice(i, i+1)
				if err := w.Append(one); err != nil {
					t.Fatal(err)
				}
				one.Release()
			}
			row++
		}
	}
	if c, err := w.Commit(t.Context()); err != nil || !c.Changed {
		t.Fatalf("rewrite %s: changed %v, %v", p, c.Changed, err)
	}
}

// put replaces an object by a text, nil removes it.
func (r *rig) put(t *testing.T, object string, text []byte) {
	t.Helper()
	if err := r.Store.Remove(t.Context(), object, load.Condition{}); err != nil {
		t.Fatal(err)
	}
	if text == nil {
		return
	}
	if _, err := r.Store.Swap(t.Context(), object, "", text); err != nil {
		t.Fatal(err)
	}
}

func stateObject(d schemas.Dataset) string { return "state/" + tenant.ID + "/" + d.Name + ".json" }

// edit changes a state document behind everybody's back.
func (r *rig) edit(t *testing.T, d schemas.Dataset, change func(*state.State)) {
	t.Helper()
	var st state.State
	if err := json.Unmarshal([]byte(r.text(t, stateObject(d))), &st); err != nil {
		t.Fatal(err)
	}
	change(&st)
	text, err := json.Marshal(st)
	if err != nil {
		t.Fatal(err)
	}
	r.put(t, stateObject(d), text)
}

func (r *rig) count(t *testing.T, p load.Partition) int64 {
	t.Helper()
	n, err := r.Lake.Count(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func firstTwice(row int) int { return 1 + b2i(row == 0) }
func notFirst(row int) int   { return 1 - b2i(row == 0) }

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// both puts the first record of Monday also on Tuesday.
func both(t *testing.T, r *rig, raw schemas.Table) {
	t.Helper()
	w, err := r.Lake.Write(t.Context(), part(load.Raw, raw.Name, tuesday), raw)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Discard()
	for i, p := range []load.Partition{part(load.Raw, raw.Name, monday), part(load.Raw, raw.Name, tuesday)} {
		for rec, err := range r.Lake.Read(t.Context(), p, raw) {
			if err != nil {
				t.Fatal(err)
			}
			rows := rec.NumRows()
			if i == 0 {
				rows = 1
			}
			one := rec.NewSlice(0, rows)
			if err := w.Append(one); err != nil {
				t.Fatal(err)
			}
			one.Release()
		}
	}
	if _, err := w.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
}
