package jobs_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"graphlake/jobs"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/schemas"
)

// A picture that was cut off stops none of the next: they go on from the one before it.
func TestADamagedPicture(t *testing.T) {
	d := directory{
		"":   {`{"id":"ada","department":"Sales"},{"id":"bea","department":"Sales"}`, "t1"},
		"t1": {`{"id":"ada","department":"Support"}`, "t2"},
		"t2": {``, "t2"},
	}
	r := newRig(t, d)
	r.at(at(18, 2)).night(t, schemas.Users)
	r.at(at(19, 2)).night(t, schemas.Users)
	r.cutOff(t, part(load.Raw, schemas.Users.Name, november(19)).Object())
	d[""] = [2]string{`{"id":"ada","department":"Lab"},{"id":"bea","department":"Sales"}`, "t2"}
	if rep := r.at(at(20, 2)).night(t, schemas.Users); rep.Status != state.Data || rep.Incomplete() {
		t.Fatalf("%+v", rep)
	}
	if got, want := r.people(t, 20), []string{"ada Lab", "bea Sales"}; !slices.Equal(got, want) {
		t.Errorf("the picture has %v, want %v", got, want)
	}
}

// Who is missing from one reading of everything after a cursor has expired is there again the night after, when all is
// listed once more.
func TestAShortReadingAfterACursor(t *testing.T) {
	d := directory{"": {`{"id":"ada","department":"Sales"},{"id":"bea","department":"Sales"}`, "t1"}}
	r := newRig(t, d)
	r.at(at(18, 2)).night(t, schemas.Users)
	d[""] = [2]string{`{"id":"ada","department":"Sales"}`, "t2"}
	r.at(at(19, 2)).night(t, schemas.Users)
	d[""] = [2]string{`{"id":"ada","department":"Sales"},{"id":"bea","department":"Sales"}`, "t3"}
	d["t3"] = [2]string{``, "t3"}
	for day := 20; day <= 21; day++ {
		r.at(at(day, 2)).night(t, schemas.Users)
		if got, want := r.people(t, day), []string{"ada Sales", "bea Sales"}; !slices.Equal(got, want) {
			t.Errorf("on the %dth the picture has %v, want %v", day, got, want)
		}
	}
}

// An observation of far fewer than the last one is doubted, and is missed: nobody can observe that night again.
func TestAShortObservation(t *testing.T) {
	seen := 30
	var ids []string
	for i := range 30 {
		ids = append(ids, fmt.Sprintf(`{"id":"u%02d"}`, i))
	}
	h := http.NewServeMux()
	h.HandleFunc("GET /v1.0/users", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"value":[%s]}`, strings.Join(ids, ","))
	})
	h.HandleFunc("POST /v1.0/communications/getPresencesByUserId", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"value":[%s]}`, strings.Join(ids[:seen], ","))
	})
	r := newRig(t, h)
	for _, c := range []struct {
		day, seen int
		doubted   bool
	}{{17, 30, false}, {18, 1, true}, {19, 30, false}, {20, 16, false}} {
		seen = c.seen
		rep := r.at(at(c.day, 2)).night(t, schemas.Presence)
		if doubt := rep.Units[0].Doubt; (doubt != nil) != c.doubted || doubt != nil && *doubt != (jobs.Doubt{Of: "records", Now: 1, Before: 30}) {
			t.Errorf("on the %dth: %+v", c.day, rep.Units[0])
		}
	}
	want(t, r.at(at(20, 12)).audit(t, schemas.Presence))
}

