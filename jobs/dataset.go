package jobs

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"sync"
	"time"

	"github.com/apache/arrow-go/v18/arrow/memory"
	"golang.org/x/sync/semaphore"

	"graphlake/jobs/derive"
	"graphlake/jobs/erased"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/load/lane"
	"graphlake/schemas"
)

// openDataset is a dataset of a tenant that this session alone works on. It is safe for concurrent use.
type openDataset struct {
	state       *state.Document
	lake        *load.Lake // publishes under the document's lock only
	second      *lane.Lane // to which derived days are published
	tenant      plan.Tenant
	dataset     schemas.Dataset
	fingerprint string
	keep        plan.Keep
	now         time.Time // by which it is told what is older than that
	memory      memory.Allocator
	privacy     Privacy
	older       bool // earlier rules of privacy may have scrubbed what raw holds
	log         *slog.Logger
	serial      *semaphore.Weighted // of units that have to know which parents the one before left behind
	strays      load.Strays
	erasures    erased.List // as it was when the lock was taken: who is added later waits for the lock
	left        leftOut     // who may not be in what is read
	asking      sync.Mutex  // while it is noted that units are asked for
	// replacing keeps apart who replaces tables of days, each another day's, and who publishes days to the second lane,
	// which reads what was derived.
	replacing sync.RWMutex

	mu      sync.Mutex             // of what follows
	asked   bool                   // it is noted that units are asked for
	planned map[schemas.Range]bool // and not read yet; nil before a plan was made
	derived []*derivedDay          // that are clean once the second lane has them, which the state does not say yet
	// unpublished says that days could not be published, which whoever has derived them was told: they stay dirty.
	unpublished bool
	rows        map[time.Time]int64            // that raw holds of days that this session has published
	changed     []load.Commit                  // partitions that this session has changed
	tables      map[time.Time]map[string]int64 // rows of the tables of days that this session has derived, or counted
	before      *state.Days                    // the document of days as it was when the session made it anew; nil: it did not

	told    map[time.Time]map[string]int64 // rows of the tables of days, as reports of this session count them
	counted map[time.Time]bool             // days whose raw partition a report counts, and whether as one that changed
}

// openDataset takes the lock of a dataset and reads its state. What it answers has to be closed.
func (r *Runner) openDataset(ctx context.Context, s plan.Selection, t plan.Tenant, d schemas.Dataset) (*openDataset, error) {
	log := r.Log.With("tenant", t.Name, "dataset", d.Name)
	doc, err := state.Open(ctx, r.Store, state.Pair{TenantID: t.ID, Dataset: d.Name}, log)
	if err != nil {
		return nil, err
	}
	erasures, err := erased.Load(ctx, r.Store)
	var lake settings
	if err == nil {
		lake, _, err = readSettings(ctx, r.Store)
	}
	if err != nil {
		return nil, errors.Join(err, doc.Close(ctx))
	}
	return &openDataset{
		erasures: erasures, left: leftOutOf(erasures.Of(t.ID)), state: doc, lake: r.Lake.Under(doc.Held), second: r.Delta, tenant: t, dataset: d, fingerprint: d.Fingerprint(), memory: r.memory(),
		older: lake.Format > 0 && lake.older(), privacy: r.Privacy,
		keep: s.KeepOf(d), now: r.Now,
		serial: semaphore.NewWeighted(1), log: log, rows: map[time.Time]int64{},
	}, nil
}

func (o *openDataset) pair() state.Pair {
	return state.Pair{TenantID: o.tenant.ID, Dataset: o.dataset.Name}
}

func (o *openDataset) partition(kind load.Kind, name string, date time.Time) load.Partition {
	return load.Partition{Kind: kind, Name: name, TenantID: o.tenant.ID, Date: date}
}

func (o *openDataset) raw(date time.Time) load.Partition {
	return o.partition(load.Raw, o.dataset.Name, date)
}

func (o *openDataset) day(date time.Time) derive.Day {
	return derive.Day{
		Lake: o.lake, Dataset: o.dataset, TenantID: o.tenant.ID, Date: date, Memory: o.memory, NoQuarantine: o.staysRemoved(load.Quarantine, date),
	}
}

