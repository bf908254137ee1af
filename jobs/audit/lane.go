package audit

// The lane is right if every live file of its Delta tables is the plain file of its day: its name has that file's hash, and
// the name of a month's file is made of those of its days. Of the file itself the list of the store says that it is there,
// and of the size that the log has.
//
// A run marks a day as dirty, publishes the plain file, then the lane, and then the day is clean: so a day is compared only
// if it was clean before the lane was read and after the plain files were. What differs is looked at again.

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"

	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/load/lane"
	"graphlake/schemas"
)

// Unreferenced are data files of the lane that the newest version of no table has; older ones may, until a vacuum.
type Unreferenced struct {
	Files int64 `json:"files"`
	Bytes int64 `json:"bytes"`
}

// laneLooks are taken of what differs: what a run has changed meanwhile is right by then.
const laneLooks = 2

// lane compares the Delta tables of the dataset with its plain files.
func (a *audit) lane(ctx context.Context) error {
	if a.auditor.Lane == nil {
		return nil
	}
	if err := a.laneBehind(ctx); err != nil {
		return err
	}
	look := laneLook{of: a}
	for range laneLooks {
		if err := look.all(ctx); err != nil {
			return err
		}
		if len(look.found) == 0 {
			return nil
		}
		look = laneLook{of: a, before: look.found}
	}
	for _, day := range slices.SortedFunc(maps.Keys(look.before), laneDay.compare) {
		a.addInLane(look.before[day])
	}
	return nil
}

// laneBehind finds days that are derived and not in the lane yet. Where the lane is off that is as it should be.
func (a *audit) laneBehind(ctx context.Context) error {
	if a.auditor.LaneOff {
		return nil
	}
	st, err := state.Load(ctx, a.auditor.Store, a.pair())
	if err != nil {
		return err
	}
	for _, r := range st.NotInLane(a.auditor.Lane.ID()) {
		for _, date := range r.Days() {
			if a.within(date) {
				a.addInLane(a.finding(FoundLaneMissing, "", date, 1))
			}
		}
	}
	return nil
}

// addInLane adds a finding, to the one before it where it is of the day after: a lane that was off for a year is one.
func (a *audit) addInLane(f Finding) {
	if f.Kind != FoundLaneMissing {
		a.findings = append(a.findings, f)
		return
	}
	date, err := time.Parse(time.DateOnly, f.Date)
	if err != nil {
		return
	}
	if n := len(a.findings); n > 0 {
		last := &a.findings[n-1]
		if last.Kind == f.Kind && last.Table == f.Table && last.To.Equal(date) {
			last.To, last.Count = date.Add(schemas.Day), last.Count+1
			return
		}
	}
	f.From, f.To = date, date.Add(schemas.Day)
	a.findings = append(a.findings, f)
}

// laneDay is what a finding of a look is of: a day of a table; or, without a date, the table; or a file of nobody's.
type laneDay struct {
	table string
	date  time.Time
	file  string
}

func (d laneDay) compare(o laneDay) int {
	return cmp.Or(strings.Compare(d.table, o.table), d.date.Compare(o.date), strings.Compare(d.file, o.file))
}

// laneLook is one look at the Delta tables of a dataset of a tenant.
type laneLook struct {
	of     *audit
	before map[laneDay]Finding // what is looked at once more; nil: all is looked at
	state  state.State         // before anything was read
	found  map[laneDay]Finding
}

func (x *laneLook) all(ctx context.Context) (err error) {
	x.found = map[laneDay]Finding{}
	if x.state, err = state.Load(ctx, x.of.auditor.Store, x.of.pair()); err != nil {
		return err
	}
	for _, t := range x.of.dataset.Tables {
		if !x.looksAt(t.Name) {
			continue
		}
		if err := x.table(ctx, t); err != nil {
			return fmt.Errorf("Delta table of %s: %w", t.Name, err)
		}
	}
	if len(x.found) == 0 {
		return nil
	}
	after, err := state.Load(ctx, x.of.auditor.Store, x.of.pair())
	maps.DeleteFunc(x.found, func(d laneDay, _ Finding) bool {
		return !d.date.IsZero() && x.says(&x.state, d.date) != x.says(&after, d.date)
	})
	return err
}

func (x *laneLook) looksAt(table string) bool {
	if x.before == nil {
		return true
	}
	for d := range x.before {
		if d.table == table {
			return true
		}
	}
	return false
}

func (x *laneLook) looksAtDay(table string, date time.Time) bool {
	_, again := x.before[laneDay{table: table, date: date}]
	return x.of.within(date) && (x.before == nil || again)
}

// dayState is all that a state says of a day of what is compared.
type dayState struct {
	working bool // its tables are to be made anew, or somebody is being erased from them
	removed bool // its tables are
	inLane  bool
	known   bool // whether it is in the lane
}

func (x *laneLook) says(st *state.State, date time.Time) dayState {
	in, known := x.inLane(st, date)
	return dayState{st.IsDirty(date) || slices.ContainsFunc(st.Erasing, date.Equal), st.IsRemoved(load.Tables, date), in, known}
}

// inLane reports whether a day is in the lane, and whether the state knows: of one whose raw is gone it does not.
func (x *laneLook) inLane(st *state.State, date time.Time) (in, known bool) {
	for _, d := range st.Derived {
		if (schemas.Range{From: d.From, To: d.To}).Contains(date) {
			return d.Lane == x.of.auditor.Lane.ID(), true
		}
	}
	return false, false
}

