package bearer

import (
	"cmp"
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"

	"graphlake/internal/foreign"
)

// Entra signs with one of several keys, which it replaces at times that it does not announce: a token says by an id which key it was. Whoever
// asks can invent such ids. So how often keys are asked for is bounded, whatever is asked of us:
//
//   - the first keys with the first token. While there are none, again after betweenTries.
//   - again for an id that is not known, and when the keys are old: both together once in betweenFetches.
//
// Who asks waits for a fetch for an id that is not known, and all for the same one. Keys that are held stay until others have arrived: a
// token of a known key does not hear that Entra is away. A key that is no longer among those that arrive is gone.
const (
	betweenTries   = 5 * time.Second
	betweenFetches = 5 * time.Minute
	keysAge        = time.Hour // after which they are asked for again: a key may have been withdrawn
	fetchTime      = 10 * time.Second
	mostKeys       = 1 << 20 // bytes of an answer
)

// signedBy is how a token may be signed.
var signedBy = []jose.SignatureAlgorithm{jose.RS256}

// keySet is the keys of one directory.
type keySet struct {
	issuer string
	client *http.Client
	now    func() time.Time
	log    *slog.Logger

	mu       sync.Mutex // guards what follows
	address  string     // of the keys; empty: to be asked for
	keys     []jose.JSONWebKey
	arrived  time.Time     // when the keys did
	asked    time.Time     // last, for the first ones
	again    time.Time     // asked last, for others than the first
	fetching chan struct{} // closed when the fetch has ended; nil: there is none
	fault    error         // of the last fetch
}

func newKeySet(issuer string, o Options) *keySet {
	return &keySet{issuer: issuer, now: o.Now, log: o.Log, client: &http.Client{
		Transport: o.Connections, Timeout: fetchTime,
		CheckRedirect: func(*http.Request, []*http.Request) error { return errRedirected },
	}}
}

var (
	errRedirected = errors.New("it leads elsewhere")
	errNoKey      = errors.New("no key of Entra has the id that the token names")
	errSignature  = errors.New("the signature is not of the key that the token names")
)

// ready returns when there are keys, or why there are none.
func (k *keySet) ready(ctx context.Context) error {
	k.mu.Lock()
	now := k.now()
	switch {
	case len(k.keys) > 0:
		if k.fetching == nil && now.Sub(k.arrived) >= keysAge && now.Sub(k.again) >= betweenFetches {
			k.again = now
			k.fetch(ctx) // nobody waits for it
		}
		k.mu.Unlock()
		return nil
	case k.fetching == nil && now.Sub(k.asked) >= betweenTries:
		k.asked = now
		k.fetch(ctx)
	}
	err := k.wait(ctx)
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.keys) > 0 {
		return nil
	}
	return fmt.Errorf("Entra's keys are not there, so that nobody can be let in: %w", foreign.Error(cmp.Or(err, k.fault)))
}

// VerifySignature is asked by the library for each token, of which it has checked the form.
func (k *keySet) VerifySignature(ctx context.Context, token string) ([]byte, error) {
	signed, err := jose.ParseSignedCompact(token, signedBy)
	if err != nil {
		return nil, err
	}
	keys, err := k.named(ctx, signed.Signatures[0].Protected.KeyID)
	if err != nil {
		return nil, err
	}
	for _, key := range keys {
		if payload, err := signed.Verify(key); err == nil {
			return payload, nil
		}
	}
	return nil, errSignature
}

