package graphsim

import (
	"fmt"
	"iter"
	"math"
	"regexp"
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

const domain = "contoso.example"

// person is a user as first known.
func (t *Tenant) person(number int) person {
	s := seeded(t.seed, uint64(number), 'p')
	p := person{number: number, id: t.id(userIDs, uint64(number)), boss: ledBy(number)}
	p.given, p.family = pick(&s, givenNames), pick(&s, familyNames)
	p.site = &sites[s.below(len(sites))]
	p.department = pick(&s, departments)
	p.title = pick(&s, titles[p.department])
	p.guest = number > 0 && s.chance(0.02)
	p.enabled = !s.chance(0.03)
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
	within := at.Sub(midnight(dayOf(at)))
	busiest := t.day.busy[within/(30*time.Minute)]
	number := 0
	for range 32 { // a bound, for a tenant so small that nobody works then
		number = s.below(t.Users)
		if p := seeded(t.seed, uint64(number), 'p'); t.siteOf(&p).activity(within) >= busiest*s.unit() {
			break
		}
	}
	return number
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
	for ; day <= dayOf(now); day++ {
		s := seeded(t.seed, uint64(number), uint64(day), 'o')
		if !s.chance(t.Moves / 1000 * 5 / 6) {
			continue
		}
		at := midnight(day).Add(time.Duration(s.between(7*3600, 18*3600)) * time.Second)
		if at.After(now) || !p.move(&s) {
			return p, at.After(now)
		}
	}
	return p, true
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
	for ; day <= dayOf(now) && number > 0; day++ {
		draw := seeded(t.seed, uint64(number), uint64(day), 'o')
		if !draw.chance(t.Moves / 1000 * 5 / 6) {
			continue
		}
		at := midnight(day).Add(time.Duration(draw.between(7*3600, 18*3600)) * time.Second)
		if draw.below(5) == 0 {
			s.to = at
			break
		}
	}
	return s
}

// someDay draws an instant in the working hours of a day, so many days after the first on average. It is
// drawn without a look at the last day: a day is the same whatever days the tenant has.
func (t *Tenant) someDay(s *source, mean float64) time.Time {
	days := int(-mean * math.Log(1-s.unit()))
	return midnight(t.first + days).Add(time.Duration(s.between(7*3600, 18*3600)) * time.Second)
}

// people are the users now, from a number on.
func (t *Tenant) people(from int, now time.Time) iter.Seq[*person] {
	return func(yield func(*person) bool) {
		for number := from; number < t.everybody(now); number++ {
			if p, here := t.personAt(number, now); here && !yield(&p) {
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
