package jobs_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"graphlake/internal/graphsim"
	"graphlake/jobs"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/schemas"
)

func week(now *time.Time) http.Handler {
	return graphsim.New(graphsim.Options{Users: 8, From: monday, To: monday.Add(2 * schemas.Day), Large: 8, CallsPerUserDay: 1, Now: func() time.Time { return *now }})
}

func open(t *testing.T, r *rig, s plan.Selection) *jobs.Session {
	t.Helper()
	session, err := jobs.Open(t.Context(), &r.Runner, s)
	if err != nil {
		t.Fatal(err)
	}
	for _, not := range session.NotOpen() {
		t.Fatal(not.Err)
	}
	return session
}

// What one process plans, others read and derive, a session a unit; and the lake is as a run makes it.
func TestUnitsAreReadElsewhere(t *testing.T) {
	now := later
	run, r := newRig(t, week(&now)), newRig(t, week(&now))
	datasets := []schemas.Dataset{schemas.CallRecords, schemas.CalendarEvents}
	run.run(t, 2, datasets...)

	all := plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: datasets, From: monday, To: monday.Add(2 * schemas.Day)}
	planner := open(t, r, all)
	p, err := planner.Plan()
	if err != nil || len(p.Units) != 3 {
		t.Fatalf("%d units, %v", len(p.Units), err)
	}
	text, err := json.Marshal(p.Units)
	if err := errors.Join(err, planner.Close(t.Context())); err != nil {
		t.Fatal(err)
	}

	var units []plan.Unit
	if err := json.Unmarshal(text, &units); err != nil {
		t.Fatal(err)
	}
	for _, u := range units {
		one := all
		one.Datasets = slices.DeleteFunc(slices.Clone(datasets), func(d schemas.Dataset) bool { return d.Name != u.Dataset.Name })
		reader := open(t, r, one)
		rep, days := reader.Read(t.Context(), u)
		if rep.Error != nil || rep.Requests == 0 || len(days) == 0 {
			t.Fatalf("%+v, days %v", rep, days)
		}
		if dirty, err := reader.Dirty(u.Pair()); err != nil || !slices.EqualFunc(dirty, days, time.Time.Equal) {
			t.Errorf("dirty are %v, %v, and to derive %v", dirty, err, days)
		}
		if err := reader.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, day := range days {
			deriver := open(t, r, one)
			for again := range 2 {
				got, err := deriver.Derive(t.Context(), u.Pair(), day)
				if err != nil || again == 0 && got.Written == 0 || again == 1 && got.Written > 0 {
					t.Errorf("%s of %s, again %d: %+v, %v", u.Dataset.Name, day, again, got, err)
				}
			}
			if err := deriver.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	if unread := r.state(t, schemas.CallRecords).Asked; len(unread) != 1 {
		t.Errorf("nobody has ended what was asked for, and the state has %v of it", unread)
	}
	last := open(t, r, all)
	if p, err = last.Plan(); err != nil || len(p.Units) != 0 {
		t.Errorf("all was read, and planned is %v, %v", p.Units, err)
	}
	if err := last.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if unread := r.state(t, schemas.CallRecords).Asked; len(unread) != 0 {
		t.Errorf("all was read, and the state goes on with %v", unread)
	}
	differ(t, "the lake", r.bytes(t), run.bytes(t))
}

// The lock of a dataset keeps other sessions out. Whoever has lost it publishes nothing.
func TestDeriveIsUnderTheLock(t *testing.T) {
	now := later
	r := newRig(t, week(&now))
	s := plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: []schemas.Dataset{schemas.PSTNCalls}}
	pair := s.Pairs()[0]
	r.run(t, 2, schemas.PSTNCalls)
	table := part(load.Tables, "pstn_calls", monday).Object()
	r.put(t, table, nil)

	locks := &losing{Store: r.Store}
	r.Store = locks
	first := open(t, r, s)
	second, err := jobs.Open(t.Context(), &r.Runner, s)
	if err != nil {
		t.Fatal(err)
	}
	if not := second.NotOpen(); len(not) != 1 || !errors.Is(not[0].Err, load.ErrLocked) {
		t.Errorf("not open are %v, want what the first session has", not)
	}
	if _, err := second.Derive(t.Context(), pair, monday); err == nil {
		t.Error("a day of a dataset that is not open was derived")
	}
	locks.lost = true
	if _, err := first.Derive(t.Context(), pair, monday); !errors.Is(err, load.ErrLockLost) {
		t.Errorf("without its lock: %v", err)
	}
	if slices.Contains(r.objects(t), table) {
		t.Error("who has lost the lock has published a table")
	}
	locks.lost = false
	if _, err := first.Derive(t.Context(), pair, monday); err != nil || !slices.Contains(r.objects(t), table) {
		t.Errorf("with it: %v", err)
	}
	if err := first.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

// losing is a store whose locks may be lost.
type losing struct {
	state.Store
	lost bool
}

func (s *losing) Lock(ctx context.Context, name string) (load.Lock, error) {
	l, err := s.Store.Lock(ctx, name)
	return losable{l, s}, err
}

type losable struct {
	load.Lock
	of *losing
}

func (l losable) Held() error {
	if l.of.lost {
		return load.ErrLockLost
	}
	return l.Lock.Held()
}

// Days are derived while units replace them, and in the end the tables are what raw gives.
func TestDeriveWhileUnitsAreRead(t *testing.T) {
	now := later
	run, r := newRig(t, week(&now)), newRig(t, week(&now))
	r.run(t, 2, schemas.CallRecords)
	run.run(t, 2, schemas.CallRecords)
	now = now.Add(schemas.Day)
	run.Now, r.Now = now, now
	run.run(t, 2, schemas.CallRecords)

	s := plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: []schemas.Dataset{schemas.CallRecords}, From: monday, To: monday.Add(2 * schemas.Day)}
	session, pair := open(t, r, s), s.Pairs()[0]
	p, err := session.Plan()
	if err != nil || len(p.Units) != 2 {
		t.Fatalf("%d units, %v", len(p.Units), err)
	}
	var work sync.WaitGroup
	read := make(chan struct{})
	work.Go(func() {
		for n := 0; ; n++ {
			select {
			case <-read:
				return
			default:
			}
			if _, err := session.Derive(t.Context(), pair, monday.Add(time.Duration(n%2)*schemas.Day)); err != nil {
				t.Error(err)
			}
		}
	})
	var units sync.WaitGroup
	for _, u := range p.Units {
		units.Go(func() {
			rep, days := session.Read(t.Context(), u)
			if rep.Error != nil {
				t.Error(rep.Error)
			}
			for _, day := range days {
				if _, err := session.Derive(t.Context(), pair, day); err != nil {
					t.Error(err)
				}
			}
		})
	}
	units.Wait()
	close(read)
	work.Wait()
	if err := session.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	differ(t, "the lake", r.bytes(t), run.bytes(t))
	want(t, r.audit(t, schemas.CallRecords))
	if st := r.state(t, schemas.CallRecords); len(st.Dirty) > 0 || len(st.Asked) > 0 {
		t.Errorf("dirty are %v, asked for %v", st.Dirty, st.Asked)
	}
}

