package delta

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"graphlake/load"
	"graphlake/load/dirstore"
	"graphlake/load/memstore"
	"graphlake/load/storetest"
)

// livedLog is the log of a table of a lake that has run each night, with a file and a commit a night and tenant. It is as
// Tidy has left it before the last night: all in a checkpoint, and the entries of 30 days.
type livedLog struct {
	days, tenants int
	table         *Table
	all           *state
	since         int // commits of the last night
}

var (
	firstDay = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	ids      atomic.Int64
)

// newProcess is a table as a process has it that knows nothing of it yet.
func (l *livedLog) newProcess(s Store) *Table {
	return &Table{
		Store: s, Root: root, Engine: "graphlake/bench", Now: func() time.Time { return firstDay.AddDate(0, 0, l.days) },
		NewID: func() string { return fmt.Sprint("id-", ids.Add(1)) }, Log: slog.New(slog.DiscardHandler),
	}
}

// putLog writes the log straight.
func putLog(tb testing.TB, s Store, days, tenants int) *livedLog {
	tb.Helper()
	l := &livedLog{days: days, tenants: tenants, all: newState(everything)}
	l.table = l.newProcess(s)
	for day := range days - 1 {
		for tenant := range tenants {
			l.commit(tb, day, tenant, day >= days-31)
		}
	}
	var b bytes.Buffer
	if err := writeCheckpoint(tb.Context(), &b, l.all.rows(time.Time{})); err != nil {
		tb.Fatal(err)
	}
	putObject(tb, s, load.DeltaCheckpoint(root, l.all.version), b.Bytes())
	if len(l.all.live) != (days-1)*tenants {
		tb.Fatalf("%d files are live, want %d", len(l.all.live), (days-1)*tenants)
	}
	named := pointer{Version: l.all.version, Size: int64(len(l.all.live) + len(l.all.txns) + 2), Bytes: int64(b.Len()), Adds: int64(len(l.all.live))}
	if err := l.table.name(tb.Context(), named); err != nil {
		tb.Fatal(err)
	}
	return l
}

func (l *livedLog) tenant(i int) string {
	return fmt.Sprintf("%08x-0000-4000-8000-%012x", uint32(i*2654435761), i)
}

func (l *livedLog) file(day, tenant int) File {
	values := map[string]string{load.TenantColumn: l.tenant(tenant), load.DateColumn: firstDay.AddDate(0, 0, day).Format(time.DateOnly)}
	hash := fmt.Sprintf("%016x%016x", uint64(day+1)*0x9e3779b97f4a7c15, uint64(tenant+1)*0xbf58476d1ce4e5b9)
	path := load.TenantColumn + "=" + values[load.TenantColumn] + "/" + load.DateColumn + "=" + values[load.DateColumn] + "/" + hash + ".parquet"
	return File{Path: path, Values: values, Size: 123456, Rows: 855, Modified: firstDay.AddDate(0, 0, day+1)}
}

func (l *livedLog) replacement(day, tenant int) Replacement {
	f := l.file(day, tenant)
	return Replacement{
		App: "graphlake/" + l.tenant(tenant) + "/calls", Operation: "WRITE", Partitions: []Partition{{f.Values, []File{f}}},
		Schema: Schema{[]Column{{"id", StringType}, {load.TenantColumn, StringType}, {load.DateColumn, DateType}}, []string{load.TenantColumn, load.DateColumn}},
	}
}

// commit makes a commit, and its entry only if that is still there.
func (l *livedLog) commit(tb testing.TB, day, tenant int, there bool) {
	tb.Helper()
	r := l.replacement(day, tenant)
	c := commit{Replacement: r, id: l.table.NewID(), table: l.table}
	actions := []action{{Txn: &txn{r.App, int64(day), 1}}}
	for _, f := range r.Partitions[0].Files {
		actions = append(actions, action{Add: &add{Path: f.Path, PartitionValues: f.Values, Size: f.Size, ModificationTime: millis(f.Modified), Stats: `{"numRecords":855}`}})
	}
	if there || l.all.version == none {
		of := *l.all // as a commit sees it: of the files, those of its partitions, and a new day has none
		of.live = nil
		var err error
		if actions, err = c.actions(&of); err != nil {
			tb.Fatal(err)
		}
	}
	if err := l.all.apply(entry{l.all.version + 1, actions}); err != nil {
		tb.Fatal(err)
	}
	if !there {
		return
	}
	data, err := formatActions(actions)
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := l.table.Store.Swap(tb.Context(), load.DeltaEntry(root, l.all.version), "", data); err != nil {
		tb.Fatal(err)
	}
}

// goOn lets so many tenants commit in the last night, further ones where the lake has not as many.
func (l *livedLog) goOn(tb testing.TB, since int) {
	tb.Helper()
	for ; l.since < since; l.since++ {
		l.commit(tb, l.days-1, l.tenants+l.since, true)
	}
}

