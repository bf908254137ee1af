package graphsim

import (
	"iter"
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
	if second < t.Users {
		return c, true
	}
	if t.Moves <= 0 {
		return c, false
	}
	c.created = t.joined(second).Add(time.Hour)
	return c, true
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
		if t.kind(day, index) >= dialIn {
			return t.chatOf(t.call(day, index), circle), true
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
