package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"

	"graphlake/engine/temporal/workflows"
	"graphlake/internal/cli"
)

type schedulesCommand struct {
	DryRun bool   `xor:"what" help:"Only say what would change."`
	Pause  bool   `xor:"what" help:"Begin no job any more, until --resume; what is under way goes on. Nothing else changes."`
	Resume bool   `xor:"what" help:"Let jobs begin again that --pause has stopped. Nothing else changes."`
	Job    string `placeholder:"NAME" help:"Of --pause and --resume: this job only."`
	Reason string `placeholder:"TEXT" help:"Of --pause and --resume: why, for whoever looks at the schedule."`
}

// catchupWindow is how late a job is still begun that was to begin while Temporal was away. Beyond it the next night reads
// what is missing.
const catchupWindow = 24 * time.Hour

// Run makes the schedules of the lake those of the jobs that have one, removes those whose job has gone, and leaves alone which
// are paused. A second time it changes nothing.
func (s schedulesCommand) Run(ctx context.Context, c *command) error {
	if (s.Job != "" || s.Reason != "") && !s.Pause && !s.Resume {
		return cli.Usage(errors.New("--job and --reason go with --pause or --resume"))
	}
	engine, err := cli.Configure(c.options())
	if err != nil {
		return err
	}
	wanted, warnings, err := wantedSchedules(engine, time.Now())
	if err != nil {
		return err
	}
	if s.Job != "" {
		if wanted, err = only(engine, wanted, s.Job); err != nil {
			return err
		}
	}
	options, err := clientOptions(engine.Log())
	if err != nil {
		return err
	}
	t, err := connect(ctx, options)
	if err != nil {
		return err
	}
	defer t.Close()
	m := scheduler{schedules: t.ScheduleClient(), codec: cmp.Or(options.DataConverter, converter.GetDefaultDataConverter())}
	var all []scheduleChange
	switch {
	case s.Pause || s.Resume:
		all, err = m.pause(ctx, wanted, s)
	default:
		for _, w := range warnings {
			engine.Log().WarnContext(ctx, w.text, "job", w.job, "time", w.at.UTC())
		}
		if !s.DryRun {
			if err := t.ensureAttributes(ctx, engine.Log()); err != nil {
				return err
			}
		}
		all, err = m.apply(ctx, scheduleIDs(engine), wanted, s.DryRun)
	}
	if err != nil && len(all) == 0 { // nothing is known of the schedules
		return err
	}
	return errors.Join(err, c.printSchedules(all, s.DryRun))
}

// scheduleIDs is how the ids of the schedules of a lake begin.
func scheduleIDs(engine *cli.Engine) string { return engine.LakeName() + "/job-" }

// scheduleWarning is of a time that graphlake schedule knows and Temporal leaves out.
type scheduleWarning struct {
	text, job string
	at        time.Time
}

// wantedSchedule is the schedule of a job.
type wantedSchedule struct {
	job     string
	options client.ScheduleOptions
	input   workflows.NightInput
}

// wantedSchedules are those of the jobs that have one.
func wantedSchedules(engine *cli.Engine, now time.Time) (all []wantedSchedule, warnings []scheduleWarning, err error) {
	for _, j := range engine.Jobs() {
		if j.Schedule == "" {
			continue
		}
		times, err := calendars(j.Schedule)
		if err != nil {
			return nil, nil, cli.Usage(err)
		}
		if j.Timezone == "Local" {
			return nil, nil, cli.Usage(fmt.Errorf("the job %s: the timezone Local is another one where Temporal runs: name it, as Europe/Berlin", j.Name))
		}
		at, err := skipped(j, times, now)
		if err != nil {
			return nil, nil, cli.Usage(err)
		}
		if !at.IsZero() {
			warnings = append(warnings, scheduleWarning{"clocks are put forward over a time of the job: Temporal leaves it out, and the next one reads what is due", j.Name, at})
		}
		input := nightInput(engine, j)
		all = append(all, wantedSchedule{j.Name, client.ScheduleOptions{
			ID:   scheduleIDs(engine) + j.Name,
			Spec: client.ScheduleSpec{Calendars: times, TimeZoneName: j.Timezone, Jitter: j.Jitter},
			Action: &client.ScheduleWorkflowAction{
				ID: nightID(input), Workflow: workflows.NightWorkflow, TaskQueue: workflows.Queue(input.Lake), Args: []any{input},
			},
			Overlap: enums.SCHEDULE_OVERLAP_POLICY_BUFFER_ONE, CatchupWindow: catchupWindow,
		}, input})
	}
	return all, warnings, nil
}

