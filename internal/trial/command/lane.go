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
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// CompareLanes compares the Delta tables of a lake with its plain ones, whatever their layout and form, and says how many files it has compared and what differs: the newest version of
// each has for each plain file one with its hash in its name, or for a month of them one with the hash over theirs, with the rows of these; where a table is
// partitioned by day, with their bytes. Days that the lake says are dirty may be of either raw. Logs are read by hand, without
// checkpoints, and so is all else.
func (l *Lake) CompareLanes(ctx context.Context) (files int, differing []string, err error) {
	c := laneComparison{lake: filepath.Join(l.Dir, "lake")}
	text, err := os.ReadFile(filepath.Join(c.lake, "delta.json"))
	if err == nil {
		err = json.Unmarshal(text, &c.form)
	}
	if err == nil {
		c.dirty, err = l.dirty(ctx)
	}
	if err == nil {
		err = c.compare(ctx)
	}
	return c.files, c.differing, err
}

// laneComparison is of the two lanes of a lake on a disk.
type laneComparison struct {
	lake string
	form struct {
		Layout  string
		Compact bool
	}
	dirty map[string]bool // tables of tenants on days

	files     int
	differing []string
}

func (c *laneComparison) tell(format string, args ...any) {
	c.differing = append(c.differing, fmt.Sprintf(format, args...))
}

// plainDay is a plain file.
type plainDay struct{ file, table, tenant, date, hash string }

func (p plainDay) String() string { return p.table + "/tenant_id=" + p.tenant + "/dt=" + p.date }

func (c *laneComparison) compare(ctx context.Context) error {
	partitions, unsure, err := c.partitions()
	if err != nil {
		return err
	}
	live, err := c.live()
	if err != nil {
		return err
	}
	for _, in := range slices.Sorted(maps.Keys(partitions)) {
		isLive := func(name string) bool { return live[path.Join(in, name)] != nil }
		for name, days := range c.named(partitions[in], isLive) {
			object := path.Join(in, name)
			if !isLive(name) {
				c.tell("%s is not live", object)
				continue
			}
			c.files++
			problem, err := c.differs(ctx, object, live[object], days)
			if err != nil {
				return fmt.Errorf("%s: %w", object, err)
			}
			if problem != "" {
				c.tell("%s %s", object, problem)
			}
			delete(live, object)
		}
	}
	for _, object := range slices.Sorted(maps.Keys(live)) {
		if !unsure[path.Dir(object)] {
			c.tell("%s is live, and no plain file is behind it", object)
		}
	}
	return nil
}

// partitions are the plain files by where their data files lie, each in order of the days; and where nothing can be said, because a day is dirty.
func (c *laneComparison) partitions() (all map[string][]plainDay, unsure map[string]bool, err error) {
	all, unsure = map[string][]plainDay{}, map[string]bool{}
	where := func(table, tenant, date string) string {
		in := path.Join("delta", table, "tenant_id="+tenant)
		if c.form.Layout == "per_tenant" {
			in = path.Join("delta", tenant, table)
		}
		if c.form.Compact {
			return path.Join(in, "dt_month="+date[:len("2006-01")])
		}
		return path.Join(in, "dt="+date)
	}
	for day := range c.dirty {
		parts := strings.Split(day, "/")
		unsure[where(parts[0], strings.TrimPrefix(parts[1], "tenant_id="), strings.TrimPrefix(parts[2], "dt="))] = true
	}
	found, err := filepath.Glob(filepath.Join(c.lake, "tables", "*", "tenant_id=*", "dt=*", "*.parquet"))
	for _, name := range found {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, nil, err
		}
		of := strings.Split(filepath.ToSlash(name), "/")
		of = of[len(of)-4:]
		p := plainDay{name, of[0], strings.TrimPrefix(of[1], "tenant_id="), strings.TrimPrefix(of[2], "dt="), hashOf(text)}
		if in := where(p.table, p.tenant, p.date); of[3] == p.table+".parquet" && !unsure[in] {
			all[in] = append(all[in], p)
		}
	}
	return all, unsure, err
}

