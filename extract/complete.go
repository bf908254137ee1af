package extract

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"graphlake/extract/graph"
	"graphlake/internal/json"
	"graphlake/internal/record"
)

// record makes a record of what Graph sent.
func (r *Reading) record(ctx context.Context, v *graph.Value, req graph.Request) (record.Record, error) {
	if err := r.complete(ctx, v, req); err != nil {
		return record.Record{}, err
	}
	return r.fields.record(v), nil
}

// complete makes what Graph sent whole, and takes the annotations of the transport out.
// Further pages are asked for with req's headers and budget.
func (r *Reading) complete(ctx context.Context, v *graph.Value, req graph.Request) error {
	if err := r.gather(ctx, v, req); err != nil {
		return err
	}
	v.Complete()
	return nil
}

// gather notes what makes a value whole.
func (r *Reading) gather(ctx context.Context, v *graph.Value, req graph.Request) error {
	edit, err := v.Edit()
	if err != nil {
		return err
	}
	for _, rest := range v.Rest {
		elements, err := r.rest(ctx, rest, req)
		if err != nil {
			return fmt.Errorf("further pages of %s: %w", rest.Name, err)
		}
		rest.Put(edit, elements)
	}
	return nil
}

// rest reads the elements of a collection that follow its first page, each of them completed.
//
// Pages may overlap, if something was inserted while they were read, and Graph may repeat a page. An element
// of a later page goes if an earlier page had one of its id that says the same, whatever its escapes; a page
// with elements that have no id goes if it equals an earlier one. Within a page, and where they differ, elements of one id stay:
// Graph gives two people one id, returns a session twice, and two whom it knows nothing of are equal in every
// byte.
//
// Counts are of the collection, of a page or of what is left, as the service likes; the largest is never more
// than there is. So if fewer elements are there in the end, some are lacking: where pages overlap, one was
// inserted meanwhile and was on none of them.
func (r *Reading) rest(ctx context.Context, of graph.Rest, req graph.Request) ([][]byte, error) {
	var met pages
	met.fresh(of.Came)
	rest, most, err := r.elements(ctx, r.client.Follow(ctx, req, of.Link), &met, req)
	if err != nil {
		return nil, err
	}
	return rest, tooFew(req, len(of.Came)+len(rest), max(of.Count, most))
}

// tooFew is an error if fewer elements came than are counted.
func tooFew(r graph.Request, came int, counted int64) error {
	if int64(came) < counted {
		return r.Incomplete(fmt.Sprintf("%d elements are counted, and %d came", counted, came))
	}
	return nil
}

// elements are those of pages that were not met before, each completed with requests like req, and the largest
// number of them that a page counts.
func (r *Reading) elements(ctx context.Context, from iter.Seq2[graph.Page, error], met *pages, req graph.Request) (all [][]byte, most int64, err error) {
	for page, err := range from {
		if err != nil {
			return nil, 0, err
		}
		most = max(most, page.Count)
		came := make([]graph.Element, len(page.Values))
		for i, v := range page.Values {
			came[i] = graph.Element{JSON: v.JSON, ID: v.ID}
		}
		for i, fresh := range met.fresh(came) {
			if !fresh {
				continue
			}
			if err := r.complete(ctx, &page.Values[i], req); err != nil {
				return nil, 0, err
			}
			all = append(all, page.Values[i].JSON)
		}
	}
	return all, most, nil
}

// pages remembers the pages of one collection.
type pages struct {
	elements map[string][]*met // that have an id, by it
	texts    map[string]bool   // of pages with elements that have none
	once     bool              // no element is listed twice, not within a page either
}

// met is an element that was met. What it says is known once another one has its id.
type met struct{ json, says []byte }

// same reports whether one says the same as one of others.
func (m *met) same(others []*met) bool {
	return slices.ContainsFunc(others, func(o *met) bool {
		for _, one := range []*met{m, o} {
			if one.says == nil {
				one.says = appendSaid(nil, one.json)
			}
		}
		return string(m.says) == string(o.says)
	})
}

// fresh says which elements of a page those before it have not.
func (p *pages) fresh(page []graph.Element) (fresh []bool) {
	if p.elements == nil {
		p.elements, p.texts = map[string][]*met{}, map[string]bool{}
	}
	fresh = make([]bool, len(page))
	nameless := false
	taken := map[string][]*met{}
	for i, e := range page {
		if len(e.ID) == 0 {
			fresh[i], nameless = true, true
			continue
		}
		id, one := string(e.ID), &met{json: e.JSON}
		fresh[i] = !one.same(p.elements[id]) && (!p.once || !one.same(taken[id]))
		taken[id] = append(taken[id], one)
	}
	if nameless && !p.first(page) {
		return make([]bool, len(page))
	}
	for id, all := range taken {
		p.elements[id] = append(p.elements[id], all...)
	}
	return fresh
}

// first reports whether no page with the same elements was met before.
func (p *pages) first(page []graph.Element) bool {
	var text []byte
	for _, e := range page {
		text = append(appendSaid(text, e.JSON), ',')
	}
	met := p.texts[string(text)]
	p.texts[string(text)] = true
	return !met
}

// appendSaid appends one spelling of what an element says. It is compared without annotations, whose links differ
// each time.
func appendSaid(dst, element []byte) []byte {
	v, err := graph.ReadValue(element, nil)
	if err != nil {
		return append(dst, element...)
	}
	said, err := json.AppendCanonical(dst, v.Text())
	if err != nil {
		return append(dst, element...)
	}
	return said
}
