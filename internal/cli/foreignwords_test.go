package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"graphlake/internal/graphsim"
)

// What a hostile service puts into its words: what a terminal obeys, and what nobody is to be told.
const (
	obeyed  = "\x1b]0;owned\x07\x1b[2J\x1b[31mRED\u202e\u2066\u200f\u061c\u0085\u009b31m\u2028"
	hisID   = "5ec2e7aa-93b5-4c08-8d6f-2f5a7c1e9b30"
	hisMail = "ines.kluge@fabrikam.example"
	hisCall = "+14255550100"
	hisChat = "19:meeting_MzJhN2YxZGUtNGI1Yy00Nz@thread.v2"
	hisWord = "the merger is on"
	aJWT    = "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJodHRwczovL2dyYXBoIn0.c2lnbmF0dXJl"
	aSAS    = "c2lnbmVkLWJ5LXVz"
)

var planted = []string{hisID, hisMail, hisCall, hisChat, "MzJhN2YxZGU", hisWord, aJWT, aSAS, "SECRET-TOKEN-OF-OURS", "\x1b", "\u202e", "\u2066", "\u200f", "\u061c", "\u0085", "\u009b", "\u2028", "\x07"}

// hostileWords is an error in the form of Graph's, that echoes the token too.
func hostileWords(r *http.Request) []byte {
	message := fmt.Sprintf("Caller%s said '%s' of %s %s %s in %s; token %s or %s at https://x.example/%[5]s?sv=1&sig=%[9]s\nNext line", obeyed, hisWord, hisMail, hisCall, hisID, hisChat,
		strings.Replace(r.Header.Get("Authorization"), " ", ": ", 1)+" "+strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "), aJWT, aSAS)
	text, _ := json.Marshal(map[string]any{"error": map[string]any{
		"code": "Bad" + obeyed, "message": message, "innerError": map[string]any{"code": obeyed + hisMail, "request-id": obeyed + hisMail},
	}})
	return bytes.ReplaceAll(text, []byte(`\u2028`), []byte("\u2028"))
}

// Whatever a service writes into its answers and their headers, nothing of it that a terminal obeys, and nothing of people and secrets,
// is printed, logged, told to a collector or kept beside the data.
func TestForeignWords(t *testing.T) {
	page := func(records ...map[string]any) []byte {
		text, _ := json.Marshal(map[string]any{"value": records})
		return text
	}
	record := func(more map[string]any) map[string]any {
		r := map[string]any{
			"id": "row-1", "callId": "c", "userId": hisID, "userPrincipalName": "x", "startDateTime": "2026-11-17T10:00:00Z", "endDateTime": "2026-11-17T10:01:00Z",
			"duration": 60, "callType": "user_out",
		}
		maps.Copy(r, more)
		return r
	}
	answers := map[string]http.HandlerFunc{
		"ansi": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write(page(record(nil), record(map[string]any{"id": obeyed, "callType": obeyed, "userDisplayName": obeyed}),
				record(map[string]any{"id": "2", "startDateTime": obeyed + hisMail}), record(map[string]any{"id": "3", "duration": obeyed + hisMail}), map[string]any{"id": obeyed + hisMail}))
		},
		"next": func(w http.ResponseWriter, _ *http.Request) {
			text, _ := json.Marshal(map[string]any{"value": []any{record(nil)}, "@odata.nextLink": "https://" + hisID + ".example/" + hisMail + "?sig=" + aSAS})
			_, _ = w.Write(text)
		},
		"redirect": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "https://x.example/"+hisMail+"?sig="+aSAS)
			w.Header().Set("request-id", hisMail+"\u009b31m")
			w.WriteHeader(http.StatusFound)
		},
	}
	for _, status := range []int{400, 401, 403, 404, 410, 418} {
		answers[fmt.Sprintf("error %d", status)] = func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("request-id", hisMail+"\u009b31m")
			w.WriteHeader(status)
			_, _ = w.Write(hostileWords(r))
		}
	}
	// What is tried again is tried twice by a check, and would be eight times by a run.
	checked := map[string]http.HandlerFunc{
		"member": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write(page(record(map[string]any{obeyed + hisMail: 1, "x" + obeyed + "@odata.count": 7, "x" + obeyed: []int{1}})))
		},
		"content type": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html\u009b31m "+hisMail)
			fmt.Fprint(w, "<html>")
		},
		"encoding": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "br\u009b31m "+hisMail)
			fmt.Fprint(w, "x")
		},
		"error in a 200": func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write(hostileWords(r)) },
	}
	c := newCollector(t)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", c.url)
	for name, answer := range answers {
		t.Run(name, func(t *testing.T) {
			s := hostile(t, answer)
			for _, format := range []string{"json", "text"} {
				s.command(t, "--log-format", format, "run", "--dataset", "pstn_calls,direct_routing_calls", "--from", "2026-11-17", "--to", "2026-11-18", "--now", "2026-11-18T00:00:00Z")
				s.command(t, "--output", "json", "--log-format", format, "run", "--dataset", "pstn_calls", "--from", "2026-11-17", "--to", "2026-11-18", "--now", "2026-11-18T00:00:00Z")
			}
			for _, args := range [][]string{{"status"}, {"--output", "json", "status"}, {"audit"}, {"--output", "json", "audit"}} {
				s.command(t, append(args, "--now", "2026-11-18T00:00:00Z")...)
			}
			if kept, err := os.ReadFile(filepath.Join(s.dir, "stdout-2")); name == "error 403" && (err != nil || !strings.Contains(string(kept), "403 Forbidden: Bad") || !strings.Contains(string(kept), "[redacted]")) {
				t.Errorf("an operator is told %s, %v", kept, err)
			}
			s.clean(t, c)
		})
	}
	for name, answer := range checked {
		t.Run(name, func(t *testing.T) {
			s := hostile(t, answer)
			for _, args := range [][]string{{"check"}, {"--output", "json", "check"}} {
				if status, out := s.command(t, append(args, "--dataset", "pstn_calls")...); status == ExitDone || len(out) == 0 {
					t.Errorf("%v: exit status %d\n%s", args, status, out)
				}
			}
			s.clean(t, c)
		})
	}
}

