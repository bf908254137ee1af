package graphsim

import (
	"math"
	"slices"
	"strconv"
	"time"
)

// A thread is what messages stand in: a chat, or a channel of a team.
type thread struct {
	id   string
	seed uint64
	chat *chat  // nil for a channel
	team string // its id, for a channel
	room room   // the channel
}

// A message is a message of a thread as it is at an instant.
type message struct {
	thread   *thread
	index    int // among those of its day; those that tell of a turn come last
	seed     uint64
	created  time.Time
	modified time.Time // the last of all that happened to it
	edited   time.Time // zero if it never was, as the next
	deleted  time.Time
	root     time.Time // when the message was created that it replies to; zero if it replies to none
	event    string    // what it tells of, in Graph's word; empty: it is a message of somebody
	turn     turn      // if it tells of one
	reminder bool      // by a bot, to several chats at the same moment
}

// id is the message's own in its thread; another thread may have it too.
func (m *message) id() string { return stampOf(m.created) }

func stampOf(at time.Time) string { return strconv.FormatInt(at.UnixMilli(), 10) }

// lastChange is the age at which nothing changes any more of a message.
const lastChange = 5 * 24 * time.Hour

// firstTurn is the index of the first message that tells of a turn.
const firstTurn = 1 << 12

// settle finds what has happened to a message until an instant. Nothing happens to what tells of an event.
func (m *message) settle(now time.Time) {
	m.modified = m.created
	if m.event != "" {
		return
	}
	s := seeded(m.seed, 'e')
	removed, revised := s.chance(0.03), s.chance(0.08)
	until := now
	if at := m.created.Add(age(&s)); removed && at.Before(now) {
		m.deleted, until = at, at
	}
	if at := m.created.Add(age(&s)); revised && at.Before(until) {
		m.edited, m.modified = at, at
	}
	for _, r := range m.everReacted() {
		if r.at.Before(until) {
			m.modified = later(m.modified, r.at)
		}
		if r.gone.Before(until) {
			m.modified = later(m.modified, r.gone)
		}
	}
	m.modified = later(m.modified, m.deleted)
}

// age draws how old a message is when something happens to it: minutes mostly, at times days.
func age(s *source) time.Duration {
	longest := time.Hour
	if s.chance(0.3) {
		longest = lastChange
	}
	return time.Duration(s.between(2000, int(longest/time.Millisecond)-1)) * time.Millisecond
}

// chatThread is the thread of a chat.
func (t *Tenant) chatThread(c *chat) *thread {
	return &thread{id: t.chatID(c), seed: c.seed, chat: c}
}

// chatShare is how many of a user's messages a working day has in a chat of each kind: over all chats of
// a circle that makes eight.
var chatShare = [...]float64{pairChat: 5.25 / 12, circleChat: 1, fewChat: 0.875, blockChat: 1, meetingChat: 0.75}

// written is how many messages people write in a thread on a day, where a working day has so many on
// average.
func (t *Tenant) written(th *thread, day int, average float64) int {
	if day < t.first || day >= t.first+t.days {
		return 0
	}
	if weekend(day) {
		average *= 0.05
	}
	s := seeded(th.seed, uint64(day), 'n')
	return int(math.Floor(average + s.unit()))
}

// chatDay are the messages of a chat that were created on a day and before now, as they are now. The
// turns are all that the chat had until now.
func (t *Tenant) chatDay(th *thread, day int, turns []turn, now time.Time) (list []message) {
	c := th.chat
	if c.kind == meetingChat && day != c.call.day {
		return nil
	}
	n := t.written(th, day, chatShare[c.kind]*t.MessagesPerUserDay)
	for i := range n {
		m := t.chatMessage(th, day, i, n)
		if m.created.Before(now) && !m.created.Before(c.created) && dayOf(m.created) == day {
			m.settle(now)
			list = append(list, m)
		}
	}
	for i, u := range turns {
		if dayOf(u.at) == day {
			m := message{thread: th, index: firstTurn + i, created: u.at, modified: u.at, event: u.kind, turn: u}
			m.seed = uint64(seeded(th.seed, uint64(i), 'u'))
			list = append(list, m)
		}
	}
	return list
}

