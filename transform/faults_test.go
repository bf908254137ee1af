package transform

import (
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"graphlake/schemas"
)

const goodOrder = `{"id":"o0","lines":[{"id":"a","discounts":[1,2]},{"id":"b"}]}`

var goodOrderRows = []string{
	"orders: o0 | (null) | (null) | (null) | (null) | false",
	"lines: o0 | 0 | a | (null)",
	"lines: o0 | 1 | b | (null)",
	"discounts: o0 | 0 | a | 1",
	"discounts: o0 | 0 | a | 2",
}

var badOrders = []struct{ record, want string }{
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

// An odd value costs itself: the column is null, and what was wrong is counted.
var oddOrders = []struct {
	record  string
	rows    []string
	misfits map[Misfit]int64
}{
	{`{"id":"o1","placed":"tomorrow, says Ines"}`, []string{"orders: o1 | (null) | (null) | (null) | (null) | false"}, map[Misfit]int64{
		{"orders", "placed_time", "placed", notInstant}: 1,
	}},
	{`{"id":"o1","placed":["2026-11-22T08:00:00Z"]}`, []string{"orders: o1 | (null) | (null) | (null) | (null) | false"}, map[Misfit]int64{
		{"orders", "placed_time", "placed", "want a string, got an array"}: 1,
	}},
	{`{"id":"o1","buyer":"Ines"}`, []string{`orders: o1 | (null) | (null) | (null) | "Ines" | false`}, map[Misfit]int64{
		{"orders", "buyer_kind", "buyer", "want an object, got a string"}: 1,
	}},
	{`{"id":"o1","buyer":{"person":7,"firm":{"name":"Fabrikam"}}}`, []string{`orders: o1 | (null) | firm | Fabrikam | {"person":7,"firm":{"name":"Fabrikam"}} | false`}, map[Misfit]int64{
		{"orders", "buyer_name", "buyer.person", "want an object, got a number"}: 1,
	}},
	{`{"id":"o1","buyer":{"person":"","firm":{"name":7}},"boss@delta":[{"name":"Otto"}]}`, []string{`orders: o1 | (null) | firm | Otto | {"person":"","firm":{"name":7}} | false`}, map[Misfit]int64{
		{"orders", "buyer_name", "buyer.firm.name", "want a string, got a number"}: 1,
	}},
	{`{"id":"o1","boss@delta":[{"name":7}]}`, []string{"orders: o1 | (null) | (null) | (null) | (null) | false"}, map[Misfit]int64{
		{"orders", "buyer_name", "boss@delta[0].name", "want a string, got a number"}: 1,
	}},
	{`{"id":"o1","boss@delta":{}}`, []string{"orders: o1 | (null) | (null) | (null) | (null) | false"}, map[Misfit]int64{
		{"orders", "buyer_name", "boss@delta", "want an array, got an object"}: 1,
	}},
	{`{"id":"o1","boss@delta":[null,{"name":"Otto"}]}`, []string{"orders: o1 | (null) | (null) | (null) | (null) | false"}, nil},
	{`{"id":"o1","lines":[null,{"id":"a","pieces":"a few"},null,{"id":"b","pieces":{}},{"id":"c","pieces":"a few","discounts":[null,5]}]}`, []string{
		"orders: o1 | (null) | (null) | (null) | (null) | false",
		"lines: o1 | 1 | a | (null)", "lines: o1 | 3 | b | (null)", "lines: o1 | 4 | c | (null)",
		"discounts: o1 | 4 | c | 5",
	}, map[Misfit]int64{
		{"lines", "pieces", "lines[].pieces", "want a number, got other text"}: 2,
		{"lines", "pieces", "lines[].pieces", "want a number, got an object"}:  1,
	}},
}

func TestOddValues(t *testing.T) {
	for _, c := range oddOrders {
		rows, misfits, errs := readOdd(t, orders, c.record)
		if diff := cmp.Diff(c.rows, rows); diff != "" || errs[0] != nil {
			t.Errorf("%s: %v\n%s", c.record, errs[0], diff)
		}
		if diff := cmp.Diff(c.misfits, misfits); diff != "" {
			t.Errorf("%s: misfits\n%s", c.record, diff)
		}
	}
}

// Misfits are those of records that gave rows, and go on when the rows are handed over.
func TestMisfitsOfRefusedRecordsDoNotCount(t *testing.T) {
	plan, err := Compile(orders)
	if err != nil {
		t.Fatal(err)
	}
	b := plan.NewBuilder(memory.DefaultAllocator)
	defer b.Release()
	for range 3 {
		if err := b.Append([]byte(`{"id":"o1","placed":7,"lines":7}`)); err == nil {
			t.Fatal("lines that are a number were taken")
		}
		if err := b.Append([]byte(`{"id":"o1","placed":7}`)); err != nil {
			t.Fatal(err)
		}
		tell(t, orders, b)
	}
	want := map[Misfit]int64{{"orders", "placed_time", "placed", "want a string, got a number"}: 3}
	got := b.Misfits()
	clear(b.Misfits())
	if diff := cmp.Diff(want, got); diff != "" || len(b.Misfits()) != 1 {
		t.Error(diff)
	}
}

// A bad record gives an error that says where and why, and takes back whatever rows it had given,
// wherever it stands among good ones.
func TestBadRecordsLeaveNothing(t *testing.T) {
	for _, c := range badOrders {
		rows, errs := readRows(t, orders, c.record, goodOrder, c.record)
		for _, i := range []int{0, 2} {
			if errs[i] == nil || errs[i].Error() != c.want {
				t.Errorf("%s:\n got %v\nwant %s", c.record, errs[i], c.want)
			}
		}
		if diff := cmp.Diff(goodOrderRows, rows); diff != "" || errs[1] != nil {
			t.Errorf("%s beside a good record: %v\n%s", c.record, errs[1], diff)
		}
	}
}

// Bad records leave every bit as it was, at every length of the bitmaps.
func TestBadRecordsAmongManyGoodOnes(t *testing.T) {
	bad := `{"id":"bad","@removed":{},"placed":"2026-11-22T08:00:00Z","lines":[{"id":"x","discounts":[7,7,7,7,7]},{"id":7}]}`
	var alone, between []string
	for range 20 {
		alone = append(alone, goodOrder)
		between = append(between, bad, goodOrder, bad)
	}
	want, _ := readRows(t, orders, alone...)
	got, _ := readRows(t, orders, between...)
	if diff := cmp.Diff(want, got); diff != "" || len(want) != 20*len(goodOrderRows) {
		t.Error(diff)
	}
}

func TestBuilderStartsAnewAfterFlush(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer mem.AssertSize(t, 0)
	plan, err := Compile(orders)
	if err != nil {
		t.Fatal(err)
	}
	b := plan.NewBuilder(mem)
	defer b.Release()
	for range 3 {
		if err := b.Append([]byte(goodOrder)); err != nil {
			t.Fatal(err)
		}
		if b.Rows(0) != 1 || b.Rows(1) != 2 || b.Rows(2) != 2 || b.Size() == 0 {
			t.Errorf("got %d, %d and %d rows, %d bytes", b.Rows(0), b.Rows(1), b.Rows(2), b.Size())
		}
		if diff := cmp.Diff(goodOrderRows, tell(t, orders, b)); diff != "" {
			t.Error(diff)
		}
		if b.Rows(0) != 0 || b.Size() != 0 {
			t.Errorf("after flush: %d rows, %d bytes", b.Rows(0), b.Size())
		}
	}
	for i, batch := range b.Flush() {
		if batch.NumRows() != 0 || !batch.Schema().Equal(orders[i].Schema()) {
			t.Errorf("an empty flush gives %d rows of %v", batch.NumRows(), batch.Schema())
		}
		batch.Release()
	}
	if err := b.Append([]byte(goodOrder)); err != nil { // the deferred Release has something to free
		t.Fatal(err)
	}
}

func TestCompileRefuses(t *testing.T) {
	column := func(path schemas.Path, typ schemas.Type, others ...schemas.Path) []schemas.Column {
		return []schemas.Column{{Name: "c", Path: path, Type: typ, Else: others}}
	}
	for _, c := range []struct {
		want   string
		tables []schemas.Table
	}{
		{"no tables", nil},
		{"lenient and other tables", []schemas.Table{{Name: "a"}, {Name: "b", Lenient: true}}},
		{"want names divided by dots", []schemas.Table{{Name: "a", Columns: column("x..y", schemas.String)}}},
		{"ends with []", []schemas.Table{{Name: "a", Each: "x"}}},
		{"goes into a collection", []schemas.Table{{Name: "a", Columns: column("x[].y", schemas.String)}}},
		{"goes into a collection", []schemas.Table{{Name: "a", Each: "y[]", Columns: column("/x[].y", schemas.String)}}},
		{"in different collections", []schemas.Table{{Name: "a", Each: "y[]", Columns: column("x", schemas.String, "/x")}}},
		{"a position is an integer", []schemas.Table{{Name: "a", Each: "y[]", Columns: column("#", schemas.String)}}},
		{"has no position", []schemas.Table{{Name: "a", Columns: column("#", schemas.Int32)}}},
	} {
		if _, err := Compile(c.tables); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want an error that says %q", err, c.want)
		}
	}
}

// Whatever the bytes, a builder neither panics nor keeps a part of a bad record, and the good record
// after it reads as ever.
func FuzzAppend(f *testing.F) {
	for _, c := range badOrders {
		f.Add([]byte(c.record))
	}
	f.Add([]byte(goodOrder))
	plan, err := Compile(orders)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, record []byte) {
		mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
		defer mem.AssertSize(t, 0)
		b := plan.NewBuilder(mem)
		defer b.Release()
		if err := b.Append(record); err != nil && (b.Rows(0) != 0 || b.Rows(1) != 0 || b.Rows(2) != 0) {
			t.Fatalf("rows are left of a bad record: %v", err)
		}
		if err := b.Append([]byte(goodOrder)); err != nil {
			t.Fatal(err)
		}
		got := tell(t, orders, b)
		for _, want := range goodOrderRows {
			if !slices.Contains(got, want) {
				t.Fatalf("%q: the record after it lost %q, got %q", record, want, got)
			}
		}
	})
}
