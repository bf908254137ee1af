package load_test

import (
	"errors"
	"slices"
	"testing"

	"graphlake/load"
	"graphlake/load/memstore"
)

// Rows are compared, however they came and are encoded, and nothing is published.
func TestComparing(t *testing.T) {
	mem := checked(t)
	store := memstore.New()
	p := tripsOn(22)
	rows := []string{
		trip("a", "2026-11-22T01:00:00Z", 1, "a"), trip("b", "2026-11-22T02:00:00Z", 0, "b"), trip("c", "2026-11-22T03:00:00Z", 1, "c"),
	}
	held := load.New(store, "").Tune(mem)
	write(t, held, p, trips, batch(t, mem, trips, rows...))
	before := objects(t, store)
	for _, c := range []struct {
		name    string
		at      load.Partition
		rows    []string
		differs bool
	}{
		{"the same rows", p, rows, false},
		{"a row less", p, rows[:2], true},
		{"none", p, nil, true},
		{"a row more", p, append(rows[:3:3], trip("d", "2026-11-22T04:00:00Z", 1, "d")), true},
		{"another value", p, []string{rows[0], trip("b", "2026-11-22T02:00:00Z", 1, "b"), rows[2]}, true},
		{"another order", p, []string{rows[1], rows[0], rows[2]}, true},
		{"no partition", tripsOn(23), nil, true},
	} {
		for _, size := range []int{1, 2, 3} { // by a lake that would make another file
			w, err := load.New(store, "").TuneAllocator(mem).Comparing().Write(t.Context(), c.at, trips)
			if err != nil {
				t.Fatal(err)
			}
			for some := range slices.Chunk(c.rows, size) {
				if err := w.Append(batch(t, mem, trips, some...)); err != nil {
					t.Error(err)
				}
			}
			got, err := w.Commit(t.Context())
			if err != nil || got.Changed != c.differs {
				t.Errorf("%s, %d at a time: changed %v, %v; want %v", c.name, size, got.Changed, err, c.differs)
			}
			if _, err := w.Commit(t.Context()); !errors.Is(err, load.ErrSpent) {
				t.Errorf("a second Commit answers %v", err)
			}
		}
	}
	w, err := held.Comparing().Write(t.Context(), p, trips)
	if err != nil {
		t.Fatal(err)
	}
	write(t, held, p, trips)
	if _, err := w.Commit(t.Context()); !errors.Is(err, load.ErrConflict) {
		t.Errorf("a partition that was replaced meanwhile: %v, want a conflict", err)
	}
	if len(before) != 1 || len(objects(t, store)) != 1 {
		t.Errorf("the store has %d objects, then %d", len(before), len(objects(t, store)))
	}
}
