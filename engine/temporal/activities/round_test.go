package activities_test

import (
	"context"
	"net/http"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"graphlake/engine/temporal/internal/tenants"
	"graphlake/engine/temporal/workflows"
	"graphlake/internal/cli"
	"graphlake/load"
)

// A round, in steps, with its units side by side, leaves the lake that a run leaves.
func TestRoundIsARun(t *testing.T) {
	r := newRig(t, 1)
	p := r.workerOf(t, beating())
	opened := do[workflows.Opened](t, p, workflows.OpenActivity, r.ask("run/1"))
	if len(opened.Units) < 3 || opened.Run == "" || len(opened.NotOpen) > 0 || len(opened.Results) > 0 {
		t.Fatalf("%+v", opened)
	}
	again := do[workflows.Opened](t, p, workflows.OpenActivity, r.ask("run/1"))
	if again.Run != opened.Run || len(again.Units) != len(opened.Units) {
		t.Errorf("opened again: %+v", again)
	}
	held := make(chan error)
	go func() {
		_, err := call[struct{}](t.Context(), p, workflows.HoldActivity, workflows.Held{Key: "run/1"})
		held <- err
	}()
	var all sync.WaitGroup
	for _, units := range byDataset(opened.Units) {
		all.Go(func() {
			for _, u := range units {
				res, err := call[workflows.UnitResult](t.Context(), p, workflows.UnitActivity, workflows.UnitAsk{Held: workflows.Held{Key: "run/1"}, Unit: u})
				if err != nil || res.Outcome != workflows.Done || (res.Detail == "data") != (res.Records > 0) || res.Requests == 0 || res.Written == 0 || res.Tenant != "tenant-001" || res.Kind != "" {
					t.Errorf("%+v, %v", res, err)
				}
			}
		})
	}
	all.Wait()
	waitUntil(t, func() bool { return r.heard.beats() > 0 })
	r.heard.has(t, `"expected":`, `"share":`) // which only a heartbeat has
	for range 2 {                             // its answer may be lost
		closed := do[workflows.Closed](t, p, workflows.CloseActivity, workflows.Held{Key: "run/1"})
		if closed.Run != opened.Run || closed.Outcome != workflows.Done {
			t.Errorf("%+v", closed)
		}
	}
	if err := <-held; err != nil {
		t.Errorf("held until %v", err)
	}

	lake := filepath.Join(r.dir, "other")
	e := r.engineOn(t, lake, p.log)
	runner, err := e.Runner(e.Tenants()[0], night)
	if err != nil {
		t.Fatal(err)
	}
	sel, err := e.Selection(cli.EngineAsk{Tenant: "tenant-001", Job: "nightly", Now: night, Back: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := runner.Run(t.Context(), sel); err != nil {
		t.Fatal(err)
	}
	differ(t, bytesOf(t, r.lake()), bytesOf(t, lake))

	// Nothing is due any more, and a round of nothing is one too.
	opened = do[workflows.Opened](t, p, workflows.OpenActivity, r.ask("run/2"))
	if len(opened.Units) != 0 {
		t.Errorf("%+v", opened)
	}
	if closed := do[workflows.Closed](t, p, workflows.CloseActivity, workflows.Held{Key: "run/2"}); closed.Outcome != workflows.Done {
		t.Errorf("%+v", closed)
	}
}

func byDataset(units []workflows.Unit) map[string][]workflows.Unit {
	all := map[string][]workflows.Unit{}
	for _, u := range units {
		all[u.Dataset] = append(all[u.Dataset], u)
	}
	return all
}

// What ends a round, also without its Close, leaves no lock, and says to the workflow that another round is to begin.
func TestRoundEnds(t *testing.T) {
	for name, c := range map[string]struct {
		end  func(t *testing.T, p *process, cancelHold func())
		kind string // of what Hold says; empty: it was cancelled
	}{
		"Hold is cancelled":      {func(_ *testing.T, _ *process, cancelHold func()) { cancelHold() }, ""},
		"the worker drains":      {func(t *testing.T, p *process, _ func()) { p.Drain(t.Context()) }, workflows.KindStopped},
		"the worker ends it all": {func(t *testing.T, p *process, _ func()) { closeAll(t, p) }, workflows.KindStopped},
		"Temporal is away":       {func(t *testing.T, p *process, _ func()) { p.LetGo(t.Context()) }, workflows.KindGone},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, 1)
			p := r.workerOf(t, beating())
			opened := do[workflows.Opened](t, p, workflows.OpenActivity, r.ask("run/1"))
			id := r.Tenants[0].ID()
			mine := []string{load.EngineWorkerLock(id), load.LockObject(id, "call_records")}
			for _, lock := range mine {
				if !p.isLocked(t, lock) {
					t.Errorf("%s is not locked", lock)
				}
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			held := make(chan error)
			go func() {
				_, err := call[struct{}](ctx, p, workflows.HoldActivity, workflows.Held{Key: "run/1"})
				held <- err
			}()
			waitUntil(t, func() bool { return r.heard.beats() > 0 })
			c.end(t, p, cancel)
			err := <-held
			if c.kind != "" {
				if kind, _, never, _ := failed(t, err); kind != c.kind || !never {
					t.Errorf("%v", err)
				}
			} else if err == nil {
				t.Error("Hold ended as if by Close")
			}
			for _, lock := range mine {
				if p.isLocked(t, lock) {
					t.Errorf("%s is locked still", lock)
				}
			}
			ask := workflows.UnitAsk{Held: workflows.Held{Key: "run/1"}, Unit: opened.Units[0]}
			_, err = call[workflows.UnitResult](t.Context(), p, workflows.UnitActivity, ask)
			if kind, _, never, _ := failed(t, err); !never || kind != workflows.KindGone && kind != workflows.KindStopped {
				t.Errorf("a unit afterwards: %v", err)
			}
			_, err = call[workflows.Closed](t.Context(), p, workflows.CloseActivity, workflows.Held{Key: "run/1"})
			if kind, _, never, _ := failed(t, err); !never || kind != workflows.KindGone && kind != workflows.KindStopped {
				t.Errorf("its Close: %v", err)
			}
			// Another worker goes on.
			next := r.worker(t)
			if opened := do[workflows.Opened](t, next, workflows.OpenActivity, r.ask("run/2")); len(opened.Units) == 0 || len(opened.NotOpen) > 0 {
				t.Errorf("%+v", opened)
			}
			do[workflows.Closed](t, next, workflows.CloseActivity, workflows.Held{Key: "run/2"})
		})
	}
}

