package workflows_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/temporal"

	"graphlake/engine/temporal/workflows"
)

// of counts the lines of the log that begin so.
func (r *rig) of(prefix string) (n int) {
	for _, line := range r.noted() {
		if strings.HasPrefix(line, prefix) {
			n++
		}
	}
	return n
}

func TestDayIsOneRun(t *testing.T) {
	r := newRig(t, workflows.DefaultPolicy())
	names := []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"}
	units := plan(3, names...)
	r.open = opens(units)
	res, err := r.day(ask())
	if err != nil {
		t.Fatal(err)
	}
	r.once(res, units)
	if res.Outcome != workflows.Done || res.Rounds != 1 || len(res.Runs) != 1 || res.Tenant != "contoso" || res.Late {
		t.Errorf("%+v", res)
	}
	if len(r.overlap) > 0 {
		t.Errorf("units of %q ran side by side", r.overlap)
	}
	if r.most != 8 {
		t.Errorf("%d datasets side by side, want 8", r.most)
	}
	for _, name := range names {
		var order []string
		for _, line := range r.noted() {
			if strings.HasPrefix(line, name+" ") {
				order = append(order, line)
			}
		}
		if len(order) != 3 || !slices.IsSorted(order) {
			t.Errorf("the units of %s: %q", name, order)
		}
	}
	log := r.noted()
	if log[0] != "session 1: first" || log[1] != "open on first: []" || log[len(log)-2] != "close on first" || log[len(log)-1] != "session over: first" {
		t.Errorf("%q", log)
	}
}

func TestNothingIsDue(t *testing.T) {
	r := newRig(t, workflows.DefaultPolicy())
	r.open = opens(nil)
	res, err := r.day(ask())
	if err != nil || res.Outcome != workflows.Done || len(res.Units) != 0 || r.of("close") != 1 {
		t.Errorf("%+v, %v: %q", res, err, r.noted())
	}
}

func TestThrottledForNineteenHours(t *testing.T) {
	r := newRig(t, workflows.DefaultPolicy())
	units := plan(2, "calls", "users")
	r.open = opens(units)
	r.unit = func(u workflows.UnitAsk, attempt int) (workflows.UnitResult, error) {
		if u.Unit.Index == 0 && attempt < 20 {
			return workflows.UnitResult{}, failed("throttled", time.Hour, true)
		}
		return done(u.Unit), nil
	}
	res, err := r.day(ask())
	if err != nil {
		t.Fatal(err)
	}
	r.once(res, units)
	if res.Outcome != workflows.Done || res.Rounds != 1 || r.taken != 1 {
		t.Errorf("%+v in %d sessions", res, r.taken)
	}
	if n := r.of("calls 00"); n != 20 {
		t.Errorf("%d tries, want 20", n)
	}
	if took := r.Now().Sub(start); took < 19*time.Hour || took > 20*time.Hour {
		t.Errorf("it took %v", took)
	}
	if waited := r.begun[units[3]].Sub(start); waited > 5*time.Minute {
		t.Errorf("another dataset waited %v", waited)
	}
}

func TestThrottledForTooLong(t *testing.T) {
	r := newRig(t, workflows.DefaultPolicy())
	units := plan(3, "calls", "users")
	r.open = opens(units)
	r.ended = workflows.Unavailable
	r.unit = func(u workflows.UnitAsk, attempt int) (workflows.UnitResult, error) {
		if u.Unit.Dataset == "calls" {
			return workflows.UnitResult{}, failed("throttled", 0, true) // the policy's delays: 1, 2, 4 … 60 min
		}
		return done(u.Unit), nil
	}
	res, err := r.day(ask())
	if err != nil {
		t.Fatal(err)
	}
	r.once(res, units)
	if took := r.Now().Sub(start); res.Outcome != workflows.Unavailable || took < 19*time.Hour || took > 20*time.Hour {
		t.Errorf("%s after %v", res.Outcome, took)
	}
	if n := r.of("calls 00"); n < 24 || n > 27 || r.of("calls 01") != 0 {
		t.Errorf("%d tries, and %d of the next unit", n, r.of("calls 01"))
	}
	if r.of("close") != 1 {
		t.Error("it was not closed")
	}
}

