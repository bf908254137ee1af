package extract

import (
	"bytes"
	"errors"
	"io"
	"slices"
)

// draft is an answer of Graph and what has to change in it before it is a record. All else stays byte
// for byte: a number or a time that is written anew is no longer what Graph said.
type draft struct {
	text  []byte
	edits []edit
	holes []hole
}

// edit puts other bytes in the place of text[from:to]. Edits do not overlap.
type edit struct {
	from, to int
	put      []byte
}

// hole is where the rest of a collection belongs that Graph cut off.
type hole struct {
	name, link  string
	array       []byte // what there is of the collection; nil if nothing
	count       int64  // the largest that the object names of it; 0: none
	from, to    int    // in the text
	open, close string // what the rest of the elements needs around it
}

// newDraft finds what has to change in a text.
func newDraft(text []byte) (*draft, error) {
	d := &draft{text: text}
	s := scan{draft: d, dec: newDecoder(text)}
	if err := s.value(); err != nil {
		return nil, syntax(err)
	}
	if _, err := s.dec.ReadToken(); !errors.Is(err, io.EOF) {
		return nil, errors.New("no valid JSON: something follows it")
	}
	return d, nil
}

// fill puts the rest of a collection where it belongs.
func (d *draft) fill(h hole, rest [][]byte) {
	if h.array != nil && len(rest) == 0 {
		return
	}
	put := slices.Concat([]byte(h.open), bytes.Join(rest, []byte(",")), []byte(h.close))
	d.edits = append(d.edits, edit{h.from, h.to, put})
}

// bytes is the text with all edits made so far.
func (d *draft) bytes() []byte {
	if len(d.edits) == 0 {
		return d.text
	}
	size := len(d.text)
	for _, e := range d.edits {
		size += len(e.put) - (e.to - e.from)
	}
	// Stable: what is put at the end of one object keeps its order.
	slices.SortStableFunc(d.edits, func(a, b edit) int { return a.from - b.from })
	out, at := make([]byte, 0, size), 0
	for _, e := range d.edits {
		out = append(append(out, d.text[at:e.from]...), e.put...)
		at = e.to
	}
	return append(out, d.text[at:]...)
}
