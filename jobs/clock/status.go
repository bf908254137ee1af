package clock

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"graphlake/internal/foreign"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/load/lane"
	"graphlake/schemas"
)

// Status is how far a lake reaches, and what was done to it last, by its documents alone: no partition is read.
type Status struct {
	Datasets []DatasetStatus `json:"datasets"`       // of each tenant, in the order of the selection
	Runs     []RunStatus     `json:"runs"`           // the newest first
	Next     []NextRun       `json:"next"`           // of the jobs that have times, the soonest first
	Late     []Overdue       `json:"late"`           // what of theirs is late, but for what was never tried and for tables
	Running  []Running       `json:"running"`        // whoever holds a lock of what is selected, as they say themselves
	SignIns  []SignIn        `json:"sign_ins"`       // of the tenants that are read for one person
	Errors   []string        `json:"errors"`         // objects of the lake that cannot be read; what they would say is left out
	Lane     *LaneStatus     `json:"lane,omitempty"` // the Delta tables; nil: the lake has none
}

// Running is a run that holds locks.
type Running struct {
	state.Heartbeat
	Locks []HeldLock `json:"locks"` // of what is selected
	Stale bool       `json:"stale"` // it has not said for long that it is alive: it crashed, or cannot reach the lake
}

// HeldLock names a dataset of a tenant whose lock is held.
type HeldLock struct {
	Tenant  string `json:"tenant"`
	Dataset string `json:"dataset"`
}

// On reports whether a run holds the lock of a dataset.
func (r Running) On(tenant, dataset string) bool {
	return slices.Contains(r.Locks, HeldLock{tenant, dataset})
}

// NextRun is the next time of a job, without jitter.
type NextRun struct {
	Job  string    `json:"job"`
	Time time.Time `json:"time"`
}

// DatasetStatus is what the state of a dataset of a tenant says. Times and counts of what never was
// are left out or zero.
type DatasetStatus struct {
	Tenant  string `json:"tenant"`
	Dataset string `json:"dataset"`
	// What raw holds without a gap, up to the newest. Records are all that it holds, or those of the
	// newest picture.
	From    time.Time `json:"from,omitzero"`
	Reaches time.Time `json:"reaches,omitzero"`
	Records int64     `json:"records"`
	Picture string    `json:"picture,omitempty"` // the day of the newest

	Read    time.Time     `json:"last_read,omitzero"` // what counted as now at the last reading
	Outcome state.Outcome `json:"last_outcome,omitempty"`

	Gaps       []Span         `json:"gaps"`   // up to the last midnight; a run could read them, unless they are Observed
	Observed   bool           `json:"-"`      // what it is of cannot be read later
	Losing     []Losing       `json:"losing"` // of the gaps, what Graph will forget
	Dirty      []string       `json:"dirty"`  // the days whose tables may lag raw
	Outdated   int            `json:"outdated_days"`
	NotInLane  int            `json:"not_in_lane_days"` // that are derived and that the Delta tables do not have yet; 0 where the lake has none
	Missed     []Span         `json:"missed"`           // days of which nobody took a picture or made an observation
	MissedDays int            `json:"missed_days"`
	Expired    int            `json:"expired_days"`
	NotYet     int64          `json:"not_yet"`             // records that were listed and could not be read yet
	Behind     int            `json:"behind"`              // parents or records that could not be read; they are read later from where they stand
	Who        []state.Behind `json:"who"`                 // the first of these
	NoPolicy   int            `json:"no_policy,omitempty"` // of those who are behind, organizers without an application access policy of Teams
	Gone       int            `json:"gone"`                // parents that are listed and were not found for so long that it is believed
	Lost       []state.Lost   `json:"lost"`                // what Graph has forgotten before it was read whole
	Unfinished []Span         `json:"unfinished"`          // ranges that were asked for, whose reading was interrupted
	// Removed are the days of which the tables were removed because they are older than the lake keeps, RemovedRaw those of
	// raw, and NeverRead those of which there was nothing to remove: they are as old, and nobody has read them.
	Removed    []Span `json:"removed"`
	RemovedRaw []Span `json:"removed_raw"`
	NeverRead  []Span `json:"never_read"`
	// Misfits are values that did not fit their column, by table.column, on the newest days.
	Misfits map[string]int64 `json:"misfits"`
	// New are properties that records had and nobody knows, by their paths.
	New   []schemas.Path `json:"new_properties"`
	Error string         `json:"error,omitempty"` // why nothing else is said
}

