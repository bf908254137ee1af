package transform

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"

	"graphlake/internal/json"
	"graphlake/schemas"
)

// Plan is the paths of tables compiled into one tree, which is walked along with a record. It is
// safe for concurrent use.
type Plan struct {
	tables  []table
	columns []origin // of all tables, in order
	late    []int    // those that are set when the record has been read
	root    *scope
	scopes  []*scope
	trie    json.Trie[place]
	lenient bool
	id      int     // cell of the root scope that identifies a record in errors, or none
	idName  string  // of its member
	known   []known // of a raw table: the values at record.Paths
}

const none = -1

// table is where a table's columns are among all columns.
type table struct {
	name       string
	schema     *arrow.Schema
	from, upto int
}

// node is a place in a record: a value that columns want, or that other places are in. The nodes of a plan are one
// trie, along which a record is walked.
type node = json.Node[place]

// place is what is wanted of the value at a node.
type place struct {
	path  string // from the record on, without positions
	opens bool   // columns want what is in the value

	leaves   []leaf
	elements *scope // of an array: what becomes of every element
	only     *scope // of an object: what becomes of it as a collection of one
	naming   int    // cell for the name of the first member that is an object, or none
	zoned    bool   // a member names the time zone of another

	reader int  // the first column that reads something in the value, or none
	strict bool // a value that cannot be entered refuses the record, and is not null
}

// leaf is a value of a record that goes into a cell of the scope, a column of a table, or both.
type leaf struct {
	typ           schemas.Type
	text          bool // a string is taken as it is
	most          int  // bytes that it may have as text
	cell          int  // or none
	column, table int  // or none
	reader        int  // the first column that reads it
	strict        bool // a value that does not fit refuses the record, and is not null
}

// scope is what there is once for every element of a collection, or once for the record: cells for
// values that go to rows of other scopes too, or not at once. These rows are filled when the record has
// been read to its end: Graph may send an id behind the collection whose rows carry it.
type scope struct {
	number   int
	path     schemas.Path
	parent   *scope
	element  *node
	cells    int
	position int // cell for the element's position, or none

	tables   []int // tables that get a row for an element
	below    []int // tables that get rows from collections in the element
	required []demand
}

// origin is where the values of a column come from: straight from a leaf, or from the first of the
// cells that is not null.
type origin struct {
	name    string
	typ     schemas.Type
	table   int
	direct  bool
	scope   *scope
	below   int // place of the table in scope.below, or none if the scope's elements are its rows
	cell    int
	others  []int
	present bool // the value is whether the cell is set
	filled  bool // no text is the empty text
}

// demand is a column that must not be null, if the element gives rows to its table.
type demand struct {
	column int
	path   string // of the value, from the scope's element on
}

