package jobs_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"

	"graphlake/jobs"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/load/lane"
	"graphlake/load/storetest"
	"graphlake/schemas"
)

// february is when November has been over for long enough.
var february = time.Date(2027, 2, 1, 4, 0, 0, 0, time.UTC)

// monthsOf gives a runner the lane of its lake, whose form is months.
func monthsOf(ctx context.Context, r *jobs.Runner) error {
	id, err := lane.Ensure(ctx, r.Store, lane.Settings{Layout: lane.Shared, Compact: true})
	r.Delta = lane.Open(r.Store, r.Lake, id, lane.Options{Engine: "graphlake/test", Now: func() time.Time { return r.Now }, Log: slog.New(slog.DiscardHandler)})
	return err
}

// callLogs are the datasets of the tests, of a table each.
var callLogs = []schemas.Dataset{schemas.PSTNCalls, schemas.DirectRoutingCalls}

// runMonths is a night of a lake with form months, in a process of its own.
func runMonths(t *testing.T, n night, store state.Store) (jobs.Report, error) {
	t.Helper()
	r := n.runner(t, store)
	if err := monthsOf(t.Context(), &r); err != nil {
		return jobs.Report{}, err
	}
	n.Datasets = callLogs
	return r.Run(t.Context(), n.Selection)
}

func finishMonths(t *testing.T, n night, store state.Store) {
	t.Helper()
	if rep, err := runMonths(t, n, store); err != nil || rep.Status != state.Data {
		t.Fatalf("%v, status %s: %+v", err, rep.Status, rep.Units)
	}
}

func compacting(ctx context.Context, store state.Store, now time.Time, o jobs.CompactOptions) (jobs.Report, error) {
	r := jobs.Runner{Store: store, Lake: load.New(store, ""), Now: now, Log: slog.New(slog.DiscardHandler)}
	if err := monthsOf(ctx, &r); err != nil {
		return jobs.Report{}, err
	}
	return r.Compact(ctx, plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: callLogs}, o)
}

// inMonths is what readers see of the lane: the rows of its tables with their days, and its live files.
func inMonths(t *testing.T, store full) (rows, paths []string) {
	t.Helper()
	r := jobs.Runner{Store: store, Lake: load.New(store, "")}
	if err := monthsOf(t.Context(), &r); err != nil {
		t.Fatal(err)
	}
	for _, table := range tablesOf(callLogs) {
		files, _, err := r.Delta.Live(t.Context(), table, tenant.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			object := r.Delta.Root(table, tenant.ID) + "/" + f.Path
			paths = append(paths, object)
			rows = append(rows, rowsIn(t, table, content(t, store, object), "")...)
		}
	}
	slices.Sort(rows)
	slices.Sort(paths)
	return rows, paths
}

// inTables is what readers see of the plain lane.
func inTables(t *testing.T, store full) (rows []string) {
	t.Helper()
	lake := load.New(store, "")
	for _, table := range tablesOf(callLogs) {
		for p, err := range lake.Partitions(t.Context(), load.Tables, table.Name, tenant.ID) {
			if err != nil {
				t.Fatal(err)
			}
			rows = append(rows, rowsIn(t, table, content(t, store, p.Object()), " dt="+p.Date.Format(time.DateOnly))...)
		}
	}
	slices.Sort(rows)
	return rows
}

func tablesOf(datasets []schemas.Dataset) (all []schemas.Table) {
	for _, d := range datasets {
		all = append(all, d.Tables...)
	}
	return all
}

func rowsIn(t *testing.T, of schemas.Table, file []byte, end string) (rows []string) {
	t.Helper()
	table, err := pqarrow.ReadTable(t.Context(), bytes.NewReader(file), parquet.NewReaderProperties(nil), pqarrow.ArrowReadProperties{}, memory.DefaultAllocator)
	if err != nil {
		t.Fatal(err)
	}
	defer table.Release()
	for at := range int(table.NumRows()) {
		row := of.Name
		for i := range int(table.NumCols()) {
			row += " " + table.Schema().Field(i).Name + "=" + table.Column(i).Data().Chunk(0).ValueStr(at)
		}
		rows = append(rows, row+end)
	}
	return rows
}

