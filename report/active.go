package report

import (
	"time"

	"graphlake/schemas"
)

// daysBack are the days before one that count for the longest of the periods in which somebody is active.
const daysBack = 27

// Active is how many people did something of their own on a day, in the 7 days up to it and in the 28 (metric_active_counts).
type Active struct {
	Day          time.Time
	Of1, Of7     int64
	Of28         int64
	DaysWithData int64 // of the 28
}

// ActivePeople is how many of a department did something in the days that are asked about, and how many it has.
type ActivePeople struct{ Active, People int64 }

// Share is how many of the department's people were active.
func (a ActivePeople) Share() Share { return Share{a.Active, a.People} }

// activity is on which days people wrote, called, answered or declined, or joined a meeting (metric_active_users).
type activity struct {
	first time.Time
	days  int
	of    map[string][]uint64 // a bit for each day
}

func newActivity(days schemas.Range) *activity {
	first := days.From.AddDate(0, 0, -daysBack)
	return &activity{first: first, days: len(schemas.Range{From: first, To: days.To}.Days()), of: map[string][]uint64{}}
}

func (a *activity) mark(user string, day time.Time) {
	n := int(day.Sub(a.first) / schemas.Day)
	if n < 0 || n >= a.days {
		return
	}
	bits := a.of[user]
	if bits == nil {
		bits = make([]uint64, a.days/64+1)
		a.of[user] = bits
	}
	bits[n/64] |= 1 << (n % 64)
}

func (a *activity) on(bits []uint64, n int) bool { return bits[n/64]&(1<<(n%64)) != 0 }

func (a *activity) called(c call, day time.Time) {
	for _, l := range c.legs {
		if l.callerKind == "user" && (l.calleeKind != "conference" || l.outcome == "joined") {
			a.mark(l.callerID, day)
		}
		if l.calleeKind == "user" && (l.outcome == "answered" || l.outcome == "declined") {
			a.mark(l.calleeID, day)
		}
	}
}

// counts are those of each day on which anybody was active, of whom the directory knows.
func (a *activity) counts(known map[string]bool) []Active {
	seen := make([]bool, a.days)
	all := make([]Active, a.days)
	for user, bits := range a.of {
		if !known[user] {
			continue
		}
		last := -daysBack - 1
		for n := range a.days {
			if a.on(bits, n) {
				last = n
				seen[n] = true
				all[n].Of1++
			}
			if last > n-7 {
				all[n].Of7++
			}
			if last > n-daysBack-1 {
				all[n].Of28++
			}
		}
	}
	var told []Active
	for n := daysBack; n < a.days; n++ {
		if !seen[n] {
			continue
		}
		all[n].Day = a.first.AddDate(0, 0, n)
		for _, s := range seen[n-daysBack : n+1] {
			if s {
				all[n].DaysWithData++
			}
		}
		told = append(told, all[n])
	}
	return told
}

// departments are how many people of each were active on a day that is asked about.
func (a *activity) departments(d *directory) map[string]ActivePeople {
	all := map[string]ActivePeople{}
	for name, people := range d.sizes {
		if name != outside {
			all[name] = ActivePeople{People: int64(people)}
		}
	}
	for user, bits := range a.of {
		p, ok := d.people[user]
		if !ok || !p.counts {
			continue
		}
		for n := daysBack; n < a.days; n++ {
			if a.on(bits, n) {
				one := all[p.department]
				one.Active++
				all[p.department] = one
				break
			}
		}
	}
	return all
}
