package extract

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"strings"

	"graphlake/extract/graph"
	"graphlake/schemas"
)

// Listed are the elements of a listing, as Graph sent them: of what has the id, with the properties that are wanted. A
// list whose token has run out, or of which elements are missing, is begun again, and nothing is given twice. The first
// error is the last thing that it yields.
func Listed(ctx context.Context, c *graph.Client, l schemas.Listing, id string, properties []string) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		req := requestOf(l, id, properties)
		var restarts restarts
		for {
			all, err := listedOnce(ctx, c, req)
			if restarts.allow(err) {
				continue
			}
			if err != nil {
				yield(nil, fmt.Errorf("list %s: %w", l.Path, err))
				return
			}
			for _, element := range all {
				if !yield(element, nil) {
					return
				}
			}
			return
		}
	}
}

// One is the element that has the id, as Graph sent it.
func One(ctx context.Context, c *graph.Client, l schemas.Listing, id string, properties []string) ([]byte, error) {
	v, err := c.Get(ctx, requestOf(l, id, properties))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", l.Path, err)
	}
	return v.JSON, nil
}

func requestOf(l schemas.Listing, id string, properties []string) graph.Request {
	fill := strings.NewReplacer("{select}", strings.Join(properties, ","))
	return graph.Request{Version: l.API, Path: l.Path, Params: map[string]string{"id": id}, Query: params(l.Query, fill), Budget: l.Budget, Resource: id}
}

func listedOnce(ctx context.Context, c *graph.Client, req graph.Request) (all [][]byte, err error) {
	for page, err := range c.Pages(ctx, req) {
		if err != nil {
			return nil, err
		}
		for _, v := range page.Values {
			all = append(all, bytes.Clone(v.JSON)) // not the page
		}
	}
	return all, nil
}
