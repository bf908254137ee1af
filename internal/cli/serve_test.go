package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"graphlake/control"
	"graphlake/control/bearer"
	"graphlake/jobs"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/load"
)

const controlToken = "42007aaa937adf0849c7b1e94131fa152b4b416a573abbf0cea42616e2f04c77" // of the control API

// api is a control API that is served, and who asks it.
type api struct {
	at      string
	process *process
}

// serve starts a server, which asks Graph with a token, and waits until it answers.
func (s *site) serve(t *testing.T, token string, args ...string) *api {
	t.Helper()
	program, err := exec.LookPath("graphlake")
	if err != nil {
		t.Fatal(err)
	}
	address := freeAddress(t)
	p := &process{cmd: exec.CommandContext(t.Context(), program, append([]string{"--config", s.config, "serve", "--listen", address}, args...)...)}
	p.cmd.SysProcAttr = ofItsOwn
	p.cmd.Env = append(os.Environ(), "GRAPH_TOKEN="+token, "BLOBS="+s.blobs, "CONTROL_TOKEN="+controlToken)
	p.cmd.Stderr = &p.output
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.cmd.Process.Kill()
		p.cmd.Wait()
	})
	a := &api{"http://" + address, p}
	a.waitUntilItAnswers(t)
	return a
}

