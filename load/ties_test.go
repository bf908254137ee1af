package load_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/memory"

	"graphlake/load"
	"graphlake/load/memstore"
)

// changed adds rows to a reading, in batches of so many, and says of every record what the picture
// of day 21 holds and what was read, as "held > read, read".
func changed(t *testing.T, lake *load.Lake, older *load.Partition, size int, added []string) []string {
	t.Helper()
	s, err := lake.Spool(trips, tenant, on22)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Discard()
	s.Over(older)
	for len(added) > 0 {
		n := min(size, len(added))
		if err := s.Add(batch(t, memory.DefaultAllocator, trips, added[:n]...)); err != nil {
			t.Fatal(err)
		}
		added = added[n:]
	}
	m, err := s.Merge(t.Context(), load.MergeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for change, err := range m.Undecided(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		var read []string
		for _, r := range change.Read {
			read = append(read, string(r))
		}
		line := string(change.Held) + " > " + strings.Join(read, ", ")
		if !change.Keyed {
			line += " (no key)"
		}
		got = append(got, line)
	}
	return got
}

// What came last is newer, which neither hashes nor scratch files undo.
func TestChangesKeepTheirOrder(t *testing.T) {
	a := func(hash string) string { return trip("a", "", 0, hash) }
	fill := func(from, to int) (rows []string) { // spills in between
		for i := from; i < to; i++ {
			rows = append(rows, trip(fmt.Sprintf("b-%03d", i), "", 0, "7"))
		}
		return rows
	}
	for name, hashes := range map[string]string{"down": "f0", "up": "0f", "there and back": "f0f", "twice": "ff"} {
		var added, read []string
		for i, hash := range strings.Split(hashes, "") {
			added = append(append(added, a(hash)), fill(50*i, 50*i+50)...)
			read = append(read, "{"+hash+"}")
		}
		want := []string{" > " + strings.Join(read, ", ")}
		for range fill(0, 50*len(hashes)) {
			want = append(want, " > {7}")
		}
		for _, size := range []int{1, 7, len(added)} {
			lake := load.New(memstore.New(), t.TempDir()).Tune(checked(t))
			if got := changed(t, lake, nil, size, added); strings.Join(got, "\n") != strings.Join(want, "\n") {
				t.Errorf("%s, in batches of %d: %q, want %q", name, size, got, want)
			}
		}
	}
}

// Every record of the older picture is gone through, whether something was read of it or not.
func TestChangesOverAPicture(t *testing.T) {
	lake := load.New(memstore.New(), t.TempDir()).Tune(checked(t))
	w, err := lake.Write(t.Context(), tripsOn(21), trips)
	if err != nil {
		t.Fatal(err)
	}
	held := []string{trip("", "", 0, "9"), trip("a", "", 0, "1"), trip("c", "", 0, "3")}
	if err := w.Append(batch(t, memory.DefaultAllocator, trips, held...)); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	older := tripsOn(21)
	got := changed(t, lake, &older, 2, []string{trip("c", "", 0, "5"), trip("", "", 0, "9"), trip("b", "", 0, "2"), trip("c", "", 0, "4"), trip("", "", 0, "8")})
	want := []string{" > {8} (no key)", "{9} > {9} (no key)", "{1} > ", " > {2}", "{3} > {5}, {4}"}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	missing := tripsOn(20)
	s, err := lake.Spool(trips, tenant, on22)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Discard()
	s.Over(&missing)
	m, err := s.Merge(t.Context(), load.MergeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range m.Undecided(t.Context()) {
		if err == nil {
			t.Error("a picture that is not there was gone through")
		}
	}
}
