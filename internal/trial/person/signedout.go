package person

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"graphlake/internal/trial/command"
)

// exitRefused is how a run ends for which somebody has to do something.
const exitRefused = 3

// signedOut is the night in which Entra refuses, and the one after the person has signed in again.
func (t *trial) signedOut(ctx context.Context) error {
	night := nights[2]
	t.at(night)
	before, err := t.partitions()
	if err != nil {
		return err
	}
	t.entra.Revoke(username)
	started := time.Now()
	out, err := t.personal.Output(ctx, "run", "--dataset", t.names(), "--now", night)
	failed, ok := errors.AsType[*exec.ExitError](err)
	switch {
	case !ok || failed.ExitCode() != exitRefused:
		return fmt.Errorf("a run for nobody: %w", errors.Join(err, errors.New("want exit status 3")))
	case time.Since(started) > time.Minute:
		return errors.New("a run for nobody has waited for somebody")
	}
	var said struct {
		Units []struct{ Error struct{ Kind string } }
	}
	if err := json.Unmarshal(out, &said); err != nil {
		return err
	}
	for _, u := range said.Units {
		if u.Error.Kind != "signed_out" {
			return fmt.Errorf("a unit for nobody says %q", u.Error.Kind)
		}
	}
	after, err := t.partitions()
	if err != nil || before != after || len(said.Units) == 0 {
		return errors.Join(err, errors.New("a run for nobody has changed the lake, or says nothing"))
	}
	if err := t.signIn(ctx); err != nil {
		return err
	}
	for _, l := range []*command.Lake{t.personal, t.whole} {
		if _, err := l.Run(ctx, "--dataset", t.names(), "--now", night); err != nil {
			return err
		}
	}
	return t.compare(ctx, night)
}

// partitions are the names and the contents of what the person's lake has for readers.
func (t *trial) partitions() (string, error) {
	var all bytes.Buffer
	lake := filepath.Join(t.personal.Dir, "lake")
	err := filepath.WalkDir(lake, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(name, ".parquet") {
			return err
		}
		text, err := os.ReadFile(name)
		fmt.Fprintf(&all, "%s %d\n", name, len(text))
		all.Write(text)
		return err
	})
	return all.String(), err
}
