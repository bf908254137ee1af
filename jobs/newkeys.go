package jobs

// Who was erased may get another name, address or number, and others' records name them by it. The directory says so, when it is
// read: then the keys are put on the list of who was erased before anything of that reading is published. Units of the
// session that begin later leave them out; what others have read by then goes through the list once more at the session's end,
// and what is not open in it with its next run, as after any erasure (erase.go).

import (
	"context"

	"graphlake/jobs/erased"
)

// newKeys takes in what a reading of people says; nil: it has none, or nobody was erased.
func (u *unit) newKeys() *erased.NewKeys {
	if len(u.Dataset.Keys) == 0 || len(u.left) == 0 {
		return nil
	}
	return &erased.NewKeys{TenantID: u.Tenant.ID, Datasets: u.session.selection.Datasets, Of: u.Dataset.Keys, IsErased: func(key string) bool {
		return u.left.has(key) || u.left.has(u.session.runner.Privacy.Pseudonym(key))
	}}
}

// noteKeys puts them on the list.
func (u *unit) noteKeys(ctx context.Context, n *erased.NewKeys) error {
	if n == nil {
		return nil
	}
	l, grown, err := n.Note(ctx, u.session.runner.Store, u.open.lake, u.session.runner.Privacy)
	if grown {
		u.open.log.InfoContext(ctx, "who was erased has new keys, and they are erased, too")
		u.session.grows(&l)
	}
	return err
}

// grows remembers the longest list.
func (s *Session) grows(l *erased.List) {
	for {
		before := s.grown.Load()
		if before != nil && len(before.Erasures) >= len(l.Erasures) || s.grown.CompareAndSwap(before, l) {
			return
		}
	}
}

// leftOut is who may not be in what is read of a dataset from now on.
func (s *Session) leftOut(o *openDataset) leftOut {
	if l := s.grown.Load(); l != nil {
		return leftOutOf(l.Of(o.tenant.ID))
	}
	return o.left
}

// eraseNewKeys takes people out once more, by keys that this session has met. No unit is under way.
func (s *Session) eraseNewKeys(ctx context.Context) []UnitReport {
	l := s.grown.Load()
	if l == nil {
		return nil
	}
	for _, o := range s.open {
		o.erasures, o.left = *l, leftOutOf(l.Of(o.tenant.ID))
	}
	return s.goOnErasing(ctx)
}
