package workflows_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"graphlake/engine/temporal/workflows"
)

// nights is a rig whose tenants' days are what a test says.
type nights struct {
	*rig
	asked    []workflows.Ask
	ids      []string
	day      func(ctx workflow.Context, a workflows.Ask) (workflows.TenantDayResult, error)
	tenants  []string
	concl    workflows.Concluded
	conclude []workflows.NightInput
}

func newNights(t *testing.T, tenants ...string) *nights {
	n := &nights{rig: newRig(t, workflows.DefaultPolicy()), tenants: tenants, concl: workflows.Concluded{Outcome: workflows.Done}}
	n.day = func(_ workflow.Context, a workflows.Ask) (workflows.TenantDayResult, error) {
		return dayResult(a, workflows.Done), nil
	}
	n.SetWorkflowRunTimeout(1000 * time.Hour)
	n.RegisterWorkflowWithOptions(func(ctx workflow.Context, a workflows.Ask) (workflows.TenantDayResult, error) {
		n.asked = append(n.asked, a)
		n.ids = append(n.ids, workflow.GetInfo(ctx).WorkflowExecution.ID)
		return n.day(ctx, a)
	}, workflow.RegisterOptions{Name: workflows.TenantDayWorkflow, DisableAlreadyRegisteredCheck: true})
	n.RegisterActivityWithOptions(func(_ context.Context, in workflows.NightInput) ([]string, error) {
		if in.Now.IsZero() {
			t.Error("no time is said")
		}
		if len(in.Tenants) > 0 {
			return in.Tenants, nil
		}
		return n.tenants, nil
	}, activity.RegisterOptions{Name: workflows.TenantsActivity})
	n.RegisterActivityWithOptions(func(_ context.Context, in workflows.NightInput) (workflows.Concluded, error) {
		n.mu.Lock()
		defer n.mu.Unlock()
		n.conclude = append(n.conclude, in)
		return n.concl, nil
	}, activity.RegisterOptions{Name: workflows.ConcludeActivity})
	return n
}

func dayResult(a workflows.Ask, o workflows.Outcome) workflows.TenantDayResult {
	return workflows.TenantDayResult{Tenant: a.Tenant, Outcome: o, Units: []workflows.UnitResult{
		{Tenant: a.Tenant, Dataset: "calls", Outcome: o, Records: 10, Requests: 2}, {Tenant: a.Tenant, Dataset: "users", Outcome: workflows.Done, Records: 5, Requests: 1},
	}}
}

// dayFailed is how a day fails that could do nothing.
func dayFailed(a workflows.Ask, o workflows.Outcome, kind string) error {
	res := workflows.TenantDayResult{Tenant: a.Tenant, Outcome: o, Units: []workflows.UnitResult{{Outcome: o, Kind: kind}}}
	return temporal.NewApplicationErrorWithOptions(kind, kind, temporal.ApplicationErrorOptions{NonRetryable: true, Details: []any{res}})
}

func (n *nights) night(in workflows.NightInput) (workflows.NightResult, error) {
	return result[workflows.NightResult](n.rig, workflows.NightWorkflow, in)
}

