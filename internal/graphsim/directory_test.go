package graphsim

import (
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
)

const usersPath = "/v1.0/users"

func directory(users int) *Tenant {
	o := small()
	o.Users = users
	return New(o)
}

// Every page is full but the last, whatever is asked for, and no page follows a last one that is full.
func TestUserPages(t *testing.T) {
	tenant := directory(250)
	for _, c := range []struct {
		query string
		pages []int
	}{
		{"", []int{100, 100, 50}},
		{"?$top=1&$filter=userType eq 'Guest'", []int{1, 1, 1, 1}},
		{"?$top=125&$select=id", []int{125, 125}},
		{"?$top=249&$expand=manager", []int{249, 1}},
		{"?$top=999", []int{250}},
	} {
		users, pages := all(t, tenant, usersPath+c.query)
		if !slices.Equal(pages, c.pages) {
			t.Errorf("%s: pages of %v, want %v", c.query, pages, c.pages)
		}
		if ids := distinct(column(users, "id")); len(ids) != len(users) {
			t.Errorf("%s: %d different ids of %d", c.query, len(ids), len(users))
		}
	}
}

// The link to the next page repeats the request, and its token is good for no other.
func TestUserLinks(t *testing.T) {
	tenant := directory(250)
	const query = "?$expand=manager($select=id)&$filter=accountEnabled eq true&$select=id,department&$top=7"
	link := get(t, tenant, usersPath+query).text(t, "@odata.nextLink")
	_, options, _ := strings.Cut(link, "?")
	got, err := url.ParseQuery(options)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"$expand": "manager($select=id)", "$filter": "accountEnabled eq true", "$select": "id,department", "$top": "7",
	} {
		if got.Get(name) != want {
			t.Errorf("the nextLink has %s=%s, want %s", name, got.Get(name), want)
		}
	}
	second := get(t, tenant, link)
	if len(second.values(t)) != 7 {
		t.Errorf("the second page has %d users, want 7", len(second.values(t)))
	}
	for _, u := range second.values(t) {
		delete(u, "manager") // the first user has none
		if keys := slices.Sorted(maps.Keys(u)); !slices.Equal(keys, []string{"department", "id"}) {
			t.Errorf("a user of the second page is %v", u)
		}
	}
	other := strings.Replace(link, "true", "false", 1)
	if a := get(t, tenant, other); a.status != 400 || a.text(t, "error", "message") != "Skip token is invalid." {
		t.Errorf("a token with another filter: %d %.200s, want 400", a.status, a.body)
	}
}

// Without a $select there are eleven properties, null where they were never set, in contrast to delta.
func TestUserDefaults(t *testing.T) {
	want := []string{
		"businessPhones", "displayName", "givenName", "id", "jobTitle", "mail", "mobilePhone", "officeLocation",
		"preferredLanguage", "surname", "userPrincipalName",
	}
	a := get(t, directory(100), usersPath)
	nulls := map[string]bool{}
	for _, u := range a.values(t) {
		if keys := slices.Sorted(maps.Keys(u)); !slices.Equal(keys, want) {
			t.Fatalf("a user has %v, want %v", keys, want)
		}
		for name, value := range u {
			nulls[name] = nulls[name] || value == nil
		}
	}
	maps.DeleteFunc(nulls, func(_ string, null bool) bool { return !null })
	if got := slices.Sorted(maps.Keys(nulls)); !slices.Equal(got, []string{"jobTitle", "mail", "mobilePhone", "officeLocation", "preferredLanguage"}) {
		t.Errorf("null are %v", got)
	}
	if c := a.text(t, "@odata.context"); c != "http://example.com/v1.0/$metadata#users" {
		t.Error("the context is " + c)
	}
}

func TestUserSelect(t *testing.T) {
	a := get(t, directory(30), usersPath+"?$select=displayName, state,otherMails,state&$expand=manager($select=id)")
	u := a.values(t)[0]
	if list, ok := u["otherMails"].([]any); len(u) != 3 || u["state"] != nil || !ok || len(list) != 0 {
		t.Errorf("the first user is %v, want a displayName, no state and no otherMails", u)
	}
	if c := a.text(t, "@odata.context"); c != "http://example.com/v1.0/$metadata#users(displayName,state,otherMails,manager(id))" {
		t.Error("the context is " + c)
	}
}

