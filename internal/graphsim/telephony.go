package graphsim

import (
	"encoding/base64"
	"fmt"
	"time"
)

// What the administration of Teams says of telephony: the numbers of the tenant, the resource accounts behind menus and queues, and
// what each account may do. It is drawn from who is in the directory and which licences they have; the exceptions that
// somebody will look for are among it.

// Applications that answer at a resource account, the same in every tenant but for the last.
const (
	attendantApp = "ce933385-9390-45d1-9512-c8d228074e07"
	queueApp     = "11cd3e2e-fccb-42ad-ad00-878b93575e07"
	foreignApp   = "5d0c1f6a-3b7e-4c92-a1d8-06e4f9b27c53" // a contact centre's
)

// resourceAccounts are the menu and the queues, by their numbers, and two more that nobody has called.
var resourceAccounts = [...]struct {
	app  string
	line bool // whether it has a number of its own
}{
	menuAccount:   {attendantApp, true},
	supportQueue:  {queueApp, true},
	ordersQueue:   {queueApp, false}, // it is reached by the menu alone
	closedQueue:   {queueApp, true},
	contactCentre: {foreignApp, false},
}

// Who has which number of six digits, so that no two have the same. Below mostNumbered are people's own.
const (
	mostNumbered   = 400_000
	secondNumbers  = 400_000
	spareNumbers   = 900_000
	accountNumbers = 999_000
)

// subscriber is a number at a site. Neighbours are far apart, and no two are the same.
func (s *site) subscriber(n int) string {
	return fmt.Sprintf("%s%06d", s.prefix, (n*386_347+100_003)%1_000_000)
}

// line is the number of a person, if they have one.
func (p *person) line() string { return p.site.subscriber(p.number % mostNumbered) }

// A voice is what somebody may do with the telephone network.
type voice struct {
	licensed bool // by a product with a service plan for it
	enabled  bool
	assigned bool // their number is theirs
	second   bool // and they have another one that nobody sees
	kept     bool // their number is still theirs after they have left
}

// voice draws a person's. Most who have a licence are enabled, and most of these have a number; a few are enabled without a
// licence. Whether an account is disabled plays no part, nor does it in life.
func (t *Tenant) voice(p *person) (v voice) {
	s := seeded(t.seed, uint64(p.number), 'V')
	v.licensed = p.licences() > 0 && !p.phoneOff()
	v.enabled = s.chance(0.85)
	if !v.licensed {
		v.enabled = s.chance(0.04)
	}
	v.enabled = v.enabled && !p.guest
	v.assigned = v.enabled && s.chance(0.9)
	v.second = v.assigned && s.chance(0.03)
	v.kept = s.chance(0.25)
	return v
}

// An assignment is a telephone number of the tenant, and who has it.
type assignment struct {
	number   string
	at       *site
	target   string // empty: nobody
	status   string
	category string
	draw     source
}

// assignments are all numbers of the tenant at an instant: of people, also of who has left, of resource accounts, of the
// conference bridge, one whose owner is nobody, and some to spare.
func (t *Tenant) assignments(now time.Time) (list []assignment) {
	add := func(at *site, n int, target, status string) {
		one := assignment{number: at.subscriber(n), at: at, target: target, status: status, category: "primary", draw: seeded(t.seed, uint64(n), 'N')}
		list = append(list, one)
	}
	for number := range t.everybody(now) {
		p, here := t.personAt(number, now)
		v := t.voice(&p)
		if !v.assigned || p.joined.After(now) {
			continue
		}
		n := p.number % mostNumbered
		target, status := p.id.String(), "userAssigned"
		if !here && !v.kept {
			target, status = "", "unassigned"
		}
		add(p.site, n, target, status)
		if v.second {
			add(p.site, secondNumbers+n, target, status)
			list[len(list)-1].category = "private"
		}
	}
	for i, a := range resourceAccounts {
		if a.line {
			add(&sites[0], accountNumbers+i, t.accountID(i), "voiceApplicationAssigned")
		}
	}
	add(&sites[0], spareNumbers, planOf("conference bridge"), "conferenceAssigned")
	add(&sites[0], spareNumbers+1, planOf("somebody of long ago"), "userAssigned")
	for i := range 4 * len(sites) {
		add(&sites[i%len(sites)], spareNumbers+2+i, "", "unassigned")
	}
	return list
}

func (t *Tenant) accountID(i int) string { return t.key(party{kind: resource, number: i}) }

