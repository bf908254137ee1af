// Package storetest is what every store must pass: the promises of [load.Store], [load.Swapper]
// and [load.Locker], tried on a real one. It knows nothing of how a store keeps its objects.
package storetest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"graphlake/load"
)

// Run runs the suite; open gives an empty store for each of its tests.
func Run(t *testing.T, open func(t *testing.T) load.Store) {
	tests := []struct {
		name string
		test func(*testing.T, load.Store)
	}{
		{"ReadBack", testReadBack},
		{"Absent", testAbsent},
		{"InvisibleUntilCommit", testInvisible},
		{"Discard", testDiscard},
		{"SpentAfterCommit", testSpent},
		{"Unchanged", testUnchanged},
		{"Replace", testReplace},
		{"Conditions", testConditions},
		{"Remove", testRemove},
		{"StaleBase", testStale},
		{"Cancelled", testCancelled},
		{"Snapshot", testSnapshot},
		{"List", testList},
		{"Names", testNames},
		{"RacingCreators", testRacingCreators},
		{"RacingReplacers", testRacingReplacers},
		{"RacingEquals", testRacingEquals},
		{"Swap", testSwap},
		{"LostUpdates", testLostUpdates},
		{"Lock", testLock},
		{"LockCancelled", testLockCancelled},
		{"RacingLockers", testRacingLockers},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { tt.test(t, open(t)) })
	}
}

