package jobs

import (
	"context"

	"graphlake/internal/record"
	"graphlake/schemas"
	"graphlake/transform/privacy"
)

// leftOut are sets of people who were erased, of one tenant. Whatever is read passes them behind the scrubber, so
// that they find pseudonyms, and what is in a text in clear; none of these people is a parent; and an id of Graph's is
// known to the lake as it is without them.
type leftOut []*privacy.People

// of are those sets that have people.
func leftOutOf(sets ...*privacy.People) (l leftOut) {
	for _, set := range sets {
		if set != nil && set.Len() > 0 {
			l = append(l, set)
		}
	}
	return l
}

// has reports whether an id is one of these people's.
func (l leftOut) has(id string) bool {
	for _, set := range l {
		if _, is := set.Is(id); is {
			return true
		}
	}
	return false
}

// text is a text without people.
func (l leftOut) text(text string) string {
	for _, set := range l {
		text = set.Text(text)
	}
	return text
}

// filter takes people out of the records of a dataset.
func (l leftOut) filter(d schemas.Dataset) (filter, error) {
	var all []*privacy.Filter
	for _, set := range l {
		f, err := set.Filter(d)
		if err != nil {
			return nil, err
		}
		all = append(all, f)
	}
	return func(ctx context.Context, r record.Record) (_ record.Record, stays bool, err error) {
		stays = true
		for i := 0; i < len(all) && stays && err == nil; i++ {
			r, stays, err = all[i].Apply(ctx, r)
		}
		return r, stays, err
	}, nil
}

// inLake is the id of a parent as the lake has it.
func (u *unit) inLake(id string) string {
	return u.left.text(u.session.runner.Privacy.Pseudonym(u.excluded().Text(id)))
}

// excluded are those whom the configuration leaves out.
func (u *unit) excluded() *privacy.People { return u.session.excluded.Of(u.Tenant.ID) }

// inRaw is the id of a record as raw has it.
func (u *unit) inRaw(id string) string {
	id = u.excluded().Text(id)
	root := u.Dataset.Root()
	if key, _ := root.Column(root.Key[0]); key.Personal {
		id = u.session.runner.Privacy.Pseudonym(id)
	}
	return u.left.text(id)
}

// isLeftOut reports whether a parent is one of those who may not be in the lake.
func (u *unit) isLeftOut(id string) bool {
	return u.excluded().Has(id) || u.left.has(id) || u.left.has(u.session.runner.Privacy.Pseudonym(id))
}
