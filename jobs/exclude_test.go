package jobs_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"graphlake/jobs/erased"
	"graphlake/jobs/exclude"
	"graphlake/jobs/state"
	"graphlake/schemas"
)

// Who is left out is not asked for, nor waited for: whose calendar could not be read is behind no longer. Others' events stay
// with the word in the place of the person, and raw has no private one of anybody's.
func TestExcludedParents(t *testing.T) {
	const ada, bea = "11111111-aaaa-4bbb-8ccc-000000000001", "11111111-aaaa-4bbb-8ccc-000000000002"
	var asked []string
	h := http.NewServeMux()
	h.HandleFunc("GET /v1.0/users", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"value":[{"id":%q,"mail":"ada@contoso.example"},{"id":%q,"mail":"bea@contoso.example"}]}`, ada, bea)
	})
	h.HandleFunc("GET /v1.0/directory/deletedItems/microsoft.graph.user", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"value":[]}`)
	})
	h.HandleFunc("GET /v1.0/users/{user}/calendarView", func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.PathValue("user"))
		if r.PathValue("user") == ada {
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprint(w, `{"error":{"code":"ErrorAccessDenied"}}`)
			return
		}
		event := func(id, sensitivity string) string {
			return fmt.Sprintf(`{"id":%q,"sensitivity":%q,"organizer":{"emailAddress":{"address":"Ada@contoso.example"}},"start":{"dateTime":"2026-11-16T10:00:00.0000000","timeZone":"UTC"},"lastModifiedDateTime":"2026-11-01T10:00:00Z"}`, id, sensitivity)
		}
		fmt.Fprintf(w, `{"value":[%s,%s,%s]}`, event("open", "normal"), event("hers", "private"), event("theirs", "confidential"))
	})
	r := newRig(t, h)
	if u := r.run(t, 1, schemas.CalendarEvents).Units[0]; u.Behind != 1 || u.Who[0].Parent != ada || u.Records != 3 {
		t.Fatalf("%+v", u)
	}
	list, err := erased.Load(t.Context(), r.Store)
	if err != nil || len(list.Salt) > 0 {
		t.Errorf("nobody is left out, and the lake has a salt: %v", err)
	}
	asked = nil
	r.Exclude = exclude.Settings{Users: []string{ada}, PrivateEvents: true}
	u := r.run(t, 1, schemas.CalendarEvents).Units[0]
	if u.Behind != 0 || u.Private != 2 || u.LeftOut != 0 || u.Records != 1 {
		t.Errorf("%+v", u)
	}
	if got := strings.Join(asked, " "); got != bea {
		t.Errorf("asked for %s", got)
	}
	st, err := state.Load(t.Context(), r.Store, state.Pair{TenantID: tenant.ID, Dataset: "calendar_events"})
	if err != nil || len(st.Behind) != 0 {
		t.Errorf("behind are %+v, %v", st.Behind, err)
	}
	want(t, r.audit(t, schemas.CalendarEvents))
	events := strings.Join(rowsOf(t, r.Store, []schemas.Dataset{schemas.CalendarEvents})["tables/calendar_events/tenant_id="+tenant.ID+"/dt=2026-11-16/calendar_events.parquet"], "\n")
	if !strings.Contains(events, `"open"`) || !strings.Contains(events, `"excluded"`) {
		t.Error(events)
	}
}
