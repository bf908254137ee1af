package extract_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"graphlake/extract"
	"graphlake/extract/graph"
	"graphlake/schemas"
)

var (
	anyBudget = schemas.Budget{Name: "guests"}
	hosts     = &schemas.Parent{Path: "/hosts", Query: []schemas.Param{{Name: "$select", Value: "id"}}, Budget: anyBudget}
	key       = schemas.Column{Name: "id", Path: "id", Type: schemas.String, Required: true}
)

// guests are listed for each host by the time of their last change, of which Graph leaves out the
// lower bound.
func guests() schemas.Dataset {
	return schemas.Dataset{
		Name: "guests", Mode: schemas.Changes, Changed: "changed", Time: []schemas.Path{"came"},
		Source: schemas.Source{
			API: "v1.0", Path: "/hosts/{parent}/guests", Parent: hosts, Paging: schemas.NextLink, Budget: anyBudget,
			Query:  []schemas.Param{{Name: "$filter", Value: "changed gt {from} and changed lt {to}"}},
			Window: schemas.Window{Longest: 4 * schemas.Day, Layout: "2006-01-02T15:04:05.000Z", Exclusive: true},
		},
		Tables: []schemas.Table{{Name: "guests", Key: []string{"id"}, Columns: []schemas.Column{key}}},
	}
}

const march1Guests = "/guests?$filter=changed gt 2026-02-28T23:59:59.999Z and changed lt 2026-03-02T00:00:00.000Z"

// Every parent is asked, each of its records says whose it is, and what Graph gives beyond the range
// is dropped by the time of the change and not by that of the record.
func TestParents(t *testing.T) {
	client, service := serve(t, answers{
		"/v1.0/hosts?$select=id":        `{"value":[{"id":"h1"},{"id":"h2"}],"@odata.nextLink":"{host}/hosts2"}`,
		"/hosts2":                       `{"value":[{"id":"h2"},{"id":"h3"}]}`,
		"/v1.0/hosts/h1" + march1Guests: `{"value":[{"id":"a","came":"2025-01-01T00:00:00Z","changed":"2026-03-01T00:00:00Z"}],"@odata.nextLink":"{host}/more"}`,
		"/more":                         `{"value":[{"id":"b","changed":"2026-02-28T23:59:59.9995Z"},{"id":"c","changed":"2026-03-01T23:59:59.9Z"}]}`,
		"/v1.0/hosts/h2" + march1Guests: `{"value":[]}`,
		"/v1.0/hosts/h3" + march1Guests: `{"value":[{"id":"a","changed":"2026-03-01T00:00:00Z"}]}`,
	}.to)
	reading := extract.Read(client, guests(), march1, extract.Options{})
	got, err := collect(t, reading)
	if err != nil {
		t.Fatal(err)
	}
	want(t, got,
		`{"id":"a","came":"2025-01-01T00:00:00Z","changed":"2026-03-01T00:00:00Z","@graphlake":{"parent":"h1"}}`,
		`{"id":"a","changed":"2026-03-01T00:00:00Z","@graphlake":{"parent":"h3"}}`,
		`{"id":"c","changed":"2026-03-01T23:59:59.9Z","@graphlake":{"parent":"h1"}}`)
	wantCounts(t, reading, extract.Counts{Listed: 4, Read: 3, Outside: 1, Parents: 3})
	asked := service.inOrder()
	if len(asked) != 6 || asked[1] != "/hosts2" || len(reading.Behind()) > 0 {
		t.Errorf("asked %q, behind %v; want 6 requests, all of the list's first, and nobody", asked, reading.Behind())
	}
}