// Span is a half-open range in UTC, as JSON has it.
type Span struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// Losing is what is not held, and when Graph begins to forget it.
type Losing struct {
	Span
	Lost time.Time `json:"lost"`
}

// RunStatus is the report of a run, without its units but for how many there were and how many failed.
type RunStatus struct {
	Run     string        `json:"run"`
	Started time.Time     `json:"started"`
	Seconds float64       `json:"seconds"`
	Status  state.Outcome `json:"status"`
	Units   int           `json:"units"`
	Failed  int           `json:"failed"`
}

const (
	mostTold   = 5 // of those who are behind
	newestRuns = 5
	runDays    = 31  // that are searched for them, back from today
	lookedRuns = 100 // whose reports are read for them at most
)

// LoadStatus reads the states of what is selected, and the newest runs by the clock, and says of the jobs
// what comes next. It reads no partition and lists none, so it costs the same in a lake of any size. What is
// damaged is named, and the rest is told all the same.
func LoadStatus(ctx context.Context, store load.Store, s plan.Selection, jobs []Job, now time.Time) (Status, error) {
	status := Status{Datasets: []DatasetStatus{}, Next: NextRuns(jobs, now), Errors: []string{}}
	var errs []error
	id, there, err := lane.Read(ctx, store)
	if errs = append(errs, err); there {
		status.Lane = &LaneStatus{ID: id.ID, Layout: id.Layout, Compact: id.Compact, Tables: []LaneTable{}}
	}
	for _, t := range s.Tenants {
		for _, d := range s.Datasets {
			ds, err := loader{store, id.ID}.load(ctx, t, d, past(s, d, now))
			errs = append(errs, err)
			if _, reads := t.Reads(d); !reads { // there may be some of it from before a person signed in
				if ds.Gaps = []Span{}; err == nil && ds.Read.IsZero() {
					continue
				}
			}
			ds.Losing = losing(ds.Gaps, d.Retention, now)
			status.Datasets = append(status.Datasets, ds)
		}
	}
	status.SignIns, err = LoadSignIns(ctx, store, s.Tenants)
	errs = append(errs, err)
	late, err := Late(ctx, store, jobs, now)
	if errs = append(errs, err); late == nil {
		late = []Overdue{}
	}
	status.Late = slices.DeleteFunc(late, func(o Overdue) bool { return o.never || o.Tables }) // it is told beside the dataset
	status.Running, err = LoadRunning(ctx, store, s)
	errs = append(errs, err)
	status.Runs, err = LoadRuns(ctx, store, time.Now().UTC().Truncate(schemas.Day), nil)
	errs = append(errs, err)
	for _, err := range errs {
		if err == nil {
			continue
		}
		if said := foreign.Printable(err.Error()); !slices.Contains(status.Errors, said) {
			status.Errors = append(status.Errors, said)
		}
	}
	return status, errors.Join(errs...)
}

// past is the time of which the lake is to hold all: from what it keeps up to the last midnight.
func past(s plan.Selection, d schemas.Dataset, now time.Time) schemas.Range {
	return schemas.Range{From: s.KeepOf(d).From(load.Raw, now), To: now.UTC().Truncate(schemas.Day)}
}

// loader reads what the state of a dataset says.
type loader struct {
	store load.Store
	lane  string // its id; empty: there are no Delta tables
}

func (l loader) load(ctx context.Context, t plan.Tenant, d schemas.Dataset, past schemas.Range) (DatasetStatus, error) {
	pair := state.Pair{TenantID: t.ID, Dataset: d.Name}
	st, err := state.Load(ctx, l.store, pair)
	if err != nil {
		ds := statusOf(&state.State{}, t, d, past)
		ds.Error = foreign.Printable(err.Error())
		return ds, err
	}
	ds := statusOf(&st, t, d, past)
	if l.lane != "" {
		for _, r := range st.NotInLane(l.lane) {
			ds.NotInLane += len(r.Days())
		}
	}
	days, err := state.LoadDays(ctx, l.store, pair)
	if err != nil || len(days.Days) == 0 {
		return ds, err
	}
	var records int64
	for _, day := range days.Days {
		switch {
		case d.Mode.Pictures() && day.Date != ds.Picture, day.Outcome == string(state.Empty), day.Outcome == string(state.Expired), day.Outcome == string(state.Missed), day.Outcome == state.DayMissing, day.Outcome == state.DayRefused, day.Outcome == string(state.Off), strings.HasPrefix(day.Removed, string(load.Raw)):
		case day.Records == nil:
			return ds, nil // of a lake from before days were counted
		default:
			records += *day.Records
		}
	}
	ds.Records = records
	return ds, nil
}

