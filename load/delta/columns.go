package delta

import "context"

// Columns are those of the table's newest version. They are read without a file's entry in a checkpoint, however large the table
// is. A table that does not exist is an [fs.ErrNotExist].
func (t *Table) Columns(ctx context.Context) ([]Column, error) {
	s, err := t.readTable(ctx, selection{})
	if err != nil {
		return nil, err
	}
	return parseSchema(s.metaData.SchemaString)
}