// What is one host's alone says so, by the beginning of a value.
func TestRecordsOfOneParentAlone(t *testing.T) {
	client, _ := serve(t, answers{
		"/v1.0/hosts?$select=id": `{"value":[{"id":"h1"}]}`,
		"/v1.0/hosts/h1" + march1Guests: `{"value":[{"id":"a","room":{"id":"own:1"},"changed":"2026-03-01T00:00:00Z"},{"id":"b","room":{"id":"1own:"},"changed":"2026-03-01T00:00:00Z"},` +
			`{"id":"c","room":null,"changed":"2026-03-01T00:00:00Z"}]}`,
	}.to)
	ds := guests()
	ds.Source.Own = &schemas.Own{Path: "room.id", Prefix: "own:"}
	got, err := collect(t, extract.Read(client, ds, march1, extract.Options{}))
	if err != nil {
		t.Fatal(err)
	}
	want(t, got,
		`{"id":"a","room":{"id":"own:1"},"changed":"2026-03-01T00:00:00Z","@graphlake":{"parent":"h1","mailbox":"h1"}}`,
		`{"id":"b","room":{"id":"1own:"},"changed":"2026-03-01T00:00:00Z","@graphlake":{"parent":"h1"}}`,
		`{"id":"c","room":null,"changed":"2026-03-01T00:00:00Z","@graphlake":{"parent":"h1"}}`)
}

// Whatever one parent answers, it is behind and the others are read. If nobody has answered, it is the dataset
// that is refused, unless nobody was there.
func TestParentsThatFail(t *testing.T) {
	const h1, h2, h3 = "/v1.0/hosts/h1" + march1Guests, "/v1.0/hosts/h2" + march1Guests, "/v1.0/hosts/h3" + march1Guests
	const guest = `{"value":[{"id":"a","changed":"2026-03-01T00:00:00Z"}]}`
	forbidden, notFound := parentBehind("h1", graph.Unauthorized, "unauthorized 403 Forbidden"), parentBehind("h2", graph.NotFound, "not found 404 NotFound")
	for _, c := range []struct {
		name  string
		third string
		graph answers
		kind  graph.Kind // of the error that ends the reading
		more  []extract.Behind
	}{
		{"the third answers", guest, nil, 0, nil},
		{"the third has nothing", `{"value":[]}`, nil, 0, nil},
		{"none answers", "403 Forbidden", nil, graph.Unauthorized, nil},
		{"none answers, one otherwise", "400 Bad", answers{h1: "404 NotFound"}, graph.Rejected, nil},
		{"none is there", "404 NotFound", answers{h1: "404 NotFound"}, 0, []extract.Behind{
			parentBehind("h1", graph.NotFound, "not found 404 NotFound"), notFound, parentBehind("h3", graph.NotFound, "not found 404 NotFound")}},
		{"the first otherwise", guest, answers{h1: "410 resyncRequired"}, 0, []extract.Behind{
			parentBehind("h1", graph.ExpiredCursor, "expired cursor 410 resyncRequired"), notFound}},
		{"a record that cannot be completed", guest, answers{h1: `{"value":[{"id":"a","changed":"2026-03-01T00:00:00Z","notes":7,"notes@odata.nextLink":"{host}/notes"}]}`}, 0,
			[]extract.Behind{parentBehind("h1", graph.Malformed, "malformed"), notFound}},
		{"a record that lacks notes", guest, answers{
			h1:       `{"value":[{"id":"a","changed":"2026-03-01T00:00:00Z","notes":[1],"notes@odata.count":3,"notes@odata.nextLink":"{host}/notes"}]}`,
			"/notes": `{"value":[2]}`}, 0, []extract.Behind{parentBehind("h1", graph.Incomplete, "incomplete"), notFound}},
	} {
		t.Run(c.name, func(t *testing.T) {
			all := answers{"/v1.0/hosts?$select=id": `{"value":[{"id":"h1"},{"id":"h2"},{"id":"h3"}]}`, h1: "403 Forbidden", h2: "404 NotFound", h3: c.third}
			maps.Copy(all, c.graph)
			client, _ := serve(t, all.to)
			reading := extract.Read(client, guests(), march1, extract.Options{})
			_, err := collect(t, reading)
			if graph.KindOf(err) != c.kind || (err == nil) != (c.kind == 0) {
				t.Fatalf("error %v, want one of the kind %v", err, c.kind)
			}
			if err != nil {
				return
			}
			if c.more == nil {
				c.more = []extract.Behind{forbidden, notFound}
			}
			wantBehind(t, reading, c.more...)
			if c.third != "404 NotFound" && !maps.Equal(reading.Answered(), map[string]bool{"h3": true}) || reading.Answered()["h1"] {
				t.Errorf("answered: %v", reading.Answered())
			}
		})
	}
}