// sameLanes fails unless readers of both lanes see the same. It gives the live files.
func sameLanes(t *testing.T, when string, store full) []string {
	t.Helper()
	rows, paths := inMonths(t, store)
	if want := inTables(t, store); len(rows) == 0 || !slices.Equal(rows, want) {
		t.Errorf("%s the lane has %d rows, and the plain lane %d", when, len(rows), len(want))
	}
	return paths
}

func rolledOf(paths []string) (n int) {
	for _, path := range paths {
		_, _, below, _ := load.ParseDelta(path)
		if f, ok := load.ParseDataFile(below); ok && f.Rolled {
			n++
		}
	}
	return n
}

// Days are rolled once they are settled and their month has been over for 60 days; a night that changes one puts them back.
func TestCompact(t *testing.T) {
	store := onDisk(t, inMemory(t))()
	first := newNight(t, 18, true)
	finishMonths(t, first, store)
	before := sameLanes(t, "after a night", store)

	for _, now := range []time.Time{first.now, time.Date(2027, 1, 29, 23, 0, 0, 0, time.UTC)} { // November has ended 59 days and 23 hours ago
		rep, err := compacting(t.Context(), store, now, jobs.CompactOptions{})
		if err != nil || rep.Status != state.Data || len(rep.Compacted) != 0 || len(rep.Notes) != 0 {
			t.Errorf("at %v: %+v, %v", now, rep, err)
		}
	}
	would, err := compacting(t.Context(), store, february, jobs.CompactOptions{DryRun: true})
	if err != nil || !would.DryRun || len(would.Compacted) != len(tablesOf(callLogs)) || would.Compacted[0].Written != 0 {
		t.Errorf("a dry run: %+v, %v", would, err)
	}
	if now := sameLanes(t, "after a dry run", store); !slices.Equal(now, before) {
		t.Errorf("a dry run has left %v", now)
	}
	rep, err := compacting(t.Context(), store, february, jobs.CompactOptions{})
	if err != nil || rep.Status != state.Data || rep.What != "compact" {
		t.Errorf("%+v, %v", rep, err)
	}
	tables, files := map[string]bool{}, 0
	for _, c := range rep.Compacted {
		if tables[c.Table] = true; c.Tenant != tenant.Name || c.First != "2026-11" || c.Last != "2026-11" || c.Months != 1 || c.Bytes == 0 || c.Written == 0 || c.Error != nil {
			t.Errorf("compacted: %+v", c)
		}
		files += c.Files
	}
	if len(tables) != len(tablesOf(callLogs)) || files != len(before) {
		t.Errorf("%d tables of %d files were compacted, want %d of %d", len(tables), files, len(tablesOf(callLogs)), len(before))
	}
	if now := sameLanes(t, "after it", store); len(now) != len(tables) || rolledOf(now) != len(tables) {
		t.Errorf("the live files are %v", now)
	}
	kept, err := jobs.LoadReport(t.Context(), store, rep.Run)
	if err != nil || len(kept.Compacted) != len(rep.Compacted) {
		t.Errorf("the report that is kept: %+v, %v", kept, err)
	}
	if rep, err := compacting(t.Context(), store, february, jobs.CompactOptions{}); err != nil || len(rep.Compacted) != 0 {
		t.Errorf("once more: %+v, %v", rep, err)
	}
	finishMonths(t, newNight(t, 19, false), store)
	if now := sameLanes(t, "after a night that changes days", store); rolledOf(now) == len(tables) {
		t.Errorf("the live files are %v, and no month was undone", now)
	}
}

