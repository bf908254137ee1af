package exclude

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"graphlake/extract"
	"graphlake/extract/graph"
	"graphlake/jobs/erased"
	"graphlake/schemas"
	"graphlake/transform/privacy"
)

// Settings are who, and what, is not to be in a lake.
type Settings struct {
	Users         []string // by their ids or sign-in names
	Groups        []string // by their ids: all who are in them, also by other groups
	PrivateEvents bool     // records that their owners call private
}

// Anybody reports whether somebody is named.
func (s Settings) Anybody() bool { return len(s.Users)+len(s.Groups) > 0 }

// Requirements are what the directory asks for before it says who is named.
func (s Settings) Requirements() (all []schemas.Requirement) {
	if s.Anybody() {
		for _, l := range schemas.Everybody {
			all = append(all, l.Permissions)
		}
	}
	if len(s.Groups) > 0 {
		all = append(all, schemas.MembersOf.Permissions)
	}
	return all
}

// Error says that it could not be found out who is left out.
type Error struct {
	Err         error
	Permissions schemas.Requirement // of which one opens what was asked for; none: that is not what is missing
}

func (e *Error) Error() string {
	return "nothing is read of the tenant, because it could not be found out who privacy.exclude leaves out: " + e.Err.Error()
}

func (e *Error) Unwrap() error { return e.Err }

// ErrNobody says that what is named is nobody, as far as can be seen.
var ErrNobody = errors.New("it is nobody")

// The ways in which it is nobody, and what to do.
var (
	errUnknown = fmt.Errorf("%w: no directory of this run knows it, not among the deleted either; write the id where it is a sign-in name, run all tenants at once, or take it out", ErrNobody)
	errSeveral = fmt.Errorf("%w: several people have this address; write the id of the one who is meant", ErrNobody)
	errEmpty   = fmt.Errorf("%w: nobody is in the group, or it hides its members, and to see them takes Member.Read.Hidden; name the people, or take it out", ErrNobody)
)

// Excluded are those who are left out of some tenants. Nil are none.
type Excluded struct {
	people  map[string]*privacy.People // by the tenant's id
	errs    map[string]error           // of tenants of which nothing may be read
	private bool
}

// Err says why nothing may be read of a tenant.
func (x *Excluded) Err(tenantID string) error {
	if x == nil {
		return nil
	}
	return x.errs[tenantID]
}

// Of are those who are left out of a tenant.
func (x *Excluded) Of(tenantID string) *privacy.People {
	if x == nil {
		return nil
	}
	return x.people[tenantID]
}

// Filter is what takes them out of the records of a dataset as Graph sent them, before anything else is done with these.
func (x *Excluded) Filter(tenantID string, d schemas.Dataset) (*privacy.Filter, error) {
	if x != nil && x.private {
		return x.Of(tenantID).WithoutPrivate(d)
	}
	return x.Of(tenantID).Filter(d)
}

// Find asks the directories of some tenants who is left out, of each by its client. The list is the lake's: its salt makes
// the marks of people, so that they are the same every night, and who was erased is known to the lake by that word.
func (s Settings) Find(ctx context.Context, clients map[string]*graph.Client, tenants []string, list erased.List, lake privacy.Settings) *Excluded {
	x := &Excluded{map[string]*privacy.People{}, map[string]error{}, s.PrivateEvents}
	if !s.Anybody() {
		return x
	}
	found := map[string][]erased.Person{} // by the tenant's id
	nobody := map[string]error{}          // what is named and nowhere found, by its place in the configuration
	for i := range s.Users {
		nobody[place("users", i)] = errUnknown
	}
	for i := range s.Groups {
		nobody[place("groups", i)] = errUnknown
	}
	for _, id := range tenants {
		var err error
		if found[id], err = s.in(ctx, clients[id], nobody); err != nil {
			x.errs[id] = err
		}
	}
	if len(x.errs) == 0 { // else one of them may say more of an id
		for i, id := range s.Users { // of whom the directory has gone, records may still have the id
			if at := place("users", i); nobody[at] != nil && !strings.Contains(id, "@") {
				delete(nobody, at)
				for _, tenantID := range tenants {
					found[tenantID] = append(found[tenantID], bare(id))
				}
			}
		}
	}
	if len(nobody) > 0 {
		at := slices.Sorted(maps.Keys(nobody))[0]
		for _, id := range tenants {
			x.errs[id] = cmp.Or(x.errs[id], error(&Error{Err: fmt.Errorf("%s: %w", at, nobody[at])}))
		}
	}
	for _, id := range tenants {
		var err error
		if x.people[id], err = people(id, found, list, lake); err != nil {
			x.errs[id] = cmp.Or(x.errs[id], err)
		}
	}
	return x
}

// Ask reports whether the directory of a tenant says who is left out. Whom it does not know, that of another may.
func (s Settings) Ask(ctx context.Context, c *graph.Client) error {
	const tenant = ""
	return s.Find(ctx, map[string]*graph.Client{tenant: c}, []string{tenant}, erased.List{Salt: privacy.NewSalt()}, privacy.Settings{}).Err(tenant)
}

func place(of string, i int) string { return fmt.Sprintf("privacy.exclude.%s[%d]", of, i) }

// bare is somebody of whom the id alone is known.
func bare(id string) erased.Person {
	return erased.Person{ID: id, Keys: []erased.Key{{PersonKey: privacy.PersonKey{Kind: privacy.IDKey, Value: id}}}}
}

