package layout

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

// The names of a lake's objects stand in one file, and those of its second lane in another.
const (
	namesFile     = "load/layout.go"
	laneNamesFile = "load/layoutdelta.go"
)

// lakeName is how such names, and patterns of them, begin, or what only they have in them.
var lakeName = regexp.MustCompile(`^/?(raw|tables|quarantine|state|runs|delta)/|^((lake|delta)\.json|\.staging\b)|\btenant_id=|\bdt=|\bdt_month=|_delta_log|\.days\.|\.behind-|^\.lock$|\.parquet$`)

func TestNames(t *testing.T) {
	got, err := misspelled(os.DirFS("../.."))
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range got {
		t.Error(v)
	}
	if got, err := misspelled(fstest.MapFS{
		namesFile:              {Data: []byte("package load\nconst a = \"raw/\"\n")},
		"views/a.go":           {Data: []byte("package views\nconst a, b, c = \"tables/\", `runs/dt=*/x`, \"state\"\n")},
		"jobs/a_test.go":       {Data: []byte("package jobs\nconst a = \"lake.json\"\n")},
		"load/dirstore/a.go":   {Data: []byte("package dirstore\nfunc a() string { return \"/.staging/\" + \".staging\" }\n")},
		"internal/trial/a.go":  {Data: []byte("package month\nconst a = \"raw/\"\n")},
		"internal/cli/a.go":    {Data: []byte("package cli\nvar a = []string{\"not raw/\", \"a.parquet\"}\n")},
		"load/storetest/a.go":  {Data: []byte("package storetest\nconst a = \"state/x\"\n")},
		"transform/testdata/a": {Data: []byte("raw/")},
	}); err != nil || len(got) != 4 {
		t.Errorf("of an invented tree is told %q, %v; want two names of views and one each of the store and the command", got, err)
	}
}

// misspelled are the string literals of the product that name objects of a lake elsewhere. What measures the
// commands from outside reads their lake as a user would, and tests spell what they expect.
func misspelled(tree fs.FS) (found []string, err error) {
	err = fs.WalkDir(tree, ".", func(name string, entry fs.DirEntry, err error) error {
		outside := path.Dir(name) == "internal" && name != "internal/cli" || name == "load/storetest" || path.Base(name) == "testdata" || len(name) > 1 && name[0] == '.'
		switch {
		case err != nil:
			return err
		case entry.IsDir() && outside:
			return fs.SkipDir
		case !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || name == namesFile || name == laneNamesFile:
			return nil
		}
		src, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, name, src, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if tag, ok := n.(*ast.Field); ok && tag.Tag != nil {
				return false
			}
			l, ok := n.(*ast.BasicLit)
			if !ok || l.Kind != token.STRING {
				return true
			}
			if text, err := strconv.Unquote(l.Value); err != nil || lakeName.MatchString(text) {
				found = append(found, fmt.Sprintf("%s: %s names objects of a lake: say so in %s, and use that", files.Position(l.Pos()), l.Value, namesFile))
			}
			return true
		})
		return nil
	})
	return found, err
}

// Views are text. Of load they use the names of a lake's objects, and nothing that reads or writes one.
func TestViewsUseNames(t *testing.T) {
	declared := slices.Concat(exported(t, namesFile), exported(t, laneNamesFile))
	files, err := fs.Glob(os.DirFS("../.."), "views/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no views: %v", err)
	}
	for _, name := range files {
		ast.Inspect(parse(t, name), func(n ast.Node) bool {
			s, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if of, ok := s.X.(*ast.Ident); ok && of.Name == "load" && !slices.Contains(declared, s.Sel.Name) {
				t.Errorf("%s uses load.%s: views may use of load only what %s and %s declare, because they open nothing", name, s.Sel.Name, namesFile, laneNamesFile)
			}
			return true
		})
	}
}

// exported are the names that a file declares.
func exported(t *testing.T, name string) (names []string) {
	t.Helper()
	for _, d := range parse(t, name).Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			names = append(names, d.Name.Name)
		case *ast.GenDecl:
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.ValueSpec:
					for _, n := range s.Names {
						names = append(names, n.Name)
					}
				case *ast.TypeSpec:
					names = append(names, s.Name.Name)
				}
			}
		}
	}
	return names
}
