package extract_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"graphlake/extract"
	"graphlake/extract/graph"
	"graphlake/schemas"
)

var march1 = schemas.Range{From: day("2026-03-01"), To: day("2026-03-02")}

const (
	list     = "/v1.0/calls?$filter=start ge 2026-03-01T00:00:00Z and start lt 2026-03-02T00:00:00Z"
	sessions = "?$expand=sessions($expand=segments)"
	members  = "?$expand=people"
)

// listOf lists calls of 1 March that ended at 10 o'clock.
func listOf(ids ...string) string {
	var listed []string
	for _, id := range ids {
		listed = append(listed, fmt.Sprintf(`{"id":%q,"version":1,"start":"2026-03-01T09:00:00Z","end":"2026-03-01T10:00:00Z"}`, id))
	}
	return `{"value":[` + strings.Join(listed, ",") + `]}`
}

func TestRecordIsWhole(t *testing.T) {
	client, service := serve(t, answers{
		list: `{"@odata.context":"c","value":[{"id":"m","version":9,"start":"2026-03-01T09:00:00Z"}]}`,
		"/v1.0/calls/m" + sessions: `{"@odata.context":"c","id":"m","version":3, "seconds":1.50,"people@odata.context":"c",` +
			`"sessions@odata.nextLink":"{host}/s2","sessions":[{"id":"s1","segments@odata.context":"c",` +
			`"segments":[{"id":"g1"}],"segments@odata.nextLink":"{host}/s1/g2"}],"new":{"@odata.type":"#n"}}`,
		"/s1/g2": `{"value":[{"id":"g2"}]}`,
		"/s2":    `{"value":[],"@odata.nextLink":"{host}/s3"}`,
		"/s3": `{"value":[{"id":"s2","segments":[],"segments@odata.nextLink":"{host}/s2/g1"},{"id":"s3"}],` +
			`"@odata.nextLink":"{host}/s4"}`,
		"/s2/g1":                  `{"value":[{"id":"g3","@odata.context":"c"}]}`,
		"/s4":                     `{"value":[{"id":"s4"}]}`,
		"/v1.0/calls/m" + members: `{"id":"m","version":3,"people":[{"id":"p1"}],"people@odata.nextLink":"{host}/p2","people@odata.count":2}`,
		"/p2":                     `{"value":[{"id":"p2"}]}`,
	}.to)
	reading := extract.Read(client, calls(), march1, extract.Options{Now: day("2026-03-03")})
	records, err := collect(t, reading)
	if err != nil {
		t.Fatal(err)
	}
	want(t, records, `{"id":"m","version":3, "seconds":1.50,"sessions":[`+
		`{"id":"s1","segments":[{"id":"g1"},{"id":"g2"}]},`+
		`{"id":"s2","segments":[{"id":"g3"}]},{"id":"s3"},{"id":"s4"}],`+
		`"new":{"@odata.type":"#n"},"people":[{"id":"p1"},{"id":"p2"}]}`)
	wantCounts(t, reading, extract.Counts{Listed: 1, Read: 1, NotYet: 1}) // the list has told of a higher version
	for _, r := range service.asked {
		if r.Header.Get("Prefer") != "include-unknown-enum-members" {
			t.Errorf("%s was asked without the dataset's header", r.RequestURI)
		}
	}
	want(t, service.requests(), "/p2", "/s1/g2", "/s2", "/s2/g1", "/s3", "/s4",
		"/v1.0/calls/m?%24expand=people", "/v1.0/calls/m?%24expand=sessions%28%24expand%3Dsegments%29",
		"/v1.0/calls?%24filter=start%20ge%202026-03-01T00%3A00%3A00Z%20and%20start%20lt%202026-03-02T00%3A00%3A00Z")
}

