package delta

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"time"
)

// Snapshot is a version of a table.
type Snapshot struct {
	Version  int64
	Files    []File    // live, sorted by path
	Removed  []Removed // the tombstones that the log still has, sorted by path
	Protocol Protocol
	MetaData MetaData
	Txns     map[string]int64 // the writes that each app has counted
}

// Removed is a tombstone.
type Removed struct {
	Path   string            // below the table's root
	Values map[string]string // of the partition columns; nil if who removed it does not say
	Size   int64             // in bytes; 0 if who removed it does not say
	At     time.Time
}

// Protocol is what a table asks of its readers and writers.
type Protocol struct {
	MinReader, MinWriter int
	Features             []string
}

// MetaData is what a table is.
type MetaData struct {
	ID            string
	Schema        string // the columns in Spark's JSON
	PartitionBy   []string
	Configuration map[string]string
	Created       time.Time
}

// readTable reads a table for its readers.
func (t *Table) readTable(ctx context.Context, of selection) (*state, error) {
	s, err := t.read(ctx, of)
	if err != nil {
		return nil, err
	}
	if s.version == none {
		return nil, fmt.Errorf("table %s: %w", t.Root, fs.ErrNotExist)
	}
	if err := s.readable(); err != nil {
		return nil, t.explain(fmt.Errorf("table %s: %w", t.Root, err))
	}
	return s, nil
}

func (s *state) snapshot() *Snapshot {
	m := s.metaData
	of := &Snapshot{
		Version: s.version, Files: s.files(),
		Protocol: Protocol{s.protocol.MinReaderVersion, s.protocol.MinWriterVersion, slices.Concat(s.protocol.ReaderFeatures, s.protocol.WriterFeatures)},
		MetaData: MetaData{m.ID, m.SchemaString, m.PartitionColumns, m.Configuration, instant(m.CreatedTime)},
		Txns:     map[string]int64{},
	}
	for app, counted := range s.txns {
		of.Txns[app] = counted.Version
	}
	for path, r := range s.removed {
		of.Removed = append(of.Removed, Removed{path, maps.Clone(r.PartitionValues), r.Size, instant(r.DeletionTimestamp)})
	}
	slices.SortFunc(of.Removed, func(a, b Removed) int { return cmp.Compare(a.Path, b.Path) })
	return of
}
