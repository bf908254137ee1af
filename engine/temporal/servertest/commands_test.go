package servertest

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"graphlake/engine/temporal/internal/tenants"
	"graphlake/engine/temporal/workflows"
)

// told is what a command prints that begins workflows.
type told struct {
	Workflows []struct {
		Workflow, Run, Tenant string
		UnderWay              bool `json:"under_way"`
		Outcome               workflows.Outcome
		Result                workflows.NightResult
		Error                 string
	}
}

// engine runs graphlake-temporal, and reads what it prints.
func (r *rig) engine(into any, status int, args ...string) {
	r.Helper()
	out := r.command(status, "graphlake-temporal", "engine", args...)
	if err := json.Unmarshal(out, into); err != nil {
		r.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// change is what became of the schedule of a job.
type change struct {
	ID, Job, Change string
	Paused          bool
	Next            time.Time
}

// changes are what schedules did, as "job: change", and the last word is paused if it is.
func (r *rig) changes(args ...string) (all []string) {
	r.Helper()
	var told struct{ Schedules []change }
	r.engine(&told, 0, append([]string{"schedules"}, args...)...)
	for _, c := range told.Schedules {
		text := c.Job + ": " + c.Change
		if c.Paused {
			text += ", paused"
		} else if there := len(args) == 0 || args[0] != "--dry-run"; there && c.Change != "removed" && !c.Next.After(time.Now()) {
			r.Errorf("%s: the next time is %v", text, c.Next)
		}
		all = append(all, text)
	}
	return all
}

// configure writes other jobs into the configuration of the engine.
func (r *rig) configure(jobs string) {
	r.Helper()
	c := r.configuration
	c.Jobs, c.Lake = jobs, filepath.Join(r.dir, "engine", "lake")
	if err := os.WriteFile(r.file("engine"), []byte(c.YAML(r.graph)), 0o600); err != nil {
		r.Fatal(err)
	}
}

// Temporal takes every query that the page tells operators to ask.
func TestQueriesOfTheDocs(t *testing.T) {
	t.Parallel()
	r := newRig(t, setup{tenants: tenants.Make(1, options)})
	page, err := os.ReadFile("../../../docs/engine.md")
	if err != nil {
		t.Fatal(err)
	}
	all := regexp.MustCompile(`--query '([^']+)'`).FindAllSubmatch(page, -1)
	if len(all) == 0 {
		t.Fatal("the page has no query")
	}
	ask := func(query string) error {
		_, err := r.client.ListWorkflow(t.Context(), &workflowservice.ListWorkflowExecutionsRequest{Query: query})
		return err
	}
	r.changes() // makes the search attributes, which the server knows a moment later
	r.wait("the search attributes are known", func() bool { return ask("GraphlakeLate = true") == nil })
	for _, q := range all {
		if err := ask(string(q[1])); err != nil {
			t.Errorf("%s: %v", q[1], err)
		}
	}
}

// Schedules follow the configuration: what is new is made, what is another is changed and stays paused, what has gone is removed.
func TestSchedulesFollow(t *testing.T) {
	t.Parallel()
	r := newRig(t, setup{tenants: tenants.Make(1, options)})
	is := func(what string, got []string, want ...string) {
		t.Helper()
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
	}
	weekly := "  weekly:\n    schedule: \"0 4 1 * 0\"\n    timezone: Europe/Berlin\n    jitter: 5m\n    datasets: [users]\n"
	is("before", r.changes("--dry-run"), "nightly: created")
	is("nothing was made by that", r.changes("--dry-run"), "nightly: created")
	is("at first", r.changes(), "nightly: created")
	is("paused", r.changes("--pause", "--reason", "the lake moves"), "nightly: paused, paused")
	about, err := r.client.ScheduleClient().GetHandle(t.Context(), r.idOfSchedule("nightly")).Describe(t.Context())
	if err != nil || about.Schedule.State.Note != "the lake moves" {
		t.Errorf("%+v, %v", about, err)
	}
	r.configure(strings.Replace(nightly, "30 2 *", "45 2 *", 1) + weekly)
	is("what would change", r.changes("--dry-run"), "nightly: updated, paused", "weekly: created")
	is("changed", r.changes(), "nightly: updated, paused", "weekly: created")
	is("the second time", r.changes(), "nightly: unchanged, paused", "weekly: unchanged")
	is("resumed", r.changes("--resume", "--job", "nightly"), "nightly: resumed")
	about, err = r.client.ScheduleClient().GetHandle(t.Context(), r.idOfSchedule("weekly")).Describe(t.Context())
	if err != nil || len(about.Schedule.Spec.Calendars) != 2 || about.Schedule.Spec.TimeZoneName != "Europe/Berlin" {
		t.Fatalf("%+v, %v: want the first of a month, and Sundays", about, err)
	}
	for _, at := range about.Info.NextActionTimes {
		if at := at.In(berlin(t)); at.Day() != 1 && at.Weekday() != time.Sunday || at.Hour() != 4 {
			t.Errorf("weekly comes on %v", at)
		}
	}
	r.configure(weekly)
	r.wait("the list has all", func() bool { return len(r.listed()) == 2 })
	is("what has gone", r.changes(), "weekly: unchanged", "nightly: removed")
	r.wait("it is not listed", func() bool { return len(r.listed()) == 1 })
	total.tenants.Add(1)
}

func berlin(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func (r *rig) idOfSchedule(job string) string {
	r.Helper()
	for _, id := range r.listedUntil(1) {
		if strings.HasSuffix(id, "/job-"+job) {
			return id
		}
	}
	r.Fatalf("there is no schedule of %s", job)
	return ""
}

// listedUntil waits until the list, which lags, has so many schedules at least.
func (r *rig) listedUntil(n int) (ids []string) {
	r.Helper()
	r.wait("there are schedules", func() bool { ids = r.listed(); return len(ids) >= n })
	return ids
}

func (r *rig) listed() (ids []string) {
	r.Helper()
	list, err := r.client.ScheduleClient().List(r.Context(), client.ScheduleListOptions{})
	if err != nil {
		r.Fatal(err)
	}
	for list.HasNext() {
		s, err := list.Next()
		if err != nil {
			r.Fatal(err)
		}
		ids = append(ids, s.ID)
	}
	return ids
}

// A night by hand is begun once, whoever asks; who is interrupted stops waiting, and no more; and who waits has its status.
func TestCommandsBegin(t *testing.T) {
	t.Parallel()
	r := newRig(t, setup{tenants: tenants.Make(2, options)})
	r.runAlone("--job", job, "--now", night.Format(time.RFC3339))
	args := []string{"night", "--job", job, "--now", night.Format(time.RFC3339)}

	var said bytes.Buffer
	waiting := exec.CommandContext(r.deadline, filepath.Join(bin, "graphlake-temporal"), slices.Concat([]string{"--config", r.file("engine")}, args, []string{"--wait"})...)
	waiting.Env, waiting.Stderr = slices.Concat(os.Environ(), r.environment), &said
	out, err := waiting.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := waiting.Start(); err != nil {
		t.Fatal(err)
	}
	begun := make([]byte, 1)
	if _, err := out.Read(begun); err != nil { // it says that it has begun
		t.Fatal(err)
	}
	_ = waiting.Process.Signal(syscall.SIGINT)
	_ = waiting.Wait() // the status says how
	if status := waiting.ProcessState.ExitCode(); status != 75 || !strings.Contains(said.String(), "what was begun goes on") {
		t.Errorf("interrupted: exit %d\n%s", status, &said)
	}

	var again told
	r.engine(&again, 0, args...)
	if len(again.Workflows) != 1 || !again.Workflows[0].UnderWay || !strings.HasSuffix(again.Workflows[0].Workflow, "/night/nightly/2026-11-24T02:30Z") || again.Workflows[0].Outcome != "" {
		t.Errorf("again: %+v", again)
	}
	r.start("commands-1", "tenant-002")
	var half told
	r.engine(&half, 4, append(args, "--wait")...)
	if w := half.Workflows[0]; w.Run != again.Workflows[0].Run || w.Outcome != workflows.Incomplete || w.Result.Outcomes[workflows.Done] != 1 || w.Result.Outcomes[workflows.Forbidden] != 1 {
		t.Errorf("waited for: %+v", half)
	}
	var refused told
	r.engine(&refused, 3, append(args, "--tenant", "tenant-002", "--wait")...)
	if w := refused.Workflows[0]; w.Outcome != workflows.Forbidden || w.UnderWay || w.Workflow == again.Workflows[0].Workflow {
		t.Errorf("of the one that is refused: %+v", refused)
	}
	r.start("commands-2")
	r.mu.Lock()
	first := r.workers[0]
	r.mu.Unlock()
	first.end(syscall.SIGTERM)
	if first.status != 0 {
		t.Errorf("told to end: exit %d\n%s", first.status, first.complaints())
	}
	var mended told
	r.engine(&mended, 0, append(args, "--tenant", "tenant-002", "--wait")...)
	if w := mended.Workflows[0]; w.Outcome != workflows.Done || w.Result.Units == 0 {
		t.Errorf("mended: %+v", mended)
	}
	all := r.pasts()
	r.compare()
	r.overlap(all)
	total.tenants.Add(2)
}
