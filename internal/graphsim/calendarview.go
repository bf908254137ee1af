package graphsim

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// A copyOf is an event as it lies in somebody's mailbox at an instant.
type copyOf struct {
	event
	owner     int
	organizer person
	invited   []attendee // without the organizer
	now       time.Time
}

// copyFor is the copy in a user's mailbox.
func (t *Tenant) copyFor(number int, e event, now time.Time) copyOf {
	v := copyOf{event: e, owner: number, organizer: t.person(e.organizer), invited: t.invited(&e), now: now}
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
		return v.call.joinURL()
	}
	s := seeded(v.series, 'j')
	return meetingURL(drawGUID(&s).String())
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
		start, series = v.planned, idIn(v.series, v.owner)
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
	id := idIn(v.seed, v.owner)
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
	r.context = "users('" + m.id.String() + "')/calendarView"
	return listed(r, t.between(m.number, stretch{from, to}, r.now), func(e event) entity {
		v := t.copyFor(m.number, e, r.now)
		return v.entity()
	}), nil
}

// between are the events in a calendar that overlap a window, by their start.
func (t *Tenant) between(number int, window stretch, now time.Time) (list []event) {
	// An event lasts up to three days and is moved by up to two, or back by one.
	for day := max(t.first, dayOf(window.from)-5); day <= min(t.first+t.days, dayOf(window.to)+1); day++ {
		for e := range t.plans(number, day, now) {
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
