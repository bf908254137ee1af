package delta

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"graphlake/load"
)

// lastCheckpoint is the version of the checkpoint that the log names; none if it names none.
func (t *Table) lastCheckpoint(ctx context.Context) (int64, error) {
	o, err := t.Store.Open(ctx, load.DeltaLastCheckpoint(t.Root))
	if errors.Is(err, fs.ErrNotExist) {
		return none, nil
	}
	if err != nil {
		return none, err
	}
	defer o.Close()
	return none, errCheckpoint
}

// readCheckpoint gives the state of a version that has a checkpoint, as far as it is of some partitions.
func (t *Table) readCheckpoint(_ context.Context, version int64, _ selection) (*state, error) {
	return nil, fmt.Errorf("version %d: %w", version, errCheckpoint)
}

var errCheckpoint = errors.New("the log has a checkpoint, which this version of graphlake does not read")