// waitUntilItAnswers waits for a server that has just been started.
func (a *api) waitUntilItAnswers(t *testing.T) {
	t.Helper()
	for range 300 {
		if status, _, err := a.call(t.Context(), http.MethodGet, "/healthz", "", ""); err == nil && status == http.StatusOK {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	said := ""
	if a.process != nil {
		said = a.process.output.String()
	}
	t.Fatalf("serve has not answered within 30 s: %s", said)
}

// call asks, and asks again when there are too many requests.
func (a *api) call(ctx context.Context, method, path, key, body string) (status int, text []byte, err error) {
	for {
		r, err := http.NewRequestWithContext(ctx, method, a.at+path, strings.NewReader(body))
		if err != nil {
			return 0, nil, err
		}
		r.Header.Set("Authorization", "Bearer "+controlToken)
		r.Header.Set("Content-Type", "application/json")
		if key != "" {
			r.Header.Set("Idempotency-Key", key)
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			return 0, nil, err
		}
		text, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if answer.StatusCode != http.StatusTooManyRequests {
			return answer.StatusCode, text, err
		}
		seconds, err := strconv.Atoi(answer.Header.Get("Retry-After"))
		if err != nil {
			return 0, nil, err
		}
		time.Sleep(time.Duration(seconds) * time.Second)
	}
}

// ask asks for a run of a dataset.
func (a *api) ask(ctx context.Context, dataset, key string) (run control.Run, status int, err error) {
	status, text, err := a.call(ctx, http.MethodPost, "/v1/runs", key, fmt.Sprintf(`{"dataset": %q}`, dataset))
	if err == nil {
		err = json.Unmarshal(text, &run)
	}
	return run, status, err
}

// mustAsk is ask of who cannot go on without.
func (a *api) mustAsk(t *testing.T, dataset string) (run string) {
	t.Helper()
	r, status, err := a.ask(t.Context(), dataset, "")
	if err != nil || status != http.StatusAccepted {
		t.Fatalf("asked for %s it answers %d, %v", dataset, status, err)
	}
	return r.Run
}

// look says how far a run is.
func (a *api) look(t *testing.T, run string) (r control.Run) {
	t.Helper()
	status, text, err := a.call(t.Context(), http.MethodGet, "/v1/runs/"+run, "", "")
	if err == nil {
		err = json.Unmarshal(text, &r)
	}
	if err != nil || status != http.StatusOK {
		t.Fatalf("of %s it answers %d, %v: %s", run, status, err, text)
	}
	return r
}

// until waits for a state of a run.
func (a *api) until(t *testing.T, run string, want control.State) control.Run {
	t.Helper()
	var r control.Run
	for range 300 {
		if r = a.look(t, run); r.State == want {
			return r
		}
		time.Sleep(200 * time.Millisecond)
	}
	t.Fatalf("the run %s is %s after a minute, want %s", run, r.State, want)
	return r
}

// Two hundred ask two servers at once for the same with one key: one run is begun. While it runs, who starts the same otherwise waits, or
// is told that it is locked; in the end the lake has what it has of one.
func TestManyCallers(t *testing.T) {
	t.Parallel()
	everyLake(t, func(t *testing.T, s *site) {
		s.configure(t, "control: {token_env: CONTROL_TOKEN}\n")
		servers := []*api{s.serve(t, "slow"), s.serve(t, "slow")}
		var (
			all      sync.WaitGroup
			mu       sync.Mutex
			runs     = map[string]int{}
			accepted int
		)
		for i := range 200 {
			all.Go(func() {
				run, status, err := servers[i%2].ask(t.Context(), "users", "one key")
				mu.Lock()
				defer mu.Unlock()
				if err != nil || status != http.StatusAccepted && status != http.StatusOK {
					t.Errorf("a caller is answered %d, %v", status, err)
				}
				if runs[run.Run]++; status == http.StatusAccepted {
					accepted++
				}
			})
		}
		all.Wait()
		if len(runs) != 1 || accepted != 1 {
			t.Fatalf("200 callers with one key have asked for %d runs, and %d were new", len(runs), accepted)
		}
		<-s.arrived
		first := ""
		for first = range runs {
		}
		second := servers[1].mustAsk(t, "users")
		if other := s.start(t, "quick", "users").wait(t); other.status != ExitLater || other.units["users"].Error.Kind != "locked" {
			t.Errorf("the command beside it ends with %d: %+v", other.status, other.units)
		}
		if got := servers[0].look(t, first).State; got != control.Running {
			t.Errorf("while Graph is slow the run is %s", got)
		}
		if got := servers[0].look(t, second).State; got != control.Queued {
			t.Errorf("while the first runs the second is %s", got)
		}
		close(s.gate)
		for _, run := range []string{first, second} {
			r := servers[1].until(t, run, control.Ended)
			if r.ExitStatus == nil || *r.ExitStatus != ExitDone || r.Report == nil || r.Report.Run != run {
				t.Errorf("a run has ended as %+v", r)
			}
		}
		ended := servers[0].look(t, first).Report
		if len(ended.Units) != 1 || ended.Units[0].Written == 0 || ended.Units[0].Records != 1 {
			t.Errorf("the first has done %+v", ended.Units)
		}
		if n := servers[0].look(t, second).Report; !n.Started.After(ended.Started) || len(n.Units) > 0 { // the first has read what was due
			t.Errorf("the second began at %v, the first at %v, and has done %+v", n.Started, ended.Started, n.Units)
		}
		for _, a := range servers {
			a.process.signal(t, syscall.SIGTERM)
			if err := a.process.cmd.Wait(); err != nil {
				t.Errorf("a server ends with %v: %s", err, &a.process.output)
			}
			if log := a.process.output.String(); strings.Contains(log, controlToken) {
				t.Error("the token is in the log")
			}
		}
	})
}

// A server is killed. What it had begun is interrupted, and what it had not begun begins when a server is there again; nobody has to ask
// anew for that.
func TestServerIsKilled(t *testing.T) {
	t.Parallel()
	everyLake(t, func(t *testing.T, s *site) {
		s.configure(t, "control: {token_env: CONTROL_TOKEN}\n")
		a := s.serve(t, "slow")
		var begun []string
		for _, dataset := range []string{"users", "teams", "pstn_calls", "direct_routing_calls"} {
			begun = append(begun, a.mustAsk(t, dataset))
			a.until(t, begun[len(begun)-1], control.Running)
		}
		waiting := a.mustAsk(t, "sms_logs")
		if got := a.look(t, waiting).State; got != control.Queued {
			t.Fatalf("the fifth run is %s", got)
		}
		a.process.signal(t, syscall.SIGKILL)
		if a.process.cmd.Wait() == nil {
			t.Fatal("it was killed and ended well")
		}
		a = s.serve(t, "quick")
		r := a.until(t, waiting, control.Ended)
		if r.Report == nil || r.Report.Run != waiting {
			t.Errorf("the run that waited has ended as %+v", r)
		}
		if got := s.standsLater(t, begun[0], 2*time.Minute); got != control.Interrupted {
			t.Errorf("two minutes later what was begun is %s", got)
		}
		a.process.signal(t, syscall.SIGTERM)
		if err := a.process.cmd.Wait(); err != nil {
			t.Errorf("the server ends with %v: %s", err, &a.process.output)
		}
	})
}

// A run that is canceled, or whose server is told to end, breaks off, and says so; what it would have read the next one reads.
func TestRunsBreakOff(t *testing.T) {
	t.Parallel()
	s := newSite(t, "")
	s.configure(t, "control: {token_env: CONTROL_TOKEN}\n")
	a := s.serve(t, "slow", "--grace", "1s")
	canceled, ended := a.mustAsk(t, "users"), a.mustAsk(t, "pstn_calls")
	a.until(t, ended, control.Running)
	<-s.arrived
	status, text, err := a.call(t.Context(), http.MethodPost, "/v1/runs/"+canceled+"/cancel", "", "")
	if err != nil || status != http.StatusAccepted {
		t.Fatalf("cancel is answered %d %v %s", status, err, text)
	}
	brokenOff := func(r control.Run) {
		t.Helper()
		if r.Report == nil || r.Report.Status != state.Interrupted || r.ExitStatus == nil || *r.ExitStatus != ExitLater {
			t.Errorf("it has ended as %+v", r)
		}
	}
	brokenOff(a.until(t, canceled, control.Canceled))
	waiting := a.mustAsk(t, "pstn_calls")
	a.process.signal(t, syscall.SIGTERM)
	if err := a.process.cmd.Wait(); err != nil {
		t.Errorf("the server ends with %v: %s", err, &a.process.output)
	}
	a = s.serve(t, "quick")
	brokenOff(a.until(t, ended, control.Interrupted))
	again := a.mustAsk(t, "users")
	for _, run := range []string{waiting, again} {
		if r := a.until(t, run, control.Ended); *r.ExitStatus != ExitDone || len(r.Report.Units) == 0 {
			t.Errorf("what waited, or was asked for anew, has ended as %+v", r)
		}
	}
}

// standsLater says what a server that is asked later answers of a run.
func (s *site) standsLater(t *testing.T, run string, later time.Duration) control.State {
	t.Helper()
	callers, err := bearer.NewStatic(controlToken)
	if err != nil {
		t.Fatal(err)
	}
	server := control.New(control.Options{
		Store: s.open(t), Callers: callers, ExitStatus: reportStatus, Log: slog.New(slog.DiscardHandler),
		Now: func() time.Time { return time.Now().Add(later) },
	})
	served := httptest.NewServer(server.Handler())
	t.Cleanup(served.Close)
	return (&api{at: served.URL}).look(t, run).State
}

// A caller of one tenant sees what is of that tenant, and of nothing else that it is there. What a caller asks for is what the command
// reads for the same words.
func TestCallersOfSomeTenants(t *testing.T) {
	t.Parallel()
	s := newSite(t, "")
	s.configure(t, "  - {name: adatum, tenant_id: 6d0f3a9e-71c2-4b58-a0e4-92d5c8b7f613, auth: {method: token, token_env: GRAPH_TOKEN}}\n"+
		"jobs:\n  nightly: {schedule: \"30 2 * * *\", datasets: [users]}\n  weekly: {expire: true}\n  both: {datasets: [pstn_calls], expire: true}\nprivacy: {keep: {raw: 60d, runs: 30d}}\n"+
		"control: {token_env: CONTROL_TOKEN, longest: 2d}\n")
	a := s.serve(t, "quick")
	status, text, err := a.call(t.Context(), http.MethodPost, "/v1/runs", "", `{"job": "nightly", "tenant": "adatum"}`)
	var run control.Run
	if err = errors.Join(err, json.Unmarshal(text, &run)); err != nil || status != http.StatusAccepted {
		t.Fatalf("%d %v %s", status, err, text)
	}
	of := a.until(t, run.Run, control.Ended).Report
	if len(of.Units) != 1 || of.Units[0].Tenant != "adatum" || of.Units[0].Dataset != "users" {
		t.Errorf("of adatum it has done %+v", of.Units)
	}
	s.checkExpire(t, a)
	both := a.mustAsk(t, "users")
	a.until(t, both, control.Ended)
	for body, want := range map[string]string{
		`{}`:                                     "a job or a dataset",
		`{"job": "nightly", "dataset": "users"}`: "a job or a dataset",
		`{"job": "nightli"}`:                     "nightli",
		`{"job": "weekly"}`:                      "reads nothing",
		`{"dataset": "user"}`:                    "users",
		`{"dataset": "users", "tenant": "fabrikam"}`:                               "no tenant",
		`{"dataset": "users", "from": "2026-11-01"}`:                               "both ends",
		`{"dataset": "users", "from": "2026-11-01", "to": "2026-11-04"}`:           "2 days",
		`{"dataset": "users", "from": "2026-11-02", "to": "2026-11-01"}`:           "backwards",
		`{"dataset": "users", "from": "yesterday", "to": "today"}`:                 "from: want a date",
		`{"dataset": "users", "from": "9999-11-01", "to": "9999-11-02"}`:           "not there yet",
		`{"dataset": "users", "from": "0000-01-01", "to": "9999-12-31T23:59:59Z"}`: "2 days",
	} {
		status, text, err := a.call(t.Context(), http.MethodPost, "/v1/runs", "", body)
		if err != nil || status != http.StatusBadRequest || !strings.Contains(string(text), want) {
			t.Errorf("%s: %d %v %s, want 400 and %q", body, status, err, text, want)
		}
	}
	s.checkLimited(t, run.Run, both)
}

// A dataset that is not for one person is refused where a person is signed in to all tenants that are asked for.
func TestAskedOfAPerson(t *testing.T) {
	c, err := configOf(t, "lake: lake\ntenants:\n- "+fmt.Sprintf(personTenant, "token")+
		"\n- {name: fabrikam, tenant_id: 6d0f3a9e-71c2-4b58-a0e4-92d5c8b7f613, auth: {method: token, token_env: GRAPH_TOKEN}}\n")
	if err != nil {
		t.Fatal(err)
	}
	person, application := c.Tenants[0].planned(), c.Tenants[1].planned()
	from := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		choice control.Choice
		want   string // empty: no error
	}{
		{control.Choice{Dataset: "users", Tenants: []plan.Tenant{person}}, "not for one person"},
		{control.Choice{Dataset: "call_records", Tenants: []plan.Tenant{person}, From: from, To: from.AddDate(0, 0, 1)}, "not for one person"},
		{control.Choice{Dataset: "users", Tenants: []plan.Tenant{person, application}}, ""},
		{control.Choice{Dataset: "presence", Tenants: []plan.Tenant{person}}, ""},
	} {
		_, err := c.asked(test.choice)
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%+v: %v, want %q", test.choice, err, test.want)
		}
	}
}

