package schemas

// BlockedUsersLog is the log of who was blocked from calling the telephone network, and unblocked. Only beta serves it.
//
// Blocking and unblocking may have one id of the action, and that of two users, so a row is known by all that it says, as in
// [SMSLogs]. How long Graph keeps the log, and what throttles it, is not published.
var BlockedUsersLog = Dataset{
	Name:   "blocked_users_log",
	Doc:    "Who was blocked from calling the telephone network, or unblocked, and why. Only Graph's beta serves it.",
	Mode:   Windowed,
	Entity: "callRecords.pstnBlockedUsersLogRow",
	Source: Source{
		API:    "beta",
		Path:   "/communications/callRecords/getPstnBlockedUsersLog(fromDateTime={from},toDateTime={to})",
		Paging: NextLink,
		Window: Window{Longest: 90 * Day, Layout: "2006-01-02", ToIncluded: true},
		Budget: callRecords,
	},
	Time:        []Path{"blockDateTime"},
	Removes:     true,
	Settle:      2 * Day,
	Lookback:    3 * Day,
	Optional:    true,
	Permissions: []Permission{"CallRecord-PstnCalls.Read.All", "CallRecords.Read.All"},
	Owner:       []Path{"userId"},
	Tables:      []Table{blockedUsersLog},
	Joins:       []string{"`blocked_users_log.user_id` is `users.user_id`."},
	Queries:     queriesOfBlockedUsersLog,
}

var blockedUsersLog = Table{
	Name: "blocked_users_log",
	Doc:  "A row per user who was blocked or unblocked. Leave out what was removed: in its place is what Graph says now.",
	Key:  []string{"blocked_user_log_id"},
	Columns: []Column{
		{Name: "blocked_user_log_id", Path: "", Type: Digest, Doc: "Key of the row: a hash of what it says."},
		{Name: "remediation_id", Path: "remediationId", Type: String, Doc: "Id of the action; that of the blocking may be that of the unblocking."},
		{Name: "user_id", Path: "userId", Type: String, Personal: true, Doc: "The user."},
		{Name: "user_principal_name", Path: "userPrincipalName", Type: String, Personal: true, Doc: "Sign-in name of the user."},
		{Name: "user_display_name", Path: "userDisplayName", Type: String, Personal: true, Doc: "Name of the user."},
		{Name: "block_time", Path: "blockDateTime", Type: Timestamp, Required: true, Doc: "When the user was blocked or unblocked."},
		{Name: "user_block_mode", Path: "userBlockMode", Type: Enum, Doc: "Blocked or unblocked; Graph writes it with a small letter or a capital."},
		{Name: "block_reason", Path: "blockReason", Type: Enum, Doc: "Why, as High Overall Usage or Tenant Requested."},
		{Name: "user_telephone_number", Path: "userTelephoneNumber", Type: String, Personal: true, Number: true, Doc: "Number of the user that was blocked."},
		{Name: "removed", Path: "@removed", Type: Present, Doc: "Whether Graph does not list the row any more, as when another took its place."},
	},
}