func TestKinds(t *testing.T) {
	for _, c := range []struct {
		kind    string
		outcome workflows.Outcome
		asError bool
	}{
		{"unauthorized", workflows.Forbidden, true},
		{"unauthorized", workflows.Forbidden, false},
		{"signed_out", workflows.Forbidden, false},
		{"no access policy", workflows.Forbidden, false},
		{"rejected", workflows.Failed, true},
		{"bad record", workflows.Failed, false},
		{"usage", workflows.Usage, true},
		{"off", workflows.Incomplete, false},
		{"what nobody knows", workflows.Failed, true},
	} {
		t.Run(fmt.Sprint(c.kind, c.asError), func(t *testing.T) {
			r := newRig(t, workflows.DefaultPolicy())
			units := plan(2, "calls", "users")
			r.open = opens(units)
			r.ended = workflows.OutcomeOf(c.kind)
			r.unit = func(u workflows.UnitAsk, _ int) (workflows.UnitResult, error) {
				if u.Unit.Dataset != "calls" {
					return done(u.Unit), nil
				}
				res := workflows.UnitResult{Dataset: "calls", From: u.Unit.From, To: u.Unit.To, Outcome: workflows.OutcomeOf(c.kind), Detail: "x", Kind: c.kind, Needs: "CallRecords.Read.All"}
				if c.asError {
					return res, temporal.NewApplicationErrorWithOptions(c.kind, c.kind, temporal.ApplicationErrorOptions{NonRetryable: true, Details: []any{res}})
				}
				return res, nil
			}
			res, err := r.day(ask())
			if err != nil {
				t.Fatal(err)
			}
			r.once(res, units)
			if res.Outcome != c.outcome {
				t.Errorf("outcome %s, want %s", res.Outcome, c.outcome)
			}
			for _, u := range res.Units {
				if u.Dataset == "calls" && (u.Outcome != c.outcome || u.Kind != c.kind || u.Needs != "CallRecords.Read.All") {
					t.Errorf("%+v", u)
				}
			}
			if r.of("calls") != 2 || r.of("users") != 2 || res.Rounds != 1 {
				t.Errorf("%q", r.noted())
			}
		})
	}
}

func TestNothingCouldBeDone(t *testing.T) {
	r := newRig(t, workflows.DefaultPolicy())
	units := plan(2, "calls", "users")
	r.open = opens(units)
	r.unit = func(u workflows.UnitAsk, _ int) (workflows.UnitResult, error) {
		return workflows.UnitResult{Dataset: u.Unit.Dataset, From: u.Unit.From, To: u.Unit.To, Outcome: workflows.Forbidden, Kind: "unauthorized", Needs: "User.Read.All"}, nil
	}
	res, err := r.day(ask())
	if err == nil || workflows.KindOf(err) != "unauthorized" || !strings.Contains(err.Error(), "unauthorized: User.Read.All") {
		t.Fatalf("%v", err)
	}
	r.once(res, units)
	if res.Outcome != workflows.Forbidden || r.of("close") != 1 {
		t.Errorf("%+v", res)
	}
	if !slices.ContainsFunc(r.attributes, func(line string) bool { return strings.Contains(line, "GraphlakeOutcome=forbidden") }) {
		t.Errorf("%q", r.attributes)
	}
}

func TestNotOpened(t *testing.T) {
	for kind, outcome := range map[string]workflows.Outcome{"usage": workflows.Usage, "unauthorized": workflows.Forbidden, "failed": workflows.Failed} {
		r := newRig(t, workflows.DefaultPolicy())
		r.open = func(workflows.Ask, string) (workflows.Opened, error) {
			return workflows.Opened{}, failed(kind, 0, false)
		}
		res, err := r.day(ask())
		if err == nil || workflows.KindOf(err) != kind || res.Outcome != outcome || r.of("close") != 0 || r.of("session over") != 1 {
			t.Errorf("%s: %+v, %v: %q", kind, res, err, r.noted())
		}
	}
}

