package graph

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"graphlake/schemas/throttle"
)

// arrivals is a Graph that notes when it was asked for what, and takes a while to answer.
type arrivals struct {
	takes  time.Duration
	mu     sync.Mutex
	refuse map[string]string      // by path: the Retry-After of one 429
	times  map[string][]time.Time // by path
	now    int                    // requests in flight
	most   int
}

func (a *arrivals) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	if a.times == nil {
		a.times = map[string][]time.Time{}
	}
	a.times[r.URL.Path] = append(a.times[r.URL.Path], time.Now())
	a.now++
	a.most = max(a.most, a.now)
	a.mu.Unlock()
	time.Sleep(a.takes)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.now--
	if seconds, ok := a.refuse[r.URL.Path]; ok {
		delete(a.refuse, r.URL.Path)
		answer(429, "", "Retry-After", seconds)(w, r)
		return
	}
	fmt.Fprint(w, `{"value":[]}`)
}

// crowd is the most arrivals in any interval of that length.
func crowd(times []time.Time, interval time.Duration) int {
	most := 0
	for i := range times {
		n := 0
		for _, t := range times[i:] {
			if t.Sub(times[i]) < interval {
				n++
			}
		}
		most = max(most, n)
	}
	return most
}

// together asks n times at once and waits for all.
func together(t *testing.T, c *Client, n int, r Request) {
	t.Helper()
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			if _, err := values(t.Context(), c, r); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func TestLimitsAreNeverExceeded(t *testing.T) {
	tests := []struct {
		name     string
		limit    throttle.Limit
		cost     int
		rate     float64
		requests int
		interval time.Duration
		most     int           // arrivals in any interval
		within   time.Duration // for all: the limit is used, not only kept
	}{
		{"call record list", limit(15, 20*time.Second), 0, 1, 100, 20 * time.Second, 15, 123 * time.Second},
		{"further pages", limit(55, 5*time.Minute), 0, 1, 200, 5 * time.Minute, 55, 18*time.Minute + 22*time.Second},
		{"call records", limit(1500, 20*time.Second), 0, 1, 1600, 20 * time.Second, 1500, 22 * time.Second},
		{"units", limit(3500, 10*time.Second), 3, 1, 1300, 10 * time.Second, 3500 / 3, 16 * time.Second},
		{"one a second", limit(1, time.Second), 0, 1, 20, time.Second, 1, 20 * time.Second},
		{"a prime", limit(13, time.Second), 0, 1, 60, time.Second, 13, 5 * time.Second},
		{"half the rate", limit(15, 20*time.Second), 0, 0.5, 40, 20 * time.Second, 7, 121 * time.Second},
		{"a tenth of the rate", limit(4, 10*time.Second), 0, 0.1, 4, 25 * time.Second, 1, 77 * time.Second},
		{"a hundred times the rate", limit(15, 20*time.Second), 0, 100, 150, 20 * time.Second / 100, 15, 2 * time.Second},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			graph := &arrivals{takes: 30 * time.Millisecond}
			onClock(t, Options{Rate: test.rate, Concurrency: 100}, graph.ServeHTTP, func(t *testing.T, c *Client) {
				r := users
				r.Budget = throttle.Budget{Name: "family", First: test.limit, Cost: test.cost}
				wait := took(func() { together(t, c, test.requests, r) })
				if most := crowd(graph.times["/v1.0/users"], test.interval); most > test.most {
					t.Errorf("%d requests within %v, want at most %d", most, test.interval, test.most)
				}
				if wait > test.within {
					t.Errorf("took %v, want at most %v", wait, test.within)
				}
			})
		})
	}
}

func TestFamiliesAndPagesHaveTheirOwnLimits(t *testing.T) {
	graph := &arrivals{}
	onClock(t, Options{}, graph.ServeHTTP, func(t *testing.T, c *Client) {
		list := throttle.Budget{Name: "list", First: limit(1, time.Minute), Next: limit(1, time.Minute)}
		wait := took(func() {
			for _, b := range []throttle.Budget{list, {Name: "other", First: limit(1, time.Minute)}, {}} {
				r := users
				r.Budget = b
				together(t, c, 1, r)
			}
			r := users
			r.Budget = list
			for range c.Follow(t.Context(), r, endpoint+"/v1.0/users?p=2") {
			}
		})
		if wait != 0 {
			t.Errorf("took %v, want no wait between families, nor between first and further pages", wait)
		}
	})
}

func TestOneResourceDoesNotHoldUpItsFamily(t *testing.T) {
	graph := &arrivals{}
	budget := throttle.Budget{Name: "records", First: limit(100, time.Second), Resource: limit(2, time.Minute)}
	onClock(t, Options{}, graph.ServeHTTP, func(t *testing.T, c *Client) {
		ask := func(id string) Request {
			return Request{Version: "v1.0", Path: "/records/" + id, Budget: budget, Resource: id}
		}
		go together(t, c, 6, ask("huge"))
		time.Sleep(time.Second)
		if wait := took(func() {
			for i := range 20 {
				together(t, c, 1, ask(strconv.Itoa(i)))
			}
		}); wait > 2*time.Second {
			t.Errorf("the others took %v", wait)
		}
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		huge := graph.times["/v1.0/records/huge"]
		if most := crowd(huge, time.Minute); most != 2 || len(huge) != 6 {
			t.Errorf("%d of %d requests for one resource within a minute, want 2 of 6", most, len(huge))
		}
	})
}