// What raw holds of a call that has moved is derived by whoever comes next: first the day that has lost it, whichever
// is the later one, so that no reader sees the call twice.
func TestDaysThatLoseAreDerivedFirst(t *testing.T) {
	for name, c := range map[string]struct {
		before, after string
		losing, gains int
	}{
		"forwards":  {"2026-11-16T23:50:00Z", "2026-11-17T00:10:00Z", 16, 17},
		"backwards": {"2026-11-17T00:10:00Z", "2026-11-16T23:50:00Z", 17, 16},
	} {
		calls := moving{"stays": {"2026-11-16T10:00:00Z", 1}, "moves": {c.before, 1}, "other": {"2026-11-17T10:00:00Z", 1}}
		r := newRig(t, calls)
		r.days(t, 16, 18, schemas.CallRecords)
		calls["moves"] = call{c.after, 2}
		s := plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: []schemas.Dataset{schemas.CallRecords}, From: november(c.gains), To: november(c.gains + 1)}
		session := open(t, r, s)
		p, err := session.Plan()
		if err != nil || len(p.Units) != 1 {
			t.Fatalf("%s: %d units, %v", name, len(p.Units), err)
		}
		rep, days := session.Read(t.Context(), p.Units[0])
		dirty, err := session.Dirty(s.Pairs()[0])
		order := []time.Time{november(c.losing), november(c.gains)}
		if rep.Error != nil || err != nil || !slices.EqualFunc(days, order, time.Time.Equal) || !slices.EqualFunc(dirty, order, time.Time.Equal) {
			t.Errorf("%s: to derive are %v, dirty %v, want %v; %+v, %v", name, days, dirty, order, rep.Error, err)
		}
		if err := session.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		r.store.published = nil
		r.days(t, c.gains, c.gains+1, schemas.CallRecords)
		roots := slices.DeleteFunc(slices.Clone(r.store.published), func(name string) bool { return !strings.HasPrefix(name, "tables/calls/") })
		want(t, roots, part(load.Tables, "calls", order[0]).Object(), part(load.Tables, "calls", order[1]).Object())
	}
}

