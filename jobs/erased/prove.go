package erased

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"strings"

	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/transform/privacy"
)

// Prove searches a lake for all who were erased, and for people who are known by keys in clear.
func (l List) Prove(ctx context.Context, s Search, people []Person, settings privacy.Settings) (Proof, error) {
	p := Proof{Of: []string{}, Erasures: l.Erasures, Ways: Ways(len(people) > 0)}
	if p.Erasures == nil {
		p.Erasures = []Erasure{}
	}
	s.People = l.All()
	if len(people) > 0 {
		set, keys, err := named(people, settings)
		if err != nil {
			return p, err
		}
		s.People, s.Keys = append(s.People, set), keys
		for _, one := range people {
			p.Of = append(p.Of, l.hash(one, settings))
		}
	}
	var err error
	p.Result, err = s.Run(ctx)
	p.Clean = p.Result.Clean()
	return p, err
}

// named are people as a set of its own, and all of their keys in clear, with their pseudonyms.
func named(people []Person, settings privacy.Settings) (*privacy.People, []privacy.PersonKey, error) {
	set, err := privacy.NewPeople(privacy.NewSalt())
	if err != nil {
		return nil, nil, err
	}
	var keys []privacy.PersonKey
	for _, one := range people {
		if err := set.Add(privacy.Person{Word: privacy.Erased, Keys: one.Taken()}, settings); err != nil {
			return nil, nil, err
		}
		for _, k := range one.Taken() {
			keys = append(keys, k)
			if len(settings.Key) > 0 {
				keys = append(keys, privacy.PersonKey{Kind: privacy.IDKey, Value: settings.Pseudonym(k.Value)})
			}
		}
	}
	return set, keys, nil
}

// Names reports whether a text has one of some people in it.
func Names(text string, people []Person, settings privacy.Settings) (bool, error) {
	set, _, err := named(people, settings)
	if err != nil || text == "" {
		return false, err
	}
	return set.Text(text) != text || len(settings.Key) > 0 && namesPseudonym(text, people, settings), nil
}

// longestNamed is how many words of a text are taken for one key: a name of four, a number in five groups.
const longestNamed = 6

// namesPseudonym reports whether words of a text, one or some in a row, are a key of which the lake has the pseudonym.
func namesPseudonym(text string, people []Person, settings privacy.Settings) bool {
	known := map[string]bool{}
	for _, p := range people {
		for _, k := range p.Keys {
			known[k.Value] = true
		}
	}
	words := strings.Fields(text)
	for i := range words {
		for n := 1; n <= longestNamed && i+n <= len(words); n++ {
			if known[settings.Pseudonym(strings.Trim(strings.Join(words[i:i+n], " "), `.,;:!?"'()[]<>`))] {
				return true
			}
		}
	}
	return false
}

// Keep puts a proof into the lake, and gives its name.
func (p Proof) Keep(ctx context.Context, store state.Store) (object string, err error) {
	object = load.ProofObject(p.At.UTC().Format("20060102T150405Z-") + strings.ToLower(rand.Text()[:8]))
	text, err := json.Marshal(p)
	if err == nil {
		_, err = store.Swap(ctx, object, "", append(text, '\n'))
	}
	if err != nil {
		return "", fmt.Errorf("keep the proof: %w", err)
	}
	return object, nil
}
