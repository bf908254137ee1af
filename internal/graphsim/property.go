package graphsim

import (
	"slices"
	"strings"
)

// properties are the properties of a resource, in the order in which they are written.
type properties[T any] []property[T]

// A property writes itself; nothing for one that was never set.
type property[T any] struct {
	name  string
	write func(*writer, *T)
}

// choose reads a $select; without one everything is wanted.
func (p properties[T]) choose(entity, text string, chosen bool, more ...string) (s selection, err error) {
	s.chosen = chosen
	if !chosen {
		for _, one := range p {
			s.names = append(s.names, one.name)
		}
		return s, nil
	}
	for name := range strings.SplitSeq(text, ",") {
		name = strings.TrimSpace(name)
		known := slices.ContainsFunc(p, func(one property[T]) bool { return one.name == name })
		if !known && !slices.Contains(more, name) {
			return s, badRequest("Parsing OData Select and Expand failed: Could not find a property named '%s' on type '%s'.", name, entity)
		}
		if !s.has(name) {
			s.names = append(s.names, name)
		}
	}
	return s, nil
}

// write writes the selected properties as delta does: what was never set is left out.
func (p properties[T]) write(w *writer, v *T, s selection) {
	for _, one := range p {
		if s.has(one.name) {
			one.write(w, v)
		}
	}
}

// whole writes the selected properties as everywhere else: what was never set is null.
func (p properties[T]) whole(w *writer, v *T, s selection) {
	for _, one := range p {
		if !s.has(one.name) {
			continue
		}
		before := len(w.b)
		if one.write(w, v); len(w.b) == before {
			w.null(one.name)
		}
	}
}

// shape is what an answer's context says of a selection.
func (s selection) shape() string {
	if !s.chosen {
		return ""
	}
	return "(" + s.text() + ")"
}
