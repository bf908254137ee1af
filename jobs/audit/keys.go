package audit

import (
	"bytes"
	"context"
	"slices"

	"graphlake/load"
	"graphlake/schemas"
)

// keys are the keys of a partition's rows, sorted: sixteen bytes a row.
type keys []load.KeyHash

func compareHashes(a, b load.KeyHash) int { return bytes.Compare(a[:], b[:]) }

func (k keys) has(h load.KeyHash) bool {
	_, ok := slices.BinarySearchFunc(k, h, compareHashes)
	return ok
}

// keys reads the keys of a partition, and counts the rows beyond the first of each.
func (d *dayAudit) keys(ctx context.Context, p load.Partition, t schemas.Table) (all keys, repeated int64, err error) {
	for k, err := range d.of.lake.Keys(ctx, p, t, t.Key) {
		if err != nil {
			return nil, 0, err
		}
		all = append(all, k.Hash)
	}
	slices.SortFunc(all, compareHashes)
	rows := len(all)
	all = slices.Compact(all)
	return all, int64(rows - len(all)), nil
}

// auditRaw finds records that raw holds twice on the day.
func (d *dayAudit) auditRaw(ctx context.Context) error {
	_, repeated, err := d.keys(ctx, d.of.raw(d.date), schemas.RawTable(d.of.dataset))
	if err != nil {
		return d.unreadable(ctx, d.of.raw(d.date), ofRaw, err)
	}
	if repeated > 0 {
		d.find(FoundDuplicate, ofRaw, repeated)
	}
	return nil
}

// auditTables finds partitions that are not there, rows that are there twice, and rows without their
// parent. The keys of tables without children are not kept.
func (d *dayAudit) auditTables(ctx context.Context) error {
	known := map[string]keys{}
	for _, t := range d.of.dataset.Tables {
		if !d.there(d.table(t)) {
			d.find(FoundMissing, t.Name, 1)
			continue
		}
		all, repeated, err := d.keys(ctx, d.table(t), t)
		if err != nil {
			if err := d.unreadable(ctx, d.table(t), t.Name, err); err != nil {
				return err
			}
			continue
		}
		if repeated > 0 {
			d.find(FoundDuplicate, t.Name, repeated)
		}
		if d.hasChildren(t) {
			known[t.Name] = all
		}
		if err := d.auditOrphans(ctx, t, known); err != nil {
			return err
		}
	}
	if !d.there(d.quarantine()) || d.removed(load.Quarantine) {
		return nil
	}
	if _, err := d.of.lake.Count(ctx, d.quarantine()); err != nil {
		return d.unreadable(ctx, d.quarantine(), ofQuarantine, err)
	}
	return nil
}

func (d *dayAudit) hasChildren(t schemas.Table) bool {
	return slices.ContainsFunc(d.of.dataset.Tables, func(child schemas.Table) bool {
		parent, ok := d.of.dataset.Parent(child)
		return ok && parent.Name == t.Name
	})
}

func (d *dayAudit) auditOrphans(ctx context.Context, t schemas.Table, known map[string]keys) error {
	parent, ok := d.of.dataset.Parent(t)
	rows, read := known[parent.Name]
	if !ok || !read {
		return nil
	}
	var orphans int64
	for k, err := range d.of.lake.Keys(ctx, d.table(t), t, parent.Key) {
		if err != nil {
			return err
		}
		if !rows.has(k.Hash) {
			orphans++
		}
	}
	if orphans > 0 {
		d.find(FoundOrphan, t.Name, orphans)
	}
	return nil
}
