package graphsim

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

const wholeWeek = "?startDateTime=2026-11-02T00:00:00Z&endDateTime=2026-11-09T00:00:00Z"

// A diary is the calendars of a tenant, by user and by the id of the event.
type diary map[string]map[string]map[string]any

func readDiary(t *testing.T, tenant *Tenant) diary {
	t.Helper()
	d := diary{}
	users, _ := all(t, tenant, usersPath+"?$select=id&$top=999")
	for _, user := range column(users, "id") {
		path := usersPath + "/" + user + "/calendarView" + wholeWeek + "&$top=1000"
		a := get(t, tenant, path)
		if a.status == 404 {
			continue
		}
		d[user] = map[string]map[string]any{}
		for _, e := range a.values(t) {
			if d[user][e["id"].(string)] = e; a.text(t, "@odata.nextLink") != "" {
				t.Fatal("a thousand events are not enough")
			}
		}
	}
	return d
}

func (d diary) events(yield func(user string, e map[string]any) bool) {
	for user, list := range d {
		for _, e := range list {
			if !yield(user, e) {
				return
			}
		}
	}
}

// meetings is a tenant of a week with calls and calendars, in which nobody moves.
func meetings(now time.Time) *Tenant {
	return New(Options{Seed: 1, Users: 60, Large: 60, Moves: -1, From: monday, To: sunday, Now: at(now)})
}

// An event has other ids in other mailboxes and one iCalUId, and all copies say the same of it.
func TestSameMeetingInManyMailboxes(t *testing.T) {
	ids, byUID, kinds := map[string]bool{}, map[string][]map[string]any{}, map[any]int{}
	for _, e := range readDiary(t, meetings(afterwards)).events {
		if id := e["id"].(string); ids[id] {
			t.Fatalf("%s is in two mailboxes", id)
		}
		ids[e["id"].(string)] = true
		uid := e["iCalUId"].(string)
		byUID[uid] = append(byUID[uid], e)
		kinds[e["type"]]++
		if master := e["seriesMasterId"]; (master == nil) != (e["type"] == "singleInstance") {
			t.Errorf("%v has the master %v", e["type"], master)
		}
		for flag, of := range map[string]string{"isCancelled": "cancelled", "isAllDay": "all day", "isOnlineMeeting": "online", "hideAttendees": "hidden"} {
			if e[flag] == true {
				kinds[of]++
			}
		}
	}
	shared := 0
	for uid, copies := range byUID {
		organizers := 0
		for _, e := range copies {
			for _, name := range []string{"start", "end", "organizer", "subject", "type", "onlineMeeting"} {
				if e[name] == nil && copies[0][name] == nil {
					continue
				}
				if a, b := e[name], copies[0][name]; name != "onlineMeeting" && !same(a, b) {
					t.Errorf("%s of %s: %v and %v", name, uid, a, b)
				}
			}
			if e["isOrganizer"] == true {
				organizers++
				if e["responseStatus"].(map[string]any)["response"] != "organizer" {
					t.Errorf("the organizer's response is %v", e["responseStatus"])
				}
			}
		}
		if cancelled := copies[0]["isCancelled"] == true; organizers > 1 || cancelled && organizers > 0 {
			t.Errorf("%s has %d organizers", uid, organizers)
		}
		if len(copies) > 1 {
			shared++
		}
	}
	for _, want := range []any{"singleInstance", "occurrence", "exception", "cancelled", "all day", "online", "hidden"} {
		if kinds[want] == 0 {
			t.Errorf("none is %v, of %v", want, kinds)
		}
	}
	if shared < 100 {
		t.Errorf("%d meetings are in more mailboxes than one", shared)
	}
}

func same(a, b any) bool {
	x, ok := a.(map[string]any)
	if !ok {
		return a == b
	}
	for name, value := range x {
		if !same(value, b.(map[string]any)[name]) {
			return false
		}
	}
	return true
}

