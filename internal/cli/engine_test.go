package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"graphlake/extract"
	"graphlake/extract/graph"
	"graphlake/internal/graphsim"
	"graphlake/jobs"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/schemas"
)

const engineJobs = `jobs:
  nightly: {schedule: "30 2 * * *", timezone: Europe/Berlin, jitter: 10m, datasets: [users, call_records], lookback: 7d}
  chats: {schedule: "0 4 * * 1", datasets: [chats], late: 2h}
  tidy: {expire: true}
  once: {datasets: [presence], expire: true}
privacy: {keep: {raw: 30d, tables: 60d}}
`

// engine opens the simulated lake as an engine does.
func (s *simulated) engine(t *testing.T) *Engine {
	t.Helper()
	e, err := NewEngine(t.Context(), EngineOptions{Config: s.config(), Stderr: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close(context.WithoutCancel(t.Context())) })
	return e
}

// run runs what is asked for as an engine does, of one tenant.
func (s *simulated) run(t *testing.T, e *Engine, a EngineAsk) jobs.Report {
	t.Helper()
	sel, err := e.Selection(a)
	if err != nil {
		t.Fatal(err)
	}
	r, err := e.Runner(sel.Tenants[0], a.Now)
	if err != nil {
		t.Fatal(err)
	}
	rep, err := r.Run(t.Context(), sel)
	if err != nil {
		t.Fatal(err)
	}
	return rep
}

// data are the bytes of all partitions of a lake.
func data(t *testing.T, lake string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, kind := range []load.Kind{load.Raw, load.Tables, load.Quarantine} {
		err := fs.WalkDir(os.DirFS(lake), string(kind), func(name string, d fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) || err == nil && d.IsDir() {
				return nil
			}
			text, err := os.ReadFile(filepath.Join(lake, name))
			all[name] = string(text)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// An engine reads what the command reads, byte for byte.
func TestEngineReadsAsTheCommand(t *testing.T) {
	options := graphsim.Options{Users: 4, CallsPerUserDay: 3}
	byCommand, byEngine := simulate(t, options, engineJobs), simulate(t, options, engineJobs)
	now := november(18)
	if status, out := byCommand.command(t, "--output", "json", "run", "--job", "nightly", "--now", now.Format(time.RFC3339)); status != ExitDone {
		t.Fatalf("the command ended with %d: %s", status, out)
	}
	rep := byEngine.run(t, byEngine.engine(t), EngineAsk{Tenant: "contoso", Job: "nightly", Now: now, Back: true})
	if got := ReportStatus(rep, nil); got != ExitDone {
		t.Fatalf("the engine's run ended with %d: %+v", got, rep)
	}
	want, got := data(t, filepath.Join(byCommand.dir, "lake")), data(t, filepath.Join(byEngine.dir, "lake"))
	if len(want) < 8 || len(got) != len(want) {
		t.Errorf("%d partitions, want the %d of the command", len(got), len(want))
	}
	for name, text := range want {
		if got[name] != text {
			t.Errorf("%s differs", name)
		}
	}
}

// A tenant whose secret is missing is alone with that, and is read when it is there. The runs of a tenant share one client.
func TestEngineTenantWithoutASecret(t *testing.T) {
	s := simulate(t, graphsim.Options{Users: 1}, "  - {name: fabrikam, tenant_id: 5f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30, auth: {method: token, token_env: FABRIKAM_TOKEN}}\n"+engineJobs)
	e := s.engine(t)
	contoso, fabrikam := e.Tenants()[0], e.Tenants()[1]
	client := func(tenant plan.Tenant) (*graph.Client, error) {
		r, err := e.Runner(tenant, november(18))
		if err != nil {
			return nil, err
		}
		if len(r.Clients) != 1 {
			t.Errorf("a run of %s has %d clients", tenant.Name, len(r.Clients))
		}
		return r.Clients[tenant.ID], nil
	}
	if _, err := client(fabrikam); KindOf(err) != "usage" || ExitStatus(err) != ExitUsage || !strings.Contains(err.Error(), "FABRIKAM_TOKEN") {
		t.Errorf("without a secret: %v", err)
	}
	first, err := client(contoso)
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if next, err := client(contoso); err != nil || next != first {
				t.Errorf("another client, %v", err)
			}
		})
	}
	all.Wait()
	t.Setenv("FABRIKAM_TOKEN", "a token")
	if other, err := client(fabrikam); err != nil || other == nil || other == first {
		t.Errorf("with its secret: %v", err)
	}
	if _, err := e.Runner(plan.Tenant{Name: "nobody", ID: "6f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30"}, november(18)); ExitStatus(err) != ExitUsage {
		t.Errorf("a tenant that is not configured: %v", err)
	}
	if r := e.ReplayRunner(november(18)); len(r.Clients) != 0 || !r.Now.Equal(november(18)) || r.Progress == nil {
		t.Errorf("of a replay: %+v", r)
	}
}

