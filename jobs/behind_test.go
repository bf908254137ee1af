package jobs_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"graphlake/extract/graph"
	"graphlake/jobs"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/schemas"
)

// guests are read for each of many hosts, by when they changed.
func guests() schemas.Dataset {
	budget := schemas.Budget{Name: "guests"}
	column := func(name string, path schemas.Path, typ schemas.Type) schemas.Column {
		return schemas.Column{Name: name, Path: path, Type: typ, Required: true, Doc: "."}
	}
	return schemas.Dataset{
		Name: "guests", Mode: schemas.Changes, Changed: "changed", Time: []schemas.Path{"came"}, Version: "changed", Lookback: schemas.Day,
		Source: schemas.Source{
			API: "v1.0", Path: "/hosts/{parent}/guests", Paging: schemas.NextLink, Budget: budget,
			Parent: &schemas.Parent{Path: "/hosts", Budget: budget, Permissions: []schemas.Permission{"Host.Read.All"}},
			Query:  []schemas.Param{{Name: "from", Value: "{from}"}},
			Window: schemas.Window{Longest: 4 * schemas.Day, Layout: time.RFC3339},
		},
		Permissions: []schemas.Permission{"Guest.Read.All"},
		Tables: []schemas.Table{{Name: "guests", Doc: ".", Key: []string{"guest_id"}, Columns: []schemas.Column{
			column("guest_id", "id", schemas.String), column("came_time", "came", schemas.Timestamp),
		}}},
	}
}

// Thousands of parents that refuse leave the state small, and are read from where they stand
// once they no longer do.
func TestManyParentsBehind(t *testing.T) {
	t.Parallel()
	const hosts = 4_000
	refuse, from := true, map[string]int{}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1.0/hosts", func(w http.ResponseWriter, r *http.Request) {
		var ids []string
		from, _ := strconv.Atoi(r.URL.Query().Get("$skiptoken"))
		to := from + 2_000
		for i := from; i < to; i++ {
			ids = append(ids, fmt.Sprintf(`{"id":"host-%05d"}`, i))
		}
		next := ""
		if to < hosts {
			next = fmt.Sprintf(`,"@odata.nextLink":"http://%s/v1.0/hosts?$skiptoken=%d"`, r.Host, to)
		}
		fmt.Fprintf(w, `{"value":[%s]%s}`, strings.Join(ids, ","), next)
	})
	asked := make(chan string, hosts)
	mux.HandleFunc("GET /v1.0/hosts/{host}/guests", func(w http.ResponseWriter, r *http.Request) {
		switch host := r.PathValue("host"); {
		case host == "host-00000":
			fmt.Fprint(w, `{"value":[{"id":"a","came":"2026-11-01T10:00:00Z","changed":"2026-11-16T10:00:00Z"}]}`)
		case refuse:
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprint(w, `{"error":{"code":"Forbidden","message":"not yours"}}`)
		default:
			asked <- r.URL.Query().Get("from")
			fmt.Fprint(w, `{"value":[]}`)
		}
	})
	r := newRig(t, mux)
	run := func(day int) jobs.UnitReport {
		t.Helper()
		rep, err := r.Run(t.Context(), plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: []schemas.Dataset{guests()},
			From: monday.AddDate(0, 0, day), To: monday.AddDate(0, 0, day+1)})
		if err != nil || rep.Units[0].Error != nil {
			t.Fatalf("%v, %+v", err, rep.Units)
		}
		return rep.Units[0]
	}
	if u := run(0); u.Behind != hosts-1 || u.Parents != hosts || u.Records != 1 {
		t.Errorf("unit %+v", u)
	}
	state, long := len(r.text(t, "state/"+tenant.ID+"/guests.json")), 0
	for info, err := range r.store.List(t.Context(), "state/"+tenant.ID+"/guests.behind-") {
		if err != nil {
			t.Fatal(err)
		}
		long++
		_ = info
	}
	if state > 2000 || long != 1 {
		t.Errorf("the state is %d bytes, beside it %d lists; want a small one and one list", state, long)
	}
	refuse = false
	if u := run(1); u.Behind != 0 {
		t.Errorf("%d still behind", u.Behind)
	}
	close(asked)
	for f := range asked {
		from[f]++
	}
	if want := monday.Format(time.RFC3339); from[want] != hosts-1 || len(from) != 1 {
		t.Errorf("read from %v, want all from %s, when they were refused", from, want)
	}
	for info, err := range r.store.List(t.Context(), "state/"+tenant.ID+"/guests.behind-") {
		t.Errorf("%s, %v is left, though nobody is behind", info.Name, err)
	}
	day1 := load.Partition{Kind: load.Tables, Name: "guests", TenantID: tenant.ID, Date: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)}
	if n, err := r.Lake.Count(t.Context(), day1); err != nil || n != 1 {
		t.Errorf("the day on which the guest came has %d rows, %v; want 1", n, err)
	}
}

