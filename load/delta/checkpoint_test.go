package delta

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"graphlake/load"
	"graphlake/load/memstore"
	"graphlake/load/storetest"
)

const root = "delta/calls"

// anyState makes a state of so many files, some of them as other writers have them.
func anyState(rng *rand.Rand, files int) *state {
	s := newState(everything)
	s.version = rng.Int64N(1000)
	s.protocol = &protocol{MinReaderVersion: 1, MinWriterVersion: 2}
	s.metaData = &metaData{
		ID: "b5f5a6a6-0000-4000-8000-000000000000", Format: format{"parquet", map[string]string{}}, SchemaString: Schema{Columns: []Column{{"id", StringType}}}.String(),
		PartitionColumns: []string{"tenant_id", "dt"}, Configuration: map[string]string{"delta.checkpointInterval": "100", "theirs": ""}, CreatedTime: rng.Int64N(1e12),
	}
	if rng.IntN(2) == 0 {
		s.metaData.Name, s.metaData.Description = "calls", "somebody's"
	}
	for i := range files {
		tenant, date := fmt.Sprintf("%08d-0000-4000-8000-000000000000", rng.IntN(5)), fmt.Sprintf("2026-%02d-%02d", 1+rng.IntN(12), 1+rng.IntN(28))
		values := partitionValues{"tenant_id": tenant, "dt": date}
		path := fmt.Sprintf("tenant_id=%s/dt=%s/%032x.parquet", tenant, date, i)
		encoded := path
		switch rng.IntN(40) {
		case 0: // as Spark's with random prefixes
			path = fmt.Sprintf("xY/part-%d of.parquet", i)
			encoded = encodePath(path)
		case 1:
			path = fmt.Sprintf("tenant_id=%s/dt=%s/ö %d.parquet", tenant, date, i)
			encoded = fmt.Sprintf("tenant_id=%s/dt=%s/%%c3%%b6%%20%d.parquet", tenant, date, i) // small letters, as we do not write them
		case 2:
			values = partitionValues{"tenant_id": "", "dt": date}
			path = fmt.Sprintf("tenant_id=__HIVE_DEFAULT_PARTITION__/dt=%s/%d.parquet", date, i)
			encoded = path
		}
		if rng.IntN(4) > 0 {
			stats := fmt.Sprintf(`{"numRecords":%d}`, rng.IntN(100))
			if rng.IntN(10) == 0 {
				stats = ""
			}
			s.live[path] = add{Path: encoded, PartitionValues: values, Size: rng.Int64N(1e6), ModificationTime: rng.Int64N(1e12), Stats: stats}
			continue
		}
		r := remove{Path: encoded, DeletionTimestamp: 1 + rng.Int64N(1e12), ExtendedFileMetadata: true, PartitionValues: values, Size: 1 + rng.Int64N(1e6)}
		if rng.IntN(10) == 0 {
			r = remove{Path: encoded, DeletionTimestamp: 1}
		}
		s.removed[path] = r
	}
	for i := range rng.IntN(20) {
		app := fmt.Sprintf("graphlake/%d/calls", i)
		s.txns[app] = txn{AppID: app, Version: rng.Int64N(100), LastUpdated: rng.Int64N(2)}
	}
	return s
}

// put writes a state's checkpoint as it is.
func putCheckpoint(t testing.TB, store load.Store, s *state) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := writeCheckpoint(t.Context(), &b, s.rows(time.UnixMilli(0))); err != nil {
		t.Fatal(err)
	}
	putObject(t, store, load.DeltaCheckpoint(root, s.version), b.Bytes())
	return b.Bytes()
}

func putObject(t testing.TB, store load.Store, name string, data []byte) {
	t.Helper()
	w, err := store.Stage(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.Commit(t.Context(), load.Condition{}); err != nil {
		t.Fatal(err)
	}
}

var comparing = cmp.AllowUnexported(state{}, selection{})

// What is written is what is read, whole and by any selection.
func TestCheckpointKeepsAll(t *testing.T) {
	for seed := range uint64(12) {
		rng := rand.New(rand.NewPCG(seed, 1))
		files := []int{0, 1, 50, 999, 1000, 1001, 5000}[rng.IntN(7)]
		want := anyState(rng, files)
		store := memstore.New()
		table := &Table{Store: store, Root: root}
		data := putCheckpoint(t, store, want)
		got, err := table.readCheckpoint(t.Context(), want.version, everything)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("seed %d, %d files: -want +got\n%s", seed, files, cmp.Diff(want, got, comparing))
		}
		if again := putCheckpoint(t, store, got); !bytes.Equal(again, data) {
			t.Errorf("seed %d: the same state gives other bytes", seed)
		}
		for range 10 {
			wantSelected(t, table, want, anySelection(rng, want))
		}
	}
}

