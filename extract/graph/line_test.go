package graph

import (
	"testing"
	"time"
)

func TestSpread(t *testing.T) {
	for _, c := range []struct {
		name  string
		limit Limit
		rate  float64
		want  Limit
	}{
		{"call records", Limit{1500, 20 * time.Second}, 1, Limit{10, 20 * time.Second / 150}},
		{"on a clock 20 times as fast", Limit{1500, 20 * time.Second}, 20, Limit{150, 2 * time.Second}},
		{"on a clock 50 times as fast", Limit{1500, 20 * time.Second}, 50, Limit{375, 5 * time.Second}},
		{"far too fast to divide", Limit{1500, 20 * time.Second}, 1e9, Limit{1500, 20 * time.Second}},
		{"on a slow clock", Limit{1500, 20 * time.Second}, 1. / (1 << 60), Limit{10, 20 * time.Second / 150}},
		{"units of the directory", Limit{3500, 10 * time.Second}, 1, Limit{35, 100 * time.Millisecond}},
		{"too few", Limit{15, 20 * time.Second}, 1, Limit{15, 20 * time.Second}},
		{"a prime", Limit{1499, 20 * time.Second}, 1, Limit{1499, 20 * time.Second}},
		{"none", Limit{}, 1, Limit{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.limit.spread(c.rate); got != c.want {
				t.Errorf("spread over %v, want %v", got, c.want)
			}
		})
	}
}
