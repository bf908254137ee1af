package graphsim

import "math/bits"

// A source draws the values of one thing in the tenant. Two sources with the same seed draw the same.
type source uint64

// seeded makes the source of the thing that the parts name.
func seeded(parts ...uint64) source {
	h := uint64(0x5851f42d4c957f2d)
	for _, p := range parts {
		h = mix(h ^ mix(p+0x9e3779b97f4a7c15))
	}
	return source(h)
}

// mix is the finalizer of SplitMix64: every bit of the result depends on every bit of v.
func mix(v uint64) uint64 {
	v = (v ^ v>>30) * 0xbf58476d1ce4e5b9
	v = (v ^ v>>27) * 0x94d049bb133111eb
	return v ^ v>>31
}

func (s *source) next() uint64 {
	*s += 0x9e3779b97f4a7c15
	return mix(uint64(*s))
}

// below draws from [0, n).
func (s *source) below(n int) int {
	high, _ := bits.Mul64(s.next(), uint64(n))
	return int(high)
}

// between draws from [low, high].
func (s *source) between(low, high int) int { return low + s.below(high-low+1) }

// unit draws from [0, 1).
func (s *source) unit() float64 { return float64(s.next()>>11) / (1 << 53) }

// chance is true in p of all draws.
func (s *source) chance(p float64) bool { return s.unit() < p }

// pick draws one of the list; what shall be drawn more often stands in it more than once.
func pick[T any](s *source, list []T) T { return list[s.below(len(list))] }
