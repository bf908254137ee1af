package facts

import (
	"cmp"
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"graphlake/schemas"
)

// Who was in a call, and for how long.
//
// A person is who was at an end of an answered or joined leg: a user, external or a phone, with an id. Legs of one person
// that overlap or touch are one stay; seconds are those of the stays, so that what overlaps counts once. A leg whose end is
// not told, or before its start, says nothing of how long somebody was there and is no stay.

// stay is the time of a leg in which a person was.
type stay struct {
	person string
	member bool
	span
}

type personsTable struct {
	call, person           *array.StringBuilder
	callStart, first, last *array.TimestampBuilder
	member                 *array.BooleanBuilder
	stays                  *array.Int32Builder
	seconds                *array.Float64Builder
}

func (c *calls) bindPersons(f *Facts) []array.Builder {
	const of = "call_persons"
	t := &c.personsTable
	return []array.Builder{
		give(f, of, "call_id", &t.call), give(f, of, "call_start_time", &t.callStart), give(f, of, "person_id", &t.person),
		give(f, of, "is_member", &t.member), give(f, of, "stays", &t.stays), give(f, of, "first_time", &t.first),
		give(f, of, "last_time", &t.last), give(f, of, "seconds", &t.seconds),
	}
}

// computePersons makes rows of the persons in the legs of a call, by their ids.
func (c *calls) computePersons(call int) {
	c.stays = c.stays[:0]
	for i := range c.legs {
		l := &c.legs[i]
		if !l.talked() || !l.timed || l.end < l.start {
			continue
		}
		for side, k := range l.kinds {
			if id := text(c.session.ends[side].id, l.row); k.isPerson() && id != "" && !schemas.IsNobody(id) {
				c.stays = append(c.stays, stay{id, k == user, span{l.start, l.end}})
			}
		}
	}
	slices.SortFunc(c.stays, func(a, b stay) int {
		return cmp.Or(strings.Compare(a.person, b.person), cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to))
	})
	for all := c.stays; len(all) > 0; {
		n := 1
		for n < len(all) && all[n].person == all[0].person {
			n++
		}
		c.person(call, all[:n])
		all = all[n:]
	}
}

// person makes the row of a person, whose stays stand by their start.
func (c *calls) person(call int, stays []stay) {
	one := stays[0]
	count, whole := int32(1), arrow.Timestamp(0)
	current := one.span
	for _, s := range stays[1:] {
		one.member = one.member || s.member
		if s.from <= current.to {
			current.to = max(current.to, s.to)
			continue
		}
		count++
		whole += current.to - current.from
		current = s.span
	}
	whole += current.to - current.from
	t := &c.personsTable
	t.call.Append(c.call.id.Value(call))
	appendTime(t.callStart, c.call.start, call)
	t.person.Append(one.person)
	t.member.Append(one.member)
	t.stays.Append(count)
	t.first.Append(one.from)
	t.last.Append(current.to) // no stay before the last one ends later
	t.seconds.Append(seconds(0, whole))
}
