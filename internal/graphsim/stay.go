package graphsim

import (
	"math"
	"time"
)

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
