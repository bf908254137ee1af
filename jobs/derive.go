package jobs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"graphlake/load"
	"graphlake/schemas"
	"graphlake/transform"
)

var allocator = memory.DefaultAllocator

// Above both, a day's bad records are a fault of ours rather than of theirs, and its tables stay.
const (
	badRecords = 10
	badShare   = 0.01
)

// ErrTooManyBad says that so many records of a day could not be read that its tables were left alone.
var ErrTooManyBad = errors.New("too many records could not be read, so the tables stay as they were: quarantine says why, and a version that reads them replaces the tables")

// derive replaces the tables of a day by what its raw partition gives, children before their root, so
// that a reader who starts from the root finds its children. The day is clean then.
func (h *holding) derive(ctx context.Context, date time.Time, rep *UnitReport) error {
	x := &derivation{ctx: ctx, holding: h, date: date}
	defer x.discard()
	if err := x.read(); err != nil {
		return err
	}
	if err := x.commit(rep); err != nil {
		return err
	}
	return h.cleaned(ctx, date, x.rows.Misfits())
}

// cleanAtOnce days are noted as clean by one change of the state: whoever is stopped before derives them again.
const cleanAtOnce = 32

// cleaned notes that a day was derived, now or with those that follow it.
func (h *holding) cleaned(ctx context.Context, date time.Time, misfits map[transform.Misfit]int64) error {
	h.mu.Lock()
	h.derived = append(h.derived, derivedDay{date, columnsOf(misfits)})
	full := len(h.derived) >= cleanAtOnce
	h.mu.Unlock()
	if full {
		return h.flush(ctx)
	}
	return nil
}

// flush tells the state of the days that were derived.
func (h *holding) flush(ctx context.Context) error {
	h.mu.Lock()
	days := h.derived
	h.derived = nil
	h.mu.Unlock()
	if len(days) == 0 {
		return nil
	}
	return h.update(context.WithoutCancel(ctx), func(st *State) {
		for _, d := range days {
			st.markClean(d.date, h.fingerprint)
			st.misfit(d.date, d.misfits)
		}
	})
}

type derivedDay struct {
	date    time.Time
	misfits map[string]int64
}

// columnsOf counts misfits by table and column.
func columnsOf(misfits map[transform.Misfit]int64) map[string]int64 {
	var columns map[string]int64
	for m, n := range misfits {
		if columns == nil {
			columns = map[string]int64{}
		}
		columns[m.Table+"."+m.Column] += n
	}
	return columns
}

// DayMisfits are the values of a day's records that did not fit their columns, by table.column.
type DayMisfits struct {
	Day     time.Time        `json:"day"`
	Columns map[string]int64 `json:"columns"`
}

// mostMisfitDays are remembered, the newest.
const mostMisfitDays = 31

// misfit notes the misfits of a day in the place of those that it had.
func (s *State) misfit(date time.Time, columns map[string]int64) {
	s.Misfits = slices.DeleteFunc(s.Misfits, func(m DayMisfits) bool { return m.Day.Equal(date) })
	if len(columns) > 0 {
		s.Misfits = append(s.Misfits, DayMisfits{date, columns})
		slices.SortFunc(s.Misfits, func(a, b DayMisfits) int { return a.Day.Compare(b.Day) })
	}
	if n := len(s.Misfits); n > mostMisfitDays {
		s.Misfits = s.Misfits[n-mostMisfitDays:]
	}
}

// derivation is the writers of one day of a dataset, open at the same time.
type derivation struct {
	*holding
	ctx  context.Context //nolint:containedctx // lives as long as one call of derive
	date time.Time

	rows       *transform.Deriver
	tables     []*load.Writer
	quarantine *load.Writer
}

// read derives the day's raw rows. Nothing is published yet.
func (x *derivation) read() error {
	if err := x.open(); err != nil {
		return err
	}
	for batch, err := range x.lake.Read(x.ctx, x.raw(x.date), schemas.RawTable(x.dataset)) {
		if err != nil {
			return fmt.Errorf("read raw: %w", err)
		}
		if err := x.append(batch); err != nil {
			return err
		}
	}
	return x.flush()
}

func (x *derivation) open() (err error) {
	if x.rows, err = transform.NewDeriver(x.dataset, allocator); err != nil {
		return err
	}
	for _, t := range x.dataset.Tables {
		w, err := x.lake.Write(x.ctx, x.partition(load.Tables, t.Name, x.date), t)
		if err != nil {
			return err
		}
		x.tables = append(x.tables, w)
	}
	x.quarantine, err = x.lake.Write(x.ctx, x.partition(load.Quarantine, x.dataset.Name, x.date), schemas.QuarantineTable(x.dataset))
	return err
}

func (x *derivation) append(raw arrow.RecordBatch) error {
	if err := x.rows.Append(raw); err != nil {
		return err
	}
	if x.rows.Size() < batchBytes {
		return nil
	}
	return x.flush()
}

func (x *derivation) flush() error {
	tables, quarantine := x.rows.Flush()
	defer quarantine.Release()
	var errs []error
	for i, batch := range tables {
		errs = append(errs, x.tables[i].Append(batch))
		batch.Release()
	}
	return errors.Join(append(errs, x.quarantine.Append(quarantine))...)
}

func (x *derivation) commit(rep *UnitReport) error {
	bad := x.rows.Quarantined()
	rep.derived += x.rows.Records()
	rep.Quarantined += bad
	rep.misfit(x.rows.Misfits())
	if bad > 0 {
		rep.Quarantine = append(rep.Quarantine, x.partition(load.Quarantine, x.dataset.Name, x.date).Object())
	}
	if err := x.commitQuarantine(bad, rep); err != nil {
		return err
	}
	if bad > badRecords && float64(bad) > badShare*float64(x.rows.Records()) {
		return fmt.Errorf("%d of %d records: %w", bad, x.rows.Records(), ErrTooManyBad)
	}
	for i, w := range slices.Backward(x.tables) {
		c, err := w.Commit(x.ctx)
		if err != nil {
			return err
		}
		rep.Rows[x.dataset.Tables[i].Name] += c.Rows
		rep.count(c)
	}
	return nil
}

func (u *UnitReport) misfit(misfits map[transform.Misfit]int64) {
	for column, n := range columnsOf(misfits) {
		if u.Misfits == nil {
			u.Misfits = map[string]int64{}
		}
		u.Misfits[column] += n
	}
}

// commitQuarantine writes a file only where there is something to say, or was.
func (x *derivation) commitQuarantine(bad int64, rep *UnitReport) error {
	if bad == 0 {
		there, err := x.lake.Exists(x.ctx, x.partition(load.Quarantine, x.dataset.Name, x.date))
		if err != nil || !there {
			return err
		}
	}
	c, err := x.quarantine.Commit(x.ctx)
	if err != nil {
		return err
	}
	rep.count(c)
	return nil
}

func (x *derivation) discard() {
	if x.rows != nil {
		x.rows.Release()
	}
	for _, w := range append(x.tables, x.quarantine) {
		if w != nil {
			w.Discard()
		}
	}
}
