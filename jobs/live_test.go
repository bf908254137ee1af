package jobs

import (
	"testing"
	"time"

	"graphlake/jobs/plan"
	"graphlake/schemas"
)

// A day of ten windows at one request a second: what is left is what was not sent yet, and once more was sent than
// was expected, or of what was never read, nobody knows.
func TestTimeLeft(t *testing.T) {
	d := schemas.Dataset{Name: "calls", Source: schemas.Source{
		Budget: schemas.Budget{Name: "calls", First: schemas.Limit{Requests: 10, Per: 10 * time.Second}},
		Window: schemas.Window{Longest: schemas.Day / 10},
	}}
	day := time.Date(2026, 11, 16, 0, 0, 0, 0, time.UTC)
	u := plan.Unit{Tenant: plan.Tenant{Name: "contoso", ID: "1"}, Dataset: d, Range: schemas.Range{From: day, To: day.Add(schemas.Day)}, Density: 5}
	for _, c := range []struct {
		name    string
		rate    float64
		density float64
		sent    int64 // by the first of two units
		done    bool  // it
		left    time.Duration
		known   bool
		share   float64
	}{
		{"at the start", 0, 5, 0, false, 20 * time.Second, true, 0},
		{"under way", 0, 5, 4, false, 16 * time.Second, true, 0.2},
		{"at twice the limits", 2, 5, 4, false, 8 * time.Second, true, 0.2},
		{"the first at its end", 0, 5, 10, true, 10 * time.Second, true, 0.5},
		{"the first with less than was expected", 0, 5, 2, true, 10 * time.Second, true, 0.5},
		{"the first with more, at its end", 0, 5, 15, true, 10 * time.Second, true, 0.5},
		{"with more, under way", 0, 5, 11, false, 0, false, 0.5},
		{"never read before", 0, 0, 4, false, 0, false, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := &Progress{Rate: c.rate}
			u.Density = c.density
			first := p.begin([]plan.Unit{u, u}, true)[0]
			first.count.Requests.Store(c.sent)
			first.done.Store(c.done)
			s := p.Standing()
			if s.All.Left != c.left || s.All.Known != c.known || s.All.Share != c.share || s.All.Expected != 20 || len(s.Each) != 1 {
				t.Errorf("got %+v", s)
			}
		})
	}
}
