package jobs

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"time"

	"graphlake/extract"
	"graphlake/extract/graph"
	"graphlake/internal/record"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/schemas"
)

// picture takes today's picture: the newest one with what a delta says has changed since, or else, where
// there is no delta or no cursor, what a reading of everything gives, with what it no longer lists
// marked as removed. Far less than before is not believed: then the newest picture stays.
//
// A picture that is damaged is as if it were not there: the one before it is gone on from, by a reading of everything.
func (u *unit) picture(ctx context.Context) (days published, err error) {
	older, cursor, err := u.newest(ctx)
	for err == nil {
		days, err = u.pictureOver(ctx, older, cursor)
		if damaged, ok := errors.AsType[*load.DamagedError](err); !ok || older == nil || damaged.Partition != *older {
			break
		}
		u.open.log.WarnContext(ctx, "a picture is damaged, so the one before it is gone on from", "date", older.Date.Format(time.DateOnly), "error", err)
		older, err = u.before(ctx, older.Date)
		cursor = ""
	}
	return days, err
}

// pictureOver takes today's picture, given the newest one.
func (u *unit) pictureOver(ctx context.Context, older *load.Partition, cursor string) (published, error) {
	x, changes, unchanged, err := u.readChanges(ctx, older, cursor)
	if cursor != "" && refusesCursor(err) {
		u.open.log.InfoContext(ctx, "the cursor is no longer taken, so the dataset is read whole", "kind", graph.KindOf(err).String())
		cursor = ""
		x, changes, unchanged, err = u.readChanges(ctx, older, "")
	}
	for again := 0; cursor == "" && graph.KindOf(err) == graph.ExpiredCursor && again < mostAgain; again++ {
		x, changes, unchanged, err = u.readChanges(ctx, older, "")
	}
	if err != nil {
		return published{}, err
	}
	defer changes.Discard()
	done, err := u.session.encoders.alone(ctx)
	if err != nil {
		return published{}, err
	}
	defer done()
	u.tally(x)
	how := u.applying(x, cursor != "", unchanged)
	w, err := u.apply(ctx, changes, older, how)
	if err != nil {
		return published{}, err
	}
	defer w.Discard()
	if !how.delta && u.doubt(how.listed, how.before) {
		return published{}, u.open.state.Update(ctx, func(st *state.State) { u.lag(st, x, how.known) })
	}
	changed, err := u.publishPicture(ctx, w, x, how)
	if err != nil {
		return published{}, err
	}
	return published{gaining: []day{{date: u.Range.From, changed: changed, ours: true}}}, nil
}

// mostAgain is how often everything is read from the start because the token of a page had run out.
const mostAgain = 3

// refusesCursor says whether an error of Graph's may be the cursor's fault, as all may be but those that say
// otherwise. It is dropped then: whatever is wrong with a cursor would be wrong every night.
func refusesCursor(err error) bool {
	e, ok := errors.AsType[*graph.Error](err)
	return ok && !e.SignIn && e.Kind != graph.Throttled
}

// applying says what a reading means: changes to what is held, or records as they are, and then
// whether they are all that there are but for some that nothing is known of.
type applying struct {
	delta, complete bool
	once            bool // what is not listed is removed at once; otherwise when it is not listed on another day
	today           time.Time
	unread          func(record []byte) bool
	unchanged       func(record []byte) bool // a held record is listed as it is held

	missed         bool            // something was removed because it is not listed
	listed, before int64           // records of a complete reading that are there, and were there
	known          map[string]bool // who is behind and has something in the picture
}

// applying says of which records a reading says nothing, because they, or whom they are read for, are behind.
// Where records are listed by several parents, one of them that is behind may have any.
func (u *unit) applying(x *extract.Reading, delta bool, unchanged []string) *applying {
	root := u.Dataset.Root()
	var paths []schemas.Path
	named := u.Dataset.Source.Parent == nil
	for _, name := range root.Key {
		c, _ := root.Column(name)
		paths = append(paths, c.Path)
		named = named || c.Path == extract.Parent
	}
	st := u.open.state.View()
	next := st.Clone()
	next.MarkBehind(u.Dataset, u.Range, u.ofReading(x), u.session.runner.Now)
	ids, known := map[string]bool{}, map[string]bool{}
	for _, b := range next.Missing() {
		ids[b.ID()] = true
	}
	key, _ := root.Column(root.Key[0])
	same := map[string]bool{}
	for _, id := range unchanged {
		same[u.inRaw(key, id)] = true
	}
	return &applying{
		unchanged: func(record []byte) bool { return len(same) > 0 && same[extract.Text(record, key.Path)] },
		known:     known,
		delta:     delta, complete: !delta && (named || len(ids) == 0), once: u.session.selection.Believe || u.Dataset.Source.Paging == schemas.Delta, today: u.session.runner.Now,
		unread: func(record []byte) bool {
			return len(ids) > 0 && slices.ContainsFunc(paths, func(p schemas.Path) bool {
				id := extract.Text(record, p)
				known[id] = known[id] || ids[id]
				return ids[id]
			})
		},
	}
}

// newest is the newest picture and the cursor behind it; neither, where the picture is missing, and no
// cursor where the delta was asked for other properties than the columns have now: it would give those
// that are new only of records that change. Nor is there one behind a picture that was restored, or that a
// clock has dated which was ahead.
func (u *unit) newest(ctx context.Context) (*load.Partition, string, error) {
	st := u.open.state.View()
	if st.Picture.IsZero() {
		return nil, "", nil
	}
	if st.Picture.After(u.Range.From) {
		older, err := u.before(ctx, u.Range.To)
		return older, "", err
	}
	p := u.open.raw(st.Picture)
	there, err := u.open.lake.Exists(ctx, p)
	if err != nil || !there {
		return nil, "", err
	}
	if st.Cursor == "" || st.Selected != selected(u.Dataset) {
		return &p, "", nil
	}
	if st.PictureHash == "" || st.Unsure(u.Range) { // a run was cut off behind it: to apply changes twice is to apply them once
		return &p, st.Cursor, nil
	}
	hash, err := u.open.lake.Hash(ctx, p)
	if err != nil || hash != st.PictureHash {
		return &p, "", err
	}
	return &p, st.Cursor, nil
}

