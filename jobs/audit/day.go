package audit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"time"

	"graphlake/jobs/derive"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/schemas"
)

// dayAudit is one look at a day.
type dayAudit struct {
	of       *audit
	date     time.Time
	state    state.State
	files    map[string]load.Version // of the partitions, by object; none: not there
	findings []Finding
	wrong    map[string]bool // the tables that something was found of
}

// look examines a day. What it finds is not reliable while a run works on the day.
func (a *audit) look(ctx context.Context, date time.Time) (found []Finding, reliable bool, err error) {
	d := &dayAudit{of: a, date: date, wrong: map[string]bool{}}
	if d.state, d.files, err = d.snapshot(ctx); err != nil {
		return nil, false, err
	}
	found, err = d.examine(ctx)
	st, files, again := d.snapshot(ctx)
	if again != nil {
		return nil, false, again
	}
	if errors.Is(err, load.ErrConflict) || !maps.Equal(d.files, files) || d.says(d.state) != d.says(st) {
		return []Finding{a.finding(FoundBusy, "", date, 1)}, false, nil
	}
	if d.dirty(date) && err == nil && a.isReading(date) {
		return []Finding{a.finding(FoundBusy, "", date, 1)}, false, nil
	}
	return found, !d.dirty(date), err
}

// says is what a state says of the day: a run that works on other days changes nothing of it.
func (d *dayAudit) says(st state.State) [7]bool {
	other := *d
	other.state = st
	return [7]bool{
		other.dirty(d.date), other.dirty(d.before()), other.covered(), other.outdated(),
		other.removed(load.Raw), other.removed(load.Tables), other.removed(load.Quarantine),
	}
}

// removed reports whether raw, tables or quarantine of the day were removed, because they are older than the lake keeps.
func (d *dayAudit) removed(kind load.Kind) bool { return d.state.IsRemoved(kind, d.date) }

// leftovers finds partitions of what was removed.
func (d *dayAudit) leftovers() {
	if d.removed(load.Raw) && d.there(d.of.raw(d.date)) {
		d.find(FoundLeftover, ofRaw, 1)
	}
	if d.removed(load.Quarantine) && d.there(d.quarantine()) {
		d.find(FoundLeftover, ofQuarantine, 1)
	}
	for _, t := range d.of.dataset.Tables {
		if d.removed(load.Tables) && d.there(d.table(t)) {
			d.find(FoundLeftover, t.Name, 1)
		}
	}
}

// tablesAlone looks at the tables of a day whose raw was removed: they are held against each other only. A day of which
// there are none is one of which there never were.
func (d *dayAudit) tablesAlone(ctx context.Context) error {
	if d.removed(load.Tables) || !slices.ContainsFunc(d.of.dataset.Tables, func(t schemas.Table) bool { return d.there(d.table(t)) }) {
		return nil
	}
	return d.auditTables(ctx)
}

// snapshot is the state, and the versions of the partitions that the look goes by.
func (d *dayAudit) snapshot(ctx context.Context) (state.State, map[string]load.Version, error) {
	st, err := state.Load(ctx, d.of.auditor.Store, d.of.pair())
	if err != nil {
		return st, nil, err
	}
	files := map[string]load.Version{}
	partitions := []load.Partition{d.of.raw(d.date), d.of.raw(d.before()), d.quarantine()}
	for _, t := range d.of.dataset.Tables {
		partitions = append(partitions, d.table(t))
	}
	for _, p := range partitions {
		object, err := d.of.auditor.Store.Open(ctx, p.Object())
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return st, nil, err
		}
		files[p.Object()] = object.Info().Version
		if err := object.Close(); err != nil {
			return st, nil, err
		}
	}
	return st, files, nil
}

func (d *dayAudit) before() time.Time { return d.date.Add(-schemas.Day) }

func (d *dayAudit) table(t schemas.Table) load.Partition {
	return d.of.day(d.date).Table(t)
}

func (d *dayAudit) quarantine() load.Partition {
	return d.of.day(d.date).Quarantine()
}

func (d *dayAudit) there(p load.Partition) bool {
	_, ok := d.files[p.Object()]
	return ok
}

func (d *dayAudit) dirty(date time.Time) bool {
	return slices.ContainsFunc(d.state.Dirty, date.Equal)
}

func (d *dayAudit) find(kind FindingKind, table string, count int64) {
	d.wrong[table] = true
	d.findings = append(d.findings, d.of.finding(kind, table, d.date, count))
}

