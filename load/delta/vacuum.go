package delta

import (
	"context"
	"errors"
	"time"
)

// VacuumOptions say what goes.
type VacuumOptions struct {
	OlderThan time.Duration // data files that are live no more, and whose tombstone is not younger; 0: all
	Within    []string      // that begin so, below the table's root; nil: all
	DryRun    bool
}

// Vacuumed is what went.
type Vacuumed struct{ Files, Bytes int64 }

var errPending = errors.New("not yet")

// Vacuum removes data files that are live no more.
func (t *Table) Vacuum(context.Context, func() error, VacuumOptions) (Vacuumed, error) {
	return Vacuumed{}, errPending
}
