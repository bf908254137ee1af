package state

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"time"

	"graphlake/load"
	"graphlake/schemas"
)

// Day is what is known of a day of a dataset of a tenant, for readers of the lake: a row of the view coverage.
type Day struct {
	TenantID string    `json:"tenant_id"`
	Dataset  string    `json:"dataset"`
	Date     string    `json:"dt"`
	Outcome  string    `json:"outcome"`           // data, empty, partial, refused, off, missing, late, missed, expired or removed
	Records  *int64    `json:"records,omitempty"` // that raw holds, counted when it was published; absent if nobody has
	Read     time.Time `json:"read_time,omitzero"`
	// Rows are those that each table has of the day, counted when it was derived; absent if nobody has.
	Rows    map[string]int64 `json:"rows,omitempty"`
	Removed string           `json:"removed,omitempty"` // what was removed because it is older than the lake keeps: raw, tables, or both
}

// Incomplete is a parent or record that is behind: a row of the view incomplete.
type Incomplete struct {
	TenantID string    `json:"tenant_id"`
	Dataset  string    `json:"dataset"`
	Kind     string    `json:"kind"` // parent or record
	ID       string    `json:"id"`   // as the tables have it
	From     time.Time `json:"from_time"`
	To       time.Time `json:"to_time"`
	Since    time.Time `json:"since_time,omitzero"`
	Reason   string    `json:"reason"`
}

// Days is the document from which the views coverage and incomplete are made. It is made of the state at the end of
// each run, with the rows of raw that were counted when they were published.
type Days struct {
	Days       []Day        `json:"days"`
	Incomplete []Incomplete `json:"incomplete"`
}

// Days is where the lake keeps the document of days: readers of the lake see it, and nothing of ours but the
// counts of records depends on it.
func (p Pair) Days() string {
	return load.DaysObject(p.TenantID, p.Dataset)
}

// LoadDays reads the document of a dataset; one that is not there is empty.
func LoadDays(ctx context.Context, store load.Store, p Pair) (Days, error) {
	d, _, err := loadDays(ctx, store, p)
	return d, err
}

func loadDays(ctx context.Context, store load.Store, p Pair) (d Days, v load.Version, err error) {
	text, v, err := load.ReadObject(ctx, store, p.Days())
	if errors.Is(err, fs.ErrNotExist) {
		return d, "", nil
	}
	if err != nil {
		return d, "", err
	}
	if json.Unmarshal(text, &d) != nil {
		d = Days{} // it is made anew
	}
	return d, v, nil
}

// Counted is how many rows raw and tables hold of days.
type Counted struct {
	Raw    map[time.Time]int64
	Tables map[time.Time]map[string]int64 // by table
}

// KeepDays makes the document of days anew, if it says anything else, and gives it as it was before. Counted is of the days that
// were published and derived since the document was opened. Whoever has lost the lock leaves the document to its new holder.
func (d *Document) KeepDays(ctx context.Context, of schemas.Dataset, counted Counted, now time.Time) (before Days, err error) {
	if d.IsLost() {
		return before, nil
	}
	ctx = context.WithoutCancel(ctx)
	old, version, err := loadDays(ctx, d.store, d.pair)
	if err != nil {
		return before, err
	}
	st := d.View()
	next := st.DaysAfter(d.pair, of, old.counting(counted), now)
	text, err := json.Marshal(next)
	if err != nil {
		return old, err
	}
	if same, err := json.Marshal(old); err == nil && version != "" && bytes.Equal(same, text) {
		return old, nil
	}
	if _, err := d.store.Swap(ctx, d.pair.Days(), version, text); err != nil {
		return old, fmt.Errorf("%s: %w", d.pair.Days(), err)
	}
	return old, nil
}

// counting is the document with other numbers of some days.
func (d Days) counting(c Counted) Days {
	d.Days = slices.Clone(d.Days)
	at := map[string]int{}
	for i, day := range d.Days {
		at[day.Date] = i
	}
	of := func(date time.Time) *Day {
		text := date.Format(time.DateOnly)
		i, ok := at[text]
		if !ok {
			i = len(d.Days)
			at[text], d.Days = i, append(d.Days, Day{Date: text})
		}
		return &d.Days[i]
	}
	for date, n := range c.Raw {
		of(date).Records = &n
	}
	for date, rows := range c.Tables {
		day := of(date)
		all := maps.Clone(day.Rows)
		if all == nil {
			all = map[string]int64{}
		}
		maps.Copy(all, rows)
		day.Rows = all
	}
	return d
}

// DaysAfter is what is to be said of each day at an instant, from the first that is known to the last midnight, or beyond
// it as far as was read ahead. Before is what was said last: of that, the numbers of records stand, which the state does not
// know, and what can be said of days no longer.
func (s *State) DaysAfter(p Pair, of schemas.Dataset, before Days, now time.Time) Days {
	known, outcomes := map[string]Day{}, map[string]string{}
	for _, day := range before.Days {
		known[day.Date], outcomes[day.Date] = day, day.Outcome
	}
	next := s.days(p, of, now)
	for i, day := range next.Days {
		next.Days[i].Records, next.Days[i].Rows = known[day.Date].Records, known[day.Date].Rows
		if day.Removed != "" && day.Removed != string(load.Raw) {
			next.Days[i].Rows = nil
		}
		switch day.Removed {
		case string(load.Raw): // its tables are as they were
			next.Days[i].Outcome = outcomeOfTables(outcomes[day.Date])
		case rawAndTables:
			next.Days[i].Records = nil
		}
		// A picture of the past stays as it was taken: who was behind is missing there for good.
		if of.Mode.Fleeting() && outcomes[day.Date] == DayPartial && day.whole() && day.Date < now.UTC().Format(time.DateOnly) {
			next.Days[i].Outcome = DayPartial
		}
	}
	return next
}

