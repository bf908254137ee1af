package jobs_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"graphlake/jobs"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/schemas"
)

// believing is a night that takes what Graph gives for all that there is.
func (r *rig) believing(t *testing.T, datasets ...schemas.Dataset) jobs.Report {
	t.Helper()
	rep, err := r.Run(t.Context(), plan.Selection{Tenants: []plan.Tenant{tenant}, Datasets: datasets, Believe: true})
	if err != nil {
		t.Fatal(err)
	}
	return rep
}

// meetings are of users who have one on each day from the 11th to the 19th.
func meetings(users ...string) *office {
	o := &office{users: users, meetings: map[string]map[string]string{}}
	for _, user := range users {
		o.meetings[user] = map[string]string{}
		for day := 11; day < 20; day++ {
			o.meetings[user][fmt.Sprint(user, "-", day)] = fmt.Sprintf("2026-11-%dT10:00:00Z", day)
		}
	}
	return o
}

func thirty() (users []string) {
	for i := range 30 {
		users = append(users, fmt.Sprintf("user-%02d", i))
	}
	return users
}

// removed is how many meetings of the days up to the 20th a lake has, and how many of them are removed.
func (r *rig) removed(t *testing.T) (all, removed int) {
	t.Helper()
	for _, row := range r.on(t, schemas.CalendarEvents, "removed") {
		all++
		if strings.HasSuffix(row, "true") {
			removed++
		}
	}
	return all, removed
}

// A list of users that is empty, or of half of them or less, is no reason to remove what they had: that night nothing
// changes, the report says why, and the days are due as before. Whoever knows that it is right says so.
func TestAShortListOfUsersRemovesNothing(t *testing.T) {
	d := schemas.CalendarEvents
	for _, left := range []int{0, 14} {
		o := meetings(thirty()...)
		r := newOffice(t, o).at(at(18, 2))
		r.night(t, d)
		if all, gone := r.removed(t); all != 270 || gone != 0 {
			t.Fatalf("%d meetings, %d removed", all, gone)
		}
		before, covered := r.bytes(t), fmt.Sprint(r.state(t, d).Coverage)
		o.users = o.users[:left]
		r = r.at(at(19, 2))
		rep := r.night(t, d)
		for _, u := range rep.Units {
			if u.Outcome != state.Doubted || u.Doubt == nil || *u.Doubt != (jobs.Doubt{Of: "parents", Now: int64(left), Before: 30}) {
				t.Errorf("%d are left: %+v", left, u)
			}
		}
		if len(rep.Units) == 0 || rep.Status != state.Data || !rep.Incomplete() {
			t.Errorf("%d are left: %+v", left, rep)
		}
		after := r.bytes(t)
		maps.DeleteFunc(after, func(name, _ string) bool { return strings.Contains(name, "/dt=2026-12-16/") }) // new, empty and not covered
		differ(t, "after a doubt", after, before)
		if got := fmt.Sprint(r.state(t, d).Coverage); got != covered {
			t.Errorf("the coverage is %s, was %s", got, covered)
		}
		r = r.at(at(20, 2))
		if rep := r.believing(t, d); rep.Status != state.Data || rep.Incomplete() {
			t.Errorf("believed: %+v", rep)
		}
		if all, gone := r.removed(t); all != 270 || gone != 0 { // nobody has said that they are gone
			t.Errorf("%d meetings, %d removed", all, gone)
		}
		if st := r.state(t, d); st.Parents != int64(left) {
			t.Errorf("%d parents", st.Parents)
		}
	}
}

