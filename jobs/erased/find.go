package erased

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"graphlake/schemas"
	"graphlake/transform/privacy"
)

// Person is somebody who is to be erased. It is for whoever has named them: it is never logged or kept.
type Person struct {
	Given string // the key by which they were named
	ID    string // empty: no picture knows them, so they are known by what was given alone
	Keys  []Key
}

// Key is something by which a person is known.
type Key struct {
	privacy.PersonKey
	Property string // of their record; empty: it was given
	Shared   bool   // somebody else has it too, so that it stays
	Common   bool   // too short or common a text to be one person's, so that it stays
}

// Taken are the keys that go, the id, or what was given, first.
func (p Person) Taken() (all []privacy.PersonKey) {
	for _, k := range p.Keys {
		if !k.Shared && !k.Common {
			all = append(all, k.PersonKey)
		}
	}
	return all
}

// AmbiguousError says that a key is that of several people.
type AmbiguousError struct{ IDs []string }

func (e *AmbiguousError) Error() string {
	return fmt.Sprintf("%d people have this key: name the one that is meant by the id: %s", len(e.IDs), strings.Join(e.IDs, ", "))
}

// ErrNoKey says that by what was given nobody can be found.
var ErrNoKey = errors.New("nobody can be found by it: want an id, an address, a number with its country, or a name of two words")

// shortestOther is how long other keys are at least by which somebody is named.
const shortestOther = 4

// A Directory is what the records of people say of them, of one picture or of many.
type Directory struct {
	settings privacy.Settings
	owners   map[string][]string       // ids by what has been one of their keys, in its normal form
	keys     map[string]map[string]Key // by id and normal form
	order    map[string][]string       // normal forms by id, in the order in which they were met
	had      map[string][]string       // ids by what has been said of them anywhere in their record, in the spellings that keys are found by
}

// NewDirectory knows nobody yet. The settings are those that the records of people were kept by.
func NewDirectory(settings privacy.Settings) *Directory {
	return &Directory{settings, map[string][]string{}, map[string]map[string]Key{}, map[string][]string{}, map[string][]string{}}
}

// Add adds a record of a person, and reports whether it says whose it is.
func (d *Directory) Add(of []schemas.Key, text []byte) bool { return d.add(of, text, false) }

// AddFormer adds somebody who was deleted: what others have now is theirs.
func (d *Directory) AddFormer(of []schemas.Key, text []byte) bool { return d.add(of, text, true) }

func (d *Directory) add(of []schemas.Key, text []byte, former bool) bool {
	var record map[string]any
	if json.Unmarshal(text, &record) != nil {
		return false
	}
	ids := texts(record, of[0].Path)
	if len(ids) != 1 || ids[0] == "" {
		return false
	}
	id := privacy.Normalize(ids[0])
	if d.keys[id] == nil {
		d.keys[id] = map[string]Key{}
	}
	if !former {
		d.addHad(id, "", record)
	}
	for i, k := range of {
		values := texts(record, k.Path)
		for _, value := range values { // the directory puts the id in front of the name of whom it deletes
			if before, ok := strings.CutPrefix(value, strings.ReplaceAll(id, "-", "")); ok && i > 0 && before != "" {
				values = append(values, before)
			}
		}
		for _, value := range values {
			kind := privacy.KeyKind(k.Kind)
			normal := privacy.Normalize(value)
			if normal == "" || kind == privacy.OtherKey && (len(normal) < shortestOther || len(d.settings.Key) > 0) {
				continue // of an alias the pseudonym is that of a last name, too
			}
			if len(d.settings.Key) > 0 { // what is there is a pseudonym
				kind = privacy.IDKey
			}
			key := privacy.PersonKey{Kind: kind, Value: value}
			if _, known := d.keys[id][normal]; known || former && (len(d.owners[normal]) > 0 || len(d.others(key, map[string]bool{id: true})) > 0) {
				continue
			}
			if former {
				d.addSpellings(id, key)
			}
			d.keys[id][normal] = Key{PersonKey: key, Property: string(of[i].Path)}
			d.order[id] = append(d.order[id], normal)
			d.owners[normal] = append(d.owners[normal], id)
		}
	}
	return true
}

// addHad notes what is said of somebody in a value of their record. A name may be the whole of one or part of another, and consist of
// several; of what the organization says in attributes of its own only numbers are theirs, for it may name others there.
func (d *Directory) addHad(id, property string, value any) {
	switch value := value.(type) {
	case map[string]any:
		for name, v := range value {
			switch {
			case strings.HasPrefix(name, "manager"), strings.HasPrefix(name, "@"): // somebody else
			case property == "" || strings.HasPrefix(name, "extensionAttribute"):
				d.addHad(id, name, v)
			default:
				d.addHad(id, property, v)
			}
		}
		if property == "" {
			given, _ := value["givenName"].(string)
			surname, _ := value["surname"].(string)
			d.addHad(id, "surname", given+" "+surname)
		}
	case []any:
		for _, v := range value {
			d.addHad(id, property, v)
		}
	case string:
		if len(d.settings.Key) > 0 {
			if !strings.HasPrefix(property, "extension") && !strings.HasPrefix(property, "onPremisesExtension") {
				d.addSpellings(id, privacy.PersonKey{Kind: privacy.IDKey, Value: value})
			}
			return
		}
		d.addSpellings(id, privacy.PersonKey{Kind: privacy.NumberKey, Value: value})
		if strings.HasPrefix(property, "extension") || strings.HasPrefix(property, "onPremisesExtension") {
			return
		}
		d.addSpellings(id, privacy.PersonKey{Kind: privacy.AddressKey, Value: value})
		d.addSpellings(id, privacy.PersonKey{Kind: privacy.OtherKey, Value: value})
		switch property {
		case "displayName", "givenName", "surname":
			d.addSpellings(id, privacy.PersonKey{Kind: privacy.NameKey, Value: value})
			for _, name := range privacy.Names(value) {
				d.addSpelling(id, within+name)
			}
		}
	}
}

