package jobs_test

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"graphlake/extract/graph"
	"graphlake/extract/graphsim"
	"graphlake/jobs"
	"graphlake/load"
	"graphlake/load/memstore"
	"graphlake/schemas"
)

var (
	monday = time.Date(2026, 11, 16, 0, 0, 0, 0, time.UTC)
	later  = time.Date(2026, 11, 18, 2, 30, 0, 0, time.UTC)
	tenant = jobs.Tenant{Name: "contoso", ID: "4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30"}
)

// rig is a lake in memory and a Graph behind HTTP.
type rig struct {
	jobs.Runner
	store *recorder
}

func newRig(t *testing.T, h http.Handler) *rig {
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	client, err := graph.New(graph.Options{Endpoint: server.URL, Token: graph.StaticToken{Secret: "t"}, Rate: 1e6})
	if err != nil {
		t.Fatal(err)
	}
	store := &recorder{Store: memstore.New()}
	return &rig{store: store, Runner: jobs.Runner{
		Lake: load.New(store, t.TempDir()), Clients: map[string]*graph.Client{tenant.ID: client},
		Now: later, Log: slog.New(slog.DiscardHandler),
	}}
}

func (r *rig) run(t *testing.T, days int, datasets ...schemas.Dataset) jobs.Report {
	p, err := jobs.NewPlan(jobs.Selection{
		Tenants: []jobs.Tenant{tenant}, Datasets: datasets, From: monday, To: monday.Add(time.Duration(days) * schemas.Day),
	}, later)
	if err != nil {
		t.Fatal(err)
	}
	return r.Run(t.Context(), p)
}

// objects are the names in the store.
func (r *rig) objects(t *testing.T) []string {
	var names []string
	for info, err := range r.store.List(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, info.Name)
	}
	return names
}

// recorder remembers the order in which objects were published.
type recorder struct {
	load.Store
	mu        sync.Mutex
	published []string
}

func (r *recorder) Stage(ctx context.Context, name string) (load.Staged, error) {
	s, err := r.Store.Stage(ctx, name)
	return recorded{s, r, name}, err
}

type recorded struct {
	load.Staged
	to   *recorder
	name string
}

func (s recorded) Commit(ctx context.Context, base load.Condition) (bool, load.Version, error) {
	s.to.mu.Lock()
	s.to.published = append(s.to.published, s.name)
	s.to.mu.Unlock()
	return s.Staged.Commit(ctx, base)
}

// What is in the lake is what the simulator says it gave, in every table; a second run of the same
// range asks again and changes nothing.
func TestRunIsWholeAndRepeatable(t *testing.T) {
	sim := graphsim.New(graphsim.Options{Users: 12, From: monday, To: monday.Add(2 * schemas.Day), Large: 140, Now: func() time.Time { return later }})
	r := newRig(t, sim)
	truth := map[string]int64{}
	for _, d := range sim.Truth().Days {
		truth["calls"] += int64(d.CallRecords)
		truth["call_participants"] += int64(d.Participants)
		truth["call_sessions"] += int64(d.Sessions)
		truth["call_segments"] += int64(d.Segments)
		truth["call_media"] += int64(d.Media)
		truth["call_media_streams"] += int64(d.Streams)
		truth["pstn_calls"] += int64(d.PSTN)
		truth["direct_routing_calls"] += int64(d.DirectRouting)
	}
	for _, again := range []bool{false, true} {
		rep := r.run(t, 2, schemas.CallRecords, schemas.PSTNCalls, schemas.DirectRoutingCalls)
		rows := map[string]int64{}
		for _, u := range rep.Units {
			for table, n := range u.Rows {
				rows[table] += n
			}
			if again && u.Written > 0 || !again && u.Unchanged > 0 {
				t.Errorf("again %v: %s wrote %d partitions and left %d alone", again, u.Dataset, u.Written, u.Unchanged)
			}
		}
		if rep.Status != jobs.Data || !maps.Equal(rows, truth) {
			t.Errorf("status %s\ngot  %v\nwant %v", rep.Status, rows, truth)
		}
	}
}

// A reader who starts from the root table finds the children: they are published before it, and raw
// before all of them.
func TestPublishOrder(t *testing.T) {
	sim := graphsim.New(graphsim.Options{Users: 10, From: monday, To: monday.Add(schemas.Day), Large: 20, Now: func() time.Time { return later }})
	r := newRig(t, sim)
	r.run(t, 1, schemas.CallRecords)
	var order []string
	for _, name := range r.store.published {
		order = append(order, strings.Join(strings.Split(name, "/")[:2], "/"))
	}
	want := []string{
		"raw/call_records", "tables/call_media_streams", "tables/call_media", "tables/call_segments",
		"tables/call_sessions", "tables/call_participants", "tables/calls",
	}
	if !slices.Equal(order, want) {
		t.Errorf("got  %v\nwant %v", order, want)
	}
}

