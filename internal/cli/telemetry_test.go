package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	traces "go.opentelemetry.io/proto/otlp/trace/v1"

	"graphlake/internal/graphsim"
	"graphlake/jobs"
	"graphlake/jobs/state"
)

// Of a run, a collector is told what the report says: a tree of spans, and numbers. Also how far a dataset is that
// did not run. URLs and words of errors stay here.
func TestTelemetryIsTheReport(t *testing.T) {
	o := graphsim.Options{Users: 8, Roles: []string{"User.Read.All", "CallRecords.Read.All"}}
	s := simulate(t, o, "")
	s.process(t, nil, "run", "--dataset", "users", "--now", "2026-11-18T00:00:00Z")
	var shut sync.Map // the one call that may not be read
	s.answers(func(rw http.ResponseWriter, r *http.Request) {
		if id, detail := strings.CutPrefix(r.URL.Path, "/v1.0/communications/callRecords/"); detail {
			if only, _ := shut.LoadOrStore("", id); only == id {
				rw.Header().Set("Date", november(18).Format(http.TimeFormat))
				http.Error(rw, `{"error":{"code":"Forbidden","message":"no"}}`, http.StatusForbidden)
				return
			}
		}
		if r.Header.Del("Accept-Encoding"); !strings.Contains(r.URL.Path, "callRecords") {
			s.tenant.ServeHTTP(rw, r)
			return
		}
		answer := httptest.NewRecorder()
		s.tenant.ServeHTTP(answer, r)
		maps.Copy(rw.Header(), answer.Header())
		rw.Header().Del("Content-Length")
		rw.WriteHeader(answer.Code)
		rw.Write(bytes.ReplaceAll(answer.Body.Bytes(), []byte(`"averageJitter":"PT`), []byte(`"averageJitter":"odd PT`)))
	})
	c := newCollector(t)
	rep := s.process(t, []string{"OTEL_EXPORTER_OTLP_ENDPOINT=" + c.url}, "run", "--dataset", "call_records,presence",
		"--from", "2026-11-16", "--to", "2026-11-18", "--now", "2026-11-18T00:00:00Z")
	if len(rep.Units) != 3 || rep.Status != state.Forbidden {
		t.Fatalf("%d units, %s", len(rep.Units), rep.Status)
	}

	want := map[string]float64{}
	for _, u := range rep.Units {
		of := " contoso " + u.Dataset
		want["graphlake.requests"+of] += float64(u.Requests)
		want["graphlake.throttled"+of] += float64(u.Throttled)
		want["graphlake.records"+of] += float64(u.Records)
		want["graphlake.bytes"+of] += float64(u.Bytes)
		want["graphlake.quarantined"+of] += float64(u.Quarantined)
		for table, n := range u.Rows {
			want["graphlake.rows"+of+" "+table] += float64(n)
		}
		for column, n := range u.Misfits {
			want["graphlake.misfits"+of+" "+column] += float64(n)
		}
	}
	if want["graphlake.misfits contoso call_records call_media_streams.average_jitter_ms"] == 0 {
		t.Errorf("no value did not fit: %v", rep.Units)
	}
	want["graphlake.runs <nil> <nil>"] = 1 // it is nobody's
	midnight := november(18)
	for _, dataset := range []string{"call_records", "users"} {
		want["graphlake.last_success contoso "+dataset] = float64(midnight.Unix())
	}
	got := maps.Clone(c.numbers)
	since := time.Since(midnight).Seconds()
	if lag := got["graphlake.lag contoso call_records"]; lag < since-60 || lag > since {
		t.Errorf("call records lag %v seconds, want %v", lag, since)
	}
	if lag := got["graphlake.lag contoso users"]; lag < since-86400-60 || lag > since-86400 { // the day of the picture counts
		t.Errorf("users lag %v seconds, want %v", lag, since-86400)
	}
	maps.DeleteFunc(got, func(name string, _ float64) bool {
		return strings.HasPrefix(name, "graphlake.lag ") || strings.HasPrefix(name, "graphlake.waited ")
	})
	if !maps.Equal(got, want) || want["graphlake.rows contoso call_records calls"] == 0 {
		t.Errorf("got  %v\nwant %v", got, want)
	}

	if got, want := c.tree(t), []string{
		"run", "run/unit", "run/unit", "run/unit", "run/unit/commit", "run/unit/commit", "run/unit/derive", "run/unit/derive",
		"run/unit/merge", "run/unit/merge", "run/unit/read", "run/unit/read", "run/unit/read",
	}; !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	var behind int64
	for _, span := range c.spans {
		at := attributes(span.Attributes)
		switch {
		case span.Name == "run" && (at["graphlake.run"] != rep.Run || at["graphlake.status"] != "forbidden" || span.Status.Message != "forbidden"):
			t.Errorf("the run: %v", span)
		case span.Name == "unit":
			i := slices.IndexFunc(rep.Units, func(u jobs.UnitReport) bool {
				return u.Dataset == at["graphlake.dataset"] && u.From.Format(time.RFC3339) == at["graphlake.from"]
			})
			u := rep.Units[i]
			behind += u.Behind
			if at["graphlake.behind"] != u.Behind || at["graphlake.lost"] != u.Lost {
				t.Errorf("of %+v: %v", u, span)
			}
			if at["graphlake.outcome"] != string(u.Outcome) || at["graphlake.requests"] != u.Requests || at["graphlake.records"] != u.Records {
				t.Errorf("of %+v: %v", u, span)
			}
			if u.Error != nil && (span.Status.Code != traces.Status_STATUS_CODE_ERROR || span.Status.Message != u.Error.Kind) {
				t.Errorf("the status is %v, want %s", span.Status, u.Error.Kind)
			}
		}
	}
	if behind != 1 {
		t.Errorf("%d are behind, want the call that may not be read", behind)
	}
	for _, secret := range []string{"127.0.0.1", "/v1.0/", "403", "Presence.Read.All", "a token", "odd"} {
		if bytes.Contains(c.text, []byte(secret)) {
			t.Errorf("the collector was told %q", secret)
		}
	}
}