func testReadBack(t *testing.T, s load.Store) {
	random := make([]byte, 3<<20+17) // several blocks of any store
	rng := rand.NewChaCha8([32]byte{1})
	for i := range random {
		random[i] = byte(rng.Uint64())
	}
	strange := "tables/calls/dt=2026-11-22/tenant_id=a b+c%2F#?ü.parquet"
	if runtime.GOOS == "windows" { // whose files have no question mark
		strange = strings.ReplaceAll(strange, "?", "")
	}
	for name, data := range map[string][]byte{
		"tables/calls/empty.parquet": {},
		"tables/calls/small.parquet": []byte("small"),
		strange:                      []byte("strange name"),
		"big.parquet":                random,
	} {
		v := put(t, s, name, data)
		o, err := s.Open(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		want := load.Info{Name: name, Size: int64(len(data)), Version: v}
		if o.Info() != want {
			t.Errorf("Info of %s = %+v, want %+v", name, o.Info(), want)
		}
		if got := read(t, o); !bytes.Equal(got, data) {
			t.Errorf("%s: read %d bytes, which are not the %d that were written", name, len(got), len(data))
		}
		if err := o.Close(); err != nil {
			t.Error(err)
		}
	}
	testReadAt(t, s, "big.parquet", random)
}

// testReadAt holds ReadAt to its contract at the edges of the object.
func testReadAt(t *testing.T, s load.Store, name string, data []byte) {
	o, err := s.Open(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	size := int64(len(data))
	for _, c := range []struct{ off, length, want int64 }{
		{0, 10, 10}, {1 << 20, 1 << 20, 1 << 20}, {size - 5, 5, 5}, {size - 5, 10, 5}, {size, 1, 0}, {size + 9, 1, 0}, {3, 0, 0},
	} {
		p := make([]byte, c.length)
		n, err := o.ReadAt(p, c.off)
		if int64(n) != c.want || (c.want < c.length) != errors.Is(err, io.EOF) || (err != nil && !errors.Is(err, io.EOF)) {
			t.Errorf("ReadAt(%d bytes, %d) = %d, %v, want %d bytes and EOF only if it falls short", c.length, c.off, n, err, c.want)
			continue
		}
		if n > 0 && !bytes.Equal(p[:n], data[c.off:c.off+int64(n)]) {
			t.Errorf("ReadAt(%d bytes, %d) gave other bytes", c.length, c.off)
		}
	}
}

func testAbsent(t *testing.T, s load.Store) {
	if _, err := s.Open(t.Context(), "no/such"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Open of an absent object: %v, want fs.ErrNotExist", err)
	}
	if err := s.Remove(t.Context(), "no/such", load.Condition{}); err != nil {
		t.Errorf("Remove of an absent object: %v", err)
	}
	put(t, s, "a/b", []byte("x"))
	for _, name := range []string{"a", "a/b/c"} {
		if _, err := s.Open(t.Context(), name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("Open of %s beside an object a/b: %v, want fs.ErrNotExist", name, err)
		}
		_, err := s.(load.Swapper).Swap(t.Context(), name, "no version of ours", nil)
		if !errors.Is(err, load.ErrConflict) {
			t.Errorf("Swap of %s beside an object a/b: %v, want a conflict", name, err)
		}
	}
	if err := s.Remove(t.Context(), "a/b", load.Condition{}); err != nil {
		t.Errorf("Remove: %v", err)
	}
	wantNames(t, s, "")
	if _, err := s.Open(t.Context(), "a/b"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Open of a removed object: %v, want fs.ErrNotExist", err)
	}
}

func testCancelled(t *testing.T, s load.Store) {
	w := stage(t, s, "a/b", []byte("x"))
	defer w.Discard()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := w.Commit(ctx, load.Condition{}); !errors.Is(err, context.Canceled) {
		t.Errorf("Commit with a cancelled context: %v", err)
	}
	if _, err := s.(load.Swapper).Swap(ctx, "c", "", nil); !errors.Is(err, context.Canceled) {
		t.Errorf("Swap with a cancelled context: %v", err)
	}
	wantNames(t, s, "")
	if _, err := s.Stage(ctx, "c"); !errors.Is(err, context.Canceled) {
		t.Errorf("Stage with a cancelled context: %v", err)
	}
	wantCancelledList(ctx, t, s)
	put(t, s, "kept", []byte("x"))
	wantCancelledList(ctx, t, s)
	if _, err := s.Open(ctx, "kept"); !errors.Is(err, context.Canceled) {
		t.Errorf("Open with a cancelled context: %v", err)
	}
	if err := s.Remove(ctx, "kept", load.Condition{}); !errors.Is(err, context.Canceled) {
		t.Errorf("Remove with a cancelled context: %v", err)
	}
	wantNames(t, s, "", "kept")
}

// wantCancelledList wants one error: a list that just ends would pass for a whole one.
func wantCancelledList(ctx context.Context, t *testing.T, s load.Store) {
	t.Helper()
	var errs []error
	for _, err := range s.List(ctx, "") {
		errs = append(errs, err)
	}
	if len(errs) != 1 || !errors.Is(errs[0], context.Canceled) {
		t.Errorf("List with a cancelled context: %v, want that as its one answer", errs)
	}
}

// testSnapshot replaces an object that is being read: the rest of the reads fail or give the old
// bytes, and a new Open gives the new ones.
func testSnapshot(t *testing.T, s load.Store) {
	put(t, s, "a/b", bytes.Repeat([]byte("old"), 1000))
	o, err := s.Open(t.Context(), "a/b")
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	put(t, s, "a/b", bytes.Repeat([]byte("new"), 1000))
	p := make([]byte, 3)
	if _, err := o.ReadAt(p, 600); err == nil && string(p) != "old" {
		t.Errorf("the snapshot reads %q after it was replaced", p)
	}
	wantData(t, s, "a/b", strings.Repeat("new", 1000))
}

func testList(t *testing.T, s load.Store) {
	names := []string{"a/b/c", "a/b.c", "a/b-c", "a/bb", "a0", "b/x", "a/b/d/e", "x/a..b"}
	for _, name := range names {
		put(t, s, name, []byte(name))
	}
	stage(t, s, "a/staged", nil)
	wantNames(t, s, "", "a/b-c", "a/b.c", "a/b/c", "a/b/d/e", "a/bb", "a0", "b/x", "x/a..b")
	wantNames(t, s, "a/", "a/b-c", "a/b.c", "a/b/c", "a/b/d/e", "a/bb")
	wantNames(t, s, "a/b", "a/b-c", "a/b.c", "a/b/c", "a/b/d/e", "a/bb")
	wantNames(t, s, "a/b/", "a/b/c", "a/b/d/e")
	wantNames(t, s, "a/b/d/e", "a/b/d/e")
	wantNames(t, s, "c")
	wantNames(t, s, "x/a..", "x/a..b")
	wantNames(t, s, "../")
	wantNames(t, s, "/")
	for info, err := range s.List(t.Context(), "a/") {
		if err != nil || info.Size != 5 || info.Version == "" {
			t.Errorf("first of the list is %+v, %v; want 5 bytes and a version", info, err)
		}
		break
	}
}

func testNames(t *testing.T, s load.Store) {
	for _, name := range []string{
		"", ".", "..", "../x", "a/../b", "/a", "a/", "a//b", ".staging/x", "a/.hidden", "a./b", "a\\b", "a\nb", "a\x00b",
		strings.Repeat("a/", 500) + "b", "a\xff",
	} {
		if _, err := s.Open(t.Context(), name); !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("Open(%q): %v, want fs.ErrInvalid", name, err)
		}
		if _, err := s.Stage(t.Context(), name); !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("Stage(%q): %v, want fs.ErrInvalid", name, err)
		}
		if err := s.Remove(t.Context(), name, load.Condition{}); !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("Remove(%q): %v, want fs.ErrInvalid", name, err)
		}
		if _, err := s.(load.Swapper).Swap(t.Context(), name, "", nil); !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("Swap(%q): %v, want fs.ErrInvalid", name, err)
		}
		if _, err := s.(load.Locker).Lock(t.Context(), name); !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("Lock(%q): %v, want fs.ErrInvalid", name, err)
		}
	}
}
