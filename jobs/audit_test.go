package jobs_test

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"graphlake/internal/graphsim"
	"graphlake/jobs/audit"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/schemas"
)

var tuesday = monday.Add(schemas.Day)

// audit gives the findings in a line each: kind, table, day and count.
func (r *rig) audit(t *testing.T, datasets ...schemas.Dataset) []string {
	t.Helper()
	a := audit.Auditor{Store: r.Store, Now: r.Now, Log: slog.New(slog.DiscardHandler), Lane: cmp.Or(r.Delta, r.DeltaOff), LaneOff: r.Delta == nil}
	found, err := a.Audit(t.Context(), plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: datasets})
	if err != nil {
		t.Fatal(err)
	}
	return lines(found)
}

func lines(a audit.Audit) []string {
	all := []string{}
	for _, f := range a.Findings {
		all = append(all, strings.Join(strings.Fields(fmt.Sprint(f.Kind, " ", f.Table, " ", f.Date, " ", f.Count)), " "))
	}
	return all
}

func want(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("found\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// calls is a lake of two days of calls, in which the audit finds nothing. It is read once, and every
// test gets a copy.
func calls(t *testing.T) *rig {
	t.Helper()
	r := newRig(t, graphsim.New(graphsim.Options{
		Users: 6, From: monday, To: monday.Add(2 * schemas.Day), Large: 8, CallsPerUserDay: 1, Now: func() time.Time { return later },
	}))
	read.Do(func() {
		r.run(t, 2, schemas.CallRecords)
		want(t, r.audit(t, schemas.CallRecords))
		for info, err := range r.Store.List(t.Context(), "") {
			if err != nil {
				t.Fatal(err)
			}
			object, err := r.Store.Open(t.Context(), info.Name)
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(io.NewSectionReader(object, 0, info.Size))
			if err != nil {
				t.Fatal(err)
			}
			whole[info.Name] = text
		}
	})
	for name, text := range whole {
		r.put(t, name, text)
	}
	return r
}

var (
	read  sync.Once
	whole = map[string][]byte{} // the objects of calls
)

// Each case damages a lake in one way. A run of the days brings back what the state knows of, and
// derives anew what it takes for dirty; a replay does so with all days.
func TestAuditFinds(t *testing.T) {
	raw := schemas.RawTable(schemas.CallRecords)
	table := func(name string) schemas.Table {
		_, found, _ := schemas.BuiltIn().FindTable(name)
		return found
	}
	const run, replay, none = "run", "replay", "none"
	for _, c := range []struct {
		name   string
		damage func(t *testing.T, r *rig)
		want   []string
		cure   string
	}{
		{"a dirty day", func(t *testing.T, r *rig) {
			r.edit(t, schemas.CallRecords, func(st *state.State) { st.Dirty = []time.Time{tuesday} })
		}, []string{"dirty 2026-11-17 1"}, run},
		{"a dirty day, with tables behind", func(t *testing.T, r *rig) {
			r.put(t, part(load.Tables, "calls", tuesday).Object(), nil)
			r.edit(t, schemas.CallRecords, func(st *state.State) { st.Dirty = []time.Time{tuesday} })
		}, []string{"dirty 2026-11-17 1"}, run},
		{"a dirty day, of which nothing was published", func(t *testing.T, r *rig) {
			r.edit(t, schemas.CallRecords, func(st *state.State) { st.Dirty = []time.Time{tuesday.Add(schemas.Day)} })
		}, []string{"dirty 2026-11-18 1"}, run},
		{"a record that is about to move", func(t *testing.T, r *rig) {
			both(t, r, raw)
			r.edit(t, schemas.CallRecords, func(st *state.State) { st.Dirty = []time.Time{monday, tuesday} })
		}, []string{"dirty 2026-11-16 1", "dirty 2026-11-17 1"}, none},
		{"a day by another definition", func(t *testing.T, r *rig) {
			r.edit(t, schemas.CallRecords, func(st *state.State) { st.Derived[0].Fingerprint = "other" })
		}, []string{"outdated 2026-11-16 1", "outdated 2026-11-17 1"}, run},
		{"no table", func(t *testing.T, r *rig) {
			r.put(t, part(load.Tables, "call_participants", monday).Object(), nil)
		}, []string{"missing call_participants 2026-11-16 1"}, run},
		{"no raw", func(t *testing.T, r *rig) {
			r.put(t, part(load.Raw, "call_records", monday).Object(), nil)
		}, []string{"missing raw 2026-11-16 1"}, run},
		{"a record twice", func(t *testing.T, r *rig) {
			r.rewrite(t, part(load.Raw, "call_records", monday), raw, firstTwice)
		}, []string{"duplicate raw 2026-11-16 1"}, none},
		{"a record on two days", func(t *testing.T, r *rig) {
			both(t, r, raw)
		}, []string{"duplicate raw 2026-11-17 1"}, none},
		{"a row twice", func(t *testing.T, r *rig) {
			r.rewrite(t, part(load.Tables, "call_sessions", monday), table("call_sessions"), firstTwice)
		}, []string{"duplicate call_sessions 2026-11-16 1"}, replay},
		{"a row less, below nothing", func(t *testing.T, r *rig) {
			r.rewrite(t, part(load.Tables, "call_media_streams", tuesday), table("call_media_streams"), notFirst)
		}, []string{"stale call_media_streams 2026-11-17 1"}, replay},
		{"a file that is no Parquet", func(t *testing.T, r *rig) {
			r.put(t, part(load.Tables, "call_media", monday).Object(), []byte("PAR1 no Parquet PAR1"))
		}, []string{"unreadable call_media 2026-11-16 1"}, replay},
		{"a file cut short", func(t *testing.T, r *rig) {
			object := part(load.Raw, "call_records", tuesday).Object()
			text := []byte(r.text(t, object))
			r.put(t, object, text[:len(text)/2])
		}, []string{"unreadable raw 2026-11-17 1"}, none},
		{"another table's file", func(t *testing.T, r *rig) {
			r.put(t, part(load.Tables, "call_media_streams", monday).Object(), []byte(r.text(t, part(load.Raw, "call_records", monday).Object())))
		}, []string{"stale call_media_streams 2026-11-16 1"}, replay},
		{"another day's file", func(t *testing.T, r *rig) {
			r.put(t, part(load.Tables, "call_participants", monday).Object(), []byte(r.text(t, part(load.Tables, "call_participants", tuesday).Object())))
		}, nil, replay}, // counted below
		{"a file beside the partition's", func(t *testing.T, r *rig) {
			object := strings.Replace(part(load.Tables, "calls", monday).Object(), "calls.parquet", "part-0.parquet", 1)
			r.put(t, object, []byte(r.text(t, part(load.Tables, "calls", monday).Object())))
		}, []string{"foreign calls 2026-11-16 1"}, none},
		{"another tenant's files", func(t *testing.T, r *rig) {
			p := part(load.Tables, "calls", monday)
			p.TenantID = "5f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30"
			r.put(t, p.Object(), []byte("not ours to read"))
			r.put(t, p.Object()+".bak", []byte("nor to tell of"))
		}, []string{}, none},
		{"a copy of a tenant's directory", func(t *testing.T, r *rig) {
			p := part(load.Tables, "calls", monday)
			r.put(t, strings.Replace(p.Object(), p.TenantID, p.TenantID+" copy", 1), []byte(r.text(t, p.Object())))
		}, []string{"foreign calls 2026-11-16 1"}, none},
		{"a file in no day", func(t *testing.T, r *rig) {
			r.put(t, "tables/calls/export.parquet", []byte("PAR1"))
		}, []string{"foreign calls 1"}, none},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := calls(t)
			before := r.objects(t)
			c.damage(t, r)
			damaged := r.audit(t, schemas.CallRecords)
			if c.want == nil {
				orphans := r.count(t, part(load.Tables, "call_participants", tuesday))
				c.want = []string{fmt.Sprintf("orphan call_participants 2026-11-16 %d", orphans)}
			}
			want(t, damaged, c.want...)
			switch c.cure {
			case none:
				return
			case replay:
				r.edit(t, schemas.CallRecords, func(st *state.State) { st.Dirty = []time.Time{monday, tuesday} })
			}
			r.run(t, 2, schemas.CallRecords)
			want(t, r.audit(t, schemas.CallRecords))
			if now := r.objects(t); !slices.Equal(before, now) {
				t.Errorf("the lake holds %v, held %v", now, before)
			}
		})
	}
}

