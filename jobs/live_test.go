package jobs

import (
	"math"
	"testing"
	"time"

	"graphlake/extract"
	"graphlake/jobs/plan"
	"graphlake/schemas"
)

// A day of ten windows at one request a second: what is left is what was not sent yet. What was never read, or takes more
// than was expected, is guessed.
func TestTimeLeft(t *testing.T) {
	d := schemas.Dataset{Name: "calls", Source: schemas.Source{
		Budget: schemas.Budget{Name: "calls", First: schemas.Limit{Requests: 10, Per: 10 * time.Second}},
		Window: schemas.Window{Longest: schemas.Day / 10},
	}}
	day := time.Date(2026, 11, 16, 0, 0, 0, 0, time.UTC)
	u := plan.Unit{Tenant: plan.Tenant{Name: "contoso", ID: "1"}, Dataset: d, Range: schemas.Range{From: day, To: day.Add(schemas.Day)}, Density: 5}
	for _, c := range []struct {
		name     string
		rate     float64
		density  float64
		sent     int64 // by the first of two units
		done     bool  // it
		left     time.Duration
		guessed  bool
		share    float64
		expected int64
	}{
		{"at the start", 0, 5, 0, false, 20 * time.Second, false, 0, 20},
		{"under way", 0, 5, 4, false, 16 * time.Second, false, 0.2, 20},
		{"at twice the limits", 2, 5, 4, false, 8 * time.Second, false, 0.2, 20},
		{"the first at its end", 0, 5, 10, true, 10 * time.Second, false, 0.5, 20},
		{"the first with less than was expected", 0, 5, 2, true, 10 * time.Second, false, 1. / 6, 12},
		{"the first with more, at its end", 0, 5, 15, true, 10 * time.Second, false, 0.6, 25},
		{"with more, under way: the expectation grows", 0, 5, 11, false, 11 * time.Second, true, 0.5, 22},
		{"never read before: its windows are the least, and the other takes as many", 0, 0, 4, false, 16 * time.Second, true, 0.2, 20},
		{"never read before, and more than that: so is the other", 0, 0, 30, false, 32 * time.Second, true, 30. / 62, 62},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := &Progress{Rate: c.rate}
			u.Density = c.density
			first := p.begin([]plan.Unit{u, u}, true)[0]
			first.count.Requests.Store(c.sent)
			first.done.Store(c.done)
			s := p.Standing()
			if s.All.Left != c.left || !s.All.Known || s.All.Guessed != c.guessed || math.Abs(s.All.Share-c.share) > 1e-9 || s.All.Expected != c.expected || len(s.Each) != 1 {
				t.Errorf("got %+v", s)
			}
		})
	}
}

