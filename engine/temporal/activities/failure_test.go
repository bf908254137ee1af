package activities_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/testsuite"

	"graphlake/engine/temporal/internal/tenants"
	"graphlake/engine/temporal/workflows"
	"graphlake/internal/graphsim"
)

// named is in all that goes wrong here, and nowhere in what Temporal gets.
const named = "Adele Vance <adele.vance@contoso.example>"

func answer(status int, code string, header ...string) tenants.Interceptor {
	return func(_ tenants.Asker, w http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodHead { // that is a question for the time
			return false
		}
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		fmt.Fprintf(w, `{"error":{"code":%q,"message":%q,"innerError":{"code":%q}}}`, code, named, named)
		return true
	}
}

// What Graph may answer in a while is an error that says when; everything else is a result, which says what is needed.
func TestKinds(t *testing.T) {
	for _, c := range []struct {
		name    string
		answers tenants.Interceptor
		kind    string
		outcome workflows.Outcome
		again   time.Duration // 0: it is a result
		needs   []string
	}{
		{"throttled", answer(429, "TooManyRequests", "Retry-After", "7200"), "throttled", workflows.Unavailable, 2 * time.Hour, nil},
		{"unavailable", answer(503, "ServiceUnavailable"), "unavailable", workflows.Unavailable, time.Minute, nil},
		{"unavailable for a while", answer(503, "ServiceUnavailable", "Retry-After", "600"), "unavailable", workflows.Unavailable, 10 * time.Minute, nil},
		{"a permission is missing", answer(403, "Authorization_RequestDenied"), "unauthorized", workflows.Forbidden, 0, []string{"CallRecords.Read.All", "admin consent"}},
		{"a wrong secret", answer(401, "InvalidAuthenticationToken"), "unauthorized", workflows.Forbidden, 0, []string{"credentials", "CallRecords.Read.All"}},
		{"rejected", answer(400, "BadRequest"), "rejected", workflows.Failed, 0, []string{"report"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t, 1)
			p := r.worker(t)
			ask := r.ask("run/1")
			ask.Datasets = []string{"call_records"}
			opened := do[workflows.Opened](t, p, workflows.OpenActivity, ask)
			r.Intercept(c.answers)
			one := workflows.UnitAsk{Held: workflows.Held{Key: "run/1"}, Unit: opened.Units[0]}
			res, err := call[workflows.UnitResult](t.Context(), p, workflows.UnitActivity, one)
			if c.again > 0 {
				var kind string
				var again time.Duration
				var never bool
				kind, again, never, res = failed(t, err)
				if kind != c.kind || never || again < c.again-2*time.Second || again > c.again {
					t.Errorf("%s, again after %v, never %v: want %s after %v", kind, again, never, c.kind, c.again)
				}
			} else if err != nil {
				t.Fatal(err)
			}
			if res.Kind != c.kind || res.Outcome != c.outcome || res.Needs == "" || res.Dataset != "call_records" || !res.From.Equal(one.Unit.From) || res.Requests == 0 {
				t.Errorf("%+v", res)
			}
			for _, need := range c.needs {
				if !strings.Contains(res.Needs, need) {
					t.Errorf("what is needed is %q, want %s", res.Needs, need)
				}
			}
			r.heard.hasNot(t, "Adele", "contoso.example", "sesame")
			if c.again > time.Minute { // the client itself asks nothing before
				return
			}
			// Graph is well again. What was an error is asked for in the same round.
			r.Intercept(nil)
			res, err = call[workflows.UnitResult](t.Context(), p, workflows.UnitActivity, one)
			if c.again > 0 && (err != nil || res.Outcome != workflows.Done) || c.again == 0 && res.Kind != c.kind {
				t.Errorf("tried again: %+v, %v", res, err)
			}
			closed := do[workflows.Closed](t, p, workflows.CloseActivity, workflows.Held{Key: "run/1"})
			if closed.Outcome == workflows.Done { // other units were not asked for
				t.Errorf("%+v", closed)
			}
		})
	}
}

