package load_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/memory"

	"graphlake/load"
	"graphlake/load/memstore"
	"graphlake/schemas"
)

// trips is an invented dataset; its raw table has id, record_time, version, record_hash, record.
var trips = schemas.RawTable(schemas.Dataset{
	Name: "trips",
	Tables: []schemas.Table{{
		Name: "trips", Key: []string{"id"}, Columns: []schemas.Column{{Name: "id", Type: schemas.String, Path: "id"}},
	}},
})

// trip is a raw row; a time or an id of "" is null, and a version of 0 too.
func trip(id, time string, version int, hash string) string {
	text := func(s string) string {
		if s == "" {
			return "null"
		}
		return `"` + s + `"`
	}
	v := "null"
	if version != 0 {
		v = fmt.Sprint(version)
	}
	return fmt.Sprintf(`{"id":%s,"record_time":%s,"version":%s,"record_hash":"%s","record":"{%s}"}`,
		text(id), text(time), v, strings.Repeat(hash, 32/len(hash)), hash)
}

func tripsOn(n int) load.Partition {
	return load.Partition{Kind: load.Raw, Name: "trips", TenantID: tenant, Date: day(n)}
}

var twoDays = schemas.Range{From: day(21), To: day(23)}

// spool spools rows in batches of so many.
func spool(t *testing.T, l *load.Lake, r schemas.Range, size int, rows []string) []load.Commit {
	t.Helper()
	s, err := l.Spool(trips, tenant, r)
	if err != nil {
		t.Fatal(err)
	}
	return commit(t, s, size, rows)
}

// commit adds rows to a spool, in batches of so many, merges and commits it.
func commit(t *testing.T, s *load.Spool, size int, rows []string) []load.Commit {
	t.Helper()
	defer s.Discard()
	for part := range slices.Chunk(rows, size) {
		if err := s.Add(batch(t, memory.DefaultAllocator, trips, part...)); err != nil {
			t.Fatal(err)
		}
	}
	commits, err := mergeAndCommit(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return commits
}

func mergeAndCommit(ctx context.Context, s *load.Spool) ([]load.Commit, error) {
	m, err := s.Merge(ctx, load.MergeOptions{})
	if err != nil {
		return nil, err
	}
	return publish(ctx, m)
}

func TestSpoolSortsAndSplitsByDay(t *testing.T) {
	lake := load.New(memstore.New(), t.TempDir()).TuneAllocator(checked(t))
	a := trip("a", "2026-11-22T23:59:59.999999Z", 1, "0")
	b := trip("b", "2026-11-21T00:00:00Z", 1, "1")
	c := trip("c", "2026-11-22T00:00:00Z", 1, "2")
	d := trip("a2", "2026-11-21T00:00:00Z", 1, "3")
	noTime := trip("z", "", 1, "4")
	noKey := trip("", "", 1, "6")
	noKeyEither := trip("", "", 1, "5")
	commits := spool(t, lake, twoDays, 2, []string{a, noKey, b, noTime, c, noKeyEither, d, noKey})
	want := []load.Partition{tripsOn(21), tripsOn(22)}
	if len(commits) != 2 || commits[0].Partition != want[0] || commits[1].Partition != want[1] ||
		commits[0].Rows != 5 || commits[1].Rows != 2 || !commits[0].Changed || !commits[1].Changed {
		t.Errorf("commits are %+v", commits)
	}
	wantRows(t, rows(t, lake, tripsOn(21), trips), noKeyEither, noKey, noTime, d, b)
	wantRows(t, rows(t, lake, tripsOn(22), trips), c, a)
}

func TestSpoolKeepsOneCopy(t *testing.T) {
	const day21, day22, hour = "2026-11-21T10:00:00Z", "2026-11-22T10:00:00Z", "2026-11-21T11:00:00Z"
	for _, tt := range []struct {
		name      string
		a, b      string
		first     bool // a wins
		on21      bool
		different bool // both stay
	}{
		{"the higher version", trip("a", day21, 9, "a"), trip("a", day21, 10, "0"), false, true, false},
		{"any version over none", trip("a", day21, -1, "0"), trip("a", day21, 0, "a"), true, true, false},
		{"the greater hash at equal versions", trip("a", day21, 9, "9"), trip("a", day21, 9, "a"), false, true, false},
		{"the greater hash without versions", trip("a", day21, 0, "b"), trip("a", day21, 0, "a"), true, true, false},
		{"once, if they are the same", trip("a", day21, 9, "9"), trip("a", day21, 9, "9"), true, true, false},
		{"the higher version, moved in its day", trip("a", day21, 9, "9"), trip("a", hour, 8, "9"), true, true, false},
		{"the higher version, moved to another day", trip("a", day21, 1, "9"), trip("a", day22, 2, "8"), false, false, false},
		{"both, if the ids differ", trip("a", day21, 1, "9"), trip("b", day21, 2, "9"), true, true, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			want21 := []string{tt.b}
			if tt.first {
				want21[0] = tt.a
			}
			var want22 []string
			if tt.different {
				want21 = []string{tt.a, tt.b}
			}
			if !tt.on21 {
				want21, want22 = nil, want21
			}
			for _, order := range [][]string{{tt.a, tt.b}, {tt.b, tt.a}, {tt.a, tt.b, tt.a}} {
				lake := load.New(memstore.New(), t.TempDir()).Tune(checked(t))
				spool(t, lake, twoDays, 1, order)
				wantRows(t, rows(t, lake, tripsOn(21), trips), want21...)
				wantRows(t, rows(t, lake, tripsOn(22), trips), want22...)
			}
		})
	}
}

