package transform

import (
	"math"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"graphlake/internal/json"
	"graphlake/internal/record"
)

// Builder fills the batches of a plan's tables from records. It is not safe for concurrent use.
type Builder struct {
	plan    *Plan
	columns []column
	rows    []int // of every table
	marks   []int // the same before the record that is being read
	full    error // of a column that cannot take the record
	texts   int   // bytes of the texts in its rows

	scan   json.Scanner
	record []byte
	made   []byte  // texts that do not stand in the record as they are
	frames []frame // of every scope
	walk   walk
	zone   json.Value // of the times in the object that is being read

	odd     []oddValue // of the record that is being read
	misfits map[Misfit]int64
}

// cell is a value, or null in the zero cell: a number's bits, or where a text stands.
type cell struct {
	bits uint64
	from source
}

// source says what the bits of a cell are.
type source uint8

const (
	isNull   source = iota
	isBits          // a value of fixed width
	inRecord        // start<<32 | end of a text in the record
	inMade          // the same in Builder.made
)

// NewBuilder makes a Builder whose columns are in the allocator's memory.
func (p *Plan) NewBuilder(mem memory.Allocator) *Builder {
	b := &Builder{
		plan:    p,
		columns: make([]column, len(p.columns)),
		rows:    make([]int, len(p.tables)),
		marks:   make([]int, len(p.tables)),
		frames:  make([]frame, len(p.scopes)),
		walk:    newWalk(p),
	}
	for i, from := range p.columns {
		b.columns[i] = newColumn(mem, from.typ)
	}
	return b
}

// maxRecord keeps the places of texts, also of those that grow when they are made valid, in 32 bits.
const maxRecord = 1 << 30

// Append adds all rows of a record, or none and a [*RecordError] that says why. The record must not
// change meanwhile; it is not kept. Any other error says that the batch is full.
func (b *Builder) Append(text []byte) error { return b.AppendRecord(record.Record{JSON: text}) }

// AppendRecord is Append of a record that may have been read before: where the values are known that a raw table has
// columns for, it is not walked again.
func (b *Builder) AppendRecord(r record.Record) error {
	if len(r.JSON) > maxRecord {
		return &RecordError{Reason: "longer than 1 GiB"}
	}
	copy(b.marks, b.rows)
	b.record, b.made, b.full, b.odd, b.texts = r.JSON, b.made[:0], nil, b.odd[:0], 0
	var fault *RecordError
	if r.Known == nil || len(b.plan.known) == 0 {
		fault = b.readRecord()
	} else {
		fault = b.readKnown(r.Known)
	}
	if fault == nil {
		b.fill()
	}
	if fault == nil && b.texts > mostTimes*len(r.JSON)+mostMore {
		fault = &RecordError{Reason: tooMuchText}
	}
	if b.full != nil { // before the fault, which may be that a required text had no room
		b.cut()
		return b.full
	}
	if fault != nil {
		b.cut()
		fault.ID = b.id()
		return fault
	}
	if len(b.odd) > 0 {
		b.countMisfits()
	}
	return nil
}

// id is what identifies the record: what was read of it, or what stands behind the fault, because
// Graph does not write it first.
func (b *Builder) id() string {
	if b.plan.id == none {
		return ""
	}
	if c := b.frames[b.plan.root.number].cells[b.plan.id]; c.from != isNull {
		return string(b.text(c))
	}
	root := b.plan.root.element
	b.scan.Reset(b.record)
	more, err := b.scan.Object()
	for more && err == nil {
		_, m, nameErr := b.walk.order.Member(&b.scan, root, nil)
		v, valueErr := b.scan.Value()
		if nameErr != nil || valueErr != nil {
			return ""
		}
		if m != nil && m.Name == b.plan.idName && v.Kind == json.String && v.End-v.Start <= longestKey {
			return string(b.text(b.textCell(v)))
		}
		more, err = b.scan.NextMember()
	}
	return ""
}

// text is the text of a cell.
func (b *Builder) text(c cell) []byte {
	switch start, end := c.bits>>32, c.bits&math.MaxUint32; c.from {
	case inRecord:
		return b.record[start:end]
	case inMade:
		return b.made[start:end]
	}
	return nil
}

// Rows is how many rows a table has, by its place among the plan's tables.
func (b *Builder) Rows(table int) int64 { return int64(b.rows[table]) }

// Size is how many bytes the values take that the builder holds.
func (b *Builder) Size() int64 {
	size := 0
	for i := range b.columns {
		size += b.columns[i].size(b.rows[b.plan.columns[i].table])
	}
	return int64(size)
}

// Flush is the rows as one batch for every table, which the caller releases. The builder is empty
// afterwards.
func (b *Builder) Flush() []arrow.RecordBatch {
	batches := make([]arrow.RecordBatch, len(b.plan.tables))
	for i, t := range b.plan.tables {
		arrays := make([]arrow.Array, 0, t.upto-t.from)
		for c := t.from; c < t.upto; c++ {
			arrays = append(arrays, b.columns[c].finish(b.rows[i]))
		}
		batches[i] = array.NewRecordBatch(t.schema, arrays, int64(b.rows[i]))
		for _, a := range arrays {
			a.Release()
		}
	}
	clear(b.rows)
	return batches
}

// Release drops the rows and gives their memory back.
func (b *Builder) Release() {
	for i := range b.columns {
		b.columns[i].release()
	}
	clear(b.rows)
}
