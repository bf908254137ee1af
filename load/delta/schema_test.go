package delta

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"graphlake/schemas"
)

// Delta Lake's type of every Parquet type that a table of ours has, from the protocol's table of mappings.
var deltaTypes = map[string]string{
	"utf8": "string", "bool": "boolean", "int32": "integer", "int64": "long", "float64": "double",
	"decimal(18, 6)": "decimal(18,6)", "timestamp[us, tz=UTC]": "timestamp",
}

func TestSchemaOfEveryTable(t *testing.T) {
	more := []Column{{"tenant_id", StringType}, {"dt", DateType}}
	for _, d := range schemas.BuiltIn() {
		for _, table := range d.Tables {
			s, err := SchemaOf(table, more, "tenant_id", "dt")
			if err != nil {
				t.Error(err)
				continue
			}
			fields := table.Schema().Fields()
			if got, want := len(s.Columns), len(fields)+2; got != want {
				t.Errorf("%s has %d columns, want %d", table.Name, got, want)
			}
			for i, f := range fields {
				if want := deltaTypes[f.Type.String()]; s.Columns[i] != (Column{f.Name, want}) {
					t.Errorf("%s.%s is %v, want %q for %v", table.Name, f.Name, s.Columns[i], want, f.Type)
				}
			}
			if !slices.Equal(s.Columns[len(fields):], more) || !slices.Equal(s.PartitionBy, []string{"tenant_id", "dt"}) {
				t.Errorf("%s: partition columns are %v, by %v", table.Name, s.Columns[len(fields):], s.PartitionBy)
			}
			if columns, err := parseSchema(s.String()); err != nil || !slices.Equal(columns, s.Columns) {
				t.Errorf("%s: %s reads as %v, %v", table.Name, s, columns, err)
			}
		}
	}
}

// Every type of a column has one, also those that no table has today.
func TestEveryTypeHasOne(t *testing.T) {
	for typ := schemas.String; typ <= schemas.Digest; typ++ {
		if got, want := typeOf(typ), deltaTypes[typ.Arrow().String()]; got != want {
			t.Errorf("%v is %q, want %q", typ, got, want)
		}
	}
}

func TestSchemaString(t *testing.T) {
	table := schemas.Table{Name: "calls", Columns: []schemas.Column{{Name: "id", Type: schemas.String}, {Name: "cost", Type: schemas.Decimal}}}
	s, err := SchemaOf(table, []Column{{"dt", DateType}}, "dt_month")
	if err != nil {
		t.Fatal(err)
	}
	field := func(name, typ string) string {
		return `{"name":"` + name + `","type":"` + typ + `","nullable":true,"metadata":{}}`
	}
	want := `{"type":"struct","fields":[` + strings.Join([]string{
		field("id", "string"), field("cost", "decimal(18,6)"), field("dt", "date"), field("dt_month", "string"),
	}, ",") + `]}`
	if got := s.String(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if _, err := SchemaOf(table, []Column{{"ID", StringType}}); err == nil {
		t.Error("two columns whose names differ by case only are taken")
	}
}

func TestSchemaOver(t *testing.T) {
	schema := func(columns ...Column) Schema { return Schema{Columns: columns} }
	field := func(name, rest string) string { return `{"name":"` + name + `",` + rest + `}` }
	plain := `"type":"string","nullable":true,"metadata":{}`
	table := func(fields ...string) string { return `{"type":"struct","fields":[` + strings.Join(fields, ",") + `]}` }
	id, cost := Column{"id", StringType}, Column{"cost", LongType}
	tests := []struct {
		what    string
		has     string
		s       Schema
		want    []string // names; nil where it is as it was
		wantErr error
	}{
		{"the same", table(field("id", plain)), schema(id), nil, nil},
		{"the same in another order of members", `{ "fields":[{"metadata":{"comment":"x"},"nullable":true,"type":"string","name":"id"}], "type":"struct" }`, schema(id), nil, nil},
		{"a new column", table(field("id", plain)), schema(cost, id), []string{"id", "cost"}, nil},
		{"a column that only the table has", table(field("id", plain), field("later", plain)), schema(id), nil, nil},
		{"both", table(field("later", `"type":{"type":"array","elementType":"long","containsNull":true},"nullable":true,"metadata":{}`), field("id", plain)), schema(id, cost), []string{"later", "id", "cost"}, nil},
		{"another type", table(field("id", `"type":"long","nullable":true,"metadata":{}`)), schema(id), nil, errRetyped},
		{"a nested type", table(field("id", `"type":{"type":"struct","fields":[]},"nullable":true,"metadata":{}`)), schema(id), nil, errRetyped},
		{"never null", table(field("id", `"type":"string","nullable":false,"metadata":{}`)), schema(id), nil, errNotNull},
		{"another case", table(field("ID", plain)), schema(id), nil, errOtherNames},
		{"a condition", table(field("x", `"type":"string","nullable":true,"metadata":{"delta.invariants":"{}"}`)), schema(id), nil, errInvariant},
		{"no JSON", "{", schema(id), nil, errNoSchema},
		{"no struct", `{"type":"map"}`, schema(id), nil, errNoSchema},
	}
	for _, tt := range tests {
		t.Run(tt.what, func(t *testing.T) {
			text, changed, err := tt.s.over(tt.has)
			if !errors.Is(err, tt.wantErr) || changed != (tt.want != nil) {
				t.Fatalf("changed %t, %v; want %t, %v", changed, err, tt.want != nil, tt.wantErr)
			}
			if err != nil {
				return
			}
			if !changed && text != tt.has {
				t.Errorf("nothing has changed, but the text is %s", text)
			}
			columns, err := parseSchema(text)
			if err != nil || !json.Valid([]byte(text)) {
				t.Fatalf("%s: %v", text, err)
			}
			var names []string
			for _, c := range columns {
				names = append(names, c.Name)
			}
			if changed && !slices.Equal(names, tt.want) {
				t.Errorf("columns %v, want %v", names, tt.want)
			}
		})
	}
}
