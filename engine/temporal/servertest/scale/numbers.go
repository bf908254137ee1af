package main

import (
	"cmp"
	"slices"
	"time"

	"graphlake/engine/temporal/internal/tenants"
)

// slopeOf is by how much ys grow with each further x, as a part of the first y over the first x: the line of least squares. One for
// one is 1. Of one point it is 1.
func slopeOf(xs, ys []float64) float64 {
	if len(xs) < 2 || ys[0] == 0 {
		return 1
	}
	n, x, y, xx, xy := float64(len(xs)), 0., 0., 0., 0.
	for i := range xs {
		x, y, xx, xy = x+xs[i], y+ys[i], xx+xs[i]*xs[i], xy+xs[i]*ys[i]
	}
	return (n*xy - x*y) / (n*xx - x*x) / (ys[0] / xs[0])
}

// middle is the night that took the middle time; of an even number the longer one of the two.
func middle(nights []night) night {
	sorted := slices.SortedFunc(slices.Values(nights), func(a, b night) int { return cmp.Compare(a.wall, b.wall) })
	return sorted[len(sorted)/2]
}

// spread are some quantiles of numbers.
type spread struct {
	median, most int64
	mean         float64
}

func spreadOf(all []int64) (s spread) {
	if len(all) == 0 {
		return s
	}
	sorted := slices.Sorted(slices.Values(all))
	for _, n := range sorted {
		s.mean += float64(n) / float64(len(sorted))
	}
	s.median, s.most = sorted[len(sorted)/2], sorted[len(sorted)-1]
	return s
}

// stretch is from the first to the last request.
type stretch struct{ from, to time.Time }

// held is when each worker asked which tenant, by their names.
func held(asked []tenants.Request) map[string]map[string]stretch {
	by := map[string]map[string]stretch{}
	for _, r := range asked {
		if by[r.Worker] == nil {
			by[r.Worker] = map[string]stretch{}
		}
		s, known := by[r.Worker][r.Tenant]
		if !known || r.Began.Before(s.from) {
			s.from = r.Began
		}
		if r.Ended.After(s.to) {
			s.to = r.Ended
		}
		by[r.Worker][r.Tenant] = s
	}
	return by
}

// atOnce is how many of them there were at most at one instant.
func atOnce(all map[string]stretch) (most int) {
	for _, s := range all {
		n := 0
		for _, o := range all {
			if !o.from.After(s.from) && o.to.After(s.from) {
				n++
			}
		}
		most = max(most, n)
	}
	return most
}
