package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"graphlake/engine/temporal/workflows"
	"graphlake/internal/cli"
	"graphlake/internal/foreign"
	"graphlake/schemas"
)

// waitFlag is the flag of commands that begin a workflow.
type waitFlag struct {
	Wait bool `help:"Wait until it has ended, and end with its status. Who is interrupted stops waiting, and no more."`
}

// begun is a workflow that a command has begun.
type begun struct {
	Workflow string            `json:"workflow"` // its id, under which Temporal shows it
	Run      string            `json:"run"`
	Tenant   string            `json:"tenant,omitempty"` // empty: of several
	UnderWay bool              `json:"under_way"`        // it was already, and this is it
	Outcome  workflows.Outcome `json:"outcome,omitempty"`
	Result   json.RawMessage   `json:"result,omitempty"` // of what was waited for
	Error    string            `json:"error,omitempty"`

	what, text string // for people
	many       bool   // it is of tenants that its result counts and does not name
	namespace  string // of Temporal's
}

// order is a workflow that is to begin.
type order struct {
	id, workflow, tenant string
	input                any
	what                 string // for people: backfill of contoso
}

// nightInput is what the workflow of a job is given: its data is late from so long after its time on as the configuration says.
func nightInput(engine *cli.Engine, j cli.EngineJob) workflows.NightInput {
	return workflows.NightInput{Lake: engine.LakeName(), Job: j.Name, Late: j.Jitter + j.Late}
}

// nightID is the id of the workflow of a job; Temporal adds the planned time where a schedule begins it.
func nightID(in workflows.NightInput) string { return in.Lake + "/night/" + in.Job }

// begin begins workflows, and waits for them if that is wanted. An id that is under way is not begun again: that one is meant.
func (w waitFlag) begin(ctx context.Context, c *command, engine *cli.Engine, orders []order) error {
	options, err := clientOptions(engine.Log())
	if err != nil {
		return err
	}
	t, err := connect(ctx, options)
	if err != nil {
		return err
	}
	defer t.Close()
	var all []*begun
	for _, o := range orders {
		b, err := o.begin(ctx, t, workflows.Queue(engine.LakeName()))
		if err != nil {
			return errors.Join(fmt.Errorf("%s: %w", o.what, err), c.printBegun(all))
		}
		b.many, b.namespace = o.workflow == workflows.NightWorkflow, t.namespace
		if all = append(all, b); c.Output == "text" {
			fmt.Fprintln(c.stdout, b.beginning())
		}
	}
	t.warnOfNoWorker(ctx, workflows.Queue(engine.LakeName()), engine.Log())
	if !w.Wait {
		if c.Output == "json" {
			return c.printBegun(all)
		}
		return nil
	}
	var waiting sync.WaitGroup
	failed := make([]error, len(all))
	for i, b := range all {
		waiting.Go(func() { failed[i] = b.wait(ctx, t) })
	}
	waiting.Wait()
	if ctx.Err() != nil {
		return errors.Join(cli.StatusError{Status: cli.ExitLater, Err: errors.New("stopped waiting; what was begun goes on")}, c.printBegun(all))
	}
	return errors.Join(append(failed, c.printBegun(all), worst(all))...)
}

// begin begins a workflow, or finds the one that is under way.
func (o order) begin(ctx context.Context, c client.Client, queue string) (*begun, error) {
	b := &begun{Workflow: o.id, Tenant: o.tenant, what: o.what}
	run, err := c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID: o.id, TaskQueue: queue, WorkflowExecutionErrorWhenAlreadyStarted: true,
		WorkflowIDReusePolicy:    enums.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
		WorkflowIDConflictPolicy: enums.WORKFLOW_ID_CONFLICT_POLICY_FAIL,
	}, o.workflow, o.input)
	if there, ok := errors.AsType[*serviceerror.WorkflowExecutionAlreadyStarted](err); ok {
		b.Run, b.UnderWay = there.RunId, true
		return b, nil
	}
	if err != nil {
		return nil, checked(err, "begin it")
	}
	b.Run = run.GetRunID()
	return b, nil
}

func (b *begun) beginning() string {
	if b.UnderWay {
		return fmt.Sprintf("%s: is under way already, as %s", b.what, b.Workflow)
	}
	return fmt.Sprintf("%s: has begun, as %s", b.what, b.Workflow)
}

