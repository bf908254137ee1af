package main

import (
	"testing"
	"time"

	"graphlake/internal/trial/command"
)

// By hand: two requests for each of 100,000 records at 75 a second. The list alone would take 1,667 pages at
// 0.75 + 0.1833 a second, half an hour.
func TestBound(t *testing.T) {
	b := bound(100_000)
	if want := 2666 * time.Second; b.least().Truncate(time.Second) != want || b.name != "the limit of call records" {
		t.Errorf("%s need %v, want %v", b.name, b.least(), want)
	}
}

func TestJudge(t *testing.T) {
	// 750 records take 20 seconds at the published limits, 2 at ten times their speed.
	for _, c := range []struct {
		name      string
		records   int64
		wall      time.Duration
		requests  int64
		throttled int64
		most      float64
		good      bool
	}{
		{"in time", 750, 2190 * time.Millisecond, 2000, 9, 1.10, true},
		{"too slow", 750, 2210 * time.Millisecond, 2000, 0, 1.10, false},
		{"as slow as it likes", 750, 2210 * time.Millisecond, 2000, 0, 0, true},
		{"throttled too often", 750, 2100 * time.Millisecond, 2000, 10, 1.10, false},
		{"nothing read", 0, time.Second, 2000, 0, 1.10, false},
		{"requests that nobody counted", 750, 2100 * time.Millisecond, 1999, 0, 1.10, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := command.Result{Counts: command.Counts{Records: c.records, Requests: 1999}, Wall: c.wall} // and one for the time
			if err := judge(r, command.Asked{Requests: c.requests, Throttled: c.throttled}, 10, c.most); (err == nil) != c.good {
				t.Errorf("judged %v", err)
			}
		})
	}
}
