package graphsim

import (
	"fmt"
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
