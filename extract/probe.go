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

func (x *Reading) probe(ctx context.Context) error {
	source := x.dataset.Source
	if source.Parent == nil {
		_, err := x.firstPage(ctx, x.listRequest(x.asked, parent{}))
		return err
	}
	one, err := x.firstParent(ctx, source.Parent)
	if err == nil && one.id == "" { // a tenant without parents has nothing to ask for
		return nil
	}
	switch {
	case err != nil:
	case source.Parent.Batch > 0:
		_, err = x.firstPage(ctx, x.batchRequest([]parent{one}))
	case source.Paging == schemas.Single:
		_, err = x.client.Get(ctx, x.listRequest(x.asked, one))
	default:
		_, err = x.firstPage(ctx, x.listRequest(x.asked, one))
	}
	if graph.KindOf(err) == graph.NotFound { // a user without a mailbox is an answer, and so is a team that has just gone
		return nil
	}
	return err
}

// firstParent is the first of the parents; none if there are none.
func (x *Reading) firstParent(ctx context.Context, source *schemas.Parent) (parent, error) {
	var of parent
	if source.Of != nil {
		var err error
		if of, err = x.firstParent(ctx, source.Of); err != nil || of.id == "" {
			return parent{}, err
		}
	}
	page, err := x.firstPage(ctx, x.parentsRequest(source, of))
	if err != nil || len(page.Values) == 0 {
		return parent{}, err
	}
	return parent{string(page.Values[0].ID), of.id}, nil
}

func (x *Reading) firstPage(ctx context.Context, r graph.Request) (graph.Page, error) {
	// A preference, unlike $top, is refused nowhere.
	r.Headers = append(r.Headers, graph.Param{Name: "Prefer", Value: "odata.maxpagesize=1"})
	for page, err := range x.client.Pages(ctx, r) {
		return page, err
	}
	return graph.Page{}, nil
}
