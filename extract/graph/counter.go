package graph

import (
	"context"
	"sync/atomic"
	"time"
)

// Counter counts what was asked of Graph. It may be read at any time.
type Counter struct {
	Requests  atomic.Int64 // sent, every try counted
	Throttled atomic.Int64 // answered with 429, 503 or 509
	BytesRead atomic.Int64 // of answers, decompressed
	waited    atomic.Int64
}

// Waited is the time that requests spent waiting for a budget or for another try, summed over requests.
func (c *Counter) Waited() time.Duration { return time.Duration(c.waited.Load()) }

type counterKey struct{}

// WithCounter makes every request under the context count in n as well as in its client. Of two counters one in
// the other only the inner one counts.
func WithCounter(ctx context.Context, n *Counter) context.Context {
	return context.WithValue(ctx, counterKey{}, n)
}

// count applies add to the client's counter and to the one that the context carries.
func (c *Client) count(ctx context.Context, add func(*Counter)) {
	add(&c.stats)
	if n, ok := ctx.Value(counterKey{}).(*Counter); ok {
		add(n)
	}
}

// sleep waits for d and counts it as waited.
func (c *Client) sleep(ctx context.Context, d time.Duration) error {
	start := time.Now()
	defer func() { c.countWait(ctx, time.Since(start)) }()
	return sleep(ctx, d)
}

func (c *Client) countWait(ctx context.Context, d time.Duration) {
	c.count(ctx, func(n *Counter) { n.waited.Add(int64(d)) })
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
