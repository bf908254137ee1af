package graph

import (
	"bytes"
	"context"
	"fmt"
	"strconv"

	abs "github.com/microsoft/kiota-abstractions-go"
)

// walkSkipping yields the pages of a collection that is paged by $skip. Three things about it are not to be relied on.
//
// A short page is not the last: the service may put fewer on a page than $top asks for. The collection has ended when
// nothing comes behind all that came.
//
// $skip may be ignored: the first page would come again, for ever. That is an error.
//
// The collection may change while it is read: whatever is removed before a place moves an element there that nobody asks
// for any more. So each page begins with the last element of the one before, and if another one is there, the list is to be
// read anew. That holds for an order which changes from page to page, too.
//
// To skip everything may be refused. That is the end too, once the last element came alone where more would have fitted: from
// a limit on $skip on, more would have come with it.
//
// Once a page has a link, links lead, and the collection ends where there is none.
func (c *Client) walkSkipping(ctx context.Context, r Request, info *abs.RequestInformation, yield func(Page, error) bool) {
	t, s := newTally(step{}), skipping{step: step{info: info, skipped: true}}
	for s.step.err == nil {
		page, on, err := c.readPage(ctx, r, s.step, t)
		if s.probe && KindOf(err) == Rejected && (s.largest > 1 || s.all == 1) {
			page, err = Page{}, nil
		}
		linked := page.NextLink != "" // it has a cursor of its own, and nothing has to be skipped any more
		if err == nil {
			err = s.take(r, &page)
		}
		if err != nil {
			yield(Page{}, err)
			return
		}
		t.add(page)
		if linked {
			page.Values = deleteNulls(page.Values)
			if !yield(page, nil) {
				return
			}
			if on.err == nil {
				on.err = t.endless(r.mostPages(c.mostPages))
			}
			c.walk(ctx, r, on, t, yield)
			return
		}
		came := len(page.Values)
		if page.Values = deleteNulls(page.Values); !yield(page, nil) {
			return
		}
		switch {
		case came > 0:
			s.probe = s.all < 2
		case s.probe || s.all == 0:
			if err := t.tooFew(); err != nil {
				yield(Page{}, r.newError(Incomplete, err))
			}
			return
		default: // nothing came but the last element, which may be all that fits on a page
			s.probe = true
		}
		if s.step = s.next(r); s.step.err == nil {
			s.step.err = t.endless(r.mostPages(c.mostPages))
		}
	}
	yield(Page{}, r.newError(Malformed, s.step.err))
}

// skipping is how far a collection was read by $skip.
type skipping struct {
	step        step
	all         int // elements that came
	from        int // $skip of the step
	largest     int // elements of a page
	probe       bool
	first, last mark
}

// next asks from the last element on or, to learn whether there are more, from behind it.
func (s *skipping) next(r Request) step {
	s.from = s.all
	if !s.probe {
		s.from--
	}
	query := make([]Param, 0, len(r.Query)+1)
	query = append(append(query, r.Query...), Param{"$skip", strconv.Itoa(s.from)})
	r.Query = query
	info, err := r.info()
	return step{info: info, skipped: true, err: err}
}

// take takes the page's elements that came already off it, and is an error if it is not the page that was asked for.
func (s *skipping) take(r Request, page *Page) error {
	values := page.Values
	s.largest = max(s.largest, len(values))
	overlaps := s.from < s.all
	switch {
	case overlaps && len(values) > 0 && s.last.is(values[0]):
		values = values[1:]
	case s.from > 0 && len(values) > 0 && s.first.is(values[0]):
		return r.Malformed(fmt.Sprintf("the collection does not end: its beginning came again for $skip=%d", s.from))
	case overlaps:
		return r.Incomplete(fmt.Sprintf("the collection has changed while it was read: another element is at $skip=%d", s.from))
	}
	if len(values) > 0 {
		if s.all == 0 {
			s.first = markOf(values[0])
		}
		s.last = markOf(values[len(values)-1])
	}
	s.all += len(values)
	page.Values = values
	return nil
}

// A mark is what an element is told from others by: its id or, where it has none, all that it says.
type mark struct{ id, text []byte }

func markOf(v Value) mark { return mark{bytes.Clone(v.ID), bytes.Clone(v.JSON)} }

func (m mark) is(v Value) bool {
	return bytes.Equal(m.text, v.JSON) || len(m.id) > 0 && bytes.Equal(m.id, v.ID)
}
