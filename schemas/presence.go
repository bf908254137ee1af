package schemas

// Presence is what Teams shows of each user at the instant of a run: Graph keeps no past. One request
// names up to 650 users; whom Teams does not know is left out of the answer.
var Presence = Dataset{
	Name:   "presence",
	Doc:    "Availability and activity of each user at the instants at which it was observed.",
	Mode:   Observations,
	Entity: "presence",
	Source: Source{
		API:  "v1.0",
		Path: "/communications/getPresencesByUserId",
		Parent: &Parent{
			Path: allUsers.Path, Query: allUsers.Query, Budget: allUsers.Budget, Permissions: allUsers.Permissions,
			Batch: 650, Body: `{"ids":[{parents}]}`,
		},
		Paging: NextLink,
		Budget: presenceService,
	},
	Time:        []Path{"@graphlake.observed"},
	Permissions: []Permission{"Presence.Read.All"},
	Person: &Person{
		Permissions: Requirement{"Presence.Read", "Presence.Read.All"},
		Source:      &Source{API: "v1.0", Path: "/users/{parent}/presence", Paging: Single, Budget: presenceService},
	},
	Owner:  []Path{"id"},
	Tables: []Table{presence},
	Bodies: []Body{
		{Path: "statusMessage.message.content", Form: PlainBody},
		{Path: "outOfOfficeSettings.message", Form: PlainBody},
	},
	Joins:    []string{"`presence.user_id` is `users.user_id`."},
	NotTaken: notTakenOfPresence,
	Queries:  queriesOfPresence,
}

var presence = Table{
	Name: "presence",
	Doc:  "A row per user and observation. The values are open: Graph has changed them before.",
	Key:  []string{"user_id", "observed_time"},
	Columns: []Column{
		{Name: "user_id", Path: "id", Type: String, Personal: true, Doc: "The user."},
		{Name: "observed_time", Path: "@graphlake.observed", Type: Timestamp, Doc: "When it was observed, to the minute."},
		{Name: "availability", Path: "availability", Type: Enum, Doc: "Available, Busy, Away, DoNotDisturb, Offline and so on."},
		{Name: "activity", Path: "activity", Type: Enum, Doc: "What the user is doing, as InACall or InAMeeting."},
		{Name: "is_out_of_office", Path: "outOfOfficeSettings.isOutOfOffice", Type: Bool, Doc: "Whether the user is out of office."},
		{Name: "work_location_type", Path: "workLocation.workLocationType", Type: Enum, Quasi: true, Doc: "office, remote and so on, where the user shows it."},
		{Name: "work_location_place_id", Path: "workLocation.placeId", Type: String, Quasi: true, Doc: "Place where the user works, where the user shows it."},
		{Name: "sequence_number", Path: "sequenceNumber", Type: String, Quasi: true, Doc: "Stamp that grows with every change of the presence."},
		{Name: "work_location_source", Path: "workLocation.source", Type: Enum, Doc: "Where the work location comes from, as manual or scheduled."},
		{Name: "status_published_time", Path: "statusMessage.publishedDateTime", Type: Timestamp, Doc: "When the user wrote the status message."},
		{Name: "status_message", Path: "statusMessage.message.content", Type: LongText, Personal: true, Written: Text, Doc: "Status message, as far as the lake keeps bodies."},
		{Name: "out_of_office_message", Path: "outOfOfficeSettings.message", Type: LongText, Personal: true, Written: Text, Doc: "Automatic reply that is shown, as far as the lake keeps bodies."},
		lengthOf("status_message", "statusMessage.message.content", "the status message"),
		lengthOf("out_of_office", "outOfOfficeSettings.message", "the automatic reply that is shown"),
	},
}
