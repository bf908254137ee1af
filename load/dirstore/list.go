package dirstore

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"iter"
	"os"
	"path"
	"slices"
	"strings"

	"graphlake/load"
)

// List implements [load.Store]. It reads only directories that the prefix can lead to.
func (s *Store) List(ctx context.Context, prefix string) iter.Seq2[load.Info, error] {
	return func(yield func(load.Info, error) bool) {
		s.walk(ctx, ".", prefix, yield)
	}
}

// walk yields the files below dir and reports whether to go on.
func (s *Store) walk(ctx context.Context, dir, prefix string, yield func(load.Info, error) bool) bool {
	err := ctx.Err()
	var entries []fs.DirEntry
	if err == nil {
		entries, err = os.ReadDir(s.path(dir))
	}
	if errors.Is(err, fs.ErrNotExist) {
		return true // not made yet, or removed meanwhile
	}
	if err != nil {
		return yield(load.Info{}, explain("list "+dir, err)) && false
	}
	// "a.b" sorts before "a/b", though "a" sorts before "a.b": a directory sorts with its slash.
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return cmp.Compare(sortName(a), sortName(b)) })
	for _, e := range entries {
		name := path.Join(dir, e.Name())
		goOn := true
		switch {
		case strings.HasPrefix(e.Name(), "."):
		case e.IsDir():
			if strings.HasPrefix(name+"/", prefix) || strings.HasPrefix(prefix, name+"/") {
				goOn = s.walk(ctx, name, prefix, yield)
			}
		case e.Type().IsRegular() && strings.HasPrefix(name, prefix):
			goOn = yieldFile(name, e, yield)
		}
		if !goOn {
			return false
		}
	}
	return true
}

func yieldFile(name string, e fs.DirEntry, yield func(load.Info, error) bool) bool {
	stat, err := e.Info()
	if errors.Is(err, fs.ErrNotExist) {
		return true // removed meanwhile
	}
	if err != nil {
		return yield(load.Info{}, explain("list "+name, err)) && false
	}
	return yield(info(name, stat), nil)
}

func sortName(e fs.DirEntry) string {
	if e.IsDir() {
		return e.Name() + "/"
	}
	return e.Name()
}
