package graphsim

import (
	"math"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A limit is one that Graph publishes for one application in one tenant, and that requests share
// (learn.microsoft.com/graph/throttling-limits).
type limit struct {
	units int
	per   time.Duration
}

var (
	limitAll            = &limit{130_000, 10 * time.Second} // requests of an application
	limitCalls          = &limit{1500, 20 * time.Second}    // call records, their sessions and participants, and the telephone logs
	limitList           = &limit{15, 20 * time.Second}      // first pages of the list of call records
	limitListNext       = &limit{55, 5 * time.Minute}       // and further ones
	limitCall           = &limit{10, 20 * time.Second}      // of one call record: itself, and first pages of what it has
	limitCallNext       = &limit{50, 5 * time.Minute}       // and further ones
	limitDirectory      = &limit{3500, 10 * time.Second}    // in resource units; of the smallest tenants
	limitTeams          = &limit{30, time.Second}           // the list of teams, and teams
	limitTeam           = &limit{4, time.Second}            // of one team: everything
	limitChannels       = &limit{60, time.Second}           // lists of channels
	limitTeamChannels   = &limit{1, time.Second}            // of one team
	limitChannelMembers = &limit{60, time.Second}           // lists of members of channels
	limitChannel        = &limit{1, time.Second}            // of one channel
	limitTeamMembers    = &limit{60, time.Second}           // lists of members of teams
	limitTeamsOther     = &limit{30, time.Second}           // what else Teams answers
	limitPresence       = &limit{1500, 30 * time.Second}    // presences, of however many users
	limitMailbox        = &limit{10_000, 10 * time.Minute}  // of one mailbox
	limitChats          = &limit{30, time.Second}           // lists of chats
	limitUserChats      = &limit{5, time.Second}            // of one user
	limitMembers        = &limit{30, time.Second}           // members of chats
	limitChatMembers    = &limit{1, time.Second}            // of one chat
	limitChatExport     = &limit{200, time.Second}          // messages of users' chats
	limitChannelExport  = &limit{200, time.Second}          // messages of teams' channels
)

// A price is what a request for a collection takes of a limit.
type price struct {
	limit *limit
	next  *limit // of further pages; nil: the same
	key   int    // of the path, to each of which the limit belongs anew, from 1; 0: it is all of the tenant's
	cost  int    // default 1; of the directory in resource units
	fixed bool   // in the directory: whatever is asked for
}

// A charge is what a request takes of a limit.
type charge struct {
	limit *limit
	of    string // whose limit it is: the call record's, the team's, the chat's
	cost  int
}

// charges are what a request takes. No collection: of a path that nobody answers.
func charges(c *collection, keys []string, options url.Values) []charge {
	all := []charge{{limit: limitAll, cost: 1}}
	if c == nil {
		return all
	}
	for _, p := range c.prices {
		one := charge{limit: p.limit, cost: max(1, p.cost)}
		if p.next != nil && options.Has("$skiptoken") {
			one.limit = p.next
		}
		if p.key > 0 {
			one.of = strings.ToLower(keys[p.key-1])
		}
		if p.limit == limitDirectory && !p.fixed {
			one.cost = unitsOf(p.cost, options)
		}
		all = append(all, one)
	}
	return all
}

// unitsOf is the price of a request in resource units. The links of delta carry the selection in their
// token, so their pages count as selected.
func unitsOf(base int, options url.Values) int {
	cost := base
	if options.Has("$select") || options.Has("$skiptoken") || options.Has("$deltatoken") {
		cost--
	}
	if options.Has("$expand") {
		cost++
	}
	if top, err := strconv.Atoi(options.Get("$top")); err == nil && top < 20 {
		cost--
	}
	return max(1, cost)
}

// A throttle refuses what goes beyond the limits. It is safe for concurrent use.
type throttle struct {
	rate    float64 // how many times faster than published
	began   time.Time
	mu      sync.Mutex
	windows map[charge]*window // by the charge without its cost
	most    int                // windows until those that count nothing are dropped
}

func newThrottle(rate float64) *throttle {
	return &throttle{rate: rate, began: time.Now(), windows: map[charge]*window{}, most: 1024}
}

// admit counts a request against all its limits, or, if one of them is reached, against none; then it
// says how long the request must wait.
func (t *throttle) admit(all []charge) (wait time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Since(t.began)
	for _, c := range all {
		wait = max(wait, t.window(c, now).wait(now, c.cost))
	}
	if wait > 0 {
		return wait
	}
	for _, c := range all {
		t.window(c, now).pass(now, c.cost)
	}
	return 0
}

func (t *throttle) window(c charge, now time.Duration) *window {
	c.cost = 0
	w := t.windows[c]
	if w == nil {
		t.sweep(now)
		w = &window{limit: c.limit.units, length: time.Duration(float64(c.limit.per) / t.rate)}
		t.windows[c] = w
	}
	return w
}

// sweep drops the windows of what nobody asks for any more.
func (t *throttle) sweep(now time.Duration) {
	if len(t.windows) < t.most {
		return
	}
	for c, w := range t.windows {
		if w.empty(now) {
			delete(t.windows, c)
		}
	}
	t.most = max(1024, 2*len(t.windows))
}

// retryAfter is a wait as the header says it: in whole seconds, as Graph does, or in decimals where
// time runs faster than published.
func (t *throttle) retryAfter(wait time.Duration) string {
	if t.rate <= 1 {
		return strconv.Itoa(int(math.Ceil(wait.Seconds())))
	}
	milliseconds := math.Ceil(float64(wait) / float64(time.Millisecond))
	return strconv.FormatFloat(milliseconds/1000, 'f', 3, 64)
}

// A window lets at most so many units through in any stretch of time of its length, half-open. Instants
// are durations since some beginning, and never run backwards.
type window struct {
	limit  int
	length time.Duration
	passed []passage // the earliest first
	used   int       // units among them
}

// A passage is what was let through at an instant.
type passage struct {
	at   time.Duration
	cost int
}

// wait is how long it takes until units, no more than the limit, fit if nothing else is let through; 0
// if they fit now.
func (w *window) wait(now time.Duration, cost int) (wait time.Duration) {
	w.forget(now)
	excess := w.used + cost - w.limit
	for _, p := range w.passed {
		if excess <= 0 {
			break
		}
		excess -= p.cost
		wait = p.at + w.length - now
	}
	return wait
}

// pass lets units through, whether they fit or not.
func (w *window) pass(now time.Duration, cost int) {
	w.passed = append(w.passed, passage{now, cost})
	w.used += cost
}

// empty says whether nothing that was let through counts any more.
func (w *window) empty(now time.Duration) bool {
	w.forget(now)
	return len(w.passed) == 0
}

func (w *window) forget(now time.Duration) {
	gone := 0
	for gone < len(w.passed) && now-w.passed[gone].at >= w.length {
		w.used -= w.passed[gone].cost
		gone++
	}
	w.passed = w.passed[gone:]
}
