package extract

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"graphlake/extract/graph"
)

// nextLink annotates a collection that goes on elsewhere, before or after the collection itself.
const nextLink = graph.NextLinkAnnotation

// cutTransport splits the name of an annotation that goes, at any depth and after whatever name, into
// what it annotates and itself, which is empty if name is none. These belong to the answer and not to the
// record, and differ between two readings of one record. A deltaLink stays.
func cutTransport(name []byte) (annotated []byte, annotation string) {
	annotated, annotation = graph.CutAnnotation(name)
	if annotation == graph.DeltaLinkAnnotation {
		return name, ""
	}
	return annotated, annotation
}

// scan walks a draft's text once and notes what has to change.
type scan struct {
	draft *draft
	dec   *jsontext.Decoder
}

func (s *scan) value() error {
	switch s.dec.PeekKind() {
	case jsontext.KindBeginObject:
		return s.object()
	case jsontext.KindBeginArray:
		return s.array()
	default:
		return s.dec.SkipValue()
	}
}

func (s *scan) array() error {
	if _, err := s.dec.ReadToken(); err != nil {
		return err
	}
	for s.dec.PeekKind() != jsontext.KindEndArray {
		if err := s.value(); err != nil {
			return err
		}
	}
	_, err := s.dec.ReadToken()
	return err
}

// object cuts each annotation together with the white space and the comma before it.
func (s *scan) object() error {
	if _, err := s.dec.ReadToken(); err != nil {
		return err
	}
	o := object{start: offset(s.dec) - 1}
	last := offset(s.dec) // where the member before ended
	for s.dec.PeekKind() != jsontext.KindEndObject {
		raw, err := s.dec.ReadValue()
		if err != nil {
			return err
		}
		start := offset(s.dec) - len(raw)
		annotated, annotation := cutTransport(plain(raw))
		if annotation != "" {
			err = s.drop(&o, string(annotated), annotation)
			s.cut(last, offset(s.dec))
		} else {
			if o.members == 0 && last > o.start+1 { // the comma after what was cut at the start
				s.cut(last, start)
			}
			o.members++
			err = s.value()
		}
		if err != nil {
			return err
		}
		last = offset(s.dec)
	}
	_, err := s.dec.ReadToken()
	o.end = offset(s.dec)
	if err != nil || o.links == nil {
		return err
	}
	return s.findHoles(o)
}

func (s *scan) cut(from, to int) {
	s.draft.edits = append(s.draft.edits, edit{from: from, to: to})
}

// object is what the scan remembers of the object that it is in.
type object struct {
	start, end int
	members    int // that stay
	links      []link
	counts     map[string]int64 // the largest of each collection; nil: there is none
}

type link struct{ collection, url string }

// drop reads over an annotation's value, and remembers a link or a count.
func (s *scan) drop(o *object, annotated, annotation string) error {
	value, err := s.dec.ReadValue()
	if err != nil || annotated == "" {
		return err
	}
	if _, other := cutTransport([]byte(annotated)); other != "" {
		return nil // a link of an annotation, which goes itself
	}
	if annotation == graph.CountAnnotation {
		if n, err := strconv.ParseInt(string(plain(value)), 10, 64); err == nil && n > o.counts[annotated] {
			if o.counts == nil {
				o.counts = map[string]int64{}
			}
			o.counts[annotated] = n
		}
	}
	if annotation != nextLink {
		return nil
	}
	o.links = slices.DeleteFunc(o.links, func(l link) bool { return l.collection == annotated })
	switch value.Kind() {
	case jsontext.KindNull:
	case jsontext.KindString:
		o.links = append(o.links, link{annotated, string(plain(value))})
	default:
		return fmt.Errorf("the link to the rest of %s is no string", annotated)
	}
	return nil
}

// findHoles notes where the collections end that the object's links belong to.
func (s *scan) findHoles(o object) error {
	for _, l := range o.links {
		var collection member // of two with one name the later counts
		for m, err := range members(s.draft.text[o.start:o.end]) {
			if err != nil {
				return err
			}
			if m.name == l.collection {
				collection = m
			}
		}
		h, err := s.hole(&o, l, collection)
		if err != nil {
			return err
		}
		s.draft.holes = append(s.draft.holes, h)
	}
	return nil
}

// hole is where the rest of a collection belongs. If the collection is not there, or null, all of it
// is behind the link.
func (s *scan) hole(o *object, l link, m member) (hole, error) {
	h := hole{name: l.collection, link: l.url, count: o.counts[l.collection]}
	value := s.draft.text[o.start+m.value : o.start+m.end]
	switch {
	case len(value) == 0:
		name, _ := jsontext.AppendQuote(nil, l.collection)
		h.from, h.to = o.end-1, o.end-1
		h.open, h.close = string(name)+":[", "]"
		if o.members > 0 {
			h.open = "," + h.open
		}
		o.members++
	case value[0] == '[':
		h.array = value
		h.from, h.to = o.start+m.end-1, o.start+m.end-1
		if len(bytes.TrimSpace(value[1:len(value)-1])) > 0 {
			h.open = ","
		}
	case value[0] == 'n':
		h.from, h.to = o.start+m.value, o.start+m.end
		h.open, h.close = "[", "]"
	default:
		return h, fmt.Errorf("%s has a link to its rest, but is no array", l.collection)
	}
	return h, nil
}
