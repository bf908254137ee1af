package jobs

// Days that are older than the lake keeps are removed: of raw, tables and quarantine each by its own time, and reports of
// runs. It works under the lock of a dataset, the oldest day first.
//
// A day is too old when its end is: by UTC, and by a time that Graph has told, too. First the state says of all such days
// that they are removed, by compare-and-swap (see state/removed.go); then their tables go from the second lane, if there is
// one; then, day by day, the objects go: tables, of these children before their root, so that no
// reader sees a child whose parent is gone; quarantine; raw at last. Each goes in the version that was listed, so that
// nothing of a later writer's is lost. A crash leaves objects of a day that is removed already, and the next expire finds
// them where it finds all: in the lists of partitions. When all days are done the state says also of those of which there
// was nothing that they are removed: what was never read is no gap once the lake would not keep it.
//
// What a run may still need stays: the newest picture, however old it is, because changes are put over it; and raw of a day
// that is dirty and cannot be derived, as long as its tables are kept.

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/schemas"
)

// Removal is what was removed of a dataset of a tenant in raw, tables or quarantine; or, of neither, the reports of runs. Or
// it says why nothing could be.
type Removal struct {
	Tenant  string        `json:"tenant,omitempty"`
	Dataset string        `json:"dataset,omitempty"`
	What    string        `json:"what,omitempty"`  // raw, tables, quarantine or runs; or delta, whose files have no days
	First   string        `json:"first,omitempty"` // the oldest day of which something was there, as 2026-11-22
	Last    string        `json:"last,omitempty"`  // the newest
	Days    int           `json:"days"`
	Files   int64         `json:"files"`
	Bytes   int64         `json:"bytes"`
	Outcome state.Outcome `json:"outcome"` // removed, or why not
	Error   *ErrorReport  `json:"error,omitempty"`
}

// ofRuns is the What of the reports of runs, with what they were asked for.
const ofRuns = "runs"

// ExpireOptions are what an expire is asked for besides its selection.
type ExpireOptions struct {
	DryRun   bool // change nothing, and say what would be removed
	OwnClock bool // go by this machine's clock alone
	Whole    bool // all that the lake holds is selected: whatever else is there, a note says
}

// Expire removes the days of the selection that are older than it says the lake keeps. It has no range.
func (r *Runner) Expire(ctx context.Context, sel plan.Selection, o ExpireOptions) (Report, error) {
	at, notes, err := r.atSureTime(ctx, sel, o.OwnClock)
	if o.DryRun && errors.Is(err, ErrNotTold) {
		at, err = r, nil
		notes = []plan.Note{{Message: "by this machine's clock alone, for Graph has not told its time: " + r.Now.UTC().Format(time.RFC3339), Whole: true}}
	}
	if err != nil {
		return Report{}, err
	}
	rep := Report{Notes: notes, DryRun: o.DryRun, Removed: []Removal{}}
	err = at.reporting(ctx, "expire", sel, &rep, func(ctx context.Context) {
		at.expire(ctx, sel, o, &rep)
		if !o.DryRun {
			at.vacuumAfter(ctx, sel, &rep)
		}
	})
	return rep, err
}

// expireAfter is Expire of what a run has read, in the run's report.
func (s *Session) expireAfter(ctx context.Context, rep *Report) {
	if !s.told {
		rep.Removed = append(rep.Removed, s.runner.failedRemoval(Removal{}, ErrNotTold))
		return
	}
	s.runner.expire(ctx, s.selection, ExpireOptions{}, rep)
}

