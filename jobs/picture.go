package jobs

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strings"

	"graphlake/extract"
	"graphlake/extract/graph"
	"graphlake/load"
	"graphlake/schemas"
)

// picture takes today's picture: the newest one with what a delta says has changed since, or else, where
// there is no delta or no cursor, what a reading of everything gives, with what it no longer lists
// marked as removed.
func (u *unit) picture(ctx context.Context) error {
	older, cursor, err := u.newest(ctx)
	if err != nil {
		return err
	}
	reading, changes, err := u.readChanges(ctx, older, cursor)
	if graph.KindOf(err) == graph.ExpiredCursor && cursor != "" {
		u.log.InfoContext(ctx, "the cursor has expired, so the dataset is read whole")
		cursor = ""
		reading, changes, err = u.readChanges(ctx, older, cursor)
	}
	if err != nil {
		return err
	}
	defer changes.Discard()
	if err := u.run.encoders.Acquire(ctx, 1); err != nil {
		return err
	}
	defer u.run.encoders.Release(1)
	u.tally(reading)
	how := applying{delta: cursor != ""}
	how.complete, how.unread = u.completeness(reading.Behind())
	how.complete = how.complete && !how.delta && !u.silent()
	w, err := u.apply(ctx, changes, older, how)
	if err != nil {
		return err
	}
	defer w.Discard()
	changed, err := u.publish(ctx, w, reading)
	if err != nil {
		return err
	}
	return u.derive(ctx, []day{{date: u.Range.From, changed: changed, ours: true}})
}

// applying says what a reading means: changes to what is held, or records as they are, and then
// whether they are all that there are but for some that nothing is known of.
type applying struct {
	delta, complete bool
	unread          func(record []byte) bool
}

// completeness says whether what a reading of everything does not list is gone, and of which records
// nothing is known because they, or whom they are read for, are behind.
func (u *unit) completeness(behind []extract.Behind) (complete bool, unread func([]byte) bool) {
	root := u.Dataset.Root()
	var paths []schemas.Path
	named := u.Dataset.Source.Parent == nil
	for _, name := range root.Key {
		c, _ := root.Column(name)
		paths = append(paths, c.Path)
		named = named || c.Path == extract.Parent
	}
	ids := map[string]bool{}
	for _, b := range behind {
		ids[b.Parent], ids[u.run.Privacy.Pseudonym(b.Parent)] = true, true
	}
	return named || len(behind) == 0, func(record []byte) bool {
		return len(ids) > 0 && slices.ContainsFunc(paths, func(p schemas.Path) bool { return ids[extract.Text(record, p)] })
	}
}

// newest is the newest picture and the cursor behind it; neither, where the picture is missing, and no
// cursor where the delta was asked for other properties than the columns have now: it would give those
// that are new only of records that change.
func (u *unit) newest(ctx context.Context) (*load.Partition, string, error) {
	st := u.view()
	if st.Picture.IsZero() {
		return nil, "", nil
	}
	p := u.raw(st.Picture)
	there, err := u.lake.Exists(ctx, p)
	if err != nil || !there {
		return nil, "", err
	}
	if st.Selected != selected(u.Dataset) {
		return &p, "", nil
	}
	return &p, st.Cursor, nil
}

func selected(d schemas.Dataset) string {
	if d.Source.Paging != schemas.Delta {
		return ""
	}
	sum := sha256.Sum256([]byte(strings.Join(d.Select(), ",")))
	return hex.EncodeToString(sum[:8])
}

// readChanges reads a delta, or the whole of what is there, to its end.
func (u *unit) readChanges(ctx context.Context, older *load.Partition, cursor string) (*extract.Reading, *load.Changes, error) {
	changes, err := u.lake.Changes(schemas.RawTable(u.Dataset))
	if err != nil {
		return nil, nil, err
	}
	var held func(string) (string, bool)
	if older != nil {
		if held, err = u.heldOf(ctx, older.Date); err != nil {
			return nil, nil, err
		}
	}
	reading := u.reading(extract.Options{Held: held, Cursor: cursor})
	if err := u.read(ctx, reading, changes.Add); err != nil {
		return nil, nil, errors.Join(err, changes.Discard())
	}
	return reading, changes, nil
}

// apply writes today's raw picture. It is finished and not published.
func (u *unit) apply(ctx context.Context, changes *load.Changes, older *load.Partition, how applying) (_ *load.Writer, err error) {
	ctx, end := u.run.Telemetry.phase(ctx, "merge")
	defer func() { end(&err) }()
	w, err := u.lake.Write(ctx, u.raw(u.Range.From), schemas.RawTable(u.Dataset))
	if err != nil {
		return nil, err
	}
	rows, err := newRawRows(u.Dataset, w.Append)
	if err != nil {
		return nil, errors.Join(err, w.Discard())
	}
	defer rows.release()
	for c, err := range changes.Over(ctx, older) {
		var record []byte
		if err == nil {
			record, err = how.changed(c)
		}
		if err == nil && record != nil {
			err = rows.add(record)
		}
		if err != nil {
			return nil, errors.Join(err, w.Discard())
		}
	}
	if err := rows.flush(); err != nil {
		return nil, errors.Join(err, w.Discard())
	}
	return w, nil
}

// changed is a record after what was read of it; nil if nothing is left of it. In a complete reading,
// what is not named is not there any more, and of what it names as removed only the mark is new.
func (a applying) changed(c load.Change) (record []byte, err error) {
	// Another parent may list a record, in a newer version, that one has listed as it is held.
	if news := slices.DeleteFunc(slices.Clone(c.Read), extract.Unchanged); len(news) > 0 {
		c.Read = news
	}
	switch {
	case !c.Keyed && len(c.Read) > 0:
		return c.Read[0], nil
	case !c.Keyed && a.complete && !a.unread(c.Held):
		return nil, nil
	case len(c.Read) == 0 && a.complete && !a.unread(c.Held):
		return extract.Remove(c.Held)
	case a.delta || len(c.Read) == 0 || extract.Removed(c.Read[0]):
		record = c.Held
	}
	for _, change := range c.Read {
		if extract.Unchanged(change) {
			record, err = extract.Restore(c.Held)
		} else {
			record, err = extract.Apply(record, change)
		}
		if err != nil {
			return nil, err
		}
	}
	return record, nil
}

// publish makes the picture today's and the cursor the one behind it. It says whether raw has changed.
func (u *unit) publish(ctx context.Context, w *load.Writer, reading *extract.Reading) (changed bool, err error) {
	ctx, end := u.run.Telemetry.phase(ctx, "commit")
	defer func() { end(&err) }()
	today := u.Range.From
	if err := u.update(ctx, func(st *State) { st.soil(today) }); err != nil {
		return false, err
	}
	c, err := w.Commit(ctx)
	if err != nil {
		return false, err
	}
	u.rep.count(c)
	u.rep.Records = c.Rows
	part := u.part(Data)
	if part.Records = c.Rows; c.Rows == 0 {
		part.Outcome = Empty
	}
	err = u.update(ctx, func(st *State) {
		st.miss(u.Dataset, part)
		st.cover(u.Dataset, part)
		st.Cursor, st.Picture, st.Selected = reading.Cursor(), today, selected(u.Dataset)
		st.lag(u.Range, reading.Behind(), u.run.Privacy)
		st.Parents = u.rep.Parents
	})
	return c.Changed, err
}
