package lane_test

import (
	"errors"
	"regexp"
	"strings"
	"sync"
	"testing"

	"graphlake/load"
	"graphlake/load/lane"
	"graphlake/load/memstore"
	"graphlake/load/storetest"
)

func TestEnsure(t *testing.T) {
	store := memstore.New()
	if _, there, err := lane.Read(t.Context(), store); there || err != nil {
		t.Fatalf("a lake without a lane has one: %v", err)
	}
	s := lane.Settings{Layout: lane.PerTenant, Compact: true}
	id, err := lane.Ensure(t.Context(), store, s)
	if err != nil || id.Settings != s || !regexp.MustCompile(`^[0-9a-f]{16}$`).MatchString(id.ID) {
		t.Fatalf("%+v, %v", id, err)
	}
	if got := read(t, store, load.LaneObject); got != `{"format":1,"id":"`+id.ID+`","layout":"per_tenant","compact":true}`+"\n" {
		t.Errorf("%s holds %s", load.LaneObject, got)
	}
	if again, err := lane.Ensure(t.Context(), store, s); err != nil || again != id {
		t.Errorf("the second time %+v, %v", again, err)
	}
	if held, there, err := lane.Read(t.Context(), store); err != nil || !there || held != id {
		t.Errorf("read %+v, %v", held, err)
	}
	_, err = lane.Ensure(t.Context(), store, lane.Settings{Layout: lane.Shared})
	if _, ok := errors.AsType[*lane.SettingsError](err); !ok || !strings.Contains(err.Error(), "replay --delta") {
		t.Errorf("other settings: %v, want a SettingsError that says what to do", err)
	}
}

// Where the identity of a lane was removed and its tables were not, a lane of other settings is not begun beside them. One of the
// same settings goes on with them, once their days are published again.
func TestEnsureBesideTablesThatAreLeft(t *testing.T) {
	all := []lane.Settings{
		{Layout: lane.Shared}, {Layout: lane.Shared, Compact: true}, {Layout: lane.PerTenant}, {Layout: lane.PerTenant, Compact: true},
	}
	for _, was := range all {
		for _, onlyLogs := range []bool{false, true} {
			store := memstore.New()
			r := newRig(t, store, was)
			d := r.plain(tenant, day(1), "ada")
			r.publish(true, d)
			for _, name := range list(t.Context(), t, store) {
				if onlyLogs && strings.HasSuffix(name, ".parquet") {
					remove(t, store, name)
				}
			}
			if _, err := store.Swap(t.Context(), "delta/notes.txt", "", []byte("somebody's")); err != nil {
				t.Fatal(err)
			}
			remove(t, store, load.LaneObject)
			for _, want := range all {
				if want == was || onlyLogs && want.Layout == was.Layout {
					continue
				}
				_, err := lane.Ensure(t.Context(), store, want)
				e, ok := errors.AsType[*lane.SettingsError](err)
				if !ok || e.Held.Layout != was.Layout || e.Want != want || !onlyLogs && e.Held != was {
					t.Fatalf("tables of {%s}, and {%s} is wanted: %v, want a SettingsError", was, want, err)
				}
				for _, part := range []string{"delta.json is gone", "remove delta/", "graphlake replay --delta", e.Found} {
					if !strings.Contains(err.Error(), part) {
						t.Errorf("%q lacks %q", err, part)
					}
				}
				if _, there, err := lane.Read(t.Context(), store); there || err != nil {
					t.Fatalf("it was begun: %v", err)
				}
			}
			id, err := lane.Ensure(t.Context(), store, was)
			if err != nil || id.Settings != was {
				t.Fatalf("{%s} again: %+v, %v", was, id, err)
			}
			r.Lane = r.open(store, id)
			r.publish(false, d)
		}
	}
}

func remove(t *testing.T, store load.Store, name string) {
	t.Helper()
	if err := store.Remove(t.Context(), name, load.Condition{}); err != nil {
		t.Fatal(err)
	}
}

// Of several that begin a lane at once, all have the same.
func TestEnsureAtOnce(t *testing.T) {
	store := memstore.New()
	ids := make([]lane.Identity, 8)
	var all sync.WaitGroup
	for i := range ids {
		all.Go(func() {
			var err error
			if ids[i], err = lane.Ensure(t.Context(), store, lane.Settings{Layout: lane.Shared}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for _, id := range ids {
		if id != ids[0] || id.ID == "" {
			t.Errorf("%+v and %+v", id, ids[0])
		}
	}
}

// Who dies while beginning a lane has begun it or not.
func TestEnsureDies(t *testing.T) {
	for n := 1; ; n++ {
		for _, after := range []bool{false, true} {
			store := storetest.NewFaulty(memstore.New())
			store.FailAt(n, after)
			_, err := lane.Ensure(t.Context(), store, lane.Settings{Layout: lane.Shared})
			if store.Calls() < n {
				return
			}
			if err == nil {
				t.Errorf("call %d: no error", n)
			}
			store.FailAt(0, false)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	for text, want := range map[string]error{
		"": lane.ErrDamaged, "{": lane.ErrDamaged, `{"format":1,"id":"0011223344556677","layout":"sha`: lane.ErrDamaged, "\x00\x00": lane.ErrDamaged,
		"{}": lane.ErrIdentity,
		`{"format":2,"id":"0011223344556677","layout":"shared","compact":false}`:          lane.ErrIdentity,
		`{"format":1,"id":"0011223344556677","layout":"by_month","compact":false}`:        lane.ErrIdentity,
		`{"format":1,"id":"","layout":"shared","compact":false}`:                          lane.ErrIdentity,
		`{"format":1,"id":"0011223344556677","layout":"shared","compact":false,"more":1}`: lane.ErrIdentity,
	} {
		store := memstore.New()
		if _, err := store.Swap(t.Context(), load.LaneObject, "", []byte(text)); err != nil {
			t.Fatal(err)
		}
		if id, _, err := lane.Read(t.Context(), store); !errors.Is(err, want) || !strings.Contains(err.Error(), load.LaneObject) {
			t.Errorf("%q: %+v, %v, want %v of %s", text, id, err, want, load.LaneObject)
		}
		if _, err := lane.Ensure(t.Context(), store, lane.Settings{Layout: lane.Shared}); !errors.Is(err, want) {
			t.Errorf("%q: Ensure: %v, want %v", text, err, want)
		}
	}
}
