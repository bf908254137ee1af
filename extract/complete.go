package extract

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"graphlake/extract/graph"
)

// complete makes a record of what Graph sent: whole, and without the annotations of the transport.
// Further pages are asked for with r's headers and budget.
func (x *Reading) complete(ctx context.Context, text []byte, r graph.Request) ([]byte, error) {
	d, err := newDraft(text)
	if err != nil {
		return nil, err
	}
	return x.finish(ctx, d, r)
}

func (x *Reading) finish(ctx context.Context, d *draft, r graph.Request) ([]byte, error) {
	for _, h := range d.holes {
		rest, err := x.rest(ctx, h, r)
		if err != nil {
			return nil, fmt.Errorf("further pages of %s: %w", h.name, err)
		}
		d.fill(h, rest)
	}
	return d.bytes(), nil
}

// rest reads the elements of a collection that follow its first page, each of them completed.
//
// Pages may overlap, if something was inserted while they were read, and Graph may repeat a page. An element
// of a later page goes if an earlier page had one of its id that says the same, whatever its escapes; a page
// without ids goes if it equals an earlier one. Within a page, and where they differ, elements of one id stay:
// Graph gives two people one id, returns a session twice, and two whom it knows nothing of are equal in every
// byte.
//
// Counts are of the collection, of a page or of what is left, as the service likes; the largest is never more
// than there is. So if fewer elements are there in the end, some are lacking: where pages overlap, one was
// inserted meanwhile and was on none of them.
func (x *Reading) rest(ctx context.Context, h hole, r graph.Request) ([][]byte, error) {
	var met pages
	first, err := elements(h.array)
	if err != nil {
		return nil, err
	}
	fresh, err := drafts(first)
	if err != nil {
		return nil, err
	}
	met.take(fresh)
	rest, most, err := x.elements(ctx, x.client.Follow(ctx, r, h.link), &met, r)
	if err != nil {
		return nil, err
	}
	return rest, tooFew(r, len(first)+len(rest), max(h.count, most))
}

// tooFew is an error if fewer elements came than are counted.
func tooFew(r graph.Request, came int, counted int64) error {
	if int64(came) < counted {
		return r.Incomplete(fmt.Sprintf("%d elements are counted, and %d came", counted, came))
	}
	return nil
}

// elements are those of pages that were not met before, each completed with requests like r, and the largest
// number of them that a page counts.
func (x *Reading) elements(ctx context.Context, from iter.Seq2[graph.Page, error], met *pages, r graph.Request) (all [][]byte, most int64, err error) {
	for page, err := range from {
		if err != nil {
			return nil, 0, err
		}
		most = max(most, page.Count)
		fresh, err := drafts(page.Values)
		if err != nil {
			return nil, 0, err
		}
		for _, d := range met.take(fresh) {
			element, err := x.finish(ctx, d, r)
			if err != nil {
				return nil, 0, err
			}
			all = append(all, element)
		}
	}
	return all, most, nil
}

func drafts(page [][]byte) (all []*draft, err error) {
	for _, element := range page {
		d, err := newDraft(element)
		if err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	return all, nil
}

// pages remembers the pages of one collection.
type pages struct {
	texts    seen         // of pages
	elements map[sum]bool // that have an id
	once     bool         // no element is listed twice, not within a page either
}

// take gives what a page has that those before it have not. It is compared without annotations, whose links
// differ each time.
func (p *pages) take(page []*draft) (fresh []*draft) {
	if p.elements == nil {
		p.elements = map[sum]bool{}
	}
	var text []byte
	var named []sum
	for _, d := range page {
		says := canonical(d.bytes())
		text = append(append(text, says...), ',')
		if len(plain(valueAt(d.text, place{"id"}))) == 0 {
			fresh = append(fresh, d)
			continue
		}
		key := sumOf(says)
		if !p.elements[key] && (!p.once || !slices.Contains(named, key)) {
			fresh = append(fresh, d)
		}
		named = append(named, key)
	}
	if !p.texts.first(text) {
		return nil
	}
	for _, key := range named {
		p.elements[key] = true
	}
	return fresh
}

// canonical is one spelling of what a JSON text says (RFC 8785), but for whole numbers, which may be too large
// for it: it would make two of them alike. Of a text that has none it is the text itself.
func canonical(text []byte) []byte {
	v := jsontext.Value(bytes.Clone(text))
	if v.Canonicalize(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true), jsontext.CanonicalizeRawInts(false)) != nil {
		return text
	}
	return v
}
