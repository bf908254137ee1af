package graph

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"graphlake/internal/foreign"
	"graphlake/internal/json"
)

// reader walks an answer once, and notes of every value on the way: where its fields are, which annotations go, which
// collections go on elsewhere, and whether what it counts is there. It belongs to one goroutine.
type reader struct {
	fields *Fields
	root   *json.Node[int]
	order  json.Order[int]

	scan       json.Scanner
	body       []byte
	at         int              // the next "@" from where the scanner has been last; the body's length if there is none
	unused     []json.Value     // for the fields of values to come
	incomplete *incompleteError // the first thing that says that the answer is not whole
	own        *errorMembers    // of the object that is read next; nil: it is not the answer itself

	// Of the value that is being read.
	start     int // of it, in the body
	inside    int // elements of arrays in it
	annotated int // annotations in it that go
	depth     int
	found     []json.Value
	cuts      json.Edit
	rest      []Rest
	wrong     error
	top       []json.Member // of the answer itself

	// Of the objects and arrays that are being read, from the outermost on.
	members  []member
	elements []element
	id       json.Value // of the object that was read last
}

// member is a member of an object, and of an array where its elements are.
type member struct {
	name     json.Value
	kind     json.Kind
	from, to int
	elements int // of an array: place of the first in reader.elements
	size     int
}

// element is an element of an array.
type element struct {
	from, to int
	id       json.Value
}

func newReader(body []byte, fields *Fields) *reader {
	if fields == nil {
		fields = &noFields
	}
	r, ok := fields.readers.Get().(*reader)
	if !ok {
		r = &reader{fields: fields, root: fields.trie.Root}
		if r.root != nil {
			r.order = json.NewOrder(&fields.trie)
		}
	}
	r.body, r.incomplete = body, nil
	if r.at = bytes.IndexByte(body, '@'); r.at < 0 {
		r.at = len(body)
	}
	r.scan.Reset(body)
	return r
}

// free lets another answer be read with the reader's memory. Nothing of it is in what was read.
func (r *reader) free() {
	r.body, r.unused, r.incomplete = nil, nil, nil
	r.members, r.elements = r.members[:0], r.elements[:0]
	r.scan.Reset(nil)
	r.fields.readers.Put(r)
}

// value reads a value and takes what was noted of it. element: it is one of the collection.
func (r *reader) value(element bool) (v Value, err error) {
	kind := r.scan.Kind()
	r.start, r.id, r.wrong = r.scan.Pos(), json.Value{}, nil
	r.inside, r.annotated, r.depth = 0, 0, 0
	if n := r.fields.count; n > 0 {
		if len(r.unused) < n {
			r.unused = make([]json.Value, n*r.ahead())
		}
		r.found, r.unused = r.unused[:n:n], r.unused[n:]
	}
	_, err = r.pass(kind, r.root, element, true)
	end := r.scan.Pos()
	if err == nil && end-r.start > mostValue {
		err = beyond("one value of more than %d MiB", mostValue>>20)
	}
	v = Value{JSON: r.body[r.start:end:end], Rest: r.rest, found: r.found, Members: r.top, cuts: r.cuts, wrong: r.wrong}
	if r.id.Kind > json.Null {
		v.ID = r.scan.Unquote(r.id)
	}
	r.found, r.cuts, r.rest, r.top = nil, json.Edit{}, nil, nil
	return v, err
}

// ahead is for how many values memory is made at once: about as many as there may be, of the size of a small one.
func (r *reader) ahead() int { return min((len(r.body)-r.scan.Pos())/256, 255) + 1 }

// pass reads a value with all that is in it; n is its place, nil if no field is there or in it. element: it is one of
// an array. whole: it is looked at whether what is in it is all that there is.
func (r *reader) pass(kind json.Kind, n *json.Node[int], element, whole bool) (v json.Value, err error) {
	v = json.Value{Kind: kind, Start: r.scan.Pos()}
	switch kind {
	case json.Object:
		if n != nil && n.Members == nil {
			n = nil
		}
		err = r.object(n, element, whole)
		v.End = r.scan.Pos()
	case json.Array:
		mark := len(r.elements)
		_, err = r.array(whole)
		r.elements = r.elements[:mark]
		v.End = r.scan.Pos()
	default:
		v, err = r.scan.Read(kind)
	}
	return v, err
}

