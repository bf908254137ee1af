package graph

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"
)

// dated answers with a date that is so far from our clock.
func dated(off time.Duration, handler http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", time.Now().Add(off).UTC().Format(http.TimeFormat))
		handler(w, r)
	}
}

func TestServerTime(t *testing.T) {
	const fast = 3 * time.Hour
	graph := script(
		dated(fast, answer(404, "")),                // an error has a date as well
		dated(time.Hour, answer(200, wholePage)),    // an older one is not taken
		answer(200, wholePage, "Date", "yesterday"), // nor what is none
	)
	onClock(t, Options{}, graph, func(t *testing.T, c *Client) {
		if now, ok := c.ServerTime(); ok || !now.IsZero() {
			t.Errorf("before any answer the time is %v", now)
		}
		for range 3 {
			_, _ = c.Get(t.Context(), users)
			time.Sleep(90 * time.Second)
			if now, ok := c.ServerTime(); !ok || time.Until(now) != fast || now.Location() != time.UTC {
				t.Errorf("the time is %v, want %v from %v", now, fast, time.Now())
			}
		}
	})
}

func TestAskTime(t *testing.T) {
	graph := func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodHead || r.RequestURI != "/v1.0/" || r.Header.Get("Authorization") != "" {
			t.Errorf("asked %s %s with %v", r.Method, r.RequestURI, r.Header)
		}
		dated(-time.Hour, answer(301, "", "Location", "http://fabrikam.example/"))(w, r)
	}
	onClock(t, Options{Token: noTokens{errors.New("no token")}}, graph, func(t *testing.T, c *Client) {
		want := time.Now().Add(-time.Hour)
		got, err := c.AskTime(t.Context())
		if err != nil || !got.Equal(want) {
			t.Errorf("AskTime = %v, %v, want %v", got, err, want)
		}
		if now, ok := c.ServerTime(); !ok || !now.Equal(want) {
			t.Errorf("ServerTime = %v, want %v", now, want)
		}
		if n := c.Stats().Requests.Load(); n != 0 {
			t.Errorf("%d requests, want 0", n)
		}
	})
}

func TestNobodyKnowsTheTime(t *testing.T) {
	undated := func(w http.ResponseWriter, _ *http.Request) { w.Header()["Date"] = nil }
	for name, graph := range map[string]http.HandlerFunc{"no date": undated, "hung up": hangUp, "stalled": stall} {
		t.Run(name, func(t *testing.T) {
			onClock(t, Options{}, graph, func(t *testing.T, c *Client) {
				var err error
				if wait := took(func() { _, err = c.AskTime(t.Context()) }); wait > askTime || KindOf(err) != Unavailable {
					t.Errorf("error = %v after %v", err, wait)
				}
				ctx, cancel := context.WithCancel(t.Context())
				cancel()
				if _, err := c.AskTime(ctx); !errors.Is(err, context.Canceled) || KindOf(err) != 0 {
					t.Errorf("error = %v, want the context's", err)
				}
			})
		})
	}
}

// Whoever answers in Graph's place may write what a terminal obeys, where the time is asked too.
func TestAskTimeNamesNobody(t *testing.T) {
	graph := func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			panic(err)
		}
		defer conn.Close()
		_, _ = conn.Write([]byte("HTTP/1.1 ines@fabrikam.example\u009b31m OK\r\n\r\n"))
	}
	onClock(t, Options{}, graph, func(t *testing.T, c *Client) {
		_, err := c.AskTime(t.Context())
		if KindOf(err) != Unavailable || strings.ContainsAny(err.Error(), "\u009b@") {
			t.Errorf("AskTime: %q", err)
		}
	})
}
