package graph

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"iter"
	"net/url"
	"slices"
	"strings"

	abs "github.com/microsoft/kiota-abstractions-go"

	"graphlake/internal/foreign"
)

// Pages reads a collection to its end. A page may be empty and still not be the last. After an error
// there is no further page: what was read until then is not the collection. That fewer elements came
// than a page has counted is an error too. The pages belong to the caller; nothing is read ahead of it.
func (c *Client) Pages(ctx context.Context, r Request) iter.Seq2[Page, error] {
	return func(yield func(Page, error) bool) {
		info, err := r.info()
		if err != nil {
			yield(Page{}, r.newError(Rejected, err))
			return
		}
		if r.Skip {
			c.walkSkipping(ctx, r, info, yield)
			return
		}
		c.walk(ctx, r, step{info: info}, newTally(step{}), yield)
	}
}

// Follow goes on from a nextLink that Graph gave earlier, with r's headers and budget. All its pages
// count as further pages. What they count is not looked at: it may be of the pages before, too.
func (c *Client) Follow(ctx context.Context, r Request, link string) iter.Seq2[Page, error] {
	return func(yield func(Page, error) bool) {
		next := c.follow(r, link)
		c.walk(ctx, r, next, newTally(next), yield)
	}
}

// Resume goes on from a cursor, which is what [Relative] made of a deltaLink, like Follow.
func (c *Client) Resume(ctx context.Context, r Request, cursor string) iter.Seq2[Page, error] {
	return c.Follow(ctx, r, c.endpoint.String()+cursor)
}

// step is the next request of a collection, or why there cannot be one.
type step struct {
	info    *abs.RequestInformation
	link    string // empty for the first page, and for those that are asked for by $skip
	skipped bool   // by $skip: what comes is of the collection, wherever it ends
	err     error
}

func (c *Client) follow(r Request, link string) step {
	u, err := c.linkURL(link)
	if err != nil {
		return step{err: err}
	}
	return step{info: r.at(u), link: link}
}

// walk yields the pages from a step on. What came before is in t.
func (c *Client) walk(ctx context.Context, r Request, next step, t *tally, yield func(Page, error) bool) {
	for next.err == nil {
		page, on, err := c.readPage(ctx, r, next, t)
		if err == nil {
			t.add(page)
			page.Values = deleteNulls(page.Values)
		}
		if !yield(page, err) || err != nil {
			return
		}
		if page.NextLink == "" {
			if err := t.tooFew(); err != nil {
				yield(Page{}, r.newError(Incomplete, err))
			}
			return
		}
		if next = on; next.err == nil {
			next.err = t.endless(r.mostPages(c.mostPages))
		}
	}
	yield(Page{}, r.newError(Malformed, next.err))
}

// deleteNulls takes out what is counted, and is nothing.
func deleteNulls(elements []Value) []Value {
	return slices.DeleteFunc(elements, func(v Value) bool { return string(v.JSON) == "null" })
}

// tally counts the pages of a collection that came, and knows the links that led to them.
type tally struct {
	fromStart bool            // it started at the first page
	links     map[uint64]bool // hashes of links: a large collection has megabytes of them
	pages     int
	empty     int // of them, the last without an element, or with those of the page before
	last      uint64
	bytes     int64 // of the elements
	elements  int64
	count     int64 // the largest that was named
}

// newTally is of a collection that is read from a step on.
func newTally(first step) *tally {
	return &tally{links: map[uint64]bool{}, fromStart: first.link == "" && first.err == nil}
}

func (t *tally) addLink(link string)      { t.links[maphash.String(seed, link)] = true }
func (t *tally) hasLink(link string) bool { return t.links[maphash.String(seed, link)] }

func (t *tally) add(p Page) {
	t.pages++
	t.empty++
	var h maphash.Hash
	h.SetSeed(seed)
	for _, v := range p.Values {
		h.Write(v.JSON)
		t.bytes += int64(len(v.JSON))
	}
	if says := h.Sum64(); says != t.last && len(p.Values) > 0 {
		t.empty, t.last = 0, says
	}
	t.elements += int64(len(p.Values))
	t.count = max(t.count, p.Count)
}

// tooFew is an error if the pages so far, as all there are, lack elements. Some services count the
// collection on every page, some on the first, and some the page alone.
func (t *tally) tooFew() error {
	if t.fromStart && t.elements < t.count {
		return &incompleteError{what: fmt.Sprintf("the collection counts %d elements, and %d came", t.count, t.elements)}
	}
	return nil
}

// cut is an error if the last page lacks elements of its own. What it counts is of the page, or of what is left, if there
// are more elements already and no page before has counted as many: then it was cut off, with the link to the next one.
func (t *tally) cut(last Page) error {
	came := int64(len(last.Values))
	if t.fromStart && last.Count > came && last.Count < t.elements+came && last.Count != t.count {
		return &incompleteError{what: fmt.Sprintf("the last page counts %d elements, and %d came", last.Count, came)}
	}
	return nil
}

