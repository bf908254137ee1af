package schemas

import "slices"

// messageBodies are what people wrote in a message. What its event tells of stays: it has no text.
var messageBodies = []Body{{Path: "body"}, {Path: "summary", Form: PlainBody}, {Path: "attachments[].content", Form: Payload}}

// counted is a number that stands in the place of a body, or beside it.
func counted(name, what string) Column {
	return Column{Name: name + "_count", Path: Path("@graphlake.body." + name + "s"), Type: Int32, Doc: what + " in the text of the message, counted before it was removed."}
}

var messageColumns = slices.Concat(
	[]Column{
		{Name: "reply_to_id", Path: "replyToId", Type: String, Doc: "Message that this one replies to."},
		{Name: "created_time", Path: "createdDateTime", Type: Timestamp, Required: true, Doc: "When the message was written; its UTC date is the partition."},
		{Name: "last_modified_time", Path: "lastModifiedDateTime", Type: Timestamp, Doc: "When it last changed: by an edit, a reaction or its deletion."},
		{Name: "last_edited_time", Path: "lastEditedDateTime", Type: Timestamp, Doc: "When its text was last edited."},
		{Name: "deleted_time", Path: "deletedDateTime", Type: Timestamp, Doc: "When it was deleted; some deletions are not dated."},
		{Name: "message_type", Path: "messageType", Type: Enum, Doc: "message, systemEventMessage and so on."},
		{Name: "importance", Path: "importance", Type: Enum, Doc: "normal, high or urgent."},
		{Name: "subject", Path: "subject", Type: String, Personal: true, Written: Title, Doc: "Subject, of a post in a channel."},
		{Name: "summary", Path: "summary", Type: LongText, Personal: true, Written: Text, Doc: "What a notification shows in place of the text, as far as the lake keeps texts."},
	},
	sender("from_", "from.", "who wrote the message"),
	[]Column{
		{Name: "body_type", Path: "@graphlake.body.type", Else: []Path{"body.contentType"}, Type: Enum, Doc: "text or html: what the text was sent as."},
		{Name: "body", Path: "body.content", Type: LongText, Personal: true, Written: Text, Doc: "The text, as far as the lake keeps texts: not at all, as plain text, or as it was sent."},
		counted("character", "Characters"),
		counted("word", "Words"),
		counted("link", "Links"),
		counted("mention", "Mentions"),
		{Name: "emoji_count", Path: "@graphlake.body.emoji", Type: Int32, Doc: "Emoji in the text of the message, counted before it was removed."},
		counted("image", "Images"),
		{Name: "policy_violation", Path: "policyViolation", Type: JSON, Personal: true, Written: Text, Doc: "What a policy found in the message."},
		{Name: "etag", Path: "etag", Type: String, Doc: "Version of the message."},
		{Name: "locale", Path: "locale", Type: Enum, Doc: "Locale that the client set; always en-us."},
		{Name: "web_url", Path: "webUrl", Type: String, Personal: true, Written: Title, Doc: "Link to the message."},
		{Name: "message_history", Path: "messageHistory", Type: JSON, Personal: true, Written: Text, Doc: "What happened to the message, where Graph tells it."},
	},
)

// messageColumnsBehind are further columns of messages, behind the last of the key.
var messageColumnsBehind = []Column{
	lengthOf("subject", "subject", "the subject"),
	{Name: "policy_violation_action", Path: "policyViolation.dlpAction", Type: Enum, Doc: "What a policy did with the message: none, or some of notifySender, blockAccess and blockAccessExternal."},
	{Name: "policy_violation_user_action", Path: "policyViolation.userAction", Type: Enum, Doc: "What the sender did: none, override or reportFalsePositive."},
	{Name: "policy_violation_verdict", Path: "policyViolation.verdictDetails", Type: Enum, Doc: "What the sender may do about that, as allowFalsePositiveOverride."},
}

// sender is the columns of an identity that writes, reacts or is mentioned: one of three kinds.
func sender(prefix string, at Path, who string) []Column {
	return []Column{
		{Name: prefix + "user_id", Path: at + "user.id", Type: String, Personal: true, Doc: "Id of the user " + who + "."},
		{Name: prefix + "user_display_name", Path: at + "user.displayName", Type: String, Personal: true, Doc: "Name of the user " + who + "."},
		{Name: prefix + "user_identity_type", Path: at + "user.userIdentityType", Type: Enum, Doc: "aadUser, anonymousGuest, federatedUser and so on: kind of the user " + who + "."},
		{Name: prefix + "user_tenant_id", Path: at + "user.tenantId", Type: String, Doc: "Tenant of the user " + who + "."},
		{Name: prefix + "application_id", Path: at + "application.id", Type: String, Doc: "Id of the application " + who + "."},
		{Name: prefix + "application_display_name", Path: at + "application.displayName", Type: String, Personal: true, Doc: "Name of the application " + who + "."},
		{Name: prefix + "application_identity_type", Path: at + "application.applicationIdentityType", Type: Enum, Doc: "bot, connector, outgoingWebhook and so on: kind of the application " + who + "."},
		{Name: prefix + "device_id", Path: at + "device.id", Type: String, Personal: true, Doc: "Id of the device " + who + "."},
		{Name: prefix + "device_display_name", Path: at + "device.displayName", Type: String, Personal: true, Doc: "Name of the device " + who + "."},
	}
}

