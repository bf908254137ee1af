package graphsim

import (
	"maps"
	"reflect"
	"slices"
	"testing"
	"time"
)

// lively is a tenant of which a twentieth moves every day, and whose clock the test sets.
func lively(now *time.Time) *Tenant {
	o := small()
	o.Users, o.Moves, o.Now = 300, 50, func() time.Time { return *now }
	o.CallsPerUserDay, o.Large, o.MessagesPerUserDay = 0.1, 8, -1 // what moves is the directory
	return New(o)
}

const moving = "/v1.0/users/delta?$select=id,department,jobTitle,createdDateTime,manager"

// A picture is the directory as a client holds it, by id.
type picture map[string]map[string]any

// read follows a delta to its end and changes the picture by it. It gives the deltaLink, and counts
// what came.
func (p picture) read(t *testing.T, tenant *Tenant, link string) (next string, came map[string]int) {
	t.Helper()
	came = map[string]int{}
	for link != "" {
		a := get(t, tenant, link, "Prefer", "odata.maxpagesize=40")
		if a.status != 200 {
			t.Fatalf("%s: %d %s", link, a.status, a.body)
		}
		for _, u := range a.values(t) {
			came[p.change(t, u)]++
		}
		link, next = a.text(t, "@odata.nextLink"), a.text(t, "@odata.deltaLink")
	}
	return next, came
}

// change changes one user, and says in what way.
func (p picture) change(t *testing.T, u map[string]any) string {
	t.Helper()
	id := u["id"].(string)
	old := p[id]
	if u["@removed"] != nil {
		if len(u) != 2 || old == nil || !reflect.DeepEqual(u["@removed"], map[string]any{"reason": "deleted"}) {
			t.Errorf("%s, held as %v, is removed by %v", id, old, u)
		}
		delete(p, id)
		return "removed"
	}
	p[id] = u
	switch managers, led := u["manager@delta"].([]any); {
	case old == nil && led && len(managers) > 1:
		t.Errorf("%s is new, and has %v", id, managers)
	case old == nil:
		return "new"
	case !led: // not another one
		if old["manager@delta"] != nil {
			u["manager@delta"] = old["manager@delta"]
		}
		if reflect.DeepEqual(u, old) {
			t.Errorf("%s came and is the same", id)
		}
		return "changed"
	default:
		was, _ := managers[1].(map[string]any)
		before, _ := old["manager@delta"].([]any)
		if held, _ := before[0].(map[string]any); was["@removed"] == nil || was["id"] != held["id"] {
			t.Errorf("%s was led by %v, and no longer is by %v", id, held, was)
		}
		u["manager@delta"] = managers[:1]
	}
	return "led by another"
}

// Whoever takes over the changes of a night holds what whoever reads the whole directory then holds.
func TestDeltaGivesTheWholePicture(t *testing.T) {
	now := monday
	tenant := lively(&now)
	held := picture{}
	link, came := held.read(t, tenant, moving)
	if !maps.Equal(came, map[string]int{"new": 300}) {
		t.Fatalf("at first came %v, want 300 users", came)
	}
	sum := map[string]int{}
	for range 12 {
		now = now.Add(17 * time.Hour)
		link, came = held.read(t, tenant, link)
		whole := picture{}
		whole.read(t, tenant, moving)
		if !reflect.DeepEqual(held, whole) {
			t.Fatalf("%v: %d users are held, and of %d some differ", now, len(held), len(whole))
		}
		if users := tenant.Truth().Users; users != len(whole) {
			t.Errorf("%v: %d users by the truth, %d by the delta", now, users, len(whole))
		}
		listed, _ := all(t, tenant, "/v1.0/users?$select=id&$top=70")
		if ids := slices.Sorted(maps.Keys(whole)); !slices.Equal(distinct(column(listed, "id")), ids) || len(listed) != len(ids) {
			t.Errorf("%v: %d users in the list, %d by the delta", now, len(listed), len(whole))
		}
		for way, n := range came {
			sum[way] += n
		}
	}
	// In eight and a half days 127 moves of 300 users: a sixth each joins and leaves, two sixths each are
	// another job and another manager. Who leaves gives others another manager, too.
	for way, bounds := range map[string][2]int{"new": {14, 28}, "removed": {8, 32}, "changed": {20, 60}, "led by another": {20, 150}} {
		if n := sum[way]; n < bounds[0] || n > bounds[1] {
			t.Errorf("%d users are %s, want %v; all: %v", n, way, bounds, sum)
		}
	}
}