func TestLakeAwayAtTheStart(t *testing.T) {
	r := newRig(t, workflows.DefaultPolicy())
	units := plan(1, "calls")
	n := 0
	r.open = func(a workflows.Ask, w string) (workflows.Opened, error) {
		if n++; n < 4 {
			return workflows.Opened{}, failed("unavailable", 10*time.Minute, true)
		}
		return opens(units)(a, w)
	}
	res, err := r.day(ask())
	if err != nil || res.Outcome != workflows.Done || r.Now().Sub(start) < 30*time.Minute {
		t.Errorf("%+v, %v", res, err)
	}
}

func TestWorkerDies(t *testing.T) {
	for _, ranged := range []bool{false, true} {
		t.Run(fmt.Sprint("ranged=", ranged), func(t *testing.T) {
			r := newRig(t, workflows.DefaultPolicy())
			units := plan(4, "calls", "users")
			a := ask()
			if ranged {
				a.From, a.To = units[0].From, units[3].To
			}
			lake := map[workflows.Unit]bool{} // what was committed
			r.worker = func(n int) string { return []string{"first", "second"}[n-1] }
			r.open = func(a workflows.Ask, _ string) (workflows.Opened, error) {
				o := workflows.Opened{Run: a.Key}
				for _, u := range units {
					if ranged || !lake[u] { // a range is read whole again
						u.Index = len(o.Units)
						o.Units = append(o.Units, u)
					}
				}
				return o, nil
			}
			killed := false
			r.unit = func(u workflows.UnitAsk, _ int) (workflows.UnitResult, error) {
				for _, p := range units {
					if p.Dataset == u.Unit.Dataset && p.From.Equal(u.Unit.From) {
						if p.Index == 2 && !killed {
							killed = true
							lake[p] = true // it was committed, but nobody heard of it
							r.RegisterDelayedCallback(func() { r.kill("first") }, time.Minute+10*time.Second)
							return workflows.UnitResult{}, errNever
						}
						lake[p] = true
					}
				}
				return done(u.Unit), nil
			}
			res, err := r.day(a)
			if err != nil {
				t.Fatal(err)
			}
			r.once(res, units)
			if res.Outcome != workflows.Done || res.Rounds != 2 || len(res.Runs) != 2 || r.taken != 2 {
				t.Errorf("%+v", res)
			}
			var before []workflows.UnitResult
			for _, u := range res.Units {
				if u.Detail != "data" {
					before = append(before, u)
				}
			}
			if ranged {
				if len(before) != 0 {
					t.Errorf("%+v", before)
				}
			} else if len(before) != 2 || before[0].Detail != "read by another run" || !before[0].From.Equal(units[2].From) || before[1].Dataset != "users" {
				t.Errorf("%+v", before) // one of each dataset was under way
			}
			if r.of("close on first") != 0 || r.of("close on second") != 1 {
				t.Errorf("%q", r.noted())
			}
		})
	}
}

// A unit that kills each worker that takes it ends by itself, and not never.
func TestWorkersDieAgainAndAgain(t *testing.T) {
	r := newRig(t, workflows.DefaultPolicy())
	r.worker = func(n int) string { return fmt.Sprint("worker", n) }
	r.open = opens(plan(1, "calls"))
	r.unit = func(workflows.UnitAsk, int) (workflows.UnitResult, error) {
		worker := fmt.Sprint("worker", r.taken)
		r.RegisterDelayedCallback(func() { r.kill(worker) }, time.Minute)
		return workflows.UnitResult{}, errNever
	}
	res, err := r.day(ask())
	if workflows.KindOf(err) != workflows.KindGone || res.Outcome != workflows.Failed || r.taken != 10 {
		t.Errorf("%+v, %v after %d sessions", res, err, r.taken)
	}
}

