package graphsim

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// An event is what somebody planned, apart from the mailboxes that it is in.
type event struct {
	seed       uint64
	call       *call // that it became; nil if it is known of none
	organizer  int
	start, end time.Time
	planned    time.Time // the start before anything was moved
	allDay     bool
	subject    string
	site       *site
	created    time.Time
	modified   time.Time
	series     uint64 // the seed of the series; 0 if it is single
	moved      bool
	cancelled  bool
	deleted    bool
}

// Of a hundred events, so many are moved, cancelled by their organizer or deleted from all calendars.
const (
	movedEvents     = 4
	cancelledEvents = 3
	deletedEvents   = 2
)

// moves are how far an event is moved.
var moves = []time.Duration{-24 * time.Hour, -2 * time.Hour, -30 * time.Minute, time.Hour, 3 * time.Hour, 24 * time.Hour, 48 * time.Hour}

// asOf is the event at an instant, and whether anybody still has it: it is planned up to two weeks before
// it begins, and changed until a day after.
func (e event) asOf(now time.Time) (event, bool) {
	s := seeded(e.seed, 'F')
	e.planned = e.start
	if e.created.IsZero() {
		e.created = e.start.Add(-time.Duration(s.between(3600, 14*secondsPerDay)) * time.Second)
	}
	e.modified = e.created.Add(time.Duration(s.between(1, 600_000)) * time.Millisecond)
	share := s.below(100)
	at := later(e.start.Add(time.Duration(s.between(-3*secondsPerDay, secondsPerDay))*time.Second), e.modified)
	by := pick(&s, moves)
	if e.allDay {
		by = 24 * time.Hour
	}
	happened := !at.After(now)
	switch {
	case share < movedEvents:
		// A call took place when it did: its event was somewhere else before. Others are elsewhere after.
		if happened != (e.call != nil) {
			e.start, e.end = e.start.Add(by), e.end.Add(by)
		}
		e.moved = happened
	case share < movedEvents+cancelledEvents:
		e.cancelled = happened
	case share < movedEvents+cancelledEvents+deletedEvents:
		e.deleted = happened
	default:
		happened = false
	}
	if happened {
		e.modified = at
	}
	return e, !e.created.After(now) && !e.deleted
}

// uid is the id that an event has in every mailbox.
func (e *event) uid() string {
	s := seeded(e.seed, 'U')
	return strings.ToUpper(fmt.Sprintf("040000008200e00074c5b7101a82e008%016x%016x", s.next(), s.next()))
}

// idIn is the id of an event, or of its series, in somebody's mailbox.
func (t *Tenant) idIn(seed uint64, number int) string {
	return t.itemID(number, seeded(seed, uint64(number)), 'I')
}

// in says whether an event is in somebody's calendar: a meeting that was cancelled is in no more its
// organizer's, and some who were invited have deleted it.
func (e *event) in(number int) bool {
	if number == e.organizer {
		return !e.cancelled
	}
	s := seeded(e.seed, uint64(number), 'X')
	return !s.chance(0.02)
}

// kind is what Graph calls the type of an event in a calendar view.
func (e *event) kind() string {
	switch {
	case e.series == 0:
		return "singleInstance"
	case e.moved:
		return "exception"
	}
	return "occurrence"
}

// response is what somebody has answered to an invitation at an instant, and when.
func (e *event) response(number int, now time.Time) (response string, at time.Time) {
	s := seeded(e.seed, uint64(number), 'R')
	response = pick(&s, []string{"accepted", "accepted", "accepted", "accepted", "tentativelyAccepted", "declined", "notResponded"})
	at = e.created.Add(time.Duration(s.between(60, 5*secondsPerDay)) * time.Second)
	if at.Hour() < 5 { // nobody answers in the small hours, when the lake is read
		at = at.Add(5 * time.Hour)
	}
	if response == "notResponded" || at.After(now) {
		return "notResponded", never
	}
	return response, at
}

const quarterHour, halfHour = 15 * time.Minute, 30 * time.Minute

