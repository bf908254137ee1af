package load_test

import (
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"graphlake/load"
	"graphlake/load/memstore"
	"graphlake/schemas"
)

// Arrow lets a null text take up bytes, and ours begin anywhere in a slice: only values are written.
func TestNullsThatHoldText(t *testing.T) {
	notes := schemas.Table{Name: "notes", Key: []string{"id"}, Lenient: true, Columns: []schemas.Column{
		{Name: "id", Type: schemas.String},
		{Name: "kind", Type: schemas.Enum},
	}}
	lake := load.New(memstore.New(), "")
	p := load.Partition{Kind: load.Tables, Name: "notes", TenantID: tenant, Date: day(22)}
	text := array.NewData(arrow.BinaryTypes.String, 5, []*memory.Buffer{
		memory.NewBufferBytes([]byte{0b11010}),
		memory.NewBufferBytes(arrow.Int32Traits.CastToBytes([]int32{0, 2, 4, 6, 8, 10})),
		memory.NewBufferBytes([]byte("aabbccddee")),
	}, nil, 2, 0)
	column := array.MakeFromData(text)
	whole := array.NewRecordBatch(notes.Schema(), []arrow.Array{column, column}, 5)
	write(t, lake, p, notes, whole.NewSlice(1, 5))
	wantRows(t, rows(t, lake, p, notes),
		`{"id":"bb","kind":"bb"}`, `{"id":null,"kind":null}`, `{"id":"dd","kind":"dd"}`, `{"id":"ee","kind":"ee"}`)
}

// Texts that are all empty have an empty buffer or none, as they came to be: the file is the same, whether there are nulls
// or not.
func TestEmptyTextsHaveTheSameBytes(t *testing.T) {
	notes := schemas.Table{Name: "notes", Key: []string{"id"}, Lenient: true, Columns: []schemas.Column{
		{Name: "id", Type: schemas.String},
		{Name: "kind", Type: schemas.Enum},
	}}
	p := load.Partition{Kind: load.Tables, Name: "notes", TenantID: tenant, Date: day(22)}
	offsets := memory.NewBufferBytes(arrow.Int32Traits.CastToBytes([]int32{0, 0, 0}))
	for nulls, valid := range []*memory.Buffer{nil, memory.NewBufferBytes([]byte{0b10})} {
		var want []byte
		for _, text := range []*memory.Buffer{memory.NewBufferBytes([]byte{}), memory.NewBufferBytes(nil), nil} {
			store := memstore.New()
			column := array.MakeFromData(array.NewData(arrow.BinaryTypes.String, 2, []*memory.Buffer{valid, offsets, text}, nil, nulls, 0))
			write(t, load.New(store, ""), p, notes, array.NewRecordBatch(notes.Schema(), []arrow.Array{column, column}, 2))
			got := fileOf(t, store, p)
			if want == nil {
				want = got
			}
			sameFile(t, "empty texts", got, want)
		}
	}
}
