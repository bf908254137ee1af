package schemas

import (
	"slices"

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
	// Lenient tables never refuse a record: a value that does not fit its column is null.
	Lenient bool
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
}

// removedWith is the column of a child table that says whether the record is gone: the rows stay with it,
// as they were last known.
func removedWith(record string) Column {
	return Column{Name: "removed", Path: "/@removed", Type: Present, Doc: "Whether the " + record + " is gone. The row is then as it was last known."}
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