// The locks of a worker that has died are left until they run out. However often that happens, a day that comes forward goes on.
func TestLocksOfTheDead(t *testing.T) {
	r := newRig(t, workflows.DefaultPolicy())
	r.worker = func(n int) string { return fmt.Sprint("worker", n) }
	units := plan(15, "calls")
	dead := false
	r.open = func(a workflows.Ask, worker string) (workflows.Opened, error) {
		o, err := opens(units)(a, worker)
		if dead {
			dead, o.Units, o.NotOpen = false, nil, []workflows.NotOpen{{Dataset: "calls", Kind: "locked"}}
		}
		return o, err
	}
	killed := map[int]bool{}
	r.unit = func(u workflows.UnitAsk, _ int) (workflows.UnitResult, error) {
		if i := u.Unit.Index; i > 0 && !killed[i] {
			killed[i], dead = true, true
			worker := fmt.Sprint("worker", r.taken)
			r.RegisterDelayedCallback(func() { r.kill(worker) }, time.Minute)
			return workflows.UnitResult{}, errNever
		}
		return done(u.Unit), nil
	}
	res, err := r.day(ask())
	if err != nil {
		t.Fatal(err)
	}
	r.once(res, units)
	if res.Outcome != workflows.Done || len(killed) != 14 || res.Rounds != 1+2*14 {
		t.Errorf("%d workers died: %+v", len(killed), res)
	}
}

// A worker that is being stopped ends its runs: the day goes on elsewhere, and waits for no heartbeat.
func TestWorkerIsStopped(t *testing.T) {
	r := newRig(t, workflows.DefaultPolicy())
	units := plan(3, "calls", "users")
	left := slices.Clone(units)
	r.worker = func(n int) string { return []string{"first", "second"}[n-1] }
	r.open = func(a workflows.Ask, w string) (workflows.Opened, error) { return opens(left)(a, w) }
	r.unit = func(u workflows.UnitAsk, _ int) (workflows.UnitResult, error) {
		left = slices.DeleteFunc(left, func(o workflows.Unit) bool { return o == u.Unit })
		if u.Unit.Index == 1 && r.taken == 1 {
			key := u.Key
			r.RegisterDelayedCallback(func() { r.fail(r.holds[key], failed(workflows.KindStopped, 0, false)) }, 90*time.Second)
		}
		return done(u.Unit), nil
	}
	res, err := r.day(ask())
	if err != nil {
		t.Fatal(err)
	}
	r.once(res, units)
	if res.Outcome != workflows.Done || res.Rounds != 2 || r.of("close on first") != 0 || r.of("session over: first") != 1 {
		t.Errorf("%+v: %q", res, r.noted())
	}
	if took := r.Now().Sub(start); took > 10*time.Minute {
		t.Errorf("it took %v", took)
	}
}

// The same, but a unit hears of it first, and what has held is let go last: what was not read is not taken for read.
func TestUnitHearsOfTheStopFirst(t *testing.T) {
	r := newRig(t, workflows.DefaultPolicy())
	units := plan(3, "calls", "users")
	left := slices.Clone(units)
	r.worker = func(n int) string { return []string{"first", "second"}[n-1] }
	r.ended = workflows.Unavailable
	r.open = func(a workflows.Ask, w string) (workflows.Opened, error) {
		if len(left) < len(units) {
			r.ended = workflows.Done
		}
		return opens(left)(a, w)
	}
	r.unit = func(u workflows.UnitAsk, _ int) (workflows.UnitResult, error) {
		if u.Unit.Index == 1 && r.taken == 1 {
			return workflows.UnitResult{}, failed(workflows.KindStopped, 0, false)
		}
		left = slices.DeleteFunc(left, func(o workflows.Unit) bool { return o == u.Unit })
		return done(u.Unit), nil
	}
	res, err := r.day(ask())
	if err != nil {
		t.Fatal(err)
	}
	r.once(res, units)
	if res.Outcome != workflows.Done || res.Rounds != 2 || len(left) != 0 || r.of("close on first") != 1 || r.of("close on second") != 1 {
		t.Errorf("%+v: %q", res, r.noted())
	}
	for _, u := range res.Units {
		if u.Detail != "data" && u.Dataset != "users" { // one of the users was under way
			t.Errorf("%+v", u)
		}
	}
}

