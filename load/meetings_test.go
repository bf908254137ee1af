package load_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/memory"

	"graphlake/load"
	"graphlake/load/memstore"
	"graphlake/schemas"
)

// at is a meeting of a day of November, at ten o'clock.
func at(id string, day, version int, hash string) string {
	return meetingAt(id, fmt.Sprintf("2026-11-%02dT10:00:00Z", day), version, hash, false)
}

// gone is a meeting that is marked as removed.
func gone(id string, day, version int, hash string) string {
	return meetingAt(id, fmt.Sprintf("2026-11-%02dT10:00:00Z", day), version, hash, true)
}

func meetingAt(id, time string, version int, hash string, removed bool) string {
	return strings.TrimSuffix(trip(id, time, version, hash), "}") + fmt.Sprintf(`,"removed":%t}`, removed)
}

func meetingsOn(n int) load.Partition {
	return load.Partition{Kind: load.Raw, Name: "meetings", TenantID: tenant, Date: day(n)}
}

// fill makes the partition of a day what rows say.
func fill(t *testing.T, lake *load.Lake, n int, rows ...string) {
	t.Helper()
	w, err := lake.Write(t.Context(), meetingsOn(n), meetings)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Discard()
	if len(rows) > 0 {
		if err := w.Append(batch(t, memory.DefaultAllocator, meetings, rows...)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// merged adds rows to a spool and merges it, up to its first publication.
func merged(t *testing.T, lake *load.Lake, r schemas.Range, reading load.MergeOptions, rows ...string) *load.Merge {
	t.Helper()
	s, err := lake.Spool(meetings, tenant, r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Discard() })
	if len(rows) > 0 {
		if err := s.Add(batch(t, memory.DefaultAllocator, meetings, rows...)); err != nil {
			t.Fatal(err)
		}
	}
	m, err := s.Merge(t.Context(), reading)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// published publishes a merge, and says which days have changed.
func published(t *testing.T, m *load.Merge) string {
	t.Helper()
	announced := m.Days()
	commits, err := publish(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	var changed []int
	for _, c := range commits {
		if c.Changed {
			changed = append(changed, c.Partition.Date.Day())
			if !slices.Contains(announced, c.Partition.Date) {
				t.Errorf("day %d was replaced and not announced", c.Partition.Date.Day())
			}
		}
	}
	return strings.Trim(fmt.Sprint(changed), "[]")
}

func wantDay(t *testing.T, lake *load.Lake, n int, want ...string) {
	t.Helper()
	wantRows(t, rows(t, lake, meetingsOn(n), meetings), want...)
}

func newLake(t *testing.T) (*memstore.Store, *load.Lake) {
	t.Helper()
	store := memstore.New()
	return store, load.New(store, t.TempDir()).Tune(checked(t))
}

// takeRow decides that a record becomes a row.
func takeRow(t *testing.T, c *load.Change, row string) {
	t.Helper()
	c.Decision, c.Row = load.TakeRow, batch(t, memory.DefaultAllocator, meetings, row)
	c.Row.Retain() // the merge releases it, too
}

// removeAbsent marks what is absent as removed, at ten o'clock.
func removeAbsent(t *testing.T, m *load.Merge) *load.Merge {
	t.Helper()
	for c, err := range m.Undecided(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		takeRow(t, c, gone(c.Of, c.Date.Day(), 5, "e"))
	}
	return m
}

// publish gives the commits of a merge in the order of their days.
func publish(ctx context.Context, m *load.Merge) ([]load.Commit, error) {
	lost, err := m.PublishLosing(ctx)
	if err != nil {
		return nil, err
	}
	gained, err := m.PublishGaining(ctx)
	commits := slices.Concat(lost, gained)
	slices.SortFunc(commits, func(a, b load.Commit) int { return a.Partition.Date.Compare(b.Partition.Date) })
	return commits, err
}
