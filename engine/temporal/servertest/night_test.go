package servertest

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/temporal"

	"graphlake/engine/temporal/internal/tenants"
	"graphlake/engine/temporal/workflows"
	"graphlake/internal/graphsim"
)

// runJob lets graphlake run the job alone.
func (r *rig) runJob() []unit {
	r.Helper()
	return r.runAlone("--job", job, "--now", night.Format(time.RFC3339))
}

// check is what has to hold after whatever has happened.
func (r *rig) check(want []unit) []past {
	r.Helper()
	all := r.pasts()
	r.compare()
	r.overlap(all)
	r.secretive(all)
	r.each(r.days(all), want)
	total.tenants.Add(int64(len(r.graph.Tenants)))
	return all
}

// Twenty tenants are read by two workers, at the limits that Graph publishes, and nothing is otherwise than graphlake alone leaves it.
func TestNight(t *testing.T) {
	t.Parallel()
	limited := func(i int) graphsim.Options {
		o := options(i)
		o.Rate = 1
		return o
	}
	r := newRig(t, setup{tenants: tenants.Make(20, limited), rate: 1, delta: "true"})
	began := time.Now()
	want := r.runJob()
	between := time.Now()
	r.start("night-1")
	r.start("night-2")
	result := r.done(r.night())
	t.Logf("graphlake alone took %s, two workers %s", between.Sub(began), time.Since(between))
	if result.Units != len(want) || result.Records == 0 || result.Requests == 0 {
		t.Errorf("%+v, want %d units", result, len(want))
	}
	all := r.check(want)
	if n := r.graph.Throttled(); n > 0 {
		t.Errorf("%d requests were throttled", n)
	}
	for _, name := range []string{"night-1", "night-2"} {
		if len(r.askedBy(name)) == 0 {
			t.Errorf("%s has done nothing", name)
		}
	}
	for _, p := range all {
		if tenantOf(p.id) == "tenant-001" {
			r.keep(p, "tenant-day")
		}
	}
	if n := r.count("WorkflowType = 'TenantDay' AND GraphlakeJob = 'nightly' AND GraphlakeOutcome = 'done' AND GraphlakeTenant = 'tenant-007'"); n != 1 {
		t.Errorf("%d tenant days are found by what they are", n)
	}
}

// count asks the server for workflows by their search attributes. It may take a moment until it knows them.
func (r *rig) count(query string) int {
	r.Helper()
	list, err := r.client.ListWorkflow(r.Context(), &workflowservice.ListWorkflowExecutionsRequest{Query: query})
	if err != nil {
		r.Fatal(err)
	}
	return len(list.GetExecutions())
}

// Workers are killed while units wait for answers. Others go on, and each unit is reported once.
func TestKill(t *testing.T) {
	t.Parallel()
	r := newRig(t, setup{tenants: tenants.Make(8, options)})
	want := r.runJob()
	reached := []<-chan struct{}{r.stuck("kill-1", 20), r.stuck("kill-2", 60), r.stuck("kill-3", 45)}
	first, second := r.start("kill-1"), r.start("kill-2")
	w := r.night()
	r.until("the 20th request of the first worker", reached[0])
	first.kill()
	third := r.start("kill-3")
	r.until("the 60th request of the second worker", reached[1])
	second.kill()
	r.until("the 45th request of the third worker", reached[2])
	third.kill()
	r.start("kill-4")
	r.start("kill-5")
	r.done(w)
	all := r.check(want)
	killed, days := 0, r.days(all)
	for _, p := range all {
		before := killed
		for _, a := range r.tries(p) {
			if a.how == enums.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT {
				killed++
			}
		}
		if killed > before && days[p.id].Rounds > 1 {
			r.keep(p, "tenant-day-killed")
		}
	}
	if killed < 3 {
		t.Errorf("%d activities have ended with a worker: nobody was killed in mid-unit", killed)
	}
}

// A worker that is asked to end gives back what it has, and others go on at once.
func TestDrain(t *testing.T) {
	t.Parallel()
	r := newRig(t, setup{tenants: tenants.Make(4, options)})
	want := r.runJob()
	asked := r.reached("drain-1", 30)
	first := r.start("drain-1")
	w := r.night()
	r.until("the 30th request of the first worker", asked)
	r.start("drain-2")
	told := time.Now()
	first.end(syscall.SIGTERM)
	if took := first.ended.Sub(told); first.status != 0 || took > 30*time.Second {
		t.Errorf("the worker has ended with status %d, after %s", first.status, took)
	}
	r.done(w)
	all := r.check(want)
	days := r.days(all)
	for _, p := range all {
		switch {
		case p.workflow == "Night":
			r.keep(p, "night")
		case days[p.id].Rounds > 1:
			r.keep(p, "tenant-day-drained")
		}
	}
}

