// Gendocs writes docs/datasets, a page a dataset and a page about all of them, docs/privacy.md, docs/metrics.md, docs/dbt/models and docs/powerbi, from the
// values in schemas and views; and, where a second file is named, the description of the control API from the types that are sent:
//
//	go run ./internal/gendocs docs control/openapi.json
//
// It runs in the directory of the module, whose source says what types and their fields are.
package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/template"

	"graphlake/schemas"
	"graphlake/views"
)

var (
	//go:embed page.md.tmpl
	page string
	//go:embed index.md.tmpl
	index string
	//go:embed privacy.md.tmpl
	privacy string
	//go:embed metrics.md.tmpl
	metrics string
)

func main() {
	if len(os.Args) != 2 && len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: gendocs DIRECTORY [FILE]")
		os.Exit(2)
	}
	err := generate(os.Args[1], schemas.BuiltIn())
	if err == nil && len(os.Args) == 3 {
		err = writeOpenAPI(os.Args[2])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "gendocs:", err)
		os.Exit(1)
	}
}

func generate(dir string, set schemas.Set) error {
	pages, err := render(set)
	if err != nil {
		return err
	}
	text, err := fill(privacy, set)
	if err != nil {
		return fmt.Errorf("the page about privacy: %w", err)
	}
	ofMetrics, err := fill(metrics, topics(views.Metrics()))
	if err != nil {
		return fmt.Errorf("the page about metrics: %w", err)
	}
	if err := replace(filepath.Join(dir, "datasets"), pages); err != nil {
		return err
	}
	if err := writeDBT(dir, set); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "metrics.md"), ofMetrics, 0o600); err != nil {
		return err
	}
	if err := writePowerBI(dir, set); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "privacy.md"), text, 0o600)
}

// render makes the pages, by the names of their files.
func render(datasets []schemas.Dataset) (map[string][]byte, error) {
	pages := map[string][]byte{}
	for _, d := range datasets {
		text, err := fill(page, d)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", d.Name, err)
		}
		pages[d.Name+".md"] = text
	}
	text, err := fill(index, datasets)
	if err != nil {
		return nil, fmt.Errorf("the page about all: %w", err)
	}
	pages["README.md"] = text
	return pages, nil
}

func fill(text string, values any) ([]byte, error) {
	return fillWith(text, values, template.FuncMap{
		"list":  func(names []string) string { return "`" + strings.Join(names, "`, `") + "`" },
		"paths": func(all []schemas.Path) string { return quoted(all, ", else ") },
		"names": func(all []schemas.Path) string { return quoted(all, ", ") },

		"query": func(m views.Metric) (string, error) { return m.Query(views.DuckDB) },

		"trim":     strings.TrimSpace,
		"changing": changing,
		"again":    again,
		"kept":     kept,
		"ahead":    func(d schemas.Dataset) string { return length(d.Ahead) },
		"requests": requests,
		"person":   func(d schemas.Dataset) []schemas.Dataset { return schemas.ForPerson([]schemas.Dataset{d}) },
		"people":   schemas.ForPerson,
		"budgets":  budgets,
		"marks":    marks,
		"keepings": keepings,
		"computations": func(t schemas.Table) (all []schemas.Computation) {
			for _, c := range t.Columns {
				if c.Computed != 0 && !slices.Contains(all, c.Computed) {
					all = append(all, c.Computed)
				}
			}
			return all
		},
		"shorts": func(t schemas.Table) []views.Short {
			return slices.DeleteFunc(views.Shorts(), func(s views.Short) bool { return s.Table() != t.Name })
		},
		"of": func(t schemas.Table, c schemas.Column) []schemas.Path {
			all := []schemas.Path{c.Path.Absolute(t.Each)}
			for _, p := range c.Else {
				all = append(all, p.Absolute(t.Each))
			}
			return all
		},
	})
}

func fillWith(text string, values any, words template.FuncMap) ([]byte, error) {
	t, err := template.New("page").Funcs(words).Parse(text)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = t.Execute(&b, values)
	return b.Bytes(), err
}

// marks are what a reader has to know before a null: whether there can be one, and which settings make one.
func marks(d schemas.Dataset, t schemas.Table, c schemas.Column) string {
	var all []string
	if t.Requires(c) {
		all = append(all, "required")
	}
	if c.Personal {
		all = append(all, "personal")
	}
	switch {
	case slices.ContainsFunc(d.Bodies, func(b schemas.Body) bool { return b.Form == schemas.Payload && b.Path == c.Path.Absolute(t.Each) }):
		all = append(all, "full text")
	case c.Written != 0:
		all = append(all, c.Written.String())
	}
	if c.Quasi {
		all = append(all, "singles out")
	}
	return strings.Join(all, ", ")
}

func quoted(all []schemas.Path, separator string) string {
	texts := make([]string, len(all))
	for i, p := range all {
		texts[i] = "`" + string(p) + "`"
	}
	return strings.Join(texts, separator)
}

// replace removes the pages of datasets that are gone only after all others have been written.
func replace(dir string, pages map[string][]byte) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for name, text := range pages {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			return err
		}
	}
	known, err := filepath.Glob(filepath.Join(dir, "*.md"))
	if err != nil {
		return err
	}
	for _, path := range known {
		if _, ok := pages[filepath.Base(path)]; ok {
			continue
		}
		if err := os.Remove(path); err != nil {
			return err
		}
	}
	return nil
}