// Of a parent whose list breaks off all is missing, though something was read.
func TestParentWhoseListBreaksOff(t *testing.T) {
	client, _ := serve(t, answers{
		"/v1.0/hosts?$select=id":        `{"value":[{"id":"h1"},{"id":"h2"}]}`,
		"/v1.0/hosts/h1" + march1Guests: `{"value":[{"id":"a","changed":"2026-03-01T00:00:00Z"}],"@odata.nextLink":"{host}/more"}`,
		"/more":                         "404 NotFound",
		"/v1.0/hosts/h2" + march1Guests: `{"value":[]}`,
	}.to)
	reading := extract.Read(client, guests(), march1, extract.Options{})
	if got, err := collect(t, reading); err != nil || len(got) != 1 {
		t.Fatalf("%q, %v", got, err)
	}
	wantCounts(t, reading, extract.Counts{Listed: 1, Read: 1, Parents: 2})
	wantBehind(t, reading, parentBehind("h1", graph.NotFound, "not found 404 NotFound"))
	if reading.Answered()["h1"] || !reading.Answered()["h2"] {
		t.Error("h2 alone was read to the end")
	}
}

// A parent that was behind is read from where it stands; if it still refuses, it stands there still.
func TestParentsCatchUp(t *testing.T) {
	const since = "/guests?$filter=changed gt 2026-02-26T11:59:59.999Z and changed lt 2026-03-02T00:00:00.000Z"
	all := answers{
		"/v1.0/hosts?$select=id":        `{"value":[{"id":"h1"},{"id":"h2"}]}`,
		"/v1.0/hosts/h1" + since:        `{"value":[{"id":"a","changed":"2026-02-26T12:00:00Z"}]}`,
		"/v1.0/hosts/h2" + march1Guests: `{"value":[]}`,
	}
	noon := instant("2026-02-26T12:00:00Z")
	standing := map[string]time.Time{"h1": noon}
	client, _ := serve(t, all.to)
	reading := extract.Read(client, guests(), march1, extract.Options{Behind: standing})
	if got, err := collect(t, reading); err != nil || len(got) != 1 || len(reading.Behind()) > 0 {
		t.Errorf("%q, %v, behind %v", got, err, reading.Behind())
	}
	all["/v1.0/hosts/h1"+since] = "403 Forbidden"
	client, _ = serve(t, all.to)
	reading = extract.Read(client, guests(), march1, extract.Options{Behind: standing})
	if _, err := collect(t, reading); err != nil {
		t.Error(err)
	}
	wantBehind(t, reading, extract.Behind{Parent: "h1", From: noon, To: march1.To, Kind: graph.Unauthorized, Reason: "unauthorized 403 Forbidden"})
}

// An answer that is no collection is the record, if it has anything of one; a host without a room is behind: it
// may get one.
func TestSingleAnswers(t *testing.T) {
	rooms := guests()
	rooms.Name, rooms.Mode, rooms.Changed, rooms.Time = "rooms", schemas.Snapshot, "", nil
	rooms.Source.Path, rooms.Source.Query, rooms.Source.Paging, rooms.Source.Window = "/hosts/{parent}/room", nil, schemas.Single, schemas.Window{}
	rooms.Tables = []schemas.Table{{Name: "rooms", Key: []string{"id"}, Columns: []schemas.Column{key, {Name: "beds", Path: "beds", Type: schemas.Int64}}}}
	client, _ := serve(t, answers{
		"/v1.0/hosts?$select=id": `{"value":[{"id":"h1"},{"id":"h2"},{"id":"h3"},{"id":"h4"},{"id":"h5"}]}`,
		"/v1.0/hosts/h1/room":    `{"@odata.context":"x","beds":2}`,
		"/v1.0/hosts/h2/room":    "404 NotFound",
		"/v1.0/hosts/h3/room":    `{}`,
		"/v1.0/hosts/h4/room":    `{"@odata.context":"x","value":[]}`,
		"/v1.0/hosts/h5/room":    `{"beds":null}`,
	}.to)
	reading := extract.Read(client, rooms, march1, extract.Options{})
	got, err := collect(t, reading)
	if err != nil {
		t.Fatal(err)
	}
	want(t, got, `{"beds":2,"@graphlake":{"parent":"h1"}}`, `{"beds":null,"@graphlake":{"parent":"h5"}}`)
	wantCounts(t, reading, extract.Counts{Listed: 2, Read: 2, Parents: 5})
	wantBehind(t, reading, parentBehind("h2", graph.NotFound, "not found 404 NotFound"),
		parentBehind("h3", graph.Malformed, "malformed"), parentBehind("h4", graph.Malformed, "malformed"))
	rooms.Source.Path, rooms.Source.Parent = "/room", nil
	client, _ = serve(t, answers{"/v1.0/room": `{"@odata.context":"x","beds":2}`}.to)
	reading = extract.Read(client, rooms, march1, extract.Options{})
	if got, err = collect(t, reading); err != nil {
		t.Fatal(err)
	}
	want(t, got, `{"beds":2}`)
	if err := extract.Probe(t.Context(), client, rooms, march1.To); err != nil {
		t.Error(err)
	}
}

