package plan

import (
	"encoding/json"
	"math/rand/v2"
	"testing"
	"time"

	"graphlake/jobs/state"
	"graphlake/schemas"
)

// life is a dataset over many runs, as the state tells it and, hour by hour, as it was.
type life struct {
	d        schemas.Dataset
	st       state.State
	since    time.Time // zero: no night yet
	hours    map[time.Time]hour
	now      time.Time
	failures float64
	rand     *rand.Rand
}

// hour is what became of an hour when it was read last.
type hour struct {
	held, expired, young bool
	read                 time.Time
	until                time.Time // where the part that it was read with ended
}

func newLife(seed uint64, d schemas.Dataset) *life {
	return &life{d: d, hours: map[time.Time]hour{}, now: now, rand: rand.New(rand.NewPCG(seed, 1))}
}

// plan is what a run begins with.
func (l *life) plan(t *testing.T, s Selection) []Unit {
	t.Helper()
	s.Tenants, s.Datasets = []Tenant{contoso}, []schemas.Dataset{l.d}
	s.Begin(&l.st, l.d, l.now)
	p, err := New(s, map[state.Pair]state.State{{TenantID: contoso.ID, Dataset: l.d.Name}: l.st}, l.now)
	if err != nil {
		t.Fatal(err)
	}
	return p.Units
}

// do carries out a unit, as jobs notes it and as the hours see it.
func (l *life) do(u Unit) (failed bool) {
	chance := l.rand.Float64()
	young := l.d.Source.Detail != nil && l.rand.IntN(6) == 0
	failed = !u.Expired && chance < l.failures
	if failed || u.Expired {
		outcome := state.Failed
		if u.Expired {
			outcome = state.Expired
		} else if chance < l.failures/2 {
			outcome = state.Forbidden
		}
		l.st.Cover(l.d, state.Covered{From: u.Range.From, To: u.Range.To, Outcome: outcome, Read: l.now, Request: l.st.Requests})
	} else {
		for _, r := range u.Range.SplitDays(1) {
			part := state.Covered{From: r.From, To: r.To, Outcome: state.Data, Read: l.now, Request: l.st.Requests, Records: 24}
			if l.rand.IntN(3) == 0 {
				part.Outcome, part.Records = state.Empty, 0
			}
			if young {
				part.NotYet = 1
			}
			l.st.Cover(l.d, part)
		}
	}
	for at := u.Range.From; at.Before(u.Range.To); at = at.Add(time.Hour) {
		switch h := l.hours[at]; {
		case failed:
		case u.Expired:
			h.expired = !h.held
			l.hours[at] = h
		default:
			l.hours[at] = hour{held: true, young: young, read: l.now, until: schemas.Earlier(u.Range.To, at.Truncate(schemas.Day).Add(schemas.Day))}
		}
	}
	return failed
}

// due says by the rules, one after the other, whether a night has to read an hour, and whether it may.
func (l *life) due(at time.Time, lookback time.Duration) (must, may bool) {
	midnight := l.now.Truncate(schemas.Day)
	h := l.hours[at]
	switch forgotten := l.d.Retention > 0 && at.Before(l.now.Add(-l.d.Retention)); {
	case at.Before(l.since) || !at.Before(midnight) || h.expired:
		return false, false
	case !h.held:
		return true, true // as expired, if it is forgotten
	case forgotten:
		return false, false
	case h.young && l.now.Sub(h.read) >= time.Hour:
		return true, true
	case !h.read.Before(midnight):
		return false, false
	case h.young || !at.Before(midnight.Add(-lookback)):
		return true, true
	case h.read.Before(at.Add(time.Hour + l.d.Settle)):
		return true, true
	}
	return false, h.read.Before(h.until.Add(l.d.Settle)) // a part settles as a whole, unless it was cut
}

