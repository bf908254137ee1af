package graphsim

import (
	"fmt"
	"html"
	"strings"
	"time"
)

// A content is what a message says, with whom it mentions and what is attached to it.
type content struct {
	html        bool
	text        string
	mentions    []entity
	attachments []entity
}

// An attachment is a file, a card or a message that is quoted.
type attachment struct {
	id, contentType, url, content, name, thumbnail, app string
}

func (a attachment) entity() entity {
	return entity{
		"id", a.id, "contentType", a.contentType, "contentUrl", orNull(a.url), "content", orNull(a.content), "name", orNull(a.name),
		"thumbnailUrl", orNull(a.thumbnail), "teamsAppId", orNull(a.app),
	}
}

// A mention is of a user or of something else that an identity set may hold.
type mention struct {
	set  string // the member of the identity set
	kind string // the type of the identity, without namespace
	id   string
	name string
	of   string // the type in Teams' own words; empty for a tag
}

func (m mention) entity(index int) entity {
	var set entity
	for _, name := range [...]string{"application", "device", "conversation", "user"} {
		if name != m.set {
			set = append(set, name, nil)
		}
	}
	one := entity{"@odata.type", "#microsoft.graph." + m.kind, "id", m.id, "displayName", m.name}
	if m.of != "" {
		one = append(one, m.set+"IdentityType", m.of)
	}
	return entity{"id", index, "mentionText", m.name, "mentioned", append(set, m.set, one)}
}

// content is what a message says as it is now; nothing if it is deleted.
func (t *Tenant) content(m *message) content {
	switch {
	case m.event != noEvent:
		return content{html: true, text: "<systemEventMessage/>"}
	case !m.deleted.IsZero():
		return content{html: true}
	}
	s := seeded(m.seed, 'c')
	phrase := pick(&s, phrases)
	if !m.edited.IsZero() {
		phrase += " (" + pick(&s, phrases) + ")"
	}
	if s.chance(0.4) {
		return content{text: phrase}
	}
	c := content{html: true}
	pick(&s, compositions)(t, m, &s, html.EscapeString(phrase), &c)
	return c
}

// compositions are the ways in which Teams puts a message together.
var compositions = []func(t *Tenant, m *message, s *source, phrase string, c *content){
	plainly, plainly, plainly, nested, mentioning, mentioning, withFile, withCard, quoting, smiling, picturing, linking, coding,
}

func plainly(_ *Tenant, _ *message, _ *source, phrase string, c *content) {
	c.text = "<p>" + phrase + "</p>"
}

func nested(_ *Tenant, _ *message, s *source, phrase string, c *content) {
	c.text = "<div>\n<div itemprop=\"copy-paste-block\">" + phrase + "</div>\n<div>&nbsp;</div>\n<div><strong>" +
		html.EscapeString(pick(s, phrases)) + "</strong><br>&nbsp;</div>\n</div>"
}

func mentioning(t *Tenant, m *message, s *source, phrase string, c *content) {
	var b strings.Builder
	b.WriteString("<div><div>")
	for i := range s.between(1, 3) {
		one := t.mention(m, s)
		c.mentions = append(c.mentions, one.entity(i))
		fmt.Fprintf(&b, `<at id="%d">%s</at>&nbsp;`, i, html.EscapeString(one.name))
	}
	b.WriteString(phrase + "</div></div>")
	c.text = b.String()
}

func (t *Tenant) mention(m *message, s *source) mention {
	switch n := s.below(10); {
	case n == 0 && m.thread.chat == nil:
		return mention{"conversation", "teamworkConversationIdentity", m.thread.id, m.thread.room.name, "channel"}
	case n == 1 && m.thread.chat == nil:
		return mention{"conversation", "teamworkConversationIdentity", m.thread.team, "Team", "team"}
	case n == 0:
		return mention{"conversation", "teamworkConversationIdentity", m.thread.id, "Everyone", "chat"}
	case n == 2:
		who := party{kind: bot, number: 1}
		return mention{"application", "teamworkApplicationIdentity", t.key(who), "Reminders", "bot"}
	case n == 3:
		return mention{"tag", "teamworkTagIdentity", drawGUID(s).String(), "Night shift", ""}
	}
	who := t.somebody(m, s)
	return mention{"user", "teamworkUserIdentity", t.key(who), t.partyName(who), "aadUser"}
}