// keys are listed for each room of each host.
func keys() schemas.Dataset {
	ds := guests()
	ds.Name, ds.Mode, ds.Changed, ds.Time = "keys", schemas.Snapshot, "", nil
	ds.Source.Path, ds.Source.Query, ds.Source.Window = "/hosts/{grandparent}/rooms/{parent}/keys", nil, schemas.Window{}
	ds.Source.Parent = &schemas.Parent{Path: "/hosts/{parent}/rooms", Query: []schemas.Param{{Name: "$select", Value: "id"}}, Budget: anyBudget, Of: hosts}
	return ds
}

// Parents may have parents: what one of these refuses, or takes with it, leaves the others alone.
func TestParentsOfParents(t *testing.T) {
	all := answers{
		"/v1.0/hosts?$select=id":          `{"value":[{"id":"h1"},{"id":"h2"},{"id":"h3"},{"id":"h4"}]}`,
		"/v1.0/hosts/h1/rooms?$select=id": `{"value":[{"id":"r1"}],"@odata.nextLink":"{host}/rooms2"}`,
		"/rooms2":                         `{"value":[{"id":"r\"2"},{"id":"r1"},{"id":"r3"},{"id":"r4"}]}`,
		"/v1.0/hosts/h2/rooms?$select=id": "403 Forbidden",
		"/v1.0/hosts/h3/rooms?$select=id": "404 NotFound",
		"/v1.0/hosts/h4/rooms?$select=id": `{"value":[]}`,
		"/v1.0/hosts/h1/rooms/r1/keys":    `{"value":[{"id":"k1"},{"id":"k2"}]}`,
		"/v1.0/hosts/h1/rooms/r\"2/keys":  `{"value":[{"id":"k1"}]}`,
		"/v1.0/hosts/h1/rooms/r3/keys":    "404 NotFound",
		"/v1.0/hosts/h1/rooms/r4/keys":    "403 Forbidden",
	}
	client, service := serve(t, all.to)
	reading := extract.Read(client, keys(), march1, extract.Options{})
	got, err := collect(t, reading)
	if err != nil {
		t.Fatal(err)
	}
	want(t, got,
		`{"id":"k1","@graphlake":{"parent":"r1","grandparent":"h1"}}`,
		`{"id":"k1","@graphlake":{"parent":"r\"2","grandparent":"h1"}}`,
		`{"id":"k2","@graphlake":{"parent":"r1","grandparent":"h1"}}`)
	wantCounts(t, reading, extract.Counts{Listed: 3, Read: 3, Parents: 4})
	wantBehind(t, reading,
		parentBehind("h2", graph.Unauthorized, "unauthorized 403 Forbidden"), parentBehind("h3", graph.NotFound, "not found 404 NotFound"),
		parentBehind("r3", graph.NotFound, "not found 404 NotFound"), parentBehind("r4", graph.Unauthorized, "unauthorized 403 Forbidden"))
	asked := service.inOrder()
	if i := slices.IndexFunc(asked, func(uri string) bool { return strings.HasSuffix(uri, "/keys") }); i != len(asked)-4 {
		t.Errorf("asked %q, want all rooms to be listed before the first key", asked)
	}

	// What opens the rooms does not open the keys.
	for _, room := range []string{"r1", "r\"2", "r3"} {
		all["/v1.0/hosts/h1/rooms/"+room+"/keys"] = "403 Forbidden"
	}
	client, _ = serve(t, all.to)
	if _, err := collect(t, extract.Read(client, keys(), march1, extract.Options{})); graph.KindOf(err) != graph.Unauthorized {
		t.Errorf("all rooms refused: %v", err)
	}
}

