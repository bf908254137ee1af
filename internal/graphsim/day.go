package graphsim

import (
	"math"
	"sort"
	"time"
	_ "time/tzdata" // where a machine has none
)

// A site is an office of the tenant.
type site struct {
	city, country string
	zone          string         // as Windows names it
	clock         *time.Location // the same, with its summer time
	prefix        string         // how its phone numbers begin
	language      string
	currency      string
}

var sites = []site{
	{"Zürich", "CH", "W. Europe Standard Time", inZone("Europe/Zurich"), "+4144555", "de-CH", "CHF"},
	{"Lisbon", "PT", "GMT Standard Time", inZone("Europe/Lisbon"), "+35121555", "pt-PT", "EUR"},
	{"Seattle", "US", "Pacific Standard Time", inZone("America/Los_Angeles"), "+1206555", "en-US", "USD"},
	{"Bengaluru", "IN", "India Standard Time", inZone("Asia/Kolkata"), "+9180555", "en-IN", "INR"},
}

func inZone(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		panic(err) // time/tzdata has all
	}
	return zone
}

// offset is what the site's clocks are before UTC at an instant.
func (s *site) offset(at time.Time) time.Duration {
	_, seconds := at.In(s.clock).Zone()
	return time.Duration(seconds) * time.Second
}

// offsetOn is the offset in the middle of a UTC day: on two days in a year it is another one in the morning.
func (s *site) offsetOn(day int) time.Duration { return s.offset(midnight(day).Add(12 * time.Hour)) }

// activity is how many calls begin in each local hour, as a share of the busiest.
var activity = [24]float64{
	.01, .01, .01, .01, .01, .02, .05, .15, .5, .95, 1, .9, .5, .8, .95, .9, .7, .35, .15, .08, .06, .04, .02, .01,
}

// A shape is how the calls of a day spread over it, in half hours: the sum over all sites.
type shape struct {
	busy [48]float64 // the largest activity of any site
	sum  [49]float64 // the share of calls that begin before each half hour
}

func newShape(day int) *shape {
	s := new(shape)
	for slot := range s.busy {
		total := 0.0
		for i := range sites {
			a := sites[i].activity(day, time.Duration(slot)*30*time.Minute)
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

// shapes has the shape of every day that is asked for often. Days with the same offsets share one.
type shapes struct {
	from int
	of   []*shape
}

// nearby is how many days before the first and after the last one are asked for often, too.
const nearby = 8

func newShapes(first, days int) shapes {
	all := shapes{from: first - nearby, of: make([]*shape, days+2*nearby)}
	known := map[[4]time.Duration]*shape{}
	for i := range all.of {
		day := all.from + i
		var offsets [4]time.Duration
		for j := range sites {
			offsets[j] = sites[j].offsetOn(day)
		}
		if known[offsets] == nil {
			known[offsets] = newShape(day)
		}
		all.of[i] = known[offsets]
	}
	return all
}

// on is the shape of a day.
func (s *shapes) on(day int) *shape {
	if i := day - s.from; i >= 0 && i < len(s.of) {
		return s.of[i]
	}
	return newShape(day)
}

// activity is how busy the site is at a UTC time of a day.
func (s *site) activity(day int, utc time.Duration) float64 {
	local := (utc + s.offsetOn(day) + 24*time.Hour) % (24 * time.Hour)
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
	return t.volume(day)
}

// volume is the same for days that the tenant does not have.
func (t *Tenant) volume(day int) int {
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
	n := float64(t.volume(day))
	least := t.shapes.on(day).at(float64(index) / n)
	drawn := t.shapes.on(day).at((float64(index) + s.unit()) / n)
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
