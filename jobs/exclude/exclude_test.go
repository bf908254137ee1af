package exclude_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"graphlake/extract/graph"
	"graphlake/jobs/erased"
	"graphlake/jobs/exclude"
	"graphlake/transform/privacy"
)

const (
	here  = "4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30"
	there = "5f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30"

	ada   = "11111111-aaaa-4bbb-8ccc-000000000001"
	bea   = "11111111-aaaa-4bbb-8ccc-000000000002"
	cem   = "11111111-aaaa-4bbb-8ccc-000000000003"
	dan   = "11111111-aaaa-4bbb-8ccc-000000000004"
	gone  = "11111111-aaaa-4bbb-8ccc-00000000000f"
	group = "22222222-aaaa-4bbb-8ccc-000000000001"
	inner = "22222222-aaaa-4bbb-8ccc-000000000002"
)

// tenant answers by the path; what has no answer is not found.
func tenant(t *testing.T, answers map[string]string) *graph.Client {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer, ok := answers[strings.TrimPrefix(r.URL.Path, "/v1.0")]
		switch {
		case !ok:
			w.WriteHeader(http.StatusNotFound)
			fmt.Fprint(w, `{"error":{"code":"Request_ResourceNotFound"}}`)
		case answer == "":
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprint(w, `{"error":{"code":"Authorization_RequestDenied"}}`)
		case strings.HasPrefix(r.URL.Path, "/v1.0/users/"):
			fmt.Fprint(w, answer)
		default:
			fmt.Fprintf(w, `{"value":[%s]}`, answer)
		}
	}))
	t.Cleanup(server.Close)
	c, err := graph.New(graph.Options{Endpoint: server.URL, Token: graph.StaticToken{Secret: "t"}, Rate: 1e6})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// people is a directory with whatever else answers.
func people(users, deleted string, more ...string) map[string]string {
	all := map[string]string{"/users": users, "/directory/deletedItems/microsoft.graph.user": deleted}
	for i := 0; i < len(more); i += 2 {
		all["/groups/"+more[i]+"/transitiveMembers"] = more[i+1]
	}
	return all
}

func find(s exclude.Settings, list erased.List, clients map[string]*graph.Client, t *testing.T) *exclude.Excluded {
	t.Helper()
	if list.Salt == nil {
		list.Salt = []byte("0123456789abcdef0123456789abcdef")
	}
	var ids []string
	for _, id := range []string{here, there} {
		if clients[id] != nil {
			ids = append(ids, id)
		}
	}
	return s.Find(t.Context(), clients, ids, list, privacy.Settings{})
}

var contoso = people(
	`{"id":"`+ada+`","userPrincipalName":"ada@contoso.example","displayName":"Ada Byron","mail":"a.byron@contoso.example","businessPhones":["+1 425 555 0100"],"mobilePhone":"+1 425 555 0111"},
	{"id":"`+bea+`","userPrincipalName":"bea@contoso.example","displayName":"Bea Lin","businessPhones":["+1 425 555 0100"],"mobilePhone":"+1 425 555 0122"},
	{"id":"`+cem+`","userPrincipalName":"cem@contoso.example","displayName":"Bea Lin","mobilePhone":"+1 425 555 0122"},
	{"id":"`+dan+`","userPrincipalName":"dan@contoso.example","displayName":"Dan Roe"}`,
	`{"id":"`+gone+`","userPrincipalName":"`+strings.ReplaceAll(gone, "-", "")+`eve@contoso.example","displayName":"Eve Poe","mail":"a.byron@contoso.example"}`,
	group, `{"@odata.type":"#microsoft.graph.user","id":"`+strings.ToUpper(bea)+`"},{"@odata.type":"#microsoft.graph.group","id":"`+inner+`"},{"@odata.type":"#microsoft.graph.user","id":"`+cem+`"},{"id":"newcomer-1"}`)