// plans are the events that were planned for a day and that concern a user, as they are at an instant.
func (t *Tenant) plans(number, day int, now time.Time) (list []event) {
	if day < t.first || day >= t.first+t.days {
		return nil
	}
	var all []event
	if by := t.invitations(day); number < len(by) { // who came later was in no call
		for _, index := range by[number] {
			all = append(all, t.meeting(new(t.call(day, int(index)))))
		}
	}
	for _, leader := range slices.Compact([]int{number, ledBy(number)}) { // the first user leads all, and themselves
		if e, ok := t.weekly(leader, day); ok && number < t.Users {
			all = append(all, e)
		}
	}
	for _, e := range append(all, t.appointments(number, day)...) {
		if e, there := e.asOf(now); there && e.in(number) {
			list = append(list, e)
		}
	}
	return list
}

// planned is when a call was to begin: on a quarter of an hour. Somebody opens it up to two minutes after that, or up to twelve before.
func (c *call) planned() time.Time { return c.start.Add(5 * time.Minute).Round(quarterHour) }

// meeting is the event that became a call. It is as long as the call was, in quarters of an hour.
func (t *Tenant) meeting(c *call) event {
	s := seeded(c.seed, 'E')
	e := event{seed: s.next(), call: c, organizer: c.first.number, start: c.planned()}
	e.end = later(e.start.Add(halfHour), c.end.Add(quarterHour-1).Truncate(quarterHour))
	e.subject = pick(&s, []string{"Review: Q4 \"numbers\"", "Planning", "Customer call", "Incident follow-up", "Überblick", "Demo 🎉"})
	e.site = t.person(e.organizer).site
	return e
}

// weekly is the occurrence, on a day, of the series in which whoever leads others meets them.
func (t *Tenant) weekly(leader, day int) (e event, ok bool) {
	s := seeded(t.seed, uint64(leader), 'W')
	if firstLed(leader) >= t.Users || midnight(day).Weekday() != time.Weekday(1+s.below(5)) {
		return e, false
	}
	p := t.person(leader)
	if p.guest {
		return e, false
	}
	e = event{seed: uint64(seeded(uint64(s), uint64(day))), series: uint64(s), organizer: leader, site: p.site}
	e.subject = p.department + " weekly"
	e.start = midnight(day).Add(9*time.Hour + time.Duration(s.below(16))*halfHour - p.site.offsetOn(day))
	e.end = e.start.Add(time.Duration(s.between(1, 2)) * halfHour)
	e.created = midnight(t.first - s.between(20, 300)).Add(10 * time.Hour)
	return e, true
}

// appointments are what a user has planned alone for a day: nothing before they joined.
func (t *Tenant) appointments(number, day int) (list []event) {
	if weekend(day) || number >= t.Users && day < dayOf(t.joined(number)) {
		return nil
	}
	s := seeded(t.seed, uint64(number), uint64(day), 'E')
	p := t.person(number)
	for range s.below(3) {
		e := event{seed: s.next(), organizer: number, site: p.site}
		e.subject = pick(&s, []string{"Focus time", "Zahnarzt", "Lunch", "Prepare the talk"})
		e.start = midnight(day).Add(8*time.Hour + time.Duration(s.below(20))*halfHour - p.site.offsetOn(day))
		e.end = e.start.Add(time.Duration(s.between(1, 4)) * halfHour)
		list = append(list, e)
	}
	if s.chance(0.03) {
		e := event{seed: s.next(), organizer: number, site: p.site, allDay: true, subject: "Away", start: midnight(day)}
		e.end = midnight(day + s.between(1, 3))
		list = append(list, e)
	}
	return list
}

// An attendee is somebody, or a room, who is invited to an event.
type attendee struct {
	number  int // of a user, whose name and address only a copy knows; nobody for whoever is none
	name    string
	address string
	role    string
}

// crowd is how many may be invited and still see each other.
const crowd = 12

