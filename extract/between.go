package extract

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"graphlake/extract/graph"
	"graphlake/internal/json"
	"graphlake/schemas"
)

// element is one of a collection between a parent and its records.
type element struct {
	name string // of such an element
	id   string
	kept []byte // the JSON object that the records carry of it; nil: none
}

// mostFailing is how many elements of a collection between a parent and its records are tried if none of them answers: whom the
// application may not ask for is not asked for all of a year's meetings. A policy that is missing is of all of them.
const mostFailing = 3

// fullDepth is how many answers it takes to come to records of a parent, and to have read them.
func (r *Reading) fullDepth() int { return len(r.dataset.Source.Between) + 1 }

// readBetween reads the records of a listing's parent, by way of the collections between them: of each element that leads on what
// lies behind it, one after the other. What is wrong with one element leaves the others alone, and is then the parent's. It says how
// deep it came: after how many answers.
func (r *Reading) readBetween(ctx context.Context, l *listing, of func(parent) take) (depth int, err error) {
	way := r.dataset.Source.Between
	level := len(l.parent.by)
	if level == len(way) {
		if err := l.windows(ctx, of(l.parent)); err != nil {
			return level, depthError{err, level}
		}
		return r.fullDepth(), nil
	}
	elements, err := r.elementsOf(ctx, &way[level], l)
	if err != nil {
		return level, depthError{fmt.Errorf("%s: %w", way[level].Name, err), level}
	}
	depth = level + 1
	var first, missing error
	failed, answered, absent := 0, 0, 0
	for _, e := range elements {
		next := *l
		next.parent.by = append(slices.Clip(l.parent.by), e)
		below, err := r.readBetween(ctx, &next, of)
		depth = max(depth, below)
		switch {
		case err == nil:
			answered++
		case graph.KindOf(err) == graph.NotFound: // it has gone since it was listed, or never was; it is no record, so no count has it
			missing = err
			absent++
		case !ofElement(ctx, err):
			return depth, err
		default:
			if first == nil {
				first = err
			}
			if failed++; graph.KindOf(err) == graph.NoPolicy || answered == 0 && failed >= mostFailing {
				return depth, first
			}
		}
	}
	if first == nil && answered == 0 && absent >= mostFailing { // as that all have gone is not to be believed at once
		return depth, missing
	}
	return depth, first
}

// ofElement says whether an error may be of the element alone that was asked for.
func ofElement(ctx context.Context, err error) bool {
	if _, ends := errors.AsType[serviceError](err); ends || ctx.Err() != nil {
		return false
	}
	e, ok := errors.AsType[*graph.Error](err)
	return !ok || !e.SignIn && !e.OfTenant && e.Status != 401
}

// elementsOf are the elements of a collection that lead on, each once.
func (r *Reading) elementsOf(ctx context.Context, source *schemas.Between, l *listing) ([]element, error) {
	var restarts restarts
	for {
		all, err := r.elementsOnce(ctx, source, l)
		if !restarts.allow(err) {
			return all, err
		}
	}
}

func (r *Reading) elementsOnce(ctx context.Context, source *schemas.Between, l *listing) (all []element, err error) {
	id, err := namesOf(source.ID)
	if err != nil {
		return nil, err
	}
	met := map[string]bool{}
	for page, err := range r.client.Pages(ctx, r.betweenRequest(source, l.whole(), l.parent)) {
		if err != nil {
			return nil, err
		}
		for _, v := range page.Values {
			e := element{name: source.Name, id: string(v.ID)}
			if len(id) > 0 {
				e.id = string(json.Unquote(json.At(v.JSON, id...)))
			}
			on, err := meetsWhere(source, v.JSON)
			if err != nil {
				return nil, err
			}
			if e.id == "" || len(e.id) > graph.MostID || met[e.id] || !on {
				continue
			}
			met[e.id] = true
			e.keep(source.Keep, v.JSON)
			all = append(all, e)
		}
	}
	return all, nil
}

// meetsWhere says whether all is true of an element that has to be.
func meetsWhere(source *schemas.Between, of []byte) (bool, error) {
	for _, p := range source.Where {
		names, err := namesOf(p)
		if err != nil {
			return false, err
		}
		if len(names) == 0 {
			return false, errors.New("nothing is at the empty path")
		}
		if !bytes.Equal(json.At(of, names...), []byte("true")) {
			return false, nil
		}
	}
	return true, nil
}

// keep makes what the records carry of the element: its id, and what it has of the named members.
func (e *element) keep(names []string, of []byte) {
	if len(names) == 0 {
		return
	}
	e.kept = json.AppendQuoted([]byte(`{"id":`), e.id)
	for _, name := range names {
		if value := json.At(of, name); value != nil {
			e.kept = append(json.AppendQuoted(append(e.kept, ','), name), ':')
			e.kept = append(e.kept, value...)
		}
	}
	e.kept = append(e.kept, '}')
}
