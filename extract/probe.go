package extract

import (
	"context"
	"fmt"
	"time"

	"graphlake/extract/graph"
	"graphlake/schemas"
)

// Probe asks Graph one small question of the dataset, to learn whether it answers: the first page, as
// short as Graph makes it, of the last whole minute before now, or of the last whole day where Graph
// takes dates only. Of a dataset with parents it is asked for one of them, which takes a question more.
// What is answered is not looked at. An error is one of [graph.Error]'s kinds.
func Probe(ctx context.Context, c *graph.Client, ds schemas.Dataset, now time.Time) error {
	unit := time.Minute
	if !hasClock(ds.Source.Window.Layout) {
		unit = schemas.Day
	}
	to := now.UTC().Truncate(unit)
	x := Read(c, ds, schemas.Range{From: to.Add(-unit), To: to}, Options{})
	if err := x.probe(ctx); err != nil {
		return fmt.Errorf("ask for %s: %w", ds.Name, err)
	}
	return nil
}

func (r *Reading) probe(ctx context.Context) error {
	source := r.dataset.Source
	if source.Parent == nil {
		return r.probeList(ctx, parent{})
	}
	one, err := r.firstParent(ctx, source.Parent)
	if err == nil && one.id == "" { // a tenant without parents has nothing to ask for
		return nil
	}
	switch {
	case err != nil:
	case source.Parent.Batch > 0:
		_, err = r.firstPage(ctx, r.batchRequest([]parent{one}))
	case len(source.Between) > 0:
		err = r.probeBetween(ctx)
	default:
		err = r.probeList(ctx, one)
	}
	if graph.KindOf(err) == graph.NotFound { // a user without a mailbox is an answer, and so is a team that has just gone
		return nil
	}
	return err
}

// How far probeBetween looks for one who has something that leads to records.
const (
	probedParents = 20
	probedSpan    = 28 * schemas.Day
)

// probeBetween asks for what there is of the first parent of a few that has something that leads to records, in the last weeks. Where
// none has, all has answered that was asked.
func (r *Reading) probeBetween(ctx context.Context) error {
	page, err := r.firstPageOf(ctx, r.parentsRequest(r.dataset.Source.Parent, parent{}), probedParents)
	if err != nil {
		return err
	}
	for _, v := range page.Values[:min(len(page.Values), probedParents)] {
		l := &listing{reading: r, asked: schemas.Range{From: r.asked.To.Add(-probedSpan), To: r.asked.To}, parent: parent{id: string(v.ID)}}
		reached, err := r.probeWay(ctx, l)
		if reached || err != nil && graph.KindOf(err) != graph.NotFound {
			return err
		}
	}
	return nil
}

// probeWay asks for the first element of each collection between a listing's parent and its records, and then for these.
func (r *Reading) probeWay(ctx context.Context, l *listing) (reached bool, err error) {
	for _, between := range r.dataset.Source.Between {
		elements, err := r.elementsOf(ctx, &between, l)
		if err != nil || len(elements) == 0 {
			return false, err
		}
		l.parent.by = append(l.parent.by, elements[0])
	}
	return true, r.probeList(ctx, l.parent)
}

// probeList asks for what there is of a parent, or of nobody.
func (r *Reading) probeList(ctx context.Context, of parent) (err error) {
	req := r.listRequest(r.asked, of)
	if r.dataset.Source.Paging == schemas.Single {
		_, err = r.client.Get(ctx, req)
	} else {
		_, err = r.firstPage(ctx, req)
	}
	return err
}

// firstParent is the first of the parents; none if there are none.
func (r *Reading) firstParent(ctx context.Context, source *schemas.Parent) (parent, error) {
	var of parent
	if source.Of != nil {
		var err error
		if of, err = r.firstParent(ctx, source.Of); err != nil || of.id == "" {
			return parent{}, err
		}
	}
	page, err := r.firstPage(ctx, r.parentsRequest(source, of))
	if err != nil || len(page.Values) == 0 {
		return parent{}, err
	}
	return parent{id: string(page.Values[0].ID), of: of.id}, nil
}

func (r *Reading) firstPage(ctx context.Context, req graph.Request) (graph.Page, error) {
	return r.firstPageOf(ctx, req, 1)
}

// firstPageOf is the first page, with so many elements where Graph makes it so.
func (r *Reading) firstPageOf(ctx context.Context, req graph.Request, most int) (graph.Page, error) {
	// A preference, unlike $top, is refused nowhere.
	req.Headers = append(req.Headers, graph.Param{Name: "Prefer", Value: fmt.Sprintf("odata.maxpagesize=%d", most)})
	for page, err := range r.client.Pages(ctx, req) {
		return page, err
	}
	return graph.Page{}, nil
}
