package graphsim

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// Every collection says what the engine needs: how it is answered, for whom, at what price, and in what pages.
func TestCollectionsAreComplete(t *testing.T) {
	tenant := New(small())
	seen := map[string]bool{}
	for _, c := range tenant.served {
		path := strings.ReplaceAll(c.path, "('{}')", "/{}")
		if seen[path] {
			t.Errorf("%s is there twice", path)
		}
		seen[path] = true
		if !c.answers() {
			continue // known, and not simulated
		}
		sorts := 0
		for _, is := range []bool{c.rows != nil, c.one != nil, c.text != nil} {
			if is {
				sorts++
			}
		}
		if sorts != 1 || len(c.roles) == 0 || len(c.prices) == 0 {
			t.Errorf("%s: want one of rows, one and text, roles and a price", path)
		}
		if c.rows == nil && c.page > 0 || strings.Contains(c.options, "$top") != (c.most > 0) || c.most > 0 && c.page == 0 {
			t.Errorf("%s: a page of %d, and %d at most, with %q", path, c.page, c.most, c.options)
		}
		if strings.Contains(c.options, "$select") && c.typ == nil || strings.Contains(c.options, "$filter") && c.filters == "" && c.options != ignoredFilter {
			t.Errorf("%s: of what are %q?", path, c.options)
		}
		for _, p := range c.prices {
			if p.key > strings.Count(c.path, "{}") {
				t.Errorf("%s has no key %d", path, p.key)
			}
		}
		if c.typ == nil {
			continue
		}
		for name := range strings.FieldsSeq(c.typ.usual + " " + c.typ.always) {
			if !c.typ.knows(tenant, name) {
				t.Errorf("%s has no %s", c.typ.name, name)
			}
		}
	}
}

// A collection that nobody thought of yet is its line and its rows: the rest is the engine's.
func TestNewCollection(t *testing.T) {
	o := small()
	o.Users = 55
	device := func(p *person) entity {
		return entity{"id", p.id, "displayName", nil, "isManaged", p.enabled, "registrationDateTime", midnight(20000 + p.number)}
	}
	typ := entityType{name: "microsoft.graph.device", sample: func(t *Tenant) entity { return device(new(t.person(0))) }}
	tenant := New(o)
	tenant.served = serving(tenant.served, []collection{{
		path: "devices", roles: []string{"Device.Read.All"}, prices: units(1), typ: &typ, options: "$select $filter $top $count",
		filters: "registrationDateTime lt, isManaged eq", page: 20, most: 50,
		rows: func(t *Tenant, r *request) (rows, error) { return from(t.people(r.from, r.now), device), nil },
	}})
	values, pages := all(t, tenant, "/v1.0/devices?$select=displayName,registrationDateTime")
	if fmt.Sprint(pages) != "[20 20 15]" || fmt.Sprint(values[3]) != "map[displayName:<nil> registrationDateTime:2024-10-07T00:00:00Z]" {
		t.Errorf("pages of %v, of which the fourth row is %v", pages, values[3])
	}
	day := midnight(20030).Format(time.RFC3339)
	a := get(t, tenant, "/v1.0/devices?$top=25&$count=true&$filter=registrationDateTime lt "+day, "ConsistencyLevel", "eventual")
	if len(a.values(t)) != 25 || a.json["@odata.count"] != 30.0 || a.text(t, "@odata.context") != "http://example.com/v1.0/$metadata#devices" {
		t.Errorf("filtered: %d of %v, %s", len(a.values(t)), a.json["@odata.count"], a.text(t, "@odata.context"))
	}
	for query, status := range map[string]int{"?$select=shoeSize": 400, "?$top=51": 400, "?$filter=isManaged eq 1": 400, "?$orderby=id": 400, "?$skiptoken=x": 400} {
		if a := get(t, tenant, "/v1.0/devices"+query); a.status != status {
			t.Errorf("%s: %d, want %d", query, a.status, status)
		}
	}
	tenant.Roles = []string{"User.Read.All"}
	if a := get(t, tenant, "/v1.0/devices"); a.status != 403 {
		t.Errorf("without the role: %d", a.status)
	}
}