// The same of a picture: it is not replaced by one of far fewer, before somebody says that it is right.
func TestAShortPictureIsNotTaken(t *testing.T) {
	entries := func(ids []string) string {
		var all []string
		for _, id := range ids {
			all = append(all, fmt.Sprintf(`{"id":%q,"department":"Sales"}`, id))
		}
		return strings.Join(all, ",")
	}
	for _, left := range []int{0, 14} {
		d := directory{"": {entries(thirty()), "t1"}, "t1": {"", "t1"}}
		r := newRig(t, d)
		r.at(at(18, 2)).night(t, schemas.Users)
		before := r.bytes(t)
		delete(d, "t1") // the cursor has run out
		d[""] = [2]string{entries(thirty()[:left]), "t2"}
		d["t2"] = [2]string{"", "t2"}
		rep := r.at(at(19, 2)).night(t, schemas.Users)
		if u := rep.Units[0]; u.Outcome != state.Doubted || *u.Doubt != (jobs.Doubt{Of: "records", Now: int64(left), Before: 30}) || !rep.Incomplete() {
			t.Errorf("%+v", rep)
		}
		differ(t, "after a doubt", r.bytes(t), before)
		if st := r.state(t, schemas.Users); !st.Picture.Equal(november(18)) {
			t.Errorf("the newest picture is of %v", st.Picture)
		}
		if rep := r.at(at(19, 5)).believing(t, schemas.Users); rep.Incomplete() || rep.Status != state.Data {
			t.Errorf("%+v", rep)
		}
		if got := strings.Count(strings.Join(r.people(t, 19), "\n"), "removed"); got != 30-left {
			t.Errorf("%d are removed, want %d", got, 30-left)
		}
	}
}

// Graph gives far fewer calls of a day than the lake has: the lake keeps them, and asks again the next night.
func TestFarFewerRecords(t *testing.T) {
	d, o := schemas.CallRecords, &office{calls: map[string]call{}}
	for i := range 24 {
		o.calls[fmt.Sprintf("c%02d", i)] = call{fmt.Sprintf("2026-11-16T%02d:00:00Z", i), 1}
	}
	all := o.calls
	r := newOffice(t, o).at(at(17, 2))
	r.night(t, d)
	o.calls = map[string]call{"c00": all["c00"], "c01": all["c01"], "new": {"2026-11-16T12:00:00Z", 1}}
	r = r.at(at(18, 2))
	rep := r.night(t, d)
	i := slices.IndexFunc(rep.Units, func(u jobs.UnitReport) bool { return u.From.Equal(november(16)) })
	if u := rep.Units[i]; u.Outcome != state.Doubted || *u.Doubt != (jobs.Doubt{Of: "records", Now: 3, Before: 24}) || !rep.Incomplete() || rep.Status != state.Data {
		t.Errorf("%+v", rep)
	}
	if got := r.on(t, d, "call_id"); len(got) != 25 || !slices.Contains(got, "16 new") {
		t.Errorf("the lake has %q", got)
	}
	o.days()
	o.calls = all
	all["new"] = call{"2026-11-16T12:00:00Z", 1}
	r = r.at(at(18, 5))
	if rep := r.night(t, d); rep.Incomplete() {
		t.Errorf("%+v", rep)
	}
	want(t, o.days(), "16T00:00:00 17T00:00:00")
	want(t, r.audit(t, d))
}

// A mailbox that gives nothing for a night has removed nothing. What is missing on a second night as well is gone.
func TestAMailboxThatIsEmptyForANight(t *testing.T) {
	d, o := schemas.CalendarEvents, meetings("ann", "bob", "cid")
	r := newOffice(t, o).at(at(18, 2))
	r.night(t, d)
	ann := o.meetings["ann"]
	o.meetings["ann"] = nil
	r = r.at(at(19, 2))
	if rep := r.night(t, d); rep.Status != state.Data || rep.Incomplete() {
		t.Errorf("%+v", rep)
	}
	if all, gone := r.removed(t); all != 27 || gone != 0 {
		t.Errorf("after a night: %d of %d are removed", gone, all)
	}
	o.meetings["ann"] = ann
	r = r.at(at(20, 2))
	r.night(t, d)
	if all, gone := r.removed(t); all != 27 || gone != 0 {
		t.Errorf("after it is back: %d of %d are removed", gone, all)
	}
	fresh := r.fresh(t)
	fresh.days(t, 11, 20, d)
	for day := 12; day < 20; day++ { // that it was absent has left no trace
		if got, want := r.bytes(t)[part("tables", d.Name, november(day)).Object()], fresh.bytes(t)[part("tables", d.Name, november(day)).Object()]; got != want {
			t.Errorf("the %dth is another than read at once", day)
		}
	}
	o.meetings["ann"] = nil
	for day := 21; day < 24; day++ {
		r = r.at(at(day, 2))
		r.night(t, d)
	}
	want := 0 // all but those before the lookback when they went
	for _, row := range r.on(t, d, "user_id", "removed") {
		if strings.Contains(row, "ann") && strings.HasSuffix(row, "true") {
			want++
		}
	}
	if want != 6 { // of the 14th to the 19th
		t.Errorf("in the end %d meetings are removed, want 6: %q", want, r.on(t, d, "user_id", "removed"))
	}
}

