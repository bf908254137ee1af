package schemas

import "slices"

// PSTNCalls is the log of calls over Microsoft's calling plans and Operator Connect.
//
// The log lags the calls by one to two days. How far back it reaches, and which throttling family
// it counts in, is not published; it is taken to be the call records'.
var PSTNCalls = Dataset{
	Name:   "pstn_calls",
	Doc:    "Calls to and from the telephone network over calling plans and Operator Connect, with their charges.",
	Mode:   Windowed,
	Entity: "callRecords.pstnCallLogRow",
	Source: Source{
		API:    "v1.0",
		Path:   "/communications/callRecords/microsoft.graph.callRecords.getPstnCalls(fromDateTime={from},toDateTime={to})",
		Paging: NextLink,
		Window: Window{Longest: 90 * Day, Layout: "2006-01-02", ToIncluded: true},
		Budget: callRecords,
	},
	Time:        []Path{"startDateTime"},
	Settle:      2 * Day,
	Lookback:    3 * Day,
	Permissions: []Permission{"CallRecord-PstnCalls.Read.All", "CallRecords.Read.All"},
	Owner:       []Path{"userId"},
	Tables:      []Table{pstnCalls},
	Joins: []string{
		"`pstn_calls.user_id` is `users.user_id`.",
		"`pstn_calls.call_id` is the operator's, and no call of `calls`.",
	},
	Queries: queriesOfPSTNCalls,
}

var pstnCalls = Table{
	Name: "pstn_calls",
	Doc:  "A row per call or leg over the telephone network, as it is charged.",
	Key:  []string{"pstn_call_id"},
	Columns: slices.Concat([]Column{
		{Name: "pstn_call_id", Path: "id", Type: String, Doc: "Id of the row."},
		// Not the id of a call record, and shared by legs: nothing can be joined by it.
		{Name: "call_id", Path: "callId", Type: String, Personal: true, Doc: "Id of the call at the operator, which may hold an address; not unique, and not that of calls."},
		{Name: "conference_id", Path: "conferenceId", Type: String, Personal: true, Doc: "Audio conference that the call belongs to."},
		{Name: "user_id", Path: "userId", Type: String, Personal: true, Doc: "User whom the call is charged to; null for bots."},
		{Name: "user_principal_name", Path: "userPrincipalName", Type: String, Personal: true, Doc: "Sign-in name of the user."},
		{Name: "user_display_name", Path: "userDisplayName", Type: String, Personal: true, Doc: "Name of the user."},
		{Name: "start_time", Path: "startDateTime", Type: Timestamp, Required: true, Doc: "When the call began."},
		{Name: "end_time", Path: "endDateTime", Type: Timestamp, Doc: "When the call ended."},
		{Name: "duration_seconds", Path: "duration", Type: Int32, Doc: "How long the call was connected."},
		{Name: "call_duration_source", Path: "callDurationSource", Type: Enum, Doc: "Who measured the duration: microsoft or operator."},
		{Name: "call_type", Path: "callType", Type: Enum, Doc: "Direction and kind, as user_in, user_out, conf_in, ucap_out."},
		// Graph's own words for the two numbers contradict each other; they are kept as they are sent.
		{Name: "callee_number", Path: "calleeNumber", Type: String, Personal: true, Number: true, Doc: "Number that Graph names the callee's: the one dialed; may be masked."},
		{Name: "caller_number", Path: "callerNumber", Type: String, Personal: true, Number: true, Doc: "Number that Graph names the caller's; may be masked."},
		{Name: "charge", Path: "charge", Type: Decimal, Doc: "What the call cost, in currency."},
		{Name: "connection_charge", Path: "connectionCharge", Type: Decimal, Doc: "Fee for the connection, in currency."},
		{Name: "currency", Path: "currency", Type: Enum, Doc: "Currency of the charges (ISO 4217)."},
		{Name: "destination_context", Path: "destinationContext", Type: Enum, Doc: "Domestic or International, seen from the user."},
		{Name: "destination_name", Path: "destinationName", Type: Enum, Doc: "Country or region that was dialed."},
		{Name: "usage_country_code", Path: "usageCountryCode", Type: Enum, Doc: "Country of the user (ISO 3166-1)."},
		{Name: "tenant_country_code", Path: "tenantCountryCode", Type: Enum, Doc: "Country of the tenant (ISO 3166-1)."},
		{Name: "license_capability", Path: "licenseCapability", Type: Enum, Doc: "Licence that the call used, as MCOPSTN1."},
		{Name: "inventory_type", Path: "inventoryType", Type: Enum, Doc: "Kind of the user's number, as Subscriber."},
		{Name: "operator", Path: "operator", Type: Enum, Doc: "Operator of the call: Microsoft, or one of Operator Connect."},
	}, pstnLegs),
}