// An empty day is an empty file, not a day that was not read.
func TestSpoolOfNothing(t *testing.T) {
	store := memstore.New()
	lake := load.New(store, t.TempDir()).TuneAllocator(checked(t))
	halfDays := schemas.Range{From: day(21).Add(1), To: day(23).Add(1)}
	commits := spool(t, lake, halfDays, 1, nil)
	if len(commits) != 3 {
		t.Fatalf("%d commits, want one for each of the 3 days touched", len(commits))
	}
	for i, n := range []int{21, 22, 23} {
		if c := commits[i]; c.Partition != tripsOn(n) || c.Rows != 0 || !c.Changed {
			t.Errorf("commit of day %d is %+v", n, c)
		}
		wantRows(t, rows(t, lake, tripsOn(n), trips))
	}
	for _, c := range spool(t, lake, halfDays, 1, nil) {
		if c.Changed {
			t.Errorf("nothing again changed %v", c.Partition)
		}
	}
}

// The files depend on the rows alone: not on their order, nor on how often they were spilled.
func TestSpoolBytesDoNotDependOnOrder(t *testing.T) {
	all := manyTrips(300)
	scratch := t.TempDir()
	var want [][]byte
	for i, size := range []int{360, 1, 13, 100} {
		store := memstore.New()
		rand.New(rand.NewPCG(uint64(i), 0)).Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		spool(t, load.New(store, scratch).Tune(checked(t)), twoDays, size, all)
		got := [][]byte{fileOf(t, store, tripsOn(21)), fileOf(t, store, tripsOn(22))}
		if want == nil {
			want = got
		}
		for day := range got {
			sameFile(t, fmt.Sprintf("day %d in batches of %d", day, size), got[day], want[day])
		}
	}
	wantEmpty(t, scratch)
}

// manyTrips has n trips and a second copy of every fifth.
func manyTrips(n int) []string {
	var all []string
	for i := range n {
		time := fmt.Sprintf("2026-11-%dT%02d:00:%02dZ", 21+i%2, i%24, i%60)
		all = append(all, trip(fmt.Sprintf("id-%d", i), time, 7, "ab"))
		if i%5 == 0 {
			all = append(all, trip(fmt.Sprintf("id-%d", i), time, 6, "ff"))
		}
	}
	return all
}

