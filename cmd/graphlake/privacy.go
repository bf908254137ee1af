package main

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"

	"graphlake/jobs"
	"graphlake/schemas"
)

// keyBytes is how long the key of pseudonyms has to be at least.
const keyBytes = 32

// openToWrite opens the lake for writing, and makes sure that it keeps what the privacy says.
func (c *config) openToWrite(ctx context.Context, p jobs.Privacy) (store, error) {
	s, err := c.openStore(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.Writable(ctx); err != nil {
		return nil, c.lakeError(err)
	}
	return s, c.settingsError(jobs.EnsureSettings(ctx, s, p))
}

// settingsError says where the configuration disagrees with the lake.
func (c *config) settingsError(err error) error {
	if errors.Is(err, jobs.ErrSettings) {
		return usage(fmt.Errorf("%s: the lake %s: %w", c.line("$.privacy"), c.Lake, err))
	}
	return err
}

// privacy is what the configuration says, with the key from the environment.
func (c *config) privacy() (jobs.Privacy, error) {
	p := jobs.Privacy{Content: schemas.Content(c.Privacy.Content)}
	if !c.Privacy.Pseudonymize {
		return p, nil
	}
	at := c.line("$.privacy.key_env")
	if at == c.file { // it is not written there, and has its default
		at = c.line("$.privacy.pseudonymize")
	}
	text, err := environment(c.Privacy.KeyEnv)
	if err != nil {
		return p, fmt.Errorf("%s: privacy.pseudonymize needs a key: %w", at, err)
	}
	if p.Key = parseKey(text); len(p.Key) < keyBytes {
		return p, usage(fmt.Errorf("%s: privacy.key_env: %s holds no key of at least %d bytes in base64 or hexadecimal digits; make one with: openssl rand -base64 %d",
			at, c.Privacy.KeyEnv, keyBytes, keyBytes))
	}
	return p, nil
}

// parseKey reads hexadecimal digits or base64, and nothing else: a sentence can be guessed, and with it
// every name whose pseudonym is known.
func parseKey(text string) []byte {
	if key, err := hex.DecodeString(text); err == nil {
		return key
	}
	for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
		if key, err := encoding.Strict().DecodeString(text); err == nil {
			return key
		}
	}
	return nil
}
