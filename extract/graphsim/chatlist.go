package graphsim

import (
	"encoding/base64"
	"net/url"
	"slices"
	"time"
)

// The pages of chats, members and messages, in records. Graph publishes none for members.
const (
	chatPage       = 20
	mostChats      = 50
	chatMemberPage = 50
	mostExpanded   = 25 // members of a chat in a list: a known issue of Graph, which cuts without a word
)

// A chatEntry is a chat at its place in a list.
type chatEntry struct {
	place int
	chat  chat
}

// listChats answers /users/{id}/chats: those that the user is in now.
func (t *Tenant) listChats(w *writer, q *question, key string) error {
	p, ask, err := t.chatAsk(q, key)
	if err != nil {
		return err
	}
	page, next := t.chatEntries(p.number, &ask, q.now), -1
	page = slices.DeleteFunc(page, func(e chatEntry) bool { return e.place < ask.from })
	if len(page) > ask.size {
		page, next = page[:ask.size], page[ask.size].place
	}
	w.open("")
	w.text("@odata.context", q.root+"/$metadata#chats"+ask.shape())
	w.int("@odata.count", len(page))
	if next >= 0 {
		w.text("@odata.nextLink", q.link(chatsPath(key), "$skiptoken", t.token(ask.tokens, next)))
	}
	w.list("value")
	for i := range page {
		w.open("")
		t.chat(w, q, &page[i].chat)
		if ask.members {
			members := t.present(&page[i].chat, q.now)
			w.list("members")
			for _, m := range members[:min(len(members), mostExpanded)] {
				t.chatMember(w, &page[i].chat, m)
			}
			w.end()
		}
		w.close()
	}
	w.end()
	w.close()
	return nil
}

// chatEntries are the chats that a user is in now and that are asked for. Each has its own place, but for
// those in the order of their last messages, of which that is the place.
func (t *Tenant) chatEntries(user int, ask *chatAsk, now time.Time) (list []chatEntry) {
	for place, c := range t.chats(user) {
		if t.belongs(&c, user, now).in.has(now) && ask.holds(t, &c, now) {
			list = append(list, chatEntry{place, c})
		}
	}
	if !ask.latest {
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

// chat writes the properties of a chat.
func (t *Tenant) chat(w *writer, q *question, c *chat) {
	id := t.chatID(c)
	w.text("id", id)
	w.textOrNull("topic", t.topic(c, q.now))
	w.time("createdDateTime", c.created)
	w.time("lastUpdatedDateTime", t.updated(c, q.now))
	w.text("chatType", c.kind.String())
	w.text("webUrl", "https://teams.example/l/chat/"+url.PathEscape(id)+"/0?tenantId="+t.Tenant)
	w.text("tenantId", t.Tenant)
	w.bool("isHiddenForAllMembers", false)
	w.null("viewpoint")
	if c.kind != meetingChat {
		w.null("onlineMeetingInfo")
		return
	}
	w.open("onlineMeetingInfo")
	w.text("calendarEventId", "AAMk"+base64.RawURLEncoding.EncodeToString([]byte(id)))
	w.text("joinWebUrl", c.call.joinURL())
	w.open("organizer")
	w.text("id", t.key(c.call.first))
	w.null("displayName")
	w.text("userIdentityType", userTypes[c.call.first.kind])
	w.close()
	w.close()
}

// chatMembers answers /chats/{id}/members: those who are in it now.
func (t *Tenant) chatMembers(w *writer, q *question, id string) error {
	if err := q.unsimulated("$filter", "$select", "$top"); err != nil {
		return err
	}
	if err := q.allow("$skiptoken"); err != nil {
		return err
	}
	c, ok := t.findChat(id)
	if !ok || !c.created.Before(q.now) {
		return refuse(404, "NotFound", "NotFound")
	}
	from := 0
	if text := q.options.Get("$skiptoken"); text != "" {
		if from, ok = t.position("m"+id, text); !ok {
			return badRequest("Skip token is invalid.")
		}
	}
	// Who has left keeps the place in the list, so that pages fit together whoever leaves between them.
	list, room, next := t.members(&c, q.now), q.size(chatMemberPage), -1
	w.open("")
	w.text("@odata.context", q.root+"/$metadata#chats('"+url.PathEscape(id)+"')/members")
	w.list("value")
	for _, m := range list {
		if m.place < from || !m.in.has(q.now) {
			continue
		}
		if room == 0 {
			next = m.place
			break
		}
		room--
		t.chatMember(w, &c, m)
	}
	w.end()
	if next >= 0 {
		w.text("@odata.nextLink", q.link("chats/"+url.PathEscape(id)+"/members", "$skiptoken", t.token("m"+id, next)))
	}
	w.close()
	return nil
}

// chatMember writes a member of a chat. The id says nothing: the same person has another in each chat.
func (t *Tenant) chatMember(w *writer, c *chat, m membership) {
	w.open("")
	defer w.close()
	w.text("@odata.type", "#microsoft.graph."+memberTypes[m.who.kind])
	w.text("id", t.membershipID(c, m.who))
	name, roles := t.partyName(m.who), []string{"owner"}
	switch m.who.kind {
	case internal:
		p := t.person(m.who.number)
		if p.guest {
			roles = []string{"guest"}
		}
		w.text("userId", p.id.String())
		w.text("email", p.mail())
		w.text("tenantId", t.Tenant)
	case federated:
		w.text("userId", t.key(m.who))
		w.null("email")
		w.text("tenantId", partnerTenant)
	case skype:
		w.text("skypeId", t.key(m.who))
	default:
		w.text("anonymousGuestId", t.key(m.who))
		roles = []string{"guest"}
	}
	w.texts("roles", roles...)
	w.textOrNull("displayName", name)
	w.time("visibleHistoryStartDateTime", m.history)
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
