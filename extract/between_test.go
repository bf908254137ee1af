package extract_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"graphlake/extract"
	"graphlake/extract/graph"
	"graphlake/schemas"
)

// minutes are read for each host by way of the hosts' dates and the rooms that these lead to.
func minutes() schemas.Dataset {
	return schemas.Dataset{
		Name: "minutes", Mode: schemas.Windowed, Time: []schemas.Path{"held"},
		Source: schemas.Source{
			API: "v1.0", Path: "/hosts/{parent}/rooms/{room}/minutes", Parent: hosts, Paging: schemas.NextLink, Budget: anyBudget,
			Between: []schemas.Between{
				{
					Name: "link", Path: "/hosts/{parent}/dates", Query: []schemas.Param{{Name: "between", Value: "{from} {to}"}},
					ID: "online.link", Where: []schemas.Path{"mine"}, Around: time.Hour, Budget: anyBudget,
				},
				{
					Name: "room", Path: "/hosts/{parent}/rooms", Query: []schemas.Param{{Name: "$filter", Value: "link eq '{link}'"}},
					Keep: []string{"link", "until", "door"}, Budget: anyBudget,
				},
			},
			Window: schemas.Window{Layout: time.RFC3339},
			Detail: &schemas.Detail{Path: "/hosts/{parent}/rooms/{room}/minutes/{id}", Queries: [][]schemas.Param{{{Name: "$expand", Value: "lines"}}}, Budget: anyBudget},
		},
		Tables: []schemas.Table{{Name: "minutes", Key: []string{"id"}, Columns: []schemas.Column{key}}},
	}
}

const march1Dates = "/dates?between=2026-02-28T23:00:00Z 2026-03-02T01:00:00Z"

// What leads to records does so once for each host, filled in as OData writes it; a record says by which way it was read, and what lies
// outside of the range is left.
func TestBetween(t *testing.T) {
	client, service := serve(t, answers{
		"/v1.0/hosts?$select=id": `{"value":[{"id":"h1"},{"id":"h2"}]}`,
		"/v1.0/hosts/h1" + march1Dates: `{"value":[{"id":"1","mine":true,"online":{"link":"a'%3a&b"}},{"id":"2","mine":false,"online":{"link":"theirs"}},{"id":"3","mine":true,"online":null},
			{"id":"4","mine":true,"online":{"link":""}}],"@odata.nextLink":"{host}/more"}`,
		"/more": `{"value":[{"id":"5","mine":true,"online":{"link":"a'%3a&b"}},{"id":"6","online":{"link":"unsaid"}},{"id":"7","mine":true,"online":{"link":"other"}}]}`,
		"/v1.0/hosts/h1/rooms?$filter=link eq 'a''%3a&b'": `{"value":[{"id":"r/1=","link":"L","until":null,"secret":"what we spoke of"}]}`,
		"/v1.0/hosts/h1/rooms?$filter=link eq 'other'":    `{"value":[{"id":"r2"}]}`,
		"/v1.0/hosts/h1/rooms/r/1=/minutes": `{"value":[{"id":"m1","held":"2026-02-28T23:59:59Z"},{"id":"m2","held":"2026-03-01T00:00:00Z"},
			{"id":"m3","held":"2026-03-02T00:00:00Z"}]}`,
		"/v1.0/hosts/h1/rooms/r2/minutes":                    `{"value":[{"id":"m2","held":"2026-03-01T00:00:00Z"}]}`,
		"/v1.0/hosts/h1/rooms/r/1=/minutes/m2?$expand=lines": `{"id":"m2","held":"2026-03-01T00:00:00Z","lines":[1],"lines@odata.nextLink":"{host}/lines"}`,
		"/lines":                       `{"value":[2]}`,
		"/v1.0/hosts/h2" + march1Dates: `{"value":[]}`,
	}.to)
	reading := extract.Read(client, minutes(), march1, extract.Options{Workers: 1})
	got, err := collect(t, reading)
	if err != nil {
		t.Fatal(err)
	}
	want(t, got, `{"id":"m2","held":"2026-03-01T00:00:00Z","lines":[1,2],"@graphlake":{"parent":"h1","room":{"id":"r/1=","link":"L"}}}`)
	wantBehind(t, reading)
	if n := len(service.inOrder()); n != 10 || !reading.Answered()["h2"] {
		t.Errorf("asked %d times: %s; answered: %v", n, strings.Join(service.inOrder(), "\n"), reading.Answered())
	}
	for _, uri := range service.requests() {
		if strings.Contains(uri, "filter=link") && !strings.Contains(uri, "%27other%27") && !strings.Contains(uri, "a%27%27%253a%26b") {
			t.Errorf("on the wire: %s", uri)
		}
	}
}

