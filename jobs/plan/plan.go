package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"graphlake/jobs/state"
	"graphlake/schemas"
)

// Unit is what is planned, run and reported: a range of a dataset of a tenant. As JSON it is names and numbers, and can be
// read in another process than the one that planned it.
type Unit struct {
	Tenant  Tenant
	Dataset schemas.Dataset
	Range   schemas.Range
	Expired bool // Graph has forgotten the range
	// Density is how many records a day of the dataset had so far; 0 if that is not known.
	Density float64
	// Parents is for how many the source was asked last; 0 if that is not known, or if there are none.
	Parents int64
	New     time.Duration // so much of the range raw does not hold yet
}

// Pair is what the unit is of.
func (u Unit) Pair() state.Pair { return state.Pair{TenantID: u.Tenant.ID, Dataset: u.Dataset.Name} }

// Tenant is a customer's directory: its name in the configuration, and its id, which partitions carry.
type Tenant struct {
	Name, ID string
	Person   bool // a person is signed in to it: read is what is for one person
}

// Reads is a dataset as it is read of the tenant, and whether it is read at all.
func (t Tenant) Reads(d schemas.Dataset) (schemas.Dataset, bool) {
	if t.Person {
		return d.OfPerson()
	}
	return d, true
}

// Datasets are those of the datasets that are read of the tenant, as they are read.
func (t Tenant) Datasets(all []schemas.Dataset) []schemas.Dataset {
	if t.Person {
		return schemas.ForPerson(all)
	}
	return all
}

// Selection is what a run is asked for. A zero From or To is filled in by the plan.
type Selection struct {
	Tenants  []Tenant
	Datasets []schemas.Dataset
	From, To time.Time
	Gaps     bool            // without a range: what status names as not held, and nothing else
	Lookback time.Duration   // 0: each dataset's own
	Believe  bool            // take far fewer parents or records than before for all that there are
	Yes      bool            // read as much as is due, however much that is
	Keep     map[string]Keep // how long the lake keeps days, by dataset; none: for ever
	KeepRuns time.Duration   // how long it keeps the reports of runs; 0: for ever
	Expire   bool            // after it, what is older than the lake keeps is removed
	Vacuum   bool            // at the end, what no reader of the Delta tables needs any more is
	// Back says that what counts as now was set back by hand: what is later than it was not written by a
	// clock that was ahead.
	Back bool
	// Counted says that the range is whole days that were counted back from now: of the first of them what Graph has forgotten
	// since its midnight was not meant.
	Counted bool
}

// TenantIDs are the ids of the tenants.
func (s Selection) TenantIDs() (all []string) {
	for _, t := range s.Tenants {
		all = append(all, t.ID)
	}
	return all
}

// Ranged reports whether a range is asked for, and not what is due.
func (s Selection) Ranged() bool { return !s.From.IsZero() }

// Range is the range that is asked for, as far as it lies before now: what has not happened is not
// there, which is not the same as being empty.
func (s Selection) Range(now time.Time) schemas.Range { return s.upTo(now.UTC().Truncate(time.Second)) }

// RangeOf is the same of a dataset, of which what lies ahead may be known already.
func (s Selection) RangeOf(d schemas.Dataset, now time.Time) schemas.Range {
	return s.upTo(now.UTC().Truncate(time.Second).Add(d.Ahead))
}

func (s Selection) upTo(end time.Time) schemas.Range {
	r := s.Asked()
	r.To = schemas.Earlier(r.To, end)
	return r
}

// Asked is the range as it was asked for: the same command asks for the same, whenever it is given.
func (s Selection) Asked() schemas.Range { return schemas.Range{From: s.From.UTC(), To: s.To.UTC()} }

// Pairs are the datasets of tenants that are selected and read.
func (s Selection) Pairs() []state.Pair {
	var all []state.Pair
	for _, t := range s.Tenants {
		for _, d := range t.Datasets(s.Datasets) {
			all = append(all, state.Pair{TenantID: t.ID, Dataset: d.Name})
		}
	}
	return all
}

// Touches reports whether some of a UTC day lies in the range that is asked for. Without a range every day does.
func (s Selection) Touches(day, now time.Time) bool {
	r := s.Range(now)
	return !s.Ranged() || day.Before(r.To) && day.Add(schemas.Day).After(r.From)
}