// Who is left out is known by all that is theirs alone, also among each other: what a deleted one had is whose it is now.
func TestFind(t *testing.T) {
	x := find(exclude.Settings{Users: []string{"A.Byron@contoso.example", "eve@contoso.example", "33333333-aaaa-4bbb-8ccc-000000000001"}, Groups: []string{group}},
		erased.List{}, map[string]*graph.Client{here: tenant(t, contoso)}, t)
	if err := x.Err(here); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{
		ada, "ADA@contoso.example", "sip:ada@contoso.example", "a.byron@contoso.example", "Ada Byron", "tel:+14255550111", "+1 425 555 0100",
		bea, cem, "bea@contoso.example", "+14255550122", gone, "eve@contoso.example", "Eve Poe", "33333333-aaaa-4bbb-8ccc-000000000001", "newcomer-1", "Bea Lin",
	} {
		if !x.Of(here).Has(key) {
			t.Errorf("%s stays", key)
		}
	}
	for _, key := range []string{dan, "dan@contoso.example", "Dan Roe", inner, group} {
		if x.Of(here).Has(key) {
			t.Errorf("%s is left out", key)
		}
	}
	x = find(exclude.Settings{Users: []string{ada}}, erased.List{}, map[string]*graph.Client{here: tenant(t, contoso)}, t)
	if !x.Of(here).Has("a.byron@contoso.example") || x.Of(here).Has("+1 425 555 0100") {
		t.Error("an address that a deleted user had stays, or a number that somebody else has does not")
	}
}

// Whom the list of users lacks is asked for alone, be they named by the id or in a group; what a deleted user had before is
// theirs then, too.
func TestAShortListOfUsers(t *testing.T) {
	short := people(`{"id":"`+dan+`","displayName":"Dan Roe"}`, `{"id":"`+gone+`","mail":"a.byron@contoso.example"}`,
		group, `{"@odata.type":"#microsoft.graph.user","id":"`+bea+`"},{"@odata.type":"#microsoft.graph.device","id":"a-device-1"}`)
	short["/users/"+ada] = `{"id":"` + ada + `","displayName":"Ada Byron","mail":"a.byron@contoso.example"}`
	short["/users/"+bea] = `{"id":"` + bea + `","displayName":"Bea Lin"}`
	x := find(exclude.Settings{Users: []string{ada, cem}, Groups: []string{group}}, erased.List{}, map[string]*graph.Client{here: tenant(t, short)}, t)
	if err := x.Err(here); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{ada, "Ada Byron", "a.byron@contoso.example", bea, "Bea Lin", cem, "a-device-1"} {
		if !x.Of(here).Has(key) {
			t.Errorf("%s stays", key)
		}
	}
	if x.Of(here).Has("Dan Roe") || x.Of(here).Has(gone) {
		t.Error("others are left out")
	}
}

// Of whom it cannot be said that they are left out, nothing is read: not of a tenant that does not answer, nor of one where
// they might be.
func TestNobodyGetsInByMistake(t *testing.T) {
	other := people(`{"id":"`+dan+`","userPrincipalName":"dan@fabrikam.example"}`, "")
	twice := people(`{"id":"`+ada+`","otherMails":["home@fabrikam.example"]},{"id":"`+bea+`","otherMails":["home@fabrikam.example"]}`, `{"id":"`+gone+`"}`)
	empty := people(`{"id":"`+ada+`"}`, `{"id":"`+gone+`"}`, group, `{"@odata.type":"#microsoft.graph.group","id":"`+inner+`"}`)
	turned := people(`{"id":"`+dan+`"}`, `{"id":"`+gone+`"}`, group, `{"id":"`+cem+`"}`)
	turned["/users/"+ada], turned["/users/"+bea], turned["/users/"+cem] = "", `{"id":"`+dan+`"}`, ""
	shut := people(`{"id":"`+ada+`"}`, `{"id":"`+gone+`"}`, group, "")
	for _, c := range []struct {
		name    string
		s       exclude.Settings
		answers map[string]string
		says    string
	}{
		{"a directory that is shut", exclude.Settings{Users: []string{ada}}, people("", ""), "403"},
		{"the deleted are not told", exclude.Settings{Users: []string{ada}}, other, "403"},
		{"a name that nobody has", exclude.Settings{Users: []string{ada, "zoe@contoso.example"}}, contoso, "privacy.exclude.users[1]"},
		{"an address of two", exclude.Settings{Users: []string{"home@fabrikam.example"}}, twice, "several people have this address"},
		{"a group that nobody knows", exclude.Settings{Groups: []string{inner}}, contoso, "privacy.exclude.groups[0]"},
		{"a group of nobody", exclude.Settings{Groups: []string{group}}, empty, "nobody is in the group, or it hides its members"},
		{"a group that is shut", exclude.Settings{Groups: []string{group}}, shut, "403"},
		{"a list of nobody", exclude.Settings{Users: []string{ada}}, people(" ", `{"id":"`+gone+`"}`), "names nobody"},
		{"a user whom the list lacks and who is shut", exclude.Settings{Users: []string{ada}}, turned, "403"},
		{"a member whom the list lacks and who is shut", exclude.Settings{Groups: []string{group}}, turned, "403"},
		{"a user of another id", exclude.Settings{Users: []string{bea}}, turned, "has another one"},
		{"no ids", exclude.Settings{Users: []string{ada}}, people(`{"displayName":"Ada Byron"}`, ""), "has no id"},
	} {
		x := find(c.s, erased.List{}, map[string]*graph.Client{here: tenant(t, c.answers)}, t)
		if err := x.Err(here); err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "zoe") {
			t.Errorf("%s: %v, want %q", c.name, err, c.says)
		}
	}
}

