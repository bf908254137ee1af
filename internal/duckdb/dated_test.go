package duckdb

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"graphlake/load"
	"graphlake/load/dirstore"
	"graphlake/schemas"
)

// A file of several days has the rows of their partitions, and in dt the day that is in the partitions' names.
func TestDatedFile(t *testing.T) {
	const tenant = "4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30"
	table := schemas.Table{Name: "visits", Key: []string{"id"}, Columns: []schemas.Column{
		{Name: "id", Type: schemas.String}, {Name: "kind", Type: schemas.Enum}, {Name: "paid", Type: schemas.Bool}, {Name: "floor", Type: schemas.Int32},
		{Name: "ratio", Type: schemas.Float64}, {Name: "price", Type: schemas.Decimal}, {Name: "start_time", Type: schemas.Timestamp}, {Name: "extra", Type: schemas.JSON},
	}}
	dir := t.TempDir()
	store, err := dirstore.New(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	lake := load.New(store, t.TempDir())
	var days []load.Dated
	for n := range 30 {
		p := load.Partition{Kind: load.Tables, Name: table.Name, TenantID: tenant, Date: time.Date(2026, 9, 1+n, 0, 0, 0, 0, time.UTC)}
		w, err := lake.Write(t.Context(), p, table)
		if err != nil {
			t.Fatal(err)
		}
		var rows []string
		for i := range n % 7 * 900 { // some days have none
			rows = append(rows, fmt.Sprintf(`{"id":"%d-%d","kind":"k%d","paid":%t,"floor":%d,"ratio":0.5,"price":"%d.250000","start_time":"%sT01:02:03.000004Z","extra":null}`,
				n, i, i%3, i%2 == 0, -i, i, p.Date.Format(time.DateOnly)))
		}
		rec, _, err := array.RecordFromJSON(memory.DefaultAllocator, table.Schema(), strings.NewReader("["+strings.Join(rows, ",")+"]"))
		if err == nil {
			err = w.Append(rec)
		}
		if err != nil {
			t.Fatal(err)
		}
		c, err := w.Commit(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		days = append(days, load.Dated{Partition: p, Hash: c.Hash})
	}
	const month = "delta/visits/month.parquet"
	done, err := lake.WriteDated(t.Context(), month, table, days)
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	plain := fmt.Sprintf("(SELECT * EXCLUDE (tenant_id) FROM read_parquet('%s', hive_partitioning = true))", filepath.Join(dir, "tables", "visits", "*", "*", "*.parquet"))
	dated := fmt.Sprintf("(SELECT * FROM read_parquet('%s'))", filepath.Join(dir, month))
	for what, query := range map[string]string{
		"rows":                            "SELECT count(*) FROM " + dated,
		"rows of the days":                "SELECT count(*) FROM " + plain,
		"rows beside those that are lost": fmt.Sprintf("SELECT (SELECT count(*) FROM %s) - (SELECT count(*) FROM (SELECT * FROM %s EXCEPT ALL SELECT * FROM %s))", plain, plain, dated),
		"rows beside those made up":       fmt.Sprintf("SELECT (SELECT count(*) FROM %s) - (SELECT count(*) FROM (SELECT * FROM %s EXCEPT ALL SELECT * FROM %s))", dated, dated, plain),
		"rows of a DATE":                  fmt.Sprintf("SELECT count(*) FROM %s WHERE typeof(dt) = 'DATE'", dated),
	} {
		var n int64
		if err := db.QueryRowContext(t.Context(), query).Scan(&n); err != nil || n != done.Rows || n != 900*(4*21+0+1) {
			t.Errorf("%s: %d, %v; want %d, which is %d", what, n, err, 900*(4*21+1), done.Rows)
		}
	}
}
