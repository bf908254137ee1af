package schemas

// TeamsUserConfigurations are what each account may do in Teams, a picture a day.
var TeamsUserConfigurations = Dataset{
	Name:   "teams_user_configurations",
	Doc:    "What Teams allows each account: its kind, whether it has a telephone, its numbers, and the policies that hold for it.",
	Mode:   Snapshot,
	Entity: "teamsAdministration.teamsUserConfiguration",
	Source: Source{
		API:    "v1.0",
		Path:   "/admin/teams/userConfigurations",
		Paging: NextLink,
		Budget: teamsOther,
	},
	Optional:    true,
	Permissions: []Permission{"TeamsUserConfiguration.Read.All"},
	RoleIDs:     map[Permission]string{"TeamsUserConfiguration.Read.All": "a91eadaf-2c3c-4362-908b-fb172d208fc6"},
	Owner:       []Path{"id"},
	Tables:      []Table{teamsUserConfigurations},
	Joins: []string{
		"`teams_user_configurations.user_id` is `users.user_id`, or `resource_accounts.account_id` where `account_type` is `resourceAccount`.",
	},
	NotTaken: []NotTaken{{tenant, []Path{"tenantId"}}},
	Queries:  queriesOfTeamsUserConfigurations,
}

var teamsUserConfigurations = Table{
	Name: "teams_user_configurations",
	Doc:  "A row per account on the day of the picture.",
	Key:  []string{"user_id"},
	Columns: []Column{
		{Name: "user_id", Path: "id", Type: String, Personal: true, Doc: "The user, or the resource account."},
		{Name: "account_type", Path: "accountType", Type: Enum, Doc: "user, resourceAccount, guest, sfbOnPremUser, ineligibleUser and so on."},
		{Name: "is_enterprise_voice_enabled", Path: "isEnterpriseVoiceEnabled", Type: Bool, Doc: "Whether the account can call and be called by the telephone network."},
		{Name: "feature_types", Path: "featureTypes", Type: JSON, Texts: []Path{"[]"}, Doc: "What the licences of the account open, as Teams, PhoneSystem, CallingPlan."},
		{Name: "policies", Path: "effectivePolicyAssignments", Type: JSON,
			Texts: []Path{"[].policyType", "[].policyAssignment.displayName", "[].policyAssignment.assignmentType", "[].policyAssignment.policyId", "[].policyAssignment.groupId"},
			Doc:   "Policies that hold, each with its kind and name, and whether it was assigned directly or by a group."},
		{Name: "telephone_numbers", Path: "telephoneNumbers", Type: JSON, Personal: true, Texts: []Path{"[].telephoneNumber", "[].assignmentCategory"}, Doc: "Numbers of the account, each with its category."},
		{Name: "created_time", Path: "createdDateTime", Type: Timestamp, Quasi: true, Doc: "When Teams first knew the account."},
		{Name: "modified_time", Path: "modifiedDateTime", Type: Timestamp, Quasi: true, Doc: "When something of this was last changed."},
		{Name: "removed", Path: "@removed", Type: Present, Doc: "Whether the account was not listed any more. The other columns are then as they were last known."},
		{Name: "user_principal_name", Path: "userPrincipalName", Type: String, Personal: true, Doc: "Name by which the account signs in."},
	},
}