// invited are those who are invited to an event, without its organizer: to one that became a call those who then
// took part, but for those who came by the link, and sometimes a room; to a series those whom somebody led at first.
func (t *Tenant) invited(e *event) (list []attendee) {
	switch {
	case e.call == nil && e.series == 0:
		return nil
	case e.call == nil:
		first := firstLed(e.organizer)
		for number := first; number < min(first+8, t.Users); number++ {
			list = append(list, attendee{number: number, role: "required"})
		}
		return list
	}
	parties := t.parties(e.call)
	for i, p := range append(parties[1:], t.absent(e.call, parties)...) {
		a := attendee{number: nobody, role: either(i%7 == 6, "optional", "required")}
		switch p.kind {
		case internal:
			a.number = p.number
		case federated:
			a.name = fmt.Sprintf("guest%d@fabrikam.example", p.number)
			a.address = a.name
		default:
			continue
		}
		list = append(list, a)
	}
	if e.seed%3 == 0 {
		list = append(list, attendee{nobody, "Room " + e.site.city, plain(e.site.city) + ".room@" + domain, "resource"})
	}
	return list
}

// firstLed is the number of the first whom somebody led at first: ledBy, turned round.
func firstLed(leader int) int { return 8*leader + 1 }

// A calendar remembers whom some calls of a day concern: the one thing that cannot be made from
// the day and the index, because it is asked for by those. It is safe for concurrent use.
type calendar struct {
	mu   sync.Mutex
	days map[int]func() [][]uint32
}

// mostDays is how many days are remembered, of some bytes for each user and invitation.
const mostDays = 64

// invitations are the indexes of a day's calls that each user was invited to, by the user's number.
func (t *Tenant) invitations(day int) [][]uint32 {
	return t.calendar.of(day, func() [][]uint32 { return t.invite(day) })
}

// of is what is remembered of a day, or what finds it.
func (c *calendar) of(day int, find func() [][]uint32) [][]uint32 {
	c.mu.Lock()
	if c.days == nil || len(c.days) >= mostDays {
		c.days = map[int]func() [][]uint32{}
	}
	known := c.days[day]
	if known == nil {
		known = sync.OnceValue(find)
		c.days[day] = known
	}
	c.mu.Unlock()
	return known()
}

func (t *Tenant) invite(day int) [][]uint32 {
	by := make([][]uint32, t.Users)
	for index := range t.count(day) {
		if t.kind(day, index) < dialIn {
			continue
		}
		c := t.call(day, index)
		if !c.scheduled() {
			continue
		}
		parties := t.parties(&c)
		for _, p := range append(parties, t.absent(&c, parties)...) {
			if p.kind == internal {
				by[p.number] = append(by[p.number], uint32(index))
			}
		}
	}
	return by
}

// absent are those who were invited to a call and did not come.
func (t *Tenant) absent(c *call, parties []party) (list []party) {
	s := seeded(c.seed, 'N')
	if !s.chance(0.3) {
		return nil
	}
	for range s.between(1, 2) {
		p := party{kind: internal, number: s.below(t.Users)}
		if !slices.Contains(parties, p) && !slices.Contains(list, p) {
			list = append(list, p)
		}
	}
	return list
}

// scheduled says whether a call was in calendars before: meetings by users are, and half of the groups; the second run of a meeting is not.
func (c *call) scheduled() bool {
	return c.kind >= dialIn && c.room == guid{} && c.first.kind == internal && (c.kind != group || c.seed%2 == 0)
}

// A copyOf is an event as it lies in somebody's mailbox at an instant.
type copyOf struct {
	event
	tenant    *Tenant
	owner     int
	organizer person
	invited   []attendee // without the organizer
	now       time.Time
}

// copyFor is the copy in a user's mailbox.
func (t *Tenant) copyFor(number int, e event, now time.Time) copyOf {
	v := copyOf{event: e, tenant: t, owner: number, organizer: t.person(e.organizer), invited: t.invited(&e), now: now}
	seen := v.attendees()
	for i := range seen {
		if a := &seen[i]; a.number != nobody {
			who := t.person(a.number)
			a.name, a.address = who.name(), who.mail()
		}
	}
	return v
}

// hidden says whether those who are invited do not see each other.
func (v *copyOf) hidden() bool { return len(v.invited) > crowd }

func (v *copyOf) mine() bool { return v.owner == v.event.organizer }

// online says whether an event has a link to join.
func (v *copyOf) online() bool { return v.call != nil || v.series != 0 }

