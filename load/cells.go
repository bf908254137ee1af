package load

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
)

// sortable reports whether compareCells and appendCell know a type.
func sortable(t arrow.DataType) bool {
	switch t.ID() {
	case arrow.STRING, arrow.INT32, arrow.INT64, arrow.TIMESTAMP, arrow.BOOL:
		return true
	}
	return false
}

// compareCells orders two cells of columns of one sortable type; null comes first.
func compareCells(a arrow.Array, i int, b arrow.Array, j int) int {
	if a.IsNull(i) || b.IsNull(j) {
		return boolToInt(b.IsNull(j)) - boolToInt(a.IsNull(i))
	}
	switch a := a.(type) {
	case *array.String:
		return strings.Compare(a.Value(i), b.(*array.String).Value(j))
	case *array.Int32:
		return cmp.Compare(a.Value(i), b.(*array.Int32).Value(j))
	case *array.Int64:
		return cmp.Compare(a.Value(i), b.(*array.Int64).Value(j))
	case *array.Timestamp:
		return cmp.Compare(a.Value(i), b.(*array.Timestamp).Value(j))
	case *array.Boolean:
		return boolToInt(a.Value(i)) - boolToInt(b.(*array.Boolean).Value(j))
	}
	panic(fmt.Sprintf("compare cells of %v: refused when the spool was made", a.DataType()))
}

// appendCell copies a cell and gives its size.
func appendCell(to array.Builder, from arrow.Array, i int) int64 {
	if from.IsNull(i) {
		to.AppendNull()
		return 8
	}
	switch from := from.(type) {
	case *array.String:
		to.(*array.StringBuilder).Append(from.Value(i))
		return int64(len(from.Value(i))) + 4
	case *array.Int32:
		to.(*array.Int32Builder).Append(from.Value(i))
	case *array.Int64:
		to.(*array.Int64Builder).Append(from.Value(i))
	case *array.Timestamp:
		to.(*array.TimestampBuilder).Append(from.Value(i))
	case *array.Boolean:
		to.(*array.BooleanBuilder).Append(from.Value(i))
	default:
		panic(fmt.Sprintf("copy a cell of %v: refused when the spool was made", from.DataType()))
	}
	return 8
}

func boolToInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// gather makes batches of rows, in any order. Rows that follow each other in a batch are handed on as a part of it,
// and few ones are copied into batches of about size bytes.
type gather struct {
	builder *array.RecordBuilder
	size    int64
	emit    func(arrow.RecordBatch) error

	bytes int64 // of what is in the builder
	texts []int // bytes of each column in the batch before: the next one will need about as much

	part     arrow.RecordBatch // whose rows come behind those in the builder; nil: none
	from, to int               // the rows of part
}

func newGather(schema *arrow.Schema, set tuning, emit func(arrow.RecordBatch) error) *gather {
	return &gather{
		builder: array.NewRecordBuilder(set.allocator, schema), size: set.runBytes, emit: emit,
		texts: make([]int, schema.NumFields()),
	}
}

func (g *gather) add(r row) error {
	if g.part != nil && g.part == r.batch && g.to == r.at {
		g.to++
		return nil
	}
	if err := g.endPart(); err != nil {
		return err
	}
	r.batch.Retain()
	g.part, g.from, g.to = r.batch, r.at, r.at+1
	return nil
}

// fewRows are copied sooner than they are a batch of their own.
const fewRows = 64

// endPart hands on the rows of part, or copies them.
func (g *gather) endPart() error {
	part := g.part
	if part == nil {
		return nil
	}
	g.part = nil
	defer part.Release()
	if g.to-g.from >= fewRows {
		if err := g.flushCopies(); err != nil {
			return err
		}
		rec := part.NewSlice(int64(g.from), int64(g.to))
		defer rec.Release()
		return g.emit(rec)
	}
	for at := g.from; at < g.to; at++ {
		if g.bytes == 0 {
			g.reserve()
		}
		for i, column := range part.Columns() {
			g.bytes += appendCell(g.builder.Field(i), column, at)
		}
		if g.bytes < g.size {
			continue
		}
		if err := g.flushCopies(); err != nil {
			return err
		}
	}
	return nil
}

// reserve spares the builders of texts to grow by doubling, which copies all of them twice. A
// batch with one huge record says nothing about the next, hence the bound.
func (g *gather) reserve() {
	for i, n := range g.texts {
		if text, ok := g.builder.Field(i).(*array.StringBuilder); ok && n > 0 {
			text.ReserveData(min(n+n/4, 2*int(g.size)))
		}
	}
}

func (g *gather) flush() error {
	if err := g.endPart(); err != nil {
		return err
	}
	return g.flushCopies()
}

func (g *gather) flushCopies() error {
	if g.bytes == 0 {
		return nil
	}
	g.bytes = 0
	for i, f := range g.builder.Fields() {
		if text, ok := f.(*array.StringBuilder); ok {
			g.texts[i] = text.DataLen()
		}
	}
	rec := g.builder.NewRecordBatch()
	defer rec.Release()
	return g.emit(rec)
}

// release frees what was not handed on.
func (g *gather) release() {
	if g.part != nil {
		g.part.Release()
		g.part = nil
	}
	g.builder.Release()
}
