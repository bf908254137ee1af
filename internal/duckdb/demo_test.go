package duckdb

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	_ "github.com/duckdb/duckdb-go/v2" // the driver

	"graphlake/schemas"
)

const (
	root  = "../.."
	users = "30" // few enough that the telephone is silent on a day of the weekend
)

// lake is the demo's lake as DuckDB sees it: a view of every table, and in the schema raw one of
// every dataset.
type lake struct {
	datasets []schemas.Dataset // that are read
	dir      string
	others   string // the directory of the lake of named datasets, once it was read
	bin      string // the directory of the commands
	db       *sql.DB
	again    int             // a query is asked so often, if it fails
	reports  []unit          // of the second run
	truth    []day           // what the simulator holds
	held     map[string]held // the same, by table
}

// unit is what the command reports, as far as it is compared.
type unit struct {
	Dataset            string
	Outcome            string
	Records            int64
	Quarantined        int64
	Rows               map[string]int64
	Written, Unchanged int
}

// day is what the simulator says of itself.
type day struct {
	CallRecords   int64 `json:"call_records"`
	Participants  int64
	Sessions      int64
	Segments      int64
	Media         int64
	Streams       int64
	PSTN          int64
	DirectRouting int64 `json:"direct_routing"`
}

// held is what the simulator says of a table.
type held struct{ Rows int64 }

// demo runs the demo twice, as its user would, and opens what it wrote.
func demo(t *testing.T) *lake {
	t.Helper()
	dir := t.TempDir()
	bin := filepath.Join(dir, "bin")
	l := &lake{dir: filepath.Join(dir, "lake"), bin: bin}
	command(t, "go", "build", "-o", bin+string(filepath.Separator), "./cmd/graphlake", "./cmd/graphsim")
	t.Setenv("LAKE", l.dir)
	t.Setenv("BIN", bin)
	t.Setenv("USERS", users)
	t.Setenv("GRAPHSIM_URL", "") // the demo starts its own

	command(t, "sh", "internal/demo.sh")
	var report struct{ Units []unit }
	first(t, command(t, "sh", "internal/demo.sh", "--output", "json"), &report)
	l.reports = report.Units
	var truth struct {
		Days   []day
		Tables map[string]held
	}
	first(t, command(t, filepath.Join(bin, "graphsim"), "--truth", "--users", users,
		"--from", "2026-11-16", "--to", "2026-11-23", "--now", "2026-11-23T02:30:00Z"), &truth)
	l.truth, l.held = truth.Days, truth.Tables

	l.open(t, demonstrated()...)
	return l
}

// demonstrated are the datasets that are read where none is named.
func demonstrated() []schemas.Dataset {
	return slices.DeleteFunc(schemas.BuiltIn(), func(d schemas.Dataset) bool { return d.Optional })
}

func command(t *testing.T, name string, args ...string) (stdout string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir, cmd.Stderr = root, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return string(out)
}

// first decodes the JSON document that the text begins with.
func first(t *testing.T, text string, v any) {
	t.Helper()
	if err := json.NewDecoder(strings.NewReader(text)).Decode(v); err != nil {
		t.Fatalf("%v in %.200s", err, text)
	}
}

func (l *lake) open(t *testing.T, datasets ...schemas.Dataset) {
	t.Helper()
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(1)
	l.db = db
	l.exec(t, "SET TimeZone = 'Pacific/Auckland'") // no value may depend on the reader's zone
	l.exec(t, "CREATE SCHEMA raw")
	l.datasets = datasets
	for _, d := range datasets {
		l.view(t, "raw."+d.Name, l.glob("raw", d.Name))
		for _, table := range d.Tables {
			l.view(t, table.Name, l.glob("tables", table.Name))
		}
	}
}

// glob is what the readers of the lake are told to read.
func (l *lake) glob(kind, name string) string {
	return filepath.Join(l.dir, kind, name, "tenant_id=*", "dt=*", name+".parquet")
}

func (l *lake) view(t *testing.T, name, glob string) {
	t.Helper()
	l.exec(t, fmt.Sprintf("CREATE VIEW %s AS FROM read_parquet('%s', hive_partitioning = true)", name, glob))
}

func (l *lake) exec(t *testing.T, query string) {
	t.Helper()
	if err := l.ask(func() error { _, err := l.db.ExecContext(t.Context(), query); return err }); err != nil {
		t.Fatalf("%v\nin %s", err, query)
	}
}

// ask asks once more, as often as the lake says, where a query fails: one that meets a file in the moment in which a run
// replaces it may fail, and is right when it is asked again (docs/query.md).
func (l *lake) ask(query func() error) error {
	err := query()
	for again := 0; err != nil && again < l.again; again++ {
		err = query()
	}
	return err
}

// number is the answer of a query that has one number.
func (l *lake) number(t *testing.T, format string, args ...any) (n int64) {
	t.Helper()
	query := fmt.Sprintf(format, args...)
	if err := l.ask(func() error { return l.db.QueryRowContext(t.Context(), query).Scan(&n) }); err != nil {
		t.Fatalf("%v\nin %s", err, query)
	}
	return n
}

// pairs is the answer of a query that has two texts a row.
func (l *lake) pairs(t *testing.T, format string, args ...any) (all [][2]string) {
	t.Helper()
	query := fmt.Sprintf(format, args...)
	rows, err := l.db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatalf("%v\nin %s", err, query)
	}
	defer rows.Close()
	for rows.Next() {
		var p [2]string
		if err := rows.Scan(&p[0], &p[1]); err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	if err := rows.Err(); err != nil {
		t.Fatalf("%v\nin %s", err, query)
	}
	return all
}