// A day that may still change keeps its month as it is, and a note says so.
func TestCompactLeavesWhatIsNotSettled(t *testing.T) {
	for what, unsettle := range map[string]func(*state.State){
		"dirty":              func(st *state.State) { st.MarkDirty(monday) },
		"unsure":             func(st *state.State) { st.MarkUnsure(schemas.Range{From: monday, To: monday.Add(schemas.Day)}) },
		"not in the lane":    func(st *state.State) { st.MarkClean(monday, "x", "") },
		"in a lane that was": func(st *state.State) { st.MarkClean(monday, "x", "0123456789abcdef") },
		"being erased":       func(st *state.State) { st.Erasing = append(st.Erasing, monday) },
	} {
		t.Run(what, func(t *testing.T) {
			store := onDisk(t, inMemory(t))()
			finishMonths(t, newNight(t, 18, true), store)
			before := sameLanes(t, "after a night", store)
			doc, err := state.Open(t.Context(), store, state.Pair{TenantID: tenant.ID, Dataset: schemas.PSTNCalls.Name}, slog.New(slog.DiscardHandler))
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(doc.Update(t.Context(), unsettle), doc.Close(t.Context())); err != nil {
				t.Fatal(err)
			}
			for _, dry := range []bool{true, false} {
				rep, err := compacting(t.Context(), store, february, jobs.CompactOptions{DryRun: dry})
				if err != nil || rep.Status != state.Data || len(rep.Notes) != 1 || !rep.Notes[0].Whole ||
					!strings.Contains(rep.Notes[0].Message, "not compacted: 2026-11 of contoso") || rep.Notes[0].Dataset != schemas.PSTNCalls.Name {
					t.Errorf("%+v, %v", rep, err)
				}
				if slices.ContainsFunc(rep.Compacted, func(c jobs.Compaction) bool { return c.Dataset == schemas.PSTNCalls.Name }) {
					t.Errorf("compacted: %+v", rep.Compacted)
				}
			}
			if now := sameLanes(t, "after it", store); rolledOf(now) != len(schemas.DirectRoutingCalls.Tables) || len(now) == len(before) {
				t.Errorf("the live files are %v", now)
			}
		})
	}
}

// What another process works on is left alone, and tried again later.
func TestCompactOfALockedDataset(t *testing.T) {
	store := onDisk(t, inMemory(t))()
	finishMonths(t, newNight(t, 18, true), store)
	lock, err := store.Lock(t.Context(), state.Pair{TenantID: tenant.ID, Dataset: schemas.PSTNCalls.Name}.Lock())
	if err != nil {
		t.Fatal(err)
	}
	rep, err := compacting(t.Context(), store, february, jobs.CompactOptions{})
	if err != nil || rep.Status != state.Unavailable || !rep.TryAgain() || len(rep.Compacted) < 2 {
		t.Errorf("%+v, %v", rep, err)
	}
	for _, c := range rep.Compacted {
		if locked := c.Error != nil && c.Error.Kind == "locked" && c.Months == 0; locked != (c.Dataset == schemas.PSTNCalls.Name) {
			t.Errorf("compacted: %+v", c)
		}
	}
	if err := lock.Unlock(t.Context()); err != nil {
		t.Fatal(err)
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if rep, err := compacting(stopped, store, february, jobs.CompactOptions{DryRun: true}); err == nil && rep.Status != state.Interrupted {
		t.Errorf("stopped: %+v", rep)
	}
	if rep, err := compacting(t.Context(), store, february, jobs.CompactOptions{}); err != nil || rep.Status != state.Data || len(rep.Compacted) == 0 {
		t.Errorf("after it: %+v, %v", rep, err)
	}
}

// A Delta table that others have changed is left alone, and what no try mends is said so.
func TestCompactOfAForeignTable(t *testing.T) {
	store := onDisk(t, inMemory(t))()
	finishMonths(t, newNight(t, 18, true), store)
	root := load.DeltaRoot(schemas.PSTNCalls.Root().Name, "")
	if _, err := store.Swap(t.Context(), load.DeltaEntry(root, 1), "", []byte(`{"protocol":{"minReaderVersion":1,"minWriterVersion":7,"writerFeatures":["rowTracking"]}}`+"\n")); err != nil {
		t.Fatal(err)
	}
	rep, err := compacting(t.Context(), store, february, jobs.CompactOptions{})
	if err != nil || rep.Status != state.Forbidden {
		t.Errorf("%+v, %v", rep, err)
	}
	for _, c := range rep.Compacted {
		if foreign := c.Error != nil && c.Error.Kind == "foreign table" && c.Months == 0; foreign != (c.Dataset == schemas.PSTNCalls.Name) {
			t.Errorf("compacted: %+v, %+v", c, c.Error)
		}
	}
}

// A lake whose tables are partitioned by day, or that has no Delta tables, has nothing to compact.
func TestNothingToCompact(t *testing.T) {
	store := onDisk(t, inMemory(t))()
	r := jobs.Runner{Store: store, Lake: load.New(store, ""), Now: february, Log: slog.New(slog.DiscardHandler)}
	for range 2 {
		rep, err := r.Compact(t.Context(), plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: callLogs}, jobs.CompactOptions{})
		if err != nil || rep.Compacted == nil || len(rep.Compacted) != 0 || rep.Status != state.Data {
			t.Errorf("%+v, %v", rep, err)
		}
		id, err := lane.Ensure(t.Context(), store, lane.Settings{Layout: lane.Shared})
		if err != nil {
			t.Fatal(err)
		}
		r.Delta = lane.Open(store, r.Lake, id, lane.Options{Log: r.Log})
	}
}

