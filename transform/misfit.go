package transform

import "maps"

// Misfit says which value did not fit an optional column and was taken for null. It never holds the value.
type Misfit struct {
	Table, Column string // of those that read it, or something in it, the first
	Path          string // of the value, from the record on, without positions in arrays
	Reason        string
}

// oddValue is a value of the record that is being read, which counts only if the record gives rows.
type oddValue struct {
	column int
	at     *node
	reason string
}

func (b *Builder) misfit(column int, at *node, reason string) {
	b.odd = append(b.odd, oddValue{column, at, reason})
}

func (b *Builder) countMisfits() {
	if b.misfits == nil {
		b.misfits = map[Misfit]int64{}
	}
	for _, o := range b.odd {
		c := &b.plan.columns[o.column]
		b.misfits[Misfit{b.plan.tables[c.table].name, c.name, o.at.Is.path, o.reason}]++
	}
}

// Misfits counts the values that did not fit, of all records since the builder was made.
func (b *Builder) Misfits() map[Misfit]int64 { return maps.Clone(b.misfits) }