func anySelection(rng *rand.Rand, s *state) selection {
	of := selection{tombstones: rng.IntN(2) == 0}
	for range rng.IntN(4) {
		tenant, date := fmt.Sprintf("%08d-0000-4000-8000-000000000000", rng.IntN(6)), fmt.Sprintf("2026-%02d-%02d", 1+rng.IntN(12), 1+rng.IntN(28))
		switch rng.IntN(6) {
		case 0:
			of.partitions = append(of.partitions, map[string]string{"tenant_id": tenant})
		case 1:
			of.partitions = append(of.partitions, map[string]string{"dt": date})
		case 2:
			of.partitions = append(of.partitions, map[string]string{"tenant_id": "", "dt": date})
		case 3:
			of.within = append(of.within, "tenant_id="+tenant+"/")
		case 4:
			of.within = append(of.within, "tenant_id="+tenant+"/dt="+date+"/")
		default:
			of.partitions = append(of.partitions, map[string]string{"tenant_id": tenant, "dt": date})
		}
	}
	for path := range s.live { // and some that certainly has files
		if of.within = append(of.within, path[:1+rng.IntN(len(path))]); rng.IntN(2) == 0 {
			break
		}
	}
	return of
}

// wantSelected compares what is read of a selection with what is selected of all.
func wantSelected(t *testing.T, table *Table, all *state, of selection) {
	t.Helper()
	want := newState(of)
	want.version, want.protocol, want.metaData, want.txns = all.version, all.protocol, all.metaData, all.txns
	for path, a := range all.live {
		if of.has(path, a.PartitionValues) {
			want.live[path] = a
		}
	}
	for path, r := range all.removed {
		if of.tombstones && (r.PartitionValues == nil || of.has(path, r.PartitionValues)) {
			want.removed[path] = r
		}
	}
	got, err := table.readCheckpoint(t.Context(), all.version, of)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("%+v: -want +got\n%s", of, cmp.Diff(want, got, comparing))
	}
}

// A commit of a few days asks the store for the same few ranges of a checkpoint, however many files it has.
func TestCheckpointRequests(t *testing.T) {
	for _, files := range []int{10, 100_000} {
		s := newState(everything)
		s.version, s.protocol, s.metaData = 7, &protocol{MinReaderVersion: 1, MinWriterVersion: 2}, anyState(rand.New(rand.NewPCG(1, 1)), 0).metaData
		for i := range files {
			tenant, date := fmt.Sprintf("%08d-0000-4000-8000-000000000000", i/1000), time.Date(2026, 1, 1+i%1000, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
			path := fmt.Sprintf("tenant_id=%s/dt=%s/%032x.parquet", tenant, date, i)
			s.live[path] = add{Path: path, PartitionValues: partitionValues{"tenant_id": tenant, "dt": date}, Size: 1e5, ModificationTime: 1e12, Stats: `{"numRecords":855}`}
		}
		for i := range max(1, files/1000) {
			app := fmt.Sprintf("graphlake/%d/calls", i)
			s.txns[app] = txn{AppID: app, Version: 1}
		}
		mem := memstore.New()
		size := len(putCheckpoint(t, mem, s))
		store := storetest.NewFaulty(mem)
		table := &Table{Store: store, Root: root}
		tenant := fmt.Sprintf("%08d-0000-4000-8000-000000000000", files/2000)
		var of selection
		for _, date := range []string{"2026-01-08", "2026-01-09", "2026-01-10"} {
			of.partitions = append(of.partitions, map[string]string{"tenant_id": tenant, "dt": date})
		}
		got, err := table.readCheckpoint(t.Context(), 7, of)
		if err != nil || len(got.live) != 3 {
			t.Fatalf("%d files: %d live, %v", files, len(got.live), err)
		}
		counts := store.Counts()
		if counts["Open"] != 1 || counts["ReadAt"] > 2 {
			t.Errorf("%d files, %d bytes: %v, want 1 Open and at most 2 ReadAt", files, size, counts)
		}
		t.Logf("%d files are %d bytes: %v", files, size, counts)
	}
}