// An expire of days of a rolled month leaves the rest of it rolled.
func TestExpireOfARolledMonth(t *testing.T) {
	store := onDisk(t, inMemory(t))()
	finishMonths(t, newNight(t, 18, true), store)
	if _, err := compacting(t.Context(), store, february, jobs.CompactOptions{}); err != nil {
		t.Fatal(err)
	}
	sel := keeping(callLogs...) // tables from the 17th on
	r := jobs.Runner{Store: store, Lake: load.New(store, ""), Now: november(20).Add(150 * time.Minute), Log: slog.New(slog.DiscardHandler)}
	if err := monthsOf(t.Context(), &r); err != nil {
		t.Fatal(err)
	}
	rep, err := r.Expire(t.Context(), sel, jobs.ExpireOptions{Whole: true})
	if err != nil || rep.Status != state.Data || len(rep.Removed) == 0 {
		t.Fatalf("%+v, %v", rep, err)
	}
	now := sameLanes(t, "after an expire", store)
	if n := len(tablesOf(callLogs)); len(now) != n || rolledOf(now) != n {
		t.Errorf("the live files are %v, want one of each table", now)
	}
	if left := dataFiles(t, store); !slices.Equal(left, now) {
		t.Errorf("an expire has left the data files %v, want %v", left, now)
	}
}

// dataFiles are all data files of Delta tables, live or not.
func dataFiles(t *testing.T, store load.Store) (names []string) {
	t.Helper()
	for info, err := range store.List(t.Context(), load.DeltaTables) {
		if err != nil {
			t.Fatal(err)
		}
		if _, _, below, ok := load.ParseDelta(info.Name); ok {
			if _, ok := load.ParseDataFile(below); ok {
				names = append(names, info.Name)
			}
		}
	}
	return names
}