// Compile makes the plan of tables, which are either all lenient or none is.
func Compile(tables []schemas.Table) (*Plan, error) {
	if len(tables) == 0 {
		return nil, errors.New("no tables to compile")
	}
	c := compiler{Plan: &Plan{lenient: tables[0].Lenient, id: none}}
	c.root = c.newScope(nil, "")
	var errs []error
	for i, t := range tables {
		if t.Lenient != c.lenient {
			return nil, fmt.Errorf("table %s: lenient and other tables do not go into one plan", t.Name)
		}
		if err := c.table(i, t); err != nil {
			errs = append(errs, fmt.Errorf("table %s: %w", t.Name, err))
		}
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	c.identify(tables)
	for _, sc := range c.scopes {
		summarize(sc.element)
		sc.element.Is.strict = true // an element that cannot be entered is no row of nulls
	}
	return c.Plan, nil
}

// summarize notes what was found out about a node and those in it, and reports whether a value there or in it
// must not be null for being odd.
func summarize(n *node) (strict bool) {
	at := &n.Is
	at.opens = entersObjects(n) || entersArrays(n) || at.only != nil
	at.strict = at.elements != nil || at.only != nil
	inner := slices.Collect(maps.Values(n.Members))
	if n.First != nil {
		inner = append(inner, n.First)
	}
	for _, m := range inner {
		at.strict = summarize(m) || at.strict
		at.readBy(m.Is.reader)
	}
	strict = at.strict
	for _, l := range at.leaves {
		strict = strict || l.strict
		at.readBy(l.reader)
	}
	return strict
}

// readBy notes that a column reads something in the value.
func (p *place) readBy(column int) {
	if p.reader == none || column != none && column < p.reader {
		p.reader = column
	}
}

type compiler struct{ *Plan }

func (c *compiler) newScope(parent *scope, path schemas.Path) *scope {
	sc := &scope{number: len(c.scopes), path: path, parent: parent, position: none}
	c.scopes = append(c.scopes, sc)
	sc.element = c.newNode("", string(path))
	return sc
}

func (c *compiler) newNode(name, path string) *node {
	n := c.trie.New(name)
	n.Is = place{path: path, naming: none, reader: none}
	return n
}

func (c *compiler) table(number int, t schemas.Table) error {
	first := len(c.columns)
	rows, err := c.collection(t.Each)
	if err != nil {
		return err
	}
	rows.tables = append(rows.tables, number)
	for sc := rows.parent; sc != nil; sc = sc.parent {
		sc.below = append(sc.below, number)
	}
	for _, col := range t.Columns {
		col.Required = t.Requires(col)
		if err := c.column(rows, number, t, col); err != nil {
			return fmt.Errorf("column %s: %w", col.Name, err)
		}
	}
	c.tables = append(c.tables, table{t.Name, t.Schema(), first, len(c.columns)})
	return nil
}

// column adds a column of the table, whose rows the scope has.
func (c *compiler) column(rows *scope, number int, t schemas.Table, col schemas.Column) error {
	path := col.Path.Absolute(t.Each)
	if col.Type == schemas.UTCTime {
		for _, p := range append([]schemas.Path{col.Path}, col.Else...) {
			if err := c.zone(p.Absolute(t.Each)); err != nil {
				return err
			}
		}
	}
	// A value that must be there refuses the record, unless there may be another in its place.
	strict := (col.Required || slices.Contains(t.Key, col.Name)) && len(col.Else) == 0
	if c.direct(rows, path, number, col, strict) {
		c.demand(rows, path, col)
		c.columns = append(c.columns, origin{name: col.Name, typ: col.Type, table: number, scope: rows, below: none, direct: true})
		return nil
	}
	sc, cell, err := c.value(path, col.Type, strict)
	if err != nil {
		return err
	}
	from := origin{name: col.Name, typ: col.Type, table: number, scope: sc, below: none, cell: cell, present: col.Type == schemas.Present, filled: col.Type == schemas.KeyText}
	for _, p := range col.Else {
		other, cell, err := c.value(p.Absolute(t.Each), col.Type, false)
		if err != nil {
			return err
		}
		if other != sc {
			return fmt.Errorf("path %q and %q are in different collections", col.Path, p)
		}
		from.others = append(from.others, cell)
	}
	if sc != rows {
		if !rows.isIn(sc) {
			return fmt.Errorf("path %q goes into a collection that the table's rows are not in", col.Path)
		}
		from.below = len(sc.below) - 1 // the table came last
	}
	c.demand(sc, path, col)
	c.late = append(c.late, len(c.columns))
	c.columns = append(c.columns, from)
	return nil
}

// demand notes that the next column must not be null, if that is so.
func (c *compiler) demand(sc *scope, path schemas.Path, col schemas.Column) {
	if col.Required {
		place := strings.TrimPrefix(strings.TrimPrefix(string(path), string(sc.path)), ".")
		sc.required = append(sc.required, demand{len(c.columns), place})
	}
}

func (s *scope) isIn(outer *scope) bool {
	for s != nil && s != outer {
		s = s.parent
	}
	return s == outer
}

// identify finds the cell that names a record in errors: the first key column of the root table.
func (c *compiler) identify(tables []schemas.Table) {
	i := slices.IndexFunc(tables, func(t schemas.Table) bool { return t.Each == "" && len(t.Key) > 0 })
	if i < 0 {
		return
	}
	key := slices.IndexFunc(tables[i].Columns, func(col schemas.Column) bool { return col.Name == tables[i].Key[0] })
	if key < 0 || storageOf(tables[i].Columns[key].Type) != texts {
		return
	}
	if _, cell, err := c.value(tables[i].Columns[key].Path, tables[i].Columns[key].Type, false); err == nil {
		c.id, c.idName = cell, string(tables[i].Columns[key].Path)
	}
}
