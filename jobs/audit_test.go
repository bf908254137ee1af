package jobs_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"graphlake/extract/graphsim"
	"graphlake/jobs"
	"graphlake/load"
	"graphlake/schemas"
)

var tuesday = monday.Add(schemas.Day)

// audit gives the findings in a line each: kind, table, day and count.
func (r *rig) audit(t *testing.T, datasets ...schemas.Dataset) []string {
	t.Helper()
	a := jobs.Auditor{Store: r.Store, Now: r.Now, Log: slog.New(slog.DiscardHandler)}
	found, err := a.Audit(t.Context(), jobs.Selection{Tenants: []jobs.Tenant{tenant}, Datasets: datasets})
	if err != nil {
		t.Fatal(err)
	}
	return lines(found)
}

func lines(a jobs.Audit) []string {
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

// calls is a lake of two days of calls, and what the audit finds in it: nothing.
func calls(t *testing.T) *rig {
	r := newRig(t, graphsim.New(graphsim.Options{
		Users: 6, From: monday, To: monday.Add(2 * schemas.Day), Large: 8, CallsPerUserDay: 1, Now: func() time.Time { return later },
	}))
	r.run(t, 2, schemas.CallRecords)
	want(t, r.audit(t, schemas.CallRecords))
	return r
}

func part(kind load.Kind, name string, date time.Time) load.Partition {
	return load.Partition{Kind: kind, Name: name, TenantID: tenant.ID, Date: date}
}

// rewrite replaces a partition by its rows, each as often as copies says.
func (r *rig) rewrite(t *testing.T, p load.Partition, table schemas.Table, copies func(row int) int) {
	t.Helper()
	w, err := r.Lake.Write(t.Context(), p, table)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Discard()
	row := 0
	for rec, err := range r.Lake.Read(t.Context(), p, table) {
		if err != nil {
			t.Fatal(err)
		}
		for i := range rec.NumRows() {
			for range copies(row) {
				one := rec.NewSlice(i, i+1)
				if err := w.Append(one); err != nil {
					t.Fatal(err)
				}
				one.Release()
			}
			row++
		}
	}
	if c, err := w.Commit(t.Context()); err != nil || !c.Changed {
		t.Fatalf("rewrite %s: changed %v, %v", p, c.Changed, err)
	}
}

// put replaces an object by a text, nil removes it.
func (r *rig) put(t *testing.T, object string, text []byte) {
	t.Helper()
	if err := r.Store.Remove(t.Context(), object); err != nil {
		t.Fatal(err)
	}
	if text == nil {
		return
	}
	if _, err := r.Store.Swap(t.Context(), object, "", text); err != nil {
		t.Fatal(err)
	}
}

func (r *rig) bytes(t *testing.T, object string) []byte {
	t.Helper()
	o, err := r.Store.Open(t.Context(), object)
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	text := make([]byte, o.Info().Size)
	if _, err := o.ReadAt(text, 0); err != nil {
		t.Fatal(err)
	}
	return text
}

func stateObject(d schemas.Dataset) string { return "state/" + tenant.ID + "/" + d.Name + ".json" }

// edit changes a state document behind everybody's back.
func (r *rig) edit(t *testing.T, d schemas.Dataset, change func(*jobs.State)) {
	t.Helper()
	var st jobs.State
	if err := json.Unmarshal(r.bytes(t, stateObject(d)), &st); err != nil {
		t.Fatal(err)
	}
	change(&st)
	text, err := json.Marshal(st)
	if err != nil {
		t.Fatal(err)
	}
	r.put(t, stateObject(d), text)
}

func (r *rig) count(t *testing.T, p load.Partition) int64 {
	t.Helper()
	n, err := r.Lake.Count(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func firstTwice(row int) int { return 1 + b2i(row == 0) }
func notFirst(row int) int   { return 1 - b2i(row == 0) }

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Each case damages a lake in one way. A run of the days brings back what the state knows of, and
// derives anew what it takes for dirty; a replay does so with all days.
func TestAuditFinds(t *testing.T) {
	raw := schemas.RawTable(schemas.CallRecords)
	table := func(name string) schemas.Table {
		_, found, _ := schemas.FindTable(name)
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
			r.edit(t, schemas.CallRecords, func(st *jobs.State) { st.Dirty = []time.Time{tuesday} })
		}, []string{"dirty 2026-11-17 1"}, run},
		{"a day by another definition", func(t *testing.T, r *rig) {
			r.edit(t, schemas.CallRecords, func(st *jobs.State) { st.Derived[0].Fingerprint = "other" })
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
			text := r.bytes(t, object)
			r.put(t, object, text[:len(text)/2])
		}, []string{"unreadable raw 2026-11-17 1"}, none},
		{"another table's file", func(t *testing.T, r *rig) {
			r.put(t, part(load.Tables, "call_media_streams", monday).Object(), r.bytes(t, part(load.Raw, "call_records", monday).Object()))
		}, []string{"stale call_media_streams 2026-11-16 1"}, replay},
		{"another day's file", func(t *testing.T, r *rig) {
			r.put(t, part(load.Tables, "call_participants", monday).Object(), r.bytes(t, part(load.Tables, "call_participants", tuesday).Object()))
		}, nil, replay}, // counted below
		{"a file beside the partition's", func(t *testing.T, r *rig) {
			object := strings.Replace(part(load.Tables, "calls", monday).Object(), "calls.parquet", "part-0.parquet", 1)
			r.put(t, object, r.bytes(t, part(load.Tables, "calls", monday).Object()))
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
				r.edit(t, schemas.CallRecords, func(st *jobs.State) { st.Dirty = []time.Time{monday, tuesday} })
			}
			r.run(t, 2, schemas.CallRecords)
			want(t, r.audit(t, schemas.CallRecords))
			if now := r.objects(t); !slices.Equal(before, now) {
				t.Errorf("the lake holds %v, held %v", now, before)
			}
		})
	}
}

