package extract

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"graphlake/extract/graph"
	"graphlake/internal/foreign"
	"graphlake/internal/json"
	"graphlake/internal/record"
	"graphlake/schemas"
)

// parent is an element of the collection that the source is asked for, and whose parent it has itself.
type parent struct {
	id string
	of string    // empty: it has none
	by []element // of the collections between it and its records, as far as it has come
}

// readParents reads the source for each of its parents, several at once; the client keeps the pace. All of
// them are listed before the first is asked: the list's page token would run out meanwhile. What one of them
// answers leaves the others alone.
func (r *Reading) readParents(ctx context.Context, records chan<- []record.Record) error {
	all, err := r.listParents(ctx, records)
	if err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	parents := make(chan []parent)
	g.Go(func() error {
		defer close(parents)
		for batch := range slices.Chunk(all, max(r.dataset.Source.Parent.Batch, 1)) {
			if err := send(ctx, parents, batch); err != nil {
				return err
			}
		}
		return nil
	})
	for range r.options.Workers {
		g.Go(func() error {
			for batch := range parents {
				if err := r.askParents(ctx, records, batch, 0); err != nil {
					return err
				}
				r.counts.asked.Add(int64(len(batch)))
				r.progress(ctx)
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return r.behind.verdict()
}

// askParents reads what there is for a batch of parents, or for one. A batch that has no answer is cut in
// halves, down to who has it refused; tries are how often one that fails is asked, 0 as often as any.
func (r *Reading) askParents(ctx context.Context, records chan<- []record.Record, batch []parent, tries int) error {
	place := r.behind.ask()
	depth := 0
	var err error
	if r.dataset.Source.Parent.Batch > 0 {
		err = r.readBatch(ctx, records, batch, tries)
	} else {
		depth, err = r.readParent(ctx, records, batch[0])
	}
	if err == nil {
		ids := make([]string, len(batch))
		for i, p := range batch {
			ids[i] = p.id
		}
		r.behind.read(place, max(depth, 1), ids...)
		return nil
	}
	if half := len(batch) / 2; half > 0 && ofBatch(err) {
		r.behind.halve(place)
		if err := r.askParents(ctx, records, batch[:half], triesOfHalf); err != nil {
			return err
		}
		return r.askParents(ctx, records, batch[half:], triesOfHalf)
	}
	r.behind.reach(depth)
	for _, p := range batch {
		if err := r.failed(ctx, place, p.id, err); err != nil {
			return err
		}
	}
	return nil
}

// failed keeps what is wrong with one parent from the others.
func (r *Reading) failed(ctx context.Context, place int, id string, err error) error {
	one := Behind{Parent: id, From: r.asked.From, To: r.asked.To}
	if from, ok := r.options.Behind[r.options.Names.Parent(id)]; ok && from.Before(one.From) {
		one.From = from
	}
	return r.behind.failed(ctx, place, one, fmt.Errorf("parent %s: %w", foreign.Shown(r.options.Names.Parent(id)), err))
}

// triesOfHalf is how often half of a batch is asked: the whole was asked patiently.
const triesOfHalf = 2

// ofBatch says whether an error may be of one of those that were asked at once: it came from the service, with
// an answer, and is not of the token or of the pace.
func ofBatch(err error) bool {
	e, ok := errors.AsType[*graph.Error](err)
	if !ok || e.SignIn || e.OfTenant || e.Status == 0 || e.Status == 401 {
		return false
	}
	return e.Kind == graph.Malformed || e.Kind == graph.Rejected || e.Kind == graph.NotFound || e.Kind == graph.Unauthorized || e.Kind == graph.NoPolicy || e.Kind == graph.Unavailable || e.Kind == graph.Incomplete
}

// readParent reads what there is for one parent, and says how deep it came: after how many answers.
func (r *Reading) readParent(ctx context.Context, records chan<- []record.Record, p parent) (depth int, err error) {
	l := &listing{reading: r, asked: r.around(), parent: p}
	if from, ok := r.options.Behind[r.options.Names.Parent(p.id)]; ok {
		l.atOnce = 1 // it may refuse again, and one request is enough to know
		if from.Before(l.asked.From) {
			l.asked.From = from
		}
	}
	if r.dataset.Source.Paging == schemas.Single {
		return 0, l.single(ctx, records)
	}
	return r.readBetween(ctx, l, func(of parent) take {
		if r.dataset.Source.Detail == nil || r.options.ListOnly {
			return func(ctx context.Context, listed []graph.Value, req graph.Request) error {
				return r.sendCompleted(ctx, records, listed, req, of)
			}
		}
		return func(ctx context.Context, listed []graph.Value, req graph.Request) error {
			for _, v := range listed {
				e, wanted, err := r.wanted(ctx, records, v, of)
				if err == nil && wanted {
					e.listed, e.request, e.of = v, req, of
					err = r.sendDetail(ctx, records, e)
				}
				if err != nil {
					return err
				}
			}
			return nil
		}
	})
}

// around is the range with the margin about it.
func (r *Reading) around() schemas.Range {
	return schemas.Range{From: r.asked.From.Add(-r.options.Margin), To: r.asked.To.Add(r.options.Margin)}
}

// single reads an answer that is the record, of a parent or of nobody.
func (l *listing) single(ctx context.Context, records chan<- []record.Record) error {
	r := l.reading.listRequest(l.asked, l.parent)
	v, err := l.reading.client.Get(ctx, r)
	if err != nil {
		return err
	}
	err = l.reading.complete(ctx, &v, r)
	if err == nil && !slices.ContainsFunc(v.Members, func(m json.Member) bool { return slices.Contains(l.reading.properties, string(m.Name)) }) {
		err = errors.New("the answer has nothing that was asked for")
	}
	if err != nil {
		return err
	}
	l.reading.counts.listed.Add(1)
	var more []string
	if l.reading.dataset.Mode == schemas.Observations {
		more = []string{"observed", l.reading.observed()}
	}
	return send(ctx, records, []record.Record{l.reading.named(&v, l.parent, more...)})
}

// readBatch reads what one request gives for many parents, as it is at the instant that was asked for.
func (r *Reading) readBatch(ctx context.Context, records chan<- []record.Record, batch []parent, tries int) error {
	req := r.batchRequest(batch)
	req.Tries = tries
	asked := map[string]bool{}
	for _, p := range batch {
		asked[strings.ToLower(p.id)] = true
	}
	answered := false
	for page, err := range r.client.Pages(ctx, req) {
		if err != nil {
			return err
		}
		var observed []record.Record
		for _, v := range page.Values {
			r.counts.listed.Add(1)
			if v.ID != nil && !asked[strings.ToLower(string(v.ID))] {
				r.counts.outside.Add(1)
				continue
			}
			answered = true
			if err := r.complete(ctx, &v, req); err != nil {
				return err
			}
			observed = append(observed, note(v.JSON, nil, "observed", r.observed()))
		}
		if err := send(ctx, records, observed); err != nil {
			return err
		}
	}
	if !answered && len(batch) > mostUnknown {
		return req.Incomplete(fmt.Sprintf("%d were asked for, and the answer has none of them", len(batch)))
	}
	return nil
}

// observed is the instant for which an observation was asked.
func (r *Reading) observed() string { return r.asked.From.UTC().Format(time.RFC3339) }

// mostUnknown is how many of a batch the service may know nothing of without that being doubted.
const mostUnknown = 10

// progress says now and then how far a long reading is.
func (r *Reading) progress(ctx context.Context) {
	done := r.counts.done.Add(1)
	seconds := int64(time.Since(r.started).Seconds())
	if last := r.counts.told.Load(); seconds >= last+30 && r.counts.told.CompareAndSwap(last, seconds) {
		r.options.Log.InfoContext(ctx, "parents read", "done", done, "listed", r.counts.parents.Load(), "records", r.counts.read.Load())
	}
}

// listParents gives all parents. Of those that have parents themselves, whom one of these does not give is
// behind with it.
func (r *Reading) listParents(ctx context.Context, records chan<- []record.Record) (all []parent, err error) {
	source := r.dataset.Source.Parent
	if source.Of != nil {
		all, err = r.listChildren(ctx, records)
	} else {
		all, err = r.list(ctx, records, source, parent{})
	}
	r.counts.parents.Add(int64(len(all)))
	return all, err
}

// listChildren gives parents that have parents themselves, of several of these at once.
func (r *Reading) listChildren(ctx context.Context, records chan<- []record.Record) ([]parent, error) {
	source := r.dataset.Source.Parent
	above, err := r.list(ctx, records, source.Of, parent{})
	if err != nil {
		return nil, err
	}
	children := make([][]parent, len(above))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(r.options.Workers)
	for i, of := range above {
		g.Go(func() (err error) {
			place := r.behind.ask()
			if children[i], err = r.list(ctx, records, source, of); err != nil {
				return r.failed(ctx, place, of.id, err)
			}
			r.behind.list(place)
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	return slices.Concat(children...), nil
}

// mostAgain is how often a list is begun again because the token of its next page had run out, and mostShort
// because it counts more elements than came. A single page is asked for again by the client.
const (
	mostAgain = 3
	mostShort = 1
)

// restarts counts how often a list was begun again.
type restarts struct{ expired, short int }

// allow says whether a list that broke off is begun again.
func (r *restarts) allow(err error) bool {
	if _, ends := errors.AsType[serviceError](err); ends {
		return false
	}
	e, ok := errors.AsType[*graph.Error](err)
	switch {
	case ok && e.Kind == graph.ExpiredCursor:
		r.expired++
		return r.expired <= mostAgain
	case ok && e.Kind == graph.Incomplete && e.Tries == 0:
		r.short++
		return r.short <= mostShort
	}
	return false
}

// list gives the elements of a collection of parents, each once.
func (r *Reading) list(ctx context.Context, records chan<- []record.Record, source *schemas.Parent, of parent) ([]parent, error) {
	var restarts restarts
	for {
		all, err := r.listOnce(ctx, records, source, of)
		if !restarts.allow(err) {
			return all, err
		}
	}
}

func (r *Reading) listOnce(ctx context.Context, records chan<- []record.Record, source *schemas.Parent, of parent) ([]parent, error) {
	var all []parent
	met := map[string]bool{}
	for page, err := range r.pagesOf(ctx, r.parentsRequest(source, of), source.Single) {
		if err != nil {
			return nil, fmt.Errorf("list the parents: %w", err)
		}
		for _, element := range page.Values {
			p := parent{id: string(element.ID), of: of.id}
			if p.id == "" {
				if err := r.sendNameless(ctx, records, element); err != nil {
					return nil, err
				}
				continue
			}
			if !met[p.id] && (r.options.LeftOut == nil || !r.options.LeftOut(p.id)) {
				met[p.id] = true
				all = append(all, p)
			}
		}
	}
	return all, nil
}
