package jobs

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"graphlake/extract/graph"
	"graphlake/internal/foreign"
	"graphlake/jobs/derive"
	"graphlake/jobs/erased"
	"graphlake/jobs/exclude"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/load/lane"
	"graphlake/schemas"
)

// Report is what a run has to say, in the form that --output json prints and that the lake keeps.
type Report struct {
	Run     string        `json:"run"`            // sorts by time
	What    string        `json:"what,omitempty"` // run, replay, erase, expire, compact or vacuum; earlier versions do not say it
	Started time.Time     `json:"started"`
	Ended   time.Time     `json:"ended"`
	Status  state.Outcome `json:"status"`
	Units   []UnitReport  `json:"units"`
	Notes   []plan.Note   `json:"notes,omitempty"`
	// Removed is what was removed because it is older than the lake keeps; nil where nobody has asked for that. Of a dry run,
	// which the lake keeps no report of, it is what would be.
	Removed []Removal `json:"removed,omitzero"`
	// Vacuumed is what was removed of the lane; nil where nobody has asked for that.
	Vacuumed []Removal `json:"vacuumed,omitzero"`
	// Compacted is what was rolled to months in the lane; nil where nobody has asked for that.
	Compacted []Compaction `json:"compacted,omitzero"`
	DryRun    bool         `json:"dry_run,omitempty"`
	// Changes are the partitions that the run has changed, and MoreChanges how many more, where there are too many to name.
	Changes     []Change `json:"changes,omitempty"`
	MoreChanges int      `json:"more_changes,omitempty"`
}

func (r *Report) begin() {
	r.Started = time.Now().UTC().Truncate(time.Millisecond)
	r.Run = NewRunID(r.Started)
	r.Units = []UnitReport{}
}

// NewRunID is a new id of a run that begins, or is asked for, at an instant.
func NewRunID(at time.Time) string { return load.NewRun(at, strings.ToLower(rand.Text()[:8])) }

// keep puts the report of a run into the lake, also of one that was stopped. A lake with pseudonyms gets
// the kinds of errors alone: what they say may name whom a request was for.
func (r *Report) keep(ctx context.Context, store state.Store, p Privacy) error {
	r.Ended = time.Now().UTC().Truncate(time.Millisecond)
	kept := *r
	if len(p.Key) > 0 {
		kept.Units = slices.Clone(r.Units)
		for i, u := range kept.Units {
			if u.Error != nil {
				kept.Units[i].Error = &ErrorReport{u.Error.Kind, notKeptMessage}
			}
		}
		for _, removals := range []*[]Removal{&kept.Removed, &kept.Vacuumed} {
			*removals = slices.Clone(*removals)
			for i, one := range *removals {
				if one.Error != nil {
					(*removals)[i].Error = &ErrorReport{one.Error.Kind, notKeptMessage}
				}
			}
		}
		kept.Compacted = slices.Clone(r.Compacted)
		for i, one := range kept.Compacted {
			if one.Error != nil {
				kept.Compacted[i].Error = &ErrorReport{one.Error.Kind, notKeptMessage}
			}
		}
	}
	text, err := json.Marshal(kept)
	var list erased.List
	if err == nil {
		list, err = erased.Load(context.WithoutCancel(ctx), store)
	}
	if err == nil {
		text, err = withoutPeople(context.WithoutCancel(ctx), text, list.All())
	}
	if err == nil {
		_, err = store.Swap(context.WithoutCancel(ctx), r.object(), "", text)
	}
	if err != nil {
		return fmt.Errorf("keep the report: %w", err)
	}
	return nil
}

const notKeptMessage = "not kept in a lake with pseudonyms; the output of the run said it"

// object is where the lake keeps the report: on the day that its id says.
func (r *Report) object() string {
	day, _ := load.TimeOfRun(r.Run)
	return load.ReportObject(day, r.Run)
}

