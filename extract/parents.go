package extract

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"graphlake/extract/graph"
	"graphlake/internal/json"
	"graphlake/internal/record"
	"graphlake/schemas"
)

// parent is an element of the collection that the source is asked for, and whose parent it has itself.
type parent struct {
	id string
	of string // empty: it has none
}

// readParents reads the source for each of its parents, several at once; the client keeps the pace. All of
// them are listed before the first is asked: the list's page token would run out meanwhile. What one of them
// answers leaves the others alone.
func (x *Reading) readParents(ctx context.Context, records chan<- []record.Record) error {
	all, err := x.listParents(ctx, records)
	if err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	parents := make(chan []parent)
	g.Go(func() error {
		defer close(parents)
		for batch := range slices.Chunk(all, max(x.dataset.Source.Parent.Batch, 1)) {
			if err := send(ctx, parents, batch); err != nil {
				return err
			}
		}
		return nil
	})
	for range x.options.Workers {
		g.Go(func() error {
			for batch := range parents {
				if err := x.askParents(ctx, records, batch, 0); err != nil {
					return err
				}
				x.progress(ctx)
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return x.behind.verdict()
}

// askParents reads what there is for a batch of parents, or for one. A batch that has no answer is cut in
// halves, down to who has it refused; tries are how often one that fails is asked, 0 as often as any.
func (x *Reading) askParents(ctx context.Context, records chan<- []record.Record, batch []parent, tries int) error {
	place := x.behind.ask()
	var err error
	if x.dataset.Source.Parent.Batch > 0 {
		err = x.readBatch(ctx, records, batch, tries)
	} else {
		err = x.readParent(ctx, records, batch[0])
	}
	if err == nil {
		ids := make([]string, len(batch))
		for i, p := range batch {
			ids[i] = p.id
		}
		x.behind.read(place, ids...)
		return nil
	}
	if half := len(batch) / 2; half > 0 && ofBatch(err) {
		x.behind.halve(place)
		if err := x.askParents(ctx, records, batch[:half], triesOfHalf); err != nil {
			return err
		}
		return x.askParents(ctx, records, batch[half:], triesOfHalf)
	}
	for _, p := range batch {
		if err := x.failed(ctx, place, p.id, err); err != nil {
			return err
		}
	}
	return nil
}

// failed keeps what is wrong with one parent from the others.
func (x *Reading) failed(ctx context.Context, place int, id string, err error) error {
	one := Behind{Parent: id, From: x.asked.From, To: x.asked.To}
	if from, ok := x.options.Behind[x.options.Names.Parent(id)]; ok && from.Before(one.From) {
		one.From = from
	}
	return x.behind.failed(ctx, place, one, fmt.Errorf("parent %s: %w", x.options.Names.Parent(id), err))
}

// triesOfHalf is how often half of a batch is asked: the whole was asked patiently.
const triesOfHalf = 2

// ofBatch says whether an error may be of one of those that were asked at once: it came from the service, with
// an answer, and is not of the token or of the pace.
func ofBatch(err error) bool {
	e, ok := errors.AsType[*graph.Error](err)
	if !ok || e.SignIn || e.Status == 0 || e.Status == 401 {
		return false
	}
	return e.Kind == graph.Rejected || e.Kind == graph.NotFound || e.Kind == graph.Unauthorized || e.Kind == graph.Unavailable || e.Kind == graph.Incomplete
}

// readParent reads what there is for one parent.
func (x *Reading) readParent(ctx context.Context, records chan<- []record.Record, p parent) error {
	l := &listing{Reading: x, asked: x.around(), parent: p, atOnce: parallelWindows}
	if from, ok := x.options.Behind[x.options.Names.Parent(p.id)]; ok {
		l.atOnce = 1 // it may refuse again, and one request is enough to know
		if from.Before(l.asked.From) {
			l.asked.From = from
		}
	}
	if x.dataset.Source.Paging == schemas.Single {
		return l.single(ctx, records)
	}
	take := func(ctx context.Context, listed []graph.Value, r graph.Request) error {
		page := make([]record.Record, len(listed))
		for i := range listed {
			if err := x.complete(ctx, &listed[i], r); err != nil {
				return err
			}
			page[i] = l.named(&listed[i], l.day(r)...)
		}
		return send(ctx, records, page)
	}
	if x.dataset.Source.Detail != nil {
		take = func(ctx context.Context, listed []graph.Value, r graph.Request) error {
			for _, v := range listed {
				e, wanted, err := x.wanted(ctx, records, v)
				if err == nil && wanted {
					e.listed, e.request = v, r
					err = x.handDetail(ctx, records, e)
				}
				if err != nil {
					return err
				}
			}
			return nil
		}
	}
	return l.windows(ctx, take)
}

// around is the range with the margin about it.
func (x *Reading) around() schemas.Range {
	return schemas.Range{From: x.asked.From.Add(-x.options.Margin), To: x.asked.To.Add(x.options.Margin)}
}

// single reads an answer that is the record.
func (l *listing) single(ctx context.Context, records chan<- []record.Record) error {
	r := l.listRequest(l.asked, l.parent)
	v, err := l.client.Get(ctx, r)
	if err != nil {
		return err
	}
	err = l.complete(ctx, &v, r)
	if err == nil && !slices.ContainsFunc(v.Members, func(m json.Member) bool { return slices.Contains(l.properties, string(m.Name)) }) {
		err = errors.New("the answer has nothing that was asked for")
	}
	if err != nil {
		return err
	}
	l.counts.listed.Add(1)
	return send(ctx, records, []record.Record{l.named(&v)})
}

// named is a record that says whom it was read for, and more in pairs.
func (l *listing) named(v *graph.Value, more ...string) record.Record {
	pairs := append([]string{"parent", l.parent.id}, more...)
	if l.parent.of != "" {
		pairs = append(pairs, "grandparent", l.parent.of)
	}
	if own := l.dataset.Source.Own; own != nil && bytes.HasPrefix(v.Plain(l.fields.own), []byte(own.Prefix)) {
		pairs = append(pairs, "mailbox", l.parent.id)
	}
	return note(v.JSON, pairs...)
}

// readBatch reads what one request gives for many parents, as it is at the instant that was asked for.
func (x *Reading) readBatch(ctx context.Context, records chan<- []record.Record, batch []parent, tries int) error {
	r := x.batchRequest(batch)
	r.Tries = tries
	asked := map[string]bool{}
	for _, p := range batch {
		asked[strings.ToLower(p.id)] = true
	}
	answered := false
	for page, err := range x.client.Pages(ctx, r) {
		if err != nil {
			return err
		}
		var observed []record.Record
		for _, v := range page.Values {
			x.counts.listed.Add(1)
			if v.ID != nil && !asked[strings.ToLower(string(v.ID))] {
				x.counts.outside.Add(1)
				continue
			}
			answered = true
			if err := x.complete(ctx, &v, r); err != nil {
				return err
			}
			observed = append(observed, note(v.JSON, "observed", x.asked.From.UTC().Format(time.RFC3339)))
		}
		if err := send(ctx, records, observed); err != nil {
			return err
		}
	}
	if !answered && len(batch) > mostUnknown {
		return r.Incomplete(fmt.Sprintf("%d were asked for, and the answer has none of them", len(batch)))
	}
	return nil
}

// mostUnknown is how many of a batch the service may know nothing of without that being doubted.
const mostUnknown = 10

// progress says now and then how far a long reading is.
func (x *Reading) progress(ctx context.Context) {
	done := x.counts.done.Add(1)
	seconds := int64(time.Since(x.started).Seconds())
	if last := x.counts.told.Load(); seconds >= last+30 && x.counts.told.CompareAndSwap(last, seconds) {
		x.options.Log.InfoContext(ctx, "parents read", "done", done, "listed", x.counts.parents.Load(), "records", x.counts.read.Load())
	}
}

// listParents gives all parents. Of those that have parents themselves, whom one of these does not give is
// behind with it.
func (x *Reading) listParents(ctx context.Context, records chan<- []record.Record) (all []parent, err error) {
	source := x.dataset.Source.Parent
	if source.Of != nil {
		all, err = x.listChildren(ctx, records)
	} else {
		all, err = x.list(ctx, records, source, parent{})
	}
	x.counts.parents.Add(int64(len(all)))
	return all, err
}

// listChildren gives parents that have parents themselves, of several of these at once.
func (x *Reading) listChildren(ctx context.Context, records chan<- []record.Record) ([]parent, error) {
	source := x.dataset.Source.Parent
	above, err := x.list(ctx, records, source.Of, parent{})
	if err != nil {
		return nil, err
	}
	children := make([][]parent, len(above))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(x.options.Workers)
	for i, of := range above {
		g.Go(func() (err error) {
			place := x.behind.ask()
			if children[i], err = x.list(ctx, records, source, of); err != nil {
				return x.failed(ctx, place, of.id, err)
			}
			x.behind.list(place)
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
func (x *Reading) list(ctx context.Context, records chan<- []record.Record, source *schemas.Parent, of parent) ([]parent, error) {
	var restarts restarts
	for {
		all, err := x.listOnce(ctx, records, source, of)
		if !restarts.allow(err) {
			return all, err
		}
	}
}

func (x *Reading) listOnce(ctx context.Context, records chan<- []record.Record, source *schemas.Parent, of parent) ([]parent, error) {
	var all []parent
	met := map[string]bool{}
	for page, err := range x.pages(ctx, x.parentsRequest(source, of)) {
		if err != nil {
			return nil, fmt.Errorf("list the parents: %w", err)
		}
		for _, element := range page.Values {
			p := parent{id: string(element.ID), of: of.id}
			if p.id == "" {
				if err := x.handNameless(ctx, records, element); err != nil {
					return nil, err
				}
				continue
			}
			if !met[p.id] {
				met[p.id] = true
				all = append(all, p)
			}
		}
	}
	return all, nil
}
