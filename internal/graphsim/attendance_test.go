package graphsim

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// A walked is a meeting that somebody came to from a calendar: its reports, the newest first, with all of their records.
type walked struct {
	status  int // of the answer that ended the way
	reports []map[string]any
	pages   int // of records that were followed
}

// walk goes from the events of a calendar, by the links of those that its owner organizes, to the meetings and their reports.
func walk(t *testing.T, tenant *Tenant, user string, events []map[string]any) (list []walked) {
	t.Helper()
	links := map[string]bool{}
	for _, e := range events {
		meeting, _ := e["onlineMeeting"].(map[string]any)
		if link, _ := meeting["joinUrl"].(string); link != "" && e["isOrganizer"] == true {
			links[link] = true
		}
	}
	for _, link := range slices.Sorted(maps.Keys(links)) {
		found := get(t, tenant, user+"/onlineMeetings?$filter="+url.QueryEscape("JoinWebUrl eq '"+link+"'"))
		if found.status != 200 || len(found.values(t)) == 0 {
			list = append(list, walked{status: found.status})
			continue
		}
		one := found.values(t)[0]
		if one["joinWebUrl"] != link {
			t.Fatalf("%s leads to %v", link, one["joinWebUrl"])
		}
		w, path := walked{status: 200}, user+"/onlineMeetings/"+url.PathEscape(one["id"].(string))+"/attendanceReports"
		if a := get(t, tenant, path); a.status != 200 {
			list = append(list, walked{status: -a.status})
			continue
		}
		reports, _ := all(t, tenant, path)
		for _, listed := range reports {
			a := get(t, tenant, path+"/"+listed["id"].(string)+"?$expand=attendanceRecords")
			records := objects(t, a.json, "attendanceRecords")
			if next := a.text(t, "attendanceRecords@odata.nextLink"); next != "" {
				rest, pages := all(t, tenant, strings.TrimPrefix(next, "http://example.com"))
				records, w.pages = append(records, rest...), w.pages+len(pages)
			}
			listed["attendanceRecords"] = records
			w.reports = append(w.reports, listed)
		}
		list = append(list, w)
	}
	return list
}

// attendance adds the reports of what was walked.
func (r reading) attendance(t *testing.T, list []walked) {
	t.Helper()
	for _, w := range list {
		for _, report := range w.reports {
			r.add("attendance_reports", texts(report, "id"))
			for i, one := range report["attendanceRecords"].([]map[string]any) {
				r.add("attendance_records", texts(report, "id"), position(i))
				for j := range objects(t, one, "attendanceIntervals") {
					r.add("attendance_intervals", texts(report, "id"), position(i), position(j))
				}
			}
		}
	}
}

// Whoever goes from each calendar to the reports finds each once, with as many seconds as the truth counts; and all that is odd about
// attendance is in it.
func TestAttendance(t *testing.T) {
	o := Options{Seed: 3, Users: 150, Moves: 20, From: monday.AddDate(0, 0, -7), To: sunday, Large: 160, CallsPerUserDay: 3, Now: at(afterwards)}
	tenant := New(o)
	odd := map[string]int{}
	var sum Attendance
	met := map[string]bool{}
	for _, p := range tenant.people(0, tenant.Now()) {
		if !p.hasMailbox() {
			continue
		}
		user := "/v1.0/users/" + p.id.String()
		events, _ := all(t, tenant, user+"/calendarView?startDateTime=2026-10-25T00:00:00Z&endDateTime=2026-11-10T00:00:00Z&$top=1000")
		for _, w := range walk(t, tenant, user, events) {
			switch {
			case w.status == -404:
				odd["reports that are gone"]++
			case w.status == 404 || w.reports == nil:
				odd["a meeting that is gone"]++
			}
			odd["records on several pages"] += w.pages
			days := map[string]bool{}
			for _, report := range w.reports {
				id := texts(report, "id")
				if met[id] {
					t.Errorf("report %s is there twice", id)
				}
				met[id] = true
				days[texts(report, "meetingStartDateTime")[:10]] = true
				sum.Reports++
				look(t, report, &sum, odd)
			}
			if len(days) > 1 {
				odd["sessions of several days"]++
			} else if len(w.reports) > 1 {
				odd["two sessions of a day"]++
			}
		}
	}
	if truth := tenant.Truth(); truth.Attendance != sum || sum.Reports < 100 {
		t.Errorf("read %+v, the truth is %+v", sum, truth.Attendance)
	}
	for _, what := range []string{
		"a meeting that is gone", "reports that are gone", "records on several pages", "another number of people", "somebody who came back",
		"a stay outside of the session", "another sum", "nobody", "no id", "an id of no directory", "the same person twice", "two sessions of a day",
		"sessions of several days",
	} {
		if odd[what] == 0 {
			t.Errorf("nowhere is %s: %v", what, odd)
		}
	}
}