// A parent that is behind stays so when a range before that is read, of which it says nothing.
func TestBehindOutlivesAnEarlierRange(t *testing.T) {
	refuse := true
	asked := make(chan string, 16)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1.0/hosts", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, `{"value":[{"id":"open"},{"id":"shut"}]}`)
	})
	mux.HandleFunc("GET /v1.0/hosts/{host}/guests", func(w http.ResponseWriter, r *http.Request) {
		switch shut := r.PathValue("host") == "shut"; {
		case shut && refuse:
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprint(w, `{"error":{"code":"Forbidden","message":"not yours"}}`)
			return
		case shut:
			asked <- r.URL.Query().Get("from")
		}
		fmt.Fprint(w, `{"value":[]}`)
	})
	r := newRig(t, mux)
	read := func(from, to int, want ...string) {
		t.Helper()
		if rep := r.days(t, from, to, guests()); rep.Status != state.Data {
			t.Fatalf("%+v", rep.Units)
		}
		var got []string
		for _, b := range r.state(t, guests()).Behind {
			got = append(got, fmt.Sprint(b.Parent, " ", b.From.Day(), "-", b.To.Day()))
		}
		if !slices.Equal(got, want) {
			t.Errorf("after %d to %d these are behind: %q, want %q", from, to, got, want)
		}
	}
	read(14, 16, "shut 14-16")
	refuse = false
	read(8, 10, "shut 14-16")
	refuse = true
	read(10, 11, "shut 10-16")
	refuse = false
	read(9, 15, "shut 15-16")
	read(17, 18)
	close(asked)
	var last string
	for f := range asked {
		last = f
	}
	if want := november(15).Format(time.RFC3339); last != want {
		t.Errorf("asked last from %s, want %s", last, want)
	}
}

// replacing lets a run replace a state between the reading of it and of its list.
type replacing struct {
	load.Store
	replace func()
}

func (s *replacing) Open(ctx context.Context, name string) (load.Object, error) {
	if strings.Contains(name, ".behind-") && s.replace != nil {
		s.replace()
		s.replace = nil
	}
	return s.Store.Open(ctx, name)
}

// Who reads a state while a run replaces it gets the one or the other.
func TestStateIsReplacedWhileItIsRead(t *testing.T) {
	r := newRig(t, http.NotFoundHandler())
	d := guests()
	r.put(t, stateObject(d), []byte(`{"format":1,"requests":1,"behind_object":"state/x.behind-1.json"}`))
	store := &replacing{r.Store, func() { r.put(t, stateObject(d), []byte(`{"format":1,"requests":2}`)) }}
	s, err := state.Load(t.Context(), store, state.Pair{TenantID: tenant.ID, Dataset: d.Name})
	if err != nil || s.Requests != 2 {
		t.Errorf("the state is %+v, %v", s, err)
	}
}

// Of a mailbox that is not found, and of one that no list names any more, what was in the calendar stays: nobody
// has said that it is gone.
func TestCalendarsOutliveTheirMailboxes(t *testing.T) {
	gone := map[string]bool{}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1.0/users", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, `{"value":[{"id":"ada"},{"id":"bea"}]}`)
	})
	mux.HandleFunc("GET /v1.0/users/{user}/calendarView", func(w http.ResponseWriter, r *http.Request) {
		user := r.PathValue("user")
		if gone[user] {
			w.WriteHeader(http.StatusNotFound)
			fmt.Fprint(w, `{"error":{"code":"MailboxNotEnabledForRESTAPI","message":"no mailbox"}}`)
			return
		}
		fmt.Fprintf(w, `{"value":[{"id":"of-%s","start":{"dateTime":"2026-11-16T10:00:00.0000000","timeZone":"UTC"}}]}`, user)
	})
	r := newRig(t, mux)
	read := func(want ...string) {
		t.Helper()
		if rep := r.days(t, 16, 17, schemas.CalendarEvents); rep.Status != state.Data {
			t.Fatalf("%+v", rep.Units)
		}
		if got := r.rows(t, schemas.CalendarEvents.Root(), monday, "event_id", "removed"); !slices.Equal(got, want) {
			t.Errorf("with %v gone: %q, want %q", gone, got, want)
		}
	}
	read("of-ada false", "of-bea false")
	gone = map[string]bool{"ada": true, "bea": true}
	read("of-ada false", "of-bea false")
	gone["ada"] = false
	read("of-ada false", "of-bea false")
}

// The state knows a reason by how it begins, and the client calls it so.
func TestNotFoundIsCalledSo(t *testing.T) {
	for _, k := range []graph.Kind{graph.NotFound, graph.Unauthorized, graph.Unavailable} {
		if got := (state.Behind{Reason: k.String() + ": 404 Not Found"}).IsNotFound(); got != (k == graph.NotFound) {
			t.Errorf("%v: %v", k, got)
		}
	}
}