// people are those who are left out of a tenant: its own by all their keys, and those of others by what is theirs everywhere.
func people(tenantID string, found map[string][]erased.Person, list erased.List, lake privacy.Settings) (*privacy.People, error) {
	all, err := privacy.NewPeople(list.Salt)
	if err != nil {
		return nil, err
	}
	gone := list.Of(tenantID)
	add := func(keys []privacy.PersonKey) error {
		word := privacy.Excluded
		if gone.Has(keys[0].Value) || gone.Has(lake.Pseudonym(keys[0].Value)) { // as the lake has them already
			word = privacy.Erased
		}
		return all.Add(privacy.Person{Word: word, Keys: keys}, lake)
	}
	for _, p := range found[tenantID] {
		err = errors.Join(err, add(p.Taken()))
	}
	for _, id := range slices.Sorted(maps.Keys(found)) {
		for _, p := range found[id] {
			if id != tenantID {
				err = errors.Join(err, add(slices.DeleteFunc(p.Taken(), func(k privacy.PersonKey) bool {
					return k.Kind == privacy.NameKey || k.Kind == privacy.OtherKey
				})))
			}
		}
	}
	return all, err
}

// in finds out who of a tenant is left out, and takes what it finds from what is nobody.
func (s Settings) in(ctx context.Context, c *graph.Client, nobody map[string]error) ([]erased.Person, error) {
	d := erased.NewDirectory(privacy.Settings{})
	there, deleted := schemas.Everybody[0], schemas.Everybody[1]
	listed, err := list(ctx, c, there, d.Add)
	if err == nil && listed == 0 {
		err = &Error{errors.New("the list of users names nobody, which no directory does"), there.Permissions}
	}
	if err != nil {
		return nil, err
	}
	groups := map[int][]member{}
	for i, group := range s.Groups {
		all, err := members(ctx, c, group)
		if graph.KindOf(err) == graph.NotFound {
			continue
		}
		if err != nil {
			return nil, &Error{err, schemas.MembersOf.Permissions}
		}
		groups[i] = all
	}
	for _, id := range s.named(groups) {
		if err := askFor(ctx, c, id, d); err != nil {
			return nil, err
		}
	}
	if _, err := list(ctx, c, deleted, d.AddFormer); err != nil { // what they had is whose it is now
		return nil, err
	}
	ids := map[string]bool{}
	for i, given := range s.Users {
		p, err := d.Find(given)
		switch _, several := errors.AsType[*erased.AmbiguousError](err); {
		case several:
			nobody[place("users", i)] = errSeveral
		case p.ID != "":
			ids[p.ID] = true
			delete(nobody, place("users", i))
		}
	}
	var others []erased.Person // who are no users, or no longer
	for i := range s.Groups {
		all, known := groups[i]
		if !known {
			continue
		}
		if len(all) == 0 {
			nobody[place("groups", i)] = errEmpty
			continue
		}
		delete(nobody, place("groups", i))
		for _, m := range all {
			if d.Has(m.id) {
				ids[privacy.Normalize(m.id)] = true
			} else {
				others = append(others, bare(m.id))
			}
		}
	}
	return append(d.People(ids), others...), nil
}

// list adds all who are in a list, and says how many they are.
func list(ctx context.Context, c *graph.Client, l schemas.Listing, add func([]schemas.Key, []byte) bool) (n int, err error) {
	for text, err := range extract.Listed(ctx, c, l, "", propertiesOfPeople()) {
		if err == nil && !add(schemas.KeysOfPeople, text) {
			err = errors.New("a user has no id")
		}
		if err != nil {
			return n, &Error{err, l.Permissions}
		}
		n++
	}
	return n, nil
}

func propertiesOfPeople() (all []string) {
	for _, k := range schemas.KeysOfPeople {
		all = append(all, string(k.Path))
	}
	return all
}

// askFor asks for a user whom the list of users lacks: it may be short, and by the id alone nobody's name would be known. Who
// is not found is gone.
func askFor(ctx context.Context, c *graph.Client, id string, d *erased.Directory) error {
	if d.Has(id) {
		return nil
	}
	text, err := extract.One(ctx, c, schemas.OneUser, id, propertiesOfPeople())
	if graph.KindOf(err) == graph.NotFound {
		return nil
	}
	if err == nil && (!d.Add(schemas.KeysOfPeople, text) || !d.Has(id)) {
		err = errors.New("a user who was asked for by the id has another one")
	}
	if err != nil {
		return &Error{err, schemas.OneUser.Permissions}
	}
	return nil
}

// named are the ids of users that are named, or in groups.
func (s Settings) named(groups map[int][]member) (ids []string) {
	for _, id := range s.Users {
		if !strings.Contains(id, "@") {
			ids = append(ids, id)
		}
	}
	for i := range s.Groups {
		for _, m := range groups[i] {
			if m.user {
				ids = append(ids, m.id)
			}
		}
	}
	return ids
}

type member struct {
	id   string
	user bool // as far as the group says
}

// members are those who are in a group, also by a group in it, which is nobody itself.
func members(ctx context.Context, c *graph.Client, group string) (all []member, err error) {
	for text, err := range extract.Listed(ctx, c, schemas.MembersOf, group, nil) {
		if err != nil {
			return nil, err
		}
		var one struct {
			Type string `json:"@odata.type"`
			ID   string `json:"id"`
		}
		if err := json.Unmarshal(text, &one); err != nil || one.ID == "" {
			return nil, errors.New("a member of a group has no id")
		}
		if one.Type != "#microsoft.graph.group" {
			all = append(all, member{one.ID, one.Type == "" || one.Type == "#microsoft.graph.user"})
		}
	}
	return all, nil
}