// A worker that is gone in the moment in which it takes the tenant leaves it to the next, but not for ever.
func TestWorkerDiesWhileItTakesTheTenant(t *testing.T) {
	r := newRig(t, workflows.DefaultPolicy())
	units := plan(2, "calls")
	r.worker = func(n int) string { return []string{dying, dying, "third"}[n-1] }
	r.open = opens(units)
	res, err := r.day(ask())
	if err != nil {
		t.Fatal(err)
	}
	r.once(res, units)
	if res.Outcome != workflows.Done || res.Rounds != 3 || len(res.Runs) != 1 {
		t.Errorf("%+v: %q", res, r.noted())
	}
	r = newRig(t, workflows.DefaultPolicy())
	r.worker = func(int) string { return dying }
	if res, err := r.day(ask()); workflows.KindOf(err) != "gone" || res.Rounds != 10 {
		t.Errorf("%+v, %v", res, err)
	}
}

func TestNoWorkerForADay(t *testing.T) {
	r := newRig(t, workflows.DefaultPolicy())
	r.worker = func(int) string { return "" }
	res, err := r.day(ask())
	if workflows.KindOf(err) != "no worker" || res.Outcome != workflows.Unavailable || r.Now().Sub(start) != 12*time.Hour {
		t.Errorf("%+v, %v after %v", res, err, r.Now().Sub(start))
	}
}

func TestTenantIsElsewhere(t *testing.T) {
	r := newRig(t, workflows.DefaultPolicy())
	units := plan(1, "calls")
	r.open = func(a workflows.Ask, worker string) (workflows.Opened, error) {
		if len(a.At) == 0 {
			t.Error("the worker is not told what leads to it")
		}
		if worker != "second" {
			return workflows.Opened{Elsewhere: []byte(`{"Taskqueue":"second"}`)}, nil
		}
		return opens(units)(a, worker)
	}
	res, err := r.day(ask())
	if err != nil || res.Outcome != workflows.Done || res.Rounds != 2 || len(res.Runs) != 1 {
		t.Errorf("%+v, %v", res, err)
	}
	want := []string{"session 1: first", "open on first: []", "session over: first", "session 2: second", "open on second: []"}
	if log := r.noted(); !slices.Equal(log[:5], want) {
		t.Errorf("%q", log)
	}
	if took := r.Now().Sub(start); took > 2*time.Minute {
		t.Errorf("it took %v", took)
	}
}

// The worker that has the tenant is gone, and its lock with it, after a while.
func TestElsewhereIsGone(t *testing.T) {
	r := newRig(t, workflows.DefaultPolicy())
	units := plan(1, "calls")
	r.worker = func(n int) string { return []string{"first", "", "first", "first"}[n-1] }
	opened := 0
	r.open = func(a workflows.Ask, worker string) (workflows.Opened, error) {
		if opened++; opened < 3 {
			return workflows.Opened{Elsewhere: []byte(`{"Taskqueue":"second"}`)}, nil
		}
		return opens(units)(a, worker)
	}
	res, err := r.day(ask())
	if err != nil || res.Outcome != workflows.Done {
		t.Errorf("%+v, %v", res, err)
	}
	if took := r.Now().Sub(start); took < 3*time.Minute || took > 8*time.Minute {
		t.Errorf("it took %v: %q", took, r.noted())
	}
}

