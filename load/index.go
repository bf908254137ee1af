package load

import (
	"bytes"
	"cmp"
	"slices"
)

// index knows of every record the copy that stays: about sixty bytes a record, however large it is
// and however often it came.
type index struct {
	entries []entry
	sorted  int // so many of them are sorted by identity, one a record
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

// add notes a copy that was read anew.
func (x *index) add(e entry) {
	x.entries = append(x.entries, e)
	if len(x.entries) >= 2*x.sorted+4096 {
		x.sort()
	}
}

// sort leaves one entry a record, that of its best copy.
func (x *index) sort() {
	if x.sorted == len(x.entries) {
		return
	}
	slices.SortFunc(x.entries, func(a, b entry) int {
		return cmp.Or(bytes.Compare(a.id[:], b.id[:]), b.copy.compare(a.copy))
	})
	x.entries = slices.CompactFunc(x.entries, func(a, b entry) bool { return a.id == b.id })
	x.sorted = len(x.entries)
}

// find gives a record's entry, or nil. The index has to be sorted.
func (x *index) find(id identity) *entry {
	i, ok := slices.BinarySearchFunc(x.entries, id, func(e entry, id identity) int { return bytes.Compare(e.id[:], id[:]) })
	if !ok {
		return nil
	}
	return &x.entries[i]
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
