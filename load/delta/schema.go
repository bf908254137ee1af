package delta

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"graphlake/schemas"
)

// Schema is what readers see of a table: its columns, in order, and those of them by which it is partitioned. These are
// in the paths of the data files and not in the files.
type Schema struct {
	Columns     []Column
	PartitionBy []string
}

// Column is a column of a table. Any may be null: an older file lacks those that were added since.
type Column struct {
	Name string
	Type string // Delta Lake's name of it, as "long"
}

// Delta Lake's types, as far as our tables have them. Instants are in UTC; the type without a zone would ask for a newer protocol.
const (
	StringType    = "string"
	BooleanType   = "boolean"
	IntegerType   = "integer"
	LongType      = "long"
	DoubleType    = "double"
	DateType      = "date"
	TimestampType = "timestamp"
)

// SchemaOf is the schema of the table's files, and behind their columns more: what else the Delta table has, columns of
// partitions included. One of partitionBy that is in neither is a text.
func SchemaOf(t schemas.Table, more []Column, partitionBy ...string) (Schema, error) {
	s := Schema{PartitionBy: partitionBy}
	for _, c := range t.Columns {
		s.Columns = append(s.Columns, Column{c.Name, typeOf(c.Type)})
	}
	s.Columns = append(s.Columns, more...)
	for _, name := range partitionBy {
		if !slices.ContainsFunc(s.Columns, func(c Column) bool { return c.Name == name }) {
			s.Columns = append(s.Columns, Column{name, StringType})
		}
	}
	seen := map[string]bool{}
	for _, c := range s.Columns {
		if name := strings.ToLower(c.Name); !seen[name] {
			seen[name] = true
			continue
		}
		return Schema{}, fmt.Errorf("table %s: column %s is there twice, and Delta Lake ignores case", t.Name, c.Name)
	}
	return s, nil
}

// typeOf is the type of Delta Lake whose Parquet is what [schemas.Type.Arrow] becomes.
func typeOf(t schemas.Type) string {
	switch t {
	case schemas.Bool, schemas.Present:
		return BooleanType
	case schemas.Int32:
		return IntegerType
	case schemas.Int64, schemas.DurationMS, schemas.Version:
		return LongType
	case schemas.Float64:
		return DoubleType
	case schemas.Decimal:
		return fmt.Sprintf("decimal(%d,%d)", schemas.DecimalPrecision, schemas.DecimalScale)
	case schemas.Timestamp, schemas.UTCTime:
		return TimestampType
	default:
		return StringType
	}
}

// schemaStruct is a schema as a metaData action has it, in the JSON of Spark SQL.
type schemaStruct struct {
	Type   string        `json:"type"`
	Fields []schemaField `json:"fields"`
}

type schemaField struct {
	Name     string                     `json:"name"`
	Type     json.RawMessage            `json:"type"` // a text, or an object of what is nested
	Nullable bool                       `json:"nullable"`
	Metadata map[string]json.RawMessage `json:"metadata"`
}

func (c Column) field() schemaField {
	name, _ := json.Marshal(c.Type) // a text always has a JSON
	return schemaField{Name: c.Name, Type: name, Nullable: true, Metadata: map[string]json.RawMessage{}}
}

// invariant marks a column with a condition that every row must meet.
const invariant = "delta.invariants"

var (
	errNoSchema   = errors.New("its schema is not one of Delta Lake")
	errInvariant  = errors.New("it has conditions on a column that every row must meet (" + invariant + ")")
	errRetyped    = errors.New("a column has another type")
	errNotNull    = errors.New("a column may not be null that can be null in our files")
	errOtherNames = errors.New("a column is there by the same letters in another case")
)

// over is this schema put over the one that a table has: columns that are new to the table come behind its own, and those
// that only the table has stay, for a newer program may have written them. A column never changes; nothing is said of
// which by others' text, but of ours.
func (s Schema) over(has string) (text string, changed bool, err error) {
	var old schemaStruct
	if err := json.Unmarshal([]byte(has), &old); err != nil || old.Type != "struct" {
		return "", false, errNoSchema
	}
	for _, f := range old.Fields {
		if _, ok := f.Metadata[invariant]; ok {
			return "", false, errInvariant
		}
	}
	for _, c := range s.Columns {
		at := slices.IndexFunc(old.Fields, func(f schemaField) bool { return strings.EqualFold(f.Name, c.Name) })
		if at < 0 {
			old.Fields, changed = append(old.Fields, c.field()), true
			continue
		}
		if err := c.is(old.Fields[at]); err != nil {
			return "", false, fmt.Errorf("%w: %s", err, c.Name)
		}
	}
	if !changed {
		return has, false, nil
	}
	return old.String(), true, nil
}

// is compares a column with what a table has under its name.
func (c Column) is(f schemaField) error {
	var name string
	switch err := json.Unmarshal(f.Type, &name); {
	case err != nil || name != c.Type:
		return errRetyped
	case f.Name != c.Name:
		return errOtherNames
	case !f.Nullable:
		return errNotNull
	}
	return nil
}

// String is the schema as a metaData action of a new table has it.
func (s Schema) String() string {
	text := schemaStruct{Type: "struct"}
	for _, c := range s.Columns {
		text.Fields = append(text.Fields, c.field())
	}
	return text.String()
}

func (s schemaStruct) String() string {
	text, _ := json.Marshal(s) // texts and what was read as JSON always have a JSON
	return string(text)
}

// parseSchema gives the columns of a metaData action. Those that are nested have the JSON of their type for its name.
func parseSchema(text string) ([]Column, error) {
	var s schemaStruct
	if err := json.Unmarshal([]byte(text), &s); err != nil || s.Type != "struct" {
		return nil, errNoSchema
	}
	columns := make([]Column, len(s.Fields))
	for i, f := range s.Fields {
		columns[i] = Column{Name: f.Name, Type: string(f.Type)}
		var name string
		if json.Unmarshal(f.Type, &name) == nil {
			columns[i].Type = name
		}
	}
	return columns, nil
}