// examine goes from raw to what is made of it, and stops where nothing more can be said.
func (d *dayAudit) examine(ctx context.Context) ([]Finding, error) {
	dirty := d.dirty(d.date)
	if dirty {
		d.find(FoundDirty, "", 1)
	}
	d.leftovers()
	if d.removed(load.Raw) {
		return d.findings, d.tablesAlone(ctx)
	}
	if !d.there(d.of.raw(d.date)) {
		if !dirty || d.covered() { // a day that is only marked is one that was never published
			d.find(FoundMissing, ofRaw, 1)
		}
		return d.findings, nil
	}
	if err := d.auditRaw(ctx); err != nil || d.wrong[ofRaw] || dirty || d.of.doubled[d.date] {
		return d.findings, err
	}
	if err := d.againstGraph(ctx); err != nil {
		return d.findings, err
	}
	if d.removed(load.Tables) {
		return d.findings, nil
	}
	if d.outdated() {
		d.find(FoundOutdated, "", 1)
		return d.findings, nil
	}
	if err := d.auditTables(ctx); err != nil {
		return d.findings, err
	}
	return d.findings, d.auditBytes(ctx)
}

func (d *dayAudit) covered() bool {
	return slices.ContainsFunc(d.state.Coverage, func(c state.Covered) bool {
		return c.Held() && c.From.Before(d.date.Add(schemas.Day)) && c.To.After(d.date)
	})
}

// outdated reports whether the day's tables are known to be by another definition.
func (d *dayAudit) outdated() bool {
	return slices.ContainsFunc(d.state.Derived, func(c state.Derived) bool {
		return c.Fingerprint != d.of.dataset.Fingerprint() && (schemas.Range{From: c.From, To: c.To}).Contains(d.date)
	})
}

// auditBytes derives the day once more, publishes nothing, and compares what it gives with the
// partitions of which nothing else is wrong.
func (d *dayAudit) auditBytes(ctx context.Context) error {
	x, err := derive.Read(ctx, d.of.day(d.date))
	if err != nil {
		return d.unreadable(ctx, d.of.raw(d.date), ofRaw, err)
	}
	defer x.Discard()
	tables, quarantine := x.Writers()
	would := x.Result()
	switch there := d.there(d.quarantine()); {
	case there && !d.removed(load.Quarantine):
		if err := d.compare(ctx, quarantine, ofQuarantine); err != nil {
			return err
		}
	case would.Quarantined > 0 && !d.removed(load.Quarantine):
		d.find(FoundMissing, ofQuarantine, 1)
	}
	for m, n := range would.Misfits {
		sum := d.of.misfits[m]
		d.of.misfits[m] = misfits{sum.count + n, schemas.Later(sum.day, d.date)}
	}
	records := would.Records
	if d.removed(load.Quarantine) {
		records -= would.Quarantined
	}
	if err := d.auditCount(ctx, records); err != nil {
		return err
	}
	for i, w := range tables {
		if err := d.compare(ctx, w, d.of.dataset.Tables[i].Name); err != nil {
			return err
		}
	}
	return nil
}

// compare holds a partition against what was written and is not published.
func (d *dayAudit) compare(ctx context.Context, w *load.Writer, table string) error {
	if d.wrong[table] {
		return nil
	}
	c, err := w.Commit(ctx)
	if err == nil && c.Changed {
		d.find(FoundStale, table, 1)
	}
	return err
}

// auditCount holds the rows of the root table and of quarantine against the records.
func (d *dayAudit) auditCount(ctx context.Context, records int64) error {
	root := d.of.dataset.Root()
	if d.wrong[root.Name] || d.wrong[ofQuarantine] {
		return nil
	}
	rows, err := d.of.lake.Count(ctx, d.table(root))
	if err != nil {
		return err
	}
	if d.there(d.quarantine()) && !d.removed(load.Quarantine) {
		bad, err := d.of.lake.Count(ctx, d.quarantine())
		if err != nil {
			return err
		}
		rows += bad
	}
	if records != rows {
		d.find(FoundCount, root.Name, max(records-rows, rows-records))
	}
	return nil
}

// unreadable tells a file that holds something else from a store that does not answer: from the
// first, all bytes can be had.
func (d *dayAudit) unreadable(ctx context.Context, p load.Partition, table string, cause error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	object, err := d.of.auditor.Store.Open(ctx, p.Object())
	if err != nil {
		return errors.Join(cause, err)
	}
	defer object.Close()
	if _, err := io.Copy(io.Discard, io.NewSectionReader(object, 0, object.Info().Size)); err != nil {
		return fmt.Errorf("%w; and then: %w", cause, err)
	}
	d.find(FoundUnreadable, table, 1)
	d.findings[len(d.findings)-1].Object = p.Object()
	d.of.auditor.Log.DebugContext(ctx, "a partition cannot be read", "object", p.Object(), "error", cause)
	return nil
}