// moods are asked for many hosts at once.
func moods(batch int) schemas.Dataset {
	ds := guests()
	ds.Name, ds.Mode, ds.Changed, ds.Time = "moods", schemas.Observations, "", []schemas.Path{"@graphlake.observed"}
	ds.Source.Path, ds.Source.Query, ds.Source.Window = "/moods", nil, schemas.Window{}
	ds.Source.Parent = &schemas.Parent{Path: "/hosts", Budget: anyBudget, Batch: batch, Body: `{"ids":[{parents}]}`}
	return ds
}

// Many parents are named in the body of one request, which is sent again with its body.
func TestBatches(t *testing.T) {
	tries := 0
	client, service := serveBodies(t, func(uri, sent string) string {
		switch {
		case uri == "/v1.0/hosts":
			return `{"value":[{"id":"h1"},{"id":"h\"2"},{"id":"h3"}]}`
		case tries == 0:
			tries++
			return "503 Busy"
		case strings.Contains(sent, "h3"):
			return `{"value":[{"id":"H3","mood":"bad"},{"id":"h1","mood":"nobody has asked"}]}`
		}
		return `{"value":[{"id":"h1","mood":"good"}]}`
	})
	reading := extract.Read(client, moods(2), march1, extract.Options{Workers: 1})
	got, err := collect(t, reading)
	if err != nil {
		t.Fatal(err)
	}
	one := `{"id":"h1","mood":"good","@graphlake":{"observed":"2026-03-01T00:00:00Z"}}`
	want(t, got, `{"id":"H3","mood":"bad","@graphlake":{"observed":"2026-03-01T00:00:00Z"}}`, one)
	want(t, service.bodies(), "", `{"ids":["h1","h\"2"]}`, `{"ids":["h1","h\"2"]}`, `{"ids":["h3"]}`)
}

// A batch that has no answer for one of those whom it names is cut in halves, down to the one. Where nobody can
// be asked it is not, and the error is everybody's.
func TestBatchesThatAreRefused(t *testing.T) {
	for _, c := range []struct {
		answer, reason string
		kind           graph.Kind
		cut            bool
	}{
		{"400 Bad", "rejected 400 Bad", graph.Rejected, true},
		{"403 Forbidden", "unauthorized 403 Forbidden", graph.Unauthorized, true},
		{"404 NotFound", "not found 404 NotFound", graph.NotFound, true},
		{"401 Expired", "unauthorized 401 Expired", graph.Unauthorized, false},
		{"501 Never", "rejected 501 Never", graph.Rejected, true},
	} {
		t.Run(c.answer, func(t *testing.T) {
			client, service := serveBodies(t, func(uri, sent string) string {
				var ids []string
				for i := range 8 {
					if id := fmt.Sprintf(`"h%d"`, i); uri == "/v1.0/hosts" || strings.Contains(sent, id) {
						ids = append(ids, `{"id":`+id+`}`)
					}
				}
				if strings.Contains(sent, "h2") {
					return c.answer
				}
				return `{"value":[` + strings.Join(ids, ",") + `]}`
			})
			reading := extract.Read(client, moods(4), march1, extract.Options{})
			got, err := collect(t, reading)
			if err != nil {
				t.Fatal(err)
			}
			var records []string
			var behind []extract.Behind
			for i := range 8 {
				id := fmt.Sprint("h", i)
				if i == 2 || i < 4 && !c.cut {
					behind = append(behind, parentBehind(id, c.kind, c.reason))
				} else {
					records = append(records, `{"id":"`+id+`","@graphlake":{"observed":"2026-03-01T00:00:00Z"}}`)
				}
				if reading.Answered()[id] == (len(behind) > 0 && behind[len(behind)-1].Parent == id) {
					t.Errorf("%s answered: %t", id, reading.Answered()[id])
				}
			}
			want(t, got, records...)
			wantBehind(t, reading, behind...)
			bodies := slices.Compact(service.bodies())
			if c.cut {
				want(t, bodies, "", `{"ids":["h0","h1","h2","h3"]}`, `{"ids":["h0","h1"]}`, `{"ids":["h2","h3"]}`, `{"ids":["h2"]}`, `{"ids":["h3"]}`, `{"ids":["h4","h5","h6","h7"]}`)
			} else {
				want(t, bodies, "", `{"ids":["h0","h1","h2","h3"]}`, `{"ids":["h4","h5","h6","h7"]}`)
			}
		})
	}
}