// A meeting that moves over a midnight at either edge of what is read is on one day afterwards and not removed:
// which is read by a range of one day, or by the lookback alone.
func TestMeetingsMoveOverTheEdges(t *testing.T) {
	t.Parallel()
	d := schemas.CalendarEvents
	for name, c := range map[string]struct {
		from, to string
		day      int // the only one that is read; 0: what is due
	}{
		"back over the lower edge of a range": {"2026-11-10T00:30:00Z", "2026-11-09T23:00:00Z", 10},
		"over the upper edge of a range":      {"2026-11-10T23:30:00Z", "2026-11-11T00:30:00Z", 10},
		"into a range from below":             {"2026-11-09T23:00:00Z", "2026-11-10T00:30:00Z", 10},
		"into a range from above":             {"2026-11-11T00:30:00Z", "2026-11-10T23:30:00Z", 10},
		"back over the edge of the lookback":  {"2026-11-10T00:30:00Z", "2026-11-09T23:00:00Z", 0},
		"over the lookback's edge into it":    {"2026-11-09T23:00:00Z", "2026-11-10T00:30:00Z", 0},
	} {
		o := &office{users: []string{"ann"}, meetings: map[string]map[string]string{"ann": {"m": c.from, "a": "2026-11-09T12:00:00Z", "b": "2026-11-10T12:00:00Z", "c": "2026-11-11T12:00:00Z"}}}
		r := newOffice(t, o)
		for day := 10; day < 17; day++ {
			r.at(at(day, 2)).night(t, d)
		}
		o.meetings["ann"]["m"] = c.to
		if c.day != 0 {
			r.at(at(16, 12)).days(t, c.day, c.day+1, d)
		}
		for day := 17; day < 26; day++ {
			r = r.at(at(day, 2))
			if rep := r.night(t, d); rep.Status != state.Data || rep.Incomplete() {
				t.Errorf("%s: %+v", name, rep)
			}
		}
		got := r.on(t, d, "event_id", "removed")
		wanted := inOrder(fmt.Sprint(moment(c.to).Day(), " m false"), "9 a false", "10 b false", "11 c false")
		slices.Sort(got)
		if !slices.Equal(got, wanted) {
			t.Errorf("%s: %q, want %q", name, got, wanted)
		}
		want(t, r.audit(t, d))
	}
}

// A version that the list announces and the record does not have yet is asked for until it has come, however
// long that takes.
func TestTheVersionThatWasAnnounced(t *testing.T) {
	d := schemas.CallRecords
	o := &office{calls: map[string]call{"a": {"2026-11-10T10:00:00Z", 2}}, listed: map[string]call{"a": {"2026-11-10T10:00:00Z", 3}}}
	r := newOffice(t, o)
	for day := 11; day < 18; day++ {
		o.days()
		r = r.at(at(day, 2))
		rep := r.night(t, d)
		if rep.Incomplete() || r.held(t, 10)["a"] != 2 {
			t.Errorf("on the %dth: %v, %+v", day, r.held(t, 10), rep)
		}
		if got := o.days(); len(got) == 0 || day > 14 && got[0] != "10T00:00:00 11T00:00:00" {
			t.Errorf("on the %dth it asks for %v", day, got)
		}
	}
	o.calls["a"] = call{"2026-11-10T10:00:00Z", 3}
	r = r.at(at(18, 2))
	r.night(t, d)
	if got := r.held(t, 10)["a"]; got != 3 {
		t.Errorf("the lake has version %d", got)
	}
	o.days()
	r.at(at(19, 2)).night(t, d)
	want(t, o.days(), "16T00:00:00 19T00:00:00")
}
