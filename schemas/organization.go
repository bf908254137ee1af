package schemas

// Organization is the tenant itself and what it has bought, a picture a day.
var Organization = Dataset{
	Name: "organization",
	Doc:  "The tenant, its domains, and the licences that it has bought and used.",
	Mode: Snapshot,
	Source: Source{
		API:    "v1.0",
		Path:   "/organization",
		Paging: NextLink,
		Detail: &Detail{Parts: []Part{{Name: "subscribedSkus", Path: "/subscribedSkus", Budget: identityOf(3)}}},
		Budget: identity,
	},
	Permissions: []Permission{"Organization.Read.All", "Directory.Read.All"},
	Tables:      []Table{tenants, subscribedSKUs},
	Joins: []string{
		"`subscribed_skus.sku_id` is `user_licenses.sku_id`.",
		"`tenants.organization_id` is the `tenant_id` in the path of every partition.",
	},
	NotTaken: notTakenOfOrganization,
	Queries:  queriesOfOrganization,
}

var tenants = Table{
	Name: "tenants",
	Doc:  "A row for the tenant on the day of the picture.",
	Key:  []string{"organization_id"},
	Columns: []Column{
		{Name: "organization_id", Path: "id", Type: String, Doc: "Id of the tenant."},
		{Name: "display_name", Path: "displayName", Type: String, Personal: true, Doc: "Name of the organization."},
		{Name: "country_letter_code", Path: "countryLetterCode", Type: Enum, Doc: "Country (ISO 3166-1)."},
		{Name: "city", Path: "city", Type: String, Doc: "City of the organization."},
		{Name: "created_time", Path: "createdDateTime", Type: Timestamp, Doc: "When the tenant was created."},
		{Name: "tenant_type", Path: "tenantType", Type: Enum, Doc: "AAD, AAD B2C or CIAM."},
		{Name: "default_usage_location", Path: "defaultUsageLocation", Type: Enum, Doc: "Country that licences are used in unless a user says otherwise."},
		{Name: "preferred_language", Path: "preferredLanguage", Type: Enum, Doc: "Language of the organization (ISO 639-1)."},
		{Name: "on_premises_sync_enabled", Path: "onPremisesSyncEnabled", Type: Bool, Doc: "Whether a local directory is synchronized."},
		{Name: "on_premises_last_sync_time", Path: "onPremisesLastSyncDateTime", Type: Timestamp, Doc: "When the local directory was last synchronized."},
		{Name: "verified_domains", Path: "verifiedDomains", Type: JSON, Personal: true, Doc: "Domains of the tenant."},
		{Name: "removed", Path: "@removed", Type: Present, Doc: "Whether the tenant was not listed any more on that day."},
	},
}

var subscribedSKUs = Table{
	Name: "subscribed_skus",
	Doc:  "A row per product that the tenant has bought.",
	Each: "subscribedSkus[]",
	Key:  []string{"subscribed_sku_id"}, // which begins with the id of the tenant
	Columns: []Column{
		{Name: "subscribed_sku_id", Path: "id", Type: String, Doc: "Id of the subscription to the product."},
		{Name: "organization_id", Path: "/id", Type: String, Required: true, Doc: "The tenant."},
		{Name: "sku_id", Path: "skuId", Type: String, Doc: "Id of the product; user_licenses has it too."},
		{Name: "sku_part_number", Path: "skuPartNumber", Type: Enum, Doc: "The product by its short name, as SPE_E5."},
		{Name: "applies_to", Path: "appliesTo", Type: Enum, Doc: "User or Company."},
		{Name: "capability_status", Path: "capabilityStatus", Type: Enum, Doc: "Enabled, Warning, Suspended, Deleted or LockedOut."},
		{Name: "consumed_units", Path: "consumedUnits", Type: Int32, Doc: "Licences that are assigned."},
		{Name: "enabled_units", Path: "prepaidUnits.enabled", Type: Int32, Doc: "Licences that were bought and can be used."},
		{Name: "warning_units", Path: "prepaidUnits.warning", Type: Int32, Doc: "Licences whose subscription has run out and still works."},
		{Name: "suspended_units", Path: "prepaidUnits.suspended", Type: Int32, Doc: "Licences whose subscription was cancelled and is suspended."},
		{Name: "locked_out_units", Path: "prepaidUnits.lockedOut", Type: Int32, Doc: "Licences whose subscription was cancelled and is locked."},
		{Name: "service_plans", Path: "servicePlans", Type: JSON, Texts: []Path{"[].servicePlanId", "[].servicePlanName", "[].provisioningStatus", "[].appliesTo"}, Doc: "Services of the product."},
		removedWith("tenant"),
	},
}
