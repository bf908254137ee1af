package delta

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"graphlake/load"
)

// Store is where a table lies. An entry of the log is a Swap of an object that must not exist.
type Store interface {
	load.Store
	load.Swapper
}

// A Table is a directory of a store that holds data files and their log. It may not exist yet. Its methods may be called
// concurrently, and other processes may write to it at the same time.
type Table struct {
	Store  Store
	Root   string // its directory, as "delta/calls": no slash at the end
	Engine string // who writes, as "graphlake/1.2.3": the history of the table has it
	Now    func() time.Time
	NewID  func() string // a new UUID each time
	Log    *slog.Logger

	mu    sync.Mutex
	tail  tail                   // what is known of the log, guarded by mu; entries never change once they are there
	aside map[int64]damagedError // checkpoints that are not read any more, guarded by mu: damaged, or the zero one if gone
}

// File is a data file.
type File struct {
	Path     string            // below the table's root, as in the store
	Values   map[string]string // of the partition columns; null is ""
	Size     int64             // in bytes
	Rows     int64             // -1 if who has written it does not say
	Modified time.Time
	Stats    string // statistics in Delta Lake's JSON; "": the number of rows alone
}

// Replacement says what is live of some partitions from now on.
type Replacement struct {
	// App names who writes these partitions, and nobody else at the same time, as "graphlake/<tenant>/<table>". The
	// table counts its writes: one that meets a later one of the same App has lost its lock. "" is not counted.
	App        string
	Schema     Schema
	Partitions []Partition
	SameRows   bool   // the new files have the rows of the old ones: who reads changes of rows sees none
	Operation  string // for the history of the table: WRITE, DELETE, OPTIMIZE
}

// Partition is what a [Replacement] leaves live of one partition: no files, nothing.
type Partition struct {
	Values map[string]string // all partition columns, none of them empty
	Files  []File
}

// Files gives the live files of some partitions, sorted by path, and the version that has them. A partition is named by
// some of the partition columns, and those are meant whose values are equal; without any it is all files. A table that
// does not exist is an [fs.ErrNotExist].
func (t *Table) Files(ctx context.Context, of ...map[string]string) (files []File, version int64, err error) {
	s, err := t.readTable(ctx, selection{all: len(of) == 0, partitions: of})
	if err != nil {
		return nil, none, err
	}
	return s.files(), s.version, nil
}

// Snapshot gives all that the newest version is. A table that does not exist is an [fs.ErrNotExist].
func (t *Table) Snapshot(ctx context.Context) (*Snapshot, error) {
	s, err := t.readTable(ctx, everything)
	if err != nil {
		return nil, err
	}
	return s.snapshot(), nil
}