// A collector's answer is quoted by the libraries that send to it.
func TestWordsOfACollector(t *testing.T) {
	words := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write(append(hostileWords(r), strings.Repeat(" and so on", 10_000)...))
	}))
	defer words.Close()
	s := simulate(t, graphsim.Options{Users: 2}, "")
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", words.URL)
	s.command(t, "run", "--dataset", "users", "--now", "2026-11-18T00:00:00Z")
	said, err := os.ReadFile(filepath.Join(s.dir, "stderr-1"))
	if err != nil || !bytes.Contains(said, []byte("telemetry is not delivered")) || len(said) > 20_000 {
		t.Errorf("%d bytes are said: %.2000s, %v", len(said), said, err)
	}
	s.clean(t, new(collector))
}

// hostile is a lake of a service that answers everything so.
func hostile(t *testing.T, answer http.HandlerFunc) *simulated {
	t.Helper()
	s := simulate(t, graphsim.Options{Users: 2}, "")
	t.Setenv("GRAPHSIM_TOKEN", "SECRET-TOKEN-OF-OURS")
	s.answers(answer)
	return s
}

// clean checks all that was printed, told to a collector, and kept but for the data.
func (s *simulated) clean(t *testing.T, c *collector) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := os.WriteFile(filepath.Join(s.dir, "telemetry"), c.text, 0o600); err != nil {
		t.Fatal(err)
	}
	for file, found := range filesWith(t, s.dir, planted) {
		if strings.HasPrefix(file, "lake/raw/") || strings.HasPrefix(file, "lake/tables/") || strings.HasPrefix(file, "lake/quarantine/") {
			continue // which are data
		}
		if file == "telemetry" { // in protobuf any byte may be a number
			if found = slices.DeleteFunc(found, func(s string) bool { return len(s) < 8 }); len(found) == 0 && !bytes.Contains(c.text, []byte("]0;owned")) {
				continue
			}
		}
		t.Errorf("%q in %s", found, file)
	}
	s.prints(t)
}

// prints checks that of all that was printed a terminal obeys nothing.
func (s *simulated) prints(t *testing.T) {
	t.Helper()
	for i := range s.runs {
		for _, kind := range []string{"stdout", "stderr"} {
			text, err := os.ReadFile(filepath.Join(s.dir, fmt.Sprintf("%s-%d", kind, i+1)))
			if err != nil {
				t.Fatal(err)
			}
			if at := bytes.IndexFunc(text, func(r rune) bool { return r != '\n' && r != '\t' && !unicode.IsPrint(r) }); at >= 0 || !utf8.Valid(text) {
				t.Errorf("%s has what does not print: %q", kind, text)
			}
		}
	}
}

