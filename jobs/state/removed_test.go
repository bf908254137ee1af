package state

import (
	"reflect"
	"testing"
	"time"

	"graphlake/load"
	"graphlake/load/memstore"
	"graphlake/schemas"
)

var calls = schemas.Dataset{Name: "calls", Mode: schemas.Windowed, Settle: 12 * time.Hour, Lookback: 24 * time.Hour}

// Of days whose raw was removed nothing is remembered but that: what failed since, or is forgotten by Graph, does not
// change it, and what is read again does.
func TestRemoveRaw(t *testing.T) {
	all := State{
		Since: midnight(1),
		Behind: []Behind{
			{Record: "old", From: midnight(2), To: midnight(3)}, {Parent: "ada", From: midnight(3), To: midnight(9)},
			{Parent: "gone", From: midnight(2), Gone: true}, {Record: "new", From: midnight(7), To: midnight(8)},
		},
		Lost:     []Lost{{From: midnight(1), To: midnight(2)}, {From: midnight(4), To: midnight(7), Parent: "bob"}},
		Accepted: []Accepted{{From: midnight(1), To: midnight(3)}},
		Asked:    []Asked{{From: midnight(1), To: midnight(4), Request: 1}, {From: midnight(3), To: midnight(8), Request: 2}},
		Misfits:  []DayMisfits{{Day: midnight(4)}, {Day: midnight(6)}},
		Dirty:    []time.Time{midnight(4), midnight(7)},
		Derived:  []Derived{{From: midnight(1), To: midnight(9), Fingerprint: "one"}},
	}
	all.Cover(calls, Covered{From: midnight(2), To: midnight(9), Outcome: Data, Read: now, Records: 70})
	all.Remove(load.Raw, calls, schemas.Range{From: midnight(1), To: midnight(6)}, now)
	want := State{
		Since: midnight(1),
		Coverage: Coverage{
			{From: midnight(1), To: midnight(2), Outcome: Removed, Read: now, Unread: true},
			{From: midnight(2), To: midnight(6), Outcome: Removed, Read: now},
			{From: midnight(6), To: midnight(9), Outcome: Data, Read: now, Records: 30},
		},
		Behind: []Behind{
			{Parent: "ada", From: midnight(6), To: midnight(9)}, {Parent: "gone", From: midnight(6), Gone: true}, {Record: "new", From: midnight(7), To: midnight(8)},
		},
		Lost:     []Lost{{From: midnight(6), To: midnight(7), Parent: "bob"}},
		Accepted: []Accepted{},
		Asked:    []Asked{{From: midnight(3), To: midnight(8), Request: 2}},
		Misfits:  []DayMisfits{{Day: midnight(6)}},
		Dirty:    []time.Time{midnight(7)},
		Derived:  []Derived{{From: midnight(6), To: midnight(9), Fingerprint: "one"}},
	}
	if !reflect.DeepEqual(all, want) {
		t.Errorf("got  %+v\nwant %+v", all, want)
	}
	for _, o := range []Outcome{Failed, Forbidden, Expired, Missed} {
		all.Cover(calls, Covered{From: midnight(2), To: midnight(4), Outcome: o, Read: now})
	}
	if n := all.Forget(schemas.Range{From: midnight(1), To: midnight(5)}, now); n != 0 || !reflect.DeepEqual(all.Coverage, want.Coverage) {
		t.Errorf("%d parts are lost, and the coverage is %+v", n, all.Coverage)
	}
	if gaps := all.Unread(calls, schemas.Range{To: midnight(9)}); gaps != nil {
		t.Errorf("removed days are missed: %v", gaps)
	}
	all.Cover(calls, Covered{From: midnight(3), To: midnight(4), Outcome: Data, Read: now, Records: 5})
	if all.IsRemoved(load.Raw, midnight(3)) || !all.IsRemoved(load.Raw, midnight(2)) || !all.IsRemoved(load.Raw, midnight(4)) {
		t.Errorf("a day that was read again: %+v", all.Coverage)
	}
}