// checkExpire asks for a job that removes what is too old when it has read, as the reports of runs of all tenants, and for less than that.
func (s *site) checkExpire(t *testing.T, a *api) {
	t.Helper()
	store := s.open(t)
	old := load.ReportObject(time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC), "20260801T023000Z-abcdefgh")
	for body, want := range map[string]bool{
		`{"job": "both"}`: true, `{"job": "both", "tenant": "contoso"}`: false, `{"dataset": "pstn_calls"}`: false,
		`{"job": "both", "from": "2026-11-01", "to": "2026-11-02"}`: false,
	} {
		_, v, err := load.ReadObject(t.Context(), store, old)
		if err == nil || errors.Is(err, fs.ErrNotExist) {
			_, err = store.Swap(t.Context(), old, v, []byte(`{"run":"20260801T023000Z-abcdefgh","units":[]}`))
		}
		status, text, failed := a.call(t.Context(), http.MethodPost, "/v1/runs", "", body)
		var run control.Run
		if err = errors.Join(err, failed, json.Unmarshal(text, &run)); err != nil || status != http.StatusAccepted {
			t.Fatalf("%s: %d %v %s", body, status, err, text)
		}
		r := a.until(t, run.Run, control.Ended)
		if _, _, err := load.ReadObject(t.Context(), store, old); errors.Is(err, fs.ErrNotExist) != want {
			t.Errorf("%s: it has ended as %+v, want %v that it has removed what is too old; it has %v", body, r, want, err)
		}
		for _, name := range []string{old, load.AskedObject(run.Run), load.ReportObject(r.Report.Started, run.Run)} { // what follows counts
			if err := store.Remove(t.Context(), name, load.Condition{}); err != nil {
				t.Error(err)
			}
		}
	}
}