// UnitReport is what became of a unit, in numbers of this run alone. A replay's has no requests, and its records are
// those that raw holds.
type UnitReport struct {
	Tenant      string           `json:"tenant"`
	Dataset     string           `json:"dataset"`
	From        time.Time        `json:"from,omitzero"` // of an erasure none
	To          time.Time        `json:"to,omitzero"`
	Outcome     state.Outcome    `json:"outcome"`
	Records     int64            `json:"records"`             // that Graph has of the range
	Held        int64            `json:"held"`                // of these, not read again: the lake holds the listed version
	NotYet      int64            `json:"not_yet"`             // listed, but too young to be read
	Gone        int64            `json:"gone"`                // listed, but already forgotten
	NotKept     int64            `json:"not_kept,omitempty"`  // of days that the lake no longer keeps: not written
	Parents     int64            `json:"parents,omitempty"`   // whom the source was asked for
	Vanished    int64            `json:"vanished,omitempty"`  // of these, not there any more, or without what was asked for
	Behind      int64            `json:"behind,omitempty"`    // parents and records that could not be read: read later from where they stand
	Who         []state.Behind   `json:"who,omitempty"`       // the first of these
	NoPolicy    int64            `json:"no_policy,omitempty"` // of those who are behind, organizers without an application access policy of Teams
	Lost        int64            `json:"lost,omitempty"`      // parts that Graph has forgotten before they were read whole, and that are new
	Doubt       *Doubt           `json:"doubt,omitempty"`     // why nothing is concluded from what Graph gave
	Misfits     map[string]int64 `json:"misfits,omitempty"`   // values that did not fit, by table.column
	LeftOut     int64            `json:"left_out,omitempty"`  // records of people whom privacy.exclude leaves out
	Private     int64            `json:"private,omitempty"`   // records that their owners call private, if these are left out
	Quarantined int64            `json:"quarantined"`
	Quarantine  []string         `json:"quarantine,omitempty"` // the partitions where those are
	Rows        map[string]int64 `json:"rows"`
	Written     int              `json:"written"`   // partitions that changed
	Unchanged   int              `json:"unchanged"` // partitions that were the same already
	Requests    int64            `json:"requests"`
	Throttled   int64            `json:"throttled"`
	Bytes       int64            `json:"bytes"` // of the answers' JSON
	Seconds     float64          `json:"seconds"`
	Error       *ErrorReport     `json:"error,omitempty"`
	// RetryAfter is after which time Graph wants to be asked again, of an error; zero: it did not say.
	RetryAfter time.Duration `json:"-"`

	cause   cause
	started time.Time
	waited  time.Duration
	changes []Change
	derived int64 // records that tables were derived from
}

// Doubt is a number of a reading that is far below that of the one before it.
type Doubt struct {
	Of     string `json:"of"` // parents or records
	Now    int64  `json:"now"`
	Before int64  `json:"before"`
}

func (d Doubt) String() string {
	return fmt.Sprintf("Graph gave %d %s, and %d before: nothing was marked as removed for it, and it is read again; if it is right, run again with --believe", d.Now, d.Of, d.Before)
}

// mostWho are named in a report; the state has all of them.
const mostWho = 20

// farBelow reports whether a number is so much smaller than the one before that it is not believed.
func farBelow(now, before int64) bool {
	return now < before && (now == 0 || 2*now < before && before-now > 10)
}

// ErrorReport is an error in a report. Kind is for programs: that of a [graph.Error], or failed, interrupted, bad record,
// foreign table, locked or conflict; Message is for people, and a lake with pseudonyms does not keep it.
type ErrorReport struct {
	Kind    string `json:"kind"`
	Message string `json:"message"`
}

// OfSignIn reports whether it is that the person of the tenant is signed out.
func (e *ErrorReport) OfSignIn() bool { return e != nil && e.Kind == graph.SignedOut.String() }

func newUnitReport(u plan.Unit) UnitReport {
	return UnitReport{
		Tenant: u.Tenant.Name, Dataset: u.Dataset.Name, From: u.Range.From, To: u.Range.To,
		Rows: map[string]int64{}, started: time.Now(),
	}
}

// since is the report without what an earlier one of the same unit has counted of requests already.
func (u UnitReport) since(before UnitReport) UnitReport {
	u.Requests -= before.Requests
	u.Throttled -= before.Throttled
	u.Bytes -= before.Bytes
	u.waited -= before.waited
	return u
}

// conclude gives the report the outcome of the worst of its units: the order of the exit statuses.
func (r *Report) conclude() {
	r.Status = state.Data
	for _, worst := range []state.Outcome{state.Failed, state.Forbidden, state.Unavailable, state.Interrupted} {
		for _, u := range r.Units {
			if u.Outcome == worst {
				r.Status = worst
				return
			}
		}
		if slices.ContainsFunc(r.Removals(), func(one Removal) bool { return one.Outcome == worst }) ||
			slices.ContainsFunc(r.Compacted, func(one Compaction) bool { return one.Outcome == worst }) {
			r.Status = worst
			return
		}
	}
}

// TryAgain reports whether the same run may do better in a while: something could not be reached, or was locked.
func (r Report) TryAgain() bool {
	return slices.ContainsFunc(r.Units, func(u UnitReport) bool { return u.Outcome == state.Unavailable }) ||
		slices.ContainsFunc(r.Removals(), func(one Removal) bool { return one.Outcome == state.Unavailable }) ||
		slices.ContainsFunc(r.Compacted, func(one Compaction) bool { return one.Outcome == state.Unavailable })
}