// endless is an error if there cannot be a further page.
func (t *tally) endless(most int) error {
	switch {
	case t.empty > mostEmpty:
		return fmt.Errorf("the collection does not end: the last %d pages had nothing new", t.empty)
	case t.pages >= most:
		return fmt.Errorf("the collection does not end: it has more than %d pages", most)
	case t.bytes > mostListing:
		return fmt.Errorf("the collection does not end: it has more than %d GiB", mostListing>>30)
	}
	return nil
}

// mostPages is how many pages r's collection may have, given how many one of all may have.
func (r Request) mostPages(ofAll int) int {
	if r.Resource == "" {
		return ofAll
	}
	return min(ofAll, mostOfOne)
}

// mostBadLinks is how often a page is asked for whose link cannot be followed.
const mostBadLinks = 3

// readPage reads a page, and where its link leads. If that is another host or a page that was read
// before, the page is asked for again, since its link may then be right. So it is if the link to its
// changes leads to another host; where it stays so, or leads to another collection, it is not handed out.
func (c *Client) readPage(ctx context.Context, r Request, s step, t *tally) (page Page, on step, err error) {
	t.addLink(s.link)
	var bad error
	for range mostBadLinks {
		page, err = c.page(ctx, r, s, t)
		if err != nil {
			return page, step{}, err
		}
		if on = (step{}); page.NextLink != "" {
			on = c.follow(r, page.NextLink)
		}
		if on.err == nil && page.NextLink != "" && t.hasLink(on.link) {
			on.err = errors.New("Graph's link leads to a page that was already read, so the collection has no end")
		}
		if bad = nil; page.DeltaLink != "" {
			_, bad = c.linkURL(page.DeltaLink)
		}
		if on.err == nil && bad == nil {
			break
		}
	}
	if page.DeltaLink != "" {
		bad = c.checkDelta(r, page.DeltaLink)
	}
	if bad != nil {
		page.DeltaLink, page.BadDeltaLink = "", true
		c.log.WarnContext(ctx, "the link to a collection's changes cannot be used", "url", "/"+r.Version+r.Path, "error", bad)
	}
	return page, on, nil
}

func (c *Client) page(ctx context.Context, r Request, s step, t *tally) (page Page, err error) {
	k := &call{tries: r.Tries, budget: r.Budget, resource: r.Resource, further: s.link != "" || s.skipped && t.pages > 0}
	if !k.further {
		k.body = r.Body
	}
	k.accept = func(body []byte) (err error) {
		page, err = decodePage(body, r.Fields)
		switch {
		case err != nil || page.NextLink != "" || s.skipped:
		case k.further:
			err = t.cut(page)
		default: // the whole collection, which is asked for again
			alone := *t
			alone.add(page)
			err = alone.tooFew()
		}
		return err
	}
	err = c.send(ctx, s.info, k)
	return page, err
}

var seed = maphash.MakeSeed()

// Relative is a link without the endpoint, as it can be kept: it means the same wherever the endpoint
// is then.
func Relative(link string) string {
	u, err := parseLink(link)
	if err != nil || u.Host == "" || u.User != nil {
		return link
	}
	return u.RequestURI()
}

// parseLink takes a link as it is, but for spaces: around it they mean nothing, and in it Graph leaves some, which
// no request can have.
func parseLink(link string) (*url.URL, error) {
	return url.Parse(strings.ReplaceAll(strings.TrimSpace(link), " ", "%20"))
}

// checkDelta says what is wrong with a link to the changes of r's collection: it has a token, and leads to the
// same collection, however that is spelled.
func (c *Client) checkDelta(r Request, link string) error {
	u, err := c.linkURL(link)
	if err != nil {
		return err
	}
	if !strings.EqualFold(firstSegment(strings.TrimPrefix(u.Path, c.endpoint.Path)), firstSegment("/"+r.Version+r.Path)) {
		return errors.New("the link leads to another collection")
	}
	if !strings.Contains(strings.ToLower(u.RawQuery), "token=") {
		return errors.New("the link has no token")
	}
	return nil
}

// firstSegment is the first segment of a path below the version, without what stands in parentheses.
func firstSegment(path string) string {
	segments := strings.SplitN(path, "/", 4)
	if len(segments) < 3 {
		return ""
	}
	name, _, _ := strings.Cut(segments[2], "(")
	return name
}

// linkURL parses a link, which must lead to the endpoint: the token goes there and nowhere else.
func (c *Client) linkURL(link string) (*url.URL, error) {
	u, err := parseLink(link)
	if err != nil {
		return nil, errors.New("the link is no URL") // url.Error would quote it, tokens included
	}
	if !strings.EqualFold(u.Scheme, c.endpoint.Scheme) || !strings.EqualFold(u.Host, c.endpoint.Host) || u.User != nil {
		return nil, fmt.Errorf("a link to %s is not followed: the token is for %s only", foreign.Host(u), c.endpoint)
	}
	return u, nil
}
