package privacy_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/memory"

	"graphlake/internal/record"
	"graphlake/schemas"
	"graphlake/transform"
	"graphlake/transform/privacy"
)

// Orders with lines and with the discounts of a line: three tables, each with columns of those above.
var orders = []schemas.Table{
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

var badOrders = []string{
	`42`,
	`[{"id":"o1"}]`,
	`null`,
	``,
	`nul`,
	`{"id":"o1"}}`,
	`{"id":"o1","colour":[1,}`,
	`{"id":"o1","lines":[{"id":"a"},{"id":"b"`,
	`{"placed":"2026-11-22T08:00:00Z"}`,
	`{"id":null}`,
	`{"id":"o1","id":"o2"}`,
	`{"id":"o1","buyer":{"person":{},"person":{}}}`,
	`{"id":"o1","lines":[],"\u006cines":[]}`,
	`{"lines":7,"id":"o\u0031\n"}`,
	`{"lines":7,"id":[}`,
	`{"id":"o1","lines":{}}`,
	`{"id":"o1","lines":[7]}`,
	`{"id":"o1","lines":""}`,
	`{"id":"o1","lines":[""]}`,
	`{"id":"o1","lines":[[]]}`,
	`{"id":"o1","lines":[{"id":"a"},{}]}`,
	`{"id":"o1","lines":[{"id":"a"},{"id":"b","discounts":[1,2,"x"]}]}`,
	`{"id":"o1","lines":[{"id":"a"},{"id":7}]}`,
	`{"lines":[{"id":"a","discounts":[1]}],"id":7}`,
	`{"lines":[{"discounts":[1]}],"id":"o1"}`,
	`{"lines":[{"id":"a","pieces":2147483648}]}`,
}

// What is wrong with a record is found also where the scrubber has taken out what no column can read.
func TestScrubbedBadRecordsAreBad(t *testing.T) {
	s, err := privacy.NewScrubber(schemas.Dataset{Tables: orders}, hidden)
	if err != nil {
		t.Fatal(err)
	}
	fault := func(text string) string {
		plan, err := transform.Compile(orders)
		if err != nil {
			t.Fatal(err)
		}
		b := plan.NewBuilder(memory.DefaultAllocator)
		defer b.Release()
		if err := b.Append([]byte(text)); err != nil {
			return err.Error()
		}
		return ""
	}
	for _, text := range badOrders {
		if !json.Valid([]byte(text)) || text[0] != '{' {
			continue // what is said of it then is that it cannot be read
		}
		scrubbed := string(s.Scrub(record.Record{JSON: []byte(text)}).JSON)
		if got, want := fault(scrubbed), fault(text); got != want || want == "" {
			t.Errorf("%s became %s:\n got %s\nwant %s", text, scrubbed, got, want)
		}
		if strings.Contains(scrubbed, "says Ines") {
			t.Errorf("%s became %s", text, scrubbed)
		}
	}
}
