package main

import (
	"fmt"
	"strconv"
	"strings"

	"graphlake/schemas"
)

// shape is what the columns want of a value in a record: the value itself, its members or its
// elements. It becomes the type that DuckDB reads the value as.
type shape struct {
	leaf    string // DuckDB's type of the value itself; "" if no column wants it
	names   []string
	members map[string]*shape
	element *shape
}

// leafTypes are the types in which DuckDB takes a value from JSON.
var leafTypes = map[schemas.Type]string{
	schemas.String: "VARCHAR", schemas.Enum: "VARCHAR", schemas.LongText: "VARCHAR", schemas.KeyText: "VARCHAR",
	schemas.Bool: "BOOLEAN", schemas.Int32: "INTEGER", schemas.Int64: "BIGINT", schemas.Float64: "DOUBLE",
	schemas.Decimal:    fmt.Sprintf("DECIMAL(%d,%d)", schemas.DecimalPrecision, schemas.DecimalScale),
	schemas.Timestamp:  "TIMESTAMPTZ",
	schemas.UTCTime:    "VARCHAR", // in the zone beside it, or with one of its own
	schemas.DurationMS: "VARCHAR", // DuckDB does not read ISO 8601 durations
	schemas.JSON:       "JSON", schemas.Member: "JSON", schemas.Present: "JSON",
}

// shapeOf is the shape of the records that the tables are made from.
func shapeOf(tables []schemas.Table) (*shape, error) {
	root := &shape{}
	for _, t := range tables {
		for _, c := range t.Columns {
			if err := root.add(t, c); err != nil {
				return nil, fmt.Errorf("%s.%s: %w", t.Name, c.Name, err)
			}
		}
	}
	return root, nil
}

func (s *shape) add(t schemas.Table, c schemas.Column) error {
	leaf, ok := leafTypes[c.Type]
	if !ok {
		return fmt.Errorf("no SQL for the type %s", c.Type)
	}
	for _, p := range append([]schemas.Path{c.Path}, c.Else...) {
		steps, err := p.Absolute(t.Each).Steps()
		if err != nil {
			return err
		}
		at := s.at(steps)
		if steps[len(steps)-1].Kind == schemas.Position {
			continue
		}
		if at.leaf != "" && at.leaf != leaf {
			return fmt.Errorf("%s is read as %s by another column, not as %s", p, at.leaf, leaf)
		}
		at.leaf = leaf
		if c.Type != schemas.UTCTime {
			continue
		}
		if steps, err = zoneOf(p.Absolute(t.Each)); err != nil {
			return err
		}
		s.at(steps).leaf = "VARCHAR"
	}
	return nil
}

// zoneOf leads to the zone of a time at a path.
func zoneOf(p schemas.Path) ([]schemas.Step, error) {
	beside, err := p.Beside(schemas.ZoneMember)
	if err != nil {
		return nil, err
	}
	return beside.Steps()
}

// at finds the shape behind the steps and makes it if need be.
func (s *shape) at(steps []schemas.Step) *shape {
	for _, step := range steps {
		switch step.Kind {
		case schemas.Into:
			s = s.member(step.Name)
		case schemas.Each, schemas.FirstOf:
			if s.element == nil {
				s.element = &shape{}
			}
			s = s.element
		}
	}
	return s
}

func (s *shape) member(name string) *shape {
	if m, ok := s.members[name]; ok {
		return m
	}
	if s.members == nil {
		s.members = map[string]*shape{}
	}
	m := &shape{}
	s.names, s.members[name] = append(s.names, name), m
	return m
}

// asText reports whether the value stays JSON text, because a column wants it whole.
func (s *shape) asText() bool { return s.leaf == "JSON" }

// String is the type in SQL.
func (s *shape) String() string {
	if s.asText() {
		return s.leaf
	}
	switch {
	case s.element != nil:
		return s.element.String() + "[]"
	case s.members != nil:
		fields := make([]string, len(s.names))
		for i, name := range s.names {
			fields[i] = quote(name) + " " + s.members[name].String()
		}
		return "STRUCT(" + strings.Join(fields, ", ") + ")"
	}
	return s.leaf
}

// structure is the type of the members of a value that stays JSON text, as json_transform wants it.
func (s *shape) structure() string {
	switch {
	case s.element != nil:
		return "[" + s.element.structure() + "]"
	case s.members != nil:
		fields := make([]string, len(s.names))
		for i, name := range s.names {
			fields[i] = strconv.Quote(name) + ":" + s.members[name].structure()
		}
		return "{" + strings.Join(fields, ",") + "}"
	}
	return strconv.Quote(s.leaf)
}

func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
