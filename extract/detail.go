package extract

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"graphlake/extract/graph"
	"graphlake/schemas"
)

// entry is what a list says of a record that has to be read by its id.
type entry struct {
	id, version string
	ended       time.Time // zero if it is not said
	listedAt    time.Time // by which a range asks for it; zero if it is not said, and of pictures
	listed      []byte    // the record, where no other request gives it
	request     graph.Request
}

func (x *Reading) entry(listed []byte) entry {
	e := entry{
		id:      string(plain(valueAt(listed, x.fields.id))),
		version: string(plain(valueAt(listed, x.fields.version))),
	}
	var ok bool
	if e.ended, ok = instantOf(valueAt(listed, x.fields.end)); !ok {
		e.ended, _ = x.fields.time(listed)
	}
	e.listedAt, _ = x.fields.asked(listed)
	return e
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
					return err
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil || !x.dataset.Mode.Pictures() {
		return err
	}
	return x.behind.verdict()
}

// wanted says whether a listed record has to be read: not if it was listed before, nor if the caller
// has it at this version.
func (x *Reading) wanted(ctx context.Context, records chan<- []byte, listed []byte) (e entry, wanted bool, err error) {
	if e = x.entry(listed); e.id == "" {
		return e, false, x.handNameless(ctx, records, listed)
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

// handDetail reads a listed record and passes it on. One that does not come leaves the others alone.
func (x *Reading) handDetail(ctx context.Context, records chan<- []byte, e entry) error {
	place := x.behind.ask()
	record, err := x.detail(ctx, e)
	if err == nil {
		record, err = x.parts(ctx, record, e)
	}
	if graph.KindOf(err) == graph.NotFound && x.absent(ctx, place, e) {
		return nil
	}
	if err != nil {
		if err = x.behind.failed(ctx, place, x.missing(e), err); err != nil {
			err = fmt.Errorf("record %s: %w", x.options.Called(e.id), err)
		}
		return err
	}
	x.behind.read(place)
	if version := valueAt(record, x.fields.version); version != nil && lower(version, []byte(e.version)) {
		x.counts.notYet.Add(1) // the version that the list has told of is still to come
	}
	return send(ctx, records, record)
}

// missing is what is missing of a record that does not come: the second in which it was listed.
func (x *Reading) missing(e entry) Behind {
	one := Behind{Record: e.id, From: x.asked.From, To: x.asked.To}
	if !e.listedAt.IsZero() {
		one.From = e.listedAt.UTC().Truncate(time.Second)
		one.To = one.From.Add(time.Second)
	}
	return one
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
		if err := x.isOf(e, answer, record == nil); err != nil {
			return nil, err
		}
		if name := expanded(query); name != "" && !bytes.HasPrefix(valueAt(answer, place{name}), []byte("[")) {
			return nil, r.Incomplete(fmt.Sprintf("the answer has no collection %q", name))
		}
		if record == nil {
			record = answer
		} else if record, err = merge(record, answer, x.fields.version); err != nil {
			return nil, err
		}
	}
	return record, nil
}

// expanded is the collection that a query wants with the record; empty if it wants none.
func expanded(query []schemas.Param) string {
	for _, p := range query {
		if p.Name == "$expand" {
			name, _, _ := strings.Cut(p.Value, "(")
			return name
		}
	}
	return ""
}

// isOf makes sure that an answer is of the record that was asked for. All but the first may leave its id out,
// but not everything.
func (x *Reading) isOf(e entry, answer []byte, first bool) error {
	id := string(plain(valueAt(answer, x.fields.id)))
	if strings.EqualFold(id, e.id) {
		return nil
	}
	if id == "" && !first && !isEmpty(answer) {
		return nil
	}
	return errors.New("the answer is not the record that was asked for")
}

// isEmpty says whether an answer has no member.
func isEmpty(answer []byte) bool {
	for _, err := range members(answer) {
		return err != nil
	}
	return true
}

// absent says whether Graph may list a record and not find it: it lists some before they can be read, and
// some that it has just forgotten. The age is by Graph's clock at the time of asking.
func (x *Reading) absent(ctx context.Context, place int, e entry) bool {
	ready, retention := x.dataset.Source.Detail.Ready, x.dataset.Retention
	if ready == 0 || e.ended.IsZero() {
		return false
	}
	switch age := x.now().Sub(e.ended); {
	case age < ready:
		x.counts.notYet.Add(1)
		x.options.Log.DebugContext(ctx, "a listed record cannot be read yet", "dataset", x.dataset.Name, "age_seconds", age.Seconds())
	case retention > 0 && age > retention:
		x.counts.gone.Add(1)
		x.options.Log.DebugContext(ctx, "a listed record is gone", "dataset", x.dataset.Name, "age_seconds", age.Seconds())
	default:
		return false
	}
	x.behind.read(place)
	return true
}

// now is the time by Graph's clock, or by that of the caller while Graph has told none.
func (x *Reading) now() time.Time {
	if now, ok := x.client.ServerTime(); ok {
		return now
	}
	return x.options.Now.Add(time.Since(x.started))
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
