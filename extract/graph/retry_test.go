package graph

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"graphlake/schemas/throttle"
)

func TestWhatPassesIsTriedAgain(t *testing.T) {
	const html = "<html><body>Bad Gateway</body></html>"
	tests := []struct {
		name           string
		first          http.HandlerFunc
		atLeast, below time.Duration // the wait; full jitter makes it random
		throttled      int64
	}{
		{"429 with seconds", answer(429, "", "Retry-After", "7"), 7 * time.Second, 8 * time.Second, 1},
		{"429 with two of them", answer(429, "", "Retry-After", "0,7"), 7 * time.Second, 8 * time.Second, 1},
		{"429 with two lines", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Add("Retry-After", "0")
			w.Header().Add("Retry-After", "7")
			answer(429, "")(w, r)
		}, 7 * time.Second, 8 * time.Second, 1},
		{"429 with a fraction", answer(429, "", "Retry-After", "1.9"), 1900 * time.Millisecond, 2 * time.Second, 1},
		{"429 with a date", func(w http.ResponseWriter, r *http.Request) {
			// The server's clock is an hour fast; only the difference of its own two dates counts.
			now := time.Now().UTC().Add(time.Hour)
			w.Header().Set("Date", now.Format(http.TimeFormat))
			answer(429, "", "Retry-After", now.Add(20*time.Second).Format(http.TimeFormat))(w, r)
		}, 20 * time.Second, 21 * time.Second, 1},
		{"429 without advice", answer(429, ""), 0, time.Second, 1},
		{"503 with seconds", answer(503, html, "Retry-After", "3"), 3 * time.Second, 4 * time.Second, 1},
		{"503 without advice", answer(503, ""), 0, time.Second, 1},
		{"509", answer(509, ""), 0, time.Second, 1},
		{"502 in HTML", answer(502, html, "Content-Type", "text/html"), 0, time.Second, 0},
		{"504", answer(504, ""), 0, time.Second, 0},
		{"500", answer(500, `{"error":{"code":"InternalServerError","message":"oops"}}`), 0, time.Second, 0},
		{"200 in HTML", answer(200, html, "Content-Type", "text/html"), 0, time.Second, 0},
		{"200 and empty", answer(200, ""), 0, time.Second, 0},
		{"200 and garbage behind", answer(200, wholePage+"]"), 0, time.Second, 0},
		{"200 and half of the JSON", answer(200, wholePage[:20]), 0, time.Second, 0},
		{"200 without a collection", answer(200, "{}"), 0, time.Second, 0},
		{"200 and an error", answer(200, `{"error":{"code":"c"}}`), 0, time.Second, 0},
		{"200 and an element that is an error", answer(200, `{"value":[{"id":"a"},{"error":{"code":"c"}}]}`), 0, time.Second, 0},
		{"200 and fewer than counted", answer(200, `{"@odata.count":2,"value":[{"id":"a"}]}`), 0, time.Second, 0},
		{"cut off", cutAnswer(false), 0, time.Second, 0},
		{"cut off in gzip", cutAnswer(true), 0, time.Second, 0},
		{"no gzip in gzip", answer(200, wholePage, "Content-Encoding", "gzip"), 0, time.Second, 0},
		{"hung up", hangUp, 0, time.Second, 0},
		{"stalled", stall, 100 * time.Second, 101 * time.Second, 0},
		{"stalled in the body", func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, wholePage[:12])
			w.(http.Flusher).Flush()
			stall(w, r)
		}, 100 * time.Second, 101 * time.Second, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			onClock(t, Options{}, script(test.first, answer(200, wholePage)), func(t *testing.T, c *Client) {
				var got []string
				var err error
				wait := took(func() { got, err = values(t.Context(), c, users) })
				if want := []string{`{"id":"a"}`, `{"id":"b"}`}; err != nil || !slices.Equal(got, want) {
					t.Errorf("values = %q, %v, want each of %q once", got, err, want)
				}
				if wait < test.atLeast || wait >= test.below {
					t.Errorf("took %v, want at least %v and less than %v", wait, test.atLeast, test.below)
				}
				if n := c.Stats().Requests.Load(); n != 2 {
					t.Errorf("%d requests, want 2", n)
				}
				if n := c.Stats().Throttled.Load(); n != test.throttled {
					t.Errorf("%d throttled, want %d", n, test.throttled)
				}
			})
		})
	}
}

