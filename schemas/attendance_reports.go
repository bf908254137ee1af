package schemas

// AttendanceReports are read by the calendars of those who organize: Graph lists no meetings. An event that its owner organizes
// has a link to join, the link leads to the meeting, and the meeting to a report for each session that was held. A series has one
// link and many sessions; each report is of the day on which its session began, whatever event led to it.
//
// Meetings of channels and those that were created without an event are in no calendar of an organizer, and have no reports here.
var AttendanceReports = Dataset{
	Name:   "attendance_reports",
	Doc:    "Who was in the sessions of scheduled meetings, from when to when, as their organizers see it.",
	Mode:   Windowed,
	Entity: "meetingAttendanceReport",
	Source: Source{
		API:    "v1.0",
		Path:   "/users/{parent}/onlineMeetings/{meeting}/attendanceReports",
		Parent: allUsers,
		Between: organizedMeetings(
			Requirement{"Calendars.ReadBasic.All", "Calendars.Read"}, Requirement{"OnlineMeetings.Read.All"}, []string{"joinWebUrl", "expiryDateTime"}),
		Paging: NextLink,
		Window: Window{Layout: "2006-01-02T15:04:05Z"},
		Detail: &Detail{
			Path:    "/users/{parent}/onlineMeetings/{meeting}/attendanceReports/{id}",
			Queries: [][]Param{{{"$expand", "attendanceRecords"}}},
			Budget:  teamsOther,
		},
		Budget: teamsOther,
	},
	Time:        []Path{"meetingStartDateTime"},
	Settle:      Day, // a report is there some time after its session has ended
	Lookback:    7 * Day,
	Retention:   365 * Day,
	Optional:    true,
	Permissions: []Permission{"OnlineMeetingArtifact.Read.All"},
	Owner:       []Path{"@graphlake.parent"},
	Tables:      []Table{attendanceReports, attendanceRecords, attendanceIntervals},
	Joins: []string{
		"`attendance_reports.join_web_url` is `calls.join_web_url` of the call that the session was, `calendar_events.join_url` of the event and `chats.join_web_url` of the chat; of a series they are the same on all days, so join by the time too.",
		"`attendance_reports.meeting_id` is that of `transcripts` and `recordings`.",
		"`attendance_reports.organizer_user_id` is `users.user_id`; so is `attendance_records.identity_id` of people in the directory, and of others it is an id that no directory has.",
		"`attendance_records.email_address` is `users.mail`, and `event_attendees.address` of who was invited.",
	},
	NotTaken: []NotTaken{
		{"is of events that are managed elsewhere", []Path{
			"externalEventInformation", "attendanceRecords[].externalRegistrationInformation", "attendanceRecords[].registrationId",
		}},
		{"names the record within its report, as attendance_index does", []Path{"attendanceRecords[].id"}},
	},
	OfSubtypes: []Path{"attendanceRecords[].identity.azureCommunicationServicesResourceId"},
	Queries:    queriesOfAttendanceReports,
}

// organizedMeetings lead from an organizer to what there is of the sessions of the meetings in the calendar, with permissions for
// events and for meetings. The records keep members of their meeting.
func organizedMeetings(events, meetings Requirement, keep []string) []Between {
	return []Between{
		{
			Name:    "join_url",
			Path:    "/users/{parent}/calendarView",
			Query:   []Param{{"startDateTime", "{from}"}, {"endDateTime", "{to}"}, {"$select", "id,isOrganizer,onlineMeeting"}, {"$top", "500"}},
			Headers: []Param{{"Prefer", `outlook.timezone="UTC"`}},
			ID:      "onlineMeeting.joinUrl",
			Where:   []Path{"isOrganizer"},
			// A session may begin before the midnight that its event lies behind, or after it.
			Around:      Day,
			Budget:      outlook,
			Permissions: events,
		},
		{
			// Without $select, of which nobody says that it may stand beside this filter.
			Name:        "meeting",
			Path:        "/users/{parent}/onlineMeetings",
			Query:       []Param{{"$filter", "JoinWebUrl eq '{join_url}'"}},
			Keep:        keep,
			Budget:      teamsOther,
			Permissions: meetings,
		},
	}
}

var attendanceReports = Table{
	Name: "attendance_reports",
	Doc:  "A row per session of a meeting.",
	Key:  []string{"report_id"},
	Columns: []Column{
		{Name: "report_id", Path: "id", Type: String, Doc: "Id of the report."},
		{Name: "meeting_id", Path: "@graphlake.meeting.id", Type: String, Personal: true, Doc: "The online meeting; its id holds that of the organizer."},
		{Name: "organizer_user_id", Path: "@graphlake.parent", Type: String, Personal: true, Doc: "Who organized the meeting."},
		{Name: "join_web_url", Path: "@graphlake.meeting.joinWebUrl", Type: String, Personal: true, Doc: "Link to join; join_web_url of calls is the same."},
		{Name: "meeting_start_time", Path: "meetingStartDateTime", Type: Timestamp, Required: true, Doc: "When the session began; its UTC date is the partition."},
		{Name: "meeting_end_time", Path: "meetingEndDateTime", Type: Timestamp, Doc: "When the session ended."},
		{Name: "total_participants", Path: "totalParticipantCount", Type: Int32, Doc: "People whom Graph counts. There may be fewer records, or more."},
		{Name: "meeting_expiry_time", Path: "@graphlake.meeting.expiryDateTime", Type: Timestamp, Doc: "When Graph forgets the meeting."},
	},
}

