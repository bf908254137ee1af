package extract_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"graphlake/extract"
	"graphlake/extract/graph"
	"graphlake/schemas"
)

// times is an answer to so many that are asked one after the other.
type times struct {
	n      int
	answer string // empty: a good one
}

// What ends a reading, and what does not, in the order of asking.
func TestWhatEndsAReading(t *testing.T) {
	const (
		wrong, other   = "400 Bad", "410 resyncRequired"
		refused, token = "403 Forbidden", "401 Expired"
		missing        = "404 NotFound"
		policy         = "403 Forbidden: No application access policy found for this app."
	)
	for _, c := range []struct {
		name  string
		asked []times
		kind  graph.Kind // of the error; 0: there is none
		says  string
	}{
		{"few alike", []times{{19, wrong}, {1, ""}, {19, wrong}}, 0, ""},
		{"20 alike", []times{{1, ""}, {20, wrong}, {1, ""}}, graph.Rejected, "20 in a row have answered like this"},
		{"every second", slices.Repeat([]times{{1, wrong}, {1, ""}}, 40), 0, ""},
		{"taking turns", []times{{19, wrong}, {19, other}, {19, wrong}, {1, ""}}, 0, ""},
		{"20 alike after others", []times{{5, other}, {20, wrong}}, graph.Rejected, "20 in a row"},
		{"with one missing among them", []times{{19, wrong}, {1, missing}, {19, wrong}, {1, ""}}, 0, ""},
		{"many forbidden", []times{{1, ""}, {400, refused}}, 0, ""},
		{"the first 299 forbidden", []times{{299, refused}, {1, ""}, {10, refused}}, 0, ""},
		{"the first 300 forbidden", []times{{300, refused}, {1, ""}}, graph.Unauthorized, "300 were asked, and nothing else was answered"},
		{"the first 300 forbidden but one", []times{{1, missing}, {400, refused}, {1, ""}}, 0, ""},
		{"the first 400 without a policy", []times{{400, policy}, {1, ""}, {400, policy}}, 0, ""},
		{"many missing", []times{{400, missing}, {1, ""}}, 0, ""},
		{"few without a good token", []times{{19, token}, {1, ""}}, 0, ""},
		{"20 without a good token", []times{{20, token}, {1, ""}}, graph.Unauthorized, "20 in a row"},
		{"neither forbidden nor without a token in a row", []times{{19, token}, {19, refused}, {19, token}, {1, ""}}, 0, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var script []string
			for _, a := range c.asked {
				script = append(script, slices.Repeat([]string{a.answer}, a.n)...)
			}
			failing := 0
			for _, a := range script {
				if a != "" {
					failing++
				}
			}
			check := func(who string, reading *extract.Reading) {
				_, err := collect(t, reading)
				if graph.KindOf(err) != c.kind || (err == nil) != (c.kind == 0) || err != nil && !strings.Contains(err.Error(), c.says) {
					t.Errorf("%s: error %v, want one of the kind %v that says %q", who, err, c.kind, c.says)
				}
				if err == nil && len(reading.Behind()) != failing {
					t.Errorf("%s: %d are behind, want %d", who, len(reading.Behind()), failing)
				}
			}
			client, _ := serve(t, busy(len(script), func(id string) string {
				var i int
				fmt.Sscanf(id, "call-%d", &i)
				return script[i]
			}))
			check("records", extract.Read(client, calls(), march1, extract.Options{Workers: 1, Now: instant("2026-03-01T12:00:00Z")}))
			client, _ = serve(t, func(uri string) string {
				if uri == "/v1.0/hosts?$select=id" {
					return hostsOf(len(script))
				}
				var i int
				fmt.Sscanf(uri, "/v1.0/hosts/h%d/", &i)
				return script[i] + strings.Repeat(`{"value":[]}`, 1-min(len(script[i]), 1))
			})
			check("parents", extract.Read(client, guests(), march1, extract.Options{Workers: 1}))
		})
	}
}

// hostsOf lists the hosts h0, h1, …
func hostsOf(n int) string {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = fmt.Sprintf(`{"id":"h%d"}`, i)
	}
	return `{"value":[` + strings.Join(ids, ",") + `]}`
}

// Of records nothing is concluded if none comes: the list has answered.
func TestNoRecordComes(t *testing.T) {
	client, _ := serve(t, busy(10, func(string) string { return "403 Forbidden" }))
	reading := extract.Read(client, calls(), march1, extract.Options{})
	if records, err := collect(t, reading); err != nil || len(records) != 0 || len(reading.Behind()) != 10 {
		t.Errorf("got %v, %v, behind %v", records, err, reading.Behind())
	}
}

