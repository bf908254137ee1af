package graph

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"net/http"
	"sync"
	"time"

	khttp "github.com/microsoft/kiota-http-go"

	"graphlake/schemas/throttle"
)

// budget is the middleware that holds a request back until its resource, its family and the tenant's
// concurrency let it through, and learns from the answer.
type budget struct {
	client *Client
	*Budgets
}

// Budgets are those of a tenant. Clients of one tenant that are given the same keep its limits together. They are safe for
// concurrent use.
type Budgets struct {
	rate  float64
	slots chan struct{} // one for every request in flight

	mu        sync.Mutex
	families  map[string]*pacer
	resources map[resource]*pacer
	sweepAt   int // so many resources
}

type resource struct{ family, key string }

// NewBudgets makes them, by a factor on all limits, where 0 is 1, and how many requests may be in flight, where 0 is 32.
func NewBudgets(rate float64, concurrency int) *Budgets {
	return &Budgets{
		rate:      cmp.Or(rate, 1),
		slots:     make(chan struct{}, cmp.Or(concurrency, mostInFlight)),
		families:  map[string]*pacer{},
		resources: map[resource]*pacer{},
	}
}

// admission is one request with the pacers that let it through. It belongs to one goroutine.
type admission struct {
	call             *call
	family, resource *pacer
	sent             time.Time
}

// Intercept sends the request when it may be sent. The rest of the pipeline reads the whole answer,
// so the slot covers the reading too.
func (b *budget) Intercept(p khttp.Pipeline, next int, req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	a := b.admission(callOf(req))
	defer b.release(a)
	start := time.Now()
	err := b.admit(ctx, a)
	b.client.countWait(ctx, time.Since(start))
	if err != nil {
		return nil, err
	}
	defer func() { <-b.slots }()
	resp, err := p.Next(req, next)
	b.learn(ctx, a, err)
	return resp, err
}

// admit waits for the resource first, so that a resource that is paused does not hold the turn of its
// family, and counts the request in both at the moment it leaves: never earlier, or requests held up by
// the one would crowd in an interval of the other.
func (b *budget) admit(ctx context.Context, a *admission) error {
	turn := a.resource.limiter(a.call)
	if err := turn.acquire(ctx); err != nil {
		return err
	}
	defer turn.release()
	for {
		if err := a.resource.wait(ctx, a.call); err != nil {
			return err
		}
		if sent, err := b.admitToFamily(ctx, a); sent || err != nil {
			return err
		}
	}
}

// admitToFamily waits for the family and takes a slot. It reports false if a pause came in between.
func (b *budget) admitToFamily(ctx context.Context, a *admission) (bool, error) {
	turn := a.family.limiter(a.call)
	if err := turn.acquire(ctx); err != nil {
		return false, err
	}
	defer turn.release()
	if err := a.family.wait(ctx, a.call); err != nil {
		return false, err
	}
	select {
	case b.slots <- struct{}{}:
	case <-ctx.Done():
		return false, ctx.Err()
	}
	if !a.record(time.Now()) {
		<-b.slots
		return false, nil
	}
	return true, nil
}

// record counts the request in both pacers, if both let it through now.
func (a *admission) record(now time.Time) bool {
	a.resource.mu.Lock()
	defer a.resource.mu.Unlock()
	a.family.mu.Lock()
	defer a.family.mu.Unlock()
	if a.resource.delay(now, a.call) > 0 || a.family.delay(now, a.call) > 0 {
		return false
	}
	a.resource.record(now, a.call)
	a.family.record(now, a.call)
	a.sent = now
	return true
}

// learn raises the pace after a good answer and lowers it after a complaint.
func (b *budget) learn(ctx context.Context, a *admission, err error) {
	if err == nil {
		a.family.speedUp(a.call)
		a.resource.speedUp(a.call)
		return
	}
	e, ok := errors.AsType[*Error](err)
	if !ok || !e.throttles() || a.call.token == "" { // Entra's complaint is not the family's
		return
	}
	b.client.count(ctx, func(n *Counter) { n.Throttled.Add(1) })
	pause := e.RetryAfter
	if pause > longestWait {
		pause = 0 // whoever asks next hears it from Graph at once, instead of waiting for hours
	}
	// Graph does not say which limit was met. One resource alone is the resource's; a second one
	// during its pause is the family's.
	if a.call.perResource() {
		a.resource.slowDown(a.sent, pause)
		if !a.family.noteThrottled(a.call.resource, pause) {
			return
		}
	}
	a.family.slowDown(a.sent, pause)
}

// admission finds the pacers of a request, which it uses until release.
func (b *budget) admission(c *call) *admission {
	b.mu.Lock()
	defer b.mu.Unlock()
	family, ok := b.families[c.budget.Name]
	if !ok {
		family = newPacer(c.budget.First, c.budget.Next, b.rate)
		b.families[c.budget.Name] = family
	}
	if !c.perResource() {
		return &admission{call: c, family: family, resource: newPacer(throttle.Limit{}, throttle.Limit{}, 1)}
	}
	key := resource{c.budget.Name, c.resource}
	of, ok := b.resources[key]
	if !ok {
		b.sweep()
		of = newPacer(c.budget.Resource, c.budget.ResourceNext, b.rate)
		b.resources[key] = of
	}
	of.users++
	return &admission{call: c, family: family, resource: of}
}

func (b *budget) release(a *admission) {
	b.mu.Lock()
	defer b.mu.Unlock()
	a.resource.users--
}

// sweep forgets resources that were not asked for lately: a backfill names a million of them.
func (b *budget) sweep() {
	if len(b.resources) < b.sweepAt {
		return
	}
	now := time.Now()
	maps.DeleteFunc(b.resources, func(_ resource, p *pacer) bool { return p.users == 0 && p.idle(now) })
	b.sweepAt = max(1024, 2*len(b.resources))
}
