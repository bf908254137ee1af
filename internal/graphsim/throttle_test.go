package graphsim

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// Of every family exactly as many requests pass as Graph publishes, and the next one is told when.
func TestPublishedLimits(t *testing.T) {
	const logs = "(fromDateTime=2026-11-02,toDateTime=2026-11-03)"
	call := func(n int) string { return fmt.Sprintf("%s/%08d-2222-4333-8444-555555555555", recordsPath, n) }
	for name, c := range map[string]publishedLimit{
		"first pages":   {func(i int) string { return fmt.Sprintf("%s?%d", recordsPath, i) }, 15, "20"},
		"further pages": {func(int) string { return recordsPath + "?$skiptoken=x" }, 55, "300"},
		"many calls":    {call, 1500, "20"},
		"calls and logs": {func(i int) string {
			return []string{call(i), recordsPath + "/getPstnCalls" + logs + "?$skip=9999"}[i%2]
		}, 1500, "20"},
		"a call":           {func(i int) string { return call(7) + []string{"", "/sessions", "/participants_v2"}[i%3] }, 10, "20"},
		"a call's letters": {func(i int) string { return recordsPath + []string{"/AB", "/ab"}[i%2] }, 10, "20"},
		"a call's pages":   {func(i int) string { return call(7) + []string{"/sessions", "/participants_v2"}[i%2] + "?$skiptoken=x" }, 50, "300"},
		"users":            {func(int) string { return "/v1.0/users/nobody" }, 1750, "10"},
		"selected users":   {func(int) string { return "/v1.0/users/nobody?$select=id" }, 3500, "10"},
		"managers":         {func(int) string { return "/v1.0/users/nobody?$select=id&$expand=manager" }, 1750, "10"},
		"few users":        {func(int) string { return "/v1.0/users?$top=1" }, 3500, "10"},
		"chats":            {func(i int) string { return fmt.Sprintf("/v1.0/users/%d/chats", i) }, 30, "1"},
		"a user's chats":   {func(i int) string { return "/v1.0/users/" + []string{"AB", "ab"}[i%2] + "/chats?$top=50" }, 5, "1"},
		"members":          {func(i int) string { return fmt.Sprintf("/v1.0/chats/%d/members", i) }, 30, "1"},
		"a chat's members": {func(int) string { return "/v1.0/chats/19:x/members" }, 1, "1"},
		"chat messages": {func(i int) string {
			return fmt.Sprintf("/v1.0/users/%d/chats/%s", i%3, []string{"getAllMessages", "getAllMessages()"}[i%2])
		}, 200, "1"},
		"channel messages": {func(i int) string { return fmt.Sprintf("/v1.0/teams/%d/channels/getAllMessages", i%3) }, 200, "1"},
		"changes":          {func(int) string { return "/v1.0/users/delta?$deltatoken=latest&$select=id" }, 3500, "10"},
	} {
		t.Run(name, c.holds)
	}
}

// A publishedLimit is of so many requests; the one beyond is told after how many seconds to ask again.
type publishedLimit struct {
	target func(i int) string // the i-th request
	limit  int
	after  string
}

func (c publishedLimit) holds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := small()
		o.Rate = 1
		tenant := New(o)
		for i := range c.limit {
			if ask(t, tenant, c.target(i)).Code == 429 {
				t.Fatalf("request %d is throttled, want %d to pass", i+1, c.limit)
			}
		}
		a := get(t, tenant, c.target(c.limit))
		if a.status != 429 || a.header.Get("Retry-After") != c.after || a.text(t, "error", "code") != "TooManyRequests" {
			t.Errorf("request %d: %d, Retry-After %q, %s; want 429 and %s", c.limit+1, a.status, a.header.Get("Retry-After"), a.body, c.after)
		}
		if tenant.Requests() != uint64(c.limit)+1 || tenant.Throttled() != 1 {
			t.Errorf("%d requests, of which %d throttled", tenant.Requests(), tenant.Throttled())
		}
	})
}

// All requests together have a limit, too.
func TestLimitOfAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		throttle := newThrottle(1)
		for i := range 130_000 {
			if wait := throttle.admit(charges(nil, nil, nil)); wait > 0 {
				t.Fatalf("request %d must wait %v", i+1, wait)
			}
		}
		if wait := throttle.admit(charges(&collections[0], nil, nil)); wait != 10*time.Second {
			t.Errorf("the next request must wait %v, want 10 s", wait)
		}
	})
}

// Requests that are refused count nowhere: not where the limit is reached, and in no other family.
func TestRefusedRequestsDoNotCount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := small()
		o.Rate = 1
		tenant := New(o)
		path := recordsPath + "/" + strings.Repeat("1", 8) + "-2222-4333-8444-555555555555"
		for i := range 2000 {
			if a := ask(t, tenant, path); (a.Code == 429) != (i >= 10) {
				t.Fatalf("request %d: %d", i+1, a.Code)
			}
		}
		for i := range 1490 {
			if a := ask(t, tenant, fmt.Sprintf("%s/%d", recordsPath, i)); a.Code != 404 {
				t.Fatalf("another call after %d: %d, want 404", i, a.Code)
			}
		}
		time.Sleep(20*time.Second - time.Nanosecond)
		if a := get(t, tenant, path); a.status != 429 || a.header.Get("Retry-After") != "1" {
			t.Errorf("too early: %d, Retry-After %q", a.status, a.header.Get("Retry-After"))
		}
		time.Sleep(time.Nanosecond)
		if a := get(t, tenant, path); a.status != 404 {
			t.Errorf("in time: %d", a.status)
		}
	})
}

// The rate shortens the windows, and where they are shorter than published the wait is a fraction.
func TestRate(t *testing.T) {
	for rate, want := range map[float64]string{0: "", 0.5: "40", 1: "20", 16: "1.250", 1000: "0.020", 3000: "0.007"} {
		synctest.Test(t, func(t *testing.T) {
			o := small()
			o.Rate = rate
			tenant := New(o)
			var last answer
			for range 16 {
				last = get(t, tenant, recordsPath+"?$select=id")
			}
			if got := last.header.Get("Retry-After"); got != want || (last.status == 429) != (want != "") {
				t.Errorf("rate %g: %d, Retry-After %q, want %q", rate, last.status, got, want)
			}
		})
	}
}

// The throttle forgets the calls that nobody asks for any more.
func TestThrottleForgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		throttle := newThrottle(1)
		call, _ := New(small()).match("v1.0", []string{"communications", "callRecords", "x"})
		for i := range 20_000 {
			throttle.admit(charges(call, []string{fmt.Sprint(i)}, nil))
			time.Sleep(20 * time.Millisecond)
		}
		if n := len(throttle.windows); n > 2100 { // of twenty seconds, twice
			t.Errorf("%d windows are held", n)
		}
	})
}
