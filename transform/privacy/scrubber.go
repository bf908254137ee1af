package privacy

import (
	"context"
	"fmt"

	"graphlake/internal/instant"
	"graphlake/internal/json"
	"graphlake/internal/record"
	"graphlake/schemas"
	"graphlake/transform"
)

// A Scrubber makes of records what a lake may hold of them. It belongs to one goroutine.
//
// Bodies are kept as far as [Settings.Content] says, and counted. What else is written is null below its mark; an object
// or array keeps in it what columns without the mark read there. Unless all content is kept, strings that no column reads
// are left out, but for instants. Where detail is coarse, an instant that singles people out becomes the first of its
// year, and all else that does is null. With a key, strings and numbers where a column is personal become
// pseudonyms, of which a number leaves its shape, and members that no column reads are left out. "@odata.type" stays, if it is the name of a type, and "@removed" with a reason of one word; of a value that no column
// can read only the kind remains, so that it is still found at fault. All else stays as Graph sent it, byte by byte.
type Scrubber struct {
	settings Settings
	places   *places
	asSent   bool // records stay as they are, and are only looked at for what is new
	hider    *hider
	outer    treatment // of what no column reads
	again    bool      // records were scrubbed before: their bodies are done, and what graphlake has added is its own

	ctx       context.Context // of the record
	values    int             // that were met
	scan      json.Scanner
	order     json.Order[spot]
	record    []byte
	edit      json.Edit
	found     []json.Value // of record.Paths
	elsewhere bool         // one of them is no longer at its place
	out       []byte       // the record after the edit
	scratch   []byte
	beside    []byte // members that say something of the one before

	bodies  bodies
	unknown unknown
}

// treatment is what a scrubber does with a value.
type treatment uint8

const (
	keep   treatment = iota // as it is
	mute                    // of a string, as drop; but for instants and all else, as keep
	hide                    // a pseudonym in its place
	drop                    // left out; where something has to stand, nothing but its kind
	coarse                  // the first instant of its year
)

// NewScrubber makes the scrubber of a dataset's records.
func NewScrubber(d schemas.Dataset, settings Settings) (*Scrubber, error) {
	s := &Scrubber{settings: settings, unknown: unknown{dataset: d}}
	switch {
	case len(settings.Key) > 0:
		s.outer, s.hider = drop, newHider(settings.Key)
	case settings.Content != schemas.FullContent:
		s.outer = mute
	}
	p, err := newPlaces(d, settings)
	if err != nil {
		return nil, err
	}
	s.asSent = s.outer == keep && !p.changes
	s.places, s.order, s.found = p, json.NewOrder(&p.Trie), make([]json.Value, p.fields)
	return s, nil
}

// NewRescrubber makes the scrubber of records that a lake without pseudonyms holds: these rules or those before them have
// taken out of them what they had to, and what these have, is left as it is.
func NewRescrubber(d schemas.Dataset, settings Settings) (*Scrubber, error) {
	s, err := NewScrubber(d, settings)
	if err == nil {
		s.again = true
	}
	return s, err
}

// Scrub is what the lake may hold of a record, valid until the next call, with what is then known of it. A record that
// is no JSON object is replaced by one that says so, unless the lake keeps everything. It ends soon after the context does, and
// then knows nothing of the record.
func (s *Scrubber) Scrub(ctx context.Context, r record.Record) (record.Record, error) {
	if s.asSent && s.unknown.dataset.Entity == "" {
		return r, nil
	}
	s.ctx, s.record, s.elsewhere = ctx, r.JSON, false
	s.edit.Reset()
	s.beside = s.beside[:0]
	clear(s.found)
	s.bodies.reset()
	s.scan.Reset(r.JSON)
	isRecord := s.scan.Kind() == json.Object && s.object(s.places.Root, s.outer, true) == nil && (s.asSent || s.scan.End() == nil)
	switch stopped := ctx.Err(); { // whatever the walk ended with
	case stopped != nil:
		return record.Record{}, stopped
	case s.asSent:
		return r, nil
	case !isRecord:
		return record.Record{JSON: s.unreadable()}, nil
	}
	scrubbed := record.Record{JSON: r.JSON}
	if !s.edit.IsNone() {
		s.out = s.edit.Append(s.out[:0], r.JSON)
		scrubbed.JSON = s.out
	}
	if len(s.found) > 0 && !s.elsewhere {
		s.edit.Move(s.found)
		scrubbed.Known = s.found
	}
	return scrubbed, nil
}