func closeAll(t *testing.T, p *process) {
	if err := p.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

func waitUntil(t *testing.T, is func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it was waited for in vain")
		}
	}
}

// Whoever opens and does not hold has nothing after a while.
func TestNobodyHolds(t *testing.T) {
	r := newRig(t, 1)
	policy := workflows.DefaultPolicy()
	policy.Heartbeat = 200 * time.Millisecond
	p := r.workerOf(t, policy)
	do[workflows.Opened](t, p, workflows.OpenActivity, r.ask("run/1"))
	waitUntil(t, func() bool { return !p.isLocked(t, load.EngineWorkerLock(r.Tenants[0].ID())) })
	_, err := call[struct{}](t.Context(), p, workflows.HoldActivity, workflows.Held{Key: "run/1"})
	if kind, _, never, _ := failed(t, err); kind != workflows.KindGone || !never {
		t.Errorf("%v", err)
	}
	_, err = call[workflows.Opened](t.Context(), p, workflows.OpenActivity, r.ask("run/1"))
	if kind, _, _, _ := failed(t, err); kind != workflows.KindGone {
		t.Errorf("%v", err)
	}
}

// Who has lost a tenant asks nothing for it any more: its round ends, also what is under way, and another may begin.
func TestTenantIsLost(t *testing.T) {
	r := newRig(t, 1)
	p := r.worker(t)
	opened := do[workflows.Opened](t, p, workflows.OpenActivity, r.ask("run/1"))
	asked := make(chan struct{})
	var once sync.Once
	r.Intercept(func(_ tenants.Asker, _ http.ResponseWriter, q *http.Request) bool {
		once.Do(func() { close(asked) })
		<-q.Context().Done()
		return true
	})
	ends := make(chan error, 2)
	go func() {
		_, err := call[struct{}](t.Context(), p, workflows.HoldActivity, workflows.Held{Key: "run/1"})
		ends <- err
	}()
	go func() {
		_, err := call[workflows.UnitResult](t.Context(), p, workflows.UnitActivity, workflows.UnitAsk{Held: workflows.Held{Key: "run/1"}, Unit: opened.Units[0]})
		ends <- err
	}()
	<-asked
	if err := p.Lose(t.Context(), r.Tenants[0].ID()); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		select {
		case err := <-ends:
			if kind, _, never, _ := failed(t, err); kind != workflows.KindGone || !never {
				t.Errorf("%v", err)
			}
		case <-time.After(10 * time.Second):
			t.Fatal("what was under way goes on")
		}
	}
	r.Intercept(nil)
	if opened := do[workflows.Opened](t, p, workflows.OpenActivity, r.ask("run/2")); len(opened.Units) == 0 || len(opened.NotOpen) > 0 {
		t.Errorf("%+v", opened)
	}
	do[workflows.Closed](t, p, workflows.CloseActivity, workflows.Held{Key: "run/2"})
}

