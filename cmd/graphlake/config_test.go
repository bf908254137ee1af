package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Whatever a file holds, what is wrong with it is said in lines that begin with its name.
func FuzzLoadConfig(f *testing.F) {
	for _, text := range []string{
		"", "# nothing", "---\n---\n", "a text", "- list", "graph: fast\n---\n", "graph: {rate: fast}", "jobs: {n: {lookback: [1]}}",
		"tenants: &x y\njobs: *x", "lake: {a: b", "? [a]\n: b", "jobs: {n: {datasets: [users, [a]]}}", "lake: !!binary x", "<<: [1]",
	} {
		f.Add(text)
	}
	file := filepath.Join(f.TempDir(), "graphlake.yaml")
	f.Fuzz(func(t *testing.T, text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := loadConfig(file); err != nil && !strings.HasPrefix(err.Error(), file) {
			t.Errorf("%q: %v", text, err)
		}
	})
}
