package extract

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sync/errgroup"

	"graphlake/schemas"
)

// listParents gives the parents, as many at a time as one request names.
func (x *Reading) listParents(ctx context.Context, to chan<- []parent) error {
	source := x.dataset.Source.Parent
	if source.Of != nil {
		return x.listChildren(ctx, to)
	}
	var batch []parent
	err := x.list(ctx, source, parent{}, func(p parent) error {
		x.counts.parents.Add(1)
		if batch = append(batch, p); len(batch) < source.Batch {
			return nil
		}
		full := batch
		batch = nil
		return send(ctx, to, full)
	})
	if err != nil || len(batch) == 0 {
		return err
	}
	return send(ctx, to, batch)
}

// listChildren gives parents that have parents themselves, of several of these at once.
func (x *Reading) listChildren(ctx context.Context, to chan<- []parent) error {
	source := x.dataset.Source.Parent
	g, ctx := errgroup.WithContext(ctx)
	above := make(chan parent)
	g.Go(func() error {
		defer close(above)
		return x.list(ctx, source.Of, parent{}, func(p parent) error { return send(ctx, above, p) })
	})
	for range x.options.Workers {
		g.Go(func() error {
			for of := range above {
				err := x.list(ctx, source, of, func(p parent) error {
					x.counts.parents.Add(1)
					return send(ctx, to, []parent{p})
				})
				if err == nil {
					continue
				}
				if err = x.judge(of.id, err); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return g.Wait()
}

// list gives the elements of a collection of parents, each once.
func (x *Reading) list(ctx context.Context, source *schemas.Parent, of parent, take func(parent) error) error {
	var seen seen
	for page, err := range x.client.Pages(ctx, x.parentsRequest(source, of)) {
		if err != nil {
			return fmt.Errorf("list the parents: %w", err)
		}
		for _, element := range page.Values {
			p := parent{id: string(plain(valueAt(element, place{"id"}))), of: of.id}
			if p.id == "" {
				return errors.New("list the parents: one of them has no id")
			}
			if !seen.first([]byte(p.id)) {
				continue
			}
			if err := take(p); err != nil {
				return err
			}
		}
	}
	return nil
}
