package graphsim

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// BenchmarkDetail answers the details of a working day's calls: what a run asks for most.
func BenchmarkDetail(b *testing.B) {
	o := small()
	o.Users = 800
	tenant := New(o)
	var targets []string
	for c := range tenant.calls(place{day: tenant.first}, o.To, afterwards) {
		targets = append(targets, recordsPath+"/"+c.id.String()+"?$expand=sessions($expand=segments)")
	}
	for _, encoding := range []string{"identity", "gzip"} {
		b.Run(encoding, func(b *testing.B) {
			b.ReportAllocs()
			size, i := 0, 0
			for b.Loop() {
				r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, targets[i%len(targets)], nil)
				r.Header.Set("Accept-Encoding", encoding)
				rec := httptest.NewRecorder()
				tenant.ServeHTTP(rec, r)
				size += rec.Body.Len()
				i += 7
			}
			b.SetBytes(int64(size / b.N)) // as they go over the wire
		})
	}
}

// BenchmarkMessages answers what a night asks of a large tenant: the messages that changed in a day, for
// one user after the other, of each the first page.
func BenchmarkMessages(b *testing.B) {
	tenant := New(Options{
		Seed: 1, Users: 50_000, MessagesPerUserDay: 20, From: monday, To: sunday, Now: at(monday.AddDate(0, 0, 4).Add(2 * time.Hour)),
	})
	const window = "/chats/getAllMessages?$top=50&$filter=lastModifiedDateTime+gt+2026-11-05T00:00:00Z+and+lastModifiedDateTime+lt+2026-11-06T00:00:00Z"
	for _, encoding := range []string{"identity", "gzip"} {
		b.Run(encoding, func(b *testing.B) {
			b.ReportAllocs()
			size, number := 0, uint64(0)
			for b.Loop() {
				r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, "/v1.0/users/"+tenant.id(userIDs, number).String()+window, nil)
				r.Header.Set("Accept-Encoding", encoding)
				rec := httptest.NewRecorder()
				tenant.ServeHTTP(rec, r)
				size += rec.Body.Len()
				number = (number + 7919) % 50_000
			}
			b.SetBytes(int64(size / b.N)) // as they go over the wire
		})
	}
}
