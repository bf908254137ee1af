package extract

import (
	"context"
	"fmt"
	"iter"

	"graphlake/extract/graph"
	"graphlake/internal/foreign"
	"graphlake/internal/json"
	"graphlake/internal/record"
)

// What the further pages of one record may be together. Links lead to pages whose elements have links of their own, and
// each page is well by itself.
const (
	mostRecordPages = 5000     // 20,000 sessions are 334
	mostRecordBytes = 64 << 20 // of the answers: 5,000 sessions of 12 kB
	mostLinks       = 8        // one in the other; Graph has one
)

// further is what one record has taken of that. It belongs to one goroutine.
type further struct {
	pages, links int
	bytes        int64
}

// add counts a page, and is an error if it is too much.
func (f *further) add(page graph.Page, req graph.Request) error {
	f.pages++
	f.bytes += page.Bytes
	switch {
	case f.pages > mostRecordPages:
		return req.Malformed(fmt.Sprintf("one record has more than %d further pages", mostRecordPages))
	case f.bytes > mostRecordBytes:
		return req.Malformed(fmt.Sprintf("the further pages of one record have more than %d MiB", mostRecordBytes>>20))
	}
	return nil
}

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
	return r.completeWithin(ctx, v, req, &further{})
}

func (r *Reading) completeWithin(ctx context.Context, v *graph.Value, req graph.Request, f *further) error {
	if err := r.gather(ctx, v, req, f); err != nil {
		return err
	}
	v.Complete()
	return nil
}

// gather notes what makes a value whole, and counts what that took in f.
func (r *Reading) gather(ctx context.Context, v *graph.Value, req graph.Request, f *further) error {
	edit, err := v.Edit()
	if err != nil {
		return err
	}
	for _, rest := range v.Rest {
		elements, err := r.rest(ctx, rest, req, f)
		if err != nil {
			return fmt.Errorf("further pages of %s: %w", foreign.New(rest.Name), err)
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
func (r *Reading) rest(ctx context.Context, of graph.Rest, req graph.Request, f *further) ([][]byte, error) {
	if f.links++; f.links > mostLinks {
		return nil, req.Malformed(fmt.Sprintf("links to further pages are nested more than %d deep", mostLinks))
	}
	defer func() { f.links-- }()
	var met pages
	met.fresh(of.Came)
	rest, most, err := r.elements(ctx, r.client.Follow(ctx, req, of.Link), &met, req, f)
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
func (r *Reading) elements(ctx context.Context, from iter.Seq2[graph.Page, error], met *pages, req graph.Request, f *further) (all [][]byte, most int64, err error) {
	for page, err := range from {
		if err != nil {
			return nil, 0, err
		}
		if err := f.add(page, req); err != nil {
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
			if err := r.completeWithin(ctx, &page.Values[i], req, f); err != nil {
				return nil, 0, err
			}
			all = append(all, page.Values[i].JSON)
		}
	}
	return all, most, nil
}

// pages remembers the pages of one collection.
type pages struct {
	elements map[string]*named // that have an id, by it
	texts    map[sum]bool      // of pages with elements that have none
	once     bool              // no element is listed twice, not within a page either
}

// named is what the elements of one id say. Of the first it is known once another one has its id.
type named struct {
	first []byte // as it was sent
	says  map[sum]bool
}

// has reports whether one of them says the same.
func (n *named) has(element []byte) bool {
	if n.says == nil {
		n.says = map[sum]bool{sumOf(appendSaid(nil, n.first)): true}
	}
	return n.says[sumOf(appendSaid(nil, element))]
}

// add adds an element, which it does not have.
func (n *named) add(element []byte) {
	if n.first == nil {
		n.first = element
	} else if n.has(element) {
		return
	}
	if n.says != nil {
		n.says[sumOf(appendSaid(nil, element))] = true
	}
}

// fresh says which elements of a page those before it have not.
func (p *pages) fresh(page []graph.Element) (fresh []bool) {
	if p.elements == nil {
		p.elements, p.texts = map[string]*named{}, map[sum]bool{}
	}
	fresh = make([]bool, len(page))
	nameless := false
	for i, e := range page {
		if len(e.ID) == 0 {
			fresh[i], nameless = true, true
			continue
		}
		of := p.elements[string(e.ID)]
		fresh[i] = of == nil || !of.has(e.JSON)
	}
	if nameless && !p.first(page) {
		return make([]bool, len(page))
	}
	for i, e := range page {
		if len(e.ID) == 0 {
			continue
		}
		of := p.elements[string(e.ID)]
		if of == nil {
			of = &named{}
			p.elements[string(e.ID)] = of
		} else if p.once && fresh[i] {
			fresh[i] = !of.has(e.JSON)
		}
		of.add(e.JSON)
	}
	return fresh
}

// first reports whether no page with the same elements was met before.
func (p *pages) first(page []graph.Element) bool {
	var text []byte
	for _, e := range page {
		text = append(appendSaid(text, e.JSON), ',')
	}
	says := sumOf(text)
	met := p.texts[says]
	p.texts[says] = true
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
