package graphsim

import (
	"time"
)

var (
	organizationRoles = []string{
		"Organization.Read.All", "Organization.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All", "User.Read.All",
	}
	skuRoles = []string{"Organization.Read.All", "Organization.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"}
)

// An organization is what the tenant says of itself.
type organization struct {
	id    string
	users int
	since time.Time
}

var organizationProperties = properties[organization]{
	{"id", func(w *writer, o *organization) { w.text("id", o.id) }},
	{"deletedDateTime", func(*writer, *organization) {}},
	{"businessPhones", func(w *writer, _ *organization) { w.texts("businessPhones", sites[0].prefix+"0000") }},
	{"city", func(w *writer, _ *organization) { w.text("city", sites[0].city) }},
	{"country", func(*writer, *organization) {}},
	{"countryLetterCode", func(w *writer, _ *organization) { w.text("countryLetterCode", sites[0].country) }},
	{"createdDateTime", func(w *writer, o *organization) { w.time("createdDateTime", o.since) }},
	{"defaultUsageLocation", func(*writer, *organization) {}},
	{"displayName", func(w *writer, _ *organization) { w.text("displayName", "Contoso") }},
	{"isMultipleDataLocationsForServicesEnabled", func(*writer, *organization) {}},
	{"marketingNotificationEmails", func(w *writer, _ *organization) { w.texts("marketingNotificationEmails") }},
	{"onPremisesLastSyncDateTime", func(*writer, *organization) {}},
	{"onPremisesSyncEnabled", func(w *writer, _ *organization) { w.bool("onPremisesSyncEnabled", true) }},
	{"partnerTenantType", func(*writer, *organization) {}},
	{"postalCode", func(w *writer, _ *organization) { w.text("postalCode", "8000") }},
	{"preferredLanguage", func(w *writer, _ *organization) { w.text("preferredLanguage", "de") }},
	{"securityComplianceNotificationMails", func(w *writer, _ *organization) { w.texts("securityComplianceNotificationMails") }},
	{"securityComplianceNotificationPhones", func(w *writer, _ *organization) { w.texts("securityComplianceNotificationPhones") }},
	{"state", func(*writer, *organization) {}},
	{"street", func(w *writer, _ *organization) { w.text("street", "Seestrasse 1") }},
	{"technicalNotificationMails", func(w *writer, _ *organization) { w.texts("technicalNotificationMails", "it@"+domain) }},
	{"tenantType", func(w *writer, _ *organization) { w.text("tenantType", "AAD") }},
	{"directorySizeQuota", func(w *writer, o *organization) {
		w.open("directorySizeQuota")
		w.int("used", 2*o.users)
		w.int("total", 300_000)
		w.close()
	}},
	{"assignedPlans", func(w *writer, o *organization) {
		w.list("assignedPlans")
		for _, service := range []string{"exchange", "TeamspaceAPI", "MicrosoftCommunicationsOnline"} {
			w.open("")
			w.time("assignedDateTime", o.since.Add(6*time.Minute))
			w.text("capabilityStatus", "Enabled")
			w.text("service", service)
			w.text("servicePlanId", planOf(service))
			w.close()
		}
		w.end()
	}},
	{"provisionedPlans", func(w *writer, _ *organization) {
		w.list("provisionedPlans")
		w.open("")
		w.text("capabilityStatus", "Enabled")
		w.text("provisioningStatus", "Success")
		w.text("service", "exchange")
		w.close()
		w.end()
	}},
	{"privacyProfile", func(w *writer, _ *organization) {
		w.open("privacyProfile")
		w.text("contactEmail", "privacy@"+domain)
		w.text("statementUrl", "https://contoso.example/privacy")
		w.close()
	}},
	{"verifiedDomains", func(w *writer, _ *organization) {
		w.list("verifiedDomains")
		for i, name := range []string{domain, "mail." + domain} {
			w.open("")
			w.text("capabilities", "Email, OfficeCommunicationsOnline")
			w.bool("isDefault", i == 0)
			w.bool("isInitial", i == 0)
			w.text("name", name)
			w.text("type", "Managed")
			w.close()
		}
		w.end()
	}},
}

// organizations answers /organization, a list of one.
func (t *Tenant) organizations(w *writer, q *question) error {
	if err := q.allow("$select"); err != nil {
		return err
	}
	chosen, err := organizationProperties.choose("microsoft.graph.organization", q.options.Get("$select"), q.options.Has("$select"))
	if err != nil {
		return err
	}
	o := organization{id: t.Tenant, users: t.countPeople(nil, q.now), since: midnight(16000).Add(9*time.Hour + 30*time.Second)}
	w.open("")
	w.text("@odata.context", q.root+"/$metadata#organization"+chosen.shape())
	w.list("value")
	w.open("")
	organizationProperties.whole(w, &o, chosen)
	w.close()
	w.end()
	w.close()
	return nil
}
