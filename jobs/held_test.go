package jobs_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/schemas"
)

// A night on which nobody who has something in a picture is found is no night on which all of it is gone: the picture
// has the same, nothing is marked, and they are behind.
func TestAllParentsAreSilent(t *testing.T) {
	d := schemas.MailboxSettings
	silent := map[string]bool{}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1.0/users", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"value":[{"id":"ann"},{"id":"bob"},{"id":"guest"}]}`)
	})
	mux.HandleFunc("GET /v1.0/users/{user}/mailboxSettings", func(w http.ResponseWriter, r *http.Request) {
		if user := r.PathValue("user"); user == "guest" || silent[user] {
			w.WriteHeader(http.StatusNotFound)
			fmt.Fprint(w, `{"error":{"code":"MailboxNotEnabledForRESTAPI","message":"no mailbox"}}`)
			return
		}
		fmt.Fprint(w, `{"timeZone":"UTC","language":{"locale":"en-US"}}`)
	})
	r := newRig(t, mux)
	for day := 18; day < 23; day++ {
		silent["ann"], silent["bob"] = day > 18 && day < 22, day > 18 && day < 22
		r = r.at(at(day, 2))
		rep := r.night(t, d)
		if u := rep.Units[0]; rep.Status != state.Data || u.Doubt != nil || u.Behind != int64(2*b2i(silent["ann"])) || u.Vanished != 1 {
			t.Errorf("on the %dth: %+v", day, rep)
		}
		want(t, r.rows(t, d.Root(), november(day), "user_id", "removed"), "ann false", "bob false")
	}
}

// slow derives while a test looks at the state: it is called before a table is published.
type slow struct {
	state.Store
	before func(name string)
}

func (s slow) Stage(ctx context.Context, name string) (load.Staged, error) {
	staged, err := s.Store.Stage(ctx, name)
	return slowObject{staged, s, name}, err
}

type slowObject struct {
	load.Staged
	by   slow
	name string
}

func (o slowObject) Commit(ctx context.Context, base load.Condition) (bool, load.Version, error) {
	o.by.before(o.name)
	return o.Staged.Commit(ctx, base)
}

// A replay that is interrupted wherever it may be is gone on with: all its days are dirty before the first table is
// another.
func TestAReplayMarksAllDaysFirst(t *testing.T) {
	asked := 0
	r := newRig(t, charges(&asked))
	r.days(t, 16, 18, strict())
	d, first := wider(), &sync.Once{}
	var dirty []time.Time
	r.Store = slow{r.store, func(name string) {
		if strings.HasPrefix(name, "tables/") || strings.HasPrefix(name, "quarantine/") {
			first.Do(func() { dirty = r.state(t, d).Dirty })
		}
	}}
	r.Lake = load.New(r.Store, t.TempDir())
	if rep, err := r.Replay(t.Context(), plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: []schemas.Dataset{d}}); err != nil || rep.Status != state.Data {
		t.Fatalf("%v, %+v", err, rep)
	}
	if len(dirty) != 2 || !dirty[0].Equal(november(16)) || !dirty[1].Equal(november(17)) {
		t.Errorf("before the first table was published these were dirty: %v", dirty)
	}
	if st := r.state(t, d); len(st.Dirty) != 0 {
		t.Errorf("in the end these are dirty: %v", st.Dirty)
	}
}

// A day that is clean and by the same definition, whose records could not all be read, is derived again by the next run
// that reads it: what was to blame may have been the reading, or what it stood on.
func TestAQuarantineIsTriedAgain(t *testing.T) {
	asked := 0
	r := newRig(t, charges(&asked))
	d := strict()
	if rep := r.days(t, 16, 18, d); rep.Units[0].Quarantined != 1 || rep.Units[0].Rows["pstn_calls"] != 1 {
		t.Fatalf("%+v", rep)
	}
	if st := r.state(t, d); len(st.Dirty) != 0 || !st.Fresh(november(17), d.Fingerprint(), "") {
		t.Fatalf("%+v", st)
	}
	quarantine := part(load.Quarantine, d.Name, november(17)).Object()
	whole := r.text(t, quarantine)
	r.cutOff(t, quarantine) // so that it shows whether it is made again
	rep := r.days(t, 16, 18, d)
	if u := rep.Units[0]; u.Quarantined != 1 || u.Rows["pstn_calls"] != 1 || !rep.Incomplete() {
		t.Errorf("%+v", rep)
	}
	if r.text(t, quarantine) != whole {
		t.Error("the quarantine was not made again")
	}
}

// Units of a dataset that is read for each of many parents go one after the other: the second has to know whom the
// first has left behind.
func TestUnitsOfParentsGoOneAfterAnother(t *testing.T) {
	var under, most atomic.Int64
	var mu sync.Mutex
	from := map[string][]string{}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1.0/hosts", func(w http.ResponseWriter, _ *http.Request) {
		most.Store(max(most.Load(), under.Add(1)))
		time.Sleep(20 * time.Millisecond) // for another unit to be met
		under.Add(-1)
		fmt.Fprint(w, `{"value":[{"id":"open"},{"id":"shut"}]}`)
	})
	mux.HandleFunc("GET /v1.0/hosts/{host}/guests", func(w http.ResponseWriter, r *http.Request) {
		host := r.PathValue("host")
		mu.Lock()
		from[host] = append(from[host], r.URL.Query().Get("from"))
		refused := host == "shut" && len(from[host]) == 1
		mu.Unlock()
		if refused {
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprint(w, `{"error":{"code":"Forbidden","message":"not yours"}}`)
			return
		}
		fmt.Fprint(w, `{"value":[]}`)
	})
	r := newRig(t, mux)
	r.Now = at(20, 2)
	rep := r.days(t, 4, 16, guests()) // three units of four days
	if rep.Status != state.Data || len(rep.Units) != 3 {
		t.Errorf("%+v", rep)
	}
	if most.Load() != 1 {
		t.Errorf("%d units at once", most.Load())
	}
	if len(from["shut"]) != 4 || len(from["open"]) != 3 { // a later unit makes up for the first
		t.Errorf("one was asked from %v, the other from %v", from["shut"], from["open"])
	}
	if st := r.state(t, guests()); len(st.Behind) != 0 {
		t.Errorf("still behind: %+v", st.Behind)
	}
}
