package jobs

// What becomes of a record on which a merge does not decide by versions (see load.Merge.Undecided).
//
// Of a window these are the records that raw holds and that a complete reading has not listed. They were looked for
// where they may have moved to.
//
// Of a picture these are all. What a delta says is put over what is held, change after change, in its order; what a
// reading of everything says stands for itself. What it lists as it is held is there again, if it was marked.
//
// What is absent is removed at once, if that can be believed: of a picture where the list is a delta's, which names
// everything, of which one more night makes sure; of a window not if of its parent far less came than raw holds, nor on
// a day that no later run reads again by itself, where what is wrong would stay. Otherwise the day is noted on which it
// was absent first, and it is removed when it is absent on another day. Of a record that is, or whose parent is, behind,
// nothing is known, and it stays. So does one without a whole key, of a window; of a picture it is known by its text
// alone, and goes.
//
// Whoever is left out since the newest picture goes from the next without a mark, which would name them.

import (
	"bytes"
	"context"
	"slices"
	"time"

	"graphlake/extract"
	"graphlake/internal/foreign"
	"graphlake/internal/record"
	"graphlake/load"
	"graphlake/schemas"
	"graphlake/transform/privacy"
)

// judge decides of one reading.
type judge struct {
	picture, delta bool
	complete       bool // a record that is not listed is not there any more, but for those of whom nothing is known
	ofParent       bool // a record's key begins with its parent
	believe        bool // whoever runs it believes what is absent
	now            time.Time
	again          time.Time       // of a window: days before it are not read again by themselves
	paths          []schemas.Path  // of the key
	behind         map[string]bool // ids of whom nothing is known, as the state has them
	unchanged      map[string]bool // ids of records that are listed as they are held, as raw has them

	without *privacy.Filter // of those who are left out

	missed         bool                // something of a picture was removed because it is not listed
	listed, before int64               // records of a complete picture that are there, and were there
	known          map[string]bool     // who is behind and has something in the picture, by the state's ids
	absent         map[time.Time]int64 // records of a window that were absent for the first time, by day
}

// judge prepares to decide of a reading. Where the records of a picture are listed by several parents, one of them that
// is behind may have any.
func (u *unit) judge(reading *extract.Reading, p picture, unchanged []string) (j *judge, err error) {
	now, sel := u.session.runner.Now, u.session.selection
	j = &judge{
		picture: u.Dataset.Mode.Pictures(), delta: p.cursor != "", believe: sel.Believe, now: now,
		again:     now.UTC().Truncate(schemas.Day).Add(schemas.Day - sel.LookbackOf(u.Dataset)),
		unchanged: map[string]bool{}, behind: map[string]bool{}, known: map[string]bool{}, absent: map[time.Time]int64{},
	}
	root := u.Dataset.Root()
	first, _ := root.Column(root.Key[0])
	j.ofParent = first.Path == extract.Parent
	for _, id := range unchanged {
		j.unchanged[u.inRaw(id)] = true
	}
	if !j.picture {
		j.complete = true
		return j, nil
	}
	if j.without, err = u.session.excluded.Filter(u.Tenant.ID, u.Dataset); err != nil {
		return nil, err
	}
	named := u.Dataset.Source.Parent == nil
	for _, name := range root.Key {
		c, _ := root.Column(name)
		j.paths = append(j.paths, c.Path)
		named = named || c.Path == extract.Parent
	}
	st := u.open.state.View()
	next := st.Clone()
	next.MarkBehind(u.Dataset, u.Range, u.answers(reading), now)
	for _, b := range next.Missing() {
		j.behind[b.ID()] = true
	}
	j.complete = !j.delta && (named || len(j.behind) == 0)
	j.believe = j.believe || u.Dataset.Source.Paging == schemas.Delta
	return j, nil
}

// decide decides of a record.
func (j *judge) decide(ctx context.Context, c *load.Change, merge *load.Merge, rows *rawRows) error {
	held := c.Held
	if j.without != nil && held != nil {
		r, stays, err := j.without.Apply(ctx, record.Record{JSON: held})
		if err != nil {
			return err
		}
		stays = stays && !j.without.Rekeyed() // it is listed by another key, if at all
		switch {
		case stays:
			c.Held = bytes.Clone(r.JSON)
		case len(c.Read) == 0:
			c.Decision = load.Drop
			return nil
		default:
			c.Held = nil
		}
	}
	record, err := j.becomes(c, merge)
	c.Held = held
	switch {
	case err != nil:
		return err
	case record == nil:
		c.Decision = load.Drop
	case bytes.Equal(record, c.Held):
		c.Decision = load.KeepHeld
	case len(c.Read) > 0 && bytes.Equal(record, c.Read[len(c.Read)-1]):
		c.Decision = load.TakeRead
	default:
		c.Decision = load.TakeRow
		c.Row, err = rows.one(record)
	}
	return err
}

// becomes is a record after the reading; nil if nothing is left of it.
func (j *judge) becomes(c *load.Change, merge *load.Merge) (record []byte, err error) {
	same := len(c.Read) == 0 && c.Keyed && j.unchanged[c.Of] // another parent may have listed it in a newer version
	j.count(c, same)
	switch {
	case same:
		return extract.Restore(c.Held)
	case len(c.Read) == 0 && (!j.complete || j.isBehind(c.Held)):
		return c.Held, nil
	case len(c.Read) == 0 && j.picture && !c.Keyed:
		return nil, nil
	case len(c.Read) == 0:
		return j.absentRecord(c, merge)
	case !c.Keyed:
		return c.Read[0], nil
	case j.delta, extract.Removed(c.Read[0]): // of what a complete reading names as removed only the mark is new
		record = c.Held
	}
	for _, change := range c.Read {
		if record, err = extract.Apply(record, change); err != nil {
			return nil, err
		}
	}
	return record, nil
}

// absentRecord is what becomes of a held record that is absent: nil if nothing is left of it, the same, or one with a mark.
func (j *judge) absentRecord(c *load.Change, merge *load.Merge) ([]byte, error) {
	atOnce := j.believe
	if !j.picture && !atOnce {
		held, missing := merge.HeldOf(c.Of)
		fewCame := j.ofParent && farBelow(held-missing, held)
		atOnce = !fewCame && !c.Date.Before(j.again)
	}
	if atOnce {
		j.missed = j.missed || !extract.Removed(c.Held)
		return extract.Remove(c.Held)
	}
	record, removed, err := extract.Absent(c.Held, j.now)
	if err == nil && !removed {
		j.absent[c.Date]++
	}
	return record, err
}

// isBehind says whether nothing is known of a record of a picture, because it is behind, or whom it is of.
func (j *judge) isBehind(record []byte) bool {
	return len(j.behind) > 0 && slices.ContainsFunc(j.paths, func(p schemas.Path) bool {
		id := foreign.Shown(extract.Text(record, p))
		j.known[id] = j.known[id] || j.behind[id]
		return j.behind[id]
	})
}

// count counts the records of a picture that are there, and those that were, but for those of which nothing is known.
func (j *judge) count(c *load.Change, same bool) {
	if same || len(c.Read) > 0 && !extract.Removed(c.Read[0]) {
		j.listed++
	}
	if c.Held != nil && !extract.Removed(c.Held) && !j.isBehind(c.Held) {
		j.before++
	}
}
