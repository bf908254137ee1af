package graphsim

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// What the answers add up to is what the generator says without writing them.
func TestTruth(t *testing.T) {
	o := small()
	o.Late = 0.5
	var segments []int
	for _, now := range []time.Time{monday.Add(30 * time.Hour), afterwards} { // before the late versions, and after
		o.Now = at(now)
		segments = append(segments, truthful(t, New(o)))
	}
	if segments[1] < segments[0]+60 {
		t.Errorf("%v segments: half of 148 calls got at least one more", segments)
	}
}

// truthful compares the answers of a tenant of one day with its truth, and gives its segments.
func truthful(t *testing.T, tenant *Tenant) int {
	t.Helper()
	var got Day
	got.Date = "2026-11-02"
	records, _ := all(t, tenant, recordsPath)
	for _, r := range records {
		id := r["id"].(string)
		got.CallRecords++
		got.VersionSum += int(r["version"].(float64))
		for _, s := range whole(t, tenant, id, "sessions", "sessions($expand=segments)") {
			got.Sessions++
			for _, segment := range objects(t, s, "segments") {
				got.Segments++
				for _, m := range objects(t, segment, "media") {
					got.Media++
					got.Streams += len(objects(t, m, "streams"))
				}
			}
		}
		got.Participants += len(whole(t, tenant, id, "participants_v2", "participants_v2"))
	}
	rows, _ := all(t, tenant, recordsPath+"/getPstnCalls(fromDateTime=2026-11-02,toDateTime=2026-11-02)")
	got.PSTN = len(rows)
	rows, _ = all(t, tenant, recordsPath+"/getDirectRoutingCalls(fromDateTime=2026-11-02,toDateTime=2026-11-03)")
	got.DirectRouting = len(rows)
	truth := tenant.Truth()
	if len(truth.Days) != 1 || truth.Days[0] != got || truth.Users != 30 {
		t.Errorf("the answers hold\n%+v, the generator says\n%+v", got, truth)
	}
	if got.PSTN == 0 || got.DirectRouting == 0 {
		t.Error("a day without a call to the telephone network shows nothing")
	}
	return got.Segments
}

// whole reads a record with one expansion and completes it.
func whole(t *testing.T, tenant *Tenant, id, name, expand string) []map[string]any {
	t.Helper()
	a := get(t, tenant, recordsPath+"/"+id+"?$expand="+expand)
	if a.status != 200 {
		t.Fatalf("%d %s", a.status, a.body)
	}
	list := objects(t, a.json, name)
	if next := a.text(t, name+"@odata.nextLink"); next != "" {
		more, _ := all(t, tenant, next)
		list = append(list, more...)
	}
	return list
}

// The middle of a working day is a meeting of Options.Large participants.
func TestLargeMeeting(t *testing.T) {
	o := small()
	o.Large = 300
	tenant := New(o)
	records, _ := all(t, tenant, recordsPath)
	path := recordsPath + "/" + records[74]["id"].(string)
	inline := get(t, tenant, path+"?$expand=sessions($expand=segments)")
	if n := len(objects(t, inline.json, "sessions")); n != 60 {
		t.Errorf("%d sessions inside the record, want 60", n)
	}
	sessions := whole(t, tenant, records[74]["id"].(string), "sessions", "sessions($expand=segments)")
	if ids := distinct(column(sessions, "id")); len(ids) != len(sessions) || len(ids) <= 300 {
		t.Errorf("%d different ids of %d sessions, want one each and more than 300, as some came twice", len(ids), len(sessions))
	}
	listed, pages := all(t, tenant, path+"/sessions?$expand=segments")
	if !slices.Equal(column(listed, "id"), column(sessions, "id")) || pages[0] != 60 || len(pages) != (len(sessions)+59)/60 {
		t.Errorf("listed in pages of %v, want the same %d sessions by 60", pages, len(sessions))
	}
	bare, _ := all(t, tenant, path+"/sessions")
	if bare[0]["segments"] != nil || len(bare) != len(sessions) {
		t.Error("sessions without $expand=segments hold segments, or are others")
	}
	parties, pages := all(t, tenant, path+"/participants_v2")
	if !slices.Equal(pages, []int{130, 130, 40}) || len(distinct(column(parties, "id"))) != 300 {
		t.Errorf("participants in pages of %v with %d ids, want 130, 130, 40 and 300", pages, len(distinct(column(parties, "id"))))
	}
	if n := len(whole(t, tenant, records[74]["id"].(string), "participants_v2", "participants_v2")); n != 300 {
		t.Errorf("%d participants inside the record and behind its link, want 300", n)
	}
	if organizer := get(t, tenant, path+"/organizer_v2"); organizer.text(t, "id") != parties[0]["id"] {
		t.Errorf("the organizer is %s, want the first participant", organizer.body)
	}
}