// before is the newest picture of the days before one.
func (u *unit) before(ctx context.Context, day time.Time) (newest *load.Partition, err error) {
	for p, err := range u.open.lake.Partitions(ctx, load.Raw, u.Dataset.Name, u.Tenant.ID) {
		if err != nil {
			return nil, err
		}
		if p.Date.Before(day) {
			newest = &p
		}
	}
	return newest, nil
}

func selected(d schemas.Dataset) string {
	if d.Source.Paging != schemas.Delta {
		return ""
	}
	sum := sha256.Sum256([]byte(strings.Join(d.Select(), ",")))
	return hex.EncodeToString(sum[:8])
}

// readChanges reads a delta, or the whole of what is there, to its end. The ids are of records that are listed as
// they are held.
func (u *unit) readChanges(ctx context.Context, older *load.Partition, cursor string) (x *extract.Reading, changes *load.Changes, unchanged []string, err error) {
	if changes, err = u.open.lake.Changes(schemas.RawTable(u.Dataset)); err != nil {
		return nil, nil, nil, err
	}
	held := &heldRecords{}
	if older != nil {
		if held, err = u.held(ctx, older.Date); err != nil {
			return nil, nil, nil, err
		}
	}
	x = u.reading(extract.Options{Held: held.version, Cursor: cursor})
	if unchanged, err = u.read(ctx, x, changes.Add); err != nil {
		return x, nil, nil, errors.Join(err, changes.Discard())
	}
	return x, changes, unchanged, nil
}

// apply writes today's raw picture. It is finished and not published.
func (u *unit) apply(ctx context.Context, changes *load.Changes, older *load.Partition, how *applying) (_ *load.Writer, err error) {
	ctx, end := u.session.runner.Telemetry.phase(ctx, "merge")
	defer func() { end(&err) }()
	w, err := u.open.lake.Write(ctx, u.open.raw(u.Range.From), schemas.RawTable(u.Dataset))
	if err != nil {
		return nil, err
	}
	rows, err := newRawRows(u.Dataset, u.open.memory, w.Append)
	if err != nil {
		return nil, errors.Join(err, w.Discard())
	}
	defer rows.release()
	for c, err := range changes.Over(ctx, older) {
		var text []byte
		if err == nil {
			text, err = how.changed(c)
		}
		if err == nil && text != nil {
			err = rows.add(record.Record{JSON: text})
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
func (a *applying) changed(c load.Change) (record []byte, err error) {
	// Another parent may have listed it in a newer version.
	same := len(c.Read) == 0 && c.Held != nil && a.unchanged(c.Held)
	if same {
		a.listed++
	}
	a.count(c)
	switch {
	case !c.Keyed && len(c.Read) > 0:
		return c.Read[0], nil
	case !c.Keyed && a.complete && !a.unread(c.Held):
		return nil, nil
	case same:
		return extract.Restore(c.Held)
	case len(c.Read) == 0 && a.complete && !a.unread(c.Held):
		if a.once {
			a.missed = a.missed || !extract.Removed(c.Held)
			return extract.Remove(c.Held)
		}
		record, _, err = extract.Absent(c.Held, a.today)
		return record, err
	case a.delta || len(c.Read) == 0 || extract.Removed(c.Read[0]):
		record = c.Held
	}
	for _, change := range c.Read {
		if record, err = extract.Apply(record, change); err != nil {
			return nil, err
		}
	}
	return record, nil
}

// count counts the records that are there, and those that were, but for those of which nothing is known.
func (a *applying) count(c load.Change) {
	if len(c.Read) > 0 && !extract.Removed(c.Read[0]) {
		a.listed++
	}
	if c.Held != nil && !extract.Removed(c.Held) && !a.unread(c.Held) {
		a.before++
	}
}

// publishPicture makes the picture today's and the cursor the one behind it. It says whether raw has changed.
func (u *unit) publishPicture(ctx context.Context, w *load.Writer, x *extract.Reading, how *applying) (changed bool, err error) {
	ctx, end := u.session.runner.Telemetry.phase(ctx, "commit")
	defer func() { end(&err) }()
	today := u.Range.From
	if err := u.open.state.Update(ctx, func(st *state.State) {
		st.MarkDirty(today)
		st.MarkUnsure(u.Range)
	}); err != nil {
		return false, err
	}
	c, err := w.Commit(ctx)
	if err != nil {
		return false, err
	}
	u.rep.count(c)
	u.open.noteRows(c)
	u.rep.Records = c.Rows
	part := u.part(state.Data)
	if part.Records = c.Rows; c.Rows == 0 {
		part.Outcome = state.Empty
	}
	err = u.open.state.Update(ctx, func(st *state.State) {
		st.Miss(u.Dataset, part)
		st.Cover(u.Dataset, part)
		st.Cursor, st.Picture, st.Selected, st.PictureHash = x.Cursor(), today, selected(u.Dataset), ""
		if how.missed {
			st.Cursor = "" // no later change tells whether that was right, so that everything is listed once more
		}
		if st.Cursor != "" {
			st.PictureHash = c.Hash
		}
		u.lag(st, x, how.known)
	})
	return c.Changed, err
}
