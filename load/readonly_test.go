package load_test

import (
	"errors"
	"io/fs"
	"slices"
	"testing"

	"graphlake/load"
	"graphlake/load/memstore"
)

// Nothing is published, and Commit says whether it would have been.
func TestReadOnly(t *testing.T) {
	store := memstore.New()
	v, err := store.Swap(t.Context(), "a/b", "", []byte("held"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		object, text string
		base         load.Condition
		differs      bool
		err          error
	}{
		{"a/b", "held", load.Condition{}, false, nil},
		{"a/b", "held", load.Still(v), false, nil},
		{"a/b", "hold", load.Still(v), true, nil},
		{"a/b", "longer", load.Still(v), true, nil},
		{"a/b", "held", load.Still("other"), false, load.ErrConflict},
		{"a/c", "held", load.Still(""), true, nil},
		{"a/c", "held", load.Still(v), true, load.ErrConflict},
	} {
		w, err := load.ReadOnly(store).Stage(t.Context(), c.object)
		if err != nil {
			t.Fatal(err)
		}
		for part := range slices.Chunk([]byte(c.text), 3) {
			if _, err := w.Write(part); err != nil {
				t.Fatal(err)
			}
		}
		differs, _, err := w.Commit(t.Context(), c.base)
		if differs != c.differs || !errors.Is(err, c.err) {
			t.Errorf("%+v: differs %v, %v", c, differs, err)
		}
		if _, _, err := w.Commit(t.Context(), c.base); !errors.Is(err, load.ErrSpent) {
			t.Errorf("a second Commit answers %v", err)
		}
	}
	if err := load.ReadOnly(store).Remove(t.Context(), "a/b"); err == nil {
		t.Error("an object was removed")
	}
	if _, err := store.Open(t.Context(), "a/c"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a/c: %v", err)
	}
	if o, err := store.Open(t.Context(), "a/b"); err != nil || o.Info().Version != v {
		t.Errorf("a/b has changed: %v", err)
	}
}
