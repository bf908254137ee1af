package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"graphlake/internal/graphsim"
	"graphlake/jobs"
	"graphlake/jobs/audit"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/load/blobstore"
	"graphlake/load/lane"
	"graphlake/load/storetest"
	"graphlake/load/storetest/azurite"
	"graphlake/schemas"
)

// keeping is a selection by which raw of all that nights read is kept for two days and tables for three.
func keeping(datasets ...schemas.Dataset) plan.Selection {
	s := plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: datasets, Keep: map[string]plan.Keep{}, KeepRuns: 24 * time.Hour}
	for _, d := range datasets {
		s.Keep[d.Name] = plan.Keep{Raw: 2 * schemas.Day, Tables: 3 * schemas.Day, Quarantine: 2 * schemas.Day}
	}
	return s
}

// expire is a process of its own, in November, in a lake whose second lane, if it has one, is off.
func expire(ctx context.Context, store state.Store, day int, s plan.Selection) (jobs.Report, error) {
	r := jobs.Runner{Store: store, Lake: load.New(store, ""), Now: november(day).Add(150 * time.Minute), Log: slog.New(slog.DiscardHandler)}
	if err := openLane(ctx, &r, nil); err != nil {
		return jobs.Report{}, err
	}
	return r.Expire(ctx, s, jobs.ExpireOptions{Whole: true})
}

