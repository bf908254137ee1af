package main

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/creack/pty"

	"graphlake/internal/graphsim"
	"graphlake/jobs"
)

// A long run says every half minute how far it is, a short one never.
func TestProgressLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var text bytes.Buffer
		log := slog.New(slog.NewJSONHandler(&text, nil))
		now := jobs.Standing{Run: "20261118T023000Z-k3x9", All: jobs.Work{Units: 4, Done: 1, Expected: 400, Records: 50, Throttled: 2, Waited: 90 * time.Second}}
		now.Each = []jobs.Work{
			{Tenant: "contoso", Dataset: "users", Units: 1, Done: 1, Requests: 4, Expected: 4, Known: true},
			{Tenant: "contoso", Dataset: "call_records", Units: 1, Requests: 56, Expected: 390, Known: true, Left: time.Minute},
			{Tenant: "contoso", Dataset: "presence", Units: 1, Expected: 6},
		}
		sent := []int64{60, 150}
		standing := func() jobs.Standing {
			now.All.Requests, sent = sent[0], sent[1:]
			return now
		}
		for _, long := range []time.Duration{29 * time.Second, 61 * time.Second} {
			if text.Len() > 0 {
				t.Errorf("of a short run: %s", &text)
			}
			stop := logProgress(t.Context(), standing, log)
			time.Sleep(long)
			stop()
		}
		time.Sleep(time.Hour)
		var got []string
		for line := range strings.Lines(text.String()) {
			_, line, _ = strings.Cut(line, `"msg":`)
			got = append(got, strings.TrimSpace(line))
		}
		each := `,"call_records of contoso":{"requests":56,"expected":390,"records":0,"throttled":0,"waited_seconds":0,"left_seconds":60}}`
		want := []string{
			`"progress","run":"20261118T023000Z-k3x9","units":4,"done":1,"requests":60,"expected":400,"records":50,"throttled":2,"waited_seconds":90,"per_second":2` + each,
			`"progress","run":"20261118T023000Z-k3x9","units":4,"done":1,"requests":150,"expected":400,"records":50,"throttled":2,"waited_seconds":90,"per_second":3` + each,
		}
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	})
}

// On a terminal there are bars, and lines of the log are whole above them; quiet, and in a pipe, there are none.
func TestBarsOnATerminal(t *testing.T) {
	s := simulate(t, graphsim.Options{Users: 8}, "")
	args := []string{"--config", s.config(), "--output", "json", "run", "--dataset", "users,call_records", "--from", "2026-11-16", "--to", "2026-11-18", "--now", "2026-11-18T00:00:00Z"}
	out := s.onTerminal(t, args...)
	var rep jobs.Report
	if err := json.Unmarshal(out.stdout, &rep); err != nil || len(rep.Units) != 3 {
		t.Fatalf("%v: %s", err, out.stdout)
	}
	requests := int64(0)
	for _, u := range rep.Units {
		requests += u.Requests
	}
	last := out.stderr[strings.LastIndex(out.stderr, "all "):]
	for _, want := range []string{"all ", " 3/3, ", "users ", " 1/1, ", "call_records ", " 2/2, ", "left 0s"} {
		if !strings.Contains(last, want) {
			t.Errorf("no %q at the end: %q", want, last)
		}
	}
	if strings.Count(out.stderr, "run="+rep.Run+"\r\n") != 5 {
		t.Errorf("not five whole lines of %s: %q", rep.Run, out.stderr)
	}
	if quiet := s.onTerminal(t, append([]string{"--quiet"}, args...)...); quiet.stderr != "" {
		t.Errorf("quiet: %q", quiet.stderr)
	}
	if _, piped := s.command(t, args[2:]...); bytes.Contains(piped, []byte("left")) {
		t.Errorf("in a pipe: %s", piped)
	}
	for _, line := range s.lines(t) {
		if line["msg"] == "progress" {
			t.Errorf("of a short run: %v", line)
		}
	}
}

type printed struct {
	stdout []byte
	stderr string
}

// onTerminal runs the command with a terminal as its stderr.
func (s *simulated) onTerminal(t *testing.T, args ...string) printed {
	t.Helper()
	screen, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer screen.Close()
	if err := pty.Setsize(tty, &pty.Winsize{Rows: 24, Cols: 120}); err != nil {
		t.Fatal(err)
	}
	seen := make(chan string)
	go func() {
		text, _ := io.ReadAll(screen) // it ends with an error once nobody holds the terminal
		seen <- string(text)
	}()
	var stdout bytes.Buffer
	status := run(args, &stdout, tty)
	tty.Close()
	if status != exitDone {
		t.Fatalf("exit status %d", status)
	}
	return printed{stdout.Bytes(), <-seen}
}
