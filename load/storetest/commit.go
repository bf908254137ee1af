package storetest

import (
	"errors"
	"testing"

	"graphlake/load"
)

func testInvisible(t *testing.T, s load.Store) {
	w := stage(t, s, "a/b", []byte("x"))
	wantNames(t, s, "")
	if _, err := s.Open(t.Context(), "a/b"); err == nil {
		t.Error("a staged object can be opened")
	}
	if _, _, err := w.Commit(t.Context(), load.Condition{}); err != nil {
		t.Fatal(err)
	}
	wantNames(t, s, "", "a/b")

	stage(t, s, "a/b", []byte("y"))
	wantData(t, s, "a/b", "x")
}

func testDiscard(t *testing.T, s load.Store) {
	w := stage(t, s, "a/b", []byte("x"))
	for range 2 {
		if err := w.Discard(); err != nil {
			t.Errorf("Discard: %v", err)
		}
	}
	if _, _, err := w.Commit(t.Context(), load.Condition{}); !errors.Is(err, load.ErrSpent) {
		t.Errorf("Commit after Discard: %v, want ErrSpent", err)
	}
	if _, err := w.Write([]byte("y")); !errors.Is(err, load.ErrSpent) {
		t.Errorf("Write after Discard: %v, want ErrSpent", err)
	}
	wantNames(t, s, "")
}

func testSpent(t *testing.T, s load.Store) {
	w := stage(t, s, "a/b", []byte("x"))
	if _, _, err := w.Commit(t.Context(), load.Condition{}); err != nil {
		t.Fatal(err)
	}
	if err := w.Discard(); err != nil {
		t.Errorf("Discard after Commit: %v", err)
	}
	if _, _, err := w.Commit(t.Context(), load.Condition{}); !errors.Is(err, load.ErrSpent) {
		t.Errorf("second Commit: %v, want ErrSpent", err)
	}
	wantData(t, s, "a/b", "x")
}

func testUnchanged(t *testing.T, s load.Store) {
	stale := put(t, s, "a/b", []byte("same bytes"))
	put(t, s, "a/b", []byte("other_bytes"))
	v := put(t, s, "a/b", []byte("same bytes"))
	for _, base := range []load.Condition{{}, load.Still(v), load.Still(""), load.Still(stale), load.Still("no version of ours")} {
		changed, got, err := stage(t, s, "a/b", []byte("same bytes")).Commit(t.Context(), base)
		if changed || got != v || err != nil {
			t.Errorf("Commit of the same bytes over %+v = %t, %q, %v; want no change at %q", base, changed, got, err, v)
		}
	}
	wantInfo(t, s, load.Info{Name: "a/b", Size: 10, Version: v})
	changed, got, err := stage(t, s, "a/b", []byte("same_bytes")).Commit(t.Context(), load.Condition{})
	if !changed || got == v || err != nil {
		t.Errorf("Commit of other bytes of the same length = %t, %q, %v; want a change", changed, got, err)
	}
	wantData(t, s, "a/b", "same_bytes")
}

// testStale commits over a version that was replaced: it changes nothing, though the bytes that
// are there now are those that the writer read, and leaves nothing behind.
func testStale(t *testing.T, s load.Store) {
	stale := put(t, s, "a/b", []byte("bytes that came back"))
	put(t, s, "a/b", []byte("bytes in between"))
	v := put(t, s, "a/b", []byte("bytes that came back"))
	wantConflict := func(why string) {
		t.Helper()
		for _, data := range []string{"bytes that were new.", "longer bytes that were new", ""} {
			changed, got, err := stage(t, s, "a/b", []byte(data)).Commit(t.Context(), load.Still(stale))
			if changed || got != "" || !errors.Is(err, load.ErrConflict) {
				t.Errorf("Commit of %q over a version that %s = %t, %q, %v; want a conflict", data, why, changed, got, err)
			}
		}
	}
	wantConflict("was replaced")
	wantInfo(t, s, load.Info{Name: "a/b", Size: 20, Version: v})
	wantData(t, s, "a/b", "bytes that came back")
	if err := s.Remove(t.Context(), "a/b", load.Condition{}); err != nil {
		t.Fatal(err)
	}
	wantConflict("was removed")
	wantNames(t, s, "")
}

func testReplace(t *testing.T, s load.Store) {
	seen := map[load.Version]bool{}
	for _, data := range []string{"one", "two", "a longer three", ""} {
		v := put(t, s, "a/b", []byte(data))
		if seen[v] {
			t.Errorf("version %q came back", v)
		}
		seen[v] = true
		if got := wantData(t, s, "a/b", data); got != v {
			t.Errorf("Open gives version %q, Commit gave %q", got, v)
		}
		wantInfo(t, s, load.Info{Name: "a/b", Size: int64(len(data)), Version: v})
	}
	wantNames(t, s, "", "a/b")
}

