package main

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
)

// undecoded says of an error of the YAML decoder where it is and what is wanted there. It does not show
// what stands there, which may be a secret that does not belong there.
func (c *config) undecoded(err error) error {
	if e, ok := errors.AsType[*yaml.TypeError](err); ok {
		return c.want(e, form(e.DstType))
	}
	if e, ok := errors.AsType[*yaml.UnexpectedNodeTypeError](err); ok {
		if e.Expected == ast.SequenceType {
			return c.want(e, "a list, as [a, b]")
		}
		return c.want(e, "keys with their values, as {key: value}")
	}
	cure := ""
	if _, ok := errors.AsType[*yaml.UnknownFieldError](err); ok {
		cure = "; graphlake init writes a file with all that there are"
	}
	return fmt.Errorf("%s: %s%s", c.file, yaml.FormatError(err, false, false), cure)
}

func (c *config) want(err yaml.Error, what string) error {
	at := err.GetToken().Position
	f := finder{at: at.Offset}
	for _, doc := range c.tree.Docs {
		ast.Walk(&f, doc.Body)
	}
	key := strings.TrimPrefix(strings.TrimPrefix(f.path, "$"), ".")
	if key == "" {
		key = "the file"
	}
	return fmt.Errorf("%s:%d: %s: want %s", c.file, at.Line, key, what)
}

// form is what to write for a value of a type.
func form(t reflect.Type) string {
	switch {
	case t == reflect.TypeFor[duration]():
		return "a duration, as 72h or 90m"
	case t.Kind() == reflect.Float64:
		return "a number, as 0.5"
	case t.Kind() == reflect.Bool:
		return "true or false"
	default:
		return "a text"
	}
}

// finder finds the path of the outermost value that begins at an offset.
type finder struct {
	at   int
	path string
}

func (f *finder) Visit(n ast.Node) ast.Visitor {
	if f.path == "" && n.GetToken().Position.Offset == f.at {
		f.path = n.GetPath()
	}
	return f
}
