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
