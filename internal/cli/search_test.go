package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"

	"graphlake/load"
	"graphlake/load/dirstore"
	"graphlake/schemas"
)

// filesWith finds the files below a directory that hold one of the secrets, in upper or lower case: in
// their names, their bytes, and of Parquet in every text of every column. It answers the secrets by
// the file's path below the directory.
func filesWith(t *testing.T, directory string, secrets []string) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	err := filepath.WalkDir(directory, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(directory, path)
		if err != nil {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		text := append([]byte(name+"\n"), data...)
		if filepath.Ext(path) == ".parquet" {
			if text, err = appendTexts(text, data); err != nil {
				return err
			}
		}
		text = bytes.ToLower(unescape(text))
		for _, secret := range secrets {
			if slices.ContainsFunc(spellings(secret), func(s []byte) bool { return bytes.Contains(text, s) }) {
				found[filepath.ToSlash(name)] = append(found[filepath.ToSlash(name)], secret)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// spellings are the secret itself and as JSON may quote it, in lower case.
func spellings(secret string) [][]byte {
	all := [][]byte{bytes.ToLower([]byte(secret))}
	if quoted, err := json.Marshal(secret); err == nil && len(quoted) > 2 {
		all = append(all, bytes.ToLower(quoted[1:len(quoted)-1]))
	}
	return slices.CompactFunc(all, bytes.Equal)
}

var escapes = regexp.MustCompile(`(\\u[0-9a-fA-F]{4})+`)

// unescape reads the characters that JSON spells by their numbers.
func unescape(text []byte) []byte {
	return escapes.ReplaceAllFunc(text, func(escaped []byte) []byte {
		var s string
		if json.Unmarshal([]byte(`"`+string(escaped)+`"`), &s) != nil {
			return escaped
		}
		return []byte(s)
	})
}

// appendTexts appends the values of all text columns of a Parquet file, a line each.
func appendTexts(dst, data []byte) ([]byte, error) {
	r, err := file.NewParquetReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	defer r.Close()
	for group := range r.NumRowGroups() {
		rows := r.RowGroup(group)
		for column := range rows.NumColumns() {
			chunk, err := rows.Column(column)
			if err != nil {
				return nil, err
			}
			texts, ok := chunk.(*file.ByteArrayColumnChunkReader)
			if !ok {
				continue
			}
			n := rows.NumRows()
			values := make([]parquet.ByteArray, n)
			for texts.HasNext() {
				_, read, err := texts.ReadBatch(n, values, make([]int16, n), make([]int16, n))
				if err != nil {
					return nil, err
				}
				for _, v := range values[:read] {
					dst = append(append(dst, v...), '\n')
				}
			}
		}
	}
	return dst, nil
}

// The search is only worth something if it finds what is there.
func TestFilesWith(t *testing.T) {
	directory := t.TempDir()
	write(t, directory)
	for path, text := range map[string]string{
		"state/a.json": `{"cursor":"ZO\u00cb"}`, "runs/zoe.json": "{}", "runs/b.json": `{"message":"nobody"}`,
	} {
		path = filepath.Join(directory, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const parquet = "raw/guests/tenant_id=4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30/dt=2026-11-22/guests.parquet"
	for secret, want := range map[string]string{
		"zoë": "state/a.json", "Zoe": "runs/zoe.json", "person 1999": parquet, "Person 0": parquet, "hall 7": parquet, "Ada": "",
	} {
		var files []string
		for name := range filesWith(t, directory, []string{secret, "somebody else"}) {
			files = append(files, name)
		}
		if got := strings.Join(files, " "); got != want {
			t.Errorf("%q is found in %q, want %q", secret, got, want)
		}
	}
}

// write writes a compressed partition of 2,000 rows, with one column of few values.
func write(t *testing.T, directory string) {
	t.Helper()
	store, err := dirstore.New(t.Context(), directory)
	if err != nil {
		t.Fatal(err)
	}
	guests := schemas.Table{Name: "guests", Key: []string{"guest_id"}, Columns: []schemas.Column{
		{Name: "guest_id", Type: schemas.String, Required: true},
		{Name: "hall", Type: schemas.Enum},
		{Name: "seat", Type: schemas.Int32},
	}}
	b := array.NewRecordBuilder(memory.DefaultAllocator, guests.Schema())
	defer b.Release()
	for i := range 2000 {
		b.Field(0).(*array.StringBuilder).Append(fmt.Sprintf("person %d", i))
		b.Field(1).(*array.StringBuilder).Append(fmt.Sprintf("hall %d", i%8))
		b.Field(2).AppendNull()
	}
	rows := b.NewRecordBatch()
	defer rows.Release()
	w, err := load.New(store, "").Write(t.Context(), load.Partition{
		Kind: load.Raw, Name: guests.Name, TenantID: "4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30", Date: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC),
	}, guests)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Discard()
	if err := w.Append(rows); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
}
