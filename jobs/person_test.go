package jobs_test

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"graphlake/internal/graphsim"
	"graphlake/jobs"
	"graphlake/jobs/audit"
	"graphlake/jobs/clock"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/schemas"
)

var personally = plan.Tenant{Name: tenant.Name, ID: tenant.ID, Person: true}

// Of a tenant to which a person is signed in what is not for one person is not there: not planned, locked, asked for, late, missing or a gap.
func TestWhatIsNotForOnePersonIsNotThere(t *testing.T) {
	var sim *graphsim.Tenant
	var me string
	var mu sync.Mutex
	var asked []string
	r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		mu.Lock()
		asked = append(asked, q.URL.Path)
		mu.Unlock()
		sim.ServeHTTP(w, q)
	}))
	o := graphsim.Options{Users: 20, From: monday, To: monday.Add(schemas.Day), Now: func() time.Time { return later }}
	me = firstUser(t, o)
	o.Bearer = func(string) (graphsim.Bearer, bool) {
		return graphsim.Bearer{Person: me, Scopes: []string{"User.Read", "MailboxSettings.Read", "Calendars.Read"}}, true
	}
	sim = graphsim.New(o)
	s := plan.Selection{Tenants: []plan.Tenant{personally}, Datasets: []schemas.Dataset{schemas.CallRecords, schemas.Users, schemas.MailboxSettings, schemas.CalendarEvents}}
	rep, err := r.Run(t.Context(), s)
	if err != nil || rep.Status != state.Data || rep.Incomplete() {
		t.Fatalf("%+v, %v", rep, err)
	}
	if len(rep.Notes) != 1 || !strings.HasPrefix(rep.Notes[0].Message, "not for one person: call_records, users; ") {
		t.Errorf("notes: %+v", rep.Notes)
	}
	for _, u := range rep.Units {
		if u.Dataset != "mailbox_settings" && u.Dataset != "calendar_events" || u.Parents != 1 {
			t.Errorf("a unit of %s, of %d parents", u.Dataset, u.Parents)
		}
	}
	for _, path := range asked {
		if path != "/v1.0/" && path != "/v1.0/me" && !strings.HasPrefix(path, "/v1.0/users/"+me+"/") {
			t.Errorf("asked for %s", path)
		}
	}
	for info, err := range r.store.List(t.Context(), load.States) {
		if err != nil || strings.Contains(info.Name, "call_records") || strings.Contains(info.Name, "/users.") {
			t.Errorf("the lake has %s, %v", info.Name, err)
		}
	}
	nightly, err := clock.ParseTimes("30 2 * * *", "")
	if err != nil {
		t.Fatal(err)
	}
	nights := []clock.Job{{Name: "nightly", Selection: s, Times: nightly}}
	now := at(20, 2)
	late, err := clock.Late(t.Context(), r.store, nights, now)
	if err != nil || len(late) != 2 || slices.ContainsFunc(late, func(o clock.Overdue) bool { return o.Dataset == "call_records" || o.Dataset == "users" }) {
		t.Errorf("late: %+v, %v", late, err)
	}
	status, err := clock.LoadStatus(t.Context(), r.store, s, nights, now)
	if err != nil || len(status.Datasets) != 2 {
		t.Errorf("status: %+v, %v", status.Datasets, err)
	}
	m, err := clock.LoadMap(t.Context(), r.store, s, schemas.Range{From: november(16), To: november(20)}, now)
	if err != nil || len(m.Rows) != 2 {
		t.Errorf("map: %+v, %v", m.Rows, err)
	}
}