// Removals are all that was removed, of the plain files and of the lane.
func (r Report) Removals() []Removal { return slices.Concat(r.Removed, r.Vacuumed) }

// Incomplete reports whether records were quarantined, parents or records not read, or lost, an answer not
// believed, or a dataset skipped or off in its tenant.
func (r Report) Incomplete() bool {
	for _, u := range r.Units {
		if u.Outcome == state.Off || u.Quarantined > 0 || u.Behind > 0 || u.Lost > 0 || u.Doubt != nil {
			return true
		}
	}
	return slices.ContainsFunc(r.Notes, func(n plan.Note) bool { return !n.Whole })
}

func (u *UnitReport) count(c load.Commit) {
	if c.Changed {
		u.Written++
	} else {
		u.Unchanged++
	}
}

// decide is the one place where an error's kind becomes an outcome.
func (u *UnitReport) decide(unit plan.Unit, err error) {
	u.decideOutcome(unit, err)
	if err != nil {
		u.cause = u.causeOf(err)
		if e, ok := errors.AsType[*graph.Error](err); ok {
			u.RetryAfter = e.RetryAfter
		}
		if unit.Tenant.Person && u.cause.cure == Consent {
			u.cause.cure = SignIn
		}
	}
}

func (u *UnitReport) decideOutcome(unit plan.Unit, err error) {
	if err == nil {
		switch {
		case unit.Expired:
			u.Outcome = state.Expired
		case u.Doubt != nil:
			u.Outcome = state.Doubted
		case u.Records == 0 && u.NotYet > 0:
			u.Outcome = state.NotYet
		case u.Records == 0:
			u.Outcome = state.Empty
		default:
			u.Outcome = state.Data
		}
		return
	}
	kind := graph.KindOf(err)
	if network, ok := errors.AsType[*url.Error](err); ok && kind == 0 && network.Op != "parse" {
		kind = graph.Unavailable // the lake's service, for Graph's own errors have a kind
	}
	u.Outcome = state.Failed
	u.Error = &ErrorReport{Kind: "failed", Message: foreign.Printable(err.Error())}
	switch {
	case errors.Is(err, context.Canceled):
		u.Outcome = state.Interrupted
		u.Error = &ErrorReport{Kind: "interrupted", Message: "the run was stopped; the same command goes on"}
	case errors.Is(err, derive.ErrTooManyBad):
		u.Error.Kind = "bad record"
	case is[lane.ForeignError](err):
		u.Outcome, u.Error.Kind = state.Forbidden, "foreign table"
	case errors.Is(err, load.ErrLocked):
		u.Outcome, u.Error.Kind = state.Unavailable, "locked"
	case errors.Is(err, load.ErrConflict), errors.Is(err, load.ErrLockLost):
		u.Outcome, u.Error.Kind = state.Unavailable, "conflict"
		u.Error.Message += "; the next run plans again from what that one has left"
	case errors.Is(err, exclude.ErrNobody):
		u.Outcome, u.Error.Kind = state.Forbidden, "nobody"
	case kind == graph.Unauthorized:
		u.Outcome, u.Error.Kind = state.Forbidden, kind.String()
		if e, ok := errors.AsType[*graph.Error](err); ok && e.Status == 403 && !e.SignIn {
			needed := fmt.Sprintf("%s needs the application permission %s, with admin consent", u.Dataset, permissions(unit.Dataset.Requirements()...))
			if x, ok := errors.AsType[*exclude.Error](err); ok {
				needed = "that needs the application permission " + permissions(x.Permissions) + ", with admin consent"
			} else if unit.Tenant.Person {
				needed = fmt.Sprintf("%s needs the delegated permission %s, which whoever is signed in consents to: name the dataset in a job, so that they are asked, and then: graphlake sign-in --tenant %s",
					u.Dataset, permissions(unit.Dataset.Requirements()...), u.Tenant)
			}
			u.Error.Message += "; " + needed
		}
	case kind == graph.NoPolicy, kind == graph.SignedOut:
		u.Outcome, u.Error.Kind = state.Forbidden, kind.String()
	case kind == graph.Off, kind == graph.NoAttribution:
		u.Outcome, u.Error.Kind = state.Off, kind.String()
	case kind == graph.Throttled || kind == graph.Unavailable || kind == graph.Incomplete:
		u.Outcome, u.Error.Kind = state.Unavailable, kind.String()
	case kind != 0:
		u.Error.Kind = kind.String()
	}
}

// permissions are what meets requirements, as "A or B, and C".
func permissions(all ...schemas.Requirement) string {
	var texts []string
	for _, r := range all {
		names := make([]string, len(r))
		for i, p := range r {
			names[i] = string(p)
		}
		texts = append(texts, strings.Join(names, " or "))
	}
	return strings.Join(texts, ", and ")
}