func TestVersionsDiffer(t *testing.T) {
	for _, c := range []struct{ name, first, second, want string }{
		{"equal", `3`, `3`, `3`},
		{"rose", `9`, `10`, `9`},
		{"fell", `10`, `9`, `9`},
		{"instants", `"2026-03-01T11:00:00.5Z"`, `"2026-03-01T11:00:00Z"`, `"2026-03-01T11:00:00Z"`},
		{"second without", `3`, `null`, `3`},
		{"first without", `null`, `3`, `null`},
	} {
		t.Run(c.name, func(t *testing.T) {
			client, _ := serve(t, answers{
				list:                       listOf("m"),
				"/v1.0/calls/m" + sessions: `{"id":"m","version":` + c.first + `,"sessions":[]}`,
				"/v1.0/calls/m" + members:  `{"id":"m","version":` + c.second + `,"people":[]}`,
			}.to)
			records, err := collect(t, extract.Read(client, calls(), march1, extract.Options{Now: day("2026-03-03")}))
			if err != nil {
				t.Fatal(err)
			}
			want(t, records, `{"id":"m","version":`+c.want+`,"sessions":[],"people":[]}`)
		})
	}
}

func TestEachRecordHasItsOwnPace(t *testing.T) {
	once := calls()
	once.Source.Detail.Budget.Resource = schemas.Limit{Requests: 1, Per: time.Hour}
	twice := once
	detail := *once.Source.Detail
	once.Source.Detail.Queries = once.Source.Detail.Queries[:1]
	twice.Source.Detail = &detail
	client, _ := serve(t, busy(3, func(string) string { return "" }))
	if records, err := collect(t, extract.Read(client, once, march1, extract.Options{})); len(records) != 3 || err != nil {
		t.Errorf("got %v, %v, want each of the records after its one request", records, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	client, _ = serve(t, busy(3, func(string) string { return "" }))
	for record, err := range extract.Read(client, twice, march1, extract.Options{}).Records(ctx) {
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %s, %v, want the second request for a record to wait for an hour", record.JSON, err)
		}
	}
}

func TestListedTwice(t *testing.T) {
	const list2 = "/v1.0/calls?$filter=start ge 2026-03-02T00:00:00Z and start lt 2026-03-03T00:00:00Z"
	listed := `{"id":"a","version":1}`
	client, service := serve(t, answers{
		list:                       `{"value":[` + listed + `],"@odata.nextLink":"{host}/l2"}`,
		"/l2":                      `{"value":[` + listed + `,{"id":"a","version":2},{"id":"b","version":1}]}`,
		list2:                      `{"value":[` + listed + `]}`,
		"/v1.0/calls/a" + sessions: `{"id":"a","sessions":[]}`,
		"/v1.0/calls/a" + members:  `{"id":"a","people":[]}`,
		"/v1.0/calls/b" + sessions: `{"id":"b","sessions":[]}`,
		"/v1.0/calls/b" + members:  `{"id":"b","people":[]}`,
	}.to)
	two := schemas.Range{From: march1.From, To: day("2026-03-03")}
	reading := extract.Read(client, calls(), two, extract.Options{Now: day("2026-03-04")})
	records, err := collect(t, reading)
	if err != nil {
		t.Fatal(err)
	}
	a := `{"id":"a","sessions":[],"people":[]}`
	want(t, records, a, a, `{"id":"b","sessions":[],"people":[]}`)
	wantCounts(t, reading, extract.Counts{Listed: 5, Read: 3, Repeated: 2})
	if n := len(service.requests()); n != 3+6 {
		t.Errorf("%d requests, want 3 for the lists and 2 for each record", n)
	}
}

// The list may know a version that the details do not have yet: what they have is handed on, and the rest is
// still to come.
func TestLowerThanListed(t *testing.T) {
	for _, c := range []struct {
		name, listed, first, second string
		notYet                      int
	}{
		{"lower", `10`, `9`, `9`, 1},
		{"lower in the second half", `10`, `10`, `9`, 1},
		{"the same", `10`, `10`, `10`, 0},
		{"higher", `9`, `10`, `10`, 0},
		{"quoted", `"10"`, `"9"`, `"9"`, 1},
		{"instants", `"2026-03-01T11:00:00.5Z"`, `"2026-03-01T11:00:00Z"`, `"2026-03-01T11:00:00Z"`, 1},
		{"not listed", `null`, `9`, `9`, 0},
		{"only listed", `10`, `null`, `null`, 0},
		{"incomparable", `10`, `"ten"`, `"ten"`, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			client, _ := serve(t, answers{
				list:                       `{"value":[{"id":"m","version":` + c.listed + `}]}`,
				"/v1.0/calls/m" + sessions: `{"id":"m","version":` + c.first + `,"sessions":[]}`,
				"/v1.0/calls/m" + members:  `{"id":"m","version":` + c.second + `,"people":[]}`,
			}.to)
			reading := extract.Read(client, calls(), march1, extract.Options{Now: day("2026-03-03")})
			records, err := collect(t, reading)
			if err != nil {
				t.Fatal(err)
			}
			want(t, records, `{"id":"m","version":`+c.second+`,"sessions":[],"people":[]}`)
			wantCounts(t, reading, extract.Counts{Listed: 1, Read: 1, NotYet: c.notYet})
			wantBehind(t, reading)
		})
	}
}