// Who is left out of one tenant is so of the other by what is theirs everywhere; and if one does not answer, the other does
// not read whom that one alone knows.
func TestTwoTenants(t *testing.T) {
	fabrikam := people(`{"id":"`+dan+`","userPrincipalName":"dan@fabrikam.example","displayName":"Ada Byron"}`, `{"id":"`+gone+`"}`)
	s := exclude.Settings{Users: []string{"ada@contoso.example"}}
	x := find(s, erased.List{}, map[string]*graph.Client{here: tenant(t, contoso), there: tenant(t, fabrikam)}, t)
	if err := errors.Join(x.Err(here), x.Err(there)); err != nil {
		t.Fatal(err)
	}
	if p := x.Of(there); !p.Has(ada) || !p.Has("a.byron@contoso.example") || p.Has("Ada Byron") || p.Has(dan) {
		t.Error("the other tenant leaves out others")
	}
	for _, s := range []exclude.Settings{s, {Users: []string{ada}}, {Groups: []string{group}}} {
		x = find(s, erased.List{}, map[string]*graph.Client{here: tenant(t, people("", "")), there: tenant(t, fabrikam)}, t)
		if x.Err(here) == nil || x.Err(there) == nil {
			t.Errorf("%+v: %v, %v", s, x.Err(here), x.Err(there))
		}
	}
}

// The same people have the same marks every night, and who was erased is known by that word.
func TestMarks(t *testing.T) {
	clients := map[string]*graph.Client{here: tenant(t, contoso)}
	s := exclude.Settings{Users: []string{ada, bea}}
	const chat = "19:" + ada + "_" + dan + "@unq.gbl.spaces"
	first := find(s, erased.List{}, clients, t).Of(here)
	slices.Reverse(s.Users)
	if again := find(s, erased.List{}, clients, t).Of(here); again.Text(chat) != first.Text(chat) || again.Digest() != first.Digest() {
		t.Error("marks differ from night to night")
	}
	list := erased.List{Salt: []byte("0123456789abcdef0123456789abcdef"), People: map[string]*privacy.People{}}
	if err := list.Add(erased.Erasure{Tenants: []string{here}}, []erased.Person{{Keys: []erased.Key{{PersonKey: privacy.PersonKey{Kind: privacy.IDKey, Value: ada}}}}}, privacy.Settings{}); err != nil {
		t.Fatal(err)
	}
	gone := find(s, list, clients, t).Of(here)
	if got, want := gone.Text(chat), list.Of(here).Text(chat); got != want || !strings.Contains(got, "erased-") || gone.Text(bea) != "excluded" {
		t.Errorf("who was erased is %s, want %s", got, want)
	}
}
