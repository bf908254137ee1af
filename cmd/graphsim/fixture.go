package main

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"graphlake/internal/graphsim"
)

const wantServe = "want [METHOD] PATH [ROLE,ROLE…]=FILE or =DIRECTORY, as GET /v1.0/users/{id}/licenseDetails=pages"

// parseFixture reads what --serve says: a path of Graph, and the file or the directory of page-*.json that is
// answered there.
func parseFixture(text string) (f graphsim.Fixture, err error) {
	end := strings.LastIndexByte(text, '=') // a path may have arguments
	if end < 0 {
		return f, fmt.Errorf("--serve %q: %s", text, wantServe)
	}
	words := strings.Fields(text[:end])
	if len(words) > 0 && !strings.Contains(words[0], "/") {
		f.Method, words = words[0], words[1:]
	}
	if len(words) < 1 || len(words) > 2 {
		return f, fmt.Errorf("--serve %q: %s", text, wantServe)
	}
	f.Path = words[0]
	if len(words) == 2 {
		f.Roles = strings.Split(words[1], ",")
	}
	if f.Pages, err = readPages(text[end+1:]); err != nil {
		return f, fmt.Errorf("--serve %q: %w", text, err)
	}
	if err := f.Check(); err != nil {
		return f, fmt.Errorf("--serve: %w", err)
	}
	return f, nil
}

// readPages reads a file, or the pages in a directory in the order of their numbers.
func readPages(name string) (pages [][]byte, err error) {
	files := []string{name}
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		if files, err = filepath.Glob(filepath.Join(name, "page-*.json")); err != nil || len(files) == 0 {
			return nil, fmt.Errorf("%s holds no page-*.json", name)
		}
		slices.SortFunc(files, func(a, b string) int { return cmp.Or(len(a)-len(b), strings.Compare(a, b)) })
	}
	for _, file := range files {
		page, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		pages = append(pages, page)
	}
	return pages, nil
}