// look counts the seconds of a report, and what is odd in it.
func look(t *testing.T, report map[string]any, sum *Attendance, odd map[string]int) {
	t.Helper()
	records := report["attendanceRecords"].([]map[string]any)
	if report["totalParticipantCount"] != float64(len(records)) {
		odd["another number of people"]++
	}
	people := map[any]bool{}
	for _, r := range records {
		total, stays := int(r["totalAttendanceInSeconds"].(float64)), 0
		for j, in := range objects(t, r, "attendanceIntervals") {
			stays += int(in["durationInSeconds"].(float64))
			if j == 1 {
				odd["somebody who came back"]++
			}
			if texts(in, "joinDateTime")[:10] < texts(report, "meetingStartDateTime")[:10] {
				odd["a stay outside of the session"]++
			}
		}
		if sum.Seconds, sum.Stays = sum.Seconds+total, sum.Stays+stays; total != stays {
			odd["another sum"]++
		}
		identity, _ := r["identity"].(map[string]any)
		switch key, ok := identity["id"].(string); {
		case identity == nil:
			odd["nobody"]++
		case !ok:
			odd["no id"]++
		case people[key]:
			odd["the same person twice"]++
		default:
			people[key] = true
			if _, guid := parseGUID(key); !guid {
				odd["an id of no directory"]++
			}
		}
	}
}

// A report is there some time after the session; its meeting is nobody's else, and without a policy nobody's at all.
func TestAttendanceIsRefused(t *testing.T) {
	now := afterwards
	o := small()
	o.Users, o.From, o.To, o.Now = 60, monday, sunday, func() time.Time { return now }
	tenant := New(o)
	var m plannedMeeting
	var s session
	for of, one := range tenant.everySession(now) {
		if m, s = *of, *one; s.call != nil {
			break
		}
	}
	user := func(number int) string { return "/v1.0/users/" + tenant.key(party{number: number}) }
	lookup := func(number int) answer {
		return get(t, tenant, user(number)+"/onlineMeetings?$filter="+url.QueryEscape("JoinWebUrl eq '"+m.link(tenant)+"'"))
	}
	reports := func() answer {
		return get(t, tenant, user(m.organizer)+"/onlineMeetings/"+url.PathEscape(m.id(tenant))+"/attendanceReports")
	}
	if a, b := lookup(m.organizer), lookup(m.organizer+1); a.status != 200 || b.status != 404 {
		t.Errorf("the meeting: %d to its organizer, %d to another", a.status, b.status)
	}
	if a := get(t, tenant, user(m.organizer)+"/onlineMeetings"); a.status != 400 {
		t.Errorf("all meetings: %d", a.status)
	}
	held := len(reports().values(t))
	now = s.end
	if early := len(reports().values(t)); held == 0 || early >= held {
		t.Errorf("%d reports when the session has ended, later %d", early, held)
	}
	now = afterwards
	tenant.Roles = []string{"OnlineMeetings.Read.All"}
	if a, b := lookup(m.organizer), reports(); a.status != 200 || b.status != 403 {
		t.Errorf("with the permission for meetings alone: %d, and of reports %d", a.status, b.status)
	}
	tenant.Roles, tenant.NoPolicy = nil, 1
	if a := lookup(m.organizer); a.status != 403 || !strings.Contains(fmt.Sprint(a.json), tenant.key(party{number: m.organizer})) {
		t.Errorf("without a policy: %d %v", a.status, a.json)
	}
	if n := tenant.Truth().Attendance.Reports; n != 0 {
		t.Errorf("without a policy %d reports can be read", n)
	}
}
