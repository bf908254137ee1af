package graphsim

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// everyScope opens what there is for one person.
var everyScope = strings.Fields("User.Read Presence.Read MailboxSettings.Read Calendars.ReadBasic Team.ReadBasic.All Chat.ReadBasic OnlineMeetings.Read OnlineMeetingTranscript.Read.All")

// signedInTo is a tenant of a week to which the user with a number is signed in by a token that is their id and the scopes.
func signedInTo(number int) (*Tenant, string) {
	o := small()
	o.Users, o.To, o.Token = 60, sunday, "application"
	o.Bearer = func(token string) (Bearer, bool) {
		id, scopes, ok := strings.Cut(token, "/")
		return Bearer{Person: id, Scopes: strings.Fields(scopes), Challenge: `Bearer error="insufficient_claims"`}, ok
	}
	t := New(o)
	return t, t.person(number).id.String()
}

func TestWhatOnePersonMaySee(t *testing.T) {
	tenant, me := signedInTo(3)
	other := tenant.person(4).id.String()
	chats := get(t, tenant, "/v1.0/users/"+other+"/chats", "Authorization", "Bearer application").values(t)
	own := get(t, tenant, "/v1.0/me/chats", "Authorization", "Bearer "+me+"/Chat.ReadBasic").values(t)
	notMine := slices.DeleteFunc(chats, func(c map[string]any) bool { return slices.Contains(column(own, "id"), c["id"].(string)) })
	if len(own) == 0 || len(notMine) == 0 {
		t.Fatalf("%d chats of one, and %d of the other alone", len(own), len(notMine))
	}
	chat, _ := notMine[0]["id"].(string)
	mine, _ := own[0]["id"].(string)
	const view = "/calendarView?startDateTime=2026-11-02T00:00:00Z&endDateTime=2026-11-09T00:00:00Z"
	for _, c := range []struct {
		path, scopes string
		status       int
	}{
		{"/me?$select=id", "User.Read", 200},
		{"/users/" + me + "?$select=id", "User.Read", 200},
		{"/users/" + strings.ToUpper(me) + "/presence", "Presence.Read", 200},
		{"/me/presence", "User.Read", 403},
		{"/users/" + other + "/presence", "Presence.Read", 403},
		{"/me/mailboxSettings", "MailboxSettings.Read", 200},
		{"/users/" + other + "/mailboxSettings", "MailboxSettings.Read", 403},
		{"/me" + view, "Calendars.ReadBasic", 200},
		{"/users/" + other + view, "Calendars.Read", 403},
		{"/me/joinedTeams", "Team.ReadBasic.All", 200},
		{"/users/" + other + "/joinedTeams", "Team.ReadBasic.All", 403},
		{"/users/" + other + "/chats", "Chat.Read", 403},
		{"/chats/" + url.PathEscape(mine) + "/members", "Chat.ReadBasic", 200},
		{"/chats/" + url.PathEscape(chat) + "/members", "Chat.ReadBasic", 403},
		{"/users", "User.Read User.Read.All", 403},
		{"/teams", "Team.ReadBasic.All", 403},
		{"/me/chats/getAllMessages", "Chat.Read Chat.Read.All", 403},
	} {
		if a := get(t, tenant, "/v1.0"+c.path, "Authorization", "Bearer "+me+"/"+c.scopes); a.status != c.status {
			t.Errorf("%s with %s answers %d, want %d: %s", c.path, c.scopes, a.status, c.status, a.body)
		}
	}
	if a := get(t, tenant, "/v1.0/me?$select=id", "Authorization", "Bearer "+me+"/User.Read"); a.text(t, "id") != me {
		t.Errorf("me is %s, want %s", a.body, me)
	}
	if a := get(t, tenant, "/v1.0/me", "Authorization", "Bearer application"); a.status != 400 {
		t.Errorf("me of an application answers %d", a.status)
	}
	if a := get(t, tenant, "/v1.0/me", "Authorization", "Bearer revoked"); a.status != 401 || !strings.Contains(a.header.Get("WWW-Authenticate"), "insufficient_claims") {
		t.Errorf("a token that is refused answers %d with %v", a.status, a.header)
	}
}

// What the generator counts of one person is what that person is answered, by way of the calendar.
func TestTruthOfOnePerson(t *testing.T) {
	transcripts := 0
	for _, number := range []int{1, 3, 8, 11} {
		tenant, me := signedInTo(number)
		truth := tenant.TruthOf(me)
		bearer := []string{"Authorization", "Bearer " + me + "/" + strings.Join(everyScope, " ")}
		read := func(path string) (list []map[string]any) {
			for target := "/v1.0/me" + path; target != ""; {
				a := get(t, tenant, target, bearer...)
				if a.status == http.StatusNotFound { // no mailbox, or no meeting
					return nil
				}
				list = append(list, a.values(t)...)
				target = a.text(t, "@odata.nextLink")
			}
			return list
		}
		for table, path := range map[string]string{"chats": "/chats", "joined_teams": "/joinedTeams"} {
			if n := len(read(path)); n != len(truth[table]) {
				t.Errorf("user %d has %d %s, and the generator counts %d", number, n, table, len(truth[table]))
			}
		}
		events := read("/calendarView?startDateTime=2026-11-02T00:00:00Z&endDateTime=2026-11-09T00:00:00Z&$top=500")
		listed, met := map[any]bool{}, map[string]bool{}
		for _, e := range events {
			meeting, _ := e["onlineMeeting"].(map[string]any)
			link, _ := meeting["joinUrl"].(string)
			if e["isOrganizer"] != true || link == "" || met[link] {
				continue
			}
			met[link] = true
			for _, m := range read("/onlineMeetings?$filter=" + url.QueryEscape("JoinWebUrl eq '"+link+"'")) {
				id, _ := m["id"].(string)
				for _, one := range read("/onlineMeetings/" + url.PathEscape(id) + "/transcripts") {
					listed[one["id"]] = true
				}
			}
		}
		transcripts += len(truth["transcripts"])
		for _, id := range truth["transcripts"] {
			if !listed[id] {
				t.Errorf("user %d: the calendar does not lead to the transcript %s", number, id)
			}
		}
	}
	if transcripts == 0 {
		t.Error("nobody has a transcript")
	}
}