// Whoever is invited has the meeting, but for the few who deleted it; and whoever has it was invited.
func TestInvitedHaveIt(t *testing.T) {
	tenant := meetings(afterwards)
	d := readDiary(t, tenant)
	users, _ := all(t, tenant, usersPath+"?$select=id,userPrincipalName")
	byAddress := map[string]string{}
	for _, u := range users {
		byAddress[u["userPrincipalName"].(string)] = u["id"].(string)
	}
	has := map[string]map[string]bool{}
	for user, e := range d.events {
		uid := e["iCalUId"].(string)
		if has[uid] == nil {
			has[uid] = map[string]bool{}
		}
		has[uid][user] = true
		if midnight := strings.HasSuffix(e["start"].(map[string]any)["dateTime"].(string), "T00:00:00.0000000"); e["isAllDay"] == true && !midnight {
			t.Errorf("all day from %v", e["start"])
		}
	}
	invited, without := 0, 0
	for user, e := range d.events {
		if e["isOrganizer"] == false {
			continue
		}
		expected := map[string]bool{user: true}
		for _, a := range objects(t, e, "attendees") {
			who := byAddress[a["emailAddress"].(map[string]any)["address"].(string)]
			expected[who] = true
			if d[who] == nil { // a guest, or somebody from outside
				continue
			}
			if invited++; !has[e["iCalUId"].(string)][who] {
				without++
			}
		}
		for who := range has[e["iCalUId"].(string)] {
			if !expected[who] {
				t.Errorf("%v is in the calendar of %s, who was not invited", e["subject"], who)
			}
		}
	}
	if invited < 1000 || without == 0 || without > invited/20 {
		t.Errorf("of %d who were invited %d have no event", invited, without)
	}
}

// A meeting has the link of its call record, or of the first of two, the organizer of the call, and those who took part or did
// not come. It was planned for the quarter of an hour that the call began at, up to two and a half minutes after it, or at most
// twelve and a half before it.
func TestMeetingsAreCalls(t *testing.T) {
	tenant := meetings(afterwards)
	calls, again := map[string]map[string]any{}, 0
	records, _ := all(t, tenant, recordsPath)
	for _, r := range records {
		link, ok := r["joinWebUrl"].(string)
		if first := calls[link]; first != nil {
			again++
			if instantOf(t, r, "startDateTime").Before(instantOf(t, first, "endDateTime")) {
				t.Errorf("%s is held twice at the same time", link)
			}
		} else if ok {
			calls[link] = r
		}
	}
	if again == 0 {
		t.Error("no meeting has a second run")
	}
	took := map[string]map[string]bool{}
	linked, away := 0, 0
	for user, e := range readDiary(t, tenant).events {
		info, _ := e["onlineMeeting"].(map[string]any)
		link, _ := info["joinUrl"].(string)
		r := calls[link]
		if r == nil {
			if e["type"] == "singleInstance" && link != "" {
				t.Errorf("no call has %s", link)
			}
			continue
		}
		linked++
		id := r["id"].(string)
		if took[id] == nil {
			took[id] = map[string]bool{}
			list, _ := all(t, tenant, recordsPath+"/"+id+"/participants_v2")
			for _, p := range list {
				took[id][p["id"].(string)] = true
			}
		}
		began, _ := time.Parse(time.RFC3339, r["startDateTime"].(string))
		planned, _ := time.Parse("2006-01-02T15:04:05.0000000", e["start"].(map[string]any)["dateTime"].(string))
		if early := planned.Sub(began); planned.Minute()%15 != 0 || early <= -150*time.Second || early > 750*time.Second {
			t.Errorf("the call began at %v, and its event at %v", r["startDateTime"], e["start"])
		}
		organizer := r["organizer_v2"].(map[string]any)["id"]
		if !took[id][user] {
			away++
		}
		if (e["isOrganizer"] == true) != (organizer == user) {
			t.Errorf("%s has the event of a call by %v", user, organizer)
		}
	}
	if linked < 500 || away < linked/100 || away > linked/10 {
		t.Errorf("%d copies belong to calls, %d of them to calls that their owners did not come to", linked, away)
	}
}