// value scrubs the value in front, with the treatment of what no column reads there.
func (s *Scrubber) value(n *node, outer treatment) error {
	if s.values++; s.values%1024 == 0 {
		if err := s.ctx.Err(); err != nil {
			return err
		}
	}
	kind := s.scan.Kind()
	start := s.scan.Pos()
	if n == nil && outer == keep {
		_, err := s.scan.Read(kind)
		return err
	}
	at := spotOf(n)
	field := at.field
	if at.body != noBody {
		s.elsewhere = s.elsewhere || field > 0
		return s.body(at.body, kind)
	}
	if at.null && (!at.holds || !enters(n, kind)) {
		s.elsewhere = s.elsewhere || field > 0
		return s.null()
	}
	if at.leads && !enters(n, kind) && s.settings.Content != schemas.FullContent {
		n, at, outer = nil, none, drop // a body may be in it, where nobody looks for one
	}
	own, inner := at.treatments(outer)
	if at.null && at.quasi && s.settings.coarse() {
		inner = drop
	} else if at.null {
		inner = max(s.outer, mute)
	}
	switch kind {
	case json.Object, json.Array:
		var err error
		if kind == json.Array {
			err = s.array(n, inner)
		} else {
			if at.item != "" {
				if !s.again {
					s.bodies.item(s.ctx, s.scan, at.item)
				}
				inner = s.itemTreatment(inner)
			}
			err = s.object(n, inner, false)
		}
		s.note(field, json.Value{Kind: kind, Start: start, End: s.scan.Pos()})
		return err
	}
	v, err := s.scan.Read(kind)
	if err != nil {
		return err
	}
	if own == keep && outer != keep && !s.readable(at.types, v) {
		own = outer
	}
	if own == mute && n == nil && v.Kind == json.String && !s.instant(v) {
		from, to := v.Bounds()
		s.edit.Replace(from, to, null)
		return nil
	}
	if own == hide && v.Kind == json.Number && len(at.types) > 0 && !s.readable(at.types, v) {
		own = drop // a pseudonym would be text, which the column can read
	}
	if own != keep {
		v = s.scalar(v, own)
	}
	s.note(field, v)
	return nil
}

// spotOf is what is known of a node.
func spotOf(n *node) *spot {
	if n == nil {
		return none
	}
	return &n.Is
}

// none is what is known of a place that no path leads to.
var none = new(spot)

// note notes where a field is. Of two with one name the later counts.
func (s *Scrubber) note(field int, v json.Value) {
	if field > 0 {
		s.found[field-1] = v
	}
}

// readable reports whether a string or number is a value of one of the types.
func (s *Scrubber) readable(types []schemas.Type, v json.Value) bool {
	for _, t := range types {
		if v.Kind == json.String && transform.Reads(t, v.Kind, s.text(v)) || v.Kind == json.Number && transform.Reads(t, v.Kind, nil) {
			return true
		}
	}
	return v.Kind != json.String && v.Kind != json.Number
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

// instant reports whether a string is one.
func (s *Scrubber) instant(v json.Value) bool {
	_, _, ok := instant.Parse(s.text(v))
	return ok
}

// null puts null in the place of the value in front.
func (s *Scrubber) null() error {
	v, err := s.scan.Value()
	if err == nil && v.Kind != json.Null {
		from, to := v.Bounds()
		s.edit.Replace(from, to, null)
	}
	return err
}

// itemTreatment is what becomes of what is in an item body besides its content.
func (s *Scrubber) itemTreatment(outer treatment) treatment {
	if s.settings.Content == schemas.FullContent {
		return outer
	}
	return drop
}

// treatments are what becomes of a value at the spot that is no object and no array, and of what is in one.
func (s *spot) treatments(outer treatment) (own, inner treatment) {
	switch {
	case s.coarse:
		return coarse, outer
	case s.personal && s.whole:
		return hide, hide
	case s.personal:
		return hide, outer
	case s.whole && s.bounded && outer != keep:
		return mute, mute
	case s.whole:
		return keep, keep
	case len(s.types) > 0:
		return keep, outer
	}
	return outer, outer
}

// unfit is a text that no type reads but those of text, which keep theirs: what stood there fits no better.
var unfit, zero = []byte("?"), []byte("0")

var quote, comma, null = []byte(`"`), []byte(","), []byte("null")

// scalar replaces a value that is not kept, and gives it as what is there instead, where it was. Null, true and false
// say nothing about who somebody is.
func (s *Scrubber) scalar(v json.Value, own treatment) json.Value {
	switch {
	case v.Kind == json.String && (v.Start == v.End || own == mute && s.instant(v)):
	case own == hide && isWord(s.scan.Text(v)): // who is meant, nobody knows any more
	case v.Kind == json.String && own == coarse && s.instant(v):
		i, _, _ := instant.Parse(s.text(v))
		s.edit.Replace(v.Start, v.End, fmt.Appendf(nil, "%04d-01-01T00:00:00Z", i.Time().Year()))
	case v.Kind == json.String && own == hide:
		s.edit.Replace(v.Start, v.End, s.hider.pseudonym(s.text(v)))
	case v.Kind == json.String:
		s.edit.Replace(v.Start, v.End, unfit)
	case v.Kind == json.Number && own == hide:
		s.edit.Replace(v.Start, v.End, quote, s.hider.pseudonym(s.scan.Text(v)), quote)
		return json.Value{Kind: json.String, Start: v.Start + 1, End: v.End - 1} // its bounds are those of the number
	case v.Kind == json.Number && own != mute:
		s.edit.Replace(v.Start, v.End, zero)
	}
	return v
}
