package command

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
)

// Table is what a table of a lake says to those who read it.
type Table struct {
	Name string
	Key  []string // the columns that tell rows of a partition apart
	// Rows are the rows of each key, as JSON objects; more than one where it is not kept. A key here is the
	// JSON of the partition's columns and of those of the key, with [Part] between two.
	Rows map[string][]string
}

// Part is between two columns of a key; JSON has no such byte.
const Part = "\x00"

// Table reads a table, all of it.
func (l *Lake) Table(ctx context.Context, name string) (Table, error) {
	return l.read(ctx, name, everything)
}

// Present reads what counts in a table on the days [from, to): rows that are not marked removed, and that
// have only values that they may have.
func (l *Lake) Present(ctx context.Context, name, from, to string) (Table, error) {
	return l.read(ctx, name, func(row map[string]json.RawMessage, key []string) (bool, error) {
		values, err := plain(row, key)
		return !removed(row) && permitted(key, values, l.only(name)) && !l.Besides[name][strings.Join(values, unitSeparator)], err
	}, "--from", from, "--to", to)
}

// A filter says whether a row of a table with such a key counts.
type filter func(row map[string]json.RawMessage, key []string) (bool, error)

func everything(map[string]json.RawMessage, []string) (bool, error) { return true, nil }

func (l *Lake) read(ctx context.Context, name string, counts filter, days ...string) (Table, error) {
	t := Table{Name: name, Rows: map[string][]string{}}
	var err error
	if t.Key, err = l.Key(ctx, name); err != nil {
		return t, err
	}
	text, err := l.Output(ctx, append([]string{"cat", name}, days...)...)
	if err != nil {
		return t, err
	}
	return t, t.fill(bytes.NewReader(text), counts)
}

// fill adds the rows that count.
func (t *Table) fill(rows io.Reader, counts filter) error {
	for all := json.NewDecoder(rows); ; {
		var line json.RawMessage
		if err := all.Decode(&line); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if err := t.add(line, counts); err != nil {
			return err
		}
	}
}

// add adds a row, if it counts.
func (t *Table) add(line []byte, counts filter) error {
	var row map[string]json.RawMessage
	if err := json.Unmarshal(line, &row); err != nil {
		return err
	}
	if ok, err := counts(row, t.Key); err != nil || !ok {
		return err
	}
	var key []string
	for _, column := range append([]string{"tenant_id", "dt"}, t.Key...) {
		key = append(key, string(row[column]))
	}
	name := strings.Join(key, Part)
	t.Rows[name] = append(t.Rows[name], string(line))
	return nil
}

// Differing are the keys whose rows are not the same in both tables, sorted.
func (t Table) Differing(other Table) (keys []string) {
	for key, rows := range t.Rows {
		if !slices.Equal(rows, other.Rows[key]) {
			keys = append(keys, key)
		}
	}
	for key := range other.Rows {
		if _, ok := t.Rows[key]; !ok {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}
