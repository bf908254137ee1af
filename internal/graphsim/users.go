package graphsim

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// user is all that the directory knows of a person.
func user(p *person) entity {
	s := p.source
	u, number := s.unit(), s.below(1e6)
	own := func(value any) any { return when(!p.guest, value) } // what guests do not have
	phone := fmt.Sprintf("%s%06d", p.site.prefix, number)
	phones := []string{phone}
	if p.guest || u < 0.3 {
		phones = nil
	}
	local, _, _ := strings.Cut(p.principal, "@")
	europe := p.site.offset >= 0 && p.site.offset <= 2*time.Hour
	return entity{
		"id", p.id, "accountEnabled", p.enabled, "assignedLicenses", licences(p), "businessPhones", phones, "city", own(p.site.city),
		"companyName", either(p.guest, "Adatum", "Contoso"), "country", own(p.site.country), "createdDateTime", p.created(),
		"department", own(p.department), "displayName", p.name(), "employeeHireDate", own(midnight(dayOf(p.created()))),
		"employeeId", own(fmt.Sprintf("E%05d", p.number)),
		"employeeOrgData", own(entity{"costCenter", fmt.Sprintf("CC%03d", len(p.department)*7), "division", either(europe, "Europe", "Overseas")}),
		"employeeType", own(either(p.number%11 == 0, "Contractor", "Employee")),
		"externalUserState", when(p.guest, either(p.enabled, "Accepted", "PendingAcceptance")),
		"givenName", p.given, "jobTitle", own(p.title), "mail", when(u >= 0.03, p.mail()), "mailNickname", local,
		"mobilePhone", when(u < 0.4, phone),
		"officeLocation", own(fmt.Sprintf("%s/%d.%02d", p.site.city, 1+p.number%5, p.number%40)),
		"onPremisesSyncEnabled", when(p.number%3 == 0, true), "preferredLanguage", own(p.site.language), "surname", p.family,
		"usageLocation", own(p.site.country), "userPrincipalName", p.principal, "userType", either(p.guest, "Guest", "Member"),
	}
}

// userType are users outside delta, where the manager is expanded and not selected.
var userType = entityType{
	name: "microsoft.graph.user", sample: func(t *Tenant) entity { p := t.person(0); return user(&p) },
	usual: ordinary, silent: silentProperties, lists: silentLists,
	refuses: func(name string) error {
		if name == "manager" {
			return refuse(501, "NotImplemented", "This simulator answers manager by $expand only.")
		}
		return singleOnly(name)
	},
}

var changedUserType = entityType{
	name: userType.name, sample: userType.sample, usual: ordinary, more: "manager " + silentProperties + " " + silentLists, refuses: singleOnly,
}

// singleOnly refuses what can be read of one user only.
func singleOnly(name string) error {
	if slices.Contains(strings.Fields(refusedProperties), name) {
		return refuse(501, "NotImplemented", "This operation target is not yet supported.")
	}
	return nil
}

// silentProperties exist on Graph, may be selected, and are set for nobody in this tenant.
const silentProperties = `ageGroup authorizationInfo consentProvidedForMinor creationType deletedDateTime
	employeeLeaveDateTime externalUserStateChangeDateTime faxNumber isResourceAccount lastPasswordChangeDateTime
	legalAgeGroupClassification onPremisesDistinguishedName onPremisesDomainName onPremisesExtensionAttributes
	onPremisesImmutableId onPremisesLastSyncDateTime onPremisesSamAccountName onPremisesSecurityIdentifier
	onPremisesUserPrincipalName passwordPolicies passwordProfile postalCode preferredDataLocation
	securityIdentifier showInAddressList signInSessionsValidFromDateTime state streetAddress`

// silentLists are silent too, and lists: Graph sends them empty, and never null.
const silentLists = `assignedPlans identities imAddresses licenseAssignmentStates
	onPremisesProvisioningErrors otherMails provisionedPlans proxyAddresses`

// refusedProperties can be read of one user only; a collection answers 501.
const refusedProperties = `aboutMe birthday deviceEnrollmentLimit hireDate interests mailboxSettings mySite
	pastProjects preferredName responsibilities schools signInActivity skills`

// ordinary are the properties that Graph sends without a $select.
const ordinary = `businessPhones displayName givenName id jobTitle mail mobilePhone officeLocation
	preferredLanguage surname userPrincipalName`

func (p *person) mail() string {
	if local, _, external := strings.Cut(p.principal, "_adatum.example#EXT#"); external {
		return local + "@adatum.example"
	}
	return p.principal
}

