package load

import (
	"bytes"
	"cmp"
	"encoding/binary"
)

// index knows of every record the copy that stays: about seventy bytes a record, however large it is
// and however often it came.
type index struct {
	entries []entry
	slots   []int32 // of identities, open addressing: a place in entries and 1, or 0; at most half of them are taken
}

// entry is a record by its best copy, as far as copies are compared.
type entry struct {
	id      identity
	copy    rank
	claim   claim
	held    bool // the lake has this copy already
	given   bool // this copy is written already
	known   bool // the lake has a copy on a day of the range
	outside bool // the copy that was read happened outside of the range
	ignored bool // it is as if nothing had been read of the record
}

// rank is a copy of a record. The higher version wins; a row without a version is below all that have
// one.
type rank struct {
	version int64
	hash    [16]byte
	day     int32 // of the partition, in days since 1970
}

// compare orders copies that were read: at equal versions the greater hash wins.
func (k rank) compare(other rank) int {
	return cmp.Or(cmp.Compare(k.version, other.version), bytes.Compare(k.hash[:], other.hash[:]), cmp.Compare(other.day, k.day))
}

// claim decides between copies of equal versions.
type claim uint8

const (
	removed claim = iota // the lake's, marked as removed
	missing              // the lake's of the range, which was not read
	live                 // another of the lake's
	fresh                // read anew
)

// add notes a copy, and gives the one that does not stay, if there was another of the record.
func (x *index) add(e entry) (lesser entry, twice bool) {
	if 2*len(x.entries) >= len(x.slots) {
		x.grow()
	}
	slot := x.slot(e.id)
	if x.slots[slot] == 0 {
		x.entries = append(x.entries, e)
		x.slots[slot] = int32(len(x.entries))
		return entry{}, false
	}
	best := &x.entries[x.slots[slot]-1]
	if e.copy.compare(best.copy) > 0 {
		e, *best = *best, e
	}
	return e, true
}

// put notes what stays of a record, whatever stayed before.
func (x *index) put(e entry) {
	if known := x.find(e.id); known != nil {
		*known = e
		return
	}
	x.add(e)
}

// find gives a record's entry, or nil. It is valid until the next add.
func (x *index) find(id identity) *entry {
	if len(x.slots) == 0 {
		return nil
	}
	if at := x.slots[x.slot(id)]; at > 0 {
		return &x.entries[at-1]
	}
	return nil
}

// slot is where an identity is, or may be put. Identities are evenly spread.
func (x *index) slot(id identity) int {
	mask := len(x.slots) - 1
	slot := int(binary.LittleEndian.Uint64(id[:])) & mask
	for at := x.slots[slot]; at > 0 && x.entries[at-1].id != id; at = x.slots[slot] {
		slot = (slot + 1) & mask
	}
	return slot
}

func (x *index) grow() {
	x.slots = make([]int32, max(1024, 2*len(x.slots)))
	for i, e := range x.entries {
		x.slots[x.slot(e.id)] = int32(i + 1)
	}
}

// contend lets a copy that the lake holds contend with the best so far. If one of the two has to leave
// the lake, it gives the day from which; two copies that are the same are one too many.
func (e *entry) contend(held rank, by claim) (day int32, leaves bool) {
	switch c := cmp.Or(cmp.Compare(held.version, e.copy.version), cmp.Compare(by, e.claim)); {
	case held == e.copy:
		leaves, e.held = e.held, true
		return held.day, leaves
	case c > 0:
		day, leaves = e.copy.day, e.held
		e.copy, e.claim, e.held = held, by, true
		return day, leaves
	}
	return held.day, true
}
