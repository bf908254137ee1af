package notify

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"
)

// Target is who is told, of what.
type Target struct {
	Name    string // as logs call it
	On      []Kind
	Channel Channel
}

// Channel is a way to a target. An error of Send says in our words why the message did not arrive, and has no secret in it.
type Channel interface {
	// Send sends a message once, and says what came back. What may pass is tried a second time here, and nowhere else.
	Send(ctx context.Context, m Message) (answer string, err error)
}

// Notifier tells targets what was found. It is safe for concurrent use.
type Notifier struct {
	Targets []Target
	Store   Store  // nil: nothing is remembered beyond this process
	Lake    string // as messages name it
	Log     *slog.Logger

	mu     sync.Mutex
	known  told                 // guarded by mu: what is remembered where the lake does not answer
	quiet  map[string]time.Time // guarded by mu: until when a target that did not answer is left alone
	before *Found               // guarded by mu: what was found last, all of which was sent
}

// pause is how long a target that could not be told is left alone.
const pause = 15 * time.Minute

// Tell tells the targets what they do not know yet. What fails of it is logged. The instant counts as now.
func (n *Notifier) Tell(ctx context.Context, f Found, now time.Time) {
	if n == nil || len(n.Targets) == 0 || ctx.Err() != nil {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.before != nil && slices.Equal(n.before.Problems, f.Problems) && slices.Equal(n.before.Well, f.Well) {
		return
	}
	n.before = nil
	claimed := make([][]entry, len(n.Targets))
	n.change(ctx, func(t *told) {
		for i, to := range n.Targets {
			t.update(to.Name, to.On, f, now)
			claimed[i] = nil
			if now.After(n.quiet[to.Name]) {
				claimed[i] = t.claim(to.Name, now)
			}
		}
		t.forget(now)
	})
	failed := make([]error, len(n.Targets))
	var sending sync.WaitGroup
	for i, to := range n.Targets {
		if len(claimed[i]) > 0 {
			sending.Go(func() { failed[i] = n.send(ctx, to, newMessage(n.Lake, claimed[i], now)) })
		}
	}
	sending.Wait()
	ctx = context.WithoutCancel(ctx) // what was sent was sent
	n.change(ctx, func(t *told) {
		for i := range n.Targets {
			t.settle(claimed[i], failed[i] == nil)
		}
	})
	for i, to := range n.Targets {
		if failed[i] != nil {
			if n.quiet == nil {
				n.quiet = map[string]time.Time{}
			}
			n.quiet[to.Name] = now.Add(pause)
		}
	}
	if !slices.ContainsFunc(n.known.Problems, n.known.due) {
		n.before = &f
	}
}

// change changes what is remembered: in the lake, or, where that does not answer, in this process alone.
func (n *Notifier) change(ctx context.Context, change func(*told)) {
	if n.Store != nil {
		t, err := changeTold(ctx, n.Store, change)
		if err == nil {
			n.known = t
			return
		}
		n.Log.WarnContext(ctx, "what was told to whom could not be noted in the lake, so it may be told once more", "error", err)
	}
	change(&n.known)
}

func (n *Notifier) send(ctx context.Context, to Target, m Message) error {
	answer, err := to.Channel.Send(ctx, m)
	if err != nil {
		n.Log.ErrorContext(ctx, "a notification did not arrive; it is tried again with the next, and graphlake notify --test tries it now", "to", to.Name, "title", m.Title, "error", err)
		return err
	}
	n.Log.InfoContext(ctx, "notified", "to", to.Name, "title", m.Title, "answer", answer)
	return nil
}

// Test sends one message to a target, with an event of each kind that it is told of.
func Test(ctx context.Context, to Target, lake string, now time.Time) (answer string, err error) {
	return to.Channel.Send(ctx, testMessage(lake, to.On, now))
}