// Whichever call of the store a process dies at, before its effect or after, while it compacts, while a night undoes that,
// or while an expire rolls the rest anew: readers of each table see what was or what is to be, and the next process leaves what one
// would have left that nobody has disturbed.
func TestCrashInAMonth(t *testing.T) {
	first, second := newNight(t, 18, true), newNight(t, 19, false)
	plain := inMemory(t)
	finishMonths(t, first, onDisk(t, plain)())
	rolled := copied(t, plain)
	compact := func(t *testing.T, store state.Store) (jobs.Report, error) {
		return compacting(t.Context(), store, february, jobs.CompactOptions{})
	}
	if _, err := compact(t, onDisk(t, rolled)()); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		lake string
		do   func(t *testing.T, store state.Store) (jobs.Report, error)
		step int
	}{
		{"compact", plain, compact, 1},
		{"night", rolled, func(t *testing.T, store state.Store) (jobs.Report, error) { return runMonths(t, second, store) }, deathsApart()},
		{"expire", rolled, func(t *testing.T, store state.Store) (jobs.Report, error) {
			r := jobs.Runner{Store: store, Lake: load.New(store, ""), Now: november(20).Add(150 * time.Minute), Log: slog.New(slog.DiscardHandler)}
			if err := monthsOf(t.Context(), &r); err != nil {
				return jobs.Report{}, err
			}
			return r.Expire(t.Context(), keeping(callLogs...), jobs.ExpireOptions{})
		}, deathsApart()},
	} {
		was, _ := inMonths(t, onDisk(t, c.lake)())
		undisturbed := storetest.NewFaulty(onDisk(t, copied(t, c.lake))())
		if rep, err := c.do(t, undisturbed); err != nil || rep.Status != state.Data {
			t.Fatalf("%s: %+v, %v", c.name, rep, err)
		}
		calls := undisturbed.Calls()
		paths := sameLanes(t, "after "+c.name, undisturbed)
		is, _ := inMonths(t, undisturbed)
		left, says := files(t, undisturbed), states(t, undisturbed)
		t.Logf("%s makes %d calls: %v", c.name, calls, undisturbed.Counts())
		for n := 1; n <= calls; n += c.step {
			for _, after := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s, call %d, after its effect %v", c.name, n, after), func(t *testing.T) {
					t.Parallel()
					open := onDisk(t, copied(t, c.lake))
					dying := storetest.NewFaulty(open())
					dying.FailAt(n, after)
					_, _ = c.do(t, dying)
					died := dying.Died()
					now, _ := inMonths(t, open())
					for _, table := range tablesOf(callLogs) {
						if got := ofTable(now, table); !slices.Equal(got, ofTable(was, table)) && !slices.Equal(got, ofTable(is, table)) {
							t.Errorf("died at %s, readers of %s see %d rows, which are neither those of before nor those of after", died, table.Name, len(got))
						}
					}
					if rep, err := c.do(t, open()); err != nil || rep.Status != state.Data {
						t.Fatalf("after the death at %s: %+v, %v", died, rep, err)
					}
					if got := sameLanes(t, "after the death at "+died, open()); !slices.Equal(got, paths) {
						t.Errorf("after the death at %s the live files are %v, want %v", died, got, paths)
					}
					same(t, "after the death at "+died, files(t, open()), left)
					if got := states(t, open()); !maps.Equal(got, says) {
						t.Errorf("after the death at %s the states are\n%v\nwant\n%v", died, got, says)
					}
				})
			}
		}
	}
}

func ofTable(rows []string, t schemas.Table) (of []string) {
	for _, row := range rows {
		if strings.HasPrefix(row, t.Name+" ") {
			of = append(of, row)
		}
	}
	return of
}

// Who is erased is in no file of a rolled month any more, also of no older version.
func TestEraseFromARolledMonth(t *testing.T) {
	store := onDisk(t, inMemory(t))()
	n := everyNight(t, 18)
	n.Datasets = []schemas.Dataset{schemas.PSTNCalls, schemas.Users}
	n.lane = &lane.Settings{Layout: lane.Shared, Compact: true}
	n.finish(t, store)
	given := n.anyUser(t, store)
	rep, err := compacting(t.Context(), store, february, jobs.CompactOptions{})
	if err != nil || len(rep.Compacted) != 1 { // of users there is one day
		t.Fatalf("%+v, %v", rep, err)
	}
	if found := inFilesOfLane(t, store, given); len(found) == 0 {
		t.Fatal("nobody is in the lane who could be erased")
	}
	n.list(t, store, n.person(t, store, given))
	if rep, err := n.erase(t, store); err != nil || rep.Status != state.Data {
		t.Fatalf("%v, %+v", err, rep.Units)
	}
	if found := inFilesOfLane(t, store, given); len(found) > 0 {
		t.Errorf("%s is found in %v", given, found)
	}
	files(t, store) // of which both lanes are compared
	if rep, err := compacting(t.Context(), store, february, jobs.CompactOptions{}); err != nil || len(rep.Compacted) != 1 {
		t.Errorf("compacting again: %+v, %v", rep, err)
	}
	files(t, store)
}

// inFilesOfLane are the objects of Delta tables that hold a text.
func inFilesOfLane(t *testing.T, store load.Store, text string) (found []string) {
	t.Helper()
	for info, err := range store.List(t.Context(), load.DeltaTables) {
		if err != nil {
			t.Fatal(err)
		}
		o, err := store.Open(t.Context(), info.Name)
		if err != nil {
			t.Fatal(err)
		}
		err = load.Inside(t.Context(), o, func(p load.Piece) error {
			if bytes.Contains(bytes.ToLower(p.Bytes), []byte(strings.ToLower(text))) && !slices.Contains(found, info.Name) {
				found = append(found, info.Name)
			}
			return nil
		})
		if err := errors.Join(err, o.Close()); err != nil {
			t.Fatal(err)
		}
	}
	return found
}