// What the list answers is nobody's own: without it nobody knows what there is.
func TestListRefuses(t *testing.T) {
	for _, c := range []struct {
		name  string
		graph answers
		want  string
		kind  graph.Kind
	}{
		{"no permission to list", answers{list: "403 Forbidden"},
			"read calls: window [2026-03-01T00:00:00Z, 2026-03-02T00:00:00Z): GET /v1.0/calls", graph.Unauthorized},
		{"not found where there is a list", answers{list: "404 NotFound"}, "window", graph.NotFound},
	} {
		t.Run(c.name, func(t *testing.T) {
			client, _ := serve(t, c.graph.to)
			records, err := collect(t, extract.Read(client, calls(), march1, extract.Options{Now: day("2026-03-03")}))
			if err == nil || !strings.Contains(err.Error(), c.want) || graph.KindOf(err) != c.kind {
				t.Errorf("got %v and error %v of kind %v, want %q of kind %v", records, err, graph.KindOf(err), c.want, c.kind)
			}
		})
	}
}

// What one record answers is its own: it is behind, and the others are read.
func TestDetailRefuses(t *testing.T) {
	const first, second = "/v1.0/calls/m" + sessions, "/v1.0/calls/m" + members
	const whole = `{"id":"m","sessions":[]}`
	for _, c := range []struct {
		name   string
		graph  answers
		kind   graph.Kind
		reason string
	}{
		{"no permission", answers{first: "403 Forbidden"}, graph.Unauthorized, "unauthorized 403 Forbidden"},
		{"a wrong request", answers{first: whole, second: "400 Bad"}, graph.Rejected, "rejected 400 Bad"},
		{"a code that is none", answers{first: "400 The user ada@contoso.example is not licensed"}, graph.Rejected, "rejected 400"},
		{"no permission for children", answers{
			first: `{"id":"m","sessions":[],"sessions@odata.nextLink":"{host}/s2"}`, "/s2": "403 Forbidden",
		}, graph.Unauthorized, "unauthorized 403 Forbidden"},
		{"children elsewhere", answers{first: `{"id":"m","sessions":[],"sessions@odata.nextLink":"https://fabrikam.example/s2"}`}, graph.Malformed, "malformed"},
		{"children that are none", answers{first: `{"id":"m","sessions":7,"sessions@odata.nextLink":"{host}/s2"}`}, graph.Malformed, "malformed"},
		{"another record", answers{first: `{"id":"n","sessions":[]}`}, graph.Malformed, "malformed"},
		{"another record's half", answers{first: whole, second: `{"id":"n","people":[]}`}, graph.Malformed, "malformed"},
		{"nothing", answers{first: `{}`}, graph.Malformed, "malformed"},
		{"nothing but annotations", answers{first: `{"@odata.context":"c"}`}, graph.Malformed, "malformed"},
		{"no id", answers{first: `{"sessions":[]}`}, graph.Malformed, "malformed"},
		{"nothing as its half", answers{first: whole, second: `{"@odata.context":"c"}`}, graph.Malformed, "malformed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.graph[list] = listOf("m", "there")
			c.graph["/v1.0/calls/there"+sessions] = `{"id":"There","sessions":[]}` // Graph answers ids in any case
			c.graph["/v1.0/calls/there"+members] = `{"people":[]}`
			client, _ := serve(t, c.graph.to)
			reading := extract.Read(client, calls(), march1, extract.Options{Now: day("2026-03-03")})
			records, err := collect(t, reading)
			if err != nil {
				t.Fatal(err)
			}
			want(t, records, `{"id":"There","sessions":[],"people":[]}`)
			wantCounts(t, reading, extract.Counts{Listed: 2, Read: 1})
			wantBehind(t, reading, callBehind("m", c.kind, c.reason))
		})
	}
}

