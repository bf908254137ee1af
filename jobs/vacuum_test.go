package jobs_test

import (
	"log/slog"
	"strings"
	"testing"

	"graphlake/jobs"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/load/lane"
	"graphlake/schemas"
)

// dead are the data files of the lane that are not live.
func (r *rig) dead(t *testing.T) (all []string) {
	t.Helper()
	for _, of := range schemas.CallRecords.Tables {
		live, _, err := r.Delta.Live(t.Context(), of, tenant.ID)
		if err != nil {
			t.Fatal(err)
		}
		known := map[string]bool{}
		for _, f := range live {
			known[f.Path] = true
		}
		for info, err := range r.Delta.Stored(t.Context(), of, tenant.ID) {
			if err != nil {
				t.Fatal(err)
			}
			if !known[info.Name] {
				all = append(all, of.Name+"/"+info.Name)
			}
		}
	}
	return all
}

// A vacuum removes what no version needs that is young enough, and nothing that is live; and a file that a crash has left.
func TestVacuum(t *testing.T) {
	for _, layout := range []lane.Layout{lane.Shared, lane.PerTenant} {
		t.Run(string(layout), func(t *testing.T) {
			r := inLane(t, lane.Settings{Layout: layout})
			root := schemas.CallRecords.Root()
			sel := plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: []schemas.Dataset{schemas.Users, schemas.CallRecords}}
			live, object := r.live(t, root, monday)
			text := []byte(r.text(t, object))
			r.publish(t, root, lane.Day{Partition: part(load.Tables, "calls", tuesday), Removed: true})
			left := strings.Replace(object, live.Path[strings.LastIndex(live.Path, "/")+1:], strings.Repeat("0", 32)+".parquet", 1)
			r.put(t, left, text)
			if n := len(r.dead(t)); n != 2 {
				t.Fatalf("%d files are dead before, want 2", n)
			}

			would, err := r.Vacuum(t.Context(), sel, jobs.VacuumOptions{DryRun: true})
			if err != nil || len(would.Vacuumed) != 1 || would.Vacuumed[0].Files != 2 || len(r.dead(t)) != 2 || !would.DryRun {
				t.Fatalf("a dry run: %+v, %v; dead are %v", would, err, r.dead(t))
			}
			week, err := r.Vacuum(t.Context(), sel, jobs.VacuumOptions{OlderThan: lane.KeepVersions})
			if err != nil || len(week.Vacuumed) != 1 || week.Vacuumed[0].Files != 1 || len(r.dead(t)) != 1 {
				t.Fatalf("what a crash has left no version has: %+v, %v; dead are %v", week, err, r.dead(t))
			}
			done, err := r.Vacuum(t.Context(), sel, jobs.VacuumOptions{})
			if err != nil || len(done.Vacuumed) != 1 || done.Status != state.Data || done.What != "vacuum" {
				t.Fatalf("%+v, %v", done, err)
			}
			if v := done.Vacuumed[0]; v.Files != 1 || v.Bytes == 0 || v.Dataset != "call_records" || v.Outcome != state.Removed || len(r.dead(t)) != 0 {
				t.Errorf("%+v; dead are %v", v, r.dead(t))
			}
			if len(done.Notes) != 1 || !strings.Contains(done.Notes[0].Message, "time travel in delta/ ends at ") || done.Incomplete() {
				t.Errorf("it says %v", done.Notes)
			}
			want(t, lines(r.auditLane(t, true)), "lane_missing calls 2026-11-17 1") // as it was before

			idle, err := r.Vacuum(t.Context(), sel, jobs.VacuumOptions{})
			if err != nil || idle.Vacuumed == nil || len(idle.Vacuumed) != 0 || len(idle.Notes) != 0 {
				t.Errorf("once more: %+v, %v", idle, err)
			}
		})
	}
}

// Who holds a dataset is waited for: what it has copied and not yet published looks like nobody's.
func TestVacuumWaitsForTheLock(t *testing.T) {
	r := inLane(t, lane.Settings{Layout: lane.Shared})
	r.publish(t, schemas.CallRecords.Root(), lane.Day{Partition: part(load.Tables, "calls", tuesday), Removed: true})
	held, err := state.Open(t.Context(), r.Store, state.Pair{TenantID: tenant.ID, Dataset: "call_records"}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	sel := plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: []schemas.Dataset{schemas.CallRecords}}
	rep, err := r.Vacuum(t.Context(), sel, jobs.VacuumOptions{})
	if err != nil || len(r.dead(t)) != 1 || !rep.TryAgain() || rep.Status != state.Unavailable || rep.Vacuumed[0].Error.Kind != "locked" {
		t.Fatalf("%+v, %v; dead are %v", rep, err, r.dead(t))
	}
	if err := held.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if rep, err = r.Vacuum(t.Context(), sel, jobs.VacuumOptions{}); err != nil || rep.Status != state.Data || len(r.dead(t)) != 0 {
		t.Errorf("%+v, %v; dead are %v", rep, err, r.dead(t))
	}
}

// A night of a job that vacuums does so at its end; one of a lake without a second lane, or whose job does not, says nothing.
func TestVacuumAfterANight(t *testing.T) {
	r := inLane(t, lane.Settings{Layout: lane.Shared})
	night := plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: []schemas.Dataset{schemas.CallRecords}, From: monday, To: monday.Add(2 * schemas.Day), Vacuum: true}
	_, object := r.live(t, schemas.CallRecords.Root(), monday)
	r.put(t, strings.TrimSuffix(object, ".parquet")[:len(object)-len(".parquet")-32]+strings.Repeat("0", 32)+".parquet", []byte("left by a crash"))
	rep, err := r.Run(t.Context(), night)
	if err != nil || len(rep.Vacuumed) != 1 || rep.Vacuumed[0].Files != 1 || len(r.dead(t)) != 0 {
		t.Errorf("%+v, %v; dead are %v", rep.Vacuumed, err, r.dead(t))
	}
	night.Vacuum = false
	if rep, err = r.Run(t.Context(), night); err != nil || rep.Vacuumed != nil {
		t.Errorf("%+v, %v", rep.Vacuumed, err)
	}
	r.Delta, night.Vacuum = nil, true
	if rep, err = r.Run(t.Context(), night); err != nil || len(rep.Vacuumed) != 0 || rep.Status != state.Data {
		t.Errorf("without a lane: %+v, %v", rep, err)
	}
}
