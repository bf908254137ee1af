package jobs_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strconv"
	"testing"
	"time"

	"graphlake/extract/graph"
	"graphlake/internal/graphsim"
	"graphlake/jobs"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/load/lane"
	"graphlake/schemas"
)

var nightly = []schemas.Dataset{schemas.CallRecords, schemas.PSTNCalls, schemas.DirectRoutingCalls, schemas.Users}

// night is a run over a small tenant, and what a Graph answers on that night.
type night struct {
	plan.Selection
	client *graph.Client
	now    time.Time
	lane   *lane.Settings // of the second lane; nil: it is off
}

// newNight is the night of a date in November. Every night finds more late versions of calls, and
// other users. On a spoiled one a PSTN call says twice how long it lasts.
func newNight(t *testing.T, date int, spoiled bool) night {
	now := time.Date(2026, 11, date, 2, 30, 0, 0, time.UTC)
	var h http.Handler = graphsim.New(graphsim.Options{
		Users: 6, Seed: 2, CallsPerUserDay: 1, Large: 4, Late: 0.5, Moves: 100,
		From: monday, To: monday.Add(3 * schemas.Day), Now: func() time.Time { return now },
	})
	if spoiled {
		h = spoiling(h)
	}
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	client, err := graph.New(graph.Options{Endpoint: server.URL, Token: graph.StaticToken{Secret: "t"}, Rate: 1e6})
	if err != nil {
		t.Fatal(err)
	}
	return night{Selection: plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: nightly}, client: client, now: now}
}

var duration = regexp.MustCompile(`"duration":\d+`)

// spoiling spoils the first duration of every page.
func spoiling(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Del("Accept-Encoding")
		answer := httptest.NewRecorder()
		h.ServeHTTP(answer, r)
		body := answer.Body.Bytes()
		if at := duration.FindIndex(body); at != nil {
			body = slices.Concat(body[:at[0]], []byte(`"duration":1,"duration":2`), body[at[1]:])
		}
		maps.Copy(w.Header(), answer.Header())
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		w.WriteHeader(answer.Code)
		_, _ = w.Write(body)
	})
}

// run is a process of its own: nothing but the store is left of those before it.
func (n night) run(t *testing.T, store state.Store) (jobs.Report, error) {
	t.Helper()
	r := n.runner(t, store)
	if err := openLane(t.Context(), &r, n.lane); err != nil {
		return jobs.Report{}, err
	}
	return r.Run(t.Context(), n.Selection)
}

func (n night) runner(t *testing.T, store state.Store) jobs.Runner {
	return jobs.Runner{
		Store: store, Lake: load.New(store, inMemory(t)), Clients: map[string]*graph.Client{tenant.ID: n.client},
		Now: n.now, Log: slog.New(slog.DiscardHandler),
	}
}

// finish is a run that has to come to its end.
func (n night) finish(t *testing.T, store state.Store) {
	t.Helper()
	rep, err := n.run(t, store)
	if err != nil || rep.Status != state.Data {
		t.Fatalf("%v, status %s: %+v", err, rep.Status, rep.Units)
	}
}

// files are the bytes of all that readers see.
func files(t *testing.T, store load.Store) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	for _, kind := range []load.Kind{load.Raw, load.Tables, load.Quarantine} {
		for info, err := range store.List(t.Context(), string(kind)+"/") {
			if err != nil {
				t.Fatal(err)
			}
			all[info.Name] = content(t, store, info.Name)
		}
	}
	compareLanes(t, store, all)
	return all
}

func content(t *testing.T, store load.Store, name string) []byte {
	t.Helper()
	o, err := store.Open(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	text, err := io.ReadAll(io.NewSectionReader(o, 0, o.Info().Size))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// states are the states of all datasets by what later runs decide upon: not when and by which request
// a day was read.
func states(t *testing.T, store load.Store) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, d := range nightly {
		st, err := state.Load(t.Context(), store, state.Pair{TenantID: tenant.ID, Dataset: d.Name})
		if err != nil {
			t.Fatal(err)
		}
		says := fmt.Sprintf("since %v, cursor %v, picture %v, asked %v, dirty %v, derived %v, removed %v and %v, coverage",
			st.Since, st.Cursor != "", st.Picture, st.Asked, st.Dirty, st.Derived, st.RemovedTables, st.RemovedQuarantine)
		for _, c := range st.Coverage {
			for _, part := range c.Range().SplitDays(1) {
				says += fmt.Sprint(" ", part, " ", c.Outcome, " ", c.NotYet)
			}
			says += fmt.Sprint(" records ", c.Records)
		}
		all[d.Name] = says
	}
	return all
}

// childless are the calls without a session, for a reader who reads them first.
func childless(t *testing.T, store load.Store) (calls []any) {
	t.Helper()
	lake := load.New(store, "")
	keys := func(name string, date time.Time) map[any]bool {
		all := map[any]bool{}
		i := slices.IndexFunc(schemas.CallRecords.Tables, func(t schemas.Table) bool { return t.Name == name })
		p := load.Partition{Kind: load.Tables, Name: name, TenantID: tenant.ID, Date: date}
		for row, err := range lake.Rows(t.Context(), p, schemas.CallRecords.Tables[i].Only()) {
			if errors.Is(err, fs.ErrNotExist) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			all[row[0]] = true
		}
		return all
	}
	for day := range 3 {
		date := monday.Add(time.Duration(day) * schemas.Day)
		roots, children := keys("calls", date), keys("call_sessions", date)
		for id := range roots {
			if !children[id] {
				calls = append(calls, id)
			}
		}
	}
	return calls
}

// inMemory gives a directory in memory where the system has such: what is tested is the order of steps,
// and to sync a disk some ten thousand times takes minutes.
func inMemory(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "crash") //nolint:usetesting // its own is on a disk
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}
