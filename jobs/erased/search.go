package erased

import (
	"bytes"
	"context"
	"errors"
	"iter"
	"path"
	"slices"
	"strings"
	"time"

	"graphlake/internal/record"
	"graphlake/load"
	"graphlake/schemas"
	"graphlake/transform/privacy"
)

// Search looks for people in every object of a lake, in two ways. Every value is looked at as the filter of what is read
// looks at it: by hashes, in whatever coding. And where keys are given in clear, the bytes themselves are searched for
// them, in the object as it lies and in the pages of Parquet without compression: where nothing is a value any more, as in
// what a file has left of another.
type Search struct {
	Store    load.Store
	Beside   iter.Seq2[load.Object, error] // what is no object, as drafts and scratch; nil: nothing
	Datasets []schemas.Dataset
	People   []*privacy.People
	Keys     []privacy.PersonKey // in clear
}

// Result is what a search has looked at, and what it has found.
type Result struct {
	Objects int64    `json:"objects"`
	Bytes   int64    `json:"bytes"` // of the objects, and of the pages in them without compression
	Found   []Found  `json:"found"`
	Unread  []string `json:"unread,omitempty"` // objects that could not be looked at whole, and so prove nothing
	// NotSearched is scratch of runs that are under way, of this lake or of another, or of other users: it goes with its run.
	NotSearched []string `json:"not_searched,omitempty"`
}

// Found says where somebody is, and never whom or what.
type Found struct {
	Object string `json:"object"`
	Where  string `json:"where,omitempty"` // within it; empty: its own bytes
	Count  int64  `json:"count"`
}

// Clean reports whether nothing was found and everything was looked at.
func (r Result) Clean() bool { return len(r.Found) == 0 && len(r.Unread) == 0 }

// Run searches.
func (s Search) Run(ctx context.Context) (Result, error) {
	r := Result{Found: []Found{}}
	l, err := s.newLook()
	if err != nil {
		return r, err
	}
	for info, err := range s.Store.List(ctx, "") {
		if err != nil {
			return r, err
		}
		object, err := s.Store.Open(ctx, info.Name)
		if err == nil {
			err = errors.Join(l.at(ctx, object, info.Name, &r), object.Close())
		}
		if err != nil {
			return r, err
		}
	}
	if s.Beside == nil {
		return r, nil
	}
	for object, err := range s.Beside {
		if inUse, ok := errors.AsType[*load.InUseError](err); ok {
			r.NotSearched = append(r.NotSearched, inUse.Name)
			continue
		}
		if err == nil {
			err = l.at(ctx, object, path.Base(object.Info().Name), &r) // where a lake lies, is not the lake's
		}
		if err != nil {
			return r, err
		}
	}
	return r, nil
}

// look is what a search looks for.
type look struct {
	filters  []*privacy.Filter // of any JSON
	people   []*privacy.People
	patterns *patterns
	columns  map[string]column // by table and column
	stopped  error             // the context has ended
}

// column is what a value of a partition is of.
type column struct {
	table   schemas.Table
	of      schemas.Column
	records []*privacy.Filter // if it holds records
}

func (s Search) newLook() (*look, error) {
	l := &look{people: s.People, patterns: newPatterns(s.Keys), columns: map[string]column{}}
	for _, set := range s.People {
		f, err := set.Filter(schemas.Dataset{})
		if err != nil {
			return nil, err
		}
		l.filters = append(l.filters, f)
	}
	for _, d := range s.Datasets {
		var records []*privacy.Filter
		for _, set := range s.People {
			f, err := set.Filter(d)
			if err != nil {
				return nil, err
			}
			records = append(records, f)
		}
		for _, t := range append(slices.Clone(d.Tables), schemas.RawTable(d)) {
			for _, c := range t.Columns {
				at := column{table: t, of: c}
				if c.Name == schemas.RecordText {
					at.records = records
				}
				l.columns[t.Name+" column "+c.Name] = at
			}
		}
	}
	return l, nil
}

// at looks at an object, and at the end of its name.
func (l *look) at(ctx context.Context, object load.Object, end string, r *Result) error {
	r.Objects++
	without, isNamed := l.inName(end)
	name := strings.TrimSuffix(object.Info().Name, end) + without
	o := inObject{look: l, size: object.Info().Size, counts: map[string]int64{}}
	o.table, o.partition = tableOf(object.Info().Name)
	if isNamed {
		o.found("its name")
	}
	err := load.Inside(ctx, object, func(p load.Piece) error { return o.piece(ctx, p) })
	if errors.Is(err, load.ErrDamaged) {
		r.Unread = append(r.Unread, name)
		err = nil
	}
	if err != nil {
		return err
	}
	r.Bytes += o.bytes
	if o.counts[""] == 0 && l.inValue(ctx, o.whole, column{}) {
		o.found("")
	}
	for _, at := range o.packed {
		in, err := l.unpacked(ctx, object, at)
		if err != nil {
			return err
		}
		if in {
			o.found("what is packed in it")
		}
	}
	if l.stopped != nil {
		return l.stopped
	}
	for _, where := range o.order {
		r.Found = append(r.Found, Found{name, where, o.counts[where]})
	}
	return nil
}

