package lane_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	mathrand "math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"

	"graphlake/load"
	"graphlake/load/delta"
	"graphlake/load/lane"
	"graphlake/load/memstore"
	"graphlake/load/storetest"
	"graphlake/schemas"
)

const (
	contoso  = "4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30"
	fabrikam = "5a2d3b8f-04c6-4d19-9e70-306b8d2f0c41"
)

var trips = schemas.Table{Name: "trips", Key: []string{"id"}, Columns: []schemas.Column{
	{Name: "id", Type: schemas.String, Required: true}, {Name: "who", Type: schemas.String, Personal: true}, {Name: "km", Type: schemas.Float64},
}}

func september(day int) time.Time { return time.Date(2026, 9, day, 0, 0, 0, 0, time.UTC) }

// monthLake is a lake whose lane has form months.
type monthLake struct {
	store storetest.Full
	lake  *load.Lake
	lane  *lane.Lane
}

// openMonths is a process of its own: nothing but the store is left of those before it.
func openMonths(t *testing.T, store storetest.Full, layout lane.Layout) *monthLake {
	t.Helper()
	id, err := lane.Ensure(t.Context(), store, lane.Settings{Layout: layout, Compact: true})
	if err != nil {
		t.Fatal(err)
	}
	return months(store, id)
}

func months(store storetest.Full, id lane.Identity) *monthLake {
	lake := load.New(store, "")
	return &monthLake{store, lake, lane.Open(store, lake, id, lane.Options{
		Engine: "graphlake/test", Now: func() time.Time { return time.Date(2026, 12, 20, 3, 0, 0, 0, time.UTC) }, Log: slog.New(slog.DiscardHandler),
	})}
}

func tripsOn(tenant string, date time.Time) load.Partition {
	return load.Partition{Kind: load.Tables, Name: trips.Name, TenantID: tenant, Date: date}
}

// write replaces a day of the plain lane by so many rows of a version of it.
func (m *monthLake) write(t *testing.T, p load.Partition, rows, version int) lane.Day {
	t.Helper()
	w, err := m.lake.Write(t.Context(), p, trips)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Discard()
	var lines []string
	for i := range rows {
		lines = append(lines, fmt.Sprintf(`{"id":"%d","who":"Adele Vance %d","km":%d.5}`, i, i, version))
	}
	rec, _, err := array.RecordFromJSON(memory.DefaultAllocator, trips.Schema(), strings.NewReader("["+strings.Join(lines, ",")+"]"))
	if err != nil {
		t.Fatal(err)
	}
	defer rec.Release()
	if err := w.Append(rec); err != nil {
		t.Fatal(err)
	}
	c, err := w.Commit(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return lane.Day{Partition: p, Hash: c.Hash}
}

func (m *monthLake) publish(t *testing.T, days ...lane.Day) bool {
	t.Helper()
	changed, err := m.lane.Publish(t.Context(), held, trips, days)
	if err != nil {
		t.Fatal(err)
	}
	return changed
}

var allSettled = lane.CompactOptions{Settled: func(time.Time) bool { return true }, Before: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)}

func (m *monthLake) compact(t *testing.T) lane.Compacted {
	t.Helper()
	done, err := m.lane.Compact(t.Context(), held, trips, contoso, allSettled)
	if err != nil {
		t.Fatal(err)
	}
	return done
}

// plainRows are the rows of a tenant's table in the plain lane, with their days.
func (m *monthLake) plainRows(t *testing.T, tenant string) []string {
	t.Helper()
	var all []string
	for p, err := range m.lake.Partitions(t.Context(), load.Tables, trips.Name, tenant) {
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range parquetRows(t, object(t, m.store, p.Object())) {
			all = append(all, row+" dt="+p.Date.Format(time.DateOnly))
		}
	}
	slices.Sort(all)
	return all
}

