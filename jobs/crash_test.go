package jobs_test

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/load/blobstore"
	"graphlake/load/dirstore"
	"graphlake/load/lane"
	"graphlake/load/storetest"
	"graphlake/load/storetest/azurite"
	"graphlake/schemas"
)

// Whichever call of the store a process dies at, before its effect or after, the same command gives
// afterwards what it would have given undisturbed: the same bytes in every file, and a state of which
// nothing is left to do.
func TestCrash(t *testing.T) {
	crash{night: twoDays(t), step: 1}.everywhere(t, func(t *testing.T) func() full { return onDisk(t, inMemory(t)) })
}

// The same for a night that finds late versions, changes in the directory and a record that is no
// longer bad, and merges them into what the night before has left. The night after it finds no trace of the death.
func TestCrashInSecondNight(t *testing.T) { crashInSecondNight(t, nil, 1) }

func crashInSecondNight(t *testing.T, s *lane.Settings, step int) {
	first, second, third := newNight(t, 18, true), newNight(t, 19, false), newNight(t, 20, false)
	first.lane, second.lane, third.lane = s, s, s
	before := inMemory(t)
	first.finish(t, onDisk(t, before)())
	changing(t, first, second)
	crash{night: second, step: step, next: &third}.everywhere(t, func(t *testing.T) func() full { return onDisk(t, copied(t, before)) })
}

func TestCrashInBlobStorage(t *testing.T) {
	o := blobstore.Options{ConnectionString: azurite.Start(t), Container: "lake"}
	if _, err := blobstore.Create(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	crash{night: twoDays(t), step: 10}.everywhere(t, func(t *testing.T) func() full {
		o := o
		o.Prefix = t.Name()
		return func() full {
			s, err := blobstore.New(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
	})
}

// twoDays is a night with an explicit range.
func twoDays(t *testing.T) night {
	n := newNight(t, 18, true)
	n.From, n.To = monday, monday.Add(2*schemas.Day)
	return n
}

type full = storetest.Full

// changing makes sure that a second night replaces partitions of every kind of a first.
func changing(t *testing.T, first, second night) {
	t.Helper()
	store := onDisk(t, inMemory(t))()
	first.finish(t, store)
	before := files(t, store)
	second.finish(t, store)
	changed := map[string]int{}
	for name, text := range files(t, store) {
		if old, ok := before[name]; ok && !bytes.Equal(old, text) {
			changed[strings.Join(strings.Split(name, "/")[:2], "/")]++
		}
	}
	for _, name := range []string{"raw/call_records", "tables/calls", "tables/call_segments", "raw/pstn_calls", "tables/pstn_calls", "quarantine/pstn_calls"} {
		if changed[name] == 0 {
			t.Errorf("the second night changes no partition of %s: %v", name, changed)
		}
	}
}

// directory opens a lake as a new process does.
func onDisk(t *testing.T, dir string) func() full {
	return func() full {
		s, err := dirstore.New(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
}

// crash is a night and the calls at which it is interrupted: every step-th.
type crash struct {
	night
	step  int
	next  *night // that follows it, if any
	files map[string][]byte
	later map[string][]byte // after the next
	state map[string]string
}

// deathsApart is how many calls of the store lie between two at which a run dies.
func deathsApart() int {
	if os.Getenv("GRAPHLAKE_DEATHS") == "all" { // as make test-deaths says
		return 1
	}
	return 12
}

// everywhere runs the night undisturbed, and then with a death at the calls. Each lake begins as
// prepare leaves it, which gives a function that opens it.
func (c crash) everywhere(t *testing.T, prepare func(*testing.T) func() full) {
	undisturbed := storetest.NewFaulty(prepare(t)())
	c.finish(t, undisturbed)
	calls := undisturbed.Calls()
	c.step *= deathsApart()
	t.Logf("a run makes %d calls, and dies at every %d. of them: %v", calls, c.step, undisturbed.Counts())
	c.files, c.state = files(t, undisturbed), states(t, undisturbed)
	if c.next != nil {
		c.next.finish(t, undisturbed)
		c.later = files(t, undisturbed)
	}
	if _, ok := c.files["quarantine/pstn_calls/tenant_id="+tenant.ID+"/dt=2026-11-17/pstn_calls.parquet"]; !ok {
		t.Error("the undisturbed run has quarantined nothing")
	}
	for n := 1; n <= calls; n += c.step {
		for _, after := range []bool{false, true} {
			t.Run(fmt.Sprintf("call %d, after its effect %v", n, after), func(t *testing.T) {
				t.Parallel()
				c.at(t, prepare(t), n, after)
			})
		}
	}
}

func (c crash) at(t *testing.T, open func() full, n int, after bool) {
	dying := storetest.NewFaulty(open())
	dying.FailAt(n, after)
	rep, err := c.run(t, dying)
	died := dying.Died()
	if died != "" && err == nil && rep.Status == state.Data {
		t.Errorf("the run died at %s and reports %s", died, rep.Status)
	}
	if after && (died == "Open" || died == "ReadAt") {
		return // without an effect, it is the death before it
	}
	if calls := childless(t, open()); len(calls) > 0 {
		t.Errorf("after the death at %s a reader who begins with the calls misses the sessions of %v", died, calls)
	}
	c.finish(t, open())
	c.compare(t, open(), died)
	if n%10 == 1 {
		c.finish(t, open())
		c.compare(t, open(), died+", and one run more")
	}
	if c.next != nil {
		c.next.finish(t, open())
		same(t, "after the death at "+died+" and the night after it", files(t, open()), c.later)
		nothingLeft(t, open())
	}
}

// nothingLeft makes sure that no day is in doubt or dirty.
func nothingLeft(t *testing.T, store load.Store) {
	t.Helper()
	for _, d := range nightly {
		st, err := state.Load(t.Context(), store, state.Pair{TenantID: tenant.ID, Dataset: d.Name})
		if err != nil {
			t.Fatal(err)
		}
		unsure := slices.ContainsFunc(st.Coverage, func(c state.Covered) bool { return c.Unsure })
		if unsure || len(st.Dirty) > 0 || len(st.Asked) > 0 {
			t.Errorf("%s is left with %+v, dirty %v, asked %v", d.Name, st.Coverage, st.Dirty, st.Asked)
		}
	}
}

// same compares the files of two lakes.
func same(t *testing.T, when string, got, want map[string][]byte) {
	t.Helper()
	for name, text := range got {
		switch other, ok := want[name]; {
		case !ok:
			t.Errorf("%s there is %s, which an undisturbed run does not leave", when, name)
		case !bytes.Equal(text, other):
			t.Errorf("%s, %s has other bytes than after an undisturbed run", when, name)
		}
	}
	for name := range want {
		if _, ok := got[name]; !ok {
			t.Errorf("%s there is no %s", when, name)
		}
	}
}

// compare compares a lake with the undisturbed one.
func (c crash) compare(t *testing.T, store full, died string) {
	t.Helper()
	same(t, "after the death at "+died, files(t, store), c.files)
	if got := states(t, store); !maps.Equal(got, c.state) {
		t.Errorf("after the death at %s the states are\n%v\nwant\n%v", died, got, c.state)
	}
}
