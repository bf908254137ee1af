package clock

import (
	"context"
	"slices"
	"sync"

	"graphlake/jobs/state"
)

// Claims are the datasets that jobs or runs of this process have at work. Of two jobs that share one the later waits until the other
// has ended; without that it would find the lock taken, fail, and be tried again after a pause. A job claims all of its
// datasets at once or none, so that two never wait for each other. Of those that wait whoever came first begins first, as far as
// its datasets are free: what waits for one keeps no other from being read, as presence every minute. Other processes are kept
// off by the locks alone.
type Claims struct {
	mu      sync.Mutex
	taken   map[state.Pair]bool
	waiting []*Claim // in the order in which they came
}

// A Claim is one of several datasets, which are to be had or waited for.
type Claim struct {
	claims  *Claims
	pairs   []state.Pair
	granted chan struct{} // closed when the pairs are the claim's
}

// Ask claims datasets. [Claim.Wait] follows.
func (c *Claims) Ask(pairs []state.Pair) *Claim {
	own := &Claim{c, pairs, make(chan struct{})}
	c.change(func() { c.waiting = append(c.waiting, own) })
	return own
}

// Wait waits until none of the datasets is another's, and calls waits before that, once. It is false if the context has ended, and the
// claim is none then.
func (c *Claim) Wait(ctx context.Context, waits func()) (free func(), ok bool) {
	select {
	case <-c.granted:
	default:
		waits()
	}
	select {
	case <-c.granted:
	case <-ctx.Done():
	}
	free = func() { c.claims.change(func() { c.claims.give(c) }) }
	if ctx.Err() != nil { // whoever ends at the same time may have freed them
		free()
		return nil, false
	}
	return free, true
}

// give takes back a claim, whether it was granted or still waits. The caller holds the mutex.
func (c *Claims) give(own *Claim) {
	if i := slices.Index(c.waiting, own); i >= 0 {
		c.waiting = slices.Delete(c.waiting, i, i+1)
		return
	}
	for _, p := range own.pairs {
		delete(c.taken, p)
	}
}

// change changes who claims what, and grants what can be granted then, in the order of waiting.
func (c *Claims) change(change func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change()
	if c.taken == nil {
		c.taken = map[state.Pair]bool{}
	}
	c.waiting = slices.DeleteFunc(c.waiting, func(w *Claim) bool {
		if slices.ContainsFunc(w.pairs, func(p state.Pair) bool { return c.taken[p] }) {
			return false
		}
		for _, p := range w.pairs {
			c.taken[p] = true
		}
		close(w.granted)
		return true
	})
}
