package load_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"graphlake/load"
	"graphlake/load/memstore"
	"graphlake/schemas"
)

// countingStore counts what is staged and neither committed nor discarded, and fails at a commit.
type countingStore struct {
	*memstore.Store
	open, most, commits, failAt int
}

var errRefused = errors.New("refused by the test")

func (s *countingStore) Stage(ctx context.Context, name string) (load.Staged, error) {
	w, err := s.Store.Stage(ctx, name)
	s.open++
	s.most = max(s.most, s.open)
	return &countedStaged{Staged: w, store: s}, err
}

type countedStaged struct {
	load.Staged
	store *countingStore
	ended bool
}

func (w *countedStaged) end() {
	if !w.ended {
		w.ended = true
		w.store.open--
	}
}

func (w *countedStaged) Commit(ctx context.Context, base load.Condition) (bool, load.Version, error) {
	w.end()
	if w.store.commits++; w.store.commits == w.store.failAt {
		return false, "", errRefused
	}
	return w.Staged.Commit(ctx, base)
}

func (w *countedStaged) Discard() error {
	w.end()
	return w.Staged.Discard()
}

// However many days a merge changes, one of them is open. After the one that fails none is published.
func TestMergeHoldsOneFileOpen(t *testing.T) {
	fortnight := schemas.Range{From: day(1), To: day(15)}
	moving := func(days int) []string {
		var rows []string
		for n := 1; n < 15; n++ {
			rows = append(rows, trip(fmt.Sprint("stays", n), fmt.Sprintf("2026-11-%02dT10:00:00Z", n), 1, "1"))
		}
		for n := 1; n < 7; n++ { // leaves its day alone, and goes to one that gains
			rows = append(rows, trip(fmt.Sprint("moves", n), fmt.Sprintf("2026-11-%02dT10:00:00Z", n+days), 1+days, "2"))
		}
		return rows
	}
	for failAt := range 16 {
		store := &countingStore{Store: memstore.New()}
		lake := load.New(store, t.TempDir()).Tune(checked(t))
		spool(t, lake, fortnight, 5, moving(0))
		store.most, store.commits, store.failAt = 0, 0, failAt
		s, err := lake.Spool(trips, tenant, fortnight)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Discard()
		if err := s.Add(batch(t, memory.DefaultAllocator, trips, moving(7)...)); err != nil {
			t.Fatal(err)
		}
		_, err = mergeAndCommit(t.Context(), s)
		wantErr := failAt > 0 && failAt <= 12 // days lose or gain
		if wantErr != errors.Is(err, errRefused) || !wantErr && err != nil {
			t.Errorf("the commit %d is refused: error = %v", failAt, err)
		}
		if want := 12; store.most != 1 || store.open != 0 || !wantErr && store.commits != want || wantErr && store.commits != failAt {
			t.Errorf("the commit %d is refused: %d files at once, %d left open, %d commits", failAt, store.most, store.open, store.commits)
		}
	}
}

// BenchmarkMerge changes every day of five months by two of its 200 records, of which one moves to the next
// day. It reports the most memory that the process had from the system.
func BenchmarkMerge(b *testing.B) {
	const days, each = 150, 200
	long := schemas.Range{From: day(1), To: day(1 + days)}
	text := string(recordText(1000)[:1000])
	fill := func(s *load.Spool, version, every, shift int) {
		builder := array.NewRecordBuilder(memory.DefaultAllocator, trips.Schema())
		defer builder.Release()
		for d := range days {
			for i := 0; i < each; i += every {
				at := long.From.AddDate(0, 0, (d+shift*(i/100))%days)
				builder.Field(0).(*array.StringBuilder).Append(fmt.Sprintf("%d-%d", d, i))
				builder.Field(1).(*array.TimestampBuilder).Append(arrow.Timestamp(at.UnixMicro()))
				builder.Field(2).(*array.Int64Builder).Append(int64(version))
				builder.Field(3).(*array.StringBuilder).Append(fmt.Sprintf("%032d", version))
				builder.Field(4).(*array.StringBuilder).Append(text)
			}
			rec := builder.NewRecordBatch()
			if err := s.Add(rec); err != nil {
				b.Fatal(err)
			}
			rec.Release()
		}
	}
	peak := watchMemory()
	for b.Loop() {
		b.StopTimer()
		lake := load.New(memstore.New(), b.TempDir())
		for version, every := range []int{1, 100} {
			s, err := lake.Spool(trips, tenant, long)
			if err != nil {
				b.Fatal(err)
			}
			fill(s, 1+version, every, version)
			if version == 1 {
				b.StartTimer()
			}
			if _, err := mergeAndCommit(b.Context(), s); err != nil {
				b.Fatal(err)
			}
			b.StopTimer()
			s.Discard()
		}
		b.StartTimer()
	}
	b.ReportMetric(peak()/1e6, "peak-MB")
}
