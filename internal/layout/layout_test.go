// Package layout defends the rooms: which package may import which, and what is not its business.
//
// It reads the source files itself, since a test that asks the go command for the imports passes
// from the test cache after a violation: the cache sees the files that a test opens, not those
// that a command opens for it. It knows import paths only, not what is done with them.
package layout

import (
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "graphlake/"

func TestRooms(t *testing.T) {
	got, err := violations(os.DirFS("../.."))
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range got {
		t.Error(v)
	}
}

// violations reads the tree of one module and says what in it breaks a rule.
func violations(tree fs.FS) ([]string, error) {
	var found []string
	seen := map[string]bool{}
	err := fs.WalkDir(tree, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && name != ".":
			skip, broken := closed(tree, name)
			found = append(found, broken...)
			if skip {
				return fs.SkipDir
			}
		case strings.HasSuffix(name, ".go"):
			dir := path.Dir(name)
			i := slices.IndexFunc(rooms, func(r room) bool { return r.dir == dir })
			if i < 0 {
				if !seen[dir] {
					found = append(found, fmt.Sprintf("%s has no rule: add a row to rooms in internal/layout/rooms_test.go that says what it may import, and why", dir))
				}
				seen[dir] = true
				return nil
			}
			seen[dir] = true
			broken, err := check(tree, name, rooms[i])
			found = append(found, broken...)
			return err
		}
		return nil
	})
	for _, r := range rooms {
		if !seen[r.dir] {
			found = append(found, fmt.Sprintf("%s has a rule but no Go files: remove its row from internal/layout/rooms_test.go", r.dir))
		}
	}
	return found, err
}

// closed says whether a directory holds none of this module's packages.
func closed(tree fs.FS, dir string) (skip bool, broken []string) {
	base := path.Base(dir)
	if base[0] == '.' || base[0] == '_' || slices.Contains([]string{"testdata", "node_modules", "bin", "lake"}, base) {
		return true, nil
	}
	if _, err := fs.Stat(tree, dir+"/go.mod"); errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if !slices.Contains(modules, dir) {
		broken = append(broken, fmt.Sprintf("%s is a module that nothing builds: name it in .ci/run and in modules in internal/layout/rooms_test.go", dir))
	}
	return true, broken
}

// check gives the imports of one file that break a rule.
func check(tree fs.FS, name string, r room) ([]string, error) {
	src, err := fs.ReadFile(tree, name)
	if err != nil {
		return nil, err
	}
	file, err := parser.ParseFile(token.NewFileSet(), name, src, parser.ImportsOnly)
	if err != nil {
		return nil, err
	}
	var broken []string
	for _, spec := range file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, fmt.Errorf("%s: import %s: %w", name, spec.Path.Value, err)
		}
		why := foreign(imported, r, strings.HasSuffix(name, "_test.go"))
		if ours, ok := strings.CutPrefix(imported, module); ok {
			why = own(ours, r, strings.HasSuffix(name, "_test.go"))
		}
		if why != "" {
			broken = append(broken, fmt.Sprintf("%s imports %s: %s", name, imported, why))
		}
	}
	return broken, nil
}

// own says why a room may not import one of our packages; "" is that it may.
func own(imported string, r room, test bool) string {
	if slices.Contains(r.may, imported) || test && (imported == r.dir || slices.Contains(forTests, imported) || slices.Contains(besides[r.dir], imported)) {
		return ""
	}
	may := "nothing of ours"
	if len(r.may) > 0 {
		may = "only " + strings.Join(r.may, ", ")
	}
	return fmt.Sprintf("%s may import %s, because %s", r.dir, may, r.why)
}

// foreign says why a room may not import a package from outside; "" is that it may.
func foreign(imported string, r room, test bool) string {
	s := subjectOf(imported)
	if s.name == "" || slices.Contains(r.knows, s.name) || test && !s.tests {
		return ""
	}
	return fmt.Sprintf("%s must not know %s: %s", r.dir, s.name, s.why)
}

// subjectOf is the subject that a package from outside belongs to: of several the one with the longest path. The
// zero subject is none.
func subjectOf(imported string) (of subject) {
	longest := ""
	for _, s := range subjects {
		for _, p := range s.paths {
			if (imported == p || strings.HasPrefix(imported, p+"/")) && len(p) > len(longest) {
				longest, of = p, s
			}
		}
	}
	return of
}
