package extract_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"graphlake/extract"
	"graphlake/extract/graph"
	"graphlake/internal/graphsim"
	"graphlake/schemas"
)

// paced answers with the list of a simulated tenant and with details that say little, each after a while.
type paced struct {
	tenant   *graphsim.Tenant
	requests pages
	details  int
}

func (p *paced) RoundTrip(r *http.Request) (*http.Response, error) {
	time.Sleep(400 * time.Millisecond)
	p.requests.mu.Lock()
	defer p.requests.mu.Unlock()
	if id := path.Base(r.URL.Path); id != "callRecords" {
		p.details++
		body := io.NopCloser(strings.NewReader(fmt.Sprintf(`{"id":%q,"sessions":[],"participants_v2":[]}`, id)))
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: body, Request: r}, nil
	}
	if r.URL.Query().Has("$skiptoken") {
		p.requests.further++
	} else {
		p.requests.first++
	}
	w := httptest.NewRecorder()
	p.tenant.ServeHTTP(w, r)
	return w.Result(), nil
}

// A busy day takes hardly longer than the narrowest of the published budgets allows, though an answer
// takes a while.
func TestBudgetsAreFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		from := day("2026-03-03")
		now := from.Add(2 * schemas.Day)
		p := paced{tenant: graphsim.New(graphsim.Options{
			Users: 930, Seed: 3, From: from, To: from.Add(schemas.Day), Now: func() time.Time { return now },
		})}
		client, err := graph.New(graph.Options{Endpoint: "http://127.0.0.1:1", Token: graph.StaticToken{Secret: "token"}, Transport: &p})
		if err != nil {
			t.Fatal(err)
		}
		r := schemas.Range{From: from, To: from.Add(schemas.Day)}
		start := time.Now()
		for _, err := range extract.Read(client, schemas.CallRecords, r, extract.Options{Now: now}).Records(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
		}
		took := time.Since(start)
		b := schemas.CallRecords.Source.Detail.Budget.First
		least := max(p.requests.least(), time.Duration(p.details)*b.Per/time.Duration(b.Requests))
		if took > least*110/100 {
			t.Errorf("%d first and %d further pages and %d details took %v, want at most 1.1 times %v",
				p.requests.first, p.requests.further, p.details, took, least)
		}
	})
}
