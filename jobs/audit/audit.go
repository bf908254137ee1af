package audit

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/apache/arrow-go/v18/arrow/memory"

	"graphlake/extract/graph"
	"graphlake/jobs/derive"
	"graphlake/jobs/erased"
	"graphlake/jobs/exclude"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/load/lane"
	"graphlake/schemas"
	"graphlake/transform"
	"graphlake/transform/privacy"
)

// Auditor compares a lake with what it says of itself, and, if it is given clients, with Graph. It
// takes no lock and changes nothing.
type Auditor struct {
	Store   load.Store
	Clients map[string]*graph.Client // by tenant id; nil: Graph is not asked
	Privacy privacy.Settings         // of the lake, with which Graph's answers are compared
	Exclude exclude.Settings         // who is left out of it, and so not missed
	Now     time.Time                // what counts as now
	Log     *slog.Logger
	Memory  memory.Allocator // of rows; nil is Arrow's own
	Lane    *lane.Lane       // that the lake has besides the plain files; nil: it has none
	LaneOff bool             // the configuration has it off, so that it may lack days
}

// Audit is the result of an audit. One without findings that are no warnings is clean.
type Audit struct {
	Findings []Finding   `json:"findings"` // sorted
	Notes    []plan.Note `json:"-"`        // on what was not compared
	Days     int         `json:"-"`        // that were looked at, of any of the datasets
	Datasets int         `json:"-"`        // that were audited to the end
	// Unreferenced is what lies in the lane and is no finding; nil where there is no lane.
	Unreferenced *Unreferenced `json:"unreferenced,omitempty"`
}

// Finding says that a table, a day or a range of one dataset is not as it should be.
type Finding struct {
	Kind    FindingKind    `json:"kind"`
	Tenant  string         `json:"tenant"`
	Dataset string         `json:"dataset"`
	Table   string         `json:"table"` // or raw, or quarantine; empty: the day as a whole
	Date    string         `json:"dt"`    // as 2026-11-22; empty for a file that lies in no day
	Count   int64          `json:"count"` // of what the kind says
	From    time.Time      `json:"from,omitzero"`
	To      time.Time      `json:"to,omitzero"`
	Object  string         `json:"object,omitempty"` // the file, where it is one that cannot be read
	Column  string         `json:"column,omitempty"` // whose values did not fit
	Who     []state.Behind `json:"who,omitempty"`    // who could not be read; in a lake with pseudonyms by these
	// Warning says that nothing has failed: an audit with warnings alone is clean.
	Warning bool `json:"warning,omitempty"`
}

// FindingKind says what is wrong. Each has a row with the cure in docs/runbook.md.
type FindingKind string

// The kinds, and what they count.
const (
	FoundGap        FindingKind = "gap"        // days of a time that raw does not hold; dt is the first
	FoundDirty      FindingKind = "dirty"      // 1: the day's tables may lag its raw partition
	FoundOutdated   FindingKind = "outdated"   // 1: the day's tables are by another definition
	FoundMissing    FindingKind = "missing"    // 1: the partition is not there
	FoundDuplicate  FindingKind = "duplicate"  // rows beyond the first of their key; of raw also those that lie on another day too, the last of a time
	FoundOrphan     FindingKind = "orphan"     // rows without their row in the parent table
	FoundCount      FindingKind = "count"      // records that the root table and quarantine have too many or too few
	FoundStale      FindingKind = "stale"      // 1: the partition is not what raw gives
	FoundForeign    FindingKind = "foreign"    // 1: a file among the partitions that is none
	FoundUnreadable FindingKind = "unreadable" // 1: the partition is no Parquet file of ours
	FoundBusy       FindingKind = "busy"       // days that a run is reading, or 1: the day changed whenever it was looked at
	FoundRefused    FindingKind = "refused"    // parents and records that could not be read, and are tried again
	FoundLost       FindingKind = "lost"       // days that Graph has forgotten before they were read whole, or what one parent or record had of them
	FoundMisfits    FindingKind = "misfits"    // values that did not fit their column; a warning
	FoundFuture     FindingKind = "future"     // 1: a partition of a day that has not come
	FoundLeftover   FindingKind = "leftover"   // 1: a partition of a day that was removed; an expire was broken off
	FoundUnread     FindingKind = "unread"     // records that Graph lists and raw does not hold
	FoundBehind     FindingKind = "behind"     // records that Graph lists in a higher version

	FoundLaneForeign FindingKind = "lane_foreign" // 1: a Delta table has a form that somebody else has given it
	FoundLaneMissing FindingKind = "lane_missing" // days that the tables have and the lane has not
	FoundLaneStale   FindingKind = "lane_stale"   // 1: what is live is not made of the plain file, or files
	FoundLaneExtra   FindingKind = "lane_extra"   // 1: a live file of a day that the table has not
	FoundLaneLost    FindingKind = "lane_lost"    // 1: a live file that is not in the store, or has another size
)

