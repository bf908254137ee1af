package graphsim

import "time"

var (
	organizationType = entityType{name: "microsoft.graph.organization", sample: func(t *Tenant) entity { return t.organization(time.Time{}) }}
	skuType          = entityType{name: "microsoft.graph.subscribedSku", sample: func(t *Tenant) entity { return t.product(0, 0) }}
)

// organization is what the tenant says of itself.
func (t *Tenant) organization(now time.Time) entity {
	since, main := midnight(16000).Add(9*time.Hour+30*time.Second), sites[0]
	var plans, domains []entity
	for _, service := range []string{"exchange", "TeamspaceAPI", "MicrosoftCommunicationsOnline"} {
		plans = append(plans, entity{
			"assignedDateTime", since.Add(6 * time.Minute), "capabilityStatus", "Enabled", "service", service, "servicePlanId", planOf(service),
		})
	}
	for i, name := range []string{domain, "mail." + domain} {
		domains = append(domains, entity{
			"capabilities", "Email, OfficeCommunicationsOnline", "isDefault", i == 0, "isInitial", i == 0, "name", name, "type", "Managed",
		})
	}
	var none []string
	return entity{
		"id", t.Tenant, "deletedDateTime", nil, "businessPhones", []string{main.prefix + "0000"}, "city", main.city, "country", nil,
		"countryLetterCode", main.country, "createdDateTime", since, "defaultUsageLocation", nil, "displayName", "Contoso",
		"isMultipleDataLocationsForServicesEnabled", nil, "marketingNotificationEmails", none, "onPremisesLastSyncDateTime", nil,
		"onPremisesSyncEnabled", true, "partnerTenantType", nil, "postalCode", "8000", "preferredLanguage", "de",
		"securityComplianceNotificationMails", none, "securityComplianceNotificationPhones", none, "state", nil,
		"street", "Seestrasse 1", "technicalNotificationMails", []string{"it@" + domain}, "tenantType", "AAD",
		"directorySizeQuota", entity{"used", 2 * t.countPeople(now), "total", 300_000}, "assignedPlans", plans,
		"provisionedPlans", []entity{{"capabilityStatus", "Enabled", "provisioningStatus", "Success", "service", "exchange"}},
		"privacyProfile", entity{"contactEmail", "privacy@" + domain, "statementUrl", "https://contoso.example/privacy"},
		"verifiedDomains", domains,
	}
}

func (t *Tenant) organizations(r *request) (rows, error) {
	return listed(r, []time.Time{r.now}, t.organization), nil
}

// products are what the organisation has bought: first those that users have, in the order of skus, and
// one that has run out.
var products = []struct {
	id, part string
	spare    int // bought and not given to anybody
	plans    []string
	status   string
}{
	{skus[0], "CONTOSO_E5", 25, []string{"EXCHANGE_S_ENTERPRISE", "TEAMS1", "MCOEV"}, "Enabled"},
	{skus[1], "MCOPSTN2", 5, []string{"MCOPSTN2"}, "Enabled"},
	{skus[2], "MCOMEETADV", 0, []string{"MCOMEETADV"}, "Enabled"},
	{"6a04d1b8-e2c7-4f59-9d30-b75e8c1f2a46", "CRMSTANDARD", 25, []string{"CRMSTANDARD"}, "Suspended"},
}

// product is one of the products, of which users have so many.
func (t *Tenant) product(i, given int) entity {
	v := products[i]
	var plans []entity
	for _, plan := range v.plans {
		plans = append(plans, entity{
			"servicePlanId", planOf(plan), "servicePlanName", plan, "provisioningStatus", either(v.status == "Enabled", "Success", "Disabled"),
			"appliesTo", "User",
		})
	}
	enabled, suspended := given+v.spare, 0
	if v.status != "Enabled" {
		enabled, suspended = 0, v.spare
	}
	return entity{
		"id", t.productKey(i), "accountId", t.Tenant, "accountName", "contoso", "appliesTo", "User", "capabilityStatus", v.status,
		"consumedUnits", given, "skuId", v.id, "skuPartNumber", v.part,
		"subscriptionIds", []string{planOf("subscription " + v.part)},
		"prepaidUnits", entity{"enabled", enabled, "suspended", suspended, "warning", 0, "lockedOut", 0}, "servicePlans", plans,
	}
}

func (t *Tenant) productKey(i int) string { return t.Tenant + "_" + products[i].id }

// phonePlan is the id of Teams Phone, which readers look for.
const phonePlan = "4828c8ec-dc2e-4779-b502-87ac9ce28ab7"

// planOf is the id of a service plan, the same in every tenant.
func planOf(name string) string {
	if name == "MCOEV" {
		return phonePlan
	}
	s := seeded('P')
	for _, c := range []byte(name) {
		s = seeded(uint64(s), uint64(c))
	}
	return drawGUID(&s).String()
}

func (t *Tenant) subscribedSkus(r *request) (rows, error) {
	var given [len(skus) + 1]int
	for _, p := range t.people(0, r.now) {
		for i := range p.licences() {
			given[i]++
		}
	}
	return func(yield func(int, entity) bool) {
		for i := range products {
			if !yield(i, t.product(i, given[i])) {
				return
			}
		}
	}, nil
}
