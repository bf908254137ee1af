package schemas

import "slices"

// Transcripts are listed for each organizer by when they were created, of which Graph leaves out both bounds. What was said is
// read of each, one request for one that is new.
//
// Not listed are meetings in channels, meetings that were made without an event in a calendar, and live events. A transcript can
// be read until its meeting expires, 60 days after it or sooner.
var Transcripts = Dataset{
	Name:   "transcripts",
	Doc:    "What was said in scheduled meetings that were transcribed: who spoke when, and with the setting for it what.",
	Mode:   Windowed,
	Entity: "callTranscript",
	Source: Source{
		API:    "v1.0",
		Path:   "/users/{parent}/onlineMeetings/getAllTranscripts(meetingOrganizerUserId='{parent}',startDateTime={from},endDateTime={to})",
		Query:  artifactPage,
		Parent: allUsers,
		Label:  "scheduled",
		Paging: NextLink,
		Window: artifactWindow,
		Detail: spoken("/users/{parent}/onlineMeetings/{record.meetingId}/transcripts/{id}"),
		Budget: teamsOther,
	},
	Time:        []Path{"createdDateTime"},
	Version:     ofTranscript + ".version",
	Removes:     true,
	Settle:      Day,
	Lookback:    7 * Day,
	Retention:   60 * Day,
	Optional:    true,
	Permissions: []Permission{"OnlineMeetingTranscript.Read.All"},
	Person: &Person{
		Permissions: Requirement{"OnlineMeetingTranscript.Read.All"},
		ScopeIDs:    map[Permission]string{"OnlineMeetings.Read": "9be106e1-f4e3-4df5-bdff-e4bc531cbe43"},
		Source:      ownTranscripts,
	},
	Bodies: spokenBodies,
	Tables: transcriptTables("transcripts", "utterances", "a scheduled meeting"),
	Joins: slices.Concat(joinsOfTranscripts("transcripts", "utterances"), []string{
		"`transcripts.meeting_id` is `recordings.meeting_id` of the same meeting.",
	}),
	NotTaken: notTakenOfTranscripts,
	Queries:  queriesOfTranscripts,
}

// ownTranscripts are those of the meetings that a person organizes, by the person's own calendar: nobody but an application gets
// the list of all. A transcript may begin a day after the meeting's event, or before it.
var ownTranscripts = &Source{
	API:  "v1.0",
	Path: "/users/{parent}/onlineMeetings/{meeting}/transcripts",
	Between: organizedMeetings(
		Requirement{"Calendars.ReadBasic", "Calendars.Read"}, Requirement{"OnlineMeetings.Read"}, nil),
	Label:  "scheduled",
	Paging: NextLink,
	Window: Window{Layout: "2006-01-02T15:04:05Z"},
	Detail: spoken("/users/{parent}/onlineMeetings/{record.meetingId}/transcripts/{id}"),
	Budget: teamsOther,
}

// CallTranscripts are the same of calls that nobody had scheduled: of two, of a group, and over the telephone network.
var CallTranscripts = Dataset{
	Name:   "call_transcripts",
	Doc:    "What was said in calls that nobody had scheduled and that were transcribed: who spoke when, and with the setting for it what.",
	Mode:   Windowed,
	Entity: "callTranscript",
	Source: Source{
		API:    "v1.0",
		Path:   "/users/{parent}/adhocCalls/getAllTranscripts(userId='{parent}',startDateTime={from},endDateTime={to})",
		Query:  artifactPage,
		Parent: allUsers,
		Label:  "adhoc",
		Paging: NextLink,
		Window: artifactWindow,
		Detail: spoken("/users/{parent}/adhocCalls/{record.callId}/transcripts/{id}"),
		Budget: teamsOther,
	},
	Time:        []Path{"createdDateTime"},
	Version:     ofTranscript + ".version",
	Removes:     true,
	Settle:      Day,
	Lookback:    7 * Day,
	Retention:   60 * Day,
	Optional:    true,
	Permissions: []Permission{"CallTranscripts.Read.All"},
	RoleIDs:     map[Permission]string{"CallTranscripts.Read.All": "4cd61b6d-8692-40bf-9d90-7f38db5e5fce"},
	Bodies:      spokenBodies,
	Tables:      transcriptTables("call_transcripts", "call_utterances", "a call"),
	Joins:       joinsOfTranscripts("call_transcripts", "call_utterances"),
	NotTaken:    notTakenOfTranscripts,
	Queries:     queriesOfCallTranscripts,
}

