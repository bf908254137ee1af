package control_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"graphlake/control"
	"graphlake/control/bearer"
	"graphlake/jobs"
	"graphlake/jobs/clock"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/load/memstore"
	"graphlake/load/storetest"
	"graphlake/schemas"
)

// work is what servers of one lake do: what they have begun waits until it is let go.
type work struct {
	store storetest.Full
	knows []plan.Tenant // whoever starts next
	of    []string      // the tenants that callers of whoever starts next may ask for; nil: all
	mu    sync.Mutex
	began map[string]int // how often, by run
	gates map[string]chan struct{}
}

func newWork() *work {
	return &work{store: memstore.New(), knows: []plan.Tenant{contoso}, began: map[string]int{}, gates: map[string]chan struct{}{}}
}

// run ends when it is let go, with a report; or when it is broken off, with none.
func (w *work) run(ctx context.Context, run string, _ plan.Selection) control.Result {
	w.mu.Lock()
	w.began[run]++
	w.mu.Unlock()
	select {
	case <-w.gate(run):
		return control.Result{Report: jobs.Report{Run: run, Status: state.Data}}
	case <-ctx.Done():
		return control.Result{ExitStatus: 75, Error: "the run was stopped"}
	}
}

// begun says how many runs have begun.
func (w *work) begun() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.began)
}

func (w *work) gate(run string) chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.gates[run] == nil {
		w.gates[run] = make(chan struct{})
	}
	return w.gates[run]
}

// worker is one server of them.
type worker struct {
	work    *work
	handler http.Handler
	stop    func() // it is told to end, and ends
}

// start starts a server, which ends with the test.
func (w *work) start(t *testing.T) *worker {
	t.Helper()
	server := control.New(control.Options{
		Store: w.store, Tenants: w.knows, Callers: callersOf(w.of), Longest: 31 * schemas.Day, Execute: w.run,
		Select: func(c control.Choice) (plan.Selection, error) {
			d, ok := schemas.BuiltIn().Find(c.Dataset)
			if !ok {
				return plan.Selection{}, errors.New("there is no such dataset")
			}
			return plan.Selection{Tenants: c.Tenants, Datasets: []schemas.Dataset{d}, From: c.From, To: c.To}, nil
		},
		Status: func(ctx context.Context, sel plan.Selection, now time.Time) (clock.Status, error) {
			return clock.LoadStatus(ctx, w.store, sel, nil, now)
		},
		ExitStatus: func(_ jobs.Report, err error) int {
			if err != nil {
				return 2
			}
			return 0
		},
		Log: slog.New(slog.DiscardHandler),
	})
	ctx, end := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		server.BeginRuns(ctx, ctx)
	}()
	synctest.Wait()
	s := &worker{w, server.Handler(), sync.OnceFunc(func() { end(); <-ended })}
	t.Cleanup(s.stop)
	return s
}

var contoso = plan.Tenant{Name: "contoso", ID: "4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30"}

// callersOf are callers who may ask for some tenants.
type callersOf []string

func (of callersOf) Caller(context.Context, http.Header) (bearer.Caller, error) {
	return bearer.Caller{Name: "portal", Tenants: of}, nil
}

var adatum = plan.Tenant{Name: "adatum", ID: "6d0f3a9e-71c2-4b58-a0e4-92d5c8b7f613"}

// call asks a server, and gives the status of the answer, and the run in it.
func (s *worker) call(t *testing.T, method, path, key, body string) (status int, run control.Run) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	if w.Code < 300 {
		if err := json.Unmarshal(w.Body.Bytes(), &run); err != nil {
			t.Fatalf("%v: %s", err, w.Body)
		}
	}
	return w.Code, run
}

// ask asks for a run of a dataset.
func (s *worker) ask(t *testing.T, dataset, key string) (run string) {
	t.Helper()
	for range 2 {
		status, r := s.call(t, http.MethodPost, "/v1/runs", key, fmt.Sprintf(`{"dataset": %q}`, dataset))
		switch status {
		case http.StatusAccepted, http.StatusOK:
			return r.Run
		case http.StatusTooManyRequests:
			time.Sleep(time.Minute)
		default:
			t.Fatalf("asked for %s it answers %d", dataset, status)
		}
	}
	t.Fatalf("asked for %s it answers that there are too many, also after a minute", dataset)
	return ""
}

