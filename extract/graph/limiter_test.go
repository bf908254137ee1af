package graph

import (
	"math/rand/v2"
	"testing"
	"time"

	"graphlake/schemas/throttle"
)

func TestDivide(t *testing.T) {
	for _, c := range []struct {
		name  string
		limit throttle.Limit
		rate  float64
		want  throttle.Limit
	}{
		{"call records", limit(1500, 20*time.Second), 1, limit(10, 20*time.Second/150)},
		{"on a clock 20 times as fast", limit(1500, 20*time.Second), 20, limit(150, 2*time.Second)},
		{"on a clock 50 times as fast", limit(1500, 20*time.Second), 50, limit(375, 5*time.Second)},
		{"far too fast to divide", limit(1500, 20*time.Second), 1e9, limit(1500, 20*time.Second)},
		{"on a slow clock", limit(1500, 20*time.Second), 1. / (1 << 60), limit(10, 20*time.Second/150)},
		{"units of the directory", limit(3500, 10*time.Second), 1, limit(35, 100*time.Millisecond)},
		{"too few", limit(15, 20*time.Second), 1, limit(15, 20*time.Second)},
		{"a prime", limit(1499, 20*time.Second), 1, limit(1499, 20*time.Second)},
		{"none", throttle.Limit{}, 1, throttle.Limit{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := divide(c.limit, c.rate); got != c.want {
				t.Errorf("divided into %v, want %v", got, c.want)
			}
		})
	}
}

// A machine that wakes up late loses nothing: what it was late by in one interval the next one is shorter.
func TestLatenessIsMadeUpFor(t *testing.T) {
	l := newLimiter(limit(1500, 20*time.Second), 10)
	now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	start := now
	for range 15_000 {
		if d := l.delay(now, 1, 10); d > 0 {
			now = now.Add(d + 10*time.Millisecond)
		}
		l.record(now, 1, 10)
	}
	// 200 intervals of 75 requests in a tenth of a second and its slack, of which the first waits for nothing.
	if took, want := now.Sub(start), 199*102*time.Millisecond+10*time.Millisecond; took > want {
		t.Errorf("took %v, want %v", took, want)
	}
}

// However late requests leave, and after whatever idle time, no interval of Graph's has more than the limit.
func FuzzLateness(f *testing.F) {
	f.Add(uint64(1), uint16(14), uint8(1), uint16(20))
	f.Add(uint64(2), uint16(1499), uint8(10), uint16(5))
	f.Add(uint64(3), uint16(54), uint8(3), uint16(4000))
	f.Fuzz(func(t *testing.T, seed uint64, requests uint16, rate uint8, most uint16) {
		limit := limit(1+int(requests)%2000, 20*time.Second)
		factor := 1 + float64(rate)
		l := newLimiter(limit, factor)
		random := rand.New(rand.NewPCG(seed, 0))
		now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
		var left []time.Time
		for range 3 * limit.Requests {
			late := time.Duration(0)
			if random.IntN(10) == 0 {
				late = time.Duration(random.Int64N(1+int64(most))) * time.Millisecond
			}
			now = now.Add(max(0, l.delay(now, 1, factor)) + late)
			l.record(now, 1, factor)
			left = append(left, now)
			if i := len(left) - 1 - limit.Requests; i >= 0 && float64(now.Sub(left[i])) < float64(limit.Per)/factor {
				t.Fatalf("%d requests within %v", limit.Requests+1, now.Sub(left[i]))
			}
		}
	})
}
