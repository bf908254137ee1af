package main

import (
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"

	"graphlake/engine/temporal/payload"
	"graphlake/engine/temporal/workflows"
	"graphlake/internal/cli"
)

// engineOf is the product with a configuration.
func engineOf(t *testing.T, text string) *cli.Engine {
	t.Helper()
	e, err := cli.Configure(cli.EngineOptions{Config: write(t, text), Stderr: os.Stderr})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestWantedSchedules(t *testing.T) {
	e := engineOf(t, config)
	all, warnings, err := wantedSchedules(e, time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC))
	if err != nil || len(all) != 2 {
		t.Fatalf("%+v, %v: want those of the two jobs that have a schedule", all, err)
	}
	nightly := all[0].options
	action, ok := nightly.Action.(*client.ScheduleWorkflowAction)
	lake := e.LakeName()
	if !ok || nightly.ID != lake+"/job-nightly" || action.ID != lake+"/night/nightly" || action.Workflow != "Night" || action.TaskQueue != workflows.Queue(lake) ||
		!reflect.DeepEqual(action.Args, []any{workflows.NightInput{Lake: lake, Job: "nightly", Late: 3*time.Hour + 10*time.Minute}}) {
		t.Errorf("%+v, %+v", nightly, action)
	}
	if s := nightly.Spec; s.TimeZoneName != "Europe/Berlin" || s.Jitter != 10*time.Minute || len(s.Calendars) != 1 ||
		nightly.Overlap != enums.SCHEDULE_OVERLAP_POLICY_BUFFER_ONE || nightly.CatchupWindow != 24*time.Hour {
		t.Errorf("%+v", nightly)
	}
	if len(warnings) != 1 || warnings[0].job != "nightly" || warnings[0].at.UTC().Format(time.DateOnly) != "2027-03-28" {
		t.Errorf("%+v", warnings)
	}
	if _, _, err := wantedSchedules(engineOf(t, strings.Replace(config, "Europe/Berlin", "Local", 1)), time.Now()); exitStatus(err) != cli.ExitUsage {
		t.Errorf("the zone of this machine: %v", err)
	}
}

// found is a schedule as Temporal gives it back.
func found(t *testing.T, c converter.DataConverter, w wantedSchedule) client.Schedule {
	t.Helper()
	action, ok := w.options.Action.(*client.ScheduleWorkflowAction)
	if !ok {
		t.Fatalf("%T", w.options.Action)
	}
	input, err := c.ToPayload(w.input)
	if err != nil {
		t.Fatal(err)
	}
	spec := w.options.Spec
	spec.Calendars = slices.Clone(spec.Calendars)
	return client.Schedule{
		Spec: &spec, Policy: &client.SchedulePolicies{Overlap: w.options.Overlap, CatchupWindow: w.options.CatchupWindow}, State: &client.ScheduleState{Paused: true},
		Action: &client.ScheduleWorkflowAction{ID: action.ID, Workflow: action.Workflow, TaskQueue: action.TaskQueue, Args: []any{input}},
	}
}

// A schedule is left alone that does what it is to, whether it is paused or not, and no other.
func TestIsWanted(t *testing.T) {
	all, _, err := wantedSchedules(engineOf(t, config), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	w, plain := all[0], converter.GetDefaultDataConverter()
	is := func(s client.Schedule, c converter.DataConverter) bool { return scheduler{codec: c}.isWanted(s, w) }
	if !is(found(t, plain, w), plain) {
		t.Error("a schedule that was just made is not as it was wanted")
	}
	for what, change := range map[string]func(s *client.Schedule, a *client.ScheduleWorkflowAction){
		"zone":   func(s *client.Schedule, _ *client.ScheduleWorkflowAction) { s.Spec.TimeZoneName = "" },
		"jitter": func(s *client.Schedule, _ *client.ScheduleWorkflowAction) { s.Spec.Jitter++ },
		"times":  func(s *client.Schedule, _ *client.ScheduleWorkflowAction) { s.Spec.Calendars[0].Hour = nil },
		"more times": func(s *client.Schedule, _ *client.ScheduleWorkflowAction) {
			s.Spec.Calendars = append(s.Spec.Calendars, s.Spec.Calendars[0])
		},
		"intervals": func(s *client.Schedule, _ *client.ScheduleWorkflowAction) {
			s.Spec.Intervals = []client.ScheduleIntervalSpec{{Every: 1}}
		},
		"start": func(s *client.Schedule, _ *client.ScheduleWorkflowAction) { s.Spec.StartAt = time.Now() },
		"overlap": func(s *client.Schedule, _ *client.ScheduleWorkflowAction) {
			s.Policy.Overlap = enums.SCHEDULE_OVERLAP_POLICY_ALLOW_ALL
		},
		"catchup":          func(s *client.Schedule, _ *client.ScheduleWorkflowAction) { s.Policy.CatchupWindow = 0 },
		"pause on failure": func(s *client.Schedule, _ *client.ScheduleWorkflowAction) { s.Policy.PauseOnFailure = true },
		"workflow":         func(_ *client.Schedule, a *client.ScheduleWorkflowAction) { a.Workflow = "Other" },
		"queue":            func(_ *client.Schedule, a *client.ScheduleWorkflowAction) { a.TaskQueue = "other" },
		"id":               func(_ *client.Schedule, a *client.ScheduleWorkflowAction) { a.ID = "other" },
		"no input":         func(_ *client.Schedule, a *client.ScheduleWorkflowAction) { a.Args = nil },
		"other input": func(_ *client.Schedule, a *client.ScheduleWorkflowAction) {
			p, err := plain.ToPayload(workflows.NightInput{Job: "other"})
			if err != nil {
				t.Fatal(err)
			}
			a.Args = []any{p}
		},
	} {
		s := found(t, plain, w)
		action, ok := s.Action.(*client.ScheduleWorkflowAction)
		if !ok {
			t.Fatal("no action")
		}
		if change(&s, action); is(s, plain) {
			t.Errorf("a schedule with another %s is as it was wanted", what)
		}
	}
}

// Who turns encryption on, or changes the key, has all schedules written anew, so that the old key may go.
func TestSchedulesOfOldKeys(t *testing.T) {
	all, _, err := wantedSchedules(engineOf(t, config), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	key := func(letter string) string { return strings.Repeat(letter, 42) + "A=" }
	with := func(key string, old ...string) converter.DataConverter {
		var o client.Options
		if err := payload.Options(key, old, &o); err != nil {
			t.Fatal(err)
		}
		return o.DataConverter
	}
	for _, c := range []struct {
		name              string
		wrote, reads      converter.DataConverter
		wanted, encrypted bool
	}{
		{"no key", with(""), with(""), true, false},
		{"the same key", with(key("k")), with(key("k")), true, true},
		{"a key since", with(""), with(key("k")), false, false},
		{"a new key beside the old one", with(key("k")), with(key("n"), key("k")), false, true},
		{"a new key alone", with(key("k")), with(key("n")), false, true},
		{"no key any more", with(key("k")), with(""), false, true},
	} {
		s := found(t, c.wrote, all[0])
		if got := (scheduler{codec: c.reads}).isWanted(s, all[0]); got != c.wanted {
			t.Errorf("%s: wanted %v, want %v", c.name, got, c.wanted)
		}
		action, ok := s.Action.(*client.ScheduleWorkflowAction)
		if !ok {
			t.Fatal("no action")
		}
		if p, ok := action.Args[0].(*commonpb.Payload); !ok || strings.Contains(string(p.Data), "nightly") == c.encrypted {
			t.Errorf("%s: encrypted %v", c.name, !c.encrypted)
		}
	}
}
