package schemas

// IncomingChannels are the channels that other teams, of this tenant or another one, share with a team, a picture a day.
// allChannels would list the team's own beside them, and nothing but the link of a channel tells the two apart; the own ones
// are in channels already.
var IncomingChannels = Dataset{
	Name:   "incoming_channels",
	Doc:    "The channels that other teams share with a team, those of other tenants too.",
	Mode:   Snapshot,
	Entity: "channel",
	Source: Source{
		API:     "v1.0",
		Path:    "/teams/{parent}/incomingChannels",
		Headers: unknownMembers,
		Parent:  allTeams,
		Paging:  NextLink,
		Budget:  teamsOther,
	},
	Optional:    true,
	Permissions: []Permission{"Channel.ReadBasic.All"},
	Tables:      []Table{incomingChannels},
	Joins: []string{
		"`incoming_channels.team_id` is `teams.team_id` of the team that sees the channel.",
		"`incoming_channels.channel_id` is `channels.channel_id`, whose `team_id` is the team that hosts it, where that is in this tenant; elsewhere `host_link` alone says which team.",
	},
	NotTaken: []NotTaken{
		{"is about a migration under way", []Path{"migrationMode", "originalCreatedDateTime"}},
		{"is served for one channel at a time", []Path{"summary"}},
	},
	Queries: queriesOfIncomingChannels,
}

var incomingChannels = Table{
	Name: "incoming_channels",
	Doc:  "A row per channel and team that it is shared with, on the day of the picture.",
	Key:  []string{"team_id", "channel_id"},
	Columns: []Column{
		{Name: "team_id", Path: "@graphlake.parent", Type: String, Doc: "The team that the channel is shared with."},
		{Name: "channel_id", Path: "id", Type: String, Doc: "Id of the channel, as 19:…@thread.tacv2."},
		{Name: "display_name", Path: "displayName", Type: String, Personal: true, Doc: "Name of the channel."},
		{Name: "description", Path: "description", Type: LongText, Personal: true, Written: Text, Doc: "What the channel is for."},
		{Name: "created_time", Path: "createdDateTime", Type: Timestamp, Doc: "When the channel was created."},
		{Name: "membership_type", Path: "membershipType", Type: Enum, Doc: "shared."},
		{Name: "host_tenant_id", Path: "tenantId", Type: String, Doc: "Tenant that hosts the channel."},
		{Name: "host_link", Path: "@odata.id", Type: String, Doc: "Link to the channel in Graph, with the tenant and the team that host it; the host's names are not in it."},
		{Name: "is_archived", Path: "isArchived", Type: Bool, Doc: "Whether the channel is archived."},
		{Name: "is_favorite_by_default", Path: "isFavoriteByDefault", Type: Bool, Doc: "Whether the channel is shown to all members."},
		{Name: "layout_type", Path: "layoutType", Type: Enum, Doc: "post or chat."},
		{Name: "email", Path: "email", Type: String, Personal: true, Doc: "Mail address that posts to the channel."},
		{Name: "web_url", Path: "webUrl", Type: String, Personal: true, Written: Title, Doc: "Link to the channel."},
		{Name: "removed", Path: "@removed", Type: Present, Doc: "Whether the channel was not shared with the team any more. The other columns are then as they were last known."},
	},
}