// Collections that belong to a record become members of it; one that the caller has is only named in a
// picture, whose maker has to know that it is still there. A page that Graph repeats is there once.
func TestParts(t *testing.T) {
	teams := schemas.Dataset{
		Name: "teams", Mode: schemas.Snapshot, Version: "changed",
		Source: schemas.Source{
			API: "v1.0", Path: "/teams", Paging: schemas.NextLink, Budget: anyBudget,
			Detail: &schemas.Detail{Parts: []schemas.Part{{Name: "rooms", Path: "/teams/{id}/rooms", Budget: anyBudget}}},
		},
		Tables: []schemas.Table{{Name: "teams", Key: []string{"id"}, Columns: []schemas.Column{key}}},
	}
	client, _ := serve(t, answers{
		"/v1.0/teams":          `{"value":[{"id":"t1"},{"id":"t2","changed":"2026-03-01T00:00:00Z"},{"id":"t3"},{"id":"t4"},{"id":"t5","changed":"2026-03-01T00:00:00Z"}]}`,
		"/v1.0/teams/t1/rooms": `{"value":[{"id":"r1"}],"@odata.nextLink":"{host}/t1more"}`,
		"/t1more":              `{"value":[{"id":"r2","beds@odata.count":2}],"@odata.nextLink":"{host}/t1again"}`,
		"/t1again":             `{"value":[{"id":"r2","beds@odata.count":2}]}`,
		"/v1.0/teams/t2/rooms": `{"value":[]}`,
		"/v1.0/teams/t3/rooms": "404 NotFound",
		"/v1.0/teams/t4/rooms": "403 Forbidden",
	}.to)
	held := map[string]int64{"t5": 1772323200000000000, "t2": 1772323199999999999}
	reading := extract.Read(client, teams, march1, extract.Options{Held: held})
	got, err := collect(t, reading)
	if err != nil {
		t.Fatal(err)
	}
	want(t, got, "unchanged t5", `{"id":"t1","rooms":[{"id":"r1"},{"id":"r2"}]}`,
		`{"id":"t2","changed":"2026-03-01T00:00:00Z","rooms":[]}`)
	all := extract.Behind{From: march1.From, To: march1.To} // no time is listed
	t3, t4 := all, all
	t3.Record, t3.Kind, t3.Reason = "t3", graph.NotFound, "not found 404 NotFound"
	t4.Record, t4.Kind, t4.Reason = "t4", graph.Unauthorized, "unauthorized 403 Forbidden"
	wantBehind(t, reading, t3, t4)
}

// A link that leads astray, however often it is asked for, is that parent's own.
func TestParentAstray(t *testing.T) {
	mail := schemas.Dataset{
		Name: "mail", Mode: schemas.Snapshot,
		Source: schemas.Source{
			API: "v1.0", Path: "/users/{parent}/mail", Paging: schemas.NextLink, Budget: anyBudget,
			Parent: &schemas.Parent{Path: "/users", Budget: anyBudget},
		},
		Tables: []schemas.Table{{Name: "mail", Key: []string{"id"}, Columns: []schemas.Column{key}}},
	}
	client, _ := serve(t, answers{
		"/v1.0/users":         `{"value":[{"id":"u1"},{"id":"u2"}]}`,
		"/v1.0/users/u1/mail": `{"value":[{"id":"m1"}]}`,
		"/v1.0/users/u2/mail": `{"value":[{"id":"m2"}],"@odata.nextLink":"https://graph.fabrikam.example/v1.0/users"}`,
	}.to)
	reading := extract.Read(client, mail, march1, extract.Options{})
	got, err := collect(t, reading)
	if err != nil {
		t.Fatal(err)
	}
	want(t, got, `{"id":"m1","@graphlake":{"parent":"u1"}}`, `{"id":"m2","@graphlake":{"parent":"u2"}}`)
	wantBehind(t, reading, parentBehind("u2", graph.Malformed, "malformed"))
}

