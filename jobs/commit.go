package jobs

import (
	"context"
	"errors"
	"slices"
	"time"

	"graphlake/extract"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/schemas"
)

// commit publishes a merge. Days that only lose records come first: a reader may miss for a moment a record that moves,
// and never sees it twice. Until both days are there, both are due and dirty, whatever they were before.
func (u *unit) commit(ctx context.Context, merge *load.Merge, reading *extract.Reading, j *judge) (days published, err error) {
	ctx, end := u.session.runner.Telemetry.phase(ctx, "commit")
	defer func() { end(&err) }()
	changing := merge.Days()
	if j.picture { // whose tables are made anew each time
		changing = []time.Time{u.Range.From}
	}
	if len(changing) > 0 {
		err := u.open.state.Update(ctx, func(st *state.State) {
			u.open.markDirty(st, changing)
			for _, date := range changing {
				st.MarkUnsure(u.touched(date))
			}
		})
		if err != nil {
			return days, err
		}
	}
	losing, err := merge.PublishLosing(ctx)
	if err != nil {
		return days, err
	}
	days.losing = u.published(losing)
	gaining, err := merge.PublishGaining(ctx)
	if err != nil {
		return days, err
	}
	gainingDays := u.published(gaining)
	if j.picture {
		err = u.coverPicture(ctx, slices.Concat(losing, gaining)[0], reading, j)
	} else {
		err = u.cover(ctx, slices.Concat(days.losing, gainingDays), reading, j)
	}
	if err != nil {
		return days, err
	}
	for _, skipped := range merge.Skipped() {
		u.open.log.WarnContext(ctx, "a damaged partition was not searched for records that have moved", "error", skipped)
	}
	if err := errors.Join(merge.Damaged()...); err != nil { // the tables of a day that has gained a record would show it twice
		return days, err
	}
	days.gaining = gainingDays
	return days, nil
}

// touched is what of a day the unit may replace: what it was asked for, or of another day all of it.
func (u *unit) touched(date time.Time) schemas.Range {
	day := schemas.Range{From: date, To: date.Add(schemas.Day)}
	if u.covers(date) && u.Dataset.Mode != schemas.Observations {
		return day.Intersect(u.Range)
	}
	return day
}

// published takes over what became of partitions.
func (u *unit) published(commits []load.Commit) (days []day) {
	for _, c := range commits {
		if u.open.counts(c) {
			u.rep.count(c)
			u.open.noteCommits(c)
		}
		u.open.noteRows(c)
		days = append(days, day{date: c.Partition.Date, changed: c.Changed, ours: u.covers(c.Partition.Date), rows: c.Rows})
	}
	return days
}

// cover notes what raw holds now. Of a reading that is not believed nothing is concluded: what it was to read is
// as due as before.
func (u *unit) cover(ctx context.Context, days []day, reading *extract.Reading, j *judge) error {
	var parts []state.Covered
	var others []schemas.Range
	for _, d := range days {
		switch {
		case !d.ours:
			others = append(others, u.touched(d.date))
		case u.rep.Doubt == nil:
			parts = append(parts, u.partOf(d, j.absent[d.date]))
		}
	}
	return u.open.state.Update(ctx, func(st *state.State) {
		st.MarkSure(others...)
		if u.Dataset.Mode == schemas.Observations && len(parts) > 0 {
			st.Miss(u.Dataset, parts[0])
		}
		st.Cover(u.Dataset, parts...)
		if u.Dataset.Mode == schemas.Observations && u.rep.Doubt == nil {
			st.Picture, st.Observed = u.Range.From, u.rep.Records
		}
		u.markBehind(st, reading, nil)
	})
}

