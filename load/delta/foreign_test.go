package delta_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"graphlake/load"
	"graphlake/load/delta"
	"graphlake/load/memstore"
)

const (
	ourProtocol = `{"protocol":{"minReaderVersion":1,"minWriterVersion":2}}`
	ourMetaData = `{"metaData":{"id":"m","format":{"provider":"parquet","options":{}},"schemaString":"{\"type\":\"struct\",\"fields\":[` +
		`{\"name\":\"id\",\"type\":\"string\",\"nullable\":true,\"metadata\":{}},{\"name\":\"tenant_id\",\"type\":\"string\",\"nullable\":true,\"metadata\":{}},` +
		`{\"name\":\"dt\",\"type\":\"date\",\"nullable\":true,\"metadata\":{}}]}","partitionColumns":["tenant_id","dt"],"configuration":{},"createdTime":1}}`
)

// Tables that somebody else has made what this package does not write, or not even read.
func TestForeign(t *testing.T) {
	for _, tt := range []struct {
		name     string
		protocol string
		from, to string // what of the metadata is another
		more     string // a further action
		what     string
		readable bool
	}{
		{name: "features of writers", protocol: `{"protocol":{"minReaderVersion":1,"minWriterVersion":7,"writerFeatures":["domainMetadata","rowTracking"]}}`,
			what: "its writers need protocol 7 with the features domainMetadata, rowTracking, and graphlake writes 1/2", readable: true},
		{name: "a higher protocol of writers", protocol: `{"protocol":{"minReaderVersion":1,"minWriterVersion":4}}`,
			what: "its writers need protocol 4, and", readable: true},
		{name: "features of readers", protocol: `{"protocol":{"minReaderVersion":3,"minWriterVersion":7,"readerFeatures":["deletionVectors"],"writerFeatures":["deletionVectors"]}}`,
			what: "its readers need protocol 3 with the features deletionVectors"},
		{name: "column mapping", protocol: `{"protocol":{"minReaderVersion":2,"minWriterVersion":5}}`, what: "its readers need protocol 2"},
		{name: "append only", from: `"configuration":{}`, to: `"configuration":{"delta.appendOnly":"TRUE"}`, what: "delta.appendOnly", readable: true},
		{name: "an invariant", from: `\"metadata\":{}`, to: `\"metadata\":{\"delta.invariants\":\"{}\"}`, what: "invariant", readable: true},
		{name: "other columns of partitions", from: `["tenant_id","dt"]`, to: `["dt","tenant_id"]`, what: `it is partitioned by ["dt" "tenant_id"], and should be by ["tenant_id" "dt"]`, readable: true},
		{name: "no columns of partitions", from: `["tenant_id","dt"]`, to: `[]`, what: "it is partitioned by []", readable: true},
		{name: "another type", from: `"dt\",\"type\":\"date\"`, to: `"dt\",\"type\":\"string\"`, what: "a column has another type: dt", readable: true},
		{name: "another case", from: `\"name\":\"id\"`, to: `\"name\":\"ID\"`, what: "another case: id", readable: true},
		{name: "no Parquet", from: `"provider":"parquet"`, to: `"provider":"orc"`, what: `of the format "orc"`},
		{name: "a file of another table", more: `{"add":{"path":"abfss://c@a.dfs.core.windows.net/t/a.parquet","partitionValues":{"tenant_id":"y","dt":"2026-11-22"},"size":1,"modificationTime":1,"dataChange":true}}`,
			what: "lies outside of it"},
		{name: "a file above the table", more: `{"add":{"path":"../t/a.parquet","partitionValues":{},"size":1,"modificationTime":1,"dataChange":true}}`, what: "lies outside of it"},
		{name: "an absolute path", more: `{"remove":{"path":"/lake/t/a.parquet","deletionTimestamp":1,"dataChange":true}}`, what: "lies outside of it"},
		{name: "a path of Hadoop", more: `{"add":{"path":"file:/lake/t/a.parquet","partitionValues":{},"size":1,"modificationTime":1,"dataChange":true}}`, what: "lies outside of it"},
		{name: "a path that is not encoded", more: `{"add":{"path":"a%zz.parquet","partitionValues":{},"size":1,"modificationTime":1,"dataChange":true}}`, what: "not encoded"},
		{name: "a deletion vector", more: `{"add":{"path":"a.parquet","partitionValues":{},"size":1,"modificationTime":1,"dataChange":true,"deletionVector":{"storageType":"u"}}}`, what: "deletion vector"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := memstore.New()
			protocol := ourProtocol
			if tt.protocol != "" {
				protocol = tt.protocol
			}
			metaData := strings.Replace(ourMetaData, tt.from, tt.to, 1)
			if tt.from != "" && metaData == ourMetaData {
				t.Fatalf("nothing is replaced by %s", tt.to)
			}
			write(t, s, 0, protocol, metaData, tt.more)
			to := table(s, "a")
			_, _, err := to.Replace(t.Context(), held, one("x", "2026-11-22", file("x", "2026-11-22", "a", 1)))
			f, ok := errors.AsType[delta.ForeignError](err)
			if !ok || f.Table != root {
				t.Fatalf("Replace: %v, want a ForeignError of %s", err, root)
			}
			for _, want := range []string{root + " is not a table that graphlake goes on with", tt.what, "replay --delta"} {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q lacks %q", err, want)
				}
			}
			_, _, err = to.Files(t.Context())
			if _, ok := errors.AsType[delta.ForeignError](err); ok == tt.readable {
				t.Errorf("Files: %v, want readable %t", err, tt.readable)
			}
			if n := entries(t, s); n != 1 {
				t.Errorf("%d entries, want only the foreign one", n)
			}
		})
	}
}