// What an application had read before a person signed in stays, and is neither late nor a gap; what the person has not is not
// taken for removed.
func TestAPersonAfterAnApplication(t *testing.T) {
	o := graphsim.Options{Users: 20, From: monday, To: monday.Add(schemas.Day), Now: func() time.Time { return later }}
	me := firstUser(t, o)
	sim := graphsim.New(o)
	r := newRig(t, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) { sim.ServeHTTP(w, q) }))
	s := plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: []schemas.Dataset{schemas.PSTNCalls, schemas.MailboxSettings}}
	if rep, err := r.Run(t.Context(), s); err != nil || rep.Status != state.Data {
		t.Fatalf("%+v, %v", rep, err)
	}
	all := len(r.rows(t, schemas.MailboxSettings.Root(), november(18)))
	o.Bearer = func(string) (graphsim.Bearer, bool) {
		return graphsim.Bearer{Person: me, Scopes: []string{"User.Read", "MailboxSettings.Read"}}, true
	}
	o.Now = func() time.Time { return at(19, 2) }
	sim = graphsim.New(o)
	now := at(19, 2)
	s.Tenants = []plan.Tenant{personally}
	rep, err := r.at(now).Run(t.Context(), s)
	if err != nil || len(rep.Units) != 1 || rep.Units[0].Doubt == nil || rep.Units[0].Doubt.Of != "parents" {
		t.Fatalf("%+v, %v", rep, err)
	}
	if n := len(r.rows(t, schemas.MailboxSettings.Root(), november(18))); n != all || all < 10 {
		t.Errorf("%d rows of %d are left", n, all)
	}
	for _, of := range []plan.Tenant{tenant, personally} {
		s.Tenants = []plan.Tenant{of}
		status, err := clock.LoadStatus(t.Context(), r.store, s, nil, at(25, 2))
		if err != nil || len(status.Datasets) != 2 || status.Datasets[0].Records == 0 || (len(status.Datasets[0].Gaps) > 0) == of.Person {
			t.Errorf("status: %+v, %v", status.Datasets, err)
		}
		found, err := (&audit.Auditor{Store: r.store, Now: at(25, 2), Log: r.Log}).Audit(t.Context(), s)
		gap := slices.ContainsFunc(found.Findings, func(f audit.Finding) bool { return f.Dataset == "pstn_calls" && f.Kind == audit.FoundGap })
		if err != nil || gap == of.Person {
			t.Errorf("audit: %+v, %v", found.Findings, err)
		}
		m, err := clock.LoadMap(t.Context(), r.store, s, schemas.Range{From: november(16), To: november(25)}, at(25, 2))
		missing := slices.ContainsFunc(m.Rows[0].Days, func(d clock.MapDay) bool { return d.State == clock.MapMissing })
		if err != nil || len(m.Rows) != 2 || missing == of.Person {
			t.Errorf("map: %+v, %v", m.Rows, err)
		}
	}
}

// firstUser is the id of a user of the tenant with a mailbox.
func firstUser(t *testing.T, o graphsim.Options) string {
	t.Helper()
	r := newRig(t, graphsim.New(o))
	if rep := r.at(later).night(t, schemas.MailboxSettings); rep.Status != state.Data {
		t.Fatalf("%+v", rep)
	}
	return r.rows(t, schemas.MailboxSettings.Root(), november(18), "user_id")[0]
}

// What a person has not consented to is refused, and mended by their signing in again, not by an administrator's link alone.
func TestAPersonHasNotConsented(t *testing.T) {
	o := graphsim.Options{Users: 20, From: monday, To: monday.Add(schemas.Day), Now: func() time.Time { return later }}
	me := firstUser(t, o)
	o.Bearer = func(string) (graphsim.Bearer, bool) {
		return graphsim.Bearer{Person: me, Scopes: []string{"User.Read", "Calendars.ReadBasic"}}, true
	}
	r := newRig(t, graphsim.New(o))
	rep, err := r.Run(t.Context(), plan.Selection{Tenants: []plan.Tenant{personally}, Datasets: []schemas.Dataset{schemas.MailboxSettings, schemas.CalendarEvents}})
	if err != nil || rep.Status != state.Forbidden {
		t.Fatalf("%v, %v", rep.Status, err)
	}
	for _, u := range rep.Units {
		if (u.Error != nil) != (u.Dataset == "mailbox_settings") {
			t.Errorf("%s: %+v", u.Dataset, u.Error)
		}
	}
	causes := rep.Causes()
	const needs = "mailbox_settings needs the delegated permission MailboxSettings.Read, and User.Read, which whoever is signed in consents to: "
	if len(causes) != 1 || causes[0].Cure != jobs.SignIn || !strings.Contains(causes[0].Message, needs) || !strings.HasSuffix(causes[0].Message, "graphlake sign-in --tenant contoso") {
		t.Errorf("causes: %+v", causes)
	}
}
