package metrics

import "testing"

// A profile as DuckDB writes it, cut to what is looked at: the join yields thirty times what the larger table has.
func TestParse(t *testing.T) {
	p, err := parse(`{"latency": 0.1, "children": [{"operator_name": "EXPLAIN_ANALYZE", "operator_cardinality": 0, "children": [
		{"operator_name": "HASH_GROUP_BY", "operator_cardinality": 7, "children": [
			{"operator_name": "HASH_JOIN", "operator_cardinality": 3000, "children": [
				{"operator_name": "READ_PARQUET ", "operator_cardinality": 100, "children": []},
				{"operator_name": "TABLE_SCAN", "operator_cardinality": 30, "children": []}]}]}]}]}`)
	if err != nil || p != (plan{rows: 7, most: 3000, by: "HASH_JOIN", table: 100}) {
		t.Errorf("got %+v, %v", p, err)
	}
	for _, bad := range []string{"", "{}", `{"children": [{"operator_name": "EXPLAIN_ANALYZE", "children": []}]}`} {
		if p, err := parse(bad); err == nil {
			t.Errorf("%q is %+v", bad, p)
		}
	}
}
