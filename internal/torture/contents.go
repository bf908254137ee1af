package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// contents is what a lake has to say to those who read it.
type contents struct {
	tables []table
	files  map[string]string // their bytes by name
}

// table is how often each key is there. A key is the text of the partition columns and the key columns.
type table struct {
	name string
	key  []string
	rows map[string]int
}

// part is between two columns of a key; JSON has no such byte.
const part = "\x00"

// read asks the command for the tables of what was read, and the disk for the files.
func (l lake) read(ctx context.Context) (contents, error) {
	c := contents{files: map[string]string{}}
	var datasets []struct {
		Name   string
		Tables []string
	}
	if err := l.ask(ctx, &datasets, "datasets"); err != nil {
		return c, err
	}
	for _, d := range datasets {
		if _, err := os.Stat(filepath.Join(l.dir, "raw", d.Name)); err != nil {
			continue // it was not read
		}
		for _, name := range d.Tables {
			t, err := l.table(ctx, name)
			if err != nil {
				return c, err
			}
			c.tables = append(c.tables, t)
		}
	}
	for _, kind := range []string{"raw", "tables", "quarantine"} {
		if err := l.readFiles(kind, c.files); err != nil {
			return c, err
		}
	}
	return c, nil
}

// ask gives the command's answer in JSON.
func (l lake) ask(ctx context.Context, answer any, args ...string) error {
	out, err := l.command(ctx, args...).Output()
	if err != nil {
		return explain(args, err)
	}
	return json.Unmarshal(out, answer)
}

func (l lake) table(ctx context.Context, name string) (table, error) {
	t := table{name: name, rows: map[string]int{}}
	var schema struct{ Key []string }
	if err := l.ask(ctx, &schema, "schema", name); err != nil {
		return t, err
	}
	t.key = schema.Key
	cat := l.command(ctx, "cat", name)
	pipe, err := cat.StdoutPipe()
	if err != nil {
		return t, err
	}
	if err := cat.Start(); err != nil {
		return t, err
	}
	if err := t.count(json.NewDecoder(pipe)); err != nil {
		return t, errors.Join(fmt.Errorf("cat %s: %w", name, err), cat.Process.Kill(), cat.Wait())
	}
	return t, explain([]string{"cat", name}, cat.Wait())
}

// count reads rows to their end.
func (t *table) count(rows *json.Decoder) error {
	for {
		var row map[string]json.RawMessage
		if err := rows.Decode(&row); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		var key []string
		for _, column := range append([]string{"tenant_id", "dt"}, t.key...) {
			key = append(key, string(row[column]))
		}
		t.rows[strings.Join(key, part)]++
	}
}

func (l lake) readFiles(kind string, into map[string]string) error {
	if _, err := os.Stat(filepath.Join(l.dir, kind)); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return fs.WalkDir(os.DirFS(l.dir), kind, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(filepath.Join(l.dir, name))
		into[name] = string(text)
		return err
	})
}

// parent is the table of whose key this one's is a continuation, by the longest such key.
func (c contents) parent(of table) (parent table, ok bool) {
	for _, t := range c.tables {
		n := len(t.key)
		if n < len(of.key) && slices.Equal(t.key, of.key[:n]) && n > len(parent.key) {
			parent, ok = t, true
		}
	}
	return parent, ok
}

// explain adds what was asked and what the command said of it.
func explain(args []string, err error) error {
	if err == nil {
		return nil
	}
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		err = fmt.Errorf("%w: %s", err, exit.Stderr)
	}
	return fmt.Errorf("graphlake %s: %w", strings.Join(args, " "), err)
}
