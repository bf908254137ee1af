package extract_test

import (
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"graphlake/extract"
	"graphlake/extract/graph"
	"graphlake/internal/fixtures"
	"graphlake/internal/graphsim"
	"graphlake/schemas"
)

func TestProbeAsksOnce(t *testing.T) {
	now := instant("2026-11-23T02:30:45Z")
	for _, c := range []struct {
		dataset schemas.Dataset
		want    string
	}{
		{schemas.CallRecords, "/v1.0/communications/callRecords?$filter=startDateTime ge 2026-11-23T02:29:00Z and startDateTime lt 2026-11-23T02:30:00Z"},
		{schemas.PSTNCalls, "/v1.0/communications/callRecords/microsoft.graph.callRecords.getPstnCalls(fromDateTime=2026-11-22,toDateTime=2026-11-23)"},
		{people(), "/v1.0/people/delta?$select=id,office"},
	} {
		t.Run(c.dataset.Name, func(t *testing.T) {
			client, s := serve(t, func(string) string { return `{"value":[{"id":"a"}],"@odata.nextLink":"{host}/v1.0/more"}` })
			if err := extract.Probe(t.Context(), client, c.dataset, now); err != nil {
				t.Fatal(err)
			}
			if len(s.asked) != 1 || decoded(s.asked[0]) != c.want {
				t.Errorf("asked %v, want only %s", s.requests(), c.want)
			}
			if prefer := s.asked[0].Header.Values("Prefer"); !slices.Contains(prefer, "odata.maxpagesize=1") {
				t.Errorf("it prefers %q", prefer)
			}
		})
	}
}

// Of many parents one is asked for, and that it has nothing is an answer too.
func TestProbeAsksForOneParent(t *testing.T) {
	now := instant("2026-11-23T02:30:45Z")
	for _, c := range []struct {
		dataset schemas.Dataset
		answers answers
		want    []string
		fails   bool
	}{
		{schemas.MailboxSettings, answers{
			"/v1.0/users?$select=id&$top=999": `{"value":[{"id":"u1"},{"id":"u2"}]}`, "/v1.0/users/u1/mailboxSettings": `{"timeZone":"UTC"}`,
		}, []string{"/v1.0/users/u1/mailboxSettings", "/v1.0/users?$select=id&$top=999"}, false},
		{schemas.MailboxSettings, answers{
			"/v1.0/users?$select=id&$top=999": `{"value":[{"id":"u1"}]}`, "/v1.0/users/u1/mailboxSettings": "404 MailboxNotEnabledForRESTAPI",
		}, []string{"/v1.0/users/u1/mailboxSettings", "/v1.0/users?$select=id&$top=999"}, false},
		{schemas.MailboxSettings, answers{
			"/v1.0/users?$select=id&$top=999": `{"value":[{"id":"u1"}]}`, "/v1.0/users/u1/mailboxSettings": "403 Forbidden",
		}, []string{"/v1.0/users/u1/mailboxSettings", "/v1.0/users?$select=id&$top=999"}, true},
		{schemas.MailboxSettings, answers{"/v1.0/users?$select=id&$top=999": "403 Forbidden"}, []string{"/v1.0/users?$select=id&$top=999"}, true},
		{schemas.MailboxSettings, answers{"/v1.0/users?$select=id&$top=999": `{"value":[]}`}, []string{"/v1.0/users?$select=id&$top=999"}, false},
		{schemas.ChannelMembers, answers{
			"/v1.0/teams?$select=id": `{"value":[{"id":"t1"},{"id":"t2"}]}`, "/v1.0/teams/t1/channels?$select=id": `{"value":[{"id":"c1"}]}`,
			"/v1.0/teams/t1/channels/c1/members": "403 Forbidden",
		}, []string{"/v1.0/teams/t1/channels/c1/members", "/v1.0/teams/t1/channels?$select=id", "/v1.0/teams?$select=id"}, true},
		{schemas.ChannelMembers, answers{
			"/v1.0/teams?$select=id": `{"value":[{"id":"t1"}]}`, "/v1.0/teams/t1/channels?$select=id": "404 NotFound",
		}, []string{"/v1.0/teams/t1/channels?$select=id", "/v1.0/teams?$select=id"}, false},
		{schemas.ChannelMembers, answers{"/v1.0/teams?$select=id": "403 Forbidden"}, []string{"/v1.0/teams?$select=id"}, true},
		{schemas.Presence, answers{
			"/v1.0/users?$select=id&$top=999": `{"value":[{"id":"u1"},{"id":"u2"}]}`, "/v1.0/communications/getPresencesByUserId": `{"value":[]}`,
		}, []string{"/v1.0/communications/getPresencesByUserId", "/v1.0/users?$select=id&$top=999"}, false},
	} {
		client, s := serve(t, c.answers.to)
		err := extract.Probe(t.Context(), client, c.dataset, now)
		if failed := graph.KindOf(err) == graph.Unauthorized; failed != c.fails || err != nil && !c.fails {
			t.Errorf("%s: error = %v, want one: %v", c.dataset.Name, err, c.fails)
		}
		var asked []string
		for _, uri := range s.requests() {
			plain, _ := url.QueryUnescape(uri)
			asked = append(asked, plain)
		}
		if !slices.Equal(asked, c.want) {
			t.Errorf("%s: asked %q, want %q", c.dataset.Name, asked, c.want)
		}
	}
}

// Whoever has no role for a dataset is refused, and for the others the question is one that Graph answers.
func TestProbeOfEveryDataset(t *testing.T) {
	served, err := fixtures.Of("../schemas/testdata", schemas.BuiltIn())
	if err != nil {
		t.Fatal(err)
	}
	sim := graphsim.New(graphsim.Options{Fixtures: served, Users: 20, From: day("2026-03-03"), To: day("2026-03-04"), Roles: []string{"CallRecords.Read.All"}})
	server := httptest.NewServer(sim)
	defer server.Close()
	client, err := graph.New(graph.Options{Endpoint: server.URL, Token: graph.StaticToken{Secret: "token"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range schemas.BuiltIn() {
		err := extract.Probe(t.Context(), client, d, instant("2026-03-03T12:00:00Z"))
		if _, may := d.Requirements()[0].MetBy([]schemas.Permission{"CallRecords.Read.All"}); may {
			if err != nil {
				t.Error(err)
			}
		} else if graph.KindOf(err) != graph.Unauthorized || !strings.Contains(err.Error(), "ask for "+d.Name) {
			t.Errorf("%s: error = %v, want a refusal", d.Name, err)
		}
	}
}
