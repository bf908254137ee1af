package transform

import "slices"

// frame holds what columns want of a scope's elements besides what goes to them at once: values for
// rows of other collections, and those that are chosen among several. They stay until the record has
// been read, and then fill one column after another.
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
		if b.rows[t]++; b.rows[t]-b.marks[t] > mostRows {
			return &RecordError{Reason: tooManyRows}
		}
	}
	below := f.below[(f.elements-1)*len(sc.below):]
	for i, t := range sc.below {
		below[i] = b.rows[t] - below[i]
	}
	for _, d := range sc.required {
		from := &b.plan.columns[d.column]
		var missing bool
		if from.direct {
			missing = b.columns[d.column].length < b.rows[from.table]
		} else {
			missing = from.value(f.cells).from == isNull && (from.below == none || below[from.below] > 0)
		}
		if missing {
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
	switch {
	case o.present:
		c.from = isBits // the bits of a null are zero, which is false
	case o.filled && c.from == isNull:
		c.from = inRecord // no bytes of it
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

// fill sets what could not be set while the record was read, column by column.
func (b *Builder) fill() {
	for _, i := range b.plan.late {
		from := &b.plan.columns[i]
		row := b.marks[from.table]
		if b.rows[from.table] == row {
			continue
		}
		f := &b.frames[from.scope.number]
		for e, cells := 0, f.all; e < f.elements; e, cells = e+1, cells[from.scope.cells:] {
			c := from.value(cells)
			for range from.rows(f, e) {
				b.set(i, row, c)
				row++
			}
		}
	}
}

// set sets the value of a row. That a column is full is known when the record ends.
func (b *Builder) set(column, row int, c cell) {
	switch c.from {
	case isNull:
	case isBits:
		b.columns[column].set(row, c.bits)
	default:
		text := b.text(c)
		if b.texts += len(text); b.texts > mostTimes*len(b.record)+mostMore {
			return // the record gives no rows
		}
		if err := b.columns[column].setText(row, text); err != nil {
			b.full = err
		}
	}
}

// cut takes back all rows of the record.
func (b *Builder) cut() {
	copy(b.rows, b.marks)
	for i := range b.columns {
		b.columns[i].cut(b.rows[b.plan.columns[i].table])
	}
}