// Data is printed as it is, but for what a terminal obeys, which JSON writes by its number.
func TestCatEscapesWhatTerminalsObey(t *testing.T) {
	name := "Ada" + obeyed + "\x7f\u200d\ufeff\U000e0041 \"ö\\"
	s := simulate(t, graphsim.Options{Users: 2}, "")
	s.answers(func(w http.ResponseWriter, _ *http.Request) {
		text, _ := json.Marshal(map[string]any{"value": []any{map[string]any{
			"id": obeyed, "callId": "c", "userId": hisID, "userDisplayName": name, "userPrincipalName": hisMail, "calleeNumber": hisCall, "startDateTime": "2026-11-17T10:00:00Z",
			"endDateTime": "2026-11-17T10:01:00Z", "duration": 60, "callType": "user_out",
		}}})
		_, _ = w.Write(text)
	})
	if status, out := s.command(t, "run", "--dataset", "pstn_calls", "--from", "2026-11-17", "--to", "2026-11-18", "--now", "2026-11-18T00:00:00Z"); status != ExitDone {
		t.Fatalf("exit status %d: %s", status, out)
	}
	status, out := s.command(t, "cat", "pstn_calls")
	row := map[string]any{}
	if err := json.Unmarshal(out, &row); err != nil || status != ExitDone {
		t.Fatalf("exit status %d, %v: %s", status, err, out)
	}
	if row["user_display_name"] != name || row["user_principal_name"] != hisMail || row["callee_number"] != hisCall || row["pstn_call_id"] != obeyed {
		t.Errorf("the row is %q", row)
	}
	if i := bytes.IndexFunc(out, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }); i >= 0 {
		t.Errorf("printed %q", out)
	}
}

// Names of the configuration, of the lake and of files in it may hold what a terminal obeys. No command lets it through.
func TestNamesThatTerminalsObey(t *testing.T) {
	s := simulate(t, graphsim.Options{Users: 2}, "")
	name := strings.ReplaceAll(obeyed, "/", "")
	text, err := os.ReadFile(s.config())
	if err != nil {
		t.Fatal(err)
	}
	lake := filepath.Join(s.dir, "lake"+name)
	hostile := strings.Replace(string(text), filepath.Join(s.dir, "lake"), strconv.QuoteToASCII(lake), 1)
	hostile = strings.Replace(hostile, "name: contoso", "name: "+strconv.QuoteToASCII("contoso"+name), 1) +
		fmt.Sprintf("jobs:\n  %s: {schedule: '30 2 * * *', datasets: [users]}\n", strconv.QuoteToASCII("nightly"+name))
	if err := os.WriteFile(s.config(), []byte(hostile), 0o600); err != nil {
		t.Fatal(err)
	}
	const now = "2026-11-18T00:00:00Z"
	if status, out := s.command(t, "run", "--dataset", "users", "--now", now); status != ExitDone {
		t.Fatalf("exit status %d: %s", status, out)
	}
	tables, err := filepath.Glob(filepath.Join(s.dir, "lake*", "tables", "users", "*", "*"))
	if err != nil || len(tables) != 1 {
		t.Fatal(tables, err)
	}
	if err := os.WriteFile(filepath.Join(tables[0], "copy"+name+".parquet"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"plan", "--now", now}, {"run", "--now", now}, {"run", "--dataset", "users" + name}, {"run", "--job", "x" + name}, {"replay", "--dataset", "users"},
		{"status", "--now", now}, {"audit", "--now", now}, {"check", "--dataset", "users"},
		{"datasets"}, {"schema", "users"}, {"schema", "users" + name}, {"cat", "users"}, {"cat", "x" + name}, {"sql", "--engine", "duckdb"}, {"sql", "--engine", "synapse"}, {"permissions"},
		{"permissions", "--job", "nightly" + name}, {"expire", "--dry-run"}, {"vacuum", "--dry-run"}, {"erase", "--user", "x" + name, "--dry-run"}, {"complete", "--", "--config", s.config(), "run", "--job", ""}, {"complete", "--", "--config", s.config(), "run", "--tenant", ""}, {"x" + name}, {"run", "--x" + name},
		{"--lake", lake + "x\n", "status"}, {"--config", "x" + name, "status"},
	} {
		for _, form := range [][]string{{"--output", "text", "--log-format", "text"}, {"--output", "json", "--log-format", "json"}} {
			s.command(t, append(form, args...)...)
		}
	}
	if status, out := s.command(t, "audit", "--now", now); status != ExitFailed || !bytes.Contains(out, []byte(`copy\u001b]0;owned`)) {
		t.Errorf("an audit says, with exit status %d:\n%s", status, out)
	}
	if status, out := s.command(t, "status", "--now", now); status != ExitDone || !bytes.Contains(out, []byte(`contoso\u001b]0;owned`)) || !bytes.Contains(out, []byte(`nightly\u001b]0;owned`)) {
		t.Errorf("status says, with exit status %d:\n%s", status, out)
	}
	s.prints(t)
}
