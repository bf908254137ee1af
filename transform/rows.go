package transform

import "slices"

// frame holds the values of a scope's elements in the record that is being read. They stay until the
// record has been read, and then fill one column after another: so a bad record never reaches the
// columns, and a column's memory is at hand while it is filled.
type frame struct {
	cells    []cell // of the element that is being read
	all      []cell // of all elements, one after another
	below    []int  // of all elements: how many rows each gave to the tables below
	elements int
}

// begin makes cells for another element.
func (b *Builder) begin(sc *scope) *frame {
	f := &b.frames[sc.number]
	from := f.elements * sc.cells
	f.all = slices.Grow(f.all[:from], sc.cells)[:from+sc.cells]
	f.cells = f.all[from:]
	clear(f.cells)
	f.below = f.below[:f.elements*len(sc.below)]
	for _, t := range sc.below {
		f.below = append(f.below, b.rows[t])
	}
	f.elements++
	return f
}

// end counts the rows of an element that has been read, and checks that they have what they must.
func (b *Builder) end(sc *scope, f *frame) *RecordError {
	for _, t := range sc.tables {
		b.rows[t]++
	}
	below := f.below[(f.elements-1)*len(sc.below):]
	for i, t := range sc.below {
		below[i] = b.rows[t] - below[i]
	}
	for _, d := range sc.required {
		from := &b.plan.columns[d.column]
		if from.value(f.cells).from == isNull && (from.below == none || below[from.below] > 0) {
			return &RecordError{Path: d.path, Reason: "required, but not there"}
		}
	}
	return nil
}

// value is the column's value among the cells of an element.
func (o *origin) value(cells []cell) cell {
	c := cells[o.cell]
	for i := 0; c.from == isNull && i < len(o.others); i++ {
		c = cells[o.others[i]]
	}
	if o.present {
		c.from = isBits // the bits of a null are zero, which is false
	}
	return c
}

// rows is how many rows of the column have the value of the i-th element.
func (o *origin) rows(f *frame, i int) int {
	if o.below == none {
		return 1
	}
	return f.below[i*len(o.scope.below)+o.below]
}

// reserve makes room in all columns for the rows of the record, so that nothing fails after it.
func (b *Builder) reserve() error {
	for i := range b.columns {
		from := &b.plan.columns[i]
		column := &b.columns[i]
		rows := b.rows[from.table] - b.marks[from.table]
		if rows == 0 {
			continue
		}
		column.reserve(rows)
		if column.store != texts {
			continue
		}
		f := &b.frames[from.scope.number]
		size := 0
		for e, cells := 0, f.all; e < f.elements; e, cells = e+1, cells[from.scope.cells:] {
			size += len(b.text(from.value(cells))) * from.rows(f, e)
		}
		if err := column.reserveText(size); err != nil {
			return err
		}
	}
	return nil
}

// fill appends the rows of the record, column by column.
func (b *Builder) fill() {
	for i := range b.columns {
		from := &b.plan.columns[i]
		if b.rows[from.table] == b.marks[from.table] {
			continue
		}
		column := &b.columns[i]
		f := &b.frames[from.scope.number]
		for e, cells := 0, f.all; e < f.elements; e, cells = e+1, cells[from.scope.cells:] {
			b.append(column, from.value(cells), from.rows(f, e))
		}
	}
}

// append appends a value so many times.
func (b *Builder) append(column *column, c cell, rows int) {
	for range rows {
		switch c.from {
		case isNull:
			column.appendNull()
		case isBits:
			column.appendBits(c.bits)
		default:
			column.appendText(b.text(c))
		}
	}
}
