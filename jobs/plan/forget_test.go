package plan

import (
	"slices"
	"testing"
	"time"

	"graphlake/schemas"
)

// Graph keeps six days, and a day of them takes two to read: what is forgotten meanwhile is named, and at four times the rate nothing is.
func TestForgotten(t *testing.T) {
	d := hours("calls", schemas.Windowed, schemas.Day)
	d.Retention = 6 * schemas.Day
	d.Source.Budget = schemas.Budget{Name: "slow", First: schemas.Limit{Requests: 1, Per: 48 * time.Hour}}
	other := hours("logs", schemas.Windowed, schemas.Day)
	p, err := New(Selection{Tenants: []Tenant{contoso}, Datasets: []schemas.Dataset{d, other}, From: midnight(16), To: midnight(23)}, nil, now)
	if err != nil {
		t.Fatal(err)
	}
	short := func(gaps []Gap) (all []string) {
		for _, g := range gaps {
			all = append(all, g.Dataset+g.From.Format(" 02T15:04")+g.To.Format("-02T15:04"))
		}
		return all
	}
	// The 16th and the first hours of the 17th are forgotten already. The rest of the 17th is read now, the 18th from the 25th on.
	want := []string{"calls 18T00:00-19T02:30", "calls 20T00:00-21T02:30", "calls 22T00:00-23T00:00"}
	if got := short(p.Forgotten(1, now)); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if got := short(p.Forgotten(4, now)); got != nil {
		t.Errorf("at four times the rate %q", got)
	}
}

// What nothing is known of is counted by so many records a day.
func TestOnTop(t *testing.T) {
	p, err := New(Selection{Tenants: []Tenant{contoso}, Datasets: []schemas.Dataset{schemas.CallRecords}, From: midnight(21), To: midnight(23)}, nil, now)
	if err != nil {
		t.Fatal(err)
	}
	// Two days of 1,000 records: 17 pages each where 6 are known for sure, and two requests a record, 75 a second.
	n, least := p.OnTop(contoso, schemas.CallRecords, 1000, 1)
	if n != 2*(11+2000) || least < 30*time.Second || least > time.Minute {
		t.Errorf("%d requests in %v", n, least)
	}
	if known, expected := p.Total(); known != 12 || expected != 12 {
		t.Errorf("%d requests, expected %d; want 12 of each", known, expected)
	}
}
