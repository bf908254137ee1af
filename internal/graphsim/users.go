package graphsim

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// userWriters write the properties that the directory knows of a person, and nothing for one that was
// never set.
var userWriters = []struct {
	name  string
	write func(*writer, *person, source)
}{
	{"id", func(w *writer, p *person, _ source) { w.guid("id", p.id) }},
	{"accountEnabled", func(w *writer, p *person, _ source) { w.bool("accountEnabled", p.enabled) }},
	{"assignedLicenses", func(w *writer, p *person, _ source) { licences(w, p) }},
	{"businessPhones", func(w *writer, p *person, s source) {
		if p.guest || s.chance(0.3) {
			w.texts("businessPhones")
			return
		}
		w.texts("businessPhones", fmt.Sprintf("%s%06d", p.site.prefix, s.below(1e6)))
	}},
	{"city", member("city", func(p *person) string { return p.site.city })},
	{"companyName", func(w *writer, p *person, _ source) {
		w.text("companyName", map[bool]string{true: "Adatum", false: "Contoso"}[p.guest])
	}},
	{"country", member("country", func(p *person) string { return p.site.country })},
	{"createdDateTime", func(w *writer, p *person, s source) { w.time("createdDateTime", p.created(s)) }},
	{"department", member("department", func(p *person) string { return p.department })},
	{"displayName", func(w *writer, p *person, _ source) { w.text("displayName", p.name()) }},
	{"employeeHireDate", func(w *writer, p *person, s source) {
		if !p.guest {
			w.time("employeeHireDate", p.hired(s))
		}
	}},
	{"employeeId", member("employeeId", func(p *person) string { return fmt.Sprintf("E%05d", p.number) })},
	{"employeeOrgData", func(w *writer, p *person, _ source) {
		if p.guest {
			return
		}
		w.open("employeeOrgData")
		w.text("costCenter", fmt.Sprintf("CC%03d", len(p.department)*7))
		w.text("division", map[bool]string{true: "Europe", false: "Overseas"}[p.site.offset >= 0 && p.site.offset <= 2*time.Hour])
		w.close()
	}},
	{"employeeType", member("employeeType", func(p *person) string {
		return map[bool]string{true: "Contractor", false: "Employee"}[p.number%11 == 0]
	})},
	{"externalUserState", func(w *writer, p *person, _ source) {
		if p.guest {
			w.text("externalUserState", map[bool]string{true: "Accepted", false: "PendingAcceptance"}[p.enabled])
		}
	}},
	{"givenName", func(w *writer, p *person, _ source) { w.text("givenName", p.given) }},
	{"jobTitle", member("jobTitle", func(p *person) string { return p.title })},
	{"mail", func(w *writer, p *person, s source) {
		if !s.chance(0.03) {
			w.text("mail", p.mail())
		}
	}},
	{"mailNickname", func(w *writer, p *person, _ source) {
		local, _, _ := strings.Cut(p.principal, "@")
		w.text("mailNickname", local)
	}},
	{"mobilePhone", func(w *writer, p *person, s source) {
		if s.chance(0.4) {
			w.text("mobilePhone", fmt.Sprintf("%s%06d", p.site.prefix, s.below(1e6)))
		}
	}},
	{"officeLocation", member("officeLocation", func(p *person) string { return fmt.Sprintf("%s/%d.%02d", p.site.city, 1+p.number%5, p.number%40) })},
	{"onPremisesSyncEnabled", func(w *writer, p *person, _ source) {
		if p.number%3 == 0 {
			w.bool("onPremisesSyncEnabled", true)
		}
	}},
	{"preferredLanguage", member("preferredLanguage", func(p *person) string { return p.site.language })},
	{"surname", func(w *writer, p *person, _ source) { w.text("surname", p.family) }},
	{"usageLocation", member("usageLocation", func(p *person) string { return p.site.country })},
	{"userPrincipalName", func(w *writer, p *person, _ source) { w.text("userPrincipalName", p.principal) }},
	{"userType", func(w *writer, p *person, _ source) {
		w.text("userType", p.userType())
	}},
}

