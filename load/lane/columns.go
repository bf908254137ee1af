package lane

import (
	"context"

	"graphlake/schemas"
)

// Columns are the names of those that the Delta table of a table of a tenant has. One that was added to the table since is
// there from the next day on that is published. A Delta table that is not there is an [fs.ErrNotExist].
func (l *Lane) Columns(ctx context.Context, t schemas.Table, tenantID string) (names []string, err error) {
	columns, err := l.table(t, tenantID).Columns(ctx)
	if err != nil {
		return nil, named(l.Root(t, tenantID), err)
	}
	for _, c := range columns {
		names = append(names, c.Name)
	}
	return names, nil
}
