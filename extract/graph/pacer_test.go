package graph

import (
	"testing"
	"time"

	"graphlake/schemas/throttle"
)

func TestPaceFallsAndRises(t *testing.T) {
	graph := &arrivals{refuse: map[string]string{"/v1.0/users": "10"}}
	onClock(t, Options{Concurrency: 1}, graph.ServeHTTP, func(t *testing.T, c *Client) {
		r := users
		r.Budget = throttle.Budget{Name: "family", First: limit(100, 10*time.Second)}
		together(t, c, 1, r)
		before := took(func() { together(t, c, 20, r) })
		after := took(func() { together(t, c, 100, r); time.Sleep(2 * time.Second) })
		full := took(func() { together(t, c, 10, r) })
		if before < 2900*time.Millisecond || after < 10*time.Second || full != 0 {
			t.Errorf("20 requests took %v after a 429, 10 took %v after 100 good answers; want at least 2.9s, then 0", before, full)
		}
	})
}

// After one complaint the pace is back as soon as about half of an interval's requests were answered well.
func TestPaceRisesByTheLimit(t *testing.T) {
	for _, c := range []struct {
		limit   throttle.Limit
		answers int
	}{
		{limit(15, 20*time.Second), 8},    // list of call records
		{limit(1500, 20*time.Second), 32}, // call records
		{limit(1, time.Second), 4},
		{throttle.Limit{}, 32},
	} {
		p := newPacer(c.limit, throttle.Limit{}, 1)
		p.slowDown(time.Now(), 0)
		n := 0
		for ; p.pace < 1; n++ {
			p.speedUp(&call{})
		}
		if n != c.answers {
			t.Errorf("%v: the pace was back after %d answers, want %d", c.limit, n, c.answers)
		}
	}
}
