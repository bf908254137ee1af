package graphsim

import (
	"encoding/base64"
	"encoding/binary"
	"time"
)

var mailboxRoles = []string{"MailboxSettings.Read", "MailboxSettings.ReadWrite"}

// A mailbox is somebody's mailbox as it is at an instant.
type mailbox struct {
	*person
	from, to time.Time // of the scheduled absence; zero if there is none
	always   bool      // automatic replies without a schedule
}

// hasMailbox says whether a user has one: guests do not, and of two disabled accounts one has lost it.
func (p *person) hasMailbox() bool { return !p.guest && (p.enabled || p.number%2 == 0) }

// absence is when somebody is out of office in the week of an instant, which few are.
func (t *Tenant) absence(p *person, now time.Time) (from, to time.Time, out bool) {
	week := (dayOf(now) + 3) / 7 // weeks begin on Monday
	s := seeded(t.seed, uint64(p.number), uint64(week), 'O')
	if !s.chance(0.06) {
		return from, to, false
	}
	from = midnight(week*7 - 3 + s.below(3)).Add(7*time.Hour - p.site.offset)
	return from, from.AddDate(0, 0, s.between(1, 3)), true
}

func (t *Tenant) isOut(p *person, now time.Time) bool {
	from, to, out := t.absence(p, now)
	return out && !now.Before(from) && now.Before(to)
}

// openMailbox is the mailbox of a user, or Graph's refusal.
func (t *Tenant) openMailbox(key string, now time.Time) (mailbox, error) {
	p, ok := t.findPerson(key, now)
	switch {
	case !ok:
		return mailbox{}, refuse(404, "ErrorInvalidUser", "The requested user '%s' is invalid.", key)
	case t.forbidden(userIDs, p.number):
		return mailbox{}, accessDenied()
	case p.guest:
		return mailbox{}, refuse(404, "ErrorItemNotFound", "The specified object was not found in the store., Default folder Root not found.")
	case !p.hasMailbox():
		return mailbox{}, refuse(404, "MailboxNotEnabledForRESTAPI", "The mailbox is either inactive, soft-deleted, or is hosted on-premise.")
	}
	m := mailbox{person: &p, always: !p.enabled}
	m.from, m.to, _ = t.absence(&p, now)
	return m, nil
}

var mailboxProperties = properties[mailbox]{
	{"archiveFolder", func(w *writer, m *mailbox) { w.text("archiveFolder", itemID(m.source, 'F')) }},
	{"timeZone", func(w *writer, m *mailbox) { w.text("timeZone", m.zone()) }},
	{"delegateMeetingMessageDeliveryOptions", func(w *writer, _ *mailbox) { w.text("delegateMeetingMessageDeliveryOptions", "sendToDelegateOnly") }},
	{"dateFormat", func(w *writer, m *mailbox) {
		w.text("dateFormat", map[string]string{"en-US": "M/d/yyyy", "de-CH": "dd.MM.yyyy"}[m.site.language])
	}},
	{"timeFormat", func(w *writer, m *mailbox) {
		w.text("timeFormat", map[bool]string{true: "h:mm tt", false: "HH:mm"}[m.site.language == "en-US"])
	}},
	{"userPurpose", func(w *writer, m *mailbox) {
		w.text("userPurpose", map[bool]string{true: "user", false: "shared"}[m.enabled])
	}},
	{"automaticRepliesSetting", func(w *writer, m *mailbox) { m.replies(w) }},
	{"language", func(w *writer, m *mailbox) {
		w.open("language")
		w.text("locale", m.site.language)
		w.text("displayName", map[string]string{
			"de-CH": "German (Switzerland)", "pt-PT": "Portuguese (Portugal)", "en-US": "English (United States)",
		}[m.site.language])
		w.close()
	}},
	{"workingHours", func(w *writer, m *mailbox) {
		days := []string{"monday", "tuesday", "wednesday", "thursday", "friday"}
		if m.number%9 == 8 {
			days = days[:4]
		}
		w.open("workingHours")
		w.texts("daysOfWeek", days...)
		w.text("startTime", map[bool]string{true: "08:30:00.0000000", false: "08:00:00.0000000"}[m.number%4 == 0])
		w.text("endTime", "17:00:00.0000000")
		w.open("timeZone")
		w.text("name", m.site.zone)
		w.close()
		w.close()
	}},
}

// zone is the name of a time zone as somebody's programme has set it: of Windows or, for some, of IANA.
func (m *mailbox) zone() string {
	if m.number%6 == 5 {
		return map[string]string{
			"CH": "Europe/Zurich", "PT": "Europe/Lisbon", "US": "America/Los_Angeles", "IN": "Asia/Kolkata",
		}[m.site.country]
	}
	return m.site.zone
}

// replies writes the automatic replies. Outlook keeps a schedule where there is none, too.
func (m *mailbox) replies(w *writer) {
	from, to, status, message := m.from, m.to, "scheduled", "<html>\n<body>\nI am away until "+m.to.Format(time.DateOnly)+".\n</body>\n</html>\n"
	switch {
	case m.always:
		status, message = "alwaysEnabled", "<html>\n<body>\nThis mailbox is not read any more.\n</body>\n</html>\n"
		from, to = midnight(20000), midnight(20001)
	case from.IsZero():
		status, message = "disabled", ""
		from, to = midnight(20000), midnight(20001)
	}
	w.open("automaticRepliesSetting")
	w.text("status", status)
	w.text("externalAudience", []string{"all", "contactsOnly", "none"}[m.number%3])
	w.text("internalReplyMessage", message)
	w.text("externalReplyMessage", message)
	zoned(w, "scheduledStartDateTime", from)
	zoned(w, "scheduledEndDateTime", to)
	w.close()
}

// zoned writes a dateTimeTimeZone: always seven digits, and no offset.
func zoned(w *writer, name string, at time.Time) {
	w.open(name)
	w.text("dateTime", at.Format("2006-01-02T15:04:05.0000000"))
	w.text("timeZone", "UTC")
	w.close()
}

// mailboxSettings answers /users/{id}/mailboxSettings.
func (t *Tenant) mailboxSettings(w *writer, q *question, key string) error {
	if err := q.allow("$select"); err != nil {
		return err
	}
	chosen, err := mailboxProperties.choose("microsoft.graph.mailboxSettings", q.options.Get("$select"), q.options.Has("$select"))
	if err != nil {
		return err
	}
	m, err := t.openMailbox(key, q.now)
	if err != nil {
		return err
	}
	w.open("")
	w.text("@odata.context", q.root+"/$metadata#users('"+m.id.String()+"')/mailboxSettings"+chosen.shape())
	mailboxProperties.whole(w, &m, chosen)
	w.close()
	return nil
}

// itemID draws an id of something in a mailbox, of a kind.
func itemID(s source, kind uint64) string {
	s = seeded(uint64(s), kind)
	raw := make([]byte, 0, 48)
	for range 6 {
		raw = binary.BigEndian.AppendUint64(raw, s.next())
	}
	return "AAMkAG" + base64.URLEncoding.EncodeToString(raw) + "="
}
