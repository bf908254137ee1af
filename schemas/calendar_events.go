package schemas

// CalendarEvents are read for each mailbox by the time of the event. One meeting is in the calendar of
// everybody invited, and is a row in each; ical_uid joins them.
//
// A view lists what overlaps its range: an event is of the day on which it begins. A night reads from a week
// ago to four weeks ahead in one window.
var CalendarEvents = Dataset{
	Name:   "calendar_events",
	Doc:    "Meetings and appointments in the users' calendars, occurrences of series one by one.",
	Mode:   Windowed,
	Entity: "event",
	Source: Source{
		API:    "v1.0",
		Path:   "/users/{parent}/calendarView",
		Parent: allUsers,
		Query: []Param{
			// Without $select, which refuses lastModifiedDateTime; so bodies come too, and pages are half as large as
			// they may be: invitations are of 20 kB.
			{"startDateTime", "{from}"}, {"endDateTime", "{to}"}, {"$top", "500"},
		},
		Headers: []Param{{"Prefer", `outlook.timezone="UTC"`}},
		Paging:  NextLink,
		Window:  Window{Longest: 62 * Day, Layout: "2006-01-02T15:04:05Z"},
		Budget:  outlook,
	},
	Time:        []Path{"start.dateTime"},
	Version:     "lastModifiedDateTime",
	Removes:     true,
	Settle:      6 * Day, // invitations are answered, and meetings that were not held are taken out, for days
	Lookback:    7 * Day,
	Ahead:       28 * Day,
	Permissions: []Permission{"Calendars.ReadBasic.All", "Calendars.Read"},
	Person:      &Person{Permissions: Requirement{"Calendars.ReadBasic", "Calendars.Read"}},
	Bodies:      []Body{{Path: "body"}, {Path: "bodyPreview", Form: PlainBody}},
	Owner:       []Path{"@graphlake.parent"},
	// Outlook shows private, personal and confidential ones to nobody but the owner, or calls them so.
	Private: Private{Path: "sensitivity", Open: "normal"},
	Tables:  []Table{calendarEvents, eventAttendees},
	Joins: []string{
		"`calendar_events.user_id` is `users.user_id` of whose calendar it is in; `organizer_address` and `event_attendees.address` are `users.mail` of people in the directory.",
		"`calendar_events.join_url` is `calls.join_web_url` of what became of the meeting, and `chats.join_web_url` of its chat.",
		"`calendar_events.ical_uid` is the same in all mailboxes that the event is in.",
	},
	NotTaken: notTakenOfEvents,
	Queries:  queriesOfCalendarEvents,
}

