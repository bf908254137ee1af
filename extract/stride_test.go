package extract_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
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
	p := new(pages)
	p.list(t, o, w, extract.Options{})
	t.Logf("%d records on %d first and %d further pages, in at least %v", p.records, p.first, p.further, p.least())
	return p
}

// list adds a list to the pages, and gives when its records begin, in order.
func (p *pages) list(t *testing.T, o graphsim.Options, w schemas.Window, how extract.Options) (starts []time.Time) {
	t.Helper()
	o.Now = func() time.Time { return o.To }
	sim := graphsim.New(o)
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
	how.Now = o.To
	for record, err := range extract.Read(client, ds, schemas.Range{From: o.From, To: o.To}, how).Records(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		starts = append(starts, instant(extract.Text(record.JSON, "startDateTime")))
	}
	p.mu.Lock()
	p.records += len(starts)
	p.mu.Unlock()
	slices.SortFunc(starts, time.Time.Compare)
	return starts
}

// A night lists two days that it holds, and one of which it knows only how the day before went: it takes hardly more
// time than if all pages were full; who comes first takes the further pages, so that it is not the same each time.
func TestWindowsFitWhatIsHeld(t *testing.T) {
	of := func(d int) graphsim.Options {
		return graphsim.Options{Users: 2000, From: day("2026-03-02").AddDate(0, 0, d), To: day("2026-03-03").AddDate(0, 0, d)}
	}
	var held [2][]time.Time
	for d := range held {
		held[d] = new(pages).list(t, of(d), schemas.CallRecords.Source.Window, extract.Options{})
	}
	like := make([]time.Time, len(held[1]))
	for i, at := range held[1] {
		like[i] = at.AddDate(0, 0, 1)
	}
	for _, c := range []struct {
		name string
		days []extract.Options
		most float64
	}{
		{"held", []extract.Options{{Starts: held[0]}, {Starts: held[1]}}, 1.03},
		{"a like day", []extract.Options{{}, {}, {Starts: like, Guessed: true}}, 1.45},
		{"a night", []extract.Options{{Starts: held[0]}, {Starts: held[1]}, {Starts: like, Guessed: true}}, 1.12},
	} {
		p, shared := new(pages), new(extract.Shared)
		var days sync.WaitGroup
		for d, how := range c.days {
			if how.Starts == nil {
				continue
			}
			how.Shared = shared
			days.Go(func() { p.list(t, of(d), schemas.CallRecords.Source.Window, how) })
		}
		days.Wait()
		b := schemas.CallRecords.Source.Budget
		perSecond := float64(b.First.Requests)/b.First.Per.Seconds() + float64(b.Next.Requests)/b.Next.Per.Seconds()
		full := float64((p.records+59)/60) / perSecond
		t.Logf("%s: %d records on %d first and %d further pages, in at least %v, full %v s", c.name, p.records, p.first, p.further, p.least(), full)
		if ratio := p.least().Seconds() / full; ratio > c.most {
			t.Errorf("%s: %.2f times as long as full pages, want at most %.2f", c.name, ratio, c.most)
		}
	}
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
