package delta_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"graphlake/load"
	"graphlake/load/delta"
	"graphlake/load/memstore"
)

// meeting is a store in which something happens around a Swap.
type meeting struct {
	*memstore.Store
	before func(name string)                                     // others come first
	answer func(v load.Version, err error) (load.Version, error) // what comes back of it
	swaps  int
}

func (m *meeting) Swap(ctx context.Context, name string, old load.Version, data []byte) (load.Version, error) {
	m.swaps++
	if m.before != nil {
		before := m.before
		m.before = nil
		before(name)
	}
	v, err := m.Store.Swap(ctx, name, old, data)
	if m.answer != nil {
		answer := m.answer
		m.answer = nil
		return answer(v, err)
	}
	return v, err
}

// entryOf is an entry of the log as text.
func entryOf(t *testing.T, s load.Store, version int64) string {
	t.Helper()
	data, _, err := load.ReadObject(t.Context(), s, fmt.Sprintf("%s/_delta_log/%020d.json", root, version))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// write is an entry of somebody else.
func write(t *testing.T, s *memstore.Store, version int64, lines ...string) {
	t.Helper()
	name := fmt.Sprintf("%s/_delta_log/%020d.json", root, version)
	if _, err := s.Swap(t.Context(), name, "", []byte(strings.Join(lines, "\n")+"\n")); err != nil {
		t.Fatal(err)
	}
}

func entries(t *testing.T, s load.Store) int {
	t.Helper()
	n := 0
	for info, err := range s.List(t.Context(), root+"/_delta_log/") {
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(info.Name, ".json") {
			n++
		}
	}
	return n
}

// What another writer did first, between our reading and our entry.
func TestOthersComeFirst(t *testing.T) {
	old, ours, theirs := file("x", "2026-11-22", "old", 1), file("x", "2026-11-22", "ours", 2), file("y", "2026-11-22", "theirs", 3)
	compacted := "tenant_id=x/dt=2026-11-22/part-00000-c000.snappy.parquet"
	for _, tt := range []struct {
		name   string
		first  func(t *testing.T, s *memstore.Store)
		live   []string
		begins bool // the table with this
		err    error
		what   string // makes the table another's
	}{
		{name: "another tenant", first: func(t *testing.T, s *memstore.Store) {
			replaced(t, table(s, "b"), one("y", "2026-11-22", theirs), 1, true)
		}, live: []string{ours.Path, theirs.Path}},
		{name: "a table that was not there", begins: true, first: func(t *testing.T, s *memstore.Store) {
			replaced(t, table(s, "b"), one("y", "2026-11-22", theirs), 0, true)
		}, live: []string{ours.Path, theirs.Path}},
		{name: "an OPTIMIZE of our day", first: func(t *testing.T, s *memstore.Store) {
			write(t, s, 1, `{"remove":{"path":"`+old.Path+`","deletionTimestamp":1,"dataChange":false}}`,
				`{"add":{"path":"`+compacted+`","partitionValues":{"tenant_id":"x","dt":"2026-11-22"},"size":9,"modificationTime":2,"dataChange":false}}`)
		}, live: []string{ours.Path}},
		{name: "the same files", first: func(t *testing.T, s *memstore.Store) {
			replaced(t, table(s, "b"), one("x", "2026-11-22", ours), 1, true)
		}, live: []string{ours.Path}},
		{name: "our own successor", first: func(t *testing.T, s *memstore.Store) {
			replaced(t, table(s, "b"), one("x", "2026-11-22", theirs2), 1, true)
		}, live: []string{theirs2.Path}, err: load.ErrLockLost},
		{name: "another type of a column", first: func(t *testing.T, s *memstore.Store) {
			write(t, s, 1, strings.Replace(ourMetaData, `"id\",\"type\":\"string\"`, `"id\",\"type\":\"long\"`, 1))
		}, live: []string{old.Path}, what: "a column has another type: id"},
		{name: "a new protocol", first: func(t *testing.T, s *memstore.Store) {
			write(t, s, 1, `{"protocol":{"minReaderVersion":1,"minWriterVersion":7,"writerFeatures":["rowTracking"]}}`)
		}, live: []string{old.Path}, what: "rowTracking"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := memstore.New()
				if !tt.begins {
					replaced(t, table(s, "a"), one("x", "2026-11-22", old), 0, true)
				}
				m := &meeting{Store: s, before: func(string) { tt.first(t, s) }}
				_, _, err := table(m, "c").Replace(t.Context(), held, one("x", "2026-11-22", ours))
				foreign, is := errors.AsType[delta.ForeignError](err)
				if is != (tt.what != "") || is && !strings.Contains(foreign.Error(), tt.what) || !is && !errors.Is(err, tt.err) {
					t.Errorf("Replace: %v, want %v%s", err, tt.err, tt.what)
				}
				wantLive(t, s, tt.live...)
				checkLog(t, s)
			})
		})
	}
}