// note notes a value, if a field is there. Of two with one name the later counts.
func (r *reader) note(n *json.Node[int], v json.Value) {
	if n == nil || n.Is == 0 {
		return
	}
	v.Start, v.End = v.Start-r.start, v.End-r.start
	r.found[n.Is-1] = v
}

// array reads an array, whose elements stay in r.elements, and gives how many there are.
func (r *reader) array(whole bool) (size int, err error) {
	if r.depth++; r.depth > mostDepth {
		return 0, errDeep
	}
	more, err := r.scan.Array()
	for ; more && err == nil; size++ {
		kind := r.scan.Kind()
		e := element{from: r.scan.Pos()}
		r.id = json.Value{}
		if _, err = r.pass(kind, nil, true, whole); err != nil {
			break
		}
		e.to, e.id = r.scan.Pos(), r.id
		r.elements = append(r.elements, e)
		if r.inside++; r.inside > mostInside {
			return size, beyond("more than %d elements of arrays in one value", mostInside)
		}
		more, err = r.scan.NextElement()
	}
	r.depth--
	return size, err
}

// object is what is remembered of the object that is being read.
type object struct {
	start, end int
	last       int // where the member before ended
	stay       int // members that do not go
	first      int // place of its members in reader.members
	notes      []collectionNote
	id         json.Value
	failure    json.Value    // its member "error", if that is not null
	other      bool          // it has members that no error has
	own        *errorMembers // nil: it is not the answer itself
}

// collectionNote is what an object says of a collection in it.
type collectionNote struct {
	collection string
	count      int64 // the largest
	link       string
	linked     bool // there is a link that can be followed
	goesOn     bool // there is a link of any kind
}

func (r *reader) object(n *json.Node[int], element, whole bool) error {
	o := object{start: r.scan.Pos(), first: len(r.members), own: r.own}
	o.last, r.own = o.start+1, nil
	if r.depth++; r.depth > mostDepth {
		return errDeep
	}
	mark := len(r.elements)
	var behind *json.Node[int]
	more, err := r.scan.Object()
	for more && err == nil {
		r.scan.Kind() // to stand on the name
		start := r.scan.Pos()
		var name json.Value
		var to *json.Node[int]
		if n != nil {
			name, to, err = r.order.Member(&r.scan, n, behind)
			if to != nil {
				behind = to
			}
		} else {
			name, err = r.scan.Name()
		}
		if err != nil {
			return err
		}
		if name.End-name.Start > mostName {
			return beyond("a name of more than %d bytes", mostName)
		}
		if !name.Plain || r.hasAt(name) {
			err = r.special(&o, start, name, to, whole)
		} else {
			err = r.member(&o, start, name, to, whole)
		}
		if err != nil {
			return err
		}
		more, err = r.scan.NextMember()
	}
	if err != nil {
		return err
	}
	o.end = r.scan.Pos()
	r.id = o.id
	if whole && element && o.failure.Kind != json.None && !o.other {
		r.fail(&incompleteError{"an element of the answer is an error", graphErrorOf(r.text(o.failure)).clean()})
	}
	if len(o.notes) > 0 {
		r.endCollections(&o, whole)
	}
	if o.own != nil {
		r.top = make([]json.Member, 0, len(r.members)-o.first)
		for _, m := range r.members[o.first:] {
			r.top = append(r.top, json.Member{Name: r.scan.Unquote(m.name), Start: m.name.Start - 1 - r.start, From: m.from - r.start, To: m.to - r.start})
		}
	}
	r.members, r.elements = r.members[:o.first], r.elements[:mark]
	r.depth--
	return nil
}

var errDeep = beyond("values nested more than %d deep", mostDepth)

// fail notes that the answer is not whole; the first reason counts.
func (r *reader) fail(e *incompleteError) {
	if r.incomplete == nil {
		r.incomplete = e
	}
}

