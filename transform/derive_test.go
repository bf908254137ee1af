package transform

import (
	"errors"
	"math"
	"strings"
	"sync"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"graphlake/schemas"
	"graphlake/transform/transformtest"
)

var orderData = schemas.Dataset{Name: "orders", Time: []schemas.Path{"placed", "asked"}, Version: "version", Tables: transformtest.Orders}

// rawOrders is the records as raw rows.
func rawOrders(t *testing.T, mem memory.Allocator, records ...string) arrow.RecordBatch {
	t.Helper()
	plan, err := Compile([]schemas.Table{schemas.RawTable(orderData)})
	if err != nil {
		t.Fatal(err)
	}
	b := plan.NewBuilder(mem)
	for _, r := range records {
		if err := b.Append([]byte(r)); err != nil {
			t.Fatal(err)
		}
	}
	return b.Flush()[0]
}

func TestRawRowsOfWhateverIsJSON(t *testing.T) {
	rows, errs := readRows(t, []schemas.Table{schemas.RawTable(orderData)},
		`{ "id":"o1", "version":3, "placed":null, "asked":"2026-11-22T08:00:00Z" }`,
		`{"id":["o1"],"version":"x","placed":"soon"}`,
		"42 ", "null", `"a"`, "\"\xff\"", `{"id":"o1","id":"o2"}`,
		`{"id":`, ``,
	)
	want := []string{
		`orders: o1 | 2026-11-22T08:00:00Z | 3 | 90fb4ff96d1ac53c6a88598712680e36 | { "id":"o1", "version":3, "placed":null, "asked":"2026-11-22T08:00:00Z" }`,
		`orders: (null) | (null) | (null) | 6375ca462d2bbb0435fbbf00d1e837bd | {"id":["o1"],"version":"x","placed":"soon"}`,
		`orders: (null) | (null) | (null) | 73475cb40a568e8da8a045ced110137e | 42`,
		`orders: (null) | (null) | (null) | 74234e98afe7498fb5daf1f36ac2d78a | null`,
		`orders: (null) | (null) | (null) | ac8d8342bbb2362d13f0a559a3621bb4 | "a"`,
		`orders: (null) | (null) | (null) | 2c1ba6ac713bfc21e74f3429be952fca | "` + "\ufffd" + `"`,
		`orders: o2 | (null) | (null) | 6882853c9e2279679ceef461e0cdfd02 | {"id":"o1","id":"o2"}`,
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Error(diff)
	}
	for i, err := range errs {
		if broken := i >= 7; (err != nil) != broken {
			t.Errorf("record %d: %v", i, err)
		}
	}
}

func TestDeriveQuarantinesWhatCannotBeRead(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer mem.AssertSize(t, 0)
	d, err := NewDeriver(orderData, "", mem)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Release()
	raw := rawOrders(t, mem, goodOrder, `42`, `{"id":"o1","placed":"2026-11-22T08:00:00Z","lines":[{}]}`, goodOrder)
	defer raw.Release()
	tail := raw.NewSlice(1, 4) // offsets that do not begin at zero
	defer tail.Release()
	if err := d.Append(tail); err != nil {
		t.Fatal(err)
	}
	if d.Records() != 3 || d.Quarantined() != 2 || d.Size() == 0 {
		t.Errorf("got %d records, %d quarantined, %d bytes", d.Records(), d.Quarantined(), d.Size())
	}
	tables, quarantine := d.Flush()
	defer quarantine.Release()
	for i, want := range []int64{1, 2, 2} {
		if got := tables[i].NumRows(); got != want {
			t.Errorf("%s: got %d rows, want %d", transformtest.Orders[i].Name, got, want)
		}
		tables[i].Release()
	}
	if !quarantine.Schema().Equal(schemas.QuarantineTable(orderData).Schema()) {
		t.Errorf("got %v", quarantine.Schema())
	}
	var got []string
	for row := range int(quarantine.NumRows()) {
		var cells []string
		for _, c := range quarantine.Columns() {
			cells = append(cells, c.ValueStr(row))
		}
		got = append(got, strings.Join(cells, " | "))
	}
	want := []string{
		`(null) | 73475cb40a568e8da8a045ced110137e |  | the record is no object | 42`,
		`2026-11-22T08:00:00Z | b988653af2dff50bfeb5226da6b045b8 | lines[0].id | required, but not there | {"id":"o1","placed":"2026-11-22T08:00:00Z","lines":[{}]}`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Bad records alone are counted as held, or a day of them would grow without a flush.
func TestQuarantineIsHeld(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer mem.AssertSize(t, 0)
	raw := rawOrders(t, mem, `{"id":7}`, `{"id":8}`)
	defer raw.Release()
	d, err := NewDeriver(orderData, "", mem)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Release()
	if err := d.Append(raw); err != nil {
		t.Fatal(err)
	}
	if least := int64(2 * len(`{"id":7}`)); d.Quarantined() != 2 || d.Size() < least {
		t.Errorf("%d quarantined, %d bytes held; want 2 and at least %d", d.Quarantined(), d.Size(), least)
	}
	tables, quarantine := d.Flush()
	quarantine.Release()
	for _, batch := range tables {
		batch.Release()
	}
	if d.Size() != 0 {
		t.Errorf("%d bytes held after a flush, want none", d.Size())
	}
}

func TestDeriveRefusesOtherBatches(t *testing.T) {
	d, err := NewDeriver(orderData, "", memory.DefaultAllocator)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Release()
	for want, fields := range map[string][]arrow.Field{
		`raw rows have 0 columns "record", want one`: nil,
		`raw column "record" is of type int64`:       {{Name: schemas.RecordText, Type: arrow.PrimitiveTypes.Int64}},
	} {
		b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema(fields, nil))
		if err := d.Append(b.NewRecordBatch()); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// A batch with more text than Arrow's offsets count is an error of the caller, not of the record.
func TestFullBatch(t *testing.T) {
	plan, err := Compile(transformtest.Orders)
	if err != nil {
		t.Fatal(err)
	}
	b := plan.NewBuilder(memory.DefaultAllocator)
	b.columns[0].text = math.MaxInt32 - 1
	err = b.Append([]byte(goodOrder))
	if _, bad := errors.AsType[*RecordError](err); bad || !errors.Is(err, errFull) || b.Rows(1) != 0 {
		t.Errorf("got %v and %d lines", err, b.Rows(1))
	}
}

func TestRecordTooLong(t *testing.T) {
	plan, err := Compile(transformtest.Orders)
	if err != nil {
		t.Fatal(err)
	}
	err = plan.NewBuilder(memory.DefaultAllocator).Append(make([]byte, maxRecord+1))
	if err == nil || err.Error() != "record: longer than 1 GiB" {
		t.Errorf("got %v", err)
	}
}

func TestPlanIsSharedByBuilders(t *testing.T) {
	plan, err := Compile(transformtest.Orders)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			b := plan.NewBuilder(memory.DefaultAllocator)
			defer b.Release()
			for range 100 {
				if err := b.Append([]byte(goodOrder)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}
