package state_test

import (
	"bytes"
	"errors"
	"sync"
	"testing"
	"time"

	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/load/memstore"
)

const signInTenant = "0f7c9a52-3b1e-4d68-8f20-6d3e9b1c4a75"

// Changes by many at once are all in the document; what is broken is made anew.
func TestSignIn(t *testing.T) {
	store := memstore.New()
	if s, err := state.LoadSignIn(t.Context(), store, signInTenant); err != nil || !s.Renewed.IsZero() || s.SignedOut != nil {
		t.Fatalf("of nobody: %+v, %v", s, err)
	}
	first := time.Date(2026, 11, 16, 2, 0, 0, 0, time.UTC)
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			if err := state.UpdateSignIn(t.Context(), store, signInTenant, func(s *state.SignIn) {
				if at := first.Add(time.Duration(i) * time.Hour); at.After(s.Renewed) {
					s.Renewed = at
				}
			}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	out := &state.SignedOut{Since: first.Add(24 * time.Hour), Reason: "the password was changed (AADSTS50173)"}
	if err := state.UpdateSignIn(t.Context(), store, signInTenant, func(s *state.SignIn) { s.SignedOut = out }); err != nil {
		t.Fatal(err)
	}
	s, err := state.LoadSignIn(t.Context(), store, signInTenant)
	if err != nil || !s.Renewed.Equal(first.Add(3*time.Hour)) || s.SignedOut == nil || *s.SignedOut != *out {
		t.Fatalf("%+v, %v", s, err)
	}
	text, v, err := load.ReadObject(t.Context(), store, load.SignInObject(signInTenant))
	if err != nil {
		t.Fatal(err)
	}
	if err := state.UpdateSignIn(t.Context(), store, signInTenant, func(*state.SignIn) {}); err != nil {
		t.Fatal(err)
	}
	if same, still, err := load.ReadObject(t.Context(), store, load.SignInObject(signInTenant)); err != nil || still != v || !bytes.Equal(same, text) {
		t.Errorf("a change of nothing has written: %s, %v", same, err)
	}
	if _, err := store.Swap(t.Context(), load.SignInObject(signInTenant), v, []byte("{")); err != nil {
		t.Fatal(err)
	}
	if err := state.UpdateSignIn(t.Context(), store, signInTenant, func(s *state.SignIn) { s.Renewed = first }); err != nil {
		t.Fatal(err)
	}
	if s, err := state.LoadSignIn(t.Context(), store, signInTenant); err != nil || !s.Renewed.Equal(first) || s.SignedOut != nil {
		t.Errorf("after a broken one: %+v, %v", s, err)
	}
}

// The lock is one tenant's; who waits gets it when it is free, and who waits too long is told that it is held.
func TestLockSignIn(t *testing.T) {
	store := memstore.New()
	unlock, err := state.LockSignIn(t.Context(), store, signInTenant, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := state.LockSignIn(t.Context(), store, signInTenant, 30*time.Millisecond); !errors.Is(err, load.ErrLocked) {
		t.Fatalf("of a held one: %v, want ErrLocked", err)
	}
	other, err := state.LockSignIn(t.Context(), store, "1"+signInTenant[1:], 0)
	if err != nil {
		t.Fatalf("of another tenant: %v", err)
	}
	other()
	time.AfterFunc(50*time.Millisecond, unlock)
	again, err := state.LockSignIn(t.Context(), store, signInTenant, time.Minute)
	if err != nil {
		t.Fatalf("of one that was freed: %v", err)
	}
	again()
}

// The document of a sign-in is no dataset's state, and its lock no object's.
func TestSignInObjectIsNoState(t *testing.T) {
	if tenantID, dataset, ok := load.ParseState(load.SignInObject(signInTenant)); ok {
		t.Errorf("the state of %s of %s", dataset, tenantID)
	}
}
