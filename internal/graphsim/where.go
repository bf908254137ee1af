package graphsim

import (
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// A condition is one comparison of a $filter. All conditions of a filter hold of what it lets through.
type condition struct {
	name  string // of the member; a path of names, as from/user/id
	any   bool   // of the list with that name some element holds
	of    string // the path in such an element; empty: the element itself
	op    string // eq, ne, gt, ge, lt or le
	value string // the literal, as it was written
	at    time.Time
}

// ask is what a condition asks, without the value: what a collection says that it answers.
func (c *condition) ask() string {
	if !c.any {
		return c.name + " " + c.op
	}
	return strings.TrimSuffix(c.name+"/any/"+c.of, "/") + " " + c.op
}

const comparison = `(eq|ne|gt|ge|lt|le) ('(?:[^']|'')*'|[^\s'()]+)`

var (
	plainCondition = regexp.MustCompile(`^\s*(\w+(?:/\w+)*) ` + comparison + `\s*(?: and |$)`)
	anyCondition   = regexp.MustCompile(`^\s*(\w+(?:/\w+)*)/[aA]ny\((\w+):(\w+)((?:/\w+)*) ` + comparison + `\)\s*(?: and |$)`)
	instant        = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?(Z|[+-]\d\d:\d\d)$`)
)

// parseFilter reads a $filter: comparisons, of members or of any element of a list, joined by "and". Graph
// knows more.
func parseFilter(text string) (list []condition, err error) {
	for rest := text; rest != "" || list == nil; {
		var c condition
		m := plainCondition.FindStringSubmatch(rest)
		if m != nil {
			c = condition{name: m[1], op: m[2], value: m[3]}
		} else if m = anyCondition.FindStringSubmatch(rest); m != nil && m[2] == m[3] {
			c = condition{name: m[1], any: true, of: strings.TrimPrefix(m[4], "/"), op: m[5], value: m[6]}
		} else {
			return nil, badRequest("Invalid filter clause: Syntax error in '%s'.", rest)
		}
		c.at, _ = parseInstant(c.value)
		list, rest = append(list, c), rest[len(m[0]):]
		if rest == "" && strings.HasSuffix(m[0], " and ") {
			return nil, badRequest("Invalid filter clause: Syntax error in '%s'.", text)
		}
	}
	return list, nil
}

// fits says whether the literal can be compared with what an entity has.
func (c *condition) fits(e entity) bool {
	switch e.at(c.name).(type) {
	case time.Time:
		_, ok := parseInstant(c.value)
		return ok
	case bool:
		return c.value == "true" || c.value == "false"
	}
	return strings.HasPrefix(c.value, "'")
}

// parseInstant reads an Edm.DateTimeOffset literal, of at most seven fractional digits.
func parseInstant(text string) (time.Time, bool) {
	if !instant.MatchString(text) {
		return time.Time{}, false
	}
	at, err := time.Parse(time.RFC3339Nano, text)
	return at.UTC(), err == nil
}

// bounds are those of an instant in a filter. Instants are ticks of Graph's clock, so that every comparison
// can be half-open: [from, to). Zero is without a bound.
func bounds(where []condition, name string) (from, to time.Time) {
	for _, c := range where {
		at := c.at
		if c.name != name || c.any {
			continue
		}
		if c.op == "gt" || c.op == "le" {
			at = at.Add(tick)
		}
		switch c.op {
		case "gt", "ge":
			from = later(from, at)
		case "lt", "le":
			if to.IsZero() || at.Before(to) {
				to = at
			}
		}
	}
	return from, to
}

// holds says whether all conditions hold of an entity.
func (e entity) holds(where []condition) bool {
	for i := range where {
		if !where[i].holds(e) {
			return false
		}
	}
	return true
}

func (c *condition) holds(e entity) bool {
	v := e.at(c.name)
	if !c.any {
		return c.compare(v)
	}
	for _, one := range elements(v) {
		if c.of != "" {
			one = plainValue(one)
			inner, _ := one.(entity)
			one = inner.at(c.of)
		}
		if c.compare(one) {
			return true
		}
	}
	return false
}

// at is the value at a path of names; nil if there is none.
func (e entity) at(path string) any {
	name, rest, more := strings.Cut(path, "/")
	v, _ := e.get(name)
	if v = plainValue(v); !more {
		return v
	}
	inner, _ := v.(entity)
	return inner.at(rest)
}

// plainValue takes apart what is JSON.
func plainValue(v any) any {
	raw, ok := v.(json.RawMessage)
	if !ok {
		return v
	}
	if e := parseEntity(raw); e != nil {
		return e
	}
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) == nil && list != nil {
		return list
	}
	_ = json.Unmarshal(raw, &v) // what was decoded once is JSON
	return v
}

// elements are those of a list.
func elements(v any) (all []any) {
	switch list := v.(type) {
	case []string:
		all = anyOf(list)
	case []entity:
		all = anyOf(list)
	case []json.RawMessage:
		all = anyOf(list)
	}
	return all
}

func anyOf[T any](list []T) (all []any) {
	for _, one := range list {
		all = append(all, one)
	}
	return all
}

// compare says whether the condition holds of a value. The directory compares texts without regard to case.
func (c *condition) compare(v any) bool {
	var order int
	text, quoted := strings.CutPrefix(c.value, "'")
	switch v := plainValue(v).(type) {
	case nil:
		return c.op == "eq" && c.value == "null" || c.op == "ne" && c.value != "null"
	case time.Time:
		order = v.Compare(c.at)
	case int, float32, float64, cents:
		have, _ := strconv.ParseFloat(fmt.Sprint(v), 64)
		want, err := strconv.ParseFloat(c.value, 64)
		if order = cmp.Compare(have, want); err != nil {
			return false
		}
	case bool:
		order = cmp.Compare(strconv.FormatBool(v), c.value)
	default:
		have := fmt.Sprint(v)
		if at, ok := parseInstant(have); ok && !quoted && !c.at.IsZero() {
			order = at.Compare(c.at)
			break
		}
		order = cmp.Compare(strings.ToLower(have), strings.ToLower(strings.ReplaceAll(strings.TrimSuffix(text, "'"), "''", "'")))
	}
	return map[string]bool{"eq": order == 0, "ne": order != 0, "gt": order > 0, "ge": order >= 0, "lt": order < 0, "le": order <= 0}[c.op]
}
