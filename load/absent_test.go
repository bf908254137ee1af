package load_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/memory"

	"graphlake/load"
	"graphlake/load/memstore"
	"graphlake/schemas"
)

// meetings are marked when they are gone.
var meetings = schemas.RawTable(schemas.Dataset{
	Name: "meetings", Removes: true,
	Tables: []schemas.Table{{
		Name: "meetings", Key: []string{"id"}, Columns: []schemas.Column{{Name: "id", Type: schemas.String, Path: "id"}},
	}},
})

func meeting(id, time, hash string, removed bool) string {
	row := trip(id, time, 0, hash)
	return strings.TrimSuffix(row, "}") + fmt.Sprintf(`,"removed":%t}`, removed)
}

// What the lake holds of the range and a complete reading does not bring is made absent, once; what is
// outside of the range stays, and what is brought again is back.
func TestMergeAbsent(t *testing.T) {
	lake := load.New(memstore.New(), t.TempDir()).Tune(checked(t))
	p := load.Partition{Kind: load.Raw, Name: "meetings", TenantID: tenant, Date: day(22)}
	gone := 0
	var skipped []string
	read := func(r schemas.Range, whole bool, rows ...string) (changed bool) {
		t.Helper()
		s, err := lake.Spool(meetings, tenant, r)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Discard()
		if len(rows) > 0 {
			if err := s.Add(batch(t, memory.DefaultAllocator, meetings, rows...)); err != nil {
				t.Fatal(err)
			}
		}
		reading := load.MergeOptions{Answered: map[string]bool{}}
		if whole {
			reading.Absence = load.OfAnswered
		}
		for _, id := range []string{"1", "2", "3"} {
			reading.Answered[id] = !slices.Contains(skipped, id)
		}
		m, err := s.Merge(t.Context(), reading)
		if err != nil {
			t.Fatal(err)
		}
		for c, err := range m.Undecided(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			gone++
			id := strings.Trim(string(c.Held), "{}")
			takeRow(t, c, meeting(id, "2026-11-22T1"+id+":00:00Z", "e", true))
			if c.Of != id || !c.Date.Equal(day(22)) || !c.Keyed || len(c.Read) > 0 {
				t.Errorf("%+v is absent, want %q of %v", c, id, day(22))
			}
		}
		commits, err := publish(t.Context(), m)
		if err != nil {
			t.Fatal(err)
		}
		return commits[0].Changed
	}
	at := func(id string) string { return meeting(id, "2026-11-22T1"+id+":00:00Z", id, false) }
	marked := func(id string) string { return meeting(id, "2026-11-22T1"+id+":00:00Z", "e", true) }
	read(on22, true, at("1"), at("2"), at("3"))
	if read(on22, false, at("2")) || gone != 0 {
		t.Errorf("a reading that was not complete marked %d", gone)
	}
	morning := schemas.Range{From: day(22), To: day(22).Add(schemas.Day * 25 / 48)} // until 12:30
	if !read(morning, true, at("2")) || gone != 1 {
		t.Errorf("marked %d, want the one of 11:00", gone)
	}
	wantRows(t, rows(t, lake, p, meetings), marked("1"), at("2"), at("3"))
	if read(morning, true, at("2")) || gone != 1 {
		t.Errorf("marked %d, want nothing twice", gone)
	}
	if !read(on22, true, at("1"), at("2")) || gone != 2 {
		t.Errorf("marked %d, want also the one of 13:00", gone)
	}
	wantRows(t, rows(t, lake, p, meetings), at("1"), at("2"), marked("3"))
	skipped = []string{"1"}
	if !read(on22, true) || gone != 3 {
		t.Errorf("marked %d, want also the one of 12:00", gone)
	}
	wantRows(t, rows(t, lake, p, meetings), at("1"), marked("2"), marked("3"))
	if read(on22, true) {
		t.Error("a day changed of which the one record is skipped and the others are marked")
	}
}

// A record that moved into the range is looked for around it, also where records of any day were read.
func TestMovedRecordsOfAnyDay(t *testing.T) {
	lake := load.New(memstore.New(), t.TempDir()).Tune(checked(t))
	r := schemas.Range{From: day(23), To: day(24)}
	spool(t, lake, r, 1, []string{trip("moves", "2026-11-23T10:00:00Z", 1, "1")})
	s, err := lake.Spool(trips, tenant, on22)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Discard()
	s.Anywhere()
	moved := trip("moves", "2026-11-22T10:00:00Z", 2, "2")
	if err := s.Add(batch(t, memory.DefaultAllocator, trips, moved)); err != nil {
		t.Fatal(err)
	}
	m, err := s.Merge(t.Context(), load.MergeOptions{Absence: load.OfAll})
	if err != nil {
		t.Fatal(err)
	}
	for c, err := range m.Undecided(t.Context()) {
		t.Errorf("%v is absent, %v", c, err)
	}
	if _, err := publish(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	wantRows(t, rows(t, lake, tripsOn(22), trips), moved)
	wantRows(t, rows(t, lake, tripsOn(23), trips))
}

// Changes of a night belong to the days of their records, and touch no other.
func TestSpoolAnywhere(t *testing.T) {
	lake := load.New(memstore.New(), t.TempDir()).Tune(checked(t))
	for n := 1; n <= 3; n++ {
		r := schemas.Range{From: day(n), To: day(n + 1)}
		spool(t, lake, r, 1, []string{trip(fmt.Sprint("t", n), fmt.Sprintf("2026-11-0%dT10:00:00Z", n), 1, "1")})
	}
	s, err := lake.Spool(trips, tenant, on22)
	if err != nil {
		t.Fatal(err)
	}
	s.Anywhere()
	edited, late, tonight := trip("t2", "2026-11-02T10:00:00Z", 2, "2"), trip("t9", "2026-11-09T10:00:00Z", 1, "9"), trip("t22", "2026-11-22T10:00:00Z", 1, "3")
	var changed []int
	for _, c := range commit(t, s, 1, []string{edited, late, tonight, edited}) {
		if c.Changed {
			changed = append(changed, c.Partition.Date.Day())
		}
	}
	if fmt.Sprint(changed) != "[2 9 22]" {
		t.Errorf("changed the days %v, want 2, 9 and 22", changed)
	}
	wantRows(t, rows(t, lake, tripsOn(2), trips), edited)
	wantRows(t, rows(t, lake, tripsOn(9), trips), late)
	wantRows(t, rows(t, lake, tripsOn(22), trips), tonight)
}

// A record that moves to the range is taken away from the day before, also by a unit whose records may
// be of any day.
func TestSpoolAnywhereTakesWhatMoved(t *testing.T) {
	lake := load.New(memstore.New(), t.TempDir()).Tune(checked(t))
	spool(t, lake, schemas.Range{From: day(21), To: day(22)}, 1, []string{trip("a", "2026-11-21T10:00:00Z", 1, "1")})
	s, err := lake.Spool(trips, tenant, on22)
	if err != nil {
		t.Fatal(err)
	}
	s.Anywhere()
	moved := trip("a", "2026-11-22T10:00:00Z", 2, "2")
	commit(t, s, 1, []string{moved})
	wantRows(t, rows(t, lake, tripsOn(21), trips))
	wantRows(t, rows(t, lake, tripsOn(22), trips), moved)
}