// losing is what Graph still has of gaps, and will forget.
func losing(gaps []Span, retention time.Duration, now time.Time) []Losing {
	all := []Losing{}
	for _, g := range gaps {
		from := schemas.Later(g.From, now.UTC().Add(-retention).Truncate(time.Second))
		if retention > 0 && from.Before(g.To) {
			all = append(all, Losing{Span{from, g.To}, from.Add(retention)})
		}
	}
	return all
}

// LoadRunning are the runs that say that they hold a lock of some datasets. How long ago they did the clock says.
func LoadRunning(ctx context.Context, store load.Store, s plan.Selection) ([]Running, error) {
	running := []Running{}
	all, err := state.LoadHeartbeats(ctx, store)
	for _, h := range all {
		r := Running{Heartbeat: h, Stale: h.Stale(time.Now())}
		for _, t := range s.Tenants {
			for _, d := range s.Datasets {
				if _, holds := h.Holds(state.Pair{TenantID: t.ID, Dataset: d.Name}); holds {
					r.Locks = append(r.Locks, HeldLock{t.Name, d.Name})
				}
			}
		}
		if len(r.Locks) > 0 {
			running = append(running, r)
		}
	}
	return running, err
}

// NextRuns are the next times of jobs, the soonest first.
func NextRuns(jobs []Job, now time.Time) []NextRun {
	next := []NextRun{}
	for _, j := range jobs {
		if at := j.Times.Next(now); !at.IsZero() {
			next = append(next, NextRun{j.Name, at})
		}
	}
	slices.SortStableFunc(next, func(a, b NextRun) int { return a.Time.Compare(b.Time) })
	return next
}

func statusOf(s *state.State, t plan.Tenant, d schemas.Dataset, past schemas.Range) DatasetStatus {
	behind := s.Missing()
	ds := DatasetStatus{
		Tenant: t.Name, Dataset: d.Name, Behind: len(behind), Gone: len(s.Behind) - len(behind), Who: append([]state.Behind{}, behind[:min(len(behind), mostTold)]...),
		Lost: append([]state.Lost{}, s.Lost...), Gaps: []Span{}, Dirty: []string{}, Missed: []Span{}, Unfinished: []Span{}, Misfits: map[string]int64{}, New: append([]schemas.Path{}, s.New...),
		Removed: []Span{}, RemovedRaw: []Span{}, NeverRead: []Span{}, Observed: d.Mode == schemas.Observations,
	}
	for _, b := range behind {
		if b.LacksPolicy() {
			ds.NoPolicy++
		}
	}
	for _, day := range s.Misfits {
		for column, n := range day.Columns {
			ds.Misfits[column] += n
		}
	}
	if !s.Picture.IsZero() {
		ds.Picture = s.Picture.Format(time.DateOnly)
	}
	for _, c := range s.Coverage {
		ds.add(c, d.Mode.Pictures())
	}
	for _, r := range s.Unread(d, past) {
		ds.Gaps = append(ds.Gaps, Span(r))
	}
	for _, day := range slices.SortedFunc(slices.Values(s.Dirty), time.Time.Compare) {
		ds.Dirty = append(ds.Dirty, day.Format(time.DateOnly))
	}
	ds.Outdated = s.Outdated(d.Fingerprint())
	if d.Ahead > 0 { // what lies ahead may still change
		ds.Reaches = schemas.Earlier(ds.Reaches, past.To)
	}
	neverRead := s.NeverRead()
	for _, r := range neverRead {
		ds.NeverRead = append(ds.NeverRead, Span(r))
	}
	for _, r := range schemas.Subtract(s.RemovedOf(load.Tables), neverRead...) {
		ds.Removed = append(ds.Removed, Span(r))
	}
	for _, r := range schemas.Subtract(s.RemovedOf(load.Raw), neverRead...) {
		ds.RemovedRaw = append(ds.RemovedRaw, Span(r))
	}
	for _, a := range s.Asked {
		ds.Unfinished = append(ds.Unfinished, Span{a.From, a.To})
	}
	return ds
}