func (r *Runner) expire(ctx context.Context, sel plan.Selection, o ExpireOptions, rep *Report) {
	for _, t := range sel.Tenants {
		for _, d := range sel.Datasets {
			e := &expiry{runner: r, selection: sel, tenant: t, dataset: d, dryRun: o.DryRun, parts: map[load.Kind]*Removal{}}
			err := r.stopped()
			if err == nil {
				err = e.run(ctx)
			}
			for _, kind := range expireKinds {
				p := e.parts[kind]
				if p == nil {
					continue
				}
				rep.Removed = append(rep.Removed, *p)
				if !o.DryRun {
					r.Log.InfoContext(ctx, "days removed", "tenant", t.Name, "dataset", d.Name, "what", p.What, "days", p.Days, "files", p.Files, "bytes", p.Bytes)
				}
			}
			if err != nil {
				rep.Removed = append(rep.Removed, r.failedRemoval(Removal{Tenant: t.Name, Dataset: d.Name}, err))
			}
			rep.Notes = append(rep.Notes, e.notes...)
		}
	}
	if runs, err := r.expireRuns(ctx, sel, o.DryRun); err != nil {
		rep.Removed = append(rep.Removed, r.failedRemoval(Removal{What: ofRuns}, err))
	} else if runs.Files > 0 {
		rep.Removed = append(rep.Removed, runs)
	}
	if o.Whole {
		notes, err := r.unknown(ctx, sel)
		rep.Notes = append(rep.Notes, notes...)
		if err != nil {
			rep.Removed = append(rep.Removed, r.failedRemoval(Removal{}, err))
		}
	}
}

// failedRemoval says why something was not removed, in the words of units.
func (r *Runner) failedRemoval(of Removal, err error) Removal {
	var u UnitReport
	u.decide(plan.Unit{}, err)
	of.Outcome, of.Error = u.Outcome, u.Error
	if errors.Is(err, ErrNotTold) {
		of.Outcome, of.Error.Kind = state.Unavailable, "unavailable"
	}
	return of
}

// expireKinds are in the order in which their objects go.
var expireKinds = []load.Kind{load.Tables, load.Quarantine, load.Raw}

// expiry is the expire of one dataset of a tenant.
type expiry struct {
	runner    *Runner
	selection plan.Selection
	tenant    plan.Tenant
	dataset   schemas.Dataset
	dryRun    bool

	days      map[time.Time]map[load.Kind][]load.Listed // what there is, in the order in which it goes
	protected map[time.Time]bool
	parts     map[load.Kind]*Removal
	notes     []plan.Note
}

// run first looks without the lock whether anything is too old: a dataset that was never read gets no lock, and in most
// nights of most datasets there is nothing to do.
func (e *expiry) run(ctx context.Context) (err error) {
	lake := e.runner.Lake
	st, err := state.Load(ctx, e.runner.Store, state.Pair{TenantID: e.tenant.ID, Dataset: e.dataset.Name})
	if err == nil {
		err = e.list(ctx, lake, &st)
	}
	if err != nil {
		return err
	}
	dates := e.dates(&st)
	if e.dryRun {
		for _, date := range dates {
			for _, kind := range e.due(&st, date) {
				for _, p := range e.days[date][kind] {
					e.count(kind, p)
				}
			}
		}
		return nil
	}
	if len(dates) == 0 && len(e.unmarked(&st, nil)) == 0 {
		return nil
	}
	o, err := e.runner.openDataset(ctx, e.selection, e.tenant, e.dataset)
	if err != nil {
		return err
	}
	s := &Session{runner: e.runner, selection: e.selection, open: []*openDataset{o}, encoders: newEncoders(1)}
	alive := s.beat(ctx, "expire")
	defer alive.end(ctx)
	err = e.remove(ctx, s, o)
	for _, f := range s.close(ctx) {
		err = errors.Join(err, f.Err)
	}
	return err
}

// remove removes what is too old, under the lock.
func (e *expiry) remove(ctx context.Context, s *Session, o *openDataset) error {
	stuck := map[time.Time]error{}
	for _, d := range s.deriveDirty(ctx) {
		if d.err != nil {
			stuck[d.date] = d.err
		}
	}
	st := o.state.View()
	if err := e.list(ctx, o.lake, &st); err != nil {
		return err
	}
	going, errs := e.going(&st, stuck)
	if err := errors.Join(ctx.Err(), s.runner.stopped()); err != nil {
		return errors.Join(append(errs, err)...)
	}
	if err := e.begin(ctx, o, going); err != nil {
		return errors.Join(append(errs, fmt.Errorf("remove %s: %w", e.dataset.Name, err))...)
	}
	for _, d := range going {
		if err := errors.Join(ctx.Err(), s.runner.stopped()); err != nil {
			return errors.Join(append(errs, err)...)
		}
		if err := e.removeDay(ctx, o, d); err != nil {
			return errors.Join(append(errs, fmt.Errorf("remove %s of %s: %w", e.dataset.Name, d.date.Format(time.DateOnly), err))...)
		}
	}
	st = o.state.View()
	if rest := e.unmarked(&st, stuck); len(rest) > 0 {
		errs = append(errs, o.state.Update(ctx, func(st *state.State) { e.mark(st, rest) }))
	}
	return errors.Join(errs...)
}

