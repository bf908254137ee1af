package workflows

import (
	"math"
	"slices"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// Policy says when what failed is tried again. The product's own tries, of seconds, lie within each of these.
//
// A unit that Graph throttles or that nobody answers fails as an activity, and Temporal tries it again in the same round:
// the locks stay held. What another run has locked ends the round, so that others may have the rest, and another round asks
// for these datasets only. Everything else is a result, and not tried again before the next night.
type Policy struct {
	First       time.Duration // until the second try, if Graph does not say; doubles with each
	Most        time.Duration // between two tries
	Within      time.Duration // of all tries, from the first round of a day on
	Locked      time.Duration // until what is locked is asked for again
	LockedTries int           // how often it is, while nothing else comes forward either
	Heartbeat   time.Duration // after which a worker that says nothing counts as dead
}

// DefaultPolicy is the policy of a worker. Workflows that are under way keep to the one of their worker, so another number of
// LockedTries is a change of the workflows: see versions.go.
func DefaultPolicy() Policy {
	return Policy{
		First: time.Minute, Most: time.Hour, Within: 20 * time.Hour,
		Locked: 5 * time.Minute, LockedTries: 12,
		Heartbeat: time.Minute,
	}
}

// Delay is how long a unit waits after its try of this number, from 1 on: as long as Graph has asked for, or longer each time.
func (p Policy) Delay(attempt int32, asked time.Duration) time.Duration {
	if asked > 0 {
		return asked
	}
	d := float64(p.First) * math.Pow(2, float64(max(attempt, 1)-1))
	return time.Duration(min(d, float64(max(p.First, p.Most))))
}

// Kinds of errors that are of the engine, and of no report.
const (
	KindGone    = "gone"    // the worker does not have what it is asked for: it was begun again
	KindStopped = "stopped" // the worker is being stopped, and has ended the run
	kindWorker  = "no worker"
)

// OutcomeOf is the outcome of what failed with an error of a kind, as reports have it.
func OutcomeOf(kind string) Outcome {
	switch kind {
	case "":
		return Done
	case "off", "no attribution":
		return Incomplete
	case "throttled", "unavailable", "incomplete", "locked", "conflict", "clock", "interrupted", KindStopped, kindWorker:
		return Unavailable
	case "unauthorized", "signed_out", "no access policy", "nobody", "foreign table", "forbidden":
		return Forbidden
	case "usage":
		return Usage
	default:
		return Failed
	}
}

// comesLater says that another round may have what ended with an error of this kind.
func comesLater(kind string) bool {
	return slices.Contains([]string{"locked", "conflict", "throttled", "unavailable", "incomplete", "interrupted"}, kind)
}

// Outcomes are all that there are, from the best to the worst.
func Outcomes() []Outcome { return slices.Clone(outcomes) }

var outcomes = []Outcome{Done, Incomplete, Unavailable, Forbidden, Usage, Failed}

// worse is the worse of two; what is no outcome is the worst.
func worse(a, b Outcome) Outcome {
	if badness(a) < badness(b) {
		return b
	}
	return a
}

func badness(o Outcome) int {
	if i := slices.Index(outcomes, o); i >= 0 {
		return i
	}
	return len(outcomes)
}

// ended reports whether it ended as well as Graph allows.
func (o Outcome) ended() bool { return o == Done || o == Incomplete }

// Together is the outcome of many: done if all are; incomplete if some ended well; else the worst.
func Together(all []Outcome) Outcome {
	worst, well := Done, false
	for _, o := range all {
		worst, well = worse(worst, o), well || o.ended()
	}
	if well && worst != Done {
		return Incomplete
	}
	return worst
}

// How long what no heartbeat bounds may take.
const (
	creation  = 12 * time.Hour   // until a worker has a place for a tenant
	execution = 24 * time.Hour   // of a session of Temporal's; then another begins
	oneUnit   = 6 * time.Hour    // the longest that a unit may take
	removing  = 24 * time.Hour   // of what a job removes at its end
	asking    = 10 * time.Minute // of what only reads the configuration and the state
)

// tries of an activity are bounded by time. (Not by 0: the SDK's test suite takes that for 10.)
const tries = 1 << 20

func (p Policy) heartbeat() time.Duration {
	if p.Heartbeat == 0 {
		return time.Minute
	}
	return p.Heartbeat
}

func (p Policy) session() *workflow.SessionOptions {
	return &workflow.SessionOptions{CreationTimeout: creation, ExecutionTimeout: execution, HeartbeatTimeout: p.heartbeat()}
}

func (p Policy) retries(most int32) *temporal.RetryPolicy {
	return &temporal.RetryPolicy{InitialInterval: p.First, BackoffCoefficient: 2, MaximumInterval: max(p.First, p.Most), MaximumAttempts: most}
}

// asking is for activities that read the configuration and the state, and say what is to be done.
func (p Policy) asking() workflow.ActivityOptions {
	return workflow.ActivityOptions{StartToCloseTimeout: asking, ScheduleToCloseTimeout: p.Within, RetryPolicy: p.retries(tries)}
}

// turn is how long a backfill goes on before it leaves the locks to nights that wait for them: half of what those wait.
func (p Policy) turn() time.Duration { return time.Duration(p.LockedTries) * p.Locked / 2 }

// steps is for the steps of a round. They are waited for when they are cancelled: their run must not go on while it is closed.
// What is left of the day is at least as long as one unit may take: a unit that Graph answers is not given up.
func (p Policy) steps(left time.Duration) workflow.ActivityOptions {
	return workflow.ActivityOptions{
		StartToCloseTimeout: oneUnit, ScheduleToCloseTimeout: max(left, min(oneUnit, p.Within)), HeartbeatTimeout: p.heartbeat(),
		RetryPolicy: p.retries(tries), WaitForCancellation: true,
	}
}

// holding is for the activity that goes on beside the steps: it is tried once, for what it held is gone with it.
func (p Policy) holding() workflow.ActivityOptions {
	return workflow.ActivityOptions{StartToCloseTimeout: execution, HeartbeatTimeout: p.heartbeat(), RetryPolicy: p.retries(1)}
}

// removing is for what a job removes at its end.
func (p Policy) removing() workflow.ActivityOptions {
	return workflow.ActivityOptions{StartToCloseTimeout: removing, ScheduleToCloseTimeout: removing, HeartbeatTimeout: p.heartbeat(), RetryPolicy: p.retries(int32(p.LockedTries + 1))}
}

// deriving is for a part of a replay, on any worker. How long it waits for one is not bounded: thousands may be before it.
func (p Policy) deriving(lake string) workflow.ActivityOptions {
	return workflow.ActivityOptions{TaskQueue: CPUQueue(lake), StartToCloseTimeout: oneUnit, HeartbeatTimeout: p.heartbeat(), RetryPolicy: p.retries(int32(p.LockedTries + 1))}
}