func hashOf(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16])
}

// named are the days of a partition by the names of the files that have to have them: of each day one, or one of all.
func (c *laneComparison) named(days []plainDay, isLive func(name string) bool) map[string][]plainDay {
	all := map[string][]plainDay{}
	var lines strings.Builder
	for _, p := range days {
		name := p.hash + ".parquet"
		if c.form.Compact {
			name = p.date + "-" + name
		}
		all[name] = []plainDay{p}
		fmt.Fprintf(&lines, "%s %s\n", p.date, p.hash)
	}
	rolled := days[0].date[:len("2006-01")] + "-" + hashOf([]byte(lines.String())) + ".parquet"
	if c.form.Compact && isLive(rolled) {
		return map[string][]plainDay{rolled: days}
	}
	return all
}

// dirty are the days of which tables may lag raw.
func (l *Lake) dirty(ctx context.Context) (days map[string]bool, err error) {
	days = map[string]bool{}
	all, err := l.Datasets(ctx)
	if err != nil {
		return nil, err
	}
	for _, d := range all {
		states, err := filepath.Glob(filepath.Join(l.Dir, "lake", "state", "*", d.Name+".json"))
		if err != nil {
			return nil, err
		}
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
				for _, table := range d.Tables {
					days[plainDay{table: table, tenant: filepath.Base(filepath.Dir(name)), date: date}.String()] = true
				}
			}
		}
	}
	return days, nil
}

// liveFile is what a log says of a file.
type liveFile struct {
	Path  string
	Size  int64
	Stats string
}

// live are the files that the newest versions have, by their names in the lake.
func (c *laneComparison) live() (map[string]*liveFile, error) {
	live := map[string]*liveFile{}
	for _, depth := range []string{"*", "*/*"} {
		roots, err := filepath.Glob(filepath.Join(c.lake, "delta", depth, "_delta_log"))
		if err != nil {
			return nil, err
		}
		for _, log := range roots {
			if err := c.replay(log, live); err != nil {
				return nil, fmt.Errorf("%s: %w", log, err)
			}
		}
	}
	return live, nil
}

// replay reads a log from its beginning.
func (c *laneComparison) replay(log string, live map[string]*liveFile) error {
	table, err := filepath.Rel(c.lake, filepath.Dir(log))
	if err != nil {
		return err
	}
	for version := 0; ; version++ {
		text, err := os.ReadFile(filepath.Join(log, fmt.Sprintf("%020d.json", version)))
		if errors.Is(err, fs.ErrNotExist) {
			entries, err := filepath.Glob(filepath.Join(log, "*.json"))
			if len(entries) != version {
				return fmt.Errorf("there are %d entries, and no version %d", len(entries), version)
			}
			return err
		}
		if err != nil {
			return err
		}
		for line := range bytes.Lines(text) {
			if err := act(line, filepath.ToSlash(table), live); err != nil {
				return fmt.Errorf("version %d: %w", version, err)
			}
		}
	}
}

// act does what an action says to the files that are live.
func act(line []byte, table string, live map[string]*liveFile) error {
	var action struct{ Add, Remove *liveFile }
	if err := json.Unmarshal(line, &action); err != nil {
		return err
	}
	object := func(f *liveFile) string {
		below, _ := url.PathUnescape(f.Path)
		return path.Join(table, below)
	}
	if r := action.Remove; r != nil {
		if live[object(r)] == nil {
			return fmt.Errorf("it removes %s, which is not live", r.Path)
		}
		delete(live, object(r))
	}
	if a := action.Add; a != nil {
		if live[object(a)] != nil {
			return fmt.Errorf("it adds %s, which is live", a.Path)
		}
		live[object(a)] = a
	}
	return nil
}