var attendanceRecords = Table{
	Name: "attendance_records",
	Doc:  "A row per person in a session, as far as Graph knows who is one. Breakout rooms are not in it.",
	Each: "attendanceRecords[]",
	Key:  []string{"report_id", "attendance_index"},
	Columns: []Column{
		{Name: "report_id", Path: "/id", Type: String, Doc: "The report."},
		{Name: "attendance_index", Path: "#", Type: Int32, Doc: "Position in the report, from 0."},
		{Name: "meeting_start_time", Path: "/meetingStartDateTime", Type: Timestamp, Required: true, Doc: "When the session began; its UTC date is the partition."},
		{Name: "identity_id", Path: "identity.id", Type: String, Personal: true, Doc: "Id of the person: of a user that in the directory, of others some other; null of who joined without a name to show for."},
		{Name: "display_name", Path: "identity.displayName", Type: String, Personal: true, Doc: "Name of the person, as the meeting showed it."},
		{Name: "email_address", Path: "emailAddress", Type: String, Personal: true, Doc: "Mail address, where Graph knows one."},
		{Name: "identity_tenant_id", Path: "identity.tenantId", Type: String, Doc: "Tenant that the person comes from, where Graph says it."},
		{Name: "role", Path: "role", Type: Enum, Doc: "Organizer, Presenter, Attendee or None."},
		{Name: "total_seconds", Path: "totalAttendanceInSeconds", Type: Int32, Doc: "How long the person was there, as Graph adds it up; the intervals may give another sum."},
		{Name: "identity_kind", Path: "identity.@odata.type", Type: Enum, Doc: "Kind of identity, as #microsoft.graph.communicationsUserIdentity."},
	},
}

var attendanceIntervals = Table{
	Name: "attendance_intervals",
	Doc:  "A row per stay of a person in a session.",
	Each: "attendanceRecords[].attendanceIntervals[]",
	Key:  []string{"report_id", "attendance_index", "interval_index"},
	Columns: []Column{
		{Name: "report_id", Path: "/id", Type: String, Doc: "The report."},
		{Name: "attendance_index", Path: "/attendanceRecords[]#", Type: Int32, Doc: "The person's position in the report."},
		{Name: "interval_index", Path: "#", Type: Int32, Doc: "Position in the person's list, from 0."},
		{Name: "meeting_start_time", Path: "/meetingStartDateTime", Type: Timestamp, Required: true, Doc: "When the session began; its UTC date is the partition."},
		{Name: "join_time", Path: "joinDateTime", Type: Timestamp, Doc: "When the person came. It may lie outside of the session."},
		{Name: "leave_time", Path: "leaveDateTime", Type: Timestamp, Doc: "When the person went."},
		{Name: "duration_seconds", Path: "durationInSeconds", Type: Int32, Doc: "How long that was, as Graph says it."},
	},
}

var queriesOfAttendanceReports = []Query{
	{"Who was in which meetings of a week, for how long, and who of the invited did not come?", `
WITH sessions AS (
    SELECT r.tenant_id, r.report_id, r.organizer_user_id, r.join_web_url, r.meeting_start_time, e.event_id
    FROM attendance_reports r
    JOIN calendar_events e
        ON e.tenant_id = r.tenant_id AND e.user_id = r.organizer_user_id AND e.join_url = r.join_web_url
        AND e.start_time < coalesce(r.meeting_end_time, r.meeting_start_time) AND e.end_time > r.meeting_start_time
    WHERE r.dt >= '2026-11-16' AND r.dt < '2026-11-23' AND NOT e.removed
)
SELECT s.tenant_id, s.meeting_start_time, a.address, sum(p.total_seconds) AS seconds
FROM sessions s
JOIN event_attendees a
    ON a.tenant_id = s.tenant_id AND a.user_id = s.organizer_user_id AND a.event_id = s.event_id AND a.attendee_type <> 'resource'
LEFT JOIN attendance_records p
    ON p.tenant_id = s.tenant_id AND p.report_id = s.report_id AND lower(p.email_address) = lower(a.address)
GROUP BY ALL
ORDER BY s.tenant_id, s.meeting_start_time, a.address`},
	{"Which calls were these sessions, and how many people has each of the two seen?", `
SELECT
    r.tenant_id,
    r.report_id,
    c.call_id,
    r.total_participants,
    count(DISTINCT p.participant_id) AS participants_of_call
FROM attendance_reports r
JOIN calls c
    ON c.tenant_id = r.tenant_id AND c.join_web_url = r.join_web_url
    AND c.start_time < r.meeting_end_time AND c.end_time > r.meeting_start_time
LEFT JOIN call_participants p ON p.tenant_id = c.tenant_id AND p.call_id = c.call_id
WHERE r.dt >= '2026-11-16' AND r.dt < '2026-11-23'
GROUP BY ALL
ORDER BY r.tenant_id, r.report_id, c.call_id`},
	{"Where do the stays of a person add up to another time than the report says, or lie outside of the session?", `
SELECT
    a.tenant_id,
    a.report_id,
    a.attendance_index,
    a.total_seconds,
    sum(i.duration_seconds) AS seconds_of_stays,
    count(*) FILTER (i.join_time < r.meeting_start_time OR i.leave_time > r.meeting_end_time) AS outside
FROM attendance_records a
JOIN attendance_reports r ON r.tenant_id = a.tenant_id AND r.report_id = a.report_id
LEFT JOIN attendance_intervals i
    ON i.tenant_id = a.tenant_id AND i.report_id = a.report_id AND i.attendance_index = a.attendance_index
WHERE a.dt >= '2026-11-16' AND a.dt < '2026-11-23'
GROUP BY a.tenant_id, a.report_id, a.attendance_index, a.total_seconds
HAVING coalesce(sum(i.duration_seconds), 0) <> coalesce(a.total_seconds, 0)
    OR count(*) FILTER (i.join_time < r.meeting_start_time OR i.leave_time > r.meeting_end_time) > 0
ORDER BY a.tenant_id, a.report_id, a.attendance_index`},
}