// Units that are under way when the worker is to stop go on to their last table; none begins; then the round ends.
func TestDrainWaitsForUnits(t *testing.T) {
	r := newRig(t, 1)
	p := r.worker(t)
	opened := do[workflows.Opened](t, p, workflows.OpenActivity, r.ask("run/1"))
	asked, answer := make(chan struct{}), make(chan struct{})
	var once sync.Once
	r.Intercept(func(tenants.Asker, http.ResponseWriter, *http.Request) bool {
		once.Do(func() { close(asked) })
		<-answer
		return false
	})
	results := make(chan error)
	go func() {
		res, err := call[workflows.UnitResult](t.Context(), p, workflows.UnitActivity, workflows.UnitAsk{Held: workflows.Held{Key: "run/1"}, Unit: opened.Units[0]})
		if err == nil && res.Outcome != workflows.Done {
			t.Errorf("%+v", res)
		}
		results <- err
	}()
	<-asked
	drained := make(chan struct{})
	go func() {
		p.Drain(t.Context())
		close(drained)
	}()
	waitUntil(t, func() bool {
		_, err := call[[]string](t.Context(), p, workflows.TenantsActivity, workflows.NightInput{Job: "nightly"})
		if err == nil {
			return false
		}
		kind, again, never, _ := failed(t, err)
		return kind == workflows.KindStopped && again > 0 && !never
	})
	_, err := call[workflows.UnitResult](t.Context(), p, workflows.UnitActivity, workflows.UnitAsk{Held: workflows.Held{Key: "run/1"}, Unit: opened.Units[1]})
	if kind, _, never, _ := failed(t, err); kind != workflows.KindStopped || !never {
		t.Errorf("another unit: %v", err)
	}
	select {
	case <-drained:
		t.Error("drained while a unit is under way")
	case <-time.After(50 * time.Millisecond):
	}
	close(answer)
	if err := <-results; err != nil {
		t.Error(err)
	}
	<-drained
	if p.isLocked(t, load.EngineWorkerLock(r.Tenants[0].ID())) {
		t.Error("drained, and the tenant is held")
	}
}

// A tenant that one worker has, another is led to; on the same worker rounds of it are side by side.
func TestOneWorkerHasATenant(t *testing.T) {
	r := newRig(t, 2)
	first, second := r.worker(t), r.worker(t)
	one := r.ask("one/1")
	one.Datasets = []string{"users"}
	do[workflows.Opened](t, first, workflows.OpenActivity, one)
	two := r.ask("two/1")
	two.At, two.Datasets = []byte("there"), []string{"call_records"}
	if opened := do[workflows.Opened](t, second, workflows.OpenActivity, two); string(opened.Elsewhere) != "here" || opened.Run != "" {
		t.Errorf("%+v", opened)
	}
	other := r.ask("three/1")
	other.Tenant = "tenant-002"
	if opened := do[workflows.Opened](t, second, workflows.OpenActivity, other); opened.Elsewhere != nil || len(opened.Units) == 0 {
		t.Errorf("another tenant: %+v", opened)
	}
	if opened := do[workflows.Opened](t, first, workflows.OpenActivity, two); opened.Elsewhere != nil || len(opened.Units) == 0 || len(opened.NotOpen) > 0 {
		t.Errorf("on the same worker: %+v", opened)
	}
	do[workflows.Closed](t, first, workflows.CloseActivity, workflows.Held{Key: "one/1"})
	lock := load.EngineWorkerLock(r.Tenants[0].ID())
	if !first.isLocked(t, lock) {
		t.Error("with one of two rounds the tenant was let go")
	}
	do[workflows.Closed](t, first, workflows.CloseActivity, workflows.Held{Key: "two/1"})
	if first.isLocked(t, lock) {
		t.Error("the tenant was not let go")
	}
	if opened := do[workflows.Opened](t, second, workflows.OpenActivity, two); opened.Elsewhere != nil || len(opened.Units) == 0 {
		t.Errorf("afterwards: %+v", opened)
	}
}

