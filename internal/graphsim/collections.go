package graphsim

import (
	"slices"
	"strings"
)

// collections are all that the tenant makes itself, and what it knows of Graph and does not make. Of two that
// fit a path the first answers. To add one, write its line here and its rows.
var collections = []collection{
	{path: "communications/callRecords", roles: recordRoles, prices: []price{{limit: limitList, next: limitListNext}},
		sick: target{class: listAnswer, dataset: "call_records"}, typ: &recordType, options: "$select $filter",
		filters: "startDateTime gt, startDateTime ge, startDateTime lt, startDateTime le, participants_v2/any/id eq",
		page:    60, preferred: true, rows: (*Tenant).records},
	{path: "communications/callRecords/getPstnCalls({})", roles: logRoles, prices: []price{{limit: limitCalls}},
		sick: target{class: listAnswer, dataset: "pstn_calls"}, options: ignoredFilter, page: 1000, skip: true, count: countLast,
		context: "Collection(microsoft.graph.callRecords.pstnCallLogRow)", rows: pstnLog.rows},
	{path: "communications/callRecords/getDirectRoutingCalls({})", roles: logRoles, prices: []price{{limit: limitCalls}},
		sick: target{class: listAnswer, dataset: "direct_routing_calls"}, options: ignoredFilter, page: 1000, skip: true, count: countLast,
		context: "Collection(microsoft.graph.callRecords.directRoutingLogRow)", rows: routingLog.rows},
	{version: "beta", path: "communications/callRecords/getSmsLog({})", roles: logRoles, prices: []price{{limit: limitCalls}},
		sick: target{class: listAnswer, dataset: "sms_logs"}, options: ignoredFilter, page: 1000, skip: true, count: countFirst,
		context: "Collection(microsoft.graph.callRecords.smsLogRow)", rows: logged((*Tenant).textLog, (*Tenant).textRow)},
	{version: "beta", path: "communications/callRecords/getPstnBlockedUsersLog({})", roles: logRoles, prices: []price{{limit: limitCalls}},
		sick: target{class: listAnswer, dataset: "blocked_users_log"}, options: ignoredFilter, page: 1000, skip: true, count: countFirst,
		context: "Collection(microsoft.graph.callRecords.pstnBlockedUsersLogRow)", rows: logged((*Tenant).blockingLog, (*Tenant).blockingRow)},
	{version: "beta", path: "communications/callRecords/getPstnOnlineMeetingDialoutReport({})", roles: logRoles, prices: []price{{limit: limitCalls}},
		sick: target{class: listAnswer, dataset: "dial_out_logs"}, options: ignoredFilter, page: 1000, skip: true, count: countFirst,
		context: "Collection(microsoft.graph.callRecords.pstnOnlineMeetingDialoutReport)", rows: logged((*Tenant).dialOuts, (*Tenant).dialOutRow)},
	{path: "communications/callRecords/{}", roles: recordRoles, prices: ofCall, sick: target{class: callAnswer, dataset: "call_records", isRecord: true},
		typ: &recordType, options: "$select $expand", one: (*Tenant).oneRecord},
	{path: "communications/callRecords('{}')/sessions", roles: recordRoles, prices: ofCall, typ: &sessionType, options: "$select $expand",
		page: sessionPage, preferred: true, rows: (*Tenant).sessions},
	{path: "communications/callRecords('{}')/participants_v2", roles: recordRoles, prices: ofCall, typ: &participantType, options: "$select",
		page: participantPage, preferred: true, rows: below((*Tenant).find, (*Tenant).participants)},
	{path: "communications/callRecords('{}')/organizer_v2", roles: recordRoles, prices: ofCall, typ: &participantType, options: "$select",
		one: below((*Tenant).find, (*Tenant).organizerOf)},
	{path: "communications/getPresencesByUserId", method: "POST", roles: presenceRoles, prices: []price{{limit: limitPresence}},
		sick: target{class: batchAnswer, dataset: "presence"}, context: "Collection(microsoft.graph.presence)", rows: (*Tenant).presences},

	{path: "users", roles: append(userRoles, "User.ReadBasic.All"), prices: units(2),
		sick: target{class: listAnswer, dataset: usersList}, typ: &userType, options: "$select $expand $filter $top $count",
		absent: "$orderby $search", filters: "accountEnabled eq, userType eq", partial: true, page: 100, most: 999, rows: (*Tenant).users},
	{path: "users/delta", roles: userRoles, prices: units(2), sick: target{class: listAnswer, dataset: "users"},
		typ: &changedUserType, options: "$select", absent: "$filter", page: 100, preferred: true, delta: true, rows: (*Tenant).userChanges},
	{path: "users/$count"},
	{path: "users/{}", roles: userRoles, scopes: profileScopes, prices: units(2), typ: &userType, options: "$select $expand",
		one: (*Tenant).oneUser},
	{path: "directory/deletedItems/user", roles: userRoles, prices: units(2), typ: &userType, options: "$select $top",
		absent: "$filter $orderby $search $count $expand", page: 100, most: 999, context: "users", rows: (*Tenant).deletedUsers},
	{path: "users/{}/presence", roles: presenceRoles, scopes: presenceScopes, prices: []price{{limit: limitPresence}}, one: below((*Tenant).knownPerson,
		func(t *Tenant, r *request, p person) entity { return t.presence(&p, r.now) })},
	{path: "users/{}/mailboxSettings", roles: mailboxRoles, scopes: mailboxScopes, prices: []price{{limit: limitMailbox, key: 1}},
		sick: target{class: objectAnswer, dataset: "mailbox_settings"}, typ: &mailboxType, options: "$select",
		context: "users('{}')/mailboxSettings", one: below((*Tenant).openMailbox, func(t *Tenant, _ *request, m mailbox) entity { return t.settings(&m) })},
	{path: "users/{}/calendarView", roles: calendarRoles, scopes: calendarScopes, prices: []price{{limit: limitMailbox, key: 1}},
		sick: target{class: pageAnswer, dataset: "calendar_events"}, typ: &eventType, options: "$select $top",
		absent: "$filter $orderby $expand $count", page: eventPage, most: mostEvents, skip: true, rows: (*Tenant).calendarView},
	{path: "users/{}/joinedTeams", roles: joinedRoles, scopes: joinedScopes, prices: []price{{limit: limitTeams}}, sick: target{class: pageAnswer, dataset: "joined_teams"},
		typ: &listedTeamType, page: 100, preferred: true, context: "teams", rows: below((*Tenant).mailbox, (*Tenant).joinedTeams)},
	{path: "users/{}/chats", roles: chatRoles, scopes: chatScopes, prices: []price{{limit: limitChats}, {limit: limitUserChats, key: 1}},
		sick: target{class: pageAnswer, dataset: "chats"}, typ: &chatType, options: "$top $expand $filter $orderby", absent: "$select",
		filters: "chatType eq, topic eq", partial: true, page: chatPage, most: mostChats, count: countFirst, context: "chats", rows: (*Tenant).listChats},
	{path: "users/{}/chats/getAllMessages", roles: messageRoles, prices: []price{{limit: limitChatExport}},
		sick: target{class: pageAnswer, dataset: "chat_messages"}, typ: &messageType, options: "$top $filter", filters: changedMessages,
		page: messagePage, most: mostMessages, count: countFirst, context: "Collection(chatMessage)",
		rows: below((*Tenant).mailbox, (*Tenant).userMessages)},
	{path: "users/{}/chats/{}"},

	{path: "users/{}/onlineMeetings/getAllTranscripts({})", roles: meetingTranscriptRoles, prices: ofTeams, context: "Collection(callTranscript)",
		sick: target{class: pageAnswer, dataset: "transcripts"}, options: "$top", absent: unlistedOptions, page: capturePage, most: mostCaptures,
		token: "skipToken", count: countFirst, rows: meetingTranscripts.rows},
	{path: "users/{}/onlineMeetings/getAllRecordings({})", roles: meetingRecordingRoles, prices: ofTeams, context: "Collection(callRecording)",
		sick: target{class: pageAnswer, dataset: "recordings"}, options: "$top", absent: unlistedOptions, page: capturePage, most: mostCaptures,
		token: "skipToken", count: countFirst, rows: meetingRecordings.rows},
	{path: "users/{}/adhocCalls/getAllTranscripts({})", roles: callTranscriptRoles, prices: ofTeams, context: "users('{}')/adhocCalls",
		sick: target{class: pageAnswer, dataset: "call_transcripts"}, options: "$top", absent: unlistedOptions, page: capturePage, most: mostCaptures,
		token: "skipToken", count: countFirst, rows: callTranscripts.rows},
	{path: "users/{}/adhocCalls/getAllRecordings({})", roles: callRecordingRoles, prices: ofTeams, context: "users('{}')/adhocCalls",
		sick: target{class: pageAnswer, dataset: "call_recordings"}, options: "$top", absent: unlistedOptions, page: capturePage, most: mostCaptures,
		token: "skipToken", count: countFirst, rows: callRecordings.rows},
	{path: "users/{}/onlineMeetings/{}/transcripts/{}/metadataContent", roles: meetingTranscriptRoles, scopes: transcriptScopes, prices: ofTeams,
		sick: target{class: textAnswer, dataset: "transcripts", key: 2, isRecord: true}, text: meetingTranscripts.metadataContent},
	{path: "users/{}/onlineMeetings/{}/transcripts/{}/content", roles: meetingTranscriptRoles, scopes: transcriptScopes, prices: ofTeams, options: "$format",
		sick: target{class: textAnswer, dataset: "transcripts", key: 2, isRecord: true}, text: meetingTranscripts.speech},
	{path: "users/{}/adhocCalls/{}/transcripts/{}/metadataContent", roles: callTranscriptRoles, prices: ofTeams,
		sick: target{class: textAnswer, dataset: "call_transcripts", key: 2, isRecord: true}, text: callTranscripts.metadataContent},
	{path: "users/{}/adhocCalls/{}/transcripts/{}/content", roles: callTranscriptRoles, prices: ofTeams, options: "$format",
		sick: target{class: textAnswer, dataset: "call_transcripts", key: 2, isRecord: true}, text: callTranscripts.speech},
	{path: "users/{}/onlineMeetings/getAllTranscripts({})/delta"},
	{path: "users/{}/onlineMeetings/getAllRecordings({})/delta"},
	{path: "users/{}/onlineMeetings/{}/transcripts", roles: meetingTranscriptRoles, scopes: transcriptScopes, prices: ofTeams,
		context: "users('{}')/onlineMeetings('{}')/transcripts", sick: target{class: pageAnswer, dataset: "transcripts"}, options: "$top", absent: unlistedOptions,
		page: capturePage, most: mostCaptures, token: "skipToken", count: countFirst, rows: (*Tenant).ownTranscripts},
	{path: "users/{}/onlineMeetings/{}/transcripts/{}"},
	{path: "users/{}/onlineMeetings/{}/recordings"},
	{path: "users/{}/onlineMeetings/{}/recordings/{}"},
	{path: "users/{}/onlineMeetings/{}/recordings/{}/content"},
	{path: "users/{}/adhocCalls/{}/transcripts"},
	{path: "users/{}/adhocCalls/{}/transcripts/{}"},
	{path: "users/{}/adhocCalls/{}/recordings"},
	{path: "users/{}/adhocCalls/{}/recordings/{}"},
	{path: "users/{}/adhocCalls/{}/recordings/{}/content"},
	{path: "users/{}/onlineMeetings", roles: meetingRoles, scopes: meetingScopes, prices: ofTeams, typ: &onlineMeetingType, options: "$filter",
		absent: "$select $top $expand $orderby $count", filters: "JoinWebUrl eq, joinWebUrl eq", rows: (*Tenant).onlineMeetings},
	{path: "users/{}/onlineMeetings/{}/attendanceReports", roles: artifactRoles, prices: ofTeams,
		absent: "$select $filter $top $expand $orderby $count", page: reportPage, preferred: true, rows: (*Tenant).attendanceReports},
	{path: "users/{}/onlineMeetings/{}/attendanceReports/{}", roles: artifactRoles, prices: ofTeams,
		sick: target{class: objectAnswer, dataset: "attendance_reports", key: 2, isRecord: true}, options: "$expand", absent: "$select",
		one: (*Tenant).oneAttendanceReport},
	{path: "users/{}/onlineMeetings/{}/attendanceReports/{}/attendanceRecords", roles: artifactRoles, prices: ofTeams,
		absent: "$select $filter $top $expand $orderby $count", page: attendancePage, preferred: true, rows: (*Tenant).attendanceRecords},
	{path: "chats/{}/members", roles: chatMemberRoles, scopes: chatMemberScopes, prices: []price{{limit: limitMembers}, {limit: limitChatMembers, key: 1}},
		sick: target{class: pageAnswer, dataset: "chats", isRecord: true}, absent: "$filter $select $top", page: chatMemberPage, preferred: true,
		rows: (*Tenant).chatMembers},
	{path: "chats/{}"},

	{path: "groups", roles: groupRoles, prices: units(1), typ: &groupType, options: "$select $filter $top $count",
		absent: "$orderby $search $expand", filters: "resourceProvisioningOptions/any eq", partial: true, page: 100, most: 999, rows: (*Tenant).listGroups},
	{path: "groups/delta", roles: groupRoles, prices: units(1), sick: target{class: listAnswer, dataset: "groups"},
		typ: &changedGroupType, options: "$select", absent: "$filter", page: groupPage, preferred: true, delta: true, rows: (*Tenant).groupChanges},
	{path: "groups/{}", roles: groupRoles, prices: units(1), typ: &groupType, options: "$select", absent: "$expand",
		one: below((*Tenant).findGroup, func(_ *Tenant, _ *request, g directoryGroup) entity { return g.entity() })},
	{path: "groups/{}/members", roles: memberRoles, prices: units(3), typ: &userType, options: "$select $top",
		absent: "$filter $orderby $search $count", page: 100, most: 999, context: "directoryObjects", rows: below((*Tenant).findGroup, (*Tenant).listMembers)},
	{path: "groups/{}/transitiveMembers", roles: memberRoles, prices: units(5), typ: &userType, options: "$select $top",
		absent: "$filter $orderby $search $count $expand", page: 100, most: 999, context: "directoryObjects", rows: below((*Tenant).findGroup, (*Tenant).listMembers)},
	{path: "groups/{}/owners", roles: ownerRoles, prices: units(1), typ: &userType, options: "$select $top",
		absent: "$filter $orderby $search $count", page: 100, most: 999, context: "directoryObjects", rows: below((*Tenant).findGroup, (*Tenant).listOwners)},

	{path: "teams", roles: teamListRoles, prices: []price{{limit: limitTeams}}, sick: target{class: listAnswer, dataset: teamsList},
		typ: &listedTeamType, options: "$select $top", absent: "$filter $count", page: 100, most: 999, count: countLast, rows: (*Tenant).listTeams},
	{path: "teams/{}", roles: teamRoles, prices: ofTeam(limitTeams), sick: target{class: objectAnswer, dataset: "teams", isRecord: true},
		typ: &teamType, options: "$select", absent: "$expand", one: below((*Tenant).findTeam,
			func(t *Tenant, r *request, g directoryGroup) entity { return t.team(&g, r.now) })},
	{path: "teams/{}/channels", roles: channelRoles, prices: append(ofTeam(limitChannels), price{limit: limitTeamChannels, key: 1}),
		typ: &channelType, options: "$select $filter", filters: "membershipType eq", count: countLast, rows: below((*Tenant).findTeam, (*Tenant).listChannels)},
	{path: "teams/{}/allChannels", roles: allChannelRoles, prices: ofTeam(limitTeamsOther), typ: &channelType, options: "$select $filter",
		filters: "membershipType eq", count: countLast, rows: below((*Tenant).findTeam, (*Tenant).allChannels)},
	{path: "teams/{}/incomingChannels", roles: allChannelRoles, prices: ofTeam(limitTeamsOther), sick: target{class: pageAnswer, dataset: "incoming_channels"},
		typ: &channelType, options: "$select $filter", filters: "membershipType eq", page: 100, preferred: true, context: "teams('{}')/incomingChannels",
		rows: below((*Tenant).findTeam, (*Tenant).incomingChannels)},
	{path: "teams/{}/members", roles: teamMemberRoles, prices: ofTeam(limitTeamMembers), sick: target{class: pageAnswer, dataset: "team_members"},
		absent: "$filter $select", page: 100, preferred: true, count: countFirst, rows: below((*Tenant).findTeam, (*Tenant).teamMembers)},
	{path: "teams/{}/channels/getAllMessages", roles: []string{"ChannelMessage.Read.All"}, prices: []price{{limit: limitChannelExport}},
		sick: target{class: pageAnswer, dataset: "channel_messages"}, typ: &messageType, options: "$top $filter", filters: changedMessages,
		page: messagePage, most: mostMessages, count: countFirst, context: "Collection(chatMessage)",
		rows: below((*Tenant).findTeam, (*Tenant).teamMessages)},
	{path: "teams/{}/channels/{}/members", roles: channelMemberRoles, prices: append(ofTeam(limitChannelMembers), price{limit: limitChannel, key: 2}),
		sick: target{class: pageAnswer, dataset: "channel_members", key: 1}, options: "$top", absent: "$filter $select", page: 100, most: 999,
		count: countLast, rows: (*Tenant).channelMembers},

	{path: "organization", roles: append(skuRoles, "User.Read.All"), prices: units(1), typ: &organizationType,
		options: "$select", rows: (*Tenant).organizations},
	{path: "admin/teams/telephoneNumberManagement/numberAssignments", roles: numberRoles, prices: []price{{limit: limitTeamsOther}},
		sick: target{class: listAnswer, dataset: "phone_numbers"}, options: "$top", absent: "$filter $select $orderby $search $count $expand",
		page: 500, most: 1000, skip: true, unlinked: true, rows: (*Tenant).numberAssignments},
	{path: "admin/teams/userConfigurations", roles: []string{"TeamsUserConfiguration.Read.All"}, prices: []price{{limit: limitTeamsOther}},
		sick: target{class: listAnswer, dataset: "teams_user_configurations"}, options: "$top", absent: "$filter $select $orderby $search $count $expand",
		page: 100, most: 999, rows: (*Tenant).userConfigurations},
	{version: "beta", path: "admin/teams/resourceAccounts", roles: []string{"TeamsResourceAccount.Read.All"}, prices: []price{{limit: limitTeamsOther}},
		sick: target{class: listAnswer, dataset: "resource_accounts"}, options: "$top $filter", absent: "$select $orderby $search $count $expand",
		filters: "appId eq, acsResourceId eq", partial: true, typ: &resourceAccountType, page: 100, most: 999, rows: (*Tenant).listResourceAccounts},
	{path: "subscribedSkus", roles: skuRoles, prices: []price{{limit: limitDirectory, cost: 3, fixed: true}}, typ: &skuType, options: "$select",
		rows: (*Tenant).subscribedSkus},
}

