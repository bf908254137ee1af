package command

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Lane compares the Delta tables of a lake, where Delta is true, with the plain ones, and says what differs: the newest version of each has one
// file for each plain one, which is called by the hash of that one's bytes and has them. Days that the lake says are dirty
// may be of either raw. The log is read by hand, without its checkpoints, and so is all else.
func (l *Lake) Lane(ctx context.Context) (differing []string, err error) {
	all, err := l.Datasets(ctx)
	if err != nil {
		return nil, err
	}
	for _, d := range all {
		dirty, err := l.dirty(d.Name)
		if err != nil {
			return nil, err
		}
		for _, table := range d.Tables {
			found, err := l.lane(table, dirty)
			if err != nil {
				return nil, fmt.Errorf("delta/%s: %w", table, err)
			}
			differing = append(differing, found...)
		}
	}
	return differing, nil
}

// dirty are the days of a dataset whose tables may lag raw, as partitions name them.
func (l *Lake) dirty(dataset string) (days map[string]bool, err error) {
	days = map[string]bool{}
	states, err := filepath.Glob(filepath.Join(l.Dir, "lake/state/*", dataset+".json"))
	for _, name := range states {
		var state struct{ Dirty []string }
		text, err := os.ReadFile(name)
		if err == nil {
			err = json.Unmarshal(text, &state)
		}
		if err != nil {
			return nil, err
		}
		for _, at := range state.Dirty {
			date, _, _ := strings.Cut(at, "T")
			days["tenant_id="+filepath.Base(filepath.Dir(name))+"/dt="+date] = true
		}
	}
	return days, err
}

// lane says what differs in one table.
func (l *Lake) lane(table string, dirty map[string]bool) (differing []string, err error) {
	plain, err := l.hashes("tables/"+table, func(name string) bool { return path.Base(name) == table+".parquet" })
	if err != nil {
		return nil, err
	}
	live, err := l.live("delta/" + table)
	if err != nil {
		return nil, err
	}
	held := map[string][]string{} // hashes by partition
	for _, name := range live {
		dir, file := path.Split(name)
		partition, hash := path.Clean(dir), strings.TrimSuffix(file, ".parquet")
		held[partition] = append(held[partition], hash)
		text, err := os.ReadFile(filepath.Join(l.Dir, "lake/delta", table, filepath.FromSlash(name)))
		if err != nil || fileName(text) != hash {
			differing = append(differing, fmt.Sprintf("delta/%s/%s is live and has other bytes than its name says: %v", table, name, err))
		}
	}
	for partition := range dirty {
		delete(plain, partition)
		delete(held, partition)
	}
	all := maps.Clone(held)
	for partition, hash := range plain {
		if !slices.Equal(held[partition], []string{hash}) {
			differing = append(differing, fmt.Sprintf("delta/%s/%s has %q, and the plain table %s", table, partition, held[partition], hash))
		}
		delete(all, partition)
	}
	for partition := range all {
		differing = append(differing, fmt.Sprintf("delta/%s/%s is not in the plain table", table, partition))
	}
	return differing, nil
}

// hashes are those of files by their directories, both below a directory of the lake. It may be missing.
func (l *Lake) hashes(below string, counts func(name string) bool) (map[string]string, error) {
	all := map[string]string{}
	dir := os.DirFS(filepath.Join(l.Dir, "lake", below))
	err := fs.WalkDir(dir, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !counts(name) {
			return err
		}
		text, err := fs.ReadFile(dir, name)
		all[path.Dir(name)] = fileName(text)
		return err
	})
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return all, err
}

// live are the files that the newest version of a Delta table has, by the entries of its log. It may be missing.
func (l *Lake) live(root string) ([]string, error) {
	entries, err := filepath.Glob(filepath.Join(l.Dir, "lake", root, "_delta_log", strings.Repeat("[0-9]", 20)+".json"))
	if err != nil {
		return nil, err
	}
	live := map[string]bool{}
	for version, name := range entries { // sorted, as their versions are
		if filepath.Base(name) != fmt.Sprintf("%020d.json", version) {
			return nil, fmt.Errorf("there is no version %d", version)
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		for line := range bytes.Lines(text) {
			if err := replay(line, live); err != nil {
				return nil, fmt.Errorf("version %d: %w", version, err)
			}
		}
	}
	return slices.Sorted(maps.Keys(live)), nil
}

// replay does what an action says to the files that are live.
func replay(line []byte, live map[string]bool) error {
	var action struct{ Add, Remove *struct{ Path string } }
	if err := json.Unmarshal(line, &action); err != nil {
		return err
	}
	if r := action.Remove; r != nil {
		if !live[r.Path] {
			return fmt.Errorf("it removes %s, which is not live", r.Path)
		}
		delete(live, r.Path)
	}
	if a := action.Add; a != nil {
		if live[a.Path] {
			return fmt.Errorf("it adds %s, which is live", a.Path)
		}
		live[a.Path] = true
	}
	return nil
}

// fileName is what a file of such bytes is called.
func fileName(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16])
}