// night plans a run without a range and compares it with the hours.
func (l *life) night(t *testing.T, lookback time.Duration) []Unit {
	t.Helper()
	again := l.now.Truncate(schemas.Day).Add(-lookback)
	switch {
	case !l.since.IsZero():
		l.since = schemas.Earlier(l.since, again)
	default:
		l.since = again
		var end time.Time
		for at, h := range l.hours {
			if h.held && !at.Before(end) {
				end = at.Add(time.Hour)
			}
		}
		if !end.IsZero() {
			l.since = schemas.Earlier(end, again)
		}
	}
	units := l.plan(t, Selection{Lookback: lookback})
	planned := map[time.Time]bool{}
	for _, u := range units {
		if u.Expired != (l.d.Retention > 0 && u.Range.From.Before(l.now.Add(-l.d.Retention))) {
			t.Fatalf("%v: expired %v with now %v", u.Range, u.Expired, l.now)
		}
		for at := u.Range.From; at.Before(u.Range.To); at = at.Add(time.Hour) {
			if planned[at] {
				t.Fatalf("%v is planned twice", at)
			}
			planned[at] = true
			if _, may := l.due(at, lookback); !may {
				t.Fatalf("at %v: %v is planned, of which there is %+v", l.now, at, l.hours[at])
			}
		}
	}
	for at := l.since; at.Before(l.now); at = at.Add(time.Hour) {
		if must, _ := l.due(at, lookback); must && !planned[at] {
			t.Fatalf("at %v: %v is due and not planned, of which there is %+v", l.now, at, l.hours[at])
		}
	}
	return units
}

// Whatever happened before, a night reads each hour that is due, once, and no other; and when all of
// it was read, nothing more is due.
func FuzzNight(f *testing.F) {
	f.Add(uint64(1), uint16(72), uint16(48), uint16(720), uint8(30))
	f.Add(uint64(2), uint16(30), uint16(6), uint16(0), uint8(40))
	f.Add(uint64(3), uint16(240), uint16(24), uint16(150), uint8(60))
	f.Add(uint64(4), uint16(1), uint16(0), uint16(25), uint8(20))
	f.Fuzz(func(t *testing.T, seed uint64, lookback, settle, retention uint16, runs uint8) {
		d := hours("calls", schemas.Windowed, time.Hour*time.Duration(4+seed%90))
		d.Lookback = time.Duration(lookback%400) * time.Hour
		d.Settle = min(time.Duration(settle)*time.Hour, d.Lookback)
		d.Retention = time.Duration(retention%800) * time.Hour
		if d.Lookback == 0 {
			t.Skip("a dataset looks back")
		}
		if seed%2 == 0 {
			d.Source.Detail = &schemas.Detail{Ready: time.Hour}
		}
		l := newLife(seed, d)
		l.failures = 0.3
		l.now = now.Truncate(time.Hour)
		for range runs % 80 {
			l.now = l.now.Add([]time.Duration{time.Hour, 5 * time.Hour, schemas.Day, schemas.Day, 3 * schemas.Day}[l.rand.IntN(5)])
			var units []Unit
			selection := Selection{Lookback: d.Lookback + time.Duration(l.rand.IntN(2)*l.rand.IntN(50))*time.Hour}
			if l.rand.IntN(4) == 0 {
				selection.To = l.now.Add(-time.Duration(l.rand.IntN(1000)) * time.Hour)
				selection.From = selection.To.Add(-time.Duration(1+l.rand.IntN(400)) * time.Hour)
				units = l.plan(t, selection)
			} else {
				units = l.night(t, selection.Lookback)
			}
			whole := true
			for _, u := range units {
				if l.rand.IntN(40) == 0 {
					whole = false
					break // interrupted
				}
				whole = !l.do(u) && whole
			}
			if whole {
				l.st.Finish(selection.Asked())
			}
			known(t, l.st.Coverage)
		}
		l.failures = 0
		for _, u := range l.night(t, d.Lookback) {
			l.do(u)
		}
		if more := l.plan(t, Selection{Lookback: d.Lookback}); len(more) > 0 {
			t.Fatalf("all was read, and %v is due", more[0].Range)
		}
	})
}

