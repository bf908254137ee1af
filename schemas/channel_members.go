package schemas

// ChannelMembers are the members of each channel that a team hosts, a picture a day. In a standard channel
// they are those of the team; private and shared ones have their own, shared ones also of other tenants.
var ChannelMembers = Dataset{
	Name:   "channel_members",
	Doc:    "Who belongs to which channel. It needs a permission beyond those that products are usually granted.",
	Mode:   Snapshot,
	Entity: "aadUserConversationMember",
	Source: Source{
		API:  "v1.0",
		Path: "/teams/{grandparent}/channels/{parent}/members",
		Parent: &Parent{
			Path: "/teams/{parent}/channels", Query: []Param{{"$select", "id"}}, Budget: teamsChannels,
			Permissions: channelList, Of: allTeams,
		},
		Paging: NextLink,
		Budget: teamsMembers,
	},
	Optional:    true,
	Permissions: []Permission{"ChannelMember.Read.All"},
	Owner:       []Path{"userId"},
	Tables:      []Table{channelMembers},
	Joins: []string{
		"`channel_members.team_id` and `channel_members.channel_id` are those of `channels`.",
		"`channel_members.user_id` is `users.user_id`, where `member_tenant_id` is the tenant.",
	},
	OfSubtypes: ofOtherMembers(""),
	Queries:    queriesOfChannelMembers,
}

var channelMembers = Table{
	Name: "channel_members",
	Doc:  "A row per member of a channel on the day of the picture.",
	Key:  []string{"team_id", "channel_id", "membership_id"},
	Columns: []Column{
		{Name: "team_id", Path: "@graphlake.grandparent", Type: String, Doc: "The team that hosts the channel."},
		{Name: "channel_id", Path: "@graphlake.parent", Type: String, Doc: "The channel."},
		{Name: "membership_id", Path: "id", Type: String, Personal: true, Doc: "Id of the membership; the same person has another in each channel."},
		{Name: "user_id", Path: "userId", Type: String, Personal: true, Doc: "The user."},
		{Name: "display_name", Path: "displayName", Type: String, Personal: true, Doc: "Name of the member."},
		{Name: "email", Path: "email", Type: String, Personal: true, Doc: "Mail address of the member."},
		{Name: "member_tenant_id", Path: "tenantId", Type: String, Doc: "Tenant that the member comes from."},
		{Name: "visible_history_start_time", Path: "visibleHistoryStartDateTime", Type: Timestamp, Doc: "From when on the member sees the history; null from the start."},
		{Name: "removed", Path: "@removed", Type: Present, Doc: "Whether the member was not listed any more. The other columns are then as they were last known."},
		{Name: "roles", Path: "roles", Type: JSON, Texts: []Path{"[]"}, Doc: "owner, guest or nothing."},
		{Name: "member_kind", Path: "@odata.type", Type: Enum, Doc: "Kind of member, as #microsoft.graph.aadUserConversationMember."},
	},
}