// night is one tenant's commit of the last night: its day, and the one before, which has other rows now.
func (l *livedLog) night(ctx context.Context, s Store) (version int64, err error) {
	const tenant = 0 // whose files are the first in the checkpoint, and so not in what is read with its footer
	r, before := l.replacement(l.days-1, tenant), l.file(l.days-2, tenant)
	before.Path = before.Path[:len(before.Path)-len("0.parquet")] + "x.parquet"
	r.Partitions = append(r.Partitions, Partition{before.Values, []File{before}})
	version, changed, err := l.newProcess(s).Replace(ctx, func() error { return nil }, r)
	if err == nil && !changed {
		err = fmt.Errorf("nothing has changed at version %d", version)
	}
	return version, err
}

// What a night's commit asks of the store does not grow with the days and tenants of the lake.
func TestCommitCostsTheSameInALargeLake(t *testing.T) {
	lakes := map[string]*livedLog{"small": nil, "large": nil}
	lakes["small"] = putLog(t, memstore.New(), 10, 1)
	lakes["large"] = putLog(t, memstore.New(), 1000, 100)
	for _, since := range []int{0, 1, 9} {
		calls := map[string]int{}
		for size, l := range lakes {
			l.goOn(t, since)
			s := storetest.NewFaulty(l.table.Store.(*memstore.Store))
			version, err := l.night(t.Context(), s)
			if err != nil {
				t.Fatal(err)
			}
			calls[size] = s.Calls()
			entry, _, err := load.ReadObject(t.Context(), l.table.Store, load.DeltaEntry(root, version))
			if removes, adds := bytes.Count(entry, []byte(`{"remove":`)), bytes.Count(entry, []byte(`{"add":`)); err != nil || removes != 1 || adds != 2 {
				t.Fatalf("%d removes and %d adds, %v; want 1 and 2", removes, adds, err)
			}
			if err := l.table.Store.Remove(t.Context(), load.DeltaEntry(root, version), load.Condition{}); err != nil {
				t.Fatal(err)
			}
		}
		t.Logf("with %d commits since the checkpoint: %v calls", since, calls)
		if 10*calls["large"] > 12*calls["small"] || calls["small"] == 0 {
			t.Errorf("with %d commits since the checkpoint: %v calls, want at most 1.2 times as many in the large one", since, calls)
		}
	}
}

// BenchmarkCommit is a night's commit of one tenant by a process of its own, on a disk and in a store of which each call takes
// as long as a request. The lakes are as a Tidy has left them, and with as many commits since as a small one has at most; the
// last is at the worst: 100 tenants without a Tidy.
func BenchmarkCommit(b *testing.B) {
	for _, size := range []struct {
		days, tenants int
		since         []int
	}{{10, 1, []int{0, 9}}, {1000, 100, []int{0, 9, 99}}} {
		mem := memstore.New()
		l := putLog(b, mem, size.days, size.tenants)
		for _, since := range size.since {
			l.goOn(b, since)
			for name, store := range map[string]storetest.Full{"disk": onDisk(b, mem), "requests": slow{mem}} {
				b.Run(fmt.Sprintf("%ddays×%dtenants/%dsince/%s", size.days, size.tenants, since, name), func(b *testing.B) { benchmarkNights(b, l, store) })
			}
		}
	}
}

func benchmarkNights(b *testing.B, l *livedLog, store storetest.Full) {
	s := storetest.NewFaulty(store)
	for b.Loop() {
		version, err := l.night(b.Context(), s)
		if err != nil {
			b.Fatal(err)
		}
		b.StopTimer() // the next is to find the same
		if err := store.Remove(b.Context(), load.DeltaEntry(root, version), load.Condition{}); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
	b.ReportMetric(float64(s.Calls())/float64(b.N), "calls/op")
}

// onDisk is a copy of a store in a directory.
func onDisk(tb testing.TB, of Store) storetest.Full {
	tb.Helper()
	dir := tb.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, load.DeltaLog(root)), 0o755); err != nil {
		tb.Fatal(err)
	}
	for info, err := range of.List(tb.Context(), "") {
		if err != nil {
			tb.Fatal(err)
		}
		data, _, err := load.ReadObject(tb.Context(), of, info.Name)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, info.Name), data, 0o600)
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
	s, err := dirstore.New(tb.Context(), dir)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// slow is a store of which each call that a commit makes takes as long as a request.
type slow struct{ *memstore.Store }

const request = 10 * time.Millisecond

func (s slow) Open(ctx context.Context, name string) (load.Object, error) {
	time.Sleep(request)
	o, err := s.Store.Open(ctx, name)
	if err != nil {
		return nil, err
	}
	return slowObject{o}, nil
}

func (s slow) Swap(ctx context.Context, name string, old load.Version, data []byte) (load.Version, error) {
	time.Sleep(request)
	return s.Store.Swap(ctx, name, old, data)
}

type slowObject struct{ load.Object }

func (o slowObject) ReadAt(p []byte, off int64) (int, error) {
	time.Sleep(request)
	return o.Object.ReadAt(p, off)
}
