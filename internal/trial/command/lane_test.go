package command

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
)

// What a Delta table has of a plain table, and lacks of it, is seen in its log and its files.
func TestLane(t *testing.T) {
	const monday, tuesday = "tenant_id=t/dt=2026-11-16", "tenant_id=t/dt=2026-11-17"
	one, other := hashOf([]byte("one")), hashOf([]byte("other"))
	action := func(kind, day, hash string) string {
		return fmt.Sprintf("{%q:{\"path\":\"%s/%s.parquet\"}}\n", kind, day, hash)
	}
	for _, c := range []struct {
		name  string
		log   []string          // an entry each
		files map[string]string // below delta/calls
		dirty string
		want  []string // parts of what is said
		fails string   // part of the error

		perTenant bool
	}{
		{name: "the same", log: []string{action("add", monday, one)}, files: map[string]string{monday + "/" + one: "one"}},
		{
			name:  "replaced",
			log:   []string{`{"commitInfo":{}}` + "\n" + action("add", monday, other), action("remove", monday, other) + action("add", monday, one)},
			files: map[string]string{monday + "/" + one: "one", monday + "/" + other: "other"},
		},
		{name: "no table", want: []string{monday + "/" + one + ".parquet is not live"}},
		{
			name: "an older one", log: []string{action("add", monday, other)}, files: map[string]string{monday + "/" + other: "other"},
			want: []string{monday + "/" + one + ".parquet is not live", other + ".parquet is live, and no plain file is behind it"},
		},
		{name: "an older one of a dirty day", log: []string{action("add", monday, other)}, files: map[string]string{monday + "/" + other: "other"}, dirty: monday},
		{
			name: "two", log: []string{action("add", monday, one) + action("add", monday, other)},
			files: map[string]string{monday + "/" + one: "one", monday + "/" + other: "other"},
			want:  []string{other + ".parquet is live, and no plain file is behind it"},
		},
		{
			name: "a day too many", log: []string{action("add", monday, one) + action("add", tuesday, one)},
			files: map[string]string{monday + "/" + one: "one", tuesday + "/" + one: "one"},
			want:  []string{tuesday + "/" + one + ".parquet is live, and no plain file is behind it"},
		},
		{name: "a file is gone", log: []string{action("add", monday, one)}, want: []string{"is live and not there"}},
		{name: "other bytes", log: []string{action("add", monday, one)}, files: map[string]string{monday + "/" + one: "on"}, want: []string{"has not the bytes of its plain file"}},
		{
			name: "of one tenant", perTenant: true, log: []string{strings.ReplaceAll(action("add", monday, one), "tenant_id=t/", "")},
			files: map[string]string{strings.TrimPrefix(monday, "tenant_id=t/") + "/" + one: "one"},
		},
		{name: "removed twice", log: []string{action("add", monday, one), action("remove", monday, other)}, fails: "which is not live"},
		{name: "added twice", log: []string{action("add", monday, one), action("add", monday, one)}, fails: "which is live"},
	} {
		t.Run(c.name, func(t *testing.T) {
			lake := t.TempDir()
			write := func(name, text string) {
				file := filepath.Join(lake, name)
				if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			root, layout := "delta/calls", "shared"
			if c.perTenant {
				root, layout = "delta/t/calls", "per_tenant"
			}
			write("tables/calls/"+monday+"/calls.parquet", "one")
			for version, entry := range c.log {
				write(fmt.Sprintf("%s/_delta_log/%020d.json", root, version), entry)
			}
			for name, text := range c.files {
				write(root+"/"+name+".parquet", text)
			}
			compared := laneComparison{lake: lake, dirty: map[string]bool{}}
			if c.dirty != "" {
				compared.dirty["calls/"+c.dirty] = true
			}
			compared.form.Layout = layout
			err := compared.compare(t.Context())
			got := compared.differing
			if fmt.Sprint(err) != "<nil>" && c.fails == "" || c.fails != "" && !strings.Contains(fmt.Sprint(err), c.fails) {
				t.Fatal(err)
			}
			said := func(part string) bool { return strings.Contains(strings.Join(got, "\n"), part) }
			if len(got) != len(c.want) || slices.ContainsFunc(c.want, func(part string) bool { return !said(part) }) {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// Where a table is partitioned by month, the rows of its files are those of their days, in whatever bytes.
func TestLaneByMonth(t *testing.T) {
	lake := t.TempDir()
	write := func(name string, rows ...string) string {
		rec, _, err := array.RecordFromJSON(memory.DefaultAllocator, arrow.NewSchema(fieldsOf(name), nil), strings.NewReader("["+strings.Join(rows, ",")+"]"))
		if err != nil {
			t.Fatal(err)
		}
		table := array.NewTableFromRecords(rec.Schema(), []arrow.RecordBatch{rec})
		var text bytes.Buffer
		if err := pqarrow.WriteTable(table, &text, 100, nil, pqarrow.DefaultWriterProps()); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(lake, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o700), os.WriteFile(file, text.Bytes(), 0o600)); err != nil {
			t.Fatal(err)
		}
		return hashOf(text.Bytes())
	}
	one := write("tables/calls/tenant_id=t/dt=2026-11-16/calls.parquet", `{"id":"a"}`, `{"id":"b"}`)
	two := write("tables/calls/tenant_id=t/dt=2026-11-17/calls.parquet", `{"id":"c"}`)
	month := "tenant_id=t/dt_month=2026-11/"
	days := []string{month + "2026-11-16-" + one, month + "2026-11-17-" + two}
	rolled := month + "2026-11-" + hashOf([]byte("2026-11-16 "+one+"\n2026-11-17 "+two+"\n"))
	a, b, c := `{"id":"a","dt":"2026-11-16"}`, `{"id":"b","dt":"2026-11-16"}`, `{"id":"c","dt":"2026-11-17"}`
	for _, tt := range []struct {
		name  string
		files map[string][]string
		want  string
	}{
		{"days", map[string][]string{days[0]: {a, b}, days[1]: {c}}, ""},
		{"rolled", map[string][]string{rolled: {a, b, c}}, ""},
		{"another row", map[string][]string{rolled: {a, a, c}}, "differs from its plain files in id"},
		{"another day", map[string][]string{rolled: {a, b, `{"id":"c","dt":"2026-11-16"}`}}, "differs from its plain files in dt"},
		{"a row too few", map[string][]string{days[0]: {a}, days[1]: {c}}, "differs from its plain files"},
		{"a day too few", map[string][]string{days[0]: {a, b}}, days[1] + ".parquet is not live"},
		{"both", map[string][]string{rolled: {a, b, c}, days[1]: {c}}, days[1] + ".parquet is live, and no plain file is behind it"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if err := os.RemoveAll(filepath.Join(lake, "delta")); err != nil {
				t.Fatal(err)
			}
			var log strings.Builder
			for name, rows := range tt.files {
				write("delta/calls/"+name+".parquet", rows...)
				fmt.Fprintf(&log, "{\"add\":{\"path\":%q,\"stats\":\"{\\\"numRecords\\\":%d}\"}}\n", name+".parquet", len(rows))
			}
			dir := filepath.Join(lake, "delta/calls/_delta_log")
			if err := errors.Join(os.MkdirAll(dir, 0o700), os.WriteFile(filepath.Join(dir, fmt.Sprintf("%020d.json", 0)), []byte(log.String()), 0o600)); err != nil {
				t.Fatal(err)
			}
			compared := laneComparison{lake: lake}
			compared.form.Compact = true
			if err := compared.compare(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(compared.differing, "\n"); tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

func fieldsOf(name string) []arrow.Field {
	fields := []arrow.Field{{Name: "id", Type: arrow.BinaryTypes.String, Nullable: true}}
	if strings.HasPrefix(name, "delta") {
		fields = append(fields, arrow.Field{Name: "dt", Type: arrow.FixedWidthTypes.Date32, Nullable: true})
	}
	return fields
}
