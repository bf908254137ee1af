package delta

import (
	"fmt"
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
)

// cells reads the members of a struct of Arrow by their names, whichever of Arrow's types for the same thing its writer
// has had. What is null or not there is zero. A nil cells has nothing.
type cells struct {
	of      *array.Struct
	columns map[string]arrow.Array
	within  map[string]*cells // of members that are structs
	err     error             // the first member of another kind than was asked for
}

func newCells(of *array.Struct) *cells {
	c := &cells{of: of, columns: map[string]arrow.Array{}, within: map[string]*cells{}}
	for i, f := range of.DataType().(*arrow.StructType).Fields() {
		c.columns[f.Name] = of.Field(i)
		if inner, ok := of.Field(i).(*array.Struct); ok {
			c.within[f.Name] = newCells(inner)
		}
	}
	return c
}

// inside are the cells of a member that is a struct.
func (c *cells) inside(name string) *cells {
	if c == nil {
		return nil
	}
	return c.within[name]
}

// there reports whether a row has a member.
func (c *cells) there(row int, name string) bool {
	if c == nil || c.of.IsNull(row) {
		return false
	}
	column := c.columns[name]
	return column != nil && column.IsValid(row)
}

func (c *cells) other(name string) {
	if c.err == nil {
		c.err = fmt.Errorf("%s is %v", name, c.columns[name].DataType())
	}
}

func (c *cells) text(row int, name string) string {
	if !c.there(row, name) {
		return ""
	}
	text, ok := textAt(c.columns[name], row)
	if !ok {
		c.other(name)
	}
	return text
}

// begins reports whether a row's text begins as one of some do.
func (c *cells) begins(row int, name string, as []string) bool {
	if !c.there(row, name) {
		return false
	}
	texts, ok := c.columns[name].(interface{ Value(int) string })
	if !ok {
		c.other(name)
		return false
	}
	text := texts.Value(row)
	return slices.ContainsFunc(as, func(begin string) bool { return strings.HasPrefix(text, begin) })
}

// textAt is a copy: a text of Arrow's holds the memory of its whole column.
func textAt(column arrow.Array, row int) (string, bool) {
	if column.IsNull(row) {
		return "", true
	}
	texts, ok := column.(interface{ Value(int) string })
	if !ok {
		return "", false
	}
	return strings.Clone(texts.Value(row)), true
}

func (c *cells) number(row int, name string) int64 {
	if !c.there(row, name) {
		return 0
	}
	switch column := c.columns[name].(type) {
	case *array.Int64:
		return column.Value(row)
	case *array.Int32:
		return int64(column.Value(row))
	}
	c.other(name)
	return 0
}

func (c *cells) truth(row int, name string) bool {
	if !c.there(row, name) {
		return false
	}
	column, ok := c.columns[name].(*array.Boolean)
	if !ok {
		c.other(name)
		return false
	}
	return column.Value(row)
}

func (c *cells) texts(row int, name string) map[string]string {
	if !c.there(row, name) {
		return nil
	}
	column, ok := c.columns[name].(*array.Map)
	if !ok {
		c.other(name)
		return nil
	}
	from, to := column.ValueOffsets(row)
	values := make(map[string]string, to-from)
	for i := int(from); i < int(to); i++ {
		key, isText := textAt(column.Keys(), i)
		value, alsoText := textAt(column.Items(), i)
		if !isText || !alsoText {
			c.other(name)
		}
		values[key] = value
	}
	return values
}

func (c *cells) list(row int, name string) []string {
	if !c.there(row, name) {
		return nil
	}
	column, ok := c.columns[name].(array.ListLike)
	if !ok {
		c.other(name)
		return nil
	}
	from, to := column.ValueOffsets(row)
	values := make([]string, 0, to-from)
	for i := int(from); i < int(to); i++ {
		value, isText := textAt(column.ListValues(), i)
		if !isText {
			c.other(name)
		}
		values = append(values, value)
	}
	return values
}