func TestNight(t *testing.T) {
	n := newNights(t, "contoso", "fabrikam", "tailspin")
	res, err := n.night(workflows.NightInput{Lake: "lake", Job: "nightly", Late: 6 * time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	if res.Outcome != workflows.Done || res.Tenants != 3 || res.Units != 6 || res.Records != 45 || res.Requests != 9 || res.Outcomes[workflows.Done] != 3 {
		t.Errorf("%+v", res)
	}
	want := workflows.Ask{Lake: "lake", Tenant: "contoso", Job: "nightly", Now: start, LateAt: start.Add(6 * time.Hour)}
	if fmt.Sprint(n.asked[0]) != fmt.Sprint(want) {
		t.Errorf("%+v, want %+v", n.asked[0], want)
	}
	if !slices.Contains(n.ids, "lake/fabrikam/nightly/2026-11-30T02:00Z") {
		t.Errorf("%q", n.ids)
	}
	if len(n.conclude) != 1 || !n.conclude[0].Now.Equal(start) {
		t.Errorf("%+v", n.conclude)
	}
	if last := n.attributes[len(n.attributes)-1]; !strings.HasSuffix(last, "GraphlakeOutcome=done") {
		t.Errorf("%q", n.attributes)
	}
}

func TestNightOutcomes(t *testing.T) {
	const done, forbidden, unavailable, incomplete = workflows.Done, workflows.Forbidden, workflows.Unavailable, workflows.Incomplete
	for _, c := range []struct {
		days      []workflows.Outcome // of contoso, fabrikam, tailspin; forbidden fails
		concluded workflows.Outcome
		want      workflows.Outcome
	}{
		{[]workflows.Outcome{done, done, done}, done, done},
		{[]workflows.Outcome{done, forbidden, done}, done, incomplete},
		{[]workflows.Outcome{unavailable, forbidden, incomplete}, done, incomplete},
		{[]workflows.Outcome{forbidden, forbidden, forbidden}, done, forbidden},
		{[]workflows.Outcome{unavailable, forbidden, unavailable}, incomplete, forbidden},
		{[]workflows.Outcome{done, done, done}, unavailable, incomplete},
		{[]workflows.Outcome{forbidden, forbidden, forbidden}, workflows.Failed, workflows.Failed},
		{[]workflows.Outcome{unavailable, unavailable, unavailable}, unavailable, unavailable},
	} {
		n := newNights(t, "contoso", "fabrikam", "tailspin")
		n.concl.Outcome = c.concluded
		n.day = func(_ workflow.Context, a workflows.Ask) (workflows.TenantDayResult, error) {
			o := c.days[slices.Index(n.tenants, a.Tenant)]
			if o == forbidden {
				return workflows.TenantDayResult{}, dayFailed(a, o, "unauthorized")
			}
			return dayResult(a, o), nil
		}
		res, err := n.night(workflows.NightInput{Lake: "lake", Job: "nightly"})
		if err != nil || res.Outcome != c.want {
			t.Errorf("%v, %s: %s, %v; want %s", c.days, c.concluded, res.Outcome, err, c.want)
		}
		counts := map[workflows.Outcome]int{}
		for _, o := range c.days {
			counts[o]++
		}
		if !maps.Equal(res.Outcomes, counts) {
			t.Errorf("%v, want %v", res.Outcomes, counts)
		}
	}
}

// A job that only removes has no tenants to read.
func TestNightThatOnlyRemoves(t *testing.T) {
	n := newNights(t)
	n.concl.Outcome = workflows.Incomplete
	res, err := n.night(workflows.NightInput{Lake: "lake", Job: "tidy"})
	if err != nil || res.Outcome != workflows.Incomplete || len(n.conclude) != 1 || len(n.asked) != 0 {
		t.Errorf("%+v, %v", res, err)
	}
}

func TestNightThatWasMissed(t *testing.T) {
	n := newNights(t, "contoso")
	planned := temporal.NewSearchAttributeKeyTime("TemporalScheduledStartTime")
	if err := n.SetTypedSearchAttributesOnStart(temporal.NewSearchAttributes(planned.ValueSet(start.Add(-13 * time.Hour)))); err != nil {
		t.Fatal(err)
	}
	if _, err := n.night(workflows.NightInput{Lake: "lake", Job: "nightly"}); err != nil {
		t.Fatal(err)
	}
	if a := n.asked[0]; !a.Back || !a.Now.Equal(start.Add(-13*time.Hour)) || n.ids[0] != "lake/contoso/nightly/2026-11-29T13:00Z" {
		t.Errorf("%+v, %s", a, n.ids[0])
	}
}

func TestNightIsAlittleLate(t *testing.T) {
	n := newNights(t, "contoso")
	planned := temporal.NewSearchAttributeKeyTime("TemporalScheduledStartTime")
	if err := n.SetTypedSearchAttributesOnStart(temporal.NewSearchAttributes(planned.ValueSet(start.Add(-time.Hour)))); err != nil {
		t.Fatal(err)
	}
	if _, err := n.night(workflows.NightInput{Lake: "lake", Job: "nightly"}); err != nil || n.asked[0].Back || !n.asked[0].Now.Equal(start.Add(-time.Hour)) {
		t.Errorf("%+v, %v", n.asked, err)
	}
}

// A night of very many tenants is split. (Its parts are stand-ins: the test suite cannot carry so many children.)
func TestNightOfManyTenants(t *testing.T) {
	var names, parts []string
	for i := range 1201 {
		names = append(names, fmt.Sprintf("t%04d", i))
	}
	n := newNights(t, names...)
	w := &workflows.Workflows{Policy: workflows.DefaultPolicy()}
	n.RegisterWorkflowWithOptions(w.Night, workflow.RegisterOptions{Name: "whole"})
	n.RegisterWorkflowWithOptions(func(ctx workflow.Context, in workflows.NightInput) (workflows.NightResult, error) {
		if len(in.Tenants) > 500 || !in.Now.Equal(start) || in.Late != time.Hour || in.Job != "nightly" {
			t.Errorf("%d tenants of %+v", len(in.Tenants), in)
		}
		parts = append(parts, in.Tenants...)
		return workflows.NightResult{Units: 2 * len(in.Tenants), Outcomes: map[workflows.Outcome]int{workflows.Done: len(in.Tenants) - 1, workflows.Forbidden: 1}}, nil
	}, workflow.RegisterOptions{Name: workflows.NightWorkflow, DisableAlreadyRegisteredCheck: true})
	res, err := result[workflows.NightResult](n.rig, "whole", workflows.NightInput{Lake: "lake", Job: "nightly", Late: time.Hour})
	if err != nil || res.Tenants != 1201 || res.Outcomes[workflows.Done] != 1198 || res.Outcomes[workflows.Forbidden] != 3 || res.Units != 2402 || res.Outcome != workflows.Incomplete {
		t.Errorf("%+v, %v", res, err)
	}
	slices.Sort(parts)
	if !slices.Equal(parts, names) || len(n.conclude) != 1 {
		t.Errorf("%d tenants, %d times concluded", len(parts), len(n.conclude))
	}
}

// A part of a night asks for no tenants and removes nothing: the whole does.
func TestPartOfNight(t *testing.T) {
	n := newNights(t, "somebody else")
	n.RegisterWorkflowWithOptions(func(ctx workflow.Context, in workflows.NightInput) (res workflows.NightResult, err error) {
		return res, workflow.ExecuteChildWorkflow(ctx, workflows.NightWorkflow, in).Get(ctx, &res)
	}, workflow.RegisterOptions{Name: "whole"})
	if _, err := result[workflows.NightResult](n.rig, "whole", workflows.NightInput{Lake: "lake", Job: "nightly", Now: start, Tenants: []string{"contoso", "fabrikam"}}); err != nil {
		t.Fatal(err)
	}
	if len(n.asked) != 2 || len(n.conclude) != 0 || n.asked[0].Tenant == "somebody else" {
		t.Errorf("%+v, %d times concluded", n.asked, len(n.conclude))
	}
}

// The day of a tenant is under way already: another night was begun by hand. (The second contoso stands for it.)
func TestNightBesideAnother(t *testing.T) {
	n := newNights(t, "contoso", "contoso")
	n.day = func(ctx workflow.Context, a workflows.Ask) (workflows.TenantDayResult, error) {
		return dayResult(a, workflows.Done), workflow.Sleep(ctx, 12*time.Minute)
	}
	res, err := n.night(workflows.NightInput{Lake: "lake", Job: "nightly"})
	if err != nil || res.Outcomes[workflows.Done] != 2 || len(n.asked) != 2 {
		t.Errorf("%+v, %v", res, err)
	}
	n = newNights(t, "contoso", "contoso")
	n.day = func(ctx workflow.Context, a workflows.Ask) (workflows.TenantDayResult, error) {
		return dayResult(a, workflows.Done), workflow.Sleep(ctx, 10*time.Hour)
	}
	res, err = n.night(workflows.NightInput{Lake: "lake", Job: "nightly"})
	if err != nil || res.Outcomes[workflows.Done] != 1 || res.Outcomes[workflows.Unavailable] != 1 || res.Outcome != workflows.Incomplete {
		t.Errorf("%+v, %v", res, err)
	}
}

func TestNightIsCancelled(t *testing.T) {
	n := newNights(t, "contoso", "fabrikam")
	var freed []time.Time
	n.day = func(ctx workflow.Context, a workflows.Ask) (workflows.TenantDayResult, error) {
		err := workflow.Sleep(ctx, 10*time.Hour)
		detached, cancel := workflow.NewDisconnectedContext(ctx)
		defer cancel()
		_ = workflow.Sleep(detached, time.Minute) // it closes
		freed = append(freed, workflow.Now(ctx))
		return dayResult(a, workflows.Done), err
	}
	n.RegisterDelayedCallback(n.CancelWorkflow, time.Hour)
	if _, err := n.night(workflows.NightInput{Lake: "lake", Job: "nightly"}); !temporal.IsCanceledError(err) {
		t.Errorf("%v", err)
	}
	if len(freed) != 2 || len(n.conclude) != 0 || n.Now().Sub(start) > time.Hour+2*time.Minute {
		t.Errorf("%v after %v", freed, n.Now().Sub(start))
	}
}

func TestNightOfNoJob(t *testing.T) {
	n := newNights(t)
	n.RegisterActivityWithOptions(func(context.Context, workflows.NightInput) ([]string, error) { return nil, failed("usage", 0, false) },
		activity.RegisterOptions{Name: workflows.TenantsActivity, DisableAlreadyRegisteredCheck: true})
	if _, err := n.night(workflows.NightInput{Lake: "lake", Job: "nightly"}); workflows.KindOf(err) != "usage" {
		t.Errorf("%v", err)
	}
}

// weeksOf makes asks of datasets, one a week.
func (n *nights) weeksOf(datasets ...[]string) {
	n.RegisterActivityWithOptions(func(_ context.Context, in workflows.BackfillInput) (all []workflows.Ask, err error) {
		for i, names := range datasets {
			from := in.From.AddDate(0, 0, 7*i)
			all = append(all, workflows.Ask{Lake: in.Lake, Tenant: in.Tenant, Datasets: names, From: from, To: from.AddDate(0, 0, 7), Now: in.Now, Backfill: true})
		}
		return all, nil
	}, activity.RegisterOptions{Name: workflows.WeeksActivity})
}

func TestBackfill(t *testing.T) {
	n := newNights(t)
	n.weeksOf([]string{"calls", "users"}, []string{"calls", "users"}, []string{"calls"})
	n.day = func(ctx workflow.Context, a workflows.Ask) (workflows.TenantDayResult, error) {
		return dayResult(a, workflows.Done), workflow.Sleep(ctx, 2*time.Hour)
	}
	in := workflows.BackfillInput{Lake: "lake", Tenant: "contoso", From: start.AddDate(0, 0, -30), To: start}
	res, err := result[workflows.BackfillResult](n.rig, workflows.BackfillWorkflow, in)
	if err != nil || res.Outcome != workflows.Done || res.Weeks != 3 || res.Units != 6 || res.Records != 45 || res.Requests != 9 {
		t.Errorf("%+v, %v", res, err)
	}
	for i, a := range n.asked { // one after the other, each by the time that it is
		// Between them a night that waits for its locks has its turn: it asks every five minutes.
		if !a.Now.Equal(start.Add(time.Duration(i)*(2*time.Hour+10*time.Minute))) || !a.Backfill || a.Job != "" || !a.From.Equal(in.From.AddDate(0, 0, 7*i)) {
			t.Errorf("%+v", a)
		}
	}
}

// Weeks that are short follow each other at once: a night has its turn once in half an hour.
func TestShortWeeks(t *testing.T) {
	n := newNights(t)
	n.weeksOf([]string{"calls"}, []string{"calls"}, []string{"calls"}, []string{"calls"})
	n.day = func(ctx workflow.Context, a workflows.Ask) (workflows.TenantDayResult, error) {
		return dayResult(a, workflows.Done), workflow.Sleep(ctx, 20*time.Minute)
	}
	in := workflows.BackfillInput{Lake: "lake", Tenant: "contoso", From: start.AddDate(0, 0, -30), To: start}
	if res, err := result[workflows.BackfillResult](n.rig, workflows.BackfillWorkflow, in); err != nil || res.Weeks != 4 {
		t.Errorf("%+v, %v", res, err)
	}
	for i, minutes := range []int{0, 20, 50, 70} {
		if !n.asked[i].Now.Equal(start.Add(time.Duration(minutes) * time.Minute)) {
			t.Errorf("week %d at %v", i, n.asked[i].Now)
		}
	}
}

func TestBackfillLeavesOutWhatIsRefused(t *testing.T) {
	n := newNights(t)
	n.weeksOf([]string{"calls", "users"}, []string{"calls"}, []string{"calls", "users"})
	n.day = func(ctx workflow.Context, a workflows.Ask) (workflows.TenantDayResult, error) {
		return dayResult(a, workflows.Forbidden), nil
	}
	in := workflows.BackfillInput{Lake: "lake", Tenant: "contoso", From: start.AddDate(0, 0, -30), To: start}
	res, err := result[workflows.BackfillResult](n.rig, workflows.BackfillWorkflow, in)
	if err != nil || res.Outcome != workflows.Forbidden || res.Weeks != 2 || len(n.asked) != 2 || !slices.Equal(n.asked[1].Datasets, []string{"users"}) {
		t.Errorf("%+v, %v: %+v", res, err, n.asked)
	}
}

// A secret that is wrong is wrong for the other weeks too; what is away now may be there for the next.
func TestBackfillOfNothing(t *testing.T) {
	for kind, want := range map[string]int{"unauthorized": 1, "unavailable": 3} {
		n := newNights(t)
		n.weeksOf([]string{"calls"}, []string{"calls"}, []string{"calls"})
		n.day = func(_ workflow.Context, a workflows.Ask) (workflows.TenantDayResult, error) {
			return workflows.TenantDayResult{}, dayFailed(a, workflows.OutcomeOf(kind), kind)
		}
		in := workflows.BackfillInput{Lake: "lake", Tenant: "contoso", From: start.AddDate(0, 0, -30), To: start}
		res, err := result[workflows.BackfillResult](n.rig, workflows.BackfillWorkflow, in)
		if err != nil || res.Outcome != workflows.OutcomeOf(kind) || len(n.asked) != want {
			t.Errorf("%s: %+v, %v after %d weeks", kind, res, err, len(n.asked))
		}
	}
}

func TestOnboard(t *testing.T) {
	n := newNights(t)
	n.weeksOf([]string{"calls"}, []string{"calls"})
	checked := workflows.Checked{Outcome: workflows.Done, Jobs: []string{"nightly", "presence"}}
	n.RegisterActivityWithOptions(func(context.Context, workflows.OnboardInput) (workflows.Checked, error) { return checked, nil },
		activity.RegisterOptions{Name: workflows.CheckActivity})
	res, err := result[workflows.OnboardResult](n.rig, workflows.OnboardWorkflow, workflows.OnboardInput{Lake: "lake", Tenant: "contoso"})
	if err != nil || res.Outcome != workflows.Done || res.Backfill.Weeks != 2 || len(res.Nights) != 2 {
		t.Errorf("%+v, %v", res, err)
	}
	midnight := start.Truncate(24 * time.Hour)
	if !n.asked[0].From.Equal(midnight.AddDate(0, 0, -30)) || n.asked[2].Job != "nightly" || n.asked[3].Job != "presence" || n.ids[2] != "lake/contoso/nightly/2026-11-30T02:00Z" {
		t.Errorf("%+v, %q", n.asked, n.ids)
	}
}

func TestOnboardOfWhoHasNoConsent(t *testing.T) {
	n := newNights(t)
	n.RegisterActivityWithOptions(func(context.Context, workflows.OnboardInput) (workflows.Checked, error) {
		return workflows.Checked{Outcome: workflows.Forbidden, Jobs: []string{"nightly"}, Needs: []string{"CallRecords.Read.All"}}, nil
	}, activity.RegisterOptions{Name: workflows.CheckActivity})
	res, err := result[workflows.OnboardResult](n.rig, workflows.OnboardWorkflow, workflows.OnboardInput{Lake: "lake", Tenant: "contoso"})
	if err != nil || res.Outcome != workflows.Forbidden || res.Backfill != nil || len(n.asked) != 0 || res.Checked.Needs[0] != "CallRecords.Read.All" {
		t.Errorf("%+v, %v", res, err)
	}
}
