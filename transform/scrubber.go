package transform

import (
	"errors"

	"graphlake/internal/json"
	"graphlake/schemas"
)

// A Scrubber makes of records what a lake may hold of them. It belongs to one goroutine.
//
// Bodies are kept as far as [Privacy.Content] says, and counted. With a key, strings and numbers
// where a column is personal become pseudonyms, and members that no column reads are left out, but
// for "@odata.type" and "@removed"; of a value that no column can read only the kind remains, so that
// it is still found at fault. All else stays as Graph sent it, byte by byte.
type Scrubber struct {
	privacy Privacy
	root    *spot // nil: records stay as they are
	hider   *hider
	outer   fate // of what no column reads

	scan    json.Scanner
	record  []byte
	out     []byte // the record up to copied
	copied  int
	scratch []byte

	bodies bodies
}

// fate is what becomes of a value.
type fate uint8

const (
	keep fate = iota // as it is
	hide             // a pseudonym in its place
	drop             // left out; where something has to stand, nothing but its kind
)

// NewScrubber makes the scrubber of a dataset's records.
func NewScrubber(d schemas.Dataset, p Privacy) (*Scrubber, error) {
	s := &Scrubber{privacy: p}
	if len(p.Key) == 0 && len(d.Bodies) == 0 {
		return s, nil
	}
	if len(p.Key) > 0 {
		s.outer, s.hider = drop, newHider(p.Key)
	}
	var err error
	s.root, err = spots(d, p)
	return s, err
}

// Scrub is what the lake may hold of a record, valid until the next call. A record that is no JSON
// object is replaced by one that says so, unless the lake keeps everything.
func (s *Scrubber) Scrub(record []byte) []byte {
	if s.root == nil {
		return record
	}
	s.record, s.out, s.copied = record, s.out[:0], 0
	s.bodies.reset()
	s.scan.Reset(record)
	err := errNoObject
	if s.scan.Kind() == json.Object {
		err = s.object(s.root, s.outer, true)
	}
	if err == nil {
		err = s.scan.End()
	}
	if err != nil {
		return s.unreadable()
	}
	s.copyTo(len(record))
	return s.out
}

var errNoObject = errors.New("no object")

// value scrubs the value in front, with the fate of what no column reads there.
func (s *Scrubber) value(at *spot, f fate) error {
	if at == nil && f == keep {
		_, err := s.scan.Value()
		return err
	}
	kind := s.scan.Kind()
	if at != nil && at.body != noBody {
		return s.body(at.body, kind)
	}
	if at != nil && at.leads && !at.enters(kind) && s.privacy.Content != schemas.FullContent {
		at, f = nil, drop // a body may be in it, where nobody looks for one
	}
	own, inner := at.fates(f)
	switch kind {
	case json.Object:
		if at != nil && at.item != "" {
			s.bodies.item(s.scan, at.item)
			inner = s.itemFate(inner)
		}
		return s.object(at, inner, false)
	case json.Array:
		return s.array(at, inner)
	}
	v, err := s.scan.Read(kind)
	if err != nil {
		return err
	}
	if own == keep && f != keep && !s.readable(at.types, v) {
		own = f
	}
	if own == hide && v.Kind == json.Number && at != nil && len(at.types) > 0 && !s.readable(at.types, v) {
		own = drop // a pseudonym would be text, which the column can read
	}
	if own != keep {
		s.scalar(v, own)
	}
	return nil
}

// readable reports whether a string or number is a value of one of the types.
func (s *Scrubber) readable(types []schemas.Type, v json.Value) bool {
	for _, t := range types {
		switch {
		case t == schemas.JSON || t == schemas.Hash:
			return true
		case v.Kind == json.Number:
			if wants(t) == json.Number {
				return true
			}
		case isText(t) || t == schemas.Zone:
			return true
		case v.Kind == json.String:
			if _, reason := fromText(t, s.text(v)); reason == "" {
				return true
			}
		}
	}
	return false
}

// text is the text of a string, valid until the next call.
func (s *Scrubber) text(v json.Value) []byte {
	text := s.scan.Text(v)
	if !v.Plain {
		s.scratch = json.AppendString(s.scratch[:0], text)
		text = s.scratch
	}
	return text
}

// itemFate is what becomes of what is in an item body besides its content.
func (s *Scrubber) itemFate(outer fate) fate {
	if s.privacy.Content == schemas.FullContent {
		return outer
	}
	return drop
}

// fates are what becomes of a value at the spot that is no object and no array, and of what is in one.
func (s *spot) fates(outer fate) (own, inner fate) {
	switch {
	case s == nil:
		return outer, outer
	case s.personal && s.whole:
		return hide, hide
	case s.personal:
		return hide, outer
	case s.whole:
		return keep, keep
	case len(s.types) > 0:
		return keep, outer
	}
	return outer, outer
}

// unfit is a text that no type reads but those of text, which keep theirs: what stood there fits no better.
const unfit = "?"

// scalar replaces a value that is not kept. Null, true and false say nothing about who somebody is.
func (s *Scrubber) scalar(v json.Value, f fate) {
	switch {
	case v.Kind == json.String && v.Start == v.End:
	case v.Kind == json.String && f == hide:
		s.copyTo(v.Start)
		s.out = s.hider.appendPseudonym(s.out, s.text(v))
		s.copied = v.End
	case v.Kind == json.String:
		s.replace(v.Start, v.End, unfit)
	case v.Kind == json.Number && f == hide:
		s.copyTo(v.Start)
		s.out = append(s.hider.appendPseudonym(append(s.out, '"'), s.scan.Text(v)), '"')
		s.copied = v.End
	case v.Kind == json.Number:
		s.replace(v.Start, v.End, "0")
	}
}

// copyTo takes the record over as it is, up to a place.
func (s *Scrubber) copyTo(end int) {
	s.out = append(s.out, s.record[s.copied:end]...)
	s.copied = end
}

func (s *Scrubber) replace(from, to int, by string) {
	s.copyTo(from)
	s.out = append(s.out, by...)
	s.copied = to
}