// stands says how far a run is.
func (s *worker) stands(t *testing.T, run string) control.State {
	t.Helper()
	status, r := s.call(t, http.MethodGet, "/v1/runs/"+run, "", "")
	if status != http.StatusOK || r.Run != run {
		t.Fatalf("of the run %s it answers %d: %+v", run, status, r)
	}
	return r.State
}

// want fails the test if runs are not as far as is said.
func (s *worker) want(t *testing.T, want control.State, runs ...string) {
	t.Helper()
	synctest.Wait()
	for _, run := range runs {
		if got := s.stands(t, run); got != want {
			t.Errorf("the run %s is %s, want %s", run, got, want)
		}
	}
}

// Runs that share a dataset wait for each other, others do not.
func TestRunsWaitForEachOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWork()
		s := w.start(t)
		first, second, other := s.ask(t, "users", ""), s.ask(t, "users", ""), s.ask(t, "teams", "")
		s.want(t, control.Running, first, other)
		s.want(t, control.Queued, second)
		close(w.gate(first))
		s.want(t, control.Ended, first)
		s.want(t, control.Running, second)
		close(w.gate(second))
		close(w.gate(other))
		s.want(t, control.Ended, second, other)
	})
}

// A run waits for what another process says that it does, unless that has crashed.
func TestRunsWaitForOtherProcesses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWork()
		s := w.start(t)
		h := state.Heartbeat{Run: "20260101T000000Z-aaaaaaaa", Beat: time.Now(), Datasets: []state.HeldDataset{{TenantID: contoso.ID, Dataset: "users"}}}
		if _, err := h.Write(t.Context(), w.store, ""); err != nil {
			t.Fatal(err)
		}
		run, other := s.ask(t, "users", ""), s.ask(t, "teams", "")
		time.Sleep(time.Minute)
		s.want(t, control.Queued, run)
		s.want(t, control.Running, other)
		time.Sleep(time.Minute + 10*time.Second) // it has not said for two minutes that it is alive
		s.want(t, control.Running, run)
		close(w.gate(run))
		close(w.gate(other))
	})
}

// So does one that has waited meanwhile until fewer are at work here.
func TestRunsWaitForOtherProcessesInTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWork()
		s := w.start(t)
		var running []string
		for _, d := range schemas.BuiltIn()[:4] {
			running = append(running, s.ask(t, d.Name, ""))
			s.want(t, control.Running, running...)
			time.Sleep(time.Second)
		}
		last := schemas.BuiltIn()[4].Name
		run := s.ask(t, last, "")
		s.want(t, control.Queued, run)
		h := state.Heartbeat{Run: "20260101T000000Z-aaaaaaaa", Beat: time.Now(), Datasets: []state.HeldDataset{{TenantID: contoso.ID, Dataset: last}}}
		at, err := h.Write(t.Context(), w.store, "")
		if err != nil {
			t.Fatal(err)
		}
		close(w.gate(running[0]))
		time.Sleep(time.Second)
		s.want(t, control.Ended, running[0])
		s.want(t, control.Queued, run)
		other := s.ask(t, schemas.BuiltIn()[5].Name, "") // the place is not kept meanwhile
		s.want(t, control.Running, other)
		if err := w.store.Remove(t.Context(), load.HeartbeatObject(h.Run), load.Still(at)); err != nil {
			t.Fatal(err)
		}
		close(w.gate(other))
		time.Sleep(10 * time.Second)
		s.want(t, control.Running, run)
		for _, run := range append(running[1:], run) {
			close(w.gate(run))
		}
	})
}

// However many servers there are and whichever is asked, a run is begun once.
func TestServersBeginARunOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWork()
		servers := []*worker{w.start(t), w.start(t), w.start(t)}
		datasets := schemas.BuiltIn()
		var all sync.WaitGroup
		runs := make([][3]string, 8)
		for i := range runs {
			for j, s := range servers {
				all.Go(func() { runs[i][j] = s.ask(t, datasets[i].Name, fmt.Sprint("key ", i)) })
			}
		}
		all.Wait()
		time.Sleep(10 * time.Minute)
		for _, of := range runs {
			if of[0] != of[1] || of[0] != of[2] {
				t.Errorf("one key gives the runs %v", of)
			}
		}
		if n := w.begun(); n != len(runs) {
			t.Errorf("%d runs have begun, want %d", n, len(runs))
		}
		for _, of := range runs {
			if n := w.began[of[0]]; n != 1 {
				t.Errorf("the run %s was begun %d times", of[0], n)
			}
			close(w.gate(of[0]))
		}
		for _, of := range runs {
			servers[1].want(t, control.Ended, of[0])
		}
	})
}

