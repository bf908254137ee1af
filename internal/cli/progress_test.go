package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

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

// sequences are what a terminal obeys.
var sequences = regexp.MustCompile(`\x1b\[[0-9;?]*[A-Za-z]`)

// drawnLines are the lines that a terminal was sent, without what it obeys.
func drawnLines(text string) []string {
	return strings.FieldsFunc(sequences.ReplaceAllString(text, ""), func(r rune) bool { return r == '\r' || r == '\n' })
}

// On a terminal there is a bar of all and one a dataset: how much is done, the time that is left, requests a second, and
// the rest where there is room. No line is wider than the terminal; above the bars stands what became of a dataset.
func TestBarsOnATerminal(t *testing.T) {
	const bar = `\[[=>-]{22}\] +[0-9]+%  (?:~?[0-9hms]+ left|\? left|) *(?:[0-9.]+/s)?`
	for _, test := range []struct {
		columns uint16
		rest    string // behind the rate
	}{
		{80, ``},
		{140, `  [0-9]+/[0-9]+ requests, [0-9]+ records, [0-9]+ throttled, [0-9]+ waiting`},
	} {
		t.Run(fmt.Sprint(test.columns), func(t *testing.T) {
			t.Setenv("NO_COLOR", "")
			t.Setenv("TERM", "xterm")
			s := simulate(t, graphsim.Options{Users: 40}, "")
			gate, details := make(chan struct{}), atomic.Int64{}
			s.answers(func(rw http.ResponseWriter, r *http.Request) {
				if strings.HasPrefix(r.URL.Path, "/v1.0/communications/callRecords/") && !strings.Contains(r.URL.Path, "Calls(") && details.Add(1) > 60 {
					<-gate // until the bars were seen
				}
				s.tenant.ServeHTTP(rw, r)
			})
			line := regexp.MustCompile(`^(all|call_records) +` + bar + test.rest + `$`)
			guess := regexp.MustCompile(`^call_records .*  ~[0-9]+s left `)
			open := sync.OnceFunc(func() { close(gate) })
			defer open()
			watch := func(text string) {
				for _, drawn := range drawnLines(text) {
					if guess.MatchString(drawn) {
						open()
					}
				}
			}
			out := s.onTerminal(t, test.columns, watch, "--config", s.config(), "--output", "json", "run", "--dataset", "users,call_records", "--from", "2026-11-16", "--to", "2026-11-18", "--now", "2026-11-18T00:00:00Z")
			var rep jobs.Report
			if err := json.Unmarshal(out.stdout, &rep); err != nil || len(rep.Units) != 3 {
				t.Fatalf("%v: %s", err, out.stdout)
			}
			lines := drawnLines(out.stderr)
			matched := 0
			for _, drawn := range lines {
				if utf8.RuneCountInString(drawn) > int(test.columns) {
					t.Errorf("%d columns: %s", utf8.RuneCountInString(drawn), drawn)
				}
				if line.MatchString(drawn) {
					matched++
				} else if !regexp.MustCompile(`^(all|users|call_records) +`+bar).MatchString(drawn) && !regexp.MustCompile(`^(users|call_records): data, [0-9]+ records, [0-9]+ requests in [0-9]+s$`).MatchString(drawn) {
					t.Errorf("neither a bar nor what became of a dataset: %q", drawn)
				}
				var sent, of int
				if _, behind, ok := strings.Cut(drawn, "/s  "); ok {
					if n, _ := fmt.Sscanf(behind, "%d/%d requests", &sent, &of); n == 2 && sent > of {
						t.Errorf("more were sent than are expected: %s", drawn)
					}
				}
			}
			if matched == 0 {
				t.Errorf("no line is %v:\n%s", line, strings.Join(lines, "\n"))
			}
			for _, name := range []string{"users", "call_records"} {
				if n := strings.Count(out.stderr, "\x1b[32m"+name+": data, "); n != 1 {
					t.Errorf("%s is done in %d green lines, want 1: %q", name, n, out.stderr)
				}
			}
			if last := lines[len(lines)-1]; !strings.HasPrefix(last, "all ") || !strings.Contains(last, " 100%  ") {
				t.Errorf("the last line is %q", last)
			}
		})
	}
}

