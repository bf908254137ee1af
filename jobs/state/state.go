package state

import (
	"slices"
	"time"

	"graphlake/load"
	"graphlake/schemas"
)

// State is what the lake knows of a dataset of a tenant besides its partitions. It lies in
// state/<tenant id>/<dataset>.json, is replaced by compare-and-swap, and stays small: what it holds
// grows with what is unfinished, not with what was read.
type State struct {
	Format int `json:"format"`
	// Since is from when on runs without a range answer for the dataset: what is not held after it
	// is read by the next of them. Zero before the first.
	Since    time.Time `json:"since,omitzero"`
	Coverage Coverage  `json:"coverage,omitempty"`
	// Cursor is where the next reading of a delta goes on, and Picture is the day of the newest
	// picture, to which it is applied; or the instant of the newest observation.
	Cursor  string    `json:"cursor,omitempty"`
	Picture time.Time `json:"picture,omitzero"`
	// Selected tells apart the properties that the delta was asked for: of more, the cursor knows nothing.
	Selected string `json:"selected,omitempty"`
	// Requests counts what was asked for; Asked are the ranges of which the last word is not spoken.
	Requests int64   `json:"requests,omitempty"`
	Asked    []Asked `json:"asked,omitempty"`
	// Observed is how many records the last observation has given.
	Observed int64 `json:"observed,omitempty"`
	// Parents is how many parents the last reading has asked for.
	Parents int64 `json:"parents,omitempty"`
	// Behind are the parents and records that could not be read, and what of them is to be read later. If
	// they are many they lie in an object of their own, which never changes and which BehindObject names.
	Behind       []Behind `json:"behind,omitempty"`
	BehindObject string   `json:"behind_object,omitempty"`
	// Remembers says that a reading has noted whom it did not find: who is not found later was found before.
	Remembers bool `json:"remembers,omitempty"`
	// Lost is what Graph has forgotten before it was read whole, until somebody accepts that; Accepted is
	// what was accepted, by whom and when.
	Lost     []Lost     `json:"lost,omitempty"`
	Accepted []Accepted `json:"accepted,omitempty"`
	// Misfits are values that did not fit their columns, by the day of their records, of the newest days.
	Misfits []DayMisfits `json:"misfits,omitempty"`
	// New are properties that records had and nobody knows.
	New []schemas.Path `json:"new_properties,omitempty"`
	// PictureHash is of the raw partition that the cursor goes on from: of another, one that was restored,
	// it knows nothing.
	PictureHash string `json:"picture_hash,omitempty"`
	// Dirty are the days whose tables may lag their raw partition, in the order in which they are to be derived.
	Dirty []time.Time `json:"dirty,omitempty"`
	// Derived says by which definition of the tables days were derived.
	Derived []Derived `json:"derived,omitempty"`
	// Erased is how many erasures all that the lake holds of the dataset has been through; Erasing are the days that were
	// rewritten for those that it has not been through yet.
	Erased  int         `json:"erased,omitempty"`
	Erasing []time.Time `json:"erasing,omitempty"`
	// RemovedTables and RemovedQuarantine are the days of which they were removed, because they are older than the lake
	// keeps. Of raw the coverage says so.
	RemovedTables     []RemovedDays `json:"removed_tables,omitempty"`
	RemovedQuarantine []RemovedDays `json:"removed_quarantine,omitempty"`
}

// Format is the version of the state's JSON. A document of another one is an error.
const Format = 1

// Asked is a range that was asked for and is not read whole yet.
type Asked struct {
	From    time.Time `json:"from"`
	To      time.Time `json:"to"`
	Request int64     `json:"request"`
	At      time.Time `json:"at,omitzero"` // when it was asked for
}

// Derived is a half-open range of days whose tables are by one definition, which the fingerprint tells.
type Derived struct {
	From        time.Time `json:"from"`
	To          time.Time `json:"to"`
	Fingerprint string    `json:"fingerprint"`
	// Lane is the id of the second lane that has the same rows of these days; empty: none has.
	Lane string `json:"lane,omitempty"`
}

