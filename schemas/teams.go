package schemas

// Teams are the teams and their channels, a picture a day. The list gives three properties of a team,
// so each is read by its id, and so are its channels: standard, private and those shared by it.
var Teams = Dataset{
	Name:   "teams",
	Doc:    "The teams, archived ones too, with their settings and their channels.",
	Mode:   Snapshot,
	Entity: "team",
	Source: Source{
		API:     "v1.0",
		Path:    "/teams",
		Query:   []Param{{"$select", "id"}},
		Headers: unknownMembers,
		Paging:  NextLink,
		Detail: &Detail{
			Path:    "/teams/{id}",
			Queries: [][]Param{{}},
			Parts:   []Part{{Name: "channels", Path: "/teams/{id}/channels", Budget: teamsChannels, Permissions: channelList}},
			Budget:  teamsTeam,
		},
		Budget: teamsOther,
	},
	Permissions: allTeams.Permissions,
	Tables:      []Table{teams, channels},
	Joins: []string{
		"`teams.team_id` is `groups.group_id`; who belongs to a team is in `group_members` and `group_owners`.",
		"`channels.channel_id` and `channels.team_id` are those of `channel_members` and `channel_messages`.",
		"`calls.join_web_url` of a meeting in a channel has `channels.channel_id` in it.",
	},
	NotTaken: notTakenOfTeams,
	Queries:  queriesOfTeams,
}

// channelList opens the list of a team's channels.
var channelList = []Permission{"Channel.ReadBasic.All", "Group.Read.All", "Directory.Read.All"}

var teams = Table{
	Name: "teams",
	Doc:  "A row per team on the day of the picture.",
	Key:  []string{"team_id"},
	Columns: []Column{
		{Name: "team_id", Path: "id", Type: String, Doc: "Id of the team, which is that of its group."},
		{Name: "display_name", Path: "displayName", Type: String, Personal: true, Doc: "Name of the team."},
		{Name: "description", Path: "description", Type: LongText, Personal: true, Written: Text, Doc: "What the team is for."},
		{Name: "created_time", Path: "createdDateTime", Type: Timestamp, Doc: "When the team was created."},
		{Name: "removed", Path: "@removed", Type: Present, Doc: "Whether the team was not listed any more. The other columns are then as they were last known."},
		{Name: "visibility", Path: "visibility", Type: Enum, Doc: "private, public or hiddenMembership."},
		{Name: "specialization", Path: "specialization", Type: Enum, Doc: "none, or what the team was made for, as educationClass."},
		{Name: "classification", Path: "classification", Type: Enum, Doc: "Classification that the organization gave it."},
		{Name: "is_archived", Path: "isArchived", Type: Bool, Doc: "Whether the team is read-only."},
		{Name: "internal_id", Path: "internalId", Type: String, Doc: "Id by which audit logs name the team."},
		{Name: "web_url", Path: "webUrl", Type: String, Personal: true, Doc: "Link to the team."},
		{Name: "owners_count", Path: "summary.ownersCount", Type: Int32, Doc: "Owners, where Graph counts them."},
		{Name: "members_count", Path: "summary.membersCount", Type: Int32, Doc: "Members, where Graph counts them."},
		{Name: "guests_count", Path: "summary.guestsCount", Type: Int32, Doc: "Guests, where Graph counts them."},
		{Name: "member_settings", Path: "memberSettings", Type: JSON, Texts: []Path{}, Doc: "What members may do."},
		{Name: "guest_settings", Path: "guestSettings", Type: JSON, Texts: []Path{}, Doc: "What guests may do."},
		{Name: "messaging_settings", Path: "messagingSettings", Type: JSON, Texts: []Path{}, Doc: "What may be done with messages."},
		{Name: "fun_settings", Path: "funSettings", Type: JSON, Texts: []Path{"giphyContentRating"}, Doc: "Which pictures may be used."},
	},
}

var channels = Table{
	Name: "channels",
	Doc:  "A row per channel of a team.",
	Each: "channels[]",
	Key:  []string{"team_id", "channel_id"},
	Columns: []Column{
		{Name: "team_id", Path: "/id", Type: String, Doc: "The team."},
		{Name: "channel_id", Path: "id", Type: String, Doc: "Id of the channel, as 19:…@thread.tacv2."},
		{Name: "display_name", Path: "displayName", Type: String, Personal: true, Doc: "Name of the channel."},
		{Name: "description", Path: "description", Type: LongText, Personal: true, Written: Text, Doc: "What the channel is for."},
		{Name: "created_time", Path: "createdDateTime", Type: Timestamp, Doc: "When the channel was created."},
		{Name: "membership_type", Path: "membershipType", Type: Enum, Doc: "standard, private or shared."},
		{Name: "is_archived", Path: "isArchived", Type: Bool, Doc: "Whether the channel is archived."},
		{Name: "is_favorite_by_default", Path: "isFavoriteByDefault", Type: Bool, Doc: "Whether the channel is shown to all members."},
		{Name: "layout_type", Path: "layoutType", Type: Enum, Doc: "post or chat."},
		{Name: "email", Path: "email", Type: String, Personal: true, Doc: "Mail address that posts to the channel."},
		{Name: "owner_tenant_id", Path: "tenantId", Type: String, Doc: "Tenant that hosts the channel."},
		{Name: "web_url", Path: "webUrl", Type: String, Personal: true, Written: Title, Doc: "Link to the channel."},
		removedWith("team"),
	},
}