// A page that is refused in the middle of a reading leaves its unit's days as they were.
func TestFailureLeavesTheLakeAlone(t *testing.T) {
	h := http.NewServeMux()
	h.HandleFunc("GET /v1.0/users/delta", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `{"value":[{"id":"a"}],"@odata.nextLink":"http://%s/v1.0/users/more"}`, r.Host)
	})
	h.HandleFunc("GET /v1.0/users/more", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, `{"error":{"code":"Forbidden","message":"not yours"}}`)
	})
	r := newRig(t, h)
	rep := r.run(t, 2, schemas.Users)
	if rep.Status != jobs.Forbidden || rep.Units[0].Records != 0 {
		t.Errorf("got %s with %d records, want forbidden with none", rep.Status, rep.Units[0].Records)
	}
	if got := r.objects(t); len(got) != 0 {
		t.Errorf("the lake holds %v, want nothing", got)
	}
}

// Eleven of a hundred bad records are a fault of ours: raw is kept, quarantine says why, and the
// tables stay as they were. Ten of them are quarantined and the others are read.
func TestTooManyBadRecords(t *testing.T) {
	bad := 0
	h := http.NewServeMux()
	h.HandleFunc("GET /v1.0/users/delta", func(w http.ResponseWriter, r *http.Request) {
		var users []string
		for i := range 100 {
			if i < bad {
				users = append(users, fmt.Sprintf(`{"id":"u%d","accountEnabled":"perhaps"}`, i))
			} else {
				users = append(users, fmt.Sprintf(`{"id":"u%d"}`, i))
			}
		}
		fmt.Fprintf(w, `{"value":[%s],"@odata.deltaLink":"http://%s/v1.0/users/delta?$deltatoken=x"}`, strings.Join(users, ","), r.Host)
	})
	r := newRig(t, h)
	for _, c := range []struct {
		bad     int
		outcome jobs.Outcome
		users   int64
		changed []string
	}{
		{0, jobs.Data, 100, []string{"raw/users", "tables/user_licenses", "tables/users"}},
		{11, jobs.Failed, 0, []string{"raw/users", "quarantine/users"}},
		{10, jobs.Data, 90, []string{"raw/users", "quarantine/users", "tables/user_licenses", "tables/users"}},
		{0, jobs.Data, 100, []string{"raw/users", "quarantine/users", "tables/user_licenses", "tables/users"}},
	} {
		bad, r.store.published = c.bad, nil
		u := r.run(t, 2, schemas.Users).Units[0]
		var published []string
		for _, name := range r.store.published {
			published = append(published, strings.Join(strings.Split(name, "/")[:2], "/"))
		}
		if u.Outcome != c.outcome || u.Records != 100 || u.Quarantined != int64(c.bad) || u.Rows["users"] != c.users || !slices.Equal(published, c.changed) {
			t.Errorf("%d bad: %s, %d records, %d quarantined, %d users, published %v; want %+v", c.bad, u.Outcome, u.Records, u.Quarantined, u.Rows["users"], published, c)
		}
		if c.outcome == jobs.Failed && (u.Error == nil || u.Error.Kind != "bad record" || !strings.Contains(u.Error.Message, "11 of 100 records")) {
			t.Errorf("the error is %+v", u.Error)
		}
	}
}

// What Graph has forgotten is not asked for, makes no empty file, and is no failure.
func TestExpired(t *testing.T) {
	asked := 0
	r := newRig(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked++ }))
	p, err := jobs.NewPlan(jobs.Selection{Tenants: []jobs.Tenant{tenant}, Datasets: []schemas.Dataset{schemas.CallRecords},
		From: monday.AddDate(0, -3, 0), To: monday.AddDate(0, -3, 1)}, later)
	if err != nil {
		t.Fatal(err)
	}
	rep := r.Run(t.Context(), p)
	if rep.Status != jobs.Data || rep.Units[0].Outcome != jobs.Expired || asked != 0 || len(r.objects(t)) != 0 {
		t.Errorf("status %s, outcome %s, %d requests, objects %v", rep.Status, rep.Units[0].Outcome, asked, r.objects(t))
	}
}

// A day without records is an empty partition of every table: "empty" is not "not loaded".
func TestEmptyDay(t *testing.T) {
	r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"value":[]}`) }))
	rep := r.run(t, 1, schemas.CallRecords)
	if got := len(r.objects(t)); rep.Units[0].Outcome != jobs.Empty || got != 7 {
		t.Errorf("outcome %s, %d objects; want empty and raw with six tables", rep.Units[0].Outcome, got)
	}
}

func TestInterrupted(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	r := newRig(t, http.HandlerFunc(func(_ http.ResponseWriter, req *http.Request) {
		stop()
		<-req.Context().Done()
	}))
	p, err := jobs.NewPlan(jobs.Selection{Tenants: []jobs.Tenant{tenant}, Datasets: []schemas.Dataset{schemas.Users, schemas.CallRecords},
		From: monday, To: monday.Add(2 * schemas.Day)}, later)
	if err != nil {
		t.Fatal(err)
	}
	rep := r.Run(ctx, p)
	if rep.Status != jobs.Interrupted || len(r.objects(t)) != 0 {
		t.Errorf("status %s, objects %v", rep.Status, r.objects(t))
	}
}
