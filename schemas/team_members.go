package schemas

// TeamMembers are the members of each team as Teams has them, a picture a day: with their roles and their tenants, which
// the members of the team's group do not say. Ids of memberships are opaque, and one team's may be made of another's.
var TeamMembers = Dataset{
	Name:   "team_members",
	Doc:    "Who belongs to which team, with which role. It needs a permission beyond those that products are usually granted.",
	Mode:   Snapshot,
	Entity: "aadUserConversationMember",
	Source: Source{
		API:    "v1.0",
		Path:   "/teams/{parent}/members",
		Parent: allTeams,
		Paging: NextLink,
		Budget: teamsTeamMembers,
	},
	Optional:    true,
	Permissions: []Permission{"TeamMember.Read.All"},
	Owner:       []Path{"userId"},
	Tables:      []Table{teamMembers},
	Joins: []string{
		"`team_members.team_id` is `teams.team_id`, and `groups.group_id` of the team's group.",
		"`team_members.user_id` is `users.user_id`, where `member_tenant_id` is the tenant; `group_members.member_id` is the same person.",
	},
	OfSubtypes: ofOtherMembers(""),
	Queries:    queriesOfTeamMembers,
}

var teamMembers = Table{
	Name: "team_members",
	Doc:  "A row per member of a team on the day of the picture.",
	Key:  []string{"team_id", "membership_id"},
	Columns: []Column{
		{Name: "team_id", Path: "@graphlake.parent", Type: String, Doc: "The team."},
		{Name: "membership_id", Path: "id", Type: String, Personal: true, Doc: "Id of the membership; the same person has another in each team."},
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
