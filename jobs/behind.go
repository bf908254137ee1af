package jobs

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"graphlake/extract"
	"graphlake/extract/graph"
	"graphlake/load"
	"graphlake/schemas"
)

// Behind is a parent or a record that could not be read: whom, the range that is missing, since when, and
// why. A lake with pseudonyms knows both by these.
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

func (b Behind) id() string { return b.Parent + b.Record }

func (b Behind) notFound() bool { return strings.HasPrefix(b.Reason, graph.NotFound.String()) }

// mostBehind are listed in the state itself; tens of thousands would make every step slow.
const mostBehind = 64

// patience is how long a parent that the list names, and that is not found when it is asked for, is not
// believed to be gone: a mailbox is moved, or has no licence for a day.
const patience = 7 * schemas.Day

// behindSince is from when on parents that are behind have to be read.
func (s *State) behindSince() map[string]time.Time {
	since := map[string]time.Time{}
	for _, b := range s.Behind {
		if b.Parent != "" {
			since[b.Parent] = b.From
		}
	}
	return since
}

// missing are those who are behind and not gone.
func (s *State) missing() []Behind {
	return slices.DeleteFunc(slices.Clone(s.Behind), func(b Behind) bool { return b.Gone })
}

// missingRecords are the times of records that are to be read again.
func (s *State) missingRecords() []schemas.Range {
	var all []schemas.Range
	for _, b := range s.Behind {
		if b.Record != "" {
			all = append(all, schemas.Range{From: b.From, To: b.To})
		}
	}
	return all
}

// lag notes of whom a reading of a range has read what. Whoever was behind and was read is no longer, up to
// the end of the range; whoever was not even asked, because no list names them any more, stays. Of a range
// before that what is missing it says nothing.
func (s *State) lag(d schemas.Dataset, r schemas.Range, read reading, now time.Time) {
	known := map[string]Behind{}
	for _, old := range s.Behind {
		known[old.id()] = old
	}
	first := !s.Remembers // nothing is known that could contradict
	s.Remembers = true
	next := map[string]Behind{}
	for _, b := range read.behind {
		b.Since = now.UTC()
		if b.notFound() {
			b.NotFound = now.UTC()
		}
		if old, ok := known[b.id()]; ok { // what was missing before stays so, whatever is answered now
			b.From, b.To, b.Since = earlier(b.From, old.From), later(b.To, old.To), old.Since
			if b.notFound() && !old.NotFound.IsZero() {
				b.NotFound = old.NotFound
			}
		}
		gone := first || known[b.id()].Gone || !now.Before(b.NotFound.Add(patience))
		if (b.Parent != "" || d.Mode.Pictures()) && b.notFound() && gone {
			b.Gone, b.To = true, time.Time{}
		}
		next[b.id()] = b
	}
	for id, old := range known {
		if _, still := next[id]; still {
			continue
		}
		answered := old.Parent != "" && read.answered(old.Parent)
		switch {
		case d.Mode.Fleeting(), old.Gone:
			continue // what it was not read for is past, or there was nothing
		case answered, old.Record != "" && read.covers(old):
			old.From = later(old.From, r.To.UTC())
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

// reading is what a reading says of whom it could read and whom not, in the ids of the lake.
type reading struct {
	behind   []Behind
	answered func(parent string) bool
	within   schemas.Range // records listed in it that are not behind were read, or are not listed any more
}

func (r reading) covers(b Behind) bool {
	return !b.From.Before(r.within.From) && !b.To.After(r.within.To)
}

// ofReading says the same in the lake's ids.
func (u *unit) ofReading(x *extract.Reading) reading {
	r := reading{within: u.Range, answered: func(string) bool { return false }}
	for _, b := range x.Behind() {
		r.behind = append(r.behind, Behind{
			Parent: u.run.Privacy.Pseudonym(b.Parent), Record: u.called(b.Record), From: b.From.UTC(), To: b.To.UTC(), Reason: b.Reason,
		})
	}
	if len(u.run.Privacy.Key) == 0 {
		r.answered = x.Answered
		return r
	}
	who := map[string]bool{}
	for id := range x.AllAnswered() {
		who[u.run.Privacy.Pseudonym(id)] = true
	}
	r.answered = func(id string) bool { return who[id] }
	return r
}

// document is the state as it is stored, and the object that it leaves its long list to, if any.
func (h *holding) document(s State) (text []byte, object string, list []byte, err error) {
	s.BehindObject = ""
	if len(s.Behind) > mostBehind {
		if list, err = json.Marshal(s.Behind); err != nil {
			return nil, "", nil, err
		}
		sum := sha256.Sum256(list)
		object = strings.TrimSuffix(h.pair().object(), ".json") + ".behind-" + hex.EncodeToString(sum[:8]) + ".json"
		s.Behind, s.BehindObject = nil, object
	}
	text, err = json.Marshal(s)
	return text, object, list, err
}

// putBehind stores a list under the name of its content.
func putBehind(ctx context.Context, store Store, object string, list []byte) error {
	_, err := store.Swap(ctx, object, "", list)
	if errors.Is(err, load.ErrConflict) {
		return nil // it is there already
	}
	return err
}

func loadBehind(ctx context.Context, store load.Store, name string) ([]Behind, error) {
	object, err := store.Open(ctx, name)
	if err != nil {
		return nil, fmt.Errorf("parents that are behind: %w", err)
	}
	defer object.Close()
	text, err := io.ReadAll(io.NewSectionReader(object, 0, object.Info().Size))
	if err != nil {
		return nil, fmt.Errorf("parents that are behind: %w", err)
	}
	var all []Behind
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return all, nil
}