// text is a value's JSON.
func (r *reader) text(v json.Value) []byte {
	from, to := v.Bounds()
	return r.body[from:to]
}

// hasAt reports whether there is an "@" in a name. Places are asked for from the front to the back.
func (r *reader) hasAt(name json.Value) bool {
	if r.at < name.Start {
		if i := bytes.IndexByte(r.body[name.Start:], '@'); i >= 0 {
			r.at = name.Start + i
		} else {
			r.at = len(r.body)
		}
	}
	return r.at < name.End
}

// special reads a member whose name has an escape or an "@". One of the answer's annotations is cut together with the
// white space and the comma before it.
func (r *reader) special(o *object, start int, name json.Value, to *json.Node[int], whole bool) error {
	text := r.scan.Unquote(name)
	annotated, annotation := cutAnnotation(text)
	if annotation == "" || annotation == deltaLinkAnnotation {
		return r.member(o, start, name, to, whole && bytes.IndexByte(text, '@') < 0)
	}
	v, err := r.scan.Value()
	if err != nil {
		return err
	}
	if r.annotated++; r.annotated > mostAnnotations {
		return beyond("more than %d annotations in one value", mostAnnotations)
	}
	if err := r.annotate(o, string(annotated), annotation, v); err != nil {
		return err
	}
	r.cuts.Cut(o.last-r.start, r.scan.Pos()-r.start)
	o.last = r.scan.Pos()
	return nil
}

// annotate notes what an annotation of the answer says.
func (r *reader) annotate(o *object, annotated, annotation string, v json.Value) error {
	if annotated == "" || annotation == contextAnnotation {
		return nil
	}
	if _, other := cutAnnotation([]byte(annotated)); other != "" && other != deltaLinkAnnotation {
		return nil // it is one of an annotation, which goes itself
	}
	var n *collectionNote
	for i := range o.notes {
		if o.notes[i].collection == annotated {
			n = &o.notes[i]
		}
	}
	switch {
	case n != nil:
	case len(o.notes) == mostCollections:
		return beyond("more than %d collections with annotations in one object", mostCollections)
	default:
		o.notes = append(o.notes, collectionNote{collection: annotated})
		n = &o.notes[len(o.notes)-1]
	}
	if annotation == countAnnotation {
		n.count = max(n.count, countOf(r.scan.Unquote(v)))
		return nil
	}
	if v.End-v.Start > mostLink {
		return beyond("a link of more than %d KiB", mostLink>>10)
	}
	n.link, n.linked, n.goesOn = "", v.Kind == json.String, v.Kind != json.Null
	switch {
	case n.linked:
		n.link = string(r.scan.Unquote(v))
	case n.goesOn && r.wrong == nil:
		r.wrong = fmt.Errorf("the link to the rest of %s is no string", foreign.New(annotated))
	}
	return nil
}

// member reads a member that stays.
func (r *reader) member(o *object, start int, name json.Value, to *json.Node[int], whole bool) (err error) {
	if o.stay == 0 && o.last > o.start+1 { // the comma after what was cut at the start
		r.cuts.Cut(o.last-r.start, start-r.start)
	}
	o.stay++
	text := r.scan.Unquote(name)
	m := member{name: name, kind: r.scan.Kind(), elements: len(r.elements)}
	failure := string(text) == "error"
	var v json.Value
	if m.kind == json.Array { // whose elements are looked at when the object ends
		v = json.Value{Kind: json.Array, Start: r.scan.Pos()}
		m.size, err = r.array(whole && !failure)
		v.End = r.scan.Pos()
	} else {
		v, err = r.pass(m.kind, to, false, whole && !failure)
	}
	if err != nil {
		return err
	}
	r.note(to, v)
	m.from, m.to = v.Bounds()
	o.last = m.to
	switch {
	case failure && m.kind != json.Null:
		o.failure = v
	case whole && !failure:
		o.other = true
	}
	if string(text) == "id" {
		if o.id = v; v.End-v.Start > MostID {
			o.id = json.Value{}
		}
	}
	if o.own != nil {
		o.own.member(string(text), m.kind, r.body[m.from:m.to])
	}
	if r.members = append(r.members, m); len(r.members) > mostMembers {
		return beyond("more than %d members of an object and those around it", mostMembers)
	}
	return nil
}