// What is wrong on the way is the host's: what lies behind the rest is read all the same, what is not found leads to nothing, and whom
// the application may not ask for is not asked for long.
func TestBetweenFails(t *testing.T) {
	const dates = `{"value":[{"mine":true,"online":{"link":"1"}},{"mine":true,"online":{"link":"2"}},{"mine":true,"online":{"link":"3"}},{"mine":true,"online":{"link":"4"}}]}`
	const none, forbidden = `{"value":[]}`, "unauthorized 403 Forbidden"
	for _, c := range []struct {
		name   string
		rooms  map[string]string // of links of the first host; none: 403
		dates  string            // of the second host
		kind   graph.Kind        // of the error that ends the reading
		behind string            // the reason why the first host is
		asked  string            // for rooms of which links
		read   int
	}{
		{name: "all answer", rooms: map[string]string{"1": none, "2": "room", "3": "404 NotFound", "4": none}, dates: none, asked: "1234", read: 1},
		{name: "one is refused", rooms: map[string]string{"1": none, "3": "room", "4": "room"}, dates: none, behind: forbidden, asked: "1234", read: 1},
		{name: "one is wrong", rooms: map[string]string{"1": "400 BadRequest", "2": "room", "3": none, "4": none}, dates: none, behind: "rejected 400 BadRequest", asked: "1234", read: 1},
		{name: "none is found", rooms: map[string]string{"1": "404 NotFound", "2": "404 NotFound", "3": "404 NotFound", "4": "404 NotFound"}, dates: none,
			behind: "not found 404 NotFound", asked: "1234"},
		{name: "what is refused is refused to all", dates: none, kind: graph.Unauthorized},
		{name: "another has answered", dates: `{"value":[{"mine":true,"online":{"link":"1"}}]}`, behind: forbidden, asked: "123"},
		{name: "the dates are refused", dates: "403 Forbidden", rooms: map[string]string{"1": none, "2": none, "3": none, "4": none}, asked: "1234"},
	} {
		t.Run(c.name, func(t *testing.T) {
			client, service := serve(t, func(uri string) string {
				_, link, lookup := strings.Cut(uri, "link eq ")
				switch room := c.rooms[strings.Trim(link, "'")]; {
				case uri == "/v1.0/hosts?$select=id":
					return `{"value":[{"id":"h1"},{"id":"h2"}]}`
				case uri == "/v1.0/hosts/h1"+march1Dates:
					return dates
				case strings.HasSuffix(uri, march1Dates):
					return c.dates
				case strings.HasSuffix(uri, "/minutes"):
					return `{"value":[{"id":"m","held":"2026-03-01T00:00:00Z"}]}`
				case strings.HasSuffix(uri, "lines"):
					return `{"id":"m","lines":[]}`
				case !lookup || strings.Contains(uri, "/h2/"):
					return none
				case room == "room":
					return `{"value":[{"id":"r"}]}`
				case room == "":
					return "403 Forbidden"
				default:
					return room
				}
			})
			reading := extract.Read(client, minutes(), march1, extract.Options{Workers: 1})
			got, err := collect(t, reading)
			if graph.KindOf(err) != c.kind || (err == nil) != (c.kind == 0) {
				t.Fatalf("error %v, want one of the kind %v", err, c.kind)
			}
			if err != nil {
				return
			}
			if len(got) != c.read {
				t.Errorf("read %q, want %d", got, c.read)
			}
			who := slices.DeleteFunc(slices.Clone(reading.Behind()), func(b extract.Behind) bool { return b.Parent == "h2" })
			if c.behind != "" && (len(who) != 1 || who[0].Parent != "h1" || who[0].Reason != c.behind) || c.behind == "" && len(who) > 0 {
				t.Errorf("behind are %v, want %q", who, c.behind)
			}
			asked := ""
			for _, uri := range service.inOrder() {
				if _, link, ok := strings.Cut(uri, "h1/rooms?$filter=link eq "); ok {
					asked += strings.Trim(link, "'")
				}
			}
			if asked != c.asked {
				t.Errorf("asked for the rooms of %s, want %s", asked, c.asked)
			}
		})
	}
}

// A host that is behind is asked from then on, on the whole way.
func TestBetweenBehind(t *testing.T) {
	client, _ := serve(t, answers{
		"/v1.0/hosts?$select=id": `{"value":[{"id":"h1"}]}`,
		"/v1.0/hosts/h1/dates?between=2026-02-24T23:00:00Z 2026-03-02T01:00:00Z": `{"value":[{"mine":true,"online":{"link":"1"}}]}`,
		"/v1.0/hosts/h1/rooms?$filter=link eq '1'":                               `{"value":[{"id":"r"}]}`,
		"/v1.0/hosts/h1/rooms/r/minutes":                                         `{"value":[{"id":"m","held":"2026-02-25T00:00:00Z"},{"id":"n","held":"2026-02-24T23:59:59Z"}]}`,
		"/v1.0/hosts/h1/rooms/r/minutes/m?$expand=lines":                         `{"id":"m","lines":[]}`,
	}.to)
	reading := extract.Read(client, minutes(), march1, extract.Options{Behind: map[string]time.Time{"h1": day("2026-02-25")}})
	got, err := collect(t, reading)
	if err != nil {
		t.Fatal(err)
	}
	want(t, got, `{"id":"m","lines":[],"@graphlake":{"parent":"h1","room":{"id":"r"}}}`)
}

// A question whether all may be asked for goes the whole way, of the first of a few who has one.
func TestProbeBetween(t *testing.T) {
	const way = "/dates?between=2026-01-31T23:00:00Z 2026-03-01T01:00:00Z"
	client, service := serve(t, answers{
		"/v1.0/hosts?$select=id":                   `{"value":[{"id":"h1"},{"id":"h2"},{"id":"h3"}]}`,
		"/v1.0/hosts/h1" + way:                     "404 NotFound",
		"/v1.0/hosts/h2" + way:                     `{"value":[]}`,
		"/v1.0/hosts/h3" + way:                     `{"value":[{"mine":true,"online":{"link":"1"}}]}`,
		"/v1.0/hosts/h3/rooms?$filter=link eq '1'": "403 Forbidden",
	}.to)
	err := extract.Probe(t.Context(), client, minutes(), day("2026-03-01"))
	if graph.KindOf(err) != graph.Unauthorized {
		t.Errorf("error %v after %q, want one of the last question", err, service.inOrder())
	}
}
