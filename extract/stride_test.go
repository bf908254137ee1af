package extract_test

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"graphlake/extract"
	"graphlake/extract/graph"
	"graphlake/internal/graphsim"
	"graphlake/schemas"
)

// pages counts what the list of a simulated tenant is asked for.
type pages struct {
	mu                      sync.Mutex
	first, further, records int
}

// least is the least time that the published budgets allow for them.
func (p *pages) least() time.Duration {
	b := schemas.CallRecords.Source.Budget
	return max(
		time.Duration(p.first)*b.First.Per/time.Duration(b.First.Requests),
		time.Duration(p.further)*b.Next.Per/time.Duration(b.Next.Requests))
}

// listPages reads the list of a tenant's calls, without the details.
func listPages(t *testing.T, o graphsim.Options, w schemas.Window) *pages {
	t.Helper()
	o.Now = func() time.Time { return o.To }
	sim, p := graphsim.New(o), new(pages)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		if r.URL.Query().Has("$skiptoken") {
			p.further++
		} else {
			p.first++
		}
		p.mu.Unlock()
		sim.ServeHTTP(w, r)
	}))
	defer server.Close()
	client, err := graph.New(graph.Options{Endpoint: server.URL, Token: graph.StaticToken{Secret: "token"}, Rate: 1e4})
	if err != nil {
		t.Fatal(err)
	}
	ds := schemas.CallRecords
	ds.Source.Window, ds.Source.Detail = w, nil
	for _, err := range extract.Read(client, ds, schemas.Range{From: o.From, To: o.To}, extract.Options{Now: o.To}).Records(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		p.records++
	}
	t.Logf("%d records on %d first and %d further pages, in at least %v", p.records, p.first, p.further, p.least())
	return p
}

// Of the same records, the windows of call records take less time than windows of an hour, and where
// little is there to be listed not many more first pages.
func TestWindowsFitPages(t *testing.T) {
	for _, c := range []struct {
		name     string
		users    int
		date     string
		quicker  float64
		mostMore int
	}{
		{"a busy day", 2000, "2026-03-03", 3.3, 170},
		{"a calm day", 300, "2026-03-03", 1.4, 12},
		{"a day almost without calls", 60, "2026-03-08", 1.5, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := graphsim.Options{Users: c.users, From: day(c.date), To: day(c.date).Add(schemas.Day)}
			was, is := listPages(t, o, hourly), listPages(t, o, schemas.CallRecords.Source.Window)
			if is.records != was.records || is.records == 0 {
				t.Errorf("%d records, want %d", is.records, was.records)
			}
			if q := float64(was.least()) / float64(is.least()); q < c.quicker {
				t.Errorf("%.2f times as quick, want %v", q, c.quicker)
			}
			if is.first > was.first+c.mostMore {
				t.Errorf("%d first pages, want at most %d more than %d", is.first, c.mostMore, was.first)
			}
		})
	}
}

// A week of a tenant that has 100,000 records a month, in days, as a backfill reads it: the two requests
// for each record take longer than the list, which would take three times as long with windows of an
// hour.
func TestListIsNotTheBottleneck(t *testing.T) {
	var list pages
	for d := range 7 {
		from := day("2026-03-02").Add(time.Duration(d) * schemas.Day)
		p := listPages(t, graphsim.Options{Users: 930, Seed: 3, From: from, To: from.Add(schemas.Day)}, schemas.CallRecords.Source.Window)
		list.first, list.further, list.records = list.first+p.first, list.further+p.further, list.records+p.records
	}
	b := schemas.CallRecords.Source.Detail.Budget.First
	details := time.Duration(2*list.records) * b.Per / time.Duration(b.Requests)
	if list.records < 100_000*7/31 || list.least() > details {
		t.Errorf("%d records: %d first and %d further pages take %v, the details %v",
			list.records, list.first, list.further, list.least(), details)
	}
}