func (t *Tenant) numberAssignments(r *request) (rows, error) {
	return listed(r, t.assignments(r.now), t.assigned), nil
}

func (t *Tenant) assigned(a assignment) entity {
	s := a.draw
	sort := pick(&s, []string{"callingPlan", "callingPlan", "directRouting", "operatorConnect"})
	capabilities := []string{"userAssignment"}
	switch a.status {
	case "voiceApplicationAssigned":
		capabilities = []string{"voiceApplicationAssignment"}
	case "conferenceAssigned":
		capabilities = []string{"conferenceAssignment"}
	}
	own := func(value string) any { return when(sort != "directRouting", value) } // Graph does not know where a number of the customer's is
	return entity{
		"id", base64.RawURLEncoding.EncodeToString([]byte(t.Tenant + "|" + a.number)), "telephoneNumber", a.number, "operatorId", planOf("operator of " + sort),
		"numberType", sort, "activationState", either(s.chance(0.97), "activated", "assignmentPending"), "capabilities", capabilities,
		"locationId", when(s.chance(0.5), planOf("location "+a.at.city)), "civicAddressId", when(s.chance(0.5), planOf("address "+a.at.city)), "networkSiteId", nil,
		"assignmentTargetId", orNull(a.target), "assignmentCategory", when(a.target != "", a.category), "portInStatus", nil, "assignmentStatus", a.status,
		"isoCountryCode", own(a.at.country), "city", own(a.at.city), "numberSource", "online",
		"supportedCustomerActions", []string{"locationUpdate"}, "reverseNumberLookupOptions", []string{},
	}
}

// resourceAccount is one as the list of them shows it.
func (t *Tenant) resourceAccount(i int) entity {
	a := resourceAccounts[i]
	number := ""
	if a.line {
		number = "tel:" + sites[0].subscriber(accountNumbers+i)
	}
	return entity{
		"id", t.accountID(i), "userPrincipalName", fmt.Sprintf("line%d@%s", i, domain), "displayName", accountNames[i], "appId", a.app,
		"phoneNumber", orNull(number), "acsResourceId", when(a.app == foreignApp, planOf("contact centre")),
	}
}

var resourceAccountType = entityType{
	name: "microsoft.graph.teamsAdministration.resourceAccount", sample: func(t *Tenant) entity { return t.resourceAccount(contactCentre) },
}

func (t *Tenant) listResourceAccounts(r *request) (rows, error) {
	all := make([]int, len(resourceAccounts))
	for i := range all {
		all[i] = i
	}
	return listed(r, all, t.resourceAccount), nil
}

// userConfigurations are those of everybody who is there, and of the resource accounts.
func (t *Tenant) userConfigurations(r *request) (rows, error) {
	people := t.everybody(r.now)
	return func(yield func(int, entity) bool) {
		for number, p := range t.people(r.from, r.now) {
			if !yield(number, t.userConfiguration(p)) {
				return
			}
		}
		for i := max(0, r.from-people); i < len(resourceAccounts); i++ {
			if !yield(people+i, t.accountConfiguration(i)) {
				return
			}
		}
	}, nil
}

func (t *Tenant) userConfiguration(p *person) entity {
	v := t.voice(p)
	sort := "user"
	switch {
	case p.guest:
		sort = "guest"
	case !v.licensed:
		sort = "ineligibleUser"
	}
	var numbers []entity
	if v.assigned {
		numbers = append(numbers, entity{"telephoneNumber", p.line(), "assignmentCategory", "primary"})
	}
	if v.second {
		numbers = append(numbers, entity{"telephoneNumber", p.site.subscriber(secondNumbers + p.number%mostNumbered), "assignmentCategory", "private"})
	}
	features := []string{"Teams"}
	if v.licensed {
		features = append(features, "PhoneSystem")
	}
	if p.licences() > 1 {
		features = append(features, "CallingPlan")
	}
	return t.configuration(configured{p.id.String(), p.principal, sort, v.enabled, features, numbers, p.created()})
}

func (t *Tenant) accountConfiguration(i int) entity {
	var numbers []entity
	if resourceAccounts[i].line {
		numbers = append(numbers, entity{"telephoneNumber", sites[0].subscriber(accountNumbers + i), "assignmentCategory", "primary"})
	}
	return t.configuration(configured{
		t.accountID(i), fmt.Sprintf("line%d@%s", i, domain), "resourceAccount", resourceAccounts[i].line,
		[]string{"Teams", "PhoneSystemVirtualUser"}, numbers, midnight(16_400).Add(9 * time.Hour),
	})
}

