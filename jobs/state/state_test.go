package state

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

var (
	now  = time.Date(2026, 11, 23, 2, 30, 0, 0, time.UTC)
	pair = Pair{"7b6f3a52-0d1e-4c55-9a43-5b8f7f3f0c01", "calls"}
	log  = slog.New(slog.DiscardHandler)
)

func put(t *testing.T, store Store, text string) {
	t.Helper()
	if _, err := store.Swap(t.Context(), pair.Object(), "", []byte(text)); err != nil {
		t.Fatal(err)
	}
}

// What is written is what is read.
func TestStateRoundTrip(t *testing.T) {
	store, d := memstore.New(), schemas.Dataset{Name: "calls", Mode: schemas.Windowed}
	h, err := Open(t.Context(), store, pair, log)
	if err != nil {
		t.Fatal(err)
	}
	change := func(st *State) {
		st.Requests, st.Since = 2, midnight(20)
		st.Ask(schemas.Range{From: midnight(3), To: midnight(9)}, now)
		st.Cover(d, Covered{From: midnight(3), To: midnight(6), Outcome: Data, Read: now, Records: 9, Request: 1},
			Covered{From: midnight(6), To: midnight(7), Outcome: NotYet, Read: now, NotYet: 1}, Covered{From: midnight(7), To: midnight(8), Outcome: Forbidden, Read: now},
			Covered{From: midnight(20), To: midnight(21), Outcome: Empty, Read: now, Request: 2})
		st.Cursor, st.Picture = "https://graph.microsoft.com/v1.0/users/delta?$deltatoken=a&b=<c>", midnight(22)
		st.MarkDirty(midnight(4), midnight(3), midnight(4))
		st.MarkClean(midnight(5), "one", "")
		st.MarkClean(midnight(6), "one", "")
	}
	if err := h.Update(t.Context(), change); err != nil {
		t.Fatal(err)
	}
	want := State{Format: Format}
	change(&want)
	got, err := Load(t.Context(), store, pair)
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
		store := memstore.New()
		put(t, store, text)
		_, err := Load(t.Context(), store, pair)
		if err == nil || !strings.Contains(err.Error(), pair.Object()) || !strings.Contains(err.Error(), "use the version that wrote it") {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := Open(t.Context(), store, pair, log); err == nil {
			t.Errorf("%s: it is held", name)
		}
		lock, err := store.Lock(t.Context(), pair.Lock())
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
	store := memstore.New()
	first, err := Open(t.Context(), store, pair, log)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), store, pair, log); !errors.Is(err, load.ErrLocked) {
		t.Errorf("a second holder: %v, want %v", err, load.ErrLocked)
	}
	second := &Document{store: store, pair: pair, lock: first.lock, log: log}
	if err := first.Update(t.Context(), func(st *State) { st.MarkDirty(midnight(3)) }); err != nil {
		t.Fatal(err)
	}
	if err := second.Update(t.Context(), func(st *State) { st.MarkDirty(midnight(4)) }); !errors.Is(err, load.ErrConflict) {
		t.Errorf("a write over another's: %v, want %v", err, load.ErrConflict)
	}
	if err := first.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := first.Update(t.Context(), func(st *State) { st.MarkDirty(midnight(5)) }); !errors.Is(err, load.ErrLockLost) {
		t.Errorf("a write without the lock: %v, want %v", err, load.ErrLockLost)
	}
	if st, err := Load(t.Context(), store, pair); err != nil || len(st.Dirty) != 1 || !st.Dirty[0].Equal(midnight(3)) {
		t.Errorf("%v, dirty %v", err, st.Dirty)
	}
}
