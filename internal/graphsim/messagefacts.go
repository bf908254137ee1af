package graphsim

import (
	"slices"
	"time"
)

// messageFacts are the messages that could be read in some night, each once.
func (t *Tenant) messageFacts(nights []time.Time) (list []MessageFact) {
	seen := map[[2]string]bool{}
	add := func(one MessageFact, ok bool) {
		if key := [2]string{one.Thread, one.ID}; ok && !seen[key] {
			seen[key] = true
			list = append(list, one)
		}
	}
	now := nights[len(nights)-1]
	for _, night := range slices.Backward(nights) {
		for m := range t.readableChatMessages(night) {
			one, ok := t.messageFact(&m, now)
			if m.thread.chat.kind == pairChat && ok {
				one.Other = t.otherOf(&m, now)
			}
			if ok && !slices.ContainsFunc(nights[max(0, len(nights)-2):], func(at time.Time) bool { return t.isListed(m.thread.chat, at) }) {
				one.Scope = "chat_unknown"
			}
			add(one, ok)
		}
		for _, team := range t.readableTeams(night) {
			for _, th := range t.channelThreads(team, night) {
				for day := t.first; day < t.first+t.days; day++ {
					for _, m := range t.channelDay(th, day, night) {
						add(t.messageFact(&m, now))
					}
				}
			}
		}
	}
	return list
}

// messageFact is a message of somebody, or of a bot.
func (t *Tenant) messageFact(m *message, now time.Time) (one MessageFact, ok bool) {
	who, ok := t.sender(m)
	if !ok {
		return one, false
	}
	one = MessageFact{
		Table: "chat_messages", Thread: m.thread.id, ID: m.id(), Team: m.thread.team, Created: m.created, Hours: "not_known", Local: midnight(dayOf(m.created)),
	}
	switch {
	case m.thread.chat == nil:
		one.Table, one.Scope = "channel_messages", either(m.root.IsZero(), "post", "reply")
	case m.thread.chat.kind == pairChat:
		one.Scope = "one_on_one"
	default:
		one.Scope = m.thread.chat.kind.String() // a group or a meeting
	}
	switch who.kind {
	case federated, visitor, skype:
		one.Author = t.key(who)
	case internal:
		one.Author = t.key(who)
		if hours, known := t.workingHours(who.number, now); known {
			one.Hours = either(hours.has(m.created), "inside", "outside")
			local := m.created.In(hours.clock)
			one.Local = time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, time.UTC)
		}
	}
	return one, true
}

// otherOf is who else is in a chat of two now; empty if nobody is.
func (t *Tenant) otherOf(m *message, now time.Time) string {
	c := m.thread.chat
	who, _ := t.sender(m)
	for _, number := range []int{c.number, c.other} {
		if number != who.number && t.belongs(c, number, now).in.has(now) {
			return t.id(userIDs, uint64(number)).String()
		}
	}
	return ""
}

// isListed says whether somebody's list of chats names one at an instant.
func (t *Tenant) isListed(c *chat, at time.Time) bool {
	return slices.ContainsFunc(t.members(c, at), func(m membership) bool {
		return m.who.kind == internal && !t.forbidden(userIDs, m.who.number) && m.in.has(at)
	})
}

// workingHours are somebody's working hours as they are set now. They are not known of whom nobody can ask.
func (t *Tenant) workingHours(number int, now time.Time) (h workingHours, known bool) {
	p, here := t.personAt(number, now)
	m := mailbox{person: &p}
	h, known = m.hours()
	return h, known && here && p.hasMailbox() && !t.forbidden(userIDs, number)
}

// has says whether an instant is inside working hours, by the clock of the place for which they are set.
func (h *workingHours) has(at time.Time) bool {
	local := at.In(h.clock)
	day := local.Weekday()
	since := time.Duration(local.Hour())*time.Hour + time.Duration(local.Minute())*time.Minute + time.Duration(local.Second())*time.Second +
		time.Duration(local.Nanosecond())
	switch {
	case h.from < h.to:
		return h.works(day) && since >= h.from && since < h.to
	case since >= h.from:
		return h.works(day)
	}
	return since < h.to && h.works((day+6)%7) // the shift that began the day before
}

// Worked is how much of a time lies inside somebody's working hours (M24, M26). They begin and end on quarters of an hour, whatever the
// clock, so each of these is looked at.
func (t *Tenant) Worked(user string, from, to time.Time) (d time.Duration, known bool) {
	number, ok := t.number(userIDs, user)
	if !ok {
		return 0, false
	}
	hours, known := t.workingHours(int(number), t.Now().UTC())
	for at := from; known && at.Before(to); {
		next := at.Truncate(quarterHour).Add(quarterHour)
		if next.After(to) {
			next = to
		}
		if hours.has(at) {
			d += next.Sub(at)
		}
		at = next
	}
	return d, known
}
