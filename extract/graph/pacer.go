package graph

import (
	"context"
	"sync"
	"time"

	"graphlake/schemas/throttle"
)

// pacer holds back the requests of a family, or those of one resource within it: by two limits, by a pause
// that Graph asked for, and by the pace, a factor of the limits. Like a congestion window the pace is halved by a
// complaint and rises with every good answer.
type pacer struct {
	mu          sync.Mutex // guards all that follows but the limiters' turns
	first, next *limiter   // the same one where Graph counts all pages together
	rate        float64
	pace        float64 // 1 is the published limit
	lowered     time.Time
	until       time.Time // of the pause
	// In a family's pacer: the resource that was throttled last, and until when its pause lasts.
	throttled      string
	throttledUntil time.Time
	users          int // requests that use it, under the lock of the budget that it belongs to
}

func newPacer(first, next throttle.Limit, rate float64) *pacer {
	p := &pacer{first: newLimiter(first, rate), rate: rate, pace: 1}
	p.next = p.first
	if next != (throttle.Limit{}) {
		p.next = newLimiter(next, rate)
	}
	return p
}

func (p *pacer) limiter(c *call) *limiter {
	if c.further {
		return p.next
	}
	return p.first
}

// delay needs p.mu.
func (p *pacer) delay(now time.Time, c *call) time.Duration {
	return max(p.until.Sub(now), p.limiter(c).delay(now, c.cost(), p.rate*p.pace))
}

// record needs p.mu.
func (p *pacer) record(now time.Time, c *call) {
	p.limiter(c).record(now, c.cost(), p.rate*p.pace)
}

// wait returns when the request may be sent as far as p knows. A pause may grow meanwhile.
func (p *pacer) wait(ctx context.Context, c *call) error {
	for {
		p.mu.Lock()
		d := p.delay(time.Now(), c)
		p.mu.Unlock()
		if d <= 0 {
			return ctx.Err()
		}
		if err := sleep(ctx, d); err != nil {
			return err
		}
	}
}

const (
	lowestPace  = 1. / 16
	slowestRise = 1. / 64 // for every answer without complaint
	fastestRise = 1. / 8
)

// slowDown halves the pace, once for all the requests that were under way together, and pauses.
func (p *pacer) slowDown(sent time.Time, pause time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if !sent.Before(p.lowered) {
		p.pace = max(p.pace/2, lowestPace)
		p.lowered = now
	}
	if until := now.Add(pause); pause > 0 && until.After(p.until) {
		p.until = until
	}
}

// speedUp raises the pace after a good answer. Where few are let through they count for more: after one
// complaint the list of call records would else be slow for a minute.
func (p *pacer) speedUp(c *call) {
	p.mu.Lock()
	defer p.mu.Unlock()
	rise := slowestRise
	if l := p.limiter(c); l != nil {
		rise = min(max(rise, 1/float64(l.published)), fastestRise)
	}
	p.pace = min(p.pace+rise, 1)
}

// noteThrottled notes that a resource was throttled and reports whether another one is, too.
func (p *pacer) noteThrottled(resource string, pause time.Duration) (another bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	another = p.throttled != resource && now.Before(p.throttledUntil)
	p.throttled, p.throttledUntil = resource, now.Add(max(pause, time.Second))
	return another
}

// idle reports whether a new pacer would do as well.
func (p *pacer) idle(now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	factor := p.rate * p.pace
	return p.first.idle(now, factor) && p.next.idle(now, factor) && now.After(p.until)
}