func TestPatienceEnds(t *testing.T) {
	tests := []struct {
		name     string
		graph    http.HandlerFunc
		kind     Kind
		requests int64
		below    time.Duration
		want     string
	}{
		{"unavailable", answer(503, ""), Unavailable, 8, 3 * time.Minute, "after 8 tries"},
		{"HTML for ever", answer(200, "<html>", "Content-Type", "text/html; charset=utf-8"), Unavailable, 8, 3 * time.Minute, "6 bytes of text/html"},
		{"throttled", answer(429, "", "Retry-After", "290"), Throttled, 5, 21 * time.Minute, "retry after 4m50s, after 5 tries"},
		{"stalled for ever", stall, Unavailable, 3, 6 * time.Minute, "no whole answer within 1m40s"},
		{"an object", answer(200, `{"id":"x"}`), Incomplete, 8, 3 * time.Minute, `no array "value"`},
		{"an error for ever", answer(200, `{"value":[],"error":{"code":"c","message":"m"}}`), Incomplete, 8, 3 * time.Minute, "incomplete: 200 OK: c: m: the answer has an error in it"},
		{"throttled for hours", answer(429, "", "Retry-After", "86400"), Throttled, 1, 1, "retry after 24h0m0s"},
		{"unavailable for hours", answer(503, "", "Retry-After", "86400"), Throttled, 1, 1, "retry after 24h0m0s"},
		{"throttled for ages", answer(429, "", "Retry-After", "99999999999999999999"), Throttled, 1, 1, "retry after"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			onClock(t, Options{}, test.graph, func(t *testing.T, c *Client) {
				var err error
				wait := took(func() { _, err = values(t.Context(), c, users) })
				if KindOf(err) != test.kind || !strings.Contains(fmt.Sprint(err), test.want) {
					t.Errorf("error = %v (%v), want %v and %q", err, KindOf(err), test.kind, test.want)
				}
				if n := c.Stats().Requests.Load(); n != test.requests {
					t.Errorf("%d requests, want %d", n, test.requests)
				}
				if wait >= test.below {
					t.Errorf("took %v, want less than %v", wait, test.below)
				}
				if test.requests > 1 {
					return
				}
				// Nobody else waits for what is not waited for.
				if wait := took(func() { _, err = values(t.Context(), c, users) }); wait != 0 || KindOf(err) != test.kind {
					t.Errorf("the next one took %v: %v", wait, err)
				}
			})
		})
	}
}

func TestTries(t *testing.T) {
	onClock(t, Options{Tries: 2}, answer(503, ""), func(t *testing.T, c *Client) {
		_, err := values(t.Context(), c, users)
		if n := c.Stats().Requests.Load(); n != 2 || KindOf(err) != Unavailable || !strings.Contains(fmt.Sprint(err), "after 2 tries") {
			t.Errorf("%d requests and %v, want 2 and that it says so", n, err)
		}
	})
	onClock(t, Options{Tries: 2}, script(answer(503, ""), answer(200, wholePage)), func(t *testing.T, c *Client) {
		if got, err := values(t.Context(), c, users); err != nil || len(got) != 2 {
			t.Errorf("values = %q, %v, want those of the second try", got, err)
		}
	})
}

// Whoever tries again himself wants to know soon.
func TestPatienceIsAnArgument(t *testing.T) {
	onClock(t, Options{Patience: 3 * time.Minute}, answer(429, "", "Retry-After", "80"), func(t *testing.T, c *Client) {
		var err error
		wait := took(func() { _, err = values(t.Context(), c, users) })
		if n := c.Stats().Requests.Load(); n != 3 || KindOf(err) != Throttled || wait > 3*time.Minute {
			t.Errorf("%d requests in %v and %v, want 3 within 3 minutes, and that it was throttled", n, wait, err)
		}
	})
}

func TestWhatDoesNotPassIsNotTriedAgain(t *testing.T) {
	for _, status := range []int{400, 403, 404, 406, 409, 410, 423, 501, 301} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			onClock(t, Options{}, answer(status, "", "Location", "http://fabrikam.example/"), func(t *testing.T, c *Client) {
				if _, err := values(t.Context(), c, users); err == nil {
					t.Error("no error")
				}
				if n := c.Stats().Requests.Load(); n != 1 {
					t.Errorf("%d requests, want 1", n)
				}
			})
		})
	}
}

// tokens gives out tokens that count the renewals.
type tokens struct{ n atomic.Int64 }

func (s *tokens) Token(_ context.Context, refused *Refused) (string, error) {
	if refused != nil {
		s.n.Add(1)
	}
	return fmt.Sprintf("t0ken-%d", s.n.Load()), nil
}

