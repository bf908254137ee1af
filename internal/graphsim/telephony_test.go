package graphsim

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

const numbersPath = "/v1.0/admin/teams/telephoneNumberManagement/numberAssignments"

// numbersBySkip are all numbers, asked for by pages of a size.
func numbersBySkip(t *testing.T, tenant *Tenant, size int) (all []string) {
	t.Helper()
	for {
		page := get(t, tenant, fmt.Sprintf("%s?$top=%d&$skip=%d", numbersPath, size, len(all))).values(t)
		if len(page) == 0 {
			return all
		}
		all = append(all, column(page, "telephoneNumber")...)
	}
}

func TestNumbersArePagedBySkip(t *testing.T) {
	tenant := New(Options{Seed: 5, Users: 900, Large: 40, From: monday, To: monday.AddDate(0, 0, 1), Now: at(afterwards)})
	first := get(t, tenant, numbersPath)
	if n := len(first.values(t)); n != 500 || strings.Contains(string(first.body), "nextLink") {
		t.Errorf("the first page has %d numbers, want 500 and no link", n)
	}
	whole := numbersBySkip(t, tenant, 1000)
	if got := numbersBySkip(t, tenant, 7); !slices.Equal(got, whole) {
		t.Errorf("%d numbers by sevens, want the %d of whole pages", len(got), len(whole))
	}
	slices.Sort(whole)
	if n := len(whole); len(slices.Compact(whole)) != n {
		t.Error("a number is there twice")
	}
	for query, status := range map[string]int{"?$top=1001": 400, "?$top=0": 400, "?$skip=-1": 400, "?$skip=9999": 200, "?$skiptoken=x": 400, "?$filter=x": 501} {
		if got := get(t, tenant, numbersPath+query); got.status != status {
			t.Errorf("%s: %d, want %d", query, got.status, status)
		}
	}
}

// Each kind of owner that a reader will ask for is there, and what one list says of it fits the others.
func TestNumbersAndTheirOwners(t *testing.T) {
	now := monday.AddDate(0, 0, 30)
	tenant := New(Options{Seed: 5, Users: 400, Large: 40, Moves: 50, From: monday, To: monday.AddDate(0, 0, 30), Now: at(now)})
	owners := map[NumberOwner]int{}
	for _, f := range tenant.AssignmentFacts(now) {
		owners[f.Owner]++
	}
	for _, o := range []NumberOwner{NobodyOwns, GoneOwns, DisabledOwns, UserOwns, AccountOwns, BridgeOwns} {
		if owners[o] == 0 {
			t.Errorf("nobody has a number as %s: %v", o, owners)
		}
	}
	voices := map[string]int{}
	for _, f := range tenant.VoiceFacts(now) {
		voices[fmt.Sprintf("licensed %v, enabled %v, number %v", f.Licensed, f.Enabled, f.Numbers > 0)]++
	}
	if len(voices) < 5 { // with a licence all three, without one at least two
		t.Errorf("voices: %v", voices)
	}
	targets := map[string]string{}
	for _, n := range get(t, tenant, numbersPath+"?$top=1000").values(t) {
		if target, ok := n["assignmentTargetId"].(string); ok {
			targets[texts(n, "telephoneNumber")] = target
		}
	}
	users := map[string]map[string]any{}
	people, _ := all(t, tenant, usersPath+"?$select=id,businessPhones&$top=999")
	for _, u := range people {
		users[texts(u, "id")] = u
	}
	configurations, _ := all(t, tenant, "/v1.0/admin/teams/userConfigurations")
	accounts := 0
	for _, c := range configurations {
		id := texts(c, "id")
		if texts(c, "accountType") == "resourceAccount" {
			accounts++
		} else if users[id] == nil {
			t.Errorf("%s has a configuration and is no user", id)
		}
		for _, n := range objects(t, c, "telephoneNumbers") {
			if number := texts(n, "telephoneNumber"); targets[number] != id {
				t.Errorf("%s has %s, which is %s's", id, number, targets[number])
			}
		}
	}
	if accounts != len(resourceAccounts) {
		t.Errorf("%d configurations of resource accounts", accounts)
	}
	for _, a := range get(t, tenant, "/beta/admin/teams/resourceAccounts").values(t) {
		if number, ok := a["phoneNumber"].(string); ok && targets[strings.TrimPrefix(number, "tel:")] != texts(a, "id") {
			t.Errorf("%s has %s, and the list of numbers says otherwise", texts(a, "displayName"), number)
		}
	}
}

func TestResourceAccountsAreThoseOfCalls(t *testing.T) {
	tenant := New(Options{Seed: 5, Users: 200, Large: 40, From: monday, To: monday.AddDate(0, 0, 2), Now: at(afterwards)})
	named := map[string]string{}
	for _, f := range tenant.AccountFacts() {
		named[f.ID] = f.Kind + " " + f.Name
	}
	met := map[string]bool{}
	for _, j := range tenant.Facts(afterwards).Journeys {
		for _, id := range j.Accounts {
			met[named[id]] = true
		}
		if !slices.ContainsFunc(j.Accounts, func(id string) bool { return named[id] == "queue "+j.Queue }) {
			t.Errorf("a call to %s names %v", j.Queue, j.Accounts)
		}
	}
	for _, want := range []string{"attendant Main Menu", "queue Support Hotline", "queue Orders Desk"} {
		if !met[want] {
			t.Errorf("no call has reached the %s", want)
		}
	}
	if got := get(t, tenant, "/beta/admin/teams/resourceAccounts?$filter=appId eq '"+queueApp+"'").values(t); len(got) != 3 {
		t.Errorf("%d queues", len(got))
	}
	if got := get(t, tenant, "/v1.0/admin/teams/resourceAccounts"); got.status == 200 {
		t.Error("v1.0 knows resource accounts")
	}
}
