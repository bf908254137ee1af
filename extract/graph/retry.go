package graph

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"log/slog"
	"math"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"

	khttp "github.com/microsoft/kiota-http-go"
)

// What a request may cost in patience. With the time of a try, they bound how long it can take from
// the moment its budget lets it through.
const (
	mostTries   = 8
	longestWait = 10 * time.Minute // that a Retry-After is obeyed
	mostWaiting = 20 * time.Minute // between all tries of a request, if its client says nothing else
	firstWait   = time.Second      // doubled by every try, up to…
	mostBackoff = time.Minute
	mostSlow    = 3 // tries that had no whole answer in their time: who answers like this holds a request for minutes
)

// retry is the one place where a request is sent again: when it was throttled, when the service or
// the network failed, when the answer was not whole, with a new token, and with one that has what the
// answer wants of it.
type retry struct {
	client   *Client
	tries    int           // of a request, at most
	patience time.Duration // for all waiting between them
	log      *slog.Logger
}

// Intercept sends a copy of the request down the pipeline until an answer is whole or hopeless.
func (r *retry) Intercept(p khttp.Pipeline, next int, req *http.Request) (*http.Response, error) {
	ctx, c := req.Context(), callOf(req)
	c.verdict = verdictOf(ctx, r.client)
	leave, err := c.verdict.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	var waited time.Duration
	var last *Error
	slow := 0
	for try := 1; ; try++ {
		resp, err := p.Next(c.withBody(req.Clone(ctx)), next)
		e, ok := errors.AsType[*Error](err)
		switch {
		case err == nil:
			c.verdict.learn(nil)
			return resp, nil
		case ctx.Err() != nil:
			return nil, ended(ctx, last)
		case c.sameToken && last != nil: // what Graph says to it is known
			c.verdict.end(last, c)
			return nil, last
		case !ok:
			return nil, err
		}
		if e.Tries = try; errors.Is(e, errSlow) {
			slow++
		}
		last = e
		c.verdict.learn(e)
		wait, again := nextTry(e, c, try)
		if waited += wait; !again || try >= cmp.Or(c.tries, r.tries) || slow >= mostSlow || waited > r.patience {
			c.verdict.end(e, c)
			return nil, e
		}
		if wait > 0 {
			r.log.InfoContext(ctx, "graph request is sent again", "in_seconds", wait.Seconds(), "try", try+1, "kind", e.Kind.String(), "status", e.Status, "url", e.URL)
		}
		if err := r.client.sleep(ctx, wait); err != nil {
			return nil, ended(ctx, last)
		}
	}
}

// withBody gives a try its body, which the one before has used up.
func (c *call) withBody(req *http.Request) *http.Request {
	if c.body != nil {
		req.Body, req.ContentLength = io.NopCloser(bytes.NewReader(c.body)), int64(len(c.body))
	}
	return req
}

// nextTry says whether another try makes sense, and after which wait.
func nextTry(e *Error, c *call, try int) (time.Duration, bool) {
	switch {
	case e.Status == http.StatusUnauthorized && c.token != "" && (c.refused == "" || e.claims != "" && !c.byClaims):
		c.refused, c.claims = c.token, e.claims
		return 0, true
	case e.Kind != Throttled && e.Kind != Unavailable && e.Kind != Incomplete:
		return 0, false
	case e.Status == 0 && isHopeless(e.Err) && !c.verdict.wasAnswered():
		return 0, false
	case e.RetryAfter > longestWait:
		e.Kind = Throttled // a 503 that lasts for hours is no outage
		return 0, false
	default:
		return max(e.RetryAfter, backoff(try)), true
	}
}

// backoff is random over its whole length, so that requests that failed together do not return together.
func backoff(try int) time.Duration {
	return rand.N(min(firstWait<<(try-1), mostBackoff))
}

// parseRetryAfter reads a Retry-After header: seconds, of which Graph sends fractions too, or a date,
// which counts from now. A gateway may add its own to Graph's: of several, with commas between them, the
// longest counts. What is neither is as if it were not there.
func parseRetryAfter(line string, now time.Time) (longest time.Duration, ok bool) {
	parts := strings.Split(line[:min(len(line), 256)], ",")
	for i, part := range parts {
		d, good := parseDelay(part, now)
		if !good && i+1 < len(parts) { // a date has a comma of its own
			d, good = parseDelay(part+","+parts[i+1], now)
		}
		if good {
			longest, ok = max(longest, d), true
		}
	}
	return longest, ok
}

func parseDelay(value string, now time.Time) (time.Duration, bool) {
	value = strings.TrimSpace(value)
	if value == "" {
		return 0, false
	}
	if strings.Trim(value, "0123456789.") == "" {
		seconds, err := strconv.ParseFloat(value, 64)
		if err != nil && !math.IsInf(seconds, 1) {
			return 0, false
		}
		if seconds > math.MaxInt64/float64(time.Second)/2 {
			return math.MaxInt64 / 2, true
		}
		return time.Duration(seconds * float64(time.Second)), true
	}
	date, err := http.ParseTime(value)
	if err != nil {
		return 0, false
	}
	return max(0, date.Sub(now)), true
}

// serverTime is the clock that a date in the answer was read from; ours may be wrong.
func serverTime(resp *http.Response) time.Time {
	if date, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		return date
	}
	return time.Now()
}
