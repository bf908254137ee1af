package torture

import (
	"context"
	"fmt"
	"strings"

	"graphlake/internal/trial/command"
)

// damage is what the tortured lakes lack or have too much of.
type damage struct{ lost, doubled, orphans, files, lane int }

// compare adds what is wrong with a lake, and says it.
func (t *torture) compare(ctx context.Context, l *command.Lake, whole contents) error {
	got, err := read(ctx, l)
	if err != nil {
		return err
	}
	t.lost += got.lost(whole)
	t.doubled += got.doubled()
	t.orphans += got.orphans()
	t.files += got.differing(whole)
	return nil
}

// lane adds in what the Delta tables of a lake differ from the plain ones, whenever that is.
func (t *torture) lane(ctx context.Context, l *command.Lake) error {
	_, differing, err := l.CompareLanes(ctx)
	for _, what := range differing {
		t.damage.lane += tell("lane", what, "")
	}
	return err
}

// lost are the keys that an undisturbed lake has besides.
func (c contents) lost(whole contents) (n int) {
	for _, want := range whole.tables {
		var got command.Table // of no rows, if it is missing
		for _, t := range c.tables {
			if t.Name == want.Name {
				got = t
			}
		}
		for key := range want.Rows {
			if len(got.Rows[key]) == 0 {
				n += tell("lost", want.Name, key)
			}
		}
	}
	return n
}

// doubled are the keys that are there more than once.
func (c contents) doubled() (n int) {
	for _, t := range c.tables {
		for key, rows := range t.Rows {
			if len(rows) > 1 {
				n += tell("doubled", t.Name, key)
			}
		}
	}
	return n
}

// orphans are the keys whose parent is not there. A key begins with its parent's.
func (c contents) orphans() (n int) {
	for _, t := range c.tables {
		parent, ok := c.parent(t)
		if !ok {
			continue
		}
		columns := 2 + len(parent.Key) // with those of the partition
		for key := range t.Rows {
			if above := strings.Join(strings.Split(key, command.Part)[:columns], command.Part); len(parent.Rows[above]) == 0 {
				n += tell("orphan", t.Name, key)
			}
		}
	}
	return n
}

// differing are the files that only one lake has, or that have other bytes.
func (c contents) differing(whole contents) (n int) {
	for name, text := range whole.files {
		if got, ok := c.files[name]; !ok || got != text {
			n += tell("differs", name, "")
		}
	}
	for name := range c.files {
		if _, ok := whole.files[name]; !ok {
			n += tell("should not be there", name, "")
		}
	}
	return n
}

func tell(what, where, key string) int {
	fmt.Println(what+":", where, strings.ReplaceAll(key, command.Part, " "))
	return 1
}