// configured is what Teams allows an account.
type configured struct {
	id, principal, sort string
	enabled             bool
	features            []string
	numbers             []entity
	created             time.Time
}

func (t *Tenant) configuration(c configured) entity {
	policy := func(of, name, how string) entity {
		one := entity{"displayName", name, "assignmentType", how, "policyId", planOf(of + " " + name)}
		if how == "group" {
			one = append(one, "groupId", planOf("group of "+name))
		}
		return entity{"policyType", of, "policyAssignment", one}
	}
	s := seeded(t.seed, uint64(len(c.principal)), uint64(c.created.Unix()), 'Y')
	return entity{
		"id", c.id, "userPrincipalName", c.principal, "tenantId", t.Tenant,
		"effectivePolicyAssignments", []entity{
			policy("TeamsCallingPolicy", pick(&s, []string{"AllowCalling", "AllowCalling", "NoForwarding"}), "direct"),
			policy("TeamsMeetingPolicy", "AllOn", "group"),
		},
		"telephoneNumbers", c.numbers, "isEnterpriseVoiceEnabled", c.enabled, "featureTypes", c.features, "accountType", c.sort,
		"createdDateTime", c.created, "modifiedDateTime", c.created.Add(90 * 24 * time.Hour),
	}
}

// countTelephony adds the tables of the administration of Teams.
func (t *Tenant) countTelephony(l ledger, now time.Time) {
	for _, a := range t.assignments(now) {
		l.add("phone_numbers", a.number)
	}
	for i := range resourceAccounts {
		l.add("resource_accounts", t.accountID(i))
		l.add("teams_user_configurations", t.accountID(i))
	}
	for _, p := range t.people(0, now) {
		l.add("teams_user_configurations", p.id.String())
	}
}

// An AssignmentFact is a telephone number of the tenant.
type AssignmentFact struct {
	Number, Target string // whom it was given to; empty: nobody
	Status         string
	Owner          NumberOwner
}

// NumberOwner says who has a number.
type NumberOwner string

// The owners.
const (
	NobodyOwns   NumberOwner = "unassigned"
	GoneOwns     NumberOwner = "unknown"  // who is neither a user nor a resource account
	DisabledOwns NumberOwner = "disabled" // a user who may not sign in
	UserOwns     NumberOwner = "user"
	AccountOwns  NumberOwner = "resource_account"
	BridgeOwns   NumberOwner = "conference"
)

// AssignmentFacts are the numbers at an instant.
func (t *Tenant) AssignmentFacts(at time.Time) (list []AssignmentFact) {
	for _, a := range t.assignments(at) {
		one := AssignmentFact{Number: a.number, Target: a.target, Status: a.status, Owner: GoneOwns}
		p, here := t.findPerson(a.target, at)
		switch {
		case a.target == "":
			one.Owner = NobodyOwns
		case a.status == "conferenceAssigned":
			one.Owner = BridgeOwns
		case a.status == "voiceApplicationAssigned":
			one.Owner = AccountOwns
		case here && !p.enabled:
			one.Owner = DisabledOwns
		case here:
			one.Owner = UserOwns
		}
		list = append(list, one)
	}
	return list
}

// A VoiceFact is what a user may do with the telephone network.
type VoiceFact struct {
	User              string
	Licensed, Enabled bool
	Numbers           int
}

// VoiceFacts are those of the users at an instant.
func (t *Tenant) VoiceFacts(at time.Time) (list []VoiceFact) {
	for _, p := range t.people(0, at) {
		v := t.voice(p)
		one := VoiceFact{User: p.id.String(), Licensed: v.licensed, Enabled: v.enabled}
		if v.assigned {
			one.Numbers++
		}
		if v.second {
			one.Numbers++
		}
		list = append(list, one)
	}
	return list
}

// An AccountFact is a resource account.
type AccountFact struct{ ID, Name, Kind string } // attendant, queue or other

// AccountFacts are the resource accounts.
func (t *Tenant) AccountFacts() (list []AccountFact) {
	kinds := map[string]string{attendantApp: "attendant", queueApp: "queue", foreignApp: "other"}
	for i, a := range resourceAccounts {
		list = append(list, AccountFact{t.accountID(i), accountNames[i], kinds[a.app]})
	}
	return list
}
