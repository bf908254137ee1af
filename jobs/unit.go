package jobs

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/apache/arrow-go/v18/arrow"

	"graphlake/extract"
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

	absent map[time.Time]int64 // records that were not listed for the first time, by the day that they lie on
}

// do is a unit from its first request to what raw covers: Graph → raw. Each step leaves the lake so that the next start
// goes on behind it: first the days that will change are marked dirty, and are due; then raw is published, and only
// then what raw covers; a day is dirty until all its tables are published, which is not the unit's part.
func (u *unit) do(ctx context.Context) (published, error) {
	switch {
	case u.Expired:
		part := u.part(state.Expired)
		return published{}, u.open.state.Update(ctx, func(st *state.State) {
			u.rep.Lost = st.Forget(u.Range, u.session.runner.Now)
			st.Cover(u.Dataset, part)
		})
	case u.Dataset.Mode.Pictures():
		return u.picture(ctx)
	}
	return u.window(ctx)
}

// part is the unit's range in the coverage.
func (u *unit) part(o state.Outcome) state.Covered {
	return state.Covered{From: u.Range.From, To: u.Range.To, Outcome: o, Read: u.session.runner.Now.UTC(), Request: u.open.state.View().Requests}
}

// window reads what Graph has of the range and merges it into raw.
func (u *unit) window(ctx context.Context) (published, error) {
	held, err := u.held(ctx, u.Range.Days()...)
	if err != nil {
		return published{}, err
	}
	spool, err := u.open.lake.Spool(schemas.RawTable(u.Dataset), u.Tenant.ID, u.Range)
	if err != nil {
		return published{}, err
	}
	defer spool.Discard()
	if u.anywhere() {
		spool.Anywhere()
	}
	options := extract.Options{Held: held.version}
	if u.Dataset.Removes {
		options.Margin = schemas.Day // a record may have moved over the edge of the range
	}
	if err := u.starts(ctx, &options); err != nil {
		return published{}, err
	}
	x := u.reading(options)
	if _, err := u.read(ctx, x, spool.Add); err != nil {
		return published{}, err
	}
	u.tally(x)
	done, err := u.session.encoders.alone(ctx)
	if err != nil {
		return published{}, err
	}
	defer done()
	merge, err := u.merge(ctx, spool, x, held)
	if err != nil {
		return published{}, err
	}
	u.rep.Records = int64(merge.Records()) + u.rep.Held // copies from many mailboxes are one
	if !u.doubt(int64(merge.Records())+u.rep.Held, merge.Held()-merge.Moved()) {
		if err := u.markAbsent(ctx, merge); err != nil {
			return published{}, err
		}
	}
	return u.commit(ctx, merge, x)
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
	case u.Dataset.Source.Parent != nil && far(u.rep.Parents, st.Parents):
		u.rep.Doubt = &Doubt{"parents", u.rep.Parents, st.Parents}
	case u.Dataset.Mode == schemas.Observations && far(u.rep.Records, st.Observed):
		u.rep.Doubt = &Doubt{"records", u.rep.Records, st.Observed}
	case u.Dataset.Mode != schemas.Changes && u.Dataset.Mode != schemas.Observations && far(records, before):
		u.rep.Doubt = &Doubt{"records", records, before}
	}
	return u.rep.Doubt != nil
}

// reading prepares to read the range. Parents that were behind are read from where they stand.
func (u *unit) reading(o extract.Options) *extract.Reading {
	st := u.open.state.View()
	since := st.BehindSince()
	o.Behind = func(parent string) (time.Time, bool) {
		from, ok := since[u.session.runner.Privacy.Pseudonym(parent)]
		return from, ok
	}
	o.Now, o.Log, o.Called, o.Shared = u.session.runner.Now, u.open.log, u.called, u.session.shared[u.Tenant.ID]
	reading := extract.Read(u.session.runner.Clients[u.Tenant.ID], u.Dataset, u.Range, o)
	u.live.reading.Store(reading)
	return reading
}

// called is how errors name a record or a parent: as the tables do, if ids are personal there.
func (u *unit) called(id string) string {
	root := u.Dataset.Root()
	if slices.ContainsFunc(root.Key, func(name string) bool { c, _ := root.Column(name); return c.Personal }) {
		return u.session.runner.Privacy.Pseudonym(id)
	}
	return id
}

// inRaw is an id that Graph gave as raw has it in a column of the key.
func (u *unit) inRaw(key schemas.Column, id string) string {
	if key.Personal {
		return u.session.runner.Privacy.Pseudonym(id)
	}
	return id
}

// ofReading says whom a reading could read and whom not, in the lake's ids.
func (u *unit) ofReading(x *extract.Reading) state.Answers {
	r := state.Answers{Within: u.Range, Answered: func(string) bool { return false }}
	for _, b := range x.Behind() {
		r.Behind = append(r.Behind, state.Behind{
			Parent: u.session.runner.Privacy.Pseudonym(b.Parent), Record: u.called(b.Record), From: b.From.UTC(), To: b.To.UTC(), Reason: b.Reason,
		})
	}
	who := u.answered(x)
	r.Answered = func(id string) bool { return who[id] }
	return r
}

// answered are those in the lake's ids who were read to the end.
func (u *unit) answered(x *extract.Reading) map[string]bool {
	who := map[string]bool{}
	for id := range x.AllAnswered() {
		who[u.session.runner.Privacy.Pseudonym(id)] = true
	}
	return who
}

