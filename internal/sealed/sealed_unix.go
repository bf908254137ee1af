//go:build unix

package sealed

import (
	"errors"
	"os"
)

// restrict has nothing to do: a temporary file is made so that its owner alone may read it.
func restrict(*os.File) error { return nil }

// syncDir makes a rename in a directory last.
func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// rename puts a file in the place of another.
func rename(from, to string) error { return os.Rename(from, to) }
