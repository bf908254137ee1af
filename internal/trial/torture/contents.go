package torture

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"graphlake/internal/trial/command"
)

// contents is what a lake has to say to those who read it.
type contents struct {
	tables   []command.Table
	datasets map[string]string // that a table is of, by its name
	files    map[string]string // their bytes by name
}

// read asks the command for the tables of what was read, and the disk for the files.
func read(ctx context.Context, l *command.Lake) (contents, error) {
	c := contents{datasets: map[string]string{}, files: map[string]string{}}
	all, err := l.Datasets(ctx)
	if err != nil {
		return c, err
	}
	dir := filepath.Join(l.Dir, "lake")
	for _, d := range all {
		if _, err := os.Stat(filepath.Join(dir, "raw", d.Name)); err != nil {
			continue // it was not read
		}
		for _, name := range d.Tables {
			t, err := l.Table(ctx, name)
			if err != nil {
				return c, err
			}
			c.tables, c.datasets[name] = append(c.tables, t), d.Name
		}
	}
	for _, kind := range []string{"raw", "tables", "quarantine"} {
		if err := readFiles(dir, kind, c.files); err != nil {
			return c, err
		}
	}
	return c, nil
}

func readFiles(dir, kind string, into map[string]string) error {
	if _, err := os.Stat(filepath.Join(dir, kind)); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return fs.WalkDir(os.DirFS(dir), kind, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(filepath.Join(dir, name))
		into[name] = string(text)
		return err
	})
}

// parent is the table of the same dataset of whose key this one's is a continuation, by the longest such key.
func (c contents) parent(of command.Table) (parent command.Table, ok bool) {
	for _, t := range c.tables {
		n := len(t.Key)
		if n < len(of.Key) && c.datasets[t.Name] == c.datasets[of.Name] && slices.Equal(t.Key, of.Key[:n]) && n > len(parent.Key) {
			parent, ok = t, true
		}
	}
	return parent, ok
}