// The manager is an object, the same person that delta names, and absent for whoever has none.
func TestUserExpand(t *testing.T) {
	tenant := directory(120)
	changes, _ := all(t, tenant, "/v1.0/users/delta?$select=id,manager")
	want := map[string]any{}
	for _, u := range changes {
		if u["manager@delta"] != nil {
			want[u["id"].(string)] = objects(t, u, "manager@delta")[0]["id"]
		}
	}
	for expand, properties := range map[string]int{"manager": 12, "manager($select=id,city)": 3} {
		users, _ := all(t, tenant, usersPath+"?$select=id&$expand="+expand)
		led := 0
		for _, u := range users {
			above, ok := u["manager"].(map[string]any)
			if above["id"] != want[u["id"].(string)] || !ok && len(u) != 1 {
				t.Fatalf("%s: %v is led by %v", expand, u, want[u["id"].(string)])
			}
			if ok && (len(above) != properties || above["@odata.type"] != "#microsoft.graph.user") {
				t.Fatalf("%s: a manager is %v", expand, above)
			}
			if ok {
				led++
			}
		}
		if led != len(want) || led < 110 {
			t.Errorf("%s: %d of %d users have a manager, want %d", expand, led, len(users), len(want))
		}
	}
}

func TestUserFilter(t *testing.T) {
	tenant := directory(400)
	users, _ := all(t, tenant, usersPath+"?$select=id,accountEnabled,userType")
	for filter, holds := range map[string]func(enabled, kind any) bool{
		"accountEnabled eq true":                             func(enabled, _ any) bool { return enabled == true },
		"accountEnabled eq false":                            func(enabled, _ any) bool { return enabled == false },
		"userType eq 'Guest'":                                func(_, kind any) bool { return kind == "Guest" },
		"userType eq 'member' and accountEnabled eq true":    func(enabled, kind any) bool { return kind == "Member" && enabled == true },
		"userType eq 'Robot'":                                func(_, _ any) bool { return false },
		"accountEnabled eq true and accountEnabled eq false": func(_, _ any) bool { return false },
	} {
		var want []string
		for _, u := range users {
			if holds(u["accountEnabled"], u["userType"]) {
				want = append(want, u["id"].(string))
			}
		}
		got, _ := all(t, tenant, usersPath+"?$top=3&$filter="+filter)
		if !slices.Equal(column(got, "id"), want) || strings.HasSuffix(filter, "'Guest'") && len(want) < 3 {
			t.Errorf("%s: %d users, want %d", filter, len(got), len(want))
		}
	}
}

// Graph counts for who asks for an index's answer, on the first page; for others it ignores $count.
func TestUserCount(t *testing.T) {
	tenant := directory(250)
	eventual := []string{"ConsistencyLevel", "eventual"}
	for _, c := range []struct {
		query   string
		headers []string
		want    any
	}{
		{"?$count=true", eventual, 250.0},
		{"?$count=true&$filter=userType eq 'Guest'", eventual, 4.0},
		{"?$count=false", eventual, nil},
		{"", eventual, nil},
		{"?$count=true", nil, nil},
	} {
		if a := get(t, tenant, usersPath+c.query, c.headers...); a.status != 200 || a.json["@odata.count"] != c.want {
			t.Errorf("%s with %v: %d, count %v, want %v", c.query, c.headers, a.status, a.json["@odata.count"], c.want)
		}
	}
	second := get(t, tenant, usersPath+"?$count=true&$top=9", eventual...).text(t, "@odata.nextLink")
	for _, headers := range [][]string{eventual, nil} {
		if a := get(t, tenant, second, headers...); len(a.values(t)) != 9 || a.json["@odata.count"] != nil {
			t.Errorf("the second page with %v: %d users, count %v", headers, len(a.values(t)), a.json["@odata.count"])
		}
	}
}

// A user answers to id and userPrincipalName, in any case, and is as in the list.
func TestOneUser(t *testing.T) {
	tenant := directory(250)
	users, _ := all(t, tenant, usersPath+"?$expand=manager")
	guests := 0
	for _, u := range users {
		id, principal := u["id"].(string), u["userPrincipalName"].(string)
		if strings.Contains(principal, "#EXT#") {
			guests++
		}
		for _, key := range []string{id, strings.ToUpper(id), principal, strings.ToUpper(principal)} {
			a := get(t, tenant, usersPath+"/"+key+"?$expand=manager")
			delete(a.json, "@odata.context")
			if !reflect.DeepEqual(a.json, u) {
				t.Fatalf("%s is %v, want %v", key, a.json, u)
			}
		}
	}
	if guests != 4 {
		t.Errorf("%d guests were asked for, want 4", guests)
	}
	a := get(t, tenant, usersPath+"('"+users[3]["id"].(string)+"')?$select=id,city")
	if c := a.text(t, "@odata.context"); c != "http://example.com/v1.0/$metadata#users(id,city)/$entity" || len(a.json) != 3 {
		t.Errorf("a key in parentheses and a $select gave %s", a.body)
	}
}
