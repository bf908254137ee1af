package servertest

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"graphlake/engine/temporal/internal/tenants"
	"graphlake/engine/temporal/workflows"
)

// Two jobs of the same tenants at once are on the same worker: where the first is, the second is led to.
func TestTwoJobs(t *testing.T) {
	t.Parallel()
	const other = "  people:\n    schedule: \"0 3 * * *\"\n    datasets: [groups, teams, organization]\n"
	r := newRig(t, setup{tenants: tenants.Make(5, options), jobs: nightly + other})
	now := night.Format(time.RFC3339)
	want := append(r.runAlone("--job", job, "--now", now), r.runAlone("--job", "people", "--now", now)...)
	r.start("jobs-1")
	r.start("jobs-2")
	first := r.night()
	second := r.begin("people", "Night", workflows.NightInput{Lake: r.lakeName, Job: "people", Now: night})
	r.done(first)
	r.done(second)
	all := r.check(want)
	both := 0
	for _, tenant := range r.graph.Tenants {
		of := map[string]bool{}
		for _, h := range r.holds(all) {
			if h.Tenant == tenant.Name {
				of[h.Worker] = true
			}
		}
		if len(of) == 1 {
			both++
		}
	}
	t.Logf("%d of %d tenants had both jobs on one worker", both, len(r.graph.Tenants))
}

// Two lakes with the same tenants share a namespace: a worker of the one takes nothing of the other.
func TestTwoLakes(t *testing.T) {
	t.Parallel()
	r := newRig(t, setup{tenants: tenants.Make(4, options)})
	for i := range 2 {
		r.startOf(alone, "other-"+strconv.Itoa(i))
	}
	w := r.night()
	time.Sleep(5 * time.Second) // in which they would have it all
	if log := r.graph.Log(); len(log) > 0 {
		t.Fatalf("a worker of another lake has asked Graph: %+v", log[0])
	}
	r.start("own")
	r.done(w)
	for _, one := range r.graph.Log() {
		if one.Worker != "own" {
			t.Fatalf("a worker of another lake has asked Graph: %+v", one)
		}
	}
}

// A new tenant is checked, its past is read, what Graph forgets soonest first, and then its job runs once.
func TestOnboard(t *testing.T) {
	t.Parallel()
	r := newRig(t, setup{tenants: tenants.Make(2, options)})
	from, to := night.AddDate(0, 0, -9).Format(time.DateOnly), night.Format(time.DateOnly)
	now := night.Format(time.RFC3339)
	for start := night.AddDate(0, 0, -9).Truncate(24 * time.Hour); start.Before(night); start = start.AddDate(0, 0, 7) {
		end := start.AddDate(0, 0, 7)
		if end.After(night) {
			end = night.Truncate(24 * time.Hour)
		}
		if !start.Before(end) {
			break
		}
		r.command(0, "graphlake", alone, "run", "--dataset", "call_records,pstn_calls,direct_routing_calls", "--tenant", "tenant-001", "--from", start.Format(time.DateOnly), "--to", end.Format(time.DateOnly), "--now", now, "--yes")
	}
	r.runAlone("--job", job, "--tenant", "tenant-001", "--now", now)
	r.start("onboard-1")
	r.start("onboard-2")
	w := r.begin("onboard", "Onboard", workflows.OnboardInput{Lake: r.lakeName, Tenant: "tenant-001", From: day(from), To: day(to), Now: night})
	var result workflows.OnboardResult
	if err := r.get(w, &result); err != nil {
		t.Fatal(err)
	}
	if result.Outcome != workflows.Done || result.Backfill == nil || result.Backfill.Weeks < 2 || result.Backfill.Outcome != workflows.Done || len(result.Nights) != 1 {
		t.Errorf("%+v", result)
	}
	all := r.pasts()
	r.compare()
	r.overlap(all)
	r.secretive(all)
	total.tenants.Add(1)
	total.units.Add(int64(result.Backfill.Units + len(result.Nights[0].Units)))
	for _, p := range all {
		switch p.workflow {
		case "Onboard":
			r.keep(p, "onboard")
		case "Backfill":
			r.keep(p, "backfill")
		}
	}
	for _, q := range r.graph.Log() {
		if q.Tenant != "tenant-001" {
			t.Errorf("%s was asked by %s", q.Tenant, q.Worker)
		}
	}
}

func day(text string) time.Time {
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return at
}