// lastWritten is when the last message of a chat was created; zero if there is none.
func (t *Tenant) lastWritten(c *chat, now time.Time) (at time.Time) {
	th, turns := t.chatThread(c), t.turns(c, now)
	for day := min(dayOf(now), t.first+t.days-1); day >= t.first && at.IsZero(); day-- {
		for _, m := range t.chatDay(th, day, turns, now) {
			at = later(at, m.created)
		}
	}
	return at
}

// chatMessage is a message that somebody wrote in a chat, one of so many of a day, as it was at first.
func (t *Tenant) chatMessage(th *thread, day, index, n int) message {
	s := seeded(th.seed, uint64(day), uint64(index), 'w')
	m := message{thread: th, index: index}
	// Each message has its own share of the day, so that none has another's instant.
	share := (float64(index) + 0.1 + 0.8*s.unit()) / float64(n)
	switch c := th.chat; {
	case c.kind == meetingChat:
		length := float64(c.call.end.Sub(c.call.start))
		m.created = c.call.start.Add(time.Duration(share * length))
	case index == 0 && c.kind != pairChat:
		m.reminder = true
		both := seeded(t.seed, uint64(c.first), uint64(day), 'b')
		share = 0.5 * both.unit() / (t.MessagesPerUserDay + 1) // before any other message, in each of the chats
		fallthrough
	default:
		m.created = midnight(day).Add(t.shapes.on(day).at(share))
	}
	m.created = m.created.Truncate(4 * time.Millisecond)
	if !m.reminder && s.chance(0.02) {
		m.event = pick(&s, smallEvents)
	}
	m.seed = s.next()
	if !m.reminder && m.event == "" && th.chat.kind != meetingChat {
		t.byNight(&m, day, share)
	}
	return m
}

// nightDepartment writes at night.
const nightDepartment = "Finance"

// byNight moves what somebody writes in a chat to the evening of their site, on the same UTC day, if they are of the department that
// writes at night or work at night. It then has an even millisecond that no other message has.
func (t *Tenant) byNight(m *message, day int, share float64) {
	s := seeded(m.seed, 'f')
	who := t.chatSender(m, m.thread.chat, &s)
	if who.kind != internal {
		return
	}
	if p := t.person(who.number); p.nightShift() || t.standing(who.number).department == nightDepartment {
		evening := 21*time.Hour + time.Duration(share*float64(170*time.Minute)) - p.site.offsetOn(day)
		evening = (evening + 24*time.Hour) % (24 * time.Hour)
		m.created = midnight(day).Add(evening).Truncate(4 * time.Millisecond).Add(2 * time.Millisecond)
	}
}

// channelThreads are the threads of a team's channels.
func (t *Tenant) channelThreads(team int, now time.Time) (list []*thread) {
	of := t.id(groupIDs, uint64(team)).String()
	for _, c := range t.rooms(team, now) {
		seed := seeded(t.seed, uint64(c.team), uint64(c.number), 'T')
		list = append(list, &thread{id: c.id, seed: uint64(seed), team: of, room: c})
	}
	return list
}

// postings is how many messages there are in a channel on a day. In the first channel of a team is as
// much as in two others.
func (t *Tenant) postings(th *thread, day int) int {
	if t.dormant(th.room.team) {
		return 0
	}
	share := 1.0 / 6
	if th.room.number == 0 {
		share = 1.0 / 3
	}
	return t.written(th, day, share*t.MessagesPerUserDay)
}

// dormant says whether nobody writes in a team, which is so in one of ten.
func (t *Tenant) dormant(team int) bool {
	s := seeded(t.seed, uint64(team), 'D')
	return team > bigGroup && s.chance(0.1)
}

// channelDay are the messages of a channel that were created on a day and before now, as they are now.
// None is older than the team, or replies to what would be.
func (t *Tenant) channelDay(th *thread, day int, now time.Time) (list []message) {
	since := th.room.founded
	for i := range t.postings(th, day) {
		m := t.posting(th, day, i)
		if !m.created.Before(now) {
			break
		}
		if !m.created.Before(since) && (m.root.IsZero() || !m.root.Before(since)) {
			m.settle(now)
			list = append(list, m)
		}
	}
	return list
}