// known checks that coverage is in order and without overlap.
func known(t *testing.T, all state.Coverage) {
	t.Helper()
	for i, c := range all {
		if !c.From.Before(c.To) || i > 0 && c.From.Before(all[i-1].To) {
			t.Fatalf("the coverage is out of order at %v: %+v", c.Range(), all)
		}
	}
}

// Forty nights, of which each third does not come and each fourth unit fails, leave no hole since the
// first of them, but what Graph has forgotten in the meantime.
func TestFortyNights(t *testing.T) {
	for seed := range uint64(20) {
		d := hours("calls", schemas.Windowed, 4*time.Hour)
		d.Settle, d.Retention = 48*time.Hour, 6*schemas.Day
		l := newLife(seed, d)
		l.now = now.Truncate(time.Hour)
		l.failures = 0.25
		first := l.now.Truncate(schemas.Day).Add(-d.Lookback)
		for night := range 40 {
			l.now = l.now.Add(schemas.Day)
			if night == 0 {
				first = first.Add(schemas.Day)
			} else if l.rand.IntN(3) == 0 {
				continue
			}
			for _, u := range l.night(t, d.Lookback) {
				l.do(u)
			}
		}
		l.failures = 0
		for _, u := range l.night(t, d.Lookback) {
			l.do(u)
		}
		since := schemas.Range{From: first, To: l.now.Truncate(schemas.Day)}
		if gaps := l.st.Coverage.Gaps(since); len(gaps) > 0 || !l.st.Since.Equal(first) {
			t.Errorf("seed %d: since %v, gaps %v", seed, l.st.Since, gaps)
		}
		for at := since.From; at.Before(since.To); at = at.Add(time.Hour) {
			if h := l.hours[at]; !h.held && !h.expired {
				t.Fatalf("seed %d: nobody has read %v", seed, at)
			}
		}
	}
}

// Three years of nights make a state of some hundred bytes, also with empty weekends, a day that was
// refused, and a backfill that was interrupted and forgotten; and they say what a day holds.
func TestStateStaysSmall(t *testing.T) {
	calls := hours("calls", schemas.Windowed, 4*time.Hour)
	calls.Settle, calls.Retention = 48*time.Hour, 30*schemas.Day
	users := schemas.Dataset{Name: "users", Mode: schemas.Entities}
	for _, d := range []schemas.Dataset{calls, users} {
		l := newLife(1, d)
		Selection{From: midnight(1), To: midnight(9)}.Begin(&l.st, calls, now)
		for range 3 * 365 {
			l.now = l.now.Add(schemas.Day)
			for _, u := range l.plan(t, Selection{}) {
				part := state.Covered{From: u.Range.From, To: u.Range.To, Outcome: state.Data, Read: l.now, Request: l.st.Requests, Records: 140}
				if weekday := part.From.Weekday(); weekday == time.Saturday || weekday == time.Sunday {
					part.Outcome, part.Records = state.Empty, 0
				}
				if u.Range.From.Equal(midnight(60)) {
					part.Outcome = state.Forbidden
				}
				l.st.MarkDirty(u.Range.From)
				l.st.Cover(d, part)
				l.st.MarkClean(u.Range.From, "0123456789abcdef", "")
			}
		}
		text, err := json.Marshal(l.st)
		if err != nil {
			t.Fatal(err)
		}
		if len(text) > 2500 {
			t.Errorf("%s: %d bytes: %.2000s", d.Name, len(text), text)
		}
		if got := density(l.st.Coverage); got < 99 || got > 101 {
			t.Errorf("%s: %f records a day, want 100", d.Name, got)
		}
		if len(l.st.Asked) > 1 || len(l.st.Derived) > 2 || len(l.st.Dirty) > 0 {
			t.Errorf("%s: %+v", d.Name, l.st)
		}
	}
}
