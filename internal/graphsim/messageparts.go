package graphsim

import "time"

// body writes what a message says, and the lists that belong to it.
func (t *Tenant) body(w *writer, m *message, now time.Time) {
	c := t.content(m)
	w.open("body")
	if c.html {
		w.text("contentType", "html")
	} else {
		w.text("contentType", "text")
	}
	w.text("content", c.text)
	w.close()
	w.list("attachments")
	for i := range c.attachments {
		c.attachments[i].write(w)
	}
	w.end()
	w.list("mentions")
	for i := range c.mentions {
		c.mentions[i].write(w, i)
	}
	w.end()
	t.reacted(w, m, now)
}

func (a *attachment) write(w *writer) {
	w.open("")
	w.text("id", a.id)
	w.text("contentType", a.contentType)
	w.textOrNull("contentUrl", a.url)
	w.textOrNull("content", a.content)
	w.textOrNull("name", a.name)
	w.textOrNull("thumbnailUrl", a.thumbnail)
	w.textOrNull("teamsAppId", a.app)
	w.close()
}

func (m *mention) write(w *writer, index int) {
	w.open("")
	w.int("id", index)
	w.text("mentionText", m.name)
	w.open("mentioned")
	for _, set := range [...]string{"application", "device", "conversation", "user"} {
		if set != m.set {
			w.null(set)
		}
	}
	w.open(m.set)
	w.text("@odata.type", "#microsoft.graph."+m.kind)
	w.text("id", m.id)
	w.text("displayName", m.name)
	if m.of != "" {
		w.text(map[string]string{
			"user": "userIdentityType", "application": "applicationIdentityType", "conversation": "conversationIdentityType",
		}[m.set], m.of)
	}
	w.close()
	w.close()
	w.close()
}
