package transform

import (
	"bytes"
	"fmt"

	"graphlake/internal/json"
	"graphlake/internal/record"
	"graphlake/schemas"
)

// known is where the plan wants a value of which it may be known where in the record it is.
type known struct {
	node *node
	zone int // of a time: place among the known of the value that names its zone, or none
}

// CompileRaw makes the plan of a dataset's raw table.
func CompileRaw(d schemas.Dataset) (*Plan, error) {
	p, err := Compile([]schemas.Table{schemas.RawTable(d)})
	if err != nil {
		return nil, err
	}
	paths, err := record.Paths(d)
	if err != nil {
		return nil, fmt.Errorf("raw of %s: %w", d.Name, err)
	}
	for _, names := range paths {
		in, n := (*node)(nil), p.root.element
		for _, name := range names {
			in, n = n, n.Members[name]
		}
		k := known{n, none}
		if in.Is.zoned {
			for i, other := range paths {
				if len(other) == len(names) && other[len(other)-1] == schemas.ZoneMember && in.Members[schemas.ZoneMember] == at(p, other) {
					k.zone = i
				}
			}
		}
		p.known = append(p.known, k)
	}
	return p, nil
}

// at is the node at the end of names, all of which the plan has.
func at(p *Plan, names []string) *node {
	n := p.root.element
	for _, name := range names {
		n = n.Members[name]
	}
	return n
}

// readKnown is readRecord of a record that has been read before.
func (b *Builder) readKnown(values []json.Value) *RecordError {
	b.scan.Over(b.record)
	for i := range b.frames {
		b.frames[i].elements = 0
	}
	root := b.plan.root
	f := b.begin(root)
	for i, k := range b.plan.known {
		if values[i].Kind == json.None {
			continue
		}
		if b.zone = (json.Value{}); k.zone != none {
			b.zone = values[k.zone]
		}
		if fault := b.keep(k.node, f, values[i]); fault != nil {
			return fault
		}
	}
	b.zone = json.Value{}
	whole := json.Value{Kind: b.scan.Kind()}
	if whole.Start, whole.End = b.scan.Pos(), len(bytes.TrimRight(b.record, " \t\r\n")); whole.Kind == json.String {
		whole.Start, whole.End = whole.Start+1, whole.End-1
	}
	if fault := b.keep(root.element, f, whole); fault != nil {
		return fault
	}
	return b.end(root, f)
}
