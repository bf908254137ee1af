package schemas

// Groups are the directory's groups with their members and owners, a picture a day. Graph spreads the
// members of a large group over several pages of the delta, each of which repeats the group.
var Groups = Dataset{
	Name:   "groups",
	Doc:    "The groups of the directory, teams among them, and who belongs to them and owns them.",
	Mode:   Entities,
	Entity: "group",
	Source: Source{
		API:    "v1.0",
		Path:   "/groups/delta",
		Query:  []Param{{"$select", "{select}"}},
		Paging: Delta,
		Budget: identity,
	},
	Permissions: []Permission{"GroupMember.Read.All", "Group.Read.All", "Directory.Read.All"},
	Tables:      []Table{groups, groupMembers, groupOwners},
	Joins: []string{
		"`group_members.member_id` and `group_owners.owner_id` are `users.user_id`, where their kind is a user. A member that is a group is `groups.group_id`, in a lake without pseudonyms.",
		"`groups.group_id` is `teams.team_id` of the group's team.",
	},
	NotTaken: notTakenOfGroups,
	Queries:  queriesOfGroups,
}

var groups = Table{
	Name: "groups",
	Doc:  "A row per group of the directory on the day of the picture. A team has the id of its group.",
	Key:  []string{"group_id"},
	Columns: []Column{
		{Name: "group_id", Path: "id", Type: String, Doc: "Id of the group; of a team it is that of the team too."},
		{Name: "display_name", Path: "displayName", Type: String, Personal: true, Doc: "Name as address books show it."},
		{Name: "description", Path: "description", Type: LongText, Personal: true, Written: Text, Doc: "What the group is for."},
		{Name: "mail", Path: "mail", Type: String, Personal: true, Doc: "Mail address of the group."},
		{Name: "mail_nickname", Path: "mailNickname", Type: String, Personal: true, Doc: "Mail alias."},
		{Name: "proxy_addresses", Path: "proxyAddresses", Type: JSON, Personal: true, Doc: "Mail addresses with their protocol, the main one in capitals (SMTP:)."},
		{Name: "created_time", Path: "createdDateTime", Type: Timestamp, Doc: "When the group was created."},
		{Name: "renewed_time", Path: "renewedDateTime", Type: Timestamp, Doc: "When the group was last renewed."},
		{Name: "expiration_time", Path: "expirationDateTime", Type: Timestamp, Doc: "When the group expires unless it is renewed."},
		{Name: "removed", Path: "@removed", Type: Present, Doc: "Whether the directory has removed the group. The other columns are then as they were last known."},
		{Name: "group_types", Path: "groupTypes", Type: JSON, Texts: []Path{"[]"}, Doc: "Unified for a Microsoft 365 group, DynamicMembership for one that follows a rule."},
		{Name: "resource_provisioning_options", Path: "resourceProvisioningOptions", Type: JSON, Texts: []Path{"[]"}, Doc: "Holds Team if the group has a team; some old teams lack it."},
		{Name: "visibility", Path: "visibility", Type: Enum, Doc: "Public, Private or HiddenMembership."},
		{Name: "classification", Path: "classification", Type: Enum, Doc: "Classification that the organization gave it."},
		{Name: "mail_enabled", Path: "mailEnabled", Type: Bool, Doc: "Whether the group gets mail."},
		{Name: "security_enabled", Path: "securityEnabled", Type: Bool, Doc: "Whether the group can be given access to resources."},
		{Name: "membership_rule", Path: "membershipRule", Type: LongText, Personal: true, Doc: "Rule that decides who belongs to a dynamic group."},
		{Name: "membership_rule_processing_state", Path: "membershipRuleProcessingState", Type: Enum, Doc: "On or Paused."},
		{Name: "on_premises_sync_enabled", Path: "onPremisesSyncEnabled", Type: Bool, Doc: "Whether the group is synchronized from a local directory."},
		{Name: "on_premises_last_sync_time", Path: "onPremisesLastSyncDateTime", Type: Timestamp, Doc: "When the group was last synchronized with the local directory."},
		{Name: "preferred_data_location", Path: "preferredDataLocation", Type: Enum, Doc: "Region where the group's data is kept, in a multi-geo tenant."},
		{Name: "is_assignable_to_role", Path: "isAssignableToRole", Type: Bool, Doc: "Whether the group can be given a role of the directory."},
	},
}

var groupMembers = Table{
	Name:    "group_members",
	Doc:     "A row per member of a group: users, devices and other groups.",
	Each:    "members@delta[]",
	Key:     []string{"group_id", "member_id"},
	Columns: memberColumns("member", "belongs to the group"),
}

var groupOwners = Table{
	Name:    "group_owners",
	Doc:     "A row per owner of a group.",
	Each:    "owners@delta[]",
	Key:     []string{"group_id", "owner_id"},
	Columns: memberColumns("owner", "owns the group"),
}

func memberColumns(who, does string) []Column {
	return []Column{
		{Name: "group_id", Path: "/id", Type: String, Doc: "The group."},
		{Name: who + "_id", Path: "id", Type: String, Personal: true, Doc: "Id of whoever " + does + "."},
		{Name: who + "_kind", Path: "@odata.type", Type: Enum, Doc: "Kind of directory object, as #microsoft.graph.user."},
		removedWith("group"),
	}
}