// Later, some events lie elsewhere, are gone, are cancelled or answered; the others are as before.
func TestCalendarsChange(t *testing.T) {
	tenant := func(day int) *Tenant {
		return New(Options{Seed: 1, Users: 120, Large: 60, Moves: -1, From: monday, To: sunday, Now: at(monday.AddDate(0, 0, day))})
	}
	before, after := readDiary(t, tenant(2)), readDiary(t, tenant(5))
	changes := map[string]int{}
	for user, old := range before.events {
		now, here := after[user][old["id"].(string)]
		switch {
		case !here:
			changes["gone"]++
		case !same(now["start"], old["start"]):
			changes["moved"]++
			if day := func(e map[string]any) any { return e["start"].(map[string]any)["dateTime"].(string)[:10] }; day(now) != day(old) {
				changes["to another day"]++
			}
		case now["isCancelled"] != old["isCancelled"]:
			changes["cancelled"]++
		case now["changeKey"] == old["changeKey"]:
			changes["same"]++
		}
	}
	for user, e := range after.events {
		if before[user][e["id"].(string)] == nil {
			changes["new"]++
		}
	}
	for _, what := range []string{"gone", "moved", "to another day", "cancelled", "new"} {
		if changes[what] < 2 {
			t.Errorf("in three days: %v, want some %s", changes, what)
		}
	}
	if changes["same"] < 20*changes["moved"] {
		t.Errorf("in three days: %v, want most the same", changes)
	}
}

// A view has what overlaps it, in pages of ten if nothing else is said.
func TestCalendarPages(t *testing.T) {
	tenant := meetings(afterwards)
	path := usersPath + "/" + tenant.id(userIDs, 0).String() + "/calendarView"
	week, pages := all(t, tenant, path+wholeWeek)
	if len(pages) < 3 || pages[0] != 10 || pages[len(pages)-1] > 10 {
		t.Errorf("pages of %v", pages)
	}
	whole, _ := all(t, tenant, path+wholeWeek+"&$top=1000")
	thirds, _ := all(t, tenant, path+wholeWeek+"&$top=3&$select=subject,start,end")
	if !slices.Equal(column(week, "id"), column(whole, "id")) || !slices.Equal(column(thirds, "id"), column(whole, "id")) || len(thirds[0]) != 5 {
		t.Errorf("%d, %d and %d events; selected is %v", len(week), len(whole), len(thirds), thirds[0])
	}
	instant := func(e map[string]any, name string) string { return e[name].(map[string]any)["dateTime"].(string) }
	const noon, night = "2026-11-04T12:00:00.0000000", "2026-11-05T00:00:00.0000000"
	var want []string
	for _, e := range whole {
		if instant(e, "start") < night && instant(e, "end") > noon {
			want = append(want, e["id"].(string))
		}
	}
	half, _ := all(t, tenant, path+"?startDateTime="+url.QueryEscape("2026-11-04T13:00:00+01:00")+"&endDateTime=2026-11-05T00:00:00")
	if !slices.Equal(column(half, "id"), want) || len(want) == 0 {
		t.Errorf("half a day has %d events, want %d", len(half), len(want))
	}
}

func TestCalendarRefusals(t *testing.T) {
	tenant := meetings(afterwards)
	path := usersPath + "/" + tenant.id(userIDs, 0).String() + "/calendarView"
	for query, status := range map[string]int{
		"": 400, "?startDateTime=2026-11-02": 400, "?startDateTime=x&endDateTime=2026-11-03": 400,
		"?startDateTime=2026-11-03&endDateTime=2026-11-02": 400, "?startDateTime=2010-01-01&endDateTime=2026-11-02": 400,
		wholeWeek + "&$top=1001": 400, wholeWeek + "&$top=0": 400, wholeWeek + "&$skip=-1": 400, wholeWeek + "&$skip=9999": 200,
		wholeWeek + "&$select=shoeSize": 400, wholeWeek + "&$select=createdDateTime": 400, wholeWeek + "&$filter=isAllDay eq true": 501,
		wholeWeek + "&$search=x": 400,
	} {
		if a := get(t, tenant, path+query); a.status != status {
			t.Errorf("%s: %d %s, want %d", query, a.status, a.body, status)
		}
	}
	if a := get(t, tenant, usersPath+"/nobody/calendarView"+wholeWeek); a.status != 404 || a.text(t, "error", "code") != "ErrorInvalidUser" {
		t.Errorf("the calendar of nobody: %d %s", a.status, a.body)
	}
	if a := get(t, tenant, path+wholeWeek, "Prefer", `outlook.timezone="Pacific Standard Time"`); a.status != 501 {
		t.Errorf("another time zone: %d", a.status)
	}
	if a := get(t, tenant, path+wholeWeek, "Prefer", `outlook.timezone="UTC"`); !strings.Contains(string(a.body), `"timeZone":"UTC"`) {
		t.Errorf("in UTC: %d", a.status)
	}
}
