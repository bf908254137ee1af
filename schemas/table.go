package schemas

import (
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
)

// Table is one kind of row of a dataset: where in a record the rows are, and their columns.
type Table struct {
	Name string // snake_case, plural
	Doc  string
	// Each is the collection whose elements become rows, as "sessions[].segments[]". Empty: the
	// record itself is the one row.
	Each Path
	// Key names the columns that identify a row within a tenant and a day.
	Key     []string
	Columns []Column
	// Owner is where an element of Each, a list, holds whose it is, if its key is not that person's: it goes when they go.
	Owner []Path
	// Lenient tables never refuse a record: a value that does not fit its column is null.
	Lenient bool
	// Computed says that the rows are not read from a record but computed of it. Each says of what, and so whose they are.
	Computed Computation
}

// Column is a column of a table. Columns are only ever added, at the end.
type Column struct {
	Name string // snake_case; unique in the table ignoring case
	Doc  string
	// Path of the value: from the row's element on, or from the record on if it starts with "/".
	Path Path
	// Else are further paths of the same kind, asked in order while the value is null.
	Else     []Path
	Type     Type
	Required bool // a record without it is bad; so for each column of a key, which need not say it
	Personal bool // says something about a person
	// Written says whether somebody made up what is here. A column that holds a [Body] is Text.
	Written Written
	// Quasi says that the value names nobody and yet, with others of its kind, singles people out, as the day on which
	// somebody was hired. With [CoarseDetail] a lake has the year of an instant and null for the rest.
	Quasi bool
	// Texts are the texts in a value of type JSON that are no person's, from the value on: "[]" is each element that is
	// one, "[].id" that member of each. Others in it are what Graph may send some day, and stay where all content does.
	// Nil: whatever is in it stays, as far as the other marks allow.
	Texts []Path
	// Number says that the value may be a telephone number. Where a pseudonym stands in its place, the record says beside it
	// what is not about whose it is, and computations know of both ([Dataset.Inputs]).
	Number bool
	// Computed says that the values are not read but computed. Path then says whose the value is, if it is personal or
	// quasi, and is empty elsewhere.
	Computed Computation
}

// In is a path from the value of a column on, as one from where that of the column begins.
func (p Path) In(column Path) Path {
	if strings.HasPrefix(string(p), "[") {
		return column + p
	}
	return column + "." + p
}

// removedWith is the column of a child table that says whether the record is gone: the rows stay with it,
// as they were last known.
func removedWith(record string) Column {
	return Column{Name: "removed", Path: "/@removed", Type: Present, Doc: "Whether the " + record + " is gone. The row is then as it was last known."}
}

// lengthOf is the column that says how long a text is, whatever the lake keeps of it.
func lengthOf(name string, text Path, what string) Column {
	return Column{Name: name + "_characters", Path: text + ofLength, Type: Int32, Doc: "Characters of " + what + ", counted before the lake took it out."}
}

// Column finds a column by its name.
func (t Table) Column(name string) (Column, bool) {
	i := slices.IndexFunc(t.Columns, func(c Column) bool { return c.Name == name })
	if i < 0 {
		return Column{}, false
	}
	return t.Columns[i], true
}

// Requires reports whether a record without a value of the column is bad: because the column says so, or because it is
// in the key.
func (t Table) Requires(c Column) bool {
	return c.Required || !t.Lenient && c.Type != KeyText && slices.Contains(t.Key, c.Name)
}

// Only is the table with its key and the named columns, in the table's order.
func (t Table) Only(names ...string) Table {
	t.Columns = slices.DeleteFunc(slices.Clone(t.Columns), func(c Column) bool {
		return !slices.Contains(t.Key, c.Name) && !slices.Contains(names, c.Name)
	})
	return t
}

// Schema is the table in Arrow. Partition columns are in the path and not here.
func (t Table) Schema() *arrow.Schema {
	fields := make([]arrow.Field, len(t.Columns))
	for i, c := range t.Columns {
		fields[i] = arrow.Field{Name: c.Name, Type: c.Type.Arrow(), Nullable: !t.Requires(c) && !c.Type.NeverNull()}
	}
	return arrow.NewSchema(fields, nil)
}
