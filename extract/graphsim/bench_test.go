package graphsim

import (
	"net/http"
	"net/http/httptest"
	"testing"
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
