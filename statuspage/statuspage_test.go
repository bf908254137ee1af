package statuspage

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"graphlake/jobs/clock"
	"graphlake/jobs/state"
)

var now = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// hostile is a name of the configuration that would like to be more.
const hostile = `</script><img src=x onerror=alert(1)><b>contoso`

// full has everything that a page can show.
func full() Status {
	s := Status{
		Now: now, Health: "late", Unread: true,
		Late: []clock.Overdue{
			{Job: "nightly", Tenant: "contoso", Dataset: "users", Due: now.Add(-8 * time.Hour), From: now.Add(-30 * time.Hour)},
			{Job: "nightly", Tenant: hostile, Dataset: "call_records", Due: now.Add(-8 * time.Hour), From: now.Add(-30 * time.Hour), Tables: true},
		},
		SignedOut: []clock.SignIn{
			{Tenant: hostile, SignedOut: &state.SignedOut{Since: now.Add(-50 * time.Hour), Reason: "the password was <b>changed</b> (AADSTS50173)"}},
			{Tenant: "adatum", SignedOut: &state.SignedOut{Reason: "nobody has signed in yet"}},
		},
		Next: []clock.NextRun{{Job: "nightly", Time: now.Add(14 * time.Hour)}},
		Map:  clock.Map{From: "2026-10-25", To: "2026-11-24"},
	}
	for i, what := range []string{"run", "replay"} {
		s.Running = append(s.Running, clock.Running{Heartbeat: state.Heartbeat{
			Run: "20261123T023000Z-k3x9m2ab", What: what, Host: "secret-host", Started: now.Add(-time.Hour), Beat: now, Units: 40 * i, Done: 13 * i, Requests: 4321, Share: 0.375,
		}, Locks: []clock.HeldLock{{Tenant: "contoso", Dataset: "users"}}, Stale: i == 0})
	}
	states := clock.DayStates()
	for _, tenant := range []string{"contoso", hostile} {
		for i, dataset := range []string{"call_records", "pstn_calls", "direct_routing_calls", "users", "x_a_dataset_with_a_name_that_is_rather_long"} {
			row := clock.MapRow{Tenant: tenant, Dataset: dataset}
			for day := range 30 {
				records := int64(1000 * day)
				date := now.AddDate(0, 0, day-29)
				cell := clock.MapDay{Date: date.Format(time.DateOnly), State: states[0], Records: &records}
				if (day+i)%5 == 0 {
					cell.State, cell.Records = states[(day+i)/5%len(states)], nil
				}
				if i == 4 {
					cell.State = states[day%len(states)]
				}
				if cell.State == clock.MapMissing {
					cell.Forgotten = date.AddDate(0, 0, 30)
				}
				row.Days = append(row.Days, cell)
			}
			s.Map.Rows = append(s.Map.Rows, row)
		}
	}
	outcomes := []state.Outcome{state.Data, state.Failed, state.Forbidden, state.Unavailable, state.Interrupted, state.Damaged}
	for day := range 30 {
		began := now.AddDate(0, 0, -day).Truncate(24 * time.Hour).Add(150 * time.Minute)
		n := clock.Night{Date: began.Format(time.DateOnly)}
		for i := range day % 3 {
			n.Runs = append(n.Runs, clock.NightRun{
				Run: began.Format("20060102T150405Z") + "-k3x9m2ab", Started: began, Seconds: float64(day * day * 37), Status: outcomes[(day/2+i)%len(outcomes)],
				Units: 40, Failed: day % 4, Records: int64(day) * 123456, Requests: int64(day) * 4321, Throttled: int64(day % 7),
			})
		}
		s.Nights = append(s.Nights, n)
	}
	return s
}

func written(t *testing.T, s Status) string {
	t.Helper()
	var out strings.Builder
	if err := Write(&out, s); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// Everything that is handed over is on the page, and names are no elements.
func TestWrite(t *testing.T) {
	page := written(t, full())
	for _, want := range []string{
		"<title>graphlake: late</title>", "2026-11-23 12:00</time> UTC", "Not all of the lake could be read", ", in tables</td>", "Nothing is read of these until somebody signs in",
		"<td>2026-11-21 10:00</td><td>the password was &lt;b&gt;changed", `adatum</th><td>ever</td>`, "The last 30 nights",
		`title="2026-11-23: data, 29000 records"`, "forgotten by Graph from", "&lt;b&gt;contoso", "17 h 17 min", `<th scope="row">run: <span class="bad">stale</span></th><td>?</td>`, "<td>38 %</td><td>13</td><td>40</td>", `<td class="none" colspan="8">no run</td>`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	for _, not := range []string{"<img", "<b>", "ZgotmplZ", "style=", "secret-host", "http://", "https://"} {
		if strings.Contains(page, not) {
			t.Errorf("the page has %s", not)
		}
	}
	for _, state := range clock.DayStates() {
		if marks[state] == "" || meanings[state] == "" || !strings.Contains(page, `<span class="mark `+string(state)+`"`) {
			t.Errorf("%s has no mark or no meaning, or is not on the page", state)
		}
	}
	quiet := full()
	quiet.Nights = []clock.Night{{Date: "2026-11-23", Runs: quiet.Nights[1].Runs}, {Date: "2026-11-22"}, {Date: "2026-11-21"}, {Date: "2026-11-20"}}
	if page := written(t, quiet); !strings.Contains(page, `<th scope="row">2026-11-20 to 2026-11-22</th><td class="none" colspan="8">no run</td>`) || !strings.Contains(page, "The last 4 nights") {
		t.Error("nights without a run are not one row")
	}
	empty := written(t, Status{Now: now, Health: "ok"})
	if !strings.Contains(empty, "Nothing is selected.") || !strings.Contains(empty, "No run has ended") {
		t.Errorf("a page of nothing:\n%s", empty)
	}
}

// The policy allows the script and the style that are on the page, and no others.
func TestPolicy(t *testing.T) {
	page := written(t, full())
	for tag, directive := range map[string]string{"script": "script-src", "style": "style-src"} {
		found := regexp.MustCompile("(?s)<"+tag+">(.*?)</"+tag+">").FindAllStringSubmatch(page, -1)
		if len(found) != 1 || !strings.Contains(Policy(), directive+" '"+hash(found[0][1])+"';") {
			t.Errorf("%d elements %s, %s", len(found), tag, Policy())
		}
	}
}

// Thirty tenants of fourteen datasets are a page that a telephone can hold.
func TestLarge(t *testing.T) {
	s := full()
	for range 83 {
		s.Map.Rows = append(s.Map.Rows, full().Map.Rows[:5]...)
	}
	if page := written(t, s); len(page) > 3<<20 {
		t.Errorf("%d bytes", len(page))
	}
}

// In Chromium the page is readable and refreshes itself: make report-check says where that is.
func TestInChromium(t *testing.T) {
	modules, chromium := os.Getenv("PAGECHECK_MODULES"), os.Getenv("PAGECHECK_CHROMIUM")
	if modules == "" {
		t.Skip("make report-check names a Chromium")
	}
	page := written(t, full())
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", Policy())
		_, _ = w.Write([]byte(page))
	}))
	defer server.Close()
	check := exec.CommandContext(t.Context(), "node", filepath.Join("..", "internal", "pagecheck", "check.js"), modules, chromium,
		filepath.Join(modules, "shots"), "schedule="+server.URL+"/")
	if out, err := check.CombinedOutput(); err != nil || !strings.Contains(string(out), "pagecheck pages=1 views=4") {
		t.Errorf("%v\n%s", err, out)
	} else {
		t.Logf("%s", out)
	}
}
