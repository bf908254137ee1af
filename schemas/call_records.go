package schemas

import "time"

// CallRecords are the calls and meetings of Teams.
//
// Graph lists a record by its start as soon as the call has ended, and raises its version while
// clients still deliver their telemetry; how long that may go on is published nowhere. Details
// exist from up to 150 minutes after the end until 30 days after it (concepts/callrecords-api-faq).
var CallRecords = Dataset{
	Name:   "call_records",
	Doc:    "Calls and meetings in Teams: who took part, from where, with which device, and how good it was.",
	Mode:   Windowed,
	Entity: "callRecords.callRecord",
	Source: Source{
		API:  "v1.0",
		Path: "/communications/callRecords",
		Query: []Param{
			{"$filter", "startDateTime ge {from} and startDateTime lt {to}"},
		},
		// Without it Graph replaces newer enum members, as azureCommunicationServices, by unknownFutureValue.
		Headers: []Param{{"Prefer", "include-unknown-enum-members"}},
		Paging:  NextLink,
		// A page has 60 records (api/callrecords-cloudcommunications-list-callrecords), and in the same time
		// four times as many first pages may be asked for as further ones. Graph knows no longest window; a
		// night or a weekend fits into few of these.
		Window: Window{Longest: 4 * time.Hour, Layout: time.RFC3339, Page: 60},
		Detail: &Detail{
			Path: "/communications/callRecords/{id}",
			// Two requests, because Graph shows both expansions in one nowhere.
			Queries: [][]Param{
				{{"$expand", "sessions($expand=segments)"}},
				{{"$expand", "participants_v2"}},
			},
			End:    "endDateTime",
			Ready:  150 * time.Minute,
			Budget: callRecords,
		},
		Budget: callRecordList,
	},
	Time:        []Path{"startDateTime"},
	Version:     "version",
	Settle:      2 * Day,
	Lookback:    3 * Day,
	Retention:   30 * Day,
	Permissions: []Permission{"CallRecords.Read.All"},
	Tables:      []Table{calls, callParticipants, callSessions, callSegments, callMedia, callMediaStreams, callLegs, callPersons},
	Joins: []string{
		"`calls.organizer_id` and `call_participants.participant_id` are `users.user_id`, where they are users.",
		"`calls.call_id` is `direct_routing_calls.correlation_id`; the rows of `pstn_calls` name no call record.",
		"`calls.join_web_url` is that of a calendar event or a meeting's chat; the link is the only id that they share.",
	},
	NotTaken: notTakenOfCalls,
	Queries:  queriesOfCalls,
}