// only is the schedule of one job.
func only(engine *cli.Engine, all []wantedSchedule, job string) ([]wantedSchedule, error) {
	if _, err := jobOf(engine, job); err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(w wantedSchedule) bool { return w.job == job })
	if i < 0 {
		return nil, cli.Usage(fmt.Errorf("the job %s has no schedule", job))
	}
	return all[i : i+1], nil
}

// scheduleChange is what became of a schedule.
type scheduleChange struct {
	ID     string     `json:"id"`
	Job    string     `json:"job"`
	Change string     `json:"change"` // created, updated, unchanged, removed, paused, resumed
	Paused bool       `json:"paused"`
	Next   *time.Time `json:"next,omitempty"` // the next time; nil: paused, or not there
}

// scheduler changes the schedules of a namespace.
type scheduler struct {
	schedules client.ScheduleClient
	codec     converter.DataConverter
}

// apply makes the schedules whose ids begin so the wanted ones. What it has done by the first failure it gives back with it.
func (m scheduler) apply(ctx context.Context, ids string, wanted []wantedSchedule, dry bool) (all []scheduleChange, err error) {
	there, err := m.list(ctx, ids)
	if err != nil {
		return nil, err
	}
	for _, w := range wanted {
		change, err := m.put(ctx, w, dry)
		if err != nil {
			return all, fmt.Errorf("the schedule of the job %s: %w", w.job, err)
		}
		all = append(all, change)
	}
	for _, id := range there {
		if slices.ContainsFunc(wanted, func(w wantedSchedule) bool { return w.options.ID == id }) {
			continue
		}
		if !dry {
			if err := m.schedules.GetHandle(ctx, id).Delete(ctx); err != nil && !is[*serviceerror.NotFound](err) {
				return all, checked(err, "remove the schedule %s", id)
			}
		}
		all = append(all, scheduleChange{ID: id, Job: strings.TrimPrefix(id, ids), Change: "removed"})
	}
	return all, nil
}

// list are the ids that begin so.
func (m scheduler) list(ctx context.Context, ids string) (all []string, err error) {
	list, err := m.schedules.List(ctx, client.ScheduleListOptions{PageSize: 1000})
	if err != nil {
		return nil, checked(err, "list the schedules")
	}
	for list.HasNext() {
		s, err := list.Next()
		if err != nil {
			return nil, checked(err, "list the schedules")
		}
		if strings.HasPrefix(s.ID, ids) {
			all = append(all, s.ID)
		}
	}
	slices.Sort(all)
	return all, nil
}

// put creates a schedule, or makes the one that is there the wanted one.
func (m scheduler) put(ctx context.Context, w wantedSchedule, dry bool) (scheduleChange, error) {
	change := scheduleChange{ID: w.options.ID, Job: w.job, Change: "unchanged"}
	handle := m.schedules.GetHandle(ctx, w.options.ID)
	found, err := handle.Describe(ctx)
	switch {
	case is[*serviceerror.NotFound](err):
		change.Change = "created"
		if dry {
			return change, nil
		}
		_, err = m.schedules.Create(ctx, w.options)
		if err == nil {
			break
		}
		if !errors.Is(err, temporal.ErrScheduleAlreadyRunning) {
			return change, checked(err, "create it")
		}
		fallthrough // somebody else was quicker
	case err == nil && !m.isWanted(found.Schedule, w):
		change.Change = "updated"
		if dry {
			change.Paused = found.Schedule.State.Paused
			return change, nil
		}
		err := handle.Update(ctx, client.ScheduleUpdateOptions{DoUpdate: func(in client.ScheduleUpdateInput) (*client.ScheduleUpdate, error) {
			updated := in.Description.Schedule // its state stays: who has paused it had a reason
			updated.Spec, updated.Action = &w.options.Spec, w.options.Action
			updated.Policy = &client.SchedulePolicies{Overlap: w.options.Overlap, CatchupWindow: w.options.CatchupWindow}
			return &client.ScheduleUpdate{Schedule: &updated}, nil
		}})
		if err != nil {
			return change, checked(err, "update it")
		}
	case err != nil:
		return change, checked(err, "describe it")
	}
	return m.described(ctx, change)
}

