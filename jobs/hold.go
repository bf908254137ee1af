package jobs

import (
	"context"
	"log/slog"
	"maps"
	"sync"
	"time"

	"github.com/apache/arrow-go/v18/arrow/memory"
	"golang.org/x/sync/semaphore"

	"graphlake/jobs/derive"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/schemas"
)

// holding is a dataset of a tenant that this process alone works on. It is safe for concurrent use.
type holding struct {
	state       *state.Document
	lake        *load.Lake // publishes under the document's lock only
	tenant      plan.Tenant
	dataset     schemas.Dataset
	fingerprint string
	memory      memory.Allocator
	log         *slog.Logger
	serial      *semaphore.Weighted // of units that have to know which parents the one before left behind
	failed      bool                // not all of what was asked for was read
	interrupted bool                // nor was it, and the same command goes on
	strays      load.Strays

	mu      sync.Mutex          // of what follows
	derived []derivedDay        // that are clean, which the state does not say yet
	rows    map[time.Time]int64 // that raw holds of days that this run has published
}

func (h *holding) pair() state.Pair {
	return state.Pair{TenantID: h.tenant.ID, Dataset: h.dataset.Name}
}

func (h *holding) partition(kind load.Kind, name string, date time.Time) load.Partition {
	return load.Partition{Kind: kind, Name: name, TenantID: h.tenant.ID, Date: date}
}

func (h *holding) raw(date time.Time) load.Partition {
	return h.partition(load.Raw, h.dataset.Name, date)
}

func (h *holding) day(date time.Time) derive.Day {
	return derive.Day{Lake: h.lake, Dataset: h.dataset, TenantID: h.tenant.ID, Date: date, Memory: h.memory}
}

// hold takes the lock of a dataset and reads its state. What it answers has to be let go.
func (r *Runner) hold(ctx context.Context, t plan.Tenant, d schemas.Dataset) (*holding, error) {
	log := r.Log.With("tenant", t.Name, "dataset", d.Name)
	doc, err := state.Open(ctx, r.Store, state.Pair{TenantID: t.ID, Dataset: d.Name}, log)
	if err != nil {
		return nil, err
	}
	return &holding{
		state: doc, lake: r.Lake.Under(doc.Held), tenant: t, dataset: d, fingerprint: d.Fingerprint(), memory: r.memory(),
		serial: semaphore.NewWeighted(1), log: log, rows: map[time.Time]int64{},
	}, nil
}

// begin notes that units of this dataset are asked for.
func (h *holding) begin(ctx context.Context, s plan.Selection, now time.Time) error {
	return h.state.Update(ctx, func(st *state.State) { s.Begin(st, h.dataset, now) })
}

// end forgets what was asked for and was read whole.
func (h *holding) end(ctx context.Context, s plan.Selection) error {
	st := h.state.View()
	if _, ok := st.AskedFor(s.Asked()); !ok {
		return nil
	}
	return h.state.Update(ctx, func(st *state.State) { st.Finish(s.Asked()) })
}

// noteRows remembers how many rows of raw were published.
func (h *holding) noteRows(c load.Commit) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.rows[c.Partition.Date] = c.Rows
}

// keepDays makes the document of days anew, if it says anything else.
func (h *holding) keepDays(ctx context.Context, now time.Time) error {
	if h.state.Held() != nil {
		return nil // the document is another's
	}
	if err := h.flush(ctx); err != nil {
		return err
	}
	h.mu.Lock()
	rows := maps.Clone(h.rows)
	h.mu.Unlock()
	return h.state.KeepDays(ctx, h.dataset, rows, now)
}
