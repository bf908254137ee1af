package jobs_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"graphlake/jobs"
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