// What others may do to a table by its protocol: name it, describe it, add properties and columns, compact, and write
// actions that we do not know. All of it stays.
func TestOthersGoOn(t *testing.T) {
	s := memstore.New()
	f, g := file("x", "2026-11-22", "a", 1), file("x", "2026-11-23", "b", 1)
	replaced(t, table(s, "a"), one("x", "2026-11-22", f), 0, true)
	described := strings.NewReplacer(`"id":"m",`, `"id":"m","name":"calls","description":"of all tenants",`, `"configuration":{}`, `"configuration":{"theirs":"1"}`,
		`\"name\":\"id\",\"type\":\"string\",\"nullable\":true,\"metadata\":{}}`,
		`\"name\":\"id\",\"type\":\"string\",\"nullable\":true,\"metadata\":{\"comment\":\"the key\"}},{\"name\":\"theirs\",\"type\":{\"type\":\"array\",\"elementType\":\"long\",\"containsNull\":true},\"nullable\":true,\"metadata\":{}}`).Replace(ourMetaData)
	write(t, s, 1, `{"commitInfo":{"timestamp":"yesterday","txnId":7}}`, described, `{"cdc":{"path":"_change_data/a.parquet","partitionValues":{},"size":1,"dataChange":false}}`,
		`{"domainMetadata":{"domain":"d","configuration":"","removed":false}}`, "", `{"commitInfo":"none"}`)
	wide := one("x", "2026-11-23", g)
	wide.Schema.Columns = append(slices.Clone(columns.Columns), delta.Column{Name: "ours", Type: "long"})
	replaced(t, table(s, "b"), wide, 2, true)
	got := metaDataOf(t, entryOf(t, s, 2))
	if got["name"] != "calls" || got["description"] != "of all tenants" || got["id"] != "m" || got["configuration"].(map[string]any)["theirs"] != "1" {
		t.Errorf("metadata has become %v", got)
	}
	var schema struct {
		Fields []struct {
			Name     string
			Type     any
			Metadata map[string]any
		}
	}
	if err := json.Unmarshal([]byte(got["schemaString"].(string)), &schema); err != nil {
		t.Fatal(err)
	}
	names := []string{}
	for _, f := range schema.Fields {
		names = append(names, f.Name)
	}
	if want := []string{"id", "theirs", "tenant_id", "dt", "ours"}; !slices.Equal(names, want) || schema.Fields[0].Metadata["comment"] != "the key" || schema.Fields[1].Type.(map[string]any)["elementType"] != "long" {
		t.Errorf("columns are %v of %v, want %q", names, schema, want)
	}
	// An older program, which does not know the new column, goes on and leaves it.
	replaced(t, table(s, "c"), one("x", "2026-11-23"), 3, true)
	if strings.Contains(entryOf(t, s, 3), "metaData") {
		t.Error("an older program has changed the metadata")
	}
	wantLive(t, s, f.Path)
}

