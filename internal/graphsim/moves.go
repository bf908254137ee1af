package graphsim

import "time"

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
