package graphsim

import (
	"bytes"
	"fmt"
	"iter"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A person is a user of the directory.
type person struct {
	number     int
	id         guid
	given      string
	family     string
	principal  string
	site       *site
	department string
	title      string
	boss       int       // the number of whoever leads them, if that one is no guest and there
	joined     time.Time // zero for who was there from the beginning
	guest      bool
	enabled    bool
	source     source // draws what only the directory shows
}

var (
	givenNames = []string{
		"Ada", "Benoît", "Chidi", "Dagny", "Emre", "Farida", "Grigori", "Hana", "Ignacio", "Jolanda", "Kwame",
		"Leila", "Małgorzata", "Nils", "Oona", "Priya", "Quentin", "Rosalía", "Sven", "Thandi", "Ulrike", "Vikram",
		"Wendeline", "Xóchitl", "Yusuf", "Zoë", "Aroha", "Bjarne", "Céline", "Dimitra", "Eoin",
	}
	familyNames = []string{
		"Abderrahim", "Brunner", "Castellano", "D'Arcy", "Eriksson", "Fankhauser", "Gupta", "Häberli", "Ibarra",
		"Jovanović", "Kaminski", "Lindqvist", "Mbeki-Roy", "Nakashima", "O'Leary", "Pettersson", "Quispe", "Raghavan",
		"Søndergaard", "Teixeira", "Ueda", "Vonlanthen", "Wijaya", "Xu", "Yılmaz", "Zubiri",
	}
	departments = []string{"Sales", "Sales", "Support", "Support", "Engineering", "Engineering", "Finance", "People", "Legal & Compliance"}
	titles      = map[string][]string{
		"Sales":              {"Account Executive", "Sales Engineer"},
		"Support":            {"Support Agent", "Support Agent", "Incident Lead"},
		"Engineering":        {"Software Engineer", "Test Engineer", "Architect"},
		"Finance":            {"Controller", "Accountant"},
		"People":             {"Recruiter", "Learning Partner"},
		"Legal & Compliance": {"Counsel", "Data Protection Officer"},
	}
)

const (
	domain        = "contoso.example"
	disabledShare = 0.03
)

// person is a user as first known.
func (t *Tenant) person(number int) person {
	s := seeded(t.seed, uint64(number), 'p')
	p := person{number: number, id: t.id(userIDs, uint64(number)), boss: ledBy(number)}
	p.given, p.family = pick(&s, givenNames), pick(&s, familyNames)
	p.site = &sites[s.below(len(sites))]
	p.department = pick(&s, departments)
	p.title = pick(&s, titles[p.department])
	p.guest = number > 0 && s.chance(0.02)
	p.enabled = !s.chance(disabledShare)
	local := fmt.Sprintf("%s.%s%d", plain(p.given), plain(p.family), number)
	p.principal = local + "@" + domain
	if p.guest {
		p.principal = local + "_adatum.example#EXT#@" + domain
	}
	p.source = s
	return p
}

func (p *person) name() string { return p.given + " " + p.family }

// plain is a name as it stands in an address: letters of ASCII, in lower case.
func plain(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		}
		return -1
	}, name)
}

// organizer draws who begins a call at an instant: whoever's site works then.
func (t *Tenant) organizer(s *source, at time.Time) int {
	day := dayOf(at)
	within := at.Sub(midnight(day))
	busiest := t.shapes.on(day).busy[within/(30*time.Minute)]
	number := 0
	for range 32 { // a bound, for a tenant so small that nobody works then
		number = s.below(t.Users)
		if !t.actsAt(number, at) {
			continue
		}
		if p := seeded(t.seed, uint64(number), 'p'); t.siteOf(&p).activity(day, within) >= busiest*s.unit() {
			break
		}
	}
	if !t.actsAt(number, at) {
		return 0
	}
	return number
}

// A standing is what decides whether somebody does anything, drawn as person does and without the names.
type standing struct {
	department string
	acts       bool
}

// idleShare of the users have an account and never use it.
const idleShare = 0.08

// standing is a user's. Guests take part; shared mailboxes, rooms and other accounts that are disabled do not. The first user always
// does.
func (t *Tenant) standing(number int) standing {
	s := seeded(t.seed, uint64(number), 'p')
	t.siteOf(&s)
	a := standing{department: pick(&s, departments), acts: true}
	s.next() // the title
	if number == 0 {
		return a
	}
	s.next() // whether a guest
	enabled := !s.chance(disabledShare)
	idle := seeded(t.seed, uint64(number), 'I')
	a.acts = enabled && !idle.chance(idleShare)
	return a
}

// leaveDays is how long a leave is.
const leaveDays = 30

// onLeave says whether somebody is away for a whole month, which one in fifty is at a time.
func (t *Tenant) onLeave(number, day int) bool {
	s := seeded(t.seed, uint64(number), uint64((day+number%leaveDays)/leaveDays), 'L')
	return number > 0 && s.chance(0.02)
}

