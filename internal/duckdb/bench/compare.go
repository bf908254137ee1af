package main

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"graphlake/schemas"
)

// compare fails unless both sides hold the same rows of every table, value by value. DuckDB reads both.
func compare(ctx context.Context, db *sql.DB, tables []schemas.Table, our, their map[string]string) (rows map[string]int64, err error) {
	rows = map[string]int64{}
	for _, t := range tables {
		d, err := differ(ctx, db, our[t.Name], their[t.Name], t.Columns...)
		if err != nil {
			return nil, fmt.Errorf("compare %s: %w", t.Name, err)
		}
		if d.ours != d.theirs || d.onlyOurs > 0 {
			return nil, fmt.Errorf("%s differs: we have %d rows, DuckDB %d, and %d of ours it does not have; columns that differ: %s",
				t.Name, d.ours, d.theirs, d.onlyOurs, differing(ctx, db, our[t.Name], their[t.Name], t.Columns))
		}
		rows[t.Name] = d.ours
	}
	return rows, nil
}

// difference is how many rows two files have, and how many of ours the other lacks.
type difference struct {
	ours, theirs, onlyOurs int64
	example                sql.NullString // of a row that the other lacks
}

func differ(ctx context.Context, db *sql.DB, our, their string, columns ...schemas.Column) (d difference, err error) {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = quote(c.Name)
		switch c.Type {
		case schemas.JSON: // we keep the escapes that Graph sent, DuckDB writes its own
			names[i] = "json(" + names[i] + ") AS " + names[i]
		case schemas.Float64: // DuckDB keeps NaN; that it may is cheaper for it
			names[i] = "CASE WHEN isfinite(" + names[i] + ") THEN " + names[i] + " END AS " + names[i]
		}
	}
	q := fmt.Sprintf(`WITH our AS (SELECT %[1]s FROM read_parquet(%[2]s)), their AS (SELECT %[1]s FROM read_parquet(%[3]s)),
		missing AS (FROM our EXCEPT ALL FROM their)
		SELECT (SELECT count(*) FROM our), (SELECT count(*) FROM their), (SELECT count(*) FROM missing), (SELECT missing::VARCHAR FROM missing LIMIT 1)`,
		strings.Join(names, ", "), literal(our), literal(their))
	return d, db.QueryRowContext(ctx, q).Scan(&d.ours, &d.theirs, &d.onlyOurs, &d.example)
}

// differing names the columns that differ when each is looked at alone, with a value of ours.
func differing(ctx context.Context, db *sql.DB, our, their string, columns []schemas.Column) string {
	var list []string
	for _, c := range columns {
		if d, err := differ(ctx, db, our, their, c); err != nil || d.onlyOurs > 0 {
			list = append(list, c.Name+" "+d.example.String)
		}
	}
	return strings.Join(list, ", ")
}