// mentionColumns say who or what is mentioned. The id of a conversation is as personal as that of the place
// in which messages are, or it would not be the same in both.
func mentionColumns(personal bool) []Column {
	return slices.Concat(
		[]Column{
			{Name: "mention_number", Path: "id", Type: Int32, Doc: "Number by which the text refers to the mention."},
			{Name: "mention_text", Path: "mentionText", Type: String, Personal: true, Written: Text, Doc: "The mention as it is written."},
		},
		sender("mentioned_", "mentioned.", "who is mentioned"),
		[]Column{
			{Name: "mentioned_conversation_id", Path: "mentioned.conversation.id", Type: String, Personal: personal, Doc: "Team, channel or chat that is mentioned."},
			{Name: "mentioned_conversation_type", Path: "mentioned.conversation.conversationIdentityType", Type: Enum, Doc: "team, channel or chat."},
			{Name: "mentioned_conversation_display_name", Path: "mentioned.conversation.displayName", Type: String, Personal: true, Written: Title, Doc: "Its name."},
			{Name: "mentioned_tag_id", Path: "mentioned.tag.id", Type: String, Doc: "Tag that is mentioned."},
		},
	)
}

var attachmentColumns = []Column{
	{Name: "attachment_id", Path: "id", Type: String, Personal: true, Doc: "Id of the attachment."},
	{Name: "content_type", Path: "contentType", Type: Enum, Doc: "reference for a file, messageReference for a quoted message, a type of card and so on."},
	{Name: "content_url", Path: "contentUrl", Type: String, Personal: true, Written: Text, Doc: "Where the content is."},
	{Name: "name", Path: "name", Type: String, Personal: true, Written: Title, Doc: "Name of the attachment."},
	{Name: "teams_app_id", Path: "teamsAppId", Type: String, Doc: "Application that the attachment is of."},
	{Name: "thumbnail_url", Path: "thumbnailUrl", Type: String, Personal: true, Written: Text, Doc: "Where a small picture of the content is."},
	{Name: "content", Path: "content", Type: LongText, Personal: true, Written: Text, Doc: "Card or quoted message, where the lake keeps all content."},
}

var reactionColumns = slices.Concat(
	[]Column{
		{Name: "reaction_type", Path: "reactionType", Type: Enum, Doc: "The reaction: an emoji, or a word as like."},
		{Name: "reaction_label", Path: "displayName", Type: Enum, Personal: true, Written: Text, Doc: "Name of the reaction, which whoever made an emoji has chosen."},
		{Name: "reaction_content_url", Path: "reactionContentUrl", Type: String, Personal: true, Written: Text, Doc: "Where the picture of an emoji of the organization is."},
		{Name: "reacted_time", Path: "createdDateTime", Type: Timestamp, Doc: "When it was given."},
	},
	sender("", "user.", "who reacted"),
)

var eventColumns = slices.Concat(
	[]Column{
		{Name: "event_type", Path: "@odata.type", Type: Enum, Doc: "What happened, as #microsoft.graph.membersAddedEventMessageDetail."},
	},
	sender("initiator_", "initiator.", "who made it happen"),
	[]Column{
		{Name: "members", Path: "members", Type: JSON, Personal: true, Doc: "Who was added, joined, left or was removed."},
		{Name: "visible_history_start_time", Path: "visibleHistoryStartDateTime", Type: Timestamp, Doc: "From when on those who were added see the history."},
		{Name: "call_id", Path: "callId", Type: String, Doc: "The call; where Graph gives it, that of calls."},
		{Name: "call_event_type", Path: "callEventType", Type: Enum, Doc: "call, meeting or screenShare."},
		{Name: "call_duration_ms", Path: "callDuration", Type: DurationMS, Doc: "How long the call took."},
		{Name: "call_participants", Path: "callParticipants", Type: JSON, Personal: true, Doc: "Who took part in the call."},
		{Name: "call_recording_status", Path: "callRecordingStatus", Type: Enum, Doc: "success, failure, initial and so on."},
		{Name: "call_recording_url", Path: "callRecordingUrl", Type: String, Personal: true, Written: Text, Doc: "Where the recording is."},
		{Name: "call_transcript_ical_uid", Path: "callTranscriptICalUid", Type: String, Personal: true, Doc: "Meeting that was transcribed; ical_uid of calendar_events."},
		{Name: "chat_display_name", Path: "chatDisplayName", Type: String, Personal: true, Written: Title, Doc: "New topic of the chat."},
		{Name: "channel_id_of_event", Path: "channelId", Type: String, Doc: "Channel that was added, renamed or removed."},
		{Name: "channel_display_name", Path: "channelDisplayName", Type: String, Personal: true, Written: Title, Doc: "Its name."},
		{Name: "team_id_of_event", Path: "teamId", Type: String, Doc: "Team that was created, renamed or archived."},
		{Name: "team_display_name", Path: "teamDisplayName", Type: String, Personal: true, Written: Title, Doc: "Its name."},
		{Name: "teams_app_display_name", Path: "teamsAppDisplayName", Type: String, Personal: true, Written: Title, Doc: "Application that was installed, upgraded or removed."},
		{Name: "meeting_chat_enabled", Path: "meetingChatEnabled", Type: Bool, Doc: "Whether a meeting's chat may be used."},
		{Name: "detail", Path: "", Type: JSON, Personal: true, Written: Text, Doc: "What happened as Graph sent it, also what has no column."},
	},
)
