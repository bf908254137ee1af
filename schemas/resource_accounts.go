package schemas

// ResourceAccounts are the accounts at which auto attendants and call queues answer, a picture a day. Of their settings Graph
// says nothing; docs/telephony.md has what can be done about it.
var ResourceAccounts = Dataset{
	Name: "resource_accounts",
	Doc:  "The resource accounts of Teams: which auto attendants and call queues there are, and by which number. Graph has them in beta.",
	Mode: Snapshot,
	Source: Source{
		API:    "beta",
		Path:   "/admin/teams/resourceAccounts",
		Paging: NextLink,
		Budget: teamsOther,
	},
	Optional:    true,
	Permissions: []Permission{"TeamsResourceAccount.Read.All"},
	RoleIDs:     map[Permission]string{"TeamsResourceAccount.Read.All": "b55aa226-33a1-4396-bcf4-edce5e7a31c1"},
	Owner:       []Path{"id"},
	Tables:      []Table{resourceAccounts},
	Joins: []string{
		"`resource_accounts.account_id` is `call_participants.application_instance_id` of calls that it took.",
		"`resource_accounts.account_id` is `phone_numbers.assignment_target_id` of its number, and `teams_user_configurations.user_id`.",
	},
	Queries: queriesOfResourceAccounts,
}

var resourceAccounts = Table{
	Name: "resource_accounts",
	Doc:  "A row per resource account on the day of the picture.",
	Key:  []string{"account_id"},
	Columns: []Column{
		{Name: "account_id", Path: "id", Type: String, Personal: true, Doc: "Id of the account, which is a user of the directory."},
		{Name: "display_name", Path: "displayName", Type: String, Personal: true, Doc: "Name of the account, mostly that of the queue or attendant."},
		{Name: "user_principal_name", Path: "userPrincipalName", Type: String, Personal: true, Doc: "Name by which the account would sign in."},
		{Name: "application_id", Path: "appId", Type: String,
			Doc: "What answers: ce933385-9390-45d1-9512-c8d228074e07 is an auto attendant, 11cd3e2e-fccb-42ad-ad00-878b93575e07 a call queue, anything else a product of others."},
		{Name: "phone_number", Path: "phoneNumber", Type: String, Personal: true, Doc: "Its number, as tel:+41445550100; null if it has none."},
		{Name: "acs_resource_id", Path: "acsResourceId", Type: String, Doc: "Resource of Azure Communication Services that it belongs to."},
		{Name: "removed", Path: "@removed", Type: Present, Doc: "Whether the account was not listed any more. The other columns are then as they were last known."},
	},
}
