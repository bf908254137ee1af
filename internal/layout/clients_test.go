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

// clients are the files that make an HTTP client, and what it is for. What proves who we are would follow a redirect of any other.
var clients = map[string]string{
	"control/bearer/keys.go":      "the keys that Entra signs with",
	"extract/graph/signin.go":     "all sign-in",
	"extract/graph/client.go":     "Graph",
	"extract/graph/clock.go":      "Graph's clock, without a token",
	"load/blobstore/blobstore.go": "Blob Storage",
}

// ready are the clients and connections that net/http has made, and the functions that use them.
var ready = []string{"DefaultClient", "DefaultTransport", "Get", "Head", "Post", "PostForm"}

// Who asks somebody over HTTP does so by one of few clients, each of which is known to follow no redirect.
func TestClients(t *testing.T) {
	made := map[string]bool{}
	for _, room := range []string{"cmd", "internal/cli", "control", "extract", "jobs", "load", "schemas", "transform", "views"} {
		err := filepath.WalkDir(filepath.Join("../..", room), func(name string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || strings.Contains(name, "storetest") {
				return err
			}
			source, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			short := strings.TrimPrefix(filepath.ToSlash(name), "../../")
			found, err := clientsIn(short, source)
			for _, f := range found {
				if made[short] = true; clients[short] == "" || f.ready {
					t.Errorf("%s: %s: sign in by signInClient in extract/graph, and for all else say in internal/layout/clients_test.go what it is for", f.place, f.what)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for name := range clients {
		if !made[name] {
			t.Errorf("%s makes no client: remove it from internal/layout/clients_test.go", name)
		}
	}
}

type clientFound struct {
	place, what string
	ready       bool
}

func clientsIn(name string, source []byte) (found []clientFound, err error) {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, name, source, 0)
	if err != nil {
		return nil, err
	}
	ofHTTP := func(n ast.Expr) string {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := s.X.(*ast.Ident); ok && x.Name == "http" {
				return s.Sel.Name
			}
		}
		return ""
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if name := ofHTTP(n); slices.Contains(ready, name) {
				found = append(found, clientFound{fmt.Sprint(set.Position(n.Pos())), "http." + name + " follows redirects", true})
			}
		case *ast.CompositeLit:
			if ofHTTP(n.Type) == "Client" {
				found = append(found, clientFound{fmt.Sprint(set.Position(n.Pos())), "an HTTP client", false})
			}
		}
		return true
	})
	return found, nil
}

func TestClientsAreFound(t *testing.T) {
	found, err := clientsIn("x.go", []byte(`package x
import "net/http"
func f() { http.Get("x"); _ = &http.Client{}; _ = http.DefaultTransport; _ = http.MethodGet; var c http.Client; c.Get("x") }`))
	if err != nil || len(found) != 3 {
		t.Errorf("found %+v, %v", found, err)
	}
}
