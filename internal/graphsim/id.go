package graphsim

import (
	"encoding/binary"
	"encoding/hex"
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