// kinds are the findings of an audit, how often each.
func kinds(t *testing.T, store load.Store, day int, s plan.Selection) string {
	t.Helper()
	a := audit.Auditor{Store: store, Now: november(day).Add(150 * time.Minute), Log: slog.New(slog.DiscardHandler)}
	found, err := a.Audit(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	n := map[string]int{}
	for _, f := range found.Findings {
		n[string(f.Kind)]++
	}
	var all []string
	for _, kind := range slices.Sorted(maps.Keys(n)) {
		all = append(all, fmt.Sprint(kind, " ", n[kind]))
	}
	return strings.Join(all, ", ")
}

// orphans are the sessions of calls that are not there, for a reader who reads the calls first.
func orphans(t *testing.T, store load.Store) (all []string) {
	t.Helper()
	lake := load.New(store, "")
	for p, err := range lake.Partitions(t.Context(), load.Tables, "call_sessions", "") {
		if err != nil {
			t.Fatal(err)
		}
		root := p
		root.Name = "calls"
		calls := map[any]bool{}
		for row, err := range lake.Rows(t.Context(), root, schemas.CallRecords.Root().Only()) {
			if errors.Is(err, fs.ErrNotExist) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			calls[row[0]] = true
		}
		i := slices.IndexFunc(schemas.CallRecords.Tables, func(t schemas.Table) bool { return t.Name == "call_sessions" })
		for row, err := range lake.Rows(t.Context(), p, schemas.CallRecords.Tables[i].Only()) {
			if err != nil {
				t.Fatal(err)
			}
			if !calls[row[0]] {
				all = append(all, fmt.Sprint(row[0]))
			}
		}
	}
	return all
}

// Whichever call of the store an expire dies at, before its effect or after: no reader meets a child without its root, an
// audit finds nothing but what was left, and the next expire leaves what one would have left that nobody has disturbed.
func TestCrashInExpire(t *testing.T) { crashInExpire(t, nil, 1) }

func crashInExpire(t *testing.T, s *lane.Settings, step int) {
	before := inMemory(t)
	first, second := newNight(t, 18, true), newNight(t, 19, true)
	first.lane, second.lane = s, s
	first.From, first.To = monday, monday.Add(2*schemas.Day)
	first.finish(t, onDisk(t, before)())
	second.finish(t, onDisk(t, before)())
	for _, date := range []int{20, 21} {
		next := newNight(t, date, true)
		next.lane = s
		next.finish(t, onDisk(t, before)())
	}
	sel := keeping(nightly...)
	prepare := func(t *testing.T) func() full { return onDisk(t, copied(t, before)) }
	undisturbed := storetest.NewFaulty(prepare(t)())
	rep, err := expire(t.Context(), undisturbed, 21, sel) // raw from the 19th on, tables from the 18th
	if err != nil || rep.Status != state.Data {
		t.Fatalf("%v: %+v", err, rep)
	}
	calls := undisturbed.Calls()
	left, says := files(t, undisturbed), states(t, undisturbed)
	for _, want := range []struct {
		object string
		stays  bool
	}{
		{rawOn("call_records", 17), false}, {rawOn("call_records", 18), false}, {rawOn("call_records", 19), true}, {rawOn("users", 18), false}, {rawOn("users", 19), true},
		{part(load.Tables, "calls", november(17)).Object(), false}, {part(load.Tables, "calls", november(18)).Object(), true},
		{part(load.Quarantine, "pstn_calls", november(17)).Object(), false},
	} {
		if _, there := left[want.object]; there != want.stays {
			t.Errorf("%s is there: %v, want %v", want.object, there, want.stays)
		}
	}
	if found := kinds(t, undisturbed, 21, sel); found != "" {
		t.Errorf("after an expire: %s", found)
	}
	ofRemovedDays(t, undisturbed)
	t.Logf("an expire makes %d calls: %v", calls, undisturbed.Counts())
	step *= max(deathsApart()/3, 1)
	for n := 1; n <= calls; n += step {
		for _, after := range []bool{false, true} {
			t.Run(fmt.Sprintf("call %d, after its effect %v", n, after), func(t *testing.T) {
				t.Parallel()
				open := prepare(t)
				dying := storetest.NewFaulty(open())
				dying.FailAt(n, after)
				rep, err := expire(t.Context(), dying, 21, sel)
				died := dying.Died()
				if died != "" && err == nil && rep.Status == state.Data {
					t.Errorf("the expire died at %s and reports %s", died, rep.Status)
				}
				if all := orphans(t, open()); len(all) > 0 {
					t.Errorf("after the death at %s: sessions without their calls: %v", died, all)
				}
				if found := kinds(t, open(), 21, sel); found != "" && strings.TrimLeft(strings.TrimPrefix(found, "leftover "), "0123456789") != "" {
					t.Errorf("after the death at %s an audit finds %s", died, found)
				}
				if rep, err := expire(t.Context(), open(), 21, sel); err != nil || rep.Status != state.Data {
					t.Errorf("after the death at %s the next: %v, %+v", died, err, rep)
				}
				same(t, "after the death at "+died, files(t, open()), left)
				ofRemovedDays(t, open())
				if got := states(t, open()); !maps.Equal(got, says) {
					t.Errorf("after the death at %s the states are\n%v\nwant\n%v", died, got, says)
				}
				if found := kinds(t, open(), 21, sel); found != "" {
					t.Errorf("after the death at %s and the next an audit finds %s", died, found)
				}
			})
		}
	}
}

// Somebody is taken out also of what an expire has left that was broken off, whichever days are still there: the state says
// of them that they are removed, and so no derivation replaces them.
func TestEraseAfterAnExpireThatDied(t *testing.T) {
	before := inMemory(t)
	first := newNight(t, 18, true)
	first.From, first.To = monday, monday.Add(2*schemas.Day)
	first.finish(t, onDisk(t, before)())
	for _, next := range []int{19, 20} {
		newNight(t, next, true).finish(t, onDisk(t, before)())
	}
	last := newNight(t, 21, true)
	last.finish(t, onDisk(t, before)())
	last.Keep = map[string]plan.Keep{}
	for _, d := range nightly { // raw from the 17th on, tables from the 19th, quarantine from the 18th
		last.Keep[d.Name] = plan.Keep{Raw: 4 * schemas.Day, Tables: 2 * schemas.Day, Quarantine: 3 * schemas.Day}
	}
	prepare := func(t *testing.T) full {
		dir := filepath.Join(inMemory(t), "lake")
		if err := os.CopyFS(dir, os.DirFS(before)); err != nil {
			t.Fatal(err)
		}
		return onDisk(t, dir)()
	}
	store := prepare(t)
	bad := strings.Join(rowsOf(t, store, nightly)[part(load.Quarantine, "pstn_calls", november(17)).Object()], "\n")
	caller := regexp.MustCompile(`\\"userId\\":\\"([^\\]+)`).FindStringSubmatch(bad)
	if caller == nil {
		t.Fatalf("nobody is in quarantine: %s", bad)
	}
	person := last.person(t, store, caller[1])
	var keys []string
	for _, k := range person.Taken() {
		keys = append(keys, k.Value)
	}
	if found := strings.Join(holding(t, store, nightly, keys...), " "); !strings.Contains(found, "raw/") || !strings.Contains(found, "tables/") || !strings.Contains(found, "quarantine/") {
		t.Fatalf("before, the person is in %s", found)
	}
	undisturbed := storetest.NewFaulty(store)
	if rep, err := expire(t.Context(), undisturbed, 21, last.Selection); err != nil || rep.Status != state.Data {
		t.Fatalf("%v, %+v", err, rep)
	}
	calls := undisturbed.Calls()
	for n := 1; n <= calls; n += max(deathsApart()/3, 1) {
		t.Run(fmt.Sprintf("call %d", n), func(t *testing.T) {
			t.Parallel()
			store := prepare(t)
			dying := storetest.NewFaulty(store)
			dying.FailAt(n, true)
			_, _ = expire(t.Context(), dying, 21, last.Selection)
			last.list(t, store, person)
			if rep, err := last.erase(t, store); err != nil || rep.Status != state.Data {
				t.Fatalf("%v, %+v", err, rep.Units)
			}
			if found := holding(t, store, nightly, keys...); len(found) > 0 {
				t.Errorf("erased, and found in %v", found)
			}
			if rep, err := expire(t.Context(), store, 21, last.Selection); err != nil || rep.Status != state.Data {
				t.Fatalf("the next expire: %v, %+v", err, rep)
			}
			if found := kinds(t, store, 21, last.Selection); found != "" {
				t.Errorf("after the next expire an audit finds %s", found)
			}
		})
	}
}

func rawOn(dataset string, day int) string { return part(load.Raw, dataset, november(day)).Object() }

// After an expire the nights go on: nothing of it is read back or derived, the delta is put over the newest picture, and the
// lake is the same as if nothing had been removed, but for what was.
func TestNightsAfterAnExpire(t *testing.T) {
	t.Parallel()
	now := later
	r := newRig(t, graphsim.New(graphsim.Options{
		Users: 6, From: monday, To: monday.Add(5 * schemas.Day), Large: 8, CallsPerUserDay: 1, MessagesPerUserDay: 3, Moves: -1, Late: 0.5, Now: func() time.Time { return now },
	}))
	kept := newRig(t, graphsim.New(graphsim.Options{
		Users: 6, From: monday, To: monday.Add(5 * schemas.Day), Large: 8, CallsPerUserDay: 1, MessagesPerUserDay: 3, Moves: -1, Late: 0.5, Now: func() time.Time { return now },
	}))
	datasets := []schemas.Dataset{schemas.PSTNCalls, schemas.Users, schemas.Teams, schemas.ChatMessages, schemas.Presence}
	sel := keeping(datasets...)
	for name := range sel.Keep {
		sel.Keep[name] = plan.Keep{Raw: 4 * schemas.Day, Tables: 6 * schemas.Day, Quarantine: 4 * schemas.Day}
	}
	keep := sel.KeepOf(schemas.Users)
	for night := range 10 {
		now = later.AddDate(0, 0, night)
		for _, one := range []*rig{r, kept} {
			s := plan.Selection{Tenants: sel.Tenants, Datasets: datasets}
			if one == r {
				s = sel
			}
			if rep, err := one.at(now).Run(t.Context(), s); err != nil || rep.Status != state.Data {
				t.Fatalf("night %d: %v, %+v", night, err, rep)
			}
		}
		rep, err := expire(t.Context(), r.store, now.Day(), sel)
		if err != nil || rep.Status != state.Data || len(rep.Units) > 0 {
			t.Fatalf("night %d: %v, %+v", night, err, rep)
		}
		if found := kinds(t, r.store, now.Day(), sel); found != "" {
			t.Errorf("night %d: an audit finds %s", night, found)
		}
		want := kept.bytes(t)
		for name, text := range r.bytes(t) {
			p, _ := load.ParsePartition(name)
			alone := p.Kind == load.Tables && keep.TooOld(load.Raw, p.Date, now) // they stay as they were
			if text != want[name] && !alone {
				t.Errorf("night %d: %s is not what it is in a lake that keeps all", night, name)
			}
			delete(want, name)
			if keep.TooOld(p.Kind, p.Date, now) {
				t.Errorf("night %d: %s is too old", night, name)
			}
		}
		for name := range want {
			if p, _ := load.ParsePartition(name); !keep.TooOld(p.Kind, p.Date, now) {
				t.Errorf("night %d: %s was removed", night, name)
			}
		}
	}
	if st := r.state(t, schemas.Users); st.Cursor == "" {
		t.Error("the cursor of users is gone")
	}
}

// A reaction to a message of a day that is too old, or was removed, is counted and not written; nor is a call that moved
// there, which is gone from where it was. So it stays once all is kept for longer: a part of a day would take the place of
// tables that stand.
func TestLateRecordsOfRemovedDays(t *testing.T) {
	o := weekOfCalls("2026-11-18T10:00:00Z")
	o.users = []string{"ada"}
	o.messages = map[string][]message{"ada": {{"m1", "2026-11-15T10:00:00Z", "2026-11-15T10:00:00Z"}, {"m2", "2026-11-18T10:00:00Z", "2026-11-18T10:00:00Z"}}}
	r := newOffice(t, o).at(at(20, 2))
	datasets := []schemas.Dataset{schemas.CallRecords, schemas.ChatMessages}
	r.days(t, 14, 20, datasets...)
	sel := keeping(datasets...)
	for name := range sel.Keep {
		sel.Keep[name] = plan.Keep{Raw: 4 * schemas.Day}
	}
	if rep, err := expire(t.Context(), r.store, 20, sel); err != nil || rep.Status != state.Data {
		t.Fatalf("%v, %+v", err, rep)
	}
	before := r.bytes(t)
	if _, there := before[rawOn("chat_messages", 15)]; there {
		t.Fatal("raw of the 15th was not removed")
	}
	o.calls["moves"] = call{"2026-11-15T10:00:00Z", 2}
	o.listed = map[string]call{"moves": {"2026-11-18T10:00:00Z", 2}}
	o.messages["ada"][0].changed, o.messages["ada"][1].changed = "2026-11-19T10:00:00Z", "2026-11-19T10:00:00Z"
	for _, keep := range []map[string]plan.Keep{sel.Keep, nil} {
		asked := plan.Selection{Tenants: sel.Tenants, Datasets: datasets, Keep: keep, From: november(16), To: november(20)}
		rep, err := r.Run(t.Context(), asked)
		if err != nil || rep.Status != state.Data {
			t.Fatalf("%v, %+v", err, rep)
		}
		n := map[string]int64{}
		for _, u := range rep.Units {
			n[u.Dataset] += u.NotKept
		}
		if n["call_records"] != 1 || n["chat_messages"] != 1 {
			t.Errorf("not kept are %v, want one of each", n)
		}
		want(t, slices.Sorted(maps.Keys(r.held(t, 18))), "x18")
	}
	if _, err := r.Replay(t.Context(), plan.Selection{Tenants: sel.Tenants, Datasets: datasets}); err != nil {
		t.Fatal(err)
	}
	after := r.bytes(t)
	for name, text := range before {
		if p, _ := load.ParsePartition(name); p.Date.Before(november(16)) && after[name] != text {
			t.Errorf("%s has changed", name)
		}
		delete(after, name)
	}
	if len(after) > 0 {
		t.Errorf("there are new partitions: %v", slices.Sorted(maps.Keys(after)))
	}
}

// Raw of a day that cannot be derived stays, as long as its tables are kept; and its error is told.
func TestADirtyDayIsDerivedFirst(t *testing.T) {
	bad := 40
	h := http.NewServeMux()
	h.HandleFunc("GET /v1.0/communications/callRecords/{call}", func(w http.ResponseWriter, _ *http.Request) {
		var all []string
		for i := range 50 {
			start := fmt.Sprintf(`"2026-11-09T10:%02d:00Z"`, i)
			if i < bad {
				start = `null`
			}
			all = append(all, fmt.Sprintf(`{"id":"b%d","callId":"c","startDateTime":%s}`, i, start))
		}
		io.WriteString(w, `{"value":[`+strings.Join(all, ",")+`]}`)
	})
	r := newRig(t, h)
	r.Now = november(12).Add(time.Hour)
	r.days(t, 9, 10, schemas.PSTNCalls)
	if st := r.state(t, schemas.PSTNCalls); !st.IsDirty(november(9)) {
		t.Fatalf("the day is not dirty: %+v", st)
	}
	sel := keeping(schemas.PSTNCalls)
	rep, err := expire(t.Context(), r.store, 12, sel)
	if err != nil || rep.Status != state.Failed || !strings.Contains(fmt.Sprint(rep.Removed[0].Error, rep.Removed[len(rep.Removed)-1].Error), "raw of 2026-11-09 stays") {
		t.Errorf("%v, %+v", err, rep.Removed)
	}
	if !slices.Contains(r.objects(t), rawOn("pstn_calls", 9)) {
		t.Error("raw of a day that cannot be derived was removed")
	}
	if rep, err := expire(t.Context(), r.store, 13, sel); err != nil || rep.Status != state.Data { // its tables are too old as well
		t.Errorf("%v, %+v", err, rep.Removed)
	}
	if all := r.objects(t); len(all) > 0 {
		t.Errorf("left are %v", all)
	}
	if st := r.state(t, schemas.PSTNCalls); len(st.Dirty) > 0 || !st.IsRemoved(load.Raw, november(9)) || !st.IsRemoved(load.Tables, november(9)) {
		t.Errorf("%+v", st)
	}
}

// Without Graph's time nothing is removed, and by a clock that is days ahead neither; by one that somebody vouches for it is.
func TestExpireAsksTheTime(t *testing.T) {
	graphs := "Sun, 15 Nov 2026 02:30:00 GMT"
	h := http.NewServeMux()
	h.HandleFunc("/v1.0/", func(w http.ResponseWriter, _ *http.Request) {
		if graphs != "" {
			w.Header().Set("Date", graphs)
		}
		io.WriteString(w, `{"value":[]}`)
	})
	r := newRig(t, h)
	r.Now = november(12).Add(time.Hour)
	r.days(t, 9, 12, schemas.PSTNCalls)
	before := len(r.objects(t))
	r.CheckClock = true
	sel := keeping(schemas.PSTNCalls)
	graphs = ""
	for _, s := range []bool{false, true} {
		sel.Back = s
		if _, err := r.Expire(t.Context(), sel, jobs.ExpireOptions{}); !errors.Is(err, jobs.ErrNotTold) {
			t.Errorf("without Graph's time: %v", err)
		}
	}
	graphs = time.Now().Add(-40 * schemas.Day).UTC().Format(http.TimeFormat)
	sel.Back = false
	if _, err := r.Expire(t.Context(), sel, jobs.ExpireOptions{}); !errors.Is(err, jobs.ErrClock) {
		t.Errorf("40 days ahead of Graph: %v", err)
	}
	if after := len(r.objects(t)); after != before {
		t.Errorf("%d objects, before %d", after, before)
	}
	graphs = "Fri, 13 Nov 2026 02:30:00 GMT"
	sel.Back = true
	r.Now = november(25)
	if rep, err := r.Expire(t.Context(), sel, jobs.ExpireOptions{}); err != nil || len(rep.Notes) != 1 || rep.Removed[len(rep.Removed)-1].Last != "2026-11-10" {
		t.Errorf("a time that has not come: %v, %+v", err, rep)
	}
	graphs = ""
	if rep, err := r.Expire(t.Context(), sel, jobs.ExpireOptions{OwnClock: true}); err != nil || len(r.objects(t)) > 0 {
		t.Errorf("by its own clock: %v, %+v", err, rep)
	}
}

// Another's lock keeps an expire off, and it says so; the next does it.
func TestExpireOfALockedDataset(t *testing.T) {
	h := http.NewServeMux()
	h.HandleFunc("/v1.0/", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"value":[]}`) })
	r := newRig(t, h)
	r.Now = november(12).Add(time.Hour)
	r.days(t, 9, 12, schemas.PSTNCalls)
	lock, err := r.store.Lock(t.Context(), load.LockObject(tenant.ID, "pstn_calls"))
	if err != nil {
		t.Fatal(err)
	}
	sel := keeping(schemas.PSTNCalls)
	before := r.bytes(t)
	rep, err := expire(t.Context(), r.store, 13, sel)
	if err != nil || rep.Status != state.Unavailable || !rep.TryAgain() || rep.Removed[0].Error.Kind != "locked" || !maps.Equal(before, r.bytes(t)) {
		t.Errorf("%v, %+v", err, rep)
	}
	if err := lock.Unlock(t.Context()); err != nil {
		t.Fatal(err)
	}
	if rep, err := expire(t.Context(), r.store, 13, sel); err != nil || rep.Status != state.Data || maps.Equal(before, r.bytes(t)) {
		t.Errorf("%v, %+v", err, rep)
	}
}

// outpaced is a store in which another publishes an object after it was listed and before it is removed.
type outpaced struct {
	full
	object string
}

func (o *outpaced) Remove(ctx context.Context, name string, base load.Condition) error {
	if name == o.object {
		if err := put(ctx, o.full, name, []byte("of another")); err != nil {
			return err
		}
	}
	return o.full.Remove(ctx, name, base)
}

// put publishes an object over whatever is there.
func put(ctx context.Context, store load.Store, name string, text []byte) error {
	w, err := store.Stage(ctx, name)
	if err != nil {
		return err
	}
	defer w.Discard()
	if _, err := w.Write(text); err != nil {
		return err
	}
	_, _, err = w.Commit(ctx, load.Condition{})
	return err
}

// Both kinds of stores remove an object in the version that was listed only, and keep an expire off what another works on;
// whoever died at a removal has done it, or the next does.
func TestExpireByVersionsAndLocks(t *testing.T) {
	h := http.NewServeMux()
	h.HandleFunc("/v1.0/", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"value":[]}`) })
	r := newRig(t, h)
	r.Now = november(12).Add(time.Hour)
	r.days(t, 9, 12, schemas.PSTNCalls)
	sel := keeping(schemas.PSTNCalls)
	test := func(t *testing.T, store full) {
		for info, err := range r.store.List(t.Context(), "") {
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasSuffix(info.Name, ".lock") {
				if err := put(t.Context(), store, info.Name, content(t, r.store, info.Name)); err != nil {
					t.Fatal(err)
				}
			}
		}
		lock, err := store.Lock(t.Context(), load.LockObject(tenant.ID, "pstn_calls"))
		if err != nil {
			t.Fatal(err)
		}
		before := files(t, store)
		if rep, err := expire(t.Context(), store, 13, sel); err != nil || rep.Status != state.Unavailable || rep.Removed[0].Error.Kind != "locked" {
			t.Errorf("of what another works on: %v, %+v", err, rep)
		}
		same(t, "of what another works on", files(t, store), before)
		if err := lock.Unlock(t.Context()); err != nil {
			t.Fatal(err)
		}

		object := rawOn("pstn_calls", 9)
		rep, err := expire(t.Context(), &outpaced{store, object}, 13, sel)
		if last := rep.Removed[len(rep.Removed)-1]; err != nil || rep.Status != state.Unavailable || last.Error == nil || !strings.Contains(last.Error.Message, object) {
			t.Errorf("what another has published since: %v, %+v", err, rep)
		}
		if text := content(t, store, object); string(text) != "of another" {
			t.Errorf("what another has published is %q", text)
		}
		if found := kinds(t, store, 13, sel); found != "leftover 2" { // that one, and the day behind it
			t.Errorf("then an audit finds %q", found)
		}
		dying := storetest.NewFaulty(store)
		for n := 1; dying.Died() != "Remove"; n++ {
			if dying = storetest.NewFaulty(store); n > 100 {
				t.Fatal("an expire removes nothing")
			}
			dying.FailAt(n, true)
			if rep, err := expire(t.Context(), dying, 13, sel); err == nil && rep.Status == state.Data {
				t.Errorf("it died at %s and reports %s", dying.Died(), rep.Status)
			}
		}
		if rep, err := expire(t.Context(), store, 13, sel); err != nil || rep.Status != state.Data {
			t.Errorf("the next: %v, %+v", err, rep)
		}
		if found := kinds(t, store, 13, sel); found != "" {
			t.Errorf("then an audit finds %q", found)
		}
		for name := range files(t, store) {
			if p, _ := load.ParsePartition(name); sel.KeepOf(schemas.PSTNCalls).TooOld(p.Kind, p.Date, november(13)) {
				t.Errorf("%s is too old", name)
			}
		}
	}
	t.Run("on a disk", func(t *testing.T) { test(t, onDisk(t, inMemory(t))()) })
	t.Run("in Blob Storage", func(t *testing.T) {
		o := blobstore.Options{ConnectionString: azurite.Start(t), Container: "lake"}
		if _, err := blobstore.Create(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		store, err := blobstore.New(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		test(t, store)
	})
}