// A clock that was set back for one run answers for its own range, and for nothing later.
func TestSetBackOrdersNothing(t *testing.T) {
	r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"value":[]}`) }))
	r.at(at(18, 2)).night(t, schemas.PSTNCalls)
	since := r.state(t, schemas.PSTNCalls).Since
	back := plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: []schemas.Dataset{schemas.PSTNCalls}, Back: true}
	if rep, err := r.at(at(18, 2).AddDate(0, -2, 0)).Run(t.Context(), back); err != nil || len(rep.Units) == 0 {
		t.Fatalf("%+v, %v", rep, err)
	}
	if st := r.state(t, schemas.PSTNCalls); !st.Since.Equal(since) {
		t.Errorf("since is %v, and was %v", st.Since, since)
	}
	if rep := r.at(at(19, 2)).night(t, schemas.PSTNCalls); len(rep.Units) == 0 || rep.Incomplete() {
		t.Errorf("the next night: %+v", rep)
	}
}

// The greatest time that there is is no time: its record lies on the day that was asked for, and stops nothing.
func TestTheGreatestTime(t *testing.T) {
	r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		start := "9999-12-31T23:59:59.9999999Z"
		if !strings.Contains(q.URL.Path, "fromDateTime=2026-11-1") {
			start = "2026-11-19T10:00:00Z"
		}
		fmt.Fprintf(w, `{"value":[{"id":"p","startDateTime":%q}]}`, start)
	}))
	for day := 18; day <= 19; day++ {
		if rep := r.at(at(day, 2)).night(t, schemas.PSTNCalls); rep.Status == state.Failed {
			t.Fatalf("%+v", rep)
		}
	}
	if st := r.state(t, schemas.PSTNCalls); len(st.Dirty) > 0 {
		t.Errorf("%v are dirty", st.Dirty)
	}
}

// Who was refused for a night is missing in the picture of that night for good, and its day is partial for good.
func TestAPastPictureStaysPartial(t *testing.T) {
	refused := true
	h := http.NewServeMux()
	h.HandleFunc("GET /v1.0/users", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"value":[{"id":"ada"},{"id":"bea"}]}`)
	})
	h.HandleFunc("GET /v1.0/users/{id}/mailboxSettings", func(w http.ResponseWriter, r *http.Request) {
		if refused && r.PathValue("id") == "bea" {
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprint(w, `{"error":{"code":"Forbidden","message":"not yours"}}`)
			return
		}
		fmt.Fprint(w, `{"timeZone":"UTC"}`)
	})
	r := newRig(t, h)
	r.at(at(18, 2)).night(t, schemas.MailboxSettings)
	refused = false
	r.at(at(19, 2)).night(t, schemas.MailboxSettings)
	days, err := state.LoadDays(t.Context(), r.Store, state.Pair{TenantID: tenant.ID, Dataset: schemas.MailboxSettings.Name})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range days.Days {
		got = append(got, d.Date+" "+d.Outcome)
	}
	want(t, got, "2026-11-18 partial", "2026-11-19 data")
}

// Somebody whose chats are not found is not taken for having none: the rows of chats do not say whose they are.
func TestChatsThatAreNotFoundForANight(t *testing.T) {
	lost := false
	h := http.NewServeMux()
	h.HandleFunc("GET /v1.0/users", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"value":[{"id":"ada"},{"id":"bea"}]}`)
	})
	h.HandleFunc("GET /v1.0/users/{id}/chats", func(w http.ResponseWriter, r *http.Request) {
		if id := r.PathValue("id"); !lost || id == "ada" {
			fmt.Fprintf(w, `{"value":[{"id":"19:%s","lastUpdatedDateTime":"2026-11-17T10:00:00Z"}]}`, id)
			return
		}
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, `{"error":{"code":"NotFound","message":"nobody"}}`)
	})
	h.HandleFunc("GET /v1.0/chats/{id}/members", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"value":[{"id":"m"}]}`) })
	r := newRig(t, h)
	r.at(at(18, 2)).night(t, schemas.Chats)
	lost = true
	for day := 19; day <= 20; day++ {
		if u := r.at(at(day, 2)).night(t, schemas.Chats).Units[0]; u.Behind != 1 || u.Vanished != 0 {
			t.Errorf("on the %dth: %+v", day, u)
		}
		want(t, r.rows(t, schemas.Chats.Root(), november(day), "chat_id", "removed"), "19:ada false", "19:bea false")
	}
}
