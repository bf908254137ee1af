package schemas

// Users is the directory's users, read whole, a picture a day.
// One refused property in $select refuses the request, so what the delta endpoint does not serve and
// what needs a permission of its own is left out.
var Users = Dataset{
	Name:   "users",
	Doc:    "The people and accounts of the directory: who they are, whom they report to, what they are licensed for.",
	Mode:   Entities,
	Entity: "user",
	Source: Source{
		API:    "v1.0",
		Path:   "/users/delta",
		Query:  []Param{{"$select", "{select}"}},
		Paging: Delta,
		Budget: identity,
	},
	Permissions: []Permission{"User.Read.All", "Directory.Read.All"},
	Tables:      []Table{users, userLicenses},
	Joins: []string{
		"`users.manager_id` is `users.user_id` of whom the user reports to.",
		"`user_licenses.sku_id` is `subscribed_skus.sku_id`, which has the name of the product.",
		"`group_members.member_id` is `users.user_id`, where the member is a user.",
	},
	NotTaken: notTakenOfUsers,
	Queries:  queriesOfUsers,
}

// users requires nothing but the id: of a user whom it has removed, and whom no picture knew before,
// Graph sends no more.
var users = Table{
	Name: "users",
	Doc:  "A row per user of the directory on the day of the picture.",
	Key:  []string{"user_id"},
	Columns: []Column{
		{Name: "user_id", Path: "id", Type: String, Personal: true, Doc: "Id of the user in the directory."},
		// The delta sends the navigation as an array of changes; a plain query would send the object.
		{Name: "manager_id", Path: "manager@delta[0].id", Else: []Path{"manager.id"}, Type: String, Personal: true, Doc: "User whom the user reports to."},
		{Name: "employee_id", Path: "employeeId", Type: String, Personal: true, Doc: "Id that the organization gave the employee."},
		{Name: "on_premises_immutable_id", Path: "onPremisesImmutableId", Type: String, Personal: true, Doc: "Id that ties the user to the local directory."},
		{Name: "user_principal_name", Path: "userPrincipalName", Type: String, Personal: true, Doc: "Sign-in name."},
		{Name: "display_name", Path: "displayName", Type: String, Personal: true, Doc: "Name as address books show it."},
		{Name: "given_name", Path: "givenName", Type: String, Personal: true, Doc: "First name."},
		{Name: "surname", Path: "surname", Type: String, Personal: true, Doc: "Last name."},
		{Name: "mail", Path: "mail", Type: String, Personal: true, Doc: "Main mail address."},
		{Name: "mail_nickname", Path: "mailNickname", Type: String, Personal: true, Doc: "Mail alias."},
		{Name: "other_mails", Path: "otherMails", Type: JSON, Personal: true, Doc: "Further mail addresses."},
		{Name: "proxy_addresses", Path: "proxyAddresses", Type: JSON, Personal: true, Doc: "Mail addresses with their protocol, the main one in capitals (SMTP:)."},
		{Name: "im_addresses", Path: "imAddresses", Type: JSON, Personal: true, Doc: "SIP addresses."},
		{Name: "business_phones", Path: "businessPhones", Type: JSON, Personal: true, Doc: "Office telephone, as a list of at most one."},
		{Name: "mobile_phone", Path: "mobilePhone", Type: String, Personal: true, Doc: "Mobile telephone."},
		{Name: "created_time", Path: "createdDateTime", Type: Timestamp, Doc: "When the account was created."},
		{Name: "employee_hire_time", Path: "employeeHireDate", Type: Timestamp, Doc: "When the employee was or will be hired."},
		{Name: "external_user_state_change_time", Path: "externalUserStateChangeDateTime", Type: Timestamp, Doc: "When external_user_state last changed."},
		{Name: "on_premises_last_sync_time", Path: "onPremisesLastSyncDateTime", Type: Timestamp, Doc: "When the user was last synchronized with the local directory."},
		{Name: "removed", Path: "@removed", Type: Present, Doc: "Whether the directory has removed the user. The other columns are then as they were last known."},
		{Name: "account_enabled", Path: "accountEnabled", Type: Bool, Doc: "Whether the user may sign in."},
		{Name: "user_type", Path: "userType", Type: Enum, Doc: "Member or Guest."},
		{Name: "creation_type", Path: "creationType", Type: Enum, Doc: "How the account came about: null for a work account, Invitation for a guest."},
		{Name: "external_user_state", Path: "externalUserState", Type: Enum, Doc: "PendingAcceptance or Accepted, for an invited guest."},
		{Name: "job_title", Path: "jobTitle", Type: String, Doc: "Job title."},
		{Name: "department", Path: "department", Type: Enum, Doc: "Department."},
		{Name: "company_name", Path: "companyName", Type: Enum, Doc: "Company; for a guest often the one they come from."},
		{Name: "employee_type", Path: "employeeType", Type: Enum, Doc: "Employee, Contractor and so on."},
		{Name: "cost_center", Path: "employeeOrgData.costCenter", Type: Enum, Doc: "Cost center."},
		{Name: "division", Path: "employeeOrgData.division", Type: Enum, Doc: "Division."},
		{Name: "office_location", Path: "officeLocation", Type: Enum, Doc: "Office, as a room or building."},
		{Name: "street_address", Path: "streetAddress", Type: String, Personal: true, Doc: "Street of the place of work."},
		{Name: "postal_code", Path: "postalCode", Type: Enum, Doc: "Postal code of the place of work."},
		{Name: "city", Path: "city", Type: Enum, Doc: "City of the place of work."},
		{Name: "state", Path: "state", Type: Enum, Doc: "State or province of the place of work."},
		{Name: "country", Path: "country", Type: Enum, Doc: "Country of the place of work, as written in the directory."},
		{Name: "usage_location", Path: "usageLocation", Type: Enum, Doc: "Country that decides which licences are allowed (ISO 3166-1)."},
		{Name: "preferred_language", Path: "preferredLanguage", Type: Enum, Doc: "Language, as en-US."},
		{Name: "preferred_data_location", Path: "preferredDataLocation", Type: Enum, Doc: "Region where the user's data is kept, in a multi-geo tenant."},
		{Name: "show_in_address_list", Path: "showInAddressList", Type: Bool, Doc: "Whether address lists show the user."},
		{Name: "on_premises_sync_enabled", Path: "onPremisesSyncEnabled", Type: Bool, Doc: "Whether the user is synchronized from a local directory."},
		{Name: "on_premises_domain_name", Path: "onPremisesDomainName", Type: Enum, Doc: "Domain of the local directory."},
		{Name: "on_premises_sam_account_name", Path: "onPremisesSamAccountName", Type: String, Personal: true, Doc: "Account name in the local directory."},
		{Name: "on_premises_user_principal_name", Path: "onPremisesUserPrincipalName", Type: String, Personal: true, Doc: "Sign-in name in the local directory."},
		{Name: "on_premises_distinguished_name", Path: "onPremisesDistinguishedName", Type: String, Personal: true, Doc: "Distinguished name in the local directory."},
		{Name: "on_premises_extension_attributes", Path: "onPremisesExtensionAttributes", Type: JSON, Personal: true, Doc: "The fifteen attributes that the organization uses as it likes."},
	},
}

var userLicenses = Table{
	Name: "user_licenses",
	Doc:  "A row per licence of a user, whether given directly or through a group.",
	Each: "assignedLicenses[]",
	Key:  []string{"user_id", "sku_id"},
	Columns: []Column{
		{Name: "user_id", Path: "/id", Type: String, Personal: true, Doc: "The user."},
		{Name: "sku_id", Path: "skuId", Type: String, Doc: "The licence, as the id of the product sold."},
		{Name: "disabled_plans", Path: "disabledPlans", Type: JSON, Doc: "Services of the licence that are turned off."},
		removedWith("user"),
	},
}