// A service that is sick ends a reading also where it is met inside a parent, whose own fault it is not.
func TestSickInsideAParent(t *testing.T) {
	chats := guests()
	chats.Mode, chats.Changed, chats.Time = schemas.Entities, "", nil
	chats.Source.Query, chats.Source.Window = nil, schemas.Window{}
	chats.Source.Detail = &schemas.Detail{Parts: []schemas.Part{{Name: "members", Path: "/guests/{id}/members", Budget: anyBudget}}}
	for answer, kind := range map[string]graph.Kind{"400 Bad": graph.Rejected, "410 resyncRequired": graph.ExpiredCursor} {
		client, service := serve(t, func(uri string) string {
			switch {
			case uri == "/v1.0/hosts?$select=id":
				return hostsOf(3)
			case strings.HasPrefix(uri, "/v1.0/hosts/"):
				var listed []string
				for i := range 30 {
					listed = append(listed, fmt.Sprintf(`{"id":"%s-%d"}`, strings.Split(uri, "/")[3], i))
				}
				return `{"value":[` + strings.Join(listed, ",") + `]}`
			case strings.HasSuffix(uri, "-0/members"):
				return `{"value":[]}`
			}
			return answer
		})
		_, err := collect(t, extract.Read(client, chats, march1, extract.Options{Workers: 1}))
		if graph.KindOf(err) != kind || !strings.Contains(err.Error(), "20 in a row") || len(service.requests()) != 23 {
			t.Errorf("error %v after %d requests, want that 20 records in a row failed", err, len(service.requests()))
		}
	}
}

// A batch of which each is refused in turn is a row, though it is asked for in halves.
func TestBatchThatIsRefusedWhole(t *testing.T) {
	client, _ := serveBodies(t, func(uri, sent string) string {
		switch {
		case uri == "/v1.0/hosts":
			return hostsOf(64)
		case strings.Contains(sent, "h0"):
			return `{"value":[{"id":"h0"}]}`
		}
		return "400 Bad"
	})
	_, err := collect(t, extract.Read(client, moods(32), march1, extract.Options{Workers: 1}))
	if graph.KindOf(err) != graph.Rejected || !strings.Contains(err.Error(), "20 in a row") {
		t.Errorf("error %v, want that 20 in a row were refused", err)
	}
}

// Hosts whose rooms may not be listed are behind, as long as the rooms of any may be.
func TestManyParentsOfParentsRefuse(t *testing.T) {
	client, _ := serve(t, func(uri string) string {
		switch uri {
		case "/v1.0/hosts?$select=id":
			return hostsOf(350)
		case "/v1.0/hosts/h0/rooms?$select=id":
			return `{"value":[{"id":"r"}]}`
		case "/v1.0/hosts/h0/rooms/r/keys":
			return `{"value":[{"id":"k"}]}`
		}
		return "403 Forbidden"
	})
	reading := extract.Read(client, keys(), march1, extract.Options{Workers: 1})
	if got, err := collect(t, reading); err != nil || len(got) != 1 || len(reading.Behind()) != 349 {
		t.Errorf("got %v, %v, %d are behind", got, err, len(reading.Behind()))
	}
}

// tokens gives as many tokens as it says, and then none.
type tokens struct{ left int }

func (s *tokens) Token(context.Context, *graph.Refused) (string, error) {
	if s.left--; s.left < 0 {
		return "", errors.New("the secret has expired")
	}
	return "token", nil
}

// Without a token nobody can be asked, and nobody is behind for it.
func TestNoTokenEndsAReading(t *testing.T) {
	answer := func(r *http.Request) (int, string) {
		switch {
		case r.URL.Path == "/v1.0/hosts":
			return 200, hostsOf(3)
		case r.URL.Path == "/v1.0/calls":
			return 200, listOf("a", "b", "c")
		case strings.HasPrefix(r.URL.Path, "/v1.0/calls/"):
			return 200, `{"id":"` + strings.TrimPrefix(r.URL.Path, "/v1.0/calls/") + `","sessions":[],"people":[]}`
		}
		return 200, `{"value":[]}`
	}
	for _, ds := range []schemas.Dataset{guests(), calls()} {
		client, err := graph.New(graph.Options{Endpoint: "https://graph.example", Token: &tokens{3}, Transport: roundTripper(answer)})
		if err != nil {
			t.Fatal(err)
		}
		reading := extract.Read(client, ds, march1, extract.Options{Workers: 1})
		_, err = collect(t, reading)
		if e, ok := errors.AsType[*graph.Error](err); !ok || !e.SignIn || len(reading.Behind()) > 0 {
			t.Errorf("%s: error %v, behind %v, want that there is no token", ds.Name, err, reading.Behind())
		}
	}
}

// late is a transport that does not reach one call in time.
type late struct{ roundTripper }

func (l late) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasPrefix(r.URL.Path, "/v1.0/calls/late") {
		return nil, fmt.Errorf("dial: %w", context.DeadlineExceeded) // as net/http says it
	}
	return l.roundTripper.RoundTrip(r)
}

// A connection that times out is not the end of the reading's context.
func TestTimeoutOfOne(t *testing.T) {
	client, err := graph.New(graph.Options{
		Endpoint: "https://graph.example", Token: graph.StaticToken{Secret: "token"}, Tries: 1,
		Transport: late{func(r *http.Request) (int, string) {
			if r.URL.Path == "/v1.0/calls" {
				return 200, listOf("late", "there")
			}
			return 200, `{"id":"there","sessions":[],"people":[]}`
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	reading := extract.Read(client, calls(), march1, extract.Options{})
	records, err := collect(t, reading)
	if err != nil {
		t.Fatal(err)
	}
	want(t, records, `{"id":"there","sessions":[],"people":[]}`)
	wantBehind(t, reading, callBehind("late", graph.Unavailable, "unavailable"))
}