func testConditions(t *testing.T, s load.Store) {
	commit := func(data string, base load.Condition) (load.Version, error) {
		_, v, err := stage(t, s, "a/b", []byte(data)).Commit(t.Context(), base)
		return v, err
	}
	if _, err := commit("x", load.Still("no version of ours")); !errors.Is(err, load.ErrConflict) {
		t.Errorf("over a version while the object is absent: %v, want a conflict", err)
	}
	wantNames(t, s, "")
	first, err := commit("one", load.Still(""))
	if err != nil {
		t.Fatalf("over no object: %v", err)
	}
	if _, err := commit("x", load.Still("")); !errors.Is(err, load.ErrConflict) {
		t.Errorf("over no object while there is one: %v, want a conflict", err)
	}
	second, err := commit("two", load.Still(first))
	if err != nil {
		t.Fatalf("over the version that is there: %v", err)
	}
	if _, err := commit("x", load.Still(first)); !errors.Is(err, load.ErrConflict) {
		t.Errorf("over a version that was replaced: %v, want a conflict", err)
	}
	if got := wantData(t, s, "a/b", "two"); got != second {
		t.Errorf("the object is at version %q, want %q", got, second)
	}
}

// testRemove removes an object in one of its versions only. What is gone is gone, however often and over whatever it is
// removed, also for who comes late: another writer's object of the name stays.
func testRemove(t *testing.T, s load.Store) {
	first := put(t, s, "a/b/dt=1/c", []byte("one"))
	second := put(t, s, "a/b/dt=1/c", []byte("two"))
	put(t, s, "a/d", []byte("beside it"))
	for _, base := range []load.Condition{load.Still(first), load.Still("no version of ours"), load.Still("")} {
		if err := s.Remove(t.Context(), "a/b/dt=1/c", base); !errors.Is(err, load.ErrConflict) {
			t.Errorf("Remove over %+v of an object at another version: %v, want a conflict", base, err)
		}
	}
	wantData(t, s, "a/b/dt=1/c", "two")
	for range 2 { // its answer may be lost
		if err := s.Remove(t.Context(), "a/b/dt=1/c", load.Still(second)); err != nil {
			t.Errorf("Remove: %v", err)
		}
	}
	wantNames(t, s, "", "a/d")
	put(t, s, "a/b/dt=1/c", []byte("two")) // and its directories are made again
	if err := s.Remove(t.Context(), "a/b/dt=1/c", load.Still(second)); !errors.Is(err, load.ErrConflict) {
		t.Errorf("Remove of what another wrote since: %v, want a conflict", err)
	}
	wantNames(t, s, "", "a/b/dt=1/c", "a/d")
	if err := s.Remove(t.Context(), "a/b", load.Condition{}); err != nil {
		t.Errorf("Remove of what is no object: %v", err)
	}
	wantNames(t, s, "", "a/b/dt=1/c", "a/d")
}

func testSwap(t *testing.T, s load.Store) {
	swap := s.(load.Swapper).Swap
	if _, err := swap(t.Context(), "state/x", "no version of ours", []byte("x")); !errors.Is(err, load.ErrConflict) {
		t.Errorf("Swap of an absent object: %v, want a conflict", err)
	}
	first, err := swap(t.Context(), "state/x", "", []byte("one"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := swap(t.Context(), "state/x", "", []byte("one")); !errors.Is(err, load.ErrConflict) {
		t.Errorf("a second creator with the same bytes: %v, want a conflict", err)
	}
	second, err := swap(t.Context(), "state/x", first, []byte("one"))
	if err != nil || second == first {
		t.Errorf("Swap to the same bytes = %q, %v; want a new version", second, err)
	}
	if _, err := swap(t.Context(), "state/x", first, []byte("two")); !errors.Is(err, load.ErrConflict) {
		t.Errorf("Swap over a version that was replaced: %v, want a conflict", err)
	}
	if got := wantData(t, s, "state/x", "one"); got != second {
		t.Errorf("Open gives version %q, Swap gave %q", got, second)
	}
	if err := s.Remove(t.Context(), "state/x", load.Condition{}); err != nil {
		t.Fatal(err)
	}
	if _, err := swap(t.Context(), "state/x", second, []byte("two")); !errors.Is(err, load.ErrConflict) {
		t.Errorf("Swap of a removed object: %v, want a conflict", err)
	}
}
