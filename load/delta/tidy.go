package delta

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"graphlake/load"
)

// A checkpoint is due after checkpointInterval entries or checkpointBytes of them. A log of a few days gets one sooner,
// after fewEntries, if it would then be read in a part of the time: a tenth of the files or so are new.
const (
	checkpointBytes = 1 << 20
	fewEntries      = 10
	fewBytesOf      = 8 // the part of the last checkpoint's size
)

// How long a log keeps what is past: entries for the history of the table, tombstones for its older versions, whose files
// a vacuum leaves as long.
const (
	keepEntries    = 30 * 24 * time.Hour
	KeepTombstones = 7 * 24 * time.Hour
)

// mostRemoved is how many objects of the log one Tidy removes at most. What is left the next one removes.
const mostRemoved = 1000

// Tidy writes a checkpoint if one is due, and then removes of the log what is older than 30 days and nobody needs any
// more. It may be called at any time and by anybody; after an error the log is as good as before. Once a night is enough.
func (t *Table) Tidy(ctx context.Context) error {
	l, err := t.advance(ctx)
	if err != nil {
		return t.explain(fmt.Errorf("tidy the log of %s: %w", t.Root, err))
	}
	if !l.checkpointDue() {
		return nil
	}
	return t.Checkpoint(ctx)
}

func (l *tail) checkpointDue() bool {
	n := len(l.entries)
	return n >= checkpointInterval || l.bytes >= checkpointBytes || n >= fewEntries && l.bytes >= l.checkpoint.Bytes/fewBytesOf
}

// Checkpoint writes a checkpoint of the newest version and then tidies as [Table.Tidy] does. A table that does not exist
// is an [fs.ErrNotExist].
//
// What a crash leaves: a checkpoint that is not the named one serves readers who list the log, and the next is named again.
// Entries go from the oldest on, so what is left of them is always whole from some version on.
func (t *Table) Checkpoint(ctx context.Context) error {
	s, err := t.readTable(ctx, everything)
	if err == nil {
		err = s.writable(s.metaData.PartitionColumns)
	}
	var log listedLog
	if err == nil {
		log, err = t.listLog(ctx)
	}
	if err == nil && log.newest > s.version && !log.entries[s.version+1] {
		err = missingError{s.version + 1, log.newest} // else another process has just written it
	}
	if err == nil {
		err = t.checkpoint(ctx, s)
	}
	if err == nil {
		err = t.clean(ctx, s.metaData, log)
	}
	if err != nil {
		return t.explain(fmt.Errorf("tidy the log of %s: %w", t.Root, err))
	}
	return nil
}

// checkpoint writes the checkpoint of a version, over none but one that is damaged, and names it. If another process has
// written it before, that one is named.
func (t *Table) checkpoint(ctx context.Context, s *state) error {
	staged, err := t.Store.Stage(ctx, load.DeltaCheckpoint(t.Root, s.version))
	if err != nil {
		return err
	}
	defer staged.Discard()
	if err := writeCheckpoint(ctx, staged, s.rows(t.Now().Add(-KeepTombstones))); err != nil {
		return err
	}
	_, _, err = staged.Commit(ctx, load.Still(t.asideAt(s.version)))
	if err != nil && !errors.Is(err, load.ErrConflict) {
		return err
	}
	named := pointer{Version: s.version, Adds: int64(len(s.live))}
	if named.Size, named.Bytes, err = t.sizeOfCheckpoint(ctx, s.version); err != nil {
		return err
	}
	t.forget()
	return t.name(ctx, named)
}

// name lets readers begin with a checkpoint, unless they are told to begin with a newer one. A race for it that is lost
// leaves the name of one that is there, too.
func (t *Table) name(ctx context.Context, p pointer) error {
	object := load.DeltaLastCheckpoint(t.Root)
	has, version, err := t.pointer(ctx)
	if err != nil {
		return err
	}
	if has.usable() && has.Version >= p.Version {
		return nil
	}
	text, err := json.Marshal(p)
	if err != nil {
		return err
	}
	if _, err = t.Store.Swap(ctx, object, version, text); errors.Is(err, load.ErrConflict) {
		return nil
	}
	return err
}

