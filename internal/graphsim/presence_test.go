package graphsim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

const presencesTarget = "/v1.0/communications/getPresencesByUserId"

// post asks with a body.
func post(t *testing.T, h http.Handler, target, body string) answer {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "http://example.com"+target, strings.NewReader(body))
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	a := answer{status: rec.Code, header: rec.Header(), body: rec.Body.Bytes()}
	if err := json.Unmarshal(a.body, &a.json); err != nil {
		t.Fatalf("%s: %v in %.200s", target, err, a.body)
	}
	return a
}

func idsBody(ids []string) string {
	text, _ := json.Marshal(map[string][]string{"ids": ids}) // texts only
	return string(text)
}

// Presences come for who is known, in the order asked for, and follow the working hours of the sites.
func TestPresences(t *testing.T) {
	o := small()
	o.Users = 600
	now := monday
	o.Now = func() time.Time { return now }
	tenant := New(o)
	users, _ := all(t, tenant, usersPath+"?$select=id,country,userType,accountEnabled&$top=999")
	reachable := map[string]map[any]int{}
	for _, hour := range []string{"09:20", "21:20"} { // in the morning of Europe, and its night
		now, _ = time.Parse(time.RFC3339, "2026-11-04T"+hour+":00Z")
		reachable[hour] = map[any]int{}
		a := post(t, tenant, presencesTarget, idsBody(column(users, "id")))
		if a.status != 200 || !slices.Equal(column(a.values(t), "id"), column(users, "id")) {
			t.Fatalf("%d, %d presences of %d users", a.status, len(a.values(t)), len(users))
		}
		for i, one := range a.values(t) {
			guest := users[i]["userType"] == "Guest"
			if guest != (one["availability"] == "PresenceUnknown") {
				t.Errorf("%v has the presence %v", users[i], one)
			}
			if users[i]["accountEnabled"] == false && !guest && one["availability"] != "Offline" {
				t.Errorf("an account that is disabled has the presence %v", one)
			}
			if one["availability"] != "Offline" && !guest {
				reachable[hour][users[i]["country"]]++
			}
		}
	}
	day, night := reachable["09:20"], reachable["21:20"]
	if day["CH"] < 2*night["CH"] || night["US"] < 2*day["US"] {
		t.Errorf("reachable are %v in the morning and %v in the night", day, night)
	}
	one := get(t, tenant, usersPath+"/"+users[5]["id"].(string)+"/presence")
	again := post(t, tenant, presencesTarget, idsBody([]string{"11111111-2222-4333-8444-555555555555", users[5]["id"].(string)})).values(t)
	if len(again) != 1 || one.json["activity"] != again[0]["activity"] || one.json["id"] != users[5]["id"] {
		t.Errorf("one presence is %s, and with an unknown id %v", one.body, again)
	}
}

func TestPresenceRefusals(t *testing.T) {
	tenant := New(small())
	many := make([]string, mostPresences+1)
	for i := range many {
		many[i] = fmt.Sprintf("%08d-2222-4333-8444-555555555555", i)
	}
	for body, status := range map[string]int{
		idsBody(many): 400, idsBody(many[1:]): 200, idsBody(nil): 400, idsBody([]string{"x"}): 400, "{": 400, "": 400, `{"ids":"x"}`: 400,
	} {
		if a := post(t, tenant, presencesTarget, body); a.status != status {
			t.Errorf("%.60s: %d, want %d", body, a.status, status)
		}
	}
	if a := get(t, tenant, presencesTarget); a.status != 405 {
		t.Errorf("GET of presences: %d, want 405", a.status)
	}
	if a := post(t, tenant, usersPath, "{}"); a.status != 405 {
		t.Errorf("POST to users: %d, want 405", a.status)
	}
	if a := get(t, tenant, usersPath+"/nobody/presence"); a.status != 404 {
		t.Errorf("the presence of nobody: %d, want 404", a.status)
	}
	o := small()
	o.Roles = []string{"Presence.Read"}
	if a := post(t, New(o), presencesTarget, idsBody(many[1:])); a.status != 403 {
		t.Errorf("presences without the role: %d, want 403", a.status)
	}
}
