package jobs_test

import (
	"context"
	"iter"
	"log/slog"
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
	if err := openLane(t.Context(), &r.Runner, &s); err != nil {
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

// commit makes a file live of a partition of the shared layout by the log alone.
func (r *rig) commit(t *testing.T, of schemas.Table, by, value string, file delta.File) {
	t.Helper()
	table := delta.Table{
		Store: r.Store, Root: r.Delta.Root(of, tenant.ID), Engine: "another", Log: slog.New(slog.DiscardHandler),
		Now: time.Now, NewID: func() string { return "an id" },
	}
	more := []delta.Column{{Name: load.DateColumn, Type: delta.DateType}}
	if by != load.DateColumn {
		more = append(more, delta.Column{Name: by, Type: delta.StringType})
	}
	schema, err := delta.SchemaOf(of, append(more, delta.Column{Name: load.TenantColumn, Type: delta.StringType}), load.TenantColumn, by)
	if err != nil {
		t.Fatal(err)
	}
	file.Values, file.Modified = map[string]string{load.TenantColumn: tenant.ID, by: value}, later
	if _, _, err := table.Replace(t.Context(), func() error { return nil }, delta.Replacement{
		Schema: schema, Operation: "WRITE", Partitions: []delta.Partition{{Values: file.Values, Files: []delta.File{file}}},
	}); err != nil {
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
			r.commit(t, root, load.DateColumn, "2026-11-17", delta.File{Path: path, Size: other.Size, Rows: other.Rows})
		}, []string{"lane_stale calls 2026-11-17 1"}, false},
		{"somebody's file", func(t *testing.T, r *rig) {
			old, object := r.live(t, root, monday)
			path := "tenant_id=" + tenant.ID + "/dt=2026-11-16/part-00000.parquet"
			r.put(t, r.Delta.Root(root, tenant.ID)+"/"+path, []byte(r.text(t, object)))
			r.commit(t, root, load.DateColumn, "2026-11-16", delta.File{Path: path, Size: old.Size, Rows: old.Rows})
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

// Nights, reruns, removals and a compaction leave nothing to find in the lane, in no layout and form.
func TestCleanAfterNightsInBothLanes(t *testing.T) {
	for _, s := range []lane.Settings{{Layout: lane.Shared}, {Layout: lane.PerTenant}, {Layout: lane.Shared, Compact: true}, {Layout: lane.PerTenant, Compact: true}} {
		t.Run(s.String(), func(t *testing.T) {
			now := later
			r := newRig(t, graphsim.New(graphsim.Options{
				Users: 4, From: monday, To: monday.Add(3 * schemas.Day), Large: 8, CallsPerUserDay: 1, Now: func() time.Time { return now },
			}))
			if err := openLane(t.Context(), &r.Runner, &s); err != nil {
				t.Fatal(err)
			}
			datasets := []schemas.Dataset{schemas.CallRecords, schemas.PSTNCalls, schemas.Users}
			all := plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: datasets, Vacuum: true}
			for night := range 3 {
				now = later.AddDate(0, 0, night)
				r.Now = now
				for range 2 {
					if rep, err := r.Run(t.Context(), all); err != nil || rep.Status != state.Data {
						t.Fatalf("night %d: %+v, %v", night, rep, err)
					}
				}
				want(t, r.audit(t, datasets...))
			}
			if s.Compact {
				for _, d := range datasets {
					for _, of := range d.Tables {
						settled := lane.CompactOptions{Settled: func(time.Time) bool { return true }, Before: monday.AddDate(0, 2, 0)}
						if _, err := r.Delta.Compact(t.Context(), func() error { return nil }, of, tenant.ID, settled); err != nil {
							t.Fatal(err)
						}
					}
				}
				if f, _ := r.live(t, schemas.CallRecords.Root(), monday); !f.Rolled {
					t.Fatalf("%+v is not rolled", f)
				}
				want(t, r.audit(t, datasets...))
				object := part(load.Tables, "calls", monday).Object()
				text := r.text(t, object)
				r.put(t, object, []byte(r.text(t, part(load.Tables, "calls", tuesday).Object())))
				stale := r.auditLane(t, false).Findings
				if i := slices.IndexFunc(stale, func(f audit.Finding) bool { return f.Kind == audit.FoundLaneStale }); i >= 0 {
					t.Errorf("of a day whose plain file is wrong: %+v", stale[i])
				}
				r.put(t, object, []byte(text))
				if s.Layout == lane.Shared {
					r.otherMonth(t, schemas.CallRecords.Root())
					want(t, r.audit(t, datasets...), "lane_stale calls 2026-11-15 1")
					if _, err := r.ReplayLane(t.Context(), plan.Selection{Tenants: all.Tenants, Datasets: datasets, From: monday, To: tuesday}); err != nil {
						t.Fatal(err)
					}
					want(t, r.audit(t, datasets...))
				}
			}
			all.Keep = map[string]plan.Keep{}
			for _, d := range datasets {
				all.Keep[d.Name] = plan.Keep{Tables: schemas.Day, Raw: schemas.Day, Quarantine: schemas.Day}
			}
			if rep, err := r.Expire(t.Context(), all, jobs.ExpireOptions{OwnClock: true}); err != nil || rep.Status != state.Data || len(rep.Removed) == 0 {
				t.Fatalf("%+v, %v", rep, err)
			}
			if got := r.audit(t, datasets...); len(got) > 0 && slices.ContainsFunc(got, func(line string) bool { return strings.HasPrefix(line, "lane") || strings.HasPrefix(line, "leftover") }) {
				t.Errorf("after an expire: %q", got)
			}
			if dead := r.dead(t); len(dead) > 0 {
				t.Errorf("dead are %q", dead)
			}
		})
	}
}

// otherMonth makes another file live of November than that of its days.
func (r *rig) otherMonth(t *testing.T, of schemas.Table) {
	t.Helper()
	f, object := r.live(t, of, monday)
	data, _ := load.ParseDataFile(f.Path)
	text := r.text(t, object)
	data.Hash = strings.Repeat("0", 32)
	r.put(t, r.Delta.Root(of, tenant.ID)+"/"+data.Path(), []byte(text))
	r.commit(t, of, load.MonthColumn, "2026-11", delta.File{Path: data.Path(), Size: f.Size, Rows: f.Rows})
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

// A run publishes the plain file first, and the lane after it. Who looks in between takes it for no difference, whether the run
// has ended when the audit does or not.
func TestAuditWhileALaneIsPublished(t *testing.T) {
	root := schemas.CallRecords.Root()
	for name, ends := range map[string]bool{"a run that ends": true, "a run that goes on": false} {
		t.Run(name, func(t *testing.T) {
			r := inLane(t, lane.Settings{Layout: lane.Shared})
			plain := part(load.Tables, "calls", monday)
			watched := &between{Store: r.Store}
			watched.before = map[string]func(){
				load.DeltaTables: func() {
					r.edit(t, schemas.CallRecords, func(st *state.State) { st.MarkDirty(monday) })
					r.put(t, plain.Object(), []byte(r.text(t, part(load.Tables, "calls", tuesday).Object())))
					watched.before[plain.Object()] = func() {
						if !ends {
							return
						}
						r.publish(t, root, lane.Day{Partition: plain})
						r.edit(t, schemas.CallRecords, func(st *state.State) { st.MarkClean(monday, schemas.CallRecords.Fingerprint(), r.Delta.ID()) })
					}
				},
			}
			identity := r.Delta.Identity()
			a := audit.Auditor{Store: watched, Now: r.Now, Log: slog.New(slog.DiscardHandler), Lane: lane.Open(watched, load.New(watched, ""), identity, lane.Options{Log: slog.New(slog.DiscardHandler)})}
			found, err := a.Audit(t.Context(), plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: []schemas.Dataset{schemas.CallRecords}})
			if err != nil {
				t.Fatal(err)
			}
			want(t, lines(found))
			if len(watched.before) > 0 {
				t.Errorf("nobody has looked at %v", watched.before)
			}
		})
	}
}

// between does something once before an object is first looked at whose name begins so.
type between struct {
	state.Store
	before map[string]func()
}

func (b *between) do(name string) {
	for prefix, f := range b.before {
		if strings.HasPrefix(name, prefix) {
			delete(b.before, prefix)
			f()
		}
	}
}

func (b *between) Open(ctx context.Context, name string) (load.Object, error) {
	b.do(name)
	return b.Store.Open(ctx, name)
}

func (b *between) List(ctx context.Context, prefix string) iter.Seq2[load.Info, error] {
	b.do(prefix)
	return b.Store.List(ctx, prefix)
}
