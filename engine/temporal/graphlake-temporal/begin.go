package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"graphlake/engine/temporal/workflows"
	"graphlake/internal/cli"
	"graphlake/schemas"
)

type nightCommand struct {
	Job    string      `required:"" placeholder:"NAME" help:"The job of the configuration."`
	Tenant []string    `placeholder:"NAME" help:"Of these tenants only (default: all)."`
	Now    cli.Instant `placeholder:"TIME" help:"What counts as now: the present (default), or a time before it."`
	waitFlag
}

// Run begins a job at once, as its schedule would.
func (n nightCommand) Run(ctx context.Context, c *command) error {
	engine, err := cli.Configure(c.options())
	if err != nil {
		return err
	}
	j, err := jobOf(engine, n.Job)
	if err != nil {
		return err
	}
	in := nightInput(engine, j)
	in.Now = n.Now.Time
	if in.Tenants, err = known(engine, n.Tenant); err != nil {
		return err
	}
	id := nightID(in) + "/" + toMinute(time.Now())
	if n.Now.After(time.Now()) {
		return cli.Usage(fmt.Errorf("--now %v is to come: give the present or a time before it", n.Now))
	}
	if !n.Now.IsZero() {
		id = nightID(in) + "/" + toMinute(n.Now.Time)
	}
	if len(in.Tenants) > 0 {
		id += "/" + scope(in.Tenants)
	}
	return n.begin(ctx, c, engine, []order{{id: id, workflow: workflows.NightWorkflow, input: in, what: ofMany("job "+n.Job, in.Tenants)}})
}

type backfillCommand struct {
	Tenant  []string `required:"" placeholder:"NAME" help:"The tenants, each of which is a workflow of its own."`
	Dataset []string `placeholder:"NAME" help:"The datasets (default: those of all jobs)."`
	rangeFlags
	waitFlag
}

// Run begins a backfill of each tenant.
func (b backfillCommand) Run(ctx context.Context, c *command) error {
	engine, err := cli.Configure(c.options())
	if err != nil {
		return err
	}
	now := time.Now().UTC()
	span, err := b.span(now)
	if err == nil && span.From.IsZero() {
		err = cli.Usage(errors.New("which days? Give --last 30d, or --from and --to"))
	}
	if err != nil {
		return err
	}
	tenants, err := known(engine, b.Tenant)
	if err != nil {
		return err
	}
	var orders []order
	for _, t := range tenants {
		if _, err := engine.Selection(cli.EngineAsk{Tenant: t, Datasets: b.Dataset, From: span.From, To: span.To, Now: now, Yes: true}); err != nil {
			return err
		}
		in := workflows.BackfillInput{Lake: engine.LakeName(), Tenant: t, Datasets: b.Dataset, From: span.From, To: span.To}
		id := workflows.BackfillID(in)
		if len(b.Dataset) > 0 {
			id += "/" + scope(b.Dataset)
		}
		orders = append(orders, order{id: id, workflow: workflows.BackfillWorkflow, tenant: t, input: in, what: "backfill of " + t + ", " + inWords(span)})
	}
	return b.begin(ctx, c, engine, orders)
}

type replayCommand struct {
	Tenant  []string `placeholder:"NAME" help:"The tenants (default: all)."`
	Dataset []string `placeholder:"NAME" help:"The datasets (default: all that raw has)."`
	rangeFlags
	waitFlag
}

// Run begins a replay: one workflow, whose parts are spread over all workers.
func (r replayCommand) Run(ctx context.Context, c *command) error {
	engine, err := cli.Configure(c.options())
	if err != nil {
		return err
	}
	now := time.Now().UTC()
	span, err := r.span(now)
	if err != nil {
		return err
	}
	in := workflows.ReplayInput{Lake: engine.LakeName(), Datasets: r.Dataset, From: span.From, To: span.To}
	if in.Tenants, err = known(engine, r.Tenant); err != nil {
		return err
	}
	first := append(in.Tenants, engine.Tenants()[0].Name)[0] // names of datasets are the same for all
	if _, err := engine.Selection(cli.EngineAsk{Tenant: first, Datasets: r.Dataset, From: span.From, To: span.To, Now: now, Yes: true}); err != nil {
		return err
	}
	id := in.Lake + "/replay/" + inID(span) + "/" + scope(in.Tenants) + "/" + scope(in.Datasets)
	return r.begin(ctx, c, engine, []order{{id: id, workflow: workflows.ReplayWorkflow, input: in, what: ofMany("replay", in.Tenants) + ", " + inWords(span)}})
}

type onboardCommand struct {
	Tenant []string `required:"" placeholder:"NAME" help:"The new tenants, each of which is a workflow of its own. They have to be in the configuration of the workers, too."`
	rangeFlags
	waitFlag
}

// onboardDays are read of a new tenant's past, where it is not said how many: as many as Graph has of most.
const onboardDays = 30

// Run begins with new tenants.
func (o onboardCommand) Run(ctx context.Context, c *command) error {
	engine, err := cli.Configure(c.options())
	if err != nil {
		return err
	}
	now := time.Now().UTC()
	span, err := o.span(now)
	if err == nil && span.From.IsZero() {
		span, err = rangeFlags{Last: days(onboardDays * schemas.Day)}.span(now)
	}
	if err != nil {
		return err
	}
	tenants, err := known(engine, o.Tenant)
	if err != nil {
		return err
	}
	var orders []order
	for _, t := range tenants {
		if _, err := engine.Selection(cli.EngineAsk{Tenant: t, From: span.From, To: span.To, Now: now, Yes: true}); err != nil {
			return err
		}
		in := workflows.OnboardInput{Lake: engine.LakeName(), Tenant: t, From: span.From, To: span.To}
		orders = append(orders, order{id: in.Lake + "/" + t + "/onboard", workflow: workflows.OnboardWorkflow, tenant: t, input: in, what: "onboarding of " + t})
	}
	return o.begin(ctx, c, engine, orders)
}

// inWords is a range for people.
func inWords(r schemas.Range) string {
	if r.From.IsZero() {
		return "all days that raw has"
	}
	return shown(r.From) + " to " + shown(r.To)
}