// What was counted so far says what is still to come, of a unit that nobody has read before.
func TestExpectedByWhatWasCounted(t *testing.T) {
	calls := schemas.Source{Detail: &schemas.Detail{Path: "/calls/{id}", Queries: make([][]schemas.Param, 2)}, Window: schemas.Window{Longest: schemas.Day / 10}}
	mailboxes := schemas.Source{Parent: &schemas.Parent{Path: "/users"}}
	batches := schemas.Source{Parent: &schemas.Parent{Path: "/users", Batch: 100}}
	teams := schemas.Source{Detail: &schemas.Detail{Parts: make([]schemas.Part, 1)}}
	for _, c := range []struct {
		name     string
		source   schemas.Source
		sent     int64
		counts   counted
		expected int64
		basis    basis
	}{
		{"nothing sent", calls, 0, counted{extract.Counts{}, extract.Reach{Span: schemas.Day}}, 10, unknown},
		{"a list that has begun", calls, 3, counted{extract.Counts{Listed: 50}, extract.Reach{Span: schemas.Day, Spanned: schemas.Day / 100}}, 10, unknown},
		{"a tenth listed", calls, 101, counted{extract.Counts{Listed: 100, Read: 50}, extract.Reach{Span: schemas.Day, Spanned: schemas.Day / 10}}, 101 + 9 + 2*950, guessed},
		{"a tenth listed, half of it held", calls, 101, counted{extract.Counts{Listed: 100, Held: 50, Read: 50}, extract.Reach{Span: schemas.Day, Spanned: schemas.Day / 10}}, 101 + 9 + 2*450, guessed},
		{"all listed", calls, 110, counted{extract.Counts{Listed: 100, Read: 50}, extract.Reach{Span: schemas.Day, Spanned: schemas.Day}}, 110 + 100, guessed},
		{"all read", calls, 210, counted{extract.Counts{Listed: 100, Read: 100}, extract.Reach{Span: schemas.Day, Spanned: schemas.Day}}, 211, guessed},
		{"parents not listed yet", mailboxes, 1, counted{extract.Counts{}, extract.Reach{}}, 2, unknown},
		{"parents listed", mailboxes, 1, counted{extract.Counts{Parents: 1000}, extract.Reach{}}, 1001, guessed},
		{"a tenth of the parents asked, three pages each", mailboxes, 300, counted{extract.Counts{Parents: 1000}, extract.Reach{Asked: 100}}, 3000, guessed},
		{"all parents asked", mailboxes, 3000, counted{extract.Counts{Parents: 1000}, extract.Reach{Asked: 1000}}, 3001, guessed},
		{"parents in batches", batches, 1, counted{extract.Counts{Parents: 1000}, extract.Reach{}}, 11, guessed},
		{"teams, each with a list", teams, 31, counted{extract.Counts{Listed: 100, Read: 30}, extract.Reach{Span: schemas.Day, Spanned: schemas.Day}}, 31 + 73, guessed},
	} {
		t.Run(c.name, func(t *testing.T) {
			day := time.Date(2026, 11, 16, 0, 0, 0, 0, time.UTC)
			l := newLive(plan.Unit{Dataset: schemas.Dataset{Source: c.source}, Range: schemas.Range{From: day, To: day.Add(schemas.Day)}}, true)
			m := moment{requests: c.sent}
			if l.estimate(&m, c.counts); m.expected != c.expected || m.basis != c.basis || m.share >= 1 {
				t.Errorf("got %+v, want %d of %v", m, c.expected, c.basis)
			}
		})
	}
}

// A unit that has not begun takes what others of its dataset take by the day, or asks the parents that others have listed.
func TestExpectedOfUnitsToCome(t *testing.T) {
	day := time.Date(2026, 11, 16, 0, 0, 0, 0, time.UTC)
	unit := func(name string, source schemas.Source, days int) plan.Unit {
		return plan.Unit{Tenant: plan.Tenant{ID: "1"}, Dataset: schemas.Dataset{Name: name, Source: source}, Range: schemas.Range{From: day, To: day.Add(time.Duration(days) * schemas.Day)}}
	}
	users := &schemas.Parent{Path: "/users"}
	units := []*live{
		newLive(unit("calls", schemas.Source{Detail: &schemas.Detail{Path: "/{id}", Queries: make([][]schemas.Param, 2)}}, 1), true),
		newLive(unit("calls", schemas.Source{Detail: &schemas.Detail{Path: "/{id}", Queries: make([][]schemas.Param, 2)}}, 3), true),
		newLive(unit("events", schemas.Source{Parent: users}, 1), true),
		newLive(unit("messages", schemas.Source{Parent: users}, 1), true),
		newLive(unit("channels", schemas.Source{Parent: &schemas.Parent{Path: "/teams"}}, 1), true),
	}
	now := []moment{{requests: 100, expected: 1000, basis: guessed}, {}, {requests: 1, expected: 401, parents: 400, basis: guessed}, {}, {}}
	like := newSiblings(units, now)
	for i, want := range []int64{1000, 3000, 401, 400, 0} {
		if like.fill(units[i], &now[i]); now[i].expected != want || (now[i].basis == unknown) != (want == 0) {
			t.Errorf("unit %d: %+v, want %d", i, now[i], want)
		}
	}
}