// posting is a message of a channel, as it was at first. Of three the first begins a conversation and
// the others reply to it; the second of a day goes on with the conversation of the day before.
func (t *Tenant) posting(th *thread, day, index int) message {
	s := seeded(th.seed, uint64(day), uint64(index), 'w')
	m := message{thread: th, index: index, created: t.posted(th, day, index)}
	switch {
	case index == 1 && t.postings(th, day-1) > 0:
		m.root = t.posted(th, day-1, 0)
	case index%3 > 0:
		m.root = t.posted(th, day, index-index%3)
	case s.chance(0.1):
		m.event = pick(&s, teamEvents)
	}
	m.seed = s.next()
	return m
}

// posted is when a message of a channel was created. Each has its own share of the day.
func (t *Tenant) posted(th *thread, day, index int) time.Time {
	s := seeded(th.seed, uint64(day), uint64(index), 'a')
	share := (float64(index) + 0.1 + 0.8*s.unit()) / float64(t.postings(th, day))
	return midnight(day).Add(t.shapes.on(day).at(share)).Truncate(time.Millisecond)
}

// A reaction is somebody's to a message. It may be taken back.
type reaction struct {
	at, gone time.Time
	seed     uint64
}

// everReacted are all reactions that a message gets in its life, in no order of time.
func (m *message) everReacted() (list []reaction) {
	s := seeded(m.seed, 'r')
	if !s.chance(0.2) {
		return nil
	}
	for range s.between(1, 3) {
		r := reaction{at: m.created.Add(age(&s)), gone: forever, seed: s.next()}
		if taken := m.created.Add(age(&s)); s.chance(0.1) && taken.After(r.at) {
			r.gone = taken
		}
		list = append(list, r)
	}
	return list
}

// reactions are those that a message has at an instant: none if it is deleted.
func (m *message) reactions(now time.Time) (list []reaction) {
	if m.event != "" || !m.deleted.IsZero() {
		return nil
	}
	for _, r := range m.everReacted() {
		if r.at.Before(now) && !r.gone.Before(now) {
			list = append(list, r)
		}
	}
	return list
}

// sender is who wrote a message. It is false for what tells of an event: nobody wrote that.
func (t *Tenant) sender(m *message) (party, bool) {
	if m.event != "" {
		return party{}, false
	}
	if m.reminder {
		return party{kind: bot, number: 1}, true
	}
	s := seeded(m.seed, 'f')
	if c := m.thread.chat; c != nil {
		return t.chatSender(m, c, &s), true
	}
	if s.chance(0.05) {
		return party{kind: bot, number: 2}, true
	}
	for range 8 {
		number := s.below(t.Users)
		if s.chance(0.7) {
			g := t.group(m.thread.room.team)
			number, _ = t.candidate(&g, s.below(g.size), m.created)
		}
		if t.writes(number, m.created) && t.stay(number, m.created).has(m.created) {
			return party{kind: internal, number: number}, true
		}
	}
	return party{kind: internal}, true
}

// chatSender is one of those who were in the chat then; where none is found quickly, a bot speaks.
func (t *Tenant) chatSender(m *message, c *chat, s *source) party {
	if c.kind == meetingChat {
		if s.chance(0.01) {
			return party{kind: device, number: 1}
		}
		others := slices.DeleteFunc(c.strangers(m.created), func(o membership) bool { return !o.in.has(m.created) })
		if len(others) > 0 && s.chance(0.2) {
			return pick(s, others).who
		}
	}
	for range 6 {
		number := c.first + s.below(c.size)
		if c.kind == pairChat {
			number = pick(s, []int{c.number, c.other})
		}
		if t.writes(number, m.created) && t.belongs(c, number, m.created).in.has(m.created) {
			return party{kind: internal, number: number}
		}
	}
	return party{kind: bot, number: 1}
}

// writes says whether a user who is there writes at all, and is not on leave.
func (t *Tenant) writes(number int, at time.Time) bool {
	return t.standing(number).acts && !t.onLeave(number, dayOf(at))
}

// somebody draws who else does something in a thread: one of the people whom it is for.
func (t *Tenant) somebody(m *message, s *source) party {
	first, size := 0, t.Users
	if c := m.thread.chat; c != nil {
		first, size = c.first, c.size
		if c.kind == pairChat {
			return party{kind: internal, number: pick(s, []int{c.number, c.other})}
		}
	}
	for range 8 {
		number := first + s.below(size)
		if t.stay(number, m.created).has(m.created) {
			return party{kind: internal, number: number}
		}
	}
	return party{kind: internal}
}
