package jobs_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/schemas"
)

// announcing tells when a partition is published.
type announcing struct {
	state.Store
	name      string
	published chan struct{}
	once      *sync.Once
}

func (s announcing) Stage(ctx context.Context, name string) (load.Staged, error) {
	staged, err := s.Store.Stage(ctx, name)
	return announcedObject{staged, s, name}, err
}

type announcedObject struct {
	load.Staged
	by   announcing
	name string
}

func (o announcedObject) Commit(ctx context.Context, base load.Condition) (bool, load.Version, error) {
	changed, v, err := o.Staged.Commit(ctx, base)
	if o.name == o.by.name {
		o.by.once.Do(func() { close(o.by.published) })
	}
	return changed, v, err
}

// rawAndTables are the calls of raw and those of the tables, which have to be the same.
func (r *rig) rawAndTables(t *testing.T, from, to int) []string {
	t.Helper()
	var raw, tables []string
	for day := from; day < to; day++ {
		for id := range r.held(t, day) {
			raw = append(raw, fmt.Sprint(day, " ", id))
		}
		for _, id := range r.rows(t, schemas.CallRecords.Root(), november(day), "call_id") {
			tables = append(tables, fmt.Sprint(day, " ", id))
		}
	}
	slices.Sort(raw)
	slices.Sort(tables)
	if !slices.Equal(raw, tables) {
		t.Errorf("raw has %q, the tables %q", raw, tables)
	}
	return raw
}

// weekOfCalls has a call on each day from the 14th to the 19th, and one that moves.
func weekOfCalls(moves string) *office {
	o := &office{calls: map[string]call{"moves": {moves, 1}}}
	for day := 14; day < 20; day++ {
		o.calls[fmt.Sprint("x", day)] = call{fmt.Sprintf("2026-11-%dT09:00:00Z", day), 1}
	}
	return o
}

// A call whose start moves by two days lies on one of them afterwards, in raw and in the tables, whichever of the
// days is read first and whichever way it moves; and the lake is then one that was read at once.
func TestMovedByTwoDays(t *testing.T) {
	const early, late = "2026-11-15T10:00:00Z", "2026-11-17T10:00:00Z"
	for name, c := range map[string]struct {
		from, to string
		day      int
	}{"forwards": {early, late, 17}, "backwards": {late, early, 15}} {
		for _, first := range []int{15, 17} {
			t.Run(fmt.Sprintf("%s, the %dth is read first", name, first), func(t *testing.T) {
				t.Parallel()
				o := weekOfCalls(c.from)
				r := newOffice(t, o).at(at(20, 2))
				r.days(t, 14, 20, schemas.CallRecords)
				o.calls["moves"] = call{c.to, 2}

				// Of two units at once one waits until the other's day is published.
				waits := 32 - first
				published := make(chan struct{})
				r.Store = announcing{r.store, part(load.Raw, schemas.CallRecords.Name, november(first)).Object(), published, &sync.Once{}}
				r.Lake = load.New(r.Store, t.TempDir())
				o.hold = func(from time.Time) {
					if from.Day() != waits {
						return
					}
					select {
					case <-published:
					case <-time.After(500 * time.Millisecond): // it is not changed by itself
					}
				}
				if rep := r.days(t, 14, 20, schemas.CallRecords); rep.Status != state.Data || rep.Incomplete() {
					t.Errorf("%+v", rep)
				}
				o.hold = nil
				want(t, r.rawAndTables(t, 14, 20), inOrder(fmt.Sprint(c.day, " moves"), "14 x14", "15 x15", "16 x16", "17 x17", "18 x18", "19 x19")...)
				want(t, r.audit(t, schemas.CallRecords))
				fresh := r.fresh(t)
				fresh.days(t, 14, 20, schemas.CallRecords)
				differ(t, "the lake", r.bytes(t), fresh.bytes(t))
			})
		}
	}
}

func inOrder(all ...string) []string { return slices.Sorted(slices.Values(all)) }

// The same by nights alone, of which none is asked for a range.
func TestMovedByTwoDaysInANight(t *testing.T) {
	o := weekOfCalls("2026-11-15T10:00:00Z")
	r := newOffice(t, o).at(at(17, 2))
	r.night(t, schemas.CallRecords)
	o.calls["moves"] = call{"2026-11-17T10:00:00Z", 2}
	for _, day := range []int{18, 19} {
		r = r.at(at(day, 2))
		if rep := r.night(t, schemas.CallRecords); rep.Status != state.Data || rep.Incomplete() {
			t.Errorf("%+v", rep)
		}
		tables := []string{"14 x14", "15 x15", "16 x16", "17 moves", "17 x17"}
		if day == 19 {
			tables = append(tables, "18 x18")
		}
		want(t, r.rawAndTables(t, 14, day), tables...)
		want(t, r.audit(t, schemas.CallRecords))
	}
}

// Where only the new day is read, an older copy of a week before is taken away, too. One that lies further back
// stays, which an audit says, and a rerun of both days mends it.
func TestAuditTellsOfACallOnTwoDays(t *testing.T) {
	for day, found := range map[int][]string{10: nil, 9: {"duplicate raw 2026-11-17 1"}} {
		o := weekOfCalls(november(day).Format(time.RFC3339))
		r := newOffice(t, o).at(at(20, 2))
		r.days(t, 9, 20, schemas.CallRecords)
		o.calls["moves"] = call{"2026-11-17T10:00:00Z", 2}
		r.days(t, 17, 18, schemas.CallRecords)
		want(t, r.audit(t, schemas.CallRecords), found...)
		if rep := r.days(t, 9, 18, schemas.CallRecords); rep.Status != state.Data || rep.Incomplete() {
			t.Errorf("%+v", rep)
		}
		want(t, r.audit(t, schemas.CallRecords))
		want(t, r.rawAndTables(t, 9, 20), "14 x14", "15 x15", "16 x16", "17 moves", "17 x17", "18 x18", "19 x19")
	}
}

// A call that the list has on one day and its own answer two days later lies where its own answer says, once, and
// stays there however often either day is read; also when the list comes to say the same.
func TestListAndDetailDisagreeByDays(t *testing.T) {
	for name, c := range map[string][2]string{
		"the list is behind": {"2026-11-15T10:00:00Z", "2026-11-17T10:00:00Z"},
		"the list is ahead":  {"2026-11-17T10:00:00Z", "2026-11-15T10:00:00Z"},
	} {
		o := weekOfCalls(c[1])
		o.listed = map[string]call{"moves": {c[0], 1}}
		r := newOffice(t, o).at(at(20, 2))
		lies := moment(c[1]).Day()
		for _, days := range [][2]int{{14, 20}, {14, 20}, {15, 16}, {17, 18}, {16, 17}} {
			if rep := r.days(t, days[0], days[1], schemas.CallRecords); rep.Status != state.Data || rep.Incomplete() {
				t.Errorf("%s: %+v", name, rep)
			}
			want(t, r.rawAndTables(t, 14, 20), inOrder(fmt.Sprint(lies, " moves"), "14 x14", "15 x15", "16 x16", "17 x17", "18 x18", "19 x19")...)
		}
		o.listed = nil
		r.days(t, 14, 20, schemas.CallRecords)
		want(t, r.rawAndTables(t, 14, 20), inOrder(fmt.Sprint(lies, " moves"), "14 x14", "15 x15", "16 x16", "17 x17", "18 x18", "19 x19")...)
		want(t, r.audit(t, schemas.CallRecords))
	}
}
