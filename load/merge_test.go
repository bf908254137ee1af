package load_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/memory"

	"graphlake/load"
	"graphlake/load/memstore"
	"graphlake/schemas"
)

var on22 = schemas.Range{From: day(22), To: day(23)}

// What the lake holds contends with what is read: the higher version wins, whichever came first, and
// at equal versions what was read. A record is never there twice, on whatever day it was.
func TestMergeWithTheLake(t *testing.T) {
	const t21, t22, later, t23 = "2026-11-21T10:00:00Z", "2026-11-22T10:00:00Z", "2026-11-22T11:00:00Z", "2026-11-23T10:00:00Z"
	old, kept := trip("a", t22, 5, "5"), trip("b", t22, 1, "b")
	for _, tt := range []struct {
		name             string
		held, read       []string
		on21, on22, on23 []string // nil: there is no partition
		changed          []int    // days
	}{
		{"nothing new", []string{old, kept}, nil, nil, []string{old, kept}, nil, nil},
		{"the same again", []string{old, kept}, []string{old}, nil, []string{old, kept}, nil, nil},
		{"one more", []string{old}, []string{kept}, nil, []string{old, kept}, nil, []int{22}},
		{"a higher version", []string{old, kept}, []string{trip("a", t22, 6, "0")}, nil, []string{trip("a", t22, 6, "0"), kept}, nil, []int{22}},
		{"a higher version of more digits", []string{trip("a", t22, 9, "9")}, []string{trip("a", t22, 10, "0")}, nil, []string{trip("a", t22, 10, "0")}, nil, []int{22}},
		{"a lower version", []string{old, kept}, []string{trip("a", t22, 4, "f")}, nil, []string{old, kept}, nil, nil},
		{"an equal version of a lower hash", []string{old}, []string{trip("a", t22, 5, "0")}, nil, []string{trip("a", t22, 5, "0")}, nil, []int{22}},
		{"a higher version, moved in its day", []string{kept, old}, []string{trip("a", later, 6, "6")}, nil, []string{kept, trip("a", later, 6, "6")}, nil, []int{22}},
		{"moved here from the day before", []string{trip("a", t21, 5, "5")}, []string{trip("a", t22, 6, "6")}, []string{}, []string{trip("a", t22, 6, "6")}, nil, []int{21, 22}},
		{"moved to the day after", []string{old, kept}, []string{trip("a", t23, 6, "6")}, nil, []string{kept}, []string{trip("a", t23, 6, "6")}, []int{22, 23}},
		{"moved to the day after, but older", []string{old, kept}, []string{trip("a", t23, 4, "6")}, nil, []string{old, kept}, nil, nil},
		{"moved away before", []string{trip("a", t23, 6, "6")}, []string{old}, nil, []string{}, []string{trip("a", t23, 6, "6")}, []int{22}},
		{"without time and key, again", []string{trip("", "", 0, "c")}, []string{trip("", "", 0, "c")}, nil, []string{trip("", "", 0, "c")}, nil, nil},
		{"three copies of which the lake has the middle", []string{old}, []string{trip("a", t22, 4, "4"), trip("a", t22, 6, "6"), trip("a", t22, 5, "5")}, nil,
			[]string{trip("a", t22, 6, "6")}, nil, []int{22}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			store := memstore.New()
			lake := load.New(store, t.TempDir()).Tune(checked(t))
			for _, row := range tt.held { // each as its day's reading brought it
				n := 22
				for _, d := range []int{21, 23} {
					if strings.Contains(row, fmt.Sprintf("2026-11-%dT", d)) {
						n = d
					}
				}
				spool(t, lake, schemas.Range{From: day(n), To: day(n + 1)}, 1, []string{row})
			}
			if tt.held == nil {
				spool(t, lake, on22, 1, nil)
			}
			var changed []int
			for _, c := range spool(t, lake, on22, 1, append(tt.read, tt.read...)) {
				if c.Changed {
					changed = append(changed, c.Partition.Date.Day())
				}
			}
			if !slices.Equal(changed, tt.changed) {
				t.Errorf("changed the days %v, want %v", changed, tt.changed)
			}
			for n, want := range map[int][]string{21: tt.on21, 22: tt.on22, 23: tt.on23} {
				there, err := lake.Exists(t.Context(), tripsOn(n))
				if err != nil || there != (want != nil) {
					t.Errorf("day %d: a partition is there: %t, %v; want %t", n, there, err, want != nil)
				}
				if there && want != nil {
					wantRows(t, rows(t, lake, tripsOn(n), trips), want...)
				}
			}
		})
	}
}

