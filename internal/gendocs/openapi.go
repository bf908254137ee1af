package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"graphlake/control"
	"graphlake/jobs/clock"
)

// The control API's description is openapi.yaml, and below its schemas those of the types that are sent: each struct one, by its name, as
// encoding/json writes it. What they say of themselves are the comments in the source.

//go:embed openapi.yaml
var openAPIYAML []byte

// sent are the types of bodies; those that they are made of follow.
var sent = []reflect.Type{
	reflect.TypeFor[control.Request](), reflect.TypeFor[control.Run](), reflect.TypeFor[clock.Status](), reflect.TypeFor[control.Coverage](),
	reflect.TypeFor[control.Health](), reflect.TypeFor[control.Problem](),
}

func writeOpenAPI(file string) error {
	text, err := openAPI(".")
	if err != nil {
		return fmt.Errorf("the description of the control API: %w", err)
	}
	return os.WriteFile(file, text, 0o600)
}

// openAPI makes the description; source is the directory of the module.
func openAPI(source string) ([]byte, error) {
	s := schemata{source: source, comments: map[string]comments{}, names: map[string]reflect.Type{}}
	for _, t := range sent {
		s.of(t)
	}
	if s.err != nil {
		return nil, s.err
	}
	var document yaml.MapSlice
	if err := yaml.UnmarshalWithOptions(openAPIYAML, &document, yaml.UseOrderedMap()); err != nil {
		return nil, err
	}
	last := &document[len(document)-1]
	components, ok := last.Value.(yaml.MapSlice)
	if !ok || last.Key != "components" {
		return nil, fmt.Errorf("openapi.yaml ends with %v, and not with components", last.Key)
	}
	components = append(components, yaml.MapItem{Key: "schemas", Value: s.all})
	last.Value = components
	text, err := encode(document)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = json.Indent(&b, text, "", "  ")
	b.WriteByte('\n')
	return b.Bytes(), err
}

// encode writes JSON whose members are in the order of the document.
func encode(value any) ([]byte, error) {
	var b bytes.Buffer
	switch value := value.(type) {
	case yaml.MapSlice:
		b.WriteByte('{')
		for i, item := range value {
			if i > 0 {
				b.WriteByte(',')
			}
			text, err := encode(item.Value)
			if err != nil {
				return nil, err
			}
			fmt.Fprintf(&b, "%s:%s", strconv.Quote(fmt.Sprint(item.Key)), text)
		}
		b.WriteByte('}')
	case []any:
		b.WriteByte('[')
		for i, one := range value {
			if i > 0 {
				b.WriteByte(',')
			}
			text, err := encode(one)
			if err != nil {
				return nil, err
			}
			b.Write(text)
		}
		b.WriteByte(']')
	default:
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		err := e.Encode(value)
		return bytes.TrimSpace(b.Bytes()), err
	}
	return b.Bytes(), nil
}

// schemata are the schemas of types.
type schemata struct {
	source   string
	comments map[string]comments // by the path of the package
	names    map[string]reflect.Type
	all      yaml.MapSlice
	err      error // the first
}

// of is the schema of a type, that of a struct by its name.
func (s *schemata) of(t reflect.Type) yaml.MapSlice {
	kind := func(name string, more ...yaml.MapItem) yaml.MapSlice {
		return append(yaml.MapSlice{{Key: "type", Value: name}}, more...)
	}
	switch {
	case t == reflect.TypeFor[time.Time]():
		return kind("string", yaml.MapItem{Key: "format", Value: "date-time"})
	case t.Implements(reflect.TypeFor[json.Marshaler]()):
		s.fail("%v: says itself how it is written, so that its schema is not known here", t)
	}
	switch t.Kind() {
	case reflect.String:
		if words := s.says(t.PkgPath(), t.Name()+" values"); words != "" {
			return s.named(t, func() yaml.MapSlice {
				text := s.says(t.PkgPath(), t.Name()) + " It is one of these, to which others may be added: " + words + "."
				return kind("string", yaml.MapItem{Key: "description", Value: text})
			})
		}
		return kind("string")
	case reflect.Bool:
		return kind("boolean")
	case reflect.Int, reflect.Int64:
		return kind("integer", yaml.MapItem{Key: "format", Value: "int64"})
	case reflect.Float64:
		return kind("number", yaml.MapItem{Key: "format", Value: "double"})
	case reflect.Pointer:
		return s.of(t.Elem())
	case reflect.Slice:
		return kind("array", yaml.MapItem{Key: "items", Value: s.of(t.Elem())})
	case reflect.Map:
		return kind("object", yaml.MapItem{Key: "additionalProperties", Value: s.of(t.Elem())})
	case reflect.Struct:
		return s.named(t, func() yaml.MapSlice { return s.object(t) })
	}
	s.fail("%v: there is no schema for a %v", t, t.Kind())
	return nil
}

