package graphsim

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"
)

// A directoryGroup is a group of the directory.
type directoryGroup struct {
	number  int
	id      guid
	kind    groupKind
	name    string
	size    int // candidates who belong to it from the beginning
	first   int // the user with whom the walk through its candidates begins
	private bool
	created time.Time
	day     int    // the first on which something may change
	source  source // draws what only the directory shows
}

type groupKind uint8

const (
	teamGroup     groupKind = iota // with a team in Teams
	mailGroup                      // a Microsoft 365 group without one
	securityGroup                  // without a mailbox
)

const (
	everyone = 0   // the number of the group of all users
	bigGroup = 1   // the number of the group with bigSize users, if there are as many
	bigSize  = 300 // more than a page of anything
)

// foundedGroups is how many groups there are at the beginning.
func (t *Tenant) foundedGroups() int { return max(4, t.Users/6) }

// foundings is how many groups are founded a day.
func (t *Tenant) foundings() float64 { return float64(t.foundedGroups()) * t.Moves / 1000 }

// groups is how many groups there were until an instant, with those that were deleted.
func (t *Tenant) groups(now time.Time) int {
	return t.foundedGroups() + t.arrived(now, t.foundings(), t.foundedGroups(), 'g')
}

// groupAt is a group as the directory shows it at an instant; or, if it does not, one that was deleted
// as it was then.
func (t *Tenant) groupAt(number int, now time.Time) (g directoryGroup, here bool) {
	g = t.group(number)
	if g.created.After(now) {
		return g, false
	}
	for at, s := range t.moments(g.day, now, t.Moves/1000*2, uint64(number), 'G') {
		switch {
		case at.After(now):
			return g, true
		case s.below(3) == 0 && number > bigGroup:
			return g, false
		}
		g.name = groupName(number, s)
	}
	return g, true
}

// group is a group as first known.
func (t *Tenant) group(number int) directoryGroup {
	s := seeded(t.seed, uint64(number), 'G')
	g := directoryGroup{number: number, id: t.id(groupIDs, uint64(number)), day: t.first}
	g.created = midnight(t.first - s.between(1, 1500)).Add(time.Duration(s.below(secondsPerDay)) * time.Second)
	g.name = groupName(number, &s)
	g.kind = pick(&s, []groupKind{teamGroup, teamGroup, teamGroup, teamGroup, teamGroup, teamGroup, teamGroup, mailGroup, securityGroup, securityGroup})
	g.size = s.between(3, 12)
	if s.chance(0.1) {
		g.size = s.between(13, 60)
	}
	g.first = s.below(t.Users)
	g.private = s.chance(0.6)
	g.source = s
	switch {
	case number == everyone:
		g.kind, g.name = mailGroup, "All Company"
	case number == bigGroup:
		g.kind, g.size = teamGroup, bigSize
	case number >= t.foundedGroups():
		g.created = t.arrival(number-t.foundedGroups(), t.foundings(), number, 'g')
		g.day = dayOf(g.created) + 1
	}
	g.size = min(g.size, t.Users)
	return g
}

// groupName draws the name of a group, which no other group has.
func groupName(number int, s *source) string {
	topic := pick(s, []string{"Budget", "Hiring", "Kilimanjaro", "Launch", "Migration", "Onboarding", "Orchid", "Pricing", "Roadmap", "Überholung"})
	return fmt.Sprintf("%s %s %d", pick(s, departments), topic, number)
}

// findGroup is the group of an id, as it is now.
func (t *Tenant) findGroup(id string, now time.Time) (directoryGroup, error) {
	if number, ok := t.number(groupIDs, id); ok && number < uint64(t.groups(now)) {
		if g, here := t.groupAt(int(number), now); here {
			return g, nil
		}
	}
	return directoryGroup{}, notThere(id)
}

// candidates is how many users may be found in a group, now or later.
func (t *Tenant) candidates(g *directoryGroup, now time.Time) int {
	if g.number == everyone {
		return t.everybody(now)
	}
	return min(t.Users, g.size+g.size/4+1)
}

// candidate is the number of a group's k-th candidate, and whether they belong to it at an instant. Who
// leaves the directory leaves their groups.
func (t *Tenant) candidate(g *directoryGroup, k int, now time.Time) (number int, member bool) {
	if g.number == everyone {
		_, here := t.personAt(k, now)
		return k, here
	}
	number = (g.first + k*stride(t.Users)) % t.Users
	member = k < g.size
	for at := range t.moments(g.day, now, t.Moves/1000*3, uint64(g.number)<<32|uint64(k), 'q') {
		if !at.After(now) {
			member = !member
		}
	}
	if member {
		_, member = t.personAt(number, now)
	}
	return number, member
}

