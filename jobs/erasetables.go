package jobs

// What becomes of tables and of quarantine of which nothing is derived any more, because raw of the day is not kept, or
// because they are too old and an expire was broken off before it had removed them: the rows themselves go through the list. Each file is replaced in one step; which are still to be done, they show.

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"graphlake/internal/record"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/schemas"
	"graphlake/transform/privacy"
)

// eraseWithoutRaw takes people out of what was derived and is not derived anew. The root table is the last of a day: it
// says whose the records are of which the other tables have rows.
func (o *openDataset) eraseWithoutRaw(ctx context.Context, raw []time.Time, rep *UnitReport) error {
	days := map[time.Time]bool{}
	note := func(kind load.Kind, name string) error {
		for p, err := range o.lake.Partitions(ctx, kind, name, o.tenant.ID) {
			if err != nil {
				return err
			}
			days[p.Date] = days[p.Date] || !slices.ContainsFunc(raw, p.Date.Equal) || o.staysRemoved(kind, p.Date)
		}
		return nil
	}
	err := note(load.Quarantine, o.dataset.Name)
	for _, t := range o.dataset.Tables {
		err = errors.Join(err, note(load.Tables, t.Name))
	}
	if err != nil {
		return err
	}
	for _, date := range slices.SortedFunc(maps.Keys(days), time.Time.Compare) {
		if !days[date] {
			continue
		}
		if err := o.eraseTables(ctx, date, rep); err != nil {
			return fmt.Errorf("tables of %s of %s: %w", o.dataset.Name, date.Format(time.DateOnly), err)
		}
	}
	return nil
}

func (o *openDataset) eraseTables(ctx context.Context, date time.Time, rep *UnitReport) error {
	root := o.dataset.Root()
	gone := map[string]bool{} // records, by the key of the root table
	e, err := newRowEraser(o, root, nil)
	if err != nil {
		return err
	}
	defer e.rows.Release()
	for batch, err := range o.lake.Read(ctx, o.partition(load.Tables, root.Name, date), root) {
		if errors.Is(err, fs.ErrNotExist) {
			break
		}
		if err != nil {
			return err
		}
		for row := range int(batch.NumRows()) {
			if _, goes := e.row(ctx, batch, row); goes {
				gone[e.record(batch, row)] = true
			}
		}
		if e.stopped != nil {
			return e.stopped
		}
	}
	calls, err := o.sidesOf(ctx, date)
	if err != nil {
		return err
	}
	err = o.eraseRows(ctx, o.partition(load.Quarantine, o.dataset.Name, date), schemas.QuarantineTable(o.dataset), known{gone, nil}, rep)
	for _, t := range slices.Backward(o.dataset.Tables) {
		if err == nil {
			err = o.eraseRows(ctx, o.partition(load.Tables, t.Name, date), t, known{gone, calls}, rep)
		}
	}
	return err
}

// known is what is known of a day: keys of records that are somebody's own, and who the sides of its calls are.
type known struct {
	gone  map[string]bool
	calls *sides
}

// eraseRows takes people out of the rows of a partition, if it is there.
func (o *openDataset) eraseRows(ctx context.Context, p load.Partition, t schemas.Table, of known, rep *UnitReport) error {
	there, err := o.lake.Exists(ctx, p)
	if err != nil || !there {
		return err
	}
	e, err := newRowEraser(o, t, of.gone)
	if err != nil {
		return err
	}
	e.calls = of.calls
	defer e.rows.Release()
	w, err := o.lake.Write(ctx, p, t)
	if err != nil {
		return err
	}
	defer w.Discard()
	for batch, err := range o.lake.Read(ctx, p, t) {
		if err == nil {
			err = e.add(ctx, batch)
		}
		if err != nil {
			return err
		}
		without := e.rows.NewRecordBatch()
		err = w.Append(without)
		without.Release()
		if err != nil {
			return err
		}
	}
	if !e.changed {
		return nil
	}
	if err := o.noteErasing(ctx, p.Date); err != nil {
		return err
	}
	c, err := w.Commit(ctx)
	if err == nil {
		rep.count(c)
		o.noteCommits(c)
	}
	return err
}

// noteErasing notes that a day is about to change.
func (o *openDataset) noteErasing(ctx context.Context, date time.Time) error {
	if st := o.state.View(); slices.ContainsFunc(st.Erasing, date.Equal) {
		return nil
	}
	return o.state.Update(ctx, func(st *state.State) { st.MarkErasing(date) })
}

// rowEraser makes rows without people. A row goes if it is of a record that is a person's own, or of an element that is, as
// a membership: the filter of records takes the same elements.
type rowEraser struct {
	people  *privacy.People
	json    *privacy.Filter // of columns that hold JSON
	records *privacy.Filter // of records in quarantine
	table   schemas.Table
	columns []schemas.Column
	own     []bool // by column: it says whose the record is
	element []bool // by column: it says whose the element is that the row is of
	root    []int  // columns that have the key of the record; not all: none
	gone    map[string]bool
	members [][]string // by column: where the object of the row has it
	nulls   []bool     // by column: the row has it no more
	// By column, of a side of a stream: where the object has it, by the direction, which a column says.
	sided     []map[string][]string
	direction int
	calls     *sides
	rows      *array.RecordBuilder
	stopped   error // the context has ended: what is said of rows is worth nothing
	changed   bool
}