func wantEmpty(t *testing.T, dir string) {
	t.Helper()
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left in the scratch directory: %v, %v", left, err)
	}
}

func TestSpoolRefuses(t *testing.T) {
	for _, tt := range []struct{ name, row, want string }{
		{"two days before", trip("a", "2026-11-19T23:59:59.999999Z", 1, "a"), "2026-11-19T23:59:59Z lies outside the range"},
		{"two days after", trip("a", "2026-11-24T00:00:00Z", 1, "a"), "2026-11-24T00:00:00Z lies outside the range"},
		{"a short hash", strings.Replace(trip("a", "2026-11-21T00:00:00Z", 1, "a"), "aa", "a", 1), "record hash of 31 characters"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			store := memstore.New()
			s, err := load.New(store, t.TempDir()).TuneAllocator(checked(t)).Spool(trips, tenant, twoDays)
			if err != nil {
				t.Fatal(err)
			}
			good := trip("b", "2026-11-21T00:00:00Z", 1, "b")
			err = s.Add(batch(t, memory.DefaultAllocator, trips, good, tt.row))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Add: %v, want %q in it", err, tt.want)
			}
			if _, err := mergeAndCommit(t.Context(), s); err == nil {
				t.Error("Commit after a refused row: no error")
			}
			if got := objects(t, store); got != nil {
				t.Errorf("published: %v", got)
			}
		})
	}
	if _, err := load.New(memstore.New(), "").Spool(visits, tenant, twoDays); err == nil || !strings.Contains(err.Error(), "no raw table") {
		t.Errorf("a spool of a table that is not raw: %v", err)
	}
	if _, err := load.New(memstore.New(), "").Spool(trips, tenant, schemas.Range{From: day(2), To: day(1)}); err == nil {
		t.Error("a spool of a range backwards was made")
	}
}

// Wherever the disk fills up, the days before are whole, nothing is published after it, and no scratch file
// is left.
func TestSpoolFailureLeavesWholeDays(t *testing.T) {
	scratch := t.TempDir()
	all := manyTrips(300)
	whole := memstore.New()
	bytes := 0
	for _, c := range spool(t, load.New(whole, scratch).Tune(checked(t)), twoDays, 100, all) {
		bytes += int(c.Bytes)
	}
	for room := 0; room < bytes; room += bytes / 7 {
		full := &fullStore{memstore.New(), room}
		s, err := load.New(full, scratch).Tune(memory.DefaultAllocator).Spool(trips, tenant, twoDays)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Add(batch(t, memory.DefaultAllocator, trips, all...)); err != nil {
			t.Fatal(err)
		}
		if _, err := mergeAndCommit(t.Context(), s); !errors.Is(err, errFull) {
			t.Errorf("Commit with room for %d bytes: %v, want %v", room, err, errFull)
		}
		s.Discard()
		got := objects(t, full)
		if len(got) > 1 || len(got) == 1 && got[0] != tripsOn(21).Object() {
			t.Errorf("room for %d bytes published %v", room, got)
		}
		if len(got) == 1 {
			sameFile(t, "the first day", fileOf(t, full, tripsOn(21)), fileOf(t, whole, tripsOn(21)))
		}
	}
	wantEmpty(t, scratch)
}

func TestSpoolDiscard(t *testing.T) {
	scratch := t.TempDir()
	store := memstore.New()
	s, err := load.New(store, scratch).Tune(checked(t)).Spool(trips, tenant, twoDays)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Add(batch(t, memory.DefaultAllocator, trips, manyTrips(100)...)); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.Discard(); err != nil {
			t.Error(err)
		}
	}
	if _, err := mergeAndCommit(t.Context(), s); !errors.Is(err, load.ErrSpent) {
		t.Errorf("Commit after Discard: %v, want ErrSpent", err)
	}
	if got := objects(t, store); got != nil {
		t.Errorf("published: %v", got)
	}
	wantEmpty(t, scratch)
}