func TestConcurrencyIsBounded(t *testing.T) {
	graph := &arrivals{takes: time.Second}
	onClock(t, Options{Concurrency: 3}, graph.ServeHTTP, func(t *testing.T, c *Client) {
		wait := took(func() { together(t, c, 12, users) })
		if graph.most != 3 || wait != 4*time.Second {
			t.Errorf("%d in flight for %v, want 3 for 4s", graph.most, wait)
		}
	})
}

func TestPauseIsTheFamilys(t *testing.T) {
	graph := &arrivals{refuse: map[string]string{"/v1.0/users": "30"}}
	family := throttle.Budget{Name: "family", First: limit(1000, time.Second)}
	onClock(t, Options{}, graph.ServeHTTP, func(t *testing.T, c *Client) {
		start := time.Now()
		r := users
		r.Budget = family
		together(t, c, 1, Request{Version: "v1.0", Path: "/before", Budget: family})
		var wg sync.WaitGroup
		wg.Go(func() { together(t, c, 1, r) })
		time.Sleep(time.Second)
		for i := range 10 {
			wg.Go(func() { together(t, c, 1, Request{Version: "v1.0", Path: fmt.Sprint("/late/", i), Budget: family}) })
		}
		together(t, c, 1, Request{Version: "v1.0", Path: "/other"})
		if wait := time.Since(start); wait != time.Second {
			t.Errorf("another family waited until %v", wait)
		}
		wg.Wait()
		for path, times := range graph.times {
			if wait := times[0].Sub(start); strings.HasPrefix(path, "/v1.0/late/") && wait < 30*time.Second {
				t.Errorf("%s went out after %v, in the pause of 30s", path, wait)
			}
		}
		if n := len(graph.times["/v1.0/users"]); n != 2 {
			t.Errorf("the throttled one was sent %d times, want 2", n)
		}
	})
}

// Clients that are given the same budgets are one to Graph's limits: where one was told to wait, the other does.
func TestClientsWithTheSameBudgets(t *testing.T) {
	for _, shared := range []bool{true, false} {
		graph := &arrivals{refuse: map[string]string{"/v1.0/users": "30"}}
		b := NewBudgets(1, 0)
		onClock(t, Options{Budgets: b}, graph.ServeHTTP, func(t *testing.T, c *Client) {
			o := Options{Endpoint: c.endpoint.String(), Token: StaticToken{Secret: "t"}, Transport: c.transport}
			if shared {
				o.Budgets = b
			}
			other, err := New(o)
			if err != nil {
				t.Fatal(err)
			}
			family := throttle.Budget{Name: "family", First: limit(1000, time.Second)}
			r := users
			r.Budget = family
			var wg sync.WaitGroup
			wg.Go(func() { together(t, c, 1, r) })
			synctest.Wait()
			wait := took(func() { together(t, other, 1, Request{Version: "v1.0", Path: "/other", Budget: family}) })
			if shared != (wait >= 30*time.Second) {
				t.Errorf("the same budgets: %v; the other waited %v", shared, wait)
			}
			wg.Wait()
		})
	}
}

func TestPauseHoldsWhoWaitsForASlot(t *testing.T) {
	graph := &arrivals{takes: time.Second, refuse: map[string]string{"/v1.0/users": "30"}}
	onClock(t, Options{Concurrency: 1}, graph.ServeHTTP, func(t *testing.T, c *Client) {
		var wg sync.WaitGroup
		wg.Go(func() { together(t, c, 1, users) })
		synctest.Wait()
		if wait := took(func() { together(t, c, 1, Request{Version: "v1.0", Path: "/late"}) }); wait < 31*time.Second {
			t.Errorf("sent and answered after %v, want a pause of 30s", wait)
		}
		wg.Wait()
	})
}

func TestPauseOfAResource(t *testing.T) {
	budget := throttle.Budget{Name: "records", First: limit(1000, time.Second), Resource: limit(100, time.Second)}
	ask := func(id string) Request {
		return Request{Version: "v1.0", Path: "/records/" + id, Budget: budget, Resource: id}
	}
	tests := []struct {
		name   string
		refuse map[string]string
		wait   time.Duration // of a third resource
	}{
		{"one alone is the resource's", map[string]string{"/v1.0/records/a": "30"}, 0},
		{"two are the family's", map[string]string{"/v1.0/records/a": "30", "/v1.0/records/b": "30"}, 30 * time.Second},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			graph := &arrivals{refuse: test.refuse}
			onClock(t, Options{}, graph.ServeHTTP, func(t *testing.T, c *Client) {
				start := time.Now()
				var wg sync.WaitGroup
				for _, id := range []string{"a", "b"} {
					wg.Go(func() { together(t, c, 1, ask(id)) })
				}
				synctest.Wait()
				if wait := took(func() { together(t, c, 1, ask("c")) }); wait.Round(time.Second) != test.wait {
					t.Errorf("a third resource waited %v, want %v", wait, test.wait)
				}
				together(t, c, 1, ask("a"))
				if wait := time.Since(start); wait < 30*time.Second {
					t.Errorf("the paused resource was asked again after %v", wait)
				}
				wg.Wait()
			})
		})
	}
}

func TestIdleResourcesAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &budget{new(Client), NewBudgets(1, 1)}
		ask := func(i int) *admission {
			return b.admission(&call{resource: strconv.Itoa(i), budget: throttle.Budget{Resource: limit(1, time.Second)}})
		}
		first := ask(0)
		first.record(time.Now())
		for i := range 20_000 {
			v := ask(i)
			v.record(time.Now())
			b.release(v)
			time.Sleep(time.Millisecond)
		}
		if len(b.resources) > 3000 {
			t.Errorf("%d resources are kept, want those of the last second and some", len(b.resources))
		}
		if ask(0).resource != first.resource {
			t.Error("a resource was forgotten while a request used it")
		}
	})
}
