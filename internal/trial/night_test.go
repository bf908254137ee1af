package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"graphlake/internal/trial/command"
)

// tiny is a Graph of two users, one of them without a mailbox, a team of two channels, 121 calls and a chat of
// both users. At its second night one call has another version and one is new; the chat is as it was.
type tiny struct{ second bool }

func (g tiny) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var value []map[string]any
	path := strings.TrimPrefix(r.URL.Path, "/v1.0")
	answer := map[string]any{}
	switch {
	case path == "/communications/callRecords":
		for i := range 121 {
			value = append(value, map[string]any{"id": strconv.Itoa(i), "version": 1})
		}
		if g.second {
			value[0]["version"] = 2
			value = append(value, map[string]any{"id": "new", "version": 1})
		}
	case strings.HasSuffix(path, "/delta"):
		answer["@odata.deltaLink"] = "http://elsewhere.example/v1.0" + path + "?$deltatoken=a"
		if r.URL.RawQuery == "" { // from the beginning there are two pages
			delete(answer, "@odata.deltaLink")
			answer["@odata.nextLink"] = "http://" + r.Host + r.URL.Path + "?$skiptoken=a"
		}
	case path == "/users":
		value = []map[string]any{{"id": "ada"}, {"id": "bob"}}
	case path == "/users/bob/calendarView":
		w.WriteHeader(http.StatusNotFound)
	case strings.HasSuffix(path, "/chats"):
		value = []map[string]any{{"id": "chat", "lastUpdatedDateTime": "2026-11-01T00:00:00Z"}}
	case path == "/teams":
		value = []map[string]any{{"id": "team"}}
	case path == "/teams/team/channels":
		value = []map[string]any{{"id": "19:a"}, {"id": "19:b"}}
	}
	answer["value"] = value
	_ = json.NewEncoder(w).Encode(answer)
}

func TestLeast(t *testing.T) {
	var known seen
	var all []budget
	for i, date := range []int{18, 19} {
		server := httptest.NewServer(tiny{i == 1})
		defer server.Close()
		midnight := time.Date(2026, 11, date, 0, 0, 0, 0, time.UTC)
		var err error
		if all, err = (reader{server.URL}).least(t.Context(), midnight, midnight.Add(time.Hour), &known); err != nil {
			t.Fatal(err)
		}
	}
	want := map[string]int{
		"list of call records": 3, "call records": 2*2 + 2, // 122 of them; two have changed, and two logs
		"directory": 2 + 2 + 1, "presence": 1, "teams, one by one": 1, "lists of channels": 1, "members of channels": 2,
		"teams and chats": 1 + 2, "messages of chats": 2, "messages of channels": 1, "mailboxes": 2 + 2,
		"all requests": 30, // with the one for the time
	}
	for _, b := range all {
		if b.requests != want[b.name] {
			t.Errorf("%s: %d requests, want %d", b.name, b.requests, want[b.name])
		}
		delete(want, b.name)
	}
	if len(want) > 0 {
		t.Errorf("not counted: %v", want)
	}
	if most := longest(all); most.name != "list of call records" || most.least().Round(time.Millisecond) != 3214*time.Millisecond { // 3 / (0.75 + 0.1833)
		t.Errorf("%s takes longest, %v", most.name, most.least())
	}
}

func TestJudgeNight(t *testing.T) {
	// The list takes 100 seconds at the published limits, 10 at ten times their speed.
	budgets := []budget{{"list", 50, 0.5}, {"others", 950, 100}, {"all requests", 1000, 1000}}
	for _, c := range []struct {
		name     string
		wall     time.Duration
		requests int64
		refused  int64
		good     bool
	}{
		{"good", 10900 * time.Millisecond, 1049, 20, true},
		{"too slow", 11100 * time.Millisecond, 1049, 0, false},
		{"too many requests", 10900 * time.Millisecond, 1051, 0, false},
		{"fewer than the least", 10900 * time.Millisecond, 999, 0, false},
		{"throttled too often", 10900 * time.Millisecond, 1049, 21, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := command.Result{Counts: command.Counts{Records: 1, Requests: c.requests - forTheTime}, Wall: c.wall}
			n := ordinary{rate: 10, ratio: 1.10, requests: 1.05}
			if err := n.judge(budgets, r, command.Asked{Requests: c.requests, Throttled: c.refused}); (err == nil) != c.good {
				t.Errorf("judged %v", err)
			}
		})
	}
}
