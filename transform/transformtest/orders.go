// Package transformtest has what the tests of transform and of the rooms in it read: tables that none of the built-in
// datasets has, records of them with what must become of each, and the records of fixtures.
//
// A row is spelled "table: cell | cell", with (null), and a value that does not fit by "table.column at path: reason".
package transformtest

import "graphlake/schemas"

// Orders have lines, and these discounts: three tables, each with columns of those above.
var Orders = []schemas.Table{
	{
		Name: "orders", Key: []string{"order_id"},
		Columns: []schemas.Column{
			{Name: "order_id", Path: "id", Type: schemas.String, Required: true},
			{Name: "placed_time", Path: "placed", Type: schemas.Timestamp},
			{Name: "buyer_kind", Path: "buyer", Type: schemas.Member},
			{Name: "buyer_name", Path: "buyer.person.name", Else: []schemas.Path{"buyer.firm.name", "boss@delta[0].name"}, Type: schemas.String},
			{Name: "buyer", Path: "buyer", Type: schemas.JSON},
			{Name: "removed", Path: "@removed", Type: schemas.Present},
		},
	},
	{
		Name: "lines", Key: []string{"order_id", "line_index"}, Each: "lines[]",
		Columns: []schemas.Column{
			{Name: "order_id", Path: "/id", Type: schemas.String, Required: true},
			{Name: "line_index", Path: "#", Type: schemas.Int32, Required: true},
			{Name: "line_id", Path: "id", Type: schemas.String, Required: true},
			{Name: "pieces", Path: "pieces", Type: schemas.Int32},
		},
	},
	{
		Name: "discounts", Key: []string{"order_id", "line_id"}, Each: "lines[].discounts[]",
		Columns: []schemas.Column{
			{Name: "order_id", Path: "/id", Type: schemas.String, Required: true},
			{Name: "line_index", Path: "/lines[]#", Type: schemas.Int32, Required: true},
			{Name: "line_id", Path: "/lines[].id", Type: schemas.String, Required: true},
			{Name: "percent", Path: "", Type: schemas.Decimal, Required: true},
		},
	},
}

// BadOrders are records of Orders that are refused, with what is said of each.
var BadOrders = []struct{ Record, Fault string }{
	{`42`, "record: the record is no object"},
	{`[{"id":"o1"}]`, "record: the record is no object"},
	{`null`, "record: the record is no object"},
	{``, "record: not JSON: want a value at byte 0"},
	{`nul`, "record: not JSON: want null at byte 0"},
	{`{"id":"o1"}}`, "record \"o1\": not JSON: want the end at byte 11"},
	{`{"id":"o1","colour":[1,}`, "record \"o1\": not JSON: want a value at byte 23"},
	{`{"id":"o1","lines":[{"id":"a"},{"id":"b"`, `record "o1": lines[1]: not JSON: want "," or "}" at byte 40`},
	{`{"placed":"2026-11-22T08:00:00Z"}`, "record: id: required, but not there"},
	{`{"id":null}`, "record: id: required, but not there"},
	{`{"id":"o1","id":"o2"}`, "record \"o1\": id: the member is there twice"},
	{`{"id":"o1","buyer":{"person":{},"person":{}}}`, "record \"o1\": buyer.person: the member is there twice"},
	{`{"id":"o1","lines":[],"\u006cines":[]}`, "record \"o1\": lines: the member is there twice"},
	{`{"lines":7,"id":"o\u0031\n"}`, `record "o1\n": lines: want an array, got a number`},
	{`{"lines":7,"id":[}`, "record: lines: want an array, got a number"},
	{`{"id":"o1","lines":{}}`, "record \"o1\": lines: want an array, got an object"},
	{`{"id":"o1","lines":[7]}`, "record \"o1\": lines[0]: want an object, got a number"},
	{`{"id":"o1","lines":""}`, "record \"o1\": lines: want an array, got a string"},
	{`{"id":"o1","lines":[""]}`, "record \"o1\": lines[0]: want an object, got a string"},
	{`{"id":"o1","lines":[[]]}`, "record \"o1\": lines[0]: want an object, got an array"},
	{`{"id":"o1","lines":[{"id":"a"},{}]}`, "record \"o1\": lines[1].id: required, but not there"},
	{`{"id":"o1","lines":[{"id":"a"},{"id":"b","discounts":[1,2,"x"]}]}`, "record \"o1\": lines[1].discounts[2]: want a number, got other text"},
	{`{"id":"o1","lines":[{"id":"a"},{"id":7}]}`, "record \"o1\": lines[1].id: want a string, got a number"},
	{`{"lines":[{"id":"a","discounts":[1]}],"id":7}`, "record: id: want a string, got a number"},
	{`{"lines":[{"discounts":[1]}],"id":"o1"}`, `record "o1": lines[0].id: required, but not there`},
	{`{"lines":[{"id":"a","pieces":2147483648}]}`, "record: id: required, but not there"},
}

