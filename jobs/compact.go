package jobs

// The days of a month are rolled to one file in the second lane (see load/lane), under the lock of their dataset. The plain
// lane and the state stay as they are, so that there is nothing to go on with after a crash: what was not rolled is rolled by
// the next compaction.

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/load/lane"
	"graphlake/schemas"
)

// settledAge is how long a month has to be over before it is rolled: by then few of its days change, and each that does costs
// the whole month twice.
const settledAge = 60 * schemas.Day

// Compaction is what was rolled of a table of a tenant, or why nothing could be of a dataset.
type Compaction struct {
	Tenant  string        `json:"tenant"`
	Dataset string        `json:"dataset"`
	Table   string        `json:"table,omitempty"`
	First   string        `json:"first,omitempty"`   // the oldest month that was rolled, as 2026-09
	Last    string        `json:"last,omitempty"`    // the newest
	Months  int           `json:"months"`            // that were rolled, each to one file
	Files   int           `json:"files"`             // of single days, whose place they have taken
	Bytes   int64         `json:"bytes"`             // of these
	Written int64         `json:"written"`           // bytes of the months' files; 0 of a dry run
	Outcome state.Outcome `json:"outcome,omitempty"` // why nothing could be rolled
	Error   *ErrorReport  `json:"error,omitempty"`
}

// CompactOptions are what a compaction is asked for besides its selection.
type CompactOptions struct {
	DryRun bool // change nothing, and say what would be rolled
}

// Compact rolls the months of the selection that are over for long enough and whose days are settled. A lake whose second
// lane has form days, or none, has nothing to roll. It has no range, and asks nobody for the time: a clock that is wrong rolls
// too early or too late, which does no harm.
func (r *Runner) Compact(ctx context.Context, sel plan.Selection, o CompactOptions) (Report, error) {
	rep := Report{DryRun: o.DryRun, Compacted: []Compaction{}}
	err := r.reporting(ctx, "compact", sel, &rep, func(ctx context.Context) { r.compact(ctx, sel, o, &rep) })
	return rep, err
}

// compact is Compact in the report of a run.
func (r *Runner) compact(ctx context.Context, sel plan.Selection, o CompactOptions, rep *Report) {
	if r.Delta == nil || !r.Delta.Identity().Compact {
		return
	}
	for _, t := range sel.Tenants {
		for _, d := range sel.Datasets {
			c := &compaction{runner: r, selection: sel, tenant: t, dataset: d, dryRun: o.DryRun, unsettled: map[time.Time]bool{}}
			err := errors.Join(ctx.Err(), r.stopped())
			if err == nil {
				err = c.run(ctx)
			}
			rep.Compacted = append(rep.Compacted, c.done...)
			if err != nil {
				failed := r.failedRemoval(Removal{}, err)
				rep.Compacted = append(rep.Compacted, Compaction{Tenant: t.Name, Dataset: d.Name, Outcome: failed.Outcome, Error: failed.Error})
			}
			rep.Notes = append(rep.Notes, c.notes()...)
		}
	}
}

// compaction is that of one dataset of a tenant.
type compaction struct {
	runner    *Runner
	selection plan.Selection
	tenant    plan.Tenant
	dataset   schemas.Dataset
	dryRun    bool

	done      []Compaction
	unsettled map[time.Time]bool // months that are old enough
}

// run first looks without the lock whether anything is to be rolled: in most nights of most datasets nothing is.
func (c *compaction) run(ctx context.Context) error {
	st, err := state.Load(ctx, c.runner.Store, state.Pair{TenantID: c.tenant.ID, Dataset: c.dataset.Name})
	if err != nil {
		return err
	}
	due := false
	for _, t := range c.dataset.Tables {
		would, err := c.runner.Delta.Due(ctx, t, c.tenant.ID, c.options(&st))
		if err != nil {
			return err
		}
		c.noteUnsettled(would)
		due = due || len(would.Months) > 0
	}
	if !due {
		return nil
	}
	if c.dryRun {
		return c.tables(ctx, nil, &st)
	}
	o, err := c.runner.openDataset(ctx, c.selection, c.tenant, c.dataset)
	if err != nil {
		return err
	}
	s := &Session{runner: c.runner, selection: c.selection, open: []*openDataset{o}, encoders: newEncoders(1)}
	alive := s.beat(ctx, "compact")
	defer alive.end(ctx)
	st = o.state.View()
	err = c.tables(ctx, o.state.Held, &st)
	for _, f := range s.close(ctx) {
		err = errors.Join(err, f.Err)
	}
	return err
}