func TestLockedForAWhile(t *testing.T) {
	r := newRig(t, workflows.DefaultPolicy())
	units := plan(2, "calls", "teams", "users")
	rounds := 0
	r.open = func(a workflows.Ask, worker string) (workflows.Opened, error) {
		rounds++
		o, err := opens(units)(a, worker)
		if rounds < 4 {
			o.Units = slices.DeleteFunc(o.Units, func(u workflows.Unit) bool { return u.Dataset == "calls" })
			o.NotOpen = append(o.NotOpen, workflows.NotOpen{Dataset: "calls", Kind: "locked"})
		}
		r.ended = workflows.Unavailable
		if rounds == 4 {
			r.ended = workflows.Done
		}
		return o, err
	}
	conflicts := 0
	r.unit = func(u workflows.UnitAsk, _ int) (workflows.UnitResult, error) {
		if u.Unit.Dataset == "users" && conflicts == 0 {
			conflicts++
			return workflows.UnitResult{Dataset: "users", Outcome: workflows.Unavailable, Kind: "conflict"}, nil
		}
		return done(u.Unit), nil
	}
	res, err := r.day(ask())
	if err != nil {
		t.Fatal(err)
	}
	r.once(res, units)
	if res.Outcome != workflows.Done || res.Rounds != 4 || r.of("teams") != 2 {
		t.Errorf("%+v: %q", res, r.noted())
	}
	for _, want := range []string{"open on first: []", "open on first: [calls users]", "open on first: [calls]"} {
		if !slices.Contains(r.noted(), want) {
			t.Errorf("not %q: %q", want, r.noted())
		}
	}
	if took := r.Now().Sub(start); took < 15*time.Minute || took > 25*time.Minute {
		t.Errorf("it took %v", took)
	}
}

func TestLockedForGood(t *testing.T) {
	r := newRig(t, workflows.DefaultPolicy())
	units := plan(1, "teams")
	r.open = func(a workflows.Ask, worker string) (workflows.Opened, error) {
		o, err := opens(units)(a, worker)
		o.NotOpen = []workflows.NotOpen{{Dataset: "calls", Kind: "locked"}}
		return o, err
	}
	r.ended = workflows.Unavailable
	res, err := r.day(ask())
	if err != nil {
		t.Fatal(err)
	}
	if res.Outcome != workflows.Unavailable || res.Rounds != 13 || len(res.Units) != 2 || res.Units[1].Kind != "locked" || r.of("teams") != 1 {
		t.Errorf("%+v", res)
	}
	if took := r.Now().Sub(start); took < time.Hour || took > time.Hour+5*time.Minute {
		t.Errorf("it took %v", took)
	}
}

func TestHeldByNobodyKnown(t *testing.T) {
	r := newRig(t, workflows.DefaultPolicy())
	r.open = func(workflows.Ask, string) (workflows.Opened, error) {
		return workflows.Opened{}, failed("locked", 0, false)
	}
	res, err := r.day(ask())
	if workflows.KindOf(err) != "locked" || res.Outcome != workflows.Unavailable || res.Rounds != 13 {
		t.Errorf("%+v, %v", res, err)
	}
}

// A day that is cancelled closes what is open, so that its locks are free at once.
func TestCancel(t *testing.T) {
	for what, at := range map[string]time.Duration{"in a unit": 90 * time.Second, "between tries": 30 * time.Minute} {
		t.Run(what, func(t *testing.T) {
			r := newRig(t, workflows.DefaultPolicy())
			r.open = opens(plan(3, "calls"))
			r.unit = func(u workflows.UnitAsk, _ int) (workflows.UnitResult, error) {
				if u.Unit.Index == 1 && what == "between tries" {
					return workflows.UnitResult{}, failed("throttled", time.Hour, true)
				}
				return done(u.Unit), nil
			}
			r.RegisterDelayedCallback(r.CancelWorkflow, at)
			_, err := r.day(ask())
			if !temporal.IsCanceledError(err) {
				t.Errorf("%v", err)
			}
			log := r.noted()
			if r.of("calls 02") != 0 || log[len(log)-2] != "close on first" || log[len(log)-1] != "session over: first" {
				t.Errorf("%q", log)
			}
			if took := r.Now().Sub(start); took > at+time.Minute {
				t.Errorf("it ended after %v", took)
			}
		})
	}
}

func TestCancelBeforeAWorkerHasIt(t *testing.T) {
	r := newRig(t, workflows.DefaultPolicy())
	r.worker = func(int) string { return "" }
	r.RegisterDelayedCallback(r.CancelWorkflow, time.Hour)
	if _, err := r.day(ask()); !temporal.IsCanceledError(err) || r.Now().Sub(start) > 2*time.Hour {
		t.Errorf("%v after %v", err, r.Now().Sub(start))
	}
}

