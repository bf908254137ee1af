package graphsim

import (
	"math"
	"strconv"
	"sync"
	"time"
)

// A family is a limit that Graph publishes and that requests share.
type family uint8

const (
	limitAll            family = iota // requests of an application
	limitCalls                        // call records, their sessions and participants, and the telephone logs
	limitList                         // first pages of the list of call records
	limitListNext                     // and further ones
	limitCall                         // of one call record: itself, and first pages of what it has
	limitCallNext                     // and further ones
	limitDirectory                    // in resource units
	limitTeams                        // the list of teams, and teams
	limitTeam                         // of one team: everything
	limitChannels                     // lists of channels
	limitTeamChannels                 // of one team
	limitChannelMembers               // lists of members of channels
	limitChannel                      // of one channel
	limitTeamsOther                   // what else Teams answers
	limitPresence                     // presences, of however many users
	limitMailbox                      // of one mailbox
	limitChats                        // lists of chats
	limitUserChats                    // of one user
	limitMembers                      // members of chats
	limitChatMembers                  // of one chat
	limitChatExport                   // messages of users' chats
	limitChannelExport                // messages of teams' channels
)

// limits are those of one application in one tenant (learn.microsoft.com/graph/throttling-limits). The
// directory's is that of the smallest tenants.
var limits = [...]struct {
	units int
	per   time.Duration
}{
	limitAll:            {130_000, 10 * time.Second},
	limitCalls:          {1500, 20 * time.Second},
	limitList:           {15, 20 * time.Second},
	limitListNext:       {55, 5 * time.Minute},
	limitCall:           {10, 20 * time.Second},
	limitCallNext:       {50, 5 * time.Minute},
	limitDirectory:      {3500, 10 * time.Second},
	limitTeams:          {30, time.Second},
	limitTeam:           {4, time.Second},
	limitChannels:       {60, time.Second},
	limitTeamChannels:   {1, time.Second},
	limitChannelMembers: {60, time.Second},
	limitChannel:        {1, time.Second},
	limitTeamsOther:     {30, time.Second},
	limitPresence:       {1500, 30 * time.Second},
	limitMailbox:        {10_000, 10 * time.Minute},
	limitChats:          {30, time.Second},
	limitUserChats:      {5, time.Second},
	limitMembers:        {30, time.Second},
	limitChatMembers:    {1, time.Second},
	limitChatExport:     {200, time.Second},
	limitChannelExport:  {200, time.Second},
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
		l := limits[c.limit]
		w = &window{limit: l.units, length: time.Duration(float64(l.per) / t.rate)}
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
