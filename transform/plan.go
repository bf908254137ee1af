package transform

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"

	"graphlake/schemas"
)

// Plan is the paths of tables compiled into one tree, which is walked along with a record. It is
// safe for concurrent use.
type Plan struct {
	tables  []table
	types   []schemas.Type // of all columns of all tables, in order
	root    *scope
	scopes  int
	nodes   int
	lenient bool
	id      int // cell of the root scope that identifies a record in errors, or none
}

const none = -1

// table is where a table's columns are among all columns.
type table struct {
	schema     *arrow.Schema
	from, upto int
}

// node is a place in a record: a value that columns want, or that other places are in.
type node struct {
	number  int
	name    string // of the member
	spelled string // the name as Graph writes it, with quotes and colon

	leaves   []leaf
	members  map[string]*node
	elements *scope // of an array: what becomes of every element
	first    *node  // of an array: its first element
	naming   int    // cell for the name of the first member that is an object, or none
}

// leaf is a value of a record that goes into a cell of the scope.
type leaf struct {
	typ  schemas.Type
	cell int
}

// scope is what there is once for every element of a collection, or once for the record: cells for
// values, and the rows that they go to when the element has been read to its end. Only then are they
// all known: Graph may send an id behind the collection whose rows carry it.
type scope struct {
	number   int
	path     schemas.Path
	parent   *scope
	element  *node
	cells    int
	position int // cell for the element's position, or none

	tables []int    // tables that get a row for an element
	own    []target // columns of those rows
	below  []nested // tables that get rows from collections in the element
}

// nested is a table with rows from deeper collections, and its columns that hold values of the scope.
type nested struct {
	table   int
	targets []target
}

// target is a column and the cells that it takes its value from: the first that is not null. It is
// kept small, for there are hundreds and all are gone through for every element.
type target struct {
	column  int
	cell    int
	special *special // nil for most
}

// special is what is seldom asked of a target.
type special struct {
	others   []int
	present  bool // the value is whether the cell is set
	required bool
	path     string // of the value, from the scope's element on
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
	return c.Plan, nil
}

type compiler struct{ *Plan }

func (c *compiler) newScope(parent *scope, path schemas.Path) *scope {
	sc := &scope{number: c.scopes, path: path, parent: parent, position: none}
	c.scopes++
	sc.element = c.newNode("")
	return sc
}

func (c *compiler) newNode(name string) *node {
	n := &node{number: c.nodes, name: name, spelled: `"` + name + `":`, naming: none}
	c.nodes++
	return n
}

func (c *compiler) table(number int, t schemas.Table) error {
	first := len(c.types)
	rows, err := c.collection(t.Each)
	if err != nil {
		return err
	}
	rows.tables = append(rows.tables, number)
	for sc := rows.parent; sc != nil; sc = sc.parent {
		sc.below = append(sc.below, nested{table: number})
	}
	for _, col := range t.Columns {
		if err := c.column(rows, t, col); err != nil {
			return fmt.Errorf("column %s: %w", col.Name, err)
		}
	}
	c.tables = append(c.tables, table{t.Schema(), first, len(c.types)})
	return nil
}

// column adds a column of the table whose rows the scope has.
func (c *compiler) column(rows *scope, t schemas.Table, col schemas.Column) error {
	to := target{column: len(c.types)}
	rare := special{required: col.Required, present: col.Type == schemas.Present}
	c.types = append(c.types, col.Type)
	path := col.Path.Absolute(t.Each)
	from, cell, err := c.value(path, col.Type)
	if err != nil {
		return err
	}
	to.cell = cell
	rare.path = strings.TrimPrefix(strings.TrimPrefix(string(path), string(from.path)), ".")
	for _, p := range col.Else {
		sc, cell, err := c.value(p.Absolute(t.Each), col.Type)
		if err != nil {
			return err
		}
		if sc != from {
			return fmt.Errorf("path %q and %q are in different collections", col.Path, p)
		}
		rare.others = append(rare.others, cell)
	}
	if rare.required || rare.present || rare.others != nil {
		to.special = &rare
	}
	if from == rows {
		rows.own = append(rows.own, to)
		return nil
	}
	for sc := rows.parent; sc != nil; sc = sc.parent {
		if sc == from {
			last := &sc.below[len(sc.below)-1] // this table's, which came last
			last.targets = append(last.targets, to)
			return nil
		}
	}
	return fmt.Errorf("path %q goes into a collection that the table's rows are not in", col.Path)
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
	for _, to := range c.root.own {
		if to.column == c.tables[i].from+key {
			c.id = to.cell
		}
	}
}
