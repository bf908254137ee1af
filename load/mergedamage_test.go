package load_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/memory"

	"graphlake/load"
	"graphlake/load/memstore"
	"graphlake/schemas"
)

// damage overwrites part of a partition.
func damage(t *testing.T, store *memstore.Store, p load.Partition, from, to float64) {
	t.Helper()
	text := fileOf(t, store, p)
	size := float64(len(text))
	for i := int(from * size); i < int(to*size); i++ {
		text[i] ^= 0x55
	}
	put(t, store, p.Object(), text)
}

// A damaged partition stops itself only: it is left alone with all that was read for it, whatever part of
// the file is damaged.
func TestMergeBesideDamage(t *testing.T) {
	for _, part := range [][2]float64{{0.9, 1}, {0, 0.5}, {0.3, 0.31}, {0, 1}} {
		store, lake := newLake(t)
		var many []string
		for i := range 40 {
			many = append(many, meetingAt(fmt.Sprintf("m%02d", i), fmt.Sprintf("2026-11-22T10:00:%02dZ", i), 1, "1", false))
		}
		fill(t, lake, 20, at("g", 20, 1, "1"))
		fill(t, lake, 21, at("a", 21, 1, "1"), at("c", 21, 1, "1"))
		fill(t, lake, 22, many...)
		fill(t, lake, 24, at("h", 24, 1, "1"))
		damage(t, store, meetingsOn(22), part[0], part[1])
		damage(t, store, meetingsOn(24), part[0], part[1])
		broken := [][]byte{fileOf(t, store, meetingsOn(22)), fileOf(t, store, meetingsOn(24))}
		m := merged(t, lake, schemas.Range{From: day(21), To: day(24)}, load.MergeOptions{},
			at("a", 22, 2, "2"), // to the damaged day: its copy stays where it is
			at("g", 24, 2, "2"), // as is that of one that went further
			at("b", 22, 1, "1"),
			at("c", 23, 2, "2"),
			at("d", 21, 1, "1"),
			at("m01", 23, 2, "2"), // from the damaged day
		)
		wantDates(t, m.Damaged(), 22)
		wantDates(t, m.Skipped(), 24)
		if got := published(t, m); got != "21 23" {
			t.Errorf("damaged at %v: changed the days %q", part, got)
		}
		wantDay(t, lake, 20, at("g", 20, 1, "1"))
		wantDay(t, lake, 21, at("a", 21, 1, "1"), at("d", 21, 1, "1"))
		wantDay(t, lake, 23, at("c", 23, 2, "2"), at("m01", 23, 2, "2"))
		for i, n := range []int{22, 24} {
			if !bytes.Equal(fileOf(t, store, meetingsOn(n)), broken[i]) {
				t.Errorf("the damaged partition of day %d was touched", n)
			}
		}
	}
}

// Whatever byte of a partition is wrong, a merge either does not notice it or leaves the partition alone:
// what cannot be read is known before the first day is published.
func TestMergeKnowsDamageBeforeItPublishes(t *testing.T) {
	store := memstore.New()
	lake := load.New(store, t.TempDir()).Tune(memory.DefaultAllocator) // the library leaks pages of damaged files
	fill(t, lake, 21, at("a", 21, 1, "1"))
	fill(t, lake, 22, at("b", 22, 1, "1"), strings.Replace(at("c", 22, 3, "3"), `"record":"{`, `"record":"{`+noise(1, 500), 1))
	whole := fileOf(t, store, meetingsOn(22))
	fine := fileOf(t, store, meetingsOn(21))
	inRecord, other := 0, 0
	for i := 0; i < len(whole); i += 3 {
		broken := bytes.Clone(whole)
		broken[i] ^= 0x55
		put(t, store, meetingsOn(21).Object(), fine)
		put(t, store, meetingsOn(22).Object(), broken)
		if err := store.Remove(t.Context(), meetingsOn(23).Object(), load.Condition{}); err != nil {
			t.Fatal(err)
		}
		keys := 0 // that can be read
		for _, err := range lake.Keys(t.Context(), meetingsOn(22), meetings, []string{"id"}) {
			if err == nil {
				keys++
			}
		}
		m := merged(t, lake, schemas.Range{From: day(21), To: day(24)}, load.MergeOptions{}, at("a", 22, 2, "2"), at("c", 23, 2, "2"), at("d", 23, 1, "1"))
		published(t, m)
		switch {
		case len(m.Damaged()) == 0:
			continue
		case keys == 2:
			inRecord++
		default:
			other++
		}
		wantDay(t, lake, 21, at("a", 21, 1, "1"))
		wantDay(t, lake, 23, at("c", 23, 2, "2"), at("d", 23, 1, "1"))
		if !bytes.Equal(fileOf(t, store, meetingsOn(22)), broken) {
			t.Errorf("byte %d: the damaged partition was touched", i)
		}
	}
	if inRecord == 0 || other == 0 {
		t.Errorf("%d damaged records and %d other damages were noticed, want some of both", inRecord, other)
	}
}

func wantDates(t *testing.T, errs []error, days ...int) {
	t.Helper()
	var got []int
	for _, err := range errs {
		if d, ok := errors.AsType[*load.DamagedError](err); ok && errors.Is(err, load.ErrDamaged) {
			got = append(got, d.Partition.Date.Day())
		}
	}
	if !slices.Equal(got, days) {
		t.Errorf("damaged are %v, want %v: %v", got, days, errs)
	}
}

// A damaged day of the search is skipped, and a row whose hash is none is damage as well.
func TestMergeSkipsDamageOfTheSearch(t *testing.T) {
	store, lake := newLake(t)
	fill(t, lake, 3, at("s", 3, 6, "6"))
	fill(t, lake, 4, at("s", 4, 4, "4"))
	fill(t, lake, 5, strings.Replace(at("s", 5, 9, "9"), "99", "9", 1))
	fill(t, lake, 22, at("s", 22, 5, "5"))
	damage(t, store, meetingsOn(3), 0, 0.5)
	m := merged(t, lake, on22, load.MergeOptions{Search: schemas.Range{From: day(1), To: day(30)}}, at("y", 22, 1, "f"))
	wantDates(t, m.Skipped(), 3, 5)
	wantDates(t, m.Damaged())
	published(t, m)
	wantDay(t, lake, 4)
	wantDay(t, lake, 22, at("s", 22, 5, "5"), at("y", 22, 1, "f"))
}
