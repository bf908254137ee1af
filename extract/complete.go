package extract

import (
	"context"
	"fmt"
	"iter"

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
// Graph may repeat a page: one that equals an earlier page of the collection is dropped. An element
// is never dropped by itself, for Graph gives two people one id, and two whom it knows nothing of are
// equal in every byte. What is left: a page that repeats only a part of an earlier one is kept, and
// its sessions then repeat their ids, which an audit shows, as it could not show a loss; and a page of
// nothing but people alike counts as repeated if an earlier one had as many of them.
func (x *Reading) rest(ctx context.Context, h hole, r graph.Request) ([][]byte, error) {
	var pages seen
	first, err := elements(h.array)
	if err != nil {
		return nil, err
	}
	_, text, err := drafts(first)
	if err != nil {
		return nil, err
	}
	pages.first(text)
	return x.elements(ctx, x.client.Follow(ctx, r, h.link), &pages, r)
}

// elements are those of pages that were not met before, each completed with requests like r.
func (x *Reading) elements(ctx context.Context, pages iter.Seq2[graph.Page, error], met *seen, r graph.Request) ([][]byte, error) {
	var all [][]byte
	for page, err := range pages {
		if err != nil {
			return nil, err
		}
		fresh, text, err := drafts(page.Values)
		if err != nil {
			return nil, err
		}
		if !met.first(text) {
			continue
		}
		for _, d := range fresh {
			element, err := x.finish(ctx, d, r)
			if err != nil {
				return nil, err
			}
			all = append(all, element)
		}
	}
	return all, nil
}

// drafts are the elements of a page, and the text by which the page is compared: without annotations,
// whose links differ each time.
func drafts(page [][]byte) (all []*draft, text []byte, err error) {
	for _, element := range page {
		d, err := newDraft(element)
		if err != nil {
			return nil, nil, err
		}
		all = append(all, d)
		text = append(append(text, d.bytes()...), ',')
	}
	return all, text, nil
}
