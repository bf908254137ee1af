package jobs_test

import (
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"graphlake/jobs/audit"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/load/delta"
	"graphlake/load/lane"
	"graphlake/schemas"
)

// auditLane audits the lake of a rig, and its Delta tables.
func (r *rig) auditLane(t *testing.T, off bool) audit.Audit {
	t.Helper()
	a := audit.Auditor{Store: r.Store, Now: r.Now, Log: slog.New(slog.DiscardHandler), Lane: r.Delta, LaneOff: off}
	found, err := a.Audit(t.Context(), plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: []schemas.Dataset{schemas.CallRecords}})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// inLane is a rig with a lake of calls whose days the lane has.
func inLane(t *testing.T, s lane.Settings) *rig {
	t.Helper()
	r := calls(t)
	if err := openLane(t, &r.Runner, &s); err != nil {
		t.Fatal(err)
	}
	if rep, err := r.ReplayLane(t.Context(), plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: []schemas.Dataset{schemas.CallRecords}}); err != nil || rep.Status != state.Data && rep.Status != state.Empty {
		t.Fatalf("%+v, %v", rep, err)
	}
	return r
}

// live is the live file of a day.
func (r *rig) live(t *testing.T, of schemas.Table, date time.Time) (file lane.LiveFile, object string) {
	t.Helper()
	all, _, err := r.Delta.Live(t.Context(), of, tenant.ID)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(all, func(f lane.LiveFile) bool { return slices.ContainsFunc(f.Days, date.Equal) })
	if i < 0 {
		t.Fatalf("%s is not live of %s in %+v", date, of.Name, all)
	}
	return all[i], r.Delta.Root(of, tenant.ID) + "/" + all[i].Path
}

// publish says of a day to the lane what somebody else might.
func (r *rig) publish(t *testing.T, of schemas.Table, day lane.Day) {
	t.Helper()
	if _, err := r.Delta.Publish(t.Context(), func() error { return nil }, of, []lane.Day{day}); err != nil {
		t.Fatal(err)
	}
}

// commit makes a file live of a day by the log alone.
func (r *rig) commit(t *testing.T, of schemas.Table, date time.Time, files ...delta.File) {
	t.Helper()
	table := delta.Table{
		Store: r.Store, Root: r.Delta.Root(of, tenant.ID), Engine: "another", Log: slog.New(slog.DiscardHandler),
		Now: time.Now, NewID: func() string { return "an id" },
	}
	schema, err := delta.SchemaOf(of, []delta.Column{{Name: "tenant_id", Type: delta.StringType}, {Name: "dt", Type: delta.DateType}}, "tenant_id", "dt")
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]string{"tenant_id": tenant.ID, "dt": date.Format(time.DateOnly)}
	for i := range files {
		files[i].Values, files[i].Modified = values, later
	}
	if _, _, err := table.Replace(t.Context(), func() error { return nil }, delta.Replacement{Schema: schema, Operation: "WRITE", Partitions: []delta.Partition{{Values: values, Files: files}}}); err != nil {
		t.Fatal(err)
	}
}