// Begin notes in a state that units of its dataset are asked for, so that a run that is cut off is gone on with. The
// caller writes the state before the first unit is read.
func (s Selection) Begin(st *state.State, d schemas.Dataset, now time.Time) {
	st.Requests++
	switch {
	case d.Mode.Fleeting(), s.Gaps:
	case s.Ranged():
		st.Ask(s.Asked(), now)
	case st.Since.IsZero() || !s.Back: // a clock that was set back answers for nothing beyond its own run
		st.Since = since(st, now.UTC().Truncate(schemas.Day).Add(-s.LookbackOf(d)))
	}
}

// Check is an error if only one end of a range is given, or the range is empty or has not come.
func (s Selection) Check(now time.Time) error {
	switch {
	case s.From.IsZero() != s.To.IsZero():
		return fmt.Errorf("a range needs both ends: give from and to, or neither")
	case s.Ranged() && s.Gaps:
		return fmt.Errorf("gaps are what is not held of all that should be: ask for them or for a range, not for both")
	case !s.Ranged():
		return nil
	case !s.From.Before(s.To):
		return fmt.Errorf("the range %v is empty or backwards: from has to be before to", schemas.Range{From: s.From, To: s.To})
	}
	for _, d := range s.Datasets {
		if r := s.RangeOf(d, now); r.From.Before(r.To) {
			return nil
		}
	}
	return fmt.Errorf("the range begins on %s, which is not there yet", s.From.Format(time.DateOnly))
}

// Plan is the units of a run, and notes on what was asked for and is not among them.
type Plan struct {
	Units []Unit
	Notes []Note
	Gaps  []Gap
}

// Note says why a dataset of the selection has no unit, or not all that was asked for, or what else is to be
// known of it.
type Note struct {
	Dataset string `json:"dataset"`
	Message string `json:"message"`
	Whole   bool   `json:"whole,omitempty"` // nothing that was asked for is left out
}

// Gap is a time after one that was asked for, which raw does not hold and no run without a range reads,
// and which Graph still has.
type Gap struct {
	Tenant  string    `json:"tenant"`
	Dataset string    `json:"dataset"`
	From    time.Time `json:"from"`
	To      time.Time `json:"to"`
}

// New says what a run at the instant now has to read, given what is known of the datasets. What
// Graph is about to forget comes first, then pictures, which cannot be taken later, then the rest.
//
// Without a range, a run reads up to the last midnight what is not held, what was read before it had
// settled, and again what the lookback reaches, all of it once a day. A range is read whole, however
// often it is asked for; only a request that was interrupted goes on where it was.
func New(s Selection, known map[state.Pair]state.State, now time.Time) (Plan, error) {
	if err := s.Check(now); err != nil {
		return Plan{}, err
	}
	now = now.UTC()
	var p Plan
	for _, d := range s.Datasets {
		if d.Mode.Fleeting() && s.Ranged() && s.To.Before(now.Truncate(schemas.Day)) {
			p.note(d, "skipped: a picture of a past day cannot be taken any more")
			continue
		}
		for _, t := range s.Tenants {
			if of, ok := t.Reads(d); ok {
				p.add(s, t, of, known[state.Pair{TenantID: t.ID, Dataset: d.Name}], now)
			}
		}
	}
	p.Notes = append(p.Notes, s.notForPerson()...)
	if s.Gaps && len(p.Units) == 0 && !slices.ContainsFunc(p.Notes, func(n Note) bool { return !n.Whole }) {
		p.Notes = append(p.Notes, Note{Message: "no gaps: all that should be in the lake is in it", Whole: true})
	}
	slices.SortStableFunc(p.Units, func(a, b Unit) int { return cmp.Compare(a.urgency(now), b.urgency(now)) })
	return p, nil
}

// notForPerson say, a tenant each, what of the selection is not read because a person is signed in.
func (s Selection) notForPerson() (notes []Note) {
	for _, t := range s.Tenants {
		var names []string
		for _, d := range s.Datasets {
			if _, ok := t.Reads(d); !ok {
				names = append(names, d.Name)
			}
		}
		if len(names) > 0 {
			notes = append(notes, Note{Whole: true, Message: fmt.Sprintf("not for one person: %s; a person is signed in to %s, and these take an application",
				strings.Join(names, ", "), t.Name)})
		}
	}
	return notes
}

// urgency orders units; the lower goes first.
func (u Unit) urgency(now time.Time) int {
	switch {
	case u.Dataset.Retention > 0 && u.Range.From.Add(u.Dataset.Retention).Before(now.Add(forgetting)):
		return 0
	case u.Dataset.Mode.Fleeting():
		return 1
	}
	return 2
}