// Many rounds of one tenant, begun and ended at once, hold it together and let it go once.
func TestRoundsSideBySide(t *testing.T) {
	r := newRig(t, 1)
	p := r.worker(t)
	var all sync.WaitGroup
	for i, name := range []string{"users", "call_records", "calendar_events"} {
		all.Go(func() {
			for n := range 5 {
				ask := r.ask(name + string(rune('0'+n)))
				ask.Datasets = []string{name}
				opened, err := call[workflows.Opened](t.Context(), p, workflows.OpenActivity, ask)
				if err != nil || opened.Elsewhere != nil || len(opened.NotOpen) > 0 {
					t.Errorf("%d: %+v, %v", i, opened, err)
				}
				if _, err := call[workflows.Closed](t.Context(), p, workflows.CloseActivity, workflows.Held{Key: ask.Key}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if p.isLocked(t, load.EngineWorkerLock(r.Tenants[0].ID())) {
		t.Error("the tenant was not let go")
	}
}

// What another run has, an Open says, and opens the rest.
func TestLockedDataset(t *testing.T) {
	r := newRig(t, 1)
	p := r.worker(t)
	lock, err := p.engine.Store().Lock(t.Context(), load.LockObject(r.Tenants[0].ID(), "call_records"))
	if err != nil {
		t.Fatal(err)
	}
	opened := do[workflows.Opened](t, p, workflows.OpenActivity, r.ask("run/1"))
	if want := []workflows.NotOpen{{Dataset: "call_records", Kind: "locked"}}; !slices.Equal(opened.NotOpen, want) {
		t.Errorf("%+v, want %+v", opened.NotOpen, want)
	}
	if slices.ContainsFunc(opened.Units, func(u workflows.Unit) bool { return u.Dataset == "call_records" }) || len(opened.Units) == 0 {
		t.Errorf("%+v", opened.Units)
	}
	if closed := do[workflows.Closed](t, p, workflows.CloseActivity, workflows.Held{Key: "run/1"}); closed.Outcome != workflows.Unavailable {
		t.Errorf("%+v", closed)
	}
	if err := lock.Unlock(t.Context()); err != nil {
		t.Fatal(err)
	}
	left := r.ask("run/2")
	left.Datasets = []string{"call_records"}
	if opened := do[workflows.Opened](t, p, workflows.OpenActivity, left); len(opened.NotOpen) > 0 || len(opened.Units) == 0 {
		t.Errorf("%+v", opened)
	}
}

// A check has no session to which another worker could be led: a round that shares its hold says where it is.
func TestRoundBesideACheck(t *testing.T) {
	r := newRig(t, 1)
	p, other := r.worker(t), r.worker(t)
	var once sync.Once
	r.Intercept(func(_ tenants.Asker, _ http.ResponseWriter, req *http.Request) bool {
		if req.Method != http.MethodHead {
			once.Do(func() {
				if opened, err := call[workflows.Opened](t.Context(), p, workflows.OpenActivity, r.ask("run/1")); err != nil || opened.Elsewhere != nil {
					t.Errorf("%+v, %v", opened, err)
				}
			})
		}
		return false
	})
	do[workflows.Checked](t, p, workflows.CheckActivity, workflows.OnboardInput{Tenant: "tenant-001"})
	if opened := do[workflows.Opened](t, other, workflows.OpenActivity, r.ask("run/2")); string(opened.Elsewhere) != "here" {
		t.Errorf("%+v", opened)
	}
	do[workflows.Closed](t, p, workflows.CloseActivity, workflows.Held{Key: "run/1"})
}
