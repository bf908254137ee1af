package jobs

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
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
	// PictureHash is of the raw partition that the cursor goes on from: of another, one that was restored,
	// it knows nothing.
	PictureHash string `json:"picture_hash,omitempty"`
	// Dirty are the days whose tables may lag their raw partition.
	Dirty []time.Time `json:"dirty,omitempty"`
	// Derived says by which definition of the tables days were derived.
	Derived []Derived `json:"derived,omitempty"`
}

const stateFormat = 1

// Asked is a range that was asked for and is not read whole yet.
type Asked struct {
	From    time.Time `json:"from"`
	To      time.Time `json:"to"`
	Request int64     `json:"request"`
	At      time.Time `json:"at,omitzero"` // when it was asked for
}

// Derived are days whose tables are by one definition.
type Derived struct {
	From        time.Time `json:"from"`
	To          time.Time `json:"to"`
	Fingerprint string    `json:"fingerprint"`
}

// Pair names a dataset of a tenant: what has a state and a lock of its own.
type Pair struct{ TenantID, Dataset string }

func (p Pair) object() string { return "state/" + p.TenantID + "/" + p.Dataset + ".json" }
func (p Pair) lock() string   { return "state/" + p.TenantID + "/" + p.Dataset + ".lock" }

// LoadState reads the state of a dataset; one that was never read has an empty state.
func LoadState(ctx context.Context, store load.Store, p Pair) (State, error) {
	s, _, err := loadState(ctx, store, p)
	return s, err
}

// LoadStates reads the states of what is selected.
func LoadStates(ctx context.Context, store load.Store, s Selection) (map[Pair]State, error) {
	known := map[Pair]State{}
	for _, t := range s.Tenants {
		for _, d := range s.Datasets {
			pair := Pair{t.ID, d.Name}
			st, err := LoadState(ctx, store, pair)
			if err != nil {
				return nil, err
			}
			known[pair] = st
		}
	}
	return known, nil
}

// loadState reads a state, once more if a run has replaced it, and its long list, meanwhile.
func loadState(ctx context.Context, store load.Store, p Pair) (State, load.Version, error) {
	s, v, err := readState(ctx, store, p)
	if errors.Is(err, fs.ErrNotExist) {
		return readState(ctx, store, p)
	}
	return s, v, err
}

func readState(ctx context.Context, store load.Store, p Pair) (State, load.Version, error) {
	object, err := store.Open(ctx, p.object())
	if errors.Is(err, fs.ErrNotExist) {
		return State{Format: stateFormat}, "", nil
	}
	if err != nil {
		return State{}, "", err
	}
	defer object.Close()
	text, err := io.ReadAll(io.NewSectionReader(object, 0, object.Info().Size))
	if err != nil {
		return State{}, "", fmt.Errorf("read %s: %w", p.object(), err)
	}
	var s State
	read := json.NewDecoder(bytes.NewReader(text))
	read.DisallowUnknownFields()
	err = read.Decode(&s)
	if _, more := read.Token(); err == nil && more != io.EOF {
		err = errors.New("something follows it")
	}
	if err == nil && s.Format != stateFormat {
		err = fmt.Errorf("its format is %d, not %d", s.Format, stateFormat)
	}
	if err != nil {
		return State{}, "", fmt.Errorf("%s is no state of this version of graphlake: %w; use the version that wrote it, or remove the object and read the ranges again",
			p.object(), err)
	}
	if s.BehindObject != "" {
		if s.Behind, err = loadBehind(ctx, store, s.BehindObject); err != nil {
			return State{}, "", fmt.Errorf("%w; restore that object, or remove %s and read the ranges again", err, p.object())
		}
	}
	return s, object.Info().Version, nil
}

// begin notes that units are asked for.
func (s *State) begin(sel Selection, d schemas.Dataset, now time.Time) {
	s.Requests++
	switch {
	case d.Mode.Fleeting():
	case sel.ranged():
		s.ask(sel.asked(), now)
	case s.Since.IsZero() || !sel.Back: // a clock that was set back answers for nothing beyond its own run
		s.Since = s.since(now.UTC().Truncate(schemas.Day).Add(-sel.lookback(d)))
	}
}

// end notes that what was asked for is not to be gone on with: it was read whole, or is to be read anew.
func (s *State) end(sel Selection) {
	if a, ok := s.asked(sel.asked()); ok {
		s.Asked = slices.DeleteFunc(s.Asked, a.equal)
	}
}