// A column that another writer has added meanwhile stays, beside one that we add.
func TestColumnsAddedMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := memstore.New()
		replaced(t, table(s, "a"), one("x", "2026-11-22", file("x", "2026-11-22", "old", 1)), 0, true)
		with := func(r delta.Replacement, name string) delta.Replacement {
			r.Schema.Columns = append(slices.Clone(columns.Columns), delta.Column{Name: name, Type: "long"})
			return r
		}
		m := &meeting{Store: s, before: func(string) {
			replaced(t, table(s, "b"), with(one("y", "2026-11-22", file("y", "2026-11-22", "theirs", 1)), "theirs"), 1, true)
		}}
		replaced(t, table(m, "c"), with(one("x", "2026-11-22", file("x", "2026-11-22", "ours", 1)), "ours"), 2, true)
		schema := metaDataOf(t, entryOf(t, s, 2))["schemaString"].(string)
		if strings.Count(schema, `"theirs"`) != 1 || strings.Count(schema, `"ours"`) != 1 {
			t.Errorf("the columns are %s, want both that were added", schema)
		}
	})
}

var theirs2 = file("x", "2026-11-22", "later", 3)

// A store that tries its PUT again because the answer was lost meets its own entry, and says that another was there first.
func TestRetriedPutMeetsItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, others := range []bool{false, true} {
			s := memstore.New()
			f, theirs := file("x", "2026-11-22", "a", 1), file("y", "2026-11-22", "b", 1)
			m := &meeting{Store: s, answer: func(load.Version, error) (load.Version, error) {
				if others { // and somebody has gone on meanwhile
					replaced(t, table(s, "b"), one("y", "2026-11-22", theirs), 1, true)
				}
				return "", fmt.Errorf("put: %w", load.ErrConflict)
			}}
			replaced(t, table(m, "a"), one("x", "2026-11-22", f), 0, true)
			if m.swaps != 1 {
				t.Errorf("%d entries were tried, want one", m.swaps)
			}
			if want := 1; !others && entries(t, s) != want {
				t.Errorf("%d entries, want %d", entries(t, s), want)
			}
			checkLog(t, s)
		}
	})
}

// A lost answer is an error, and the same replacement afterwards finds its work done.
func TestLostAnswer(t *testing.T) {
	s := memstore.New()
	errLost := errors.New("connection reset")
	m := &meeting{Store: s, answer: func(load.Version, error) (load.Version, error) { return "", errLost }}
	f := file("x", "2026-11-22", "a", 1)
	to := table(m, "a")
	if _, _, err := to.Replace(t.Context(), held, one("x", "2026-11-22", f)); !errors.Is(err, errLost) {
		t.Fatalf("Replace: %v, want that the answer was lost", err)
	}
	for _, again := range []*delta.Table{to, table(s, "b")} {
		replaced(t, again, one("x", "2026-11-22", f), 0, false)
	}
	wantLive(t, s, f.Path)
}