// laneRows are those that a reader finds in a version of the Delta table: by the entries of its log, as the format says.
func (m *monthLake) laneRows(t *testing.T, tenant string, version int64) (rows []string, paths []string) {
	t.Helper()
	root := m.lane.Root(trips, tenant)
	live := map[string]bool{}
	for v := range version + 1 {
		for line := range strings.Lines(string(object(t, m.store, load.DeltaEntry(root, v)))) {
			var a struct {
				Add, Remove *struct {
					Path string
				}
			}
			if err := json.Unmarshal([]byte(line), &a); err != nil {
				t.Fatal(err)
			}
			if a.Remove != nil && !live[a.Remove.Path] {
				t.Errorf("version %d removes %s, which is not live", v, a.Remove.Path)
			}
			switch {
			case a.Add != nil && live[a.Add.Path]:
				t.Errorf("version %d adds %s, which is live", v, a.Add.Path)
			case a.Add != nil:
				live[a.Add.Path] = true
			case a.Remove != nil:
				delete(live, a.Remove.Path)
			}
		}
	}
	for encoded := range live {
		path, err := url.PathUnescape(encoded)
		if err != nil {
			t.Fatal(err)
		}
		if m.lane.Root(trips, "") == root && !strings.HasPrefix(path, "tenant_id="+tenant+"/") {
			continue
		}
		paths = append(paths, path)
		rows = append(rows, parquetRows(t, object(t, m.store, root+"/"+path))...)
	}
	slices.Sort(rows)
	slices.Sort(paths)
	return rows, paths
}

func (m *monthLake) version(t *testing.T, tenant string) int64 {
	t.Helper()
	_, version, err := m.lane.Live(t.Context(), trips, tenant)
	if err != nil {
		t.Fatal(err)
	}
	return version
}

func parquetRows(t *testing.T, data []byte) (rows []string) {
	t.Helper()
	table, err := pqarrow.ReadTable(t.Context(), bytes.NewReader(data), parquet.NewReaderProperties(nil), pqarrow.ArrowReadProperties{}, memory.DefaultAllocator)
	if err != nil {
		t.Fatal(err)
	}
	defer table.Release()
	for at := range int(table.NumRows()) {
		var row []string
		for i := range int(table.NumCols()) {
			row = append(row, table.Schema().Field(i).Name+"="+table.Column(i).Data().Chunk(0).ValueStr(at))
		}
		rows = append(rows, strings.Join(row, " "))
	}
	return rows
}

