package schemas

// recordingColumns are those of recordings of meetings and of calls alike. What was recorded is not read.
var recordingColumns = []Column{
	{Name: "recording_id", Path: "id", Type: String, Personal: true, Doc: "Id of the recording; it is made of ids of people."},
	{Name: "source", Path: "@graphlake.source", Type: Enum, Doc: "scheduled, of a meeting, or adhoc, of a call that nobody had scheduled."},
	{Name: "meeting_id", Path: "meetingId", Type: String, Personal: true, Doc: "The online meeting; null for a call."},
	{Name: "call_id", Path: "callId", Type: String, Doc: "The call, as call_id of calls; older recordings of meetings have none."},
	{Name: "content_correlation_id", Path: "contentCorrelationId", Type: String, Doc: "The same for a recording and the transcript beside it."},
	{Name: "organizer_user_id", Path: "@graphlake.parent", Else: []Path{"meetingOrganizer.user.id"}, Type: String, Personal: true, Doc: "Whose meeting or call it was."},
	{Name: "created_time", Path: "createdDateTime", Type: Timestamp, Required: true, Doc: "When the recording began; its UTC date is the partition."},
	{Name: "end_time", Path: "endDateTime", Type: Timestamp, Doc: "When the recording ended."},
	{Name: "content_url", Path: "recordingContentUrl", Type: String, Personal: true, Written: Text, Doc: "Where Graph has the recording, as far as the lake keeps texts; it opens for an application with the permission."},
}

// recordingTables are the tables of a dataset of recordings.
func recordingTables(name, of string) []Table {
	return []Table{{Name: name, Doc: "A row per recording of " + of + ": that there is one, not what it shows.", Key: []string{"recording_id"}, Columns: recordingColumns}}
}
