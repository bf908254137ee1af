package layout

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// What the code can say and the runbook does not explain is met for the first time at night; what the
// runbook explains and nobody says any more misleads. The words are read from the code, not listed here.
func TestRunbookExplainsEveryWord(t *testing.T) {
	exits := words{}
	exits.constants(t, "internal/cli/exit.go", func(name, _ string) bool { return strings.HasPrefix(name, "Exit") })
	outcomes := words{}
	outcomes.constants(t, "jobs/state/outcome.go", typed("Outcome"))
	findings := words{}
	findings.constants(t, "jobs/audit/audit.go", typed("FindingKind"))
	kinds := words{}
	kinds.valuesOf(t, "extract/graph/error.go", "kinds")
	kinds.reported(t, "jobs/*.go")
	checked := words{}
	checked.constants(t, "internal/cli/check.go", typed("permissionState"))
	checked.valuesOf(t, "internal/cli/check.go", "outcomeOf")
	maps.DeleteFunc(checked, func(word string, _ bool) bool { return outcomes[word] }) // explained there

	runbook := tables(t, "docs/runbook.md")
	for _, c := range []struct {
		column string
		want   words
		least  int // the reading itself may break
	}{
		{"status", exits, 6}, {"outcome", outcomes, 9}, {"kind", kinds, 11}, {"word", checked, 5}, {"finding", findings, 13},
	} {
		if len(c.want) < c.least {
			t.Errorf("only %d words in the code for the table of every %s: %v", len(c.want), c.column, slices.Sorted(maps.Keys(c.want)))
		}
		for word := range c.want {
			if !runbook[c.column][word] {
				t.Errorf("docs/runbook.md: the table of every %s lacks a row for %s, which the code can say", c.column, word)
			}
		}
		for word := range runbook[c.column] {
			if !c.want[word] {
				t.Errorf("docs/runbook.md: the table of every %s explains %s, which nothing in the code says", c.column, word)
			}
		}
	}
}

type words map[string]bool

// typed chooses the constants of a type.
func typed(name string) func(string, string) bool {
	return func(_, of string) bool { return of == name }
}

// constants adds the values of a file's constants of which the name and the type are wanted.
func (w words) constants(t *testing.T, file string, wanted func(name, of string) bool) {
	t.Helper()
	ast.Inspect(parse(t, file), func(n ast.Node) bool {
		d, ok := n.(*ast.GenDecl)
		if !ok || d.Tok != token.CONST {
			return true
		}
		for _, s := range d.Specs {
			v := s.(*ast.ValueSpec)
			of, _ := v.Type.(*ast.Ident)
			if of == nil {
				of = &ast.Ident{}
			}
			if len(v.Values) == 1 && wanted(v.Names[0].Name, of.Name) {
				w.add(v.Values[0])
			}
		}
		return true
	})
}

// valuesOf adds the values of a map literal; of a value with fields, the first.
func (w words) valuesOf(t *testing.T, file, name string) {
	t.Helper()
	ast.Inspect(parse(t, file), func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok || v.Names[0].Name != name {
			return true
		}
		for _, e := range v.Values[0].(*ast.CompositeLit).Elts {
			value := e.(*ast.KeyValueExpr).Value
			if c, ok := value.(*ast.CompositeLit); ok {
				value = c.Elts[0]
			}
			w.add(value)
		}
		return false
	})
}

// reported adds the kinds that errors of reports are given as literals: as {Kind: "…"}, or to ….Error.Kind.
func (w words) reported(t *testing.T, pattern string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, pattern))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		ast.Inspect(parse(t, strings.TrimPrefix(file, root+"/")), func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CompositeLit:
				if of, ok := n.Type.(*ast.Ident); ok && of.Name == "ErrorReport" {
					w.add(fieldOf(n, "Kind"))
				}
			case *ast.AssignStmt:
				for i, to := range n.Lhs {
					if kindOfError(to) && len(n.Rhs) == len(n.Lhs) {
						w.add(n.Rhs[i])
					}
				}
			}
			return true
		})
	}
}

func fieldOf(c *ast.CompositeLit, name string) ast.Expr {
	for _, e := range c.Elts {
		pair, ok := e.(*ast.KeyValueExpr)
		if !ok {
			return c.Elts[0] // it is the first
		}
		if key, ok := pair.Key.(*ast.Ident); ok && key.Name == name {
			return pair.Value
		}
	}
	return nil
}

func kindOfError(e ast.Expr) bool {
	kind, ok := e.(*ast.SelectorExpr)
	if !ok || kind.Sel.Name != "Kind" {
		return false
	}
	of, ok := kind.X.(*ast.SelectorExpr)
	return ok && of.Sel.Name == "Error"
}

// add takes a literal and leaves all else, which is no word of its own.
func (w words) add(e ast.Expr) {
	literal, ok := e.(*ast.BasicLit)
	if !ok {
		return
	}
	text, err := strconv.Unquote(literal.Value)
	if err != nil {
		text = literal.Value // a number
	}
	w[text] = true
}

const root = "../.."

func parse(t *testing.T, file string) *ast.File {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, file), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

var (
	head = regexp.MustCompile(`^\| ([a-z]+) \|`)
	row  = regexp.MustCompile("^\\| `([^`]+)` \\|")
)

// tables gives the words in the first column of a page's tables, by the head of that column.
func tables(t *testing.T, file string) map[string]words {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, file))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]words{}
	column := ""
	for line := range strings.SplitSeq(string(text), "\n") {
		if m := head.FindStringSubmatch(line); m != nil {
			column = m[1]
			all[column] = words{}
		} else if m := row.FindStringSubmatch(line); m != nil {
			all[column][m[1]] = true
		}
	}
	return all
}
