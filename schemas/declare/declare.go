// Package declare reads datasets that a user has written in YAML: the values of schemas, in the spelling of
// docs/your-own-dataset.md.
//
// It promises that whatever is wrong is said with the file, the line and the path of the key, all of it at once,
// and that what it gives is sound: [schemas.Dataset.Validate] finds nothing. It opens no file, does not know what
// a lake holds, and gives no value that a literal in schemas could not be.
//
// Start at [Read]. node.go walks YAML, dataset.go has the keys.
package declare

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"graphlake/schemas"
)

// Prefix is what the names of declared datasets and tables begin with, so that none is ever that of a later version.
const Prefix = "x_"

// Declared is a dataset that was read from YAML. It remembers its file and lines, for what is found wrong with it later.
type Declared struct {
	schemas.Dataset
	source source
}

// source is where a dataset stands: in a file, below a path of keys.
type source struct {
	file string
	at   string         // path of the dataset; empty: it is the file
	line map[string]int // of keys and elements, by their path within the dataset
	// named is where tables and, behind a dot, their columns are within the dataset.
	named map[string]string
}

// Place says where something of the dataset was written, by its path as in [schemas.FaultError]: the file, the line and
// the path of the key. What is not written is missing from what is around it.
func (d Declared) Place(at string) string { return d.source.place(at) }

// PlaceOf is [Declared.Place] of a key of a table or of a column, by their names; each may be empty.
func (d Declared) PlaceOf(table, column, key string) string {
	if column != "" {
		table += "." + column
	}
	return d.source.place(joined(d.source.named[table], key))
}

func (s source) place(at string) string {
	var line int
	for around := at; ; around = around[:max(0, strings.LastIndexAny(around, ".["))] {
		if n, ok := s.line[around]; ok || around == "" {
			line = n
			break
		}
	}
	return where(s.file, line, joined(s.at, at))
}

// where is a place as all errors show it.
func where(file string, line int, at string) string {
	return fmt.Sprintf("%s:%d: %s", file, line, strings.TrimPrefix(at, "."))
}

// joined is the path of a key or an element that is in another.
func joined(at, key string) string {
	if at == "" || key == "" || key[0] == '[' {
		return at + key
	}
	return at + "." + key
}

// Open opens a file that a configuration names. What it is called is for errors.
type Open func(name string) (called string, text []byte, err error)

// Read reads the value of the key datasets in a configuration file: a list of datasets and of names of files that
// hold them. Names of datasets and tables must be none of those that are known already.
//
// With an error the datasets are those that could be made out, and some of them are not sound.
func Read(file string, list ast.Node, known schemas.Set, open Open) ([]Declared, error) {
	r := reader{file: file}
	var all []Declared
	for i, n := range r.list(list, "datasets") {
		at := fmt.Sprintf("datasets[%d]", i)
		if _, ok := unwrapped(n).(*ast.StringNode); !ok {
			all = append(all, r.dataset(n, at))
			continue
		}
		var name string
		r.text(&name)(n, at)
		called, text, err := open(name)
		if err != nil {
			r.fail(n, at, "%w; name a file that can be read, relative to this one", err)
			continue
		}
		inner, err := Parse(called, text)
		all = append(all, inner...)
		if err != nil {
			r.errs = append(r.errs, err)
		}
	}
	return all, errors.Join(append(r.errs, clashes(all, known)...)...)
}

// Parse reads a file that holds a dataset, or a list of them.
func Parse(file string, text []byte) ([]Declared, error) {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if line := notUTF8(text); line > 0 {
		return nil, fmt.Errorf("%s:%d: the text is not UTF-8; save the file as UTF-8", file, line)
	}
	tree, err := parser.ParseBytes(text, 0)
	if err != nil {
		return nil, YAMLError(file, err)
	}
	r := reader{file: file}
	var all []Declared
	if len(tree.Docs) != 1 || tree.Docs[0].Body == nil {
		return nil, fmt.Errorf("%s:1: want one document with a dataset, or a list of them", file)
	}
	body := tree.Docs[0].Body
	if _, ok := unwrapped(body).(*ast.SequenceNode); ok {
		for i, n := range r.list(body, "") {
			all = append(all, r.dataset(n, fmt.Sprintf("[%d]", i)))
		}
	} else {
		all = append(all, r.dataset(body, ""))
	}
	return all, errors.Join(r.errs...)
}

// notUTF8 is the first line that is not UTF-8; 0: all are.
func notUTF8(text []byte) int {
	n := 0
	for line := range bytes.Lines(text) {
		n++
		if !utf8.Valid(line) {
			return n
		}
	}
	return 0
}

// YAMLError is what the parser or the decoder of YAML has to say of a file, with the line and without the text there.
func YAMLError(file string, err error) error {
	if e, ok := errors.AsType[yaml.Error](err); ok && e.GetToken() != nil && e.GetToken().Position != nil {
		return fmt.Errorf("%s:%d: %s", file, e.GetToken().Position.Line, e.GetMessage())
	}
	return fmt.Errorf("%s:1: %w", file, err)
}

// clashes are the names that are taken, by what is known or by what was declared before.
func clashes(all []Declared, known schemas.Set) []error {
	var errs []error
	taken := slices.Clone(known)
	for _, d := range all {
		if d.Name != "" {
			if _, ok := taken.Find(d.Name); ok {
				errs = append(errs, fmt.Errorf("%s: another dataset is called %s", d.Place("name"), d.Name))
			}
		}
		own := map[string]bool{}
		for i, t := range d.Tables {
			of, _, ok := taken.FindTable(t.Name)
			if own[t.Name] {
				of, ok = d.Dataset, true
			}
			if ok && t.Name != "" {
				errs = append(errs, fmt.Errorf("%s: another table, of %s, is called %s", d.Place(fmt.Sprintf("tables[%d].name", i)), of.Name, t.Name))
			}
			own[t.Name] = true
		}
		taken = append(taken, d.Dataset)
	}
	return errs
}