func TestExpiredTokenIsRenewedOnce(t *testing.T) {
	source := new(tokens)
	graph := func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer t0ken-1" {
			time.Sleep(time.Second) // until all are under way with the old token
			answer(401, `{"error":{"code":"InvalidAuthenticationToken","message":"Lifetime validation failed."}}`)(w, r)
			return
		}
		answer(200, wholePage)(w, r)
	}
	onClock(t, Options{Token: source}, graph, func(t *testing.T, c *Client) {
		for range 10 {
			go func() {
				if _, err := values(t.Context(), c, users); err != nil {
					t.Error(err)
				}
			}()
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if n := source.n.Load(); n != 1 {
			t.Errorf("renewed %d times, want once for the ten requests", n)
		}
		if n := c.Stats().Requests.Load(); n != 20 {
			t.Errorf("%d requests, want 20", n)
		}
	})
}

func TestRefusedTokenIsAnError(t *testing.T) {
	graph := answer(401, `{"error":{"code":"InvalidAuthenticationToken","message":"Access token validation failure."}}`)
	onClock(t, Options{}, graph, func(t *testing.T, c *Client) {
		_, err := values(t.Context(), c, users)
		if KindOf(err) != Unauthorized || !strings.Contains(err.Error(), "check the tenant, the credentials") {
			t.Errorf("error = %v", err)
		}
		if strings.Contains(err.Error(), "t0ken") {
			t.Errorf("the token is in %v", err)
		}
		if e, ok := errors.AsType[*Error](err); !ok || e.Status != 401 || e.SignIn {
			t.Errorf("error = %+v, want Graph's 401: there was a token", e)
		}
		if n := c.Stats().Requests.Load(); n != 1 {
			t.Errorf("%d requests, want 1: there is no other token", n)
		}
	})
}

type noTokens struct{ err error }

func (s noTokens) Token(context.Context, *Refused) (string, error) { return "", s.err }

func TestEntraThatThrottlesPausesNobody(t *testing.T) {
	source := noTokens{&Error{Kind: Throttled, Status: 429, RetryAfter: time.Hour, Method: "POST", URL: "/token"}}
	onClock(t, Options{Token: source}, answer(200, wholePage), func(t *testing.T, c *Client) {
		wait := took(func() {
			for range 2 {
				_, err := values(t.Context(), c, users)
				if e, ok := errors.AsType[*Error](err); !ok || e.Kind != Throttled || !e.SignIn {
					t.Errorf("error = %v", err)
				}
			}
		})
		if n := c.Stats().Throttled.Load(); wait != 0 || n != 0 {
			t.Errorf("took %v and %d throttled, want none: it was not Graph", wait, n)
		}
	})
}

func TestNoTokenNoRequest(t *testing.T) {
	onClock(t, Options{Token: noTokens{errors.New("the vault is shut")}}, answer(200, wholePage), func(t *testing.T, c *Client) {
		_, err := values(t.Context(), c, users)
		if KindOf(err) != Unauthorized || !strings.Contains(err.Error(), "the vault is shut") {
			t.Errorf("error = %v", err)
		}
		if e, ok := errors.AsType[*Error](err); !ok || !e.SignIn {
			t.Errorf("error = %+v, want one of signing in", e)
		}
		if n := c.Stats().Requests.Load(); n != 0 {
			t.Errorf("%d requests, want 0", n)
		}
	})
}

func TestEveryWaitEndsWithItsContext(t *testing.T) {
	slow := throttle.Budget{Name: "slow", First: limit(1, time.Hour)}
	tests := []struct {
		name   string
		graph  http.HandlerFunc
		budget throttle.Budget
	}{
		{"for another try", answer(429, "", "Retry-After", "300"), throttle.Budget{}},
		{"for a budget", answer(200, `{"value":[],"@odata.nextLink":"`+endpoint+`/v1.0/users?p=2"}`), slow},
		{"for the answer", stall, throttle.Budget{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			onClock(t, Options{}, test.graph, func(t *testing.T, c *Client) {
				ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
				defer cancel()
				var err error
				r := users
				r.Budget = test.budget
				wait := took(func() { _, err = values(ctx, c, r) })
				if !errors.Is(err, context.DeadlineExceeded) || KindOf(err) != 0 {
					t.Errorf("error = %v of kind %v, want the context's", err, KindOf(err))
				}
				if wait != 5*time.Second {
					t.Errorf("ended after %v, want 5s", wait)
				}
			})
		})
	}
}

func TestResetConnection(t *testing.T) {
	reset := func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_ = conn.(*net.TCPConn).SetLinger(0)
		conn.Close()
	}
	server := httptest.NewServer(script(reset, answer(200, wholePage)))
	defer server.Close()
	c, err := New(Options{Endpoint: server.URL, Token: StaticToken{"t0ken"}})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := values(t.Context(), c, users); err != nil || len(got) != 2 {
		t.Errorf("values = %q, %v", got, err)
	}
}