// joinURL is where an online meeting is joined: for one that became a call it is what its record says.
func (v *copyOf) joinURL() string {
	if v.call != nil {
		return v.tenant.joinURL(v.call)
	}
	s := seeded(v.series, 'j')
	return v.tenant.meetingURL(base64.StdEncoding.EncodeToString(drawGUID(&s).append(nil)), party{number: v.event.organizer})
}

// attendees are those whom the owner sees, as a part of those who are invited.
func (v *copyOf) attendees() []attendee {
	if v.mine() || !v.hidden() {
		return v.invited
	}
	i := slices.IndexFunc(v.invited, func(a attendee) bool { return a.number == v.owner })
	if i < 0 {
		return nil
	}
	return v.invited[i : i+1]
}

// subjectNow says, as Outlook does, what was cancelled.
func (v *copyOf) subjectNow() string {
	if v.cancelled {
		return "Canceled: " + v.subject
	}
	return v.subject
}

// entity is the event as the owner sees it.
func (v *copyOf) entity() entity {
	var start, series any
	var categories []string
	response, at := "organizer", never
	if v.series != 0 {
		start, series = v.planned, v.tenant.idIn(v.series, v.owner)
	}
	if v.seed%10 == 0 {
		categories = []string{"Blue category", "Café"}
	}
	if !v.mine() {
		response, at = v.response(v.owner, v.now)
	}
	var meeting any
	if v.online() {
		meeting = entity{"joinUrl", v.joinURL(), "conferenceId", fmt.Sprintf("%09d", v.seed%1e9), "tollNumber", sites[0].prefix + "0100"}
	}
	id := v.tenant.idIn(v.seed, v.owner)
	return entity{
		"@odata.etag", `W/"` + v.changeKey() + `"`, "id", id, "createdDateTime", v.created, "lastModifiedDateTime", v.modified,
		"changeKey", v.changeKey(), "categories", categories, "transactionId", nil, "originalStartTimeZone", v.site.zone,
		"originalEndTimeZone", v.site.zone, "originalStart", start, "iCalUId", v.uid(), "reminderMinutesBeforeStart", 15,
		"isReminderOn", !v.allDay, "hasAttachments", v.seed%12 == 0, "subject", v.subjectNow(),
		"bodyPreview", "We talk about " + v.subject + ".", "importance", either(v.seed%15 == 0, "high", "normal"),
		"sensitivity", either(len(v.invited) == 0 && v.seed%4 == 0, "private", "normal"), "isAllDay", v.allDay,
		"isCancelled", v.cancelled, "isOrganizer", v.mine(), "responseRequested", true, "seriesMasterId", series,
		"showAs", v.showAs(), "type", v.kind(), "webLink", "https://outlook.example/owa/?itemid=" + id + "&exvsurl=1&path=/calendar/item",
		"onlineMeetingUrl", nil, "isOnlineMeeting", v.online(), "onlineMeetingProvider", either(v.online(), "teamsForBusiness", "unknown"),
		"allowNewTimeProposals", true, "isDraft", false, "hideAttendees", v.hidden(), "recurrence", nil,
		"responseStatus", entity{"response", response, "time", at},
		"body", entity{"contentType", "html", "content", "<html><head></head><body>\r\n<p>We talk about <b>" + v.subject + "</b>.</p>\r\n</body></html>"},
		"start", zoned(v.start), "end", zoned(v.end), "location", v.location(), "locations", []string(nil), "attendees", v.attending(),
		"organizer", entity{"emailAddress", entity{"name", v.organizer.name(), "address", v.organizer.mail()}}, "onlineMeeting", meeting,
	}
}

func (v *copyOf) changeKey() string {
	s := seeded(v.seed, uint64(v.owner), uint64(v.modified.UnixNano()))
	return strings.ToUpper(fmt.Sprintf("%016x", s.next()))
}

func (v *copyOf) showAs() string {
	response, _ := v.response(v.owner, v.now)
	switch {
	case v.allDay:
		return "oof"
	case v.cancelled:
		return "free"
	case !v.mine() && response != "accepted":
		return "tentative"
	}
	return "busy"
}

