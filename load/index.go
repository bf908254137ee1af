package load

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"iter"
)

// index knows of every record the copy that stays: about seventy bytes a record, however large it is
// and however often it came.
type index struct {
	blocks [][]entry // of blockEntries each, so that none is copied when more come
	count  int
	slots  []int32 // of identities, open addressing: the number of an entry and 1, or 0; at most half of them are taken
}

const blockEntries = 4096

func (x *index) at(i int32) *entry { return &x.blocks[i/blockEntries][i%blockEntries] }

// all are the entries, which may be changed but for their identities.
func (x *index) all() iter.Seq[*entry] {
	return func(yield func(*entry) bool) {
		for _, b := range x.blocks {
			for i := range b {
				if !yield(&b[i]) {
					return
				}
			}
		}
	}
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
func (r rank) compare(other rank) int {
	return cmp.Or(cmp.Compare(r.version, other.version), bytes.Compare(r.hash[:], other.hash[:]), cmp.Compare(other.day, r.day))
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
	if 2*x.count >= len(x.slots) {
		x.grow()
	}
	slot := x.slot(e.id)
	if x.slots[slot] == 0 {
		switch {
		case x.count == 0:
			x.blocks = make([][]entry, 1) // which grows: most indexes are small
		case x.count%blockEntries == 0:
			x.blocks = append(x.blocks, make([]entry, 0, blockEntries))
		}
		last := &x.blocks[len(x.blocks)-1]
		*last = append(*last, e)
		x.count++
		x.slots[slot] = int32(x.count)
		return entry{}, false
	}
	best := x.at(x.slots[slot] - 1)
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
		return x.at(at - 1)
	}
	return nil
}

// slot is where an identity is, or may be put. Identities are evenly spread.
func (x *index) slot(id identity) int {
	mask := len(x.slots) - 1
	slot := int(binary.LittleEndian.Uint64(id[:])) & mask
	for at := x.slots[slot]; at > 0 && x.at(at-1).id != id; at = x.slots[slot] {
		slot = (slot + 1) & mask
	}
	return slot
}

func (x *index) grow() {
	x.slots = make([]int32, max(256, 2*len(x.slots)))
	n := int32(0)
	for e := range x.all() {
		n++
		x.slots[x.slot(e.id)] = n
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
