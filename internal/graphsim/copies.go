package graphsim

import (
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

const eventType = "microsoft.graph.event"

// eventProperties are those of an event; what is written for the owner alone comes from their copy.
var eventProperties = properties[copyOf]{
	{"createdDateTime", func(w *writer, v *copyOf) { w.time("createdDateTime", v.created) }},
	{"lastModifiedDateTime", func(w *writer, v *copyOf) { w.time("lastModifiedDateTime", v.modified) }},
	{"changeKey", func(w *writer, v *copyOf) { w.text("changeKey", v.changeKey()) }},
	{"categories", func(w *writer, v *copyOf) {
		if v.seed%10 == 0 {
			w.texts("categories", "Blue category", "Café")
			return
		}
		w.texts("categories")
	}},
	{"transactionId", func(*writer, *copyOf) {}},
	{"originalStartTimeZone", func(w *writer, v *copyOf) { w.text("originalStartTimeZone", v.site.zone) }},
	{"originalEndTimeZone", func(w *writer, v *copyOf) { w.text("originalEndTimeZone", v.site.zone) }},
	{"originalStart", func(w *writer, v *copyOf) {
		if v.series != 0 {
			w.time("originalStart", v.planned)
		}
	}},
	{"iCalUId", func(w *writer, v *copyOf) { w.text("iCalUId", v.uid()) }},
	{"reminderMinutesBeforeStart", func(w *writer, _ *copyOf) { w.int("reminderMinutesBeforeStart", 15) }},
	{"isReminderOn", func(w *writer, v *copyOf) { w.bool("isReminderOn", !v.allDay) }},
	{"hasAttachments", func(w *writer, v *copyOf) { w.bool("hasAttachments", v.seed%12 == 0) }},
	{"subject", func(w *writer, v *copyOf) { w.text("subject", v.subjectNow()) }},
	{"bodyPreview", func(w *writer, v *copyOf) { w.text("bodyPreview", "We talk about "+v.subject+".") }},
	{"importance", func(w *writer, v *copyOf) {
		w.text("importance", map[bool]string{true: "high", false: "normal"}[v.seed%15 == 0])
	}},
	{"sensitivity", func(w *writer, v *copyOf) {
		w.text("sensitivity", map[bool]string{true: "private", false: "normal"}[len(v.invited) == 0 && v.seed%4 == 0])
	}},
	{"isAllDay", func(w *writer, v *copyOf) { w.bool("isAllDay", v.allDay) }},
	{"isCancelled", func(w *writer, v *copyOf) { w.bool("isCancelled", v.cancelled) }},
	{"isOrganizer", func(w *writer, v *copyOf) { w.bool("isOrganizer", v.mine()) }},
	{"responseRequested", func(w *writer, _ *copyOf) { w.bool("responseRequested", true) }},
	{"seriesMasterId", func(w *writer, v *copyOf) {
		if v.series != 0 {
			w.text("seriesMasterId", idIn(v.series, v.owner))
		}
	}},
	{"showAs", func(w *writer, v *copyOf) { w.text("showAs", v.showAs()) }},
	{"type", func(w *writer, v *copyOf) { w.text("type", v.kind()) }},
	{"webLink", func(w *writer, v *copyOf) {
		w.text("webLink", "https://outlook.example/owa/?itemid="+idIn(v.seed, v.owner)+"&exvsurl=1&path=/calendar/item")
	}},
	{"onlineMeetingUrl", func(*writer, *copyOf) {}},
	{"isOnlineMeeting", func(w *writer, v *copyOf) { w.bool("isOnlineMeeting", v.online()) }},
	{"onlineMeetingProvider", func(w *writer, v *copyOf) {
		w.text("onlineMeetingProvider", map[bool]string{true: "teamsForBusiness", false: "unknown"}[v.online()])
	}},
	{"allowNewTimeProposals", func(w *writer, _ *copyOf) { w.bool("allowNewTimeProposals", true) }},
	{"isDraft", func(w *writer, _ *copyOf) { w.bool("isDraft", false) }},
	{"hideAttendees", func(w *writer, v *copyOf) { w.bool("hideAttendees", v.hidden()) }},
	{"recurrence", func(*writer, *copyOf) {}},
	{"responseStatus", func(w *writer, v *copyOf) {
		response, at := "organizer", never
		if !v.mine() {
			response, at = v.response(v.owner, v.now)
		}
		status(w, "responseStatus", response, at)
	}},
	{"body", func(w *writer, v *copyOf) {
		w.open("body")
		w.text("contentType", "html")
		w.text("content", "<html><head></head><body>\r\n<p>We talk about <b>"+v.subject+"</b>.</p>\r\n</body></html>")
		w.close()
	}},
	{"start", func(w *writer, v *copyOf) { zoned(w, "start", v.start) }},
	{"end", func(w *writer, v *copyOf) { zoned(w, "end", v.end) }},
	{"location", func(w *writer, v *copyOf) { v.location(w) }},
	{"locations", func(w *writer, _ *copyOf) { w.texts("locations") }},
	{"attendees", func(w *writer, v *copyOf) { v.writeAttendees(w) }},
	{"organizer", func(w *writer, v *copyOf) {
		w.open("organizer")
		address(w, v.organizer.name(), v.organizer.mail())
		w.close()
	}},
	{"onlineMeeting", func(w *writer, v *copyOf) {
		if v.online() {
			w.open("onlineMeeting")
			w.text("joinUrl", v.joinURL())
			w.text("conferenceId", fmt.Sprintf("%09d", v.seed%1e9))
			w.text("tollNumber", sites[0].prefix+"0100")
			w.close()
		}
	}},
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

func (v *copyOf) location(w *writer) {
	w.open("location")
	defer w.close()
	if n := len(v.invited); n > 0 && v.invited[n-1].role == "resource" {
		w.text("displayName", v.invited[n-1].name)
		w.text("locationType", "conferenceRoom")
		w.text("locationEmailAddress", v.invited[n-1].address)
		return
	}
	w.text("displayName", map[bool]string{true: "Microsoft Teams Meeting"}[v.online()])
	w.text("locationType", "default")
}

// writeAttendees writes who is invited. The organizer alone is told what the others have answered.
func (v *copyOf) writeAttendees(w *writer) {
	w.list("attendees")
	for _, a := range v.attendees() {
		response, at := "none", never
		if v.mine() && a.number != nobody || a.number == v.owner {
			response, at = v.response(a.number, v.now)
		}
		if response == "notResponded" {
			response = "none"
		}
		w.open("")
		w.text("type", a.role)
		status(w, "status", response, at)
		address(w, a.name, a.address)
		w.close()
	}
	w.end()
}

func status(w *writer, name, response string, at time.Time) {
	w.open(name)
	w.text("response", response)
	w.time("time", at)
	w.close()
}

func address(w *writer, name, mail string) {
	w.open("emailAddress")
	w.text("name", name)
	w.text("address", mail)
	w.close()
}