// add takes the next part of the coverage.
func (d *DatasetStatus) add(c state.Covered, pictures bool) {
	switch {
	case c.Outcome == state.Removed: // which is no reading
	case c.Read.After(d.Read):
		d.Read, d.Outcome = c.Read, c.Outcome
	case c.Read.Equal(d.Read) && (c.Outcome == state.Data || !(state.Covered{Outcome: d.Outcome}).Held()): // of one reading, a part with records counts
		d.Outcome = c.Outcome
	}
	d.NotYet += c.NotYet
	switch {
	case c.Held():
		if !c.From.Equal(d.Reaches) {
			d.From = c.From
		}
		d.Reaches = c.To
		if pictures {
			d.Records = 0
		}
		d.Records += c.Records
	case c.Outcome == state.Missed:
		d.Missed = append(d.Missed, Span{c.From, c.To})
		d.MissedDays += dayCount(c.From, c.To)
	case c.Outcome == state.Expired:
		d.Expired += dayCount(c.From, c.To)
	}
}

// dayCount is how many days a range touches.
func dayCount(from, to time.Time) int { return len(schemas.Range{From: from, To: to}.Days()) }

// LoadRuns reads the reports of the newest runs up to today, the newest first. With sees, it reads those only that have done nothing but for
// tenants that it sees, by their names; it does not look for them beyond the newest hundred.
func LoadRuns(ctx context.Context, store load.Store, today time.Time, sees func(tenant string) bool) ([]RunStatus, error) {
	runs := []RunStatus{}
	var errs []error
	looked := 0
	for day := range runDays {
		if len(runs) == newestRuns || looked == lookedRuns {
			break
		}
		var names []string
		for info, err := range store.List(ctx, load.ReportsOf(today.AddDate(0, 0, -day))) {
			if err != nil {
				return runs, fmt.Errorf("list the runs: %w", err)
			}
			if load.IsReport(info.Name) {
				names = append(names, info.Name)
			}
		}
		for _, name := range slices.Backward(names) { // they sort by the second
			if len(runs) == newestRuns || looked == lookedRuns {
				break
			}
			looked++
			run, tenants, err := loadRun(ctx, store, name)
			if sees != nil && (len(tenants) == 0 || slices.ContainsFunc(tenants, func(t string) bool { return !sees(t) })) {
				continue // one that is damaged is nobody's
			}
			if err != nil {
				errs = append(errs, err)
				run = RunStatus{Run: load.RunOf(name), Status: state.Damaged}
				begun, _, _ := strings.Cut(run.Run, "-")
				run.Started, _ = time.Parse("20060102T150405Z", begun)
			}
			runs = append(runs, run)
		}
	}
	slices.SortFunc(runs, func(a, b RunStatus) int { return b.Started.Compare(a.Started) })
	return runs, errors.Join(errs...)
}

// loadRun reads a report, and the names of the tenants of its units.
func loadRun(ctx context.Context, store load.Store, name string) (run RunStatus, tenants []string, err error) {
	object, err := store.Open(ctx, name)
	if err != nil {
		return run, nil, err
	}
	defer object.Close()
	var rep struct {
		Run            string
		Started, Ended time.Time
		Status         state.Outcome
		Units          []struct {
			Tenant string
			Error  *struct{}
		}
	}
	if err := json.NewDecoder(io.NewSectionReader(object, 0, object.Info().Size)).Decode(&rep); err != nil {
		return run, nil, fmt.Errorf("%s is no report of a run: %w", name, err)
	}
	run = RunStatus{Run: rep.Run, Started: rep.Started, Seconds: rep.Ended.Sub(rep.Started).Seconds(), Status: rep.Status, Units: len(rep.Units)}
	for _, u := range rep.Units {
		tenants = append(tenants, u.Tenant)
		if u.Error != nil {
			run.Failed++
		}
	}
	return run, tenants, nil
}