// Pair names a dataset of a tenant: what has a state and a lock of its own.
type Pair struct{ TenantID, Dataset string }

// Object is where the lake keeps the state.
func (p Pair) Object() string { return load.StateObject(p.TenantID, p.Dataset) }

// Lock names the lock of the state, and of what raw and the tables hold of the dataset.
func (p Pair) Lock() string { return load.LockObject(p.TenantID, p.Dataset) }

// AskedFor finds the unfinished request for exactly a range.
func (s *State) AskedFor(r schemas.Range) (Asked, bool) {
	i := slices.IndexFunc(s.Asked, func(a Asked) bool { return a.From.Equal(r.From) && a.To.Equal(r.To) })
	if i < 0 {
		return Asked{}, false
	}
	return s.Asked[i], true
}

// Finish notes that what was asked for is not to be gone on with: it was read whole, or is to be read anew.
func (s *State) Finish(r schemas.Range) {
	if a, ok := s.AskedFor(r); ok {
		s.Asked = slices.DeleteFunc(s.Asked, a.equal)
	}
}

func (a Asked) equal(b Asked) bool { return a.Request == b.Request }

// Ask notes a range that is asked for, unless an earlier try of it was interrupted and is gone on with.
func (s *State) Ask(r schemas.Range, now time.Time) {
	if a, ok := s.AskedFor(r); ok {
		if s.Interrupted(r, now) {
			return
		}
		s.Asked = slices.DeleteFunc(s.Asked, a.equal)
	}
	s.Asked = append(s.Asked, Asked{r.From, r.To, s.Requests, now.UTC()})
	if n := len(s.Asked); n > mostAsked {
		s.Asked = s.Asked[n-mostAsked:]
	}
}

// goOn is how long after it was begun a try that was interrupted is gone on with. What was read before has
// changed since, and whoever asks for a range again wants it read.
const goOn = 24 * time.Hour

// Interrupted reports whether a try of exactly this range was interrupted and can be gone on with.
func (s *State) Interrupted(r schemas.Range, now time.Time) bool {
	a, ok := s.AskedFor(r)
	return ok && !a.At.IsZero() && !now.Before(a.At) && now.Before(a.At.Add(goOn))
}

// mostAsked requests that were interrupted are remembered: whoever never comes back is forgotten.
const mostAsked = 8

// Clone shares nothing with s.
func (s *State) Clone() State {
	c := *s
	c.Coverage, c.Asked = slices.Clone(s.Coverage), slices.Clone(s.Asked)
	c.Dirty, c.Derived, c.Behind = slices.Clone(s.Dirty), slices.Clone(s.Derived), slices.Clone(s.Behind)
	c.Lost, c.Accepted, c.Misfits, c.Erasing = slices.Clone(s.Lost), slices.Clone(s.Accepted), slices.Clone(s.Misfits), slices.Clone(s.Erasing)
	c.New = slices.Clone(s.New)
	c.RemovedTables, c.RemovedQuarantine = slices.Clone(s.RemovedTables), slices.Clone(s.RemovedQuarantine)
	return c
}

// Cover puts what was read into the coverage.
func (s *State) Cover(d schemas.Dataset, parts ...Covered) {
	if len(parts) == 0 {
		return // nor is anything known of what was read today
	}
	var today time.Time
	for _, c := range parts {
		s.Coverage = s.Coverage.With(c)
		today = schemas.Later(today, c.Read.Truncate(schemas.Day))
	}
	s.Coverage = s.Coverage.Settled(d, s.Asked, today)
}

// Miss notes the days between the newest picture or observation and a part that is read now.
func (s *State) Miss(d schemas.Dataset, now Covered) {
	now.Outcome, now.Records, now.To = Missed, 0, now.From
	now.From = s.Picture.Truncate(schemas.Day).Add(schemas.Day)
	if !s.Picture.IsZero() && now.From.Before(now.To) {
		s.Cover(d, now)
	}
}

