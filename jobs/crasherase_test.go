package jobs_test

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"graphlake/jobs/erased"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/load/lane"
	"graphlake/load/storetest"
	"graphlake/schemas"
)

// Whichever call of the store an erasure dies at, the same command, or the next run, leaves what it would have left
// undisturbed: the same bytes of all files, states and reports, and a list that says that it has ended.
func TestCrashInErase(t *testing.T) { crashInErase(t, nil, 1) }

func crashInErase(t *testing.T, s *lane.Settings, step int) {
	n := everyNight(t, 18)
	n.lane = s
	n.Datasets = []schemas.Dataset{schemas.PSTNCalls, schemas.Users, schemas.Groups, schemas.CalendarEvents, schemas.ChatMessages}
	before := inMemory(t)
	n.finish(t, onDisk(t, before)())
	store := onDisk(t, before)()
	given := n.anyUser(t, store)
	n.remember(t, store, given)
	n.list(t, store, n.person(t, store, given))
	prepare := func(t *testing.T) func() full { return onDisk(t, copied(t, before)) }
	open := prepare(t)
	undisturbed := storetest.NewFaulty(open())
	if rep, err := n.erase(t, undisturbed); err != nil || rep.Status != state.Data {
		t.Fatalf("%v, %+v", err, rep.Units)
	}
	calls := undisturbed.Calls()
	want := everything(t, open())
	if found := holding(t, open(), n.Datasets, given); len(found) > 0 {
		t.Fatalf("found in %v", found)
	}
	if dead := deadFiles(t, open()); len(dead) > 0 {
		t.Fatalf("the second lane still has %v", dead)
	}
	step *= deathsApart()
	t.Logf("an erasure makes %d calls, and dies at every %d. of them: %v", calls, step, undisturbed.Counts())
	for at := 1; at <= calls; at += step {
		for _, after := range []bool{false, true} {
			t.Run(fmt.Sprintf("call %d, after its effect %v", at, after), func(t *testing.T) {
				t.Parallel()
				open := prepare(t)
				dying := storetest.NewFaulty(open())
				dying.FailAt(at, after)
				rep, err := n.erase(t, dying)
				died := dying.Died()
				if died != "" && err == nil && rep.Status == state.Data {
					t.Errorf("the erasure died at %s and reports %s", died, rep.Status)
				}
				if after && (died == "Open" || died == "ReadAt") {
					return // without an effect, it is the death before it
				}
				if at%(2*step) == 1 { // a run has to do it
					n.finish(t, open())
				}
				if rep, err := n.erase(t, open()); err != nil || rep.Status != state.Data {
					t.Fatalf("%v, %+v", err, rep.Units)
				}
				if at%(2*step) == 1 { // which has read anew what changes, as presence
					if found := holding(t, open(), n.Datasets, given); len(found) > 0 {
						t.Errorf("after the death at %s found in %v", died, found)
					}
				} else {
					if dead := deadFiles(t, open()); len(dead) > 0 {
						t.Errorf("after the death at %s the second lane still has %v", died, dead)
					}
					same(t, "after the death at "+died, everything(t, open()), want)
				}
				l, err := erased.Load(t.Context(), open())
				if err != nil || !l.IsWhole() || len(l.Erasures[0].Changed[tenant.ID]) != len(n.Datasets) {
					t.Errorf("after the death at %s the list has %+v, %v", died, l.Erasures, err)
				}
				nothingLeft(t, open())
			})
		}
	}
}

// anyUser is the id of a user whom many know.
func (n night) anyUser(t *testing.T, store state.Store) string {
	t.Helper()
	for row, err := range load.New(store, "").Rows(t.Context(), load.Partition{
		Kind: load.Tables, Name: "pstn_calls", TenantID: tenant.ID, Date: monday,
	}, schemas.PSTNCalls.Root()) {
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range schemas.PSTNCalls.Root().Columns {
			if id, ok := row[i].(string); ok && c.Name == "user_id" {
				return strings.Clone(id)
			}
		}
	}
	t.Fatal("nobody has called")
	return ""
}

// remember puts a person into what a state remembers and into a report.
func (n night) remember(t *testing.T, store state.Store, id string) {
	t.Helper()
	doc, err := state.Open(t.Context(), store, state.Pair{TenantID: tenant.ID, Dataset: schemas.ChatMessages.Name}, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = doc.Update(t.Context(), func(st *state.State) {
		st.Behind = append(st.Behind, state.Behind{Parent: id, From: monday, To: n.now, Reason: "unauthorized"}, state.Behind{Record: "19:" + id + "_x@unq", From: monday, To: n.now, Reason: "not found"})
		for i := range 100 { // so many that they lie in an object of their own
			st.Behind = append(st.Behind, state.Behind{Parent: fmt.Sprintf("somebody%03d", i), From: monday, To: n.now, Reason: "unauthorized"})
		}
	})
	if err == nil {
		err = doc.Close(t.Context())
	}
	if err == nil {
		_, err = store.Swap(t.Context(), load.ReportObject(n.now, "20261118T023000Z-older"), "", []byte(`{"run":"20261118T023000Z-older","units":[{"who":[{"parent":"`+id+`"}]}]}`))
	}
	if err != nil {
		t.Fatal(err)
	}
}

// everything is the bytes of all that an erasure makes, but for what says when it was.
func everything(t *testing.T, store load.Store) map[string][]byte {
	t.Helper()
	all := files(t, store)
	for info, err := range store.List(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		isOwn := info.Name == load.Erased || strings.HasPrefix(info.Name, load.DeltaTables) || strings.HasPrefix(info.Name, load.Reports) && !strings.Contains(info.Name, "older")
		if !isOwn && !slices.Contains([]string{".lock"}, filepath.Ext(info.Name)) {
			all[info.Name] = bytes.TrimSpace(content(t, store, info.Name))
		}
	}
	return all
}
