package graphsim

import (
	"bytes"
	"runtime"
	"slices"
	"testing"
	"time"
)

// answers are some of everything that a tenant says.
func answers(t *testing.T, o Options) [][]byte {
	t.Helper()
	tenant := New(o)
	records, _ := all(t, tenant, recordsPath)
	var out [][]byte
	for _, path := range []string{
		recordsPath, recordsPath + "/" + records[74]["id"].(string) + "?$expand=sessions($expand=segments)",
		recordsPath + "/getPstnCalls(fromDateTime=2026-11-02,toDateTime=2026-11-03)",
		recordsPath + "/getDirectRoutingCalls(fromDateTime=2026-11-02,toDateTime=2026-11-03)", "/v1.0/users/delta", "/v1.0/users?$expand=manager",
		groupsPath + "/delta?$select=displayName,members,owners", teamsPath, teamsPath + "/" + tenant.id(groupIDs, bigGroup).String() + "/channels",
		"/v1.0/users/" + tenant.id(userIDs, 0).String() + "/presence", "/v1.0/users/" + tenant.id(userIDs, 0).String() + "/mailboxSettings",
		"/v1.0/users/" + tenant.id(userIDs, 0).String() + "/calendarView" + wholeWeek, "/v1.0/subscribedSkus",
		"/v1.0/users/" + tenant.id(userIDs, 1).String() + "/chats?$expand=members",
		"/v1.0/users/" + tenant.id(userIDs, 1).String() + "/chats/getAllMessages?$top=50",
		"/v1.0/teams/" + tenant.id(groupIDs, 1).String() + "/channels/getAllMessages?$top=50",
	} {
		out = append(out, get(t, tenant, path).body)
	}
	return out
}

func TestSameSeedSameBytes(t *testing.T) {
	one, again := answers(t, small()), answers(t, small())
	o := small()
	o.Seed = 2
	other := answers(t, o)
	for i := range one {
		if !bytes.Equal(one[i], again[i]) {
			t.Errorf("answer %d differs between two tenants of the same options", i)
		}
		if bytes.Equal(one[i], other[i]) {
			t.Errorf("answer %d is the same for another seed", i)
		}
	}
}

// A day is the same whatever other days the tenant has.
func TestDaysAreIndependent(t *testing.T) {
	const tuesday = recordsPath + "?$filter=startDateTime ge 2026-11-03T00:00:00Z and startDateTime lt 2026-11-04T00:00:00Z"
	o := small()
	o.From, o.To = monday.AddDate(0, 0, 1), monday.AddDate(0, 0, 2)
	alone, _ := all(t, New(o), tuesday)
	o.From, o.To = monday.AddDate(0, -1, 0), sunday
	among, _ := all(t, New(o), tuesday)
	if !slices.Equal(column(alone, "id"), column(among, "id")) {
		t.Error("Tuesday is another Tuesday among other days")
	}
}

func TestAMillionCallsTakeNoMemory(t *testing.T) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	tenant := New(Options{Seed: 1, Users: 10_000, From: monday, To: monday.AddDate(0, 0, 30), Now: at(monday.AddDate(0, 0, 31))})
	calls := 0
	for day := tenant.first; day < tenant.first+tenant.days; day++ {
		calls += tenant.count(day)
	}
	a := get(t, tenant, recordsPath+"?$filter=startDateTime ge 2026-11-20T10:00:00Z")
	runtime.GC()
	runtime.ReadMemStats(&after)
	if calls < 1_000_000 || len(a.values(t)) != 60 {
		t.Fatalf("%d calls, a page of %d: nothing is shown", calls, len(a.values(t)))
	}
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 3<<20 {
		t.Errorf("a tenant of %d calls holds %d bytes", calls, grown)
	}
	runtime.KeepAlive(tenant)
}

// Working hours are the site's, and weekends are quiet.
func TestShapeOfTheWeek(t *testing.T) {
	o := week()
	o.Users = 2000
	tenant := New(o)
	perDay := map[time.Weekday]int{}
	hours := map[string]*[24]int{}
	for day := tenant.first; day < tenant.first+tenant.days; day++ {
		n := tenant.count(day)
		perDay[midnight(day).Weekday()] = n
		previous := midnight(day)
		for i := range n {
			start := tenant.start(day, i)
			if start.Before(previous) || dayOf(start) != day {
				t.Fatalf("call %d of %v starts at %v, after %v", i, midnight(day), start, previous)
			}
			previous = start
			if i%17 > 0 {
				continue
			}
			if c := tenant.call(day, i); c.first.kind == internal {
				s := tenant.person(c.first.number).site
				if hours[s.city] == nil {
					hours[s.city] = new([24]int)
				}
				hours[s.city][start.Add(s.offset(start)).Hour()]++
			}
		}
	}
	if perDay[time.Sunday]*10 > perDay[time.Monday] || perDay[time.Monday] < 8000 {
		t.Errorf("calls per weekday: %v", perDay)
	}
	for city, h := range hours {
		var work, sum int
		for hour, n := range h {
			sum += n
			if hour >= 8 && hour < 18 {
				work += n
			}
		}
		if work*10 < sum*7 {
			t.Errorf("%s: %d of %d calls in working hours, want most", city, work, sum)
		}
	}
}

func TestIDsAreReadBack(t *testing.T) {
	tenant := New(small())
	for _, number := range []uint64{0, 1, 1<<32 | 5, 20759<<32 | 1<<31, 1<<numberBits - 1} {
		text := tenant.id(callIDs, number).String()
		if got, ok := tenant.number(callIDs, text); !ok || got != number {
			t.Errorf("%d became %s and came back as %d, %v", number, text, got, ok)
		}
		if _, ok := tenant.number(userIDs, text); ok {
			t.Errorf("the id of call %d passes for a user's", number)
		}
	}
}

func FuzzIDs(f *testing.F) {
	tenant := New(small())
	f.Add(tenant.id(callIDs, 7).String())
	f.Add("11111111-2222-4333-8444-555555555555")
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		// Whatever is taken for an id is exactly the one that is given for its number.
		if number, ok := tenant.number(callIDs, text); ok && tenant.id(callIDs, number) != must(parseGUID(text)) {
			t.Errorf("%q is taken for %d, whose id is %s", text, number, tenant.id(callIDs, number))
		}
	})
}

func must(g guid, _ bool) guid { return g }