func TestCancelWhileLocked(t *testing.T) {
	r := newRig(t, workflows.DefaultPolicy())
	r.open = func(workflows.Ask, string) (workflows.Opened, error) {
		return workflows.Opened{}, failed("locked", 0, false)
	}
	r.RegisterDelayedCallback(r.CancelWorkflow, 7*time.Minute)
	if _, err := r.day(ask()); !temporal.IsCanceledError(err) || r.of("open") != 2 {
		t.Errorf("%v: %q", err, r.noted())
	}
}

func TestLate(t *testing.T) {
	r := newRig(t, workflows.DefaultPolicy())
	a := ask()
	a.LateAt = start.Add(6 * time.Hour)
	r.open = opens(plan(1, "calls"))
	r.unit = func(u workflows.UnitAsk, attempt int) (workflows.UnitResult, error) {
		if attempt < 9 {
			return workflows.UnitResult{}, failed("unavailable", time.Hour, true)
		}
		return done(u.Unit), nil
	}
	res, err := r.day(a)
	if err != nil || !res.Late || res.Outcome != workflows.Done {
		t.Errorf("%+v, %v", res, err)
	}
	want := []string{
		"2026-11-30T02:00 GraphlakeJob=nightly GraphlakeLate=false GraphlakeTenant=contoso",
		"2026-11-30T08:00 GraphlakeLate=true", // while it is under way
		"2026-11-30T10:01 GraphlakeLate=true GraphlakeOutcome=done",
	}
	if !slices.Equal(r.attributes, want) {
		t.Errorf("search attributes\n%q, want\n%q", r.attributes, want)
	}
}

// What a run says besides its units counts: days that stayed dirty, notes.
func TestResultsOfOpenAndClose(t *testing.T) {
	r := newRig(t, workflows.DefaultPolicy())
	units := plan(1, "calls")
	r.open = func(a workflows.Ask, worker string) (workflows.Opened, error) {
		o, err := opens(units)(a, worker)
		o.Results = []workflows.UnitResult{{Dataset: "teams", Outcome: workflows.Failed, Kind: "bad record"}}
		return o, err
	}
	r.ended = workflows.Failed
	res, err := r.day(ask())
	if err != nil || res.Outcome != workflows.Failed || len(res.Units) != 2 {
		t.Errorf("%+v, %v", res, err)
	}
	r = newRig(t, workflows.DefaultPolicy())
	r.open, r.ended = opens(units), workflows.Incomplete
	if res, err := r.day(ask()); err != nil || res.Outcome != workflows.Incomplete {
		t.Errorf("%+v, %v", res, err)
	}
}

// A night may hold its locks for as long as its tries: a week of a backfill waits for it, and is not given up.
func TestBackfillWaitsForANight(t *testing.T) {
	r := newRig(t, workflows.DefaultPolicy())
	units := plan(1, "calls")
	r.open = func(a workflows.Ask, worker string) (workflows.Opened, error) {
		if r.Now().Before(start.Add(19 * time.Hour)) {
			return workflows.Opened{NotOpen: []workflows.NotOpen{{Dataset: "calls", Kind: "locked"}}}, nil
		}
		return opens(units)(a, worker)
	}
	a := ask()
	a.Job, a.Backfill, a.Datasets = "", true, []string{"calls"}
	res, err := r.day(a)
	if err != nil || res.Outcome != workflows.Done {
		t.Errorf("%+v, %v", res, err)
	}
	r.once(res, units)
}

// What one round has ended, the next one does not begin; that its run was not whole is no fault of the day.
func TestUnitsOfAnEarlierRound(t *testing.T) {
	r := newRig(t, workflows.DefaultPolicy())
	units := plan(2, "calls")
	rounds := 0
	r.worker = func(n int) string { return []string{"first", "second"}[n-1] }
	r.open = func(a workflows.Ask, worker string) (workflows.Opened, error) {
		if rounds++; rounds == 2 {
			r.ended = workflows.Unavailable // as a run whose units were not all begun
		}
		return opens(units)(a, worker)
	}
	r.unit = func(u workflows.UnitAsk, _ int) (workflows.UnitResult, error) {
		if u.Unit.Index == 0 {
			res := done(u.Unit)
			res.Outcome, res.Detail = workflows.Incomplete, "partial"
			return res, nil
		}
		if rounds == 1 {
			r.RegisterDelayedCallback(func() { r.kill("first") }, time.Minute)
			return workflows.UnitResult{}, errNever
		}
		return done(u.Unit), nil
	}
	res, err := r.day(ask())
	if err != nil || res.Outcome != workflows.Incomplete || res.Rounds != 2 {
		t.Errorf("%+v, %v", res, err)
	}
	r.once(res, units)
}

