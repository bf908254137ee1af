package privacy_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"graphlake/internal/record"
	"graphlake/schemas"
	"graphlake/transform"
	"graphlake/transform/privacy"
	"graphlake/transform/transformtest"
)

var hidden = privacy.Settings{Content: schemas.NoContent, Key: bytes.Repeat([]byte{9}, 32)}

// modes are all that settings can say.
func modes() (all []privacy.Settings) {
	for _, content := range schemas.Contents() {
		for _, detail := range schemas.DetailLevels() {
			for _, key := range []privacy.Key{nil, hidden.Key} {
				all = append(all, privacy.Settings{Content: content, Detail: detail, Key: key})
			}
		}
	}
	return all
}

func called(s privacy.Settings) string {
	return fmt.Sprintf("%s-%s-%t", s.Content, s.Detail, len(s.Key) > 0)
}

// Tables of scrubbed records are the tables of the records without what the settings take out: nothing else is lost, and
// of that nothing stays.
func TestTablesOfScrubbedRecords(t *testing.T) {
	for _, d := range schemas.BuiltIn() {
		for _, settings := range modes() {
			t.Run(d.Name+"-"+called(settings), func(t *testing.T) { tablesOfScrubbed(t, d, settings) })
		}
	}
}

func tablesOfScrubbed(t *testing.T, d schemas.Dataset, settings privacy.Settings) {
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer mem.AssertSize(t, 0)
	open := fixture(t, d.Name)
	s, err := privacy.NewScrubber(d, settings)
	if err != nil {
		t.Fatal(err)
	}
	var scrubbed []json.RawMessage
	for _, text := range open {
		made := scrub(t, s, record.Record{JSON: text})
		scrubbed = append(scrubbed, slices.Clone(made.JSON))
		if got, want := rawRow(t, d, made), rawRow(t, d, record.Record{JSON: made.JSON}); got != want {
			t.Errorf("of %s is known\n%s\nwant\n%s", made.JSON, got, want)
		}
	}
	before, odd := tablesOf(t, d, mem, open)
	after, oddAfter := tablesOf(t, d, mem, scrubbed)
	for _, all := range []map[transform.Misfit]int64{odd, oddAfter} {
		maps.DeleteFunc(all, func(m transform.Misfit, _ int64) bool { // null fits
			_, table, _ := schemas.BuiltIn().FindTable(m.Table)
			column, _ := table.Column(m.Column)
			return !settings.Content.Keeps(column.Written) || column.Quasi && settings.Detail == schemas.CoarseDetail && column.Type != schemas.Timestamp
		})
	}
	if !maps.Equal(odd, oddAfter) {
		t.Errorf("%v did not fit, of scrubbed records %v", odd, oddAfter)
	}
	c := comparison{t, settings, map[string]bool{}, map[string]bool{}}
	for i, table := range d.Read().Tables {
		c.tables(bodiless(d, table), before[i], after[i])
		before[i].Release()
		after[i].Release()
	}
	if settings.Content == schemas.FullContent && len(settings.Key) == 0 {
		return // the same may be said where no column reads
	}
	for secret := range c.secrets {
		for i, record := range scrubbed {
			if len(secret) > 2 && strings.Contains(string(record), secret) && !c.told(secret) {
				t.Errorf("record %d says %q: %s", i, secret, record)
			}
		}
	}
}

