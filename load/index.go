package load

import (
	"bytes"
	"cmp"
	"slices"
)

// index knows the best copy of every record that a spool was given: about sixty bytes a record,
// however large it is and however often it came.
type index struct {
	entries []entry
	sorted  int // so many of them are sorted by identity, one a record
}

// entry is a copy of a record, as far as copies are compared.
type entry struct {
	id    identity
	copy  rank
	held  bool // the lake has this copy already
	given bool // this copy is written already
}

// rank decides between copies of a record: the higher version wins, at equal versions the greater
// hash. A row without a version is below all that have one.
type rank struct {
	version int64
	hash    [16]byte
	day     int32 // that the copy is filed under, in days since 1970
}

func (k rank) compare(other rank) int {
	return cmp.Or(cmp.Compare(k.version, other.version), bytes.Compare(k.hash[:], other.hash[:]))
}

// add notes a copy that was read anew.
func (x *index) add(id identity, k rank) {
	x.entries = append(x.entries, entry{id: id, copy: k})
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

// contend lets a copy that the lake holds contend with what was read anew, which wins at equal
// versions. If one of them has to leave the lake, it gives the day from which.
func (e *entry) contend(held rank) (day int32, leaves bool) {
	switch {
	case e.copy == held:
		e.held = true
		return 0, false
	case held.version > e.copy.version:
		day, leaves = e.copy.day, e.held
		e.copy, e.held = held, true
		return day, leaves
	}
	return held.day, true
}
