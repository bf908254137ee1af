package graphsim

import (
	"net/url"
	"strings"
	"time"
)

// A chatAsk is what a request wants of somebody's chats.
type chatAsk struct {
	size, from int
	members    bool
	kind       string // if not empty, only chats of this type
	topic      string // and of this topic
	latest     bool   // the one with the latest message first
	tokens     string // the kind of the skip tokens: each is good for the query that it was given for
}

func (t *Tenant) chatAsk(q *question, key string) (p person, a chatAsk, err error) {
	if err := q.unsimulated("$select"); err != nil {
		return p, a, err
	}
	if err := q.allow("$top", "$expand", "$filter", "$orderby", "$skiptoken"); err != nil {
		return p, a, err
	}
	if a.size, err = q.topOf(chatPage, mostChats); err != nil {
		return p, a, err
	}
	switch q.options.Get("$expand") {
	case "members":
		a.members = true
	case "":
	default:
		return p, a, refuse(501, "NotImplemented", "This simulator expands members only.")
	}
	switch order := q.options.Get("$orderby"); {
	case order == "lastMessagePreview/createdDateTime desc":
		a.latest = true
	case q.options.Has("$orderby"):
		return p, a, badRequest("Ordering by '%s' is not supported.", order)
	}
	if q.options.Has("$filter") {
		if err := a.filter(q.options.Get("$filter")); err != nil {
			return p, a, err
		}
	}
	a.tokens = q.link(chatsPath(key), "$skiptoken", "")
	if text := q.options.Get("$skiptoken"); text != "" {
		var ok bool
		if a.from, ok = t.position(a.tokens, text); !ok {
			return p, a, badRequest("Skip token is invalid.")
		}
	}
	p, err = t.mailbox(key, q.now)
	return p, a, err
}

func chatsPath(key string) string { return "users/" + url.PathEscape(key) + "/chats" }

// filter reads a $filter of chats, of which Graph's documentation gives no list.
func (a *chatAsk) filter(text string) error {
	name, value, ok := strings.Cut(text, " eq ")
	m := literal.FindStringSubmatch(value)
	switch {
	case !ok || m == nil:
	case name == "chatType":
		a.kind = m[1]
		return nil
	case name == "topic":
		a.topic = m[1]
		return nil
	}
	return refuse(501, "NotImplemented", "This simulator filters chats by chatType eq or topic eq only.")
}

// holds says whether the filter lets a chat through.
func (a *chatAsk) holds(t *Tenant, c *chat, now time.Time) bool {
	return (a.kind == "" || a.kind == c.kind.String()) && (a.topic == "" || a.topic == t.topic(c, now))
}

func (a *chatAsk) shape() string {
	if a.members {
		return "(members())"
	}
	return ""
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
