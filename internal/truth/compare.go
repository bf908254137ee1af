package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
)

// compare says of every table whether it is what the simulator generated. Before the last day is over,
// calendars are left out.
func (t *truth) compare(ctx context.Context, l lake, night string, early bool) error {
	want, err := t.generated(ctx, night)
	if err != nil {
		return err
	}
	next, err := dayAfter(night)
	if err != nil {
		return err
	}
	all, err := l.datasets(ctx)
	if err != nil {
		return err
	}
	for _, d := range all {
		if early && d.Name == "calendar_events" {
			for _, name := range d.Tables {
				delete(want, name)
			}
			continue
		}
		first, end := night, next
		if d.byTime() {
			first, end = from, to
		}
		for _, name := range d.Tables {
			got, err := l.table(ctx, name, first, end)
			if err != nil {
				return err
			}
			t.tell(name, got, want[name])
			delete(want, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(want)) { // which no dataset has
		t.tell(name, count{}, want[name])
	}
	return nil
}

// tell prints the line of a table.
func (t *truth) tell(table string, got, want count) {
	verdict := "ok"
	t.compared[table] = true
	if got != want {
		verdict = "differs"
		t.differing[table] = true
	}
	fmt.Printf("truth %s rows=%d/%d keys=%s/%s %s\n", table, got.Rows, want.Rows, got.Keys, want.Keys, verdict)
}
