package graphsim

import (
	"net/url"
	"time"
)

// messagePage is how many messages an export gives if it is not told, and the most that it gives.
const (
	messagePage  = 20
	mostMessages = 50
)

// placeIn is a message's place in an export. It stays, whatever else is written or changed.
func placeIn(day, thread int, m *message) int { return day<<32 | thread<<16 | m.index }

// An export is what a request wants of messages: those that were last changed in a stretch of time, zero being
// without a bound, from a place on. They were created on the days [first, end).
type export struct {
	modified   stretch
	from       int
	first, end int
}

func (t *Tenant) export(r *request) (a export) {
	a.from, a.first, a.end = r.from, max(t.first, r.from>>32), min(t.first+t.days, dayOf(r.now)+1)
	a.modified.from, a.modified.to = bounds(r.where, "lastModifiedDateTime")
	if !a.modified.from.IsZero() {
		a.first = max(a.first, dayOf(a.modified.from.Add(-lastChange)))
	}
	if !a.modified.to.IsZero() {
		a.end = min(a.end, dayOf(a.modified.to)+1)
	}
	return a
}

// wants says whether a message at a place is wanted.
func (a *export) wants(at int, m *message) bool { return at >= a.from && a.modified.open(m.modified) }

// userMessages are what is in a user's mailbox: all messages of a chat from the time in which the user was in it.
func (t *Tenant) userMessages(r *request, p person) rows {
	type box struct {
		place  int
		in     stretch
		thread *thread
		turns  []turn
	}
	var boxes []box
	a := t.export(r)
	for place, c := range t.chatsOn(p.number, a.first, a.end) {
		if m := t.belongs(&c, p.number, r.now); m.in.from.Before(m.in.to) && c.created.Before(r.now) {
			boxes = append(boxes, box{place, m.in, t.chatThread(&c), t.turns(&c, r.now)})
		}
	}
	return func(yield func(int, entity) bool) {
		for day := a.first; day < a.end; day++ {
			for _, b := range boxes {
				for _, m := range t.chatDay(b.thread, day, b.turns, r.now) {
					at := placeIn(day, b.place, &m)
					if b.in.has(m.created) && a.wants(at, &m) && !yield(at, t.message(&m, r.now)) {
						return
					}
				}
			}
		}
	}
}

// teamMessages are the messages of all channels of a team, with the replies among them.
func (t *Tenant) teamMessages(r *request, g directoryGroup) rows {
	threads, a := t.channelThreads(g.number, r.now), t.export(r)
	return func(yield func(int, entity) bool) {
		for day := a.first; day < a.end; day++ {
			for i, th := range threads {
				for _, m := range t.channelDay(th, day, r.now) {
					if at := placeIn(day, i, &m); a.wants(at, &m) && !yield(at, t.message(&m, r.now)) {
						return
					}
				}
			}
		}
	}
}

// message is a message as an export shows it.
func (t *Tenant) message(m *message, now time.Time) entity {
	reply, sort, from, detail := any(nil), any("message"), any(nil), any(nil)
	if !m.root.IsZero() {
		reply = stampOf(m.root)
	}
	if who, ok := t.sender(m); ok {
		from = t.fromSet(who)
	}
	if m.event != "" {
		sort, detail = younger("systemEventMessage"), t.eventDetail(m)
	}
	e := append(make(entity, 0, 54), "@odata.type", "#microsoft.graph.chatMessage", "id", m.id(), "replyToId", reply,
		"etag", stampOf(m.modified), "messageType", sort, "createdDateTime", m.created, "lastModifiedDateTime", m.modified,
		"lastEditedDateTime", orNull(m.edited), "deletedDateTime", orNull(m.deleted))
	e = append(append(e, t.stand(m)...), "importance", m.importance(), "locale", "en-us", "from", from, "policyViolation", m.violation())
	return append(append(e, t.body(m, now)...), "eventDetail", detail)
}

