package main

import (
	"fmt"
	"slices"
	"strings"

	"graphlake/schemas"
)

// selection is the SELECT that makes a table from the records, for which from stands.
func selection(records *shape, t schemas.Table, from string) (string, error) {
	s := &selector{records: records}
	each, err := t.Each.Steps()
	if err != nil {
		return "", err
	}
	s.collections = collections(each)
	if n := len(each); n > 0 && each[n-1].Kind == schemas.Only {
		s.only = each
	}
	for _, c := range t.Columns {
		if err := s.add(t, c); err != nil {
			return "", fmt.Errorf("%s.%s: %w", t.Name, c.Name, err)
		}
	}
	return s.sql(from), nil
}

// selector gathers the columns of a table by the depth of the collection that they come from.
type selector struct {
	records     *shape
	collections [][]schemas.Step // each from the one before
	only        []schemas.Step   // to the object that has to be there for a row
	columns     []selected
}

// selected is a column, and its value at the depth where that is known.
type selected struct {
	name  string
	depth int // 0 is the record
	value string
}

// collections cuts steps behind every array.
func collections(steps []schemas.Step) [][]schemas.Step {
	var cut [][]schemas.Step
	from := 0
	for i, s := range steps {
		if s.Kind == schemas.Each {
			cut = append(cut, steps[from:i+1])
			from = i + 1
		}
	}
	return cut
}

func (s *selector) add(t schemas.Table, c schemas.Column) error {
	var values []string
	depth := -1
	for _, p := range append([]schemas.Path{c.Path}, c.Else...) {
		steps, err := p.Absolute(t.Each).Steps()
		if err != nil {
			return err
		}
		d, rest, at := s.descend(steps)
		if depth >= 0 && d != depth {
			return fmt.Errorf("%s and %s are in different collections", c.Path, p)
		}
		depth = d
		v := value(element(d), at, rest)
		if c.Type == schemas.UTCTime {
			if steps, err = zoneOf(p.Absolute(t.Each)); err != nil {
				return err
			}
			_, rest, at = s.descend(steps)
			v = zoned(v, value(element(d), at, rest))
		}
		values = append(values, converted(c.Type, v))
	}
	first := values[0]
	if len(values) > 1 {
		first = "coalesce(" + strings.Join(values, ", ") + ")"
	}
	if c.Type == schemas.KeyText {
		first = "coalesce(" + first + ", '')"
	}
	s.columns = append(s.columns, selected{c.Name, depth, first})
	return nil
}

// descend follows the steps through the collections of the table: how deep, which steps remain, and
// the shape of the element there.
func (s *selector) descend(steps []schemas.Step) (depth int, rest []schemas.Step, at *shape) {
	at = s.records
	for _, c := range s.collections {
		if len(steps) < len(c) || !slices.Equal(steps[:len(c)], c) {
			break
		}
		at = at.at(c)
		steps = steps[len(c):]
		depth++
	}
	return depth, steps, at
}

const (
	recordName   = "r"
	elementName  = "e"
	positionName = "i"
)

func element(depth int) string {
	if depth == 0 {
		return recordName
	}
	return elementName
}

// value is the expression for what is behind the steps, from an element of that shape on.
func value(from string, at *shape, steps []schemas.Step) string {
	for i, step := range steps {
		switch step.Kind {
		case schemas.Position:
			return positionName
		case schemas.FirstOf:
			if at.asText() && i == len(steps)-1 {
				from = "(" + from + " ->> '$[0]')"
			} else {
				from += "[1]"
			}
			at = at.element
		case schemas.Into:
			if i > 0 && at.asText() {
				from = fmt.Sprintf("json_transform(%s, '%s')", from, strings.ReplaceAll(at.structure(), "'", "''"))
			}
			from, at = from+"."+quote(step.Name), at.members[step.Name]
		}
	}
	return from
}

// zoned is the instant of a time with a zone beside it, which counts where the time names none itself.
func zoned(v, zone string) string {
	return fmt.Sprintf(`CASE WHEN regexp_matches(%[1]s, '(Z|[+-]\d\d:?\d\d)$') THEN %[1]s::TIMESTAMPTZ
		ELSE %[1]s::TIMESTAMP AT TIME ZONE coalesce(nullif(%[2]s, ''), 'UTC') END`, v, zone)
}

// converted is the value in the type of the column.
func converted(t schemas.Type, v string) string {
	switch t {
	case schemas.Timestamp, schemas.UTCTime:
		return "nullif(" + v + ", TIMESTAMPTZ '0001-01-01 00:00:00+00')"
	case schemas.DurationMS:
		return "milliseconds(" + v + ")"
	case schemas.Member:
		return `nullif(regexp_extract(` + v + `, '"([^"]+)":\{', 1), '')`
	case schemas.Present:
		return "(" + v + " IS NOT NULL)"
	}
	return v
}

// sql nests a SELECT in another for every collection, each of which hands on what was selected above.
func (s *selector) sql(from string) string {
	source, at := from+" AS "+recordName, s.records
	for depth, c := range s.collections {
		list := value(element(depth), at, c[:len(c)-1])
		columns := append(s.upTo(depth), "unnest("+list+") AS "+elementName)
		if s.numbered(depth + 1) {
			columns = append(columns, "(generate_subscripts("+list+", 1) - 1)::INTEGER AS "+positionName)
		}
		source = "(SELECT " + strings.Join(columns, ", ") + " FROM " + source + ")"
		source = "(FROM " + source + " WHERE " + elementName + " IS NOT NULL)" // a null in a list is no row
		at = at.at(c)
	}
	all := "SELECT " + strings.Join(s.upTo(len(s.collections)), ", ") + " FROM " + source
	if s.only != nil {
		all += " WHERE " + value(recordName, s.records, s.only) + " IS NOT NULL"
	}
	return all
}

// upTo lists the columns that are known at a depth.
func (s *selector) upTo(depth int) []string {
	var list []string
	for _, c := range s.columns {
		switch {
		case c.depth == depth:
			list = append(list, c.value+" AS "+quote(c.name))
		case c.depth < depth:
			list = append(list, quote(c.name))
		}
	}
	return list
}

func (s *selector) numbered(depth int) bool {
	return slices.ContainsFunc(s.columns, func(c selected) bool { return c.depth == depth && c.value == positionName })
}
