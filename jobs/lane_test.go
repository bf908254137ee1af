package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"graphlake/extract/graph"
	"graphlake/jobs"
	"graphlake/jobs/erased"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/load/lane"
	"graphlake/schemas"
)

var (
	byDay    = &lane.Settings{Layout: lane.Shared}
	ofTenant = &lane.Settings{Layout: lane.PerTenant}
	byMonth  = &lane.Settings{Layout: lane.Shared, Compact: true}
)

// What two nights have derived is in both lanes, in one version of a table for all days of a unit; a rerun that changes
// nothing commits nothing.
func TestNightsWithALane(t *testing.T) {
	for name, s := range map[string]*lane.Settings{"shared": byDay, "per tenant": ofTenant} {
		t.Run(name, func(t *testing.T) {
			store := onDisk(t, inMemory(t))()
			for _, date := range []int{18, 19} {
				n := newNight(t, date, date == 18)
				n.lane = s
				n.finish(t, store)
			}
			both := files(t, store)
			if len(both) == 0 || !slices.ContainsFunc(slices.Collect(maps.Keys(both)), func(name string) bool { return strings.HasPrefix(name, load.DeltaTables) }) {
				t.Fatalf("the lake has %d files, and none in the lane", len(both))
			}
			before := logs(t, store)
			rerun := newNight(t, 19, false)
			rerun.lane = s
			rerun.From, rerun.To = monday, monday.Add(2*schemas.Day)
			rerun.finish(t, store)
			same(t, "after a rerun", files(t, store), both)
			if after := logs(t, store); !slices.Equal(after, before) {
				t.Errorf("a rerun that changes nothing has left the logs\n%q\nwhich were\n%q", after, before)
			}
		})
	}
}

// logs are the objects of the logs of all Delta tables.
func logs(t *testing.T, store load.Store) (names []string) {
	t.Helper()
	for info, err := range store.List(t.Context(), load.DeltaTables) {
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(info.Name, "/_delta_log/") {
			names = append(names, info.Name)
		}
	}
	return names
}

// failed is why a run has not ended well.
func failed(rep jobs.Report, err error) error {
	if err == nil && rep.Status != state.Data {
		err = fmt.Errorf("the run is %s: %+v", rep.Status, rep.Units)
	}
	return err
}

// replay is a replay as a process of its own.
func (n night) replay(t *testing.T, store state.Store) (jobs.Report, error) {
	t.Helper()
	r := n.runner(t, store)
	if err := openLane(t.Context(), &r, n.lane); err != nil {
		return jobs.Report{}, err
	}
	return r.Replay(t.Context(), plan.Selection{Tenants: n.Tenants, Datasets: n.Datasets})
}

// replayLane is a replay of the lane, as a process of its own.
func (n night) replayLane(t *testing.T, store state.Store) (jobs.Report, error) {
	t.Helper()
	r := n.runner(t, store)
	if err := openLane(t.Context(), &r, n.lane); err != nil {
		return jobs.Report{}, err
	}
	return r.ReplayLane(t.Context(), plan.Selection{Tenants: n.Tenants, Datasets: n.Datasets})
}

// daysInLane counts the days that were derived of a dataset, by whether the lane of the lake is known to have them.
func (n night) daysInLane(t *testing.T, store state.Store, d schemas.Dataset) (in, out int) {
	t.Helper()
	id, _, err := lane.Read(t.Context(), store)
	if err != nil {
		t.Fatal(err)
	}
	st, err := state.Load(t.Context(), store, state.Pair{TenantID: tenant.ID, Dataset: d.Name})
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range st.Derived {
		for _, day := range (schemas.Range{From: one.From, To: one.To}).Days() {
			if st.InLane(day, id.ID) {
				in++
			} else {
				out++
			}
		}
	}
	return in, out
}

