package state

import (
	"maps"
	"slices"
	"strings"
	"time"

	"graphlake/schemas"
)

// Behind is a parent or a record that could not be read: whom, the range that is missing, since when, and
// why. A lake with pseudonyms knows both by these. The ids are as [foreign.Shown] has them, which is not how raw has those of chats and
// channels: what is compared with them has to be so, too.
type Behind struct {
	Parent string    `json:"parent,omitempty"`
	Record string    `json:"record,omitempty"`
	From   time.Time `json:"from"`
	To     time.Time `json:"to,omitzero"` // zero of whom is gone
	Reason string    `json:"reason"`
	Since  time.Time `json:"since,omitzero"`
	// NotFound is since when it is not found, where it is not.
	NotFound time.Time `json:"not_found,omitzero"`
	// Unlisted is since when no list names the parent any more.
	Unlisted time.Time `json:"unlisted,omitzero"`
	// Gone says that the list still names the parent and that it was not found for so long that it is believed.
	// What is missing of it is remembered all the same.
	Gone bool `json:"gone,omitempty"`
}

// ID is the parent's or the record's.
func (b Behind) ID() string { return b.Parent + b.Record }

// IsNotFound reports whether Graph answered that it is not there.
func (b Behind) IsNotFound() bool { return strings.HasPrefix(b.Reason, notFound) }

// LacksPolicy reports whether Graph answered that there is no application access policy of Teams.
func (b Behind) LacksPolicy() bool { return strings.HasPrefix(b.Reason, noPolicy) }

// How a reason begins: with the kind of the error.
const (
	notFound = "not found"
	noPolicy = "no access policy"
)

// mostBehind are listed in the state itself; tens of thousands would make every step slow.
const mostBehind = 64

// patience is how long a parent that the list names, and that is not found when it is asked for, is not
// believed to be gone: a mailbox is moved, or has no licence for a day.
const patience = 7 * schemas.Day

// BehindSince is from when on parents that are behind have to be read.
func (s *State) BehindSince() map[string]time.Time {
	since := map[string]time.Time{}
	for _, b := range s.Behind {
		if b.Parent != "" {
			since[b.Parent] = b.From
		}
	}
	return since
}

// Missing are those who are behind and not gone.
func (s *State) Missing() []Behind {
	return slices.DeleteFunc(slices.Clone(s.Behind), func(b Behind) bool { return b.Gone })
}

// MissingRecords are the times of records that are to be read again.
func (s *State) MissingRecords() []schemas.Range {
	var all []schemas.Range
	for _, b := range s.Behind {
		if b.Record != "" {
			all = append(all, schemas.Range{From: b.From, To: b.To})
		}
	}
	return all
}

// MarkBehind notes of whom a reading of a range has read what. Whoever was behind and was read is no longer, up to
// the end of the range; whoever was not even asked, because no list names them any more, stays. Of a range
// before that what is missing it says nothing.
func (s *State) MarkBehind(d schemas.Dataset, r schemas.Range, read Answers, now time.Time) {
	known := map[string]Behind{}
	for _, old := range s.Behind {
		known[old.ID()] = old
	}
	first := !s.Remembers // nothing is known that could contradict
	s.Remembers = true
	next := map[string]Behind{}
	for _, b := range read.Behind {
		b.Since = now.UTC()
		if b.IsNotFound() {
			b.NotFound = now.UTC()
		}
		if old, ok := known[b.ID()]; ok { // what was missing before stays so, whatever is answered now
			b.From, b.To, b.Since = schemas.Earlier(b.From, old.From), schemas.Later(b.To, old.To), old.Since
			if b.IsNotFound() && !old.NotFound.IsZero() {
				b.NotFound = old.NotFound
			}
		}
		gone := first || known[b.ID()].Gone || !now.Before(b.NotFound.Add(patience))
		if (b.Parent != "" || d.Mode.Pictures()) && b.IsNotFound() && gone {
			b.Gone, b.To = true, time.Time{}
		}
		next[b.ID()] = b
	}
	for id, old := range known {
		if _, still := next[id]; still {
			continue
		}
		answered := old.Parent != "" && read.Answered[old.Parent]
		switch {
		case d.Mode.Fleeting(), old.Gone:
			continue // what it was not read for is past, or there was nothing
		case answered:
			old.From = schemas.Later(old.From, r.To.UTC())
		case old.Record != "":
			old.From, old.To = read.rest(old)
		case old.Parent != "" && old.Unlisted.IsZero():
			old.Unlisted = now.UTC()
		case old.Parent != "" && !now.Before(old.Unlisted.Add(patience)):
			s.Lost = append(s.Lost, Lost{From: old.From, To: old.To, Parent: old.Parent, Noted: now.UTC()})
			continue
		}
		if old.From.Before(old.To) {
			next[id] = old
		}
	}
	s.Behind = nil
	for _, id := range slices.Sorted(maps.Keys(next)) {
		s.Behind = append(s.Behind, next[id])
	}
}

// Answers is what a reading says of whom it could read and whom not, in the ids of the lake.
type Answers struct {
	Behind   []Behind
	Answered map[string]bool // parents that were read to the end
	Within   schemas.Range   // records listed in it that are not behind were read, or are not listed any more
}

// rest is what of a record is still missing: of what was read its times are taken at both ends. A record that has moved while it could
// not be read is missing from where it was to where it is now, which several ranges may cover, one after the other.
func (a Answers) rest(b Behind) (from, to time.Time) {
	from, to = b.From, b.To
	if !from.Before(a.Within.From) {
		from = schemas.Later(from, a.Within.To.UTC())
	}
	if !to.After(a.Within.To) {
		to = schemas.Earlier(to, a.Within.From.UTC())
	}
	return from, to
}
