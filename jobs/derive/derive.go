package derive

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"graphlake/load"
	"graphlake/schemas"
	"graphlake/transform"
)

// Above both, a day's bad records are a fault of ours rather than of theirs, and its tables stay.
const (
	badRecords = 10
	badShare   = 0.01
)

// batchBytes of values are held before they are handed on to the lake.
const batchBytes = 4 << 20

// ErrTooManyBad says that so many records of a day could not be read that its tables were left alone.
var ErrTooManyBad = errors.New("too many records could not be read, so the tables stay as they were: quarantine says why, and a version that reads them replaces the tables")

// Day is a day of a dataset of a tenant in a lake.
type Day struct {
	Lake     *load.Lake
	Dataset  schemas.Dataset
	TenantID string
	Date     time.Time
	Memory   memory.Allocator // of rows; nil is Arrow's own
	// NoQuarantine says that records that could not be read are counted and not kept: they were removed.
	NoQuarantine bool
}

// Raw is the partition that the day is derived from.
func (d Day) Raw() load.Partition { return d.partition(load.Raw, d.Dataset.Name) }

// Table is the day's partition of a table.
func (d Day) Table(t schemas.Table) load.Partition { return d.partition(load.Tables, t.Name) }

// Quarantine is the partition of records that could not be read.
func (d Day) Quarantine() load.Partition { return d.partition(load.Quarantine, d.Dataset.Name) }

func (d Day) partition(kind load.Kind, name string) load.Partition {
	return load.Partition{Kind: kind, Name: name, TenantID: d.TenantID, Date: d.Date}
}

// Result is what a day's tables hold, and what became of their partitions.
type Result struct {
	Records     int64 // of raw that the tables were derived from
	Quarantined int64 // of these, that could not be read
	Misfits     map[transform.Misfit]int64
	Rows        map[string]int64 // by table
	Written     int              // partitions that changed
	Unchanged   int              // partitions that were the same already
	Commits     []load.Commit    // of these, in their order
}

func (r *Result) count(c load.Commit) {
	if c.Changed {
		r.Written++
	} else {
		r.Unchanged++
	}
	r.Commits = append(r.Commits, c)
}

// Derivation is the writers of one day of a dataset, open at the same time. It is of one goroutine, and ends with
// Discard, also after Commit.
type Derivation struct {
	day        Day
	rows       *transform.Deriver
	tables     []*load.Writer
	quarantine *load.Writer
}

// Read derives the day's raw rows. Nothing is published yet.
func Read(ctx context.Context, day Day) (*Derivation, error) {
	if day.Memory == nil {
		day.Memory = memory.DefaultAllocator
	}
	d := &Derivation{day: day}
	err := d.open(ctx)
	if err == nil {
		err = d.read(ctx)
	}
	if err != nil {
		d.Discard()
		return nil, err
	}
	return d, nil
}

func (d *Derivation) open(ctx context.Context) (err error) {
	if d.rows, err = transform.NewDeriver(d.day.Dataset, d.day.TenantID, d.day.Memory); err != nil {
		return err
	}
	for _, t := range d.day.Dataset.Tables {
		w, err := d.day.Lake.Write(ctx, d.day.Table(t), t)
		if err != nil {
			return err
		}
		d.tables = append(d.tables, w)
	}
	d.quarantine, err = d.day.Lake.Write(ctx, d.day.Quarantine(), schemas.QuarantineTable(d.day.Dataset))
	return err
}

func (d *Derivation) read(ctx context.Context) error {
	for batch, err := range d.day.Lake.Read(ctx, d.day.Raw(), schemas.RawTable(d.day.Dataset)) {
		if err != nil {
			return fmt.Errorf("read raw: %w", err)
		}
		if err := d.append(batch); err != nil {
			return err
		}
	}
	return d.flush()
}

func (d *Derivation) append(raw arrow.RecordBatch) error {
	if err := d.rows.Append(raw); err != nil {
		return err
	}
	if d.rows.Size() < batchBytes {
		return nil
	}
	return d.flush()
}

func (d *Derivation) flush() error {
	tables, quarantine := d.rows.Flush()
	defer quarantine.Release()
	var errs []error
	for i, batch := range tables {
		errs = append(errs, d.tables[i].Append(batch))
		batch.Release()
	}
	return errors.Join(append(errs, d.quarantine.Append(quarantine))...)
}

// Commit publishes the tables, children before their root, so that a reader who starts from the root finds its
// children. What was done until an error is in the result too: some tables are new then, and the day is as dirty as
// before.
func (d *Derivation) Commit(ctx context.Context) (Result, error) {
	r := d.Result()
	if err := d.commitQuarantine(ctx, &r); err != nil {
		return r, err
	}
	if r.Quarantined > badRecords && float64(r.Quarantined) > badShare*float64(r.Records) {
		return r, fmt.Errorf("%d of %d records: %w", r.Quarantined, r.Records, ErrTooManyBad)
	}
	for i, w := range slices.Backward(d.tables) {
		c, err := w.Commit(ctx)
		if err != nil {
			return r, err
		}
		r.Rows[d.day.Dataset.Tables[i].Name] = c.Rows
		r.count(c)
	}
	return r, nil
}

// commitQuarantine writes a file only where there is something to say, or was.
func (d *Derivation) commitQuarantine(ctx context.Context, r *Result) error {
	if d.day.NoQuarantine {
		return nil
	}
	if r.Quarantined == 0 {
		there, err := d.day.Lake.Exists(ctx, d.day.Quarantine())
		if err != nil || !there {
			return err
		}
	}
	c, err := d.quarantine.Commit(ctx)
	if err != nil {
		return err
	}
	r.count(c)
	return nil
}

// Discard lets go of what was not published.
func (d *Derivation) Discard() {
	if d.rows != nil {
		d.rows.Release()
	}
	for _, w := range append(d.tables, d.quarantine) {
		if w != nil {
			w.Discard()
		}
	}
}

// Writers are those of the tables, in the dataset's order, and of quarantine, for whoever compares what they hold with
// what is there: in a lake that is read only, their Commit tells and publishes nothing.
func (d *Derivation) Writers() (tables []*load.Writer, quarantine *load.Writer) {
	return d.tables, d.quarantine
}

// Result is what the tables would hold, without the partitions.
func (d *Derivation) Result() Result {
	return Result{Records: d.rows.Records(), Quarantined: d.rows.Quarantined(), Misfits: d.rows.Misfits(), Rows: map[string]int64{}}
}

// Count adds up the rows of a day's tables as they are. It reports false if a table is not there or damaged, or if the
// day has a quarantine: each derivation tries its records again.
func (d Day) Count(ctx context.Context) (r Result, clean bool, err error) {
	bad, err := d.Lake.Exists(ctx, d.Quarantine())
	if err != nil || bad {
		return r, false, err
	}
	r.Rows = map[string]int64{}
	for _, t := range d.Dataset.Tables {
		n, err := d.Lake.Count(ctx, d.Table(t))
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, load.ErrDamaged) {
			return Result{}, false, nil // somebody has removed or damaged it: it is made again
		}
		if err != nil {
			return Result{}, false, err
		}
		r.Rows[t.Name] = n
		r.Unchanged++
	}
	return r, true, nil
}
