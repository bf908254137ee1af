package graph

import (
	"net/http/httptest"
	"testing"
	"time"

	"graphlake/schemas/throttle"
)

// BenchmarkPace says which share of a limit is used on the real clock, where timers are late: at 20
// times the published limit of call records, with the slack 0.98 at best.
func BenchmarkPace(b *testing.B) {
	server := httptest.NewServer(answer(200, wholePage))
	defer server.Close()
	const rate = 20
	limit := limit(1500, 20*time.Second)
	c, err := New(Options{Endpoint: server.URL, Token: StaticToken{"t0ken"}, Rate: rate})
	if err != nil {
		b.Fatal(err)
	}
	r := users
	r.Budget = throttle.Budget{Name: "records", First: limit}
	b.SetParallelism(32)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := c.Get(b.Context(), r); err != nil {
				b.Error(err)
			}
		}
	})
	unpaced := divide(limit, rate).Requests // go out at once
	perSecond := float64(b.N-unpaced) / b.Elapsed().Seconds()
	b.ReportMetric(perSecond/rate/float64(limit.Requests)*limit.Per.Seconds(), "of-limit")
}
