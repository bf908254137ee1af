package declare

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"graphlake/schemas"
)

// reader walks the YAML of one file and collects what is wrong in it.
type reader struct {
	file string
	errs []error
	// failed is where they are.
	failed []string
	// line is where the keys of the dataset that is being read are, by their path from base on.
	line map[string]int
	base string
	// roles are the ids of permissions that the dataset which is being read says.
	roles map[schemas.Permission]string
}

// take reads a value that stands at a path of keys.
type take func(n ast.Node, at string)

func (r *reader) fail(n ast.Node, at, format string, args ...any) {
	place := where(r.file, lineOf(n), at)
	if at == "" {
		place = strings.TrimSuffix(place, ": ")
	}
	if _, ok := unwrapped(n).(*ast.AliasNode); ok {
		format += "; an alias is not followed, write the value itself"
	}
	r.failed = append(r.failed, at)
	r.errs = append(r.errs, fmt.Errorf("%s: %w", place, fmt.Errorf(format, args...)))
}

// note remembers where a key or an element is.
func (r *reader) note(n ast.Node, at string) {
	if r.line != nil {
		r.line[strings.TrimPrefix(strings.TrimPrefix(at, r.base), ".")] = lineOf(n)
	}
}

func lineOf(n ast.Node) int {
	if n == nil || n.GetToken() == nil || n.GetToken().Position == nil {
		return 1
	}
	return n.GetToken().Position.Line
}

// unwrapped is a value without the tag and the anchor before it.
func unwrapped(n ast.Node) ast.Node {
	for {
		switch x := n.(type) {
		case *ast.AnchorNode:
			n = x.Value
		case *ast.TagNode:
			n = x.Value
		default:
			return n
		}
	}
}

// pairs are the keys of a mapping with their values, in their order; none, and an error, if it is no mapping.
func (r *reader) pairs(n ast.Node, at string) []*ast.MappingValueNode {
	switch m := unwrapped(n).(type) {
	case *ast.MappingNode:
		return m.Values
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{m}
	}
	r.fail(n, at, "want keys with their values, as {key: value}")
	return nil
}

// list is the elements of a list; none, and an error, if it is none.
func (r *reader) list(n ast.Node, at string) []ast.Node {
	if l, ok := unwrapped(n).(*ast.SequenceNode); ok {
		return l.Values
	}
	r.fail(n, at, "want a list, as [a, b]")
	return nil
}

// scalar is the text of a value that is neither a list nor a mapping.
func scalar(n ast.Node) (string, bool) {
	switch x := unwrapped(n).(type) {
	case *ast.StringNode:
		return x.Value, true
	case *ast.LiteralNode:
		return x.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return x.GetToken().Value, true
	}
	return "", false
}

// object reads a mapping: each key by its own take, and says which are unknown, twice there or missing.
func (r *reader) object(n ast.Node, at string, keys map[string]take, required ...string) {
	seen := map[string]bool{}
	pairs := r.pairs(n, at)
	for _, p := range pairs {
		name, ok := scalar(p.Key)
		here := joined(at, name)
		read := keys[name]
		switch {
		case !ok || read == nil:
			r.fail(p.Key, here, "there is no such key; there are %s", strings.Join(sorted(keys), ", "))
			continue
		case seen[name]:
			r.fail(p.Key, here, "the key is there twice")
			continue
		}
		seen[name] = true
		r.note(p.Key, here)
		read(p.Value, here)
	}
	if pairs == nil {
		return
	}
	for _, name := range required {
		if !seen[name] {
			r.fail(n, joined(at, name), "the key is missing")
		}
	}
}

func sorted(keys map[string]take) []string {
	var names []string
	for name := range keys {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// The takes of plain values, each into a place.

func (r *reader) text(to *string) take {
	return func(n ast.Node, at string) {
		text, ok := scalar(n)
		if !ok {
			r.fail(n, at, "want a text")
			return
		}
		*to = text
	}
}

// sentence takes a text of one line, of which the file may make several.
func (r *reader) sentence(to *string) take {
	return func(n ast.Node, at string) {
		r.text(to)(n, at)
		*to = strings.Join(strings.Fields(*to), " ")
	}
}

func (r *reader) boolean(to *bool) take {
	return func(n ast.Node, at string) {
		b, ok := unwrapped(n).(*ast.BoolNode)
		if !ok {
			r.fail(n, at, "want true or false")
			return
		}
		*to = b.Value
	}
}

func (r *reader) number(to *int) take {
	return func(n ast.Node, at string) {
		_, ok := unwrapped(n).(*ast.IntegerNode)
		text, _ := scalar(n)
		number, err := strconv.Atoi(text)
		if !ok || err != nil || number < 0 {
			r.fail(n, at, "want a whole number, as 100")
			return
		}
		*to = number
	}
}

// duration takes what [ParseDuration] reads.
func (r *reader) duration(to *time.Duration) take {
	return func(n ast.Node, at string) {
		text, _ := scalar(n)
		d, ok := ParseDuration(text)
		if !ok {
			r.fail(n, at, "want %s", DurationForm)
			return
		}
		*to = d
	}
}

func (r *reader) path(to *schemas.Path) take {
	return func(n ast.Node, at string) {
		var text string
		r.text(&text)(n, at)
		if _, err := schemas.Path(text).Steps(); err != nil {
			r.fail(n, at, "%w", err)
			return
		}
		*to = schemas.Path(text)
	}
}

// several takes a list of values, or one alone.
func several[T any](r *reader, to *[]T, one func(*T) take) take {
	return func(n ast.Node, at string) {
		if _, ok := unwrapped(n).(*ast.SequenceNode); !ok {
			var v T
			one(&v)(n, at)
			*to = append(*to, v)
			return
		}
		for i, element := range r.list(n, at) {
			var v T
			here := fmt.Sprintf("%s[%d]", at, i)
			r.note(element, here)
			one(&v)(element, here)
			*to = append(*to, v)
		}
	}
}

// params takes a mapping of names to texts, whose order stays.
func (r *reader) params(to *[]schemas.Param) take {
	return func(n ast.Node, at string) {
		seen := map[string]bool{}
		for _, p := range r.pairs(n, at) {
			name, ok := scalar(p.Key)
			here := joined(at, name)
			if !ok || name == "" || seen[name] {
				r.fail(p.Key, here, "want the name of an option, once")
				continue
			}
			seen[name] = true
			r.note(p.Key, here)
			var value string
			r.text(&value)(p.Value, here)
			*to = append(*to, schemas.Param{Name: name, Value: value})
		}
	}
}

// one takes one of the names that there are.
func one[T any](r *reader, to *T, what string, of map[string]T) take {
	return func(n ast.Node, at string) {
		name, ok := scalar(n)
		if !ok {
			r.fail(n, at, "want a text")
			return
		}
		v, ok := of[name]
		if !ok {
			names := make([]string, 0, len(of))
			for known := range of {
				names = append(names, known)
			}
			slices.Sort(names)
			r.fail(n, at, "%q is no %s; there are %s", name, what, strings.Join(names, ", "))
			return
		}
		*to = v
	}
}