// dueDay is a day of which something is to be removed.
type dueDay struct {
	date  time.Time
	kinds []load.Kind
}

// going are the days of which something is removed now, the oldest first. Of those that are stuck raw stays, as long as
// their tables do.
func (e *expiry) going(st *state.State, stuck map[time.Time]error) (days []dueDay, errs []error) {
	for _, date := range e.dates(st) {
		due := e.due(st, date)
		if tablesStay := !e.tooOld(load.Tables, date) && !st.IsRemoved(load.Tables, date); stuck[date] != nil && tablesStay && slices.Contains(due, load.Raw) {
			errs = append(errs, fmt.Errorf("raw of %s stays, because its tables could not be derived of it: %w", date.Format(time.DateOnly), stuck[date]))
			continue
		}
		delete(stuck, date)
		days = append(days, dueDay{date, due})
	}
	return days, errs
}

// begin notes that days are removed, before anything of them is, and removes them from the second lane, which the plain
// files outlast: these are what is found of a day.
func (e *expiry) begin(ctx context.Context, o *openDataset, days []dueDay) error {
	st := o.state.View()
	marks := map[load.Kind][]schemas.Range{}
	var tables []time.Time
	for _, d := range days {
		for _, kind := range d.kinds {
			if !st.IsRemoved(kind, d.date) {
				marks[kind] = append(marks[kind], schemas.Range{From: d.date, To: d.date.Add(schemas.Day)})
			}
		}
		if slices.Contains(d.kinds, load.Tables) {
			tables = append(tables, d.date)
		}
	}
	if len(marks) > 0 {
		if err := o.state.Update(ctx, func(st *state.State) { e.mark(st, marks) }); err != nil {
			return err
		}
	}
	return o.removeFromLane(ctx, e.runner.anyLane(), tables)
}

// removeDay removes what is there of a day.
func (e *expiry) removeDay(ctx context.Context, o *openDataset, d dueDay) error {
	for _, kind := range d.kinds {
		for _, p := range e.days[d.date][kind] {
			if err := o.lake.Remove(ctx, p); err != nil {
				return err
			}
			e.count(kind, p)
		}
	}
	return nil
}

func (e *expiry) mark(st *state.State, marks map[load.Kind][]schemas.Range) {
	for _, kind := range expireKinds {
		for _, r := range marks[kind] {
			st.Remove(kind, e.dataset, r, e.runner.Now)
		}
	}
}

// list finds what there is of the dataset, and which days stay whatever their age.
func (e *expiry) list(ctx context.Context, lake *load.Lake, st *state.State) error {
	e.days, e.protected = map[time.Time]map[load.Kind][]load.Listed{}, map[time.Time]bool{}
	newest := map[string]time.Time{}
	add := func(kind load.Kind, name string) error {
		for p, err := range lake.List(ctx, kind, name, e.tenant.ID) {
			if err != nil {
				return err
			}
			if e.days[p.Date] == nil {
				e.days[p.Date] = map[load.Kind][]load.Listed{}
			}
			e.days[p.Date][kind] = append(e.days[p.Date][kind], p)
			if !st.IsRemoved(kind, p.Date) {
				newest[string(kind)+"/"+name] = schemas.Later(newest[string(kind)+"/"+name], p.Date)
			}
		}
		return nil
	}
	for _, t := range slices.Backward(e.dataset.Tables) { // children before their root, which is the first
		if err := add(load.Tables, t.Name); err != nil {
			return err
		}
	}
	if err := errors.Join(add(load.Quarantine, e.dataset.Name), add(load.Raw, e.dataset.Name)); err != nil {
		return err
	}
	if e.dataset.Mode.Pictures() {
		e.protect(st.Picture.UTC().Truncate(schemas.Day), newest[string(load.Raw)+"/"+e.dataset.Name], newest[string(load.Tables)+"/"+e.dataset.Root().Name])
	}
	return nil
}

