package extract

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"

	"graphlake/extract/graph"
	"graphlake/internal/record"
	"graphlake/schemas"
)

// listParents gives all parents. Of those that have parents themselves, whom one of these does not give is
// behind with it.
func (x *Reading) listParents(ctx context.Context, records chan<- []record.Record) (all []parent, err error) {
	source := x.dataset.Source.Parent
	if source.Of != nil {
		all, err = x.listChildren(ctx, records)
	} else {
		all, err = x.list(ctx, records, source, parent{})
	}
	x.counts.parents.Add(int64(len(all)))
	return all, err
}

// listChildren gives parents that have parents themselves, of several of these at once.
func (x *Reading) listChildren(ctx context.Context, records chan<- []record.Record) ([]parent, error) {
	source := x.dataset.Source.Parent
	above, err := x.list(ctx, records, source.Of, parent{})
	if err != nil {
		return nil, err
	}
	children := make([][]parent, len(above))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(x.options.Workers)
	for i, of := range above {
		g.Go(func() (err error) {
			place := x.behind.ask()
			if children[i], err = x.list(ctx, records, source, of); err != nil {
				return x.failed(ctx, place, of.id, err)
			}
			x.behind.list(place)
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	return slices.Concat(children...), nil
}

// mostAgain is how often a list is begun again because the token of its next page had run out, and mostShort
// because it counts more elements than came. A single page is asked for again by the client.
const (
	mostAgain = 3
	mostShort = 1
)

// beginnings counts how often a list was begun again.
type beginnings struct{ expired, short int }

// again says whether a list that broke off is begun again.
func (b *beginnings) again(err error) bool {
	if _, ends := errors.AsType[over](err); ends {
		return false
	}
	e, ok := errors.AsType[*graph.Error](err)
	switch {
	case ok && e.Kind == graph.ExpiredCursor:
		b.expired++
		return b.expired <= mostAgain
	case ok && e.Kind == graph.Incomplete && e.Tries == 0:
		b.short++
		return b.short <= mostShort
	}
	return false
}

// list gives the elements of a collection of parents, each once.
func (x *Reading) list(ctx context.Context, records chan<- []record.Record, source *schemas.Parent, of parent) ([]parent, error) {
	var begun beginnings
	for {
		all, err := x.listOnce(ctx, records, source, of)
		if !begun.again(err) {
			return all, err
		}
	}
}

func (x *Reading) listOnce(ctx context.Context, records chan<- []record.Record, source *schemas.Parent, of parent) ([]parent, error) {
	var all []parent
	met := map[string]bool{}
	for page, err := range x.pages(ctx, x.parentsRequest(source, of)) {
		if err != nil {
			return nil, fmt.Errorf("list the parents: %w", err)
		}
		for _, element := range page.Values {
			p := parent{id: string(element.ID), of: of.id}
			if p.id == "" {
				if err := x.handNameless(ctx, records, element); err != nil {
					return nil, err
				}
				continue
			}
			if !met[p.id] {
				met[p.id] = true
				all = append(all, p)
			}
		}
	}
	return all, nil
}