// coverPicture makes the picture today's, and the cursor the one behind it.
func (u *unit) coverPicture(ctx context.Context, c load.Commit, reading *extract.Reading, j *judge) (err error) {
	cursor := reading.Cursor()
	if j.missed {
		cursor = "" // no later change tells whether that was right, so that everything is listed once more
	}
	hash := ""
	if cursor != "" {
		if hash = c.Hash; hash == "" { // it is as it was
			if hash, err = u.open.lake.Hash(ctx, c.Partition); err != nil {
				return err
			}
		}
	}
	u.rep.Records = c.Rows
	part := u.part(state.Data)
	if part.Records = c.Rows; c.Rows == 0 {
		part.Outcome = state.Empty
	}
	return u.open.state.Update(ctx, func(st *state.State) {
		st.Miss(u.Dataset, part)
		st.Cover(u.Dataset, part)
		st.Cursor, st.Picture, st.Selected, st.PictureHash = cursor, u.Range.From, u.selected(), hash
		u.markBehind(st, reading, j.known)
	})
}

// markBehind notes what the reading met that is new, and whom it could not read. Of a picture it is known who of them has something in it: whoever is
// not found and has nothing is not missed.
func (u *unit) markBehind(st *state.State, reading *extract.Reading, known map[string]bool) {
	st.NoteNew(u.Dataset, u.strange)
	lost := len(st.Lost)
	st.MarkBehind(u.Dataset, u.Range, u.answers(reading), u.session.runner.Now)
	if left := u.excluded(); left.Len() > 0 { // who was behind, and is left out since
		st.Behind = slices.DeleteFunc(st.Behind, func(b state.Behind) bool { return left.Text(b.ID()) != b.ID() })
	}
	root := u.Dataset.Root()
	ofParents := slices.ContainsFunc(root.Key, func(name string) bool { c, _ := root.Column(name); return c.Path == extract.Parent })
	for i, b := range st.Behind {
		// Whether a parent has something in a picture is only known where its rows say whose they are.
		if u.Dataset.Mode.Pictures() && b.IsNotFound() && !known[b.ID()] && (b.Record != "" || ofParents) {
			st.Behind[i].Gone, st.Behind[i].To = true, time.Time{}
		}
	}
	if u.rep.Doubt == nil {
		st.Parents = u.rep.Parents
	}
	u.rep.Lost += int64(len(st.Lost) - lost)
	u.rep.countBehind(st.Behind, u.Range)
}

// countBehind counts those of a range who are behind, and names the first of them.
func (u *UnitReport) countBehind(all []state.Behind, within schemas.Range) {
	u.Behind, u.Vanished, u.NoPolicy, u.Who = 0, 0, 0, nil
	for _, b := range all {
		switch {
		case b.Gone:
			u.Vanished++
			continue
		case b.Record != "" && (!b.From.Before(within.To) || !b.To.After(within.From)):
			continue // another unit's
		}
		u.Behind++
		if b.LacksPolicy() {
			u.NoPolicy++
		}
		if len(u.Who) < mostWho {
			u.Who = append(u.Who, b)
		}
	}
}

// partOf is what of the unit's range lies on a day.
func (u *unit) partOf(d day, absent int64) state.Covered {
	part := u.part(state.Data)
	day := schemas.Range{From: d.date, To: d.date.Add(schemas.Day)}
	if u.Dataset.Mode == schemas.Observations { // of a day, one is enough
		part.From, part.To = schemas.Earlier(day.From, part.From), day.To
	}
	part.From, part.To = schemas.Later(part.From, day.From), schemas.Earlier(part.To, day.To)
	part.Records, part.NotYet, part.Absent = d.rows, u.rep.NotYet, absent
	if part.To.Sub(part.From) < schemas.Day { // the partition may hold more than was asked for
		part.Records = min(d.rows, u.rep.Records)
	}
	switch {
	case d.rows > 0:
	case u.rep.NotYet > 0:
		part.Outcome = state.NotYet
	default:
		part.Outcome = state.Empty
	}
	return part
}

func (u *unit) covers(date time.Time) bool {
	return date.Before(u.Range.To) && date.Add(schemas.Day).After(u.Range.From)
}