// forgetting is how long before Graph forgets a range it goes before everything else: two nights may fail.
const forgetting = 3 * schemas.Day

func (p *Plan) note(d schemas.Dataset, format string, args ...any) {
	p.Notes = append(p.Notes, Note{Dataset: d.Name, Message: fmt.Sprintf(format, args...)})
}

func (p *Plan) add(s Selection, t Tenant, d schemas.Dataset, st state.State, now time.Time) {
	u := Unit{Tenant: t, Dataset: d, Density: density(st.Coverage), Parents: st.Parents}
	if d.Mode.Pictures() && s.Back && st.Picture.After(now.Truncate(schemas.Day)) {
		p.note(d, "skipped: the newest picture of %s is of %s, later than now", t.Name, st.Picture.Format(time.DateOnly))
	}
	if !s.Ranged() && !s.Gaps {
		p.Gaps = append(p.Gaps, s.gaps(t, d, st, now)...)
	} else if !d.Mode.Fleeting() {
		if end := s.RangeOf(d, now).To; end.Before(s.To) {
			p.note(d, "read up to %s: what is asked for after it is not there yet", end.Format(time.RFC3339))
		}
		if st.Interrupted(s.Asked(), now) && len(done(&st, s.Asked(), now)) > 0 {
			a, _ := st.AskedFor(s.Asked())
			p.Notes = append(p.Notes, Note{d.Name, fmt.Sprintf("goes on with the try of %s, which was interrupted, and does not read again what that has read of %s",
				a.At.Format(time.RFC3339), t.Name), true})
		}
	}
	if s.Ranged() {
		p.noteNotKept(s, t, d, &st, now)
	}
	due := s.due(d, st, now)
	if first := (schemas.Range{From: s.From, To: horizon(d, now)}); s.Counted && d.Retention > 0 && first.From.Before(first.To) && first.To.Sub(first.From) < schemas.Day {
		due = schemas.Subtract(due, first)
		p.Notes = append(p.Notes, Note{d.Name, fmt.Sprintf("read from %s on: Graph has forgotten what was before", first.To.Format(time.RFC3339)), true})
	}
	if s.Gaps && len(due) == 0 && len(s.unread(d, &st, now)) > 0 {
		p.note(d, "skipped: what %s lacks is of past days, and an observation of those cannot be made any more", t.Name)
	}
	if n, usual := lengthOf(due), s.LookbackOf(d)+schemas.Day+d.Ahead; !s.Ranged() && !s.Gaps && !s.Yes && !st.Since.IsZero() && n > muchAtLeast && n > muchTimes*usual {
		p.note(d, "not read: %d days of %s are due, from %s on, and in an ordinary night %d; if that is right and no clock was wrong, run again with --yes",
			int(n/schemas.Day), t.Name, due[0].From.Format(time.DateOnly), int(usual/schemas.Day))
		return
	}
	for _, r := range due {
		forgotten, rest := r, r
		forgotten.To, rest.From = schemas.Earlier(r.To, horizon(d, now)), schemas.Later(r.From, horizon(d, now))
		if forgotten.From.Before(forgotten.To) {
			u.Range, u.Expired, u.New = forgotten, true, 0
			p.Units = append(p.Units, u)
		}
		for _, part := range unitRanges(d, rest) {
			u.Range, u.Expired, u.New = part, false, 0
			for _, r := range schemas.Subtract([]schemas.Range{part}, st.Coverage.Ranges(state.Covered.Held)...) {
				u.New += r.To.Sub(r.From)
			}
			p.Units = append(p.Units, u)
		}
	}
}

// More than both is not read without being asked back: somebody's clock was behind, or ahead.
const (
	muchAtLeast = 60 * schemas.Day
	muchTimes   = 10
)

func lengthOf(ranges []schemas.Range) (n time.Duration) {
	for _, r := range ranges {
		n += r.To.Sub(r.From)
	}
	return n
}

// horizon is the instant before which Graph has forgotten everything; zero if no end is known.
func horizon(d schemas.Dataset, now time.Time) time.Time {
	if d.Retention == 0 {
		return time.Time{}
	}
	return now.Add(-d.Retention).Truncate(time.Second)
}

// unitRanges cuts a range at midnights so that a unit is the longest range that one request of the
// dataset takes, but at least a day: what fails is then small, and no request is asked twice.
func unitRanges(d schemas.Dataset, r schemas.Range) []schemas.Range {
	return r.SplitDays(max(int(d.Source.Window.Step()/schemas.Day), 1))
}