func newRowEraser(o *openDataset, t schemas.Table, gone map[string]bool) (*rowEraser, error) {
	people := o.erasures.Of(o.tenant.ID)
	records, err := people.Filter(o.dataset)
	if err != nil {
		return nil, err
	}
	filter, err := people.Filter(schemas.Dataset{})
	if err != nil {
		return nil, err
	}
	e := &rowEraser{people: people, json: filter, records: records, table: t, columns: t.Columns, gone: gone}
	for _, c := range t.Columns {
		own, element := false, t.Each != "" && c.Personal && slices.Contains(t.Key, c.Name) && !c.Path.FromRecord()
		for _, path := range append([]schemas.Path{c.Path}, c.Else...) {
			own = own || slices.ContainsFunc(o.dataset.Owner, func(p schemas.Path) bool { return p.Absolute("") == path.Absolute(t.Each) })
			element = element || slices.Contains(t.Owner, path)
		}
		e.members = append(e.members, memberOf(c))
		e.sided = append(e.sided, membersByDirection(c))
		e.own, e.element = append(e.own, own), append(e.element, element)
	}
	for _, name := range o.dataset.Root().Key {
		key, _ := o.dataset.Root().Column(name)
		at := slices.IndexFunc(t.Columns, func(c schemas.Column) bool { return c.Path.Absolute(t.Each) == key.Path.Absolute("") })
		if e.root = append(e.root, at); at < 0 {
			e.root = nil
			break
		}
	}
	e.direction = slices.IndexFunc(t.Columns, func(c schemas.Column) bool { return c.Path == "streamDirection" })
	e.rows = array.NewRecordBuilder(o.memory, t.Schema())
	return e, nil
}

var errOtherType = errors.New("it is of a type that no column has")

// record is the key of the record that a row is of; "" where the row does not say it.
func (e *rowEraser) record(batch arrow.RecordBatch, row int) string {
	var key []byte
	for _, at := range e.root {
		value := batch.Column(at).ValueStr(row)
		key = append(strconv.AppendInt(key, int64(len(value)), 10), ' ')
		key = append(key, value...)
	}
	return string(key)
}

// row gives the texts of a row without people, and says whether it goes.
func (e *rowEraser) row(ctx context.Context, batch arrow.RecordBatch, row int) (cells []string, goes bool) {
	cells = make([]string, len(e.columns))
	goes = len(e.root) > 0 && e.gone[e.record(batch, row)]
	for i, c := range e.columns {
		texts, ok := batch.Column(i).(*array.String)
		if !ok || texts.IsNull(row) {
			continue
		}
		text, stays := e.cell(ctx, c, texts.Value(row))
		cells[i] = text
		e.changed = e.changed || text != texts.Value(row) || !stays
		goes = goes || !stays || e.own[i] && text != texts.Value(row) || e.element[i] && e.people.Has(texts.Value(row))
	}
	e.nulls = e.nulls[:0]
	if !goes && e.object(ctx, batch, row, cells) {
		e.changed = true
	}
	e.changed = e.changed || goes
	return cells, goes
}

// cell is a text without people; it does not stay, if it is a record of theirs.
func (e *rowEraser) cell(ctx context.Context, c schemas.Column, text string) (without string, stays bool) {
	switch {
	case c.Name == schemas.RecordText:
		r, stays, err := e.records.Apply(ctx, record.Record{JSON: []byte(text)})
		e.stopped = cmp.Or(e.stopped, err)
		return string(r.JSON), stays
	case c.Type == schemas.JSON:
		r, _, err := e.json.Of(e.table, c).Apply(ctx, record.Record{JSON: []byte(text)})
		e.stopped = cmp.Or(e.stopped, err)
		return string(r.JSON), true
	}
	return e.people.Cell(e.table, c, text), true
}

func (e *rowEraser) add(ctx context.Context, batch arrow.RecordBatch) error {
	for row := range int(batch.NumRows()) {
		cells, goes := e.row(ctx, batch, row)
		if e.stopped != nil {
			return e.stopped
		}
		if goes {
			continue
		}
		for i, c := range e.columns {
			var err error
			if len(e.nulls) > 0 && e.nulls[i] {
				e.rows.Field(i).AppendNull()
			} else if texts, ok := batch.Column(i).(*array.String); ok && !texts.IsNull(row) {
				err = appendTo[*array.StringBuilder](e.rows.Field(i), cells[i])
			} else {
				err = appendCell(e.rows.Field(i), batch.Column(i), row)
			}
			if err != nil {
				return fmt.Errorf("column %s: %w", c.Name, err)
			}
		}
	}
	return nil
}

// appendCell copies a value that is no text, of the types that columns have ([schemas.Type.Arrow]).
func appendCell(to array.Builder, from arrow.Array, row int) error {
	if from.IsNull(row) {
		to.AppendNull()
		return nil
	}
	switch from := from.(type) {
	case *array.Boolean:
		return appendTo[*array.BooleanBuilder](to, from.Value(row))
	case *array.Int32:
		return appendTo[*array.Int32Builder](to, from.Value(row))
	case *array.Int64:
		return appendTo[*array.Int64Builder](to, from.Value(row))
	case *array.Float64:
		return appendTo[*array.Float64Builder](to, from.Value(row))
	case *array.Decimal128:
		return appendTo[*array.Decimal128Builder](to, from.Value(row))
	case *array.Timestamp:
		return appendTo[*array.TimestampBuilder](to, from.Value(row))
	}
	return errOtherType
}

func appendTo[B interface{ Append(V) }, V any](to array.Builder, value V) error {
	builder, ok := to.(B)
	if !ok {
		return errOtherType
	}
	builder.Append(value)
	return nil
}
