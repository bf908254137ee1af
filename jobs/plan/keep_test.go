package plan_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/schemas"
)

var contoso = plan.Tenant{Name: "contoso", ID: "4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30"}

// A day is too old when its end is.
func TestTooOld(t *testing.T) {
	at := func(text string) time.Time {
		t.Helper()
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	keep := plan.Keep{Raw: 10 * schemas.Day, Tables: 36 * time.Hour}
	for _, c := range []struct {
		kind load.Kind
		now  string
		want string // the first day that is kept
	}{
		{load.Raw, "2026-11-20T00:00:00Z", "2026-11-10"},
		{load.Raw, "2026-11-20T23:59:59Z", "2026-11-10"},
		{load.Raw, "2026-11-20T23:30:00+01:00", "2026-11-10"},
		{load.Raw, "2026-11-21T00:30:00+01:00", "2026-11-10"},
		{load.Tables, "2026-11-20T11:59:59Z", "2026-11-18"},
		{load.Tables, "2026-11-20T12:00:00Z", "2026-11-19"},
	} {
		if got := keep.From(c.kind, at(c.now)).Format(time.DateOnly); got != c.want {
			t.Errorf("%s at %s is kept from %s on, want %s", c.kind, c.now, got, c.want)
		}
	}
	if keep.TooOld(load.Quarantine, at("1999-01-01T00:00:00Z"), at("2026-11-20T00:00:00Z")) {
		t.Error("what nothing is said of is too old")
	}
}

// Whatever is remembered and asked for: nothing that is too old is read, and nothing that was removed by itself.
func TestNothingRemovedIsPlanned(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	now := time.Date(2026, 11, 23, 2, 30, 0, 0, time.UTC)
	day := func(n int) time.Time { return now.Truncate(schemas.Day).Add(time.Duration(n-40) * schemas.Day) }
	for range 3000 {
		d := []schemas.Dataset{schemas.PSTNCalls, schemas.ChatMessages, schemas.CalendarEvents, schemas.CallRecords}[rng.IntN(4)]
		var st state.State
		if rng.IntN(3) > 0 {
			st.Since = day(rng.IntN(40))
		}
		for range rng.IntN(8) {
			from := rng.IntN(40)
			r := schemas.Range{From: day(from), To: day(from + 1 + rng.IntN(8))}
			switch rng.IntN(4) {
			case 0:
				st.Remove(load.Raw, d, r, now)
			case 1:
				st.Behind = append(st.Behind, state.Behind{Record: "r", From: r.From, To: r.From.Add(time.Hour)})
			default:
				o := []state.Outcome{state.Data, state.Empty, state.Failed, state.Forbidden}[rng.IntN(4)]
				st.Cover(d, state.Covered{From: r.From, To: r.To, Outcome: o, Read: r.To.Add(time.Duration(rng.IntN(100)) * time.Hour), Absent: int64(rng.IntN(2))})
				if rng.IntN(3) == 0 {
					st.MarkUnsure(r)
				}
			}
		}
		sel := plan.Selection{Tenants: []plan.Tenant{contoso}, Datasets: []schemas.Dataset{d}, Yes: true, Keep: map[string]plan.Keep{d.Name: {Raw: time.Duration(1+rng.IntN(40)) * schemas.Day}}}
		if rng.IntN(2) == 0 {
			sel.From = day(rng.IntN(39)).Add(time.Duration(rng.IntN(3)) * 8 * time.Hour)
			sel.To = day(40)
		}
		known := map[state.Pair]state.State{{TenantID: contoso.ID, Dataset: d.Name}: st}
		p, err := plan.New(sel, known, now)
		if err != nil {
			t.Fatal(err)
		}
		old := sel.KeepOf(d).From(load.Raw, now)
		for _, u := range p.Units {
			if u.Range.From.Before(old) {
				t.Fatalf("%v is read, and raw is kept from %v on only", u.Range, old)
			}
			for _, date := range u.Range.Days() {
				if part := u.Range.Intersect(schemas.Range{From: date, To: date.Add(schemas.Day)}); st.IsRemoved(load.Raw, date) && (!sel.Ranged() || part.To.Sub(part.From) < schemas.Day) {
					t.Fatalf("%v of a removed day is read, ranged: %v", part, sel.Ranged())
				}
			}
		}
		cut := sel.Ranged() && sel.From.Before(old)
		if told := slices.ContainsFunc(p.Notes, func(n plan.Note) bool { return strings.Contains(n.Message, "keeps no raw of before") }); told != cut {
			t.Fatalf("told that the range is cut: %v, want %v: %+v", told, cut, p.Notes)
		}
		for _, g := range p.Gaps {
			if g.From.Before(old) {
				t.Fatalf("a gap from %v on is named, and raw is kept from %v on only", g.From, old)
			}
		}
	}
}