// Two tenants have nothing to show that lets anybody in: one has a wrong secret, the other no permission. They fail and say what is
// needed, and the others are done. Once that is mended, only these two are read.
func TestForbidden(t *testing.T) {
	t.Parallel()
	r := newRig(t, setup{tenants: tenants.Make(5, options)})
	want := r.runJob()
	poor := options(3)
	poor.Seed, poor.Tenant, poor.Roles = 4, r.graph.Tenant("tenant-004").ID(), []string{"Presence.Read.All"}
	without := graphsim.New(poor)
	r.put(func(of tenants.Asker, w http.ResponseWriter, q *http.Request) bool {
		if of != (tenants.Asker{Tenant: "tenant-004", Worker: "forbidden-1"}) {
			return false
		}
		without.ServeHTTP(w, q)
		return true
	})
	first := r.start("forbidden-1", "tenant-002")
	var result workflows.NightResult
	if err := r.get(r.night(), &result); err != nil {
		t.Fatal(err)
	}
	if result.Outcome != workflows.Incomplete || result.Tenants != 5 || result.Outcomes[workflows.Done] != 3 || result.Outcomes[workflows.Forbidden] != 2 {
		t.Errorf("%+v", result)
	}
	if n := r.count("WorkflowType = 'TenantDay' AND ExecutionStatus = 'Failed' AND GraphlakeOutcome = 'forbidden'"); n != 2 {
		t.Errorf("%d tenant days are found by their outcome", n)
	}
	for _, p := range r.pasts() {
		if tenant := tenantOf(p.id); tenant == "tenant-002" || tenant == "tenant-004" {
			r.refused(p)
			r.keep(p, "tenant-day-"+tenant+"-forbidden")
		}
	}
	first.end(syscall.SIGTERM)
	r.start("forbidden-2")
	if err := r.get(r.night("again"), &result); err != nil || result.Outcome != workflows.Done {
		t.Errorf("%+v %v", result, err)
	}
	for _, q := range r.askedBy("forbidden-2") {
		if q.Tenant != "tenant-002" && q.Tenant != "tenant-004" {
			t.Errorf("%s was asked though it was done", q.Tenant)
			break
		}
	}
	all := r.pasts()
	r.compare()
	r.overlap(all)
	r.secretive(all)
	r.each(r.days(all), want)
	total.tenants.Add(5)
}

// refused finds what a tenant day that was let in nowhere does not say.
func (r *rig) refused(p past) {
	r.Helper()
	err := r.client.GetWorkflow(r.Context(), p.id, p.run).Get(r.Context(), nil)
	failed, ok := errors.AsType[*temporal.ApplicationError](err)
	if !ok || failed.Type() != "unauthorized" || !strings.Contains(failed.Message(), "the application permission ") {
		r.Errorf("%s ended with %v", p.id, err)
	}
	var day workflows.TenantDayResult
	if !workflows.ResultOf(err, &day) || len(day.Units) == 0 {
		r.Errorf("%s does not say what became of its units: %v", p.id, err)
	}
	for _, u := range day.Units {
		if u.Outcome != workflows.Forbidden || u.Dataset == "call_records" && !strings.Contains(u.Needs, "CallRecords.Read.All") {
			r.Errorf("%+v", u)
		}
	}
}

// A night that was cancelled frees its locks, and the next one goes on. All that Temporal keeps of both is encrypted.
func TestCancel(t *testing.T) {
	t.Parallel()
	r := newRig(t, setup{tenants: tenants.Make(6, options), key: "zlLGhFx1yGnSXyfIBgWgWtAQ4ytQ2WGzJ9XTzrVEQLs="})
	want := r.runJob()
	reached := r.stuck("cancel-1", 60)
	first := r.start("cancel-1")
	w := r.night()
	r.until("the 60th request", reached)
	if err := r.client.CancelWorkflow(t.Context(), w.GetID(), w.GetRunID()); err != nil {
		t.Fatal(err)
	}
	err := r.get(w, nil)
	if !temporal.IsCanceledError(err) {
		t.Errorf("the night ended with %v", err)
	}
	r.wait("all tenant days have ended", func() bool { return r.count("WorkflowType = 'TenantDay' AND ExecutionStatus = 'Running'") == 0 })
	var units []unit
	for _, day := range r.days(r.pasts()) { // those that were done before
		for _, u := range day.Units {
			units = append(units, unit{Tenant: day.Tenant, Dataset: u.Dataset, From: u.From, To: u.To})
		}
	}
	r.start("cancel-2") // the first is there all the while, and holds nothing
	first.end(syscall.SIGTERM)
	r.done(r.night("again"))
	all := r.pasts()
	r.compare()
	r.overlap(all)
	r.secretive(all)
	r.encrypted(all)
	total.tenants.Add(6)
	for _, u := range want {
		if !slices.ContainsFunc(units, func(o unit) bool { return o.name() == u.name() }) {
			units = append(units, u)
		}
	}
	if len(units) != len(want) {
		t.Errorf("%d units, want %d", len(units), len(want))
	}
}