func withFile(_ *Tenant, _ *message, s *source, phrase string, c *content) {
	name := pick(s, []string{"Offer.docx", "Übersicht 2027.xlsx", "plan.pdf"})
	a := attachment{id: drawGUID(s).String(), contentType: "reference", name: name, url: "https://contoso.example/files/" + name}
	c.attachments = append(c.attachments, a.entity())
	c.text = "<p>" + phrase + `</p><attachment id="` + a.id + `"></attachment>`
}

func withCard(_ *Tenant, _ *message, s *source, phrase string, c *content) {
	a := attachment{
		id: drawGUID(s).String(), contentType: "application/vnd.microsoft.card.adaptive", app: drawGUID(s).String(),
		content:   "{\"type\":\"AdaptiveCard\",\"body\":[{\"type\":\"TextBlock\",\"text\":\"Poll\"}],\"version\":\"1.4\"}",
		thumbnail: "https://contoso.example/thumbnails/card.png",
	}
	c.attachments = append(c.attachments, a.entity())
	c.text = `<attachment id="` + a.id + `"></attachment><div>` + phrase + "</div>"
}

func quoting(t *Tenant, m *message, s *source, phrase string, c *content) {
	id := stampOf(m.created.Add(-time.Duration(s.between(1, 60)) * time.Minute))
	a := attachment{id: id, contentType: "messageReference", content: fmt.Sprintf(
		`{"messageId":"%s","messagePreview":"%s","messageSender":{"user":{"userIdentityType":"aadUser","id":"%s"}}}`,
		id, "One moment", t.key(t.somebody(m, s)))}
	c.attachments = append(c.attachments, a.entity())
	c.text = `<attachment id="` + id + `"></attachment><p>` + phrase + "</p>"
}

func smiling(_ *Tenant, _ *message, s *source, phrase string, c *content) {
	e := pick(s, []string{`id="smile" alt="🙂" title="Smile"`, `id="1f389_partypopper" alt="🎉" title="Party popper"`})
	c.text = "<p>" + phrase + " <emoji " + e + "></emoji></p>"
}

func picturing(_ *Tenant, m *message, _ *source, phrase string, c *content) {
	c.text = "<p>" + phrase + `</p><div><div><span><img height="63" src="` + hostedURL(m, "picture") +
		`" width="67" style="vertical-align:bottom; width:67px; height:63px" alt="image" itemid="` + m.id() + `"></span></div></div>`
}

func linking(_ *Tenant, _ *message, s *source, phrase string, c *content) {
	c.text = fmt.Sprintf(`<p>%s <a href="https://adatum.example/orders?id=%d&amp;view=all" rel="noreferrer noopener" title="orders">order %[2]d</a></p>`,
		phrase, s.below(1e6))
}

func coding(_ *Tenant, _ *message, s *source, phrase string, c *content) {
	c.text = fmt.Sprintf(`<p>%s</p><codeblock class="Json"><code>{<br>&nbsp; &quot;attempts&quot;: %d<br>}</code></codeblock><p>&nbsp;</p>`,
		phrase, s.below(10))
}

// hostedURL is where something is that Teams keeps beside a message.
func hostedURL(m *message, what string) string {
	path := "chats/" + m.thread.id
	if m.thread.chat == nil {
		path = "teams/" + m.thread.team + "/channels/" + m.thread.id
	}
	return "https://graph.microsoft.com/v1.0/" + path + "/messages/" + m.id() + "/hostedContents/" + what + "/$value"
}

var phrases = []string{
	"Good morning", "On my way", "Can you have a look at the figures?", "Thanks a lot!", "The line was bad, I call again.",
	"Shall we say three o'clock? Zürich is an hour ahead of Lisbon.", "Tack så mycket", "He said \"no\" & left < 5 minutes",
	"Danke, das passt. Bis später 👋", "The build is red again.\nI look into it.", "はい、わかりました", "Прекрасно",
	"I have put the slides into the folder; the last three are still open, and somebody has to check the numbers of October.",
	"ok", "👍", "Who has the key to room 4.12?",
}
