package schemas

import "slices"

// DirectRoutingCalls is the log of calls over the customers' own session border controllers.
//
// Lag, reach and throttling family are not published; they are taken to be those of the PSTN log.
// So is the longest window, which only the page of the PSTN log states.
var DirectRoutingCalls = Dataset{
	Name:   "direct_routing_calls",
	Doc:    "Calls to and from the telephone network over the tenant's own trunks, with SIP codes.",
	Mode:   Windowed,
	Entity: "callRecords.directRoutingLogRow",
	Source: Source{
		API:    "v1.0",
		Path:   "/communications/callRecords/microsoft.graph.callRecords.getDirectRoutingCalls(fromDateTime={from},toDateTime={to})",
		Paging: NextLink,
		Window: Window{Longest: 90 * Day, Layout: "2006-01-02"},
		Budget: callRecords,
	},
	Time:        directRoutingTime,
	Settle:      2 * Day,
	Lookback:    3 * Day,
	Permissions: []Permission{"CallRecord-PstnCalls.Read.All", "CallRecords.Read.All"},
	Owner:       []Path{"userId"},
	Tables:      []Table{directRoutingCalls},
	Joins: []string{
		"`direct_routing_calls.user_id` is `users.user_id`.",
		"`direct_routing_calls.correlation_id` is `calls.call_id`.",
	},
	Queries: queriesOfDirectRoutingCalls,
}

// A failed call may have no start, or Graph's null of the year 0001.
var directRoutingTime = []Path{"startDateTime", "inviteDateTime", "failureDateTime"}

var directRoutingCalls = Table{
	Name: "direct_routing_calls",
	Doc:  "A row per call or attempt over a trunk of the tenant.",
	Key:  []string{"direct_routing_call_id"},
	Columns: slices.Concat([]Column{
		{Name: "direct_routing_call_id", Path: "id", Type: String, Doc: "Id of the row."},
		{Name: "correlation_id", Path: "correlationId", Type: String, Doc: "Id of the call in calls."},
		{Name: "user_id", Path: "userId", Type: String, Personal: true, Doc: "User who called or was called; null for bots."},
		{Name: "user_principal_name", Path: "userPrincipalName", Type: String, Personal: true, Doc: "Sign-in name of the user."},
		{Name: "user_display_name", Path: "userDisplayName", Type: String, Personal: true, Doc: "Name of the user."},
		{Name: "call_time", Path: directRoutingTime[0], Else: directRoutingTime[1:], Type: Timestamp, Required: true,
			Doc: "When the call happened: its start, else its invite, else its failure; its UTC date is the partition."},
		{Name: "start_time", Path: "startDateTime", Type: Timestamp, Doc: "When the call began; for a failed one perhaps when it was invited or failed."},
		{Name: "invite_time", Path: "inviteDateTime", Type: Timestamp, Doc: "When the first invite was sent."},
		{Name: "failure_time", Path: "failureDateTime", Type: Timestamp, Doc: "When the call failed; null if it was established."},
		{Name: "end_time", Path: "endDateTime", Type: Timestamp, Doc: "When the call ended; null if it was not established."},
		{Name: "duration_seconds", Path: "duration", Type: Int32, Doc: "How long the call took."},
		{Name: "call_type", Path: "callType", Type: Enum, Doc: "Direction and kind, as ByotIn or dr_out."},
		{Name: "successful_call", Path: "successfulCall", Type: Bool, Doc: "Whether the call was established."},
		{Name: "caller_number", Path: "callerNumber", Type: String, Personal: true, Number: true, Doc: "Number of who called; may be masked, or no number."},
		{Name: "callee_number", Path: "calleeNumber", Type: String, Personal: true, Number: true, Doc: "Number of who was called; may be masked, or no number."},
		{Name: "final_sip_code", Path: "finalSipCode", Type: Int32, Doc: "SIP code with which the call ended (RFC 3261)."},
		{Name: "final_sip_code_phrase", Path: "finalSipCodePhrase", Type: String, Doc: "The SIP code and Microsoft's subcode in words."},
		{Name: "call_end_sub_reason", Path: "callEndSubReason", Type: Int32, Doc: "Microsoft's subcode of why the call ended."},
		{Name: "trunk_fqdn", Path: "trunkFullyQualifiedDomainName", Type: Enum, Doc: "Session border controller of the call."},
		{Name: "media_bypass_enabled", Path: "mediaBypassEnabled", Type: Bool, Doc: "Whether the trunk lets media go past Microsoft's servers."},
		{Name: "media_path_location", Path: "mediaPathLocation", Type: Enum, Doc: "Datacenter that the media went through, without bypass."},
		{Name: "signaling_location", Path: "signalingLocation", Type: Enum, Doc: "Datacenter that the signalling went through."},
	}, directRoutingLegs),
}