// groupMembers are the users in a group at an instant, from the k-th candidate on, each with its k.
func (t *Tenant) groupMembers(g *directoryGroup, k int, now time.Time) iter.Seq2[int, *person] {
	return func(yield func(int, *person) bool) {
		for ; k < t.candidates(g, now); k++ {
			number, member := t.candidate(g, k, now)
			if !member {
				continue
			}
			if p, _ := t.personAt(number, now); !yield(k, &p) {
				return
			}
		}
	}
}

// owners are the users who own a group at an instant: up to two of its members, and never a guest.
func (t *Tenant) owners(g *directoryGroup, now time.Time) (list []*person) {
	s := g.source
	want := pick(&s, []int{0, 1, 1, 2, 2, 2})
	if g.number == everyone {
		want = 1
	}
	orphaned := g.number > bigGroup && s.chance(0.5) // owned by accounts that are disabled, if there are such
	var enabled []*person
	for _, p := range t.groupMembers(g, 0, now) {
		switch {
		case len(enabled) >= want && !orphaned:
			return enabled
		case p.guest:
		case orphaned && !p.enabled && len(list) < want:
			list = append(list, p)
		case len(enabled) < want:
			enabled = append(enabled, p)
		}
	}
	if len(list) > 0 {
		return list
	}
	return enabled
}

// ownerNumbers are the numbers of a group's owners, none for a group that is not there.
func (t *Tenant) ownerNumbers(g *directoryGroup, now time.Time, here bool) (list []int) {
	if !here {
		return nil
	}
	for _, p := range t.owners(g, now) {
		list = append(list, p.number)
	}
	return list
}

func (g *directoryGroup) visibility() string { return either(g.private, "Private", "Public") }

// description is empty for some.
func (g *directoryGroup) description() string {
	if g.number%5 == 0 {
		return ""
	}
	return "Everything about \"" + g.name + "\""
}

// classification is empty for most.
func (g *directoryGroup) classification() string {
	if g.kind == securityGroup || g.number%4 != 0 {
		return ""
	}
	return "Confidential"
}

// nickname stays when a group is renamed.
func (g *directoryGroup) nickname() string {
	return fmt.Sprintf("group%s%d", strings.ToLower(g.visibility()), g.number)
}

// entity is all that the directory knows of a group.
func (g *directoryGroup) entity() entity {
	s := g.source
	sid := fmt.Sprintf("S-1-12-1-%d-%d", s.below(1e9), s.below(1e9))
	secure := g.kind == securityGroup
	types, addresses, options := []string{"Unified"}, []string{"SMTP:" + g.nickname() + "@" + domain}, []string{"Team"}
	if secure {
		types, addresses = nil, nil
	}
	if g.kind != teamGroup {
		options = nil
	}
	return entity{
		"id", g.id, "deletedDateTime", nil, "classification", orNull(g.classification()), "createdDateTime", g.created,
		"description", orNull(g.description()), "displayName", g.name,
		"expirationDateTime", when(!secure && g.number%7 == 0, g.created.AddDate(6, 0, 0)), "groupTypes", types,
		"isAssignableToRole", when(secure, g.number%3 == 0), "mail", when(!secure, g.nickname()+"@"+domain),
		"mailEnabled", !secure, "mailNickname", g.nickname(), "membershipRule", nil, "membershipRuleProcessingState", nil,
		"onPremisesLastSyncDateTime", nil, "onPremisesSyncEnabled", when(secure && g.number%2 == 0, true),
		"preferredDataLocation", nil, "preferredLanguage", nil, "proxyAddresses", addresses,
		"renewedDateTime", g.created.Add(time.Minute), "resourceBehaviorOptions", []string(nil),
		"resourceProvisioningOptions", options, "securityEnabled", secure, "securityIdentifier", sid, "theme", nil, "uniqueName", nil,
		"visibility", when(!secure, g.visibility()),
	}
}

var (
	groupType = entityType{name: "microsoft.graph.group", sample: func(t *Tenant) entity { g := t.group(0); return g.entity() }}

	changedGroupType = entityType{name: groupType.name, sample: groupType.sample, more: "members owners"}
)

