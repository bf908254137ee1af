package privacy

import (
	"bytes"
	"context"
	"slices"
	"strings"

	"graphlake/internal/json"
	"graphlake/internal/record"
	"graphlake/schemas"
)

// Filter takes people out of the records of a dataset. It belongs to one goroutine.
//
// A record that is a person's own ([schemas.Dataset.Owner]) goes, and one that is private, if that is wanted. So does an
// element of a child collection that is told from others by the person, as a member of a group by the user's id, or that is
// theirs ([schemas.Table.Owner]). Elsewhere a word stands in the place of a key: the
// word alone where the key was all that stood there, and in ids the word with eight digits, so that ids of different
// people stay different. All other bytes of a record stay, and a record without a person is not copied.
type Filter struct {
	finder *finder // nil: there are no people
	places json.Trie[place]
	counts Counts

	scan    json.Scanner
	order   json.Order[place]
	changes []change
	told    []told
	layer   view
	edit    json.Edit
	out     []byte
	stop    func() error // why to end
	since   int          // bytes that were looked at since that was asked
	depth   int          // of objects
	said    who          // whom the last value speaks of
	inner   *Filter      // of JSON in a string
	within  bool         // it is that
	part    *part        // that the value in front is
	private bool         // records that are private go, too
	own     bool
	hidden  bool  // the record is private
	theirs  bool  // the element that is walked is a person's
	retyped bool  // a number became a text
	rekeyed bool  // the key of the record holds a person
	outer   where // what the record is a value of, and members of no column

	spoke    bool   // a person is a speaker in the record
	document change // takes out the document of what was said, in which all of them speak; empty: the record has none
}

// Counts are what a filter did.
type Counts struct {
	Own      int64 // records that went because they were a person's own
	Private  int64 // records that went because they were private
	Elements int64 // of child collections that went
	Changed  int64 // records that stay without a person
}

// place is what the filter knows of a place in a record.
type place struct {
	owner bool // it says whose the record is
	root  bool // it is of the key of the record
	whose bool // it says whose an element above is
	each  bool // its elements are rows

	read  bool  // a column reads it
	where where // what it may hold, if so
	whole bool  // and all that is in it

	document bool // it is the document of which the utterances of the record were read

	private bool   // it says whether a record is private
	open    string // of one that is not
}

// change puts other bytes in the place of some of the record's.
type change struct {
	from, to int
	by       []byte
	all      bool // of all of a value
}

// Filter makes the filter of a dataset's records; without a dataset it is one of any JSON.
func (p *People) Filter(d schemas.Dataset) (*Filter, error) {
	f := &Filter{outer: anyText}
	f.places.Root = f.places.New("")
	if p.Len() > 0 {
		f.finder = newFinder(p)
		if err := f.addPlaces(d); err != nil {
			return nil, err
		}
	}
	f.order = json.NewOrder(&f.places)
	return f, nil
}

// WithoutPrivate makes the filter one by which records that are private go, too ([schemas.Dataset.Private]).
func (p *People) WithoutPrivate(d schemas.Dataset) (*Filter, error) {
	f, err := p.Filter(d)
	if err != nil || d.Private.Path == "" {
		return f, err
	}
	f.private = true
	err = f.add(d.Private.Path, func(at *place) { at.private, at.open = true, d.Private.Open })
	f.order = json.NewOrder(&f.places)
	return f, err
}

// Counts are what was done so far.
func (f *Filter) Counts() Counts { return f.counts }

// Rekeyed reports whether the key of the last record is another without the people.
func (f *Filter) Rekeyed() bool { return f.rekeyed }

// add marks the place of a path.
func (f *Filter) add(p schemas.Path, mark func(*place)) error {
	steps, err := p.Steps()
	if err != nil {
		return err
	}
	n := f.places.Root
	for _, s := range steps {
		switch s.Kind {
		case schemas.Into:
			n = f.places.Into(n, s.Name)
		case schemas.Each, schemas.FirstOf:
			n = f.places.Each(n)
		case schemas.Position:
			return nil
		case schemas.Only:
		}
	}
	mark(&n.Is)
	return nil
}

