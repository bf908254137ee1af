package transform

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"graphlake/schemas"
	"graphlake/transform/transformtest"
)

const goodOrder = `{"id":"o0","lines":[{"id":"a","discounts":[1,2]},{"id":"b"}]}`

var goodOrderRows = []string{
	"orders: o0 | (null) | (null) | (null) | (null) | false",
	"lines: o0 | 0 | a | (null)",
	"lines: o0 | 1 | b | (null)",
	"discounts: o0 | 0 | a | 1",
	"discounts: o0 | 0 | a | 2",
}

// An odd value costs itself: the column is null, and what was wrong is counted.
func TestOddValues(t *testing.T) {
	for _, c := range transformtest.OddOrders {
		rows, misfits, errs := readOdd(t, transformtest.Orders, c.Record)
		if diff := cmp.Diff(c.Rows, rows); diff != "" || errs[0] != nil {
			t.Errorf("%s: %v\n%s", c.Record, errs[0], diff)
		}
		if diff := cmp.Diff(c.Misfits, spelled(misfits)); diff != "" {
			t.Errorf("%s: misfits\n%s", c.Record, diff)
		}
	}
}

// Misfits are those of records that gave rows, and go on when the rows are handed over.
func TestMisfitsOfRefusedRecordsDoNotCount(t *testing.T) {
	plan, err := Compile(transformtest.Orders)
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
		tell(t, transformtest.Orders, b)
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
	for _, c := range transformtest.BadOrders {
		rows, errs := readRows(t, transformtest.Orders, c.Record, goodOrder, c.Record)
		for _, i := range []int{0, 2} {
			if errs[i] == nil || errs[i].Error() != c.Fault {
				t.Errorf("%s:\n got %v\nwant %s", c.Record, errs[i], c.Fault)
			}
		}
		if diff := cmp.Diff(goodOrderRows, rows); diff != "" || errs[1] != nil {
			t.Errorf("%s beside a good record: %v\n%s", c.Record, errs[1], diff)
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
	want, _ := readRows(t, transformtest.Orders, alone...)
	got, _ := readRows(t, transformtest.Orders, between...)
	if diff := cmp.Diff(want, got); diff != "" || len(want) != 20*len(goodOrderRows) {
		t.Error(diff)
	}
}

func TestBuilderStartsAnewAfterFlush(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer mem.AssertSize(t, 0)
	plan, err := Compile(transformtest.Orders)
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
		if diff := cmp.Diff(goodOrderRows, tell(t, transformtest.Orders, b)); diff != "" {
			t.Error(diff)
		}
		if b.Rows(0) != 0 || b.Size() != 0 {
			t.Errorf("after flush: %d rows, %d bytes", b.Rows(0), b.Size())
		}
	}
	for i, batch := range b.Flush() {
		if batch.NumRows() != 0 || !batch.Schema().Equal(transformtest.Orders[i].Schema()) {
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

// Reasons go into quarantine, reports and logs, so they say what is wrong and nothing of what was there.
func TestReasonsQuoteNothing(t *testing.T) {
	plan, err := Compile(transformtest.Orders)
	if err != nil {
		t.Fatal(err)
	}
	b := plan.NewBuilder(memory.DefaultAllocator)
	defer b.Release()
	bad := 0
	for _, record := range []string{
		`ines`, `"ines"`, `["ines"]`, `{"ines`, `{ines`, `{"ines"`, `{"ines":`, `{"ines":ines}`, `{"id":"ines"`, `{"id":"x" "ines":1}`, `{"id":"x","ines":"\ines"}`, "{\"id\":\"x\",\"ines\":\"\x01ines\"}",
		`{"id":"x"}ines`, `{"id":{"ines":"ines"}}`, `{"id":null,"ines":1}`, `{"id":"x","lines":"ines"}`, `{"id":"x","lines":{"ines":"ines"}}`, `{"id":"x","lines":["ines"]}`,
		`{"id":"x","lines":[{"id":["ines"]}]}`, `{"id":"x","lines":[{"id":"ines","id":"ines"}]}`, `{"id":"x","lines":[{"ines":1}]}`, `{"id":"x","lines":[{"id":"a","discounts":"ines"}]}`,
		`{"id":"x","lines":[{"id":"a","discounts":["ines"]}]}`, `{"id":"x","placed":"ines"}`, `{"id":"x","placed":["ines"]}`, `{"id":"x","placed":{"ines":"ines"}}`, "{\"id\":\"x\",\"ines\xff\":\"ines\xff\"}x",
	} {
		err := b.Append([]byte(record))
		if e, ok := errors.AsType[*RecordError](err); ok {
			if bad++; strings.Contains(strings.TrimPrefix(e.Path, "lines")+e.Reason, "ines") {
				t.Errorf("%s: %s: %s", record, e.Path, e.Reason)
			}
		}
	}
	for m := range b.Misfits() {
		if strings.Contains(strings.TrimPrefix(m.Path, "lines")+m.Reason, "ines") {
			t.Errorf("a misfit is %+v", m)
		}
	}
	if bad < 15 || len(b.Misfits()) < 2 {
		t.Errorf("only %d records were bad, and %d values did not fit: %v", bad, len(b.Misfits()), b.Misfits())
	}
}

// Whatever the bytes, a builder neither panics nor keeps a part of a bad record, and the good record
// after it reads as ever.
func FuzzAppend(f *testing.F) {
	for _, c := range transformtest.BadOrders {
		f.Add([]byte(c.Record))
	}
	f.Add([]byte(goodOrder))
	plan, err := Compile(transformtest.Orders)
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
		got := tell(t, transformtest.Orders, b)
		for _, want := range goodOrderRows {
			if !slices.Contains(got, want) {
				t.Fatalf("%q: the record after it lost %q, got %q", record, want, got)
			}
		}
	})
}