// Who never gets a version gives up.
func TestAlwaysLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := memstore.New()
		m := &meeting{Store: s}
		theirs := table(s, "b")
		n := 0
		var first func(string)
		first = func(string) {
			n++
			f := file("y", "2026-11-22", fmt.Sprint("f", n), 1)
			replaced(t, theirs, one("y", "2026-11-22", f), int64(n-1), true)
			m.before = first
		}
		m.before = first
		_, _, err := table(m, "a").Replace(t.Context(), held, one("x", "2026-11-22", file("x", "2026-11-22", "a", 1)))
		if !errors.Is(err, load.ErrConflict) || m.swaps != 50 {
			t.Errorf("Replace: %v after %d tries; want ErrConflict after 50", err, m.swaps)
		}
	})
}

// Who waits for its next try can be stopped.
func TestStoppedWhileLate(t *testing.T) {
	s := memstore.New()
	ctx, cancel := context.WithCancel(t.Context())
	m := &meeting{Store: s, before: func(string) {
		replaced(t, table(s, "b"), one("y", "2026-11-22", file("y", "2026-11-22", "b", 1)), 0, true)
		cancel()
	}}
	_, _, err := table(m, "a").Replace(ctx, held, one("x", "2026-11-22", file("x", "2026-11-22", "a", 1)))
	if err == nil || ctx.Err() == nil {
		t.Errorf("Replace: %v", err)
	}
}

// A log that was removed and begun anew is not gone on with by who has read the old one, however long the new one is.
func TestLogBegunAnew(t *testing.T) {
	for _, longer := range []bool{false, true} {
		s := memstore.New()
		to := table(s, "a")
		f, g, h := file("x", "2026-11-22", "a", 1), file("x", "2026-11-23", "b", 1), file("x", "2026-11-24", "c", 1)
		replaced(t, to, one("x", "2026-11-22", f), 0, true)
		replaced(t, to, one("x", "2026-11-23", g), 1, true)
		for info := range s.List(t.Context(), root) {
			if err := s.Remove(t.Context(), info.Name, load.Condition{}); err != nil {
				t.Fatal(err)
			}
		}
		anew, next := table(s, "b"), int64(1)
		replaced(t, anew, one("x", "2026-11-22", f), 0, true)
		if longer {
			replaced(t, anew, one("x", "2026-11-22"), 1, true)
			replaced(t, anew, one("x", "2026-11-22", f), 2, true)
			next = 3
		}
		replaced(t, to, one("x", "2026-11-23"), next-1, false) // g is not in this log
		replaced(t, to, one("x", "2026-11-24", h), next, true)
		wantLive(t, s, f.Path, h.Path)
	}
}