// Names of what is no table, in findings.
const (
	ofRaw        = "raw"
	ofQuarantine = "quarantine"
)

// looks is how often a day is looked at before it is called busy. A day that a run changes meanwhile,
// or has begun and not finished, is looked at again after all others.
const looks = 4

// Audit looks at every day of the selection that the state or a partition knows, and at the times
// between them. A dataset that was never read and never asked for has no finding. What is found also
// stands if the error is not nil, which names the datasets that could not be looked at whole.
//
// The tables of a dirty or outdated day are not compared: they will be replaced anyway. Nor are
// those of a day whose raw partition is wrong itself.
func (a *Auditor) Audit(ctx context.Context, s plan.Selection) (Audit, error) {
	if err := s.Check(a.Now); err != nil {
		return Audit{}, err
	}
	excluded, err := a.exclude(ctx, s)
	if err != nil {
		return Audit{}, err
	}
	alive, err := state.LoadHeartbeats(ctx, a.Store)
	if err != nil {
		return Audit{}, err
	}
	lake := load.New(a.Store, "").Comparing()
	result := Audit{Findings: []Finding{}}
	if a.Lane != nil {
		result.Unreferenced = &Unreferenced{}
	}
	seen := map[time.Time]bool{}
	var errs []error
	for _, d := range s.Datasets {
		there, err := a.survey(ctx, d)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		result.Findings = append(result.Findings, there.foreign(s, d, a.Now)...)
		if a.Clients != nil && d.Mode != schemas.Windowed {
			result.Notes = append(result.Notes, plan.Note{Dataset: d.Name, Message: "not compared with Graph, which does not list it by the day of its records"})
		}
		before := len(errs)
		for _, t := range s.Tenants {
			of, reads := t.Reads(d)
			if !reads { // there may be some of it from before a person signed in
				of = d
			}
			x := &audit{auditor: a, lake: lake, excluded: excluded, tenant: t, dataset: of, reads: reads, selection: s, seen: seen, misfits: map[transform.Misfit]misfits{}, doubled: map[time.Time]bool{}}
			x.reading = readingOf(alive, x.pair(), time.Now())
			if err := x.all(ctx, there.days[t.ID]); err != nil {
				errs = append(errs, fmt.Errorf("audit %s of %s: %w", d.Name, t.Name, err))
			}
			result.Findings = append(result.Findings, x.findings...)
			if result.Unreferenced != nil {
				result.Unreferenced.Files += x.unreferenced.Files
				result.Unreferenced.Bytes += x.unreferenced.Bytes
			}
		}
		if len(errs) == before {
			result.Datasets++
		}
	}
	result.Days = len(seen)
	slices.SortFunc(result.Findings, compareFindings)
	return result, errors.Join(errs...)
}

