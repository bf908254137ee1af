package metrics

import (
	"context"
	"log/slog"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"github.com/apache/arrow-go/v18/arrow/memory"
	"golang.org/x/sync/errgroup"

	"graphlake/internal/graphsim"
	"graphlake/internal/record"
	"graphlake/jobs"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/load/dirstore"
	"graphlake/schemas"
	"graphlake/transform"
	"graphlake/transform/privacy"
)

// Call records get into raw without being asked for: two requests each take ten times as long as what a run does with their
// answers. They go the way of a run from there on: what the lake may not hold is taken out, raw rows are made, merged with
// what is held, and published a day at a time, with the state around it. Until a replay the days are dirty.
//
// It can be broken off and begun again, as a run can: a day that is held already is merged with itself.

const straight = "call_records"

// batchBytes of values are handed on at once.
const batchBytes = 4 << 20

// rawWriter writes the call records of a tenant into the raw partitions of a lake.
type rawWriter struct {
	tenant  *graphsim.Tenant
	dataset schemas.Dataset
	keeps   privacy.Settings
	lake    *load.Lake
	now     time.Time

	mu   sync.Mutex
	rows map[time.Time]int64 // that raw holds
}

// write writes the days of the tenant, as many at once as there are cores, and gives the number of records.
func (m metrics) write(ctx context.Context, o graphsim.Options) (records int64, err error) {
	dataset, _ := schemas.BuiltIn().Find(straight)
	store, err := dirstore.New(ctx, filepath.Join(m.dir, "lake"))
	if err != nil {
		return 0, err
	}
	w := &rawWriter{
		tenant: graphsim.New(o), dataset: dataset, now: o.Now(), rows: map[time.Time]int64{},
		keeps: privacy.Settings{Content: schemas.NoContent, Detail: schemas.FullDetail}, // as the command does that is told nothing
	}
	if err := jobs.EnsureSettings(ctx, store, w.keeps); err != nil {
		return 0, err
	}
	doc, err := state.Open(ctx, store, state.Pair{TenantID: w.tenant.Tenant, Dataset: straight}, slog.New(slog.DiscardHandler))
	if err != nil {
		return 0, err
	}
	defer func() {
		if closed := doc.Close(ctx); err == nil {
			err = closed
		}
	}()
	w.lake = load.New(store, "").Under(doc.Held)
	days := schemas.Range{From: o.From, To: o.To}.Days()
	if err := doc.Update(ctx, func(st *state.State) { st.MarkDirty(days...) }); err != nil {
		return 0, err
	}
	g, writing := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for _, day := range days {
		g.Go(func() error { return w.day(writing, day) })
	}
	if err := g.Wait(); err != nil {
		return 0, err
	}
	var parts []state.Covered
	for _, day := range days {
		records += w.rows[day]
		part := state.Covered{From: day, To: day.Add(schemas.Day), Outcome: state.Data, Read: w.now, Records: w.rows[day]}
		if part.Records == 0 {
			part.Outcome = state.Empty
		}
		parts = append(parts, part)
	}
	if err := doc.Update(ctx, func(st *state.State) { st.Cover(dataset, parts...) }); err != nil {
		return 0, err
	}
	_, err = doc.KeepDays(ctx, dataset, state.Counted{Raw: w.rows}, w.now)
	return records, err
}

// day writes the records that begin on a day.
func (w *rawWriter) day(ctx context.Context, day time.Time) error {
	spool, err := w.lake.Spool(schemas.RawTable(w.dataset), w.tenant.Tenant, schemas.Range{From: day, To: day.Add(schemas.Day)})
	if err != nil {
		return err
	}
	defer spool.Discard()
	if err := w.read(ctx, day, spool); err != nil {
		return err
	}
	merge, err := spool.Merge(ctx, load.MergeOptions{})
	if err != nil {
		return err
	}
	if _, err := merge.PublishLosing(ctx); err != nil {
		return err
	}
	published, err := merge.PublishGaining(ctx)
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range published {
		w.rows[c.Partition.Date] = c.Rows
	}
	return err
}

// read fills a spool.
func (w *rawWriter) read(ctx context.Context, day time.Time, spool *load.Spool) error {
	plan, err := transform.CompileRaw(w.dataset)
	if err != nil {
		return err
	}
	rows := plan.NewBuilder(memory.DefaultAllocator)
	defer rows.Release()
	scrubber, err := privacy.NewScrubber(w.dataset, w.keeps)
	if err != nil {
		return err
	}
	flush := func() error {
		batch := rows.Flush()[0]
		defer batch.Release()
		return spool.Add(batch)
	}
	for text := range w.tenant.CallRecords(day) {
		r, err := scrubber.Scrub(ctx, record.Record{JSON: text})
		if err == nil {
			err = rows.AppendRecord(r)
		}
		if err == nil && rows.Size() >= batchBytes {
			err = flush()
		}
		if err != nil {
			return err
		}
	}
	return flush()
}
