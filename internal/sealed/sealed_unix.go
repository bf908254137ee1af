//go:build unix

package sealed

import (
	"errors"
	"os"
)

// createDraft makes a file with a random part in its name, in the place of the asterisk, that its owner alone may read.
func createDraft(dir, pattern string) (*os.File, error) { return os.CreateTemp(dir, pattern) }

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

// inUse reports whether a file was left as it is because somebody has it open, which keeps nobody from it here.
func inUse(error) bool { return false }
