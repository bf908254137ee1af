package audit

import (
	"context"
	"fmt"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"graphlake/extract"
	"graphlake/jobs/erased"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/schemas"
	"graphlake/transform"
	"graphlake/transform/privacy"
)

// endTime is the column that says when a listed record ended.
const endTime = "listed_end_time"

// batchBytes of what is listed are compared at a time.
const batchBytes = 4 << 20

// againstGraph compares what raw holds of the day with what Graph lists of the times that were read,
// for datasets that it lists by the time of their records. No record is read by its id.
func (d *dayAudit) againstGraph(ctx context.Context) error {
	client := d.of.auditor.Clients[d.of.tenant.ID]
	if client == nil || !d.of.reads || d.of.dataset.Mode != schemas.Windowed {
		return nil
	}
	asked := d.listable()
	if len(asked) == 0 {
		return nil
	}
	if err := d.of.excluded.Err(d.of.tenant.ID); err != nil {
		return err
	}
	held, err := d.versions(ctx)
	if err != nil {
		return err
	}
	listed, err := newListed(d.of.dataset, d.of.auditor.Memory)
	if err != nil {
		return err
	}
	defer listed.Release()
	scrubber, err := privacy.NewScrubber(d.of.dataset, d.of.auditor.Privacy) // raw knows personal keys by their pseudonyms
	if err != nil {
		return err
	}
	left, err := erased.Load(ctx, d.of.auditor.Store) // whom nobody misses
	if err != nil {
		return err
	}
	without, err := left.Of(d.of.tenant.ID).Filter(d.of.dataset)
	if err != nil {
		return err
	}
	excluded, err := d.of.excluded.Filter(d.of.tenant.ID, d.of.dataset)
	if err != nil {
		return err
	}
	options := extract.Options{Now: d.of.auditor.Now, Log: d.of.auditor.Log, ListOnly: true, LeftOut: d.of.excluded.Of(d.of.tenant.ID).Has}
	c := comparison{dataset: d.of.dataset, now: d.of.auditor.Now, held: held}
	compare := func() {
		batch := listed.Flush()[0]
		defer batch.Release()
		c.compare(batch)
	}
	for _, r := range asked {
		reading := extract.Read(client, d.of.dataset, r, options)
		for record, err := range reading.Records(ctx) {
			stays := err == nil
			if stays {
				record, stays, err = excluded.Apply(ctx, record)
			}
			if err == nil && stays {
				record, err = scrubber.Scrub(ctx, record)
			}
			if err == nil && stays {
				record, stays, err = without.Apply(ctx, record)
			}
			if err == nil && stays {
				err = listed.Append(record.JSON)
			}
			if err != nil {
				return err
			}
			if listed.Size() >= batchBytes {
				compare()
			}
		}
		compare()
	}
	d.findListed(FoundUnread, c.unread)
	d.findListed(FoundBehind, c.older)
	return nil
}

// findListed notes what Graph knows better; it does not say that raw and its tables disagree.
func (d *dayAudit) findListed(kind FindingKind, count int64) {
	if count > 0 {
		d.findings = append(d.findings, d.of.finding(kind, ofRaw, d.date, count))
	}
}

// listable is what was read of the day and Graph still lists.
func (d *dayAudit) listable() []schemas.Range {
	day := schemas.Range{From: d.date, To: d.date.Add(schemas.Day)}
	if d.of.dataset.Retention > 0 {
		day.From = schemas.Later(day.From, d.of.auditor.Now.UTC().Add(-d.of.dataset.Retention).Truncate(time.Second).Add(time.Second))
	}
	var all []schemas.Range
	for _, r := range d.state.Coverage.Ranges(state.Covered.Held) {
		if r = (schemas.Range{From: schemas.Later(r.From, day.From), To: schemas.Earlier(r.To, day.To)}); r.From.Before(r.To) {
			all = append(all, r)
		}
	}
	return schemas.Joined(all)
}

// versions are the records of the day and of the days around it, where one may be that has moved.
func (d *dayAudit) versions(ctx context.Context) (map[load.KeyHash]int64, error) {
	raw := schemas.RawTable(d.of.dataset)
	all := map[load.KeyHash]int64{}
	for _, day := range []time.Time{d.before(), d.date, d.date.Add(schemas.Day)} {
		there, err := d.of.lake.Exists(ctx, d.of.raw(day))
		if err != nil {
			return nil, err
		}
		if !there {
			continue
		}
		for k, err := range d.of.lake.Keys(ctx, d.of.raw(day), raw, raw.Key) {
			if err != nil {
				return nil, err
			}
			all[k.Hash] = max(all[k.Hash], k.Version)
		}
	}
	return all, nil
}

// newListed makes rows of what is listed: the raw table's, with the end of each record.
func newListed(d schemas.Dataset, mem memory.Allocator) (*transform.Builder, error) {
	t := schemas.RawTable(d)
	end := schemas.Column{Name: endTime, Type: schemas.Timestamp, Path: t.Columns[len(t.Key)].Path}
	if d.Source.Detail != nil && d.Source.Detail.End != "" {
		end.Path = d.Source.Detail.End
	}
	t.Columns = append(t.Columns, end)
	compiled, err := transform.Compile([]schemas.Table{t})
	if err != nil {
		return nil, fmt.Errorf("compile the list of %s: %w", d.Name, err)
	}
	if mem == nil {
		mem = memory.DefaultAllocator
	}
	return compiled.NewBuilder(mem), nil
}

// comparison counts what Graph lists and raw does not hold.
type comparison struct {
	dataset       schemas.Dataset
	now           time.Time
	held          map[load.KeyHash]int64
	unread, older int64
}

func (c *comparison) compare(listed arrow.RecordBatch) {
	ends := listed.Column(listed.Schema().FieldIndices(endTime)[0]).(*array.Timestamp)
	for i, k := range load.KeysOf(listed, c.dataset.Root().Key) {
		version, ok := c.held[k.Hash]
		switch {
		case ok && version < k.Version:
			c.older++
		case !ok && c.ready(ends, i):
			c.unread++
		}
	}
}

// ready reports whether a listed record is old enough to be there.
func (c *comparison) ready(ends *array.Timestamp, i int) bool {
	detail := c.dataset.Source.Detail
	if detail == nil || ends.IsNull(i) {
		return true
	}
	return ends.Value(i).ToTime(arrow.Microsecond).Add(detail.Ready).Before(c.now)
}