// tableOf is the table that a file has rows of: a partition, or a data file of a Delta table.
func tableOf(object string) (table string, ok bool) {
	if p, ok := load.ParsePartition(object); ok {
		return p.Name, true
	}
	table, _, below, _ := load.ParseDelta(object)
	if _, ok := load.ParseDataFile(below); ok {
		return table, true
	}
	return "", false
}

// inObject is what a search has seen of an object.
type inObject struct {
	*look
	size      int64
	partition bool   // it is a file of rows, whose values show all that is in it
	table     string // of these

	bytes  int64
	own    int64   // of its own
	whole  []byte  // all of its own, if that may be one text
	packed []int64 // where members of gzip may begin
	counts map[string]int64
	order  []string
}

// mostText is how long an object is at most that is looked at as one text: longer ones are looked at in parts.
const mostText = 1 << 20

func (o *inObject) found(where string) {
	if o.counts[where]++; o.counts[where] == 1 {
		o.order = append(o.order, where)
	}
}

func (o *inObject) piece(ctx context.Context, p load.Piece) error {
	found := false
	switch {
	case p.Where == "":
		found = o.ownBytes(p.Bytes)
	case p.Value:
		found = o.inValue(ctx, p.Bytes, o.columns[o.table+" "+strings.TrimPrefix(p.Where, "statistics of ")]) || o.hidden(p.Bytes, true, true, 0)
	default:
		o.bytes += int64(len(p.Bytes))
	}
	if found || o.patterns.in(p.Bytes) {
		o.found(p.Where)
	}
	return nil
}

// ownBytes looks by hashes into the bytes of an object, each time with the end of those before in front. What is in a
// partition, its values show.
func (o *inObject) ownBytes(b []byte) bool {
	first := o.own == 0
	overlap := 0
	if !first {
		overlap = min(len(b), load.Overlap)
	}
	begins := o.own - int64(overlap)
	o.own += int64(len(b) - overlap)
	o.bytes += int64(len(b) - overlap)
	if o.partition {
		return false
	}
	if o.size <= mostText {
		o.whole = append(o.whole, b[overlap:]...)
	}
	for _, at := range members(b) {
		if place := begins + int64(at); len(o.packed) == 0 || o.packed[len(o.packed)-1] < place {
			o.packed = append(o.packed, place)
		}
	}
	return o.inBytes(b, first, o.own == o.size, o.size > mostText)
}

// inValue reports whether the filter would take somebody out of a value; of no column, it may be anything.
func (l *look) inValue(ctx context.Context, value []byte, c column) bool {
	if len(value) == 0 {
		return false
	}
	isJSON := value[0] == '{' || value[0] == '['
	filters := l.filters
	switch {
	case c.records != nil && isJSON:
		filters = c.records
	case c.of.Name != "" && c.of.Type != schemas.JSON && c.records == nil:
		text := string(value)
		return slices.ContainsFunc(l.people, func(set *privacy.People) bool { return set.Cell(c.table, c.of, text) != text })
	case !isJSON:
		value = quoted(value)
	}
	return slices.ContainsFunc(filters, func(f *privacy.Filter) bool {
		if c.of.Type == schemas.JSON && c.records == nil {
			f.Of(c.table, c.of)
		} else {
			f.Of(schemas.Table{}, schemas.Column{Type: schemas.LongText})
		}
		r, stays, err := f.Apply(ctx, record.Record{JSON: value})
		if err != nil {
			l.stopped = err
			return false
		}
		return !stays || !bytes.Equal(r.JSON, value)
	})
}

// quoted is a text as a JSON string.
func quoted(text []byte) []byte {
	const digits = "0123456789abcdef"
	out := append(make([]byte, 0, len(text)+2), '"')
	for _, c := range text {
		switch {
		case c == '"' || c == '\\':
			out = append(out, '\\', c)
		case c < ' ':
			out = append(out, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
		default:
			out = append(out, c)
		}
	}
	return append(out, '"')
}

// Proof is what a search for people has found, as the lake keeps it. Who they are, only salted hashes say, and which days
// have changed for them the erasures.
type Proof struct {
	At       time.Time `json:"at"`
	By       string    `json:"by"`
	Of       []string  `json:"of"`       // hashes of who was searched for by keys in clear; those who were erased are always searched for by their hashes
	Erasures []Erasure `json:"erasures"` // of which nothing is left, or something
	Ways     []string  `json:"ways"`     // in which was searched
	Clean    bool      `json:"clean"`
	Result
}

// Ways are how a search with keys in clear, or without, looks for people.
func Ways(keys bool) []string {
	ways := []string{
		"every object of the lake, its name, drafts and scratch files; of Parquet the values of all columns, statistics and the footer: by salted hashes, in clear, percent, HTML, JSON, base64 and hexadecimal coding",
		"values, and the bytes of what is no Parquet, by salted hashes too: UTF-16 in both orders, ids in binary and within other letters, base64 with breaks, names of guests, members of gzip",
	}
	if keys {
		ways = append(ways, "the bytes of every object, and of the pages of Parquet without compression, dictionaries among them: for the keys in clear, in any case, in UTF-8 and UTF-16, in percent, HTML and JSON coding, in base64 at any of its three beginnings, ids in binary too")
	}
	return ways
}