// A day that was derived, and whose raw is then replaced, is dirty again, also if that it was derived is noted last.
func TestDayThatIsReadAnewIsDirty(t *testing.T) {
	calls := moving{"one": {"2026-11-16T10:00:00Z", 1}}
	r := newRig(t, calls)
	s := plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: []schemas.Dataset{schemas.CallRecords}, From: monday, To: monday.Add(schemas.Day)}
	session := open(t, r, s)
	p, err := session.Plan()
	if err != nil || len(p.Units) != 1 {
		t.Fatalf("%d units, %v", len(p.Units), err)
	}
	for version := range 2 {
		calls["one"] = call{"2026-11-16T10:00:00Z", version + 1}
		if rep, days := session.Read(t.Context(), p.Units[0]); rep.Error != nil || len(days) != 1 {
			t.Fatalf("%+v, days %v", rep, days)
		}
		if version > 0 {
			break // whoever derives it has died
		}
		if _, err := session.Derive(t.Context(), s.Pairs()[0], monday); err != nil {
			t.Fatal(err)
		}
	}
	if err := session.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if st := r.state(t, schemas.CallRecords); !slices.EqualFunc(st.Dirty, []time.Time{monday}, time.Time.Equal) {
		t.Errorf("dirty are %v, want the day that was read anew", st.Dirty)
	}
}

// Whoever derives a day that is marked, and that a unit is about to publish, waits for it, and does not forget the day.
func TestDeriveWaitsForRaw(t *testing.T) {
	now := later
	r := newRig(t, week(&now))
	publishing := &publishing{Store: r.Store}
	r.Lake = load.New(publishing, t.TempDir())
	s := plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: []schemas.Dataset{schemas.PSTNCalls}, From: monday, To: monday.Add(schemas.Day)}
	session := open(t, r, s)
	p, err := session.Plan()
	if err != nil || len(p.Units) != 1 {
		t.Fatalf("%d units, %v", len(p.Units), err)
	}
	derived := make(chan struct{})
	publishing.raw = func() {
		go func() {
			defer close(derived)
			got, err := session.Derive(t.Context(), s.Pairs()[0], monday)
			if err != nil || got.Written == 0 {
				t.Errorf("%+v, %v, want the tables of what is published", got, err)
			}
		}()
		select {
		case <-derived:
		case <-time.After(100 * time.Millisecond):
		}
	}
	if rep, _ := session.Read(t.Context(), p.Units[0]); rep.Error != nil {
		t.Fatal(rep.Error)
	}
	<-derived
	if err := session.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// Whoever is told to stop still notes what was done.
func TestCloseWhenTheContextHasEnded(t *testing.T) {
	now := later
	r := newRig(t, week(&now))
	r.Store = cancelable{r.Store}
	s := plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: []schemas.Dataset{schemas.PSTNCalls}, From: monday, To: monday.Add(schemas.Day)}
	session := open(t, r, s)
	p, err := session.Plan()
	if err != nil || len(p.Units) != 1 {
		t.Fatalf("%d units, %v", len(p.Units), err)
	}
	if rep, _ := session.Read(t.Context(), p.Units[0]); rep.Error != nil {
		t.Fatal(rep.Error)
	}
	if _, err := session.Derive(t.Context(), s.Pairs()[0], monday); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := session.Close(ctx); err != nil {
		t.Error(err)
	}
	if st := r.state(t, schemas.PSTNCalls); len(st.Dirty) > 0 || len(st.Asked) > 0 {
		t.Errorf("dirty are %v, asked for %v", st.Dirty, st.Asked)
	}
}

// cancelable is a store that heeds contexts, as those on disks and in the cloud do.
type cancelable struct{ state.Store }

func (s cancelable) Swap(ctx context.Context, name string, base load.Version, data []byte) (load.Version, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	return s.Store.Swap(ctx, name, base, data)
}

// publishing is a store that calls raw before it publishes some.
type publishing struct {
	state.Store
	raw func()
}

func (s *publishing) Stage(ctx context.Context, name string) (load.Staged, error) {
	staged, err := s.Store.Stage(ctx, name)
	if p, _ := load.ParsePartition(name); p.Kind == load.Raw {
		return published{staged, s.raw}, err
	}
	return staged, err
}

type published struct {
	load.Staged
	before func()
}

func (s published) Commit(ctx context.Context, base load.Condition) (bool, load.Version, error) {
	s.before()
	return s.Staged.Commit(ctx, base)
}

// A picture is of the day on which it is taken: a unit of another day, as one that waited for its process over midnight,
// is refused and leaves nothing.
func TestPictureOfAnotherDay(t *testing.T) {
	now := later
	r := newRig(t, week(&now))
	session := open(t, r, plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: []schemas.Dataset{schemas.Users}})
	p, err := session.Plan()
	if err != nil || len(p.Units) != 1 {
		t.Fatalf("%d units, %v", len(p.Units), err)
	}
	u := p.Units[0]
	u.Range.From, u.Range.To = u.Range.From.Add(-schemas.Day), u.Range.To.Add(-schemas.Day)
	rep, days := session.Read(t.Context(), u)
	if rep.Outcome != state.Failed || rep.Error == nil || !strings.Contains(rep.Error.Message, "plan again") || len(days) > 0 {
		t.Errorf("%+v, %v", rep, days)
	}
	if err := session.Close(t.Context()); err != nil {
		t.Error(err)
	}
	for file, err := range r.Store.List(t.Context(), load.Raw.Under()) {
		t.Errorf("%s is there, %v", file.Name, err)
	}
}