// tally takes over what a reading has counted.
func (u *unit) tally(reading *extract.Reading) {
	c := reading.Counts()
	u.rep.NotYet, u.rep.Gone, u.rep.Held = int64(c.NotYet), int64(c.Gone), int64(c.Held)
	u.rep.Records = int64(c.Read + c.Held)
	u.rep.Parents = int64(c.Parents)
}

// merge puts what was read to what raw holds. Of whom nothing is known, because it is behind or no list names
// it, nothing is missed.
func (u *unit) merge(ctx context.Context, spool *load.Spool, x *extract.Reading, held *heldRecords) (merge *load.Merge, err error) {
	ctx, end := u.session.runner.Telemetry.phase(ctx, "merge")
	defer func() { end(&err) }()
	how := load.Reading{Listed: held.met}
	if u.Dataset.Mode == schemas.Windowed && u.Dataset.Source.Detail != nil || u.Dataset.Removes {
		how.Search, how.Strays = u.session.selection.Search(u.Dataset, u.session.runner.Now), &u.open.strays
	}
	if u.Dataset.Removes {
		how.Margin = true
		key, _ := u.Dataset.Root().Column(u.Dataset.Root().Key[0])
		switch {
		case key.Path == extract.Parent:
			how.Absence, how.Answered = true, u.answered(x)
		default:
			how.Absence = len(x.Behind()) == 0
		}
	}
	return spool.Merge(ctx, how)
}

// markAbsent notes of records that were not listed that they are absent. They were looked for where they may have
// moved to, so that one is removed, if that can be believed: not, if of its parent far less came than the lake holds;
// nor on a day that no later run reads again by itself, where what is wrong would stay. Then it is removed if it is
// absent on another day too, until when the day is due.
func (u *unit) markAbsent(ctx context.Context, merge *load.Merge) error {
	rows, err := newRawRows(u.Dataset, u.open.memory, nil)
	if err != nil {
		return err
	}
	defer rows.release()
	u.absent = map[time.Time]int64{}
	again := u.session.runner.Now.UTC().Truncate(schemas.Day).Add(schemas.Day - u.session.selection.LookbackOf(u.Dataset))
	key, _ := u.Dataset.Root().Column(u.Dataset.Root().Key[0])
	ofParent := key.Path == extract.Parent
	for a, err := range merge.Absent(ctx) {
		if err != nil {
			return err
		}
		held, missing := merge.Of(a.Of)
		doubted := ofParent && far(held-missing, held)
		var gone []byte
		if u.session.selection.Believe || !doubted && !a.Date.Before(again) {
			gone, err = extract.Remove(a.Record)
		} else {
			var removed bool
			if gone, removed, err = extract.Absent(a.Record, u.session.runner.Now); err == nil && !removed {
				u.absent[a.Date]++
			}
		}
		if err != nil {
			return err
		}
		row, err := rows.one(gone)
		if err != nil {
			return err
		}
		err = merge.Replace(a, row)
		row.Release()
		if err != nil {
			return err
		}
	}
	return nil
}

// heldRecords are the records that raw holds, of datasets whose records are read one by one.
type heldRecords struct {
	version func(id string) (string, bool) // that raw holds of a listed record; nil: they are not read one by one

	versions map[string]int64 // by id, as raw has it
	inRaw    func(id string) string

	mu  sync.Mutex
	met map[string]bool // those that are listed
}

func (h *heldRecords) of(id string) (string, bool) {
	key := h.inRaw(id)
	v, ok := h.versions[key]
	if ok {
		h.mu.Lock()
		h.met[key] = true
		h.mu.Unlock()
	}
	return strconv.FormatInt(v, 10), ok
}

// held is what raw holds of some days. What it holds twice is as if it held it not: it is read again, and one
// of the two goes. So is what was put aside: it may have been one odd answer.
func (u *unit) held(ctx context.Context, days ...time.Time) (*heldRecords, error) {
	h := &heldRecords{}
	if u.Dataset.Source.Detail == nil || u.Dataset.Version == "" {
		return h, nil
	}
	key, _ := u.Dataset.Root().Column(u.Dataset.Root().Key[0])
	h.versions, h.met = map[string]int64{}, map[string]bool{}
	h.inRaw = func(id string) string { return u.inRaw(key, id) }
	twice := map[string]bool{}
	for _, date := range days {
		aside, err := u.putAside(ctx, date)
		if err != nil {
			return nil, err
		}
		for r, err := range u.open.lake.Held(ctx, u.open.raw(date), schemas.RawTable(u.Dataset)) {
			if errors.Is(err, load.ErrDamaged) {
				break // the merge says so
			}
			if err != nil {
				return nil, err
			}
			if _, there := h.versions[r.Key]; there || aside[r.Hash] {
				twice[r.Key] = true
			}
			h.versions[strings.Clone(r.Key)] = r.Version
		}
	}
	for key := range twice {
		delete(h.versions, key)
	}
	h.version = h.of
	return h, nil
}

// putAside are the hashes of a day's records that are in quarantine.
func (u *unit) putAside(ctx context.Context, date time.Time) (map[string]bool, error) {
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
	for r, err := range reading.Records(ctx) {
		if err != nil {
			return nil, err
		}
		if r.Unchanged {
			unchanged = append(unchanged, r.ID)
			continue
		}
		if err := rows.add(scrubber.Scrub(r)); err != nil {
			return nil, err
		}
	}
	return unchanged, rows.flush()
}
