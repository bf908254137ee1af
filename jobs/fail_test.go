package jobs_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"

	"graphlake/extract/graph"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/schemas"
)

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
	if rep.Status != state.Forbidden || rep.Units[0].Records != 0 {
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
				users = append(users, fmt.Sprintf(`{"id":"u%d","assignedLicenses":"none"}`, i)) // no collection
			} else {
				users = append(users, fmt.Sprintf(`{"id":"u%d","assignedLicenses":[]}`, i))
			}
		}
		fmt.Fprintf(w, `{"value":[%s],"@odata.deltaLink":"http://%s/v1.0/users/delta?$deltatoken=x"}`, strings.Join(users, ","), r.Host)
	})
	r := newRig(t, h)
	for _, c := range []struct {
		bad     int
		outcome state.Outcome
		users   int64
		changed []string
	}{
		{0, state.Data, 100, []string{"raw/users", "tables/user_licenses", "tables/users"}},
		{11, state.Failed, 0, []string{"raw/users", "quarantine/users"}},
		// The day is dirty, so it is tried again before anything is read.
		{10, state.Data, 90, []string{"quarantine/users", "raw/users", "quarantine/users", "tables/user_licenses", "tables/users"}},
		{0, state.Data, 100, []string{"raw/users", "quarantine/users", "tables/user_licenses", "tables/users"}},
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
		if c.outcome == state.Failed && (u.Error == nil || u.Error.Kind != "bad record" || !strings.Contains(u.Error.Message, "11 of 100 records")) {
			t.Errorf("the error is %+v", u.Error)
		}
	}
}

// What Graph has forgotten is not asked for, makes no empty file, and is no failure.
func TestExpired(t *testing.T) {
	asked := 0
	r := newRig(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked++ }))
	rep, err := r.Run(t.Context(), plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: []schemas.Dataset{schemas.CallRecords},
		From: monday.AddDate(0, -3, 0), To: monday.AddDate(0, -3, 1)})
	if err != nil {
		t.Fatal(err)
	}
	if rep.Status != state.Data || rep.Units[0].Outcome != state.Expired || asked != 0 || len(r.objects(t)) != 0 {
		t.Errorf("status %s, outcome %s, %d requests, objects %v", rep.Status, rep.Units[0].Outcome, asked, r.objects(t))
	}
}

// A day without records is an empty partition of every table: "empty" is not "not loaded".
func TestEmptyDay(t *testing.T) {
	r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"value":[]}`) }))
	rep := r.run(t, 1, schemas.CallRecords)
	if got := len(r.objects(t)); rep.Units[0].Outcome != state.Empty || got != 9 {
		t.Errorf("outcome %s, %d objects; want empty and raw with six tables that are read and two that are computed", rep.Units[0].Outcome, got)
	}
}

// A day whose only call is too young to be read is neither empty nor failed.
func TestNotYet(t *testing.T) {
	h := http.NewServeMux()
	h.HandleFunc("GET /v1.0/communications/callRecords", func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Query().Get("$filter"), "ge 2026-11-18") {
			fmt.Fprint(w, `{"value":[{"id":"c1","version":1,"startDateTime":"2026-11-18T02:05:00Z","endDateTime":"2026-11-18T02:10:00Z"}]}`)
			return
		}
		fmt.Fprint(w, `{"value":[]}`)
	})
	h.HandleFunc("GET /v1.0/communications/callRecords/c1", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, `{"error":{"code":"NotFound","message":"not there"}}`)
	})
	r := newRig(t, h)
	rep := r.run(t, 3, schemas.CallRecords)
	if u := rep.Units[2]; rep.Status != state.Data || u.Outcome != state.NotYet || u.NotYet != 1 || u.Gone != 0 || u.Records != 0 {
		t.Errorf("status %s, unit %+v", rep.Status, u)
	}
}

// halves answers every request with the first half of a page, and hangs up.
type halves struct{}

func (halves) RoundTrip(r *http.Request) (*http.Response, error) {
	page := `{"value":[{"id":"0b6a1e52-7f55-4a35-9d7b-91a34d7a1c01"},{"id":"0b6a1e52-7f55-4a35-9d7b-91a34d7a1c02"}]}`
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, ContentLength: int64(len(page)), Request: r,
		Body: io.NopCloser(io.MultiReader(strings.NewReader(page[:len(page)/2]), iotest.ErrReader(io.ErrUnexpectedEOF))),
	}, nil
}

// A page that is cut in the middle, however often it is asked for, is to be tried again later, and
// leaves nothing.
func TestCutPage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRigOn(t, graph.Options{Endpoint: "http://127.0.0.1:9", Transport: halves{}})
		rep := r.run(t, 2, schemas.Users)
		u := rep.Units[0]
		if rep.Status != state.Unavailable || u.Error == nil || u.Error.Kind != "unavailable" || u.Requests < 2 {
			t.Fatalf("status %s, unit %+v", rep.Status, u)
		}
		for _, part := range []string{"read users", "/v1.0/users/delta", "cut off", "run again later"} {
			if !strings.Contains(u.Error.Message, part) {
				t.Errorf("the message %q does not say %q", u.Error.Message, part)
			}
		}
		if got := r.objects(t); len(got) != 0 {
			t.Errorf("the lake holds %v, want nothing", got)
		}
	})
}

func TestInterrupted(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	r := newRig(t, http.HandlerFunc(func(_ http.ResponseWriter, req *http.Request) {
		stop()
		<-req.Context().Done()
	}))
	rep, err := r.Run(ctx, plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: []schemas.Dataset{schemas.Users, schemas.CallRecords},
		From: monday, To: monday.Add(2 * schemas.Day)})
	if err != nil {
		t.Fatal(err)
	}
	if rep.Status != state.Interrupted || len(r.objects(t)) != 0 {
		t.Errorf("status %s, objects %v", rep.Status, r.objects(t))
	}
}
