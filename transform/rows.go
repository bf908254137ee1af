package transform

// rowsBelow notes how many rows the tables have now that get rows from collections in the scope.
func (b *Builder) rowsBelow(sc *scope, rows []int) {
	for i := range sc.below {
		rows[i] = b.rows[sc.below[i].table]
	}
}

// rowsOf appends the values of an element that has been read: one row to its own tables, and its
// columns of the rows that collections in it have given. Columns of one table may so be of different
// length in between; they are even again when the record ends.
func (b *Builder) rowsOf(sc *scope, f *frame) *RecordError {
	for i := range sc.own {
		if fault := b.fill(&sc.own[i], f, 1); fault != nil {
			return fault
		}
	}
	for _, t := range sc.tables {
		b.rows[t]++
	}
	for i := range sc.below {
		rows := b.rows[sc.below[i].table] - f.before[i]
		if rows == 0 {
			continue
		}
		for j := range sc.below[i].targets {
			if fault := b.fill(&sc.below[i].targets[j], f, rows); fault != nil {
				return fault
			}
		}
	}
	return nil
}

// fill appends the value of a target to its column, rows times.
func (b *Builder) fill(to *target, f *frame, rows int) *RecordError {
	c := f.cells[to.cell]
	for i := 0; c.from == isNull && i < len(to.others); i++ {
		c = f.cells[to.others[i]]
	}
	if to.present {
		c.from = isBits // the bits of a null are zero, which is false
	}
	if c.from == isNull && to.required {
		return &RecordError{Path: to.path, Reason: "required, but not there"}
	}
	column := &b.columns[to.column]
	for range rows {
		switch c.from {
		case isNull:
			column.appendNull()
		case isBits:
			column.appendBits(c.bits)
		default:
			if err := column.appendText(b.text(c)); err != nil {
				b.full = err
				return &RecordError{}
			}
		}
	}
	return nil
}
