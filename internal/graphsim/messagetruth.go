package graphsim

import (
	"iter"
	"slices"
	"strconv"
	"time"
)

// A Changed counts the messages of a table to which something has happened until now.
type Changed struct {
	Edited  int `json:"edited"`
	Deleted int `json:"deleted"`
	Reacted int `json:"reacted"` // with at least one reaction
}

// everyChat are all chats that there have been until an instant. The first of its people tells of each.
func (t *Tenant) everyChat(now time.Time) iter.Seq[chat] {
	return func(yield func(chat) bool) {
		for user := range t.everybody(now) {
			for _, c := range t.chats(user) {
				if user == c.first && c.created.Before(now) && !yield(c) {
					return
				}
			}
		}
	}
}

// nobodysOwn is the mailbox in the key of a message in a chat: the threads of notes to oneself, where it is
// somebody's, are not simulated.
const nobodysOwn = ""

// chatTruth counts the tables of chats and of their messages.
func (t *Tenant) chatTruth(l ledger, now time.Time) (changed Changed) {
	for _, name := range []string{"chats", "chat_members", "chat_messages"} {
		l.table(name)
	}
	kinds := messageTables("message")
	kinds.open(l)
	for c := range t.everyChat(now) {
		th := t.chatThread(&c)
		members := t.members(&c, now)
		if slices.ContainsFunc(members, func(m membership) bool {
			return m.who.kind == internal && !t.forbidden(userIDs, m.who.number) && m.in.has(now)
		}) {
			l.add("chats", th.id)
			for _, m := range members {
				if m.in.has(now) {
					l.add("chat_members", th.id, t.membershipID(&c, m.who))
				}
			}
		}
		// A message is in the mailboxes of who was in the chat then; of those some are still there.
		readers := slices.DeleteFunc(members, func(m membership) bool {
			return m.who.kind != internal || t.forbidden(userIDs, m.who.number) || !t.stay(m.who.number, now).has(now)
		})
		turns := t.turns(&c, now)
		for day := t.first; day < t.first+t.days; day++ {
			for m := range t.chatDay(th, day, turns, now) {
				if slices.ContainsFunc(readers, func(r membership) bool { return r.in.has(m.created) }) {
					key := []string{th.id, m.id(), nobodysOwn}
					l.add("chat_messages", key...)
					t.messageTruth(l, &m, kinds, now, key)
					changed.count(&m, now)
				}
			}
		}
	}
	return changed
}

// channelTruth counts the tables of the messages of channels.
func (t *Tenant) channelTruth(l ledger, now time.Time) (changed Changed) {
	l.table("channel_messages")
	kinds := messageTables("channel_message")
	kinds.open(l)
	for team := range t.teamsWithRooms(now) {
		for _, th := range t.channelThreads(team, now) {
			for day := t.first; day < t.first+t.days; day++ {
				for m := range t.channelDay(th, day, now) {
					key := []string{th.team, th.id, m.id()}
					l.add("channel_messages", key...)
					t.messageTruth(l, &m, kinds, now, key)
					changed.count(&m, now)
				}
			}
		}
	}
	return changed
}

// messageKinds are the names of the tables below one of messages.
type messageKinds struct{ mentions, attachments, reactions, events string }

func messageTables(of string) messageKinds {
	return messageKinds{of + "_mentions", of + "_attachments", of + "_reactions", of + "_events"}
}

func (k messageKinds) open(l ledger) {
	for _, name := range []string{k.mentions, k.attachments, k.reactions, k.events} {
		l.table(name)
	}
}

// messageTruth counts what stands below the message of a key.
func (t *Tenant) messageTruth(l ledger, m *message, kinds messageKinds, now time.Time, key []string) {
	c := t.content(m)
	for table, n := range map[string]int{
		kinds.mentions: len(c.mentions), kinds.attachments: len(c.attachments), kinds.reactions: len(m.reactions(now)),
	} {
		for i := range n {
			l.add(table, slices.Concat(key, []string{strconv.Itoa(i)})...)
		}
	}
	if m.event != noEvent {
		l.add(kinds.events, key...)
	}
}

func (c *Changed) count(m *message, now time.Time) {
	if !m.edited.IsZero() {
		c.Edited++
	}
	if !m.deleted.IsZero() {
		c.Deleted++
	}
	if len(m.reactions(now)) > 0 {
		c.Reacted++
	}
}
