package jobs

// What a day of raw becomes when its records are looked at again by other rules: after somebody was erased, or by rules of
// privacy that are newer than the day. It is one more derivation, of raw from raw, and goes the way of all: the day is
// marked dirty, raw is replaced in one step, the tables and the quarantine are derived from it, the day is clean. Whoever
// is stopped in between leaves a day that the next start derives, and a filter that finds nothing more to change in what
// it has changed already. A day of which no record changes keeps its bytes.

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"graphlake/internal/record"
	"graphlake/jobs/derive"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/schemas"
)

// filter is what a record becomes, which is valid until the next call; false: it goes. What it gives, it leaves as it is.
// It is of one goroutine.
type filter func(context.Context, record.Record) (r record.Record, stays bool, err error)

// rewriteRaw passes the records of a day of raw through a filter. If one of them changes, the day is replaced and derived
// anew. Its caller sees to it that nobody else works on the day. Days of one dataset may be rewritten side by side.
//
// A cursor that goes on from the day, because it is the newest picture, goes on from what the day becomes. In between
// the state has no hash of it, as of one that a run has been cut off behind.
func (o *openDataset) rewriteRaw(ctx context.Context, date time.Time, through filter) (changed bool, r derive.Result, err error) {
	return o.rewriteRawNoting(ctx, date, through, func(*state.State) {})
}

// rewriteRawNoting notes also something else in the state, when it marks the day.
func (o *openDataset) rewriteRawNoting(ctx context.Context, date time.Time, through filter, note func(*state.State)) (changed bool, r derive.Result, err error) {
	rows, err := o.filteredRaw(ctx, date, through)
	if err == nil && rows != nil {
		defer rows.Discard()
		changed = true
		r, err = o.replaceRaw(ctx, date, rows, note)
	}
	if err != nil {
		return changed, r, fmt.Errorf("%s of %s: %w", o.dataset.Name, date.Format(time.DateOnly), err)
	}
	return changed, r, nil
}

// replaceRaw publishes a day of raw and derives it.
func (o *openDataset) replaceRaw(ctx context.Context, date time.Time, rows *load.Rewrite, note func(*state.State)) (r derive.Result, err error) {
	known := false
	if st := o.state.View(); st.PictureHash != "" && st.Picture.Equal(date) {
		hash, err := o.lake.Hash(ctx, o.raw(date))
		if err != nil {
			return r, err
		}
		known = hash == st.PictureHash // of one that was restored the cursor knows nothing, whatever becomes of it
	}
	err = o.state.Update(ctx, func(st *state.State) {
		o.markDirty(st, []time.Time{date})
		if known {
			st.PictureHash = ""
		}
		note(st)
	})
	if err != nil {
		return r, err
	}
	c, err := rows.Commit(ctx)
	if err != nil {
		return r, err
	}
	o.noteRows(c)
	o.noteCommits(c)
	if r, err = o.derive(ctx, date); err != nil {
		return r, err
	}
	if known {
		err = o.noteHash(ctx)
	}
	return r, err
}

// noteHash gives the state the hash of the picture from which its cursor goes on, if it has none. Whoever has rewritten
// the days of a dataset calls it at the end, for another may have been stopped before it did.
func (o *openDataset) noteHash(ctx context.Context) error {
	st := o.state.View()
	if st.Cursor == "" || st.PictureHash != "" || !o.dataset.Mode.Pictures() {
		return nil
	}
	hash, err := o.lake.Hash(ctx, o.raw(st.Picture))
	if err != nil {
		return err
	}
	return o.state.Update(ctx, func(st *state.State) { st.PictureHash = hash })
}

// filteredRaw is what raw of a day becomes, not published yet; nil if nothing of it changes.
func (o *openDataset) filteredRaw(ctx context.Context, date time.Time, through filter) (*load.Rewrite, error) {
	changes := false
	for text, err := range o.records(ctx, date) { // as a rule a day that changes shows it early
		if err != nil {
			return nil, err
		}
		r, stays, err := through(ctx, record.Record{JSON: text})
		if err != nil {
			return nil, err
		}
		if changes = !stays || !bytes.Equal(r.JSON, text); changes {
			break
		}
	}
	if !changes {
		return nil, nil
	}
	rewrite, err := o.lake.Rewrite(ctx, o.raw(date), schemas.RawTable(o.dataset))
	if err != nil {
		return nil, err
	}
	if err := o.rewrite(ctx, date, through, rewrite.Add); err != nil {
		return nil, errors.Join(err, rewrite.Discard())
	}
	return rewrite, nil
}

// rewrite gives the rows that raw of a day becomes.
func (o *openDataset) rewrite(ctx context.Context, date time.Time, through filter, to func(arrow.RecordBatch) error) error {
	rows, err := newRawRows(o.dataset, o.memory, to)
	if err != nil {
		return err
	}
	defer rows.release()
	for text, err := range o.records(ctx, date) {
		if err != nil {
			return err
		}
		r, stays, err := through(ctx, record.Record{JSON: text})
		if err == nil && stays {
			err = rows.add(r)
		}
		if err != nil {
			return err
		}
	}
	return rows.flush()
}

// records are the records that raw holds of a day, each valid until the next.
func (o *openDataset) records(ctx context.Context, date time.Time) iter.Seq2[[]byte, error] {
	texts := schemas.RawTable(o.dataset)
	texts.Key = nil
	texts = texts.Only(schemas.RecordText)
	return func(yield func([]byte, error) bool) {
		for batch, err := range o.lake.Read(ctx, o.raw(date), texts) {
			if err != nil {
				yield(nil, err)
				return
			}
			column, ok := batch.Column(0).(*array.String)
			if !ok {
				yield(nil, fmt.Errorf("raw of %s has no texts", o.dataset.Name))
				return
			}
			for i := range column.Len() {
				start := column.ValueOffset(i) - column.ValueOffset(0)
				if !yield(column.ValueBytes()[start:start+column.ValueLen(i)], nil) {
					return
				}
			}
		}
	}
}