// An answer without the collection that was asked for with it is not whole.
func TestExpandedIsThere(t *testing.T) {
	for _, c := range []struct{ sessions, people string }{
		{`,"sessions":null`, `,"people":[]`},
		{`,"sessions":{"error":{"code":"Odd"}}`, `,"people":[]`},
		{`,"sessions":""`, `,"people":[]`},
		{``, `,"people":[]`},
		{`,"sessions":[]`, ``},
		{`,"sessions":[]`, `,"people":null`},
	} {
		client, _ := serve(t, answers{
			list:                       listOf("m"),
			"/v1.0/calls/m" + sessions: `{"id":"m","version":1` + c.sessions + `}`,
			"/v1.0/calls/m" + members:  `{"id":"m","version":1` + c.people + `}`,
		}.to)
		reading := extract.Read(client, calls(), march1, extract.Options{Now: day("2026-03-03")})
		if records, err := collect(t, reading); err != nil || len(records) > 0 {
			t.Errorf("%v: got %v, %v", c, records, err)
		}
		wantBehind(t, reading, callBehind("m", graph.Incomplete, "incomplete"))
	}
}

// A record is the first answer, with the members that only the second has, and in the lower of two versions. All else
// stays as Graph sent it.
func TestMerge(t *testing.T) {
	for _, c := range []struct{ first, second, want string }{
		{`{"id":"m","n":1.50,"sessions":[]}`, `{"n":2,"id":"m","people":[]}`, `{"id":"m","n":1.50,"sessions":[],"people":[]}`},
		{` { "sessions" : [ ] ,"id":"m"} `, `{"people":[1, 2],"id":"m","q":null, "q":1}`, `{ "sessions" : [ ] ,"id":"m","people":[1, 2],"q":null,"q":1}`},
		{`{"version":17,"id":"m","sessions":[]}`, `{"people":[],"version":6,"@odata.context":"c"}`, `{"version":6,"id":"m","sessions":[],"people":[]}`},
		{`{"id":"m","version":6,"sessions":[]}`, `{"people":[],"version":"17"}`, `{"id":"m","version":6,"sessions":[],"people":[]}`},
		{`{"@odata.context":"c","id":"m","sessions@odata.context":"d","sessions":[{"@odata.context":"e","a":1}]}`,
			`{"@odata.context":"c","people@odata.nextLink":"{host}/more"}`, `{"id":"m","sessions":[{"a":1}],"people":[{"id":"p"}]}`},
		{`{"id":"m","sessions":null,"sessions@odata.nextLink":"{host}/more"}`,
			`{"people":[0],"people@odata.nextLink":"{host}/more","\u006e":0}`, `{"id":"m","sessions":[{"id":"p"}],"people":[0,{"id":"p"}],"\u006e":0}`},
	} {
		client, _ := serve(t, answers{
			list: listOf("m"), "/v1.0/calls/m" + sessions: c.first, "/v1.0/calls/m" + members: c.second, "/more": `{"value":[{"id":"p"}]}`,
		}.to)
		records, err := collect(t, extract.Read(client, calls(), march1, extract.Options{Now: day("2026-03-03")}))
		if err != nil {
			t.Fatal(err)
		}
		want(t, records, c.want)
	}
}
