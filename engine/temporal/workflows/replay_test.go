package workflows_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/workflow"

	"graphlake/engine/temporal/workflows"
)

// replays is a rig of tenants that have so many weeks of some datasets in raw.
func replays(t *testing.T, weeks int, datasets []string, derive func(p workflows.Part, attempt int) (workflows.UnitResult, error), tenants ...string) *nights {
	n := newNights(t, tenants...)
	n.RegisterActivityWithOptions(func(_ context.Context, in workflows.ReplayInput) (all []workflows.Part, err error) {
		if len(in.Tenants) != 1 {
			t.Errorf("parts of %q are asked for at once", in.Tenants)
		}
		for _, d := range datasets {
			if len(in.Datasets) > 0 && !slices.Contains(in.Datasets, d) {
				continue
			}
			for i := range weeks {
				from := start.Truncate(24*time.Hour).AddDate(0, 0, 7*(i-weeks))
				all = append(all, workflows.Part{Tenant: in.Tenants[0], Dataset: d, From: from, To: from.AddDate(0, 0, 7), Now: in.Now})
			}
		}
		return all, nil
	}, activity.RegisterOptions{Name: workflows.PartsActivity})
	n.RegisterActivityWithOptions(func(ctx context.Context, p workflows.Part) (workflows.UnitResult, error) {
		n.mu.Lock()
		defer n.mu.Unlock()
		info := activity.GetInfo(ctx)
		if info.TaskQueue != workflows.CPUQueue("lake") {
			t.Errorf("a part is derived by %s", info.TaskQueue)
		}
		n.note("%s %s %s", p.Tenant, p.Dataset, p.From.Format(time.DateOnly))
		if derive != nil {
			return derive(p, int(info.Attempt))
		}
		return derived(p), nil
	}, activity.RegisterOptions{Name: workflows.ReplayActivity})
	return n
}

func derived(p workflows.Part) workflows.UnitResult {
	return workflows.UnitResult{Tenant: p.Tenant, Dataset: p.Dataset, From: p.From, To: p.To, Outcome: workflows.Done, Records: 7, Written: 1}
}

func TestReplay(t *testing.T) {
	n := replays(t, 3, []string{"calls", "users"}, nil, "contoso", "fabrikam")
	res, err := result[workflows.ReplayResult](n.rig, workflows.ReplayWorkflow, workflows.ReplayInput{Lake: "lake"})
	want := workflows.ReplayResult{Outcome: workflows.Done, Parts: 12, Days: 84, Records: 84, Written: 12}
	if err != nil || res != want {
		t.Errorf("%+v, %v; want %+v", res, err, want)
	}
	for _, tenant := range []string{"contoso", "fabrikam"} {
		for _, dataset := range []string{"calls", "users"} {
			var order []string
			for _, line := range n.noted() {
				if line[:len(line)-len(" 2026-11-09")] == tenant+" "+dataset {
					order = append(order, line)
				}
			}
			if len(order) != 3 || !slices.IsSorted(order) {
				t.Errorf("%q", order)
			}
		}
	}
}

// What would be too long a history is split by dataset. (The children are stand-ins.)
func TestReplayOfVeryMuch(t *testing.T) {
	n := replays(t, 1500, []string{"calls", "users", "teams"}, nil, "contoso")
	w := &workflows.Workflows{Policy: workflows.DefaultPolicy()}
	n.RegisterWorkflowWithOptions(w.Replay, workflow.RegisterOptions{Name: "whole"})
	var ids []string
	n.RegisterWorkflowWithOptions(func(ctx workflow.Context, in workflows.ReplayInput) (workflows.ReplayResult, error) {
		ids = append(ids, fmt.Sprint(workflow.GetInfo(ctx).WorkflowExecution.ID, in.Tenants, in.Datasets))
		return workflows.ReplayResult{Outcome: workflows.Done, Parts: 1500, Days: 10500, Records: 3, Written: 2}, nil
	}, workflow.RegisterOptions{Name: workflows.ReplayWorkflow, DisableAlreadyRegisteredCheck: true})
	res, err := result[workflows.ReplayResult](n.rig, "whole", workflows.ReplayInput{Lake: "lake", Tenants: []string{"contoso"}})
	want := workflows.ReplayResult{Outcome: workflows.Done, Parts: 4500, Days: 31500, Records: 9, Written: 6}
	if err != nil || res != want {
		t.Errorf("%+v, %v", res, err)
	}
	slices.Sort(ids)
	if len(ids) != 3 || ids[0] != "default-test-workflow-id/calls[contoso] [calls]" {
		t.Errorf("%q", ids)
	}
}

// What is locked is tried again for an hour; the other datasets do not wait for it.
func TestReplayOfWhatIsLocked(t *testing.T) {
	for tries, want := range map[int]workflows.Outcome{3: workflows.Done, 99: workflows.Incomplete} {
		t.Run(fmt.Sprint(tries), func(t *testing.T) {
			n := replays(t, 2, []string{"calls", "users"}, func(p workflows.Part, attempt int) (workflows.UnitResult, error) {
				if p.Dataset == "calls" && attempt <= tries {
					return workflows.UnitResult{}, failed("locked", 5*time.Minute, true)
				}
				return derived(p), nil
			}, "contoso")
			res, err := result[workflows.ReplayResult](n.rig, workflows.ReplayWorkflow, workflows.ReplayInput{Lake: "lake", Tenants: []string{"contoso"}})
			if err != nil || res.Outcome != want {
				t.Errorf("%+v, %v", res, err)
			}
			if took := n.Now().Sub(start); tries == 99 && (took != time.Hour || res.Parts != 3) {
				t.Errorf("%+v after %v", res, took)
			}
		})
	}
}