var (
	artifactPage = []Param{{"$top", "50"}}
	// No longest range is published.
	artifactWindow = Window{Longest: 30 * Day, Layout: "2006-01-02T15:04:05.000Z", Exclusive: true}
	spokenBodies   = []Body{{Path: "utterances[].spokenText", Form: SpokenText}, {Path: "@graphlake.document", Form: Payload}}
)

// spoken says how what was said is read of a transcript below a path. The links that Graph gives to it lead nowhere, in its own
// examples, and are not followed. Who spoke the tenant may have switched off, apart from what they said; the form without
// speakers is to be had by the header alone.
func spoken(path string) *Detail {
	unattributed := Part{Path: path + "/content", Budget: teamsOther, Form: WebVTTUnattributed, Accept: "application/vnd.microsoft.graph.transcript+text"}
	plain := Part{Path: path + "/content", Query: []Param{{"$format", "text/vtt"}}, Budget: teamsOther, Form: WebVTT, Accept: "text/vtt"}
	return &Detail{
		End: "endDateTime",
		Parts: []Part{{
			Name: "utterances", Path: path + "/metadataContent", Budget: teamsOther, Form: WebVTTMetadata, Accept: "text/vtt", NotYet: Day,
			Instead: []Instead{{Part: plain}, {Code: "SpeakerAttributionNotAllowed", Part: unattributed}},
		}},
	}
}

func joinsOfTranscripts(transcripts, utterances string) []string {
	return []string{
		"`" + utterances + ".transcript_id` is `" + transcripts + ".transcript_id`.",
		"`" + transcripts + ".organizer_user_id` is `users.user_id`; a `speaker_name` is no id, and `users.display_name` at best.",
		"`" + transcripts + ".call_id` is `calls.call_id`, where Graph gives it.",
		"`" + transcripts + ".content_correlation_id` is the one of the recording beside it.",
	}
}

var notTakenOfTranscripts = []NotTaken{
	{"is read of the transcript, or leads to it", []Path{"content", "metadataContent", "transcriptContentUrl"}},
	{organizers, ofOrganizer},
}

// organizers is why of who organized only the user is taken, after "what".
const organizers = "is null, since each organizer is a user, with a name in users"

var ofOrganizer = []Path{"meetingOrganizer.application", "meetingOrganizer.device", "meetingOrganizer.user.displayName"}

// What extract says of a transcript beside what Graph lists, as "@graphlake.transcript"; and what privacy counts in each
// utterance, as "@graphlake.spoken" of the element.
const (
	ofTranscript Path = "@graphlake.transcript"
	ofSpoken     Path = "@graphlake.spoken"
)

// transcriptColumns are those of transcripts of meetings and of calls alike. The ids are made of the ids of people: that of a
// meeting holds its organizer's, that of a call of two both of theirs.
var transcriptColumns = []Column{
	{Name: "transcript_id", Path: "id", Type: String, Personal: true, Doc: "Id of the transcript; it is made of ids of people."},
	{Name: "source", Path: "@graphlake.source", Type: Enum, Doc: "scheduled, of a meeting, or adhoc, of a call that nobody had scheduled."},
	{Name: "meeting_id", Path: "meetingId", Type: String, Personal: true, Doc: "The online meeting; null for a call."},
	{Name: "call_id", Path: "callId", Type: String, Doc: "The call, as call_id of calls; older transcripts of meetings have none."},
	{Name: "content_correlation_id", Path: "contentCorrelationId", Type: String, Doc: "The same for a transcript and the recording beside it."},
	{Name: "organizer_user_id", Path: "meetingOrganizer.user.id", Else: []Path{"@graphlake.parent"}, Type: String, Personal: true, Doc: "Whose meeting or call it was."},
	{Name: "organizer_tenant_id", Path: "meetingOrganizer.user.tenantId", Type: String, Doc: "Tenant of the organizer."},
	{Name: "created_time", Path: "createdDateTime", Type: Timestamp, Required: true, Doc: "When the transcript began; its UTC date is the partition."},
	{Name: "end_time", Path: "endDateTime", Type: Timestamp, Doc: "When the transcription ended."},
	{Name: "content_state", Path: ofTranscript + ".state", Type: Enum, Doc: "present; not_yet, if Graph had not written what was said; gone, if it has no more of it; refused."},
	{Name: "attributed", Path: ofTranscript + ".attributed", Type: Bool, Doc: "Whether it says who spoke: the tenant may have switched that off."},
	{Name: "utterances_count", Path: ofTranscript + ".utterances", Type: Int32, Doc: "How many utterances it has."},
	{Name: "speakers_count", Path: ofTranscript + ".speakers", Type: Int32, Doc: "How many different names of speakers it has."},
	{Name: "speech_ms", Path: ofTranscript + ".speechMs", Type: Int64, Doc: "How long somebody spoke, in milliseconds; who spoke at once is counted once."},
	{Name: "language", Path: ofTranscript + ".language", Type: Enum, Doc: "Language of most utterances, as en-us."},
	{Name: "parse_warnings", Path: ofTranscript + ".warnings", Type: Int32, Doc: "Oddities of the document that were passed over."},
	{Name: "removed", Path: "@removed", Type: Present, Doc: "Whether Graph did not list the transcript any more when its day was read again."},
	organizerType,
}

