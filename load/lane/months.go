package lane

import (
	"context"
	"errors"

	"graphlake/load/delta"
)

var errMonths = errors.New("Delta tables whose months are compacted cannot be written by this version")

// monthPartitions are those of form months: a partition has the files of all its days, or one.
func (l *Lane) monthPartitions(context.Context, publication) ([]delta.Partition, error) {
	return nil, errMonths
}