// What of tables and quarantine was removed stays small, and is there again a day at a time.
func TestRemoveTables(t *testing.T) {
	st := State{Dirty: []time.Time{midnight(2)}, Derived: []Derived{{From: midnight(1), To: midnight(9), Fingerprint: "one"}}}
	for day := 1; day < 5; day++ {
		st.Remove(load.Tables, calls, schemas.Range{From: midnight(day), To: midnight(day + 1)}, now)
		st.Remove(load.Quarantine, calls, schemas.Range{From: midnight(day), To: midnight(day + 1)}, now)
	}
	st.Restore(load.Tables, midnight(3))
	want := State{
		Dirty: []time.Time{}, Derived: []Derived{{From: midnight(5), To: midnight(9), Fingerprint: "one"}},
		RemovedTables:     []RemovedDays{{midnight(1), midnight(3)}, {midnight(4), midnight(5)}},
		RemovedQuarantine: []RemovedDays{{midnight(1), midnight(5)}},
	}
	if !reflect.DeepEqual(st, want) {
		t.Errorf("got  %+v\nwant %+v", st, want)
	}
}

// A day is removed for readers once its tables are. As long as they stand it is what it was; one of which there never
// were any is removed, too.
func TestDaysThatAreRemoved(t *testing.T) {
	store := memstore.New()
	d, err := Open(t.Context(), store, pair, log)
	if err != nil {
		t.Fatal(err)
	}
	change := func(change func(*State)) {
		t.Helper()
		if err := d.Update(t.Context(), change); err != nil {
			t.Fatal(err)
		}
		if _, err := d.KeepDays(t.Context(), calls, Counted{Raw: map[time.Time]int64{midnight(1): 7, midnight(2): 8}}, midnight(7).Add(2*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	is := func(want ...Day) {
		t.Helper()
		days, err := LoadDays(t.Context(), store, pair)
		if err != nil || len(days.Days) != len(want) {
			t.Fatalf("%v: %+v", err, days.Days)
		}
		for i, got := range days.Days {
			records := int64(-1)
			if got.Records != nil {
				records = *got.Records
			}
			wanted := int64(-1)
			if want[i].Records != nil {
				wanted = *want[i].Records
			}
			if got.Date != midnight(i+1).Format(time.DateOnly) || got.Outcome != want[i].Outcome || got.Removed != want[i].Removed || records != wanted {
				t.Errorf("%s is %s, removed %q, %d records; want %s, %q, %d", got.Date, got.Outcome, got.Removed, records, want[i].Outcome, want[i].Removed, wanted)
			}
		}
	}
	seven, eight := int64(7), int64(8)
	change(func(st *State) {
		st.Cover(calls, Covered{From: midnight(1), To: midnight(2), Outcome: Data, Read: now}, Covered{From: midnight(2), To: midnight(3), Outcome: Data, Read: now},
			Covered{From: midnight(3), To: midnight(4), Outcome: Empty, Read: midnight(4)}, Covered{From: midnight(5), To: midnight(7), Outcome: Empty, Read: now})
	})
	change(func(st *State) { st.MarkDirty(midnight(2)) })
	is(Day{Outcome: "data", Records: &seven}, Day{Outcome: "late", Records: &eight}, Day{Outcome: "empty"}, Day{Outcome: "missing"}, Day{Outcome: "empty"}, Day{Outcome: "empty"})
	change(func(st *State) { st.Remove(load.Raw, calls, schemas.Range{From: midnight(1), To: midnight(6)}, now) })
	change(func(st *State) {
		st.Remove(load.Tables, calls, schemas.Range{From: midnight(1), To: midnight(2)}, now)
		st.Remove(load.Tables, calls, schemas.Range{From: midnight(6), To: midnight(7)}, now)
	})
	is(Day{Outcome: "removed", Removed: "raw, tables"}, Day{Outcome: "data", Records: &eight, Removed: "raw"}, Day{Outcome: "empty", Removed: "raw"},
		Day{Outcome: "removed", Removed: "raw"}, Day{Outcome: "empty", Removed: "raw"}, Day{Outcome: "removed", Removed: "tables"})
}