func object(t *testing.T, s load.Store, name string) []byte {
	t.Helper()
	o, err := s.Open(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	data, err := io.ReadAll(io.NewSectionReader(o, 0, o.Info().Size))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// same fails unless the newest version of a tenant's table has the rows of the plain lane. It gives the live files.
func (m *monthLake) same(t *testing.T, tenant, when string) []string {
	t.Helper()
	rows, paths := m.laneRows(t, tenant, m.version(t, tenant))
	if want := m.plainRows(t, tenant); !slices.Equal(rows, want) {
		t.Fatalf("%s: the lane has %d rows, and the plain lane %d:\n%s\nwant\n%s", when, len(rows), len(want), strings.Join(rows, "\n"), strings.Join(want, "\n"))
	}
	return paths
}

func rolled(paths []string) (n int) {
	for _, path := range paths {
		if of, ok := load.ParseDataFile(path); ok && of.Rolled {
			n++
		}
	}
	return n
}

// A month is rolled to one file, and stays so until a day of it changes.
func TestCompactAndUndo(t *testing.T) {
	for _, layout := range []lane.Layout{lane.Shared, lane.PerTenant} {
		t.Run(string(layout), func(t *testing.T) {
			m := openMonths(t, memstore.New(), layout)
			var days, others []lane.Day
			for day := 1; day <= 30; day++ {
				days = append(days, m.write(t, tripsOn(contoso, september(day)), day%4, 1)) // some have none
				others = append(others, m.write(t, tripsOn(fabrikam, september(day)), 1, 1))
			}
			m.publish(t, days...)
			m.publish(t, others...)
			if paths := m.same(t, contoso, "published"); len(paths) != 30 || rolled(paths) != 0 {
				t.Errorf("%d files, %d rolled; want one a day", len(paths), rolled(paths))
			}
			before := m.version(t, contoso)

			dry := allSettled
			dry.DryRun = true
			if due, err := m.lane.Due(t.Context(), trips, contoso, allSettled); err != nil || len(due.Months) != 1 || due.Files != 30 {
				t.Errorf("a month is due: %+v, %v", due, err)
			}
			would, err := m.lane.Compact(t.Context(), held, trips, contoso, dry)
			if err != nil || len(would.Months) != 1 || would.Files != 30 || would.Written != 0 || m.version(t, contoso) != before {
				t.Errorf("a dry run: %+v, %v", would, err)
			}
			done := m.compact(t)
			if len(done.Months) != 1 || !done.Months[0].Equal(september(1)) || done.Files != 30 || done.Bytes != would.Bytes || done.Written == 0 || done.Unsettled != nil {
				t.Errorf("Compact = %+v", done)
			}
			paths := m.same(t, contoso, "compacted")
			hashes := map[time.Time]string{}
			for _, d := range days {
				hashes[d.Partition.Date] = d.Hash
			}
			want := load.DataFile{TenantID: contoso, Date: september(1), ByMonth: true, Rolled: true, Hash: lane.RolledHash(hashes)}
			if layout == lane.PerTenant {
				want.TenantID = ""
			}
			if len(paths) != 1 || paths[0] != want.Path() {
				t.Errorf("the live files are %v, want %s", paths, want.Path())
			}
			m.wantSameRows(t, contoso, before+1)
			if paths := m.same(t, fabrikam, "compacted the other"); len(paths) != 30 {
				t.Errorf("the other tenant has %d files", len(paths))
			}

			if due, err := m.lane.Due(t.Context(), trips, contoso, allSettled); err != nil || due.Months != nil || due.Unsettled != nil {
				t.Errorf("after it a month is due: %+v, %v", due, err)
			}
			if again := m.compact(t); again.Months != nil || m.version(t, contoso) != before+1 {
				t.Errorf("a second Compact = %+v", again)
			}
			if m.publish(t, days...) || m.publish(t, days[7]) || m.version(t, contoso) != before+1 {
				t.Error("publishing what is there changed a rolled month")
			}
			m.publish(t, m.write(t, tripsOn(contoso, september(9)), 5, 2))
			if paths := m.same(t, contoso, "undone"); len(paths) != 30 || rolled(paths) != 0 || m.version(t, contoso) != before+2 {
				t.Errorf("version %d has %d files, %d rolled; want one a day", m.version(t, contoso), len(paths), rolled(paths))
			}
			m.compact(t)
			if paths := m.same(t, contoso, "compacted again"); len(paths) != 1 || paths[0] == want.Path() {
				t.Errorf("the live files are %v", paths)
			}
			for v := range m.version(t, contoso) + 1 { // vacuum was never called
				rows, _ := m.laneRows(t, contoso, v)
				if v >= before+2 != slices.ContainsFunc(rows, func(row string) bool { return strings.Contains(row, "km=2.5") }) {
					t.Errorf("version %d has %v", v, rows)
				}
			}
		})
	}
}

// wantSameRows fails unless an entry of the log says that rows are the same.
func (m *monthLake) wantSameRows(t *testing.T, tenant string, version int64) {
	t.Helper()
	text := string(object(t, m.store, load.DeltaEntry(m.lane.Root(trips, tenant), version)))
	if strings.Contains(text, `"dataChange":true`) || !strings.Contains(text, `"operation":"OPTIMIZE"`) {
		t.Errorf("version %d is no OPTIMIZE of the same rows:\n%s", version, text)
	}
	if !strings.Contains(text, `\"minValues\":{\"dt\":\"2026-09-01\"},\"maxValues\":{\"dt\":\"2026-09-30\"}`) || strings.Contains(text, "Adele") {
		t.Errorf("version %d does not say which days the file has, or says more:\n%s", version, text)
	}
}

// Where days of a rolled month only go, the rest is rolled anew in the same version.
func TestRemoveOfARolledMonth(t *testing.T) {
	m := openMonths(t, memstore.New(), lane.Shared)
	var days []lane.Day
	for day := 1; day <= 5; day++ {
		days = append(days, m.write(t, tripsOn(contoso, september(day)), 2, day))
	}
	m.publish(t, days...)
	m.compact(t)
	remove := func(days ...int) {
		t.Helper()
		before := m.version(t, contoso)
		var gone []lane.Day
		for _, day := range days {
			gone = append(gone, lane.Day{Partition: tripsOn(contoso, september(day)), Removed: true})
		}
		if !m.publish(t, gone...) || m.version(t, contoso) != before+1 {
			t.Errorf("removing %v made the version %d of %d", days, m.version(t, contoso), before)
		}
		for _, day := range days { // as expire does, the lane first
			if err := m.store.Remove(t.Context(), tripsOn(contoso, september(day)).Object(), load.Condition{}); err != nil {
				t.Fatal(err)
			}
		}
		if m.publish(t, gone...) {
			t.Error("removing it again changed something")
		}
	}
	remove(1)
	if paths := m.same(t, contoso, "one day removed"); len(paths) != 1 || rolled(paths) != 1 {
		t.Errorf("the live files are %v, want one that is rolled", paths)
	}
	remove(2, 4)
	if paths := m.same(t, contoso, "two days removed"); len(paths) != 1 || rolled(paths) != 1 {
		t.Errorf("the live files are %v, want one that is rolled", paths)
	}
	remove(3, 5)
	if paths := m.same(t, contoso, "all days removed"); len(paths) != 0 {
		t.Errorf("the live files are %v, want none", paths)
	}
}

// What is not settled, not over, or not live as the plain lane has it is not rolled.
func TestCompactLeavesMonths(t *testing.T) {
	m := openMonths(t, memstore.New(), lane.Shared)
	for month := time.June; month <= time.November; month++ {
		for day := 1; day <= 3; day++ {
			p := tripsOn(contoso, time.Date(2026, month, day, 0, 0, 0, 0, time.UTC))
			d := m.write(t, p, 1, 1)
			if month == time.July && day == 2 {
				continue // which the lane does not have
			}
			m.publish(t, d)
			if month == time.August && day == 2 {
				m.write(t, p, 1, 2) // which the lane does not have yet
			}
		}
	}
	o := lane.CompactOptions{
		Settled: func(date time.Time) bool { return !date.Equal(september(30)) }, // of which there are no rows
		Before:  time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC),
	}
	done, err := m.lane.Compact(t.Context(), held, trips, contoso, o)
	var got []string
	for _, first := range done.Months {
		got = append(got, first.Format("2006-01"))
	}
	for _, first := range done.Unsettled {
		got = append(got, "not "+first.Format("2006-01"))
	}
	if want := []string{"2026-06", "2026-10", "not 2026-07", "not 2026-08", "not 2026-09"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("Compact rolled %v, %v; want %v", got, err, want)
	}
	o.DryRun = true
	if again, err := m.lane.Compact(t.Context(), held, trips, contoso, o); err != nil || again.Months != nil || len(again.Unsettled) != 3 {
		t.Errorf("a dry run after it: %+v, %v", again, err)
	}
	if _, err := openDays(t).Compact(t.Context(), held, trips, contoso, o); !errors.Is(err, lane.ErrFormDays) {
		t.Errorf("of form days: %v", err)
	}
	if done, err := (*lane.Lane)(nil).Compact(t.Context(), held, trips, contoso, o); err != nil || done.Months != nil {
		t.Errorf("of no lane: %+v, %v", done, err)
	}
	if done, err := m.lane.Compact(t.Context(), held, trips, fabrikam, o); err != nil || done.Months != nil {
		t.Errorf("of a tenant without rows: %+v, %v", done, err)
	}
	other := trips
	other.Name = "walks"
	if done, err := m.lane.Compact(t.Context(), held, other, contoso, o); err != nil || done.Months != nil {
		t.Errorf("of no table: %+v, %v", done, err)
	}
}

func openDays(t *testing.T) *lane.Lane {
	store := memstore.New()
	id, err := lane.Ensure(t.Context(), store, lane.Settings{Layout: lane.Shared})
	if err != nil {
		t.Fatal(err)
	}
	return months(store, id).lane
}

// Somebody else's OPTIMIZE leaves a file of days that nobody knows: the next publication puts all days back.
func TestForeignFileInAMonth(t *testing.T) {
	m := openMonths(t, memstore.New(), lane.Shared)
	var days []lane.Day
	for day := 1; day <= 3; day++ {
		days = append(days, m.write(t, tripsOn(contoso, september(day)), 2, day))
	}
	m.publish(t, days...)
	root := m.lane.Root(trips, contoso)
	within := load.DataFile{TenantID: contoso, Date: september(1), ByMonth: true}
	foreign := within.Within() + "part-00000-c000.snappy.parquet"
	file, err := m.lake.WriteDated(t.Context(), root+"/"+foreign, 0, trips, []load.Dated{{Partition: days[0].Partition}, {Partition: days[1].Partition}})
	if err != nil {
		t.Fatal(err)
	}
	spark := delta.Table{Store: m.store, Root: root, Engine: "Spark", Now: time.Now, NewID: rand.Text, Log: slog.New(slog.DiscardHandler)}
	files, _, err := spark.Files(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	schema, err := delta.SchemaOf(trips, []delta.Column{{Name: "dt", Type: delta.DateType}}, "tenant_id", "dt_month")
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = spark.Replace(t.Context(), held, delta.Replacement{Schema: schema, SameRows: true, Operation: "OPTIMIZE", Partitions: []delta.Partition{
		{Values: within.Values(), Files: []delta.File{{Path: foreign, Values: within.Values(), Size: file.Bytes, Rows: file.Rows, Modified: time.Now()}, files[2]}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if paths := m.same(t, contoso, "optimized by Spark"); len(paths) != 2 {
		t.Fatalf("the live files are %v", paths)
	}
	if done := m.compact(t); done.Months != nil || len(done.Unsettled) != 1 {
		t.Errorf("Compact = %+v", done)
	}
	m.publish(t, m.write(t, days[0].Partition, 3, 9))
	if paths := m.same(t, contoso, "published"); len(paths) != 3 {
		t.Errorf("the live files are %v", paths)
	}
}

// A file that was lost, or cut, is made again by who publishes one of its days; and one of that size that is no file, where its hash is not known.
func TestLostFileOfAMonth(t *testing.T) {
	m := openMonths(t, memstore.New(), lane.Shared)
	var days []lane.Day
	for day := 1; day <= 3; day++ {
		days = append(days, m.write(t, tripsOn(contoso, september(day)), 2, day))
	}
	m.publish(t, days...)
	for _, when := range []string{"of a day", "rolled"} {
		lost := m.lane.Root(trips, contoso) + "/" + m.same(t, contoso, when)[0]
		was := object(t, m.store, lost)
		again := func(how string, hash string) {
			t.Helper()
			if m.publish(t, lane.Day{Partition: days[0].Partition, Hash: hash}) {
				t.Errorf("%s: that is no new version", when)
			}
			m.same(t, contoso, when+", "+how)
			if !bytes.Equal(object(t, m.store, lost), was) {
				t.Errorf("%s, %s: it has other bytes", when, how)
			}
		}
		if err := m.store.Remove(t.Context(), lost, load.Condition{}); err != nil {
			t.Fatal(err)
		}
		again("made again", days[0].Hash)
		for _, hash := range []string{days[0].Hash, ""} {
			m.spoil(t, lost, was[:len(was)-9])
			again("cut", hash)
			m.spoil(t, lost, nil)
			again("empty", hash)
		}
		m.spoil(t, lost, bytes.Repeat([]byte{1}, len(was)))
		again("other bytes", "")
		m.compact(t)
	}
}

// spoil gives an object other bytes, as nobody does who uses graphlake.
func (m *monthLake) spoil(t *testing.T, name string, data []byte) {
	t.Helper()
	_, v, err := load.ReadObject(t.Context(), m.store, name)
	if err == nil {
		_, err = m.store.Swap(t.Context(), name, v, data)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Whatever days are written, published, removed and rolled, in any order: each version has the rows that the plain lane had.
func TestMonthsAgainstAModel(t *testing.T) {
	for seed := range uint64(6) {
		random := mathrand.New(mathrand.NewPCG(seed, 7))
		layout := []lane.Layout{lane.Shared, lane.PerTenant}[seed%2]
		store := memstore.New()
		m := openMonths(t, store, layout)
		was := map[int64][]string{}
		for step := range 40 {
			if random.IntN(10) == 0 {
				m = openMonths(t, store, layout) // another process
			}
			switch action := random.IntN(10); {
			case action < 6:
				var days []lane.Day
				for range 1 + random.IntN(4) {
					days = append(days, m.write(t, tripsOn(contoso, september(1+random.IntN(70))), random.IntN(3), random.IntN(3)))
				}
				m.publish(t, days...)
			case action < 8:
				m.compact(t)
			default:
				var gone []lane.Day
				for p := range m.lake.Partitions(t.Context(), load.Tables, trips.Name, contoso) {
					if random.IntN(8) == 0 {
						gone = append(gone, lane.Day{Partition: p, Removed: true})
					}
				}
				if len(gone) == 0 {
					continue
				}
				m.publish(t, gone...)
				for _, d := range gone {
					if err := store.Remove(t.Context(), d.Partition.Object(), load.Condition{}); err != nil {
						t.Fatal(err)
					}
				}
			}
			m.same(t, contoso, fmt.Sprintf("seed %d, step %d", seed, step))
			was[m.version(t, contoso)] = m.plainRows(t, contoso)
		}
		for _, version := range slices.Sorted(maps.Keys(was)) {
			if rows, _ := m.laneRows(t, contoso, version); version >= 0 && !slices.Equal(rows, was[version]) {
				t.Fatalf("seed %d: version %d has %v, and the plain lane had %v", seed, version, rows, was[version])
			}
		}
	}
}

// Whichever call of the store a process dies at, before its effect or after, readers see the month before or after; the
// next process leaves what one would have left that nobody has disturbed.
func TestCrashInAMonth(t *testing.T) {
	prepare := func(t *testing.T, roll bool) *memstore.Store {
		store := memstore.New()
		m := openMonths(t, store, lane.Shared)
		var days []lane.Day
		for day := 1; day <= 4; day++ {
			days = append(days, m.write(t, tripsOn(contoso, september(day)), day-1, 1))
		}
		m.publish(t, days...)
		if roll {
			m.compact(t)
		}
		return store
	}
	compact := func(ctx context.Context, m *monthLake) error {
		_, err := m.lane.Compact(ctx, held, trips, contoso, allSettled)
		return err
	}
	publish := func(days ...lane.Day) func(context.Context, *monthLake) error {
		return func(ctx context.Context, m *monthLake) error {
			_, err := m.lane.Publish(ctx, held, trips, days)
			return err
		}
	}
	for _, c := range []struct {
		name   string
		roll   bool
		before func(t *testing.T, m *monthLake)
		do     func(context.Context, *monthLake) error
		files  int
	}{
		{"compact", false, nil, compact, 1},
		{"undo", true, func(t *testing.T, m *monthLake) { m.write(t, tripsOn(contoso, september(2)), 5, 2) }, publish(lane.Day{Partition: tripsOn(contoso, september(2))}), 4},
		{"remove", true, nil, publish(lane.Day{Partition: tripsOn(contoso, september(1)), Removed: true}), 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			begin := func() (*memstore.Store, []string) {
				store := prepare(t, c.roll)
				m := openMonths(t, store, lane.Shared)
				rows, _ := m.laneRows(t, contoso, m.version(t, contoso))
				if c.before != nil {
					c.before(t, m)
				}
				return store, rows
			}
			store, rows := begin()
			faulty := storetest.NewFaulty(store)
			if err := c.do(t.Context(), openMonths(t, faulty, lane.Shared)); err != nil {
				t.Fatal(err)
			}
			calls := faulty.Calls()
			after := openMonths(t, store, lane.Shared)
			final, paths := after.laneRows(t, contoso, after.version(t, contoso))
			if len(paths) != c.files {
				t.Fatalf("the live files are %v, want %d", paths, c.files)
			}
			left := objects(t, store)
			for n := 1; n <= calls; n++ {
				for _, late := range []bool{false, true} {
					store, _ := begin()
					id, _, err := lane.Read(t.Context(), store)
					if err != nil {
						t.Fatal(err)
					}
					faulty := storetest.NewFaulty(store)
					faulty.FailAt(n, late)
					err = c.do(t.Context(), months(faulty, id))
					if n < calls-1 && !errors.Is(err, storetest.ErrDied) {
						t.Errorf("call %d: %v", n, err)
					}
					m := openMonths(t, store, lane.Shared)
					if now, _ := m.laneRows(t, contoso, m.version(t, contoso)); !slices.Equal(now, rows) && !slices.Equal(now, final) {
						t.Fatalf("died at %d (%s, %v): readers see %v", n, faulty.Died(), late, now)
					}
					if err := c.do(t.Context(), m); err != nil {
						t.Fatalf("died at %d (%s, %v), and after it: %v", n, faulty.Died(), late, err)
					}
					if now, got := m.laneRows(t, contoso, m.version(t, contoso)); !slices.Equal(now, final) || !slices.Equal(got, paths) {
						t.Errorf("died at %d (%s, %v), and after it readers see %v in %v", n, faulty.Died(), late, now, got)
					}
					if now := objects(t, store); !slices.Equal(now, left) {
						t.Errorf("died at %d (%s, %v): the objects are %v, want %v", n, faulty.Died(), late, now, left)
					}
				}
			}
			t.Logf("%d calls", calls)
		})
	}
}

func objects(t *testing.T, s load.Store) (names []string) {
	t.Helper()
	for info, err := range s.List(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, info.Name)
	}
	return names
}

// Who has lost the lock commits nothing.
func TestCompactWithoutTheLock(t *testing.T) {
	m := openMonths(t, memstore.New(), lane.Shared)
	for day := 1; day <= 3; day++ {
		m.publish(t, m.write(t, tripsOn(contoso, september(day)), 1, 1))
	}
	before := objects(t, m.store)
	lost := func() error { return load.ErrLockLost }
	if _, err := m.lane.Compact(t.Context(), lost, trips, contoso, allSettled); !errors.Is(err, load.ErrLockLost) {
		t.Errorf("Compact: %v", err)
	}
	if now := objects(t, m.store); !slices.Equal(now, before) {
		t.Errorf("the objects are %v, want %v", now, before)
	}
}

// The name of a rolled month says which days it has, not only what is in them.
func TestRolledHash(t *testing.T) {
	one := map[time.Time]string{september(1): strings.Repeat("a", 32), september(2): strings.Repeat("b", 32)}
	other := map[time.Time]string{september(1): strings.Repeat("a", 32), september(3): strings.Repeat("b", 32)}
	// printf '2026-09-01 aaaa…\n2026-09-02 bbbb…\n' | sha256sum
	if got, want := lane.RolledHash(one), "f601c89f438a607b1ddcab9f1fd3c182"; got != want {
		t.Errorf("RolledHash = %s, want %s", got, want)
	}
	if lane.RolledHash(one) == lane.RolledHash(other) {
		t.Error("months of other days have the same hash")
	}
}

// A year of a tenant's table is a file for each month that is over for 60 days, and one for each day since.
func TestYearIsCompacted(t *testing.T) {
	m := openMonths(t, memstore.New(), lane.Shared)
	now := time.Date(2026, 11, 30, 2, 30, 0, 0, time.UTC)
	var days []lane.Day
	for date := time.Date(2025, 12, 1, 0, 0, 0, 0, time.UTC); date.Before(now.Truncate(schemas.Day)); date = date.AddDate(0, 0, 1) {
		days = append(days, m.write(t, tripsOn(contoso, date), date.Day()%3, date.YearDay()))
	}
	m.publish(t, days...)
	before := m.version(t, contoso)
	done, err := m.lane.Compact(t.Context(), held, trips, contoso, lane.CompactOptions{Settled: func(time.Time) bool { return true }, Before: now.Add(-60 * schemas.Day)})
	if err != nil || len(done.Months) != 10 || done.Files != 304 {
		t.Errorf("Compact rolled %d months of %d files, %v; want December to September", len(done.Months), done.Files, err)
	}
	paths := m.same(t, contoso, "a year")
	if len(paths) != 10+60 || rolled(paths) != 10 {
		t.Errorf("%d live files of which %d are rolled, want 10 and the last 60 days", len(paths), rolled(paths))
	}
	all, _, err := m.lane.Live(t.Context(), trips, contoso)
	in := map[time.Time]bool{}
	for _, f := range all {
		for _, date := range f.Days {
			in[date] = true
		}
	}
	if err != nil || len(in) != len(days) {
		t.Errorf("the live files say that they have %d days of %d, %v", len(in), len(days), err)
	}
	was, _ := m.laneRows(t, contoso, before)
	if want := m.plainRows(t, contoso); !slices.Equal(was, want) || len(want) == 0 {
		t.Errorf("before it the lane had %d rows of %d", len(was), len(want))
	}
}
