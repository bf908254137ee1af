package delta

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"graphlake/load"
)

// VacuumOptions says which data files a vacuum removes.
type VacuumOptions struct {
	OlderThan time.Duration // since a file was removed from the table; at most [KeepTombstones]. 0 takes files from those who read older versions
	Within    []string      // only files whose paths below the root begin with one of these; none: all
	DryRun    bool          // only count them
}

// Vacuumed is what a vacuum has removed.
type Vacuumed struct{ Files, Bytes int64 }

// Vacuum removes data files that neither the newest version has nor any that is younger than o.OlderThan. What no version
// ever had goes too, so whoever may be about to add such files has to hold their lock: Held is asked before each is removed
// whether the caller still has it.
//
// A file that has no name of ours, but another engine's, goes once a version has removed it; what no version names
// may be about to be added by somebody who knows of no lock, and goes only if o.OlderThan is 0: then nothing of a partition is
// to be left but what is live.
//
// Of a table without a log nothing is live: such files were written before a first version that never came, or the log was
// removed by hand, and nobody reads them again.
func (t *Table) Vacuum(ctx context.Context, held func() error, o VacuumOptions) (done Vacuumed, err error) {
	if o.OlderThan < 0 || o.OlderThan > KeepTombstones {
		return Vacuumed{}, fmt.Errorf("vacuum %s: files that were removed %v ago: the log knows of them for %v", t.Root, o.OlderThan, KeepTombstones)
	}
	// First the files, then the log: what somebody else adds meanwhile is live in it, or not listed.
	files, err := t.dataFiles(ctx, o.Within)
	if err != nil {
		return Vacuumed{}, fmt.Errorf("vacuum %s: %w", t.Root, err)
	}
	s, err := t.read(ctx, selection{all: len(o.Within) == 0, within: o.Within, tombstones: true})
	if err != nil {
		return Vacuumed{}, err
	}
	if s.version != none {
		if err := s.writable(s.metaData.PartitionColumns); err != nil {
			return Vacuumed{}, t.explain(err)
		}
	}
	for _, f := range files {
		if s.needs(f.path, t.Now(), o.OlderThan) {
			continue
		}
		if _, removed := s.removed[f.path]; !removed && !f.ours && o.OlderThan > 0 {
			continue
		}
		if !o.DryRun {
			removed, err := t.removeFile(ctx, held, f)
			if err != nil {
				return done, fmt.Errorf("vacuum %s: %w", t.Root, err)
			}
			if !removed {
				continue
			}
		}
		done.Files++
		done.Bytes += f.info.Size
	}
	return done, nil
}

// needs reports whether a version has the file that is not so old.
func (s *state) needs(path string, now time.Time, olderThan time.Duration) bool {
	if _, live := s.live[path]; live {
		return true
	}
	r, removed := s.removed[path]
	return removed && olderThan > 0 && now.Sub(time.UnixMilli(r.DeletionTimestamp)) < olderThan
}

// storedFile is a data file as it is listed.
type storedFile struct {
	path string // below the root
	ours bool   // by its name
	info load.Info
}

// dataFiles lists the data files in partitions of ours.
func (t *Table) dataFiles(ctx context.Context, within []string) ([]storedFile, error) {
	if len(within) == 0 {
		within = []string{""}
	}
	var files []storedFile
	seen := map[string]bool{} // one may lie within several
	for _, begin := range within {
		for info, err := range t.Store.List(ctx, t.Root+"/"+begin) {
			if err != nil {
				return nil, err
			}
			path := strings.TrimPrefix(info.Name, t.Root+"/")
			if load.LikeDataFile(path) && !seen[path] {
				seen[path] = true
				_, ours := load.ParseDataFile(path)
				files = append(files, storedFile{path, ours, info})
			}
		}
	}
	return files, nil
}

// removeFile removes a file as it was listed. One that somebody has written since stays.
func (t *Table) removeFile(ctx context.Context, held func() error, f storedFile) (bool, error) {
	if err := held(); err != nil {
		return false, err
	}
	err := t.Store.Remove(ctx, f.info.Name, load.Still(f.info.Version))
	if errors.Is(err, load.ErrConflict) {
		return false, nil
	}
	return err == nil, err
}
