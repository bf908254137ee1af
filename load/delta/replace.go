package delta

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"graphlake/load"
)

// tries is how often an entry is made anew because another writer has taken its version.
const tries = 50

// Replace makes live of some partitions what r says, and nothing else of them, by one entry of the log, and gives its
// version. If that is live already, by the paths of the files, it writes nothing: changed is false, and the version is the
// newest, or -1 of a table that does not exist. Such a table begins with version 0. The data files must be in the store before.
//
// Held says whether the caller may still write these partitions; it is asked right before each try. After an error the
// entry may be there or not, and the same Replace again does what is left to do.
//
// Entries that others write meanwhile are no conflict: the entry is made anew over them. If they are of the same partitions,
// as when somebody has compacted them, what they have added is removed too, or rows would be there twice. An entry of the
// same App means that the caller has lost its lock: [load.ErrLockLost].
func (t *Table) Replace(ctx context.Context, held func() error, r Replacement) (version int64, changed bool, err error) {
	if err := r.check(t.Root); err != nil || len(r.Partitions) == 0 {
		return none, false, err
	}
	var of selection
	for _, p := range r.Partitions {
		of.partitions = append(of.partitions, p.Values)
	}
	c := commit{Replacement: r, id: t.NewID(), table: t}
	for try := range tries {
		if err := pause(ctx, try); err != nil {
			return none, false, err
		}
		s, err := t.read(ctx, of)
		if err != nil {
			return none, false, err
		}
		if version, ok := t.wrote(c.id); ok {
			return version, true, nil // its answer was lost, and the store has tried it again
		}
		actions, err := c.actions(s)
		if err != nil {
			return none, false, t.explain(fmt.Errorf("commit to %s: %w", t.Root, err))
		}
		if len(actions) == 0 {
			return s.version, false, nil
		}
		if err := held(); err != nil {
			return none, false, err
		}
		err = t.write(ctx, s.version+1, actions)
		if err == nil {
			return s.version + 1, true, nil
		}
		if !errors.Is(err, load.ErrConflict) {
			return none, false, fmt.Errorf("commit to %s: %w", t.Root, err)
		}
	}
	return none, false, fmt.Errorf("commit to %s, %d times: %w", t.Root, tries, load.ErrConflict)
}

// pause waits a moment of its own before a try after the first, so that those who have met do not meet again.
func pause(ctx context.Context, try int) error {
	if try == 0 {
		return nil
	}
	wait := time.NewTimer(10*time.Millisecond + rand.N(190*time.Millisecond))
	defer wait.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-wait.C:
		return nil
	}
}

// write writes the entry of a version, unless there is one: then it is a [load.ErrConflict].
func (t *Table) write(ctx context.Context, version int64, actions []action) error {
	data, err := formatActions(actions)
	if err != nil {
		return err
	}
	name := load.DeltaEntry(t.Root, version)
	v, err := t.Store.Swap(ctx, name, "", data)
	if err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.tail.known && t.tail.version()+1 == version {
		return t.tail.append(load.Info{Name: name, Size: int64(len(data)), Version: v}, data)
	}
	return nil
}

// A commit is a Replace under way.
type commit struct {
	Replacement
	id      string // by which its entry is known
	counted int64  // which write of the App it is; 0 until the first try has read that
	table   *Table
}

// actions makes the entry that comes after s; none if there is nothing to change.
func (c *commit) actions(s *state) ([]action, error) {
	if s.version != none {
		if err := s.writable(c.Schema.PartitionBy); err != nil {
			return nil, err
		}
	}
	now := millis(c.table.Now())
	removes, adds := c.files(s, now)
	if len(removes) == 0 && len(adds) == 0 {
		return nil, nil
	}
	head, err := c.head(s, now, len(adds) > 0)
	if err != nil {
		return nil, err
	}
	actions := append([]action{{CommitInfo: c.info(now)}}, head...)
	if c.App != "" {
		last := s.txns[c.App].Version
		if c.counted == 0 {
			c.counted = last + 1
		}
		if last >= c.counted {
			return nil, load.ErrLockLost
		}
		actions = append(actions, action{Txn: &txn{c.App, c.counted, now}})
	}
	return slices.Concat(actions, removes, adds), nil
}

