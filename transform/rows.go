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
	if c.from == isNull && to.special != nil {
		var fault *RecordError
		if c, fault = to.special.instead(f); fault != nil {
			return fault
		}
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

// instead is the cell that stands in for one that is null.
func (s *special) instead(f *frame) (cell, *RecordError) {
	for _, other := range s.others {
		if c := f.cells[other]; c.from != isNull {
			return c, nil
		}
	}
	switch {
	case s.present:
		return cell{0, isBits}, nil // false
	case s.required:
		return cell{}, &RecordError{Path: s.path, Reason: "required, but not there"}
	}
	return cell{}, nil
}
