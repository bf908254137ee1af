package main

import (
	"math"
	"testing"
	"time"

	"graphlake/engine/temporal/internal/tenants"
)

func TestSlope(t *testing.T) {
	for _, c := range []struct {
		name string
		xs   []float64
		ys   []float64
		want float64
	}{
		{"each worker does what the first does", []float64{1, 2, 4}, []float64{100, 200, 400}, 1},
		{"each further one half of it", []float64{1, 2, 4}, []float64{100, 150, 250}, 0.5},
		{"none does anything", []float64{1, 2, 4}, []float64{100, 100, 100}, 0},
		{"from two on", []float64{2, 4}, []float64{200, 360}, 0.8},
		{"one point", []float64{3}, []float64{100}, 1},
	} {
		if got := slopeOf(c.xs, c.ys); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestMiddle(t *testing.T) {
	if got := middle([]night{{wall: 3 * time.Second}, {wall: time.Second}, {wall: 2 * time.Second}}); got.wall != 2*time.Second {
		t.Errorf("the middle one took %v", got.wall)
	}
	if got := spreadOf([]int64{1, 9, 2}); got != (spread{median: 2, most: 9, mean: 4}) {
		t.Errorf("%+v", got)
	}
}

func TestWorkers(t *testing.T) {
	for _, c := range []struct {
		workers string
		ok      bool
	}{{"1,2,4", true}, {"3", true}, {"", false}, {"2,1", false}, {"0,1", false}, {"1,2,x", false}} {
		r := trial{tenants: 1, places: 1, repeat: 1}
		if err := r.of(c.workers); (err == nil) != c.ok {
			t.Errorf("-workers %q: %v", c.workers, err)
		}
	}
}

func TestJudge(t *testing.T) {
	two := func(seconds float64, busy float64) []night {
		return []night{{tenants: 10, workers: 1, wall: 100 * time.Second}, {tenants: 10, workers: 2, wall: time.Duration(seconds * 1e9), busy: busy}}
	}
	for _, c := range []struct {
		name   string
		nights []night
		ok     bool
	}{
		{"good", two(50, 0.5), true}, {"slow", two(80, 0.5), false}, {"no CPU left", two(50, 0.95), false}, {"one number", two(50, 0.99)[:1], true},
	} {
		if err := (trial{slope: 0.8, workers: []int{1, 2}}).judge(c.nights); (err == nil) != c.ok {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestSizes(t *testing.T) {
	of := map[int]int{}
	for i := range 300 {
		of[users(i)]++
	}
	if len(of) != 4 || of[usersOf[0]] < 150 || of[usersOf[3]] < 1 || of[usersOf[3]] > 10 {
		t.Errorf("tenants by users: %v", of)
	}
}

func TestAtOnce(t *testing.T) {
	at := func(second int) time.Time { return now.Add(time.Duration(second) * time.Second) }
	asked := func(tenant, worker string, from, to int) tenants.Request {
		return tenants.Request{Asker: tenants.Asker{Tenant: tenant, Worker: worker}, Began: at(from), Ended: at(to)}
	}
	had := held([]tenants.Request{
		asked("a", "1", 0, 1), asked("b", "1", 2, 3), asked("a", "1", 4, 5), asked("c", "1", 5, 6), // a until 5, when c begins
		asked("d", "2", 0, 9),
	})
	if len(had) != 2 || len(had["1"]) != 3 || atOnce(had["1"]) != 2 || atOnce(had["2"]) != 1 {
		t.Errorf("%v", had)
	}
}