// member is a property that guests do not have.
func member(name string, value func(*person) string) func(*writer, *person, source) {
	return func(w *writer, p *person, _ source) {
		if !p.guest {
			w.text(name, value(p))
		}
	}
}

// silentProperties exist on Graph, may be selected, and are set for nobody in this tenant.
var silentProperties = strings.Fields(`ageGroup authorizationInfo consentProvidedForMinor creationType deletedDateTime
	employeeLeaveDateTime externalUserStateChangeDateTime faxNumber isResourceAccount lastPasswordChangeDateTime
	legalAgeGroupClassification onPremisesDistinguishedName onPremisesDomainName onPremisesExtensionAttributes
	onPremisesImmutableId onPremisesLastSyncDateTime onPremisesSamAccountName onPremisesSecurityIdentifier
	onPremisesUserPrincipalName passwordPolicies passwordProfile postalCode preferredDataLocation
	securityIdentifier showInAddressList signInSessionsValidFromDateTime state streetAddress`)

// silentLists are silent too, and lists: Graph sends them empty, and never null.
var silentLists = strings.Fields(`assignedPlans identities imAddresses licenseAssignmentStates
	onPremisesProvisioningErrors otherMails provisionedPlans proxyAddresses`)

// refusedProperties can be read of one user only; a collection answers 501.
var refusedProperties = strings.Fields(`aboutMe birthday deviceEnrollmentLimit hireDate interests mailboxSettings mySite
	pastProjects preferredName responsibilities schools signInActivity skills`)

// ordinary are the properties that Graph sends without a $select.
var ordinary = strings.Fields(`businessPhones displayName givenName id jobTitle mail mobilePhone officeLocation
	preferredLanguage surname userPrincipalName`)

func (p *person) mail() string {
	if local, _, external := strings.Cut(p.principal, "_adatum.example#EXT#"); external {
		return local + "@adatum.example"
	}
	return p.principal
}

func (p *person) userType() string { return map[bool]string{true: "Guest", false: "Member"}[p.guest] }

func (p *person) created(s source) time.Time {
	if p.joined.IsZero() {
		return midnight(16000 + s.below(4300)).Add(9 * time.Hour)
	}
	return p.joined
}

func (p *person) hired(s source) time.Time { return midnight(dayOf(p.created(s))) }

var skus = [...]string{
	"c7d1f9a2-0b3e-4a57-8f61-2d9e5b7c4a10", "0e5a8c36-91d4-4b7f-a2c8-6f1b3d9e7052", "b93f6e21-5d80-4c1a-9e47-18a0c2f4d6b5",
}

// licences is how many of the skus somebody has: the first so many.
func (p *person) licences() int {
	if p.guest {
		return 0
	}
	s := p.source
	return s.between(0, len(skus))
}

func licences(w *writer, p *person) {
	w.list("assignedLicenses")
	for i := range p.licences() {
		w.open("")
		if i == 1 {
			w.texts("disabledPlans", "d2a7e410-3c5b-4f86-b1e9-7a60c9f8d234")
		} else {
			w.texts("disabledPlans")
		}
		w.text("skuId", skus[i])
		w.close()
	}
	w.end()
}

// user writes the selected properties of a user as delta does: what was never set is left out.
func user(w *writer, p *person, s selection) {
	for _, u := range userWriters {
		if s.has(u.name) {
			u.write(w, p, p.source)
		}
	}
}

// wholeUser writes the selected properties of a user as everywhere else: what was never set is null.
func wholeUser(w *writer, p *person, s selection) {
	for _, u := range userWriters {
		if !s.has(u.name) {
			continue
		}
		before := len(w.b)
		if u.write(w, p, p.source); len(w.b) == before {
			w.null(u.name)
		}
	}
	for _, name := range s.names {
		switch {
		case slices.Contains(silentProperties, name):
			w.null(name)
		case slices.Contains(silentLists, name):
			w.texts(name)
		}
	}
}

func isUserProperty(name string) bool {
	if name == "manager" || slices.Contains(silentProperties, name) || slices.Contains(silentLists, name) {
		return true
	}
	for _, u := range userWriters {
		if u.name == name {
			return true
		}
	}
	return false
}