// protect keeps days that hold the newest picture, and says so if it is too old.
func (e *expiry) protect(dates ...time.Time) {
	e.notes = nil
	for _, date := range dates {
		if date.IsZero() || e.days[date] == nil || e.protected[date] {
			continue
		}
		e.protected[date] = true
		if keep := e.selection.KeepOf(e.dataset); keep.TooOld(load.Raw, date, e.runner.Now) || keep.TooOld(load.Tables, date, e.runner.Now) {
			e.notes = append(e.notes, plan.Note{Dataset: e.dataset.Name, Whole: true,
				Message: fmt.Sprintf("the picture of %s stays, because it is the newest of %s: what changes is put over it", date.Format(time.DateOnly), e.tenant.Name)})
		}
	}
}

// due are the kinds that are to be removed of a day: those that are too old, and those of which the state says that they
// are removed.
func (e *expiry) due(st *state.State, date time.Time) (kinds []load.Kind) {
	for _, kind := range expireKinds {
		if len(e.days[date][kind]) > 0 && (e.tooOld(kind, date) || st.IsRemoved(kind, date)) {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

func (e *expiry) tooOld(kind load.Kind, date time.Time) bool {
	return e.selection.KeepOf(e.dataset).TooOld(kind, date, e.runner.Now) && !e.protected[date]
}

// dates are the days of which something is to be removed, the oldest first.
func (e *expiry) dates(st *state.State) (dates []time.Time) {
	for _, date := range slices.SortedFunc(maps.Keys(e.days), time.Time.Compare) {
		if len(e.due(st, date)) > 0 {
			dates = append(dates, date)
		}
	}
	return dates
}

// unmarked are the times of which nothing is there, or is to stay, and of which the state does not say yet that they are
// removed: from the first that it says anything of to the last that is too old.
func (e *expiry) unmarked(st *state.State, stuck map[time.Time]error) map[load.Kind][]schemas.Range {
	first := st.FirstDay()
	if first.IsZero() {
		return nil
	}
	var stay []schemas.Range
	for _, date := range slices.Concat(slices.Collect(maps.Keys(e.protected)), slices.Collect(maps.Keys(stuck))) {
		stay = append(stay, schemas.Range{From: date, To: date.Add(schemas.Day)})
	}
	rest := map[load.Kind][]schemas.Range{}
	for _, kind := range expireKinds {
		old := schemas.Range{From: first, To: e.selection.KeepOf(e.dataset).From(kind, e.runner.Now)}
		if left := schemas.Subtract([]schemas.Range{old}, slices.Concat(stay, st.RemovedOf(kind))...); len(left) > 0 {
			rest[kind] = left
		}
	}
	return rest
}

func (e *expiry) count(kind load.Kind, p load.Listed) {
	if e.parts[kind] == nil {
		e.parts[kind] = &Removal{Tenant: e.tenant.Name, Dataset: e.dataset.Name, What: string(kind)}
	}
	e.parts[kind].add(p.Date, p.Info.Size)
}

// add counts a file; days come in order.
func (r *Removal) add(date time.Time, bytes int64) {
	day := date.Format(time.DateOnly)
	if r.First == "" {
		r.First = day
	}
	if r.Last != day {
		r.Days++
	}
	r.Last, r.Outcome = day, state.Removed
	r.Files++
	r.Bytes += bytes
}

// unknown says of which tenants and datasets the lake holds states that nobody has selected: nothing of them is removed.
func (r *Runner) unknown(ctx context.Context, sel plan.Selection) (notes []plan.Note, err error) {
	selected := map[state.Pair]bool{}
	for _, t := range sel.Tenants {
		for _, d := range sel.Datasets { // also those that are not read any more, since a person is signed in
			selected[state.Pair{TenantID: t.ID, Dataset: d.Name}] = true
		}
	}
	for info, err := range r.Store.List(ctx, load.States) {
		if err != nil {
			return notes, fmt.Errorf("list the states: %w", err)
		}
		if tenantID, dataset, ok := load.ParseState(info.Name); ok && !selected[state.Pair{TenantID: tenantID, Dataset: dataset}] {
			notes = append(notes, plan.Note{Dataset: dataset, Message: fmt.Sprintf(
				"the lake holds it of the tenant %s, and the configuration does not name them, so nothing of it was removed: name them, or remove its files", tenantID)})
		}
	}
	return notes, nil
}