// A dataset that could not be opened any more after its worker was gone was read by nobody.
func TestNotOpenedAgain(t *testing.T) {
	r := newRig(t, workflows.DefaultPolicy())
	rounds := 0
	r.worker = func(n int) string { return []string{"first", "second"}[n-1] }
	r.open = func(a workflows.Ask, worker string) (workflows.Opened, error) {
		if rounds++; rounds == 2 {
			return workflows.Opened{NotOpen: []workflows.NotOpen{{Dataset: "calls", Kind: "foreign table"}}}, nil
		}
		return opens(plan(2, "calls"))(a, worker)
	}
	r.unit = func(u workflows.UnitAsk, _ int) (workflows.UnitResult, error) {
		if u.Unit.Index == 1 {
			r.RegisterDelayedCallback(func() { r.kill("first") }, time.Minute)
			return workflows.UnitResult{}, errNever
		}
		return done(u.Unit), nil
	}
	res, err := r.day(ask())
	if err != nil || res.Outcome != workflows.Forbidden || len(res.Units) != 2 || res.Units[1].Kind != "foreign table" {
		t.Errorf("%+v, %v", res, err)
	}
}

// A night's history has the results of its tenants, and may be 50 MB: of hundreds of units a result names some, and those that
// did not end well before others.
func TestResultOfVeryManyUnits(t *testing.T) {
	r := newRig(t, workflows.DefaultPolicy())
	r.takes = time.Second
	units := plan(700, "calls")
	r.open = opens(units)
	r.unit = func(u workflows.UnitAsk, _ int) (workflows.UnitResult, error) {
		res := done(u.Unit)
		if u.Unit.Index == 650 {
			res.Outcome, res.Kind, res.Needs = workflows.Forbidden, "unauthorized", strings.Repeat("needed ", 30)
		}
		return res, nil
	}
	res, err := r.day(ask())
	if err != nil || res.Outcome != workflows.Forbidden || len(res.Units) != 200 || res.More != (workflows.Sum{Units: 500, Records: 5000, Requests: 1000}) {
		t.Errorf("%d units, %+v, %s, %v", len(res.Units), res.More, res.Outcome, err)
	}
	if !slices.ContainsFunc(res.Units, func(u workflows.UnitResult) bool { return u.Outcome == workflows.Forbidden }) {
		t.Error("the unit that failed is not named")
	}
	text, err := json.Marshal(res)
	if err != nil || len(text) > 80<<10 {
		t.Errorf("%d bytes, %v", len(text), err)
	}
}

// What waits for so long that its now is past is made up, as a night is that was missed: the newer pictures stay.
func TestRoundHalfADayLater(t *testing.T) {
	r := newRig(t, workflows.DefaultPolicy())
	var back []bool
	r.worker = func(n int) string { return []string{"first", "second"}[n-1] }
	r.open = func(a workflows.Ask, worker string) (workflows.Opened, error) {
		back = append(back, a.Back)
		return opens(plan(2, "calls"))(a, worker)
	}
	r.unit = func(u workflows.UnitAsk, attempt int) (workflows.UnitResult, error) {
		if len(back) == 1 {
			r.RegisterDelayedCallback(func() { r.kill("first") }, 13*time.Hour)
			return workflows.UnitResult{}, errNever
		}
		return done(u.Unit), nil
	}
	if _, err := r.day(ask()); err != nil || !slices.Equal(back, []bool{false, true}) {
		t.Errorf("%v, %v", back, err)
	}
}
