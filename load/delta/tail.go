package delta

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"golang.org/x/sync/errgroup"

	"graphlake/load"
)

// entry is one object of the log: what made a version.
type entry struct {
	version int64
	actions []action
}

// wrote reports whether the entry is the commit of that id.
func (e entry) wrote(id string) bool {
	for _, a := range e.actions {
		if a.CommitInfo != nil && a.CommitInfo.TxnID == id {
			return true
		}
	}
	return false
}

// tail is the log from a checkpoint on, or from its beginning, as far as it was read. The zero tail is not read.
type tail struct {
	known   bool
	base    int64   // the version of the checkpoint; none: without one
	entries []entry // of base+1 and so on
	bytes   int64   // of the objects of these entries
	newest  load.Info

	checkpoint pointer // as far as it is known
	named      bool    // the log names it; else it was found in a list
	foreign    bool    // there are checkpoints of forms that are not read
	least      int64   // a version that is known to be, for a checkpoint of it is or was there, or an entry
}

func (l *tail) version() int64 { return l.base + int64(len(l.entries)) }

// longestTail is after how many entries a new checkpoint is looked for, which another process may have written.
const longestTail = 200

// advance reads the entries that are new in the log. What was read before is true as long as the newest of it is there
// as it was: else the log is another, and is read anew.
func (t *Table) advance(ctx context.Context) (tail, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.tail.entries) == 0 || len(t.tail.entries) > longestTail {
		t.tail = tail{}
	}
	if t.tail.known {
		err := t.tail.extend(ctx, t)
		if err == nil || !errors.Is(err, errOtherLog) {
			return t.tail, err
		}
	}
	l, err := t.begin(ctx)
	if err != nil {
		return tail{}, err
	}
	err = l.extend(ctx, t)
	if err == nil && l.version() < l.least {
		err = t.missing(&l, missingError{l.version() + 1, l.least}) // nobody may take it for a shorter log, and write over what is gone
	}
	if err != nil && l.named {
		err = baseError{l.base, err}
	}
	if err != nil {
		return tail{}, err
	}
	t.tail = l
	return l, nil
}

// wrote gives the version of the commit of an id, if it is among what was read.
func (t *Table) wrote(id string) (version int64, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, e := range t.tail.entries {
		if e.wrote(id) {
			return e.version, true
		}
	}
	return none, false
}

// forget lets the log be read anew.
func (t *Table) forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.tail = tail{}
}

// begin finds the checkpoint from which the log is read: the one that the log names, else the newest. The caller holds mu.
func (t *Table) begin(ctx context.Context) (tail, error) {
	named, _, err := t.pointer(ctx)
	if err != nil {
		return tail{}, err
	}
	least := none
	for version := range t.aside {
		least = max(least, version)
	}
	if _, aside := t.aside[named.Version]; named.usable() && !aside {
		return tail{known: true, base: named.Version, checkpoint: named, named: true, least: least}, nil
	}
	log, err := t.listLog(ctx)
	if err != nil {
		return tail{}, err
	}
	l := tail{known: true, base: none, foreign: log.foreign, least: max(least, log.newest)}
	for _, version := range log.checkpoints {
		if _, aside := t.aside[version]; !aside {
			l.base, l.checkpoint = version, pointer{Version: version, Bytes: log.sizes[version]}
		}
	}
	return l, nil
}

var errOtherLog = errors.New("the log is not the one that was read before")

// readAtOnce is how many entries are read at the same time.
const readAtOnce = 8

// extend reads the entries after those that are known, until there is none: first one, then more and more at once. To list
// the log would be to list all that 30 days have left in it. What it does not see is an entry far behind one that somebody has
// removed; who lists the log does, as a reading without a named checkpoint, and [Table.Checkpoint].
func (l *tail) extend(ctx context.Context, t *Table) error {
	if err := l.confirm(ctx, t); err != nil {
		return err
	}
	for n := 1; ; n = min(2*n, readAtOnce) {
		next, beyond, err := l.next(ctx, t, n)
		if err == nil {
			err = l.take(next)
		}
		if err != nil || len(next) < n && beyond == none {
			return err
		}
		if len(next) == n {
			continue
		}
		// One was not there, and then one behind it was: a moment later, or because the first is gone.
		next, _, err = l.next(ctx, t, 1)
		if err == nil && len(next) == 0 {
			err = t.missing(l, missingError{l.version() + 1, beyond})
		}
		if err == nil {
			err = l.take(next)
		}
		if err != nil {
			return err
		}
	}
}

// storedEntry is an entry as it was read.
type storedEntry struct {
	info load.Info
	data []byte
}

// next reads the next n entries as far as they are there one after the other, and gives a version of one behind that is there too.
func (l *tail) next(ctx context.Context, t *Table, n int) (next []storedEntry, beyond int64, err error) {
	read := make([]storedEntry, n)
	readers, within := errgroup.WithContext(ctx)
	for i := range n {
		readers.Go(func() error {
			name := load.DeltaEntry(t.Root, l.version()+1+int64(i))
			data, version, err := load.ReadObject(within, t.Store, name)
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			read[i] = storedEntry{load.Info{Name: name, Size: int64(len(data)), Version: version}, data}
			return err
		})
	}
	if err := readers.Wait(); err != nil {
		return nil, none, err
	}
	there := func(e storedEntry) bool { return e.info.Name != "" }
	for len(next) < n && there(read[len(next)]) {
		next = read[:len(next)+1]
	}
	if i := slices.IndexFunc(read[len(next):], there); i >= 0 {
		return next, l.version() + 1 + int64(len(next)+i), nil
	}
	return next, none, nil
}

func (l *tail) take(entries []storedEntry) error {
	for _, e := range entries {
		if err := l.append(e.info, e.data); err != nil {
			return err
		}
	}
	return nil
}

// confirm asks whether the newest entry that is known is there as it was.
func (l *tail) confirm(ctx context.Context, t *Table) error {
	if len(l.entries) == 0 {
		return nil
	}
	o, err := t.Store.Open(ctx, l.newest.Name)
	if errors.Is(err, fs.ErrNotExist) {
		return errOtherLog
	}
	if err != nil {
		return err
	}
	defer o.Close()
	if o.Info().Version != l.newest.Version {
		return errOtherLog
	}
	return nil
}

// missing says why entries are missed. The caller holds mu.
func (t *Table) missing(l *tail, err missingError) error {
	for _, damaged := range t.aside {
		if damaged.err != nil {
			return damaged
		}
	}
	if l.foreign {
		return foreign("its log begins with a checkpoint in several files, as graphlake does not read them")
	}
	return err
}

// missingError says that entries are gone.
type missingError struct{ missing, there int64 }

func (e missingError) Error() string {
	return fmt.Sprintf("entry %d is missing, though there is a version %d, and no checkpoint has taken it in: %s", e.missing, e.there, restore)
}

// append takes in the entry that comes next.
func (l *tail) append(info load.Info, data []byte) error {
	actions, err := parseActions(data)
	if err == nil && len(actions) == 0 {
		err = errors.New("it has no action") // to go on would be to lose what it has said
	}
	if err != nil {
		return fmt.Errorf("%s is damaged: %w: %s", info.Name, err, restore)
	}
	l.entries = append(l.entries, entry{l.version() + 1, actions})
	l.bytes += info.Size
	l.newest = info
	return nil
}
