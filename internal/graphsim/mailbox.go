package graphsim

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"slices"
	"strings"
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
	from = midnight(week*7 - 3 + s.below(3)).Add(7*time.Hour - p.site.offsetOn(week*7-3))
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
func (t *Tenant) settings(m *mailbox) entity {
	var working any
	if h, ok := m.hours(); ok {
		working = entity{"daysOfWeek", h.days, "startTime", clockTime(h.from), "endTime", clockTime(h.to), "timeZone", entity{"name", h.zone}}
	}
	return entity{
		"archiveFolder", t.itemID(m.number, m.source, 'F'), "timeZone", m.zone(), "delegateMeetingMessageDeliveryOptions", "sendToDelegateOnly",
		"dateFormat", map[string]string{"en-US": "M/d/yyyy", "de-CH": "dd.MM.yyyy"}[m.site.language],
		"timeFormat", either(m.site.language == "en-US", "h:mm tt", "HH:mm"), "userPurpose", m.purpose(),
		"automaticRepliesSetting", m.replies(),
		"language", entity{"locale", m.site.language, "displayName", map[string]string{
			"de-CH": "German (Switzerland)", "pt-PT": "Portuguese (Portugal)", "en-US": "English (United States)",
		}[m.site.language]},
		"workingHours", working,
	}
}

// workingHours are when somebody works, in the zone for which they have said so: mostly that of their site.
type workingHours struct {
	days     []string
	from, to time.Duration // after midnight; a shift that ends before it began ends on the next day
	zone     string
	clock    *time.Location
}

// hours are the working hours of a mailbox. Some have none.
func (m *mailbox) hours() (h workingHours, ok bool) {
	h = workingHours{[]string{"monday", "tuesday", "wednesday", "thursday", "friday"}, 8 * time.Hour, 17 * time.Hour, m.site.zone, m.site.clock}
	if m.number%9 == 8 {
		h.days = h.days[:4]
	}
	if m.number%4 == 0 {
		h.from += halfHour
	}
	if m.nightShift() {
		h.from, h.to = 22*time.Hour, 6*time.Hour
	}
	if m.number%23 == 9 { // who works for another site
		other := &sites[(m.number+1)%len(sites)]
		h.zone, h.clock = other.zone, other.clock
	}
	return h, m.number%29 != 13
}

func (h *workingHours) works(day time.Weekday) bool {
	return slices.Contains(h.days, strings.ToLower(day.String()))
}

// clockTime is an Edm.TimeOfDay.
func clockTime(d time.Duration) string { return midnight(0).Add(d).Format("15:04:05.0000000") }

// nightShift says whether somebody works from 22 to 6 o'clock.
func (p *person) nightShift() bool { return p.number%31 == 11 }

// purpose is what a mailbox is for: those of disabled accounts are shared by others, or a room's.
func (m *mailbox) purpose() string {
	switch {
	case m.enabled:
		return "user"
	case m.number%6 == 0:
		return "room"
	}
	return "shared"
}

var mailboxType = entityType{name: "microsoft.graph.mailboxSettings", sample: func(t *Tenant) entity {
	p := t.person(0)
	return t.settings(&mailbox{person: &p})
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

// itemID draws an id of something in somebody's mailbox, of a kind. As Outlook's, it is base64url of a structure that
// says in plain text whose mailbox it is, and else in numbers where in it the thing lies; items of a mailbox differ in
// few characters, and may in nothing but their case. The GUID of the mailbox is here that of its user.
func (t *Tenant) itemID(number int, s source, kind uint64) string {
	const entryBytes, folderEntry = 70, 7
	s = seeded(uint64(s), kind)
	who := t.id(userIDs, uint64(number)).String()
	of := seeded(t.seed, uint64(number), 'b')
	store, folder, item := drawGUID(&of), drawGUID(&of), drawGUID(&of)
	raw := make([]byte, 0, 128)
	raw = append(raw, 0, 3)
	raw = append(binary.LittleEndian.AppendUint16(raw, uint16(len(who))), who...)
	raw = binary.LittleEndian.AppendUint16(append(raw, 0), entryBytes)
	raw = append(append(raw, 0, 0, 0, 0), store[:]...)
	raw = append(binary.LittleEndian.AppendUint16(raw, folderEntry), folder[:]...)
	raw = append(raw, 0, 0, 0, 0, 1, 13, 0, 0)
	raw = append(raw, item[:]...)
	raw = binary.BigEndian.AppendUint64(raw, s.next()<<16) // a counter of 48 bits, and padding
	return base64.URLEncoding.EncodeToString(raw)
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

// reached is how somebody is at an instant. It lasts from half an hour to one and a half: what is drawn for an hour begins within its
// first half. It follows the hours of the site.
func (t *Tenant) reached(p *person, now time.Time) presence {
	hour := int(now.Unix() / 3600)
	begins := seeded(t.seed, uint64(p.number), uint64(hour), 'B')
	if int(now.Unix()%3600) < begins.below(1800) {
		hour--
	}
	s := seeded(t.seed, uint64(p.number), uint64(hour), 'Y')
	from := time.Unix(int64(hour)*3600, 0).UTC()
	switch day := dayOf(from); {
	case p.guest:
		return presence{availability: "PresenceUnknown", activity: "PresenceUnknown"}
	case !p.enabled || p.number < t.Users && !t.standing(p.number).acts:
		return presence{availability: "Offline", activity: "Offline"}
	case t.isOut(p, now):
		return presence{availability: "Offline", activity: "OutOfOffice", away: true}
	case !weekend(dayOf(from.Add(p.site.offset(from)))) && s.chance(p.site.activity(day, from.Sub(midnight(day)))):
		return pick(&s, atWork)
	}
	return pick(&s, atHome)
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
