package cli

import (
	"bufio"
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"graphlake/load/storetest/azurite"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"graphlake": Main})
}

// The scripts run the real command. Each carries its own Graph, as a file of routes and the answers.
func TestScripts(t *testing.T) {
	blobs := ""
	if os.Getenv(azurite.Environment) != "" {
		blobs = azurite.Start(t)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Setenv("AZURE_STORAGE_CONNECTION_STRING", blobs)
			return nil
		},
		Condition: func(name string) (bool, error) { return name == "azurite" && blobs != "", nil },
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"graph":    carriedGraph,
			"receiver": receiver,
			"status":   status,
			"token":    token,
		},
	})
}

// status N COMMAND…: runs a command that has to end with exit status N.
func status(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N COMMAND [ARG…]")
	}
	err := ts.Exec(args[1], args[2:]...)
	got := 0
	if err != nil {
		text := err.Error() // testscript wraps the exit error; the number is at its end
		n, convErr := strconv.Atoi(text[strings.LastIndexByte(text, ' ')+1:])
		if convErr != nil {
			ts.Fatalf("%s: %v", args[1], err)
		}
		got = n
	}
	if fmt.Sprint(got) != args[0] {
		ts.Fatalf("%s: exit status %d, want %s", args[1], got, args[0])
	}
}

// token NAME PAYLOAD: sets a variable to a token that says what is in the payload, as JSON.
func token(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: token NAME PAYLOAD")
	}
	ts.Setenv(args[0], "e30."+base64.RawURLEncoding.EncodeToString([]byte(args[1]))+".c2ln")
}

// graph ROUTES: serves what the file says, a line a route: METHOD PATH STATUS FILE. Instead of a
// status, "cut" sends half of the file and hangs up, and "cut-once" does so the first time only.
// ${GRAPH} in graphlake.yaml becomes the server's address. $GRAPH_LOG has the requests, a line each.
func carriedGraph(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: graph ROUTES")
	}
	g := &carried{ts: ts, routes: map[string]route{}, log: ts.MkAbs("graph.log")}
	lines := bufio.NewScanner(strings.NewReader(ts.ReadFile(args[0])))
	for lines.Scan() {
		if f := strings.Fields(lines.Text()); len(f) == 4 {
			g.routes[f[0]+" "+f[1]] = route{f[2], []byte(ts.ReadFile(f[3]))}
		}
	}
	server := httptest.NewServer(g)
	ts.Defer(server.Close)
	config := ts.MkAbs("graphlake.yaml")
	text, err := os.ReadFile(config)
	ts.Check(err)
	ts.Check(os.WriteFile(config, bytes.ReplaceAll(text, []byte("${GRAPH}"), []byte(server.URL)), 0o600))
	ts.Check(os.WriteFile(g.log, nil, 0o600))
}

type route struct {
	status string
	body   []byte
}

type carried struct {
	ts     *testscript.TestScript
	log    string
	mu     sync.Mutex
	routes map[string]route
}

func (g *carried) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	query, _ := url.QueryUnescape(r.URL.RawQuery)
	g.note(fmt.Sprintln(r.Method, r.URL.Path, query))
	key := r.Method + " " + r.URL.Path
	answer, ok := g.routes[key]
	if !ok {
		answer = route{"400", []byte(`{"error":{"code":"BadRequest","message":"the script has no such route"}}`)}
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Request-Id", "00000000-1111-2222-3333-444444444444")
	body := bytes.ReplaceAll(answer.body, []byte("${GRAPH}"), []byte("http://"+r.Host))
	if strings.HasPrefix(answer.status, "cut") {
		w.Header().Set("Content-Length", fmt.Sprint(len(body)))
		_, _ = w.Write(body[:len(body)/2])
		if answer.status == "cut-once" {
			g.routes[key] = route{"200", answer.body}
		}
		return // less than announced: the server hangs up
	}
	code, _ := strconv.Atoi(answer.status)
	w.WriteHeader(code)
	_, _ = w.Write(body)
}

func (g *carried) note(line string) {
	f, err := os.OpenFile(g.log, os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return
	}
	defer f.Close()
	_, _ = f.WriteString(line)
}

// Without certificates on the machine, the embedded ones are trusted.
func TestEmbeddedRoots(t *testing.T) {
	if os.Getenv("GRAPHLAKE_TEST_ROOTS") != "" {
		pool, err := x509.SystemCertPool()
		fmt.Println("no roots:", err, pool.Equal(x509.NewCertPool()))
		return
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestEmbeddedRoots$")
	cmd.Env = append(os.Environ(), "GRAPHLAKE_TEST_ROOTS=1", "SSL_CERT_FILE=/nowhere", "SSL_CERT_DIR=/nowhere")
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.HasPrefix(string(out), "no roots: <nil> false\n") {
		t.Errorf("a machine without certificates: %v\n%s", err, out)
	}
}
