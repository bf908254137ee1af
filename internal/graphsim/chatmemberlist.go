package graphsim

import (
	"encoding/base64"
	"net/url"
)

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
