package extract

import (
	"context"
	"fmt"

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
// Graph may repeat a page. So an element that an earlier page held in the very same bytes is dropped;
// twice in one page it stays. Elements of one id and other content all stay: Graph is known to give
// two people one id, and which of two versions counts is not for a reading to decide.
func (x *Reading) rest(ctx context.Context, h hole, r graph.Request) ([][]byte, error) {
	earlier := map[sum]bool{}
	first, err := elements(h.array)
	if err != nil {
		return nil, err
	}
	if _, err := drafts(first, earlier); err != nil {
		return nil, err
	}
	var rest [][]byte
	for page, err := range x.client.Follow(ctx, r, h.link) {
		if err != nil {
			return nil, err
		}
		fresh, err := drafts(page.Values, earlier)
		if err != nil {
			return nil, err
		}
		for _, d := range fresh {
			element, err := x.finish(ctx, d, r)
			if err != nil {
				return nil, err
			}
			rest = append(rest, element)
		}
	}
	return rest, nil
}

// drafts are the elements of a page that no earlier page held, to which the page is then added. They
// are compared without annotations, whose links differ from page to page.
func drafts(page [][]byte, earlier map[sum]bool) ([]*draft, error) {
	var fresh []*draft
	var sums []sum
	for _, element := range page {
		d, err := newDraft(element)
		if err != nil {
			return nil, err
		}
		key := sumOf(d.bytes())
		sums = append(sums, key)
		if !earlier[key] {
			fresh = append(fresh, d)
		}
	}
	for _, key := range sums {
		earlier[key] = true
	}
	return fresh, nil
}
