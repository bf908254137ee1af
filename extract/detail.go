package extract

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"graphlake/extract/graph"
	"graphlake/internal/foreign"
	"graphlake/internal/json"
	"graphlake/internal/record"
	"graphlake/schemas"
)

// entry is what a list says of a record that has to be read by its id.
type entry struct {
	id, version string
	ended       time.Time   // zero if it is not said
	listedAt    time.Time   // by which a range asks for it; zero if it is not said, and of pictures
	listed      graph.Value // the record, where no other request gives it; in memory of its own
	request     graph.Request
	of          parent // that it was listed for, if there are any
	documents   *share // in memory
	ahead       int64  // bytes of listed that it has of those that may be listed ahead
}

// mostVersion is the bytes of a version, a number or an instant. What is longer is none.
const mostVersion = 128

func (r *Reading) entry(listed *graph.Value) entry {
	var e entry
	if id := listed.Plain(r.fields.id); len(id) <= graph.MostID {
		e.id = string(id)
	}
	if version := listed.Plain(r.fields.version); len(version) <= mostVersion {
		e.version = string(version)
	}
	var ok bool
	if e.ended, ok = instantOf(listed.Plain(r.fields.end)); !ok {
		e.ended, _ = r.fields.time(listed)
	}
	e.listedAt, _ = r.fields.asked(listed)
	return e
}

// listedAhead is how many records may be listed and not yet be read. While the list waits for the
// details, what its own budget would allow is lost, and missed when it is the list that is slow.
const listedAhead = 4096

// mostAhead is the bytes of those of them that are kept as they were listed.
const mostAhead = 16 << 20

