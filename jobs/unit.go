package jobs

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow"

	"graphlake/extract"
	"graphlake/extract/graph"
	"graphlake/internal/foreign"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/schemas"
	"graphlake/transform/privacy"
)

// unit is a unit under way.
type unit struct {
	plan.Unit
	open    *openDataset
	session *Session
	rep     *UnitReport
	live    *live
	left    leftOut        // who may not be in what is read, as far as was known when the unit began
	strange []schemas.Path // that the records had which were read, and nobody knows, as they may be shown
}

// run is a unit from its first request to what raw covers: Graph → raw. Each step leaves the lake so that the next start
// goes on behind it: first the days that will change are marked dirty, and are due; then raw is published, and only
// then what raw covers; a day is dirty until all its tables are published, which is not the unit's part.
func (u *unit) run(ctx context.Context) (published, error) {
	switch {
	case u.Expired:
		part := u.part(state.Expired)
		return published{}, u.open.state.Update(ctx, func(st *state.State) {
			u.rep.Lost = st.Forget(u.Range, u.session.runner.Now)
			st.Cover(u.Dataset, part)
		})
	case u.Dataset.Mode.Pictures():
		return u.takePicture(ctx)
	}
	return u.readAndMerge(ctx, picture{})
}

// part is the unit's range in the coverage.
func (u *unit) part(o state.Outcome) state.Covered {
	return state.Covered{From: u.Range.From, To: u.Range.To, Outcome: o, Read: u.session.runner.Now.UTC(), Request: u.open.state.View().Requests}
}

// readAndMerge reads the range, or a picture of today, and publishes raw with it: over what raw holds of the range, or over the
// newest picture.
func (u *unit) readAndMerge(ctx context.Context, p picture) (published, error) {
	held, err := u.heldVersions(ctx, p.days(u)...)
	if err != nil {
		return published{}, err
	}
	x, spool, unchanged, err := u.readInto(ctx, &p, held)
	if err != nil {
		return published{}, err
	}
	defer spool.Discard()
	u.tally(x)
	done, err := u.session.encoders.alone(ctx)
	if err != nil {
		return published{}, err
	}
	defer done()
	j, err := u.judge(x, p, unchanged)
	if err != nil {
		return published{}, err
	}
	merge, err := u.merge(ctx, spool, x, j)
	if err != nil {
		return published{}, err
	}
	if u.rep.Doubt != nil && u.Dataset.Mode.Pictures() {
		return published{}, u.open.state.Update(ctx, func(st *state.State) { u.markBehind(st, x, j.known) })
	}
	return u.commit(ctx, merge, x, j)
}

// readInto reads into a spool, which the caller discards. A cursor that is refused is dropped, and all is read.
func (u *unit) readInto(ctx context.Context, p *picture, held map[string]int64) (reading *extract.Reading, spool *load.Spool, unchanged []string, err error) {
	for again := 0; ; again++ {
		if spool, err = u.spool(*p); err != nil {
			return nil, nil, nil, err
		}
		options := extract.Options{Held: held, Cursor: p.cursor, Documents: u.session.runner.Privacy.KeepsDocuments()}
		if u.Dataset.Removes {
			options.Margin = schemas.Day // a record may have moved over the edge of the range
		}
		if err = u.addStarts(ctx, &options); err == nil {
			reading = u.reading(options)
			if unchanged, err = u.read(ctx, reading, spool.Add); err == nil {
				return reading, spool, unchanged, nil
			}
		}
		err = errors.Join(err, spool.Discard())
		switch {
		case p.cursor != "" && refusesCursor(err):
			u.open.log.InfoContext(ctx, "the cursor is no longer taken, so the dataset is read whole", "kind", graph.KindOf(err).String())
			p.cursor, again = "", -1
		case !u.Dataset.Mode.Pictures() || p.cursor != "" || graph.KindOf(err) != graph.ExpiredCursor || again >= mostAgain:
			return nil, nil, nil, err
		}
	}
}

func (u *unit) spool(p picture) (*load.Spool, error) {
	spool, err := u.open.lake.Spool(schemas.RawTable(u.Dataset), u.Tenant.ID, u.Range)
	switch {
	case err != nil:
		return nil, err
	case u.Dataset.Mode.Pictures():
		spool.Over(p.older)
	case u.anywhere():
		spool.Anywhere()
	}
	return spool, nil
}

// anywhere reports whether records may be of any day: they are asked for by when they changed, or read by
// their id, which may say another time than the list; or what was missed of a parent lies before the range.
func (u *unit) anywhere() bool {
	return u.Dataset.Mode == schemas.Changes || u.Dataset.Source.Detail != nil || len(u.open.state.View().Behind) > 0
}

