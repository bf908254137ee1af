package delta_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"graphlake/load"
	"graphlake/load/delta"
	"graphlake/load/memstore"
	"graphlake/load/storetest"
)

// logged are the names of the log's objects, without their directory.
func logged(t testing.TB, s delta.Store) []string {
	t.Helper()
	var names []string
	for info, err := range s.List(t.Context(), load.DeltaLog(root)) {
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, strings.TrimPrefix(info.Name, load.DeltaLog(root)))
	}
	return names
}

func removed(t testing.TB, s delta.Store, object string) {
	t.Helper()
	if err := s.Remove(t.Context(), object, load.Condition{}); err != nil {
		t.Fatal(err)
	}
}

// withoutEntries removes the entries up to a version, and all that came before it.
func withoutEntries(t testing.TB, s delta.Store, upTo int64) {
	t.Helper()
	for v := range upTo + 1 {
		removed(t, s, load.DeltaEntry(root, v))
	}
}

func content(t testing.TB, s delta.Store, object string) []byte {
	t.Helper()
	data, _, err := load.ReadObject(t.Context(), s, object)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func snapshot(t testing.TB, of *delta.Table) *delta.Snapshot {
	t.Helper()
	got, err := of.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func checkpoint(t testing.TB, of *delta.Table) {
	t.Helper()
	if err := of.Checkpoint(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// nights commits a file a night, from a version on, and does not tidy.
func nights(t testing.TB, s delta.Store, from, n int64) {
	t.Helper()
	to := table(s, fmt.Sprint("n", from))
	for v := from; v < from+n; v++ {
		day := time.Date(2026, 1, 1+int(v), 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
		if version, changed, err := to.Replace(t.Context(), held, dated(tenantA, day, "a")); err != nil || version != v || !changed {
			t.Fatalf("Replace = %d, %t, %v; want %d", version, changed, err, v)
		}
	}
}

// big is a replacement of so many partitions that its entry is large.
func big(days int) delta.Replacement {
	r := dated(tenantB, "2020-01-01", "b")
	r.Partitions = nil
	for i := range days {
		day := time.Date(2000, 1, 1+i, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
		r.Partitions = append(r.Partitions, dated(tenantB, day, "b").Partitions...)
	}
	return r
}

func TestTidyWhenItIsDue(t *testing.T) {
	tests := []struct {
		what     string
		made     func(t *testing.T, s delta.Store) // of the log, before Tidy
		versions []int64                           // that have a checkpoint after it
	}{
		{"no table", func(*testing.T, delta.Store) {}, nil},
		{"nine entries", func(t *testing.T, s delta.Store) { nights(t, s, 0, 9) }, nil},
		{"ten entries", func(t *testing.T, s delta.Store) { nights(t, s, 0, 10) }, []int64{9}},
		{"nine since a checkpoint", func(t *testing.T, s delta.Store) {
			nights(t, s, 0, 1)
			checkpoint(t, table(s, "c"))
			nights(t, s, 1, 9)
		}, []int64{0}},
		{"ten since a small checkpoint", func(t *testing.T, s delta.Store) {
			nights(t, s, 0, 1)
			checkpoint(t, table(s, "c"))
			nights(t, s, 1, 10)
		}, []int64{0, 10}},
		{"ten since a large checkpoint", func(t *testing.T, s delta.Store) {
			replaced(t, table(s, "b"), big(3000), 0, true)
			checkpoint(t, table(s, "c"))
			nights(t, s, 1, 10)
		}, []int64{0}},
		{"ninety-nine since a large checkpoint", func(t *testing.T, s delta.Store) {
			replaced(t, table(s, "b"), big(6000), 0, true)
			checkpoint(t, table(s, "c"))
			nights(t, s, 1, 99)
		}, []int64{0, 99}}, // by their bytes: 99 of 0.6 KB are more than an eighth of it
		{"one of more than a MiB", func(t *testing.T, s delta.Store) { replaced(t, table(s, "b"), big(4000), 0, true) }, []int64{0}},
	}
	for _, tt := range tests {
		t.Run(tt.what, func(t *testing.T) {
			s := memstore.New()
			tt.made(t, s)
			if err := table(s, "t").Tidy(t.Context()); err != nil {
				t.Fatal(err)
			}
			var got []int64
			for _, name := range logged(t, s) {
				if version, checkpoint, ok := load.ParseDeltaLog(root, load.DeltaLog(root)+name); ok && checkpoint {
					got = append(got, version)
				}
			}
			if !slices.Equal(got, tt.versions) {
				t.Errorf("checkpoints are of %v, want %v", got, tt.versions)
			}
		})
	}
}

// What others read first is small, says what is there, and leads to a checkpoint that needs no entry before it.
func TestCheckpointIsAll(t *testing.T) {
	s := memstore.New()
	nights(t, s, 0, 12)
	replaced(t, table(s, "r"), dated(tenantA, "2026-01-03", "b"), 12, true)
	want := snapshot(t, table(s, "r"))
	checkpoint(t, table(s, "c"))
	text := content(t, s, load.DeltaLastCheckpoint(root))
	size := len(content(t, s, load.DeltaCheckpoint(root, 12)))
	// 12 files, one tombstone, one app, protocol and metadata.
	if said := fmt.Sprintf(`{"version":12,"size":16,"sizeInBytes":%d,"numOfAddFiles":12}`, size); string(text) != said || len(text) >= 200 {
		t.Errorf("_last_checkpoint is %s, want %s", text, said)
	}
	for _, named := range []bool{true, false} {
		if !named {
			removed(t, s, load.DeltaLastCheckpoint(root))
		}
		if diff := cmp.Diff(want, snapshot(t, table(s, "r"))); diff != "" {
			t.Errorf("with entries, named %t: -log +checkpoint\n%s", named, diff)
		}
	}
	withoutEntries(t, s, 12)
	if diff := cmp.Diff(want, snapshot(t, table(s, "r"))); diff != "" {
		t.Errorf("without entries: -log +checkpoint\n%s", diff)
	}
	replaced(t, table(s, "r"), dated(tenantA, "2026-01-03", "b"), 12, false)
	replaced(t, table(s, "r"), dated(tenantA, "2026-01-03", "c"), 13, true)
}

// The largest numbers there can be are still small enough.
func TestLastCheckpointIsSmall(t *testing.T) {
	text := fmt.Sprintf(`{"version":%d,"size":%[1]d,"sizeInBytes":%[1]d,"numOfAddFiles":%[1]d}`, int64(1<<63-1))
	if len(text) >= 200 {
		t.Errorf("%d bytes", len(text))
	}
}

// foreignEntry is what another engine may write: files elsewhere, odd spellings, removes without values.
func foreignEntry(rng *rand.Rand, live []delta.File) string {
	var b strings.Builder
	fmt.Fprintln(&b, `{"commitInfo":{"timestamp":"yesterday","operation":"MERGE"}}`)
	for i := range 1 + rng.IntN(3) {
		path := fmt.Sprintf("ab/part-%d%%20%d.parquet", rng.IntN(1000), i)
		fmt.Fprintf(&b, `{"add":{"path":%q,"partitionValues":{"tenant_id":%q,"dt":"2026-11-%02d"},"size":7,"modificationTime":9,"dataChange":true,"tags":{"x":"y"}}}`+"\n",
			path, []string{tenantA, tenantB}[rng.IntN(2)], 1+rng.IntN(28))
	}
	if len(live) > 0 {
		f := live[rng.IntN(len(live))]
		fmt.Fprintf(&b, `{"remove":{"path":%q,"deletionTimestamp":%d,"dataChange":true}}`+"\n", strings.ReplaceAll(f.Path, " ", "%20"), tuesday.UnixMilli())
	}
	fmt.Fprintf(&b, `{"txn":{"appId":"theirs","version":%d}}`+"\n", rng.IntN(9))
	return b.String()
}

// Whatever was committed by whom, a reader who begins with a checkpoint sees what one sees who reads all entries.
func TestCheckpointReplayEqualsLogReplay(t *testing.T) {
	for seed := range uint64(15) {
		rng := rand.New(rand.NewPCG(seed, 2))
		s, plain := memstore.New(), memstore.New() // plain has the entries alone
		to := table(s, "w")
		for version := int64(0); version < int64(10+rng.IntN(60)); {
			if version > 0 && rng.IntN(8) == 0 {
				entry := foreignEntry(rng, snapshot(t, to).Files)
				if _, err := s.Swap(t.Context(), load.DeltaEntry(root, version), "", []byte(entry)); err != nil {
					t.Fatal(err)
				}
				version++
			}
			tenant := []string{tenantA, tenantB}[rng.IntN(2)]
			r := one(tenant, "")
			r.Partitions = nil
			for day := range 1 + rng.IntN(4) {
				date := fmt.Sprintf("2026-11-%02d", 1+(day*7+rng.IntN(6)))
				p := delta.Partition{Values: values(tenant, date)}
				if rng.IntN(5) > 0 {
					p.Files = []delta.File{file(tenant, date, hash(string(rune('a'+rng.IntN(6)))), rng.Int64N(100))}
				}
				r.Partitions = append(r.Partitions, p)
			}
			got, changed, err := to.Replace(t.Context(), held, r)
			if err != nil {
				t.Fatal(err)
			}
			if changed {
				version = got + 1
			}
			if changed && rng.IntN(6) == 0 {
				checkpoint(t, table(s, "c"))
			}
		}
		var newest int64
		for _, name := range logged(t, s) {
			if object := load.DeltaLog(root) + name; strings.HasSuffix(name, ".json") {
				newest, _, _ = load.ParseDeltaLog(root, object)
				if _, err := plain.Swap(t.Context(), object, "", content(t, s, object)); err != nil {
					t.Fatal(err)
				}
			}
		}
		checkpoint(t, table(s, "c"))
		if rng.IntN(2) == 0 {
			withoutEntries(t, s, newest)
		}
		want, got := snapshot(t, table(plain, "r")), snapshot(t, table(s, "r"))
		if want.Version != newest || !reflect.DeepEqual(want, got) {
			t.Errorf("seed %d: -entries +checkpoint\n%s", seed, cmp.Diff(want, got))
		}
		for day := range 28 {
			of := values([]string{tenantA, tenantB}[rng.IntN(2)], fmt.Sprintf("2026-11-%02d", 1+day))
			want, _, err := table(plain, "r").Files(t.Context(), of)
			got, version, err2 := table(s, "r").Files(t.Context(), of)
			if err != nil || err2 != nil || version != newest || !reflect.DeepEqual(want, got) {
				t.Errorf("seed %d, %v: %v, %v: -entries +checkpoint\n%s", seed, of, err, err2, cmp.Diff(want, got))
			}
		}
	}
}

// A checkpoint leaves out the tombstones that no vacuum asks for any more.
func TestCheckpointForgetsTombstones(t *testing.T) {
	for _, tt := range []struct {
		age  time.Duration
		left int
	}{{delta.KeepTombstones, 1}, {delta.KeepTombstones + time.Millisecond, 0}} {
		s := memstore.New()
		nights(t, s, 0, 1)
		replaced(t, table(s, "w"), dated(tenantA, "2026-01-01", "b"), 1, true)
		checkpoint(t, aged(s, tt.age))
		if got := snapshot(t, table(s, "r")).Removed; len(got) != tt.left {
			t.Errorf("after %v there are the tombstones %v, want %d", tt.age, got, tt.left)
		}
	}
}

// loud is a table that says what it does.
func loud(s delta.Store) (*delta.Table, *bytes.Buffer) {
	var b bytes.Buffer
	t := table(s, "loud")
	t.Log = slog.New(slog.NewTextHandler(&b, nil))
	return t, &b
}

// damages are what may become of a checkpoint.
var damages = map[string]func([]byte) []byte{
	"cut":           func(d []byte) []byte { return d[:len(d)/2] },
	"empty":         func([]byte) []byte { return nil },
	"no Parquet":    func([]byte) []byte { return []byte(strings.Repeat("no Parquet ", 1000)) },
	"a bad footer":  func(d []byte) []byte { return replacedBytes(d, len(d)-40, 0xff) },
	"a bad length":  func(d []byte) []byte { return replacedBytes(d, len(d)-6, 0x7f) },
	"bad pages":     func(d []byte) []byte { return slices.Concat(d[:4], make([]byte, len(d)/2), d[4+len(d)/2:]) },
	"another magic": func(d []byte) []byte { return replacedBytes(d, len(d)-1, 'E') },
}

func replacedBytes(d []byte, at int, by byte) []byte {
	d = bytes.Clone(d)
	for i := at; i < min(at+20, len(d)); i++ {
		d[i] = by
	}
	return d
}

// put puts an object in whatever place there is.
func put(t testing.TB, s delta.Store, object string, data []byte) {
	t.Helper()
	w, err := s.Stage(t.Context(), object)
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

func TestDamagedCheckpoint(t *testing.T) {
	for _, what := range slices.Sorted(maps.Keys(damages)) {
		t.Run(what, func(t *testing.T) {
			s := memstore.New()
			nights(t, s, 0, 10)
			checkpoint(t, table(s, "c"))
			nights(t, s, 10, 3)
			want := snapshot(t, table(s, "r"))
			object := load.DeltaCheckpoint(root, 9)
			put(t, s, object, damages[what](content(t, s, object)))

			to, said := loud(s) // the entries are all there
			for range 2 {
				if diff := cmp.Diff(want, snapshot(t, to)); diff != "" {
					t.Fatal(diff)
				}
			}
			if n := strings.Count(said.String(), "damaged"); n == 0 || !strings.Contains(said.String(), object) {
				t.Errorf("the log says %q", said)
			}
			if err := to.Tidy(t.Context()); err != nil { // due, for nobody begins with the old one
				t.Fatal(err)
			}
			if text := string(content(t, s, load.DeltaLastCheckpoint(root))); !strings.HasPrefix(text, `{"version":12,`) {
				t.Errorf("_last_checkpoint is %s", text)
			}
			withoutEntries(t, s, 12)
			if diff := cmp.Diff(want, snapshot(t, table(s, "r"))); diff != "" {
				t.Fatal(diff)
			}

			object = load.DeltaCheckpoint(root, 12)
			put(t, s, object, damages[what](content(t, s, object)))
			_, err := table(s, "r").Snapshot(t.Context())
			if err == nil || errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), object+" is damaged") || !strings.Contains(err.Error(), "graphlake replay --delta") {
				t.Errorf("Snapshot of a log of which nothing else is there: %v", err)
			}
			if _, _, err := table(s, "r").Replace(t.Context(), held, dated(tenantA, "2026-01-01", "c")); err == nil {
				t.Error("Replace over a log that cannot be read")
			}
		})
	}
}

// A checkpoint of just the newest version that is damaged is written anew.
func TestDamagedCheckpointIsReplaced(t *testing.T) {
	s := memstore.New()
	nights(t, s, 0, 10)
	checkpoint(t, table(s, "c"))
	object := load.DeltaCheckpoint(root, 9)
	whole := content(t, s, object)
	put(t, s, object, whole[:100])
	checkpoint(t, table(s, "c"))
	if !bytes.Equal(content(t, s, object), whole) {
		t.Error("it is still damaged")
	}
}

func TestMissingCheckpoint(t *testing.T) {
	s := memstore.New()
	nights(t, s, 0, 10)
	checkpoint(t, table(s, "c"))
	nights(t, s, 10, 3)
	want := snapshot(t, table(s, "r"))
	removed(t, s, load.DeltaCheckpoint(root, 9))
	if diff := cmp.Diff(want, snapshot(t, table(s, "r"))); diff != "" {
		t.Error(diff)
	}
	removed(t, s, load.DeltaEntry(root, 3))
	_, err := table(s, "r").Snapshot(t.Context())
	if err == nil || errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "entry 3 is missing") || !strings.Contains(err.Error(), "graphlake replay --delta") {
		t.Errorf("Snapshot without a checkpoint and an entry: %v", err)
	}
}

// What names the newest checkpoint may be anything, and names it or does not.
func TestOtherPointers(t *testing.T) {
	for _, text := range []string{
		"", "{", "[]", `{"version":"9"}`, `{"version":-3,"size":1}`, `{"version":9}`, `{"version":4,"size":20}`,
		`{"version":9,"size":13,"parts":2}`, `{"version":9,"size":13,"v2Checkpoint":{"path":"00000000000000000009.checkpoint.80a083e8-7026-4e79-81be-64bd76c43a11.json"}}`,
		`{"version":9,"size":13,"checkpointSchema":{"type":"struct","fields":[` + strings.Repeat(" ", 5000) + `]},"checksum":"x"}`,
	} {
		for _, withEntries := range []bool{true, false} {
			s := memstore.New()
			nights(t, s, 0, 10)
			checkpoint(t, table(s, "c"))
			nights(t, s, 10, 3)
			want := snapshot(t, table(s, "r"))
			put(t, s, load.DeltaLastCheckpoint(root), []byte(text))
			if !withEntries {
				withoutEntries(t, s, 9)
			}
			got, err := table(s, "r").Snapshot(t.Context())
			if diff := cmp.Diff(want, got); err != nil || diff != "" {
				t.Errorf("%s, with entries %t: %v\n%s", text, withEntries, err, diff)
			}
			checkpoint(t, table(s, "c"))
			var named struct{ Version, Size int64 }
			if err := json.Unmarshal(content(t, s, load.DeltaLastCheckpoint(root)), &named); err != nil || named.Version < 12 {
				t.Errorf("%s: after a checkpoint it is %+v, %v", text, named, err)
			}
		}
	}
}

// A name of what is gone, and was younger than all that is there, says that entries are gone too: nobody writes over them.
func TestPointerToWhatIsGone(t *testing.T) {
	s := memstore.New()
	nights(t, s, 0, 10)
	put(t, s, load.DeltaLastCheckpoint(root), []byte(`{"version":99,"size":20}`))
	_, _, err := table(s, "w").Replace(t.Context(), held, dated(tenantA, "2026-11-01", "a"))
	if err == nil || !strings.Contains(err.Error(), "entry 10 is missing, though there is a version 99") {
		t.Errorf("Replace: %v", err)
	}
}

// A log without its beginning is no log that begins with the next version, however far from it that is.
func TestLogWithoutBeginning(t *testing.T) {
	for _, from := range []int64{1, 99, 100, 250} {
		s := memstore.New()
		nights(t, s, 0, 252)
		for v := range from {
			removed(t, s, load.DeltaEntry(root, v))
		}
		_, _, err := table(s, "w").Replace(t.Context(), held, dated(tenantA, "2026-11-01", "b"))
		if err == nil || !strings.Contains(err.Error(), "entry 0 is missing") {
			t.Errorf("without %d entries: %v", from, err)
		}
	}
}

// Checkpoints of forms that are not read ask for the cure, unless the log is whole without them.
func TestCheckpointsInParts(t *testing.T) {
	for _, name := range []string{
		"00000000000000000009.checkpoint.0000000001.0000000002.parquet", "00000000000000000009.checkpoint.80a083e8-7026-4e79-81be-64bd76c43a11.json",
	} {
		s := memstore.New()
		nights(t, s, 0, 12)
		put(t, s, load.DeltaLog(root)+name, []byte("of another engine"))
		put(t, s, load.DeltaLastCheckpoint(root), []byte(`{"version":9,"size":13,"parts":2}`))
		if got := snapshot(t, table(s, "r")); got.Version != 11 {
			t.Errorf("%s: version %d", name, got.Version)
		}
		for _, gone := range []int64{8, 11} {
			withoutEntries(t, s, gone)
			_, err := table(s, "r").Snapshot(t.Context())
			if f, ok := errors.AsType[delta.ForeignError](err); !ok || f.Table != root || !strings.Contains(err.Error(), "graphlake replay --delta") {
				t.Errorf("%s, without entries up to %d: %v, want a ForeignError", name, gone, err)
			}
		}
	}
}

// An error of the store is none of the checkpoint's: nothing is set aside for it.
func TestStoreFailsInCheckpoint(t *testing.T) {
	s := memstore.New()
	nights(t, s, 0, 10)
	checkpoint(t, table(s, "c"))
	for n := 1; n < 5; n++ {
		faulty := storetest.NewFaulty(s)
		faulty.FailAt(n, false)
		to, said := loud(faulty)
		if _, err := to.Snapshot(t.Context()); !errors.Is(err, storetest.ErrDied) || said.Len() > 0 {
			t.Errorf("call %d: %v, said %q", n, err, said)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	to, said := loud(s)
	if _, err := to.Snapshot(ctx); !errors.Is(err, context.Canceled) || said.Len() > 0 {
		t.Errorf("cancelled: %v, said %q", err, said)
	}
}

// lived is a log of so many nights with a checkpoint each tenth night, by a clock that goes on.
func lived(t testing.TB, s delta.Store, days int) {
	for day := range days {
		now := tuesday.Add(time.Duration(day) * 24 * time.Hour)
		to := table(s, fmt.Sprint("night-", day))
		to.Now = func() time.Time { return now }
		date := now.Format(time.DateOnly)
		if _, _, err := to.Replace(t.Context(), held, dated(tenantA, date, "a")); err != nil {
			t.Fatal(err)
		}
		if err := to.Tidy(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTidyRemovesWhatIsOld(t *testing.T) {
	s := memstore.New()
	lived(t, s, 75)
	// Checkpoints are of 9, 19, … 69. Tidy did its last work on the day of version 69, when 39 was just 30 days old.
	var want []string
	for v := int64(39); v < 75; v++ {
		if v%10 == 9 {
			want = append(want, strings.TrimPrefix(load.DeltaCheckpoint(root, v), load.DeltaLog(root)))
		}
		want = append(want, strings.TrimPrefix(load.DeltaEntry(root, v), load.DeltaLog(root)))
	}
	if got := logged(t, s); !slices.Equal(got, append(want, "_last_checkpoint")) {
		t.Errorf("the log is\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if got := snapshot(t, table(s, "r")); got.Version != 74 || len(got.Files) != 75 {
		t.Errorf("version %d of %d files, want 74 of 75", got.Version, len(got.Files))
	}
}

// What a checkpoint has taken in stays as long as that cannot be read.
func TestTidyTrustsNoDamagedCheckpoint(t *testing.T) {
	s := memstore.New()
	lived(t, s, 35)
	object := load.DeltaCheckpoint(root, 9)
	put(t, s, object, content(t, s, object)[:200])
	before := logged(t, s)
	later := aged(s, 60*24*time.Hour)
	put(t, s, load.DeltaEntry(root, 19), []byte(`{"commitInfo":{"timestamp":`+fmt.Sprint(later.Now().UnixMilli())+`}}`)) // young: 9 is the newest that is old
	if err := later.Checkpoint(t.Context()); err == nil || !strings.Contains(err.Error(), object+" is damaged") {
		t.Errorf("Checkpoint: %v, want the damage", err)
	}
	if got := logged(t, s); len(got) != len(before)+1 {
		t.Errorf("of %q are left %q", before, got)
	}
}

func TestTidyLeavesToOthersWhatTheyDecide(t *testing.T) {
	s := memstore.New()
	nights(t, s, 0, 10)
	meta := snapshot(t, table(s, "r")).MetaData
	schema, err := json.Marshal(meta.Schema)
	if err != nil {
		t.Fatal(err)
	}
	entry := fmt.Sprintf(`{"metaData":{"id":%q,"format":{"provider":"parquet","options":{}},"schemaString":%s,"partitionColumns":["tenant_id","dt"],"configuration":{"delta.logRetentionDuration":"interval 400 days"}}}`, meta.ID, schema)
	put(t, s, load.DeltaEntry(root, 10), []byte(entry))
	checkpoint(t, table(s, "c"))
	nights(t, s, 11, 1)
	checkpoint(t, aged(s, 300*24*time.Hour))
	if got := logged(t, s); len(got) != 12+3 {
		t.Errorf("the log is %q", got)
	}
}

// Wherever a Tidy dies, the table is as it was, and the next night does the rest.
func TestTidyDies(t *testing.T) {
	whole := memstore.New()
	lived(t, whole, 59)
	copied := func() *memstore.Store {
		s := memstore.New()
		for _, name := range logged(t, whole) {
			put(t, s, load.DeltaLog(root)+name, content(t, whole, load.DeltaLog(root)+name))
		}
		return s
	}
	night := tuesday.Add(59 * 24 * time.Hour)
	at := func(s delta.Store) *delta.Table {
		to := table(s, "night-59")
		to.Now = func() time.Time { return night }
		return to
	}
	commit := func(s delta.Store) {
		if _, _, err := at(s).Replace(t.Context(), held, dated(tenantA, night.Format(time.DateOnly), "a")); err != nil {
			t.Fatal(err)
		}
	}
	done := copied()
	commit(done)
	want := snapshot(t, at(done))
	if err := at(done).Tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	if names := logged(t, done); names[0] != strings.TrimPrefix(load.DeltaCheckpoint(root, 29), load.DeltaLog(root)) {
		t.Fatalf("this night removes nothing: %q", names)
	}
	deaths := 0
	for _, after := range []bool{false, true} {
		for n := 1; ; n++ {
			s := copied()
			commit(s)
			faulty := storetest.NewFaulty(s)
			faulty.FailAt(n, after)
			err := at(faulty).Tidy(t.Context())
			if faulty.Calls() < n {
				if err != nil {
					t.Fatal(err)
				}
				break
			}
			deaths++
			if !errors.Is(err, storetest.ErrDied) {
				t.Errorf("call %d (%s): %v", n, faulty.Died(), err)
			}
			if got := snapshot(t, at(s)); !reflect.DeepEqual(got, want) {
				t.Fatalf("a death at call %d (%s, after %t) has changed the table:\n%s", n, faulty.Died(), after, cmp.Diff(want, got))
			}
			if err := at(s).Checkpoint(t.Context()); err != nil { // whether it is due or not
				t.Errorf("after a death at call %d (%s, after %t): %v", n, faulty.Died(), after, err)
			}
			if got := logged(t, s); !slices.Equal(got, logged(t, done)) {
				t.Errorf("after a death at call %d (%s, after %t) and a checkpoint the log is %q, want %q", n, faulty.Died(), after, got, logged(t, done))
			}
			if a, b := content(t, s, load.DeltaLastCheckpoint(root)), content(t, done, load.DeltaLastCheckpoint(root)); !bytes.Equal(a, b) {
				t.Errorf("after a death at call %d (%s, after %t) _last_checkpoint is %s, want %s", n, faulty.Died(), after, a, b)
			}
		}
	}
	if deaths < 40 {
		t.Errorf("it died only %d times", deaths)
	}
}

// Who tidies at the same time harms nobody.
func TestTidyTogether(t *testing.T) {
	for range 20 {
		s := memstore.New()
		nights(t, s, 0, 15)
		want := snapshot(t, table(s, "r"))
		var all sync.WaitGroup
		for i := range 6 {
			all.Go(func() {
				to := aged(s, time.Duration(i)*time.Hour)
				if err := to.Checkpoint(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		withoutEntries(t, s, 14)
		if diff := cmp.Diff(want, snapshot(t, table(s, "r"))); diff != "" {
			t.Fatal(diff)
		}
	}
}

// A name that comes late does not take back a newer one.
func TestLateNameIsNoStepBack(t *testing.T) {
	s := memstore.New()
	nights(t, s, 0, 10)
	slow := &waiting{Store: s, at: load.DeltaCheckpoint(root, 9), reached: make(chan struct{}), goOn: make(chan struct{})}
	done := make(chan error)
	go func() { done <- table(slow, "slow").Checkpoint(t.Context()) }()
	<-slow.reached
	nights(t, s, 10, 1)
	checkpoint(t, table(s, "fast"))
	close(slow.goOn)
	if err := <-done; err != nil {
		t.Error(err)
	}
	if text := string(content(t, s, load.DeltaLastCheckpoint(root))); !strings.HasPrefix(text, `{"version":10,`) {
		t.Errorf("_last_checkpoint is %s", text)
	}
}

// waiting is a store that stages one object only when it is told to.
type waiting struct {
	*memstore.Store
	at            string
	reached, goOn chan struct{}
}

func (w *waiting) Stage(ctx context.Context, name string) (load.Staged, error) {
	if name == w.at {
		close(w.reached)
		<-w.goOn
	}
	return w.Store.Stage(ctx, name)
}

// An entry that is missing behind a checkpoint is found by who writes the next.
func TestCheckpointFindsMissingEntries(t *testing.T) {
	s := memstore.New()
	nights(t, s, 0, 10)
	checkpoint(t, table(s, "c"))
	nights(t, s, 10, 3)
	removed(t, s, load.DeltaEntry(root, 11))
	err := table(s, "c").Checkpoint(t.Context())
	if err == nil || !strings.Contains(err.Error(), "entry 11 is missing, though there is a version 12") || !strings.Contains(err.Error(), "graphlake replay --delta") {
		t.Errorf("Checkpoint: %v", err)
	}
}