// wait waits until the workflow has ended. Its failure is its outcome; an error is that Temporal cannot be asked.
func (b *begun) wait(ctx context.Context, c client.Client) error {
	var result json.RawMessage
	err := c.GetWorkflow(ctx, b.Workflow, b.Run).Get(ctx, &result)
	if err == nil {
		var ended struct {
			Outcome workflows.Outcome `json:"outcome"`
		}
		if err := json.Unmarshal(result, &ended); err != nil {
			return fmt.Errorf("the result of %s: %w", b.Workflow, err)
		}
		b.Outcome, b.Result, b.text = ended.Outcome, result, counts(result)
		return nil
	}
	ended, ok := errors.AsType[*temporal.WorkflowExecutionError](err)
	if !ok {
		return checked(err, "wait for %s", b.Workflow)
	}
	if workflows.ResultOf(ended, &result) { // how far it came
		b.Result = result
	}
	b.Outcome = outcomeOf(ended)
	switch {
	case b.Outcome != "":
	case exitStatus(ended) == cli.ExitLater: // it was cancelled or terminated, or has timed out
		b.Outcome = workflows.Unavailable
	default:
		b.Outcome = workflows.Failed
	}
	b.Error = saying(ended)
	b.text = b.Error
	return nil
}

// saying is what a workflow that has failed says: a text of ours.
func saying(err error) string {
	if failed, ok := errors.AsType[*temporal.ApplicationError](err); ok {
		return foreign.Printable(failed.Message())
	}
	return kindOf(err)
}

// counts are the numbers of a result for people.
func counts(result json.RawMessage) string {
	var numbers struct {
		Tenants, Weeks, Parts, Days, Rounds, Records, Requests, Written *int64
		Units                                                           json.RawMessage
		Outcomes                                                        map[workflows.Outcome]int
		Checked                                                         struct{ Needs []string }
	}
	if json.Unmarshal(result, &numbers) != nil {
		return ""
	}
	var all []string
	add := func(n *int64, one, many string) {
		switch {
		case n == nil:
		case *n == 1:
			all = append(all, "1 "+one)
		default:
			all = append(all, fmt.Sprintf("%d %s", *n, many))
		}
	}
	add(numbers.Tenants, "tenant", "tenants")
	if len(numbers.Outcomes) > 1 {
		for _, o := range workflows.Outcomes() {
			if n := int64(numbers.Outcomes[o]); n > 0 {
				add(&n, string(o), string(o))
			}
		}
	}
	add(numbers.Weeks, "week", "weeks")
	add(numbers.Parts, "part", "parts")
	add(numbers.Days, "day", "days")
	var units int64
	if json.Unmarshal(numbers.Units, &units) == nil {
		add(&units, "unit", "units")
	}
	add(numbers.Records, "record", "records")
	add(numbers.Requests, "request", "requests")
	add(numbers.Written, "partition written", "partitions written")
	if len(numbers.Checked.Needs) > 0 {
		all = append(all, "needs "+strings.Join(numbers.Checked.Needs, ", "))
	}
	return strings.Join(all, ", ")
}

// worst is the status of all of them together.
func worst(all []*begun) error {
	var outcomes []workflows.Outcome
	for _, b := range all {
		outcomes = append(outcomes, b.Outcome)
	}
	if status := statusOf(workflows.Together(outcomes)); status != cli.ExitDone {
		return cli.StatusError{Status: status}
	}
	return nil
}

// printBegun prints what was begun and what became of it: in text only the latter, for the former was told when it was done.
func (c *command) printBegun(all []*begun) error {
	if c.Output == "json" {
		return c.printJSON(map[string]any{"workflows": append([]*begun{}, all...)})
	}
	for _, b := range all {
		if b.Outcome == "" {
			continue
		}
		outcome := string(b.Outcome) // which the text of an error may begin with, too
		if _, err := fmt.Fprintf(c.stdout, "%s: %s\n", b.what, strings.TrimSuffix(outcome+": "+strings.TrimPrefix(b.text, outcome+": "), ": ")); err != nil {
			return err
		}
		if b.many && b.Outcome != workflows.Done { // the counts name nobody
			fmt.Fprintf(c.stdout, "who: temporal workflow list --namespace %s --query 'RootWorkflowId = \"%s\" AND GraphlakeOutcome != \"done\"'; why: graphlake status, and graphlake check --tenant NAME\n", b.namespace, b.Workflow)
		}
	}
	return nil
}

// scope is what an id has of names: that they are all, or a hash of them.
func scope(names []string) string {
	if len(names) == 0 {
		return "all"
	}
	sum := sha256.Sum256([]byte(strings.Join(slices.Sorted(slices.Values(names)), "\n")))
	return hex.EncodeToString(sum[:4])
}

// inID is a range as ids have it.
func inID(r schemas.Range) string {
	if r.From.IsZero() {
		return "all"
	}
	return shown(r.From) + "_" + shown(r.To)
}

// ofMany is what an order is for, for people.
func ofMany(what string, names []string) string {
	if len(names) == 0 {
		return what + " of all tenants"
	}
	return what + " of " + strings.Join(names, ", ")
}

// toMinute is an instant as ids have it.
func toMinute(t time.Time) string { return t.UTC().Format("2006-01-02T15:04Z") }
