package schemas

// ChatMessages are exported mailbox by mailbox: everybody in a thread has a copy of each message, of
// which the newest wins. The thread of notes to oneself has one id for everybody ("48:notes"), so that a mailbox is
// part of the key there. They are asked for by when they changed, and lie on the day on which they were
// written: an edit, a reaction or a deletion changes that day's partition.
//
// Graph keeps the text of a deleted message for up to 21 days (export of Teams content).
var ChatMessages = Dataset{
	Name:   "chat_messages",
	Doc:    "Messages in chats, with what they mention, attach and got as reactions, and the events that Teams writes there.",
	Mode:   Changes,
	Entity: "chatMessage",
	Source: Source{
		API:     "v1.0",
		Path:    "/users/{parent}/chats/getAllMessages",
		Parent:  allUsers,
		Own:     &Own{Path: "chatId", Prefix: "48:"},
		Query:   changedMessages,
		Headers: unknownMembers,
		Paging:  NextLink,
		Window:  messageWindow,
		Budget:  teamsExport,
	},
	Time:        []Path{"createdDateTime"},
	Changed:     "lastModifiedDateTime",
	Version:     "lastModifiedDateTime",
	Settle:      Day / 4,
	Lookback:    Day,
	Permissions: []Permission{"Chat.Read.All"},
	Bodies:      messageBodies,
	Owner:       []Path{"from.user.id", "@graphlake.mailbox"},
	Tables: messageTables("", "chat_messages", "A row per message in a chat.", []Column{
		{Name: "chat_id", Path: "/chatId", Type: String, Personal: true, Doc: "The chat; of a chat of two its id is made of their ids."},
	}, Column{
		Name: "mailbox_id", Path: "/@graphlake.mailbox", Type: KeyText, Personal: true,
		Doc: "Whose the message is, in a thread of notes to oneself, which has one chat_id for everybody; elsewhere empty.",
	}),
	Joins: []string{
		"`chat_messages.from_user_id`, `message_mentions.mentioned_user_id` and `message_reactions.user_id` are `users.user_id`, with the department; `users.manager_id` leads to the manager.",
		"`chat_messages.mailbox_id` is `users.user_id` of whose notes they are, where it is not empty; with `chat_id` and `message_id` it is the key of the message in all tables.",
		"`chat_messages.chat_id` is `chats.chat_id`, and `chat_members.chat_id` of who takes part.",
		"`message_events.call_id` is `calls.call_id` of a call that Graph has a record of, and `message_events.call_transcript_ical_uid` is `calendar_events.ical_uid`.",
	},
	NotTaken: notTakenOfChatMessages,
	Queries:  queriesOfChatMessages,
}

var (
	// Graph's filter knows only gt and lt, and $top no more than 50.
	changedMessages = []Param{
		{"$top", "50"}, {"$filter", "lastModifiedDateTime gt {from} and lastModifiedDateTime lt {to}"},
	}
	messageWindow = Window{Longest: 4 * Day, Layout: "2006-01-02T15:04:05.000Z", Exclusive: true}
	// Without it Graph replaces newer enum members, as systemEventMessage, by unknownFutureValue.
	unknownMembers = []Param{{"Prefer", "include-unknown-enum-members"}}
)
