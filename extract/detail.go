package extract

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"graphlake/extract/graph"
	"graphlake/schemas"
)

// entry is what a list says of a record that has to be read by its id.
type entry struct {
	id, version string
	ended       time.Time // zero if it is not said
	listed      []byte    // the record, where no other request gives it
	request     graph.Request
}

func (x *Reading) entry(listed []byte) (entry, error) {
	e := entry{
		id:      string(plain(valueAt(listed, x.fields.id))),
		version: string(plain(valueAt(listed, x.fields.version))),
	}
	if e.id == "" {
		return e, errors.New("a listed record has no id to read it by")
	}
	var ok bool
	if e.ended, ok = instantOf(valueAt(listed, x.fields.end)); !ok {
		e.ended, _ = x.fields.time(listed)
	}
	return e, nil
}

// listedAhead is how many records may be listed and not yet be read. While the list waits for the
// details, what its own budget would allow is lost, and missed when it is the list that is slow.
const listedAhead = 4096

// readDetails reads what the windows list by the ids, concurrently; the client keeps the pace.
func (x *Reading) readDetails(ctx context.Context, records chan<- []byte) error {
	g, ctx := errgroup.WithContext(ctx)
	entries := make(chan entry, listedAhead)
	g.Go(func() error {
		defer close(entries)
		whole := &listing{Reading: x, asked: x.asked}
		return whole.windows(ctx, func(ctx context.Context, listed []byte, r graph.Request) error {
			e, wanted, err := x.wanted(ctx, records, listed)
			if err != nil || !wanted {
				return err
			}
			e.listed, e.request = listed, r
			return send(ctx, entries, e)
		})
	})
	for range x.options.Workers {
		g.Go(func() error {
			for e := range entries {
				if err := x.handDetail(ctx, records, e); err != nil {
					return fmt.Errorf("record %s: %w", x.options.Called(e.id), err)
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return x.behind.verdict()
}

// wanted says whether a listed record has to be read: not if it was listed before, nor if the caller
// has it at this version.
func (x *Reading) wanted(ctx context.Context, records chan<- []byte, listed []byte) (e entry, wanted bool, err error) {
	if e, err = x.entry(listed); err != nil {
		return e, false, err
	}
	// A record that rose to a new version while the list was paged is read again.
	if !x.seen.first([]byte(e.id + "\x00" + e.version)) {
		x.counts.repeated.Add(1)
		return e, false, nil
	}
	if !x.held(e) {
		return e, true, nil
	}
	x.counts.held.Add(1)
	if x.dataset.Mode.Pictures() { // whoever marks what is no longer listed has to know that it is
		return e, false, send(ctx, records, unchanged(x.fields.id, e.id))
	}
	return e, false, nil
}

// held says whether the caller has the record as it is listed, or newer. Of versions that cannot be
// compared it is not known, and not to read would be to lose.
func (x *Reading) held(e entry) bool {
	if x.options.Held == nil {
		return false
	}
	version, ok := x.options.Held(e.id)
	if !ok {
		return false
	}
	listed := e.version
	if t, ok := instantOf([]byte(listed)); ok { // the caller keeps instants in nanoseconds since 1970
		listed = strconv.FormatInt(t.UnixNano(), 10)
	}
	order, ok := compareVersions([]byte(version), []byte(listed))
	return ok && order >= 0
}

func (x *Reading) handDetail(ctx context.Context, records chan<- []byte, e entry) error {
	record, err := x.detail(ctx, e)
	if err == nil {
		record, err = x.parts(ctx, record, e)
	}
	switch {
	case graph.KindOf(err) == graph.NotFound:
		return x.absent(ctx, e, err)
	case x.dataset.Mode.Pictures() && refusal(err):
		x.behind.add(e.id, x.asked.From, err)
		return nil
	case err != nil:
		return err
	}
	x.behind.answered.Add(1)
	// A new version may start on another day. A neighbouring one can take it up; of any other nothing
	// is known here.
	near := schemas.Range{From: x.asked.From.Add(-schemas.Day), To: x.asked.To.Add(schemas.Day)}
	if when, ok := x.fields.time(record); ok && !near.Contains(when) {
		return fmt.Errorf("it now starts at %s, more than a day outside the range %v, which was listed before it moved; run the range again, with that day in it",
			when.UTC().Format(time.RFC3339), x.asked)
	}
	return send(ctx, records, record)
}

// detail reads a record by its id and merges the answers.
func (x *Reading) detail(ctx context.Context, e entry) ([]byte, error) {
	if x.dataset.Source.Detail.Path == "" {
		return x.complete(ctx, e.listed, e.request)
	}
	var record []byte
	for _, query := range x.dataset.Source.Detail.Queries {
		r := x.detailRequest(e.id, query)
		answer, err := x.client.Get(ctx, r)
		if err != nil {
			return nil, err
		}
		if answer, err = x.complete(ctx, answer, r); err != nil {
			return nil, err
		}
		if record == nil {
			record = answer
		} else if record, err = merge(record, answer, x.fields.version); err != nil {
			return nil, err
		}
	}
	return record, nil
}

// absent decides what it means that Graph lists a record and does not find it: it lists some before
// they can be read, and some that it has just forgotten. Anything else would be a loss.
func (x *Reading) absent(ctx context.Context, e entry, notFound error) error {
	if x.dataset.Source.Detail.Ready == 0 { // it has vanished since it was listed
		x.counts.gone.Add(1)
		return nil
	}
	if e.ended.IsZero() {
		return notFound
	}
	age := x.options.Now.Add(time.Since(x.started)).Sub(e.ended)
	switch retention := x.dataset.Retention; {
	case age < x.dataset.Source.Detail.Ready:
		x.counts.notYet.Add(1)
		x.options.Log.DebugContext(ctx, "a listed record cannot be read yet", "dataset", x.dataset.Name, "id", e.id, "age_seconds", age.Seconds())
	case retention > 0 && age > retention:
		x.counts.gone.Add(1)
		x.options.Log.DebugContext(ctx, "a listed record is gone", "dataset", x.dataset.Name, "id", e.id, "age_seconds", age.Seconds())
	default:
		return fmt.Errorf("it ended %v ago, so it should be there: %w", age.Round(time.Second), notFound)
	}
	return nil
}

// merge adds to a record the members that only a later answer has. If the record changed between the
// two, it is known whole only in the lower version, and so says that; the next reading brings the
// higher one.
func merge(record, answer []byte, version place) ([]byte, error) {
	have := map[string]bool{}
	for m, err := range members(record) {
		if err != nil {
			return nil, err
		}
		have[m.name] = true
	}
	d := draft{text: record}
	var more [][]byte
	for m, err := range members(answer) {
		if err != nil {
			return nil, err
		}
		if !have[m.name] {
			more = append(more, answer[m.start:m.end])
		}
	}
	h := hole{from: bytes.LastIndexByte(record, '}')}
	if h.to = h.from; len(more) > 0 && len(have) > 0 {
		h.open = ","
	}
	d.fill(h, more)
	if from, to, ok := find(record, version); ok {
		if other := valueAt(answer, version); lower(other, record[from:to]) {
			d.edits = append(d.edits, edit{from, to, other})
		}
	}
	return d.bytes(), nil
}
