package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/schemas"
)

// What the lake remembers of a declared dataset is its shape: what files that are there have, and what a later
// declaration must not take back. It is written before the first file of the shape is, and only ever grows, so a
// run that dies in between leaves a shape that some columns have no file of yet, which holds back nothing.

// shape is a dataset as its files have it.
type shape struct {
	Mode   string       `json:"mode"`
	Tables []tableShape `json:"tables"`
}

type tableShape struct {
	Name    string        `json:"name"`
	Each    schemas.Path  `json:"each,omitempty"`
	Key     []string      `json:"key"`
	Columns []columnShape `json:"columns"`
}

type columnShape struct {
	Name string `json:"name"`
	Type string `json:"type"` // in Arrow: what two types of a declaration keep alike is no change
}

func shapeOf(d schemas.Dataset) shape {
	s := shape{Mode: d.Mode.String()}
	for _, t := range d.Tables {
		kept := tableShape{Name: t.Name, Each: t.Each, Key: t.Key}
		for _, c := range t.Columns {
			kept.Columns = append(kept.Columns, columnShape{c.Name, c.Type.Arrow().String()})
		}
		s.Tables = append(s.Tables, kept)
	}
	return s
}

// ChangeError is a change of a declared dataset that the files in the lake do not allow. Its text says the cure.
type ChangeError struct {
	Dataset string
	// Where in the dataset: a table, a column of it, and a key of that; empty from where nothing is written.
	Table, Column, Key string
	what               string
}

func (c *ChangeError) Error() string { return c.what }

// EnsureDeclared makes sure that datasets which a user declares are as the lake has them, but for what was added, and is
// called before anything is written of them. Every change is a [ChangeError], joined.
func EnsureDeclared(ctx context.Context, store state.Store, datasets []schemas.Dataset) error {
	var errs []error
	for _, d := range datasets {
		errs = append(errs, ensureDeclared(ctx, store, d))
	}
	return errors.Join(errs...)
}

func ensureDeclared(ctx context.Context, store state.Store, d schemas.Dataset) error {
	object := load.DeclaredObject(d.Name)
	for {
		held, version, err := readShape(ctx, store, object)
		if err != nil {
			return err
		}
		if err := held.allow(d); err != nil {
			return err
		}
		text, err := json.Marshal(shapeOf(d))
		if err != nil {
			return fmt.Errorf("%s: %w", object, err)
		}
		if before, err := json.Marshal(held); err != nil || string(before) == string(text) {
			return err
		}
		_, err = store.Swap(ctx, object, version, append(text, '\n'))
		if !errors.Is(err, load.ErrConflict) { // another run was faster: what it says holds too
			return err
		}
	}
}

// CheckDeclared is [EnsureDeclared] for whoever writes nothing: what was added is no error, and is not noted.
func CheckDeclared(ctx context.Context, store load.Store, datasets []schemas.Dataset) error {
	var errs []error
	for _, d := range datasets {
		held, _, err := readShape(ctx, store, load.DeclaredObject(d.Name))
		errs = append(errs, err, held.allow(d))
	}
	return errors.Join(errs...)
}

// readShape reads what is remembered; the zero shape, which allows all, if nothing is.
func readShape(ctx context.Context, store load.Store, object string) (held shape, v load.Version, err error) {
	text, v, err := load.ReadObject(ctx, store, object)
	if errors.Is(err, fs.ErrNotExist) {
		return held, "", nil
	}
	if err != nil {
		return held, "", err
	}
	if err := json.Unmarshal(text, &held); err != nil {
		return held, "", fmt.Errorf("read %s: %w; it is written by each run of the dataset: if nothing else is damaged, remove it", object, err)
	}
	return held, v, nil
}

const anew = "give what is new a name of its own, or read the dataset under another name"

// allow says in what a declaration takes back what the lake has.
func (s shape) allow(d schemas.Dataset) error {
	var errs []error
	fail := func(table, column, key, format string, args ...any) {
		errs = append(errs, &ChangeError{d.Name, table, column, key, fmt.Sprintf(format, args...)})
	}
	if s.Mode != "" && s.Mode != d.Mode.String() {
		fail("", "", "mode", "the lake has the dataset %s as %s, and the declaration says %v: its days would mean something else; %s", d.Name, s.Mode, d.Mode, anew)
	}
	for _, held := range s.Tables {
		i := slices.IndexFunc(d.Tables, func(t schemas.Table) bool { return t.Name == held.Name })
		if i < 0 {
			fail("", "", "tables", "the lake has a table %s of the dataset %s, and the declaration has none: its files would stay as they are for ever; leave it declared", held.Name, d.Name)
			continue
		}
		t := d.Tables[i]
		if !slices.Equal(held.Key, t.Key) {
			fail(t.Name, "", "key", "the lake has the table %s by the key %v, and the declaration by %v: the same row would be two; %s", t.Name, held.Key, t.Key, anew)
		}
		if held.Each != t.Each {
			fail(t.Name, "", "each", "the lake has in the table %s a row per %q, and the declaration one per %q; %s", t.Name, held.Each, t.Each, anew)
		}
		for _, was := range held.Columns {
			c, ok := t.Column(was.Name)
			switch {
			case !ok:
				fail(t.Name, "", "columns", "the lake has a column %s in the table %s, and the declaration has none: columns are only ever added; declare it again, as it was", was.Name, t.Name)
			case c.Type.Arrow().String() != was.Type:
				says, kept := c.Type.String(), c.Type.Arrow().String()
				if kept != says {
					says += ", which is " + kept
				}
				fail(t.Name, c.Name, "type", "the lake has the column %s of the table %s as %s, and the declaration says %s: a column never changes its type; %s", c.Name, t.Name, was.Type, says, anew)
			}
		}
	}
	return errors.Join(errs...)
}