// tree is the spans by the names that lead to them, in order.
func (c *collector) tree(t *testing.T) (paths []string) {
	t.Helper()
	byID := map[string]*traces.Span{}
	for _, span := range c.spans {
		byID[string(span.SpanId)] = span
	}
	for _, span := range c.spans {
		path := span.Name
		for up := byID[string(span.ParentSpanId)]; up != nil; up = byID[string(up.ParentSpanId)] {
			path = up.Name + "/" + path
		}
		paths = append(paths, path)
		if !bytes.Equal(span.TraceId, c.spans[0].TraceId) {
			t.Errorf("%s is of another trace", path)
		}
	}
	slices.Sort(paths)
	return paths
}

// process runs the command in a process of its own, which has to report.
func (s *simulated) process(t *testing.T, env []string, args ...string) (rep jobs.Report) {
	t.Helper()
	command := exec.CommandContext(t.Context(), "graphlake", append([]string{"--config", s.config(), "--output", "json"}, args...)...)
	command.Env = append(os.Environ(), env...)
	var stderr bytes.Buffer
	command.Stderr = &stderr
	out, _ := command.Output() // what is in the report decides
	if err := json.Unmarshal(out, &rep); err != nil {
		t.Fatalf("%v\n%s%s", err, out, &stderr)
	}
	s.said = stderr.String()
	return rep
}

// A collector that is down, or takes its time, does no run harm: it costs some seconds and a warning.
func TestTelemetryIsNotNeeded(t *testing.T) {
	s := simulate(t, graphsim.Options{Users: 8}, "")
	woken := make(chan struct{})
	slow := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-woken }))
	t.Cleanup(slow.Close)
	t.Cleanup(func() { close(woken) })
	for name, url := range map[string]string{"down": "http://127.0.0.1:1", "slow": slow.URL} {
		start := time.Now()
		rep := s.process(t, []string{"OTEL_EXPORTER_OTLP_ENDPOINT=" + url}, "run", "--dataset", "users", "--now", "2026-11-18T00:00:00Z")
		if rep.Status != state.Data || !strings.Contains(s.said, `"level":"WARN","msg":"telemetry is not delivered"`) {
			t.Errorf("%s: %s\n%s", name, rep.Status, s.said)
		}
		if took := time.Since(start); took > 2*flushTimeout {
			t.Errorf("%s: it took %v", name, took)
		}
	}
}

// The standard variables say what is sent, and what this build cannot do is said at once.
func TestWantedTelemetry(t *testing.T) {
	for _, c := range []struct {
		env             string
		traces, metrics string
	}{
		{"", "false", "false"},
		{"OTEL_EXPORTER_OTLP_ENDPOINT=http://x", "true", "true"},
		{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://x", "true", "false"},
		{"OTEL_EXPORTER_OTLP_ENDPOINT=http://x OTEL_METRICS_EXPORTER=none", "true", "false"},
		{"OTEL_EXPORTER_OTLP_ENDPOINT=http://x OTEL_SDK_DISABLED=true", "false", "false"},
		{"OTEL_EXPORTER_OTLP_ENDPOINT=http://x OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf", "true", "true"},
		{"OTEL_EXPORTER_OTLP_ENDPOINT=http://x OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=grpc",
			`OTEL_EXPORTER_OTLP_PROTOCOL is "grpc": there is http/protobuf, whose port is mostly 4318`, "true"},
		{"OTEL_EXPORTER_OTLP_ENDPOINT=http://x OTEL_TRACES_EXPORTER=zipkin", `OTEL_TRACES_EXPORTER is "zipkin": there are otlp and none`, "true"},
		{"OTEL_EXPORTER_OTLP_ENDPOINT=http://x OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY=none.pem", "OTEL_EXPORTER_OTLP_CLIENT_KEY: open none.pem: no such file or directory; name a file that is there and can be read", "true"},
	} {
		t.Run(c.env, func(t *testing.T) {
			for pair := range strings.FieldsSeq(c.env) {
				name, value, _ := strings.Cut(pair, "=")
				t.Setenv(name, value)
			}
			for signal, want := range map[string]string{"TRACES": c.traces, "METRICS": c.metrics} {
				ok, err := wanted(signal)
				got := fmt.Sprint(ok)
				if err != nil {
					got = err.Error()
				}
				if got != want {
					t.Errorf("%s: got %s, want %s", signal, got, want)
				}
			}
		})
	}
}
