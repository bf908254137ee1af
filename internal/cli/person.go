package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"graphlake/extract/graph"
	"graphlake/internal/sealed"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/schemas"
)

// A person who is signed in to a tenant is known by two things: the token cache, a file outside of the lake by which the tokens
// are renewed, and the lake's document of the sign-in, which says when they were, and since when they are not. What renews holds
// the lake's lock of the tenant's tokens, which also keeps off another machine that has the same file, and one beside the file.

// tokens is the source of a tenant's tokens for Graph.
func (c *config) tokens(t tenantConfig) (graph.TokenSource, error) {
	if t.Auth.Method == byDeviceCode {
		return c.person(t, personHooks{tellsSignedOut: true})
	}
	return t.token(c.Graph.Endpoint + "/.default")
}

// personHooks say what becomes of what is heard of a person's tokens.
type personHooks struct {
	tellsSignedOut bool // the lake is told that nobody is signed in
	plain          bool // the token cache may be written without a key
	signsOut       bool // the token cache is not read, so that it may be unreadable
	accept         func(a, before graph.Account) error
}

// person is who is signed in to a tenant.
func (c *config) person(t tenantConfig, h personHooks) (*graph.Person, error) {
	if err := t.known(); err != nil {
		return nil, usage(fmt.Errorf("tenant %s: %w", t.Name, err))
	}
	file, err := t.tokenFile()
	if err != nil && !h.signsOut {
		return nil, err
	}
	if _, err := file.Read(); errors.Is(err, sealed.ErrNoKey) && !h.signsOut { // what else is wrong with it is the tenant's alone
		return nil, t.tokenFileRefused(err)
	}
	file.Plain = h.plain
	if err := withoutCore(); err != nil {
		return nil, fmt.Errorf("the system does not let a crash be kept from writing down the memory, which has tokens in it: %w; "+
			"run it without the tenant %s, or elsewhere", err, t.Name)
	}
	o := graph.PersonOptions{
		Authority: t.authority, TenantID: t.TenantID, ClientID: t.Auth.ClientID, Tenant: t.Name, Scopes: c.scopes(t),
		Cache:   &tokenCache{config: c, tenant: t, file: file, signsOut: h.signsOut},
		Accept:  h.accept,
		Renewed: func(ctx context.Context) { c.noteSignIn(ctx, t, renewed) },
	}
	if h.tellsSignedOut {
		o.SignedOut = func(ctx context.Context, reason string) { c.noteSignIn(ctx, t, signedOut(reason)) }
	}
	p, err := graph.NewPerson(o)
	if err != nil {
		return nil, usage(fmt.Errorf("tenant %s: %w", t.Name, err))
	}
	return p, nil
}

// scopes are the delegated permissions that are asked for: the same at a sign-in and whenever it is renewed, for another would have to
// be consented to.
func (c *config) scopes(t tenantConfig) []string {
	if len(t.Auth.Scopes) > 0 {
		return t.Auth.Scopes
	}
	all, err := datasets(nil, c)
	if err != nil {
		all = nil // the configuration has been refused for it
	}
	scopes := []string{string(schemas.SignIn[0])} // also where another permission includes it: it says who somebody is
	for _, p := range personScopes(all) {
		if !slices.Contains(scopes, string(p)) {
			scopes = append(scopes, string(p))
		}
	}
	slices.Sort(scopes)
	return scopes
}

// account is who is signed in to a tenant, by the token cache alone; the zero account if nobody is.
func (c *config) account(ctx context.Context, t tenantConfig) (graph.Account, error) {
	p, err := c.person(t, personHooks{})
	if err != nil {
		return graph.Account{}, err
	}
	a, _, err := p.Account(ctx)
	return a, err
}

// completePerson says of the check of a tenant who is signed in, what is not read of those datasets for one person, and nothing of
// the permissions by which anybody is signed in.
func (c *config) completePerson(ctx context.Context, t tenantConfig, k *tenantCheck, all []schemas.Dataset) {
	if a, err := c.account(ctx, t); err == nil && a.Username != "" {
		k.Person = a.Username
	}
	var not []string
	for _, d := range all {
		if _, reads := t.planned().Reads(d); !reads {
			not = append(not, d.Name)
		}
	}
	if len(not) > 0 {
		k.Note = strings.TrimPrefix(k.Note+"; not for one person: "+strings.Join(not, ", "), "; ")
	}
	k.Permissions = slices.DeleteFunc(k.Permissions, func(p permissionCheck) bool {
		return p.State == unneeded && slices.ContainsFunc([]string{"openid", "profile", "email", "offline_access", string(schemas.SignIn[0])},
			func(s string) bool { return strings.EqualFold(s, string(p.Permission)) })
	})
}

// renewed notes that the tokens were renewed, or that somebody has signed in.
func renewed(s *state.SignIn) { s.Renewed, s.SignedOut = time.Now().UTC(), nil }

// signedOut notes since when nobody is signed in, and why now.
func signedOut(reason string) func(*state.SignIn) {
	return func(s *state.SignIn) {
		if s.SignedOut == nil {
			s.SignedOut = &state.SignedOut{Since: time.Now().UTC()}
		}
		s.SignedOut.Reason = reason
	}
}