// Who mends the secret of a tenant that refused everything need not restart what has it open. One dataset that is refused is
// none of the secret's.
func TestEngineSignsInAnew(t *testing.T) {
	options := graphsim.Options{Users: 1, Token: "a token"}
	s := simulate(t, options, engineJobs)
	t.Setenv("GRAPHSIM_TOKEN", "one that has expired")
	e := s.engine(t)
	contoso := e.Tenants()[0]
	read := func() (jobs.Report, *graph.Client) {
		rep := s.run(t, e, EngineAsk{Tenant: "contoso", Job: "nightly", Now: november(18), Back: true})
		r, err := e.Runner(contoso, november(18))
		if err != nil {
			t.Fatal(err)
		}
		e.Ended(t.Context(), "nightly", e.Tenants(), rep, nil)
		return rep, r.Clients[contoso.ID]
	}
	rep, first := read()
	if ReportStatus(rep, nil) != ExitForbidden {
		t.Fatalf("with an expired token: %+v", rep)
	}
	t.Setenv("GRAPHSIM_TOKEN", "a token")
	options.Roles = []string{"User.Read.All", "Directory.Read.All"}
	s.become(options, 18)
	rep, second := read()
	if second == first || ReportStatus(rep, nil) != ExitForbidden || !slices.ContainsFunc(rep.Units, func(u jobs.UnitReport) bool { return u.Error == nil }) {
		t.Errorf("with another token, which does not permit one of the datasets: %+v", rep)
	}
	options.Roles = nil
	s.become(options, 18)
	if rep, third := read(); third != second || ReportStatus(rep, nil) != ExitDone {
		t.Errorf("with all permissions the same client: %v, and %+v", third == second, rep)
	}
}