// A batch of many of whom the answer has none is not believed; of a few it is.
func TestBatchWithoutAnyone(t *testing.T) {
	for _, n := range []int{10, 11} {
		client, _ := serveBodies(t, func(uri, sent string) string {
			if uri == "/v1.0/hosts" {
				return hostsOf(n)
			}
			return `{"value":[]}`
		})
		got, err := collect(t, extract.Read(client, moods(650), march1, extract.Options{}))
		if refused := graph.KindOf(err) == graph.Incomplete; refused != (n > 10) || len(got) > 0 {
			t.Errorf("%d asked: %q, %v", n, got, err)
		}
	}
}

// Of a batch that the service fails over for one of them, the others are read, and the halves are asked twice.
func TestBatchThatFails(t *testing.T) {
	client, service := serveTries(t, 3, func(uri, sent string) string {
		switch {
		case uri == "/v1.0/hosts":
			return hostsOf(2)
		case strings.Contains(sent, "h0"):
			return `{"value":[{"id":"h1"},{"error":{"code":"Poison"}}]}`
		}
		return `{"value":[{"id":"h1"}]}`
	})
	reading := extract.Read(client, moods(2), march1, extract.Options{})
	got, err := collect(t, reading)
	if err != nil {
		t.Fatal(err)
	}
	want(t, got, `{"id":"h1","@graphlake":{"observed":"2026-03-01T00:00:00Z"}}`)
	wantBehind(t, reading, parentBehind("h0", graph.Incomplete, "incomplete 200 Poison"))
	both, one := `{"ids":["h0","h1"]}`, `{"ids":["h0"]}`
	want(t, service.bodies(), "", both, both, both, one, one, `{"ids":["h1"]}`)
}

// What is listed without an id is handed on as it is, once, and takes nobody with it.
func TestListedWithoutId(t *testing.T) {
	const odd = `null,{"id":null,"name":"x"},"odd",{"id":""},7`
	handed := []string{`"odd"`, `7`, `{"id":""}`, `{"id":null,"name":"x"}`}
	t.Run("parents", func(t *testing.T) {
		client, _ := serve(t, answers{
			"/v1.0/hosts?$select=id":          `{"value":[` + odd + `,{"id":"h1"}]}`,
			"/v1.0/hosts/h1/rooms?$select=id": `{"value":[` + odd + `,{"id":"r1"}]}`,
			"/v1.0/hosts/h1/rooms/r1/keys":    `{"value":[{"id":"k1"}]}`,
		}.to)
		reading := extract.Read(client, keys(), march1, extract.Options{})
		got, err := collect(t, reading)
		if err != nil {
			t.Fatal(err)
		}
		want(t, got, append(slices.Clone(handed[:3]), `{"id":"k1","@graphlake":{"parent":"r1","grandparent":"h1"}}`, handed[3])...)
		wantBehind(t, reading)
	})
	t.Run("records", func(t *testing.T) {
		client, _ := serve(t, answers{
			list:                       `{"value":[` + odd + `,{"id":"m","version":1,"start":"2026-03-01T09:00:00Z"}]}`,
			"/v1.0/calls/m" + sessions: `{"id":"m","version":1,"sessions":[]}`,
			"/v1.0/calls/m" + members:  `{"id":"m","version":1,"people":[]}`,
		}.to)
		reading := extract.Read(client, calls(), march1, extract.Options{Now: day("2026-03-03")})
		got, err := collect(t, reading)
		if err != nil {
			t.Fatal(err)
		}
		want(t, got, append(slices.Clone(handed[:3]), `{"id":"m","version":1,"sessions":[],"people":[]}`, handed[3])...)
		wantBehind(t, reading)
	})
}

