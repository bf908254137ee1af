package delta

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// none is the version of what does not exist.
const none int64 = -1

// state is what the actions up to a version come to, with the files of some partitions.
type state struct {
	version  int64
	of       selection
	protocol *protocol
	metaData *metaData
	txns     map[string]txn // by app
	// By their paths below the table's root, which for the protocol are what tells files apart. A path is in one of them.
	live    map[string]add
	removed map[string]remove // those of other writers may lack the values of partition columns
}

func newState(of selection) *state {
	return &state{version: none, of: of, txns: map[string]txn{}, live: map[string]add{}, removed: map[string]remove{}}
}

// apply goes on by one version.
func (s *state) apply(e entry) error {
	if e.version != s.version+1 {
		return fmt.Errorf("entry %d does not follow version %d", e.version, s.version)
	}
	for _, a := range e.actions {
		if err := s.act(a); err != nil {
			return fmt.Errorf("entry %d: %w", e.version, err)
		}
	}
	s.version = e.version
	return nil
}

func (s *state) act(a action) error {
	if a.Protocol != nil {
		s.protocol = a.Protocol
	}
	if a.MetaData != nil {
		s.metaData = a.MetaData
	}
	if a.Txn != nil {
		s.txns[a.Txn.AppID] = *a.Txn
	}
	if a.Remove != nil {
		return s.remove(*a.Remove)
	}
	if a.Add != nil {
		return s.add(*a.Add)
	}
	return nil
}

func (s *state) add(a add) error {
	path, err := pathOf(a.Path)
	if err != nil {
		return err
	}
	if a.DeletionVector != nil {
		return foreign("rows are removed from its file %q by a deletion vector", path)
	}
	delete(s.removed, path)
	delete(s.live, path)
	if s.of.has(path, a.PartitionValues) {
		s.live[path] = a
	}
	return nil
}

func (s *state) remove(r remove) error {
	path, err := pathOf(r.Path)
	if err != nil {
		return err
	}
	delete(s.live, path)
	if s.of.tombstones && (r.PartitionValues == nil || s.of.has(path, r.PartitionValues)) {
		s.removed[path] = r
	}
	return nil
}

// files gives the live files, sorted by path.
func (s *state) files() []File {
	files := make([]File, 0, len(s.live))
	for _, path := range slices.Sorted(maps.Keys(s.live)) {
		a := s.live[path]
		files = append(files, File{
			Path: path, Values: maps.Clone(a.PartitionValues), Size: a.Size, Rows: rowsOf(a.Stats),
			Modified: instant(a.ModificationTime), Stats: a.Stats,
		})
	}
	return files
}

// rowsOf reads the number of rows in a file's statistics; -1 if they do not say it.
func rowsOf(stats string) int64 {
	var of struct {
		NumRecords *int64 `json:"numRecords"`
	}
	if json.Unmarshal([]byte(stats), &of) != nil || of.NumRecords == nil {
		return -1
	}
	return *of.NumRecords
}
