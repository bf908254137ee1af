package graphsim

import (
	"fmt"
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
	for day := g.day; day <= dayOf(now); day++ {
		s := seeded(t.seed, uint64(number), uint64(day), 'G')
		if !s.chance(t.Moves / 1000 * 2) {
			continue
		}
		at := midnight(day).Add(time.Duration(s.between(7*3600, 18*3600)) * time.Second)
		if at.After(now) {
			break
		}
		if s.below(3) == 0 && number > bigGroup {
			return g, false
		}
		g.name = groupName(number, &s)
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
