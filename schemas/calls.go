package schemas

import "slices"

// calls has the organizer from organizer_v2; the older organizer and participants are retired.
var calls = Table{
	Name: "calls",
	Doc:  "A row per call or meeting.",
	Key:  []string{"call_id"},
	Columns: slices.Concat(
		[]Column{
			{Name: "call_id", Path: "id", Type: String, Doc: "Id of the call."},
			{Name: "organizer_id", Path: "organizer_v2.id", Type: String, Personal: true, Number: true, Doc: "Id of the organizer: a user's, or the number of the phone that called."},
			{Name: "start_time", Path: "startDateTime", Type: Timestamp, Required: true, Doc: "When the first participant joined."},
			{Name: "end_time", Path: "endDateTime", Type: Timestamp, Doc: "When the last participant left."},
			{Name: "last_modified_time", Path: "lastModifiedDateTime", Type: Timestamp, Doc: "When Graph wrote this version of the record."},
			{Name: "version", Path: "version", Type: Int64, Doc: "Grows as telemetry arrives."},
			{Name: "call_type", Path: "type", Type: Enum, Doc: "peerToPeer, groupCall or unknown."},
			{Name: "modalities", Path: "modalities", Type: JSON, Texts: []Path{"[]"}, Doc: "What was used: audio, video, screenSharing and so on."},
			{Name: "join_web_url", Path: "joinWebUrl", Type: String, Personal: true, Doc: "Link to the meeting; seldom there for a call of two."},
			{Name: "organizer_kind", Path: "organizer_v2.identity", Type: Member, Doc: "Kind of identity that organized: user, phone, guest, application and so on."},
		},
		identitySet("organizer_", "organizer_v2.", "the organizer"),
		callTotals,
	),
}

// Columns by which the rows of child tables find the rows above them.
var (
	ofCall = []Column{
		{Name: "call_id", Path: "/id", Type: String, Doc: "The call."},
		{Name: "call_start_time", Path: "/startDateTime", Type: Timestamp, Required: true, Doc: "When the call began; its UTC date is the partition."},
	}
	ofSession = Column{Name: "session_id", Path: "/sessions[].id", Type: String, Doc: "The session of the call."}
	// Graph has been seen to give a session of a call twice, so that its id alone is no key.
	sessionIndex = Column{Name: "session_index", Path: "/sessions[]#", Type: Int32, Doc: "Position of the session in Graph's list, from 0."}

	ofSegment = Column{Name: "segment_id", Path: "/sessions[].segments[].id", Type: String, Doc: "The segment of the session."}
)
