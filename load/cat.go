package load

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"graphlake/schemas"
)

// Exists reports whether a partition is there.
func (l *Lake) Exists(ctx context.Context, p Partition) (bool, error) {
	object, err := l.store.Open(ctx, p.Object())
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, object.Close()
}

// Cat writes a partition's rows as JSON lines, in the order of the columns and with the partition
// columns in front, as readers of the lake see them.
func (l *Lake) Cat(ctx context.Context, w io.Writer, p Partition, t schemas.Table) error {
	out := bufio.NewWriter(w)
	for batch, err := range l.Read(ctx, p, t) {
		if err != nil {
			return err
		}
		for row := range int(batch.NumRows()) {
			fmt.Fprintf(out, `{"tenant_id":%q,"dt":%q`, p.TenantID, p.Date.Format(time.DateOnly))
			for i, column := range batch.Columns() {
				value, err := json.Marshal(column.GetOneForMarshal(row))
				if err != nil {
					return fmt.Errorf("%s, column %s: %w", p, batch.ColumnName(i), err)
				}
				fmt.Fprintf(out, `,%q:%s`, batch.ColumnName(i), value)
			}
			if _, err := out.WriteString("}\n"); err != nil {
				return err
			}
		}
	}
	return out.Flush()
}
