package delta_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"graphlake/load"
	"graphlake/load/delta"
	"graphlake/load/memstore"
)

const root = "delta/calls"

var (
	tuesday = time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
	columns = delta.Schema{
		Columns:     []delta.Column{{Name: "id", Type: "string"}, {Name: "tenant_id", Type: "string"}, {Name: "dt", Type: "date"}},
		PartitionBy: []string{"tenant_id", "dt"},
	}
)

// table is a table over a store, as a process of its own has it. Its ids are of the process and count.
func table(s delta.Store, process string) *delta.Table {
	var ids atomic.Int64
	return &delta.Table{
		Store: s, Root: root, Engine: "graphlake/test", Log: slog.New(slog.DiscardHandler),
		Now:   func() time.Time { return tuesday },
		NewID: func() string { return fmt.Sprintf("%s-%d", process, ids.Add(1)) },
	}
}

func held() error { return nil }

func values(tenant, day string) map[string]string {
	return map[string]string{"tenant_id": tenant, "dt": day}
}

// file is one of a partition. No test of the log looks into it, so it need not be there.
func file(tenant, day, hash string, rows int64) delta.File {
	return delta.File{
		Path: "tenant_id=" + tenant + "/dt=" + day + "/" + hash + ".parquet", Values: values(tenant, day),
		Size: 1000 + rows, Rows: rows, Modified: tuesday.Add(-time.Hour),
	}
}

// one makes files live of one partition.
func one(tenant, day string, files ...delta.File) delta.Replacement {
	return delta.Replacement{
		App: "graphlake/" + tenant + "/calls", Schema: columns, Operation: "WRITE",
		Partitions: []delta.Partition{{Values: values(tenant, day), Files: files}},
	}
}

// replaced makes a replacement, which must make the version wanted, or none.
func replaced(t *testing.T, to *delta.Table, r delta.Replacement, want int64, changes bool) {
	t.Helper()
	version, changed, err := to.Replace(t.Context(), held, r)
	if err != nil || version != want || changed != changes {
		t.Fatalf("Replace = %d, %t, %v; want %d, %t", version, changed, err, want, changes)
	}
}

func paths(files []delta.File) []string {
	of := []string{}
	for _, f := range files {
		of = append(of, f.Path)
	}
	return of
}

// wantLive asks a process that has read nothing yet.
func wantLive(t *testing.T, s delta.Store, want ...string) {
	t.Helper()
	files, _, err := table(s, "reader").Files(t.Context())
	if err != nil || !slices.Equal(paths(files), want) {
		t.Errorf("live are %q, %v; want %q", paths(files), err, want)
	}
}

func TestReplace(t *testing.T) {
	s := memstore.New()
	to := table(s, "a")
	if _, _, err := to.Files(t.Context()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Files of no table: %v, want fs.ErrNotExist", err)
	}
	replaced(t, to, one("x", "2026-11-22"), -1, false) // nothing to be removed of nothing
	replaced(t, to, delta.Replacement{Schema: columns}, -1, false)

	a, b, c := file("x", "2026-11-22", "a", 3), file("x", "2026-11-23", "b", 0), file("x", "2026-11-22", "c", 4)
	replaced(t, to, one("x", "2026-11-22", a), 0, true)
	replaced(t, to, one("x", "2026-11-22", a), 0, false)
	replaced(t, to, one("x", "2026-11-23", b), 1, true)
	wantLive(t, s, a.Path, b.Path)
	replaced(t, to, one("x", "2026-11-22", c), 2, true)
	wantLive(t, s, c.Path, b.Path)
	replaced(t, table(s, "b"), one("x", "2026-11-22", a), 3, true) // what was there once may come again
	wantLive(t, s, a.Path, b.Path)
	replaced(t, to, one("x", "2026-11-22"), 4, true)
	replaced(t, to, one("x", "2026-11-22"), 4, false)
	wantLive(t, s, b.Path)

	files, version, err := to.Files(t.Context(), values("x", "2026-11-23"), values("x", "2026-11-22"))
	if err != nil || version != 4 || len(files) != 1 {
		t.Fatalf("Files = %v, %d, %v", files, version, err)
	}
	b.Stats = `{"numRecords":0}`
	if got := files[0]; got.Path != b.Path || !maps.Equal(got.Values, b.Values) || got.Size != b.Size || got.Rows != 0 || !got.Modified.Equal(b.Modified) || got.Stats != b.Stats {
		t.Errorf("Files = %+v, want %+v", got, b)
	}
}

