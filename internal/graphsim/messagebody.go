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
	case m.event != "":
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
	return t.compose(m, &s, html.EscapeString(phrase))
}

// compose puts a message together in one of the ways in which Teams does.
func (t *Tenant) compose(m *message, s *source, phrase string) (c content) {
	c.html = true
	quote := func(a attachment) string {
		c.attachments = append(c.attachments, a.entity())
		return `<attachment id="` + a.id + `"></attachment>`
	}
	switch s.below(13) {
	case 0, 1, 2:
		c.text = "<p>" + phrase + "</p>"
	case 3:
		c.text = "<div>\n<div itemprop=\"copy-paste-block\">" + phrase + "</div>\n<div>&nbsp;</div>\n<div><strong>" +
			html.EscapeString(pick(s, phrases)) + "</strong><br>&nbsp;</div>\n</div>"
	case 4, 5:
		for i := range s.between(1, 3) {
			one := t.mention(m, s)
			c.mentions = append(c.mentions, one.entity(i))
			c.text += fmt.Sprintf(`<at id="%d">%s</at>&nbsp;`, i, html.EscapeString(one.name))
		}
		c.text = "<div><div>" + c.text + phrase + "</div></div>"
	case 6:
		name := pick(s, []string{"Offer.docx", "Übersicht 2027.xlsx", "plan.pdf"})
		a := attachment{id: drawGUID(s).String(), contentType: "reference", name: name, url: "https://contoso.example/files/" + name}
		c.text = "<p>" + phrase + `</p>` + quote(a)
	case 7:
		c.text = quote(attachment{
			id: drawGUID(s).String(), contentType: "application/vnd.microsoft.card.adaptive", app: drawGUID(s).String(),
			content:   "{\"type\":\"AdaptiveCard\",\"body\":[{\"type\":\"TextBlock\",\"text\":\"Poll\"}],\"version\":\"1.4\"}",
			thumbnail: "https://contoso.example/thumbnails/card.png",
		}) + "<div>" + phrase + "</div>"
	case 8:
		id := stampOf(m.created.Add(-time.Duration(s.between(1, 60)) * time.Minute))
		c.text = quote(attachment{id: id, contentType: "messageReference", content: fmt.Sprintf(
			`{"messageId":"%s","messagePreview":"%s","messageSender":{"user":{"userIdentityType":"aadUser","id":"%s"}}}`,
			id, "One moment", t.key(t.somebody(m, s)))}) + "<p>" + phrase + "</p>"
	case 9:
		e := pick(s, []string{`id="smile" alt="🙂" title="Smile"`, `id="1f389_partypopper" alt="🎉" title="Party popper"`})
		c.text = "<p>" + phrase + " <emoji " + e + "></emoji></p>"
	case 10:
		c.text = "<p>" + phrase + `</p><div><div><span><img height="63" src="` + hostedURL(m, "picture") +
			`" width="67" style="vertical-align:bottom; width:67px; height:63px" alt="image" itemid="` + m.id() + `"></span></div></div>`
	case 11:
		c.text = fmt.Sprintf(`<p>%s <a href="https://adatum.example/orders?id=%d&amp;view=all" rel="noreferrer noopener" title="orders">order %[2]d</a></p>`,
			phrase, s.below(1e6))
	default:
		c.text = fmt.Sprintf(`<p>%s</p><codeblock class="Json"><code>{<br>&nbsp; &quot;attempts&quot;: %d<br>}</code></codeblock><p>&nbsp;</p>`,
			phrase, s.below(10))
	}
	return c
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

// What system messages tell of in chats and in channels without a trace elsewhere, in Graph's words. In chats they
// tell of its members, its topic and its calls too.
var (
	smallEvents = strings.Fields(`messagePinned messageUnpinned tabUpdated teamsAppInstalled teamsAppRemoved teamsAppUpgraded
		conversationMemberRoleUpdated callRecording callTranscript meetingPolicyUpdated`)
	teamEvents = strings.Fields(`channelAdded channelDeleted channelDescriptionUpdated channelRenamed channelSetAsFavoriteByDefault
		channelUnsetAsFavoriteByDefault teamArchived teamCreated teamDescriptionUpdated teamJoiningDisabled
		teamJoiningEnabled teamRenamed teamUnarchived tabUpdated teamsAppInstalled messagePinned`)
	// eventTexts are the members of details with a text.
	eventTexts = map[string][]string{
		"channelAdded": {"channelDisplayName"}, "channelDeleted": {"channelDisplayName"}, "channelRenamed": {"channelDisplayName"},
		"channelDescriptionUpdated": {"channelDescription"}, "teamCreated": {"teamDescription", "teamDisplayName"},
		"teamDescriptionUpdated": {"teamDescription"}, "teamRenamed": {"teamDisplayName"},
	}
)

// eventDetail is what a system message tells of.
func (t *Tenant) eventDetail(m *message) entity {
	s := seeded(m.seed, 'd')
	e := append(entity{"@odata.type", "#microsoft.graph." + m.event + "EventMessageDetail"}, t.eventMembers(m, &s)...)
	switch m.event {
	case "callTranscript": // has no initiator
	case "membersLeft", "membersJoined", "callStarted", "callEnded", "chatRenamed":
		e = append(e, "initiator", t.fromSet(m.turn.who))
	default:
		e = append(e, "initiator", t.fromSet(t.somebody(m, &s)))
	}
	return e
}

func (t *Tenant) eventMembers(m *message, s *source) (e entity) {
	switch m.event {
	case "membersAdded":
		return entity{"members", []entity{t.teamsIdentity(m.turn.who)}, "visibleHistoryStartDateTime", time.Time{}}
	case "membersDeleted", "membersJoined", "membersLeft":
		return entity{"members", []entity{t.teamsIdentity(m.turn.who)}}
	case "chatRenamed":
		return entity{"chatId", m.thread.id, "chatDisplayName", m.turn.name}
	case "callStarted", "callEnded", "callRecording", "callTranscript":
		return t.callEvent(m, s)
	case "meetingPolicyUpdated":
		return entity{"meetingChatEnabled", s.chance(0.5), "meetingChatId", m.thread.id}
	case "messagePinned", "messageUnpinned":
		return entity{"eventDateTime", m.created}
	case "tabUpdated":
		return entity{"tabId", drawGUID(s)}
	case "teamsAppInstalled", "teamsAppRemoved", "teamsAppUpgraded":
		return entity{"teamsAppId", drawGUID(s), "teamsAppDisplayName", pick(s, []string{"Polls", "Reminders", "Contoso Travel"})}
	case "conversationMemberRoleUpdated":
		roles := []string{pick(s, []string{"owner", "guest"})}
		return entity{"conversationMemberRoles", roles, "conversationMemberUser", t.teamsIdentity(t.somebody(m, s))}
	}
	if e = (entity{"teamId", m.thread.team}); strings.HasPrefix(m.event, "channel") {
		e = entity{"channelId", m.thread.id}
	}
	for _, name := range eventTexts[m.event] {
		e = append(e, name, pick(s, subjects))
	}
	return e
}

// callEvent is what a message tells of a call: the meeting's, or one of which nothing else is known.
func (t *Tenant) callEvent(m *message, s *source) entity {
	var id guid
	var length time.Duration
	if c := m.thread.chat; c != nil && c.kind == meetingChat {
		id, length = c.call.id, c.call.end.Sub(c.call.start)
	} else {
		id, length = drawGUID(s), time.Duration(s.between(60, 3600))*time.Second
	}
	switch m.event {
	case "callRecording":
		return entity{
			"callId", id, "callRecordingDisplayName", "Call with " + pick(s, givenNames), "callRecordingDuration", length.Truncate(time.Second),
			"callRecordingStatus", pick(s, []string{"success", "success", "initial", "chunkFinished", "failure"}),
			"callRecordingUrl", "https://contoso.example/recordings/" + id.String(), "meetingOrganizer", t.fromSet(t.somebody(m, s)),
		}
	case "callTranscript":
		uid := "040000008200E00074C5B7101A82E008" + id.String()
		return entity{"callId", id, "callTranscriptICalUid", uid, "meetingOrganizer", t.fromSet(t.somebody(m, s))}
	case "callEnded":
		var who []entity
		for range s.between(2, 4) {
			who = append(who, entity{"participant", t.fromSet(t.somebody(m, s))})
		}
		return entity{"callId", id, "callEventType", "meeting", "callDuration", length, "callParticipants", who}
	}
	return entity{"callId", id, "callEventType", "meeting"}
}
