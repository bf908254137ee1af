package load

import (
	"context"
	"fmt"
	"iter"
)

// Listed is a partition as the store lists it.
type Listed struct {
	Partition
	Info Info
}

// List lists the partitions of a table or dataset of one tenant, or of all tenants if tenantID is empty, by tenant and
// date.
func (l *Lake) List(ctx context.Context, kind Kind, name, tenantID string) iter.Seq2[Listed, error] {
	prefix := kind.Of(name) + tenantPart
	if tenantID != "" {
		prefix += tenantID + "/"
	}
	return func(yield func(Listed, error) bool) {
		for info, err := range l.store.List(ctx, prefix) {
			if err != nil {
				yield(Listed{}, fmt.Errorf("partitions of %s %s: %w", kind, name, err))
				return
			}
			// What is no partition is somebody else's file, and none of our business.
			if p, ok := ParsePartition(info.Name); ok && !yield(Listed{p, info}, nil) {
				return
			}
		}
	}
}

// Partitions is List without what the store says of them.
func (l *Lake) Partitions(ctx context.Context, kind Kind, name, tenantID string) iter.Seq2[Partition, error] {
	return func(yield func(Partition, error) bool) {
		for p, err := range l.List(ctx, kind, name, tenantID) {
			if !yield(p.Partition, err) {
				return
			}
		}
	}
}

// Remove removes a partition for good, under the lock and in the version that was listed: what another has published
// since stays, and is an [ErrConflict].
func (l *Lake) Remove(ctx context.Context, p Listed) error {
	if err := l.held(); err != nil {
		return err
	}
	return l.store.Remove(ctx, p.Info.Name, Still(p.Info.Version))
}
