package duckdb

import (
	"os"
	"path/filepath"
	"testing"
)

// Azure Storage Explorer shows no others, and no text says that serverless reads them.
const encodings = "['PLAIN', 'RLE_DICTIONARY', 'RLE']"

func (l *lake) files(t *testing.T) {
	for kind, compression := range map[string]string{"tables": "SNAPPY", "raw": "ZSTD"} {
		glob := l.glob(kind, "*")
		if n := l.number(t, "SELECT count(*) FROM parquet_metadata('%s') WHERE compression <> '%s'", glob, compression); n > 0 {
			t.Errorf("%s: %d columns are not compressed by %s", kind, n, compression)
		}
		if n := l.number(t, "SELECT count(*) FROM parquet_metadata('%s') WHERE NOT list_has_all(%s, string_split(encodings, ', '))", glob, encodings); n > 0 {
			t.Errorf("%s: %d columns have other encodings than %s", kind, n, encodings)
		}
	}
	if n := l.number(t, "SELECT count(*) FROM parquet_metadata('%s') WHERE dictionary_page_offset IS NOT NULL", l.glob("tables", "calls")); n == 0 {
		t.Error("calls has no column with a dictionary")
	}
}

// A day without records is a file without rows, which says that the day was read.
func (l *lake) emptyDays(t *testing.T) {
	for _, d := range demonstrated() {
		want := int64(7)
		if d.Mode.Fleeting() {
			want = 1
		}
		for _, table := range d.Tables {
			if n := l.number(t, "SELECT count(*) FROM parquet_file_metadata('%s')", l.glob("tables", table.Name)); n != want {
				t.Errorf("%s has %d files, want one for each of %d days", table.Name, n, want)
			}
		}
	}
	const saturday = "dt=2026-11-21"
	if n := l.number(t, "SELECT num_rows FROM parquet_file_metadata('%s') WHERE contains(file_name, '%s')", l.glob("tables", "pstn_calls"), saturday); n != 0 {
		t.Errorf("pstn_calls has %d rows on %s, so that no file without rows was read", n, saturday)
	}
}

func (l *lake) raw(t *testing.T) {
	for _, d := range demonstrated() {
		if n := l.number(t, "SELECT count(*) FROM raw.%s WHERE json_type(record) <> 'OBJECT'", d.Name); n > 0 {
			t.Errorf("%s: %d raw records are no JSON objects", d.Name, n)
		}
		if n := l.number(t, "SELECT count(*) FROM raw.%s WHERE record LIKE '%%@odata.nextLink%%' OR record LIKE '%%@odata.context%%'", d.Name); n > 0 {
			t.Errorf("%s: %d raw records were not completed", d.Name, n)
		}
	}
}

// beside puts files where people and tools leave them. The views see what they saw before.
func (l *lake) beside(t *testing.T) {
	const day = "tenant_id=4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30/dt=2026-11-20"
	calls := filepath.Join(l.dir, "tables", "calls")
	place := func(to string) (string, string) {
		return filepath.Join(calls, day, "calls.parquet"), filepath.Join(calls, to)
	}
	of := func(dir, from, to string) (string, string) {
		found, err := filepath.Glob(filepath.Join(l.dir, dir, from))
		if err != nil || len(found) == 0 {
			t.Fatalf("no %s/%s: %v", dir, from, err)
		}
		return found[0], filepath.Join(filepath.Dir(found[0]), to)
	}
	copies := [][2]string{}
	for _, to := range []string{
		day + "/calls copy.parquet", day + "/calls.parquet.bak.parquet", day + "/calls (1).parquet", // beside it
		"calls.parquet", "copy.parquet", // at the table's root
		"tenant_id=4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30/calls.parquet",       // in the tenant's directory
		day + "/old/calls.parquet", day + "/old/dt=2026-11-20/calls.parquet", // below the day's
		"tenant_id=4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30/dt=garbage/calls.parquet", // in one of no day
		"tenant_id=4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30/dt=2026-11-20 copy/calls.parquet",
		"tenant_id=4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30/dt=2026-13-45/calls.parquet",
		"tenant_id=4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30 copy/dt=2026-11-20/calls.parquet", // in one of no tenant
		"tenant_id=4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30=/dt=2026-11-20/calls.parquet",
		"tenant_id=/dt=2026-11-20/calls.parquet",
	} {
		from, to := place(to)
		copies = append(copies, [2]string{from, to})
	}
	for _, c := range [][3]string{
		{"state/*", "users.days.json", "users copy.days.json"}, {"state/*", "users.days.json", "groups old.days.json"},
		{"runs/dt=*", "*.json", "copy.json"}, {"runs/dt=*", "*.json", "../dt=garbage/copy.json"},
		{"runs/dt=*", "*.json", "../dt=2026-02-30/copy.json"}, {"state/*", "users.days.json", "../one copy/users.days.json"},
	} {
		from, to := of(c[0], c[1], c[2])
		copies = append(copies, [2]string{from, to})
	}

	counted := []string{"calls", "runs", "coverage", "incomplete"}
	before := map[string]int64{}
	for seen, i := l.views(t), 0; i < len(counted); i++ {
		before[counted[i]] = seen.number(t, "SELECT count(*) FROM %s", counted[i])
	}
	for _, c := range copies {
		text, err := os.ReadFile(c[0])
		if err == nil {
			err = os.MkdirAll(filepath.Dir(c[1]), 0o755)
		}
		if err == nil {
			err = os.WriteFile(c[1], text, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { os.Remove(c[1]) })
	}
	seen := l.views(t)
	for _, view := range counted {
		if got := seen.number(t, "SELECT count(*) FROM %s", view); got != before[view] || got == 0 && view != "incomplete" {
			t.Errorf("%s has %d rows with copies beside its files, want %d", view, got, before[view])
		}
	}
	if n := seen.number(t, "SELECT count(*) FROM calls WHERE dt = DATE '2026-11-20'"); n == 0 {
		t.Error("calls has no row of the day with copies")
	}
}
