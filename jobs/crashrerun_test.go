package jobs_test

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"graphlake/extract/graph"
	"graphlake/jobs"
	"graphlake/load"
	"graphlake/load/storetest"
	"graphlake/schemas"
)

// officeNight is what an office answers at an instant. It is asked for calls only.
func officeNight(t *testing.T, o *office, day int) night {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header()["Date"] = nil
		o.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	client, err := graph.New(graph.Options{Endpoint: server.URL, Token: graph.StaticToken{Secret: "t"}, Rate: 1e6, Tries: 1})
	if err != nil {
		t.Fatal(err)
	}
	return night{jobs.Selection{Tenants: []jobs.Tenant{tenant}, Datasets: []schemas.Dataset{schemas.CallRecords}}, client, at(day, 2)}
}

// settled is a lake in which the days up to the 18th have settled, and which is not asked for them any more; and the
// same lake after the call "moves" has moved, a rerun of the days has found that, and a night has followed.
func settled(t *testing.T, from, to string) (lake string, rerun, next night, before, after map[string][]byte) {
	t.Helper()
	o := weekOfCalls(from)
	lake = inMemory(t)
	for day := 17; day < 25; day++ {
		officeNight(t, o, day).finish(t, onDisk(t, lake)())
	}
	next = officeNight(t, o, 26)
	undisturbed := onDisk(t, copied(t, lake))
	next.finish(t, undisturbed())
	before = files(t, undisturbed())
	o.calls["moves"] = call{to, 2}
	rerun = officeNight(t, o, 25)
	rerun.From, rerun.To = november(15), november(18)
	undisturbed = onDisk(t, copied(t, lake))
	rerun.finish(t, undisturbed())
	next.finish(t, undisturbed())
	return lake, rerun, next, before, files(t, undisturbed())
}

func copied(t *testing.T, lake string) string {
	t.Helper()
	dir := filepath.Join(inMemory(t), "lake")
	if err := os.CopyFS(dir, os.DirFS(lake)); err != nil {
		t.Fatal(err)
	}
	return dir
}

// A rerun of settled days that finds a call two days away from where it was may die wherever it wants, and whoever
// started it may forget it: after one more night, which is not asked for the days, the call is on the one day or on
// the other, and the lake is, byte for byte, the one of before the rerun or the one that it would have left.
func TestCrashInARerun(t *testing.T) {
	const early, late = "2026-11-15T10:00:00Z", "2026-11-17T10:00:00Z"
	for name, c := range map[string][2]string{"forwards": {early, late}, "backwards": {late, early}} {
		lake, rerun, next, before, after := settled(t, c[0], c[1])
		changed := 0
		for name, text := range after {
			if !bytes.Equal(before[name], text) {
				changed++
			}
		}
		if changed < 4 || len(before) != len(after) { // raw and calls of two days
			t.Fatalf("%s: of %d files %d change", name, len(before), changed)
		}
		counted := storetest.NewFaulty(onDisk(t, copied(t, lake))())
		rerun.finish(t, counted)
		step := 1
		if racing {
			step = 12
		}
		t.Logf("%s: a rerun makes %d calls, and dies at every %d. of them", name, counted.Calls(), step)
		ends := make(chan string, 2*counted.Calls())
		t.Run(name, func(t *testing.T) {
			for n := 1; n <= counted.Calls(); n += step {
				for _, afterwards := range []bool{false, true} {
					t.Run(fmt.Sprintf("call %d, after its effect %v", n, afterwards), func(t *testing.T) {
						t.Parallel()
						open := onDisk(t, copied(t, lake))
						dying := storetest.NewFaulty(open())
						dying.FailAt(n, afterwards)
						if rep, err := rerun.run(t, dying); dying.Died() != "" && err == nil && rep.Status == jobs.Data {
							t.Errorf("the run died at %s and reports %s", dying.Died(), rep.Status)
						}
						next.finish(t, open())
						got := files(t, open())
						if maps.EqualFunc(got, before, bytes.Equal) {
							ends <- "before"
						} else {
							same(t, "after the death at "+dying.Died()+" and one more night", got, after)
							ends <- "after"
						}
						unsureOrDirty(t, open())
					})
				}
			}
		})
		close(ends)
		how := map[string]int{}
		for end := range ends {
			how[end]++
		}
		if how["before"] == 0 || how["after"] == 0 {
			t.Errorf("%s: the lakes are %v, want some of each kind", name, how)
		}
	}
}

// unsureOrDirty makes sure that no day is either. What was asked for may still be: whoever asks for it again
// within a day goes on with it.
func unsureOrDirty(t *testing.T, store load.Store) {
	t.Helper()
	st, err := jobs.LoadState(t.Context(), store, jobs.Pair{TenantID: tenant.ID, Dataset: schemas.CallRecords.Name})
	if err != nil {
		t.Fatal(err)
	}
	if len(st.Dirty) > 0 || slices.ContainsFunc(st.Coverage, func(c jobs.Covered) bool { return c.Unsure }) {
		t.Errorf("dirty %v, coverage %+v", st.Dirty, st.Coverage)
	}
}

// The same of a rerun that the store fails between the two days, whose command nobody gives again: the days are due
// by themselves, and the audit finds nothing.
func TestARerunFailsBetweenTwoDays(t *testing.T) {
	for name, c := range map[string][2]string{
		"forwards": {"2026-11-16T23:50:00Z", "2026-11-17T00:10:00Z"}, "backwards": {"2026-11-17T00:10:00Z", "2026-11-16T23:50:00Z"},
	} {
		o := weekOfCalls(c[0])
		r := newOffice(t, o)
		for day := 17; day < 25; day++ {
			r.at(at(day, 2)).night(t, schemas.CallRecords)
		}
		o.calls["moves"] = call{c[1], 2}
		dying := *r.at(at(25, 12))
		store := &breaking{r.store, 1}
		dying.Store, dying.Lake = store, load.New(store, t.TempDir())
		if rep := dying.days(t, 16, 18, schemas.CallRecords); rep.Status != jobs.Failed {
			t.Errorf("%s: %+v", name, rep)
		}
		r = r.at(at(26, 2))
		if rep := r.night(t, schemas.CallRecords); rep.Status != jobs.Data || rep.Incomplete() {
			t.Errorf("%s: %+v", name, rep)
		}
		want(t, r.rawAndTables(t, 14, 20), inOrder(fmt.Sprint(moment(c[1]).Day(), " moves"), "14 x14", "15 x15", "16 x16", "17 x17", "18 x18", "19 x19")...)
		want(t, r.audit(t, schemas.CallRecords))
	}
}
