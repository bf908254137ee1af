package extract_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"graphlake/extract"
	"graphlake/extract/graph"
	"graphlake/schemas"
)

var hourly = schemas.Window{Longest: time.Hour, Layout: time.RFC3339}

var onlyWindow = regexp.MustCompile(`^/v1.0/logs/get\(from=([^,]*),to=([^)]*)\)$`)

// Whatever is listed, the windows lie end to end over the range, at whole seconds, none longer than the
// longest, and every record in it is read once, also one behind a nextLink.
func FuzzWindowsTile(f *testing.F) {
	f.Add(uint64(1), int64(0), int64(24*3600), uint16(20))
	f.Add(uint64(2), int64(500_000_000), int64(1), uint16(0))
	f.Add(uint64(3), int64(12_345), int64(3600), uint16(1500))
	f.Add(uint64(4), int64(86_399_999_999_999), int64(50*3600+59), uint16(90))
	f.Fuzz(func(t *testing.T, seed uint64, offset, seconds int64, most uint16) {
		r := schemas.Range{From: day("2026-03-01").Add(time.Duration(offset % (1 << 50)))}
		r.To = r.From.Add(time.Duration(seconds%(1<<20)) * time.Second / 2)
		random := rand.New(rand.NewPCG(seed, 0))
		var mu sync.Mutex
		var asked []schemas.Range
		listed, inside := 0, 0
		rows := func(ask schemas.Range, n int) string {
			var rows []string
			for i := range n {
				start := ask.From // of the first, where a bound that is no whole second would lose it
				if i > 0 {
					start = start.Add(time.Duration(random.Int64N(int64(ask.To.Sub(ask.From)))))
				}
				rows = append(rows, fmt.Sprintf(`{"id":"%d","start":%q}`, listed, start.Format(time.RFC3339Nano)))
				if listed++; r.Contains(start) {
					inside++
				}
			}
			return strings.Join(rows, ",")
		}
		graph := func(req *http.Request) (int, string) {
			mu.Lock()
			defer mu.Unlock()
			if i, ok := strings.CutPrefix(req.URL.Path, "/more/"); ok {
				n, err := strconv.Atoi(i)
				if err != nil {
					t.Error(err)
				}
				return 200, `{"value":[` + rows(asked[n], 1) + `]}`
			}
			m := onlyWindow.FindStringSubmatch(req.URL.Path)
			if m == nil {
				return 400, ""
			}
			ask := schemas.Range{From: instant(m[1]), To: instant(m[2])}
			if !ask.From.Before(ask.To) {
				t.Errorf("asked for %v", ask)
				return 400, ""
			}
			n, link := random.IntN(int(most)+1), ""
			if n > 60 {
				link = fmt.Sprintf(`,"@odata.nextLink":"https://graph.example/more/%d"`, len(asked))
			}
			asked = append(asked, ask)
			return 200, `{"value":[` + rows(ask, n) + `]` + link + `}`
		}
		w := hourly
		w.Page = 60
		reading := extract.Read(clientOf(t, graph), logs(w), r, extract.Options{})
		if _, err := collect(t, reading); err != nil {
			t.Fatal(err)
		}
		if c := reading.Counts(); c.Listed != listed || c.Read != inside {
			t.Fatalf("counts are %+v, want %d and %d", c, listed, inside)
		}
		if !r.From.Before(r.To) {
			return
		}
		slices.SortFunc(asked, func(a, b schemas.Range) int { return a.From.Compare(b.From) })
		at := r.From.UTC().Truncate(time.Second)
		for _, ask := range asked {
			if !ask.From.Equal(at) || ask.To.Sub(ask.From) > hourly.Longest {
				t.Fatalf("the window %v does not follow %v, or is too long", ask, at)
			}
			at = ask.To
		}
		if at.Before(r.To) || !at.Before(r.To.Add(time.Second)) {
			t.Fatalf("the windows of %v end at %v", r, at)
		}
	})
}

func clientOf(t *testing.T, answer roundTripper) *graph.Client {
	t.Helper()
	client, err := graph.New(graph.Options{
		Endpoint: "https://graph.example", Token: graph.StaticToken{Secret: "token"}, Transport: answer, Rate: 1e6,
	})
	if err != nil {
		t.Fatal(err)
	}
	return client
}
