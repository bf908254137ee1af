package graphsim

import "slices"

// sender is who wrote a message. It is false for what tells of an event: nobody wrote that.
func (t *Tenant) sender(m *message) (party, bool) {
	if m.event != noEvent {
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
		if t.stay(number, m.created).has(m.created) {
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
		if t.belongs(c, number, m.created).in.has(m.created) {
			return party{kind: internal, number: number}
		}
	}
	return party{kind: bot, number: 1}
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

// fromSet writes an identity set of Teams, as it says who wrote or reacted.
func (t *Tenant) fromSet(w *writer, name string, who party) {
	w.open(name)
	defer w.close()
	for _, part := range [...]string{"application", "device", "user"} {
		if part != setOf(who) {
			w.null(part)
			continue
		}
		w.open(part)
		t.teamsIdentity(w, who)
		w.close()
	}
}

// setOf is the member of an identity set in which somebody stands.
func setOf(who party) string {
	switch who.kind {
	case bot:
		return "application"
	case device:
		return "device"
	}
	return "user"
}

// teamsIdentity writes an identity as Teams has it.
func (t *Tenant) teamsIdentity(w *writer, who party) {
	switch who.kind {
	case device:
		w.text("id", t.key(who))
		w.text("displayName", t.partyName(who))
		return
	case bot:
		w.text("@odata.type", "#microsoft.graph.teamworkApplicationIdentity")
		w.text("id", t.key(who))
		w.text("displayName", "Reminders")
		w.text("applicationIdentityType", "bot")
		return
	}
	w.text("@odata.type", "#microsoft.graph.teamworkUserIdentity")
	w.text("id", t.key(who))
	w.textOrNull("displayName", t.partyName(who))
	w.text("userIdentityType", userTypes[who.kind])
}
