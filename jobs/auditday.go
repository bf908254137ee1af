package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"time"

	"graphlake/load"
	"graphlake/schemas"
)

// dayAudit is one look at a day.
type dayAudit struct {
	*audit
	ctx      context.Context //nolint:containedctx // lives as long as one call of look
	date     time.Time
	state    State
	files    map[string]load.Version // of the partitions, by object; none: not there
	findings []Finding
	wrong    map[string]bool // the tables that something was found of
}

// look says what is found of a day, and whether it can be relied on: not while a run works on it.
func (x *audit) look(ctx context.Context, date time.Time) (found []Finding, settled bool, err error) {
	d := &dayAudit{audit: x, ctx: ctx, date: date, wrong: map[string]bool{}}
	if d.state, d.files, err = d.snapshot(); err != nil {
		return nil, false, err
	}
	found, err = d.examine()
	st, files, again := d.snapshot()
	if again != nil {
		return nil, false, again
	}
	if errors.Is(err, load.ErrConflict) || !maps.Equal(d.files, files) || d.says(d.state) != d.says(st) {
		return []Finding{x.finding(FoundBusy, "", date, 1)}, false, nil
	}
	return found, !d.dirty(date), err
}

// says is what a state says of the day: a run that works on other days changes nothing of it.
func (d *dayAudit) says(st State) [4]bool {
	other := *d
	other.state = st
	return [4]bool{other.dirty(d.date), other.dirty(d.before()), other.covered(), other.outdated()}
}

// snapshot is the state, and the versions of the partitions that the look goes by.
func (d *dayAudit) snapshot() (State, map[string]load.Version, error) {
	st, err := LoadState(d.ctx, d.Store, d.pair())
	if err != nil {
		return st, nil, err
	}
	files := map[string]load.Version{}
	partitions := []load.Partition{d.raw(d.date), d.raw(d.before()), d.quarantine()}
	for _, t := range d.dataset.Tables {
		partitions = append(partitions, d.table(t))
	}
	for _, p := range partitions {
		object, err := d.Store.Open(d.ctx, p.Object())
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
	return d.partition(load.Tables, t.Name, d.date)
}

func (d *dayAudit) quarantine() load.Partition {
	return d.partition(load.Quarantine, d.dataset.Name, d.date)
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
	d.findings = append(d.findings, d.finding(kind, table, d.date, count))
}

// examine goes from raw to what is made of it, and stops where nothing more can be said.
func (d *dayAudit) examine() ([]Finding, error) {
	dirty := d.dirty(d.date)
	if dirty {
		d.find(FoundDirty, "", 1)
	}
	if !d.there(d.raw(d.date)) {
		if !dirty || d.covered() { // a day that is only marked is one that was never published
			d.find(FoundMissing, ofRaw, 1)
		}
		return d.findings, nil
	}
	if err := d.auditRaw(); err != nil || d.wrong[ofRaw] || dirty || d.doubled[d.date] {
		return d.findings, err
	}
	if err := d.againstGraph(); err != nil {
		return d.findings, err
	}
	if d.outdated() {
		d.find(FoundOutdated, "", 1)
		return d.findings, nil
	}
	if err := d.auditTables(); err != nil {
		return d.findings, err
	}
	return d.findings, d.auditBytes()
}

func (d *dayAudit) covered() bool {
	return slices.ContainsFunc(d.state.Coverage, func(c Covered) bool {
		return c.Held() && c.From.Before(d.date.Add(schemas.Day)) && c.To.After(d.date)
	})
}

// outdated reports whether the day's tables are known to be by another definition.
func (d *dayAudit) outdated() bool {
	return slices.ContainsFunc(d.state.Derived, func(c Derived) bool {
		return c.Fingerprint != d.fingerprint && (schemas.Range{From: c.From, To: c.To}).Contains(d.date)
	})
}

// auditBytes derives the day once more, publishes nothing, and compares what it gives with the
// partitions of which nothing else is wrong.
func (d *dayAudit) auditBytes() error {
	x := &derivation{ctx: d.ctx, holding: d.holding, date: d.date}
	defer x.discard()
	if err := x.read(); err != nil {
		return d.unreadable(d.raw(d.date), ofRaw, err)
	}
	switch there := d.there(d.quarantine()); {
	case there:
		if err := d.compare(x.quarantine, ofQuarantine); err != nil {
			return err
		}
	case x.rows.Quarantined() > 0:
		d.find(FoundMissing, ofQuarantine, 1)
	}
	for m, n := range x.rows.Misfits() {
		sum := d.misfits[m]
		d.misfits[m] = misfits{sum.count + n, later(sum.day, d.date)}
	}
	if err := d.auditCount(x.rows.Records()); err != nil {
		return err
	}
	for i, w := range x.tables {
		if err := d.compare(w, d.dataset.Tables[i].Name); err != nil {
			return err
		}
	}
	return nil
}

// compare holds a partition against what was written and is not published.
func (d *dayAudit) compare(w *load.Writer, table string) error {
	if d.wrong[table] {
		return nil
	}
	c, err := w.Commit(d.ctx)
	if err == nil && c.Changed {
		d.find(FoundStale, table, 1)
	}
	return err
}

// auditCount holds the rows of the root table and of quarantine against the records.
func (d *dayAudit) auditCount(records int64) error {
	root := d.dataset.Root()
	if d.wrong[root.Name] || d.wrong[ofQuarantine] {
		return nil
	}
	rows, err := d.lake.Count(d.ctx, d.table(root))
	if err != nil {
		return err
	}
	if d.there(d.quarantine()) {
		bad, err := d.lake.Count(d.ctx, d.quarantine())
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
func (d *dayAudit) unreadable(p load.Partition, table string, cause error) error {
	if err := d.ctx.Err(); err != nil {
		return err
	}
	object, err := d.Store.Open(d.ctx, p.Object())
	if err != nil {
		return errors.Join(cause, err)
	}
	defer object.Close()
	if _, err := io.Copy(io.Discard, io.NewSectionReader(object, 0, object.Info().Size)); err != nil {
		return fmt.Errorf("%w; and then: %w", cause, err)
	}
	d.find(FoundUnreadable, table, 1)
	d.findings[len(d.findings)-1].Object = p.Object()
	d.Log.DebugContext(d.ctx, "a partition cannot be read", "object", p.Object(), "error", cause)
	return nil
}