func (p *person) created() time.Time {
	if p.joined.IsZero() {
		s := p.source
		return midnight(16000 + s.below(4300)).Add(9 * time.Hour)
	}
	return p.joined
}

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

func licences(p *person) []entity {
	list := make([]entity, p.licences())
	for i := range list {
		list[i] = entity{"disabledPlans", []string(nil), "skuId", skus[i]}
		if i == 1 {
			list[i].set("disabledPlans", []string{"d2a7e410-3c5b-4f86-b1e9-7a60c9f8d234"})
		}
	}
	return list
}

// users are the directory's users; with their managers, where $expand asks for them.
func (t *Tenant) users(r *request) (rows, error) {
	managed, err := t.expandManager(r)
	return func(yield func(int, entity) bool) {
		for p := range t.people(r.from, r.now) {
			if !yield(p.number, managed(p)) {
				return
			}
		}
	}, err
}

func (t *Tenant) oneUser(r *request) (entity, error) {
	r.context = "users"
	managed, err := t.expandManager(r)
	if err != nil {
		return nil, err
	}
	p, ok := t.findPerson(r.keys[0], r.now)
	if !ok {
		return nil, notThere(r.keys[0])
	}
	return managed(&p), nil
}

// withManager has the two forms of $expand that this simulator answers.
var withManager = regexp.MustCompile(`^manager(\(\$select=([^()$;]*)\))?$`)

// expandManager is how a request wants users: with their manager, as far as that one's properties are selected.
func (t *Tenant) expandManager(r *request) (func(*person) entity, error) {
	if !r.has("$expand") {
		return user, nil
	}
	m := withManager.FindStringSubmatch(r.get("$expand"))
	if m == nil {
		return nil, refuse(501, "NotImplemented", "This simulator expands manager only, and knows no option of it but $select.")
	}
	names := strings.Fields(ordinary)
	if m[1] != "" {
		var err error
		if names, err = userType.choose(t, m[2]); err != nil {
			return nil, err
		}
	}
	r.shape = strings.Replace("("+strings.Trim(r.shape, "()")+",manager("+m[2]+"))", "(,", "(", 1)
	r.expand("manager")
	return func(p *person) entity {
		number := t.manager(p, r.now)
		if number == nobody {
			return user(p)
		}
		above, _ := t.personAt(number, r.now)
		of := entity{"@odata.type", "#microsoft.graph.user"} // the metadata says directoryObject
		return append(user(p), "manager", append(of, userType.whole(user(&above), names)...))
	}, nil
}

// userChanges are the whole directory, or what has changed of it: nothing of what is not selected.
func (t *Tenant) userChanges(r *request) (rows, error) {
	return func(yield func(int, entity) bool) {
		for number := r.from; number < t.everybody(r.at); number++ {
			if e := t.userChange(r, number); e != nil && !yield(number, e) {
				return
			}
		}
	}, nil
}

func (t *Tenant) userChange(r *request, number int) entity {
	p, here := t.personAt(number, r.at)
	old, was := person{}, false
	if !r.since.IsZero() {
		old, was = t.personAt(number, r.since)
	}
	switch {
	case was && !here:
		return removed(p.id, "deleted")
	case here && !was:
		return t.withManager(user(&p), nobody, t.manager(&p, r.at))
	case here:
		led, leads := t.manager(&old, r.since), t.manager(&p, r.at)
		if r.wants("manager") && led != leads || p != old && !sameBytes(r.chosen(user(&old)), r.chosen(user(&p))) {
			return t.withManager(user(&p), led, leads)
		}
	}
	return nil
}

// withManager adds the manager where it is another one than before, as Graph does in a delta: as a list under
// manager@delta, never an object under manager (api-guidelines, graph/patterns/change-tracking; issue 4500 of
// microsoft-graph-docs).
func (t *Tenant) withManager(e entity, before, now int) entity {
	if before == now {
		return e
	}
	var list []entity
	if now != nobody {
		list = append(list, t.directoryUser(now, false))
	}
	if before != nobody {
		list = append(list, t.directoryUser(before, true))
	}
	return append(e, "manager@delta", list)
}

// directoryUser is a user as delta names one who came into a relation or has gone from it.
func (t *Tenant) directoryUser(number int, gone bool) entity {
	e := entity{"@odata.type", "#microsoft.graph.user", "id", t.id(userIDs, uint64(number))}
	if gone {
		e = append(e, "@removed", entity{"reason", "deleted"})
	}
	return e
}

func removed(id guid, reason string) entity {
	return entity{"id", id, "@removed", entity{"reason", reason}}
}

func sameBytes(a, b entity) bool {
	var one, two writer
	one.entity(a)
	two.entity(b)
	return bytes.Equal(one.b, two.b)
}