// A call that the root table has lost is missed by what hangs on it, table by table.
func TestAuditFindsOrphans(t *testing.T) {
	r := calls(t)
	root := schemas.CallRecords.Root()
	r.rewrite(t, part(load.Tables, "calls", monday), root, func(int) int { return 0 })
	var expected []string
	expected = append(expected, fmt.Sprintf("count calls 2026-11-16 %d", r.count(t, part(load.Raw, "call_records", monday))))
	for _, child := range []string{"call_legs", "call_participants", "call_persons", "call_sessions"} {
		expected = append(expected, fmt.Sprintf("orphan %s 2026-11-16 %d", child, r.count(t, part(load.Tables, child, monday))))
	}
	want(t, r.audit(t, schemas.CallRecords), expected...)
	r = calls(t)
	_, media, _ := schemas.BuiltIn().FindTable("call_media")
	r.rewrite(t, part(load.Tables, "call_media", monday), media, func(int) int { return 0 })
	want(t, r.audit(t, schemas.CallRecords),
		fmt.Sprintf("orphan call_media_streams 2026-11-16 %d", r.count(t, part(load.Tables, "call_media_streams", monday))),
		"stale call_media 2026-11-16 1")
	r.edit(t, schemas.CallRecords, func(st *state.State) { st.Dirty = []time.Time{monday} })
	r.run(t, 2, schemas.CallRecords)
	want(t, r.audit(t, schemas.CallRecords))
}

// An audit reads, and does nothing else.
func TestAuditChangesNothing(t *testing.T) {
	r := calls(t)
	only := onlyRead{r.Store, t}
	a := audit.Auditor{Store: only, Now: later, Log: slog.New(slog.DiscardHandler)}
	found, err := a.Audit(t.Context(), plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: schemas.BuiltIn(), From: monday, To: tuesday})
	if err != nil || len(found.Findings) > 0 || found.Days != 1 || found.Datasets != len(schemas.BuiltIn()) {
		t.Errorf("%+v, %v", found, err)
	}
}

type onlyRead struct {
	load.Store
	t *testing.T
}

func (s onlyRead) Stage(_ context.Context, name string) (load.Staged, error) {
	s.t.Errorf("%s was staged", name)
	return nil, load.ErrSpent
}

func (s onlyRead) Remove(_ context.Context, name string, _ load.Condition) error {
	s.t.Errorf("%s was removed", name)
	return nil
}
