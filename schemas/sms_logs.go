package schemas

// SMSLogs is the log of text messages to and from the numbers of users. Only beta serves it.
//
// A row may have no id, and that of its message is not unique: of a message to several people there may be several rows. So a
// row is known by all that it says, and if that changes, as a charge that is corrected, the row of before is marked as removed.
// Two rows that say the same in everything, to the instant, cannot be told from one row on two pages: they are one.
//
// Lag, reach and throttling family are not published; they are taken to be those of the PSTN log.
var SMSLogs = Dataset{
	Name:   "sms_logs",
	Doc:    "Text messages to and from the telephone numbers of users, with their charges. Only Graph's beta serves it.",
	Mode:   Windowed,
	Entity: "callRecords.smsLogRow",
	Source: Source{
		API:    "beta",
		Path:   "/communications/callRecords/getSmsLog(fromDateTime={from},toDateTime={to})",
		Paging: NextLink,
		Window: Window{Longest: 90 * Day, Layout: "2006-01-02", ToIncluded: true},
		Budget: callRecords,
	},
	Time:        []Path{"sentDateTime"},
	Removes:     true,
	Settle:      2 * Day,
	Lookback:    3 * Day,
	Optional:    true,
	Permissions: []Permission{"CallRecord-PstnCalls.Read.All", "CallRecords.Read.All"},
	Owner:       []Path{"userId"},
	Tables:      []Table{smsLogs},
	Joins:       []string{"`sms_logs.user_id` is `users.user_id`."},
	NotTaken:    []NotTaken{{"is of who administers the user", []Path{"administrativeUnitInfos"}}},
	Queries:     queriesOfSMSLogs,
}

var smsLogs = Table{
	Name: "sms_logs",
	Doc:  "A row per text message, as it is charged. Leave out what was removed: in its place is what Graph says now.",
	Key:  []string{"sms_log_id"},
	Columns: []Column{
		{Name: "sms_log_id", Path: "", Type: Digest, Doc: "Key of the row: a hash of what it says."},
		{Name: "graph_id", Path: "id", Type: String, Doc: "Id of the row, where Graph sends one."},
		{Name: "sms_id", Path: "smsId", Type: String, Doc: "Id of the message; not unique."},
		{Name: "user_id", Path: "userId", Type: String, Personal: true, Doc: "User whose number it is."},
		{Name: "user_principal_name", Path: "userPrincipalName", Type: String, Personal: true, Doc: "Sign-in name of the user."},
		{Name: "user_display_name", Path: "userDisplayName", Type: String, Personal: true, Doc: "Name of the user."},
		{Name: "sent_time", Path: "sentDateTime", Type: Timestamp, Required: true, Doc: "When the message was sent."},
		{Name: "sms_type", Path: "smsType", Type: Enum, Doc: "Direction, as sms_in or sms_out."},
		{Name: "sms_units", Path: "smsUnits", Type: Int32, Doc: "Units that the message was sent in, and charged by."},
		{Name: "source_number", Path: "sourceNumber", Type: String, Personal: true, Number: true, Doc: "Number that sent the message; may be masked."},
		{Name: "destination_number", Path: "destinationNumber", Type: String, Personal: true, Number: true, Doc: "Number that got the message; may be masked."},
		{Name: "charge", Path: "callCharge", Type: Decimal, Doc: "What the message cost, in currency."},
		{Name: "currency", Path: "currency", Type: Enum, Doc: "Currency of the charge (ISO 4217)."},
		{Name: "destination_context", Path: "destinationContext", Type: Enum, Doc: "Domestic or International, seen from the user."},
		{Name: "destination_name", Path: "destinationName", Type: Enum, Doc: "Country or region that got the message."},
		{Name: "user_country_code", Path: "userCountryCode", Type: Enum, Doc: "Country of the user (ISO 3166-1)."},
		{Name: "tenant_country_code", Path: "tenantCountryCode", Type: Enum, Doc: "Country of the tenant (ISO 3166-1)."},
		{Name: "other_party_country_code", Path: "otherPartyCountryCode", Type: Enum, Doc: "Country of the other side (ISO 3166-1)."},
		{Name: "license_capability", Path: "licenseCapability", Type: Enum, Doc: "Licence that the message used, as MCOSMS1."},
		{Name: "removed", Path: "@removed", Type: Present, Doc: "Whether Graph does not list the row any more, as when another took its place."},
	},
}