// Schedules are those of the configuration, however often that is said. One that was paused starts nothing; nights that were missed are
// made up by their times.
func TestSchedules(t *testing.T) {
	t.Parallel()
	r := newRig(t, setup{tenants: tenants.Make(3, options)})
	for _, at := range []time.Time{night.AddDate(0, 0, -1), night} {
		r.runAlone("--job", job, "--now", at.Format(time.RFC3339))
	}
	r.start("schedules-1")
	first := r.schedules()
	if len(first) != 1 || !strings.HasSuffix(first[0], "/job-"+job) {
		t.Fatalf("schedules: %q", first)
	}
	if again := r.schedules(); !slices.Equal(again, first) {
		t.Errorf("the second time: %q, want %q", again, first)
	}
	r.command(0, "graphlake-temporal", "engine", "schedules", "--pause")
	s := r.client.ScheduleClient().GetHandle(t.Context(), first[0])
	about, err := s.Describe(t.Context())
	if err != nil || !about.Schedule.State.Paused || about.Schedule.Policy.Overlap != enums.SCHEDULE_OVERLAP_POLICY_BUFFER_ONE {
		t.Errorf("%+v %v", about, err)
	}
	var missed []client.ScheduleBackfill // in one request: of two that come at once, Temporal forgets the first
	for _, at := range []time.Time{night.AddDate(0, 0, -1), night} {
		missed = append(missed, client.ScheduleBackfill{Start: at.Add(-time.Minute), End: at.Add(time.Minute), Overlap: enums.SCHEDULE_OVERLAP_POLICY_BUFFER_ALL})
	}
	if err := s.Backfill(t.Context(), client.ScheduleBackfillOptions{Backfill: missed}); err != nil {
		t.Fatal(err)
	}
	const ended = "WorkflowType = 'Night' AND ExecutionStatus = 'Completed' AND GraphlakeOutcome = 'done'"
	r.wait("two nights are done", func() bool { return r.count(ended) == 2 })
	r.command(0, "graphlake-temporal", "engine", "schedules", "--resume")
	if about, err = s.Describe(t.Context()); err != nil || about.Schedule.State.Paused {
		t.Errorf("%+v %v", about, err)
	}
	all := r.pasts()
	r.compare()
	r.overlap(all)
	r.secretive(all)
	total.tenants.Add(3)
	for _, day := range r.days(all) {
		total.units.Add(int64(len(day.Units)))
	}
}

// schedules makes the schedules of the configuration, and gives those that the server has.
func (r *rig) schedules() (ids []string) {
	r.Helper()
	r.command(0, "graphlake-temporal", "engine", "schedules")
	var found []string
	r.wait("there are schedules", func() bool {
		found = nil
		list, err := r.client.ScheduleClient().List(r.Context(), client.ScheduleListOptions{})
		if err != nil {
			r.Fatal(err)
		}
		for list.HasNext() {
			s, err := list.Next()
			if err != nil {
				r.Fatal(err)
			}
			found = append(found, s.ID)
		}
		return len(found) > 0
	})
	return found
}

// Tables are derived anew from raw, by any worker, without Graph.
func TestReplay(t *testing.T) {
	t.Parallel()
	r := newRig(t, setup{tenants: tenants.Make(6, options)})
	r.runJob()
	if err := os.CopyFS(filepath.Join(r.dir, "engine", "lake"), os.DirFS(filepath.Join(r.dir, alone, "lake"))); err != nil {
		t.Fatal(err)
	}
	raw := r.files("engine", "raw")
	if err := os.RemoveAll(filepath.Join(r.dir, "engine", "lake", "tables")); err != nil {
		t.Fatal(err)
	}
	r.start("replay-1")
	r.start("replay-2")
	w := r.begin("replay", "Replay", workflows.ReplayInput{Lake: r.lakeName, Datasets: strings.Split(datasets, ", "), Now: night})
	var result workflows.ReplayResult
	if err := r.get(w, &result); err != nil {
		t.Fatal(err)
	}
	if result.Outcome != workflows.Done || result.Parts < 6*4 || result.Written == 0 {
		t.Errorf("%+v", result)
	}
	if names := differing(r.files("engine", "raw"), raw); len(names) > 0 {
		t.Errorf("raw was touched: %q", names)
	}
	r.compare()
	for _, name := range []string{"replay-1", "replay-2"} {
		if n := len(r.askedBy(name)); n > 0 {
			t.Errorf("%s has asked Graph %d times", name, n)
		}
	}
	all := r.pasts()
	r.secretive(all)
	total.tenants.Add(6)
	for _, p := range all {
		if p.workflow == "Replay" && (tenantOf(p.id) == "" || tenantOf(p.id) == "tenant-001") {
			r.keep(p, strings.TrimSuffix("replay-"+tenantOf(p.id), "-"))
		}
	}
}
