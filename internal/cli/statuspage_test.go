package cli

import (
	"fmt"
	"html"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"graphlake/jobs/clock"
	"graphlake/statuspage"
)

// get asks a schedule for a path.
func get(t *testing.T, address, path string) (status int, header http.Header, body string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, answer.Header, string(text)
}

// served is a schedule that has read what was due.
func served(t *testing.T, s *site) (address string, end func()) {
	t.Helper()
	address = freeAddress(t)
	p := s.watch(t, "fast", "--listen", address)
	go func() { _, _ = io.Copy(io.Discard, p.log) }()
	until(t, address, http.StatusOK)
	return address, func() {
		p.signal(t, syscall.SIGTERM)
		p.cmd.Wait()
	}
}

// A schedule serves a page of how the lake stands, with a policy that lets it ask for nothing else.
func TestSchedulePage(t *testing.T) {
	everyLake(t, func(t *testing.T, s *site) {
		address, end := served(t, s)
		defer end()
		status, h, page := get(t, address, "/")
		if status != http.StatusOK || h.Get("Content-Security-Policy") != statuspage.Policy() || h.Get("X-Content-Type-Options") != "nosniff" ||
			h.Get("Cache-Control") != "no-store" || h.Get("Content-Type") != "text/html; charset=utf-8" {
			t.Errorf("%d %v", status, h)
		}
		for _, want := range []string{"<title>graphlake: ok</title>", ">contoso</h3>", `<th scope="row">users</th>`, `: data, 1 records"`, `<th scope="row">nightly</th>`, "The last 30 nights"} {
			if !strings.Contains(page, want) {
				t.Errorf("the page lacks %s", want)
			}
		}
		if strings.Contains(page, s.lake) || strings.Contains(page, "0b6a1e52-7f55-4a35-9d7b-91a34d7a1c01") || strings.Contains(page, "4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30") {
			t.Error("the page has more than names of tenants and datasets")
		}
		if status, _, _ := get(t, address, "/state/"); status != http.StatusNotFound {
			t.Errorf("another path: %d", status)
		}
		// Who asks again within seconds gets the same page, and costs the lake nothing.
		if _, _, again := get(t, address, "/"); again != page {
			t.Error("the page is made anew at each request")
		}
	})
}

// A state of a day has the same sign in a terminal and on the page.
func TestSignsOfThePage(t *testing.T) {
	row := clock.MapRow{Tenant: "contoso", Dataset: "users"}
	for i, state := range clock.DayStates() {
		row.Days = append(row.Days, clock.MapDay{Date: fmt.Sprintf("2026-11-%02d", i+1), State: state})
	}
	var page strings.Builder
	if err := statuspage.Write(&page, statuspage.Status{Map: clock.Map{Rows: []clock.MapRow{row}}}); err != nil {
		t.Fatal(err)
	}
	for state, s := range signs {
		if want := fmt.Sprintf(`<span class="mark %s" aria-hidden="true">%s</span>`, state, s.sign); strings.Count(html.UnescapeString(page.String()), want) != 2 { // and in the legend
			t.Errorf("%s is not drawn as %q", state, s.sign)
		}
	}
}

// metricNames are the metrics of docs/telemetry.md, with their units, as the exporters of Prometheus call them.
func metricNames(t *testing.T) map[string]bool {
	t.Helper()
	page, err := os.ReadFile("../../docs/telemetry.md")
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, m := range regexp.MustCompile("(?m)^\\| `(graphlake\\.[a-z_]+)` \\| (counter|gauge) \\| ([A-Za-z ]+) \\|").FindAllStringSubmatch(string(page), -1) {
		name := strings.ReplaceAll(m[1], ".", "_")
		switch m[3] {
		case "seconds", "Unix seconds":
			name += "_seconds"
		case "bytes":
			if !strings.HasSuffix(name, "_bytes") {
				name += "_bytes"
			}
		}
		if m[2] == "counter" {
			name += "_total"
		}
		names[name] = true
	}
	return names
}

// What is scraped a parser of Prometheus reads, and it is what the page on telemetry says.
func TestScheduleMetrics(t *testing.T) {
	t.Parallel()
	s := newSite(t, "")
	address, end := served(t, s)
	defer end()
	status, header, text := get(t, address, "/metrics")
	if !strings.HasPrefix(header.Get("Content-Type"), "text/plain; version=0.0.4") {
		t.Errorf("%d %v", status, header)
	}
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(text))
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	values := map[string]float64{}
	for name, f := range families {
		for _, m := range f.GetMetric() {
			var labels []string
			for _, l := range m.GetLabel() {
				labels = append(labels, l.GetName()+"="+l.GetValue())
			}
			slices.Sort(labels)
			values[name+" "+strings.Join(labels, " ")] = m.GetCounter().GetValue() + m.GetGauge().GetValue()
		}
	}
	of := " graphlake_dataset=users graphlake_tenant=contoso"
	for name, want := range map[string]float64{
		"graphlake_runs_total graphlake_status=data": 1, "graphlake_requests_total" + of: 1, "graphlake_throttled_total" + of: 0, "graphlake_records_total" + of: 1,
		"graphlake_rows_total graphlake_dataset=users graphlake_table=users graphlake_tenant=contoso": 1, "graphlake_quarantined_total" + of: 0,
	} {
		if got, ok := values[name]; !ok || got != want {
			t.Errorf("%s is %v, want %v in\n%s", name, got, want, text)
		}
	}
	if _, ok := values["graphlake_lag_seconds"+of]; !ok || values["graphlake_last_success_seconds"+of] < 1e9 {
		t.Errorf("how far the dataset is, is not told: %v", values)
	}
	names := metricNames(t)
	if len(names) != 12 {
		t.Errorf("docs/telemetry.md has %d metrics: %v", len(names), names)
	}
	for name := range families {
		if !names[name] && name != "target_info" {
			t.Errorf("%s is not in docs/telemetry.md: %v", name, names)
		}
	}
	for name := range names {
		if _, ok := families[name]; !ok && name != "graphlake_misfits_total" && name != "graphlake_token_refreshed_seconds" { // there are none, and nobody is signed in
			t.Errorf("%s of docs/telemetry.md is not told", name)
		}
	}
}

// The page of the real command, in Chromium: make report-check says where that is.
func TestInChromium(t *testing.T) {
	modules, chromium := os.Getenv("PAGECHECK_MODULES"), os.Getenv("PAGECHECK_CHROMIUM")
	if modules == "" {
		t.Skip("make report-check names a Chromium")
	}
	address, end := served(t, newSite(t, ""))
	defer end()
	check := exec.CommandContext(t.Context(), "node", filepath.Join("..", "..", "internal", "pagecheck", "check.js"), modules, chromium,
		filepath.Join(modules, "shots"), "schedule-real=http://"+address+"/")
	if out, err := check.CombinedOutput(); err != nil || !strings.Contains(string(out), "pagecheck pages=1 views=4") {
		t.Errorf("%v\n%s", err, out)
	}
}