// pointer is the content of the object that names the newest checkpoint. Synapse has failed where it had more than 200 bytes.
type pointer struct {
	Version int64           `json:"version"`
	Size    int64           `json:"size"` // in actions
	Bytes   int64           `json:"sizeInBytes,omitempty"`
	Adds    int64           `json:"numOfAddFiles,omitempty"`
	Parts   json.RawMessage `json:"parts,omitempty"` // of a form that we do not read
}

// usable reports whether it may name a checkpoint that we read.
func (p pointer) usable() bool { return p.Version >= 0 && p.Size > 0 && p.Parts == nil }

// pointer reads which checkpoint is named, and at which version of the object. One that is not there, or that another
// program has written in a way of its own, names none.
func (t *Table) pointer(ctx context.Context) (p pointer, at load.Version, err error) {
	data, at, err := load.ReadObject(ctx, t.Store, load.DeltaLastCheckpoint(t.Root))
	if errors.Is(err, fs.ErrNotExist) {
		return pointer{Version: none}, "", nil
	}
	if err != nil {
		return pointer{}, "", err
	}
	if json.Unmarshal(data, &p) != nil {
		p = pointer{Version: none}
	}
	return p, at, nil
}

// clean removes of the log what is older than the newest checkpoint that was there 30 days ago, from the oldest on.
func (t *Table) clean(ctx context.Context, m *metaData, log listedLog) error {
	for _, property := range []string{"delta.logRetentionDuration", "delta.enableExpiredLogCleanup"} {
		if _, ok := m.Configuration[property]; ok {
			return nil // somebody has decided otherwise
		}
	}
	first, err := t.firstToKeep(ctx, log)
	if err != nil || first == none {
		return err
	}
	for _, o := range log.before(first) {
		err := t.Store.Remove(ctx, o.Name, load.Still(o.Version))
		if err != nil && !errors.Is(err, load.ErrConflict) {
			return err
		}
	}
	return nil
}

// firstToKeep is the newest version before the retention with a checkpoint that can be read; none if nothing may go.
func (t *Table) firstToKeep(ctx context.Context, log listedLog) (int64, error) {
	first := none
	for _, version := range log.checkpoints {
		if !log.entries[version] {
			continue
		}
		at, err := t.writtenAt(ctx, version)
		if err != nil {
			return none, err
		}
		if at.IsZero() || t.Now().Sub(at) < keepEntries {
			break
		}
		first = version
	}
	if first == none || len(log.before(first)) == 0 {
		return none, nil
	}
	// What is removed now is in this checkpoint and nowhere else.
	if _, err := t.readCheckpoint(ctx, first, everything); err != nil {
		return none, err
	}
	return first, nil
}

// listedLog is what a list of the log shows.
type listedLog struct {
	objects     []load.Info    // entries and checkpoints, the oldest first
	versions    []int64        // of these objects
	entries     map[int64]bool // versions that have one
	checkpoints []int64        // versions that have one that we read, the oldest first
	sizes       map[int64]int64
	foreign     bool  // there are checkpoints of forms that we do not read
	newest      int64 // of which there is an object of any form
}

func (t *Table) listLog(ctx context.Context) (listedLog, error) {
	l := listedLog{entries: map[int64]bool{}, sizes: map[int64]int64{}, newest: none}
	for info, err := range t.Store.List(ctx, load.DeltaLog(t.Root)) {
		if err != nil {
			return listedLog{}, err
		}
		version, checkpoint, ok := load.ParseDeltaLog(t.Root, info.Name)
		ofOthers := !ok && strings.Contains(info.Name, ".checkpoint.")
		if ok || ofOthers {
			l.newest = max(l.newest, version)
		}
		switch {
		case !ok:
			l.foreign = l.foreign || ofOthers
			continue
		case checkpoint:
			l.checkpoints = append(l.checkpoints, version)
			l.sizes[version] = info.Size
		default:
			l.entries[version] = true
		}
		l.objects, l.versions = append(l.objects, info), append(l.versions, version)
	}
	return l, nil
}

// before are the objects of versions before one, as many as are removed at a time.
func (l listedLog) before(version int64) []load.Info {
	n, _ := slices.BinarySearch(l.versions, version)
	return l.objects[:min(n, mostRemoved)]
}