// noteTime is for what is noted of a sign-in, during which nobody gets a token.
const noteTime = 30 * time.Second

// noteSignIn changes what the lake knows. A run does not fail if that cannot be: the next one notes it.
func (c *config) noteSignIn(ctx context.Context, t tenantConfig, change func(*state.SignIn)) {
	ctx, end := context.WithTimeout(ctx, noteTime)
	defer end()
	store, err := c.openStore(ctx)
	if err == nil {
		err = state.UpdateSignIn(ctx, store, t.TenantID, change)
	}
	if err != nil {
		c.log.WarnContext(ctx, "what became of the sign-in is not noted in the lake", "tenant", t.Name, "error", err)
	}
}

// tokenFile is where a tenant's tokens are kept.
func (t tenantConfig) tokenFile() (sealed.File, error) {
	key, err := t.tokenKey()
	return sealed.File{Path: t.Auth.TokenCache, What: "token_cache", Key: key, About: t.TenantID + " " + strings.ToLower(t.Auth.ClientID)}, err
}

// tokenFileError is why the file with a tenant's tokens cannot be used.
type tokenFileError struct {
	err  error
	cure string
}

func (e *tokenFileError) Error() string { return e.err.Error() + "; " + e.cure }
func (e *tokenFileError) Unwrap() error { return e.err }
func (e *tokenFileError) Cure() string  { return e.cure }

// tokenFileError says what to do where the file cannot be used; nil if it can.
func (t tenantConfig) tokenFileError(err error) error {
	const anew = "begin anew with graphlake sign-out and graphlake sign-in"
	name := t.Auth.TokenKeyEnv
	switch {
	case err == nil:
		return nil
	case errors.Is(err, sealed.ErrNoKey):
		return &tokenFileError{err, fmt.Sprintf("set the environment variable %s, which auth.token_key_env names, to the key that it was written with", name)}
	case errors.Is(err, sealed.ErrWrong):
		return &tokenFileError{err, fmt.Sprintf("set the environment variable %s to the key, and tenant_id and client_id to those, "+
			"that it was written with, or %s", name, anew)}
	case errors.Is(err, sealed.ErrPlain):
		return &tokenFileError{err, anew + ", and it is encrypted"}
	case errors.Is(err, sealed.ErrForm):
		return &tokenFileError{err, "name another file as auth.token_cache, or remove this one and sign in again"}
	}
	return &tokenFileError{err, "see to the file, its directory and the space there"}
}

// tokenFileRefused is why nothing is begun with that file.
func (t tenantConfig) tokenFileRefused(err error) error {
	return usage(fmt.Errorf("tenant %s: auth.%w", t.Name, t.tokenFileError(err)))
}

// tokenCache is a sealed file under a lock in the lake.
type tokenCache struct {
	config *config
	tenant tenantConfig
	file   sealed.File
	// signsOut says that the lake may be away: who signs out is not to wait for it.
	signsOut bool

	mu    sync.Mutex
	store store // guarded by mu; nil until somebody locks
}

// signInWait is how long one process waits until another has renewed.
const signInWait = 2 * time.Minute

// lakeFirst is what to do where the lake cannot be locked, and nobody else holds its lock.
const lakeFirst = "its lock lies in the lake, so see to the lake first"

// Lock takes the lake's lock of the tenant's tokens, and one beside the file, for a configuration of another lake may name it, too.
func (t *tokenCache) Lock(ctx context.Context) (unlock func(), err error) {
	t.mu.Lock()
	if t.store == nil {
		t.store, err = t.config.openStore(ctx)
	}
	s := t.store
	t.mu.Unlock()
	if err != nil && !t.signsOut {
		return nil, &tokenFileError{err, lakeFirst}
	}
	unlockFile, err := t.file.Lock(ctx, signInWait)
	if errors.Is(err, sealed.ErrNoLock) { // what is wrong there is said by who reads or writes
		unlockFile, err = func() {}, nil
	}
	if err != nil || s == nil {
		return unlockFile, err
	}
	unlockLake, err := state.LockSignIn(ctx, s, t.tenant.TenantID, signInWait)
	switch away := err != nil && !errors.Is(err, load.ErrLocked) && ctx.Err() == nil; {
	case away && t.signsOut:
		return unlockFile, nil
	case away:
		err = &tokenFileError{err, lakeFirst}
	}
	if err != nil {
		unlockFile()
		return nil, err
	}
	return func() { unlockLake(); unlockFile() }, nil
}

// Read reads the file; nil if there is none.
func (t *tokenCache) Read(context.Context) ([]byte, error) {
	text, err := t.file.Read()
	return text, t.tenant.tokenFileError(err)
}

// Write writes the file.
func (t *tokenCache) Write(_ context.Context, text []byte) error {
	return t.tenant.tokenFileError(t.file.Write(text))
}

// Remove removes it.
func (t *tokenCache) Remove(context.Context) error { return t.tenant.tokenFileError(t.file.Remove()) }
