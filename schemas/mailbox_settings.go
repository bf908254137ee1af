package schemas

import "slices"

// MailboxSettings are read for each user of the directory, a picture a day. A user without a mailbox
// has none, which Graph says by "not found".
var MailboxSettings = Dataset{
	Name:   "mailbox_settings",
	Doc:    "Time zone, working hours, language and automatic replies of each user's mailbox.",
	Mode:   Snapshot,
	Entity: "mailboxSettings",
	Source: Source{
		API:    "v1.0",
		Path:   "/users/{parent}/mailboxSettings",
		Parent: allUsers,
		Paging: Single,
		Budget: outlook,
	},
	Permissions: []Permission{"MailboxSettings.Read"},
	Person:      &Person{Permissions: Requirement{"MailboxSettings.Read"}},
	Owner:       []Path{"@graphlake.parent"},
	Tables:      []Table{mailboxSettings},
	Bodies: []Body{
		{Path: "automaticRepliesSetting.internalReplyMessage", Form: HTMLBody},
		{Path: "automaticRepliesSetting.externalReplyMessage", Form: HTMLBody},
	},
	Joins:      []string{"`mailbox_settings.user_id` is `users.user_id`; users without a mailbox have no row."},
	NotTaken:   notTakenOfMailboxes,
	OfSubtypes: []Path{"workingHours.timeZone.bias", "workingHours.timeZone.standardOffset", "workingHours.timeZone.daylightOffset"},
	Queries:    queriesOfMailboxSettings,
}

var mailboxSettings = Table{
	Name: "mailbox_settings",
	Doc:  "A row per mailbox on the day of the picture.",
	Key:  []string{"user_id"},
	Columns: slices.Concat([]Column{
		{Name: "user_id", Path: "@graphlake.parent", Type: String, Personal: true, Doc: "The user."},
		{Name: "removed", Path: "@removed", Type: Present, Doc: "Whether the mailbox was not there any more. The other columns are then as they were last known."},
		{Name: "time_zone", Path: "timeZone", Type: Enum, Doc: "Time zone as Graph sent it, by Windows or IANA name."},
		{Name: "iana_time_zone", Path: "timeZone", Type: Zone, Doc: "The same by IANA name, as Europe/Zurich; null where the name is not known."},
		{Name: "date_format", Path: "dateFormat", Type: Enum, Doc: "How dates are written."},
		{Name: "time_format", Path: "timeFormat", Type: Enum, Doc: "How times are written."},
		{Name: "locale", Path: "language.locale", Type: Enum, Doc: "Language and country, as en-US."},
		{Name: "user_purpose", Path: "userPurpose", Type: Enum, Doc: "user, shared, room, equipment and so on."},
		{Name: "working_days", Path: "workingHours.daysOfWeek", Type: JSON, Texts: []Path{"[]"}, Doc: "Days of the week on which the user works."},
		{Name: "working_hours_start", Path: "workingHours.startTime", Type: Enum, Doc: "When work begins, as 08:00:00, in the time zone of the working hours."},
		{Name: "working_hours_end", Path: "workingHours.endTime", Type: Enum, Doc: "When work ends."},
		{Name: "working_hours_time_zone", Path: "workingHours.timeZone.name", Type: Enum, Doc: "Time zone of the working hours as Graph sent it."},
		{Name: "working_hours_iana_time_zone", Path: "workingHours.timeZone.name", Type: Zone, Doc: "The same by IANA name."},
		{Name: "automatic_replies_status", Path: "automaticRepliesSetting.status", Type: Enum, Doc: "disabled, alwaysEnabled or scheduled."},
		{Name: "automatic_replies_external_audience", Path: "automaticRepliesSetting.externalAudience", Type: Enum, Doc: "none, contactsOnly or all."},
		{Name: "automatic_replies_start_time", Path: "automaticRepliesSetting.scheduledStartDateTime.dateTime", Type: UTCTime, Doc: "When scheduled replies begin."},
		{Name: "automatic_replies_end_time", Path: "automaticRepliesSetting.scheduledEndDateTime.dateTime", Type: UTCTime, Doc: "When scheduled replies end."},
		{Name: "meeting_message_delivery", Path: "delegateMeetingMessageDeliveryOptions", Type: Enum, Doc: "Who gets meeting messages where there is a delegate."},
		{Name: "internal_reply_message", Path: "automaticRepliesSetting.internalReplyMessage", Type: LongText, Personal: true, Written: Text, Doc: "Automatic reply within the organization, as far as the lake keeps bodies."},
		{Name: "external_reply_message", Path: "automaticRepliesSetting.externalReplyMessage", Type: LongText, Personal: true, Written: Text, Doc: "Automatic reply to others, as far as the lake keeps bodies."},
		lengthOf("internal_reply", "automaticRepliesSetting.internalReplyMessage", "the automatic reply within the organization"),
		lengthOf("external_reply", "automaticRepliesSetting.externalReplyMessage", "the automatic reply to others"),
	}, workingHours),
}
