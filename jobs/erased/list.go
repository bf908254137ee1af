package erased

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"

	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/transform/privacy"
)

// List is who was erased. It lies in erased.json, is swapped before anything of somebody goes, and only grows: whatever is
// read later passes it. What of an erasure is not done yet, a run goes on with; the state of each dataset says how many
// erasures its raw, its tables and its lists have been through.
type List struct {
	Format int `json:"format"`
	// Salt of the hashes. Without it they could be looked up in a table of all numbers; with it each lake needs its own.
	Salt []byte `json:"salt"`
	// People are those who were erased of each tenant, by its id.
	People   map[string]*privacy.People `json:"people"`
	Erasures []Erasure                  `json:"erasures"`
}

// Erasure is one command that some people were erased by.
type Erasure struct {
	ID      string    `json:"id"` // sorts by time
	At      time.Time `json:"at"`
	By      string    `json:"by"`
	Reason  string    `json:"reason,omitempty"`
	Tenants []string  `json:"tenants"` // ids
	People  []string  `json:"people"`  // a salted hash of each, as proofs name them
	// Changed are the days that were rewritten, by tenant id and dataset.
	Changed map[string]map[string][]string `json:"changed,omitempty"`
	// Ended is when all of it was done. Zero: a run goes on with it.
	Ended time.Time `json:"ended,omitzero"`
}

// Format is the version of the list's JSON.
const Format = 1

// Load reads the list; one that is not there is empty.
func Load(ctx context.Context, store load.Store) (List, error) {
	l, _, err := read(ctx, store)
	return l, err
}

func read(ctx context.Context, store load.Store) (l List, v load.Version, err error) {
	text, v, err := load.ReadObject(ctx, store, load.Erased)
	if errors.Is(err, fs.ErrNotExist) {
		return List{Format: Format, People: map[string]*privacy.People{}}, "", nil
	}
	if err != nil {
		return l, "", err
	}
	from := json.NewDecoder(bytes.NewReader(text))
	from.DisallowUnknownFields()
	err = from.Decode(&l)
	if _, more := from.Token(); err == nil && more != io.EOF {
		err = errors.New("something follows it")
	}
	if err == nil && l.Format != Format {
		err = fmt.Errorf("its format is %d, not %d", l.Format, Format)
	}
	if err != nil { // nothing may be read from Graph without it: people would come back
		return List{}, "", fmt.Errorf("%s, which says who was erased, is none of this version of graphlake: %w; use the version that wrote it, or restore it from a backup", load.Erased, err)
	}
	if l.People == nil {
		l.People = map[string]*privacy.People{}
	}
	return l, v, nil
}

// Update changes the list in the lake, by compare-and-swap, and gives what it is then. A change may be asked for again.
func Update(ctx context.Context, store state.Store, change func(*List) error) (List, error) {
	for {
		l, v, err := read(ctx, store)
		if err != nil {
			return l, err
		}
		before, err := json.Marshal(l)
		if err == nil {
			err = change(&l)
		}
		if err != nil {
			return l, err
		}
		text, err := json.Marshal(l)
		if err != nil || bytes.Equal(before, text) {
			return l, err
		}
		_, err = store.Swap(ctx, load.Erased, v, append(text, '\n'))
		if !errors.Is(err, load.ErrConflict) {
			return l, err
		}
	}
}

// Of are the people of a tenant who were erased; nil if there are none.
func (l List) Of(tenantID string) *privacy.People { return l.People[tenantID] }

// All are the people of each tenant who were erased.
func (l List) All() []*privacy.People {
	var all []*privacy.People
	for _, id := range slices.Sorted(maps.Keys(l.People)) {
		all = append(all, l.People[id])
	}
	return all
}

// IsWhole reports whether nothing is left to do.
func (l List) IsWhole() bool {
	return !slices.ContainsFunc(l.Erasures, func(e Erasure) bool { return e.Ended.IsZero() })
}

// Has reports whether all keys of a person are known of some tenants, so that to add the person would change nothing.
func (l List) Has(p Person, tenants []string) bool {
	for _, id := range tenants {
		for _, k := range p.Taken() {
			if _, ok := l.People[id].Is(k.Value); !ok {
				return false
			}
		}
	}
	return true
}

// Add adds an erasure of some people. If all of them are known, and an erasure of their tenants has not ended, there is
// nothing to add: that one is gone on with. If it has, all that the lake holds goes through the list once more, because it
// may have been restored from before.
func (l *List) Add(e Erasure, people []Person, settings privacy.Settings) error {
	known := !slices.ContainsFunc(people, func(p Person) bool { return !l.Has(p, e.Tenants) })
	going := slices.ContainsFunc(l.Erasures, func(o Erasure) bool {
		return o.Ended.IsZero() && !slices.ContainsFunc(e.Tenants, func(id string) bool { return !slices.Contains(o.Tenants, id) })
	})
	if known && going {
		return nil
	}
	if len(l.Salt) == 0 {
		l.Salt = privacy.NewSalt()
	}
	for _, id := range e.Tenants {
		if l.People[id] == nil {
			set, err := privacy.NewPeople(l.Salt)
			if err != nil {
				return err
			}
			l.People[id] = set
		}
		for _, p := range people {
			if err := l.People[id].Add(privacy.Person{Word: privacy.Erased, Keys: p.Taken()}, settings); err != nil {
				return err
			}
		}
	}
	e.ID = e.At.UTC().Format("20060102T150405Z-") + strings.ToLower(rand.Text()[:8])
	e.People = nil
	for _, p := range people {
		e.People = append(e.People, l.hash(p, settings))
	}
	l.Erasures = append(l.Erasures, e)
	return nil
}

// hash is how erasures and proofs name a person: by the id, or by what was given; in a lake with pseudonyms by the pseudonym
// of that, as its pictures have it.
func (l List) hash(p Person, settings privacy.Settings) string {
	key := p.Taken()[0].Value
	if len(settings.Key) > 0 && p.ID == "" {
		key = settings.Pseudonym(key)
	}
	set, err := privacy.NewPeople(l.Salt)
	if err != nil {
		return ""
	}
	return set.Hash(strings.ToLower(key))
}

// NoteChanged notes which days of a dataset the erasures from one on have changed.
func (l *List) NoteChanged(from int, p state.Pair, days []time.Time) {
	for i := range l.Erasures {
		e := &l.Erasures[i]
		if i < from || !slices.Contains(e.Tenants, p.TenantID) || len(days) == 0 {
			continue
		}
		if e.Changed == nil {
			e.Changed = map[string]map[string][]string{}
		}
		if e.Changed[p.TenantID] == nil {
			e.Changed[p.TenantID] = map[string][]string{}
		}
		all := e.Changed[p.TenantID][p.Dataset]
		for _, day := range days {
			all = append(all, day.Format(time.DateOnly))
		}
		slices.Sort(all)
		e.Changed[p.TenantID][p.Dataset] = slices.Compact(all)
	}
}

// End notes that so many erasures are done.
func (l *List) End(n int, at time.Time) {
	for i := range l.Erasures[:min(n, len(l.Erasures))] {
		if l.Erasures[i].Ended.IsZero() {
			l.Erasures[i].Ended = at.UTC()
		}
	}
}
