package main

import (
	"context"
	"database/sql"
	"fmt"

	"graphlake/schemas"
)

// duckDB is DuckDB's faster way, with and without converting durations.
type duckDB struct {
	exact, text *contender
	rows        map[string]int64 // of every table
}

// chooseTheirs lets everybody warm up, checks that DuckDB writes what we write, and keeps the way in
// which it is faster.
func chooseTheirs(ctx context.Context, db *sql.DB, tables []schemas.Table, file string, us *contender) (duckDB, error) {
	ways := []struct {
		name string
		job  func(tables []schemas.Table, file, durations string) (job, error)
	}{{"duckdb, loading once", loadOnce}, {"duckdb, scanning six times", scanEach}}

	var best duckDB
	var fastest cost
	for i, way := range ways {
		var err error
		var c duckDB
		if c.exact, err = newTheirs(db, way.name)(way.job(tables, file, milliseconds)); err != nil {
			return duckDB{}, err
		}
		if c.text, err = newTheirs(db, way.name+", durations as text")(way.job(tables, file, durationsAsText)); err != nil {
			return duckDB{}, err
		}
		took, rows, err := warmUp(ctx, db, tables, file, us, c.exact)
		if err != nil {
			return duckDB{}, err
		}
		c.rows = rows
		if i == 0 || took.wall < fastest.wall {
			best, fastest = c, took
		}
	}
	return best, nil
}

func newTheirs(db *sql.DB, name string) func(job, error) (*contender, error) {
	return func(j job, err error) (*contender, error) {
		return &contender{name: name, write: func(ctx context.Context, _, dir string) (map[string]string, error) {
			return j.run(ctx, db, dir)
		}}, err
	}
}

// warmUp lets both write and compares their tables.
func warmUp(ctx context.Context, db *sql.DB, tables []schemas.Table, file string, us, them *contender) (took cost, rows map[string]int64, err error) {
	ourTime, err := us.round(ctx, file, func(our map[string]string) error {
		took, err = them.round(ctx, file, func(their map[string]string) error {
			rows, err = compare(ctx, db, tables, our, their)
			return err
		})
		return err
	})
	if err == nil {
		fmt.Printf("warm-up:  %s %v  %s %v\n", us.name, ourTime, them.name, took)
	}
	return took, rows, err
}