// checkLimited asks as somebody who may ask for one tenant only.
func (s *site) checkLimited(t *testing.T, own, both string) {
	t.Helper()
	cfg, err := loadConfig(s.config)
	if err != nil {
		t.Fatal(err)
	}
	store := s.open(t)
	setup := &setup{config: cfg, runner: jobs.Runner{Store: store}}
	var tenants []plan.Tenant
	for _, one := range cfg.Tenants {
		tenants = append(tenants, one.planned())
	}
	server := httptest.NewServer(control.New(control.Options{
		Store: store, Tenants: tenants, Callers: ofAdatum{}, Longest: time.Hour, Select: cfg.asked, Status: setup.statusOf, ExitStatus: reportStatus, Log: slog.New(slog.DiscardHandler),
	}).Handler())
	defer server.Close()
	a := &api{at: server.URL}
	for path, want := range map[string]int{
		"/v1/runs/" + own: http.StatusOK, "/v1/runs/" + both: http.StatusNotFound, "/v1/status?tenant=contoso": http.StatusBadRequest,
		"/v1/status": http.StatusOK, "/v1/coverage": http.StatusOK, "/v1/coverage?tenant=adatum&dataset=users&from=2026-11-01&to=2026-11-03": http.StatusOK,
	} {
		status, text, err := a.call(t.Context(), http.MethodGet, path, "", "")
		if err != nil || status != want {
			t.Errorf("%s: %d %v %s, want %d", path, status, err, text, want)
		}
		for _, other := range []string{cfg.Tenants[0].TenantID, `"contoso"`, both} {
			if status == http.StatusOK && strings.Contains(string(text), other) {
				t.Errorf("%s says %s to who may ask for adatum only:\n%s", path, other, text)
			}
		}
	}
	if status, _, _ := a.call(t.Context(), http.MethodPost, "/v1/runs/"+both+"/cancel", "", ""); status != http.StatusNotFound {
		t.Errorf("cancel of the run of both is answered %d", status)
	}
	_, text, _ := a.call(t.Context(), http.MethodGet, "/v1/status", "", "")
	var says struct {
		Runs []struct{ Run string }
	}
	if err := json.Unmarshal(text, &says); err != nil || len(says.Runs) != 1 || says.Runs[0].Run != own {
		t.Errorf("the runs are %+v, %v, want %s alone", says.Runs, err, own)
	}
	var names []string
	for info, err := range store.List(t.Context(), load.Asked) {
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, info.Name)
	}
	if !slices.Contains(names, load.AskedObject(own)) || len(names) != 2 {
		t.Errorf("of what was asked for the lake has %v", names)
	}
}

// ofAdatum are callers who may ask for adatum.
type ofAdatum struct{}

func (ofAdatum) Caller(context.Context, http.Header) (bearer.Caller, error) {
	return bearer.Caller{Name: "portal", Tenants: []string{"adatum"}}, nil
}
