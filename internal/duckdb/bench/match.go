package main

import (
	"context"
	"database/sql"
	"fmt"

	"graphlake/schemas"
)

// match is the contenders on one file. DuckDB has two ways, and the faster one counts.
type match struct {
	db     *sql.DB
	tables []schemas.Table
	in     records

	us, load, scan *contender
	text           *contender // as load, without converting durations
}

func newMatch(db *sql.DB, in records, tables []schemas.Table) (*match, error) {
	m := &match{db: db, tables: tables, in: in}
	var err error
	if m.us, err = ours(m.tables); err != nil {
		return nil, err
	}
	for _, way := range []struct {
		to        **contender
		name      string
		job       func(tables []schemas.Table, file, durations string) (job, error)
		durations string
	}{
		{&m.load, "duckdb loading once", loadOnce, milliseconds},
		{&m.scan, "duckdb scanning each", scanEach, milliseconds},
		{&m.text, "duckdb leaving durations", loadOnce, durationsAsText},
	} {
		j, err := way.job(m.tables, in.file, way.durations)
		if err != nil {
			return nil, err
		}
		*way.to = &contender{name: way.name, write: func(ctx context.Context, _, dir string) (map[string]string, error) {
			return j.run(ctx, db, dir)
		}}
	}
	return m, nil
}

// warmUp lets everybody write once and fails unless DuckDB wrote what we wrote.
func (m *match) warmUp(ctx context.Context) error {
	var rows map[string]int64
	_, err := m.us.measure(ctx, m.in.file, func(our map[string]string) error {
		for _, c := range []*contender{m.load, m.scan} {
			if _, err := c.measure(ctx, m.in.file, func(their map[string]string) (err error) {
				rows, err = compare(ctx, m.db, m.tables, our, their)
				return err
			}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, t := range m.tables {
		fmt.Printf("%8d rows, %3d columns  %s\n", rows[t.Name], len(t.Columns), t.Name)
	}
	return nil
}

func (m *match) round(ctx context.Context, number int) error {
	fmt.Printf("round %d:", number)
	for _, c := range []*contender{m.us, m.load, m.scan, m.text} {
		took, err := c.measure(ctx, m.in.file, func(map[string]string) error { return nil })
		if err != nil {
			return err
		}
		c.took = append(c.took, took)
		fmt.Printf("  %s %v", c.name, took)
	}
	fmt.Println()
	return nil
}

func (m *match) report() {
	for _, c := range []*contender{m.us, m.load, m.scan, m.text} {
		megabytes := float64(m.in.bytes) / 1e6
		fmt.Printf("%s: %.0f MB/s, %.0f MB/s of processor time\n", c.name, megabytes/c.wall(), megabytes/c.cpu())
	}
	them := m.load
	if m.scan.wall() < them.wall() {
		them = m.scan
	}
	fmt.Printf("ratio %.2f of processor time, %.2f if DuckDB left durations as text\n", them.cpu()/m.us.cpu(), m.text.wall()/m.us.wall())
	fmt.Printf("bench-duckdb ratio=%.2f ours=%.2f duckdb=%.2f\n", them.wall()/m.us.wall(), m.us.wall(), them.wall())
}
