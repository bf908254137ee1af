// Package duckdb lets DuckDB answer queries for trials. It has no part of DuckDB in it: a program of the module internal/duckdb is built,
// for which a C compiler is needed, and started for each list of queries.
package duckdb

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"graphlake/internal/trial/command"
)

// DuckDB is the program.
type DuckDB string

// Build makes the program, in a directory.
func Build(ctx context.Context, dir string) (DuckDB, error) {
	program := filepath.Join(dir, "opens")
	cmd := exec.CommandContext(ctx, "go", "build", "-C", filepath.Join("internal", "duckdb"), "-o", program, "./opens")
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("build internal/duckdb/opens: %w", err)
	}
	return DuckDB(program), nil
}

// Views are the statements that make all views of a lake.
func Views(ctx context.Context, lake command.Client) ([]string, error) {
	out, err := lake.Output(ctx, "sql", "--engine", "duckdb")
	if err != nil {
		return nil, err
	}
	var said struct{ Statements []string }
	return said.Statements, json.Unmarshal(out, &said)
}

// Answer is what became of a query.
type Answer struct {
	Opens   int    // of files
	Value   string // the last value of the first row; "" if there is none
	Seconds float64
}

// Ask asks queries one after the other, in one database that is empty at first. A query may be several statements.
func (d DuckDB) Ask(ctx context.Context, queries ...string) (answers []Answer, err error) {
	in, err := json.Marshal(queries)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, string(d))
	cmd.Stdin, cmd.Stderr = bytes.NewReader(in), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("ask DuckDB: %w", err)
	}
	if err := json.Unmarshal(out, &answers); err != nil {
		return nil, err
	}
	if len(answers) != len(queries) {
		return nil, fmt.Errorf("DuckDB gave %d answers to %d queries", len(answers), len(queries))
	}
	return answers, nil
}
