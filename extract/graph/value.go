package graph

import (
	"bytes"
	"slices"
	"sync"

	"graphlake/internal/json"
)

// Value is an element of a collection, or the object that was asked for, and what was noted of it while the answer
// was read. Its JSON is a part of the answer's body, so that to keep one element is to keep the page.
type Value struct {
	JSON  []byte       // as Graph sent it: valid, and in UTF-8
	ID    []byte       // what its member "id" says; empty: it has none
	Rest  []Rest       // of the collections in it that Graph cut off, in the order of their links
	found []json.Value // of Request.Fields
	// Members are those of an object that was asked for, but for the answer's annotations; of elements they are not noted.
	Members []json.Member
	cuts    json.Edit // takes out the annotations of the answer
	wrong   error     // why it cannot be completed
}

// Rest is where a collection goes on that Graph cut off.
type Rest struct {
	Name, Link string
	Count      int64     // the largest number of elements that the object names; 0: none
	Came       []Element // what there is of the collection
	from, to   int       // where the rest belongs
	open       string    // what it needs before and behind it
	close      string
	array      bool // what there is of it is an array: without a rest the text is right as it is
	absent     bool // there is nothing of the collection, not even null
}

// Element is an element of a collection in a value: as Graph sent it, and what its member "id" says.
type Element struct{ JSON, ID []byte }

// Clone is the value in memory of its own: to keep it is not to keep the answer. Fields are the request's.
func (v *Value) Clone(fields *Fields) (Value, error) {
	if len(v.Rest) > 0 { // whose elements are places in the answer
		return ReadValue(bytes.Clone(v.JSON), fields)
	}
	c := *v
	c.JSON, c.ID, c.found = bytes.Clone(v.JSON), bytes.Clone(v.ID), slices.Clone(v.found)
	return c, nil
}

// Edit is what makes the value whole once its collections are put to it. It takes the annotations out that belong to
// the answer and not to the value, at any depth and whatever they annotate: they differ between two readings. A
// deltaLink stays.
func (v *Value) Edit() (*json.Edit, error) { return &v.cuts, v.wrong }

// Complete makes the edit of [Value.Edit], and takes the places that were noted to where the values are then. It is called
// once, when all that is cut off has been put.
func (v *Value) Complete() {
	if v.cuts.IsNone() {
		return
	}
	v.JSON = v.cuts.Apply(v.JSON)
	v.cuts.Move(v.found)
	for i := range v.Members {
		m := &v.Members[i]
		m.Start, m.From, m.To = v.cuts.Moved(m.Start), v.cuts.Moved(m.From), v.cuts.MovedEnd(m.To)
	}
	if v.Members != nil && slices.ContainsFunc(v.Rest, func(r Rest) bool { return r.absent }) {
		v.Members = v.Members[:0]
		for m, err := range json.Members(v.JSON) {
			if err == nil { // as it is: it has been read, but for what was put to it, which has been, too
				m.Name = bytes.Clone(m.Name)
				v.Members = append(v.Members, m)
			}
		}
	}
	v.Rest, v.cuts = nil, json.Edit{}
}

// Gather completes the value only if a collection that goes on was not there as an array. Its members, with their
// collections, are in Members then, and their texts by [Value.Member].
func (v *Value) Gather() {
	if slices.ContainsFunc(v.Rest, func(r Rest) bool { return !r.array }) {
		v.Complete()
	}
}

// Member is the text of one of Members, with its name, as it is once the value is complete.
func (v *Value) Member(m json.Member) []byte {
	if v.cuts.IsNone() {
		return v.JSON[m.Start:m.To]
	}
	return v.cuts.AppendPart(nil, v.JSON, m.Start, m.To)
}

// Text is the value without those annotations; as it is, if it cannot be completed.
func (v *Value) Text() []byte { return v.cuts.Apply(v.JSON) }

// Found is where in JSON the values of the request's fields are.
func (v *Value) Found() []json.Value { return v.found }

// Raw is the text of a field's value, nil if there is none or null.
func (v *Value) Raw(field int) []byte {
	if field < 0 || field >= len(v.found) || v.found[field].Kind <= json.Null {
		return nil
	}
	from, to := v.found[field].Bounds()
	return v.JSON[from:to]
}

// Plain is what a field's value says if it is a string, and else its text; nil if there is none or null.
func (v *Value) Plain(field int) []byte {
	if field >= 0 && field < len(v.found) && v.found[field].Plain {
		return v.JSON[v.found[field].Start:v.found[field].End]
	}
	return json.Unquote(v.Raw(field))
}

// Put adds elements behind those that came, as changes of the edit. They must not change until it is applied.
func (r Rest) Put(e *json.Edit, elements [][]byte) {
	if r.array && len(elements) == 0 {
		return
	}
	texts := [][]byte{[]byte(r.open)}
	for i, element := range elements {
		if i > 0 {
			texts = append(texts, comma)
		}
		texts = append(texts, element)
	}
	e.Replace(r.from, r.to, append(texts, []byte(r.close))...)
}

var comma = []byte(",")

// Fields are places in a value, through objects only, of which it is noted where they are. They are made before they
// are used, and then safe for concurrent use; nil are none.
type Fields struct {
	trie    json.Trie[int] // at the end of a path the field's number, from 1
	count   int
	readers sync.Pool
}

// Add adds a place, given the names that lead to it, and gives its number from 0.
func (f *Fields) Add(names ...string) int {
	if f.trie.Root == nil {
		f.trie.Root = f.trie.New("")
	}
	n := f.trie.Root
	for _, name := range names {
		n = f.trie.Into(n, name)
	}
	if n.Is == 0 {
		f.count++
		n.Is = f.count
	}
	return n.Is - 1
}

var noFields Fields

// ReadValue reads a text as if Graph had sent it as an element of a collection.
func ReadValue(text []byte, fields *Fields) (Value, error) {
	r := newReader(text, fields)
	defer r.free()
	v, err := r.value(true)
	if err == nil {
		err = r.scan.End()
	}
	return v, err
}
