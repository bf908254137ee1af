package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"graphlake/jobs"
	"graphlake/load"
	"graphlake/schemas"
)

// openToWrite opens the lake for writing, makes sure that it has no other lane than is configured and keeps what the privacy
// says, and removes what ended processes have left.
func (c *config) openToWrite(ctx context.Context, p jobs.Privacy) (store, error) {
	s, err := c.openStore(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.Writable(ctx); err != nil {
		return nil, c.lakeError(err)
	}
	if err := load.SweepScratch(""); err != nil {
		c.log.WarnContext(ctx, "scratch files may be left", "error", err)
	}
	if _, _, err := c.heldLane(ctx, s); err != nil {
		return nil, err
	}
	return s, c.settingsError(jobs.EnsureSettings(ctx, s, p))
}

// settingsError says where the configuration disagrees with the lake.
func (c *config) settingsError(err error) error {
	if errors.Is(err, jobs.ErrSettings) {
		return usage(fmt.Errorf("%s: the lake %s: %w", c.line("$.privacy"), c.Lake, err))
	}
	if errors.Is(err, fs.ErrPermission) && !c.inBlobStorage() {
		return c.lakeError(err)
	}
	return err
}

// privacy is what the configuration says, with the key from the environment.
func (c *config) privacy() (jobs.Privacy, error) {
	p := jobs.Privacy{Content: schemas.Content(c.Privacy.Content), Detail: schemas.DetailLevel(c.Privacy.Detail)}
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
	if p.Key, err = readKey(c.Privacy.KeyEnv, text); err != nil {
		return p, usage(fmt.Errorf("%s: privacy.key_env: %w", at, err))
	}
	return p, nil
}
