package graph

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"sync"
	"time"

	"graphlake/internal/foreign"
)

// clock is Graph's, as the newest Date of an answer says it.
type clock struct {
	mu       sync.Mutex
	date     time.Time // zero if no answer had one
	received time.Time // by our own clock, whose monotonic part alone counts
}

// learn takes the date of an answer, whatever its status, and says whether it has one.
func (c *clock) learn(resp *http.Response) (time.Time, bool) {
	date, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil {
		return time.Time{}, false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if date.After(c.date) {
		c.date, c.received = date, time.Now()
	}
	return date.UTC(), true
}

// ServerTime is the time by Graph's clock, to the second; not ok if no answer has said it. It is the
// newest date of an answer and what has passed since; ours may be wrong, or be set meanwhile.
func (c *Client) ServerTime() (now time.Time, ok bool) {
	c.clock.mu.Lock()
	defer c.clock.mu.Unlock()
	if c.clock.date.IsZero() {
		return time.Time{}, false
	}
	return c.clock.date.Add(time.Since(c.clock.received)).UTC(), true
}

const askTime = 20 * time.Second

// AskTime asks Graph for the time by its clock. It is one request without a token, of which only the
// date of its answer counts, whatever its status; it is in no budget, is not tried again, and counts
// as no request.
func (c *Client) AskTime(ctx context.Context) (time.Time, error) {
	limited, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	req, err := http.NewRequestWithContext(limited, http.MethodHead, c.endpoint.String()+"/v1.0/", nil)
	if err != nil {
		return time.Time{}, &Error{Kind: Rejected, Method: http.MethodHead, URL: "/v1.0/", Err: err}
	}
	client := http.Client{
		Transport:     c.transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	resp, err := client.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return time.Time{}, ctx.Err()
		}
		if u, ok := errors.AsType[*url.Error](err); ok {
			err = u.Err
		}
		return time.Time{}, newError(Unavailable, req, foreign.Error(err))
	}
	defer resp.Body.Close()
	date, ok := c.clock.learn(resp)
	if !ok {
		e := newError(Unavailable, req, errors.New("the answer has no date"))
		e.Status = resp.StatusCode
		return time.Time{}, e
	}
	return date, nil
}