// A partition that is named by some of its columns is all that have these.
func TestFilesOfTenant(t *testing.T) {
	s := memstore.New()
	to := table(s, "a")
	a, b, c := file("x", "2026-11-22", "a", 3), file("x", "2026-11-23", "b", 0), file("y", "2026-11-22", "c", 4)
	for i, f := range []delta.File{a, b, c} {
		replaced(t, to, one(f.Values["tenant_id"], f.Values["dt"], f), int64(i), true)
	}
	files, _, err := to.Files(t.Context(), map[string]string{"tenant_id": "x"})
	if got := paths(files); err != nil || !slices.Equal(got, []string{a.Path, b.Path}) {
		t.Errorf("Files of x = %q, %v", got, err)
	}
}

func TestSnapshot(t *testing.T) {
	s := memstore.New()
	to := table(s, "a")
	a, b := file("x", "2026-11-22", "a", 3), file("x", "2026-11-22", "b", 5)
	replaced(t, to, one("x", "2026-11-22", a), 0, true)
	replaced(t, to, one("x", "2026-11-22", b), 1, true)
	got, err := to.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got.Version != 1 || !slices.Equal(paths(got.Files), []string{b.Path}) {
		t.Errorf("version %d, files %q", got.Version, paths(got.Files))
	}
	if len(got.Removed) != 1 || got.Removed[0].Path != a.Path || got.Removed[0].Size != a.Size || !got.Removed[0].At.Equal(tuesday) || !maps.Equal(got.Removed[0].Values, a.Values) {
		t.Errorf("removed %+v", got.Removed)
	}
	if got.Protocol.MinReader != 1 || got.Protocol.MinWriter != 2 || len(got.Protocol.Features) != 0 {
		t.Errorf("protocol %+v", got.Protocol)
	}
	replaced(t, to, one("x", "2026-11-22", a), 2, true)
	if again, err := to.Snapshot(t.Context()); err != nil || len(again.Removed) != 1 || again.Removed[0].Path != b.Path {
		t.Errorf("a file that came back: removed %+v, %v", again.Removed, err)
	}
	m := got.MetaData
	if m.ID == "" || !slices.Equal(m.PartitionBy, columns.PartitionBy) || m.Schema != columns.String() || m.Configuration["delta.checkpointInterval"] != "100" || !m.Created.Equal(tuesday) {
		t.Errorf("metadata %+v", m)
	}
	if !maps.Equal(got.Txns, map[string]int64{"graphlake/x/calls": 2}) {
		t.Errorf("txns %v", got.Txns)
	}
}

// Whoever lost its lock before the entry is written writes none.
func TestReplaceAsksWhetherHeld(t *testing.T) {
	s := memstore.New()
	_, _, err := table(s, "a").Replace(t.Context(), func() error { return load.ErrLockLost }, one("x", "2026-11-22", file("x", "2026-11-22", "a", 1)))
	if !errors.Is(err, load.ErrLockLost) {
		t.Errorf("Replace: %v, want ErrLockLost", err)
	}
	for info := range s.List(context.WithoutCancel(t.Context()), "") {
		t.Errorf("there is %s", info.Name)
	}
}

// More entries than one list of the log shows.
func TestManyVersions(t *testing.T) {
	s := memstore.New()
	to := table(s, "a")
	days := []string{"2026-11-22", "2026-11-23"}
	for i := range 230 {
		day := days[i%2]
		replaced(t, to, one("x", day, file("x", day, fmt.Sprint("f", i), 1)), int64(i), true)
		if i == 98 || i == 99 || i == 100 || i == 199 {
			if _, version, err := table(s, "b").Files(t.Context()); err != nil || version != int64(i) {
				t.Errorf("another process reads version %d, %v; want %d", version, err, i)
			}
		}
	}
	wantLive(t, s, file("x", days[0], "f228", 1).Path, file("x", days[1], "f229", 1).Path)
}
