package graphsim

import (
	"cmp"
	"encoding/base64"
	"encoding/hex"
	"iter"
	"slices"
	"strings"
	"time"
)

// Who chats with whom follows from the numbers of the users, so that a user's chats are found without a
// look at anybody else's: eight users in the order of the directory are a circle, and eight circles are a
// block. A user has a chat with three others of the circle, is in two chats of the circle and in that of
// the block, and is invited to one meeting of the circle a day.
const (
	circleSize = 8
	blockSize  = 64
)

type chatKind uint8

const (
	pairChat    chatKind = iota // of two in a circle
	circleChat                  // of all in a circle
	fewChat                     // of some in a circle
	blockChat                   // of all in a block
	meetingChat                 // of a call with a link to join
)

// String is the chat's type, as Graph names it.
func (k chatKind) String() string {
	switch k {
	case pairChat:
		return "oneOnOne"
	case meetingChat:
		return "meeting"
	}
	return "group"
}

// chatIDs is a kind of id, as those of callIDs and userIDs.
const chatIDs uint64 = 0x100

// A chat is a conversation of people, whoever of them is in it now.
type chat struct {
	kind    chatKind
	number  int // of the circle or block, or the lower of two users
	other   int // the higher of two users
	first   int // of its people, who are size in a row
	size    int
	created time.Time
	seed    uint64
	call    *call // of a meeting
}

// pairChat is the chat of two users, of whom the second has the higher number.
func (t *Tenant) pairChat(a, b int) (chat, bool) {
	return t.begun(chat{kind: pairChat, number: a, other: b, first: a, size: b - a + 1}, b)
}

// groupChat is a chat of a circle or block.
func (t *Tenant) groupChat(kind chatKind, number int) (chat, bool) {
	size := circleSize
	if kind == blockChat {
		size = blockSize
	}
	return t.begun(chat{kind: kind, number: number, first: number * size, size: size}, number*size+1)
}

// begun fills in when a chat began: long ago, or when its second user had joined. It is false if nobody
// ever takes that user's number.
func (t *Tenant) begun(c chat, second int) (chat, bool) {
	s := seeded(t.seed, uint64(c.kind), uint64(c.number), uint64(c.other), 'C')
	c.created = midnight(t.first - 1 - s.below(400)).Add(time.Duration(s.below(secondsPerDay*1000)) * time.Millisecond)
	c.seed = s.next()
	if second >= t.Users && t.Moves > 0 {
		c.created = t.joined(second).Add(time.Hour)
	}
	return c, second < t.Users || t.Moves > 0
}

// meetingChat is the chat of a circle's meeting on a day: that of the first call with a link to join
// among as many calls as the circle has of the day's. Its people are the circle, which was invited,
// whoever came. It is false if there is no such call.
func (t *Tenant) meetingChat(circle, day int) (chat, bool) {
	circles := (t.Users + circleSize - 1) / circleSize
	if circle >= circles {
		return chat{}, false
	}
	n := t.count(day)
	for index := circle * n / circles; index < (circle+1)*n/circles; index++ {
		if t.kind(day, index) < dialIn {
			continue
		}
		if c := t.call(day, index); c.room == (guid{}) {
			return t.chatOf(c, circle), true
		}
	}
	return chat{}, false
}

// chatOf is the chat of a call. It began when the call was planned.
func (t *Tenant) chatOf(c call, circle int) chat {
	s := seeded(c.seed, 'C')
	planned := c.start.Add(-time.Duration(s.between(3600, 3*secondsPerDay)) * time.Second).Truncate(time.Millisecond)
	return chat{
		kind: meetingChat, number: circle, first: circle * circleSize, size: circleSize,
		created: planned, seed: s.next(), call: &c,
	}
}

// chats are the chats that a user may be in, at their places in the user's list.
func (t *Tenant) chats(user int) iter.Seq2[int, chat] {
	return t.chatsOn(user, t.first, t.first+t.days)
}

// chatsOn are the same, with the meetings of the days [from, to) only.
func (t *Tenant) chatsOn(user, from, to int) iter.Seq2[int, chat] {
	return func(yield func(int, chat) bool) {
		for place := range ownChats {
			if c, ok := t.ownChat(user, place); ok && !yield(place, c) {
				return
			}
		}
		for day := from; day < to; day++ {
			if c, ok := t.meetingChat(user/circleSize, day); ok && !yield(ownChats+day-t.first, c) {
				return
			}
		}
	}
}

// ownChats is how many chats a user has that are no meeting's.
const ownChats = 6

// ownChat is one of them, the chats with one other first.
func (t *Tenant) ownChat(user, place int) (chat, bool) {
	switch place {
	case 0, 1, 2:
		other := user ^ 1<<place
		return t.pairChat(min(user, other), max(user, other))
	case 3:
		return t.groupChat(circleChat, user/circleSize)
	case 4:
		return t.groupChat(fewChat, user/circleSize)
	}
	return t.groupChat(blockChat, user/blockSize)
}

// chatID is the id of a chat. That of a chat of two says who they are, as on Graph.
func (t *Tenant) chatID(c *chat) string {
	switch c.kind {
	case pairChat:
		a, b := t.id(userIDs, uint64(c.number)).String(), t.id(userIDs, uint64(c.other)).String()
		return "19:" + min(a, b) + "_" + max(a, b) + "@unq.gbl.spaces"
	case meetingChat:
		return "19:meeting_" + c.call.thread() + "@thread.v2"
	}
	g := t.id(chatIDs, uint64(c.number)<<8|uint64(c.kind))
	return "19:" + hex.EncodeToString(g[:]) + "@thread.v2"
}