// What is computed of scrubbed records, and is nobody's, is what is computed of the records.
func TestFactsOfScrubbedRecords(t *testing.T) {
	more := map[string][]string{
		"call_records": {`{"id":"c1","version":1,"startDateTime":"2026-11-16T09:00:00Z","organizer_v2":{"id":"+4930000***"},"sessions":[
			{"id":"s1","caller":{"associatedIdentity":{"id":"+41440000001"}},"callee":{"associatedIdentity":{"id":"ann","tenantId":"t1"}}},
			{"id":"s2","caller":{"associatedIdentity":{"id":"anonymous"}},"callee":{"associatedIdentity":{"id":"+1416555****"}}},
			{"id":"s3","caller":{"associatedIdentity":{"id":"eve","tenantId":"t2"}},"callee":{"associatedIdentity":{"id":"***"}}}]}`},
		"pstn_calls": {
			`{"id":"p1","startDateTime":"2026-11-16T09:00:00Z","callType":"user_in","callerNumber":"+4930000***","calleeNumber":"+41"}`,
			`{"id":"p2","startDateTime":"2026-11-16T09:00:00Z","callType":"user_in","callerNumber":"anonymous","calleeNumber":"+41"}`,
		},
	}
	numbers := 0
	for _, d := range schemas.BuiltIn() {
		open := fixture(t, d.Name)
		for _, text := range more[d.Name] {
			open = append(open, json.RawMessage(text))
		}
		s, err := privacy.NewScrubber(d, hidden)
		if err != nil {
			t.Fatal(err)
		}
		var scrubbed []json.RawMessage
		for _, text := range open {
			scrubbed = append(scrubbed, slices.Clone(scrub(t, s, record.Record{JSON: text}).JSON))
		}
		before, after := derived(t, d, open), derived(t, d, scrubbed)
		for i, table := range d.Tables {
			want, got := nobodys(table, before[i]), nobodys(table, after[i])
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-open +scrubbed):\n%s", table.Name, diff)
			}
			numbers += strings.Count(strings.Join(want, "\n"), "_masked: true")
		}
	}
	if numbers < 5 {
		t.Errorf("only %d masked numbers were looked at", numbers)
	}
}

// nobodys are the computed columns of a table that are nobody's, a row a line. Where rows stand by whom they are of, they are sorted.
func nobodys(table schemas.Table, batch arrow.RecordBatch) (lines []string) {
	for row := range int(batch.NumRows()) {
		var line strings.Builder
		for i, c := range table.Columns {
			if c.Computed != 0 && !c.Personal {
				fmt.Fprintf(&line, "%s: %s, ", c.Name, batch.Column(i).ValueStr(row))
			}
		}
		lines = append(lines, line.String())
	}
	if table.Computed == schemas.CallPersons {
		slices.Sort(lines)
	}
	return lines
}

// derived are the tables of records, of which all give rows.
func derived(t *testing.T, d schemas.Dataset, all []json.RawMessage) []arrow.RecordBatch {
	t.Helper()
	plan, err := transform.CompileRaw(d)
	if err != nil {
		t.Fatal(err)
	}
	raw := plan.NewBuilder(memory.DefaultAllocator)
	defer raw.Release()
	for _, text := range all {
		if err := raw.Append(text); err != nil {
			t.Fatal(err)
		}
	}
	rows := raw.Flush()[0]
	defer rows.Release()
	deriver, err := transform.NewDeriver(d, "t1", memory.DefaultAllocator)
	if err != nil {
		t.Fatal(err)
	}
	defer deriver.Release()
	if err := deriver.Append(rows); err != nil {
		t.Fatal(err)
	}
	tables, quarantine := deriver.Flush()
	quarantine.Release()
	if n := deriver.Quarantined(); n > 0 {
		t.Errorf("%d records give no rows", n)
	}
	for _, table := range tables {
		t.Cleanup(table.Release)
	}
	return tables
}

// bodiless is a table with columns of no type in place of those that say something of a body.
func bodiless(d schemas.Dataset, t schemas.Table) schemas.Table {
	t.Columns = slices.Clone(t.Columns)
	for i, c := range t.Columns {
		at := string(c.Path.Absolute(t.Each))
		if slices.ContainsFunc(d.Bodies, func(b schemas.Body) bool {
			return strings.HasPrefix(at+".", string(b.Path)+".") || strings.HasPrefix(at, schemas.Local+"."+string(b.Path)+".")
		}) {
			t.Columns[i].Type = 0
		}
	}
	return t
}

// comparison is of tables before and after their records were scrubbed.
type comparison struct {
	t        *testing.T
	settings privacy.Settings
	secrets  map[string]bool // texts that are taken out
	open     map[string]bool // texts that stay somewhere
}

// told reports whether a text that stays says it too.
func (c comparison) told(secret string) bool {
	for text := range c.open {
		if strings.Contains(text, secret) {
			return true
		}
	}
	return false
}