func (s *schemata) fail(format string, values ...any) {
	if s.err == nil {
		s.err = fmt.Errorf(format, values...)
	}
}

// named is a type by its name, whose schema comes before those that it is made of.
func (s *schemata) named(t reflect.Type, schema func() yaml.MapSlice) yaml.MapSlice {
	switch other, ok := s.names[t.Name()]; {
	case !ok:
		s.names[t.Name()] = t
		at := len(s.all)
		s.all = append(s.all, yaml.MapItem{Key: t.Name()})
		s.all[at].Value = schema()
	case other != t:
		s.fail("%v and %v have one name", t, other)
	}
	return yaml.MapSlice{{Key: "$ref", Value: "#/components/schemas/" + t.Name()}}
}

func (s *schemata) object(t reflect.Type) yaml.MapSlice {
	var properties yaml.MapSlice
	var required []any
	for _, f := range reflect.VisibleFields(t) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.IsExported() || f.Anonymous || name == "-" {
			continue
		}
		if name == "" {
			s.fail("%v: %s has no name in JSON", t, f.Name)
		}
		if options == "" {
			required = append(required, name)
		}
		schema, of := s.of(f.Type), t
		for _, i := range f.Index[:len(f.Index)-1] { // of a struct that is embedded
			of = of.Field(i).Type
		}
		if text := s.says(of.PkgPath(), of.Name()+"."+f.Name); text != "" {
			schema = append(schema, yaml.MapItem{Key: "description", Value: text})
		}
		properties = append(properties, yaml.MapItem{Key: name, Value: schema})
	}
	schema := yaml.MapSlice{{Key: "type", Value: "object"}}
	if text := s.says(t.PkgPath(), t.Name()); text != "" {
		schema = append(schema, yaml.MapItem{Key: "description", Value: text})
	}
	schema = append(schema, yaml.MapItem{Key: "properties", Value: properties})
	if len(required) > 0 {
		schema = append(schema, yaml.MapItem{Key: "required", Value: required})
	}
	return schema
}

// says is what the source says of a name in a package.
func (s *schemata) says(pkg, name string) string {
	if pkg == "" {
		return ""
	}
	if _, ok := s.comments[pkg]; !ok {
		read, err := commentsIn(os.DirFS(filepath.Join(s.source, strings.TrimPrefix(pkg, "graphlake/"))))
		if err != nil {
			s.fail("%s: %w", pkg, err)
		}
		s.comments[pkg] = read
	}
	return s.comments[pkg][name]
}

// comments are those of a package: of types by their names, of fields as Type.Field, and as "Type values" the constants of a type of words.
type comments map[string]string

func commentsIn(dir fs.FS) (comments, error) {
	all := comments{}
	files, err := fs.Glob(dir, "*.go")
	if err != nil {
		return nil, err
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := fs.ReadFile(dir, name)
		if err != nil {
			return nil, err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		for _, d := range file.Decls {
			if d, ok := d.(*ast.GenDecl); ok {
				for _, spec := range d.Specs {
					all.add(d, spec)
				}
			}
		}
	}
	return all, nil
}

func (c comments) add(d *ast.GenDecl, spec ast.Spec) {
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		c[spec.Name.Name] = plainText(spec.Doc, d.Doc)
		of, ok := spec.Type.(*ast.StructType)
		if !ok {
			return
		}
		for _, f := range of.Fields.List {
			for _, n := range f.Names {
				c[spec.Name.Name+"."+n.Name] = plainText(f.Comment, f.Doc)
			}
		}
	case *ast.ValueSpec:
		of, isNamed := spec.Type.(*ast.Ident)
		if d.Tok != token.CONST || !isNamed || len(spec.Values) != 1 {
			return
		}
		value, ok := spec.Values[0].(*ast.BasicLit)
		if !ok || value.Kind != token.STRING {
			return
		}
		text := strings.Trim(value.Value, `"`)
		if strings.HasPrefix(text, "@") { // a path that is none of Graph's
			return
		}
		if says := plainText(spec.Comment); says != "" {
			text += " (" + says + ")"
		}
		if before := c[of.Name+" values"]; before != "" {
			text = before + ", " + text
		}
		c[of.Name+" values"] = text
	}
}

// plainText is the first of the comments that is there, without the brackets of links; what is nil in Go is absent in JSON.
func plainText(all ...*ast.CommentGroup) string {
	for _, c := range all {
		if text := strings.Join(strings.Fields(c.Text()), " "); text != "" {
			return strings.NewReplacer("[", "", "]", "", "; nil ", "; absent ", "; nil: ", "; absent: ").Replace(text)
		}
	}
	return ""
}