// Columns that are new come with the entry of the first file that may have them, and not without one.
func TestColumnsThatAreNew(t *testing.T) {
	s := memstore.New()
	f, g := file("x", "2026-11-22", "a", 1), file("x", "2026-11-22", "b", 1)
	replaced(t, table(s, "a"), one("x", "2026-11-22", f), 0, true)
	wide := one("x", "2026-11-22", f)
	wide.Schema.Columns = append(slices.Clone(columns.Columns), delta.Column{Name: "new", Type: "long"})
	to := table(s, "b")
	replaced(t, to, wide, 0, false)
	wide.Partitions[0].Files = nil
	replaced(t, to, wide, 1, true)
	if strings.Contains(entryOf(t, s, 1), "metaData") {
		t.Error("a removal has changed the columns")
	}
	wide.Partitions[0].Files = []delta.File{g}
	replaced(t, to, wide, 2, true)
	if got := metaDataOf(t, entryOf(t, s, 2)); !strings.Contains(got["schemaString"].(string), `"new"`) || got["createdTime"] != float64(tuesday.UnixMilli()) {
		t.Errorf("metadata has become %v", got)
	}
}

// A day is removed also from a table one of whose columns is of another type: nothing is written in that type.
func TestRemovalDoesNotAskForTypes(t *testing.T) {
	s := memstore.New()
	f := file("x", "2026-11-22", "a", 1)
	replaced(t, table(s, "a"), one("x", "2026-11-22", f), 0, true)
	r := one("x", "2026-11-22")
	r.Schema.Columns = []delta.Column{{Name: "id", Type: "long"}}
	replaced(t, table(s, "b"), r, 1, true)
	wantLive(t, s)
}

func metaDataOf(t *testing.T, entry string) map[string]any {
	t.Helper()
	for line := range strings.Lines(entry) {
		if kind, body := parsed(t, []byte(line)); kind == "metaData" {
			return body
		}
	}
	t.Fatalf("no metadata in %s", entry)
	return nil
}

// What delta-rs wrote is read as delta-rs reads it, and gone on with.
func TestDeltaRs(t *testing.T) {
	s, files := memstore.New(), ""
	archive, err := txtar.ParseFile("testdata/deltars.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range archive.Files {
		if f.Name == "files" {
			files = string(f.Data)
			continue
		}
		if _, err := s.Swap(t.Context(), root+"/_delta_log/"+f.Name, "", f.Data); err != nil {
			t.Fatal(err)
		}
	}
	want := strings.Split(strings.TrimSpace(files), "\n")
	wantLive(t, s, want...)
	snapshot, err := table(s, "a").Snapshot(t.Context())
	if err != nil || snapshot.Txns["app"] != 7 || len(snapshot.Removed) != 4 {
		t.Fatalf("Snapshot: %+v, %v", snapshot, err)
	}
	for _, f := range snapshot.Files {
		if rows := map[bool]int64{true: 2, false: 1}[f.Values["city"] == "US/East"]; f.Rows != rows || f.Size == 0 || f.Modified.IsZero() {
			t.Errorf("%+v, want %d rows", f, rows)
		}
	}

	spaced := delta.Replacement{
		Schema:     delta.Schema{Columns: []delta.Column{{Name: "id", Type: "string"}, {Name: "city", Type: "string"}}, PartitionBy: []string{"city"}},
		Partitions: []delta.Partition{{Values: map[string]string{"city": "a b"}, Files: []delta.File{{Path: "city=a%20b/x.parquet", Values: map[string]string{"city": "a b"}}}}},
	}
	replaced(t, table(s, "a"), spaced, 5, true)
	entry := entryOf(t, s, 5)
	for _, want := range []string{
		`"remove":{"path":"city=a%2520b/part-00000-e001e268-c7b6-4809-978f-7ccfcb028f15-c000.snappy.parquet"`, `"add":{"path":"city=a%2520b/x.parquet"`,
	} {
		if !strings.Contains(entry, want) {
			t.Errorf("%s lacks %s", entry, want)
		}
	}
}

// What is no log is no table, and not taken for an empty one.
func TestDamagedLog(t *testing.T) {
	for name, lines := range map[string][]string{
		"no JSON":     {ourProtocol, ourMetaData, `{"add":`},
		"no object":   {ourProtocol, ourMetaData, `[]`},
		"no protocol": {ourMetaData},
		"no metadata": {ourProtocol},
		"no size":     {ourProtocol, ourMetaData, `{"add":{"path":"a","size":"many"}}`},
	} {
		s := memstore.New()
		write(t, s, 0, lines...)
		if _, _, err := table(s, "a").Files(t.Context()); err == nil || errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), root) {
			t.Errorf("%s: Files: %v", name, err)
		}
	}
}

