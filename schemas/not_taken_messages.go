package schemas

const (
	ofMasters   = "is of the master of a series, which no view lists"
	zoneOfTime  = "is the zone in which the time beside it is read"
	inLocations = "is in `locations`, too"
	forDialing  = "is for whoever dials in"
	forOwners   = "is for the owner of the mailbox alone, or for programs that create events"
)

var (
	notTakenOfChatMessages    = []NotTaken{{"is of messages in channels", []Path{"channelIdentity"}}, seldom, inViolation}
	notTakenOfChannelMessages = []NotTaken{{"is of messages in chats", []Path{"chatId"}}, seldom, inViolation}
)

var inViolation = NotTaken{"is in `policy_violation`, as far as the lake keeps texts", []Path{"policyViolation.justificationText", "policyViolation.policyTip"}}

var seldom = NotTaken{"is in `detail` of the events, and seldom asked for", []Path{
	"eventDetail.callRecordingDisplayName", "eventDetail.callRecordingDuration", "eventDetail.meetingOrganizer",
	"eventDetail.channelDescription", "eventDetail.teamDescription", "eventDetail.chatId", "eventDetail.meetingChatId",
	"eventDetail.conversationMemberRoles", "eventDetail.conversationMemberUser", "eventDetail.eventDateTime",
	"eventDetail.tabId", "eventDetail.teamsAppId",
}}

var notTakenOfEvents = []NotTaken{
	{ofMasters, []Path{"recurrence", "cancelledOccurrences"}},
	{zoneOfTime, []Path{"start.timeZone", "end.timeZone"}},
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