// What names a lake, and which tenants and jobs there are, is known where neither the lake nor a secret is.
func TestConfigureNeedsNeitherLakeNorSecret(t *testing.T) {
	s := simulate(t, graphsim.Options{Users: 1}, engineJobs+"  pseudonymize: true\n  key_env: NO_SUCH_KEY\n")
	text, err := os.ReadFile(s.config())
	if err != nil {
		t.Fatal(err)
	}
	text = []byte(strings.Replace(string(text), "privacy: {keep: {raw: 30d, tables: 60d}}\n", "privacy:\n  keep: {raw: 30d, tables: 60d}\n", 1))
	if err := os.WriteFile(s.config(), text, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GRAPHSIM_TOKEN", "")
	e, err := Configure(EngineOptions{Config: s.config(), Stderr: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	if got := e.Tenants(); len(got) != 1 || got[0] != (plan.Tenant{Name: "contoso", ID: "4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30"}) {
		t.Errorf("tenants %+v", got)
	}
	want := []EngineJob{
		{Name: "chats", Schedule: "0 4 * * 1", Late: 2 * time.Hour, Datasets: []string{"chats"}, Reads: true},
		{Name: "nightly", Schedule: "30 2 * * *", Timezone: "Europe/Berlin", Jitter: 10 * time.Minute, Late: defaultLate, Datasets: []string{"users", "call_records"}, Reads: true},
		{Name: "once", Late: defaultLate, Datasets: []string{"presence"}, Reads: true, Removes: true},
		{Name: "tidy", Late: defaultLate, Removes: true},
	}
	if got := e.Jobs(); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("jobs\n%+v, want\n%+v", got, want)
	}
	if _, err := e.Selection(EngineAsk{Tenant: "contoso", Job: "nightly", Now: november(18)}); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(s.dir, "lake")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a lake was made: %v", err)
	}
	e.Close(t.Context()) // which has nothing to send
	if _, err := NewEngine(t.Context(), EngineOptions{Config: s.config(), Stderr: io.Discard}); ExitStatus(err) != ExitUsage || !strings.Contains(err.Error(), "NO_SUCH_KEY") {
		t.Errorf("without the key of pseudonyms: %v", err)
	}
	if _, err := Configure(EngineOptions{Config: filepath.Join(s.dir, "none.yaml"), Stderr: io.Discard}); ExitStatus(err) != ExitUsage {
		t.Errorf("without a configuration: %v", err)
	}
}

// What is asked for is what graphlake run reads by the same words, but that nothing is removed at its end.
func TestEngineSelection(t *testing.T) {
	s := simulate(t, graphsim.Options{Users: 1}, engineJobs)
	e, err := Configure(EngineOptions{Config: s.config(), Stderr: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	now := november(18)
	for name, c := range map[string]struct {
		ask      EngineAsk
		datasets string
		lookback time.Duration
		wrong    string
	}{
		"a job":                     {EngineAsk{Tenant: "contoso", Job: "nightly"}, "call_records users", 7 * schemas.Day, ""},
		"what is left of a job":     {EngineAsk{Tenant: "contoso", Job: "nightly", Datasets: []string{"users"}}, "users", 7 * schemas.Day, ""},
		"a job that removes too":    {EngineAsk{Tenant: "contoso", Job: "once"}, "presence", 0, ""},
		"all":                       {EngineAsk{Tenant: "contoso"}, "call_records chats presence users", 0, ""},
		"a range":                   {EngineAsk{Tenant: "contoso", Datasets: []string{"chats"}, From: november(10), To: november(17)}, "chats", 0, ""},
		"a night that was missed":   {EngineAsk{Tenant: "contoso", Job: "nightly", Back: true}, "call_records users", 7 * schemas.Day, ""},
		"much":                      {EngineAsk{Tenant: "contoso", Job: "nightly", Yes: true}, "call_records users", 7 * schemas.Day, ""},
		"nobody":                    {EngineAsk{Job: "nightly"}, "", 0, "one tenant"},
		"another tenant":            {EngineAsk{Tenant: "contosso", Job: "nightly"}, "", 0, `no tenant "contosso"`},
		"another job":               {EngineAsk{Tenant: "contoso", Job: "nights"}, "", 0, `no job "nights"`},
		"another job's datasets":    {EngineAsk{Tenant: "contoso", Job: "nights", Datasets: []string{"users"}}, "", 0, `no job "nights"`},
		"another dataset":           {EngineAsk{Tenant: "contoso", Datasets: []string{"user"}}, "", 0, `no dataset "user"`},
		"a job that reads nothing":  {EngineAsk{Tenant: "contoso", Job: "tidy"}, "", 0, "reads nothing"},
		"a range without an end":    {EngineAsk{Tenant: "contoso", From: november(10)}, "", 0, "both ends"},
		"a range that has not come": {EngineAsk{Tenant: "contoso", Job: "chats", From: november(20), To: november(21)}, "", 0, "not there yet"},
	} {
		t.Run(name, func(t *testing.T) {
			c.ask.Now = now
			sel, err := e.Selection(c.ask)
			if c.wrong != "" {
				if ExitStatus(err) != ExitUsage || !strings.Contains(err.Error(), c.wrong) {
					t.Fatalf("%v, want %q", err, c.wrong)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, d := range sel.Datasets {
				names = append(names, d.Name)
			}
			slices.Sort(names)
			if got := strings.Join(names, " "); got != c.datasets || sel.Lookback != c.lookback || len(sel.Tenants) != 1 {
				t.Errorf("datasets %s, lookback %v, %d tenants", got, sel.Lookback, len(sel.Tenants))
			}
			if !sel.From.Equal(c.ask.From) || !sel.To.Equal(c.ask.To) || sel.Back != c.ask.Back || sel.Yes != c.ask.Yes {
				t.Errorf("%+v", sel)
			}
			if sel.Expire || sel.Vacuum || sel.KeepRuns != 0 || len(sel.Keep) == 0 {
				t.Errorf("it would remove: %+v", sel)
			}
		})
	}
}

// A lake has the same name whoever asks, and no two have the same.
func TestLakeName(t *testing.T) {
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]string{}
	for _, c := range []struct{ lake, account, begins, same string }{
		{"lake", "", "lake-", ""},
		{"./lake/", "", "lake-", "lake"},
		{filepath.Join(here, "lake"), "", "lake-", "lake"},
		{"/srv/lake", "", "lake-", ""},
		{"/srv/the lake & co", "", "the-lake-co-", ""},
		{"/", "", "lake-", ""},
		{"az://calls", "https://a.blob.core.windows.net", "calls-", ""},
		{"az://calls/prod/eu", "https://a.blob.core.windows.net", "calls-prod-eu-", ""},
		{"az://calls/prod/eu/", "https://a.blob.core.windows.net/", "calls-prod-eu-", "az://calls/prod/eu"},
		{"az://calls/prod/us", "https://a.blob.core.windows.net", "calls-prod-us-", ""},
	} {
		e := &Engine{setup: &setup{config: &config{Lake: c.lake, Azure: azureConfig{AccountURL: c.account}}}}
		got := e.LakeName()
		if rest, ok := strings.CutPrefix(got, c.begins); !ok || len(rest) != 8 {
			t.Errorf("%s: %s, want %s and eight digits", c.lake, got, c.begins)
		}
		for lake, name := range names {
			if (name == got) != (lake == c.same) {
				t.Errorf("%s is called %s, and %s %s", c.lake, got, lake, name)
			}
		}
		if c.same == "" {
			names[c.lake] = got
		}
	}
	other := &Engine{setup: &setup{config: &config{Lake: "az://calls", Azure: azureConfig{AccountURL: "https://b.blob.core.windows.net"}}}}
	if got := other.LakeName(); got == names["az://calls"] {
		t.Errorf("the containers of two accounts are both called %s", got)
	}
}

func TestKindOf(t *testing.T) {
	of := func(k graph.Kind) error { return fmt.Errorf("tenant contoso: %w", &graph.Error{Kind: k}) }
	for want, errs := range map[string][]error{
		"":                 {nil},
		"usage":            {usage(errors.New("x")), usage(of(graph.Unauthorized))},
		"clock":            {fmt.Errorf("x: %w", jobs.ErrClock), jobs.ErrNotTold},
		"locked":           {fmt.Errorf("x: %w", load.ErrLocked), &state.HeldElsewhereError{}},
		"conflict":         {load.ErrConflict, load.ErrLockLost},
		"unauthorized":     {of(graph.Unauthorized)},
		"signed_out":       {of(graph.SignedOut)},
		"throttled":        {of(graph.Throttled)},
		"unavailable":      {of(graph.Unavailable), context.DeadlineExceeded},
		"incomplete":       {of(graph.Incomplete)},
		"off":              {of(graph.Off)},
		"no access policy": {of(graph.NoPolicy)},
		"interrupted":      {context.Canceled},
		"failed":           {errors.New("x"), fs.ErrPermission},
	} {
		for _, err := range errs {
			if got := KindOf(err); got != want {
				t.Errorf("%v: %q, want %q", err, got, want)
			}
		}
		need := NeedOf(want)
		if (need == "") != (want == "" || want == "interrupted") {
			t.Errorf("%s needs %q", want, need)
		}
	}
	if got := NeedOf("a kind of a later version"); got != NeedOf("failed") {
		t.Errorf("an unknown kind needs %q", got)
	}
}

// A job's removals are made for the whole lake, once; one that removes nothing does nothing.
func TestEngineTidy(t *testing.T) {
	s := simulate(t, graphsim.Options{Users: 2, CallsPerUserDay: 2}, strings.ReplaceAll(engineJobs, "[presence]", "[users, call_records]"))
	e := s.engine(t)
	now := november(18)
	s.run(t, e, EngineAsk{Tenant: "contoso", Job: "nightly", Now: now, Back: true})
	before := data(t, filepath.Join(s.dir, "lake"))
	e.setup.config.Privacy.Keep.Raw = new(duration(schemas.Day)) // as when the configuration has changed since
	e.setup.config.Privacy.Keep.Tables = new(duration(30 * schemas.Day))
	if rep, did, err := e.Tidy(t.Context(), "nightly", now); did || err != nil || rep.Run != "" {
		t.Errorf("a job that removes nothing: %+v, %v, %v", rep, did, err)
	}
	if _, _, err := e.Tidy(t.Context(), "nights", now); ExitStatus(err) != ExitUsage {
		t.Errorf("another job: %v", err)
	}
	rep, did, err := e.Tidy(t.Context(), "once", now)
	if !did || ReportStatus(rep, err) != ExitDone || rep.What != "expire" {
		t.Fatalf("%+v, %v, %v", rep, did, err)
	}
	after := data(t, filepath.Join(s.dir, "lake"))
	if len(after) >= len(before) || slices.ContainsFunc(rep.Removed, func(r jobs.Removal) bool { return r.What != string(load.Raw) }) {
		t.Errorf("of %d partitions %d are left: %+v", len(before), len(after), rep.Removed)
	}
	rep, did, err = e.Tidy(t.Context(), "tidy", now)
	if !did || ReportStatus(rep, err) != ExitDone || len(rep.Removed) != 0 {
		t.Errorf("once more: %+v, %v, %v", rep, did, err)
	}
	s.answers(func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Date"] = nil
		w.WriteHeader(http.StatusServiceUnavailable)
	})
	if _, did, err := e.Tidy(t.Context(), "tidy", now); !did || KindOf(err) != "clock" || ExitStatus(err) != ExitLater {
		t.Errorf("by this machine's clock alone: %v, %v", did, err)
	}
}

// What a check finds missing is permissions by name, and else sentences of ours: nothing of what others have said.
func TestEngineCheck(t *testing.T) {
	s := simulate(t, graphsim.Options{Users: 2}, "jobs: {nightly: {datasets: [users, call_records]}}\n")
	e := s.engine(t)
	if found, err := e.Check(t.Context(), "contoso"); err != nil || found.ExitStatus != ExitDone || len(found.Needs) != 0 {
		t.Errorf("a tenant that may be read: %+v, %v", found, err)
	}
	if _, err := e.Check(t.Context(), "nobody"); ExitStatus(err) != ExitUsage {
		t.Errorf("nobody: %v", err)
	}
	answer := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			fmt.Fprint(w, `{"error":{"code":"Authorization_RequestDenied","message":"adele@contoso.example may not"}}`)
		}
	}
	for status, want := range map[int]struct {
		exit  int
		needs []string
	}{
		http.StatusForbidden:          {ExitForbidden, []string{"CallRecords.Read.All", "User.Read.All"}},
		http.StatusUnauthorized:       {ExitForbidden, []string{NeedOf("unauthorized")}},
		http.StatusServiceUnavailable: {ExitLater, []string{NeedOf("unavailable")}},
	} {
		s.answers(answer(status))
		found, err := e.Check(t.Context(), "contoso")
		slices.Sort(found.Needs)
		if err != nil || found.ExitStatus != want.exit || !slices.Equal(found.Needs, want.needs) {
			t.Errorf("%d: %+v, %v, want %+v", status, found, err, want)
		}
	}
	t.Setenv("GRAPHSIM_TOKEN", "")
	if found, err := e.Check(t.Context(), "contoso"); err != nil || found.ExitStatus != ExitUsage || !slices.Equal(found.Needs, []string{NeedOf("usage")}) {
		t.Errorf("without a secret: %+v, %v", found, err)
	}
}

// What a check asks counts in the budgets of the tenant's runs: it keeps a pause that one of them was told.
func TestEngineCheckSharesBudgets(t *testing.T) {
	s := simulate(t, graphsim.Options{Users: 2}, "jobs: {nightly: {datasets: [users]}}\n")
	e := s.engine(t)
	client, err := e.client(e.Tenants()[0])
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var asked []time.Time
	s.answers(func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		asked = append(asked, time.Now())
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusTooManyRequests)
	})
	users, err := datasets([]string{"users"}, e.setup.config)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), 200*time.Millisecond) // for the first try
	defer stop()
	if err := extract.Probe(ctx, client, users[0], time.Now()); err == nil {
		t.Fatal("a run was not told to wait")
	}
	if found, err := e.Check(t.Context(), "contoso"); err != nil || found.ExitStatus != ExitLater {
		t.Errorf("%+v, %v", found, err)
	}
	mu.Lock()
	defer mu.Unlock()
	if len(asked) < 2 || asked[1].Sub(asked[0]) < time.Second {
		t.Errorf("asked at %v", asked)
	}
}