func (c comparison) tables(table schemas.Table, before, after arrow.RecordBatch) {
	if before.NumRows() != after.NumRows() {
		c.t.Fatalf("%s has %d rows, of scrubbed records %d", table.Name, before.NumRows(), after.NumRows())
	}
	for i, column := range table.Columns {
		for row := range int(before.NumRows()) {
			was, is := before.Column(i), after.Column(i)
			want, text := c.want(column, was, row)
			if got := is.ValueStr(row); want != got && want != anything {
				c.t.Errorf("%s.%s, row %d: %s became %s, want %s", table.Name, column.Name, row, was.ValueStr(row), got, want)
			}
			if said, ok := is.(*array.String); ok && column.Type == 0 && !is.IsNull(row) {
				c.open[said.Value(row)] = true // a body may name anybody
			}
			if said, ok := was.(*array.String); ok && !was.IsNull(row) && column.Type != schemas.JSON && column.Type != 0 {
				if want == text {
					c.open[said.Value(row)] = true
				} else if want != anything {
					c.secrets[said.Value(row)] = true
				}
			} else if ok && !was.IsNull(row) && want == text { // JSON
				c.open[said.Value(row)] = true
			}
		}
	}
}

// anything is what no value is held against.
const anything = "anything"

// want is what a value becomes, and the value.
func (c comparison) want(column schemas.Column, was arrow.Array, row int) (want, text string) {
	text = was.ValueStr(row)
	null := array.NullValueStr
	coarse := c.settings.Detail == schemas.CoarseDetail && column.Quasi
	switch {
	case column.Type == 0 && (!column.Personal || c.settings.Content.Keeps(schemas.Text)):
		return anything, text // of a body
	case was.IsNull(row):
		return null, null
	case column.Type == schemas.Digest && len(c.settings.Key) > 0:
		return anything, text // of what the lake keeps
	case column.Type == 0:
		return null, text
	case column.Texts != nil && len(column.Texts) == 0 && (len(c.settings.Key) > 0 || c.settings.Content != schemas.FullContent):
		return anything, text // without what is a text in it
	case !c.settings.Content.Keeps(column.Written) && column.Type == schemas.JSON:
		return anything, text // null, or what other columns keep of it
	case !c.settings.Content.Keeps(column.Written):
		return null, text
	case coarse && column.Type == schemas.Timestamp:
		return text[:4] + "-01-01T00:00:00Z", text
	case coarse:
		return null, text
	case column.Personal && len(c.settings.Key) > 0 && column.Type == schemas.JSON:
		return anything, text
	case column.Personal && len(c.settings.Key) > 0:
		return c.settings.Pseudonym(text), text
	}
	return text, text
}

// fixture is the records of a dataset's pages.
func fixture(tb testing.TB, dataset string) []json.RawMessage {
	tb.Helper()
	return transformtest.Records(tb, transformtest.Pages(tb, filepath.Join("..", "..", "schemas", "testdata", dataset))...)
}

// tablesOf are the tables of records, none of which may be refused, and what did not fit.
func tablesOf(t *testing.T, d schemas.Dataset, mem memory.Allocator, all []json.RawMessage) ([]arrow.RecordBatch, map[transform.Misfit]int64) {
	t.Helper()
	plan, err := transform.Compile(d.Read().Tables)
	if err != nil {
		t.Fatal(err)
	}
	b := plan.NewBuilder(mem)
	defer b.Release()
	for i, text := range all {
		if err := b.Append(text); err != nil {
			t.Errorf("record %d: %v", i, err)
		}
	}
	return b.Flush(), b.Misfits()
}

// rawRow is the row of a record in raw, as text.
func rawRow(t *testing.T, d schemas.Dataset, r record.Record) string {
	t.Helper()
	plan, err := transform.CompileRaw(d)
	if err != nil {
		t.Fatal(err)
	}
	b := plan.NewBuilder(memory.DefaultAllocator)
	defer b.Release()
	if err := b.AppendRecord(r); err != nil {
		return err.Error()
	}
	batch := b.Flush()[0]
	defer batch.Release()
	var row strings.Builder
	for i, c := range batch.Columns() {
		fmt.Fprintf(&row, "%s: %s\n", batch.ColumnName(i), c.ValueStr(0))
	}
	return row.String()
}
