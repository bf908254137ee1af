package graph

import (
	"context"
	"sync"
	"time"

	"graphlake/schemas/throttle"
)

// pool is what the requests of a family share, or those of one resource within it: two limits, a
// pause that Graph asked for, and the pace, which falls when Graph throttles.
type pool struct {
	mu          sync.Mutex
	first, next *line // the same one where Graph counts all pages together
	rate        float64
	pace        float64 // 1 is the published limit
	lowered     time.Time
	until       time.Time // of the pause
	suspect     string    // the resource that was throttled last, in the family's pool
	suspectTill time.Time
	users       int // requests that hold it, under its owner's lock
}

func newPool(first, next throttle.Limit, rate float64) *pool {
	p := &pool{first: newLine(first, rate), rate: rate, pace: 1}
	p.next = p.first
	if next != (throttle.Limit{}) {
		p.next = newLine(next, rate)
	}
	return p
}

func (p *pool) line(c *call) *line {
	if c.further {
		return p.next
	}
	return p.first
}

// delay needs p.mu.
func (p *pool) delay(now time.Time, c *call) time.Duration {
	return max(p.until.Sub(now), p.line(c).delay(now, c.cost(), p.rate*p.pace))
}

// take needs p.mu.
func (p *pool) take(now time.Time, c *call) {
	p.line(c).take(now, c.cost(), p.rate*p.pace)
}

// await returns when the request may be sent as far as p knows. A pause may grow meanwhile.
func (p *pool) await(ctx context.Context, c *call) error {
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

// slow halves the pace, once for all the requests that were under way together, and pauses.
func (p *pool) slow(sent time.Time, pause time.Duration) {
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

// suspects notes that a resource was throttled and reports whether another one is, too.
func (p *pool) suspects(resource string, pause time.Duration) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	second := p.suspect != resource && now.Before(p.suspectTill)
	p.suspect, p.suspectTill = resource, now.Add(max(pause, time.Second))
	return second
}

// quicken raises the pace after a good answer. Where few are let through they count for more: after one
// complaint the list of call records would else be slow for a minute.
func (p *pool) quicken(c *call) {
	p.mu.Lock()
	defer p.mu.Unlock()
	rise := slowestRise
	if l := p.line(c); l != nil {
		rise = min(max(rise, 1/float64(l.whole)), fastestRise)
	}
	p.pace = min(p.pace+rise, 1)
}

// idle says that a new pool would do as well.
func (p *pool) idle(now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, l := range []*line{p.first, p.next} {
		if l == nil {
			continue
		}
		last := l.sent[(l.at-1+len(l.sent))%len(l.sent)]
		if now.Sub(last) < time.Duration(float64(l.limit.Per)*l.slack/min(1, p.rate*p.pace)) {
			return false
		}
	}
	return now.After(p.until)
}