// Outcomes of days that units do not have.
const (
	DayPartial = "partial" // parents or records of it are behind, or records are still to come
	DayRefused = "refused" // nothing of it may be read
	DayMissing = "missing" // it is due and was not read
	DayLate    = "late"    // its tables lag raw
)

// IsHeld reports whether raw or tables hold something of the day, whole or not.
func (d Day) IsHeld() bool { return d.whole() || d.Outcome == DayPartial || d.Outcome == DayLate }

func (d Day) whole() bool { return d.Outcome == string(Data) || d.Outcome == string(Empty) }

// days is what the state says of each day, from the first that is known to the last midnight, or beyond it as far
// as was read ahead.
func (s *State) days(p Pair, d schemas.Dataset, now time.Time) Days {
	all := Days{Days: []Day{}, Incomplete: []Incomplete{}}
	for _, b := range s.Missing() {
		kind := "parent"
		if b.Record != "" {
			kind = "record"
		}
		all.Incomplete = append(all.Incomplete, Incomplete{p.TenantID, p.Dataset, kind, b.ID(), b.From, b.To, b.Since, b.Reason})
	}
	if len(s.Coverage) == 0 {
		return all
	}
	first, last := s.Coverage[0].From, s.Coverage[len(s.Coverage)-1].To
	if !d.Mode.Fleeting() {
		last = schemas.Later(last, now.UTC().Truncate(schemas.Day))
	}
	at := 0
	for _, date := range (schemas.Range{From: first, To: last}).Days() {
		day := schemas.Range{From: date, To: date.Add(schemas.Day)}
		for at < len(s.Coverage) && !s.Coverage[at].To.After(date) {
			at++
		}
		var parts []Covered
		for i := at; i < len(s.Coverage) && s.Coverage[i].From.Before(day.To); i++ {
			parts = append(parts, s.Coverage[i])
		}
		row := Day{TenantID: p.TenantID, Dataset: p.Dataset, Date: date.Format(time.DateOnly)}
		row.Outcome, row.Read = s.outcomeOf(d, day, parts, now)
		if row.Removed = s.removedOf(date); row.Removed != "" {
			row.Outcome = string(Removed)
		}
		all.Days = append(all.Days, row)
	}
	return all
}

// outcomeOf is what became of a day, by the parts of the coverage that touch it.
func (s *State) outcomeOf(d schemas.Dataset, day schemas.Range, parts []Covered, now time.Time) (outcome string, read time.Time) {
	due := day
	if !d.Mode.Fleeting() && d.Ahead == 0 {
		due.To = schemas.Earlier(due.To, now.UTC().Truncate(schemas.Day))
	}
	var held, data, early, refused, off, expired, missed, removed bool
	for _, c := range parts {
		if c.Held() {
			held, data, early = true, data || c.Outcome == Data, early || c.NotYet > 0 || c.Outcome == NotYet
			if read.IsZero() {
				read = c.Read
			}
			read = schemas.Earlier(read, c.Read)
		}
		refused = refused || c.Outcome == Forbidden
		off = off || c.Outcome == Off
		expired = expired || c.Outcome == Expired
		missed = missed || c.Outcome == Missed
		removed = removed || c.Outcome == Removed
	}
	whole := held && len(Coverage(parts).Gaps(due)) == 0
	switch {
	case s.lostOf(day):
		return string(Expired), read
	case !held && refused:
		return DayRefused, read
	case !held && off:
		return string(Off), read
	case !held && expired:
		return string(Expired), read
	case !held && missed:
		return string(Missed), read
	case !held:
		return DayMissing, read
	case s.IsDirty(day.From):
		return DayLate, read
	case !whole || early || removed || s.lacks(day):
		return DayPartial, read
	case data:
		return string(Data), read
	}
	return string(Empty), read
}

// outcomeOfTables is what is left to say of a day whose raw was removed and whose tables stand, by what was said before.
func outcomeOfTables(before string) string {
	switch before {
	case "", DayMissing: // nothing was read of it, nor will be
		return string(Removed)
	case DayLate: // they were derived before
		return string(Data)
	}
	return before
}

// IsDirty reports whether the tables of a day may lag raw.
func (s *State) IsDirty(date time.Time) bool {
	return slices.ContainsFunc(s.Dirty, date.Equal)
}

// lacks reports whether somebody who is behind has something of a day.
func (s *State) lacks(day schemas.Range) bool {
	for _, b := range s.Behind {
		if !b.Gone && b.From.Before(day.To) && b.To.After(day.From) {
			return true
		}
	}
	return false
}

// lostOf reports whether all of a day is lost.
func (s *State) lostOf(day schemas.Range) bool {
	for _, l := range s.Lost {
		if l.Parent == "" && l.Record == "" && !l.From.After(day.From) && !l.To.Before(day.To) {
			return true
		}
	}
	return false
}