// What waits when a server ends is begun by the next, and what was under way is interrupted.
func TestServerIsStartedAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWork()
		old := w.start(t)
		running, waiting := old.ask(t, "users", ""), old.ask(t, "users", "a key")
		old.want(t, control.Running, running)
		old.stop()
		s := w.start(t)
		s.want(t, control.Interrupted, running)
		s.want(t, control.Running, waiting)
		if again := s.ask(t, "users", "a key"); again != waiting {
			t.Errorf("the key is that of %s, and gives %s", waiting, again)
		}
		close(w.gate(waiting))
		s.want(t, control.Ended, waiting)
	})
}

// A server whose configuration does not have a tenant leaves what is asked for of it to one that does.
func TestServerOfAnotherConfiguration(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWork()
		s := w.start(t)
		running, waiting := s.ask(t, "users", ""), s.ask(t, "users", "")
		s.want(t, control.Running, running)
		w.knows = []plan.Tenant{adatum}
		w.start(t)
		time.Sleep(10 * time.Minute)
		s.want(t, control.Running, running)
		s.want(t, control.Queued, waiting)
		close(w.gate(running))
		close(w.gate(waiting))
		s.want(t, control.Ended, running, waiting)
	})
}

// Nobody begins today what was asked for the day before yesterday.
func TestWhatWaitsForTooLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWork()
		old := w.start(t)
		running, waiting := old.ask(t, "users", ""), old.ask(t, "users", "")
		old.want(t, control.Running, running)
		old.stop()
		time.Sleep(24*time.Hour + time.Minute)
		s := w.start(t)
		s.want(t, control.Interrupted, running, waiting)
		if _, r := s.call(t, http.MethodGet, "/v1/runs/"+waiting, "", ""); !strings.Contains(r.Error, "no server has begun it") {
			t.Errorf("why it was not begun is said so: %q", r.Error)
		}
		if n := w.begun(); n != 1 {
			t.Errorf("%d runs have begun, want the first", n)
		}
	})
}

// A run is canceled where it waits and where it runs, also by a server that does not run it.
func TestCancel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWork()
		s, other := w.start(t), w.start(t)
		running, waiting, last := s.ask(t, "users", ""), s.ask(t, "users", ""), s.ask(t, "users", "")
		cancel := func(s *worker, run string, wantStatus int, want control.State) {
			t.Helper()
			status, r := s.call(t, http.MethodPost, "/v1/runs/"+run+"/cancel", "", "")
			if status != wantStatus || r.State != want {
				t.Errorf("cancel of %s: %d and %s, want %d and %s", run, status, r.State, wantStatus, want)
			}
		}
		cancel(other, waiting, http.StatusAccepted, control.Canceled)
		s.want(t, control.Canceled, waiting)
		cancel(other, waiting, http.StatusOK, control.Canceled)
		cancel(other, running, http.StatusAccepted, control.Running)
		time.Sleep(11 * time.Second) // it is told of it with its next beat
		s.want(t, control.Canceled, running)
		s.want(t, control.Running, last)
		cancel(s, last, http.StatusAccepted, control.Running)
		s.want(t, control.Canceled, last)
		if w.began[waiting] != 0 {
			t.Error("what was canceled while it waited has begun")
		}
		if status, _ := s.call(t, http.MethodPost, "/v1/runs/20260101T000000Z-aaaaaaaa/cancel", "", ""); status != http.StatusNotFound {
			t.Errorf("cancel of a run that is not there: %d", status)
		}
	})
}

// A key stands for what it came with first.
func TestIdempotencyKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWork()
		s := w.start(t)
		first := s.ask(t, "users", "a key")
		close(w.gate(first))
		s.want(t, control.Ended, first)
		time.Sleep(5 * time.Hour)
		if again := s.ask(t, "users", "a key"); again != first {
			t.Errorf("a key gives %s, and then %s", first, again)
		}
		if other := s.ask(t, "users", "another"); other == first {
			t.Error("two keys give one run")
		} else {
			close(w.gate(other))
		}
		for body, want := range map[string]int{
			`{"dataset": "teams"}`:                      http.StatusUnprocessableEntity,
			`{"dataset": "users"}`:                      http.StatusOK,
			`{"dataset": "users", "tenant": "contoso"}`: http.StatusUnprocessableEntity,
			`{"dataset": "users", "from": "2000-01-01", "to": "2000-01-01T06:00:00Z"}`: http.StatusUnprocessableEntity,
			`{"dataset": "nobody"}`: http.StatusBadRequest,
		} {
			if got, _ := s.call(t, http.MethodPost, "/v1/runs", "a key", body); got != want {
				t.Errorf("%s with the key of another answers %d, want %d", body, got, want)
			}
		}
		for _, key := range []string{"\x7f", "ä", strings.Repeat("k", 256)} {
			if got, _ := s.call(t, http.MethodPost, "/v1/runs", key, `{"dataset": "users"}`); got != http.StatusBadRequest {
				t.Errorf("the key %.10q answers %d", key, got)
			}
		}
	})
}