// An entry that is missing is not passed over.
func TestMissingEntry(t *testing.T) {
	s := memstore.New()
	to := table(s, "a")
	for i := range 3 {
		replaced(t, to, one("x", "2026-11-22", file("x", "2026-11-22", fmt.Sprint(i), 1)), int64(i), true)
	}
	if err := s.Remove(t.Context(), root+"/_delta_log/00000000000000000001.json", load.Condition{}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := table(s, "b").Files(t.Context()); err == nil || !strings.Contains(err.Error(), "entry 1 is missing") {
		t.Errorf("Files: %v, want that entry 1 is missing", err)
	}
	if err := s.Remove(t.Context(), root+"/_delta_log/00000000000000000000.json", load.Condition{}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := table(s, "b").Replace(t.Context(), held, one("x", "2026-11-22")); err == nil {
		t.Error("a log without its beginning is taken for a table")
	}
}

// glance is a store in which an entry is asked for before it is there, and the next one after both are.
type glance struct {
	*memstore.Store
	first, second string
	between       func()
	done          chan struct{}
}

func (g *glance) Open(ctx context.Context, name string) (load.Object, error) {
	switch {
	case name == g.first && g.between != nil:
		_, err := g.Store.Open(ctx, name)
		between := g.between
		g.between = nil
		between()
		close(g.done)
		return nil, err
	case name == g.second:
		<-g.done
	}
	return g.Store.Open(ctx, name)
}

// Entries that are written while others are read are no gap in the log.
func TestEntriesWrittenMeanwhile(t *testing.T) {
	s := memstore.New()
	theirs := table(s, "b")
	day := func(n int) delta.Replacement {
		return one("x", "2026-11-22", file("x", "2026-11-22", fmt.Sprint(n), 1))
	}
	g := &glance{
		Store: s, done: make(chan struct{}),
		first: root + "/_delta_log/00000000000000000002.json", second: root + "/_delta_log/00000000000000000003.json",
	}
	replaced(t, theirs, day(0), 0, true)
	reader := table(g, "a")
	if _, version, err := reader.Files(t.Context()); err != nil || version != 0 {
		t.Fatalf("version %d, %v", version, err)
	}
	replaced(t, theirs, day(1), 1, true)
	g.between = func() {
		replaced(t, theirs, day(2), 2, true)
		replaced(t, theirs, day(3), 3, true)
	}
	if _, version, err := reader.Files(t.Context()); err != nil || version != 3 || g.between != nil {
		t.Errorf("version %d, %v; want 3", version, err)
	}
}

// What is no entry or checkpoint of ours in the log's directory, as checksums of Spark and drafts, is passed over.
func TestOtherObjectsInTheLog(t *testing.T) {
	s := memstore.New()
	f := file("x", "2026-11-22", "a", 1)
	replaced(t, table(s, "a"), one("x", "2026-11-22", f), 0, true)
	for _, name := range []string{
		"00000000000000000000.crc", "00000000000000000001.crc", "_commits/00000000000000000001.0b5c.json", "00000000000000000001.0b5c.json",
		"00000000000000000000.checkpoint.0000000001.0000000002.parquet", "00000000000000000001.json.tmp",
	} {
		if _, err := s.Swap(t.Context(), root+"/_delta_log/"+name, "", []byte("{")); err != nil {
			t.Fatal(err)
		}
	}
	wantLive(t, s, f.Path)
	replaced(t, table(s, "b"), one("x", "2026-11-22"), 1, true)
}

// checkLog reads the log as its protocol says, without any code that wrote it: versions without a gap, of each entry one
// JSON object a line, and none that has two actions of one path, app, protocol or metadata. It gives the live paths of each version.
func checkLog(t *testing.T, s load.Store) (versions []map[string]bool) {
	t.Helper()
	live := map[string]bool{}
	counted := map[string]float64{}
	for v := range entries(t, s) {
		seen := map[string]bool{}
		for line := range bytes.Lines([]byte(entryOf(t, s, int64(v)))) {
			kind, body := parsed(t, line)
			key := kind
			switch kind {
			case "add", "remove":
				key = "file " + body["path"].(string)
			case "txn":
				key = "txn " + body["appId"].(string)
				if n := body["version"].(float64); n <= counted[key] {
					t.Errorf("entry %d counts %s back to %v from %v", v, key, n, counted[key])
				}
				counted[key] = body["version"].(float64)
			}
			if seen[key] {
				t.Errorf("entry %d has two actions of %s", v, key)
			}
			seen[key] = true
			switch kind {
			case "add":
				if live[body["path"].(string)] {
					t.Errorf("entry %d adds %s, which is live", v, body["path"])
				}
				live[body["path"].(string)] = true
			case "remove":
				if !live[body["path"].(string)] {
					t.Errorf("entry %d removes %s, which is not live", v, body["path"])
				}
				delete(live, body["path"].(string))
			}
		}
		if v == 0 && (!seen["protocol"] || !seen["metaData"]) {
			t.Errorf("entry 0 lacks protocol or metaData")
		}
		versions = append(versions, cloned(live))
	}
	return versions
}

func sortedPaths(live map[string]bool) []string {
	of := []string{}
	for p := range live {
		of = append(of, p)
	}
	slices.Sort(of)
	return of
}
