package graphsim

import (
	"math"
	"sort"
	"time"
)

// A site is an office of the tenant. Its offset is that of winter: the simulator has no summer time.
type site struct {
	city, country, zone string
	offset              time.Duration
	prefix              string // how its phone numbers begin
	language            string
	currency            string
}

var sites = []site{
	{"Zürich", "CH", "W. Europe Standard Time", time.Hour, "+4144555", "de-CH", "CHF"},
	{"Lisbon", "PT", "GMT Standard Time", 0, "+35121555", "pt-PT", "EUR"},
	{"Seattle", "US", "Pacific Standard Time", -8 * time.Hour, "+1206555", "en-US", "USD"},
	{"Bengaluru", "IN", "India Standard Time", 5*time.Hour + 30*time.Minute, "+9180555", "en-IN", "INR"},
}

// activity is how many calls begin in each local hour, as a share of the busiest.
var activity = [24]float64{
	.01, .01, .01, .01, .01, .02, .05, .15, .5, .95, 1, .9, .5, .8, .95, .9, .7, .35, .15, .08, .06, .04, .02, .01,
}

// A shape is how the calls of a day spread over it, in half hours: the sum over all sites.
type shape struct {
	busy [48]float64 // the largest activity of any site
	sum  [49]float64 // the share of calls that begin before each half hour
}

func newShape() shape {
	var s shape
	for slot := range s.busy {
		total := 0.0
		for i := range sites {
			a := sites[i].activity(time.Duration(slot) * 30 * time.Minute)
			s.busy[slot] = max(s.busy[slot], a)
			total += a
		}
		s.sum[slot+1] = s.sum[slot] + total
	}
	for i := range s.sum {
		s.sum[i] /= s.sum[48]
	}
	return s
}

// activity is how busy the site is at a UTC time of day.
func (s *site) activity(utc time.Duration) float64 {
	local := (utc + s.offset + 24*time.Hour) % (24 * time.Hour)
	return activity[local/time.Hour]
}

// at is the time of day before which the share of a day's calls begins.
func (s *shape) at(share float64) time.Duration {
	slot := min(47, sort.Search(48, func(i int) bool { return s.sum[i+1] > share }))
	within := (share - s.sum[slot]) / (s.sum[slot+1] - s.sum[slot])
	return time.Duration((float64(slot) + within) * float64(30*time.Minute))
}

// count is the number of calls that begin on a day.
func (t *Tenant) count(day int) int {
	if day < t.first || day >= t.first+t.days {
		return 0
	}
	n := float64(t.Users) * t.CallsPerUserDay
	if weekend(day) {
		n *= 0.05
	}
	s := seeded(t.seed, uint64(day), 'n')
	return int(math.Round(n * (0.9 + 0.2*s.unit())))
}

func weekend(day int) bool {
	w := midnight(day).Weekday()
	return w == time.Saturday || w == time.Sunday
}

// start is when a call begins. Each call of a day has its own share of the day, so the starts rise
// with the index, and the n-th call is found without looking at the others.
func (t *Tenant) start(day, index int) time.Time {
	s := seeded(t.seed, uint64(day), uint64(index), 't')
	n := float64(t.count(day))
	least := t.day.at(float64(index) / n)
	drawn := t.day.at((float64(index) + s.unit()) / n)
	// Fewer digits are an earlier instant, and none may be earlier than the call's share of the day.
	unit := precision(&s)
	for drawn.Truncate(unit) < least && unit > tick {
		unit /= 10
	}
	return midnight(day).Add(max(drawn.Truncate(unit), least.Truncate(tick)))
}

// tick is the resolution of time in .NET, and so of Graph.
const tick = 100 * time.Nanosecond

// precision draws how many fractional digits an instant has: Graph sends 0 to 7.
func precision(s *source) time.Duration {
	unit := time.Second
	for range s.below(8) {
		unit /= 10
	}
	return unit
}

// firstFrom is the index of the day's first call that begins at or after an instant.
func (t *Tenant) firstFrom(day int, at time.Time) int {
	return sort.Search(t.count(day), func(i int) bool { return !t.start(day, i).Before(at) })
}