// Who may ask for fewer tenants than when a key came first hears nothing of that run.
func TestKeyOfACallerOfFewerTenants(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWork()
		w.knows = []plan.Tenant{contoso, adatum}
		s := w.start(t)
		run := s.ask(t, "users", "a key")
		close(w.gate(run))
		s.want(t, control.Ended, run)
		w.of = []string{adatum.Name}
		s = w.start(t)
		if status, r := s.call(t, http.MethodPost, "/v1/runs", "a key", `{"dataset": "users"}`); status != http.StatusUnprocessableEntity {
			t.Errorf("the key is answered %d, %+v", status, r)
		}
		if status, _ := s.call(t, http.MethodGet, "/v1/runs/"+run, "", ""); status != http.StatusNotFound {
			t.Errorf("the run is answered %d", status)
		}
	})
}

// A crash between the two objects of a key leaves a run that nobody was told of: who asks again with the key goes on with it.
func TestCrashWithAKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWork()
		s := w.start(t)
		run := s.ask(t, "users", "a key")
		close(w.gate(run))
		s.want(t, control.Ended, run)
		s.stop()
		keys := w.objects(t, load.AskedKeys)
		if len(keys) != 1 || bytes.Contains(keys[0], []byte("a key")) {
			t.Fatalf("the keys are %s", keys)
		}
		if err := w.store.Remove(t.Context(), load.AskedObject(run), load.Condition{}); err != nil {
			t.Fatal(err)
		}
		w.began = map[string]int{}
		s = w.start(t)
		if again := s.ask(t, "users", "a key"); again != run {
			t.Errorf("the key gives %s, want %s", again, run)
		}
		s.want(t, control.Ended, run)
		if w.began[run] != 1 {
			t.Errorf("it has begun %d times", w.began[run])
		}
	})
}

// A server dies at every one of its calls to the lake. Who was told of a run finds it with the next server, and who asks again with the key
// gets one that is begun once.
func TestServerDiesAnywhere(t *testing.T) {
	deaths := 0
	for n, alive := 1, true; alive; n++ {
		for _, after := range []bool{false, true} {
			synctest.Test(t, func(t *testing.T) {
				w := newWork()
				lake := w.store
				faulty := storetest.NewFaulty(lake)
				w.store = faulty
				faulty.FailAt(n, after)
				s := w.start(t)
				status, told := s.call(t, http.MethodPost, "/v1/runs", "a key", `{"dataset": "users"}`)
				if told.Run != "" {
					close(w.gate(told.Run))
				}
				time.Sleep(time.Minute)
				s.stop()
				if alive = faulty.Died() != ""; alive {
					deaths++
				}
				w.store = lake
				s = w.start(t)
				run := s.ask(t, "users", "a key")
				if told.Run == "" {
					close(w.gate(run))
				}
				time.Sleep(2 * time.Minute)
				got := s.stands(t, run)
				if told.Run != "" && told.Run != run || got != control.Ended && got != control.Interrupted {
					t.Errorf("death at call %d (%s, %v): told of %q with %d, then of %s, which is %s", n, faulty.Died(), after, told.Run, status, run, got)
				}
				if most := w.began[run]; most > 1 || most == 0 && got == control.Ended || len(w.began) > 1 {
					t.Errorf("death at call %d (%s, %v): begun %v", n, faulty.Died(), after, w.began)
				}
			})
		}
	}
	if deaths < 20 {
		t.Errorf("%d deaths were tried", deaths)
	}
}