// Each case makes the lanes differ in one way. A replay of the lane with a range mends it, and asks nobody.
func TestAuditComparesTheLanes(t *testing.T) {
	root := schemas.CallRecords.Root()
	wednesday := tuesday.Add(schemas.Day)
	for _, c := range []struct {
		name   string
		damage func(t *testing.T, r *rig)
		want   []string
		stays  bool // no replay of the lane mends it
	}{
		{"nothing", func(*testing.T, *rig) {}, []string{}, true},
		{"a file that is gone", func(t *testing.T, r *rig) {
			_, object := r.live(t, root, monday)
			r.put(t, object, nil)
		}, []string{"lane_lost calls 2026-11-16 1"}, false},
		{"a day that is not live", func(t *testing.T, r *rig) {
			r.publish(t, root, lane.Day{Partition: part(load.Tables, "calls", tuesday), Removed: true})
		}, []string{"lane_missing calls 2026-11-17 1"}, false},
		{"another day's file", func(t *testing.T, r *rig) {
			other, _ := r.live(t, root, monday)
			_, object := r.live(t, root, monday)
			path := strings.Replace(other.Path, "dt=2026-11-16", "dt=2026-11-17", 1)
			r.put(t, r.Delta.Root(root, tenant.ID)+"/"+path, []byte(r.text(t, object)))
			r.commit(t, root, tuesday, delta.File{Path: path, Size: other.Size, Rows: other.Rows})
		}, []string{"lane_stale calls 2026-11-17 1"}, false},
		{"somebody's file", func(t *testing.T, r *rig) {
			old, object := r.live(t, root, monday)
			path := "tenant_id=" + tenant.ID + "/dt=2026-11-16/part-00000.parquet"
			r.put(t, r.Delta.Root(root, tenant.ID)+"/"+path, []byte(r.text(t, object)))
			r.commit(t, root, monday, delta.File{Path: path, Size: old.Size, Rows: old.Rows})
		}, []string{"lane_extra calls 2026-11-16 1", "lane_missing calls 2026-11-16 1"}, false},
		{"a day that the tables have not", func(t *testing.T, r *rig) {
			r.put(t, part(load.Tables, "calls", wednesday).Object(), []byte(r.text(t, part(load.Tables, "calls", monday).Object())))
			r.publish(t, root, lane.Day{Partition: part(load.Tables, "calls", wednesday)})
			r.put(t, part(load.Tables, "calls", wednesday).Object(), nil)
		}, []string{"lane_extra calls 2026-11-18 1"}, false},
		{"a day from when the lane was off", func(t *testing.T, r *rig) {
			r.edit(t, schemas.CallRecords, func(st *state.State) { st.MarkClean(tuesday, schemas.CallRecords.Fingerprint(), "") })
		}, []string{"lane_missing 2026-11-17 1"}, false},
		{"a lane that was begun anew", func(t *testing.T, r *rig) {
			r.edit(t, schemas.CallRecords, func(st *state.State) { st.Derived[0].Lane = "another" })
		}, []string{"lane_missing 2026-11-16 2"}, false},
		{"a day of which raw is gone", func(t *testing.T, r *rig) {
			r.edit(t, schemas.CallRecords, func(st *state.State) {
				st.Remove(load.Raw, schemas.CallRecords, schemas.Range{From: monday, To: tuesday}, later)
			})
			r.put(t, part(load.Raw, "call_records", monday).Object(), nil)
			r.publish(t, root, lane.Day{Partition: part(load.Tables, "calls", monday), Removed: true})
		}, []string{"lane_missing calls 2026-11-16 1"}, false},
		{"a day that is removed", func(t *testing.T, r *rig) {
			r.edit(t, schemas.CallRecords, func(st *state.State) {
				for _, kind := range []load.Kind{load.Raw, load.Tables, load.Quarantine} {
					st.Remove(kind, schemas.CallRecords, schemas.Range{From: monday, To: tuesday}, later)
				}
			})
			r.put(t, part(load.Raw, "call_records", monday).Object(), nil)
			for _, of := range schemas.CallRecords.Tables {
				r.put(t, part(load.Tables, of.Name, monday).Object(), nil)
				if of.Name != root.Name {
					r.publish(t, of, lane.Day{Partition: part(load.Tables, of.Name, monday), Removed: true})
				}
			}
		}, []string{"leftover calls 2026-11-16 1"}, true},
		{"a table that another program upgraded", func(t *testing.T, r *rig) {
			r.put(t, load.DeltaEntry(r.Delta.Root(root, tenant.ID), 1), []byte(`{"protocol":{"minReaderVersion":1,"minWriterVersion":7,"writerFeatures":["rowTracking"]}}`+"\n"))
		}, []string{"lane_foreign calls 1"}, true},
		{"a plain file that is damaged", func(t *testing.T, r *rig) {
			r.put(t, part(load.Tables, "call_media", monday).Object(), []byte("PAR1 no Parquet PAR1"))
		}, []string{"unreadable call_media 2026-11-16 1"}, true},
		{"a plain file that is gone", func(t *testing.T, r *rig) {
			r.put(t, part(load.Tables, "call_media", monday).Object(), nil)
		}, []string{"missing call_media 2026-11-16 1"}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := inLane(t, lane.Settings{Layout: lane.Shared})
			c.damage(t, r)
			found := r.auditLane(t, false)
			want(t, lines(found), c.want...)
			if found.Unreferenced == nil {
				t.Error("an audit of a lane does not count what nobody references")
			}
			if c.stays {
				return
			}
			if _, err := r.ReplayLane(t.Context(), plan.Selection{
				Tenants: []plan.Tenant{tenant}, Datasets: []schemas.Dataset{schemas.CallRecords}, From: monday, To: wednesday.Add(schemas.Day),
			}); err != nil {
				t.Fatal(err)
			}
			want(t, lines(r.auditLane(t, false)))
		})
	}
}

// A lane that is off lacks what was changed since, and that is no finding. What it has it has right.
func TestAuditOfALaneThatIsOff(t *testing.T) {
	root := schemas.CallRecords.Root()
	r := inLane(t, lane.Settings{Layout: lane.PerTenant})
	r.edit(t, schemas.CallRecords, func(st *state.State) { st.MarkClean(tuesday, schemas.CallRecords.Fingerprint(), "") })
	r.publish(t, root, lane.Day{Partition: part(load.Tables, "calls", tuesday), Removed: true})
	want(t, lines(r.auditLane(t, true)))
	_, object := r.live(t, root, monday)
	r.put(t, object, nil)
	found := r.auditLane(t, true)
	want(t, lines(found), "lane_lost calls 2026-11-16 1")
	if u := *found.Unreferenced; u.Files != 1 || u.Bytes == 0 {
		t.Errorf("%+v are unreferenced, want the file of Tuesday", u)
	}
}
