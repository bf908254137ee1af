package transform

import (
	"errors"
	"fmt"
	"slices"

	"graphlake/schemas"
)

// collection is the scope of a collection's elements.
func (c *compiler) collection(each schemas.Path) (*scope, error) {
	steps, err := each.Steps()
	if err != nil {
		return nil, err
	}
	if n := len(steps); n > 0 && steps[n-1].Kind != schemas.Each && steps[n-1].Kind != schemas.Only {
		return nil, fmt.Errorf("rows are at %q, want a path that ends with [] or {}", each)
	}
	sc, _, err := c.follow(steps)
	return sc, err
}

// value is the cell that holds the value at an absolute path, read as the type for the next column, and its
// scope. If the column is strict, a value that does not fit refuses the record.
func (c *compiler) value(path schemas.Path, typ schemas.Type, strict bool) (*scope, int, error) {
	steps, err := path.Steps()
	if err != nil {
		return nil, 0, err
	}
	if n := len(steps); n > 0 && steps[n-1].Kind == schemas.Position {
		cell, sc, err := c.position(steps[:n-1], typ)
		return sc, cell, err
	}
	sc, n, err := c.follow(steps)
	if err != nil {
		return nil, 0, err
	}
	if len(steps) == 0 && isText(typ) {
		typ = asSent
	}
	if typ == schemas.Member {
		if n.Is.naming == none {
			n.Is.naming = sc.cell()
		}
		n.Is.readBy(len(c.columns))
		return sc, n.Is.naming, nil
	}
	l := c.leaf(n, typ, strict)
	if l.cell == none {
		l.cell = sc.cell()
	}
	return sc, l.cell, nil
}

// direct lets a column of the rows' own values be set while they are read, and reports whether it can
// be: from one path, by the first of the columns that want the value there.
func (c *compiler) direct(rows *scope, path schemas.Path, number int, col schemas.Column, strict bool) bool {
	steps, err := path.Steps()
	if err != nil || c.lenient || len(steps) == 0 || len(col.Else) > 0 || steps[len(steps)-1].Kind == schemas.Position ||
		col.Type == schemas.Member || col.Type.NeverNull() {
		return false
	}
	sc, n, err := c.follow(steps)
	if err != nil || sc != rows {
		return false
	}
	l := c.leaf(n, col.Type, strict)
	if l.column != none {
		return false
	}
	l.column, l.table = len(c.columns), number
	return true
}

func (c *compiler) position(steps []schemas.Step, typ schemas.Type) (int, *scope, error) {
	if typ != schemas.Int32 && typ != schemas.Int64 {
		return 0, nil, fmt.Errorf("a position is an integer, not of type %v", typ)
	}
	sc, _, err := c.follow(steps)
	if err != nil {
		return 0, nil, err
	}
	if sc == c.root {
		return 0, nil, errors.New("the record is in no array, so it has no position")
	}
	if sc.position == none {
		sc.position = sc.cell()
	}
	return sc.position, sc, nil
}

// follow goes along the steps from the record on, adding what is not there yet.
func (c *compiler) follow(steps []schemas.Step) (*scope, *node, error) {
	sc, n := c.root, c.root.element
	var path []byte
	for _, step := range steps {
		switch step.Kind {
		case schemas.Into:
			path = append(append(path, '.'), step.Name...)
			n = c.member(n, step.Name, string(path[1:]))
		case schemas.FirstOf:
			path = append(path, "[0]"...)
			if n.First == nil {
				n.First = c.newNode("", string(path[1:]))
			}
			n = n.First
		case schemas.Each:
			path = append(path, "[]"...)
			if n.Is.elements == nil {
				n.Is.elements = c.newScope(sc, schemas.Path(path[1:]))
				n.Elements = n.Is.elements.element
			}
			sc = n.Is.elements
			n = sc.element
		case schemas.Only:
			path = append(path, "{}"...)
			if n.Is.only == nil {
				n.Is.only = c.newScope(sc, schemas.Path(path[1:]))
			}
			sc = n.Is.only
			n = sc.element
		default:
			return nil, nil, fmt.Errorf("path %q: a position is the last step", path)
		}
	}
	return sc, n, nil
}

func (c *compiler) member(n *node, name, path string) *node {
	if m := n.Members[name]; m != nil {
		return m
	}
	m := c.trie.Into(n, name)
	m.Is = place{path: path, naming: none, reader: none}
	return m
}

// zone lets the object that a time is in be asked for the zone of the time. The member that names it is one
// that is wanted, so that it is a fault to be there twice.
func (c *compiler) zone(path schemas.Path) error {
	beside, err := path.Beside(schemas.ZoneMember)
	if err != nil {
		return err
	}
	steps, err := beside.Steps()
	if err != nil {
		return err
	}
	if _, _, err := c.follow(steps); err != nil {
		return err
	}
	_, n, err := c.follow(steps[:len(steps)-1])
	if err == nil {
		n.Is.zoned = true
	}
	return err
}

// leaf is the value at the node read as the type, also for the next column; columns that want the same share
// it. It is valid until the next one is wanted.
func (c *compiler) leaf(n *node, typ schemas.Type, strict bool) *leaf {
	i := slices.IndexFunc(n.Is.leaves, func(l leaf) bool { return l.typ == typ })
	if i < 0 {
		i = len(n.Is.leaves)
		n.Is.leaves = append(n.Is.leaves, leaf{typ: typ, text: isText(typ), cell: none, column: none, reader: len(c.columns)})
	}
	l := &n.Is.leaves[i]
	l.strict = l.strict || strict
	l.most = longest(typ, l.strict)
	return l
}

func (s *scope) cell() int {
	s.cells++
	return s.cells - 1
}
