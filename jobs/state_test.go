package jobs

import (
	"errors"
	"log/slog"
	"reflect"
	"strings"
	"testing"
	"time"

	"graphlake/load"
	"graphlake/load/memstore"
	"graphlake/schemas"
)

var pair = Pair{contoso.ID, "calls"}

func put(t *testing.T, store Store, text string) {
	t.Helper()
	if _, err := store.Swap(t.Context(), pair.object(), "", []byte(text)); err != nil {
		t.Fatal(err)
	}
}

func runner(t *testing.T) *Runner {
	store := memstore.New()
	return &Runner{Store: store, Lake: load.New(store, t.TempDir()), Now: now, Log: slog.New(slog.DiscardHandler)}
}

// What is written is what is read.
func TestStateRoundTrip(t *testing.T) {
	r, d := runner(t), hours("calls", schemas.Windowed, 4*time.Hour)
	h, err := r.hold(t.Context(), contoso, d)
	if err != nil {
		t.Fatal(err)
	}
	change := func(st *State) {
		st.begin(Selection{From: midnight(3), To: midnight(9)}, d, now)
		st.begin(Selection{}, d, now)
		st.cover(d, parts(t, "3-4 data 9T02:30; 4-6 data 9T02:30; 6-7 not 9T02:30 young; 7-8 forbidden 9T02:30; 20-21 empty 23T02:30")...)
		st.Cursor, st.Picture = "https://graph.microsoft.com/v1.0/users/delta?$deltatoken=a&b=<c>", midnight(22)
		st.markDirty(midnight(4), midnight(3), midnight(4))
		st.markClean(midnight(5), "one")
		st.markClean(midnight(6), "one")
	}
	if err := h.update(t.Context(), change); err != nil {
		t.Fatal(err)
	}
	want := State{Format: stateFormat}
	change(&want)
	got, err := LoadState(t.Context(), r.Store, pair)
	if err != nil || !reflect.DeepEqual(got, want) || len(want.Dirty) != 2 || len(want.Derived) != 1 {
		t.Errorf("%v\ngot  %+v\nwant %+v", err, got, want)
	}
}

// What this version cannot know is refused, with what to do.
func TestStateOfAnotherVersion(t *testing.T) {
	for name, text := range map[string]string{
		"a newer format":   `{"format":2}`,
		"no format":        `{"since":"2026-11-01T00:00:00Z"}`,
		"an unknown field": `{"format":1,"partitions":[]}`,
		"half a document":  `{"format":1,"coverage":[`,
		"something after":  `{"format":1} {"format":1}`,
		"nothing":          ``,
	} {
		r := runner(t)
		put(t, r.Store, text)
		_, err := LoadState(t.Context(), r.Store, pair)
		if err == nil || !strings.Contains(err.Error(), pair.object()) || !strings.Contains(err.Error(), "use the version that wrote it") {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := r.hold(t.Context(), contoso, hours("calls", schemas.Windowed, time.Hour)); err == nil {
			t.Errorf("%s: it is held", name)
		}
		lock, err := r.Store.Lock(t.Context(), pair.lock())
		if err != nil {
			t.Fatalf("%s: the lock is kept: %v", name, err)
		}
		if err := lock.Unlock(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

// Of two that read the same state the second that writes changes nothing, whatever its lock says.
func TestTwoHolders(t *testing.T) {
	r, d := runner(t), hours("calls", schemas.Windowed, time.Hour)
	first, err := r.hold(t.Context(), contoso, d)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.hold(t.Context(), contoso, d); !errors.Is(err, load.ErrLocked) {
		t.Errorf("a second holder: %v, want %v", err, load.ErrLocked)
	}
	second := &holding{store: r.Store, tenant: contoso, dataset: d, lock: first.lock}
	if err := first.update(t.Context(), func(st *State) { st.markDirty(midnight(3)) }); err != nil {
		t.Fatal(err)
	}
	if err := second.update(t.Context(), func(st *State) { st.markDirty(midnight(4)) }); !errors.Is(err, load.ErrConflict) {
		t.Errorf("a write over another's: %v, want %v", err, load.ErrConflict)
	}
	if err := first.release(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := first.update(t.Context(), func(st *State) { st.markDirty(midnight(5)) }); !errors.Is(err, load.ErrLockLost) {
		t.Errorf("a write without the lock: %v, want %v", err, load.ErrLockLost)
	}
	if st, err := LoadState(t.Context(), r.Store, pair); err != nil || len(st.Dirty) != 1 || !st.Dirty[0].Equal(midnight(3)) {
		t.Errorf("%v, dirty %v", err, st.Dirty)
	}
}
