package graphsim

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
)

// reportPage and attendancePage are how many reports and records a page has; Graph publishes neither.
const (
	reportPage     = 20
	attendancePage = 100
)

// meetingOwner is the user of a request for meetings or calls and what belongs to them, or Graph's refusal. The policy is of meetings.
func (t *Tenant) meetingOwner(r *request, ofMeetings bool) (person, error) {
	p, err := t.knownPerson(r.keys[0], r.now)
	switch {
	case err != nil:
		return p, err
	case t.forbidden(userIDs, p.number):
		return p, accessDenied()
	case ofMeetings && !r.signedIn && t.policyMissing(&p): // which is of applications
		return p, noPolicy(&p)
	}
	return p, nil
}

func noMeeting() error { return refuse(404, "NotFound", "The meeting was not found, or has expired.") }

// onlineMeetings is the meeting of a link: there is no list of all.
func (t *Tenant) onlineMeetings(r *request) (rows, error) {
	p, err := t.meetingOwner(r, true)
	if err != nil {
		return nil, err
	}
	if len(r.where) != 1 {
		return nil, badRequest("Filter expression expected - /onlineMeetings?$filter=joinWebUrl eq '{url}'.")
	}
	link := strings.ReplaceAll(strings.Trim(r.where[0].value, "'"), "''", "'")
	r.where = nil
	thread := threadIn(link, "19%3ameeting_", "%40thread.v2")
	m, ok := t.meetingOf(p.number, thread)
	switch {
	case !ok || m.link(t) != link, m.gone() && m.seed%2 == 0:
		return nil, noMeeting()
	case m.gone():
		return listed(r, []entity{}, func(e entity) entity { return e }), nil
	}
	return listed(r, []plannedMeeting{m}, func(m plannedMeeting) entity { return t.onlineMeeting(&m) }), nil
}

// onlineMeeting is a meeting as Graph shows it, with what of it no lake may have.
func (t *Tenant) onlineMeeting(m *plannedMeeting) entity {
	e := event{site: &sites[0]}
	if m.first != nil {
		e = t.meeting(m.first)
	} else if day := t.first; m.thread != "" {
		for there := false; !there && day < t.first+7; day++ {
			e, there = t.weekly(m.organizer, day)
		}
	}
	who := entity{"upn", nil, "role", "presenter", "identity", entity{"user", entity{"id", t.key(party{number: m.organizer}), "displayName", nil, "tenantId", t.Tenant}}}
	return entity{
		"id", m.id(t), "creationDateTime", e.start.AddDate(0, 0, -1), "startDateTime", e.start, "endDateTime", e.end, "joinWebUrl", m.link(t),
		"subject", e.subject, "isBroadcast", false, "allowedPresenters", "everyone",
		"expiryDateTime", e.end.Add(meetingAge), "participants", entity{"organizer", who, "attendees", []entity(nil)},
		"joinInformation", entity{"content", "data:text/html,Join%20us", "contentType", "html"}, "chatInfo", entity{"threadId", "19:meeting_" + m.thread + "@thread.v2", "messageId", "0"},
	}
}

var onlineMeetingType = entityType{
	name: "microsoft.graph.onlineMeeting", more: "JoinWebUrl", sample: func(t *Tenant) entity { return t.onlineMeeting(&plannedMeeting{}) },
}

// meetingOfRequest is the meeting that a path names, or Graph's refusal.
func (t *Tenant) meetingOfRequest(r *request) (m plannedMeeting, err error) {
	p, err := t.meetingOwner(r, true)
	if err != nil {
		return m, err
	}
	if m, err = t.knownMeeting(&p, r.keys[1]); err == nil && m.lost() {
		err = noMeeting()
	}
	return m, err
}

// knownMeeting is the meeting of an organizer that has an id, or Graph's refusal.
func (t *Tenant) knownMeeting(p *person, id string) (plannedMeeting, error) {
	raw, _ := base64.StdEncoding.DecodeString(id)
	thread := threadIn(string(raw), "19:meeting_", "@thread.v2")
	m, ok := t.meetingOf(p.number, thread)
	if !ok || m.id(t) != id || m.gone() {
		return m, noMeeting()
	}
	return m, nil
}

// attendanceReports are those of a meeting, without their records.
func (t *Tenant) attendanceReports(r *request) (rows, error) {
	m, err := t.meetingOfRequest(r)
	if err != nil {
		return nil, err
	}
	all := t.attended(&m, r.now)
	slices.Reverse(all) // the newest first
	return listed(r, all, func(s session) entity { return t.attendanceReport(&s) }), nil
}

func (t *Tenant) attendanceReport(s *session) entity {
	return entity{
		"id", s.id(), "totalParticipantCount", s.people(t.attendance(s)), "meetingStartDateTime", s.start, "meetingEndDateTime", s.end,
		"attendanceRecords", []entity{},
	}
}

// sessionOfRequest is the session whose report a path names, or Graph's refusal.
func (t *Tenant) sessionOfRequest(r *request) (s session, err error) {
	m, err := t.meetingOfRequest(r)
	if err != nil {
		return s, err
	}
	for _, s := range t.attended(&m, r.now) {
		if s.id().String() == r.keys[2] {
			return s, nil
		}
	}
	return s, refuse(404, "NotFound", "The report was not found.")
}