// An element that a part lists twice, on one page or on two, is one; a part that counts more than came is not whole.
func TestPartsListEachOnce(t *testing.T) {
	for name, c := range map[string]struct{ pages, want string }{
		"on one page":            {`{"value":[{"id":"r1"},{"id":"r1"},{"id":"r2"}]}`, `[{"id":"r1"},{"id":"r2"}]`},
		"but not if they differ": {`{"value":[{"id":"r1"},{"id":"r1","n":2}]}`, `[{"id":"r1"},{"id":"r1","n":2}]`},
		"too few are different":  {`{"@odata.count":3,"value":[{"id":"r1"},{"id":"r1"},{"id":"r2"}]}`, ""},
	} {
		teams := schemas.Dataset{
			Name: "teams", Mode: schemas.Snapshot,
			Source: schemas.Source{
				API: "v1.0", Path: "/teams", Paging: schemas.NextLink, Budget: anyBudget,
				Detail: &schemas.Detail{Parts: []schemas.Part{{Name: "rooms", Path: "/teams/{id}/rooms", Budget: anyBudget}}},
			},
			Tables: []schemas.Table{{Name: "teams", Key: []string{"id"}, Columns: []schemas.Column{key}}},
		}
		client, _ := serve(t, answers{
			"/v1.0/teams":         `{"value":[{"id":"t"},{"id":"u"}]}`,
			"/v1.0/teams/t/rooms": c.pages,
			"/v1.0/teams/u/rooms": `{"value":[]}`,
		}.to)
		reading := extract.Read(client, teams, march1, extract.Options{})
		got, err := collect(t, reading)
		if err != nil {
			t.Fatal(err)
		}
		other := `{"id":"u","rooms":[]}`
		if c.want == "" {
			want(t, got, other)
			if b := reading.Behind(); len(b) != 1 || b[0].Kind != graph.Incomplete {
				t.Errorf("%s: behind are %v", name, b)
			}
			continue
		}
		want(t, got, `{"id":"t","rooms":`+c.want+`}`, other)
	}
}

// A policy of Teams is granted to each: who lacks it is behind, and if all do, that is why nothing is read.
func TestPolicyIsAnOrganizersOwn(t *testing.T) {
	for _, granted := range []bool{true, false} {
		client, _ := serve(t, func(uri string) string {
			switch {
			case strings.HasPrefix(uri, "/v1.0/users?"):
				return `{"value":[{"id":"u1"},{"id":"u2"}]}`
			case granted && strings.Contains(uri, "u2"):
				return `{"timeZone":"UTC"}`
			}
			return "403 Forbidden: No application access policy found for this app."
		})
		reading := extract.Read(client, schemas.MailboxSettings, schemas.Range{}, extract.Options{})
		_, err := collect(t, reading)
		if !granted {
			if graph.KindOf(err) != graph.NoPolicy {
				t.Errorf("error %v, want one of the kind %v", err, graph.NoPolicy)
			}
			continue
		}
		if b := reading.Behind(); err != nil || len(b) != 1 || b[0].Parent != "u1" || b[0].Kind != graph.NoPolicy || b[0].Reason != "no access policy 403 Forbidden" {
			t.Errorf("behind are %+v, %v", b, err)
		}
	}
}

// What the tenant lacks it lacks for all: nobody else is asked.
func TestOffIsTheTenants(t *testing.T) {
	client, service := serve(t, func(uri string) string {
		if strings.HasPrefix(uri, "/v1.0/users?") {
			return `{"value":[{"id":"u1"},{"id":"u2"},{"id":"u3"}]}`
		}
		return "403 GraphAccessToTranscriptsDisabled"
	})
	var err error
	for _, err = range extract.Read(client, schemas.MailboxSettings, schemas.Range{}, extract.Options{Workers: 1}).Records(t.Context()) {
	}
	if asked := service.inOrder(); graph.KindOf(err) != graph.Off || len(asked) != 2 {
		t.Errorf("%v after %q", err, asked)
	}
}