// named is the key that has an id; Entra may have several of one id.
func (k *keySet) named(ctx context.Context, id string) ([]jose.JSONWebKey, error) {
	k.mu.Lock()
	keys := k.held(id)
	if len(keys) > 0 || id == "" {
		k.mu.Unlock()
		return keys, nil
	}
	if now := k.now(); k.fetching == nil && now.Sub(k.again) >= betweenFetches {
		k.again = now
		k.fetch(ctx)
	}
	if err := k.wait(ctx); err != nil {
		return nil, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if keys = k.held(id); len(keys) == 0 {
		return nil, errNoKey
	}
	return keys, nil
}

func (k *keySet) held(id string) []jose.JSONWebKey {
	var keys []jose.JSONWebKey
	for _, key := range k.keys {
		if key.KeyID == id {
			keys = append(keys, key)
		}
	}
	return keys
}

// wait unlocks, and returns when no fetch is under way.
func (k *keySet) wait(ctx context.Context) error {
	fetching := k.fetching
	k.mu.Unlock()
	if fetching == nil {
		return nil
	}
	select {
	case <-fetching:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// fetch begins a fetch, unless there is one. It ends by itself, and not with who has asked for it: others wait for it too.
func (k *keySet) fetch(ctx context.Context) {
	if k.fetching != nil {
		return
	}
	done, address := make(chan struct{}), k.address
	k.fetching = done
	go func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), fetchTime)
		defer cancel()
		keys, address, err := k.get(ctx, address)
		k.mu.Lock()
		defer k.mu.Unlock()
		if k.fetching, k.fault = nil, err; err == nil {
			k.keys, k.arrived, k.address = keys, k.now(), address
		} else {
			k.address = ""
			k.log.WarnContext(ctx, "Entra's keys could not be fetched: tokens of keys that are not held are refused meanwhile", "held", len(k.keys), "error", err)
		}
		close(done)
	}()
}

// get asks for the keys, and before that for their address, where it is not known.
func (k *keySet) get(ctx context.Context, address string) ([]jose.JSONWebKey, string, error) {
	if address == "" {
		var directory struct {
			Issuer string `json:"issuer"`
			Keys   string `json:"jwks_uri"`
		}
		if err := k.read(ctx, k.issuer+"/.well-known/openid-configuration", &directory); err != nil {
			return nil, "", err
		}
		if directory.Issuer != k.issuer {
			return nil, "", fmt.Errorf("what answers for the authority calls itself otherwise: %w, which have to be those of the directory that gives the tokens", ErrDirectory)
		}
		if u, err := url.Parse(directory.Keys); err != nil || u.Scheme != "https" || u.Host == "" {
			return nil, "", errors.New("the address of the keys is no https URL")
		}
		address = directory.Keys
	}
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := k.read(ctx, address, &set); err != nil {
		return nil, "", err
	}
	keys := usable(set.Keys)
	if len(keys) == 0 {
		return nil, "", errors.New("there is no key in the answer")
	}
	return keys, address, nil
}

// leastBits are of a key that cannot be broken.
const leastBits = 2048

// usable are the keys that sign tokens; others are of no interest here.
func usable(all []json.RawMessage) []jose.JSONWebKey {
	var keys []jose.JSONWebKey
	for _, one := range all {
		var key jose.JSONWebKey
		if json.Unmarshal(one, &key) != nil || key.KeyID == "" || key.Use != "" && key.Use != "sig" || key.Algorithm != "" && key.Algorithm != string(jose.RS256) {
			continue
		}
		if public, ok := key.Key.(*rsa.PublicKey); ok && public.N.BitLen() >= leastBits {
			keys = append(keys, key)
		}
	}
	return keys
}

func (k *keySet) read(ctx context.Context, address string, into any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return foreign.Error(err)
	}
	resp, err := k.client.Do(req)
	if err != nil {
		return foreign.Error(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		err := fmt.Errorf("%s answers %d to %s", foreign.Host(req.URL), resp.StatusCode, foreign.URL(req.URL))
		switch resp.StatusCode {
		case http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusGone:
			return fmt.Errorf("%w: %w", err, ErrDirectory)
		}
		return err
	}
	text, err := io.ReadAll(io.LimitReader(resp.Body, mostKeys))
	if err != nil {
		return foreign.Error(err)
	}
	if json.Unmarshal(text, into) != nil {
		return fmt.Errorf("%s answers with something else than the JSON that it should", foreign.URL(req.URL))
	}
	return nil
}