// Who is notified hears what runs of an engine find, each problem once, and what is late when that is asked for.
func TestEngineNotifies(t *testing.T) {
	var mu sync.Mutex
	var told []string
	webhook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		told = append(told, string(text))
	}))
	defer webhook.Close()
	heard := func() string {
		mu.Lock()
		defer mu.Unlock()
		defer func() { told = nil }()
		return strings.Join(told, "\n")
	}
	t.Setenv("WEBHOOK", webhook.URL)
	s := simulate(t, graphsim.Options{Users: 1}, "jobs: {nightly: {schedule: \"30 2 * * *\", datasets: [users]}}\nnotify: [{name: us, webhook_env: WEBHOOK}]\n")
	e := s.engine(t)
	now := november(18)
	sel, err := e.Selection(EngineAsk{Tenant: "contoso", Job: "nightly", Now: now, Back: true})
	if err != nil {
		t.Fatal(err)
	}
	ask := EngineAsk{Tenant: "contoso", Job: "nightly", Now: now, Back: true}
	e.Ended(t.Context(), "nightly", sel.Tenants, s.run(t, e, ask), nil)
	if text := heard(); text != "" {
		t.Errorf("of a tenant that was read: %s", text)
	}
	for range 2 {
		e.NotifyOfLate(t.Context(), now.Add(schemas.Day+2*defaultLate))
	}
	if text := heard(); strings.Count(text, `"kind":"late"`) != 1 {
		t.Errorf("of a tenant that nobody has read since: %s", text)
	}
	s.answers(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) })
	ask.Now = now.Add(schemas.Day)
	rep := s.run(t, e, ask)
	for range 2 {
		e.Ended(t.Context(), "nightly", sel.Tenants, rep, nil)
	}
	if text := heard(); strings.Count(text, `"kind":"refused"`) != 1 {
		t.Errorf("of a tenant that is refused: %s", text)
	}
	e.Ended(t.Context(), "nightly", sel.Tenants, jobs.Report{}, &state.HeldElsewhereError{})
	if text := heard(); text != "" {
		t.Errorf("of a tenant that another worker has: %s", text)
	}
}

