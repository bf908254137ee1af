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
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/load/storetest"
	"graphlake/schemas"
)

// officeNight is what an office answers at an instant.
func officeNight(t *testing.T, o *office, d schemas.Dataset, day int) night {
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
	return night{Selection: plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: []schemas.Dataset{d}}, client: client, now: at(day, 2)}
}

func copied(t *testing.T, lake string) string {
	t.Helper()
	dir := filepath.Join(inMemory(t), "lake")
	if err := os.CopyFS(dir, os.DirFS(lake)); err != nil {
		t.Fatal(err)
	}
	return dir
}

// rerun is one of settled days that finds a change, and a night after it that is not asked for these days.
type rerun struct {
	d             schemas.Dataset
	nights        []int  // of November, that were before it
	from, to      int    // its days
	lake          string // before it
	night, next   night
	before, after map[string][]byte // the lake after the next night alone, and after both
	calls         int               // of the store
}

// prepare reads the nights, and then changes the office.
func (r *rerun) prepare(t *testing.T, o *office, change func()) *rerun {
	t.Helper()
	r.lake, r.night, r.next = inMemory(t), officeNight(t, o, r.d, 25), officeNight(t, o, r.d, 26)
	for _, day := range r.nights {
		officeNight(t, o, r.d, day).finish(t, onDisk(t, r.lake)())
	}
	undisturbed := onDisk(t, copied(t, r.lake))
	r.next.finish(t, undisturbed())
	r.before = files(t, undisturbed())
	change()
	r.night.From, r.night.To = november(r.from), november(r.to)
	undisturbed = onDisk(t, copied(t, r.lake))
	counted := storetest.NewFaulty(undisturbed())
	r.night.finish(t, counted)
	r.calls = counted.Calls()
	r.next.finish(t, undisturbed())
	r.after = files(t, undisturbed())
	changed := 0
	for name, text := range r.after {
		if !bytes.Equal(r.before[name], text) {
			changed++
		}
	}
	if changed != 4 || len(r.before) != len(r.after) { // raw and the root table of two days
		t.Fatalf("of %d files %d change", len(r.before), changed)
	}
	return r
}

// diesEverywhere lets the rerun die at every call of the store, and nobody give its command again.
func (r *rerun) diesEverywhere(t *testing.T, name string) {
	step := deathsApart()
	t.Logf("%s: a rerun makes %d calls, and dies at every %d. of them", name, r.calls, step)
	ends := make(chan string, 2*r.calls)
	t.Run(name, func(t *testing.T) {
		for n := 1; n <= r.calls; n += step {
			for _, after := range []bool{false, true} {
				t.Run(fmt.Sprintf("call %d, after its effect %v", n, after), func(t *testing.T) {
					t.Parallel()
					ends <- r.diesAt(t, n, after)
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

func (r *rerun) diesAt(t *testing.T, n int, after bool) string {
	t.Helper()
	open := onDisk(t, copied(t, r.lake))
	dying := storetest.NewFaulty(open())
	dying.FailAt(n, after)
	if rep, err := r.night.run(t, dying); dying.Died() != "" && err == nil && rep.Status == state.Data {
		t.Errorf("the run died at %s and reports %s", dying.Died(), rep.Status)
	}
	r.next.finish(t, open())
	r.unsureOrDirty(t, open())
	got := files(t, open())
	if maps.EqualFunc(got, r.before, bytes.Equal) {
		return "before"
	}
	same(t, "after the death at "+dying.Died()+" and one more night", got, r.after)
	return "after"
}

// A rerun of settled days that finds a call two days away from where it was may die wherever it wants, and whoever
// started it may forget it: after one more night, which is not asked for the days, the call is on the one day or on
// the other, and the lake is, byte for byte, the one of before the rerun or the one that it would have left.
func TestCrashInARerun(t *testing.T) {
	const early, late = "2026-11-15T10:00:00Z", "2026-11-17T10:00:00Z"
	for name, c := range map[string][2]string{"forwards": {early, late}, "backwards": {late, early}} {
		o := weekOfCalls(c[0])
		change := func() { o.calls["moves"] = call{c[1], 2} }
		r := &rerun{d: schemas.CallRecords, nights: []int{17, 18, 19, 20, 21, 22, 23, 24}, from: 15, to: 18}
		r.prepare(t, o, change).diesEverywhere(t, name)
	}
}

// The same of a meeting that has moved over the lower edge of the only day that is read, which marks as removed what
// it does not find.
func TestCrashInARerunOfACalendar(t *testing.T) {
	const early, late = "2026-11-09T23:00:00Z", "2026-11-10T00:30:00Z"
	for name, c := range map[string][2]string{"forwards": {early, late}, "backwards": {late, early}} {
		o := &office{users: []string{"ann"}, meetings: map[string]map[string]string{"ann": {"moves": c[0]}}}
		for day := 8; day < 12; day++ {
			o.meetings["ann"][fmt.Sprint("x", day)] = fmt.Sprintf("2026-11-%02dT12:00:00Z", day)
		}
		change := func() { o.meetings["ann"]["moves"] = c[1] }
		r := &rerun{d: schemas.CalendarEvents, nights: []int{10, 17, 24}, from: 10, to: 11}
		r.prepare(t, o, change).diesEverywhere(t, name)
	}
}

// unsureOrDirty makes sure that no day is either. What was asked for may still be: whoever asks for it again
// within a day goes on with it.
func (r *rerun) unsureOrDirty(t *testing.T, store load.Store) {
	t.Helper()
	st, err := state.Load(t.Context(), store, state.Pair{TenantID: tenant.ID, Dataset: r.d.Name})
	if err != nil {
		t.Fatal(err)
	}
	if len(st.Dirty) > 0 || slices.ContainsFunc(st.Coverage, func(c state.Covered) bool { return c.Unsure }) {
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
		if rep := dying.days(t, 16, 18, schemas.CallRecords); rep.Status != state.Failed {
			t.Errorf("%s: %+v", name, rep)
		}
		r = r.at(at(26, 2))
		if rep := r.night(t, schemas.CallRecords); rep.Status != state.Data || rep.Incomplete() {
			t.Errorf("%s: %+v", name, rep)
		}
		want(t, r.rawAndTables(t, 14, 20), inOrder(fmt.Sprint(moment(c[1]).Day(), " moves"), "14 x14", "15 x15", "16 x16", "17 x17", "18 x18", "19 x19")...)
		want(t, r.audit(t, schemas.CallRecords))
	}
}