// described adds to a change what the schedule is now.
func (m scheduler) described(ctx context.Context, change scheduleChange) (scheduleChange, error) {
	now, err := m.schedules.GetHandle(ctx, change.ID).Describe(ctx)
	if err != nil {
		return change, checked(err, "describe it")
	}
	change.Paused = now.Schedule.State.Paused
	if next := now.Info.NextActionTimes; len(next) > 0 && !change.Paused {
		at := next[0].UTC().Truncate(time.Second)
		change.Next = &at
	}
	return change, nil
}

// isWanted reports whether a schedule does what is wanted. One whose input another key has encrypted, or none, does not.
func (m scheduler) isWanted(s client.Schedule, w wantedSchedule) bool {
	action, ok := s.Action.(*client.ScheduleWorkflowAction)
	wanted, isWorkflow := w.options.Action.(*client.ScheduleWorkflowAction)
	if !ok || !isWorkflow || action.ID != wanted.ID || action.Workflow != wanted.Workflow || action.TaskQueue != wanted.TaskQueue || len(action.Args) != 1 {
		return false
	}
	encoded, ok := action.Args[0].(*commonpb.Payload)
	as, err := m.codec.ToPayload(w.input)
	var input workflows.NightInput
	if !ok || err != nil || !maps.EqualFunc(encoded.GetMetadata(), as.GetMetadata(), bytes.Equal) ||
		m.codec.FromPayload(encoded, &input) != nil || !reflect.DeepEqual(input, w.input) {
		return false
	}
	spec, p := s.Spec, s.Policy
	return p.Overlap == w.options.Overlap && p.CatchupWindow == w.options.CatchupWindow && !p.PauseOnFailure &&
		sameTimes(spec.Calendars, w.options.Spec.Calendars) && spec.TimeZoneName == w.options.Spec.TimeZoneName && spec.Jitter == w.options.Spec.Jitter &&
		len(spec.Intervals)+len(spec.Skip) == 0 && spec.StartAt.IsZero() && spec.EndAt.IsZero()
}

func sameTimes(a, b []client.ScheduleCalendarSpec) bool {
	return slices.EqualFunc(a, b, func(x, y client.ScheduleCalendarSpec) bool {
		return len(x.Year)+len(y.Year) == 0 && x.Comment == y.Comment &&
			slices.Equal(x.Second, y.Second) && slices.Equal(x.Minute, y.Minute) && slices.Equal(x.Hour, y.Hour) &&
			slices.Equal(x.DayOfMonth, y.DayOfMonth) && slices.Equal(x.Month, y.Month) && slices.Equal(x.DayOfWeek, y.DayOfWeek)
	})
}

// pause pauses schedules, or resumes them.
func (m scheduler) pause(ctx context.Context, wanted []wantedSchedule, s schedulesCommand) (all []scheduleChange, err error) {
	for _, w := range wanted {
		handle := m.schedules.GetHandle(ctx, w.options.ID)
		change := scheduleChange{ID: w.options.ID, Job: w.job, Change: "paused"}
		if s.Pause {
			err = handle.Pause(ctx, client.SchedulePauseOptions{Note: cmp.Or(s.Reason, "paused by graphlake-temporal")})
		} else {
			change.Change = "resumed"
			err = handle.Unpause(ctx, client.ScheduleUnpauseOptions{Note: cmp.Or(s.Reason, "resumed by graphlake-temporal")})
		}
		if is[*serviceerror.NotFound](err) {
			return all, cli.Usage(fmt.Errorf("there is no schedule of the job %s yet: make it with graphlake-temporal schedules", w.job))
		}
		if err == nil {
			change, err = m.described(ctx, change)
		}
		if err != nil {
			return all, fmt.Errorf("the schedule of the job %s: %w", w.job, checked(err, "change it"))
		}
		all = append(all, change)
	}
	return all, nil
}

// printSchedules prints what became of the schedules, or would.
func (c *command) printSchedules(all []scheduleChange, dry bool) error {
	if c.Output == "json" {
		return c.printJSON(map[string]any{"dry_run": dry, "schedules": append([]scheduleChange{}, all...)})
	}
	if len(all) == 0 {
		_, err := fmt.Fprintln(c.stdout, "no job has a schedule: give one a line as schedule: \"30 2 * * *\"")
		return err
	}
	w := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "job\tschedule\tchange\tnext")
	for _, s := range all {
		change, next := s.Change, "-"
		if dry {
			change = map[string]string{"created": "would be created", "updated": "would be updated", "removed": "would be removed"}[s.Change]
			change = cmp.Or(change, s.Change)
		}
		if s.Next != nil {
			next = shown(*s.Next)
		}
		if s.Paused {
			next = "paused"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", s.Job, s.ID, change, next)
	}
	return w.Flush()
}
