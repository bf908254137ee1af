package state

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"graphlake/load"
)

// SignIn is what the lake knows of the person who is signed in to a tenant: how long their tokens will do. No name of a
// person is in it, no id and no token: those lie in the token cache, which is never in the lake.
type SignIn struct {
	// Renewed is when the person signed in, or when their tokens were last renewed; zero: never.
	Renewed time.Time `json:"renewed,omitzero"`
	// SignedOut is set while a renewal was refused and nobody has signed in again.
	SignedOut *SignedOut `json:"signed_out,omitempty"`
}

// SignedOut is since when a person's tokens are not renewed, and why, in words of ours.
type SignedOut struct {
	Since  time.Time `json:"since,omitzero"`
	Reason string    `json:"reason"`
}

// LoadSignIn reads what is known of a tenant's person; zero if nobody has ever signed in.
func LoadSignIn(ctx context.Context, store load.Store, tenantID string) (SignIn, error) {
	s, _, err := loadSignIn(ctx, store, tenantID)
	return s, err
}

func loadSignIn(ctx context.Context, store load.Store, tenantID string) (s SignIn, v load.Version, err error) {
	text, v, err := load.ReadObject(ctx, store, load.SignInObject(tenantID))
	if errors.Is(err, fs.ErrNotExist) {
		return s, "", nil
	}
	if err != nil {
		return s, "", err
	}
	if json.Unmarshal(text, &s) != nil {
		s = SignIn{} // the next renewal makes it anew
	}
	return s, v, nil
}

// signInSwaps is how often a change is tried while others change the document.
const signInSwaps = 8

// UpdateSignIn changes what is known of a tenant's person. The change is made anew of what another process has left
// meanwhile, so it may be called several times; one that changes nothing writes nothing.
func UpdateSignIn(ctx context.Context, store Store, tenantID string, change func(*SignIn)) error {
	name := load.SignInObject(tenantID)
	for range signInSwaps {
		s, v, err := loadSignIn(ctx, store, tenantID)
		if err != nil {
			return err
		}
		before, err := json.Marshal(s)
		if err != nil {
			return err
		}
		change(&s)
		text, err := json.Marshal(s)
		if err != nil || bytes.Equal(before, text) {
			return err
		}
		if _, err = store.Swap(ctx, name, v, text); err == nil {
			return nil
		} else if !errors.Is(err, load.ErrConflict) {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return fmt.Errorf("%s: %w", name, load.ErrConflict)
}

// LockSignIn takes the lock of the tokens of a tenant's person, which one process at a time renews. It waits as long as
// wait for who holds it, and answers [load.ErrLocked] after that.
func LockSignIn(ctx context.Context, store load.Locker, tenantID string, wait time.Duration) (unlock func(), err error) {
	start := time.Now()
	for pause := 10 * time.Millisecond; ; pause = min(2*pause, time.Second) {
		lock, err := store.Lock(ctx, load.SignInLock(tenantID))
		if err == nil {
			// One that cannot be freed is free when its lease has run out.
			return func() { _ = lock.Unlock(context.WithoutCancel(ctx)) }, nil
		}
		left := wait - time.Since(start)
		if !errors.Is(err, load.ErrLocked) || left <= 0 {
			return nil, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(min(pause, left)):
		}
	}
}