// However records are spread over readings, and in whatever order these come, the files are those of
// one reading of everything.
func TestMergeBytesDoNotDependOnTheReadings(t *testing.T) {
	all := manyTrips(300)
	whole := memstore.New()
	spool(t, load.New(whole, t.TempDir()).Tune(checked(t)), twoDays, 100, all)
	for i := range uint64(4) {
		rng := rand.New(rand.NewPCG(i, 1))
		store := memstore.New()
		lake := load.New(store, t.TempDir()).Tune(checked(t))
		rng.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		for part := range slices.Chunk(all, 1+rng.IntN(150)) {
			spool(t, lake, twoDays, 20, part)
		}
		for _, n := range []int{21, 22} {
			sameFile(t, fmt.Sprintf("day %d, readings %d", n, i), fileOf(t, store, tripsOn(n)), fileOf(t, whole, tripsOn(n)))
		}
	}
}

// Who was overtaken between the merge and its commit publishes nothing over what is newer.
func TestMergeCommitsOverWhatItReadOnly(t *testing.T) {
	store := memstore.New()
	lake := load.New(store, t.TempDir()).TuneAllocator(checked(t))
	begin := func(row string) *load.Merge {
		s, err := lake.Spool(trips, tenant, on22)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Discard() })
		if err := s.Add(batch(t, memory.DefaultAllocator, trips, row)); err != nil {
			t.Fatal(err)
		}
		m, err := s.Merge(t.Context(), load.MergeOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	slow := begin(trip("a", "2026-11-22T10:00:00Z", 1, "1"))
	if got := slow.Days(); len(got) != 1 || !got[0].Equal(day(22)) {
		t.Errorf("days to be published: %v", got)
	}
	newer := trip("a", "2026-11-22T10:00:00Z", 2, "2")
	spool(t, lake, on22, 1, []string{newer})
	if _, err := publish(t.Context(), slow); !errors.Is(err, load.ErrConflict) {
		t.Errorf("Commit after another writer's: %v, want a conflict", err)
	}
	wantRows(t, rows(t, lake, tripsOn(22), trips), newer)

	lost := errors.New("the lock is lost")
	locked := lake.Under(func() error { return lost })
	s, err := locked.Spool(trips, tenant, on22)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Add(batch(t, memory.DefaultAllocator, trips, trip("b", "2026-11-22T10:00:00Z", 1, "1"))); err != nil {
		t.Fatal(err)
	}
	if _, err := mergeAndCommit(t.Context(), s); !errors.Is(err, lost) {
		t.Errorf("Commit without the lock: %v", err)
	}
	s.Discard()
	wantRows(t, rows(t, lake, tripsOn(22), trips), newer)
}

// peakAllocator remembers the most that was held at once.
type peakAllocator struct {
	memory.Allocator
	now, peak atomic.Int64
}

func (p *peakAllocator) count(n int) {
	now := p.now.Add(int64(n))
	for peak := p.peak.Load(); now > peak && !p.peak.CompareAndSwap(peak, now); peak = p.peak.Load() {
	}
}

func (p *peakAllocator) Allocate(size int) []byte { p.count(size); return p.Allocator.Allocate(size) }

func (p *peakAllocator) Reallocate(size int, b []byte) []byte {
	p.count(size - len(b))
	return p.Allocator.Reallocate(size, b)
}

func (p *peakAllocator) Free(b []byte) { p.count(-len(b)); p.Allocator.Free(b) }

// Merging a few rows into a partition takes no more memory for one that is ten times as large as
// what a spool may hold than for one that is as large as that.
func TestMergeIsBounded(t *testing.T) {
	text := strings.Repeat("words of a record ", 20)
	large := func(i int) string {
		row := trip(fmt.Sprintf("id-%05d", i), fmt.Sprintf("2026-11-22T%02d:%02d:%02dZ", i/3600, i/60%60, i%60), 1, "ab")
		return strings.Replace(row, `"record":"{`, `"record":"{`+fmt.Sprint(i)+text, 1)
	}
	peak := func(records int) int64 {
		p := &peakAllocator{Allocator: memory.DefaultAllocator}
		lake := load.New(memstore.New(), t.TempDir()).TuneMerge(p, 256<<10)
		var all []string
		for i := range records {
			all = append(all, large(i))
		}
		spool(t, lake, on22, 500, all)
		p.peak.Store(p.now.Load())
		spool(t, lake, on22, 1, []string{trip("id-00007", "2026-11-22T00:00:07Z", 2, "cd"), trip("new", "2026-11-22T23:00:00Z", 1, "ef")})
		if n, err := lake.Count(t.Context(), tripsOn(22)); err != nil || n != int64(records)+1 {
			t.Errorf("%d rows, %v; want %d", n, err, records+1)
		}
		return p.peak.Load()
	}
	small, big := peak(700), peak(7000) // of 400 bytes: a spool's bound, and ten times that
	t.Logf("%d bytes at the bound, %d at ten times the bound", small, big)
	if big > small*3/2 {
		t.Errorf("a partition ten times as large took %d bytes, the small one %d", big, small)
	}
}
