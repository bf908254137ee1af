package transform

import (
	"errors"
	"fmt"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"graphlake/schemas"
	"graphlake/transform/facts"
)

// Deriver turns raw rows into rows of a dataset's tables, those that are read and those that are computed. A value that does not fit an optional column
// is null and counted; a record that cannot be read becomes a quarantine row with the reason. It is not safe for concurrent use.
type Deriver struct {
	tables      *Builder
	facts       *facts.Facts
	quarantine  *array.RecordBuilder
	texts       int64 // bytes of the texts in quarantine
	records     int64
	quarantined int64
}

// NewDeriver makes a Deriver for the tables of a dataset, in the lake of a tenant.
func NewDeriver(d schemas.Dataset, tenantID string, mem memory.Allocator) (*Deriver, error) {
	plan, err := Compile(d.Inputs().Tables)
	if err != nil {
		return nil, fmt.Errorf("compile %s: %w", d.Name, err)
	}
	computed, err := facts.New(d, tenantID, mem)
	if err != nil {
		return nil, err
	}
	return &Deriver{
		facts:      computed,
		tables:     plan.NewBuilder(mem),
		quarantine: array.NewRecordBuilder(mem, schemas.QuarantineTable(d).Schema()),
	}, nil
}

// Append derives the rows of a raw batch. After an error the batch has been derived in part.
func (d *Deriver) Append(raw arrow.RecordBatch) error {
	texts, err := find[*array.String](raw, schemas.RecordText)
	if err != nil {
		return err
	}
	hashes, err := find[*array.String](raw, schemas.RecordHash)
	if err != nil {
		return err
	}
	times, err := find[*array.Timestamp](raw, schemas.RecordTime)
	if err != nil {
		return err
	}
	for i := range texts.Len() {
		start := texts.ValueOffset(i) - texts.ValueOffset(0)
		record := texts.ValueBytes()[start : start+texts.ValueLen(i)]
		d.records++
		err := d.tables.Append(record)
		bad, isBad := errors.AsType[*RecordError](err)
		switch {
		case isBad:
			d.reject(rawRow{times, hashes, texts, i}, bad)
		case err != nil:
			return fmt.Errorf("derive row %d of %d: %w", i, texts.Len(), err)
		}
	}
	return nil
}

// find is a column of a batch by its name.
func find[A arrow.Array](batch arrow.RecordBatch, name string) (column A, err error) {
	at := batch.Schema().FieldIndices(name)
	if len(at) != 1 {
		return column, fmt.Errorf("raw rows have %d columns %q, want one", len(at), name)
	}
	column, ok := batch.Column(at[0]).(A)
	if !ok {
		return column, fmt.Errorf("raw column %q is of type %v", name, batch.Column(at[0]).DataType())
	}
	return column, nil
}

type rawRow struct {
	times         *array.Timestamp
	hashes, texts *array.String
	row           int
}

func (d *Deriver) reject(r rawRow, bad *RecordError) {
	d.quarantined++
	when := d.quarantine.Field(0).(*array.TimestampBuilder)
	if r.times.IsNull(r.row) {
		when.AppendNull()
	} else {
		when.Append(r.times.Value(r.row))
	}
	for i, text := range []string{r.hashes.Value(r.row), bad.Path, bad.Reason, r.texts.Value(r.row)} {
		d.quarantine.Field(i + 1).(*array.StringBuilder).Append(text)
		d.texts += int64(len(text))
	}
}

// Records is how many raw rows were read.
func (d *Deriver) Records() int64 { return d.records }

// Quarantined is how many of them could not be derived.
func (d *Deriver) Quarantined() int64 { return d.quarantined }

// Misfits counts the values that did not fit, of all records that gave rows. The caller may keep it.
func (d *Deriver) Misfits() map[Misfit]int64 { return d.tables.Misfits() }

// Size is how many bytes the values take that the deriver holds.
func (d *Deriver) Size() int64 { return d.tables.Size() + d.texts }

// Flush is the rows as one batch for every table, in the dataset's order, and one for quarantine,
// which the caller releases. The deriver holds no rows afterwards; its counts go on.
func (d *Deriver) Flush() (tables []arrow.RecordBatch, quarantine arrow.RecordBatch) {
	d.texts = 0
	read := d.tables.Flush()
	defer func() {
		for _, batch := range read {
			batch.Release()
		}
	}()
	return d.facts.Compute(read), d.quarantine.NewRecordBatch()
}

// Release drops the rows and gives their memory back.
func (d *Deriver) Release() {
	d.tables.Release()
	d.facts.Release()
	d.quarantine.Release()
}
