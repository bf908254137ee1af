package graphsim

import (
	"encoding/binary"
	"encoding/hex"
	"math/bits"
)

// A guid is an identifier as Graph writes it, in lower case with hyphens.
type guid [16]byte

// Kinds of things that have an id from which their number can be read back.
const (
	callIDs uint64 = iota + 1
	userIDs
	otherIDs
	groupIDs
)

const numberBits = 48

// id hides a number of up to 48 bits in a GUID: Graph's ids say nothing, and the tenant stores none.
func (t *Tenant) id(kind, number uint64) guid {
	var g guid
	check := seeded(t.seed, kind, number)
	binary.BigEndian.PutUint64(g[8:], check.next())
	binary.BigEndian.PutUint16(g[6:], uint16(check.next()))
	g[6], g[8] = g[6]&0x0f|0x40, g[8]&0x3f|0x80 // version 4 of RFC 9562
	hidden := number ^ t.mask(kind, g)
	binary.BigEndian.PutUint16(g[0:], uint16(hidden>>32))
	binary.BigEndian.PutUint32(g[2:], uint32(hidden))
	return g
}

// number reads back what id hid. It is false for an id that this tenant never gave.
func (t *Tenant) number(kind uint64, text string) (uint64, bool) {
	g, ok := parseGUID(text)
	if !ok {
		return 0, false
	}
	hidden := uint64(binary.BigEndian.Uint16(g[0:]))<<32 | uint64(binary.BigEndian.Uint32(g[2:]))
	number := hidden ^ t.mask(kind, g)
	return number, t.id(kind, number) == g
}

func (t *Tenant) mask(kind uint64, g guid) uint64 {
	s := seeded(t.seed, kind, binary.BigEndian.Uint64(g[8:]), uint64(binary.BigEndian.Uint16(g[6:])))
	return s.next() >> (64 - numberBits)
}

// drawGUID draws an id that nobody asks by.
func drawGUID(s *source) guid {
	var g guid
	binary.BigEndian.PutUint64(g[:8], s.next())
	binary.BigEndian.PutUint64(g[8:], s.next())
	g[6], g[8] = g[6]&0x0f|0x40, g[8]&0x3f|0x80
	return g
}

func (g guid) String() string { return string(g.append(nil)) }

func (g guid) append(b []byte) []byte {
	for i, part := range [][]byte{g[0:4], g[4:6], g[6:8], g[8:10], g[10:16]} {
		if i > 0 {
			b = append(b, '-')
		}
		b = hex.AppendEncode(b, part)
	}
	return b
}

func parseGUID(text string) (g guid, ok bool) {
	if len(text) != 36 || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-' {
		return g, false
	}
	digits := text[:8] + text[9:13] + text[14:18] + text[19:23] + text[24:]
	_, err := hex.Decode(g[:], []byte(digits))
	return g, err == nil
}

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