// MarkUnsure notes that raw of some days is about to be replaced: until they are sure again, they are due,
// whatever they were before.
func (s *State) MarkUnsure(ranges ...schemas.Range) {
	s.setUnsure(true, ranges)
}

// MarkSure takes that back.
func (s *State) MarkSure(ranges ...schemas.Range) {
	s.setUnsure(false, ranges)
}

// Unsure reports whether raw of some of a range may have been replaced without the state saying so.
func (s *State) Unsure(r schemas.Range) bool {
	return slices.ContainsFunc(s.Coverage, func(c Covered) bool { return c.Unsure && c.From.Before(r.To) && r.From.Before(c.To) })
}

func (s *State) setUnsure(unsure bool, ranges []schemas.Range) {
	for _, r := range ranges {
		for _, c := range s.Coverage {
			if part := c.Range().Intersect(r); c.Held() && c.Unsure != unsure && part.From.Before(part.To) {
				c = c.cut(part)
				c.Unsure = unsure
				s.Coverage = s.Coverage.With(c)
			}
		}
	}
}

// NoteNew notes properties that records had, and forgets those that the dataset has come to know.
func (s *State) NoteNew(d schemas.Dataset, paths []schemas.Path) {
	all := append(slices.Clone(s.New), paths...)
	slices.Sort(all)
	all = slices.DeleteFunc(slices.Compact(all), d.Knows)
	s.New = all[:min(len(all), mostNew)]
}

// mostNew bounds what is remembered of what Graph may send.
const mostNew = 100

// DayMisfits are the values of a day's records that did not fit their columns, by table.column.
type DayMisfits struct {
	Day     time.Time        `json:"day"`
	Columns map[string]int64 `json:"columns"`
}

// mostMisfitDays are remembered, the newest.
const mostMisfitDays = 31

// NoteMisfits notes the misfits of a day in the place of those that it had.
func (s *State) NoteMisfits(date time.Time, columns map[string]int64) {
	s.Misfits = slices.DeleteFunc(s.Misfits, func(m DayMisfits) bool { return m.Day.Equal(date) })
	if len(columns) > 0 {
		s.Misfits = append(s.Misfits, DayMisfits{date, columns})
		slices.SortFunc(s.Misfits, func(a, b DayMisfits) int { return a.Day.Compare(b.Day) })
	}
	if n := len(s.Misfits); n > mostMisfitDays {
		s.Misfits = s.Misfits[n-mostMisfitDays:]
	}
}

// Unread are the times up to the last midnight that raw does not hold and should: between those that
// were asked for, and, from when on runs without a range answer for the dataset, up to now. A picture
// of a past day cannot be had any more; only one that failed since the newest is one to be told of. What the lake keeps
// begins with the range that ends at that midnight.
func (s *State) Unread(d schemas.Dataset, midnight schemas.Range) []schemas.Range {
	if d.Mode.Pictures() {
		return s.Coverage.Ranges(func(c Covered) bool {
			return !c.Held() && !c.past() && c.From.After(s.Picture) && midnight.Contains(c.From)
		})
	}
	asked := s.Coverage.Ranges(func(c Covered) bool { return !c.past() })
	var all schemas.Range
	if len(asked) > 0 {
		all = schemas.Range{From: asked[0].From, To: asked[len(asked)-1].To}
	}
	if !s.Since.IsZero() {
		if all.From.IsZero() || s.Since.Before(all.From) {
			all.From = s.Since
		}
		all.To = midnight.To
	}
	all.From, all.To = schemas.Later(all.From, midnight.From), schemas.Earlier(all.To, midnight.To)
	if !all.From.Before(all.To) {
		return nil
	}
	return schemas.Joined(s.Coverage.Gaps(all))
}
