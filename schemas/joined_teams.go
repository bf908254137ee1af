package schemas

// JoinedTeams are the teams that each user is a direct member of, a picture a day: who is in which team for a lake that may
// read neither groups nor members of teams. The teams of shared channels are not among them. Graph takes no options here, and
// sends three properties of a team.
var JoinedTeams = Dataset{
	Name:   "joined_teams",
	Doc:    "Which teams each user belongs to, where neither groups nor members of teams may be read.",
	Mode:   Snapshot,
	Entity: "team",
	Source: Source{
		API:    "v1.0",
		Path:   "/users/{parent}/joinedTeams",
		Parent: allUsers,
		Paging: NextLink,
		Budget: teamsTeam,
	},
	Optional:    true,
	Permissions: []Permission{"Team.ReadBasic.All", "User.Read.All", "Directory.Read.All"},
	Person:      &Person{Permissions: Requirement{"Team.ReadBasic.All"}},
	Owner:       []Path{"@graphlake.parent"},
	Tables:      []Table{joinedTeams},
	Joins: []string{
		"`joined_teams.user_id` is `users.user_id`.",
		"`joined_teams.team_id` is `teams.team_id`; `group_members` and `team_members` have the same memberships.",
	},
	NotTaken: []NotTaken{{"is not set in the list of a user's teams", []Path{
		"classification", "createdDateTime", "firstChannelName", "funSettings", "guestSettings", "internalId", "isArchived",
		"memberSettings", "messagingSettings", "specialization", "summary", "tenantId", "visibility", "webUrl",
	}}},
	Queries: queriesOfJoinedTeams,
}

var joinedTeams = Table{
	Name: "joined_teams",
	Doc:  "A row per user and team that the user belongs to, on the day of the picture.",
	Key:  []string{"user_id", "team_id"},
	Columns: []Column{
		{Name: "user_id", Path: "@graphlake.parent", Type: String, Personal: true, Doc: "The user."},
		{Name: "team_id", Path: "id", Type: String, Doc: "The team."},
		{Name: "display_name", Path: "displayName", Type: String, Personal: true, Doc: "Name of the team."},
		{Name: "description", Path: "description", Type: LongText, Personal: true, Written: Text, Doc: "What the team is for."},
		{Name: "removed", Path: "@removed", Type: Present, Doc: "Whether the user did not belong to the team any more. The other columns are then as they were last known."},
	},
}
