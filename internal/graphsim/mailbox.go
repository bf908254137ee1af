package graphsim

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"time"
)

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

// settings are what the owner of a mailbox has set.
func (m *mailbox) settings() entity {
	days := []string{"monday", "tuesday", "wednesday", "thursday", "friday"}
	if m.number%9 == 8 {
		days = days[:4]
	}
	return entity{
		"archiveFolder", itemID(m.source, 'F'), "timeZone", m.zone(), "delegateMeetingMessageDeliveryOptions", "sendToDelegateOnly",
		"dateFormat", map[string]string{"en-US": "M/d/yyyy", "de-CH": "dd.MM.yyyy"}[m.site.language],
		"timeFormat", either(m.site.language == "en-US", "h:mm tt", "HH:mm"), "userPurpose", either(m.enabled, "user", "shared"),
		"automaticRepliesSetting", m.replies(),
		"language", entity{"locale", m.site.language, "displayName", map[string]string{
			"de-CH": "German (Switzerland)", "pt-PT": "Portuguese (Portugal)", "en-US": "English (United States)",
		}[m.site.language]},
		"workingHours", entity{
			"daysOfWeek", days, "startTime", either(m.number%4 == 0, "08:30:00.0000000", "08:00:00.0000000"),
			"endTime", "17:00:00.0000000", "timeZone", entity{"name", m.site.zone},
		},
	}
}

var mailboxType = entityType{name: "microsoft.graph.mailboxSettings", sample: func(t *Tenant) entity {
	p := t.person(0)
	return (&mailbox{person: &p}).settings()
}}

// zone is the name of a time zone as somebody's programme has set it: of Windows or, for some, of IANA.
func (m *mailbox) zone() string {
	if m.number%6 == 5 {
		return map[string]string{
			"CH": "Europe/Zurich", "PT": "Europe/Lisbon", "US": "America/Los_Angeles", "IN": "Asia/Kolkata",
		}[m.site.country]
	}
	return m.site.zone
}

// replies are the automatic replies. Outlook keeps a schedule where there is none, too.
func (m *mailbox) replies() entity {
	from, to, status, message := m.from, m.to, "scheduled", "<html>\n<body>\nI am away until "+m.to.Format(time.DateOnly)+".\n</body>\n</html>\n"
	switch {
	case m.always:
		status, message = "alwaysEnabled", "<html>\n<body>\nThis mailbox is not read any more.\n</body>\n</html>\n"
		from, to = midnight(20000), midnight(20001)
	case from.IsZero():
		status, message = "disabled", ""
		from, to = midnight(20000), midnight(20001)
	}
	return entity{
		"status", status, "externalAudience", []string{"all", "contactsOnly", "none"}[m.number%3], "internalReplyMessage", message,
		"externalReplyMessage", message, "scheduledStartDateTime", zoned(from), "scheduledEndDateTime", zoned(to),
	}
}

// zoned is a dateTimeTimeZone: always seven digits, and no offset.
func zoned(at time.Time) entity {
	return entity{"dateTime", at.Format("2006-01-02T15:04:05.0000000"), "timeZone", "UTC"}
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

// mostPresences is how many users one request may ask for.
const mostPresences = 650

// A presence is whether somebody can be reached at an instant.
type presence struct {
	availability, activity string
	away                   bool // out of office
}

// How people are at work and outside it. Graph's lists of both words grow: they are open.
var (
	atWork = []presence{
		{availability: "Available", activity: "Available"}, {availability: "Available", activity: "Available"},
		{availability: "Busy", activity: "InACall"}, {availability: "Busy", activity: "InAMeeting"},
		{availability: "DoNotDisturb", activity: "Presenting"}, {availability: "Away", activity: "Away"},
		{availability: "BeRightBack", activity: "BeRightBack"}, {availability: "AvailableIdle", activity: "Inactive"},
		{availability: "focusing", activity: "doNotDisturb"},
	}
	atHome = []presence{
		{availability: "Offline", activity: "Offline"}, {availability: "Offline", activity: "OffWork"},
		{availability: "Away", activity: "Away"}, {availability: "Offline", activity: "Offline"},
	}
)

// reached is how somebody is at an instant. It changes every quarter of an hour, with the hours of the
// site.
func (t *Tenant) reached(p *person, now time.Time) presence {
	quarter := uint64(now.Unix()) / 900
	s := seeded(t.seed, uint64(p.number), quarter, 'Y')
	one := presence{availability: "Offline", activity: "Offline"}
	local := now.Add(p.site.offset)
	switch {
	case p.guest:
		one = presence{availability: "PresenceUnknown", activity: "PresenceUnknown"}
	case !p.enabled:
	case t.isOut(p, now):
		one = presence{availability: "Offline", activity: "OutOfOffice", away: true}
	case !weekend(dayOf(local)) && s.chance(p.site.activity(now.Sub(midnight(dayOf(now))))):
		one = pick(&s, atWork)
	default:
		one = pick(&s, atHome)
	}
	return one
}

func (t *Tenant) presence(p *person, now time.Time) entity {
	one := t.reached(p, now)
	return entity{
		"id", p.id, "availability", one.availability, "activity", one.activity, "statusMessage", nil,
		"outOfOfficeSettings", entity{"message", when(one.away, "I am back on Monday."), "isOutOfOffice", one.away},
	}
}

// presences are those of whom the body names. Whom the tenant does not know is left out.
func (t *Tenant) presences(r *request) (rows, error) {
	var body struct{ IDs []string }
	if err := json.Unmarshal(r.body, &body); err != nil {
		return nil, badRequest("Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.")
	}
	switch n := len(body.IDs); {
	case n == 0:
		return nil, badRequest("The ids are required.")
	case n > mostPresences:
		return nil, badRequest("The number of ids must not exceed %d.", mostPresences)
	}
	var list []person
	for _, id := range body.IDs {
		if _, ok := parseGUID(id); !ok {
			return nil, badRequest("The id '%s' is not a GUID.", id)
		}
		if p, ok := t.findPerson(id, r.now); ok {
			list = append(list, p)
		}
	}
	return listed(r, list, func(p person) entity { return t.presence(&p, r.now) }), nil
}