// organizerType is the same for recordings.
var organizerType = Column{Name: "organizer_identity_type", Path: "meetingOrganizer.user.userIdentityType", Type: Enum, Doc: "aadUser and so on: kind of the organizer."}

// utteranceColumns are those of what was said in meetings and in calls alike, in the order of the document.
var utteranceColumns = []Column{
	{Name: "transcript_id", Path: "/id", Type: String, Personal: true, Doc: "The transcript."},
	{Name: "utterance_index", Path: "#", Type: Int32, Doc: "Position in the document, from 0. Documents are not sorted by time."},
	{Name: "transcript_created_time", Path: "/createdDateTime", Type: Timestamp, Required: true, Doc: "When the transcript began; its UTC date is the partition."},
	{Name: "start_ms", Path: "startMs", Type: Int64, Doc: "Begin in milliseconds from the start of the transcript; it may be negative."},
	{Name: "end_ms", Path: "endMs", Type: Int64, Doc: "End in milliseconds from the start of the transcript; never before the begin."},
	{Name: "start_time", Path: "startDateTime", Type: Timestamp, Doc: "Begin, where the document says it as an instant."},
	{Name: "end_time", Path: "endDateTime", Type: Timestamp, Doc: "End, where the document says it as an instant."},
	{Name: "speaker_name", Path: "speakerName", Type: String, Personal: true, Doc: "Name of who spoke, as Teams showed it: no id, and two people may share it."},
	{Name: "speaker_user_id", Path: "speakerId", Type: String, Personal: true, Doc: "Id of who spoke; Graph does not give it today."},
	{Name: "spoken_language", Path: "spokenLanguage", Type: Enum, Doc: "Language that was spoken, as en-us."},
	{Name: "text", Path: "spokenText", Type: LongText, Personal: true, Written: Text, Doc: "What was said, as far as the lake keeps texts."},
	{Name: "word_count", Path: ofSpoken + ".words", Type: Int32, Doc: "Words, counted before the text was removed; null in languages that write none apart, as Chinese, Japanese and Thai."},
	{Name: "character_count", Path: ofSpoken + ".characters", Type: Int32, Doc: "Characters, counted before the text was removed."},
	{Name: "question_count", Path: ofSpoken + ".questions", Type: Int32, Doc: "1 if the text ends with a question mark, else 0."},
	removedWith("transcript"),
}

// transcriptTables are the tables of a dataset of transcripts.
func transcriptTables(transcripts, utterances, of string) []Table {
	return []Table{
		{Name: transcripts, Doc: "A row per transcript of " + of + ".", Key: []string{"transcript_id"}, Columns: transcriptColumns},
		{
			Name: utterances, Doc: "A row per utterance in a transcript of " + of + ".", Each: "utterances[]",
			Key: []string{"transcript_id", "utterance_index"}, Columns: utteranceColumns,
		},
	}
}

var (
	queriesOfTranscripts     = []Query{whoSpeaks("transcripts", "utterances")}
	queriesOfCallTranscripts = []Query{whoSpeaks("call_transcripts", "call_utterances")}
)

// whoSpeaks is a question of both kinds of transcripts.
func whoSpeaks(transcripts, utterances string) Query {
	return Query{"How much is said in what was transcribed, by how many, and how many questions are asked?", `
SELECT
    t.dt,
    count(DISTINCT t.transcript_id) AS transcripts,
    round(avg(t.speakers_count), 1) AS speakers,
    round(sum(u.words) / 1000.0, 1) AS thousand_words,
    sum(u.questions) AS questions
FROM ` + transcripts + ` t
JOIN (
    SELECT tenant_id, dt, transcript_id, sum(word_count) AS words, sum(question_count) AS questions
    FROM ` + utterances + `
    WHERE dt >= '2026-11-16' AND dt < '2026-11-23'
    GROUP BY ALL
) u USING (tenant_id, dt, transcript_id)
WHERE t.dt >= '2026-11-16' AND t.dt < '2026-11-23' AND t.content_state = 'present'
GROUP BY ALL
ORDER BY t.dt`}
}
