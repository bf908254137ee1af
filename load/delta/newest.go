package delta

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"graphlake/load"
)

// Newest is the newest version of a table.
type Newest struct {
	Version int64
	Time    time.Time // by the clock of who has written it; zero if they do not say
}

// Newest says how far a table is that is to be partitioned by these columns, and whether it can be written to: if not it is
// a [ForeignError]. It reads the end of the log and no file's entry in a checkpoint, however large the table is. A table that
// does not exist is an [fs.ErrNotExist].
func (t *Table) Newest(ctx context.Context, partitionBy []string) (Newest, error) {
	s, err := t.read(ctx, selection{})
	if err != nil {
		return Newest{Version: none}, err
	}
	newest := Newest{Version: s.version}
	if s.version == none {
		return newest, fmt.Errorf("table %s: %w", t.Root, fs.ErrNotExist)
	}
	if err := s.writable(partitionBy); err != nil {
		return newest, t.explain(fmt.Errorf("table %s: %w", t.Root, err))
	}
	newest.Time, err = t.writtenAt(ctx, s.version)
	return newest, err
}

// writtenAt is when a version was written, by what its entry says.
func (t *Table) writtenAt(ctx context.Context, version int64) (time.Time, error) {
	actions, ok := t.entryOf(version)
	if !ok { // there is a checkpoint of just this version
		name := load.DeltaEntry(t.Root, version)
		data, _, err := load.ReadObject(ctx, t.Store, name)
		if err == nil {
			actions, err = parseActions(data)
		}
		if err != nil {
			return time.Time{}, fmt.Errorf("%s: %w", name, err)
		}
	}
	i := slices.IndexFunc(actions, func(a action) bool { return a.CommitInfo != nil })
	if i < 0 {
		return time.Time{}, nil
	}
	return instant(actions[i].CommitInfo.Timestamp), nil
}

// entryOf gives what an entry says that was read already.
func (t *Table) entryOf(version int64) ([]action, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	i := slices.IndexFunc(t.tail.entries, func(e entry) bool { return e.version == version })
	if i < 0 {
		return nil, false
	}
	return t.tail.entries[i].actions, true
}