// within is in front of names that are part of one that somebody has.
const within = "in "

func (d *Directory) addSpellings(id string, k privacy.PersonKey) {
	for _, spelling := range k.Spellings() {
		d.addSpelling(id, spelling)
	}
}

func (d *Directory) addSpelling(id, spelling string) {
	if all := d.had[spelling]; !slices.Contains(all, id) {
		d.had[spelling] = append(all, id)
	}
}

// others are those beside some people who have a key too, in one of the spellings by which it is found.
func (d *Directory) others(k privacy.PersonKey, ids map[string]bool) (all []string) {
	for _, spelling := range k.Spellings() {
		for _, id := range d.had[spelling] {
			if !ids[id] {
				all = append(all, id)
			}
		}
	}
	return all
}

// isWithin reports whether somebody beside some people has a name in theirs.
func (d *Directory) isWithin(name privacy.PersonKey, ids map[string]bool) bool {
	return slices.ContainsFunc(name.Spellings(), func(spelling string) bool {
		return slices.ContainsFunc(d.had[within+spelling], func(id string) bool { return !ids[id] })
	})
}

// Has reports whether the directory knows an id.
func (d *Directory) Has(id string) bool { return d.keys[privacy.Normalize(id)] != nil }

// People are some by their ids. What nobody else has than they is theirs.
func (d *Directory) People(ids map[string]bool) (all []Person) {
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		p := Person{ID: id}
		for _, n := range d.order[id] {
			k := d.keys[id][n]
			if n != id {
				k.Shared, k.Common = len(d.others(k.PersonKey, ids)) > 0, len(k.Spellings()) == 0
				if k.Kind == privacy.NameKey && !k.Shared && d.isWithin(k.PersonKey, ids) {
					k.Kind = privacy.FullNameKey
				}
			}
			p.Keys = append(p.Keys, k)
		}
		all = append(all, p)
	}
	return all
}

// Together are people that were found and are erased at once: what nobody else has than they is theirs.
func (d *Directory) Together(found []Person) []Person {
	ids := map[string]bool{}
	for _, p := range found {
		if p.ID != "" {
			ids[p.ID] = true
		}
	}
	theirs := map[string][]Key{}
	for _, p := range d.People(ids) {
		theirs[p.ID] = p.Keys
	}
	together := slices.Clone(found)
	for i, p := range together {
		keys := theirs[p.ID]
		together[i].Keys = append(slices.Clone(keys), p.Keys[len(keys):]...) // what was given and no picture has comes last
	}
	return together
}

// texts are the texts at a path of names, also those of a list.
func texts(record map[string]any, path schemas.Path) (all []string) {
	var at any = record
	for name := range strings.SplitSeq(string(path), ".") {
		object, _ := at.(map[string]any)
		at = object[name]
	}
	switch at := at.(type) {
	case string:
		return []string{at}
	case []any:
		for _, one := range at {
			if text, ok := one.(string); ok {
				all = append(all, text)
			}
		}
	}
	return all
}

// Find is who has a key. Nobody may have it: then a person is known by it alone, as a caller by their number.
func (d *Directory) Find(given string) (Person, error) {
	asked := given
	p := Person{Given: asked}
	normal := privacy.Normalize(given)
	if normal == "" {
		return p, ErrNoKey
	}
	ids := d.ownersOf(given)
	if number := "+" + strings.TrimLeft(normal, "0"); len(ids) == 0 && strings.Trim(normal, "0123456789") == "" && len(normal) >= shortestNumber {
		if owners := d.ownersOf(number); len(owners) > 0 { // written without its plus, or with 00 in its place
			ids, given, normal = owners, number, number
		}
	}
	if d.keys[normal] != nil { // an id is nobody else's
		ids = []string{normal}
	}
	if len(ids) > 1 {
		return p, &AmbiguousError{ids}
	}
	for _, id := range ids {
		p = d.People(map[string]bool{id: true})[0]
		p.Given = asked
	}
	if len(ids) > 0 && d.keys[p.ID][normal].Value != "" {
		return p, nil
	}
	kind, ok := kindOf(given)
	if !ok {
		return p, ErrNoKey
	}
	p.Keys = append(p.Keys, Key{PersonKey: privacy.PersonKey{Kind: kind, Value: given}})
	return p, nil
}

// shortestNumber is how many digits a number with its country has at least.
const shortestNumber = 8

// ownersOf are those who have a key, in clear or by its pseudonym.
func (d *Directory) ownersOf(given string) []string {
	ids := slices.Clone(d.owners[privacy.Normalize(given)])
	if len(d.settings.Key) > 0 {
		ids = append(ids, d.owners[d.settings.Pseudonym(given)]...)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// kindOf is of which kind a key is that no picture has.
func kindOf(given string) (privacy.KeyKind, bool) {
	normal := privacy.Normalize(given)
	digits := 0
	for _, c := range normal {
		if c >= '0' && c <= '9' {
			digits++
		}
	}
	switch {
	case strings.Contains(normal, "@"):
		return privacy.AddressKey, true
	case digits >= 7 && strings.Trim(normal, "+0123456789 ()-./;ext=") == "":
		return privacy.NumberKey, strings.HasPrefix(normal, "+")
	case strings.ContainsRune(strings.TrimSpace(given), ' '):
		return privacy.NameKey, true
	case len(normal) >= 8 && digits > 0:
		return privacy.IDKey, true
	}
	return "", false
}