// doubt notes that Graph gave far less than the last time: then it is not concluded that what is missing is
// gone, nor that the range was read. Of messages only the parents can be compared: a range has what changed.
func (u *unit) doubt(records, before int64) bool {
	switch st := u.open.state.View(); {
	case u.session.selection.Believe:
	case u.Dataset.Source.Parent != nil && farBelow(u.rep.Parents, st.Parents):
		u.rep.Doubt = &Doubt{"parents", u.rep.Parents, st.Parents}
	case u.Dataset.Mode == schemas.Observations && farBelow(u.rep.Records, st.Observed):
		u.rep.Doubt = &Doubt{"records", u.rep.Records, st.Observed}
	case u.Dataset.Mode != schemas.Changes && u.Dataset.Mode != schemas.Observations && farBelow(records, before):
		u.rep.Doubt = &Doubt{"records", records, before}
	}
	return u.rep.Doubt != nil
}

// reading prepares to read the range. Parents that were behind are read from where they stand.
func (u *unit) reading(o extract.Options) *extract.Reading {
	st := u.open.state.View()
	o.Names = extract.Names{Parent: u.inState, Record: u.inRaw}
	if len(u.left) > 0 || u.excluded().Len() > 0 {
		o.LeftOut = u.isLeftOut
	}
	o.Behind = st.BehindSince()
	o.Now, o.Log, o.Shared = u.session.runner.Now, u.open.log, u.session.shared[u.Tenant.ID]
	reading := extract.Read(u.session.runner.Clients[u.Tenant.ID], u.Dataset, u.Range, o)
	u.live.reading.Store(reading)
	return reading
}

// inState is the id of a parent as the state has it.
func (u *unit) inState(id string) string { return foreign.Shown(u.inLake(id)) }

// answers says whom a reading could read and whom not, in the state's ids.
func (u *unit) answers(reading *extract.Reading) state.Answers {
	r := state.Answers{Within: u.Range, Answered: map[string]bool{}}
	for id := range reading.Answered() {
		r.Answered[u.inState(id)] = true
	}
	for _, b := range reading.Behind() {
		r.Behind = append(r.Behind, state.Behind{
			Parent: u.inState(b.Parent), Record: foreign.Shown(u.inRaw(b.Record)), From: b.From.UTC(), To: b.To.UTC(), Reason: b.Reason,
		})
	}
	return r
}

// answered are those in the lake's ids who were read to the end.
func (u *unit) answered(reading *extract.Reading) map[string]bool {
	if len(u.session.runner.Privacy.Key) == 0 && len(u.left) == 0 && u.excluded().Len() == 0 {
		return reading.Answered()
	}
	who := map[string]bool{}
	for id := range reading.Answered() {
		who[u.inLake(id)] = true
	}
	return who
}

// tally takes over what a reading has counted.
func (u *unit) tally(reading *extract.Reading) {
	c := reading.Counts()
	u.rep.NotYet, u.rep.Gone, u.rep.Held = int64(c.NotYet), int64(c.Gone), int64(c.Held)
	u.rep.Records = int64(c.Read+c.Held) - u.rep.LeftOut - u.rep.Private
	u.rep.Parents = int64(c.Parents)
}

// merge puts what was read to what raw holds, and decides what is left open. Of whom nothing is known, because it is
// behind or no list names it, nothing is missed. Far less than before is not believed: then what is absent stays.
func (u *unit) merge(ctx context.Context, spool *load.Spool, reading *extract.Reading, j *judge) (merge *load.Merge, err error) {
	ctx, end := u.session.runner.Telemetry.phase(ctx, "merge")
	defer func() { end(&err) }()
	st, sel, now := u.open.state.View(), u.session.selection, u.session.runner.Now
	options := load.MergeOptions{Listed: j.unchanged, Closed: sel.Closed(u.Dataset, &st, u.Range, now)}
	if u.Dataset.Mode == schemas.Windowed && u.Dataset.Source.Detail != nil || u.Dataset.Removes {
		options.Search, options.Strays = sel.Search(u.Dataset, u.Range, now), &u.open.strays
	}
	if u.Dataset.Removes {
		options.Margin = true
		key, _ := u.Dataset.Root().Column(u.Dataset.Root().Key[0])
		if key.Path == extract.Parent {
			options.Absence, options.Answered = load.OfAnswered, u.answered(reading)
		} else if len(reading.Behind()) == 0 {
			options.Absence = load.OfAll
		}
	}
	if merge, err = spool.Merge(ctx, options); err != nil {
		return nil, err
	}
	u.rep.NotKept = merge.NotKept()
	if !j.picture {
		u.rep.Records = int64(merge.Records()) + u.rep.Held                                 // copies from many mailboxes are one
		if u.doubt(u.rep.Records+u.rep.LeftOut+u.rep.Private, merge.Held()-merge.Moved()) { // of what is left out raw may hold some from before
			return merge, nil
		}
	}
	if options.Absence == load.OfNobody && !j.picture {
		return merge, nil
	}
	rows, err := newRawRows(u.Dataset, u.open.memory, nil)
	if err != nil {
		return nil, err
	}
	defer rows.release()
	for c, err := range merge.Undecided(ctx) {
		if err == nil {
			err = j.decide(ctx, c, merge, rows)
		}
		if err != nil {
			return nil, err
		}
	}
	if j.picture && !j.delta {
		u.doubt(j.listed, j.before)
	}
	return merge, nil
}