// OddOrders are records of Orders with values that fit no column, and with the rows that they give nevertheless.
var OddOrders = []struct {
	Record  string
	Rows    []string
	Misfits map[string]int64
}{
	{`{"id":"o1","placed":"tomorrow, says Ines"}`, []string{"orders: o1 | (null) | (null) | (null) | (null) | false"}, map[string]int64{
		"orders.placed_time at placed: want an RFC 3339 instant": 1,
	}},
	{`{"id":"o1","placed":["2026-11-22T08:00:00Z"]}`, []string{"orders: o1 | (null) | (null) | (null) | (null) | false"}, map[string]int64{
		"orders.placed_time at placed: want a string, got an array": 1,
	}},
	{`{"id":"o1","buyer":"Ines"}`, []string{`orders: o1 | (null) | (null) | (null) | "Ines" | false`}, map[string]int64{
		"orders.buyer_kind at buyer: want an object, got a string": 1,
	}},
	{`{"id":"o1","buyer":{"person":7,"firm":{"name":"Fabrikam"}}}`, []string{`orders: o1 | (null) | firm | Fabrikam | {"person":7,"firm":{"name":"Fabrikam"}} | false`}, map[string]int64{
		"orders.buyer_name at buyer.person: want an object, got a number": 1,
	}},
	{`{"id":"o1","buyer":{"person":"","firm":{"name":7}},"boss@delta":[{"name":"Otto"}]}`, []string{`orders: o1 | (null) | firm | Otto | {"person":"","firm":{"name":7}} | false`}, map[string]int64{
		"orders.buyer_name at buyer.firm.name: want a string, got a number": 1,
	}},
	{`{"id":"o1","boss@delta":[{"name":7}]}`, []string{"orders: o1 | (null) | (null) | (null) | (null) | false"}, map[string]int64{
		"orders.buyer_name at boss@delta[0].name: want a string, got a number": 1,
	}},
	{`{"id":"o1","boss@delta":{}}`, []string{"orders: o1 | (null) | (null) | (null) | (null) | false"}, map[string]int64{
		"orders.buyer_name at boss@delta: want an array, got an object": 1,
	}},
	{`{"id":"o1","boss@delta":[null,{"name":"Otto"}]}`, []string{"orders: o1 | (null) | (null) | (null) | (null) | false"}, nil},
	{`{"id":"o1","lines":[null,{"id":"a","pieces":"a few"},null,{"id":"b","pieces":{}},{"id":"c","pieces":"a few","discounts":[null,5]}]}`, []string{
		"orders: o1 | (null) | (null) | (null) | (null) | false",
		"lines: o1 | 1 | a | (null)", "lines: o1 | 3 | b | (null)", "lines: o1 | 4 | c | (null)",
		"discounts: o1 | 4 | c | 5",
	}, map[string]int64{
		"lines.pieces at lines[].pieces: want a number, got other text": 2,
		"lines.pieces at lines[].pieces: want a number, got an object":  1,
	}},
}
