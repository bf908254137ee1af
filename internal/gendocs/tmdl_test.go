package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// A strict reader of as much of TMDL as the model uses (learn.microsoft.com/analysis-services/tmdl/tmdl-overview): objects
// are told by indentation with tabs; a line is a description, an object, a property with a value, a flag, or an expression with
// its lines two tabs deeper. What is not known is an error.

type tmdlObject struct {
	Kind, Name, Doc string
	Value           string            // what follows the equals sign
	Properties      map[string]string // flags are "true"
	Children        []*tmdlObject
}

// tmdlKinds are the objects that may stand in one, and its properties; "" is a file.
var tmdlKinds = map[string]struct{ objects, properties []string }{
	"":             {[]string{"database", "model", "ref table", "table", "expression", "relationship"}, nil},
	"database":     {nil, []string{"compatibilityLevel"}},
	"model":        {nil, []string{"culture", "defaultPowerBIDataSourceVersion", "discourageImplicitMeasures", "sourceQueryCulture"}},
	"ref table":    {},
	"expression":   {},
	"relationship": {nil, []string{"fromColumn", "toColumn"}},
	"table":        {[]string{"column", "measure", "partition"}, []string{"dataCategory"}},
	"column":       {nil, []string{"dataType", "formatString", "isKey", "isHidden", "summarizeBy", "sourceColumn", "sortByColumn"}},
	"measure":      {nil, []string{"formatString"}},
	"partition":    {nil, []string{"mode", "source"}},
}

var (
	tmdlDeclared = regexp.MustCompile(`^(ref table|[a-z]+) ('(?:[^']|'')+'|\w+(?:\.\w+)?)(?: = (.+))?$`)
	tmdlProperty = regexp.MustCompile(`^(\w+): (\S.*)$`)
	tmdlFlag     = regexp.MustCompile(`^\w+$`)
	tmdlBlock    = regexp.MustCompile(`^(\w+) =$`)
)

func readTMDL(text string) (*tmdlObject, error) {
	root := &tmdlObject{}
	open := []*tmdlObject{root} // the object of each depth that lines may belong to
	doc := ""
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	for i := 0; i < len(lines); i++ {
		line := strings.TrimLeft(lines[i], "\t")
		depth := len(lines[i]) - len(line)
		fault := func(what string) error { return fmt.Errorf("line %d: %s: %q", i+1, what, lines[i]) }
		switch {
		case line == "" && depth == 0 && doc == "":
			continue
		case line == "" || strings.TrimSpace(line) != line:
			return nil, fault("blanks where none may be")
		case depth >= len(open):
			return nil, fault("it is in nothing")
		}
		open = open[:depth+1]
		in := open[depth]
		known := tmdlKinds[in.Kind]
		if text, ok := strings.CutPrefix(line, "/// "); ok {
			if doc != "" {
				return nil, fault("a second description")
			}
			doc = text
			continue
		}
		if m := tmdlDeclared.FindStringSubmatch(line); m != nil && slices.Contains(known.objects, m[1]) {
			o := &tmdlObject{Kind: m[1], Name: tmdlPlain(m[2]), Doc: doc, Value: m[3], Properties: map[string]string{}}
			in.Children, open, doc = append(in.Children, o), append(open, o), ""
			continue
		}
		name, value := line, "true"
		switch m := tmdlProperty.FindStringSubmatch(line); {
		case doc != "":
			return nil, fault("a description of no object")
		case m != nil:
			name, value = m[1], m[2]
		case tmdlBlock.MatchString(line):
			name, value = tmdlBlock.FindStringSubmatch(line)[1], ""
			for ; i+1 < len(lines) && strings.HasPrefix(lines[i+1], strings.Repeat("\t", depth+2)); i++ {
				value += lines[i+1] + "\n"
			}
		case !tmdlFlag.MatchString(line):
			return nil, fault("it is nothing that is known here")
		}
		if _, twice := in.Properties[name]; twice || value == "" || !slices.Contains(known.properties, name) {
			return nil, fault(fmt.Sprintf("no property of a %s, or there already", in.Kind))
		}
		in.Properties[name] = value
	}
	if doc != "" {
		return nil, fmt.Errorf("a description at the end: %s", doc)
	}
	return root, nil
}

// tmdlPlain is a name without its quotes.
func tmdlPlain(s string) string {
	if inner, ok := strings.CutPrefix(s, "'"); ok {
		return strings.ReplaceAll(strings.TrimSuffix(inner, "'"), "''", "'")
	}
	return s
}

// of are the children of a kind.
func (o *tmdlObject) of(kind string) (all []*tmdlObject) {
	for _, c := range o.Children {
		if c.Kind == kind {
			all = append(all, c)
		}
	}
	return all
}