// findChat is the chat of an id.
func (t *Tenant) findChat(id string) (c chat, ok bool) {
	name, _, _ := strings.Cut(strings.TrimPrefix(id, "19:"), "@")
	if thread, found := strings.CutPrefix(name, "meeting_"); found {
		text, _ := base64.StdEncoding.DecodeString(thread)
		g, _ := parseGUID(string(text))
		number, known := t.number(callIDs, g.veiled().String())
		day, index := int(number>>32), int(number&(1<<32-1))
		if n, circles := t.count(day), (t.Users+circleSize-1)/circleSize; known && index < n {
			// This is the one circle whose calls are [circle*n/circles, (circle+1)*n/circles).
			c, ok = t.meetingChat(((index+1)*circles-1)/n, day)
		}
	} else if one, two, found := strings.Cut(name, "_"); found {
		a, known := t.number(userIDs, one)
		b, also := t.number(userIDs, two)
		// Two of a circle have numbers that differ in one of the last three bits.
		if d := a ^ b; known && also && (d == 1 || d == 2 || d == 4) {
			c, ok = t.pairChat(int(min(a, b)), int(max(a, b)))
		}
	} else if g, err := hex.DecodeString(name); err == nil && len(g) == len(guid{}) {
		number, known := t.number(chatIDs, guid(g).String())
		if kind := chatKind(number & 0xff); known && kind >= circleChat && kind <= blockChat {
			c, ok = t.groupChat(kind, int(number>>8))
		}
	}
	return c, ok && t.chatID(&c) == id
}

// thread names the thread of a meeting, in its link and as its chat.
func (c *call) thread() string {
	return base64.StdEncoding.EncodeToString(c.id.veiled().append(nil))
}

// joinURL is the link by which a meeting is joined.
func (t *Tenant) joinURL(c *call) string {
	room := *c
	if c.room != (guid{}) {
		room.id = c.room
	}
	return t.meetingURL(room.thread(), c.first)
}

// meetingURL names the organizer, if that is a user of the tenant, as links to meetings do.
func (t *Tenant) meetingURL(thread string, organizer party) string {
	context := `{"Tid":"` + t.Tenant + `"}`
	if organizer.kind == internal {
		context = `{"Tid":"` + t.Tenant + `","Oid":"` + t.key(organizer) + `"}`
	}
	return "https://teams.example/l/meetup-join/19%3ameeting_" + thread + "%40thread.v2/0?context=" + percent.Replace(context)
}

// percent encodes as links to meetings do: in small letters.
var percent = strings.NewReplacer("{", "%7b", "}", "%7d", `"`, "%22", ":", "%3a", ",", "%2c")

// veiled turns a call's id into that of its thread, and back.
func (g guid) veiled() guid {
	for i, v := range "thread-of-a-call" {
		if i != 6 && i != 8 { // the version of the GUID stays
			g[i] ^= byte(v)
		}
	}
	return g
}

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
	group := c.kind != pairChat && c.kind != meetingChat
	switch {
	case c.kind == pairChat && number != c.number && number != c.other, c.kind == meetingChat && !m.founder, group && !t.comeAndGo(c, &m):
		return membership{}
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
	kind string // the event that the message tells of
	who  party
	name string // the new topic
}

// turns are all turns of a chat until an instant, the earliest first.
func (t *Tenant) turns(c *chat, now time.Time) (list []turn) {
	joined, left := "membersAdded", "membersDeleted"
	if c.kind == meetingChat {
		joined, left = "membersJoined", "membersLeft"
		list = append(list, turn{at: turnTime(c.call.start, 64), kind: "callStarted", who: c.call.first},
			turn{at: turnTime(c.call.end, 65), kind: "callEnded", who: c.call.first})
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
			list = append(list, turn{at: name.from, kind: "chatRenamed", who: party{kind: internal, number: c.first}, name: name.text})
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
		if u.kind != "callStarted" && u.kind != "callEnded" {
			at = later(at, u.at)
		}
	}
	return at
}

var subjects = []string{
	"Quarterly figures", "Spring campaign", "Lunch?", "Rollout to the north", "Contoso × Adatum", "Budget 2027",
	"On call", "Move to the new building", "Straßenfest", "Interviews", "Release train", "Weekly sync",
}

var memberTypes = map[partyKind]string{
	internal: "aadUserConversationMember", federated: "aadUserConversationMember",
	visitor: "anonymousGuestConversationMember", skype: "skypeUserConversationMember",
}

func (t *Tenant) membershipID(c *chat, who party) string {
	return base64.StdEncoding.EncodeToString([]byte("0##" + t.Tenant + "##" + t.chatID(c) + "##" + t.key(who)))
}

// userTypes are the types of those who write, as identities of Teams.
var userTypes = map[partyKind]string{
	internal: "aadUser", federated: "federatedUser", visitor: "anonymousGuest", skype: "skypeUser", phone: "phoneUser",
}

// partyName is what Teams shows of somebody; empty if that is nothing.
func (t *Tenant) partyName(who party) string {
	s := seeded(t.seed, uint64(who.number), 'p')
	given, family := pick(&s, givenNames), pick(&s, familyNames)
	switch who.kind {
	case internal:
		return given + " " + family
	case visitor:
		return given + " (Guest)"
	case federated:
		return "External user"
	case skype:
		return given
	}
	return resourceNames[who.kind]
}
