package graphsim

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestWindow(t *testing.T) {
	w := window{limit: 3, length: 10 * time.Second}
	for _, step := range []struct {
		at   time.Duration
		cost int
		want time.Duration
	}{
		{0, 1, 0},
		{4 * time.Second, 2, 0},
		{4 * time.Second, 1, 6 * time.Second},
		{9 * time.Second, 2, 5 * time.Second}, // both units of the fourth second must go
		{10*time.Second - 1, 1, 1},
		{10 * time.Second, 1, 0},
		{10 * time.Second, 3, 10 * time.Second},
		{14 * time.Second, 2, 0},
		{20 * time.Second, 1, 0},
		{40 * time.Second, 3, 0},
	} {
		got := w.wait(step.at, step.cost)
		if got != step.want {
			t.Errorf("after %v %d units wait %v, want %v", step.at, step.cost, got, step.want)
		}
		if got == 0 {
			w.pass(step.at, step.cost)
		}
	}
	if w.empty(50*time.Second-1) || !w.empty(50*time.Second) {
		t.Error("what was let through last does not count for exactly the window's length")
	}
}

// Whoever asks as soon as allowed gets exactly the limit through in every stretch, and never more,
// whatever the stretch begins with.
func TestWindowNeverLetsMoreThrough(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := window{limit: 20, length: time.Second}
		s, began := seeded(3), time.Now()
		var passed []passage
		most := 0
		for len(passed) < 2000 {
			now, cost := time.Since(began), s.between(1, 4)
			if wait := w.wait(now, cost); wait > 0 {
				if w.wait(now+wait-1, cost) == 0 {
					t.Fatalf("%d units fit before the %v that they were told to wait", cost, wait)
				}
				time.Sleep(wait)
				now += wait
			}
			if w.wait(now, cost) > 0 {
				t.Fatalf("%d units do not fit after the time that they were told to wait", cost)
			}
			w.pass(now, cost)
			passed = append(passed, passage{now, cost})
			time.Sleep(time.Duration(s.below(60)) * time.Millisecond)
		}
		for i, first := range passed {
			sum := 0
			for _, p := range passed[i:] {
				if p.at-first.at >= time.Second {
					break
				}
				sum += p.cost
			}
			most = max(most, sum)
		}
		if most != 20 {
			t.Errorf("up to %d units passed in a second, want 20", most)
		}
	})
}