// both puts the first record of Monday also on Tuesday.
func both(t *testing.T, r *rig, raw schemas.Table) {
	t.Helper()
	w, err := r.Lake.Write(t.Context(), part(load.Raw, raw.Name, tuesday), raw)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Discard()
	for i, p := range []load.Partition{part(load.Raw, raw.Name, monday), part(load.Raw, raw.Name, tuesday)} {
		for rec, err := range r.Lake.Read(t.Context(), p, raw) {
			if err != nil {
				t.Fatal(err)
			}
			rows := rec.NumRows()
			if i == 0 {
				rows = 1
			}
			one := rec.NewSlice(0, rows)
			if err := w.Append(one); err != nil {
				t.Fatal(err)
			}
			one.Release()
		}
	}
	if _, err := w.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// A call that the root table has lost is missed by what hangs on it, table by table.
func TestAuditFindsOrphans(t *testing.T) {
	r := calls(t)
	root := schemas.CallRecords.Root()
	r.rewrite(t, part(load.Tables, "calls", monday), root, func(int) int { return 0 })
	var expected []string
	expected = append(expected, fmt.Sprintf("count calls 2026-11-16 %d", r.count(t, part(load.Raw, "call_records", monday))))
	for _, child := range []string{"call_participants", "call_sessions"} {
		expected = append(expected, fmt.Sprintf("orphan %s 2026-11-16 %d", child, r.count(t, part(load.Tables, child, monday))))
	}
	want(t, r.audit(t, schemas.CallRecords), expected...)
	r = calls(t)
	_, media, _ := schemas.FindTable("call_media")
	r.rewrite(t, part(load.Tables, "call_media", monday), media, func(int) int { return 0 })
	want(t, r.audit(t, schemas.CallRecords),
		fmt.Sprintf("orphan call_media_streams 2026-11-16 %d", r.count(t, part(load.Tables, "call_media_streams", monday))),
		"stale call_media 2026-11-16 1")
	r.edit(t, schemas.CallRecords, func(st *jobs.State) { st.Dirty = []time.Time{monday} })
	r.run(t, 2, schemas.CallRecords)
	want(t, r.audit(t, schemas.CallRecords))
}

// An audit reads, and does nothing else.
func TestAuditChangesNothing(t *testing.T) {
	r := calls(t)
	read := onlyRead{r.Store, t}
	a := jobs.Auditor{Store: read, Now: later, Log: slog.New(slog.DiscardHandler)}
	found, err := a.Audit(t.Context(), jobs.Selection{Tenants: []jobs.Tenant{tenant}, Datasets: schemas.All(), From: monday, To: tuesday})
	if err != nil || len(found.Findings) > 0 || found.Days != 1 || found.Datasets != 4 {
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

func (s onlyRead) Remove(_ context.Context, name string) error {
	s.t.Errorf("%s was removed", name)
	return nil
}
