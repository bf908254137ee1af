package schemas

// DialOutLogs are what conferences called the telephone network for, added up. Only beta serves it.
//
// Graph adds up over the whole window, by organizer, location, destination and currency, and rows have neither a time nor an
// id: a window is a day, and a row is known by the day and by what it is added up by, so that a sum that grows when late calls
// come takes the place of the one before. Whether the upper bound belongs to the window is not published, and what belongs to
// two days could not be taken apart again: it is asked for up to the last tick of the day, which is the same either way.
//
// Lag, reach and throttling family are not published; they are taken to be those of the PSTN log.
var DialOutLogs = Dataset{
	Name:   "dial_out_logs",
	Doc:    "Calls that audio conferences made to the telephone network, and what they cost, by organizer and day. Only Graph's beta serves it.",
	Mode:   Windowed,
	Entity: "callRecords.pstnOnlineMeetingDialoutReport",
	Source: Source{
		API:    "beta",
		Path:   "/communications/callRecords/getPstnOnlineMeetingDialoutReport(fromDateTime={from},toDateTime={to})",
		Paging: NextLink,
		Window: Window{Longest: Day, Layout: "2006-01-02T15:04:05.0000000Z", ToLast: true},
		Budget: callRecords,
	},
	Time:        []Path{AskedDay},
	Removes:     true,
	Settle:      2 * Day,
	Lookback:    3 * Day,
	Optional:    true,
	Permissions: []Permission{"CallRecord-PstnCalls.Read.All", "CallRecords.Read.All"},
	Owner:       []Path{"userId"},
	Tables:      []Table{dialOutLogs},
	Joins:       []string{"`dial_out_logs.user_id` is `users.user_id`, and the `user_id` of other tables: who organized the conferences, and perhaps not who dialed."},
	Queries:     queriesOfDialOutLogs,
}

var dialOutLogs = Table{
	Name: "dial_out_logs",
	Doc:  "A row per organizer, location, destination and currency of a day. Leave out what was removed.",
	Key:  []string{"report_time", "user_id", "user_principal_name", "usage_location", "destination_context", "currency"},
	Columns: []Column{
		{Name: "report_time", Path: AskedDay, Type: Timestamp, Doc: "Midnight of the UTC day that is added up."},
		{Name: "user_id", Path: "userId", Type: KeyText, Personal: true, Doc: "Who organized the conferences; empty where Graph does not say."},
		{Name: "user_principal_name", Path: "userPrincipalName", Type: KeyText, Personal: true, Doc: "Sign-in name of the user; empty where Graph does not say."},
		{Name: "user_display_name", Path: "userDisplayName", Type: String, Personal: true, Doc: "Name of the user."},
		{Name: "usage_location", Path: "usageLocation", Type: KeyText, Doc: "Country of the user (ISO 3166-1); empty where Graph does not say."},
		{Name: "destination_context", Path: "destinationContext", Type: KeyText, Doc: "Domestic or International, seen from the user; empty where Graph does not say."},
		{Name: "currency", Path: "currency", Type: KeyText, Doc: "Currency of the charges (ISO 4217); empty where Graph does not say."},
		{Name: "calls", Path: "totalCalls", Type: Int32, Doc: "Calls of the day."},
		{Name: "call_seconds", Path: "totalCallSeconds", Type: Int32, Doc: "How long they were connected, together."},
		{Name: "charge", Path: "totalCallCharge", Type: Decimal, Doc: "What they cost with the fees for their connections, in currency."},
		{Name: "removed", Path: "@removed", Type: Present, Doc: "Whether Graph does not list the row any more."},
	},
}