func (h *heard) has(t *testing.T, texts ...string) {
	t.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, text := range texts {
		if !slices.ContainsFunc(h.all, func(payload []byte) bool { return strings.Contains(string(payload), text) }) {
			t.Errorf("%q is in no payload", text)
		}
	}
}

func (h *heard) hasNot(t *testing.T, texts ...string) {
	t.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, payload := range h.all {
		for _, text := range texts {
			if strings.Contains(string(payload), text) {
				t.Errorf("%q is in %.300q", text, payload)
			}
		}
	}
	if len(h.all) == 0 {
		t.Error("nothing was heard")
	}
}

// What a workflow asks for and the configuration does not have is an error that no try mends, and that repeats no word of it.
func TestUsage(t *testing.T) {
	r := newRig(t, 1)
	p := r.worker(t)
	ask := func(change func(*workflows.Ask)) workflows.Ask {
		a := r.ask("run/1")
		change(&a)
		return a
	}
	for name, c := range map[string]struct {
		activity string
		in       any
	}{
		"no such tenant":            {workflows.OpenActivity, ask(func(a *workflows.Ask) { a.Tenant = named })},
		"no such job":               {workflows.OpenActivity, ask(func(a *workflows.Ask) { a.Job = named })},
		"no such dataset":           {workflows.OpenActivity, ask(func(a *workflows.Ask) { a.Datasets = []string{named} })},
		"a job without reading":     {workflows.OpenActivity, ask(func(a *workflows.Ask) { a.Job = "tidy" })},
		"no key":                    {workflows.OpenActivity, ask(func(a *workflows.Ask) { a.Key = "" })},
		"no now":                    {workflows.OpenActivity, ask(func(a *workflows.Ask) { a.Now = time.Time{} })},
		"a range to come":           {workflows.OpenActivity, ask(func(a *workflows.Ask) { a.From, a.To = night.AddDate(1, 0, 0), night.AddDate(1, 0, 1) })},
		"tenants of no job":         {workflows.TenantsActivity, workflows.NightInput{Job: named}},
		"no such tenant of one":     {workflows.TenantsActivity, workflows.NightInput{Job: "nightly", Tenants: []string{named}}},
		"the end of no job":         {workflows.ConcludeActivity, workflows.NightInput{Job: named, Now: night}},
		"a backfill of nobody":      {workflows.WeeksActivity, workflows.BackfillInput{Tenant: named, From: monday, To: night, Now: night}},
		"a backfill without an end": {workflows.WeeksActivity, workflows.BackfillInput{Tenant: "tenant-001", From: monday, Now: night}},
		"a replay of nobody":        {workflows.PartsActivity, workflows.ReplayInput{Tenants: []string{named}, Now: night}},
		"a replay without an end":   {workflows.PartsActivity, workflows.ReplayInput{From: monday, Now: night}},
		"a part of nothing":         {workflows.ReplayActivity, workflows.Part{Tenant: "tenant-001", Dataset: named, From: monday, To: night, Now: night}},
		"a check of nobody":         {workflows.CheckActivity, workflows.OnboardInput{Tenant: named}},
	} {
		_, err := call[any](t.Context(), p, c.activity, c.in)
		if err == nil {
			t.Errorf("%s: nothing is wrong", name)
			continue
		}
		kind, _, never, res := failed(t, err)
		if kind != "usage" || !never || res.Outcome != workflows.Usage || res.Needs == "" || strings.Contains(err.Error(), "Adele") {
			t.Errorf("%s: %v, %+v", name, err, res)
		}
	}
	if locked := slices.ContainsFunc(r.Tenants, func(of *tenants.Tenant) bool { return p.isLocked(t, lockOf(of)) }); locked {
		t.Error("what was refused has left a lock")
	}
}

