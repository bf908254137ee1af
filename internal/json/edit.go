package json

import "slices"

// Edit is what is to change in a text: places in the text as it is, and what stands there afterwards. All changes
// are made at once, into one buffer, and all other bytes stay as they are: a number or a time that is written anew
// is no longer what was said.
//
// Changes do not overlap, but for those at one place, which keep the order in which they were noted. What is put is
// not copied before the edit is applied. The zero Edit changes nothing.
type Edit struct {
	changes  []change
	unsorted bool
	before   []before // of each change, if there are many and they are sorted; made when a place is asked for
}

// before is what the changes in front of one do.
type before struct {
	shift int // bytes that a place behind them moves
	at    int // where the last of them ends
}

// many changes are not gone through for each place that is asked for.
const many = 32

// change puts other bytes in the place of [from, to).
type change struct {
	from, to int
	by       []byte
}

// Reset takes all changes back.
func (e *Edit) Reset() { e.changes, e.unsorted, e.before = e.changes[:0], false, nil }

// IsNone reports whether there is nothing to change.
func (e *Edit) IsNone() bool { return len(e.changes) == 0 }

// Cut takes [from, to) out.
func (e *Edit) Cut(from, to int) { e.Replace(from, to) }

// Put puts texts, one after the other, in front of the byte at a place, and behind what was put there before.
func (e *Edit) Put(at int, texts ...[]byte) { e.Replace(at, at, texts...) }

// Replace puts texts, one after the other, in the place of [from, to).
func (e *Edit) Replace(from, to int, texts ...[]byte) {
	if n := len(e.changes); n > 0 && e.changes[n-1].from > from {
		e.unsorted = true
	}
	e.before = nil
	var first []byte
	if len(texts) > 0 {
		first = texts[0]
		texts = texts[1:]
	}
	e.changes = append(e.changes, change{from, to, first})
	for _, t := range texts {
		e.changes = append(e.changes, change{from, to, t})
	}
}

func (e *Edit) sort() {
	if e.unsorted {
		slices.SortStableFunc(e.changes, func(a, b change) int { return a.from - b.from })
		e.unsorted = false
	}
}

// Apply is the text after the changes; the text itself if there are none.
func (e *Edit) Apply(text []byte) []byte {
	if len(e.changes) == 0 {
		return text
	}
	e.sort()
	size, at := len(text), 0
	for _, c := range e.changes {
		size += len(c.by) - max(0, c.to-max(at, c.from))
		at = max(at, c.to)
	}
	return e.Append(make([]byte, 0, size), text)
}

// Add adds the changes of another edit of the text.
func (e *Edit) Add(other *Edit) {
	for _, c := range other.changes {
		e.Replace(c.from, c.to, c.by)
	}
}

// Append appends the text after the changes.
func (e *Edit) Append(dst, text []byte) []byte { return e.AppendPart(dst, text, 0, len(text)) }

// AppendPart appends [from, to) of the text after the changes in it.
func (e *Edit) AppendPart(dst, text []byte, from, to int) []byte {
	e.sort()
	at := from
	first, _ := slices.BinarySearchFunc(e.changes, from, func(c change, from int) int { return c.from - from })
	for _, c := range e.changes[first:] {
		if c.from >= to && to < len(text) {
			break
		}
		if c.from > at {
			dst = append(dst, text[at:c.from]...)
		}
		dst = append(dst, c.by...)
		at = max(at, c.to)
	}
	return append(dst, text[at:to]...)
}

// Moved is where a byte of the text is after the changes, or, if it does not stay, where what stands in its place begins:
// what is put in front of it comes before that.
func (e *Edit) Moved(place int) int { return e.moved(place, true) }

// MovedEnd is where what ends at a place ends after the changes: what is put there comes behind that.
func (e *Edit) MovedEnd(place int) int { return e.moved(place, false) }

// moved is a place after the changes in front of it, and if put is true after what is put at it.
func (e *Edit) moved(place int, put bool) int {
	e.sort()
	moved, at, first := place, 0, 0
	if len(e.changes) > many {
		e.sum()
		first, _ = slices.BinarySearchFunc(e.changes, place, func(c change, place int) int { return c.from - place })
		first = min(first, len(e.changes)-1)
		moved, at = place+e.before[first].shift, e.before[first].at
	}
	for _, c := range e.changes[first:] {
		if c.from > place || c.from == place && (!put || c.to > place) {
			break
		}
		moved += len(c.by) - max(0, c.to-max(at, c.from))
		at = max(at, c.to)
	}
	return moved
}

// sum makes e.before.
func (e *Edit) sum() {
	if e.before != nil {
		return
	}
	e.before = make([]before, len(e.changes))
	shift, at := 0, 0
	for i, c := range e.changes {
		e.before[i] = before{shift, at}
		shift += len(c.by) - max(0, c.to-max(at, c.from))
		at = max(at, c.to)
	}
}

// Move moves values, which are places in the text, to the same values after the changes. One that is replaced becomes
// what stands in its place; its kind stays, and has to be that of both.
func (e *Edit) Move(values []Value) {
	if len(e.changes) == 0 {
		return
	}
	for i := range values {
		v := &values[i]
		if v.Kind == None {
			continue
		}
		from, to := v.Bounds()
		from, to = e.Moved(from), e.MovedEnd(to)
		if v.Start, v.End = from, to; v.Kind == String {
			v.Start, v.End = from+1, to-1
		}
	}
}