// directoryGroups are the groups at an instant from a number on, each at its number.
func (t *Tenant) directoryGroups(from int, now time.Time) iter.Seq2[int, *directoryGroup] {
	return func(yield func(int, *directoryGroup) bool) {
		for number := from; number < t.groups(now); number++ {
			if g, here := t.groupAt(number, now); here && !yield(number, &g) {
				return
			}
		}
	}
}

func (t *Tenant) listGroups(r *request) (rows, error) {
	return from(t.directoryGroups(r.from, r.now), (*directoryGroup).entity), nil
}

// members are the users in a group, each at its place among the candidates.
func (t *Tenant) listMembers(r *request, g directoryGroup) rows {
	return from(t.groupMembers(&g, r.from, r.now), relatedUser)
}

func (t *Tenant) listOwners(r *request, g directoryGroup) rows {
	return listed(r, t.owners(&g, r.now), relatedUser)
}

func relatedUser(p *person) entity {
	return append(entity{"@odata.type", "#microsoft.graph.user"}, user(p)...)
}

const (
	groupPage    = 100 // groups on a page of delta
	relationPage = 150 // members and owners on it, of all groups together
)

// groupChanges are all groups, or what has changed of them. A group with more members than a page has room for
// comes again on the next page, with all that is selected of it and further members. A place is a group and, in
// the lower half, one of its relations.
func (t *Tenant) groupChanges(r *request) (rows, error) {
	return func(yield func(int, entity) bool) {
		room, end := relationPage, t.groups(r.at)
		k := r.from & (1<<32 - 1)
		for number := r.from >> 32; number < end; number, k = number+1, 0 {
			if room == 0 {
				yield(number<<32|k, nil)
				return
			}
			e, rest := t.groupChange(r, number, k, &room)
			if e != nil && !yield(number<<32|k, e) {
				return
			}
			if rest >= 0 {
				yield(number<<32|rest, nil)
				return
			}
		}
	}, nil
}

// groupChange is what has changed of a group, from its k-th relation on: nil if nothing has of what is selected.
// It gives the relation with which the group goes on; -1 if this was all.
func (t *Tenant) groupChange(r *request, number, k int, room *int) (e entity, rest int) {
	g, here := t.groupAt(number, r.at)
	old, was := directoryGroup{}, false
	if !r.since.IsZero() {
		old, was = t.groupAt(number, r.since)
	}
	if was && !here {
		return removed(g.id, either(g.kind == securityGroup, "deleted", "changed")), -1 // others can be restored
	}
	if !here {
		return nil, -1
	}
	var members, owners []entity
	rest = -1
	for at, v := range t.relations(r, &g, was, k) {
		if *room == 0 {
			rest = at
			break
		}
		*room--
		if v.owner {
			owners = append(owners, t.directoryUser(v.number, v.gone))
		} else {
			members = append(members, t.directoryUser(v.number, v.gone))
		}
	}
	if was && k == 0 && len(members)+len(owners) == 0 && rest < 0 && sameBytes(r.chosen(old.entity()), r.chosen(g.entity())) {
		return nil, -1
	}
	e = g.entity()
	if members != nil {
		e = append(e, "members@delta", members)
	}
	if owners != nil {
		e = append(e, "owners@delta", owners)
	}
	return e, rest
}

// A relation is a member or an owner whom delta names, because they are new or because they are gone.
type relation struct {
	number      int
	owner, gone bool
}

// relations are the members and the owners of a group who came or went, each at its place from the k-th on: first
// come the candidates, then who owns it now, then who did.
func (t *Tenant) relations(r *request, g *directoryGroup, was bool, k int) iter.Seq2[int, relation] {
	return func(yield func(int, relation) bool) {
		candidates := t.candidates(g, r.at)
		for at := k; r.wants("members") && at < candidates; at++ {
			number, member := t.candidate(g, at, r.at)
			before := false
			if was {
				_, before = t.candidate(g, at, r.since)
			}
			if member != before && !yield(at, relation{number: number, gone: before}) {
				return
			}
		}
		if !r.wants("owners") {
			return
		}
		before, now := t.ownerNumbers(g, r.since, was), t.ownerNumbers(g, r.at, true)
		for i, number := range slices.Concat(now, before) {
			gone := i >= len(now)
			stays := gone && slices.Contains(now, number) || !gone && slices.Contains(before, number)
			if candidates+i >= k && !stays && !yield(candidates+i, relation{number, true, gone}) {
				return
			}
		}
	}
}