// endCollections notes where the collections end that the object's links belong to, and compares the others with what is
// counted.
func (r *reader) endCollections(o *object, whole bool) {
	for _, n := range o.notes {
		var m member // of two with one name the later counts
		for _, other := range r.members[o.first:] {
			if string(r.scan.Unquote(other.name)) == n.collection {
				m = other
			}
		}
		if whole && m.kind == json.Array && int64(m.size) < n.count && !n.goesOn {
			r.fail(&incompleteError{what: fmt.Sprintf("of %d %s the answer has %d, and no link to the rest", n.count, foreign.New(n.collection), m.size)})
		}
		if n.linked {
			r.goOn(o, n, m)
		}
	}
}

// goOn notes where the rest of a collection belongs. If the collection is not there, or null, all of it is behind
// the link.
func (r *reader) goOn(o *object, n collectionNote, m member) {
	rest := Rest{Name: n.collection, Link: n.link, Count: n.count, close: "]"}
	switch m.kind {
	case json.None:
		rest.from, rest.to, rest.absent = o.end-1, o.end-1, true
		rest.open = string(json.AppendQuoted(nil, n.collection)) + ":["
		if o.stay > 0 {
			rest.open = "," + rest.open
		}
		o.stay++
	case json.Array:
		rest.from, rest.to, rest.close, rest.array = m.to-1, m.to-1, "", true
		if m.size > 0 {
			rest.open = ","
		}
		for _, e := range r.elements[m.elements : m.elements+m.size] {
			came := Element{JSON: r.body[e.from:e.to]}
			if e.id.Kind > json.Null {
				came.ID = r.scan.Unquote(e.id)
			}
			rest.Came = append(rest.Came, came)
		}
	case json.Null:
		rest.from, rest.to, rest.open = m.from, m.to, "["
	default:
		if r.wrong == nil {
			r.wrong = fmt.Errorf("%s has a link to its rest, but is no array", foreign.New(n.collection))
		}
		return
	}
	rest.from, rest.to = rest.from-r.start, rest.to-r.start
	r.rest = append(r.rest, rest)
}

// envelope walks the members of the one object that the answer must be. read reads the member's value.
func (r *reader) envelope(read func(name []byte) error) error {
	err := r.opens()
	if err == nil {
		err = r.broken(eachOf(&r.scan, read))
	}
	if err == nil {
		err = r.ends()
	}
	return err
}

// opens makes sure that the answer begins as an object.
func (r *reader) opens() error {
	switch kind := r.scan.Kind(); {
	case kind == json.Object:
		return nil
	case r.scan.Ends():
		return errors.New("the answer is no JSON object: it is empty")
	default:
		return fmt.Errorf("the answer is no JSON object, but %v", kind)
	}
}

// ends makes sure that nothing follows the object.
func (r *reader) ends() error {
	if r.scan.End() != nil {
		return errors.New("the answer goes on after its JSON")
	}
	return nil
}

// collection reads the elements of an array, and reports whether there is one.
func (r *reader) collection() (all []Value, is bool, err error) {
	r.incomplete = nil
	if r.scan.Kind() != json.Array {
		_, err = r.scan.Value()
		return nil, false, err
	}
	all = make([]Value, 0, r.ahead())
	more, err := r.scan.Array()
	for more && err == nil {
		var v Value
		if v, err = r.value(true); err != nil {
			break
		}
		if all = append(all, v); len(all) > mostElements {
			return nil, true, beyond("more than %d elements on one page", mostElements)
		}
		more, err = r.scan.NextElement()
	}
	return all, true, err
}

// broken says why an answer is no JSON, and quotes nothing of it.
func (r *reader) broken(err error) error {
	at, syntax := errors.AsType[*json.SyntaxError](err)
	switch {
	case !syntax:
		return err
	case at.Deep:
		return errDeep
	case r.scan.Ends():
		return fmt.Errorf("the answer was cut off: %w", io.ErrUnexpectedEOF)
	}
	return fmt.Errorf("the answer is %w", err)
}