// Statistics are each writer's own.
func TestStatisticsOfOthers(t *testing.T) {
	for _, stats := range []string{"", "none", "{}", `{"numRecords":"many"}`, `{"minValues":{}}`} {
		s := memstore.New()
		quoted, err := json.Marshal(stats)
		if err != nil {
			t.Fatal(err)
		}
		write(t, s, 0, ourProtocol, ourMetaData, `{"add":{"path":"a","partitionValues":{"tenant_id":"x","dt":"2026-11-22"},"size":1,"stats":`+string(quoted)+`}}`)
		if files, _, err := table(s, "a").Files(t.Context()); err != nil || files[0].Rows != -1 {
			t.Errorf("%q: %+v, %v; want -1 rows", stats, files, err)
		}
	}
}

// What a caller may not ask for.
func TestReplaceRefuses(t *testing.T) {
	good := func() delta.Replacement { return one("x", "2026-11-22", file("x", "2026-11-22", "a", 1)) }
	for name, spoil := range map[string]func(r *delta.Replacement){
		"a partition twice": func(r *delta.Replacement) {
			r.Partitions = append(r.Partitions, delta.Partition{Values: values("x", "2026-11-22")})
		},
		"a partition without date": func(r *delta.Replacement) { r.Partitions[0].Values = map[string]string{"tenant_id": "x"} },
		"an empty value":           func(r *delta.Replacement) { r.Partitions[0].Values = values("x", "") },
		"a value too many":         func(r *delta.Replacement) { r.Partitions[0].Values["hour"] = "1" },
		"a file of another day":    func(r *delta.Replacement) { r.Partitions[0].Files[0].Values = values("x", "2026-11-23") },
		"a file twice":             func(r *delta.Replacement) { r.Partitions[0].Files = slices.Repeat(r.Partitions[0].Files, 2) },
		"a file of the log":        func(r *delta.Replacement) { r.Partitions[0].Files[0].Path = "_delta_log/a.parquet" },
		"a file above":             func(r *delta.Replacement) { r.Partitions[0].Files[0].Path = "../a.parquet" },
	} {
		s := memstore.New()
		r := good()
		spoil(&r)
		if _, _, err := table(s, "a").Replace(t.Context(), held, r); err == nil {
			t.Errorf("%s: no error", name)
		}
		for info := range s.List(t.Context(), "") {
			t.Errorf("%s: there is %s", name, info.Name)
		}
	}
}

// An entry that was cut, or is no list of actions, is named with its line and what mends it, and nothing is written behind it.
func TestDamagedEntry(t *testing.T) {
	const newest = root + "/_delta_log/00000000000000000001.json"
	for name, tt := range map[string]struct {
		cut  func(entry string) string
		want string
	}{
		"cut":       {func(entry string) string { return entry[:len(entry)-9] }, newest + " is damaged: line 4 is no action: "},
		"empty":     {func(string) string { return "" }, newest + " is damaged: it has no action"},
		"no text":   {func(entry string) string { return strings.Repeat("\x00", len(entry)) }, newest + " is damaged: line 1 is no action: "},
		"no object": {func(string) string { return "[]\n" }, newest + " is damaged: line 1 is no action: "},
	} {
		s := memstore.New()
		to := table(s, "a")
		replaced(t, to, one("x", "2026-11-22", file("x", "2026-11-22", "a", 1)), 0, true)
		replaced(t, to, one("x", "2026-11-22", file("x", "2026-11-22", "b", 1)), 1, true)
		text, v, err := load.ReadObject(t.Context(), s, newest)
		if err == nil {
			_, err = s.Swap(t.Context(), newest, v, []byte(tt.cut(string(text))))
		}
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = table(s, "b").Replace(t.Context(), held, one("x", "2026-11-22", file("x", "2026-11-22", "c", 1)))
		if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "restore it from a backup, or remove delta/ and delta.json") {
			t.Errorf("%s: %v, want %s, and what to do", name, err, tt.want)
		}
		if n := entries(t, s); n != 2 {
			t.Errorf("%s: %d entries", name, n)
		}
	}
	s := memstore.New()
	write(t, s, 0, `{"commitInfo":{}}`)
	if _, _, err := table(s, "a").Files(t.Context()); err == nil || !strings.Contains(err.Error(), "restore it from a backup, or remove delta/") {
		t.Errorf("a log without a beginning: %v, want what to do", err)
	}
}