func (v *copyOf) location() entity {
	if n := len(v.invited); n > 0 && v.invited[n-1].role == "resource" {
		room := v.invited[n-1]
		return entity{"displayName", room.name, "locationType", "conferenceRoom", "locationEmailAddress", room.address}
	}
	return entity{"displayName", either(v.online(), "Microsoft Teams Meeting", ""), "locationType", "default"}
}

// attending are who is invited. The organizer alone is told what the others have answered.
func (v *copyOf) attending() (list []entity) {
	for _, a := range v.attendees() {
		response, at := "none", never
		if v.mine() && a.number != nobody || a.number == v.owner {
			response, at = v.response(a.number, v.now)
		}
		if response == "notResponded" {
			response = "none"
		}
		list = append(list, entity{
			"type", a.role, "status", entity{"response", response, "time", at}, "emailAddress", entity{"name", a.name, "address", a.address},
		})
	}
	return list
}

var eventType = entityType{
	name: "microsoft.graph.event", always: "id",
	sample: func(t *Tenant) entity {
		v := t.copyFor(0, event{site: &sites[0]}, t.Now())
		return v.entity()
	},
	refuses: func(name string) error {
		if name == "createdDateTime" || name == "lastModifiedDateTime" {
			return refuse(400, "ErrorInvalidProperty", "The property '%s' does not support $select.", name)
		}
		return nil
	},
}

const (
	eventPage   = 10   // events on a page, unless $top says otherwise
	mostEvents  = 1000 // and at most
	longestView = 1825 * 24 * time.Hour
)

// calendarView is every event that overlaps the window, series as their occurrences.
func (t *Tenant) calendarView(r *request) (rows, error) {
	for _, p := range r.prefer {
		if zone, ok := strings.CutPrefix(p, "outlook.timezone="); ok && strings.Trim(zone, `"`) != "UTC" {
			return nil, refuse(501, "NotImplemented", "This simulator answers in UTC only.")
		}
	}
	from, to, err := r.viewWindow()
	if err != nil {
		return nil, err
	}
	m, err := t.openMailbox(r.keys[0], r.now)
	if err != nil {
		return nil, err
	}
	return listed(r, t.between(m.number, stretch{from, to}, r.now), func(e event) entity {
		v := t.copyFor(m.number, e, r.now)
		return v.entity()
	}), nil
}

// between are the events in a calendar that overlap a window, by their start.
func (t *Tenant) between(number int, window stretch, now time.Time) (list []event) {
	// An event lasts up to three days and is moved by up to two, or back by one.
	for day := max(t.first, dayOf(window.from)-5); day <= min(t.first+t.days, dayOf(window.to)+1); day++ {
		for _, e := range t.plans(number, day, now) {
			if e.start.Before(window.to) && e.end.After(window.from) {
				list = append(list, e)
			}
		}
	}
	slices.SortFunc(list, func(a, b event) int { return cmp.Or(a.start.Compare(b.start), cmp.Compare(a.seed, b.seed)) })
	return list
}

// viewWindow reads the window. An instant without an offset is one in UTC.
func (r *request) viewWindow() (from, to time.Time, err error) {
	var ends [2]time.Time
	for i, name := range []string{"startDateTime", "endDateTime"} {
		text := r.get(name)
		if text == "" {
			return from, to, refuse(400, "ErrorInvalidParameter", "This request requires a time window specified by the query string parameters StartDateTime and EndDateTime.")
		}
		at, ok := parseInstant(text)
		if !ok {
			at, ok = parseInstant(text + "Z")
		}
		if day, err := time.Parse(time.DateOnly, text); !ok && err == nil {
			at, ok = day, true
		}
		if !ok {
			return from, to, refuse(400, "ErrorInvalidParameter", "The value '%s' of parameter '%s' is invalid.", text, name)
		}
		ends[i] = at
	}
	if ends[1].Before(ends[0]) || ends[1].Sub(ends[0]) > longestView {
		return from, to, refuse(400, "ErrorInvalidParameter", "The requested time window must not be negative, nor longer than 1825 days.")
	}
	return ends[0], ends[1], nil
}