// A caller of one tenant sees its newest runs, however many others have had since, and none of both.
func TestRunsOfACaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWork()
		w.of = []string{"contoso"}
		at := time.Now().UTC().Add(-time.Hour)
		var own string
		for i := range 20 {
			units := []jobs.UnitReport{{Tenant: "adatum"}}
			run := load.NewRun(at.Add(time.Duration(i)*time.Minute), "abcdefgh")
			switch i {
			case 3:
				units[0].Tenant, own = "contoso", run
			case 10:
				units = append(units, jobs.UnitReport{Tenant: "contoso"})
			}
			text, err := json.Marshal(jobs.Report{Run: run, Started: at, Units: units})
			if err == nil {
				_, err = w.store.Swap(t.Context(), load.ReportObject(at, run), "", text)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		damaged := load.NewRun(at.Add(30*time.Minute), "damaged1")
		ofContoso := load.StateObject(contoso.ID, "users")
		for _, object := range []string{load.ReportObject(at, damaged), ofContoso} {
			if _, err := w.store.Swap(t.Context(), object, "", []byte("{")); err != nil {
				t.Fatal(err)
			}
		}
		s := w.start(t)
		resp := httptest.NewRecorder()
		s.handler.ServeHTTP(resp, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/v1/status?dataset=users", nil))
		var says clock.Status
		if err := json.Unmarshal(resp.Body.Bytes(), &says); err != nil || len(says.Runs) != 1 || says.Runs[0].Run != own {
			t.Errorf("%v: %s, want the run %s alone", err, resp.Body, own)
		}
		if len(says.Errors) != 1 || !strings.Contains(says.Errors[0], ofContoso) {
			t.Errorf("%q, want that %s is damaged, and nothing of what may be another's", says.Errors, ofContoso)
		}
	})
}

// objects are the texts of all that begin so.
func (w *work) objects(t *testing.T, prefix string) (all [][]byte) {
	t.Helper()
	for info, err := range w.store.List(t.Context(), prefix) {
		if err != nil {
			t.Fatal(err)
		}
		text, _, err := load.ReadObject(t.Context(), w.store, info.Name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, text)
	}
	return all
}

// Who asks for too much is told so, but for what was asked for before.
func TestFullQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWork()
		s := w.start(t)
		first := s.ask(t, "users", "the first")
		var last string
		for i := range 100 {
			time.Sleep(time.Second) // nobody may ask all the time
			last = s.ask(t, "users", fmt.Sprint("key ", i))
		}
		for _, key := range []string{"", "a new one"} {
			time.Sleep(time.Second)
			if got, _ := s.call(t, http.MethodPost, "/v1/runs", key, `{"dataset": "users"}`); got != http.StatusTooManyRequests {
				t.Errorf("with 100 that wait it answers %d", got)
			}
		}
		if again := s.ask(t, "users", "key 99"); again != last {
			t.Errorf("the run that came last is now %s, want %s", again, last)
		}
		close(w.gate(first))
		s.want(t, control.Ended, first)
		if again := s.ask(t, "users", "a new one"); s.stands(t, again) != control.Queued {
			t.Error("there is room again, and it does not wait")
		}
		if n := len(w.objects(t, load.AskedOn(time.Now()))); n != 102 {
			t.Errorf("the lake has %d runs, want 102", n)
		}
	})
}

// lateAnswers is a lake that says late that a run has begun, and never to whom has gone by then.
type lateAnswers struct{ storetest.Full }

func (l lateAnswers) Swap(ctx context.Context, name string, over load.Version, text []byte) (load.Version, error) {
	v, err := l.Full.Swap(ctx, name, over, text)
	has := func(member string) bool { return bytes.Contains(text, []byte(member)) }
	if err == nil && has(`"begun"`) && !has(`"ended"`) && !has(`"cancel"`) {
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
	return v, err
}

// What ends while a run begins leaves none that nobody runs: it is canceled, or begun by the next server.
func TestEndsWhileARunBegins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWork()
		w.store = lateAnswers{w.store}
		s := w.start(t)
		canceled := s.ask(t, "users", "")
		synctest.Wait()
		s.call(t, http.MethodPost, "/v1/runs/"+canceled+"/cancel", "", "")
		time.Sleep(5 * time.Second)
		s.want(t, control.Canceled, canceled)
		left := s.ask(t, "users", "")
		synctest.Wait()
		s.stop()
		s.want(t, control.Queued, left)
		next := w.start(t)
		time.Sleep(5 * time.Second)
		next.want(t, control.Running, left)
		close(w.gate(left))
		time.Sleep(5 * time.Second)
		next.want(t, control.Ended, left)
		if n := w.begun(); n != 1 {
			t.Errorf("%d runs have begun, want the one that was not canceled", n)
		}
	})
}
