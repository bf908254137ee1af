package extract_test

import (
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"graphlake/extract"
	"graphlake/extract/graph"
	"graphlake/internal/graphsim"
	"graphlake/schemas"
)

// personal is a tenant of a week to which a person is signed in who has consented to what the datasets for one person need, and
// to nothing else.
type personal struct {
	*graphsim.Tenant
	client *graph.Client
	id     string
}

func signedIn(t *testing.T, pick func(tenant *graphsim.Tenant, ids []string) string) *personal {
	t.Helper()
	var scopes []string
	for _, d := range schemas.ForPerson(schemas.BuiltIn()) {
		for _, p := range schemas.Needs(d.Requirements()) {
			scopes = append(scopes, string(p))
		}
	}
	p := &personal{}
	now := func() time.Time { return instant("2026-11-23T02:30:00Z") }
	p.Tenant = graphsim.New(graphsim.Options{
		Seed: 4, Users: 60, From: instant("2026-11-16T00:00:00Z"), To: instant("2026-11-23T00:00:00Z"), Now: now, Token: "application",
		Bearer: func(token string) (graphsim.Bearer, bool) {
			return graphsim.Bearer{Person: p.id, Scopes: scopes}, token == "person"
		},
	})
	server := httptest.NewServer(p.Tenant)
	t.Cleanup(server.Close)
	var ids []string
	application, err := graph.New(graph.Options{Endpoint: server.URL, Token: graph.StaticToken{Secret: "application"}, Rate: 1e6})
	if err != nil {
		t.Fatal(err)
	}
	for one, err := range extract.Listed(t.Context(), application, schemas.Everybody[0], "", []string{"id"}) {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, extract.Text(one, "id"))
	}
	p.id = pick(p.Tenant, ids)
	if p.client, err = graph.New(graph.Options{Endpoint: server.URL, Token: graph.StaticToken{Secret: "person"}, Rate: 1e6}); err != nil {
		t.Fatal(err)
	}
	return p
}

// richest is who has the most transcripts.
func richest(tenant *graphsim.Tenant, ids []string) string {
	return slices.MaxFunc(ids, func(a, b string) int {
		return len(tenant.TruthOf(a)["transcripts"]) - len(tenant.TruthOf(b)["transcripts"])
	})
}

// Every dataset that is for one person gives what that person may see, with their consent and without an application's roles.
func TestReadForOnePerson(t *testing.T) {
	p := signedIn(t, richest)
	truth := p.TruthOf(p.id)
	if len(truth["transcripts"]) < 3 {
		t.Fatalf("whoever has the most has %d transcripts", len(truth["transcripts"]))
	}
	datasets := schemas.ForPerson(schemas.BuiltIn())
	shared := extract.NewShared(datasets)
	for _, d := range datasets {
		keys := map[string]bool{}
		for _, r := range rangesOf(d) {
			reading := extract.Read(p.client, d, r, extract.Options{Now: p.Now(), Shared: shared})
			got, err := collect(t, reading)
			if err != nil {
				t.Fatalf("%s: %v", d.Name, err)
			}
			wantBehind(t, reading)
			if reading.Counts().Parents != 1 {
				t.Errorf("%s was read for %d parents", d.Name, reading.Counts().Parents)
			}
			for _, text := range got {
				parent := extract.Text([]byte(text), extract.Parent)
				if d.Name != "chats" && parent != p.id {
					t.Errorf("%s: a record is of %q, want %s", d.Name, parent, p.id)
				}
				keys[keyOf(d, text)] = true
			}
		}
		want := map[string]bool{}
		for _, key := range truth[d.Root().Name] {
			if d.Mode == schemas.Observations { // which is dated by what was asked for
				key, _, _ = strings.Cut(key, "\x1f")
			}
			want[key] = true
		}
		if len(keys) != len(want) || len(want) == 0 {
			t.Errorf("%s: %d records, and there are %d", d.Name, len(keys), len(want))
		}
		for key := range want {
			if !keys[key] {
				t.Errorf("%s: %q is missing", d.Name, key)
			}
		}
	}
}

