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
	"syscall"

	"graphlake/load"
)

// List implements [load.Store]. It reads only directories that the prefix can lead to. Links are followed,
// as Open does; one to a directory that it lies in leads nowhere.
func (s *Store) List(ctx context.Context, prefix string) iter.Seq2[load.Info, error] {
	return func(yield func(load.Info, error) bool) {
		s.walk(ctx, ".", prefix, yield)
	}
}

// walk yields the files below dir and reports whether to go on.
func (s *Store) walk(ctx context.Context, dir, prefix string, yield func(load.Info, error) bool) bool {
	entries, err := s.entries(ctx, dir, prefix)
	if err != nil {
		return yield(load.Info{}, explain("list "+dir, err)) && false
	}
	for _, e := range entries {
		name := path.Join(dir, e.Name())
		goOn := true
		switch {
		case e.IsDir():
			goOn = s.walk(ctx, name, prefix, yield)
		case e.Type().IsRegular():
			goOn = yieldFile(name, e, yield)
		}
		if !goOn {
			return false
		}
	}
	return true
}

// entries are what of a directory the prefix leads to, in the order of the list, links as what they lead to.
func (s *Store) entries(ctx context.Context, dir, prefix string) ([]fs.DirEntry, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	all, err := os.ReadDir(s.path(dir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil // not made yet, or removed meanwhile
	}
	if err != nil {
		return nil, err
	}
	var entries []fs.DirEntry
	for _, e := range all {
		name := path.Join(dir, e.Name())
		leads := strings.HasPrefix(name+"/", prefix) || strings.HasPrefix(prefix, name+"/")
		if strings.HasPrefix(e.Name(), ".") || !leads {
			continue
		}
		if e.Type()&fs.ModeSymlink != 0 {
			if e, err = s.follow(name); err != nil {
				return nil, err
			}
		}
		if e != nil && (e.IsDir() || strings.HasPrefix(name, prefix)) {
			entries = append(entries, e)
		}
	}
	// "a.b" sorts before "a/b", though "a" sorts before "a.b": a directory sorts with its slash.
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return cmp.Compare(sortName(a), sortName(b)) })
	return entries, nil
}

// follow gives what a link leads to, under the link's name; nil if that is nothing, or a directory that the
// link lies in.
func (s *Store) follow(name string) (fs.DirEntry, error) {
	to, err := os.Stat(s.path(name))
	if absent(err) || errors.Is(err, syscall.ELOOP) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	for dir := name; to.IsDir() && dir != "."; {
		dir = path.Dir(dir)
		above, err := os.Stat(s.path(dir))
		if err != nil && !absent(err) {
			return nil, err
		}
		if err == nil && os.SameFile(to, above) {
			return nil, nil
		}
	}
	return linked{fs.FileInfoToDirEntry(to), path.Base(name)}, nil
}

// linked is an entry under the name of the link to it.
type linked struct {
	fs.DirEntry
	name string
}

func (l linked) Name() string { return l.name }

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