// A lane that is turned off stays as it is, and what is derived meanwhile is known not to be in it. When it is on again, a run
// publishes the days that it meets, and a replay of the lane the others; and so for a lane that was removed and begun anew.
func TestALaneIsTurnedOffAndOn(t *testing.T) {
	dir := inMemory(t)
	store := onDisk(t, dir)()
	nights := map[int]night{}
	for date := 18; date < 22; date++ {
		n := newNight(t, date, false)
		nights[date] = n
	}
	on := func(date int) night {
		n := nights[date]
		n.lane = byDay
		return n
	}
	on(18).finish(t, store)
	files(t, store)
	before := logs(t, store)
	nights[19].finish(t, store)
	if after := logs(t, store); !slices.Equal(after, before) {
		t.Errorf("the lane is off, and its logs were %q and are %q", before, after)
	}
	if in, out := on(19).daysInLane(t, store, schemas.CallRecords); out == 0 {
		t.Errorf("%d days of call records are said to be in the lane, and none not to be, after a night without it", in)
	}
	rerun := on(19)
	rerun.From, rerun.To = monday, monday.Add(schemas.Day)
	rerun.finish(t, store)
	live := liveIn(t, store)
	if p := part(load.Tables, "calls", monday).Object(); live[p] == "" {
		t.Errorf("a rerun has not published %s", p)
	}
	for range 2 {
		if err := failed(on(19).replayLane(t, store)); err != nil {
			t.Fatal(err)
		}
		files(t, store) // compares both lanes
		if in, out := on(19).daysInLane(t, store, schemas.CallRecords); in == 0 || out != 0 {
			t.Errorf("after a replay of the lane it has %d days of call records, and lacks %d", in, out)
		}
	}

	old, _, err := lane.Read(t.Context(), store)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{load.DeltaTables, load.LaneObject} {
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	on(20).finish(t, store)
	if in, out := on(20).daysInLane(t, store, schemas.PSTNCalls); out == 0 {
		t.Errorf("a new lane is said to have %d days of PSTN calls, and to lack none", in)
	}
	if err := failed(on(20).replayLane(t, store)); err != nil {
		t.Fatal(err)
	}
	files(t, store)
	if id, _, err := lane.Read(t.Context(), store); err != nil || id.ID == old.ID {
		t.Errorf("the new lane is %s, as the old one, %v", id.ID, err)
	}
}

// Tenants that are read by processes of their own commit to one log at the same time, and none of them loses anything.
func TestTwoTenantsInOneLog(t *testing.T) {
	store := onDisk(t, inMemory(t))()
	other := plan.Tenant{Name: "fabrikam", ID: "5a2d3b8f-a4c6-4d19-9e7a-306b8d2fac41"}
	var both sync.WaitGroup
	for _, of := range []plan.Tenant{tenant, other} {
		n := newNight(t, 18, false)
		n.lane, n.Tenants = byDay, []plan.Tenant{of}
		r := n.runner(t, store)
		r.Clients = map[string]*graph.Client{of.ID: n.client}
		if err := openLane(t.Context(), &r, n.lane); err != nil {
			t.Fatal(err)
		}
		both.Go(func() {
			if err := failed(r.Run(t.Context(), n.Selection)); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	tenants := map[string]int{}
	for p := range files(t, store) {
		if of, ok := load.ParsePartition(p); ok && of.Kind == load.Tables {
			tenants[of.TenantID]++
		}
	}
	if tenants[tenant.ID] == 0 || tenants[tenant.ID] != tenants[other.ID] {
		t.Errorf("plain partitions, all of which are live, by tenant: %v", tenants)
	}
}

// A table that somebody has upgraded is left alone: its days stay dirty, the plain lane is what it would be without, and the
// error says what to do. Once that is undone, the next run publishes them.
func TestAForeignTable(t *testing.T) {
	dir, plain := inMemory(t), onDisk(t, inMemory(t))()
	store := onDisk(t, dir)()
	for _, date := range []int{18, 19} {
		newNight(t, date, false).finish(t, plain)
	}
	first, second := newNight(t, 18, false), newNight(t, 19, false)
	first.lane, second.lane = byDay, byDay
	first.finish(t, store)
	version := int64(0)
	for _, name := range logs(t, store) {
		if v, checkpoint, ok := load.ParseDeltaLog(load.DeltaRoot("calls", ""), name); ok && !checkpoint {
			version = max(version, v)
		}
	}
	upgrade := load.DeltaEntry(load.DeltaRoot("calls", ""), version+1)
	if _, err := store.Swap(t.Context(), upgrade, "", []byte(`{"protocol":{"minReaderVersion":3,"minWriterVersion":7,"readerFeatures":[],"writerFeatures":["rowTracking"]}}`)); err != nil {
		t.Fatal(err)
	}
	rep, err := second.run(t, store)
	if err != nil || rep.Status != state.Forbidden {
		t.Errorf("%v, %s", err, rep.Status)
	}
	refused := 0
	for _, u := range rep.Units {
		switch {
		case u.Dataset == "call_records" && u.Error == nil && u.Written == 0: // it has nothing to publish
		case u.Dataset == "call_records" && (u.Error == nil || u.Error.Kind != "foreign table" || !strings.Contains(u.Error.Message, "delta/calls") || !strings.Contains(u.Error.Message, "graphlake replay --delta")):
			t.Errorf("call records: %+v", u.Error)
		case u.Dataset != "call_records" && u.Error != nil:
			t.Errorf("%s: %+v", u.Dataset, u.Error)
		case u.Error != nil:
			refused++
		}
	}
	st, err := state.Load(t.Context(), store, state.Pair{TenantID: tenant.ID, Dataset: "call_records"})
	if err != nil || len(st.Dirty) == 0 || refused == 0 {
		t.Errorf("%d units were refused; dirty are %v, %v", refused, st.Dirty, err)
	}
	samePlain(t, "beside a foreign table", store, plain)
	if err := os.Remove(filepath.Join(dir, filepath.FromSlash(upgrade))); err != nil {
		t.Fatal(err)
	}
	second.finish(t, store)
	files(t, store)
	nothingLeft(t, store)
}

// samePlain compares the plain files of two lakes.
func samePlain(t *testing.T, when string, got, want load.Store) {
	t.Helper()
	both := [2]map[string][]byte{{}, {}}
	for i, store := range []load.Store{got, want} {
		for info, err := range store.List(t.Context(), "") {
			if err != nil {
				t.Fatal(err)
			}
			if _, ok := load.ParsePartition(info.Name); ok {
				both[i][info.Name] = content(t, store, info.Name)
			}
		}
	}
	same(t, when, both[0], both[1])
}

// laneless answers nothing but errors of what lies in Delta tables.
type laneless struct{ full }

var errLaneless = errors.New("no room left for the second lane")

func (s laneless) Stage(ctx context.Context, name string) (load.Staged, error) {
	if strings.HasPrefix(name, load.DeltaTables) {
		return nil, errLaneless
	}
	return s.full.Stage(ctx, name)
}

// An error of the second lane is the unit's, loses and doubles no plain row, and the next run makes up for it.
func TestALaneThatFails(t *testing.T) {
	store, plain := onDisk(t, inMemory(t))(), onDisk(t, inMemory(t))()
	for _, date := range []int{18, 19} {
		newNight(t, date, false).finish(t, plain)
		n := newNight(t, date, false)
		n.lane = byDay
		rep, err := n.run(t, laneless{store})
		if err != nil || rep.Status != state.Failed {
			t.Errorf("%v, %s", err, rep.Status)
		}
		for _, u := range rep.Units {
			if u.Error == nil || !strings.Contains(u.Error.Message, errLaneless.Error()) {
				t.Errorf("%s: %+v", u.Dataset, u.Error)
			}
		}
		samePlain(t, "beside a lane that fails", store, plain)
	}
	n := newNight(t, 19, false)
	n.lane = byDay
	n.finish(t, store)
	samePlain(t, "after it", store, plain)
	files(t, store)
	nothingLeft(t, store)
}

// Somebody who has gone from a day before the erasure, and is still in a file that the lane had of it, goes from that too; also
// where the lane is off, and has that file still. What is searched for the proof is in both lanes, and no log says who anybody is.
func TestEraseFromBothLanes(t *testing.T) {
	for name, after := range map[string]*lane.Settings{"on": byDay, "off": nil} {
		t.Run(name, func(t *testing.T) {
			store := onDisk(t, inMemory(t))()
			n := everyNight(t, 18)
			n.Datasets = []schemas.Dataset{schemas.PSTNCalls, schemas.Users}
			n.lane = byDay
			n.finish(t, store)
			given := n.anyUser(t, store)
			person := n.person(t, store, given)
			r := n.runner(t, store)
			if err := openLane(t.Context(), &r, after); err != nil {
				t.Fatal(err)
			}
			drop := func(text []byte) ([]byte, bool) { return text, !strings.Contains(string(text), given) }
			if _, err := r.RewriteRaw(t.Context(), tenant, schemas.PSTNCalls, drop); err != nil {
				t.Fatal(err)
			}
			found := n.search(t, store, person)
			ofCalls := func(object string) bool { return strings.HasPrefix(object, "delta/pstn_calls/tenant_id=") }
			if !slices.ContainsFunc(found, ofCalls) || slices.ContainsFunc(found, func(object string) bool { return strings.HasPrefix(object, "tables/pstn_calls/") }) {
				t.Errorf("before the erasure somebody is in %q", found)
			}
			if slices.ContainsFunc(found, func(object string) bool { return strings.Contains(object, "_delta_log") }) {
				t.Errorf("a log says who somebody is: %q", found)
			}
			n.list(t, store, person)
			n.lane = after
			if rep, err := n.erase(t, store); err != nil || rep.Status != state.Data {
				t.Fatalf("%v, %+v", err, rep.Units)
			}
			if found := n.search(t, store, person); len(found) > 0 {
				t.Errorf("after the erasure somebody is in %q", found)
			}
			if dead := deadFiles(t, store); len(dead) > 0 {
				t.Errorf("the lane still has %q", dead)
			}
			files(t, store)
			for _, d := range n.Datasets { // all that was in it was published again
				if in, out := n.daysInLane(t, store, d); in == 0 || out != 0 {
					t.Errorf("the lane is said to have %d days of %s, and to lack %d", in, d.Name, out)
				}
			}
		})
	}
}

// Of days that an erasure with the lane off has published it is known that the lane has them; days that it has not at all, or not
// in all tables, are still missed, and a replay of the lane brings them.
func TestEraseNotesWhatTheLaneHas(t *testing.T) {
	store := onDisk(t, inMemory(t))()
	n := everyNight(t, 18)
	n.lane = byDay
	n.finish(t, store)
	later := everyNight(t, 19)
	later.finish(t, store)
	before := map[string][2]int{}
	for _, d := range n.Datasets {
		in, out := n.daysInLane(t, store, d)
		before[d.Name] = [2]int{in, out}
	}
	later.list(t, store, n.person(t, store, n.anyUser(t, store)))
	if rep, err := later.erase(t, store); err != nil || rep.Status != state.Data {
		t.Fatalf("%v, %+v", err, rep.Units)
	}
	marked, missed := 0, 0
	for _, d := range n.Datasets {
		in, out := n.daysInLane(t, store, d)
		marked += max(0, in-before[d.Name][0])
		missed += out
	}
	if marked == 0 || missed == 0 {
		t.Errorf("the erasure has noted %d days more, and %d are missed; want some of both", marked, missed)
	}
	later.lane = byDay
	if err := failed(later.replayLane(t, store)); err != nil {
		t.Fatal(err)
	}
	files(t, store) // compares both lanes: no day was noted that the lane does not have
}

// search gives the objects of a lake in which somebody is, by their keys in clear.
func (n night) search(t *testing.T, store state.Store, who erased.Person) (objects []string) {
	t.Helper()
	p, err := erased.List{}.Prove(t.Context(), erased.Search{Store: store, Datasets: n.Datasets}, []erased.Person{who}, jobs.Privacy{})
	if err != nil || len(p.Unread) > 0 {
		t.Fatal(p.Unread, err)
	}
	for _, f := range p.Found {
		objects = append(objects, f.Object)
	}
	return objects
}

// A run that meets a day whose tables are as they should be, and which the lane does not have, publishes it: nobody has to
// replay a lane whose days are all read again.
func TestARunPublishesWhatItMeets(t *testing.T) {
	store := onDisk(t, inMemory(t))()
	n := newNight(t, 18, false)
	n.From, n.To = monday, monday.Add(2*schemas.Day)
	n.finish(t, store)
	plain := files(t, store)
	n.lane = byDay
	n.finish(t, store)
	both := files(t, store) // compares both lanes
	if len(both) <= len(plain) {
		t.Errorf("of %d plain files nothing was published", len(plain))
	}
	if in, out := n.daysInLane(t, store, schemas.CallRecords); in != 2 || out != 0 {
		t.Errorf("the lane is said to have %d days of call records, and to lack %d", in, out)
	}
}
