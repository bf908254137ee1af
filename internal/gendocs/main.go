// Gendocs writes docs/datasets, a page a dataset, from the values in schemas:
//
//	go run ./internal/gendocs docs/datasets
package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"graphlake/schemas"
)

//go:embed page.md.tmpl
var page string

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: gendocs DIRECTORY")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "gendocs:", err)
		os.Exit(1)
	}
}

func write(dir string) error {
	if err := os.RemoveAll(dir); err != nil { // so that a dataset that is gone has no page
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	t := template.Must(template.New("page").Funcs(template.FuncMap{
		"list": func(names []string) string { return "`" + strings.Join(names, "`, `") + "`" },
		"days": func(hours float64) string { return fmt.Sprintf("%g days", hours/24) },
		"path": func(t schemas.Table, c schemas.Column) string { return string(c.Path.Absolute(t.Each)) },
	}).Parse(page))
	for _, d := range schemas.All() {
		var b bytes.Buffer
		if err := t.Execute(&b, d); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, d.Name+".md"), b.Bytes(), 0o600); err != nil {
			return err
		}
	}
	return nil
}
