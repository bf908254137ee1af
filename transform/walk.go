package transform

import (
	"strconv"

	"graphlake/internal/json"
	"graphlake/schemas"
)

// walk is what a builder remembers of the trie's nodes between members.
type walk struct {
	order json.Order[place]
	// seen is the object that the member was last seen in; objects counts them.
	seen    []uint64
	objects uint64
}

func newWalk(p *Plan) walk {
	return walk{order: json.NewOrder(&p.trie), seen: make([]uint64, p.trie.Len())}
}

func (b *Builder) readRecord() *RecordError {
	b.scan.Reset(b.record)
	for i := range b.frames {
		b.frames[i].elements = 0
	}
	root := b.plan.root
	f := b.begin(root)
	if !b.plan.lenient && b.scan.Kind() != json.Object {
		if _, err := b.scan.Value(); err != nil {
			return syntax(err)
		}
		return &RecordError{Reason: "the record is no object"}
	}
	if fault := b.value(root.element, f); fault != nil {
		return fault
	}
	if err := b.scan.End(); err != nil {
		return syntax(err)
	}
	return b.end(root, f)
}

func syntax(err error) *RecordError { return &RecordError{Reason: err.Error()} }

// value reads the value of a node and puts it where it is wanted, with all that is in it.
func (b *Builder) value(n *node, f *frame) *RecordError {
	kind := b.scan.Kind()
	if !n.Is.opens {
		v, err := b.scan.Read(kind)
		switch {
		case err != nil:
			return syntax(err)
		case kind == json.Null && !b.plan.lenient:
			return nil // which the cells and columns are
		}
		return b.keep(n, f, v)
	}
	start := b.scan.Pos()
	var fault *RecordError
	switch {
	case kind == json.Object && n.Is.only != nil:
		if entersObjects(n) {
			before := b.scan
			fault = b.object(n, f)
			b.scan = before // read again as a row
		}
		if fault == nil {
			fault = b.element(n.Is.only, 0)
		}
	case kind == json.Object && entersObjects(n):
		fault = b.object(n, f)
	case kind == json.Array && entersArrays(n):
		fault = b.array(n, f)
	default:
		return b.closed(n, f, kind)
	}
	if fault != nil {
		return fault
	}
	return b.keep(n, f, json.Value{Kind: kind, Start: start, End: b.scan.Pos()})
}

// closed reads a value that would be entered if it were of another kind.
func (b *Builder) closed(n *node, f *frame, kind json.Kind) *RecordError {
	v, err := b.scan.Read(kind)
	switch {
	case err != nil:
		return syntax(err)
	case b.plan.lenient:
	case kind == json.Null:
		return nil
	case !n.Is.strict && isEmpty(v): // as null
	default:
		want := json.Array
		if entersObjects(n) || n.Is.only != nil {
			want = json.Object
		}
		if n.Is.strict {
			return &RecordError{Reason: wrongKind(want, kind)}
		}
		b.misfit(n.Is.reader, n, wrongKind(want, kind))
	}
	return b.keep(n, f, v)
}

// keep puts a value where it is wanted.
func (b *Builder) keep(n *node, f *frame, v json.Value) *RecordError {
	for i := range n.Is.leaves {
		l := &n.Is.leaves[i]
		var c cell
		if l.text && v.Plain && v.End-v.Start <= l.most { // most values are
			c = cell{span(v.Start, v.End), inRecord}
		} else {
			var reason string
			c, reason = b.convert(l.typ, v)
			if c.from > isBits && len(b.text(c)) > l.most {
				c, reason = cell{}, longerThan(l.most)
			}
			if reason != "" && !b.plan.lenient {
				if l.strict {
					return &RecordError{Reason: reason}
				}
				b.misfit(l.reader, n, reason)
			}
		}
		if l.cell != none {
			f.cells[l.cell] = c
		}
		if l.column != none {
			b.set(l.column, b.rows[l.table], c)
		}
	}
	return nil
}

func entersObjects(n *node) bool { return n.Members != nil || n.Is.naming != none }

func entersArrays(n *node) bool { return n.Elements != nil || n.First != nil }

func wrongKind(want, got json.Kind) string {
	return "want " + want.String() + ", got " + got.String()
}

func (b *Builder) object(n *node, f *frame) *RecordError {
	if !n.Is.zoned {
		return b.members(n, f)
	}
	outer := b.zone
	b.zone = zoneIn(b.scan)
	fault := b.members(n, f)
	b.zone = outer
	return fault
}

// zoneIn is the value of the member that names the time zone, in the object in front of a scanner: Graph may
// send it behind the time. Of two the last counts. What is wrong with the object, the walk finds.
func zoneIn(scan json.Scanner) (zone json.Value) {
	more, err := scan.Object()
	for more && err == nil {
		var name, v json.Value
		if name, err = scan.Name(); err != nil {
			break
		}
		if v, err = scan.Value(); err != nil {
			break
		}
		if string(scan.Unquote(name)) == schemas.ZoneMember {
			zone = v
		}
		more, err = scan.NextMember()
	}
	return zone
}

func (b *Builder) members(n *node, f *frame) *RecordError {
	b.walk.objects++
	object := b.walk.objects
	if n.Is.naming != none {
		f.cells[n.Is.naming] = cell{}
	}
	var behind *node
	more, err := b.scan.Object()
	for more && err == nil {
		name, m, broken := b.walk.order.Member(&b.scan, n, behind)
		if broken != nil {
			return syntax(broken)
		}
		if n.Is.naming != none && f.cells[n.Is.naming].from == isNull && b.scan.Kind() == json.Object {
			f.cells[n.Is.naming] = b.textCell(name)
		}
		if m == nil {
			_, err = b.scan.Value()
		} else {
			if b.walk.seen[m.Number] == object && !b.plan.lenient {
				return &RecordError{Path: m.Name, Reason: "the member is there twice"}
			}
			b.walk.seen[m.Number] = object
			if fault := b.value(m, f); fault != nil {
				return fault.under(m.Name)
			}
			behind = m
		}
		if err == nil {
			more, err = b.scan.NextMember()
		}
	}
	if err != nil {
		return syntax(err)
	}
	return nil
}

func (b *Builder) array(n *node, f *frame) *RecordError {
	more, err := b.scan.Array()
	for i := 0; more && err == nil; i++ {
		var fault *RecordError
		if i == 0 && n.First != nil {
			before := b.scan
			if fault = b.value(n.First, f); fault == nil && n.Is.elements != nil {
				b.scan = before // read again as an element of all
			}
		}
		switch {
		case fault != nil:
		case n.Is.elements != nil:
			fault = b.element(n.Is.elements, i)
		case i > 0:
			_, err = b.scan.Value()
		}
		if fault != nil {
			return fault.under("[" + strconv.Itoa(i) + "]")
		}
		if err == nil {
			more, err = b.scan.NextElement()
		}
	}
	if err != nil {
		return syntax(err)
	}
	return nil
}

// element reads an element of a collection. A null is no row, but has a position.
func (b *Builder) element(sc *scope, position int) *RecordError {
	if b.scan.Kind() == json.Null {
		if _, err := b.scan.Value(); err != nil {
			return syntax(err)
		}
		return nil
	}
	f := b.begin(sc)
	if sc.position != none {
		f.cells[sc.position] = cell{uint64(position), isBits}
	}
	if fault := b.value(sc.element, f); fault != nil {
		return fault
	}
	return b.end(sc, f)
}