// While the pages of a reading are read, the directory moves on; the deltaLink at its end misses nothing.
func TestDeltaWhileTheDirectoryMoves(t *testing.T) {
	now := monday
	tenant := lively(&now)
	held := picture{}
	link := moving
	for link != "" {
		a := get(t, tenant, link, "Prefer", "odata.maxpagesize=40")
		for _, u := range a.values(t) {
			held.change(t, u)
		}
		now = now.Add(20 * time.Hour)
		if link = a.text(t, "@odata.nextLink"); link == "" {
			held.read(t, tenant, a.text(t, "@odata.deltaLink"))
		}
	}
	whole := picture{}
	whole.read(t, tenant, moving)
	if !reflect.DeepEqual(held, whole) {
		t.Errorf("%d users are held, and of %d some differ", len(held), len(whole))
	}
}

// What nobody selected changes nothing; who is gone is gone for everybody who asks.
func TestDeltaOfWhatIsSelected(t *testing.T) {
	now := monday
	tenant := lively(&now)
	first := get(t, tenant, "/v1.0/users/delta?$deltatoken=latest&$select=displayName").text(t, "@odata.deltaLink")
	now = now.AddDate(0, 0, 7)
	changes, _ := all(t, tenant, first)
	gone := 0
	for _, u := range changes {
		if u["@removed"] == nil && tenant.isFirst(t, u["id"].(string)) {
			t.Errorf("%v has another name", u)
		}
		if u["@removed"] != nil {
			gone++
			if a := get(t, tenant, "/v1.0/users/"+u["id"].(string)); a.status != 404 {
				t.Errorf("who was removed is answered with %d", a.status)
			}
		}
	}
	if gone < 8 {
		t.Errorf("%d users left, want about 17", gone)
	}
}

// isFirst says whether a user was there from the beginning.
func (t *Tenant) isFirst(test *testing.T, id string) bool {
	test.Helper()
	number, ok := t.number(userIDs, id)
	if !ok {
		test.Errorf("%s is nobody's id", id)
	}
	return number < uint64(t.Users)
}

// A token is good for seven days.
func TestOldTokens(t *testing.T) {
	now := monday
	tenant := lively(&now)
	next := get(t, tenant, moving).text(t, "@odata.nextLink")
	delta, _ := picture{}.read(t, tenant, moving)
	for age, want := range map[time.Duration]int{oldestToken: 200, oldestToken + 1: 410} {
		now = monday.Add(age)
		for _, link := range []string{next, delta} {
			a := get(t, tenant, link)
			if a.status != want || want == 410 && a.text(t, "error", "code") != "syncStateNotFound" {
				t.Errorf("after %v: %d, want %d", age, a.status, want)
			}
		}
	}
}

// People move by day: an hour by night shows the directory as the one before.
func TestMovesComeByDay(t *testing.T) {
	var now time.Time
	tenant := lively(&now)
	moves := 0
	for number := range tenant.Users {
		old, was := tenant.personAt(number, monday)
		for hour := 1; hour < 72 && was; hour++ {
			at := monday.Add(time.Duration(hour) * time.Hour)
			p, here := tenant.personAt(number, at)
			if p != old || here != was {
				if moves++; at.Hour() <= 7 || at.Hour() > 18 {
					t.Errorf("user %d moved in the hour before %v", number, at)
				}
			}
			old, was = p, here
		}
	}
	if moves < 20 || moves > 50 { // of 300 in three days 37 move, and a few of them to where they were
		t.Errorf("%d moves", moves)
	}
}

// Nothing moves before From, nor where nothing shall; and the same instant shows the same.
func TestMovesAreAFunctionOfNow(t *testing.T) {
	now := monday.Add(-time.Hour)
	tenant := lively(&now)
	early := get(t, tenant, moving).body
	now = monday.AddDate(0, 0, 30)
	late := get(t, tenant, moving).body
	now = monday.Add(-time.Hour)
	if again := get(t, tenant, moving).body; !reflect.DeepEqual(again, early) || reflect.DeepEqual(late, early) {
		t.Error("the directory is another at the same instant, or the same a month later")
	}
	o := small()
	o.Users = 300
	still, _ := all(t, New(o), "/v1.0/users?$expand=manager")
	before, _ := all(t, tenant, "/v1.0/users?$expand=manager")
	if !reflect.DeepEqual(still, before) {
		t.Error("the directory before From is not the one in which nobody moves")
	}
}