// actsAt says whether somebody of the first users takes part in anything at an instant: they have not left, are not on leave, and
// use their account at all.
func (t *Tenant) actsAt(number int, at time.Time) bool {
	if number == 0 {
		return true
	}
	return t.standing(number).acts && !t.onLeave(number, dayOf(at)) && t.stay(number, at).has(at)
}

// siteOf draws the site out of a person's source as person does, without drawing the names.
func (t *Tenant) siteOf(s *source) *site {
	s.next()
	s.next()
	return &sites[s.below(len(sites))]
}

// Of six moves in the directory one lets somebody join and one leave, two give somebody another manager
// and two another job. Who joins gets the next number.

// joins is how many users join a day.
func (t *Tenant) joins() float64 { return float64(t.Users) * t.Moves / 1000 / 6 }

// joined is when the user of a number joined, who was not there from the beginning.
func (t *Tenant) joined(number int) time.Time {
	return t.arrival(number-t.Users, t.joins(), number, 'b')
}

// everybody is how many users there were until an instant, with those who have left.
func (t *Tenant) everybody(now time.Time) int {
	return t.Users + t.arrived(now, t.joins(), t.Users, 'b')
}

// arrival is when the n-th newcomer of a kind comes, of whom there are so many a day.
func (t *Tenant) arrival(n int, perDay float64, number int, kind uint64) time.Time {
	s := seeded(t.seed, uint64(number), kind)
	days := (float64(n) + s.unit()) / perDay
	return time.Unix(midnight(t.first).Unix()+int64(days*secondsPerDay), 0).UTC()
}

// arrived is how many newcomers of a kind have come until an instant; the first has the number given.
func (t *Tenant) arrived(now time.Time, perDay float64, first int, kind uint64) int {
	if t.Moves <= 0 || now.Before(midnight(t.first)) {
		return 0
	}
	n := int(now.Sub(midnight(t.first)).Hours() / 24 * perDay)
	if !t.arrival(n, perDay, first+n, kind).After(now) {
		n++
	}
	return n
}

// personAt is a user as the directory shows it at an instant; or, if it does not, who left as they were
// then.
func (t *Tenant) personAt(number int, now time.Time) (p person, here bool) {
	p = t.person(number)
	day := t.first
	if number >= t.Users {
		p.joined = t.joined(number)
		if p.joined.After(now) {
			return p, false
		}
		day = dayOf(p.joined) + 1
	}
	for at, s := range t.moments(day, now, t.Moves/1000*5/6, uint64(number), 'o') {
		if at.After(now) || !p.move(s) {
			return p, at.After(now)
		}
	}
	return p, true
}

// moments are when something happens to somebody or something of a kind, at so much of a chance a day, in the working
// hours of the days from one to that of an instant; with the source that draws what it is.
func (t *Tenant) moments(from int, now time.Time, chance float64, of, kind uint64) iter.Seq2[time.Time, *source] {
	return func(yield func(time.Time, *source) bool) {
		for day, last := from, dayOf(now); day <= last; day++ {
			s := seeded(t.seed, of, uint64(day), kind)
			if s.chance(chance) && !yield(s.workday(day), &s) {
				return
			}
		}
	}
}

// workday draws an instant in the working hours of a day.
func (s *source) workday(day int) time.Time {
	return midnight(day).Add(time.Duration(s.between(7*3600, 18*3600)) * time.Second)
}

// move draws a move, and says whether the person is still there after it. The first user, who leads all,
// always is.
func (p *person) move(s *source) bool {
	switch s.below(5) {
	case 0:
		return p.number == 0
	case 1, 2:
		p.boss = s.below(ledBy(p.number) + 1) // a lower number, or somebody might lead themselves
	default:
		p.department = pick(s, departments)
		p.title = pick(s, titles[p.department])
	}
	return true
}

// ledBy is the number of whoever leads a person at first: everybody leads eight.
func ledBy(number int) int { return max(0, number-1) / 8 }

// nobody leads the first user, and guests.
const nobody = -1

// manager is the number of a person's manager at an instant. Whoever is led by a guest, or by somebody
// who has left, is led by those above.
func (t *Tenant) manager(p *person, now time.Time) int {
	if p.number == 0 || p.guest {
		return nobody
	}
	above, here := t.personAt(p.boss, now)
	for above.guest || !here {
		above, here = t.personAt(above.boss, now)
	}
	return above.number
}

// A stretch of time is half-open. The zero value holds no instant.
type stretch struct{ from, to time.Time }

func (s stretch) has(at time.Time) bool { return !at.Before(s.from) && at.Before(s.to) }

// open is has for a stretch of which a zero end is no bound.
func (s stretch) open(at time.Time) bool {
	return !at.Before(s.from) && (s.to.IsZero() || at.Before(s.to))
}

