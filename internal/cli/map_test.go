package cli

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/creack/pty"
)

// On a terminal a map is as wide as that allows, and painted, unless somebody does not want colours.
func TestMapOnATerminal(t *testing.T) {
	dir := t.TempDir()
	state := filepath.Join(dir, "lake", "state", "4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30")
	if err := os.MkdirAll(state, 0o700); err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(dir, "graphlake.yaml")
	for name, text := range map[string]string{
		config: "lake: " + filepath.Join(dir, "lake") + "\ntenants: [{name: contoso, tenant_id: 4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30, auth: {method: token, token_env: GRAPH_TOKEN}}]\n",
		filepath.Join(state, "call_records.json"): `{"format":1,"since":"2026-11-01T00:00:00Z","coverage":[
			{"from":"2026-11-01T00:00:00Z","to":"2026-11-20T00:00:00Z","outcome":"data","read":"2026-11-22T02:30:00Z","settled":true,"request":1}]}`,
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	args := []string{"--config", config, "status", "--map", "--dataset", "call_records", "--now", "2026-11-22T12:00:00Z"}
	for _, c := range []struct {
		columns uint16
		noColor string
		painted bool
	}{{80, "", true}, {140, "", true}, {80, "1", false}} {
		t.Setenv("NO_COLOR", c.noColor)
		t.Setenv("TERM", "xterm")
		screen := onScreen(t, c.columns, args...)
		drawn := "\x1b[32m###################\x1b[0m\x1b[31m!!\x1b[0m."
		if !c.painted {
			drawn = "###################!!."
		}
		if !strings.Contains(screen, drawn+"\r\n") || strings.Contains(screen, "\x1b") != c.painted {
			t.Errorf("%+v: %q", c, screen)
		}
		for line := range strings.SplitSeq(unpaint(screen), "\r\n") {
			if utf8.RuneCountInString(line) > int(c.columns) && !strings.HasPrefix(line, "call_records of") {
				t.Errorf("%+v: %q has %d columns", c, line, len(line))
			}
		}
		if want := int(c.columns) - 1 - len("call_records"); !strings.Contains(unpaint(screen), strings.Repeat(".", want-22)+"###") {
			t.Errorf("%+v: not %d days: %q", c, want, screen)
		}
	}
}

func unpaint(s string) string {
	for _, p := range []string{string(red), string(green), string(yellow), noMore} {
		s = strings.ReplaceAll(s, p, "")
	}
	return s
}

// onScreen runs the command with a terminal as its stdout.
func onScreen(t *testing.T, columns uint16, args ...string) string {
	t.Helper()
	screen, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer screen.Close()
	if err := pty.Setsize(tty, &pty.Winsize{Rows: 24, Cols: columns}); err != nil {
		t.Fatal(err)
	}
	seen := make(chan string)
	go func() {
		text, _ := io.ReadAll(screen) // it ends with an error once nobody holds the terminal
		seen <- string(text)
	}()
	run(args, tty, io.Discard)
	tty.Close()
	return <-seen
}
