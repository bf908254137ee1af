package schemas

// Recordings say that there is a recording of a meeting, for each organizer. What it shows is not read: an hour is some hundred
// megabytes, and nobody asks a lake of rows for it.
var Recordings = Dataset{
	Name:   "recordings",
	Doc:    "Recordings that there are of scheduled meetings; what they show is not read.",
	Mode:   Windowed,
	Entity: "callRecording",
	Source: Source{
		API:    "v1.0",
		Path:   "/users/{parent}/onlineMeetings/getAllRecordings(meetingOrganizerUserId='{parent}',startDateTime={from},endDateTime={to})",
		Query:  artifactPage,
		Parent: allUsers,
		Label:  "scheduled",
		Paging: NextLink,
		Window: artifactWindow,
		Budget: teamsOther,
	},
	Time:        []Path{"createdDateTime"},
	Settle:      Day,
	Lookback:    7 * Day,
	Retention:   60 * Day,
	Optional:    true,
	Permissions: []Permission{"OnlineMeetingRecording.Read.All"},
	Tables:      recordingTables("recordings", "a scheduled meeting"),
	Joins:       joinsOfRecordings("recordings", "transcripts"),
	NotTaken:    notTakenOfRecordings,
	OfSubtypes:  []Path{"meetingOrganizer.user.tenantId"},
	Queries:     []Query{howMuchIsRecorded("recordings")},
}

// CallRecordings are the same of calls that nobody had scheduled.
var CallRecordings = Dataset{
	Name:   "call_recordings",
	Doc:    "Recordings that there are of calls that nobody had scheduled; what they show is not read.",
	Mode:   Windowed,
	Entity: "callRecording",
	Source: Source{
		API:    "v1.0",
		Path:   "/users/{parent}/adhocCalls/getAllRecordings(userId='{parent}',startDateTime={from},endDateTime={to})",
		Query:  artifactPage,
		Parent: allUsers,
		Label:  "adhoc",
		Paging: NextLink,
		Window: artifactWindow,
		Budget: teamsOther,
	},
	Time:        []Path{"createdDateTime"},
	Settle:      Day,
	Lookback:    7 * Day,
	Retention:   60 * Day,
	Optional:    true,
	Permissions: []Permission{"CallRecordings.Read.All"},
	RoleIDs:     map[Permission]string{"CallRecordings.Read.All": "ce8fb1f1-5e1f-44a0-b102-4ec28454d0dc"},
	Tables:      recordingTables("call_recordings", "a call"),
	Joins:       joinsOfRecordings("call_recordings", "call_transcripts"),
	NotTaken:    notTakenOfRecordings,
	OfSubtypes:  []Path{"meetingOrganizer.user.tenantId"},
	Queries:     []Query{howMuchIsRecorded("call_recordings")},
}

func joinsOfRecordings(recordings, transcripts string) []string {
	return []string{
		"`" + recordings + ".content_correlation_id` is `" + transcripts + ".content_correlation_id` of what was said in it.",
		"`" + recordings + ".organizer_user_id` is `users.user_id`, and `call_id` is `calls.call_id`, where Graph gives it.",
	}
}

var notTakenOfRecordings = []NotTaken{
	{"is the picture and the sound, some hundred megabytes an hour", []Path{"content"}},
	{organizers, ofOrganizer},
}

// howMuchIsRecorded is a question of both kinds of recordings.
func howMuchIsRecorded(recordings string) Query {
	return Query{"How much is recorded, and for how many organizers?", `
SELECT
    dt,
    count(*) AS recordings,
    count(DISTINCT organizer_user_id) AS organizers,
    round(sum(date_diff('second', created_time, end_time)) / 3600.0, 1) AS hours
FROM ` + recordings + `
WHERE dt >= '2026-11-16' AND dt < '2026-11-23'
GROUP BY ALL
ORDER BY dt`}
}

// recordingColumns are those of recordings of meetings and of calls alike. What was recorded is not read.
var recordingColumns = []Column{
	{Name: "recording_id", Path: "id", Type: String, Personal: true, Doc: "Id of the recording; it is made of ids of people."},
	{Name: "source", Path: "@graphlake.source", Type: Enum, Doc: "scheduled, of a meeting, or adhoc, of a call that nobody had scheduled."},
	{Name: "meeting_id", Path: "meetingId", Type: String, Personal: true, Doc: "The online meeting; null for a call."},
	{Name: "call_id", Path: "callId", Type: String, Doc: "The call, as call_id of calls; older recordings of meetings have none."},
	{Name: "content_correlation_id", Path: "contentCorrelationId", Type: String, Doc: "The same for a recording and the transcript beside it."},
	{Name: "organizer_user_id", Path: "meetingOrganizer.user.id", Else: []Path{"@graphlake.parent"}, Type: String, Personal: true, Doc: "Whose meeting or call it was."},
	{Name: "created_time", Path: "createdDateTime", Type: Timestamp, Required: true, Doc: "When the recording began; its UTC date is the partition."},
	{Name: "end_time", Path: "endDateTime", Type: Timestamp, Doc: "When the recording ended."},
	{Name: "content_url", Path: "recordingContentUrl", Type: String, Personal: true, Written: Text, Doc: "Where Graph has the recording, as far as the lake keeps texts; it opens for an application with the permission."},
	organizerType,
}

// recordingTables are the tables of a dataset of recordings.
func recordingTables(name, of string) []Table {
	return []Table{{Name: name, Doc: "A row per recording of " + of + ": that there is one, not what it shows.", Key: []string{"recording_id"}, Columns: recordingColumns}}
}