// A $filter of a telephone log is ignored without a word (issue 3535 of microsoft-graph-docs-contrib).
const ignoredFilter = "$filter"

// changedMessages are what the export of messages filters by: of an instant it knows gt and lt only.
const changedMessages = "lastModifiedDateTime gt, lastModifiedDateTime lt, from/user/id eq"

// The pages of Graph that are not in the documentation of one path alone, in entities.
const (
	sessionPage     = 60
	participantPage = 130
	chatPage        = 20
	mostChats       = 50
	chatMemberPage  = 50 // Graph publishes none
	capturePage     = 20 // nor of these
	mostCaptures    = 100
)

// unlistedOptions are those of which nobody knows what the lists of transcripts and recordings make of them.
const unlistedOptions = "$select $filter $orderby $expand $count $search"

// What a request takes.
var ofCall = []price{{limit: limitCalls}, {limit: limitCall, next: limitCallNext, key: 1}}

// ofTeams is what is taken by requests that Graph publishes no limit of their own for.
var ofTeams = []price{{limit: limitTeamsOther}}

func units(cost int) []price { return []price{{limit: limitDirectory, cost: cost}} }

func ofTeam(limit *limit) []price { return []price{{limit: limitTeam, key: 1}, {limit: limit}} }

// The permissions of which a token needs one.
var (
	recordRoles        = []string{"CallRecords.Read.All"}
	logRoles           = []string{"CallRecord-PstnCalls.Read.All", "CallRecords.Read.All"}
	presenceRoles      = []string{"Presence.Read.All", "Presence.ReadWrite.All"}
	mailboxRoles       = []string{"MailboxSettings.Read", "MailboxSettings.ReadWrite"}
	calendarRoles      = []string{"Calendars.ReadBasic", "Calendars.ReadBasic.All", "Calendars.Read", "Calendars.ReadWrite"}
	messageRoles       = []string{"Chat.Read.All", "Chat.ReadWrite.All"}
	chatRoles          = []string{"Chat.ReadBasic.All", "Chat.Read.All", "Chat.ReadWrite.All"}
	chatMemberRoles    = append([]string{"ChatMember.Read.All", "ChatMember.ReadWrite.All"}, chatRoles...)
	userRoles          = []string{"User.Read.All", "Directory.Read.All", "User.ReadWrite.All", "Directory.ReadWrite.All"}
	skuRoles           = strings.Fields("Organization.Read.All Organization.ReadWrite.All Directory.Read.All Directory.ReadWrite.All")
	groupRoles         = strings.Fields("Group.ReadBasic.All GroupMember.Read.All Group.Read.All Directory.Read.All Group.ReadWrite.All Directory.ReadWrite.All")
	memberRoles        = strings.Fields("GroupMember.ReadBasic.All Directory.Read.All Group.Read.All Group.ReadBasic.All Group.ReadWrite.All GroupMember.Read.All GroupMember.ReadWrite.All")
	ownerRoles         = strings.Fields("GroupMember.Read.All Group.Read.All Directory.Read.All Group.ReadWrite.All GroupMember.ReadWrite.All")
	numberRoles        = []string{"TeamsTelephoneNumber.Read.All", "TeamsTelephoneNumber.ReadWrite.All"}
	teamListRoles      = strings.Fields("Team.ReadBasic.All TeamSettings.Read.All TeamSettings.ReadWrite.All")
	widerRoles         = strings.Fields("Group.Read.All Group.ReadWrite.All Directory.Read.All Directory.ReadWrite.All")
	teamRoles          = slices.Concat(teamListRoles, widerRoles)
	allChannelRoles    = strings.Fields("Channel.ReadBasic.All ChannelSettings.Read.All ChannelSettings.ReadWrite.All")
	teamMemberRoles    = []string{"TeamMember.Read.All", "TeamMember.ReadWrite.All"}
	joinedRoles        = slices.Concat(teamListRoles, userRoles)
	channelRoles       = slices.Concat(allChannelRoles, widerRoles)
	channelMemberRoles = []string{"ChannelMember.Read.All", "ChannelMember.ReadWrite.All"}

	meetingTranscriptRoles = []string{"OnlineMeetingTranscript.Read.All"}
	meetingRecordingRoles  = []string{"OnlineMeetingRecording.Read.All"}
	callTranscriptRoles    = []string{"CallTranscripts.Read.All"}
	callRecordingRoles     = []string{"CallRecordings.Read.All"}
	meetingRoles           = []string{"OnlineMeetings.Read.All", "OnlineMeetings.ReadWrite.All"}
	artifactRoles          = []string{"OnlineMeetingArtifact.Read.All"}
)
