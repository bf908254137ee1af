package graph

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"sync"
	"time"

	"graphlake/schemas/throttle"

	khttp "github.com/microsoft/kiota-http-go"
)

// budget is the middleware that holds a request back until its family, its resource and the tenant's
// concurrency let it through, and learns from the answer.
type budget struct {
	client *Client
	rate   float64
	slots  chan struct{} // one for every request in flight

	mu        sync.Mutex
	families  map[string]*pool
	resources map[resource]*pool
	sweepAt   int
}

type resource struct{ family, key string }

func newBudget(c *Client, rate float64, concurrency int) *budget {
	return &budget{
		client:    c,
		rate:      rate,
		slots:     make(chan struct{}, concurrency),
		families:  map[string]*pool{},
		resources: map[resource]*pool{},
	}
}

// visit is one request on its way through.
type visit struct {
	*call
	family, narrow *pool // narrow is the resource's
	sent           time.Time
}

// Intercept sends the request when it may be sent. The rest of the pipeline reads the whole answer,
// so the slot covers the reading too.
func (b *budget) Intercept(p khttp.Pipeline, next int, req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	v := b.visit(callOf(req))
	defer b.release(v)
	start := time.Now()
	err := b.enter(ctx, v)
	b.client.countWait(ctx, time.Since(start))
	if err != nil {
		return nil, err
	}
	defer func() { <-b.slots }()
	resp, err := p.Next(req, next)
	b.learn(ctx, v, err)
	return resp, err
}

// enter waits for the resource first, so that a resource that is paused does not stand in its
// family's line, and counts the request in both at the moment it leaves: never earlier, or requests
// held up by the one would crowd in a window of the other.
func (b *budget) enter(ctx context.Context, v *visit) error {
	if err := v.narrow.line(v.call).join(ctx); err != nil {
		return err
	}
	defer v.narrow.line(v.call).leave()
	for {
		if err := v.narrow.await(ctx, v.call); err != nil {
			return err
		}
		if sent, err := b.pass(ctx, v); sent || err != nil {
			return err
		}
	}
}

// pass stands in the family's line and takes a slot. It reports false if a pause came in between.
func (b *budget) pass(ctx context.Context, v *visit) (bool, error) {
	if err := v.family.line(v.call).join(ctx); err != nil {
		return false, err
	}
	defer v.family.line(v.call).leave()
	if err := v.family.await(ctx, v.call); err != nil {
		return false, err
	}
	select {
	case b.slots <- struct{}{}:
	case <-ctx.Done():
		return false, ctx.Err()
	}
	if !v.take(time.Now()) {
		<-b.slots
		return false, nil
	}
	return true, nil
}

// take counts the request in both pools, if both let it through now.
func (v *visit) take(now time.Time) bool {
	v.narrow.mu.Lock()
	defer v.narrow.mu.Unlock()
	v.family.mu.Lock()
	defer v.family.mu.Unlock()
	if v.narrow.delay(now, v.call) > 0 || v.family.delay(now, v.call) > 0 {
		return false
	}
	v.narrow.take(now, v.call)
	v.family.take(now, v.call)
	v.sent = now
	return true
}

// learn raises the pace after a good answer and lowers it after a complaint.
func (b *budget) learn(ctx context.Context, v *visit, err error) {
	if err == nil {
		v.family.quicken(v.call)
		v.narrow.quicken(v.call)
		return
	}
	e, ok := errors.AsType[*Error](err)
	if !ok || !e.throttles() || v.token == "" { // Entra's complaint is not the family's
		return
	}
	b.client.count(ctx, func(n *Counter) { n.Throttled.Add(1) })
	pause := e.RetryAfter
	if pause > longestWait {
		pause = 0 // whoever asks next hears it from Graph at once, instead of waiting for hours
	}
	// Graph does not say which limit was met. One resource alone is the resource's; a second one
	// during its pause is the family's.
	if v.perResource() {
		v.narrow.slow(v.sent, pause)
		if !v.family.suspects(v.resource, pause) {
			return
		}
	}
	v.family.slow(v.sent, pause)
}

// visit finds the pools of a request, which are its own until release.
func (b *budget) visit(c *call) *visit {
	b.mu.Lock()
	defer b.mu.Unlock()
	family, ok := b.families[c.budget.Name]
	if !ok {
		family = newPool(c.budget.First, c.budget.Next, b.rate)
		b.families[c.budget.Name] = family
	}
	if !c.perResource() {
		return &visit{call: c, family: family, narrow: newPool(throttle.Limit{}, throttle.Limit{}, 1)}
	}
	key := resource{c.budget.Name, c.resource}
	narrow, ok := b.resources[key]
	if !ok {
		b.sweep()
		narrow = newPool(c.budget.Resource, c.budget.ResourceNext, b.rate)
		b.resources[key] = narrow
	}
	narrow.users++
	return &visit{call: c, family: family, narrow: narrow}
}

func (b *budget) release(v *visit) {
	b.mu.Lock()
	defer b.mu.Unlock()
	v.narrow.users--
}

// sweep forgets resources that were not asked for lately: a backfill names a million of them.
func (b *budget) sweep() {
	if len(b.resources) < b.sweepAt {
		return
	}
	now := time.Now()
	maps.DeleteFunc(b.resources, func(_ resource, p *pool) bool { return p.users == 0 && p.idle(now) })
	b.sweepAt = max(1024, 2*len(b.resources))
}