// exclude finds out who is left out, if Graph is to be asked.
func (a *Auditor) exclude(ctx context.Context, s plan.Selection) (*exclude.Excluded, error) {
	if a.Clients == nil {
		return nil, nil
	}
	list, err := erased.Load(ctx, a.Store)
	if err != nil {
		return nil, err
	}
	if len(list.Salt) == 0 { // then the lake has no mark of anybody
		list.Salt = privacy.NewSalt()
	}
	return a.Exclude.Find(ctx, a.Clients, s.TenantIDs(), list, a.Privacy), nil
}

func compareFindings(a, b Finding) int {
	return cmp.Or(cmp.Compare(a.Tenant, b.Tenant), cmp.Compare(a.Dataset, b.Dataset), cmp.Compare(a.Date, b.Date),
		cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Table, b.Table), cmp.Compare(a.Object, b.Object), a.From.Compare(b.From))
}

// Failures are the findings that are no warnings.
func (a Audit) Failures() int {
	n := 0
	for _, f := range a.Findings {
		if !f.Warning {
			n++
		}
	}
	return n
}

// audit is the audit of one dataset of a tenant.
type audit struct {
	auditor   *Auditor
	lake      *load.Lake // that cannot be changed, and under no lock
	excluded  *exclude.Excluded
	tenant    plan.Tenant
	dataset   schemas.Dataset
	reads     bool // it is read of the tenant, so what is not held is missing
	selection plan.Selection
	seen      map[time.Time]bool
	findings  []Finding
	misfits   map[transform.Misfit]misfits
	reading   []schemas.Range    // what runs were reading when the audit began
	doubled   map[time.Time]bool // days with records that lie on an earlier day too

	unreferenced Unreferenced
}

type misfits struct {
	count int64
	day   time.Time // the newest
}

// within reports whether a day is one of those that are asked for.
func (a *audit) within(day time.Time) bool { return a.selection.Touches(day, a.auditor.Now) }

func (a *audit) pair() state.Pair { return state.Pair{TenantID: a.tenant.ID, Dataset: a.dataset.Name} }

func (a *audit) day(date time.Time) derive.Day {
	return derive.Day{Lake: a.lake, Dataset: a.dataset, TenantID: a.tenant.ID, Date: date, Memory: a.auditor.Memory}
}

func (a *audit) raw(date time.Time) load.Partition { return a.day(date).Raw() }

// all looks at the gaps and at every day.
func (a *audit) all(ctx context.Context, partitions map[time.Time]bool) error {
	st, err := state.Load(ctx, a.auditor.Store, a.pair())
	if err != nil {
		return err
	}
	a.gaps(st)
	a.behind(st)
	a.lost(st)
	a.future(partitions)
	if err := a.moves(ctx, st, partitions); err != nil {
		return err
	}
	days := a.dates(st, partitions)
	for look := 1; len(days) > 0; look++ {
		var again []time.Time
		for _, date := range days {
			a.seen[date] = true
			found, reliable, err := a.look(ctx, date)
			switch {
			case err != nil:
				return fmt.Errorf("%s: %w", date.Format(time.DateOnly), err)
			case reliable || look == looks:
				a.findings = append(a.findings, found...)
			default:
				again = append(again, date)
			}
		}
		days = again
	}
	a.fits()
	return a.lane(ctx)
}

// dates are the days of the selection that have a partition, or that raw should hold.
func (a *audit) dates(st state.State, partitions map[time.Time]bool) []time.Time {
	var days []time.Time
	for day := range partitions {
		days = append(days, day)
	}
	for _, r := range st.Coverage.Ranges(state.Covered.Held) {
		days = append(days, r.Days()...)
	}
	days = append(days, st.Dirty...)
	slices.SortFunc(days, time.Time.Compare)
	days = slices.CompactFunc(days, time.Time.Equal)
	return slices.DeleteFunc(days, func(day time.Time) bool { return !a.within(day) })
}

// finding is one of this dataset, at a day.
func (a *audit) finding(kind FindingKind, table string, date time.Time, count int64) Finding {
	return Finding{Kind: kind, Tenant: a.tenant.Name, Dataset: a.dataset.Name, Table: table, Date: date.Format(time.DateOnly), Count: count}
}