// tables rolls all tables of the dataset, children before their root. One that fails is no reason to leave the others.
func (c *compaction) tables(ctx context.Context, held func() error, st *state.State) error {
	clear(c.unsettled)
	var errs []error
	for _, t := range slices.Backward(c.dataset.Tables) {
		if err := errors.Join(ctx.Err(), c.runner.stopped()); err != nil {
			return errors.Join(append(errs, err)...)
		}
		done, err := c.runner.Delta.Compact(ctx, held, t, c.tenant.ID, c.options(st))
		if err != nil {
			errs = append(errs, err)
			continue
		}
		c.note(ctx, t, done)
	}
	return errors.Join(errs...)
}

// options are what may be rolled by the state.
func (c *compaction) options(st *state.State) lane.CompactOptions {
	return lane.CompactOptions{
		Settled: func(date time.Time) bool { return settled(st, date, c.runner.Delta.ID()) },
		Before:  c.runner.Now.UTC().Add(-settledAge), DryRun: c.dryRun,
	}
}

// settled reports whether nothing is known of a day that would change its tables: it is neither dirty, nor is raw or the
// tables about to be replaced, nor were they derived without the lane. A day of which raw is removed says nothing of the
// lane.
func settled(st *state.State, date time.Time, laneID string) bool {
	day := schemas.Range{From: date, To: date.Add(schemas.Day)}
	notInLane := slices.ContainsFunc(st.Derived, func(d state.Derived) bool {
		return d.Lane != laneID && schemas.Range{From: d.From, To: d.To}.Contains(date)
	})
	return !notInLane && !st.Unsure(day) && !slices.ContainsFunc(st.Dirty, date.Equal) && !slices.ContainsFunc(st.Erasing, date.Equal)
}

func (c *compaction) note(ctx context.Context, t schemas.Table, done lane.Compacted) {
	c.noteUnsettled(done)
	n := len(done.Months)
	if n == 0 {
		return
	}
	one := Compaction{
		Tenant: c.tenant.Name, Dataset: c.dataset.Name, Table: t.Name, First: monthOf(done.Months[0]), Last: monthOf(done.Months[n-1]),
		Months: n, Files: done.Files, Bytes: done.Bytes, Written: done.Written,
	}
	c.done = append(c.done, one)
	if !c.dryRun {
		c.runner.Log.InfoContext(ctx, "months compacted", "tenant", one.Tenant, "dataset", one.Dataset, "table", one.Table, "months", one.Months, "files", one.Files, "bytes", one.Bytes)
	}
}

func monthOf(first time.Time) string { return first.Format("2006-01") }

func (c *compaction) noteUnsettled(done lane.Compacted) {
	for _, first := range done.Unsettled {
		c.unsettled[first] = true
	}
}

// notes say which months are old enough and stay as they are.
func (c *compaction) notes() []plan.Note {
	if len(c.unsettled) == 0 {
		return nil
	}
	var first time.Time
	for month := range c.unsettled {
		if first.IsZero() || month.Before(first) {
			first = month
		}
	}
	which := monthOf(first)
	if more := len(c.unsettled) - 1; more > 0 {
		which = fmt.Sprintf("%s and %d more months", which, more)
	}
	return []plan.Note{{Dataset: c.dataset.Name, Whole: true, Message: fmt.Sprintf(
		"not compacted: %s of %s: a day of it is dirty, or the lane does not have it as the plain tables do: a run brings it up to date, or graphlake replay --delta", which, c.tenant.Name)}}
}
