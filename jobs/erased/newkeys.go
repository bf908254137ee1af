package erased

import (
	"context"
	"hash/maphash"
	"slices"
	"time"

	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/schemas"
	"graphlake/transform/privacy"
)

// NewKeys are keys that people have got since they were erased, as by a new name: a reading of people gives their records,
// which do not get in, and others' records are about to name them by these.
//
//	n := erased.NewKeys{…}
//	n.Add(record)                  // each that is read, as Graph sent it
//	list, grown, err := n.Note(…)  // before any of them is published
type NewKeys struct {
	TenantID string
	Datasets []schemas.Dataset // whose pictures say what others have
	Of       []schemas.Key
	IsErased func(key string) bool

	people []Person
	others []uint64        // what those have who were not erased, hashed
	all    map[uint64]bool // spellings of the keys that are left, hashed; nil: not made yet
}

var seed = maphash.MakeSeed()

func hashed(spelling string) uint64 { return maphash.String(seed, spelling) }

// Add adds a record of somebody.
func (n *NewKeys) Add(text []byte) {
	p, had, ok := recorded(n.Of, text, privacy.Settings{})
	if !ok {
		return
	}
	if !n.IsErased(p.ID) {
		for spelling := range had {
			n.others = append(n.others, hashed(spelling))
		}
		return
	}
	one := Person{Keys: p.Keys[:1:1]} // the id, by which they are known already
	for _, k := range p.Keys[1:] {
		if !k.Common && !n.IsErased(k.Value) {
			one.Keys = append(one.Keys, k)
		}
	}
	if len(one.Keys) > 1 {
		n.people = append(n.people, one)
	}
}

// recorded is the person of a record, with what it says of them ([Directory.addHad]).
func recorded(of []schemas.Key, text []byte, settings privacy.Settings) (p Person, had map[string][]string, ok bool) {
	d := NewDirectory(settings)
	if !d.Add(of, text) {
		return Person{}, nil, false
	}
	ids := map[string]bool{}
	for id := range d.keys {
		ids[id] = true
	}
	return d.People(ids)[0], d.had, true
}

// Note puts the keys on the list of the lake, as one more erasure of these people, so that all that the lake holds goes through
// it once more. A key that somebody else has, or has had in any picture, stays out: theirs would go.
func (n *NewKeys) Note(ctx context.Context, store state.Store, lake *load.Lake, settings privacy.Settings) (l List, grown bool, err error) {
	if err := n.leaveShared(ctx, lake, settings); err != nil || len(n.people) == 0 {
		return l, false, err
	}
	l, err = Update(ctx, store, func(l *List) error {
		return l.Add(Erasure{At: time.Now().UTC().Truncate(time.Second), By: "graphlake", Reason: "new keys of who was erased", Tenants: []string{n.TenantID}}, n.people, settings)
	})
	return l, err == nil, err
}

// leaveShared leaves out the keys that are somebody else's too, in whatever spelling they would be found there.
func (n *NewKeys) leaveShared(ctx context.Context, lake *load.Lake, settings privacy.Settings) error {
	for _, spelling := range n.others {
		n.leave(spelling, settings)
	}
	if len(n.people) == 0 {
		return nil
	}
	for of, err := range pictured(ctx, lake, n.Datasets, []string{n.TenantID}) {
		if err != nil {
			return err
		}
		p, had, ok := recorded(of.keys, of.text, settings)
		if !ok || n.IsErased(p.ID) {
			continue
		}
		for spelling := range had {
			n.leave(hashed(spelling), settings)
		}
	}
	return nil
}

// leave leaves out the keys with a spelling that somebody else has. A name that is part of theirs is one as a whole only.
func (n *NewKeys) leave(spelling uint64, settings privacy.Settings) {
	if n.all == nil {
		n.all = map[uint64]bool{}
		for _, p := range n.people {
			for _, k := range p.Keys[1:] {
				for _, one := range spellings(k, settings) {
					n.all[hashed(one)] = true
					if k.Kind == privacy.NameKey {
						n.all[hashed(within+one)] = true
					}
				}
			}
		}
	}
	if !n.all[spelling] {
		return
	}
	n.all = nil
	left := n.people[:0]
	for _, p := range n.people {
		keys := p.Keys[:1]
		for _, k := range p.Keys[1:] {
			all := spellings(k, settings)
			if k.Kind == privacy.NameKey && slices.ContainsFunc(all, func(one string) bool { return hashed(within+one) == spelling }) {
				k.Kind = privacy.FullNameKey
			}
			if !slices.ContainsFunc(all, func(one string) bool { return hashed(one) == spelling }) {
				keys = append(keys, k)
			}
		}
		if p.Keys = keys; len(keys) > 1 {
			left = append(left, p)
		}
	}
	n.people = left
}

// spellings are those of a key in clear in a lake, in which it may be a pseudonym.
func spellings(k Key, settings privacy.Settings) []string {
	all := k.Spellings()
	if len(settings.Key) > 0 && len(all) > 0 {
		all = append(all, settings.Pseudonym(k.Value))
	}
	return all
}