// stand is where a message stands.
func (t *Tenant) stand(m *message) entity {
	if m.thread.chat != nil {
		return entity{"subject", nil, "summary", nil, "chatId", m.thread.id, "webUrl", nil, "channelIdentity", nil}
	}
	s := seeded(m.seed, 's')
	subject, summary, root := "", "", m.root
	if root.IsZero() {
		root = m.created
		if s.chance(0.4) && m.event == "" && m.deleted.IsZero() {
			subject = pick(&s, subjects)
			if s.chance(0.1) {
				summary = "About " + subject
			}
		}
	}
	team := m.thread.team
	return entity{
		"subject", orNull(subject), "summary", orNull(summary), "chatId", nil,
		"webUrl", "https://teams.example/l/message/" + url.PathEscape(m.thread.id) + "/" + m.id() + "?groupId=" + team + "&tenantId=" +
			t.Tenant + "&createdTime=" + m.id() + "&parentMessageId=" + stampOf(root),
		"channelIdentity", entity{"teamId", team, "channelId", m.thread.id},
	}
}

func (m *message) importance() string {
	s := seeded(m.seed, 'i')
	switch {
	case m.event != "" || s.chance(0.95):
		return "normal"
	case s.chance(0.7):
		return "high"
	}
	return "urgent"
}

// violation is what a rule against leaks had to say.
func (m *message) violation() any {
	s := seeded(m.seed, 'v')
	if m.event != "" || !s.chance(0.01) {
		return nil
	}
	return entity{
		"dlpAction", pick(&s, []string{"notifySender", "blockAccess", "notifySender,blockAccessExternal"}),
		"justificationText", orNull(pick(&s, []string{"", "The customer asked for it."})),
		"policyTip", entity{
			"generalText", "This message conflicts with a policy of your organization.", "complianceUrl", "https://contoso.example/policies",
			"matchedConditionDescriptions", []string{"Credit Card Number"},
		},
		"userAction", pick(&s, []string{"none", "override"}), "verdictDetails", "allowFalsePositiveOverride,allowOverrideWithJustification",
	}
}

// body is what a message says, and the lists that belong to it.
func (t *Tenant) body(m *message, now time.Time) entity {
	c := t.content(m)
	return entity{
		"body", entity{"contentType", either(c.html, "html", "text"), "content", c.text}, "attachments", c.attachments,
		"mentions", c.mentions, "reactions", t.reacted(m, now),
	}
}

// reacted are the reactions that a message has.
func (t *Tenant) reacted(m *message, now time.Time) (list []entity) {
	for _, r := range m.reactions(now) {
		s := source(r.seed)
		kind := pick(&s, reactionKinds)
		list = append(list, entity{
			"reactionType", kind.text, "displayName", orNull(kind.name),
			"reactionContentUrl", when(kind.text == "custom", hostedURL(m, "custom")), "createdDateTime", r.at,
			"user", t.fromSet(t.somebody(m, &s)),
		})
	}
	return list
}

// reactionKinds are older names and, mostly, emoji.
var reactionKinds = []struct{ text, name string }{
	{"👍", "Like"}, {"👍", "Like"}, {"❤️", "Heart"}, {"😆", "Laugh"}, {"🎉", "Celebration"}, {"🙏🏽", "Thank you"},
	{"like", ""}, {"heart", ""}, {"custom", "contoso-cat"},
}

// fromSet is an identity set of Teams, as it says who wrote or reacted.
func (t *Tenant) fromSet(who party) entity {
	e, of := entity{"application", nil, "device", nil, "user", nil}, "user"
	switch who.kind {
	case bot:
		of = "application"
	case device:
		of = "device"
	}
	e.set(of, t.teamsIdentity(who))
	return e
}

// teamsIdentity is an identity as Teams has it.
func (t *Tenant) teamsIdentity(who party) entity {
	switch who.kind {
	case device:
		return entity{"id", t.key(who), "displayName", orNull(t.partyName(who))}
	case bot:
		return entity{
			"@odata.type", "#microsoft.graph.teamworkApplicationIdentity", "id", t.key(who), "displayName", "Reminders",
			"applicationIdentityType", "bot",
		}
	}
	return entity{
		"@odata.type", "#microsoft.graph.teamworkUserIdentity", "id", t.key(who), "displayName", orNull(t.partyName(who)),
		"userIdentityType", userTypes[who.kind],
	}
}

var messageType = entityType{name: "microsoft.graph.chatMessage", sample: func(t *Tenant) entity {
	return entity{"id", "", "createdDateTime", t.Now(), "lastModifiedDateTime", t.Now(), "from", nil}
}}
