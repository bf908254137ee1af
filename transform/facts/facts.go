package facts

import (
	"errors"
	"fmt"
	"slices"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"graphlake/schemas"
)

// Facts adds what is computed to batches of what was read. It is not safe for concurrent use.
type Facts struct {
	tenant string
	mem    memory.Allocator
	all    []table // of the dataset, computed ones too
	read   []schemas.Table
	inputs []input
	each   []func() // computes for the batches whose arrays are bound
	errs   []error
}

// table is how a table is put together.
type table struct {
	name     string
	schema   *arrow.Schema
	computed bool
	columns  []column
}

// column is where the values of a column are: in a column that was read, or in a builder.
type column struct {
	name string
	read int
	made array.Builder
}

// input is a column that a computation looks at.
type input struct {
	table, column int
	bind          func(arrow.Array)
}

// New makes the Facts of a dataset, in the lake of a tenant.
func New(d schemas.Dataset, tenantID string, mem memory.Allocator) (*Facts, error) {
	f := &Facts{tenant: tenantID, mem: mem, read: d.Inputs().Tables}
	used := map[schemas.Computation]bool{}
	for _, t := range d.Tables {
		to := table{name: t.Name, schema: t.Schema(), computed: t.Computed != 0}
		read := 0
		for _, c := range t.Columns {
			if c.Computed == 0 {
				to.columns = append(to.columns, column{c.Name, read, nil})
				read++
				continue
			}
			used[c.Computed] = true
			to.columns = append(to.columns, column{c.Name, -1, array.NewBuilder(mem, c.Type.Arrow())})
		}
		f.all = append(f.all, to)
	}
	var bound []array.Builder
	for _, of := range computers {
		if slices.ContainsFunc(of.gives, func(c schemas.Computation) bool { return used[c] }) {
			bound = append(bound, of.bind(f)...)
		}
	}
	for _, t := range f.all {
		for _, c := range t.columns {
			if c.made != nil && !slices.Contains(bound, c.made) {
				f.errs = append(f.errs, fmt.Errorf("table %s: column %s is computed, but by nothing", t.name, c.name))
			}
		}
	}
	if err := errors.Join(f.errs...); err != nil {
		f.Release()
		return nil, fmt.Errorf("facts of %s: %w", d.Name, err)
	}
	return f, nil
}

// computers are the computations that go together, because they look at the same rows. Each binds what it looks at and
// gives the builders that it fills.
var computers = []struct {
	gives []schemas.Computation
	bind  func(*Facts) []array.Builder
}{
	{[]schemas.Computation{schemas.CallLegs, schemas.CallPersons, schemas.CallTotals, schemas.StreamQuality}, newCalls},
	{[]schemas.Computation{schemas.PSTNLegs}, newPSTN},
	{[]schemas.Computation{schemas.DirectRoutingLegs}, newDirectRouting},
	{[]schemas.Computation{schemas.WorkingHours}, newHours},
}

// look binds a column of what was read to an array of the computation.
func look[A arrow.Array](f *Facts, table, name string, to *A) {
	t := slices.IndexFunc(f.read, func(t schemas.Table) bool { return t.Name == table })
	if t < 0 {
		f.errs = append(f.errs, fmt.Errorf("there is no table %s", table))
		return
	}
	c := slices.IndexFunc(f.read[t].Columns, func(c schemas.Column) bool { return c.Name == name })
	if c < 0 {
		f.errs = append(f.errs, fmt.Errorf("table %s has no column %s", table, name))
		return
	}
	empty := array.MakeArrayOfNull(f.mem, f.read[t].Columns[c].Type.Arrow(), 0)
	defer empty.Release()
	if _, ok := empty.(A); !ok {
		f.errs = append(f.errs, fmt.Errorf("table %s: column %s is of type %v", table, name, empty.DataType()))
		return
	}
	f.inputs = append(f.inputs, input{t, c, func(a arrow.Array) { *to, _ = a.(A) }})
}

// give finds the builder of a computed column.
func give[B array.Builder](f *Facts, table, name string, to *B) array.Builder {
	for _, t := range f.all {
		for _, c := range t.columns {
			if t.name != table || c.name != name || c.made == nil {
				continue
			}
			made, ok := c.made.(B)
			if !ok {
				f.errs = append(f.errs, fmt.Errorf("table %s: computed column %s is of type %v", table, name, c.made.Type()))
			}
			*to = made
			return c.made
		}
	}
	f.errs = append(f.errs, fmt.Errorf("table %s has no computed column %s", table, name))
	return nil
}

// Compute adds what is computed. It takes a batch for each table that is read, in the dataset's order, with all rows of
// whole records, whose rows stand in the same order in each; and gives one for every table, which the caller releases. The
// caller still has what it gave.
func (f *Facts) Compute(read []arrow.RecordBatch) []arrow.RecordBatch {
	for _, in := range f.inputs {
		in.bind(read[in.table].Column(in.column))
	}
	for _, compute := range f.each {
		compute()
	}
	made := make([]arrow.RecordBatch, len(f.all))
	next := 0
	for i, t := range f.all {
		arrays := make([]arrow.Array, len(t.columns))
		rows := int64(0)
		for j, c := range t.columns {
			if c.made != nil {
				arrays[j] = c.made.NewArray()
			} else {
				arrays[j] = read[next].Column(c.read)
				arrays[j].Retain()
			}
			rows = int64(arrays[j].Len())
		}
		if !t.computed {
			next++
		}
		made[i] = array.NewRecordBatch(t.schema, arrays, rows)
		for _, a := range arrays {
			a.Release()
		}
	}
	return made
}

// Release gives the memory back.
func (f *Facts) Release() {
	for _, t := range f.all {
		for _, c := range t.columns {
			if c.made != nil {
				c.made.Release()
			}
		}
	}
}
