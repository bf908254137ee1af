package graphsim

import (
	"net/url"
	"slices"
	"time"
)

// mostExpanded is how many members of a chat a list has: a known issue of Graph, which cuts without a word.
const mostExpanded = 25

// A chatEntry is a chat at its place in a list.
type chatEntry struct {
	place int
	chat  chat
}

var chatType = entityType{name: "microsoft.graph.chat", sample: func(t *Tenant) entity {
	return t.chat(&chat{created: t.Now()}, t.Now())
}}

// listChats are the chats that a user is in now.
func (t *Tenant) listChats(r *request) (rows, error) {
	if e := r.get("$expand"); e != "" && e != "members" {
		return nil, refuse(501, "NotImplemented", "This simulator expands members only.")
	}
	order := r.get("$orderby")
	if r.has("$orderby") && order != "lastMessagePreview/createdDateTime desc" {
		return nil, badRequest("Ordering by '%s' is not supported.", order)
	}
	p, err := t.mailbox(r.keys[0], r.now)
	if err != nil {
		return nil, err
	}
	expanded := r.has("$expand") && r.get("$expand") != ""
	if expanded {
		r.shape = "(members())"
	}
	return func(yield func(int, entity) bool) {
		for _, e := range t.chatEntries(p.number, order != "", r.now) {
			if e.place < r.from {
				continue
			}
			one := t.chat(&e.chat, r.now)
			if r.signedIn {
				one.set("viewpoint", entity{"isHidden", false, "lastMessageReadDateTime", r.now.Add(-time.Hour)})
			}
			if expanded {
				var members []entity
				for _, m := range t.present(&e.chat, r.now) {
					if len(members) < mostExpanded {
						members = append(members, t.chatMember(&e.chat, m))
					}
				}
				one = append(one, "members", members)
			}
			if !yield(e.place, one) {
				return
			}
		}
	}, nil
}

// chatEntries are the chats that a user is in now. Each has its own place, but for those in the order of their
// last messages, the latest first, of which that is the place.
func (t *Tenant) chatEntries(user int, latest bool, now time.Time) (list []chatEntry) {
	for place, c := range t.chats(user) {
		if t.belongs(&c, user, now).in.has(now) {
			list = append(list, chatEntry{place, c})
		}
	}
	if !latest {
		return list
	}
	last := map[int]time.Time{}
	for _, e := range list {
		last[e.place] = t.lastWritten(&e.chat, now)
	}
	slices.SortStableFunc(list, func(a, b chatEntry) int { return last[b.place].Compare(last[a.place]) })
	for i := range list {
		list[i].place = i
	}
	return list
}

// chat is a chat without its members.
func (t *Tenant) chat(c *chat, now time.Time) entity {
	id, meeting := t.chatID(c), any(nil)
	if c.kind == meetingChat {
		who := c.call.first
		meeting = entity{
			"calendarEventId", t.eventOf(c.call), "joinWebUrl", t.joinURL(c.call),
			"organizer", entity{"id", t.key(who), "displayName", nil, "userIdentityType", userTypes[who.kind]},
		}
	}
	return entity{
		"id", id, "topic", orNull(t.topic(c, now)), "createdDateTime", c.created, "lastUpdatedDateTime", t.updated(c, now),
		"chatType", c.kind.String(), "webUrl", "https://teams.example/l/chat/" + url.PathEscape(id) + "/0?tenantId=" + t.Tenant,
		"tenantId", t.Tenant, "isHiddenForAllMembers", false, "viewpoint", nil, "onlineMeetingInfo", meeting,
	}
}

// eventOf is the id, in the organizer's mailbox, of the event that became a call; nothing, if none did.
func (t *Tenant) eventOf(c *call) any {
	if !c.scheduled() {
		return nil
	}
	e := t.meeting(c)
	return t.idIn(e.seed, e.organizer)
}

// mailbox is whose chats are asked for: a user who is there now, and whose chats may be read.
func (t *Tenant) mailbox(key string, now time.Time) (person, error) {
	p, ok := t.findPerson(key, now)
	switch {
	case !ok:
		return p, notThere(key)
	case t.forbidden(userIDs, p.number):
		return p, accessDenied()
	}
	return p, nil
}

// chatMembers are those who are in a chat now. Who has left keeps the place in the list, so that pages fit
// together whoever leaves between them.
func (t *Tenant) chatMembers(r *request) (rows, error) {
	c, ok := t.findChat(r.keys[0])
	if !ok || !c.created.Before(r.now) {
		return nil, refuse(404, "NotFound", "NotFound")
	}
	return func(yield func(int, entity) bool) {
		for _, m := range t.members(&c, r.now) {
			if m.place >= r.from && m.in.has(r.now) && !yield(m.place, t.chatMember(&c, m)) {
				return
			}
		}
	}, nil
}

// chatMember is a member of a chat. The id says nothing: the same person has another in each chat.
func (t *Tenant) chatMember(c *chat, m membership) entity {
	e := entity{"@odata.type", "#microsoft.graph." + memberTypes[m.who.kind], "id", t.membershipID(c, m.who)}
	roles := []string{"owner"}
	switch m.who.kind {
	case internal:
		p := t.person(m.who.number)
		if p.guest {
			roles = []string{"guest"}
		}
		e = append(e, "userId", p.id, "email", p.mail(), "tenantId", t.Tenant)
	case federated:
		e = append(e, "userId", t.key(m.who), "email", nil, "tenantId", partnerTenant)
	case skype:
		e = append(e, "skypeId", t.key(m.who))
	default:
		e = append(e, "anonymousGuestId", t.key(m.who))
		roles = []string{"guest"}
	}
	return append(e, "roles", roles, "displayName", orNull(t.partyName(m.who)), "visibleHistoryStartDateTime", m.history)
}
