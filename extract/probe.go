package extract

import (
	"context"
	"fmt"
	"slices"
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
	page, err := r.firstParents(ctx, r.dataset.Source.Parent, parent{}, probedParents)
	if err != nil {
		return err
	}
	var lacking error
	for _, v := range page.Values[:min(len(page.Values), probedParents)] {
		l := &listing{reading: r, asked: schemas.Range{From: r.asked.To.Add(-probedSpan), To: r.asked.To}, parent: parent{id: string(v.ID)}}
		switch reached, err := r.probeWay(ctx, l); {
		case graph.KindOf(err) == graph.NoPolicy: // which another may have
			lacking = err
		case reached, err != nil && graph.KindOf(err) != graph.NotFound:
			return err
		}
	}
	return lacking
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
	page, err := r.firstParents(ctx, source, of, 1)
	if err != nil || len(page.Values) == 0 {
		return parent{}, err
	}
	return parent{id: string(page.Values[0].ID), of: of.id}, nil
}

// firstParents are the first of the parents, so many where Graph makes it so.
func (r *Reading) firstParents(ctx context.Context, source *schemas.Parent, of parent, most int) (graph.Page, error) {
	req := r.parentsRequest(source, of)
	if !source.Single {
		return r.firstPageOf(ctx, req, most)
	}
	for page, err := range (&question{single: true}).pages(ctx, r.client, req) {
		return page, err
	}
	return graph.Page{}, nil
}

func (r *Reading) firstPage(ctx context.Context, req graph.Request) (graph.Page, error) {
	return r.firstPageOf(ctx, req, 1)
}

// firstPageOf is the first page, with so many elements where Graph makes it so.
func (r *Reading) firstPageOf(ctx context.Context, req graph.Request, most int) (graph.Page, error) {
	for page, err := range r.client.Pages(ctx, shortest(req, most)) {
		return page, err
	}
	return graph.Page{}, nil
}

// shortest is a request whose pages have so many elements where Graph makes them so: a preference, unlike $top, is refused nowhere.
func shortest(req graph.Request, most int) graph.Request {
	req.Headers = append(slices.Clone(req.Headers), graph.Param{Name: "Prefer", Value: fmt.Sprintf("odata.maxpagesize=%d", most)})
	return req
}

// Gates are what shuts a dataset besides a permission, as far as a few questions show it.
type Gates struct {
	Asked    int // parents, one after the other
	NoPolicy int // of these, organizers who have no application access policy of Teams
	Document DocumentGate
}

// DocumentGate is what became of a document that somebody has.
type DocumentGate uint8

// The answers to the question for a document.
const (
	NoDocument           DocumentGate = iota // the dataset has none, or none of those who were asked has one
	DocumentReadable                         // also with nothing in it
	DocumentUnattributed                     // but nobody says who spoke
	DocumentMissing                          // not written yet, or gone
	DocumentRefused
)

// ProbeGates asks what [Probe] does not, of a dataset with parents whom it asks one by one: who of the first of them has no policy of Teams, until one
// answers. If the dataset has documents, it goes on until somebody has one in the last weeks, and reads it; what was said is not looked at. An error is
// that no parent has answered, or what else than a policy was missing.
func ProbeGates(ctx context.Context, c *graph.Client, ds schemas.Dataset, now time.Time) (Gates, error) {
	to := now.UTC().Truncate(schemas.Day)
	x := Read(c, ds, schemas.Range{From: to.Add(-probedSpan), To: to}, Options{Now: now})
	var g Gates
	var err error
	if x.fields, err = fieldsOf(ds); err == nil {
		g, err = x.probeGates(ctx)
	}
	if err != nil {
		return g, fmt.Errorf("ask for %s: %w", ds.Name, err)
	}
	return g, nil
}

func (r *Reading) probeGates(ctx context.Context) (g Gates, err error) {
	source := r.dataset.Source
	if source.Parent == nil || source.Parent.Of != nil || source.Parent.Batch > 0 || len(source.Between) > 0 && source.Detail.Document() == nil || source.Paging == schemas.Single {
		return g, nil
	}
	parents, err := r.firstParents(ctx, source.Parent, parent{}, probedParents)
	if err != nil {
		return g, err
	}
	var lacking error
	answered := false
	for _, v := range parents.Values[:min(len(parents.Values), probedParents)] {
		of := parent{id: string(v.ID)}
		var found bool
		found, g.Document, err = r.probeRecord(ctx, of)
		switch kind := graph.KindOf(err); {
		case kind == graph.NoPolicy:
			g.NoPolicy++
			lacking = err
		case err != nil && kind != graph.NotFound:
			return g, err
		case found || err == nil && source.Detail.Document() == nil:
			g.Asked++
			return g, nil
		default:
			answered = true
		}
		g.Asked++
	}
	if answered {
		lacking = nil
	}
	return g, lacking
}

// probeRecord asks for what there is of a parent. If there is something, and the dataset has documents, it reads the first one.
func (r *Reading) probeRecord(ctx context.Context, of parent) (found bool, gate DocumentGate, err error) {
	if way := r.dataset.Source.Between; len(of.by) < len(way) {
		return r.probeRecordBetween(ctx, &way[len(of.by)], of)
	}
	req := shortest(r.listRequest(r.asked, of), 1)
	for page, err := range r.client.Pages(ctx, req) {
		if err != nil || len(page.Values) == 0 || r.dataset.Source.Detail.Document() == nil {
			return false, NoDocument, err
		}
		gate, err = r.probeDocument(ctx, page.Values[0], req, of)
		return true, gate, err
	}
	return false, NoDocument, nil
}

// probeRecordBetween asks the first elements of a collection between a parent and its records, until one leads to a record.
func (r *Reading) probeRecordBetween(ctx context.Context, way *schemas.Between, of parent) (found bool, gate DocumentGate, err error) {
	elements, err := r.elementsOf(ctx, way, &listing{reading: r, asked: r.asked, parent: of})
	for _, e := range elements[:min(len(elements), probedParents)] {
		next := of
		next.by = append(slices.Clip(of.by), e)
		found, gate, err = r.probeRecord(ctx, next)
		if found || err != nil && graph.KindOf(err) != graph.NotFound {
			return found, gate, err
		}
		err = nil
	}
	return false, NoDocument, err
}

// probeDocument reads the document of a listed record.
func (r *Reading) probeDocument(ctx context.Context, listed graph.Value, req graph.Request, of parent) (DocumentGate, error) {
	e := r.entry(&listed)
	e.listed, e.request, e.of = listed, req, of
	record, _, err := r.detail(ctx, e)
	if err != nil {
		return NoDocument, err
	}
	d, err := r.document(ctx, record, e, *r.dataset.Source.Detail.Document())
	switch {
	case err != nil:
		return NoDocument, err
	case d.state == refused:
		return DocumentRefused, nil
	case d.state == "":
		return DocumentMissing, nil
	case d.form == schemas.WebVTTUnattributed:
		return DocumentUnattributed, nil
	}
	return DocumentReadable, nil
}