// compares reports whether the two lanes have to have the same of a day.
func (x *laneLook) compares(date time.Time) bool {
	day := x.says(&x.state, date)
	return !day.working && !day.removed && (day.inLane || !day.known && !x.of.auditor.LaneOff)
}

func (x *laneLook) find(kind FindingKind, t schemas.Table, date time.Time, object string) {
	f := x.of.finding(kind, t.Name, date, 1)
	if f.Object = object; date.IsZero() {
		f.Date = ""
	}
	x.found[laneDay{table: t.Name, date: date}] = f
}

// table compares one.
func (x *laneLook) table(ctx context.Context, t schemas.Table) error {
	l, tenant := x.of.auditor.Lane, x.of.tenant.ID
	_, err := l.Newest(ctx, t, tenant)
	if _, is := errors.AsType[lane.ForeignError](err); is {
		x.find(FoundLaneForeign, t, time.Time{}, l.Root(t, tenant))
		return nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	live, _, err := l.Live(ctx, t, tenant)
	if err != nil {
		return err
	}
	if err := x.stored(ctx, t, live); err != nil {
		return err
	}
	held := map[time.Time]bool{}
	for p, err := range x.of.lake.Partitions(ctx, load.Tables, t.Name, tenant) {
		if err != nil {
			return err
		}
		held[p.Date] = true
	}
	has := map[time.Time]bool{}
	for _, f := range live {
		for _, date := range f.Days {
			has[date] = true
		}
		if err := x.file(ctx, t, f, held); err != nil {
			return err
		}
	}
	for date := range held {
		if !has[date] && x.looksAtDay(t.Name, date) && x.compares(date) {
			x.find(FoundLaneMissing, t, date, "")
		}
	}
	return nil
}

// stored looks for the live files in the store, and counts what else lies there.
func (x *laneLook) stored(ctx context.Context, t schemas.Table, live []lane.LiveFile) error {
	there := map[string]int64{}
	for info, err := range x.of.auditor.Lane.Stored(ctx, t, x.of.tenant.ID) {
		if err != nil {
			return err
		}
		there[info.Name] = info.Size
	}
	for _, f := range live {
		size, ok := there[f.Path]
		delete(there, f.Path)
		if date := firstOf(f); (!ok || size != f.Size) && x.looksAtDay(t.Name, date) {
			x.find(FoundLaneLost, t, date, x.object(t, f))
		}
	}
	if x.before == nil {
		for _, size := range there {
			x.of.unreferenced.Files++
			x.of.unreferenced.Bytes += size
		}
	}
	return nil
}

func (x *laneLook) object(t schemas.Table, f lane.LiveFile) string {
	return x.of.auditor.Lane.Root(t, x.of.tenant.ID) + "/" + f.Path
}

// firstOf is the first day of a file; zero of one that is none of ours.
func firstOf(f lane.LiveFile) time.Time {
	if len(f.Days) == 0 {
		return time.Time{}
	}
	return f.Days[0]
}

// file compares a live file with the plain files of its days.
func (x *laneLook) file(ctx context.Context, t schemas.Table, f lane.LiveFile, held map[time.Time]bool) error {
	first := firstOf(f)
	if len(f.Days) == 0 { // somebody else has put it there, or of a month nothing is left
		date := load.Surroundings(x.object(t, f)).Date
		found := x.of.finding(FoundLaneExtra, t.Name, date, 1)
		if found.Object = x.object(t, f); date.IsZero() {
			found.Date = ""
		}
		x.found[laneDay{t.Name, date, f.Path}] = found
		return nil
	}
	if !slices.ContainsFunc(f.Days, func(date time.Time) bool { return x.looksAtDay(t.Name, date) }) {
		return nil
	}
	if _, lost := x.found[laneDay{table: t.Name, date: first}]; lost {
		return nil
	}
	switch day := x.says(&x.state, first); {
	case day.working:
		return nil
	case day.removed && !f.Rolled:
		x.find(FoundLeftover, t, first, x.object(t, f))
		return nil
	case !held[first] && !f.Rolled:
		if !day.known { // of a day that is known it is the plain file that is missing
			x.find(FoundLaneExtra, t, first, x.object(t, f))
		}
		return nil
	}
	hashes := map[time.Time]string{}
	for _, date := range f.Days {
		if !x.compares(date) || x.plainIsWrong(t, date) {
			return nil
		}
		hash, err := x.of.lake.Hash(ctx, x.of.day(date).Table(t))
		if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, load.ErrConflict) {
			return err
		}
		hashes[date] = hash
	}
	want := hashes[first]
	if f.Rolled {
		want = lane.RolledHash(hashes)
	}
	if data, _ := load.ParseDataFile(f.Path); data.Hash != want {
		x.find(FoundLaneStale, t, first, x.object(t, f))
		if f.Rolled {
			found := x.found[laneDay{table: t.Name, date: first}]
			found.From, found.To = first, f.Days[len(f.Days)-1].Add(schemas.Day)
			x.found[laneDay{table: t.Name, date: first}] = found
		}
	}
	return nil
}

// plainIsWrong reports whether something was found of the plain file of a day: then it says nothing of the lane.
func (x *laneLook) plainIsWrong(t schemas.Table, date time.Time) bool {
	wrong := []FindingKind{FoundMissing, FoundUnreadable, FoundDuplicate, FoundOrphan, FoundCount, FoundStale}
	return slices.ContainsFunc(x.of.findings, func(f Finding) bool {
		return f.Table == t.Name && f.Date == date.Format(time.DateOnly) && slices.Contains(wrong, f.Kind)
	})
}