// By a clock that is wrong nothing is begun; it may be right in a while.
func TestClock(t *testing.T) {
	r := newRig(t, 1)
	p := r.worker(t)
	ask := r.ask("run/1")
	ask.Back = false // so that Graph's time is compared with the machine's, which is of another day
	_, err := call[workflows.Opened](t.Context(), p, workflows.OpenActivity, ask)
	if kind, again, never, res := failed(t, err); kind != "clock" || again != time.Minute || never || res.Outcome != workflows.Unavailable {
		t.Errorf("%v, %+v", err, res)
	}
	if p.isLocked(t, lockOf(r.Tenants[0])) {
		t.Error("the tenant is held")
	}
}

// A tenant whose secret is missing fails alone, and is had as soon as it is there.
func TestMissingSecret(t *testing.T) {
	r := newRig(t, 2)
	name, token, _ := strings.Cut(r.Environment("worker")[0], "=")
	t.Setenv(name, "")
	p := r.worker(t)
	_, err := call[workflows.Opened](t.Context(), p, workflows.OpenActivity, r.ask("run/1"))
	if kind, _, never, res := failed(t, err); !never || kind == "failed" || res.Outcome != workflows.OutcomeOf(kind) {
		t.Errorf("%v, %+v", err, res)
	}
	other := r.ask("run/2")
	other.Tenant = "tenant-002"
	do[workflows.Opened](t, p, workflows.OpenActivity, other)
	if p.isLocked(t, lockOf(r.Tenants[0])) {
		t.Error("the tenant is held")
	}
	t.Setenv(name, token)
	do[workflows.Opened](t, p, workflows.OpenActivity, r.ask("run/3"))
}

// What a panic says stays in the log of the worker.
func TestPanic(t *testing.T) {
	p := newRig(t, 1).worker(t)
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	env := suite.NewTestActivityEnvironment()
	p.RegisterPanic(env, "Panic")
	_, err := env.ExecuteActivity("Panic", named)
	if kind, _, never, res := failed(t, err); kind != "failed" || !never || res.Outcome != workflows.Failed || strings.Contains(err.Error(), "Adele") {
		t.Errorf("%v, %+v", err, res)
	}
	if !strings.Contains(p.log.String(), "an activity has panicked") {
		t.Errorf("%s", p.log)
	}
}

// What is there today only is not tried again when it is another day, or another instant: it would be kept as of the planned one.
func TestWhatDoesNotWait(t *testing.T) {
	today := time.Now().UTC()
	for _, c := range []struct {
		dataset string
		now     time.Time
		back    bool
		wait    string // that Graph asks for
		never   bool
	}{
		{"users", today, false, "0", today.Hour() == 23 && today.Minute() >= 58},
		{"users", today, false, "86400", true},
		{"users", night, true, "86400", false},
		{"presence", today, false, "120", true},
		{"call_records", today, false, "86400", false},
	} {
		t.Run(fmt.Sprint(c.dataset, " ", c.wait), func(t *testing.T) {
			r := newRigOf(t, 1, func(int) graphsim.Options { return graphsim.Options{Users: 4, Now: func() time.Time { return c.now }} })
			p := r.worker(t)
			ask := r.ask("run/1")
			ask.Datasets, ask.Now, ask.Back = []string{c.dataset}, c.now, c.back
			opened := do[workflows.Opened](t, p, workflows.OpenActivity, ask)
			r.Intercept(answer(503, "ServiceUnavailable", "Retry-After", c.wait))
			_, err := call[workflows.UnitResult](t.Context(), p, workflows.UnitActivity, workflows.UnitAsk{Held: workflows.Held{Key: "run/1"}, Unit: opened.Units[0]})
			if _, _, never, res := failed(t, err); res.Outcome != workflows.Unavailable || never != c.never {
				t.Errorf("%v, never %v", err, never)
			}
			do[workflows.Closed](t, p, workflows.CloseActivity, workflows.Held{Key: "run/1"})
		})
	}
}
