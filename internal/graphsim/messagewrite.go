package graphsim

import (
	"net/url"
	"time"
)

// message writes a message as an export shows it.
func (t *Tenant) message(w *writer, m *message, now time.Time) {
	w.open("")
	defer w.close()
	w.text("@odata.type", "#microsoft.graph.chatMessage")
	w.text("id", m.id())
	if m.root.IsZero() {
		w.null("replyToId")
	} else {
		w.text("replyToId", stampOf(m.root))
	}
	w.text("etag", stampOf(m.modified))
	if m.event == noEvent {
		w.text("messageType", "message")
	} else {
		w.member("messageType", "systemEventMessage")
	}
	w.time("createdDateTime", m.created)
	w.time("lastModifiedDateTime", m.modified)
	w.timeOrNull("lastEditedDateTime", m.edited)
	w.timeOrNull("deletedDateTime", m.deleted)
	t.stand(w, m)
	w.text("importance", m.importance())
	w.text("locale", "en-us")
	if who, ok := t.sender(m); ok {
		t.fromSet(w, "from", who)
	} else {
		w.null("from")
	}
	t.violation(w, m)
	t.body(w, m, now)
	if m.event == noEvent {
		w.null("eventDetail")
	} else {
		w.open("eventDetail")
		t.eventDetail(w, m)
		w.close()
	}
}

// stand writes where a message stands.
func (t *Tenant) stand(w *writer, m *message) {
	if m.thread.chat != nil {
		w.null("subject")
		w.null("summary")
		w.text("chatId", m.thread.id)
		w.null("webUrl")
		w.null("channelIdentity")
		return
	}
	s := seeded(m.seed, 's')
	subject, summary, root := "", "", m.root
	if root.IsZero() {
		root = m.created
		if s.chance(0.4) && m.event == noEvent && m.deleted.IsZero() {
			subject = pick(&s, subjects)
			if s.chance(0.1) {
				summary = "About " + subject
			}
		}
	}
	team := m.thread.team
	w.textOrNull("subject", subject)
	w.textOrNull("summary", summary)
	w.null("chatId")
	w.text("webUrl", "https://teams.example/l/message/"+url.PathEscape(m.thread.id)+"/"+m.id()+
		"?groupId="+team+"&tenantId="+t.Tenant+"&createdTime="+m.id()+"&parentMessageId="+stampOf(root))
	w.open("channelIdentity")
	w.text("teamId", team)
	w.text("channelId", m.thread.id)
	w.close()
}

func (m *message) importance() string {
	s := seeded(m.seed, 'i')
	switch {
	case m.event != noEvent || s.chance(0.95):
		return "normal"
	case s.chance(0.7):
		return "high"
	}
	return "urgent"
}

// violation writes what a rule against leaks had to say.
func (t *Tenant) violation(w *writer, m *message) {
	s := seeded(m.seed, 'v')
	if m.event != noEvent || !s.chance(0.01) {
		w.null("policyViolation")
		return
	}
	w.open("policyViolation")
	w.text("dlpAction", pick(&s, []string{"notifySender", "blockAccess", "notifySender,blockAccessExternal"}))
	w.textOrNull("justificationText", pick(&s, []string{"", "The customer asked for it."}))
	w.open("policyTip")
	w.text("generalText", "This message conflicts with a policy of your organization.")
	w.text("complianceUrl", "https://contoso.example/policies")
	w.texts("matchedConditionDescriptions", "Credit Card Number")
	w.close()
	w.text("userAction", pick(&s, []string{"none", "override"}))
	w.text("verdictDetails", "allowFalsePositiveOverride,allowOverrideWithJustification")
	w.close()
}