// Quiet leaves out bars, and of the log all but warnings; no progress leaves out how far a run is. In a pipe there are no bars.
func TestWithoutBars(t *testing.T) {
	t.Setenv("NO_COLOR", "1")
	t.Setenv("TERM", "xterm")
	s := simulate(t, graphsim.Options{Users: 8}, "")
	args := []string{"--config", s.config(), "--output", "json", "run", "--dataset", "users,call_records", "--from", "2026-11-16", "--to", "2026-11-18", "--now", "2026-11-18T00:00:00Z"}
	if quiet := s.onTerminal(t, 80, nil, append([]string{"--quiet"}, args...)...); quiet.stderr != "" {
		t.Errorf("quiet: %q", quiet.stderr)
	}
	out := s.onTerminal(t, 80, nil, append([]string{"--no-progress"}, args...)...)
	lines := drawnLines(out.stderr)
	for _, line := range lines {
		if !strings.HasPrefix(line, "time=") {
			t.Errorf("no line of the log: %q", line)
		}
	}
	if len(lines) != 5 || strings.Contains(out.stderr, "\x1b") {
		t.Errorf("not five lines of the log, without colours: %q", out.stderr)
	}
	if bars := s.onTerminal(t, 80, nil, args...); regexp.MustCompile(`\x1b\[[0-9;]*m`).MatchString(bars.stderr) || !strings.Contains(bars.stderr, "users: data, ") {
		t.Errorf("colours, or no bars: %q", bars.stderr)
	}
	t.Setenv("TERM", "dumb")
	if dumb := s.onTerminal(t, 80, nil, args...); strings.Contains(dumb.stderr, "\x1b") || !strings.HasPrefix(dumb.stderr, "time=") {
		t.Errorf("on a terminal that obeys nothing: %q", dumb.stderr)
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

// A warning stands above the bars, in yellow, and is whole; what is no warning does not.
func TestWarningsAboveTheBars(t *testing.T) {
	t.Setenv("NO_COLOR", "")
	t.Setenv("TERM", "xterm")
	screen, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer screen.Close()
	c := &command{LogFormat: "auto", stderr: newScreen(tty)}
	b := newBars(c.stderr, func() jobs.Standing { return jobs.Standing{All: jobs.Work{Units: 1}} })
	c.logger().InfoContext(t.Context(), "nothing much")
	c.logger().WarnContext(t.Context(), "the clock is off", "by", "an \x1b[31mhour")
	b.end()
	c.logger().InfoContext(t.Context(), "after the bars")
	tty.Close()
	text, _ := io.ReadAll(screen)
	if got := string(text); !regexp.MustCompile(`\x1b\[33mtime=[^\n]* level=WARN msg="the clock is off" by="an [^\x1b]*hour"\x1b\[0m\r\n`).MatchString(got) ||
		strings.Contains(got, "nothing much") || !strings.Contains(got, "after the bars") {
		t.Errorf("%q", got)
	}
}

// Numbers behind a bar, by what is known.
func TestBesideABar(t *testing.T) {
	work := func(requests, expected int64, known, guessed bool) jobs.Work {
		return jobs.Work{Units: 2, Requests: requests, Expected: expected, Records: 7, Known: known, Guessed: guessed}
	}
	for _, test := range []struct {
		name  string
		work  jobs.Work
		share float64
		left  time.Duration
		want  string
	}{
		{"known", work(50, 200, true, false), 0.25, 90 * time.Second, " 25%  90s left        2.5/s"},
		{"guessed", work(50, 200, true, true), 0.25, 12 * time.Minute, " 25%  ~12m left       2.5/s"},
		{"unknown", work(50, 200, false, false), 0, 0, "  0%  ? left          2.5/s"},
		{"hours", work(1, 90000, true, true), 0.00001, 23*time.Hour + 59*time.Minute + time.Second, "  0%  ~24h00m left    2.5/s"},
		{"nearly all", work(199, 200, true, false), 0.999, time.Second, " 99%  1s left         2.5/s"},
		{"all", jobs.Work{Units: 2, Done: 2, Requests: 200, Expected: 200, Known: true}, 1, 0, "100%                  2.5/s"},
		{"a replay", jobs.Work{Units: 2, Known: true, Guessed: true}, 0.5, 30 * time.Second, " 50%  ~30s left            "},
	} {
		if got := first(test.work, test.share, test.left, 2.5); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
	if got := rest(work(50, 200, true, false), 11.6); got != "  50/200 requests, 7 records, 0 throttled, 12 waiting" {
		t.Errorf("%q", got)
	}
	if got := rest(jobs.Work{Units: 2, Done: 1, Records: 9}, 0); got != "  1/2 units, 9 records" {
		t.Errorf("of a replay: %q", got)
	}
}

type printed struct {
	stdout []byte
	stderr string
}

// onTerminal runs the command with a terminal of so many columns as its stderr. Watch, if there is one, is told of all that
// was drawn whenever there is more.
func (s *simulated) onTerminal(t *testing.T, columns uint16, watch func(text string), args ...string) printed {
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
		var text []byte
		for more := make([]byte, 4096); ; {
			n, err := screen.Read(more)
			text = append(text, more[:n]...)
			if watch != nil {
				watch(string(text))
			}
			if err != nil { // once nobody holds the terminal
				break
			}
		}
		seen <- string(text)
	}()
	var stdout bytes.Buffer
	status := run(args, &stdout, tty)
	tty.Close()
	if status != ExitDone {
		t.Fatalf("exit status %d", status)
	}
	return printed{stdout.Bytes(), <-seen}
}

// The table of a report has colours on a terminal, unless nobody wants them, and fits into eighty columns.
func TestColoursOfAReport(t *testing.T) {
	t.Setenv("TERM", "xterm")
	s := simulate(t, graphsim.Options{Users: 8, Roles: []string{"User.Read.All"}}, "")
	for _, test := range []struct{ noColor, data, forbidden string }{
		{"", "\x1b[32mdata\x1b[0m", "\x1b[31mforbidden\x1b[0m"},
		{"1", "  data ", "  forbidden "},
	} {
		t.Setenv("NO_COLOR", test.noColor)
		screen, tty, err := pty.Open()
		if err != nil {
			t.Fatal(err)
		}
		defer screen.Close()
		seen := make(chan string)
		go func() {
			text, _ := io.ReadAll(screen) // it ends with an error once nobody holds the terminal
			seen <- string(text)
		}()
		status := run([]string{"--config", s.config(), "run", "--dataset", "users,pstn_calls,direct_routing_calls", "--from", "2026-11-16", "--to", "2026-11-18", "--now", "2026-11-17T00:00:00Z"}, tty, io.Discard)
		tty.Close()
		text := <-seen
		if status != ExitForbidden || !strings.Contains(text, test.data) || strings.Count(text, test.forbidden) != 2 || (strings.Contains(text, "\x1b") != (test.noColor == "")) {
			t.Errorf("exit status %d, NO_COLOR=%s: %q", status, test.noColor, text)
		}
		for _, line := range drawnLines(text)[:4] {
			if utf8.RuneCountInString(line) > tableWidth {
				t.Errorf("%d columns: %s", utf8.RuneCountInString(line), line)
			}
		}
	}
}

// The table fits whatever is in it: outcomes are cut first, and then names.
func TestTableFits(t *testing.T) {
	rows := [][]string{totalsHead, {strings.Repeat("x_name", 10), "failed, forbidden, unavailable, data", "2700/2700", "12345678", "123456789", "1234567", "86400.0"}}
	sum := 2 * (len(totalsHead) - 1)
	for _, w := range fitted(rows) {
		sum += w
	}
	if sum != tableWidth {
		t.Errorf("%d columns, want %d", sum, tableWidth)
	}
	if got := shortened("direct_routing_calls", 10); got != "direct_ro…" {
		t.Error(got)
	}
}
