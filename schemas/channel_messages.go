package schemas

import "slices"

// ChannelMessages are exported team by team, posts and replies alike. A reply is a record with a day
// of its own; reply_to_id leads to the post.
var ChannelMessages = Dataset{
	Name:   "channel_messages",
	Doc:    "Posts and replies in channels, with what they mention, attach and got as reactions, and the events that Teams writes there.",
	Mode:   Changes,
	Entity: "chatMessage",
	Source: Source{
		API:     "v1.0",
		Path:    "/teams/{parent}/channels/getAllMessages",
		Parent:  allTeams,
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
	Permissions: []Permission{"ChannelMessage.Read.All"},
	Bodies:      messageBodies,
	Owner:       []Path{"from.user.id"},
	Tables: messageTables("channel_", "channel_messages", "A row per post or reply in a channel.", []Column{
		{Name: "team_id", Path: "/channelIdentity.teamId", Type: String, Doc: "The team."},
		{Name: "channel_id", Path: "/channelIdentity.channelId", Type: String, Doc: "The channel."},
	}),
	Joins: []string{
		"`channel_messages.from_user_id`, `channel_message_mentions.mentioned_user_id` and `channel_message_reactions.user_id` are `users.user_id`, with the department; `users.manager_id` leads to the manager.",
		"`channel_messages.team_id` and `channel_id` are those of `channels`, and `team_id` is that of `teams`.",
		"`channel_messages.reply_to_id` is `message_id` of the post, in the same channel.",
		"`channel_message_events.call_id` is `calls.call_id` of a call that Graph has a record of.",
	},
	NotTaken: notTakenOfChannelMessages,
	Queries:  queriesOfChannelMessages,
}

// messageTables are the tables of messages; place is the columns that say where a message was written,
// which are also the first of every key: ids of messages are unique within one place only. Further columns
// of the key are the last of each table.
func messageTables(prefix, name, doc string, place []Column, further ...Column) []Table {
	of := slices.Concat(place, []Column{
		{Name: "message_id", Path: "/id", Type: String, Doc: "The message; its id is unique only within where it was written."},
	})
	var key []string
	for _, c := range slices.Concat(of, further) {
		key = append(key, c.Name)
	}
	day := Column{Name: "message_created_time", Path: "/createdDateTime", Type: Timestamp, Required: true, Doc: "When the message was written; its UTC date is the partition."}
	child := func(name, doc string, each Path, index string, columns ...Column) Table {
		t := Table{Name: prefix + name, Doc: doc, Each: each, Key: slices.Clone(key), Columns: slices.Clone(of)}
		if index != "" {
			t.Key = append(t.Key, index)
			t.Columns = append(t.Columns, Column{Name: index, Path: "#", Type: Int32, Doc: "Position in the message's list, from 0."})
		}
		t.Columns = slices.Concat(t.Columns, []Column{day}, columns, further)
		return t
	}
	own := func(columns []Column) []Column { // of the row that is the record
		columns = slices.Clone(columns)
		for i := range columns {
			columns[i].Path = columns[i].Path[1:]
		}
		return columns
	}
	return []Table{
		{Name: name, Doc: doc, Key: key, Columns: slices.Concat(own(of), messageColumns, own(further), messageColumnsBehind)},
		child("message_mentions", "A row per person, team, channel or application that a message mentions.", "mentions[]", "mention_index", mentionColumns(place[0].Personal)...),
		child("message_attachments", "A row per file, card, quoted message or meeting that is attached to a message.", "attachments[]", "attachment_index", attachmentColumns...),
		child("message_reactions", "A row per reaction to a message.", "reactions[]", "reaction_index", reactionColumns...),
		child("message_events", "A row per message that Teams wrote itself, with what happened.", "eventDetail{}", "", eventColumns...),
	}
}
