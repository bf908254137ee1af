package graphsim

import (
	"iter"
	"net/url"
	"slices"
	"time"
)

// messagePage is how many messages an export gives if it is not told, and the most that it gives.
const (
	messagePage  = 20
	mostMessages = 50
)

// A messagePlace is a message's place in an export. It stays, whatever else is written or changed.
type messagePlace struct{ day, thread, index int }

func (p messagePlace) number() int { return p.day<<32 | p.thread<<16 | p.index }

func messagePlaceOf(number int) messagePlace {
	return messagePlace{number >> 32, number >> 16 & 0xffff, number & 0xffff}
}

// A messageAsk is what a request wants of an export.
type messageAsk struct {
	path   string
	size   int
	filter messageFilter
	from   messagePlace
}

func (t *Tenant) messageAsk(q *question, path string) (a messageAsk, err error) {
	a.path = path
	if err := q.allow("$top", "$filter", "$skiptoken"); err != nil {
		return a, err
	}
	if a.size, err = q.topOf(messagePage, mostMessages); err != nil {
		return a, err
	}
	if q.options.Has("$filter") {
		if a.filter, err = parseMessageFilter(q.options.Get("$filter")); err != nil {
			return a, err
		}
	}
	if text := q.options.Get("$skiptoken"); text != "" {
		number, ok := t.position(a.kind(q), text)
		if !ok {
			return a, badRequest("Skip token is invalid.")
		}
		a.from = messagePlaceOf(number)
	}
	return a, nil
}

// kind is that of the skip tokens: each is good for the query that it was given for.
func (a *messageAsk) kind(q *question) string { return q.link(a.path, "$skiptoken", "") }

// userMessages answers /users/{id}/chats/getAllMessages: what is in the user's mailbox, which are all
// messages of a chat from the time in which the user was in it.
func (t *Tenant) userMessages(w *writer, q *question, key string) error {
	a, err := t.messageAsk(q, "users/"+url.PathEscape(key)+"/chats/getAllMessages")
	if err != nil {
		return err
	}
	p, err := t.mailbox(key, q.now)
	if err != nil {
		return err
	}
	t.export(w, q, &a, t.inMailbox(p.number, &a, q.now))
	return nil
}

// inMailbox are the messages in a user's mailbox from a place on.
func (t *Tenant) inMailbox(user int, a *messageAsk, now time.Time) iter.Seq2[messagePlace, message] {
	type box struct {
		place  int
		in     stretch
		thread *thread
		turns  []turn
	}
	var boxes []box
	from, to := a.filter.days(t, now)
	from = max(from, a.from.day)
	for place, c := range t.chatsOn(user, from, to) {
		if m := t.belongs(&c, user, now); m.in.from.Before(m.in.to) && c.created.Before(now) {
			boxes = append(boxes, box{place, m.in, t.chatThread(&c), t.turns(&c, now)})
		}
	}
	return func(yield func(messagePlace, message) bool) {
		for day := from; day < to; day++ {
			for _, b := range boxes {
				for m := range t.chatDay(b.thread, day, b.turns, now) {
					at := messagePlace{day, b.place, m.index}
					if at.number() < a.from.number() || !b.in.has(m.created) || !a.filter.holds(t, &m) {
						continue
					}
					if !yield(at, m) {
						return
					}
				}
			}
		}
	}
}

// export writes a page of messages.
func (t *Tenant) export(w *writer, q *question, a *messageAsk, all iter.Seq2[messagePlace, message]) {
	page, next := make([]message, 0, a.size), -1
	for at, m := range all {
		if len(page) == a.size {
			next = at.number()
			break
		}
		page = append(page, m)
	}
	w.b = slices.Grow(w.b, len(page)*1024)
	w.open("")
	w.text("@odata.context", q.root+"/$metadata#Collection(chatMessage)")
	w.int("@odata.count", len(page))
	if next >= 0 {
		w.text("@odata.nextLink", q.link(a.path, "$skiptoken", t.token(a.kind(q), next)))
	}
	w.list("value")
	for i := range page {
		t.message(w, &page[i], q.now)
	}
	w.end()
	w.close()
}
