package jobs_test

import (
	"slices"
	"strings"
	"testing"

	"graphlake/jobs"
	"graphlake/jobs/state"
	"graphlake/schemas"
)

// A call that is listed and never comes, whatever is answered for it, is alone: the others of its day are read, it
// is named wherever somebody may look, and every night asks for its second again, and for no more. Once it comes
// it is where it belongs. Once Graph has forgotten it, it is lost, which is said until somebody accepts it.
func TestOneRecordThatNeverComes(t *testing.T) {
	for how, reason := range map[string]string{
		"404": "not found 404 Sick", "400": "rejected 400 Sick", "401": "unauthorized 401 Sick", "403": "unauthorized 403 Sick",
		"500": "unavailable 500 Sick", "cut": "unavailable", "{}": "malformed", "another": "malformed",
	} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			o := &office{
				calls: map[string]call{"a": {"2026-11-16T10:00:00Z", 1}, "b": {"2026-11-16T12:34:56.789Z", 1}, "c": {"2026-11-17T09:00:00Z", 1}},
				sick:  map[string]string{"b": how},
			}
			d := schemas.CallRecords
			r := newOffice(t, o).at(at(18, 2))
			rep := r.night(t, d)
			i := slices.IndexFunc(rep.Units, func(u jobs.UnitReport) bool { return u.From.Equal(november(16)) })
			if u := rep.Units[i]; rep.Status != state.Data || !rep.Incomplete() || u.Behind != 1 || len(u.Who) != 1 || u.Who[0].Record != "b" || u.Who[0].Reason != reason {
				t.Fatalf("%+v", rep)
			}
			want(t, r.on(t, d, "call_id"), "16 a", "17 c")
			want(t, r.told(t, d), "b 16T12:34:56-16T12:34:57 since 18T02: "+reason)

			o.days()
			r = r.at(at(25, 2))
			if rep := r.night(t, d); rep.Status != state.Data || !rep.Incomplete() {
				t.Errorf("a later night: %+v", rep)
			}
			want(t, o.days(), "16T00:00:00 25T00:00:00") // the 16th had not settled
			r = r.at(at(26, 2))
			r.night(t, d)
			want(t, o.days(), "16T12:34:56 16T12:34:57", "23T00:00:00 26T00:00:00")
			want(t, r.told(t, d), "b 16T12:34:56-16T12:34:57 since 18T02: "+reason)

			if how == "500" || how == "404" { // December has 31 days from the 31st of November on
				r.forgets(t, o)
				return
			}
			delete(o.sick, "b")
			r = r.at(at(27, 2))
			if rep := r.night(t, d); rep.Incomplete() {
				t.Errorf("after it has come: %+v", rep)
			}
			want(t, r.on(t, d, "call_id"), "16 a", "16 b", "17 c")
			want(t, r.told(t, d))
			o.days()
			r.at(at(28, 2)).night(t, d)
			want(t, o.days(), "25T00:00:00 28T00:00:00")
		})
	}
}

// forgets is the end of a call that has never come.
func (r *rig) forgets(t *testing.T, o *office) {
	t.Helper()
	d := schemas.CallRecords
	r = r.at(at(46, 2)) // on the 16th of December
	if rep := r.night(t, d); !rep.Incomplete() {
		t.Errorf("on its last day: %+v", rep)
	}
	if got := r.told(t, d); len(got) != 1 || !strings.HasPrefix(got[0], "b 16T12:34:56") {
		t.Errorf("on its last day: %q", got)
	}
	var lost int64
	for day := 47; day < 50; day++ {
		r = r.at(at(day, 2))
		rep := r.night(t, d)
		for _, u := range rep.Units {
			lost += u.Lost
		}
		if rep.Status != state.Data || rep.Incomplete() != (day == 47) {
			t.Errorf("on day %d: %+v", day, rep)
		}
		want(t, r.told(t, d), "lost b 16T12:34:56-16T12:34:57")
	}
	if lost != 1 {
		t.Errorf("the reports tell of %d that are lost, want it told once", lost)
	}
	day16 := schemas.Range{From: november(16), To: november(17)}
	other := schemas.Range{From: november(17), To: november(18)}
	for _, c := range []struct {
		r    schemas.Range
		want int
	}{{other, 0}, {day16, 1}, {day16, 0}} {
		if n, err := state.AcceptLost(t.Context(), r.Store, state.Pair{TenantID: tenant.ID, Dataset: d.Name}, state.Accepted{From: c.r.From, To: c.r.To, By: "Ida", At: r.Now}, r.Log); n != c.want || err != nil {
			t.Errorf("accepted %d of %v, %v; want %d", n, c.r, err, c.want)
		}
	}
	o.days()
	r = r.at(at(50, 2))
	if rep := r.night(t, d); rep.Incomplete() {
		t.Errorf("after it was accepted: %+v", rep)
	}
	want(t, r.told(t, d))
	want(t, o.days(), "17T00:00:00 20T00:00:00") // of December
	if st := r.state(t, d); len(st.Accepted) != 1 || st.Accepted[0].By != "Ida" || !st.Accepted[0].At.Equal(at(49, 2)) {
		t.Errorf("accepted: %+v", st.Accepted)
	}
	want(t, r.on(t, d, "call_id"), "16 a", "17 c")
}
