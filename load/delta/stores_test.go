package delta_test

import (
	"fmt"
	"maps"
	"testing"

	"graphlake/load/blobstore"
	"graphlake/load/delta"
	"graphlake/load/dirstore"
	"graphlake/load/memstore"
	"graphlake/load/storetest"
	"graphlake/load/storetest/azurite"
)

// What a commit asks of a store, however long the log is: a process that has read it asks what is new and writes; one that
// has not reads what there is.
func TestCallsOfACommit(t *testing.T) {
	for name, open := range map[string]func(t *testing.T) storetest.Full{
		"memory": func(*testing.T) storetest.Full { return memstore.New() },
		"directory": func(t *testing.T) storetest.Full {
			s, err := dirstore.New(t.Context(), t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			return s
		},
		"azurite": func(t *testing.T) storetest.Full {
			o := blobstore.Options{ConnectionString: azurite.Start(t), Container: "lake"}
			if _, err := blobstore.Create(t.Context(), o); err != nil {
				t.Fatal(err)
			}
			s, err := blobstore.New(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			return s
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := storetest.NewFaulty(open(t))
			to := table(s, "a")
			night := func(to *delta.Table, n int) map[string]int {
				before := s.Counts()
				replaced(t, to, one("x", "2026-11-22", file("x", "2026-11-22", fmt.Sprint(n), 1)), int64(n), true)
				after := s.Counts()
				for method, of := range before {
					if after[method] -= of; after[method] == 0 {
						delete(after, method)
					}
				}
				return after
			}
			night(to, 0)
			for n := 1; n < 30; n++ { // the newest entry that is known, and the next, which is not there
				if got, want := night(to, n), map[string]int{"Open": 2, "Swap": 1}; !maps.Equal(got, want) {
					t.Fatalf("commit %d asks for %v, want %v", n, got, want)
				}
			}
			// The name of the newest checkpoint, which is not there, a list for it, 30 entries and the next.
			if got, want := night(table(s, "b"), 30), map[string]int{"Open": 32, "ReadAt": 30, "List": 1, "Swap": 1}; !maps.Equal(got, want) {
				t.Errorf("the first commit of a process asks for %v, want %v", got, want)
			}
			if err := to.Checkpoint(t.Context()); err != nil {
				t.Fatal(err)
			}
			// The name, the checkpoint, which is small, and the next entry.
			if got, want := night(table(s, "c"), 31), map[string]int{"Open": 3, "ReadAt": 2, "Swap": 1}; !maps.Equal(got, want) {
				t.Errorf("the first commit after a checkpoint asks for %v, want %v", got, want)
			}
		})
	}
}
