package layout

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// An error may quote what others have said. So its text becomes a string of ours in internal/foreign and nowhere else: what is printed,
// logged, kept or told has passed it. Wrapping an error in another, and the Error of one that is made of others, are no ways out.

// texts are the functions that take the text of an error for something else than to show it, and what for.
var texts = map[string]string{
	"extract/graph.bodyOf":           "MSAL has left the answer there, which is read as JSON",
	"extract/graph.passes":           "to tell alerts that crypto/tls has no type for",
	"extract/graph.transportError":   "to tell what net/http has no type for",
	"transform.syntax":               "our scanner's own, which quotes nothing (transform.TestReasonsQuoteNothing)",
	"transform.number":               "our parsers' own, which quote nothing",
	"transform.Builder.digest":       "our scanner's own",
	"internal/commandline.flagError": "pflag's, of what the user has written",
	"internal/commandline.newValue":  "of a default, which stands in the code",
}

// outlets are what leads to a terminal, and the one file that may name it: there internal/foreign stands before it.
var outlets = map[string]string{
	"os.Stdout": "internal/cli/main.go", "os.Stderr": "internal/cli/main.go",
	"slog.NewJSONHandler": "internal/cli/log.go", "slog.NewTextHandler": "internal/cli/log.go", "slog.Default": "", "slog.SetDefault": "",
	"fmt.Print": "", "fmt.Printf": "", "fmt.Println": "", "log.Print": "", "log.Printf": "", "log.Println": "", "log.Fatal": "", "log.Fatalf": "",
}

func TestTextsOfErrorsPassForeign(t *testing.T) {
	used, sources := map[string]bool{}, 0
	for _, room := range []string{"internal/cli", "control", "extract", "internal/commandline", "internal/instant", "internal/json", "internal/record", "jobs", "load", "schemas", "transform", "views"} {
		err := filepath.WalkDir(filepath.Join("../..", room), func(name string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || strings.Contains(name, "test/") {
				return err
			}
			source, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			sources++
			found, err := wordsIn(strings.TrimPrefix(filepath.ToSlash(name), "../../"), source)
			for _, f := range found {
				if used[f.where] = true; f.outlet || texts[f.where] == "" {
					t.Errorf("%s, in %s: %s", f.place, f.where, f.what)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for where := range texts {
		if !used[where] {
			t.Errorf("%s takes no error's text: remove it from internal/layout/words_test.go", where)
		}
	}
	if sources < 200 {
		t.Errorf("only %d files were read", sources)
	}
}

type wordsFound struct {
	place, where, what string
	outlet             bool
}

// wordsIn finds in a file where the text of an error is taken past internal/foreign: by its Error, or by fmt from what is called err.
func wordsIn(name string, source []byte) (found []wordsFound, err error) {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, name, source, 0)
	if err != nil {
		return nil, err
	}
	dir := filepath.ToSlash(filepath.Dir(name))
	for _, d := range file.Decls {
		where := dir
		if f, ok := d.(*ast.FuncDecl); ok {
			if f.Name.Name == "Error" {
				continue
			}
			where += "." + receiver(f) + f.Name.Name
		}
		add := func(n ast.Node, outlet bool, format string, args ...any) {
			found = append(found, wordsFound{fmt.Sprint(set.Position(n.Pos())), where, fmt.Sprintf(format, args...), outlet})
		}
		var clean []ast.Node // the arguments of internal/foreign
		ast.Inspect(d, func(n ast.Node) bool {
			if slices.Contains(clean, n) {
				return false
			}
			switch n := n.(type) {
			case *ast.CallExpr:
				switch of, called := selected(n.Fun); {
				case of == "foreign":
					for _, a := range n.Args {
						clean = append(clean, a)
					}
				case called == "Error" && len(n.Args) == 0:
					add(n, false, "the text of an error is shown by foreign.Printable, or made by foreign.Error")
				case of == "fmt" && called != "Errorf":
					for _, a := range n.Args {
						if isError(a) {
							add(a, false, "fmt.%s makes a text of an error past internal/foreign", called)
						}
					}
				}
			case *ast.SelectorExpr:
				of, called := selected(n)
				if only, ok := outlets[of+"."+called]; ok && only != name {
					add(n, true, "%s.%s is another way out than the command's own", of, called)
				}
			}
			return true
		})
	}
	return found, nil
}

// selected parts x.Name; x is empty where it is no plain name.
func selected(n ast.Expr) (x, name string) {
	s, ok := n.(*ast.SelectorExpr)
	if !ok {
		return "", ""
	}
	if id, ok := s.X.(*ast.Ident); ok {
		x = id.Name
	}
	return x, s.Sel.Name
}

// isError goes by the names that errors have.
func isError(n ast.Expr) bool {
	name := ""
	switch n := n.(type) {
	case *ast.Ident:
		name = n.Name
	case *ast.SelectorExpr:
		name = n.Sel.Name
	}
	return name == "err" || name == "cause" || name == "failed" || strings.HasSuffix(name, "Err") || strings.HasPrefix(name, "Err")
}

func receiver(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return ""
	}
	n := f.Recv.List[0].Type
	if star, ok := n.(*ast.StarExpr); ok {
		n = star.X
	}
	if id, ok := n.(*ast.Ident); ok {
		return id.Name + "."
	}
	return ""
}

func TestTextsOfErrorsAreFound(t *testing.T) {
	found, err := wordsIn("jobs/x.go", []byte(`package jobs
func (e *own) Error() string { return e.err.Error() }
func good(err error) error { say(foreign.Printable(err.Error())); slog.Warn("x", "error", err); return fmt.Errorf("x: %w", err) }
func (r *Run) bad(err error) { r.text = err.Error(); fmt.Fprintf(w, "%v", err); _ = fmt.Sprint(r.Err, 1); fmt.Println("x"); w = os.Stderr }
`))
	if err != nil || len(found) != 5 {
		t.Errorf("found %+v, %v", found, err)
	}
	for _, f := range found {
		if f.where != "jobs.Run.bad" {
			t.Errorf("found %+v", f)
		}
	}
}
