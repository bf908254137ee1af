package duckdb

import "testing"

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
