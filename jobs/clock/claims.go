package clock

import (
	"context"
	"slices"
	"sync"

	"graphlake/jobs/state"
)

// claims are the datasets that jobs of this schedule have at work. Of two jobs that share one the later waits until the other
// has ended; without that it would find the lock taken, fail, and be tried again after a pause. A job claims all of its
// datasets at once or none, so that two never wait for each other. Other processes are kept off by the locks alone.
type claims struct {
	mu    sync.Mutex
	taken map[state.Pair]bool
	freed chan struct{} // closed when something was given back; nil: nobody waits
}

// take waits until none of the datasets is another job's, and calls waits before that, once. It is false if the context has ended.
func (c *claims) take(ctx context.Context, pairs []state.Pair, waits func()) (free func(), ok bool) {
	for told := false; ; told = true {
		freed := c.try(pairs)
		if freed == nil {
			return func() { c.free(pairs) }, true
		}
		if !told {
			waits()
		}
		select {
		case <-ctx.Done():
			return nil, false
		case <-freed:
		}
	}
}

// try claims all of the datasets, or says when to try again.
func (c *claims) try(pairs []state.Pair) (freed <-chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if slices.ContainsFunc(pairs, func(p state.Pair) bool { return c.taken[p] }) {
		if c.freed == nil {
			c.freed = make(chan struct{})
		}
		return c.freed
	}
	if c.taken == nil {
		c.taken = map[state.Pair]bool{}
	}
	for _, p := range pairs {
		c.taken[p] = true
	}
	return nil
}

func (c *claims) free(pairs []state.Pair) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, p := range pairs {
		delete(c.taken, p)
	}
	if c.freed != nil {
		close(c.freed)
		c.freed = nil
	}
}
