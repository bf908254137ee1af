package graphsim

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
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
// one user after the other, page by page.
func BenchmarkMessages(b *testing.B) {
	tenant := New(Options{
		Seed: 1, Users: 50_000, MessagesPerUserDay: 20, From: monday, To: sunday, Now: at(monday.AddDate(0, 0, 4).Add(2 * time.Hour)),
	})
	const window = "?$top=50&$filter=lastModifiedDateTime+gt+2026-11-05T00:00:00Z+and+lastModifiedDateTime+lt+2026-11-06T00:00:00Z"
	b.ReportAllocs()
	messages, number := 0, uint64(0)
	target := ""
	for b.Loop() {
		if target == "" {
			target = "/v1.0/users/" + tenant.id(userIDs, number).String() + "/chats/getAllMessages" + window
			number = (number + 7919) % 50_000
		}
		r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, target, nil)
		rec := httptest.NewRecorder()
		tenant.ServeHTTP(rec, r)
		messages += bytes.Count(rec.Body.Bytes(), []byte(`"etag"`))
		_, link, _ := strings.Cut(rec.Body.String()[:min(rec.Body.Len(), 1000)], `"@odata.nextLink":"http://example.com`)
		target, _, _ = strings.Cut(link, `"`)
		if link == "" {
			target = ""
		}
	}
	b.ReportMetric(float64(messages)/float64(b.N), "messages/op")
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
}