// Details exist from an hour after the end of a call until 30 days after it.
func TestDetailAge(t *testing.T) {
	o := small()
	records, _ := all(t, New(o), recordsPath)
	id, end := records[5]["id"].(string), instantOf(t, records[5], "endDateTime")
	for _, c := range []struct {
		after time.Duration
		want  int
	}{
		{0, 404}, {time.Hour - tick, 404}, {time.Hour, 200}, {oldest, 200}, {oldest + tick, 404},
	} {
		o.Now = at(end.Add(c.after))
		tenant := New(o)
		for _, rest := range []string{"", "/sessions", "/participants_v2", "/organizer_v2"} {
			a := get(t, tenant, recordsPath+"/"+id+rest)
			if a.status != c.want || c.want == 404 && a.text(t, "error", "code") != "NotFound" {
				t.Errorf("%s %v after the end: %d %.100s", rest, c.after, a.status, a.body)
			}
		}
	}
}

func TestUnknownRecord(t *testing.T) {
	other := small()
	other.Seed = 2
	foreign, _ := all(t, New(other), recordsPath)
	for _, id := range []string{"x", "11111111-2222-4333-8444-555555555555", foreign[0]["id"].(string)} {
		if a := get(t, New(small()), recordsPath+"/"+id); a.status != 404 {
			t.Errorf("%s: %d", id, a.status)
		}
	}
}

// Sessions lie within their call and segments within their session, and no two have one id. Who came
// more than once was away in between.
func TestSessionsNest(t *testing.T) {
	tenant := New(small())
	records, _ := all(t, tenant, recordsPath)
	again := 0
	for _, r := range records {
		var segments []string
		last := map[string]time.Time{}
		for _, s := range whole(t, tenant, r["id"].(string), "sessions", "sessions($expand=segments)") {
			within(t, r, s)
			for _, g := range objects(t, s, "segments") {
				within(t, s, g)
				segments = append(segments, g["id"].(string))
			}
			caller, _ := s["caller"].(map[string]any)
			who, _ := caller["associatedIdentity"].(map[string]any)
			id, _ := who["id"].(string)
			if left, ok := last[id]; ok && id != "" && r["type"] == "groupCall" {
				again++
				if instantOf(t, s, "startDateTime").Before(left) {
					t.Errorf("%v: %s came back before leaving", r["id"], id)
				}
			}
			last[id] = instantOf(t, s, "endDateTime")
		}
		if len(distinct(segments)) != len(segments) {
			t.Errorf("%v: %d segments have %d ids", r["id"], len(segments), len(distinct(segments)))
		}
	}
	if again < 20 {
		t.Errorf("only %d people came back", again)
	}
}

func within(t *testing.T, outer, inner map[string]any) {
	t.Helper()
	from, to := instantOf(t, inner, "startDateTime"), instantOf(t, inner, "endDateTime")
	if from.Before(instantOf(t, outer, "startDateTime")) || to.After(instantOf(t, outer, "endDateTime")) || to.Before(from) {
		t.Errorf("%v to %v lies not within %v to %v", from, to, outer["startDateTime"], outer["endDateTime"])
	}
}

// Records have about the size of Graph's, or a measurement against them would mean nothing.
func TestRecordSizes(t *testing.T) {
	o := small()
	o.Users = 200
	tenant := New(o)
	sizes := map[bool][]int{} // by whether it is a small group
	for c := range tenant.calls(place{day: tenant.first}, time.Time{}, afterwards) {
		if c.kind == direct || c.kind == group {
			a := ask(t, tenant, fmt.Sprintf("%s/%s?$expand=sessions($expand=segments)", recordsPath, c.id))
			sizes[c.kind == group] = append(sizes[c.kind == group], a.Body.Len())
		}
	}
	for of, bounds := range map[bool][2]int{false: {4_000, 10_000}, true: {15_000, 45_000}} {
		slices.Sort(sizes[of])
		median := sizes[of][len(sizes[of])/2]
		if median < bounds[0] || median > bounds[1] || sizes[of][0] < 2_000 {
			t.Errorf("group %v: median of %d bytes, least %d; want a median in %v", of, median, sizes[of][0], bounds)
		}
		t.Logf("group %v: %d records of %d, %d and %d bytes", of, len(sizes[of]), sizes[of][0], median, sizes[of][len(sizes[of])-1])
	}
}
