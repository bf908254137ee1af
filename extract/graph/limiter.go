package graph

import (
	"context"
	"time"

	"graphlake/schemas/throttle"
)

// limiter lets the requests of one limit through, in the order they came. Graph counts the requests of every
// interval of the limit's length, wherever it begins; so the instants of the last limit.Requests units are kept,
// and the next one leaves an interval after the oldest of them. A nil limiter does not bound.
//
// The holder of turn alone waits and calls record; delay and record need the lock of the pacer that they belong to.
type limiter struct {
	turn      chan struct{} // filled by the request that is next
	published int           // requests of the limit before it was divided
	slack     float64       // of the limit before it was divided
	limit     throttle.Limit
	late      time.Duration // by so much a request may have left after its time, and not hold up those after it
	sent      []time.Time   // a ring of the last limit.Requests units: when they left, or should have
	at        int           // where the next unit goes
}

func newLimiter(l throttle.Limit, rate float64) *limiter {
	if l.Requests <= 0 || l.Per <= 0 {
		return nil
	}
	// A timer is late, and a busy machine more so. In each of the intervals that a limit is divided into
	// that would be lost, but for one of them it is half the slack of the whole limit.
	late := time.Duration(float64(l.Per) * (slack(l) - 1) / 2 / max(1, rate))
	part := divide(l, rate)
	return &limiter{
		turn: make(chan struct{}, 1), published: l.Requests, slack: slack(l), limit: part, late: late, sent: make([]time.Time, part.Requests),
	}
}

// slack is how far a limit's intervals are stretched: requests do not all travel equally fast, and it is
// Graph that counts. They are late by milliseconds, which is more of a second than of twenty.
func slack(l throttle.Limit) float64 {
	if l.Per <= time.Second {
		return 1.04
	}
	return 1.02
}

// How far a limit is divided: requests that go out at once, and the time until the next ones do.
const (
	smallestBurst    = 10
	shortestInterval = 100 * time.Millisecond
)

// divide makes of a limit the same one over a shorter time, so that its requests do not all go out at the start
// of the interval. N in any interval implies k·N in any k intervals, so nothing is exceeded. Rate is how much faster
// the limit's clock is than ours.
func divide(l throttle.Limit, rate float64) throttle.Limit {
	intervals := float64(l.Per) / rate / float64(shortestInterval)
	for k := int(min(float64(l.Requests/smallestBurst), intervals)); k > 1; k-- {
		if l.Requests%k == 0 {
			return throttle.Limit{Requests: l.Requests / k, Per: l.Per / time.Duration(k)}
		}
	}
	return l
}

// scale is factor times the limit. A share below 1 means fewer requests in the same interval; an interval can be
// shortened, or stretched around its one request, whatever Graph's own interval is.
func scale(l throttle.Limit, factor float64) throttle.Limit {
	share := float64(l.Requests) * factor
	switch {
	case factor >= 1:
		l.Per = time.Duration(float64(l.Per) / factor)
	case share >= 1:
		l.Requests = int(share)
	default:
		l.Requests, l.Per = 1, time.Duration(float64(l.Per)/share)
	}
	return l
}

// acquire waits for the turn, which release gives back.
func (l *limiter) acquire(ctx context.Context) error {
	if l == nil {
		return ctx.Err()
	}
	select {
	case l.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (l *limiter) release() {
	if l != nil {
		<-l.turn
	}
}

// due is when a request of that cost may leave, at a factor of the limit. It is zero if nothing left yet.
func (l *limiter) due(cost int, factor float64) time.Time {
	limit := scale(l.limit, factor)
	back := limit.Requests - min(cost, limit.Requests) + 1
	last := l.sent[(l.at-back+len(l.sent))%len(l.sent)]
	if last.IsZero() {
		return last
	}
	return last.Add(time.Duration(float64(limit.Per) * l.slack))
}

// delay is how long a request of that cost has to wait, at a factor of the limit.
func (l *limiter) delay(now time.Time, cost int, factor float64) time.Duration {
	if l == nil {
		return 0
	}
	due := l.due(cost, factor)
	if due.IsZero() {
		return 0
	}
	return due.Sub(now)
}

// record counts a request that leaves now, as if it had left when it was due, if that is not too long ago.
func (l *limiter) record(now time.Time, cost int, factor float64) {
	if l == nil {
		return
	}
	left := now.Add(-l.late)
	if due := l.due(cost, factor); due.After(left) {
		left = due
	}
	for range min(cost, len(l.sent)) {
		l.sent[l.at] = left
		l.at = (l.at + 1) % len(l.sent)
	}
}

// idle reports whether no request that was recorded still counts, at a factor of the limit.
func (l *limiter) idle(now time.Time, factor float64) bool {
	if l == nil {
		return true
	}
	last := l.sent[(l.at-1+len(l.sent))%len(l.sent)]
	return now.Sub(last) >= time.Duration(float64(l.limit.Per)*l.slack/min(1, factor))
}
