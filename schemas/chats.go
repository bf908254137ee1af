package schemas

// Chats are listed for each user, a picture a day. Everybody in a chat lists it, so it comes as often
// as it has members; its members are read only if it has changed since they were read.
var Chats = Dataset{
	Name:   "chats",
	Doc:    "Chats between people, in groups and of meetings, and who takes part in them.",
	Mode:   Entities,
	Entity: "chat",
	Source: Source{
		API:    "v1.0",
		Path:   "/users/{parent}/chats",
		Parent: allUsers,
		Query:  []Param{{"$top", "50"}},
		Paging: NextLink,
		Detail: &Detail{Parts: []Part{{Name: "members", Path: "/chats/{id}/members", Budget: teamsChatMember}}},
		Budget: teamsChats,
	},
	Version:     "lastUpdatedDateTime",
	Permissions: []Permission{"Chat.ReadBasic.All", "Chat.Read.All"},
	Person: &Person{
		Permissions: Requirement{"Chat.ReadBasic", "Chat.Read"},
		ScopeIDs:    map[Permission]string{"Chat.ReadBasic": "9547fcb5-d03f-419d-9948-5928bbf71b0f"},
	},
	Tables: []Table{chats, chatMembers},
	Joins: []string{
		"`chat_members.user_id` and `chats.meeting_organizer_id` are `users.user_id`.",
		"`chats.chat_id` is that of `chat_messages`.",
		"`chats.calendar_event_id` is `calendar_events.event_id` of the meeting in the organizer's calendar.",
		"`chats.join_web_url` is `calls.join_web_url` of what became of the meeting, and `calendar_events.join_url` of the event.",
	},
	NotTaken: []NotTaken{
		{"is of who asks, as when a person who is signed in has read the chat last", []Path{"viewpoint"}},
		{"is of chats that are being imported", []Path{"migrationMode", "originalCreatedDateTime"}},
	},
	OfSubtypes: ofOtherMembers("members[]."),
	Queries:    queriesOfChats,
}

var chats = Table{
	Name: "chats",
	Doc:  "A row per chat that somebody in the directory takes part in, on the day of the picture.",
	Key:  []string{"chat_id"},
	Columns: []Column{
		{Name: "chat_id", Path: "id", Type: String, Personal: true, Doc: "Id of the chat; of a chat of two it is made of their ids."},
		{Name: "topic", Path: "topic", Type: String, Personal: true, Written: Title, Doc: "Topic, of a group."},
		{Name: "created_time", Path: "createdDateTime", Type: Timestamp, Doc: "When the chat was created."},
		{Name: "last_updated_time", Path: "lastUpdatedDateTime", Type: Timestamp, Doc: "When the topic or the members last changed; messages do not count."},
		{Name: "removed", Path: "@removed", Type: Present, Doc: "Whether nobody listed the chat any more. The other columns are then as they were last known."},
		{Name: "chat_type", Path: "chatType", Type: Enum, Doc: "oneOnOne, group or meeting."},
		{Name: "is_hidden_for_all_members", Path: "isHiddenForAllMembers", Type: Bool, Doc: "Whether nobody sees the chat."},
		{Name: "owner_tenant_id", Path: "tenantId", Type: String, Doc: "Tenant in which the chat was created."},
		{Name: "join_web_url", Path: "onlineMeetingInfo.joinWebUrl", Type: String, Personal: true, Doc: "Link to the meeting, of a meeting's chat; join_web_url of calls is the same."},
		{Name: "calendar_event_id", Path: "onlineMeetingInfo.calendarEventId", Type: String, Personal: true, Doc: "Event of the meeting in the organizer's calendar."},
		{Name: "meeting_organizer_id", Path: "onlineMeetingInfo.organizer.id", Type: String, Personal: true, Doc: "Organizer of the meeting."},
		{Name: "meeting_organizer_display_name", Path: "onlineMeetingInfo.organizer.displayName", Type: String, Personal: true, Doc: "Name of the organizer."},
		{Name: "meeting_organizer_identity_type", Path: "onlineMeetingInfo.organizer.userIdentityType", Type: Enum, Doc: "aadUser and so on: kind of the organizer."},
		{Name: "web_url", Path: "webUrl", Type: String, Personal: true, Doc: "Link to the chat."},
	},
}

var chatMembers = Table{
	Name: "chat_members",
	Doc:  "A row per member of a chat, as they were when the chat last changed.",
	Each: "members[]",
	Key:  []string{"chat_id", "membership_id"},
	// The id of a membership has the chat's in it, and that the ids of both who are in a chat of two.
	Owner: []Path{"userId", "email"},
	Columns: []Column{
		{Name: "chat_id", Path: "/id", Type: String, Personal: true, Doc: "The chat."},
		{Name: "membership_id", Path: "id", Type: String, Personal: true, Doc: "Id of the membership; the same person has another in each chat."},
		{Name: "user_id", Path: "userId", Type: String, Personal: true, Doc: "The user."},
		{Name: "display_name", Path: "displayName", Type: String, Personal: true, Doc: "Name of the member."},
		{Name: "email", Path: "email", Type: String, Personal: true, Doc: "Mail address of the member."},
		{Name: "member_tenant_id", Path: "tenantId", Type: String, Doc: "Tenant that the member comes from."},
		{Name: "visible_history_start_time", Path: "visibleHistoryStartDateTime", Type: Timestamp, Doc: "From when on the member sees the history; null from the start."},
		{Name: "roles", Path: "roles", Type: JSON, Texts: []Path{"[]"}, Doc: "owner, guest or nothing."},
		{Name: "member_kind", Path: "@odata.type", Type: Enum, Doc: "Kind of member, as #microsoft.graph.aadUserConversationMember."},
		{
			Name: "other_id", Path: "anonymousGuestId", Else: []Path{"azureCommunicationServicesId", "skypeId", "phoneNumber"},
			Type: String, Personal: true, Doc: "Id or number of a member who is no user of a directory.",
		},
		removedWith("chat"),
	},
}
