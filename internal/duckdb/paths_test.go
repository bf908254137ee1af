package duckdb

import (
	"database/sql"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Whatever a directory is called, the views read the lake in it and nothing else runs, or there are no views and it is said why.
func TestPathsOfLakes(t *testing.T) {
	dir := t.TempDir()
	bin := filepath.Join(dir, "bin", "graphlake")
	command(t, "go", "build", "-o", bin, "./cmd/graphlake")
	graph := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"value":[{"id":"a","callId":"c","userId":"u","startDateTime":"2026-11-17T10:00:00Z","endDateTime":"2026-11-17T10:01:00Z","duration":60,"callType":"user_out"}]}`)
	}))
	defer graph.Close()
	config := filepath.Join(dir, "graphlake.yaml")
	text := fmt.Sprintf("graph: {endpoint: %q}\ntenants: [{name: contoso, tenant_id: 4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30, auth: {method: token, token_env: A_TOKEN}}]\n", graph.URL)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("A_TOKEN", "a token")
	made := filepath.Join(dir, "lake")
	command(t, bin, "--config", config, "--lake", made, "run", "--dataset", "pstn_calls", "--from", "2026-11-17", "--to", "2026-11-18")
	const drop = "'; DROP TABLE canary; --"
	for name, refused := range map[string]bool{
		"plain": false, "a'b": false, `c"d`: false, "e;f": false, "{g,h}": false, "k--l": false, "m%0An": false, "[o]*?": false, drop: false,
		"tenant_id=x/lake": false, "dt=2000-01-01/lake": false, "ö ü": false, `i\j`: false, "E'\\n": false, "$(x)`y`": false, "/*": false,
		"p\nq": true, "r\n.shell touch " + "x\n": true, "s\rt": true, "u\x1b[2Jv": true, "w\u202ex": true, "y\u0085z": true, "\u2028": true, "\ta": true, "b\x7f": true, "c\u200bd": true,
	} {
		t.Run(strings.ToValidUTF8(name, ""), func(t *testing.T) {
			at := filepath.Join(dir, "of "+name)
			if err := os.MkdirAll(filepath.Dir(at), 0o750); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink(made, at); err != nil {
				t.Fatal(err)
			}
			for _, engine := range []string{"duckdb", "synapse"} {
				cmd := exec.CommandContext(t.Context(), bin, "--config", config, "--lake", at, "sql", "--engine", engine)
				var said strings.Builder
				cmd.Stderr = &said
				script, err := cmd.Output()
				if refused || engine == "duckdb" && strings.Contains(name, `\`) {
					if cmd.ProcessState.ExitCode() != 2 || len(script) > 0 || !strings.Contains(said.String(), "in its name") || !strings.Contains(said.String(), "move the lake") {
						t.Errorf("%s: exit status %d, %s%s", engine, cmd.ProcessState.ExitCode(), script, said.String())
					}
					continue
				}
				if err != nil {
					t.Fatalf("%s: %v %s", engine, err, said.String())
				}
				if engine == "duckdb" {
					readsOneRow(t, string(script))
				}
			}
		})
	}
}

// readsOneRow runs a script beside a table that has to stay.
func readsOneRow(t *testing.T, script string) {
	t.Helper()
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	for _, query := range []string{"CREATE TABLE canary (x INTEGER)", script} {
		if _, err := db.ExecContext(t.Context(), query); err != nil {
			t.Fatalf("%v\nin %s", err, query)
		}
	}
	for query, want := range map[string]string{
		"SELECT count(*) || ' ' || any_value(tenant_id) || ' ' || any_value(dt) FROM pstn_calls": "1 4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30 2026-11-17",
		"SELECT count(*) FROM canary":                          "0",
		"SELECT count(*) FROM runs":                            "1",
		"SELECT count(*) FROM coverage WHERE outcome = 'data'": "1",
	} {
		var got string
		if err := db.QueryRowContext(t.Context(), query).Scan(&got); err != nil || got != want {
			t.Errorf("%s: %q, %v, want %q", query, got, err, want)
		}
	}
}
