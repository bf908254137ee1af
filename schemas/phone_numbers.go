package schemas

// PhoneNumbers are the telephone numbers of the tenant, whoever has them, a picture a day. Graph pages them by $skip, by
// 500 unless more are asked for, and gives no link. The id of an assignment is its number in another form, and is not a key.
var PhoneNumbers = Dataset{
	Name:   "phone_numbers",
	Doc:    "The telephone numbers that the tenant has from Microsoft, from operators and of its own, and whom they are assigned to.",
	Mode:   Snapshot,
	Entity: "teamsAdministration.numberAssignment",
	Source: Source{
		API:    "v1.0",
		Path:   "/admin/teams/telephoneNumberManagement/numberAssignments",
		Query:  []Param{{"$top", "1000"}},
		Paging: Skip,
		Budget: teamsOther,
	},
	Optional:    true,
	Permissions: []Permission{"TeamsTelephoneNumber.Read.All"},
	RoleIDs:     map[Permission]string{"TeamsTelephoneNumber.Read.All": "39b17d18-680c-41f4-b9c2-5f30629e7cb6"},
	Owner:       []Path{"assignmentTargetId"},
	Tables:      []Table{phoneNumbers},
	Joins: []string{
		"`phone_numbers.assignment_target_id` is `users.user_id` or `resource_accounts.account_id`.",
		"`phone_numbers.telephone_number` is spelled as `pstn_calls.caller_number` and `pstn_calls.callee_number` are, and as `users.business_phone` may be.",
	},
	NotTaken: []NotTaken{
		{"is the number, and the tenant, in another form", []Path{"id"}},
		{"is what the administration offers to do with the number", []Path{"supportedCustomerActions", "reverseNumberLookupOptions"}},
	},
	Queries: queriesOfPhoneNumbers,
}

var phoneNumbers = Table{
	Name: "phone_numbers",
	Doc:  "A row per telephone number on the day of the picture.",
	Key:  []string{"telephone_number"},
	Columns: []Column{
		{Name: "telephone_number", Path: "telephoneNumber", Type: String, Personal: true, Doc: "The number, as +41445550100."},
		{Name: "number_type", Path: "numberType", Type: Enum, Doc: "callingPlan, operatorConnect or directRouting."},
		{Name: "assignment_status", Path: "assignmentStatus", Type: Enum, Doc: "unassigned, userAssigned, voiceApplicationAssigned, conferenceAssigned and so on."},
		{Name: "assignment_target_id", Path: "assignmentTargetId", Type: String, Personal: true, Doc: "Whose number it is: a user, or a resource account; null if nobody's."},
		{Name: "assignment_category", Path: "assignmentCategory", Type: Enum, Doc: "primary, private (a second one, which others do not see) or alternate."},
		{Name: "activation_state", Path: "activationState", Type: Enum, Doc: "activated, or what is under way or has failed, as assignmentPending."},
		{Name: "number_source", Path: "numberSource", Type: Enum, Doc: "online or onPremises."},
		{Name: "capabilities", Path: "capabilities", Type: JSON, Texts: []Path{"[]"}, Doc: "What the number can be assigned to: userAssignment, voiceApplicationAssignment, conferenceAssignment, teamsPhoneMobile."},
		{Name: "operator_id", Path: "operatorId", Type: String, Doc: "Id of the operator."},
		{Name: "iso_country_code", Path: "isoCountryCode", Type: Enum, Doc: "Country (ISO 3166-1); null where Graph does not know it, as of numbers for Direct Routing."},
		{Name: "city", Path: "city", Type: String, Quasi: true, Doc: "City of the number."},
		{Name: "location_id", Path: "locationId", Type: String, Quasi: true, Doc: "Id of the place that is told in an emergency."},
		{Name: "civic_address_id", Path: "civicAddressId", Type: String, Quasi: true, Doc: "Id of the address of that place."},
		{Name: "network_site_id", Path: "networkSiteId", Type: String, Quasi: true, Doc: "Id of the network site."},
		{Name: "port_in_status", Path: "portInStatus", Type: Enum, Doc: "How far the number has come from another operator."},
		{Name: "removed", Path: "@removed", Type: Present, Doc: "Whether the number was not listed any more. The other columns are then as they were last known."},
	},
}
