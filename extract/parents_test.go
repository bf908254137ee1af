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
	if n := len(service.requests()); n != 6 || len(reading.Behind()) > 0 {
		t.Errorf("%d requests, behind %v; want 6 and nobody", n, reading.Behind())
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

// A parent that is refused is behind, one that has vanished is counted; the others are read. If
// everybody who is asked refuses, it is the dataset that is refused.
func TestParentsThatFail(t *testing.T) {
	all := answers{
		"/v1.0/hosts?$select=id":        `{"value":[{"id":"h1"},{"id":"h2"},{"id":"h3"}]}`,
		"/v1.0/hosts/h1" + march1Guests: "403 Forbidden",
		"/v1.0/hosts/h2" + march1Guests: "404 NotFound",
		"/v1.0/hosts/h3" + march1Guests: `{"value":[{"id":"a","changed":"2026-03-01T00:00:00Z"}]}`,
	}
	client, _ := serve(t, all.to)
	reading := extract.Read(client, guests(), march1, extract.Options{})
	got, err := collect(t, reading)
	if err != nil || len(got) != 1 {
		t.Fatalf("%q, %v", got, err)
	}
	wantCounts(t, reading, extract.Counts{Listed: 1, Read: 1, Parents: 3, Vanished: 1})
	if b := reading.Behind(); !slices.Equal(b, []extract.Behind{{Parent: "h1", From: march1.From, Reason: "unauthorized"}}) {
		t.Errorf("behind: %+v", b)
	}

	all["/v1.0/hosts/h3"+march1Guests] = "403 Forbidden"
	client, _ = serve(t, all.to)
	if _, err := collect(t, extract.Read(client, guests(), march1, extract.Options{})); graph.KindOf(err) != graph.Unauthorized {
		t.Errorf("all that answered refused: %v", err)
	}
	all["/v1.0/hosts/h3"+march1Guests] = "410 resyncRequired"
	client, _ = serve(t, all.to)
	if _, err := collect(t, extract.Read(client, guests(), march1, extract.Options{})); graph.KindOf(err) != graph.ExpiredCursor || !strings.Contains(err.Error(), "parent h3") {
		t.Errorf("an answer that is no parent's affair: %v", err)
	}
}

// A parent whose list breaks off has not vanished: what was not read of it is read later.
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
	if b := reading.Behind(); !slices.Equal(b, []extract.Behind{{Parent: "h1", From: march1.From, Reason: "not found"}}) {
		t.Errorf("behind: %+v", b)
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
	standing := func(parent string) (time.Time, bool) { return noon, parent == "h1" }
	client, _ := serve(t, all.to)
	reading := extract.Read(client, guests(), march1, extract.Options{Behind: standing})
	if got, err := collect(t, reading); err != nil || len(got) != 1 || len(reading.Behind()) > 0 {
		t.Errorf("%q, %v, behind %v", got, err, reading.Behind())
	}
	all["/v1.0/hosts/h1"+since] = "403 Forbidden"
	client, _ = serve(t, all.to)
	reading = extract.Read(client, guests(), march1, extract.Options{Behind: standing})
	if _, err := collect(t, reading); err != nil || len(reading.Behind()) != 1 || !reading.Behind()[0].From.Equal(noon) {
		t.Errorf("%v, behind %v", err, reading.Behind())
	}
}

// An answer that is no collection is the record; a host without a room has vanished, or never had one.
func TestSingleAnswers(t *testing.T) {
	rooms := guests()
	rooms.Name, rooms.Mode, rooms.Changed, rooms.Time = "rooms", schemas.Snapshot, "", nil
	rooms.Source.Path, rooms.Source.Query, rooms.Source.Paging, rooms.Source.Window = "/hosts/{parent}/room", nil, schemas.Single, schemas.Window{}
	client, _ := serve(t, answers{
		"/v1.0/hosts?$select=id": `{"value":[{"id":"h1"},{"id":"h2"}]}`,
		"/v1.0/hosts/h1/room":    `{"@odata.context":"x","beds":2}`,
		"/v1.0/hosts/h2/room":    "404 NotFound",
	}.to)
	reading := extract.Read(client, rooms, march1, extract.Options{})
	got, err := collect(t, reading)
	if err != nil {
		t.Fatal(err)
	}
	want(t, got, `{"beds":2,"@graphlake":{"parent":"h1"}}`)
	wantCounts(t, reading, extract.Counts{Listed: 1, Read: 1, Parents: 2, Vanished: 1})
}

// Parents may have parents: what one of these refuses, or takes with it, leaves the others alone.
func TestParentsOfParents(t *testing.T) {
	keys := guests()
	keys.Name, keys.Mode, keys.Changed, keys.Time = "keys", schemas.Snapshot, "", nil
	keys.Source.Path, keys.Source.Query, keys.Source.Window = "/hosts/{grandparent}/rooms/{parent}/keys", nil, schemas.Window{}
	keys.Source.Parent = &schemas.Parent{Path: "/hosts/{parent}/rooms", Query: []schemas.Param{{Name: "$select", Value: "id"}}, Budget: anyBudget, Of: hosts}
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
	client, _ := serve(t, all.to)
	reading := extract.Read(client, keys, march1, extract.Options{})
	got, err := collect(t, reading)
	if err != nil {
		t.Fatal(err)
	}
	want(t, got,
		`{"id":"k1","@graphlake":{"parent":"r1","grandparent":"h1"}}`,
		`{"id":"k1","@graphlake":{"parent":"r\"2","grandparent":"h1"}}`,
		`{"id":"k2","@graphlake":{"parent":"r1","grandparent":"h1"}}`)
	wantCounts(t, reading, extract.Counts{Listed: 3, Read: 3, Parents: 4, Vanished: 2})
	var behind []string
	for _, b := range reading.Behind() {
		behind = append(behind, b.Parent)
	}
	slices.Sort(behind)
	want(t, behind, "h2", "r4")

	// What opens the rooms does not open the keys.
	for _, room := range []string{"r1", "r\"2", "r3"} {
		all["/v1.0/hosts/h1/rooms/"+room+"/keys"] = "403 Forbidden"
	}
	client, _ = serve(t, all.to)
	if _, err := collect(t, extract.Read(client, keys, march1, extract.Options{})); graph.KindOf(err) != graph.Unauthorized {
		t.Errorf("all rooms refused: %v", err)
	}
}

// Many parents are named in the body of one request, which is sent again with its body.
func TestBatches(t *testing.T) {
	moods := guests()
	moods.Name, moods.Mode, moods.Changed, moods.Time = "moods", schemas.Observations, "", []schemas.Path{"@graphlake.observed"}
	moods.Source.Path, moods.Source.Query, moods.Source.Window = "/moods", nil, schemas.Window{}
	moods.Source.Parent = &schemas.Parent{Path: "/hosts", Budget: anyBudget, Batch: 2, Body: `{"ids":[{parents}]}`}
	tries := 0
	client, service := serve(t, func(uri string) string {
		switch {
		case uri == "/v1.0/hosts":
			return `{"value":[{"id":"h1"},{"id":"h\"2"},{"id":"h3"}]}`
		case tries == 0:
			tries++
			return "503 Busy"
		}
		return `{"value":[{"id":"h1","mood":"good"}]}`
	})
	reading := extract.Read(client, moods, march1, extract.Options{Workers: 1})
	got, err := collect(t, reading)
	if err != nil {
		t.Fatal(err)
	}
	one := `{"id":"h1","mood":"good","@graphlake":{"observed":"2026-03-01T00:00:00Z"}}`
	want(t, got, one, one)
	want(t, service.bodies(), "", `{"ids":["h1","h\"2"]}`, `{"ids":["h1","h\"2"]}`, `{"ids":["h3"]}`)
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
	held := func(id string) (string, bool) {
		return map[string]string{"t5": "1772323200000000000", "t2": "1772323199999999999"}[id], id == "t5" || id == "t2"
	}
	reading := extract.Read(client, teams, march1, extract.Options{Held: held})
	got, err := collect(t, reading)
	if err != nil {
		t.Fatal(err)
	}
	want(t, got, `{"id":"t1","rooms":[{"id":"r1"},{"id":"r2"}]}`,
		`{"id":"t2","changed":"2026-03-01T00:00:00Z","rooms":[]}`,
		`{"id":"t5","@odata.type":"#graphlake.unchanged"}`)
	if !extract.Unchanged([]byte(got[2])) || extract.Unchanged([]byte(got[1])) {
		t.Error("what stands for a held record is not told from the others")
	}
	if b := reading.Behind(); len(b) != 1 || b[0].Parent != "t4" {
		t.Errorf("behind: %v", b)
	}
}

// A link that leads astray says nothing of the parent: it is no refusal, and the reading fails.
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
	if _, err := collect(t, reading); graph.KindOf(err) != graph.Malformed || len(reading.Behind()) != 0 {
		t.Errorf("error = %v, behind: %v", err, reading.Behind())
	}
}

func TestRestore(t *testing.T) {
	for held, restored := range map[string]string{
		`{"id":"a"}`: `{"id":"a"}`,
		`{"id":"a","@removed":{"reason":"absent"}}`:    `{"id":"a"}`,
		`{"@removed":{"reason":"absent"},"id":"a" }`:   `{"id":"a" }`,
		`{"id":"a","@removed":{"reason":"x"},"n":1.0}`: `{"id":"a","n":1.0}`,
	} {
		if got, err := extract.Restore([]byte(held)); err != nil || string(got) != restored {
			t.Errorf("%s restored is %s, %v; want %s", held, got, err, restored)
		}
	}
}