// asked finds the unfinished request for exactly a range.
func (s *State) asked(r schemas.Range) (Asked, bool) {
	i := slices.IndexFunc(s.Asked, func(a Asked) bool { return a.From.Equal(r.From) && a.To.Equal(r.To) })
	if i < 0 {
		return Asked{}, false
	}
	return s.Asked[i], true
}

func (a Asked) equal(b Asked) bool { return a.Request == b.Request }

// ask notes a range that is asked for, unless an earlier try of it was interrupted and is gone on with.
func (s *State) ask(r schemas.Range, now time.Time) {
	if a, ok := s.asked(r); ok {
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
	a, ok := s.asked(r)
	return ok && !a.At.IsZero() && !now.Before(a.At) && now.Before(a.At.Add(goOn))
}

// mostAsked requests that were interrupted are remembered: whoever never comes back is forgotten.
const mostAsked = 8

// clone shares nothing with s.
func (s *State) clone() State {
	c := *s
	c.Coverage, c.Asked = slices.Clone(s.Coverage), slices.Clone(s.Asked)
	c.Dirty, c.Derived, c.Behind = slices.Clone(s.Dirty), slices.Clone(s.Derived), slices.Clone(s.Behind)
	c.Lost, c.Accepted, c.Misfits = slices.Clone(s.Lost), slices.Clone(s.Accepted), slices.Clone(s.Misfits)
	return c
}

// cover puts what was read into the coverage.
func (s *State) cover(d schemas.Dataset, parts ...Covered) {
	if len(parts) == 0 {
		return // nor is anything known of what was read today
	}
	var today time.Time
	for _, c := range parts {
		s.Coverage = s.Coverage.With(c)
		today = later(today, c.Read.Truncate(schemas.Day))
	}
	s.Coverage = s.Coverage.Settled(d, s.Asked, today)
}

// miss notes the days between the newest picture or observation and a part that is read now.
func (s *State) miss(d schemas.Dataset, now Covered) {
	now.Outcome, now.Records, now.To = Missed, 0, now.From
	now.From = s.Picture.Truncate(schemas.Day).Add(schemas.Day)
	if !s.Picture.IsZero() && now.From.Before(now.To) {
		s.cover(d, now)
	}
}

// doubt notes that raw of some days is about to be replaced: until they are sure again, they are due,
// whatever they were before.
func (s *State) doubt(ranges ...schemas.Range) {
	s.setUnsure(true, ranges)
}

// sure takes a doubt back.
func (s *State) sure(ranges ...schemas.Range) {
	s.setUnsure(false, ranges)
}

// unsure reports whether some of a range is in doubt.
func (s *State) unsure(r schemas.Range) bool {
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

// markDirty notes that the tables of days may lag raw.
func (s *State) markDirty(days ...time.Time) {
	for _, day := range days {
		if i, found := slices.BinarySearchFunc(s.Dirty, day, time.Time.Compare); !found {
			s.Dirty = slices.Insert(s.Dirty, i, day)
		}
	}
}

// markClean notes that the tables of a day were derived.
func (s *State) markClean(day time.Time, fingerprint string) {
	s.Dirty = slices.DeleteFunc(s.Dirty, day.Equal)
	derived := schemas.Range{From: day, To: day.Add(schemas.Day)}
	var next []Derived
	for _, d := range s.Derived {
		for _, r := range schemas.Subtract([]schemas.Range{{From: d.From, To: d.To}}, derived) {
			next = append(next, Derived{r.From, r.To, d.Fingerprint})
		}
	}
	next = append(next, Derived{derived.From, derived.To, fingerprint})
	slices.SortFunc(next, func(a, b Derived) int { return a.From.Compare(b.From) })
	s.Derived = nil
	for _, d := range next {
		if n := len(s.Derived); n > 0 && s.Derived[n-1].To.Equal(d.From) && s.Derived[n-1].Fingerprint == d.Fingerprint {
			s.Derived[n-1].To = d.To
			continue
		}
		s.Derived = append(s.Derived, d)
	}
}

// Fresh reports whether a day's tables are by this definition, and not dirty.
func (s *State) Fresh(day time.Time, fingerprint string) bool {
	return !slices.ContainsFunc(s.Dirty, day.Equal) && slices.ContainsFunc(s.Derived, func(d Derived) bool {
		return d.Fingerprint == fingerprint && (schemas.Range{From: d.From, To: d.To}).Contains(day)
	})
}