// forever is the end of what has none.
var forever = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)

// stay is when a user is in the directory, as far as is known at an instant. It agrees with personAt and
// draws nothing else of the person.
func (t *Tenant) stay(number int, now time.Time) stretch {
	s := stretch{to: forever}
	day := t.first
	if number >= t.Users {
		if t.Moves <= 0 {
			return stretch{}
		}
		s.from = t.joined(number)
		day = dayOf(s.from) + 1
	}
	for at, draw := range t.moments(day, now, t.Moves/1000*5/6, uint64(number), 'o') {
		if draw.below(5) == 0 && number > 0 {
			s.to = at
			break
		}
	}
	return s
}

// someDay draws an instant in the working hours of a day, so many days after the first on average. It is
// drawn without a look at the last day: a day is the same whatever days the tenant has.
func (t *Tenant) someDay(s *source, mean float64) time.Time {
	return s.workday(t.first + int(-mean*math.Log(1-s.unit())))
}

// people are the users at an instant, from a number on, each at its number.
func (t *Tenant) people(from int, now time.Time) iter.Seq2[int, *person] {
	return func(yield func(int, *person) bool) {
		for number := from; number < t.everybody(now); number++ {
			if p, here := t.personAt(number, now); here && !yield(number, &p) {
				return
			}
		}
	}
}

func (t *Tenant) countPeople(now time.Time) (n int) {
	for range t.people(0, now) {
		n++
	}
	return n
}

// inPrincipal finds a person's number in a userPrincipalName.
var inPrincipal = regexp.MustCompile(`(?i)(\d+)(_adatum\.example#EXT#)?@`)

func (t *Tenant) findPerson(key string, now time.Time) (person, bool) {
	number, ok := t.number(userIDs, key)
	if m := inPrincipal.FindStringSubmatch(key); m != nil {
		n, err := strconv.ParseUint(m[1], 10, 31)
		number, ok = n, err == nil
	}
	if !ok || number >= uint64(t.everybody(now)) {
		return person{}, false
	}
	p, here := t.personAt(int(number), now)
	return p, here && (strings.EqualFold(key, p.id.String()) || strings.EqualFold(key, p.principal))
}

// knownPerson is the person of a key, or Graph's refusal.
func (t *Tenant) knownPerson(key string, now time.Time) (person, error) {
	if p, ok := t.findPerson(key, now); ok {
		return p, nil
	}
	return person{}, notThere(key)
}

func notThere(key string) error {
	return refuse(404, "Request_ResourceNotFound", "Resource '%s' does not exist or one of its queried reference-property objects are not present.", key)
}

// forbidden says whether nobody may read what a user or a team has, by Options.Forbidden.
func (t *Tenant) forbidden(kind uint64, number int) bool {
	s := seeded(t.seed, kind, uint64(number), 'z')
	return s.chance(t.Forbidden)
}

func accessDenied() error {
	return refuse(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.")
}

// user is all that the directory knows of a person.
func user(p *person) entity {
	s := p.source
	u := s.unit()
	own := func(value any) any { return when(!p.guest, value) } // what guests do not have
	phone := p.line()
	phones := []string{phone}
	if p.guest || u < 0.3 {
		phones = nil
	}
	local, _, _ := strings.Cut(p.principal, "@")
	europe := p.site.country == "CH" || p.site.country == "PT"
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

// phoneOff says of one in twenty-five that the telephone is switched off in the product that has it.
func (p *person) phoneOff() bool { return p.number%25 == 11 }

func licences(p *person) []entity {
	list := make([]entity, p.licences())
	for i := range list {
		list[i] = entity{"disabledPlans", []string(nil), "skuId", skus[i]}
		if i == 1 {
			list[i].set("disabledPlans", []string{"d2a7e410-3c5b-4f86-b1e9-7a60c9f8d234"})
		}
		if i == 0 && p.phoneOff() {
			list[i].set("disabledPlans", []string{phonePlan})
		}
	}
	return list
}

// users are the directory's users; with their managers, where $expand asks for them.
func (t *Tenant) users(r *request) (rows, error) {
	managed, err := t.expandManager(r)
	return from(t.people(r.from, r.now), managed), err
}

// deletedUsers are those who have left, as they were then. Graph keeps them for thirty days.
func (t *Tenant) deletedUsers(r *request) (rows, error) {
	return func(yield func(int, entity) bool) {
		for number := r.from; number < t.everybody(r.now); number++ {
			p, here := t.personAt(number, r.now)
			if !here && !p.joined.After(r.now) && !yield(number, user(&p)) {
				return
			}
		}
	}, nil
}

func (t *Tenant) oneUser(r *request) (entity, error) {
	managed, err := t.expandManager(r)
	if err != nil {
		return nil, err
	}
	return below((*Tenant).knownPerson, func(_ *Tenant, _ *request, p person) entity { return managed(&p) })(t, r)
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
