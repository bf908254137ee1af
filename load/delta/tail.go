package delta

import (
	"context"
	"errors"
	"fmt"

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

// extend reads the entries after those that are known. It lists the log by hundreds of versions, for there may be very many.
func (l *tail) extend(ctx context.Context, t *Table) error {
	for from := max(l.version(), 0); ; from = l.version() + 1 {
		found, err := l.newer(ctx, t, from)
		if err == nil {
			err = l.read(ctx, t, found)
		}
		if err != nil {
			return err
		}
		if next := l.version() + 1; next/100 == from/100 { // the hundred is not full
			return nil
		}
	}
}

// newer lists the entries of a hundred versions that follow those that are known.
func (l *tail) newer(ctx context.Context, t *Table, from int64) (found []load.Info, err error) {
	same := len(l.entries) == 0 || from > l.version() // else the newest that is known must be among them, as it was
	for info, err := range t.Store.List(ctx, load.DeltaHundred(t.Root, from)) {
		if err != nil {
			return nil, err
		}
		version, checkpoint, ok := load.ParseDeltaLog(t.Root, info.Name)
		next := l.version() + 1 + int64(len(found))
		switch {
		case !ok || checkpoint || version < l.version():
		case version == l.version():
			same = same || info.Version == l.newest.Version
		case !same:
			return nil, errOtherLog
		case version > next:
			return nil, t.missing(l, missingError{next, version})
		default:
			found = append(found, info)
		}
	}
	if !same {
		return nil, errOtherLog
	}
	return found, nil
}

// readAtOnce is how many entries are read at the same time.
const readAtOnce = 8

// read reads the next entries.
func (l *tail) read(ctx context.Context, t *Table, next []load.Info) error {
	data := make([][]byte, len(next))
	readers, within := errgroup.WithContext(ctx)
	readers.SetLimit(readAtOnce)
	for i := range next {
		readers.Go(func() (err error) {
			data[i], next[i].Version, err = load.ReadObject(within, t.Store, next[i].Name)
			return err
		})
	}
	if err := readers.Wait(); err != nil {
		return err
	}
	for i, info := range next {
		if err := l.append(info, data[i]); err != nil {
			return err
		}
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
	return fmt.Sprintf("entry %d is missing, though there is a version %d, and no checkpoint has taken it in: restore it from a backup, or %s", e.missing, e.there, anew)
}

// append takes in the entry that comes next.
func (l *tail) append(info load.Info, data []byte) error {
	actions, err := parseActions(data)
	if err != nil {
		return fmt.Errorf("%s: %w", info.Name, err)
	}
	l.entries = append(l.entries, entry{l.version() + 1, actions})
	l.bytes += info.Size
	l.newest = info
	return nil
}
