package main

import (
	"bufio"
	"context"
	"os"
	"path/filepath"
	"time"

	"github.com/apache/arrow-go/v18/arrow/memory"

	"graphlake/load"
	"graphlake/load/dirstore"
	"graphlake/schemas"
	"graphlake/transform"
)

const (
	batchBytes  = 8 << 20   // of values, before they go to the writers
	longestLine = 256 << 20 // of a record; the buffer only grows as far as it must
)

// ours is what the product does with raw records, from JSON to committed partitions.
func ours(tables []schemas.Table) (*contender, error) {
	plan, err := transform.Compile(tables)
	if err != nil {
		return nil, err
	}
	write := func(ctx context.Context, file, dir string) (map[string]string, error) {
		store, err := dirstore.New(ctx, dir)
		if err != nil {
			return nil, err
		}
		w := writing{rows: plan.NewBuilder(memory.DefaultAllocator), files: map[string]string{}}
		defer w.discard()
		lake := load.New(store, dir)
		for _, t := range tables {
			p := load.Partition{Kind: load.Tables, Name: t.Name, TenantID: "4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30",
				Date: time.Date(2026, 11, 16, 0, 0, 0, 0, time.UTC)}
			table, err := lake.Write(ctx, p, t)
			if err != nil {
				return nil, err
			}
			w.tables = append(w.tables, table)
			w.files[t.Name] = filepath.Join(dir, filepath.FromSlash(p.Object()))
		}
		if err := w.lines(file); err != nil {
			return nil, err
		}
		return w.files, w.commit(ctx)
	}
	return &contender{name: "ours", write: write}, nil
}

// writing is the open partitions and the rows that are not in them yet.
type writing struct {
	rows   *transform.Builder
	tables []*load.Writer
	files  map[string]string
}

func (w *writing) lines(file string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(make([]byte, 1<<20), longestLine)
	for lines.Scan() {
		if err := w.rows.Append(lines.Bytes()); err != nil {
			return err
		}
		if w.rows.Size() >= batchBytes {
			if err := w.flush(); err != nil {
				return err
			}
		}
	}
	if err := lines.Err(); err != nil {
		return err
	}
	return w.flush()
}

func (w *writing) flush() error {
	for i, batch := range w.rows.Flush() {
		err := w.tables[i].Append(batch)
		batch.Release()
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *writing) commit(ctx context.Context) error {
	for _, t := range w.tables {
		if _, err := t.Commit(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (w *writing) discard() {
	w.rows.Release()
	for _, t := range w.tables {
		t.Discard()
	}
}