var calendarEvents = Table{
	Name: "calendar_events",
	Doc:  "A row per event and mailbox.",
	Key:  []string{"user_id", "event_id"},
	Columns: []Column{
		{Name: "user_id", Path: "@graphlake.parent", Type: String, Personal: true, Doc: "Whose calendar it is in."},
		{Name: "event_id", Path: "id", Type: String, Personal: true, Doc: "Id of the event in that mailbox."},
		{Name: "ical_uid", Path: "iCalUId", Type: String, Personal: true, Doc: "Id that the event has in all mailboxes; of a series, each occurrence has its own."},
		{Name: "series_master_id", Path: "seriesMasterId", Type: String, Personal: true, Doc: "Series that the event belongs to, in that mailbox."},
		{Name: "organizer_address", Path: "organizer.emailAddress.address", Type: String, Personal: true, Doc: "Mail address of the organizer."},
		{Name: "organizer_name", Path: "organizer.emailAddress.name", Type: String, Personal: true, Doc: "Name of the organizer."},
		{Name: "subject", Path: "subject", Type: String, Personal: true, Written: Title, Doc: "Subject of the event."},
		{Name: "start_time", Path: "start.dateTime", Type: UTCTime, Required: true, Doc: "When the event begins; its UTC date is the partition."},
		{Name: "end_time", Path: "end.dateTime", Type: UTCTime, Doc: "When the event ends."},
		{Name: "created_time", Path: "createdDateTime", Type: Timestamp, Doc: "When the event was created in that mailbox."},
		{Name: "last_modified_time", Path: "lastModifiedDateTime", Type: Timestamp, Doc: "When the event was last changed in that mailbox."},
		{Name: "removed", Path: "@removed", Type: Present, Doc: "Whether the event was not in the calendar any more when its day was read again."},
		{Name: "event_type", Path: "type", Type: Enum, Doc: "singleInstance, occurrence or exception."},
		{Name: "is_all_day", Path: "isAllDay", Type: Bool, Doc: "Whether the event takes whole days."},
		{Name: "is_cancelled", Path: "isCancelled", Type: Bool, Doc: "Whether the organizer has cancelled it."},
		{Name: "is_organizer", Path: "isOrganizer", Type: Bool, Doc: "Whether the mailbox is the organizer's."},
		{Name: "is_online_meeting", Path: "isOnlineMeeting", Type: Bool, Doc: "Whether the event is an online meeting."},
		{Name: "online_meeting_provider", Path: "onlineMeetingProvider", Type: Enum, Doc: "teamsForBusiness and so on."},
		{Name: "join_url", Path: "onlineMeeting.joinUrl", Else: []Path{"onlineMeetingUrl"}, Type: String, Personal: true, Doc: "Link to join; join_web_url of calls is the same."},
		{Name: "location", Path: "location.displayName", Type: String, Personal: true, Written: Title, Doc: "Where the event is."},
		{Name: "show_as", Path: "showAs", Type: Enum, Doc: "free, tentative, busy, oof, workingElsewhere."},
		{Name: "sensitivity", Path: "sensitivity", Type: Enum, Doc: "normal, personal, private or confidential."},
		{Name: "importance", Path: "importance", Type: Enum, Doc: "low, normal or high."},
		{Name: "response", Path: "responseStatus.response", Type: Enum, Doc: "What the owner of the mailbox has answered."},
		{Name: "response_time", Path: "responseStatus.time", Type: Timestamp, Doc: "When that was answered."},
		{Name: "original_start_time_zone", Path: "originalStartTimeZone", Type: Enum, Doc: "Time zone in which the event was created, as Graph sent it."},
		{Name: "categories", Path: "categories", Type: JSON, Personal: true, Written: Text, Doc: "Categories that the owner gave it."},
		{Name: "has_attachments", Path: "hasAttachments", Type: Bool, Doc: "Whether the event has attachments."},
		{Name: "original_start_time", Path: "originalStart", Type: Timestamp, Doc: "When an occurrence of a series would begin if it had not been moved."},
		{Name: "original_end_time_zone", Path: "originalEndTimeZone", Type: Enum, Doc: "Time zone of the end, as Graph sent it."},
		{Name: "is_draft", Path: "isDraft", Type: Bool, Doc: "Whether the organizer has not sent the invitation yet."},
		{Name: "hide_attendees", Path: "hideAttendees", Type: Bool, Doc: "Whether those invited see themselves only."},
		{Name: "response_requested", Path: "responseRequested", Type: Bool, Doc: "Whether the organizer wants answers."},
		{Name: "location_type", Path: "location.locationType", Type: Enum, Doc: "default, conferenceRoom and so on: kind of the location."},
		{Name: "location_address", Path: "location.locationEmailAddress", Type: String, Personal: true, Written: Text, Doc: "Mail address of the location, of a room."},
		{Name: "locations", Path: "locations", Type: JSON, Personal: true, Written: Text, Doc: "All locations, with what is known of each."},
		{Name: "body_type", Path: "@graphlake.body.type", Else: []Path{"body.contentType"}, Type: Enum, Doc: "text or html: what the invitation was sent as."},
		{Name: "body", Path: "body.content", Type: LongText, Personal: true, Written: Text, Doc: "Text of the invitation, as far as the lake keeps texts: not at all, as plain text, or as it was sent."},
		lengthOf("subject", "subject", "the subject"),
		{Name: "body_characters", Path: "@graphlake.body.characters", Type: Int32, Doc: "Characters of the invitation, counted before the lake took it out."},
	},
}

var eventAttendees = Table{
	Name: "event_attendees",
	Doc:  "A row per person, room or device invited to an event, in each mailbox that shows them.",
	Each: "attendees[]",
	Key:  []string{"user_id", "event_id", "attendee_index"},
	Columns: []Column{
		{Name: "user_id", Path: "/@graphlake.parent", Type: String, Personal: true, Doc: "Whose calendar the event is in."},
		{Name: "event_id", Path: "/id", Type: String, Personal: true, Doc: "The event."},
		{Name: "attendee_index", Path: "#", Type: Int32, Doc: "Position in the list of the invited, from 0."},
		{Name: "event_start_time", Path: "/start.dateTime", Type: UTCTime, Required: true, Doc: "When the event begins; its UTC date is the partition."},
		{Name: "address", Path: "emailAddress.address", Type: String, Personal: true, Doc: "Mail address."},
		{Name: "name", Path: "emailAddress.name", Type: String, Personal: true, Doc: "Name."},
		{Name: "attendee_type", Path: "type", Type: Enum, Doc: "required, optional or resource."},
		{Name: "response", Path: "status.response", Type: Enum, Doc: "What was answered."},
		{Name: "response_time", Path: "status.time", Type: Timestamp, Doc: "When it was answered."},
		{Name: "proposal", Path: "proposedNewTime", Type: JSON, Texts: []Path{"start.dateTime", "start.timeZone", "end.dateTime", "end.timeZone"}, Doc: "When the person would rather meet."},
		removedWith("event"),
	},
}
