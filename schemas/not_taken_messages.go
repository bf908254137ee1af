package schemas

const (
	ofMasters   = "is of the master of a series, which no view lists"
	inUTC       = "is UTC, as it was asked for"
	inLocations = "is in `locations`, too"
	forDialing  = "is for whoever dials in"
	forOwners   = "is for the owner of the mailbox alone, or for programs that create events"
)

var notTakenOfEvents = []NotTaken{
	{ofMasters, []Path{"recurrence", "cancelledOccurrences"}},
	{inUTC, []Path{"start.timeZone", "end.timeZone"}},
	{inLocations, []Path{
		"location.address", "location.coordinates", "location.locationUri", "location.uniqueId", "location.uniqueIdType",
	}},
	{forDialing, []Path{
		"onlineMeeting.conferenceId", "onlineMeeting.phones", "onlineMeeting.quickDial", "onlineMeeting.tollFreeNumbers",
		"onlineMeeting.tollNumber",
	}},
	{forOwners, []Path{"webLink", "isReminderOn", "reminderMinutesBeforeStart", "allowNewTimeProposals", "transactionId"}},
	{"says again what another property says", []Path{"changeKey", "bodyPreview"}},
}
