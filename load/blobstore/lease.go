package blobstore

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/bloberror"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/lease"

	"graphlake/load"
)

const (
	// What the service grants, besides a lease without end.
	minLease = 15 * time.Second
	maxLease = 60 * time.Second
	// We take a lease to end this much early, so that what was begun under it ends under it, and
	// a slow clock does no harm.
	leaseMargin = 2 * time.Second
)

// lock is a lease on an empty blob.
type lock struct {
	name    string
	client  *lease.BlobClient
	time    time.Duration      // of the lease
	stop    context.CancelFunc // ends the renewals
	stopped chan struct{}      // closed when they have ended
	now     func() instant

	freed atomic.Bool

	mu    sync.Mutex
	since instant // when the last request was begun that the service granted
	lost  bool
}

// instant is what both clocks of a machine say. While it sleeps its clock of running time may stand still,
// but not its calendar.
type instant struct {
	wall    time.Time
	running time.Duration
}

// clock gives the instants of this machine.
func clock() func() instant {
	start := time.Now()
	return func() instant {
		now := time.Now()
		return instant{wall: now.Round(0), running: now.Sub(start)}
	}
}

// Lock implements [load.Locker].
func (s *Store) Lock(ctx context.Context, name string) (load.Lock, error) {
	if err := errors.Join(ctx.Err(), load.CheckName(name)); err != nil {
		return nil, err
	}
	client, err := lease.NewBlobClient(s.container.NewBlobClient(s.prefix+name), nil)
	if err != nil {
		return nil, explain("lock "+name, err)
	}
	l := &lock{name: name, client: client, time: s.leaseTime, stopped: make(chan struct{}), now: clock()}
	err = l.acquire(ctx)
	if bloberror.HasCode(err, bloberror.BlobNotFound) {
		if _, err := s.Swap(ctx, name, "", nil); err != nil && !errors.Is(err, load.ErrConflict) {
			return nil, err
		}
		err = l.acquire(ctx)
	}
	if bloberror.HasCode(err, bloberror.LeaseAlreadyPresent, bloberror.LeaseIsBreakingAndCannotBeAcquired) {
		return nil, fmt.Errorf("lock %s: %w", name, load.ErrLocked)
	}
	if err != nil {
		return nil, explain("lock "+name, err)
	}
	ctx, l.stop = context.WithCancel(ctx)
	go l.keep(ctx)
	return l, nil
}

func (l *lock) acquire(ctx context.Context) error {
	l.since = l.now()
	_, err := l.client.AcquireLease(ctx, int32(l.time/time.Second), nil)
	return err
}

// keep renews the lease until ctx ends or the lease is lost. A renewal that fails for another
// reason is begun anew at the next tick: three fit into a lease.
func (l *lock) keep(ctx context.Context) {
	defer close(l.stopped)
	tick := time.NewTicker(l.time / 3)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if l.renew(ctx); l.Held() != nil {
			return
		}
	}
}

// renew asks for the lease time again, counted from now. It hangs no longer than until the next
// tick or the end of the lease: an answer after that is of no use.
func (l *lock) renew(ctx context.Context) {
	start := l.now()
	ctx, cancel := context.WithTimeout(ctx, min(l.time/3, l.left(start)))
	defer cancel()
	_, err := l.client.RenewLease(ctx, nil)
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case err == nil:
		l.since = start
	case gone(err):
		l.lost = true
	}
}

// left is how long the lease is certainly ours from now on, by the clock that says less.
func (l *lock) left(now instant) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	passed := max(now.running-l.since.running, now.wall.Sub(l.since.wall))
	left := l.time - leaseMargin - passed
	if l.lost = l.lost || left <= 0; l.lost {
		return 0
	}
	return left
}

func (l *lock) Held() error {
	if l.left(l.now()) == 0 {
		return fmt.Errorf("%s: %w", l.name, load.ErrLockLost)
	}
	return nil
}

func (l *lock) Unlock(ctx context.Context) error {
	l.stop()
	<-l.stopped
	l.mu.Lock()
	l.lost = true
	l.mu.Unlock()
	if l.freed.Load() {
		return nil
	}
	if _, err := l.client.ReleaseLease(ctx, nil); err != nil && !gone(err) {
		return explain(fmt.Sprintf("unlock %s, which frees itself in %v", l.name, l.time), err)
	}
	l.freed.Store(true)
	return nil
}

// gone reports whether the service knows no such lease: it ran out and another took it, somebody
// broke it or removed its blob, or it was released before.
func gone(err error) bool {
	answer, ok := errors.AsType[*azcore.ResponseError](err)
	return ok && (answer.StatusCode == http.StatusNotFound || answer.StatusCode == http.StatusConflict ||
		answer.StatusCode == http.StatusPreconditionFailed)
}
