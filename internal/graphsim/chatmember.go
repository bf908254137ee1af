package graphsim

import (
	"cmp"
	"slices"
	"time"
)

// A membership is somebody's time in a chat.
type membership struct {
	place   int // in the list of all members that there ever are
	who     party
	in      stretch
	founder bool // in it from the beginning
	history time.Time
}

// belongs is when a user of a chat's people is in it, as far as is known at an instant.
func (t *Tenant) belongs(c *chat, number int, now time.Time) membership {
	slot := number - c.first
	m := membership{place: slot, who: party{kind: internal, number: number}, in: t.stay(number, now)}
	m.founder = !m.in.from.After(c.created)
	m.in.from = later(m.in.from, c.created)
	switch c.kind {
	case pairChat:
		if number != c.number && number != c.other {
			return membership{}
		}
	case meetingChat:
		if !m.founder {
			return membership{}
		}
	default:
		if !t.comeAndGo(c, &m) {
			return membership{}
		}
	}
	// Every turn in a chat has a millisecond of its own, so that its message has an id of its own.
	if !m.founder {
		m.in.from = turnTime(m.in.from.Add(turnStep), slot) // not before
	}
	if m.in.to != forever {
		m.in.to = turnTime(m.in.to, slot)
	}
	return m
}

// comeAndGo draws who of a group is added later than the others, and who leaves it. It is false for who
// never is in it.
func (t *Tenant) comeAndGo(c *chat, m *membership) bool {
	s := seeded(c.seed, uint64(m.who.number), 'm')
	added, gone := t.someDay(&s, 10), t.someDay(&s, 60)
	if m.place > 1 && c.kind == fewChat && s.chance(0.4) {
		return false
	}
	if t.Moves <= 0 {
		return true
	}
	if m.founder && s.chance(0.1) {
		m.founder = false
		m.in.from = later(m.in.from, added)
	}
	if gone.Before(m.in.to) && gone.After(m.in.from) {
		m.in.to = gone
	}
	if !m.founder && s.chance(0.5) {
		m.history = m.in.from
	}
	return true
}

// turnStep has room for 128 slots, and divides the day.
const turnStep = 256 * time.Millisecond

// turnTime moves an instant to the millisecond of a step that belongs to a slot, an odd one. Messages
// that people write have even milliseconds.
func turnTime(at time.Time, slot int) time.Time {
	return at.Truncate(turnStep).Add(time.Duration(2*slot+1) * time.Millisecond)
}

// members are all who were ever in a chat until an instant, in an order that stays.
func (t *Tenant) members(c *chat, now time.Time) []membership {
	list := make([]membership, 0, c.size)
	for number := c.first; number < c.first+c.size; number++ {
		if m := t.belongs(c, number, now); m.in.from.Before(m.in.to) && m.in.from.Before(now) {
			list = append(list, m)
		}
	}
	if c.kind == meetingChat {
		list = append(list, c.strangers(now)...)
	}
	return list
}

// strangers are those in a meeting's chat who are no users of the tenant: they came by the link.
func (c *chat) strangers(now time.Time) (list []membership) {
	s := seeded(c.seed, 's')
	for i := range s.below(4) {
		who := party{kind: pick(&s, []partyKind{visitor, visitor, federated, skype}), number: s.below(1e6)}
		minutes := time.Duration(s.below(10)) * time.Minute
		m := membership{place: c.size + i, who: who, in: stretch{turnTime(c.call.start.Add(minutes), 8+i), forever}}
		if s.chance(0.5) {
			m.in.to = turnTime(c.call.end.Add(minutes), 8+i)
		}
		if m.in.from.Before(m.in.to) && m.in.from.Before(now) {
			list = append(list, m)
		}
	}
	return list
}

// present are the members of a chat at an instant.
func (t *Tenant) present(c *chat, now time.Time) []membership {
	return slices.DeleteFunc(t.members(c, now), func(m membership) bool { return !m.in.has(now) })
}

// A turn is what happened to a chat itself; a message tells of it.
type turn struct {
	at   time.Time
	kind eventKind
	who  party
	name string // the new topic
}

// turns are all turns of a chat until an instant, the earliest first.
func (t *Tenant) turns(c *chat, now time.Time) (list []turn) {
	joined, left := membersAdded, membersDeleted
	if c.kind == meetingChat {
		joined, left = membersJoined, membersLeft
		list = append(list, turn{at: turnTime(c.call.start, 64), kind: callStarted, who: c.call.first},
			turn{at: turnTime(c.call.end, 65), kind: callEnded, who: c.call.first})
	}
	for _, m := range t.members(c, now) {
		if !m.founder {
			list = append(list, turn{at: m.in.from, kind: joined, who: m.who})
		}
		if m.in.to != forever {
			list = append(list, turn{at: m.in.to, kind: left, who: m.who})
		}
	}
	for i, name := range t.topics(c) {
		if i > 0 {
			list = append(list, turn{at: name.from, kind: chatRenamed, who: party{kind: internal, number: c.first}, name: name.text})
		}
	}
	list = slices.DeleteFunc(list, func(u turn) bool { return !u.at.Before(now) })
	slices.SortFunc(list, func(a, b turn) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.kind, b.kind)) })
	return list
}

// A topic is what a chat is called from an instant on.
type topic struct {
	from time.Time
	text string
}

// topics are what a chat is called, one after the other. A chat of two has none.
func (t *Tenant) topics(c *chat) []topic {
	s := seeded(c.seed, 't')
	about := pick(&s, subjects)
	switch {
	case c.kind == pairChat || c.kind == fewChat && s.chance(0.4):
		return nil
	case c.kind == meetingChat:
		return []topic{{c.created, about}}
	}
	names := []topic{{c.created, about}}
	if at := turnTime(t.someDay(&s, 20), 66); t.Moves > 0 && at.After(c.created) {
		names = append(names, topic{at, about + " · " + pick(&s, subjects)})
	}
	return names
}

// topic is what a chat is called at an instant; empty if it has no name.
func (t *Tenant) topic(c *chat, now time.Time) (name string) {
	for _, n := range t.topics(c) {
		if n.from.Before(now) {
			name = n.text
		}
	}
	return name
}

// updated is when the topic or the members of a chat last changed.
func (t *Tenant) updated(c *chat, now time.Time) time.Time {
	at := c.created
	for _, u := range t.turns(c, now) {
		if u.kind != callStarted && u.kind != callEnded {
			at = later(at, u.at)
		}
	}
	return at
}

var subjects = []string{
	"Quarterly figures", "Spring campaign", "Lunch?", "Rollout to the north", "Contoso × Adatum", "Budget 2027",
	"On call", "Move to the new building", "Straßenfest", "Interviews", "Release train", "Weekly sync",
}
