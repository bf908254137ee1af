package graph

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"iter"
	"net/url"
	"strings"

	abs "github.com/microsoft/kiota-abstractions-go"
)

// Pages reads a collection to its end. A page may be empty and still not be the last. After an error
// there is no further page: what was read until then is not the collection.
func (c *Client) Pages(ctx context.Context, r Request) iter.Seq2[Page, error] {
	return func(yield func(Page, error) bool) {
		info, err := r.info()
		c.walk(ctx, r, step{info: info, err: err}, yield)
	}
}

// Follow goes on from a nextLink that Graph gave earlier, with r's headers and budget. All its pages
// count as further pages.
func (c *Client) Follow(ctx context.Context, r Request, link string) iter.Seq2[Page, error] {
	return func(yield func(Page, error) bool) {
		c.walk(ctx, r, c.follow(r, link), yield)
	}
}

// Resume goes on from a cursor, which is what [Relative] made of a deltaLink, like Follow.
func (c *Client) Resume(ctx context.Context, r Request, cursor string) iter.Seq2[Page, error] {
	return c.Follow(ctx, r, c.endpoint.String()+cursor)
}

// step is the next request of a collection, or why there cannot be one.
type step struct {
	info *abs.RequestInformation
	link string // empty for the first page
	err  error
}

func (c *Client) follow(r Request, link string) step {
	u, err := c.linkURL(link)
	if err != nil {
		return step{err: err}
	}
	return step{info: r.at(u), link: link}
}

func (c *Client) walk(ctx context.Context, r Request, next step, yield func(Page, error) bool) {
	seen := map[uint64]bool{} // hashes: a large collection has megabytes of links
	for next.err == nil {
		seen[maphash.String(seed, next.link)] = true
		page, on, err := c.leading(ctx, r, next, seen)
		if !yield(page, err) || err != nil || page.NextLink == "" {
			return
		}
		next = on
	}
	yield(Page{}, c.rejected(r, next.err))
}

// mostAstray is how often a page is asked for whose link leads astray.
const mostAstray = 3

// leading reads a page, and where its link leads. If that is another host or a page that was read
// before, the page is asked for again, since its link may then be right.
func (c *Client) leading(ctx context.Context, r Request, s step, seen map[uint64]bool) (page Page, on step, err error) {
	for range mostAstray {
		page, err = c.page(ctx, r, s)
		if err != nil || page.NextLink == "" {
			return page, step{}, err
		}
		if on = c.follow(r, page.NextLink); on.err == nil && seen[maphash.String(seed, on.link)] {
			on.err = errors.New("Graph's link leads to a page that was already read, so the collection has no end")
		}
		if on.err == nil {
			break
		}
	}
	return page, on, nil
}

func (c *Client) page(ctx context.Context, r Request, s step) (page Page, err error) {
	k := &call{budget: r.Budget, resource: r.Resource, further: s.link != ""}
	if !k.further {
		k.body = r.Body
	}
	k.accept = func(body []byte) (err error) {
		page, err = decodePage(body)
		return err
	}
	err = c.send(ctx, s.info, k)
	return page, err
}

var seed = maphash.MakeSeed()

// Relative is a link without the endpoint, as it can be kept: it means the same wherever the endpoint
// is then.
func Relative(link string) string {
	u, err := url.Parse(link)
	if err != nil || u.Host == "" || u.User != nil {
		return link
	}
	return u.RequestURI()
}

// linkURL parses a link, which must lead to the endpoint: the token goes there and nowhere else.
func (c *Client) linkURL(link string) (*url.URL, error) {
	u, err := url.Parse(link)
	if err != nil {
		return nil, errors.New("the link is no URL") // url.Error would quote it, tokens included
	}
	if !strings.EqualFold(u.Scheme, c.endpoint.Scheme) || !strings.EqualFold(u.Host, c.endpoint.Host) || u.User != nil {
		return nil, fmt.Errorf("a link to %s://%s is not followed: the token is for %s only", u.Scheme, u.Host, c.endpoint)
	}
	return u, nil
}
