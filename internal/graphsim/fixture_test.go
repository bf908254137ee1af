package graphsim

import (
	"fmt"
	"slices"
	"testing"
)

const detailsPath = "/v1.0/users/u1/licenseDetails"

// recordedOptions are a tenant with fixtures: two pages of a user's licences, a delta, an object, and a function.
func recordedOptions() Options {
	o := small()
	o.Fixtures = []Fixture{
		{Path: "/v1.0/users/{user}/licenseDetails", Roles: []string{"User.Read.All", "Directory.Read.All"}, Pages: [][]byte{
			[]byte(`{"@odata.nextLink": "elsewhere", "value": [
				{"id": "{user}-1", "skuId": "a", "units": 3, "at": "2026-11-02T10:00:00Z", "plans": [{"name": "Teams"}], "of": {"kind": "x"}},
				{"id": "2", "skuId": "B", "units": 20, "at": "2026-11-03T10:00:00.5Z", "plans": [], "of": null}]}`),
			[]byte(`{"value": [{"id": "3", "skuId": "c", "on": true}]}`),
		}},
		{Path: "sites/delta", Pages: [][]byte{[]byte(`{"value": [{"id": "s", "name": "S"}]}`)}},
		{Path: "/beta/me", Pages: [][]byte{[]byte(`{"@odata.context": "old", "id": "m", "name": "M"}`)}},
		{Path: "reports/getUsage(period='{period}')", Pages: [][]byte{[]byte(`{"value": [{"id": "{period}"}]}`)}},
	}
	return o
}

func TestFixtureIsPagedAnew(t *testing.T) {
	tenant := New(recordedOptions())
	for query, want := range map[string]string{
		"":                            "[u1-1 2 3] [2 1]",
		"?$top=1":                     "[u1-1 2 3] [1 1 1]",
		"?$top=100":                   "[u1-1 2 3] [3]",
		"?$skip=1":                    "[2 3] [2]",
		"?$skip=1&$filter=units ge 3": "[2] [1]",
		"?$skip=1&$top=1":             "[2 3] [1 1]",
		"?$filter=skuId eq 'b'":       "[2] [1]",
		"?$filter=units gt 3":         "[2] [1]",
		"?$filter=on eq true":         "[3] [1]",
		"?$filter=of/kind eq 'x'":     "[u1-1] [1]",
		"?$filter=of/kind ne null":    "[u1-1] [1]",
		"?$filter=plans/any(p:p/name eq 'Teams') and units le 3":                      "[u1-1] [1]",
		"?$filter=at ge 2026-11-02T11:00:00%2B01:00 and at lt 2026-11-03T10:00:00.5Z": "[u1-1] [1]",
	} {
		values, pages := all(t, tenant, detailsPath+query)
		if got := fmt.Sprint(column(values, "id"), pages); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
	values, _ := all(t, tenant, detailsPath+"?$select=skuId,units")
	if got := fmt.Sprint(values[0]); got != "map[skuId:a units:3]" {
		t.Errorf("selected: %s", got)
	}
	for query, want := range map[string]float64{"": 3, "&$top=1": 3, "&$skip=2": 3, "&$filter=units ge 3": 2} {
		if a := get(t, tenant, detailsPath+"?$count=true"+query, "ConsistencyLevel", "eventual"); a.json["@odata.count"] != want {
			t.Errorf("%s counts %v, want %v", query, a.json["@odata.count"], want)
		}
	}
}

func TestFixtureKinds(t *testing.T) {
	tenant := New(recordedOptions())
	first := get(t, tenant, "/v1.0/sites/delta")
	again := get(t, tenant, first.text(t, "@odata.deltaLink"))
	if again.status != 200 || len(first.values(t)) != 1 || len(again.values(t)) != 0 || again.text(t, "@odata.deltaLink") == "" {
		t.Errorf("a delta: %s, and then %s", first.body, again.body)
	}
	if a := get(t, tenant, "/beta/me?$select=name"); a.text(t, "name") != "M" || a.json["id"] != nil ||
		a.text(t, "@odata.context") != "http://example.com/beta/$metadata#me(name)/$entity" {
		t.Errorf("an object: %s", a.body)
	}
	if a := get(t, tenant, "/v1.0/me"); a.status != 400 {
		t.Errorf("a version that was not given: %d", a.status)
	}
	if a := get(t, tenant, "/v1.0/reports/getUsage(period='D7')"); a.values(t)[0]["id"] != "D7" {
		t.Errorf("a function: %s", a.body)
	}
	if a := get(t, tenant, detailsPath+"?$search=x"); a.status != 400 {
		t.Errorf("an option that is not answered: %d", a.status)
	}
	if a := get(t, tenant, detailsPath+"?$filter=substringof(id)"); a.status != 400 {
		t.Errorf("a filter that is not answered: %d", a.status)
	}
	o := recordedOptions()
	for role, want := range map[string]int{"User.Read.All": 200, "Directory.Read.All": 200, "Sites.Read.All": 403} {
		o.Roles = []string{role}
		if a := get(t, New(o), detailsPath); a.status != want {
			t.Errorf("with %s: %d, want %d", role, a.status, want)
		}
		if a := get(t, New(o), "/v1.0/sites/delta"); a.status != 200 {
			t.Errorf("any role: %d", a.status)
		}
	}
}

func TestServes(t *testing.T) {
	for path, want := range map[string]bool{
		"/v1.0/users": true, "/v1.0/users/{parent}/calendarView": true, "/v1.0/teams/{team}/channels/getAllMessages": true,
		"/v1.0/communications/callRecords/microsoft.graph.callRecords.getPstnCalls(fromDateTime={from},toDateTime={to})": true,
		"/v1.0/users/{user}/licenseDetails": true, "/v1.0/devices": false, "/v1.0/users/{user}/devices": false, "/v1.0/users/$count": false,
	} {
		if got := New(recordedOptions()).Serves(path); got != want {
			t.Errorf("%s: %v, want %v", path, got, want)
		}
	}
}

func TestFixtureIsChecked(t *testing.T) {
	pages := func(texts ...string) (list [][]byte) {
		for _, text := range texts {
			list = append(list, []byte(text))
		}
		return list
	}
	for i, f := range []Fixture{
		{Pages: pages(`{}`)},
		{Path: "/v1.0/things"},
		{Path: "/things/{a b}", Pages: pages(`{}`)},
		{Path: "things", Pages: pages(`[]`)},
		{Path: "things", Pages: pages(`{"value": [`)},
		{Path: "things", Pages: pages(`{"value": {}}`)},
		{Path: "things", Pages: pages(`{"value": [1]}`)},
		{Path: "things", Pages: pages(`{"value": []}`, `{"id": "x"}`)},
	} {
		if f.Check() == nil {
			t.Errorf("fixture %d is taken", i)
		}
	}
	for _, f := range slices.Concat(recordedOptions().Fixtures, []Fixture{{Path: "things", Pages: pages(`{"value": []}`)}}) {
		if err := f.Check(); err != nil {
			t.Error(err)
		}
	}
}