// staysRemoved reports whether tables or quarantine of a day were removed and are not to be made again.
func (o *openDataset) staysRemoved(kind load.Kind, date time.Time) bool {
	st := o.state.View()
	return st.IsRemoved(kind, date) && o.keep.TooOld(kind, date, o.now)
}

// unit is all that is asked for of the dataset, as a unit.
func (o *openDataset) unit(s plan.Selection, now time.Time) plan.Unit {
	return plan.Unit{Tenant: o.tenant, Dataset: o.dataset, Range: s.Span(o.dataset, now)}
}

// noteAsked notes, once, that units of the dataset are asked for.
func (o *openDataset) noteAsked(ctx context.Context, s plan.Selection, now time.Time) error {
	o.asking.Lock()
	defer o.asking.Unlock()
	if o.wasAsked() {
		return nil
	}
	if err := o.state.Update(ctx, func(st *state.State) { s.Begin(st, o.dataset, now) }); err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.asked = true
	return nil
}

func (o *openDataset) wasAsked() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.asked
}

// toRead remembers the units of a plan, and wasRead that one of them was read, or failed: whatever is left is gone on
// with by the same command.
func (o *openDataset) toRead(units []plan.Unit) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.planned = map[schemas.Range]bool{}
	for _, u := range units {
		if u.Pair() == o.pair() {
			o.planned[utc(u.Range)] = true
		}
	}
}

func (o *openDataset) wasRead(r schemas.Range) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.planned, utc(r))
}

func utc(r schemas.Range) schemas.Range { return schemas.Range{From: r.From.UTC(), To: r.To.UTC()} }

// finish forgets what was asked for, if all that was planned of it was read.
func (o *openDataset) finish(ctx context.Context, s plan.Selection) error {
	o.mu.Lock()
	whole := o.planned != nil && len(o.planned) == 0
	o.mu.Unlock()
	st := o.state.View()
	if _, ok := st.AskedFor(s.Asked()); !whole || !ok {
		return nil
	}
	return o.state.Update(context.WithoutCancel(ctx), func(st *state.State) { st.Finish(s.Asked()) })
}

// counts reports whether a report has to count a raw partition: several units may publish the same, and it is one.
func (o *openDataset) counts(c load.Commit) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	changed, before := o.counted[c.Partition.Date]
	if before && (changed || !c.Changed) {
		return false
	}
	if o.counted == nil {
		o.counted = map[time.Time]bool{}
	}
	o.counted[c.Partition.Date] = c.Changed
	return true
}

// noteRows remembers how many rows of raw were published.
func (o *openDataset) noteRows(c load.Commit) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.rows[c.Partition.Date] = c.Rows
}

// noteCommits remembers what became of partitions.
func (o *openDataset) noteCommits(all ...load.Commit) {
	for _, c := range all {
		if c.Partition.Kind == load.Tables {
			o.noteTables(c.Partition.Date, map[string]int64{c.Partition.Name: c.Rows})
		}
		if c.Changed {
			o.mu.Lock()
			o.changed = append(o.changed, c)
			o.mu.Unlock()
		}
	}
}

// noteTables remembers how many rows tables have of a day.
func (o *openDataset) noteTables(date time.Time, rows map[string]int64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.tables == nil {
		o.tables = map[time.Time]map[string]int64{}
	}
	if o.tables[date] == nil {
		o.tables[date] = map[string]int64{}
	}
	maps.Copy(o.tables[date], rows)
}

// keepDays makes the document of days anew, if it says anything else.
func (o *openDataset) keepDays(ctx context.Context, now time.Time) error {
	if o.state.IsLost() {
		return nil // the document is another's
	}
	o.mu.Lock()
	told := o.unpublished
	o.mu.Unlock()
	flushed := o.flush(ctx)
	if told { // the days' own units have said so
		flushed = nil
	}
	o.mu.Lock()
	counted := state.Counted{Raw: maps.Clone(o.rows), Tables: map[time.Time]map[string]int64{}}
	for date, rows := range o.tables {
		counted.Tables[date] = maps.Clone(rows)
	}
	o.mu.Unlock()
	before, err := o.state.KeepDays(ctx, o.dataset, counted, now)
	o.mu.Lock()
	defer o.mu.Unlock()
	if err == nil && o.before == nil {
		o.before = &before
	}
	return errors.Join(flushed, err)
}