// oneAttendanceReport is a report, with as many records as a page has room for, if they are asked for.
func (t *Tenant) oneAttendanceReport(r *request) (entity, error) {
	s, err := t.sessionOfRequest(r)
	if err != nil {
		return nil, err
	}
	e := t.attendanceReport(&s)
	e.remove("attendanceRecords")
	switch r.get("$expand") {
	case "attendanceRecords":
	case "":
		return e, nil
	default:
		return nil, badRequest("Parsing OData Select and Expand failed: '%s' cannot be expanded on type 'microsoft.graph.meetingAttendanceReport'.", r.get("$expand"))
	}
	r.shape = "(attendanceRecords())"
	child := &request{of: &collection{page: attendancePage}, root: r.root, path: r.path + "/attendanceRecords", size: attendancePage, options: url.Values{}}
	if r.most > 0 {
		child.size = min(child.size, r.most)
	}
	page, next := child.cut(t.recordsOf(child, &s))
	e = append(e, "attendanceRecords", page)
	if link := child.link(t, next); link != nil {
		e = append(e, "attendanceRecords@odata.nextLink", link[1])
	}
	return e, nil
}

// attendanceRecords are those of a report.
func (t *Tenant) attendanceRecords(r *request) (rows, error) {
	s, err := t.sessionOfRequest(r)
	if err != nil {
		return nil, err
	}
	return t.recordsOf(r, &s), nil
}

func (t *Tenant) recordsOf(r *request, s *session) rows {
	return listed(r, t.attendance(s), func(a attendance) entity { return t.attendanceRecord(s, &a) })
}

func (t *Tenant) attendanceRecord(s *session, a *attendance) entity {
	var intervals []entity
	for _, in := range a.stays {
		intervals = append(intervals, entity{"joinDateTime", in.from, "leaveDateTime", in.to, "durationInSeconds", in.seconds()})
	}
	identity, address := t.attendee(a)
	role := "Attendee"
	switch {
	case a.who == party{number: s.event.organizer}:
		role = "Organizer"
	case a.who.kind == internal:
		role = "Presenter"
	case a.unknown:
		role = "None"
	}
	return entity{
		"id", t.key(a.who), "emailAddress", address, "totalAttendanceInSeconds", a.total, "role", role, "identity", identity, "registrationId", nil,
		"attendanceIntervals", intervals,
	}
}

// attendee is who somebody is to a report, and the mail address: nothing at all of whom nothing shows who they are.
func (t *Tenant) attendee(a *attendance) (identity, address any) {
	if a.unknown {
		return nil, nil
	}
	const user = "#microsoft.graph.communicationsUserIdentity"
	named := func(kind string, id, name, tenant any) entity {
		return entity{"@odata.type", kind, "id", id, "displayName", name, "tenantId", tenant}
	}
	switch p := a.who; p.kind {
	case internal:
		who := t.person(p.number)
		return named(user, who.id, who.name(), t.Tenant), who.mail()
	case federated:
		return named(user, t.key(p), "External user", partnerTenant), nil
	case guest:
		of := t.identityOf(p)
		name, _ := of.get("displayName")
		mail, _ := of.get("email")
		return named(user, t.key(p), name, nil), mail
	case phone:
		return named(user, nil, t.phone(p.number), nil), nil
	case acs:
		return entity{
			"@odata.type", "#microsoft.graph.azureCommunicationServicesUserIdentity", "id", t.key(p), "displayName", "Kiosk",
			"azureCommunicationServicesResourceId", partnerTenant,
		}, nil
	}
	return named(user, t.key(a.who), nil, nil), nil
}

// attendanceTruth counts the tables of attendance.
func (t *Tenant) attendanceTruth(l ledger, now time.Time) (of Attendance) {
	for _, s := range t.everySession(now) {
		report := s.id().String()
		l.add("attendance_reports", report)
		of.Reports++
		for i, a := range t.attendance(s) {
			l.add("attendance_records", report, position(i))
			of.Seconds += a.total
			for j, in := range a.stays {
				l.add("attendance_intervals", report, position(i), position(j))
				of.Stays += in.seconds()
			}
		}
	}
	return of
}

// An Attendance sums up what is in the tables of attendance.
type Attendance struct {
	Reports int `json:"reports"`
	Seconds int `json:"seconds"` // of all records, as Graph adds them up
	Stays   int `json:"stays"`   // of all intervals, in seconds
}

// An AttendanceFact is somebody in a session, as its report says (metric_attendance).
type AttendanceFact struct {
	Report, Meeting, Organizer string
	Start                      time.Time // of the session
	Person                     string    // whose identity has an id; else # and the place in the report
	Records                    int
	Told                       int // seconds, as Graph adds them up
	Stays                      []Stay
}

// A Stay is one of these.
type Stay struct{ From, To time.Time }

// attendanceFacts are what reports said that could be read in some night.
func (t *Tenant) attendanceFacts(nights []time.Time) (list []AttendanceFact) {
	seen := map[string]bool{}
	for _, night := range nights {
		for m, s := range t.everySession(night) {
			report := s.id().String()
			if seen[report] {
				continue
			}
			seen[report] = true
			at := map[string]int{}
			for i, a := range t.attendance(s) {
				person := "#" + position(i)
				identity, _ := t.attendee(&a)
				if who, known := identity.(entity); known && who.at("id") != nil {
					person = fmt.Sprint(who.at("id"))
				}
				if _, ok := at[person]; !ok {
					at[person] = len(list)
					list = append(list, AttendanceFact{Report: report, Meeting: m.id(t), Organizer: t.key(party{number: m.organizer}), Start: s.start, Person: person})
				}
				f := &list[at[person]]
				f.Records++
				f.Told += a.total
				for _, in := range a.stays {
					f.Stays = append(f.Stays, Stay{in.from, in.to})
				}
			}
		}
	}
	return list
}