// readDetails reads what the windows list by the ids, concurrently; the client keeps the pace.
func (r *Reading) readDetails(ctx context.Context, records chan<- []record.Record) error {
	g, ctx := errgroup.WithContext(ctx)
	entries := make(chan entry, listedAhead)
	ahead := semaphore.NewWeighted(mostAhead)
	g.Go(func() error {
		defer close(entries)
		whole := &listing{reading: r, asked: r.asked}
		return whole.windows(ctx, func(ctx context.Context, listed []graph.Value, req graph.Request) error {
			for _, v := range listed {
				e, wanted, err := r.wanted(ctx, records, v, parent{})
				if err == nil && wanted {
					if r.dataset.Source.Detail.Path == "" {
						e.ahead, e.request = min(int64(len(v.JSON)), mostAhead), req
						if err = ahead.Acquire(ctx, e.ahead); err == nil {
							e.listed, err = v.Clone(r.fields.noted)
						}
					}
					if err == nil {
						err = send(ctx, entries, e)
					}
				}
				if err != nil {
					return err
				}
			}
			return nil
		})
	})
	for range r.options.Workers {
		g.Go(func() error {
			for e := range entries {
				err := r.sendDetail(ctx, records, e)
				if ahead.Release(e.ahead); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil || !r.dataset.Mode.Pictures() {
		return err
	}
	return r.behind.verdict()
}

// wanted says whether a listed record has to be read: not if it was listed before, nor if the caller
// has it at this version. If the record says for whom it was read, it is read for each who lists it: which of the copies stays is
// then decided by what they say, and not by who came first.
func (r *Reading) wanted(ctx context.Context, records chan<- []record.Record, listed graph.Value, of parent) (e entry, wanted bool, err error) {
	if e = r.entry(&listed); e.id == "" {
		return e, false, r.sendNameless(ctx, records, listed)
	}
	// A record that rose to a new version while the list was paged is read again.
	once := e.id + "\x00" + e.version
	if len(of.by) > 0 || r.dataset.Source.Detail.Document() != nil {
		once += "\x00" + of.id
	}
	if !r.seen.first([]byte(once)) {
		r.counts.repeated.Add(1)
		return e, false, nil
	}
	if !r.held(e) {
		return e, true, nil
	}
	r.counts.held.Add(1)
	return e, false, send(ctx, records, []record.Record{{Unchanged: true, ID: e.id}})
}

// held says whether the caller has the record as it is listed, or newer; of one with a document, whether there is something in that. Of versions that cannot be
// compared it is not known, and not to read would be to lose.
func (r *Reading) held(e entry) bool {
	version, ok := r.options.Held[r.options.Names.Record(e.id)]
	if !ok {
		return false
	}
	if r.dataset.Source.Detail.Document() != nil { // which no list tells of
		return version >= versionUnattributed
	}
	listed := e.version
	if t, ok := instantOf([]byte(listed)); ok { // the caller keeps instants in nanoseconds since 1970
		listed = strconv.FormatInt(t.UnixNano(), 10)
	}
	order, ok := compareVersions(strconv.AppendInt(nil, version, 10), []byte(listed))
	return ok && order >= 0
}

// sendDetail reads a listed record by its id and sends it on. One that does not come leaves the others alone.
func (r *Reading) sendDetail(ctx context.Context, records chan<- []record.Record, e entry) error {
	place := r.behind.ask()
	e.documents = &share{of: r.documents}
	defer e.documents.release()
	made, version, err := r.detail(ctx, e)
	if err == nil {
		made, err = r.parts(ctx, made, e)
	}
	if err == nil && len(e.of.by) > 0 && r.dataset.Source.Detail.Document() == nil { // with a document it has been noted
		made = note(made.JSON, e.of.by, "parent", e.of.id)
	}
	if graph.KindOf(err) == graph.NotFound && r.absent(ctx, place, e) {
		return nil
	}
	if err != nil {
		if err = r.behind.failed(ctx, place, r.missing(e), err); err != nil {
			err = fmt.Errorf("record %s: %w", foreign.Shown(r.options.Names.Record(e.id)), err)
		}
		return err
	}
	r.behind.read(place, r.fullDepth())
	if version != nil && lower(version, []byte(e.version)) {
		r.counts.notYet.Add(1) // the version that the list has told of is still to come
	}
	return send(ctx, records, []record.Record{made})
}

// missing is what is missing of a record that does not come: the second in which it was listed.
func (r *Reading) missing(e entry) Behind {
	one := Behind{Record: e.id, From: r.asked.From, To: r.asked.To}
	if !e.listedAt.IsZero() {
		one.From = e.listedAt.UTC().Truncate(time.Second)
		one.To = one.From.Add(time.Second)
	}
	return one
}

// detail reads a record by its id and merges the answers. The version is what it says, nil if nothing.
func (r *Reading) detail(ctx context.Context, e entry) (made record.Record, version []byte, err error) {
	if r.dataset.Source.Detail.Path == "" {
		made, err = r.record(ctx, &e.listed, e.request)
		return made, e.listed.Plain(r.fields.version), err
	}
	var all []graph.Value
	f := &further{}
	for _, query := range r.dataset.Source.Detail.Queries {
		req := r.detailRequest(e, query)
		v, err := r.client.Get(ctx, req)
		if err == nil {
			err = r.gather(ctx, &v, req, f)
		}
		if err == nil {
			v.Gather()
			err = r.isOf(e, &v, len(all) == 0)
		}
		if name := expanded(query); err == nil && name != "" && !hasCollection(&v, name) {
			err = req.Incomplete(fmt.Sprintf("the answer has no collection %q", name))
		}
		if err != nil {
			return made, nil, err
		}
		all = append(all, v)
	}
	made, version = r.fields.merge(all)
	return made, version, nil
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
func (r *Reading) isOf(e entry, answer *graph.Value, first bool) error {
	id := answer.Plain(r.fields.id)
	if strings.EqualFold(string(id), e.id) {
		return nil
	}
	if len(id) == 0 && !first && len(answer.Members) > 0 {
		return nil
	}
	return errors.New("the answer is not the record that was asked for")
}

func hasCollection(answer *graph.Value, name string) bool {
	return slices.ContainsFunc(answer.Members, func(m json.Member) bool { return string(m.Name) == name && answer.JSON[m.From] == '[' })
}

// absent says whether Graph may list a record and not find it: it lists some before they can be read, and
// some that it has just forgotten. The age is by Graph's clock at the time of asking.
func (r *Reading) absent(ctx context.Context, place int, e entry) bool {
	ready, retention := r.dataset.Source.Detail.Ready, r.dataset.Retention
	if ready == 0 || e.ended.IsZero() {
		return false
	}
	switch age := r.now().Sub(e.ended); {
	case age < ready:
		r.counts.notYet.Add(1)
		r.options.Log.DebugContext(ctx, "a listed record cannot be read yet", "dataset", r.dataset.Name, "age_seconds", age.Seconds())
	case retention > 0 && age > retention:
		r.counts.gone.Add(1)
		r.options.Log.DebugContext(ctx, "a listed record is gone", "dataset", r.dataset.Name, "age_seconds", age.Seconds())
	default:
		return false
	}
	r.behind.read(place, r.fullDepth())
	return true
}

// now is the time by Graph's clock, or by that of the caller while Graph has told none.
func (r *Reading) now() time.Time {
	if now, ok := r.client.ServerTime(); ok {
		return now
	}
	return r.options.Now.Add(time.Since(r.started))
}

// merge adds to the first of the answers about a record the members that only a later one has. If the record changed
// between the two, it is known whole only in the lower version, and so says that; the next reading brings the
// higher one.
func (f fields) merge(answers []graph.Value) (made record.Record, version []byte) {
	first := &answers[0]
	version = first.Plain(f.version)
	edit, _ := first.Edit() // what is wrong with it was found when it was gathered
	have := map[string]bool{}
	for _, m := range first.Members {
		have[string(m.Name)] = true
	}
	end := len(first.JSON) - 1
	var lowest []byte
	for i := range answers[1:] {
		a := &answers[i+1]
		var news []json.Member // of two with one name both
		for _, m := range a.Members {
			if !have[string(m.Name)] {
				news = append(news, m)
			}
		}
		for _, m := range news {
			if len(have) > 0 {
				edit.Put(end, []byte(","))
			}
			edit.Put(end, a.Member(m))
			have[string(m.Name)] = true
		}
		if other := a.Plain(f.version); version != nil && lower(other, version) {
			version, lowest = other, a.Raw(f.version)
		}
	}
	if lowest != nil {
		from, to := first.Found()[f.version].Bounds()
		edit.Replace(from, to, lowest)
	}
	first.Complete()
	made = f.record(first)
	if lowest != nil {
		made.Known = nil // its version is another one now
	}
	return made, version
}