// addElement marks a path that says whose an element is.
func (f *Filter) addElement(t schemas.Table, p schemas.Path) error {
	err := f.add(t.Each[:len(t.Each)-2], func(at *place) { at.each = true })
	if err == nil {
		err = f.add(p.Absolute(t.Each), func(at *place) { at.whose = true })
	}
	return err
}

// addColumn marks what a column reads. What several read may hold what the one says that says most.
func (f *Filter) addColumn(t schemas.Table, c schemas.Column, p schemas.Path) error {
	w, says := whereOf(t, c)
	if !says {
		return nil
	}
	return f.add(p.Absolute(t.Each), func(at *place) {
		at.where, at.read, at.whole = max(at.where, w), true, at.whole || c.Type == schemas.JSON
	})
}

// Of makes the filter one of values of a column that holds JSON.
func (f *Filter) Of(t schemas.Table, c schemas.Column) *Filter {
	f.outer, _ = whereOf(t, c)
	return f
}

func (f *Filter) addPlaces(d schemas.Dataset) error {
	if spoken := slices.ContainsFunc(d.Bodies, func(b schemas.Body) bool { return b.Form == schemas.SpokenText }); spoken {
		for _, b := range d.Bodies {
			if b.Form != schemas.Payload {
				continue
			}
			if err := f.add(b.Path, func(at *place) { at.document = true }); err != nil {
				return err
			}
		}
	}
	for _, p := range d.Owner {
		if err := f.add(p, func(at *place) { at.owner = true }); err != nil {
			return err
		}
	}
	for _, t := range d.Read().Tables {
		for _, c := range t.Columns {
			for _, p := range append([]schemas.Path{c.Path}, c.Else...) {
				if err := f.addColumn(t, c, p); err != nil {
					return err
				}
			}
		}
		for _, p := range t.Owner {
			if err := f.addElement(t, p); err != nil {
				return err
			}
		}
		for _, name := range t.Key {
			c, _ := t.Column(name)
			for _, p := range append([]schemas.Path{c.Path}, c.Else...) {
				var err error
				switch {
				case t.Each == "":
					err = f.add(p, func(at *place) { at.root = true })
				case c.Personal && !p.FromRecord() && bytes.HasSuffix([]byte(t.Each), []byte("[]")):
					err = f.addElement(t, p)
				}
				if err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// Apply is a record without the people, valid until the next call; not keep: it is a person's own. It ends soon after the
// context does, and then knows nothing of the record.
func (f *Filter) Apply(ctx context.Context, r record.Record) (without record.Record, keep bool, err error) {
	f.rekeyed = false
	if r.Unchanged || f.finder == nil && !f.private {
		return r, true, nil
	}
	if err := f.walk(ctx.Err, r.JSON); err != nil {
		return record.Record{}, false, err
	}
	switch {
	case f.own:
		f.counts.Own++
		return record.Record{}, false, nil
	case f.hidden:
		f.counts.Private++
		return record.Record{}, false, nil
	case len(f.changes) == 0:
		return r, true, nil
	}
	f.counts.Changed++
	without = record.Record{JSON: f.edited(r.JSON)}
	if !f.retyped && r.Known != nil {
		known := append([]json.Value(nil), r.Known...)
		f.edit.Move(known)
		without.Known = known
	}
	return without, true, nil
}

// walk finds what is to change in a record.
func (f *Filter) walk(stop func() error, text []byte) error {
	f.changes, f.told, f.own, f.hidden, f.theirs, f.retyped, f.rekeyed = f.changes[:0], f.told[:0], false, false, false, false, false
	f.stop, f.depth, f.part = stop, 0, nil
	f.spoke, f.document = false, change{}
	f.scan.Reset(text)
	err := f.value(f.places.Root, text, f.outer)
	if err == nil {
		err = f.scan.End()
	}
	if f.spoke && f.document.to > 0 {
		f.changes, f.retyped = append(f.changes, f.document), true
	}
	if stopped := stop(); stopped != nil {
		return stopped
	}
	if err != nil && !f.own && !f.hidden && f.finder != nil { // then it is no JSON, and one text
		f.changes, f.retyped = f.changes[:0], true
		return f.text(nil, text, json.Value{Kind: json.String, End: len(text)}, anyText)
	}
	return nil
}

// edited is the record after the changes.
func (f *Filter) edited(text []byte) []byte {
	f.settle()
	f.edit.Reset()
	for _, c := range f.changes {
		f.edit.Replace(c.from, c.to, c.by)
	}
	f.out = f.edit.Append(f.out[:0], text)
	return f.out
}

// value walks the value in front, which may hold what the values about it may.
func (f *Filter) value(n *json.Node[place], text []byte, outer where) error {
	kind := f.scan.Kind()
	container := kind == json.Object || kind == json.Array
	if n != nil && n.Is.read && (n.Is.whole || !container) {
		outer = n.Is.where
	}
	if f.said = ""; n != nil && n.Is.private && kind != json.String && kind != json.Null && kind != json.None {
		f.hidden = true
		return nil
	}
	switch kind {
	case json.Object:
		return f.object(n, text, outer)
	case json.Array:
		return f.array(n, text, outer)
	default:
		v, err := f.scan.Read(kind)
		if err == nil && n != nil && n.Is.document && kind == json.String {
			from, to := v.Bounds()
			f.document = change{from, to, null, true}
		}
		if err == nil && (kind == json.String || kind == json.Number) {
			err = f.text(n, text, v, outer)
		}
		return err
	}
}

func (f *Filter) object(n *json.Node[place], text []byte, outer where) error {
	f.depth++
	defer func() { f.depth-- }()
	o, since := object{part: f.part}, len(f.told)
	more, err := f.scan.Object()
	var behind *json.Node[place]
	var before []byte // the name of the member before, if that was somebody's
	for more && err == nil {
		f.scan.Kind() // to stand on the name
		var name json.Value
		var to *json.Node[place]
		if n != nil && n.Members != nil {
			name, to, err = f.order.Member(&f.scan, n, behind)
		} else {
			name, err = f.scan.Name()
		}
		if err != nil {
			return err
		}
		if to != nil {
			behind = to
		} else if err = f.text(nil, text, name, anyText); err != nil {
			return err
		}
		kind, start := f.scan.Kind(), f.scan.Pos()
		called := text[name.Start:name.End]
		if bytes.IndexByte(called, '\\') >= 0 && len(called) <= 6*longestRole {
			called = json.AppendString(nil, called)
		}
		if f.part = nil; len(called) <= longestRole {
			f.part = parts[string(called)]
		}
		if f.part == nil && kind == json.Array {
			f.part = o.part
		}
		if err = f.value(to, text, outer); err != nil || f.own || f.hidden {
			return err
		}
		if number, is := schemas.Path(called).ShapeOf(); is && string(number) == string(before) {
			f.changes = append(f.changes, change{start, f.scan.Pos(), null, true})
		}
		if before = nil; f.said.gone() {
			before = called
		}
		if f.finder != nil && len(called) <= longestRole {
			f.member(&o, string(called), json.Value{Kind: kind, Start: start, End: f.scan.Pos()}, to != nil && to.Is.root)
		}
		more, err = f.scan.NextMember()
	}
	f.part = o.part
	f.endObject(&o, since, text)
	return err
}

// array walks an array. Of elements that are rows those of a person go, with the comma in front or behind.
func (f *Filter) array(n *json.Node[place], text []byte, outer where) error {
	var elements *json.Node[place]
	rows := n != nil && n.Is.each
	if n != nil {
		elements = n.Elements
	}
	theirs, part := f.theirs, f.part
	more, err := f.scan.Array()
	last, kept, missing := f.scan.Pos(), 0, false
	for more && err == nil {
		f.scan.Kind() // to stand on the element
		start, before, told := f.scan.Pos(), len(f.changes), len(f.told)
		f.theirs, f.part = false, part
		if err = f.value(elements, text, outer); err != nil || f.own || f.hidden {
			return err
		}
		switch {
		case rows && f.theirs:
			f.changes, f.told, missing = f.changes[:before], f.told[:told], true
			f.counts.Elements++
		case missing:
			gap := change{from: last, to: start}
			if kept > 0 {
				gap.by = comma
			}
			f.changes = append(f.changes, gap)
			missing = false
			fallthrough
		default:
			last = f.scan.Pos()
			kept++
		}
		if !rows {
			theirs = theirs || f.theirs
		}
		more, err = f.scan.NextElement()
	}
	if missing {
		f.changes = append(f.changes, change{from: last, to: f.scan.Pos() - 1})
	}
	f.theirs, f.said = theirs, ""
	return err
}

// shortestText is how long a string is that may be a key or hold one: shorter ones are as short as keys that are many people's.
const shortestText = 3

// text looks for people in a string, in a member's name or in a number.
func (f *Filter) text(n *json.Node[place], text []byte, v json.Value, outer where) error {
	raw := text[v.Start:v.End]
	if n != nil && n.Is.private && !strings.EqualFold(strings.TrimSpace(string(f.scan.Unquote(v))), n.Is.open) {
		f.hidden = true
	}
	if f.finder == nil {
		return nil
	}
	if len(raw) > 0 {
		f.said = somebodyElse
	}
	if len(raw) < shortestText {
		return nil
	}
	if isWord(raw) {
		f.said = who(raw)
	}
	if f.since += len(raw); f.since > window {
		f.since = 0
		if err := f.stop(); err != nil {
			return err
		}
	}
	number := v.Kind == json.Number
	if number && (outer == noText || outer == anyText) {
		return nil // how much of something there is
	}
	if !number && f.quotes(raw) {
		if done, err := f.quote(v, raw); done || err != nil {
			return err
		}
	}
	if len(raw) > window {
		found, err := f.finder.long(f.stop, raw, !number, outer)
		if found {
			f.hits(n, v, number)
		}
		return err
	}
	first := view{text: raw}
	if !number && bytes.IndexByte(raw, '\\') >= 0 {
		f.layer = unescape(raw, f.layer)
		first = f.layer
	}
	whole, found := f.finder.meet(first, raw, outer)
	switch {
	case !found:
		return nil
	case whole == nil:
		f.hits(n, v, number)
		return nil
	}
	f.said = who(whole.person.word)
	if n != nil {
		f.own, f.theirs, f.rekeyed = f.own || n.Is.owner, f.theirs || n.Is.whose, f.rekeyed || n.Is.root
	}
	by := []byte(whole.person.word)
	switch {
	case number:
		f.retyped = true
		by = []byte(`"` + whole.person.word + `"`)
	case n != nil && n.Is.root: // or records of several people would be one
		by = append(append(by, '-'), whole.person.mark...)
	}
	f.changes = append(f.changes, change{from: v.Start, to: v.End, by: by})
	return nil
}

// hits puts words in the place of people in a text. Part of a number is nobody's.
func (f *Filter) hits(n *json.Node[place], v json.Value, number bool) {
	if n != nil {
		f.own, f.rekeyed = f.own || n.Is.owner, f.rekeyed || n.Is.root
	}
	for _, h := range f.finder.hits {
		if !number {
			f.changes = append(f.changes, change{from: v.Start + h.from, to: v.Start + h.to, by: h.by})
		}
	}
}

// unescape is the first layer of a JSON string with escape sequences.
func unescape(raw []byte, into view) view {
	into.text, into.at = into.text[:0], into.at[:0]
	for i := 0; i < len(raw); {
		n := json.Escaped(raw[i:])
		if n > 0 {
			into.text = json.AppendString(into.text, raw[i:i+n])
		} else {
			n = 1
			into.text = append(into.text, raw[i])
		}
		for len(into.at) < len(into.text) {
			into.at = append(into.at, i)
		}
		i += n
	}
	into.at = append(into.at, len(raw))
	return into
}
