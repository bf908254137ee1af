package graph

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// slowly is a Graph whose answers come in ten pieces, and that knows how many bytes of them are out at
// once.
type slowly struct {
	size      int           // of an answer
	pause     time.Duration // before each piece
	out, most atomic.Int64
}

func (s *slowly) RoundTrip(*http.Request) (*http.Response, error) {
	text := `{"text":"` + strings.Repeat("0", s.size-11) + `"}`
	return &http.Response{StatusCode: 200, Header: http.Header{}, ContentLength: -1,
		Body: &slowBody{slowly: s, rest: strings.NewReader(text)}}, nil
}

type slowBody struct {
	*slowly
	rest *strings.Reader
	read int64
}

func (b *slowBody) Read(p []byte) (int, error) {
	time.Sleep(b.pause)
	n, err := b.rest.Read(p[:min(len(p), b.size/10)])
	b.read += int64(n)
	b.most.Store(max(b.most.Load(), b.out.Add(int64(n)))) // in turns: the others sleep
	return n, err
}

func (b *slowBody) Close() error {
	b.out.Add(-b.read)
	return nil
}

func withMemory(t *testing.T, graph *slowly, memory int64, do func(t *testing.T, c *Client)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		c, err := New(Options{Endpoint: endpoint, Token: StaticToken{"t0ken"}, Transport: graph, InFlight: memory})
		if err != nil {
			t.Fatal(err)
		}
		do(t, c)
	})
}

func TestBytesInFlight(t *testing.T) {
	for _, test := range []struct {
		name        string
		size        int
		memory      int64
		least, most int64 // bytes out at once, of 12 answers
	}{
		{"all fit", 10_000, 1 << 20, 120_000, 120_000},
		{"some fit", 100_000, 600_000, 300_000, 700_000},
		{"one fits", 100_000, 200_000, 100_000, 300_000},
		{"not even one", 100_000, 1000, 100_000, 101_000},
		{"none at all", 100_000, 1, 100_000, 100_000},
	} {
		t.Run(test.name, func(t *testing.T) {
			graph := &slowly{size: test.size, pause: time.Second}
			withMemory(t, graph, test.memory, func(t *testing.T, c *Client) {
				for round := range 2 { // in the second there is as much memory as in the first
					graph.most.Store(0)
					var wg sync.WaitGroup
					for range 12 {
						wg.Go(func() {
							if body, err := c.Get(t.Context(), users); err != nil || len(body.JSON) != test.size {
								t.Errorf("read %d bytes, %v, want %d", len(body.JSON), err, test.size)
							}
						})
					}
					wg.Wait()
					if most := graph.most.Load(); most < test.least || most > test.most {
						t.Errorf("%d bytes at once in round %d, want %d to %d", most, round, test.least, test.most)
					}
				}
				if n := c.Stats().Requests.Load(); n != 24 {
					t.Errorf("%d requests, want each of the 24 once", n)
				}
			})
		})
	}
}

// The time that an answer may take does not run while it waits for memory.
func TestWaitForMemoryIsNotSlow(t *testing.T) {
	withMemory(t, &slowly{size: 10_000, pause: 7 * time.Second}, 1, func(t *testing.T, c *Client) {
		var wg sync.WaitGroup
		wait := took(func() {
			for range 3 {
				wg.Go(func() {
					if _, err := c.Get(t.Context(), users); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
		})
		if n := c.Stats().Requests.Load(); n != 3 || wait < 2*tryTime {
			t.Errorf("%d requests in %v, want 3, one after the other", n, wait)
		}
	})
}

func TestWaitForMemoryEnds(t *testing.T) {
	withMemory(t, &slowly{size: 10_000, pause: time.Second}, 1, func(t *testing.T, c *Client) {
		var wg sync.WaitGroup
		wg.Go(func() {
			if _, err := c.Get(t.Context(), users); err != nil {
				t.Error(err)
			}
		})
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		if _, err := c.Get(ctx, users); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error = %v, want the context's", err)
		}
		wg.Wait()
		if _, err := c.Get(t.Context(), users); err != nil {
			t.Errorf("later: %v", err)
		}
	})
}