// Where a tenant is held lies beside its datasets, and is none: to all who look at a lake it is not there.
func TestHeldTenantIsNoDataset(t *testing.T) {
	s := simulate(t, graphsim.Options{Users: 2, CallsPerUserDay: 2}, engineJobs)
	e := s.engine(t)
	now := november(18)
	s.run(t, e, EngineAsk{Tenant: "contoso", Job: "nightly", Now: now, Back: true})
	look := func() (all []string) {
		for _, args := range [][]string{
			{"status", "--now", now.Format(time.RFC3339)}, {"audit", "--now", now.Format(time.RFC3339)}, {"du", "--tenant", "contoso"}, {"sql"},
			{"expire", "--dry-run", "--own-clock", "--now", now.Format(time.RFC3339)},
			{"erase", "--user", "00000000-0000-0000-0000-00000000abcd", "--dry-run"},
		} {
			status, out := s.command(t, args...)
			all = append(all, fmt.Sprintf("%v: %d\n%s", args, status, out))
		}
		return all
	}
	before := look()
	h, err := state.HoldTenant(t.Context(), e.Store(), e.Tenants()[0].ID, []byte("a worker"))
	if err != nil {
		t.Fatal(err)
	}
	for i, held := range look() {
		if held != before[i] {
			t.Errorf("%s\nbut while the tenant is held %s", before[i], held)
		}
	}
	if err := h.Release(t.Context()); err != nil {
		t.Fatal(err)
	}
}