// head is what an entry says of the table itself: all in the first, and columns that are new.
func (c *commit) head(s *state, now int64, grows bool) ([]action, error) {
	if s.version == none {
		return []action{
			{Protocol: &protocol{MinReaderVersion: readerVersion, MinWriterVersion: writerVersion}},
			{MetaData: &metaData{
				ID: c.table.NewID(), Format: format{"parquet", map[string]string{}}, SchemaString: c.Schema.String(), PartitionColumns: c.Schema.PartitionBy,
				Configuration: map[string]string{"delta.checkpointInterval": strconv.Itoa(checkpointInterval)}, CreatedTime: now,
			}},
		}, nil
	}
	if !grows {
		return nil, nil
	}
	schema, grown, err := c.Schema.over(s.metaData.SchemaString)
	if err != nil {
		return nil, foreign("%w", err)
	}
	if !grown {
		return nil, nil
	}
	m := *s.metaData
	m.SchemaString = schema
	return []action{{MetaData: &m}}, nil
}

// checkpointInterval is after how many commits a checkpoint is due, here and for other writers.
const checkpointInterval = 100

// files are the removes and adds by which the live files of the partitions become those that are wanted.
func (c *commit) files(s *state, now int64) (removes, adds []action) {
	wanted := map[string]File{}
	for _, p := range c.Partitions {
		for _, f := range p.Files {
			wanted[f.Path] = f
		}
	}
	for _, path := range slices.Sorted(maps.Keys(s.live)) {
		old := s.live[path]
		if _, stays := wanted[path]; stays {
			delete(wanted, path)
			continue
		}
		removes = append(removes, action{Remove: &remove{
			Path: old.Path, DeletionTimestamp: now, DataChange: !c.SameRows, ExtendedFileMetadata: true, PartitionValues: old.PartitionValues, Size: old.Size,
		}})
	}
	for _, path := range slices.Sorted(maps.Keys(wanted)) {
		f := wanted[path]
		stats := f.Stats
		if stats == "" {
			stats = fmt.Sprintf(`{"numRecords":%d}`, f.Rows)
		}
		adds = append(adds, action{Add: &add{
			Path: encodePath(path), PartitionValues: f.Values, Size: f.Size, ModificationTime: millis(f.Modified), DataChange: !c.SameRows, Stats: stats,
		}})
	}
	return removes, adds
}

func (c *commit) info(now int64) *commitInfo {
	return &commitInfo{
		Timestamp: now, Operation: c.Operation, OperationParameters: map[string]string{"mode": "Overwrite", "predicate": c.predicate()},
		EngineInfo: c.table.Engine, TxnID: c.id,
	}
}

// predicate tells the history which partitions were replaced, in SQL; of many, from which to which.
func (c *commit) predicate() string {
	var terms []string
	for _, column := range c.Schema.PartitionBy {
		seen := map[string]bool{}
		for _, p := range c.Partitions {
			seen[quote(p.Values[column])] = true
		}
		values := slices.Sorted(maps.Keys(seen))
		switch n := len(values); {
		case n == 1:
			terms = append(terms, column+" = "+values[0])
		case n <= 10:
			terms = append(terms, column+" IN ("+strings.Join(values, ", ")+")")
		default:
			terms = append(terms, column+" BETWEEN "+values[0]+" AND "+values[n-1])
		}
	}
	return strings.Join(terms, " AND ")
}

func quote(value string) string { return "'" + strings.ReplaceAll(value, "'", "''") + "'" }

// hidden reports whether a path below the table's root is the log's, or another that readers take for none of a data file.
func hidden(path string) bool { return strings.HasPrefix(path, "_") }

// check refuses what would make a log that readers stumble over.
func (r Replacement) check(root string) error {
	partitions, paths := map[string]bool{}, map[string]bool{}
	for _, p := range r.Partitions {
		key := fmt.Sprintf("%q", p.Values)
		if partitions[key] {
			return fmt.Errorf("replace in %s: partition %s is there twice", root, key)
		}
		partitions[key] = true
		for _, column := range r.Schema.PartitionBy {
			if p.Values[column] == "" || len(p.Values) != len(r.Schema.PartitionBy) {
				return fmt.Errorf("replace in %s: partition %s has not the values of %q and no others", root, key, r.Schema.PartitionBy)
			}
		}
		for _, f := range p.Files {
			if paths[f.Path] || hidden(f.Path) || load.CheckName(root+"/"+f.Path) != nil || !maps.Equal(f.Values, p.Values) {
				return fmt.Errorf("replace in %s: %q is no file of the partition %s, or is there twice", root, f.Path, key)
			}
			paths[f.Path] = true
		}
	}
	return nil
}