// heldVersions are the versions of the records that raw holds of some days, by id as raw has it, if they are read one by one.
// What it holds twice is as if it held it not: it is read again, and one of the two goes. So is what was put aside: it
// may have been one odd answer; and what is marked as removed of a window, where nothing but a row that was read takes the mark away.
func (u *unit) heldVersions(ctx context.Context, days ...time.Time) (map[string]int64, error) {
	if u.Dataset.Source.Detail == nil || u.Dataset.Version == "" {
		return nil, nil
	}
	held, twice := map[string]int64{}, map[string]bool{}
	narrow := schemas.RawTable(u.Dataset).Only(schemas.RawVersion, schemas.RecordHash, schemas.RawRemoved)
	for _, date := range days {
		aside, err := u.quarantinedHashes(ctx, date)
		if err != nil {
			return nil, err
		}
		for row, err := range u.open.lake.Rows(ctx, u.open.raw(date), narrow) {
			if errors.Is(err, load.ErrDamaged) || errors.Is(err, fs.ErrNotExist) {
				break // the merge says so
			}
			if err != nil {
				return nil, err
			}
			r := map[string]any{}
			for i, c := range narrow.Columns {
				r[c.Name] = row[i]
			}
			key, keyed := r[narrow.Key[0]].(string)
			version, versioned := r[schemas.RawVersion].(int64)
			if !keyed || !versioned {
				continue
			}
			hash, _ := r[schemas.RecordHash].(string)
			removed, _ := r[schemas.RawRemoved].(bool)
			if _, there := held[key]; there || aside[hash] || removed && !u.Dataset.Mode.Pictures() {
				twice[strings.Clone(key)] = true
			}
			held[strings.Clone(key)] = version
		}
	}
	for key := range twice {
		delete(held, key)
	}
	return held, nil
}

// quarantinedHashes are those of a day's records that are in quarantine.
func (u *unit) quarantinedHashes(ctx context.Context, date time.Time) (map[string]bool, error) {
	aside := map[string]bool{}
	hashes := schemas.QuarantineTable(u.Dataset).Only()
	for row, err := range u.open.lake.Rows(ctx, u.open.partition(load.Quarantine, u.Dataset.Name, date), hashes) {
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, load.ErrDamaged) {
			break // the derivation makes it anew
		}
		if err != nil {
			return nil, err
		}
		if hash, ok := row[0].(string); ok {
			aside[strings.Clone(hash)] = true
		}
	}
	return aside, nil
}

// read turns records into raw rows, for as many as fit a batch at a time. What the lake may not hold of
// them does not get any further. Of those that are unchanged it gives the ids.
func (u *unit) read(ctx context.Context, reading *extract.Reading, to func(arrow.RecordBatch) error) (unchanged []string, err error) {
	ctx, end := u.session.runner.Telemetry.phase(ctx, "read")
	defer func() { end(&err) }()
	rows, err := newRawRows(u.Dataset, u.open.memory, to)
	if err != nil {
		return nil, err
	}
	defer rows.release()
	scrubber, err := privacy.NewScrubber(u.Dataset, u.session.runner.Privacy)
	if err != nil {
		return nil, err
	}
	excluded, err := u.session.excluded.Filter(u.Tenant.ID, u.Dataset)
	if err != nil {
		return nil, err
	}
	defer func() { u.rep.LeftOut, u.rep.Private = excluded.Counts().Own, excluded.Counts().Private }()
	without, err := u.left.filter(u.Dataset)
	if err != nil {
		return nil, err
	}
	newKeys := u.newKeys()
	for r, err := range reading.Records(ctx) {
		if err != nil {
			return nil, err
		}
		if r.Unchanged {
			unchanged = append(unchanged, r.ID)
			continue
		}
		if newKeys != nil {
			newKeys.Add(r.JSON)
		}
		r, stays, err := excluded.Apply(ctx, r)
		if err == nil && stays {
			r, err = scrubber.Scrub(ctx, r)
		}
		if err == nil && stays {
			r, stays, err = without(ctx, r)
		}
		if err == nil && stays {
			err = rows.add(r)
		}
		if err != nil {
			return nil, err
		}
	}
	u.strange = nil
	for _, path := range scrubber.New() { // whatever Graph calls it
		u.strange = append(u.strange, schemas.Path(foreign.New(u.left.text(string(path))).String()))
	}
	return unchanged, errors.Join(rows.flush(), u.noteKeys(ctx, newKeys))
}