// rangesOf are the days of the week, as units are cut; of what is as it is now one.
func rangesOf(d schemas.Dataset) []schemas.Range {
	week := schemas.Range{From: instant("2026-11-16T00:00:00Z"), To: instant("2026-11-23T00:00:00Z")}
	if d.Mode != schemas.Windowed {
		return []schemas.Range{{From: week.To, To: week.To.Add(time.Minute)}}
	}
	return week.SplitDays(1)
}

// keyOf is the key of the root table's row, as the simulator joins it, without instants.
func keyOf(d schemas.Dataset, record string) string {
	var parts []string
	for _, name := range d.Root().Key {
		if c, _ := d.Root().Column(name); c.Type == schemas.String {
			parts = append(parts, extract.Text([]byte(record), c.Path))
		}
	}
	return strings.Join(parts, "\x1f")
}

// What one run reads for a person asks once who that is.
func TestWhoIsSignedInIsAskedOnce(t *testing.T) {
	client, service := serve(t, answers{
		"/v1.0/me?$select=id":            `{"@odata.context":"x","id":"p1"}`,
		"/v1.0/users/p1/mailboxSettings": `{"timeZone":"UTC"}`, "/v1.0/users/p1/presence": `{"id":"p1","availability":"Away"}`,
		"/v1.0/users/p1/joinedTeams": `{"value":[{"id":"t1"}]}`,
	}.to)
	datasets := schemas.ForPerson([]schemas.Dataset{schemas.MailboxSettings, schemas.Presence, schemas.JoinedTeams})
	shared := extract.NewShared(datasets)
	minute := schemas.Range{From: instant("2026-11-23T02:30:00Z"), To: instant("2026-11-23T02:31:00Z")}
	for i, line := range []string{
		`{"timeZone":"UTC","@graphlake":{"parent":"p1"}}`,
		`{"id":"p1","availability":"Away","@graphlake":{"parent":"p1","observed":"2026-11-23T02:30:00Z"}}`,
		`{"id":"t1","@graphlake":{"parent":"p1"}}`,
	} {
		got, err := collect(t, extract.Read(client, datasets[i], minute, extract.Options{Shared: shared}))
		if err != nil {
			t.Fatal(err)
		}
		want(t, got, line)
	}
	asked := service.inOrder()
	if n := len(slices.DeleteFunc(slices.Clone(asked), func(uri string) bool { return !strings.Contains(uri, "/me?") })); n != 1 || len(asked) != 4 {
		t.Errorf("asked %s", strings.Join(asked, "\n"))
	}
}

// Who does not say who is signed in has nothing read, which is not that there is nothing.
func TestNobodyKnowsWhoIsSignedIn(t *testing.T) {
	of, _ := schemas.MailboxSettings.OfPerson()
	for answer, kind := range map[string]graph.Kind{
		`{}`:                      graph.Malformed,
		`{"id":null}`:             graph.Malformed,
		`{"value":[{"id":"p1"}]}`: graph.Malformed,
		"403 Forbidden":           graph.Unauthorized,
		"404 NotFound":            graph.NotFound,
	} {
		client, _ := serve(t, answers{"/v1.0/me?$select=id": answer}.to)
		got, err := collect(t, extract.Read(client, of, march1, extract.Options{}))
		if graph.KindOf(err) != kind || len(got) > 0 {
			t.Errorf("%s: %d records and %v, want kind %v", answer, len(got), err, kind)
		}
	}
}

// A probe of each asks what a reading asks, and of transcripts it reads one.
func TestProbesForOnePerson(t *testing.T) {
	p := signedIn(t, richest)
	for _, d := range schemas.ForPerson(schemas.BuiltIn()) {
		if err := extract.Probe(t.Context(), p.client, d, p.Now()); err != nil {
			t.Errorf("%s: %v", d.Name, err)
		}
		gates, err := extract.ProbeGates(t.Context(), p.client, d, p.Now())
		if err != nil || d.Source.Detail.Document() != nil && (gates.Asked != 1 || gates.Document == extract.NoDocument) {
			t.Errorf("%s: %+v, %v", d.Name, gates, err)
		}
	}
}
