package command

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
)

// differs says in what a live file has not what its days have.
func (c *laneComparison) differs(ctx context.Context, object string, f *liveFile, days []plainDay) (string, error) {
	text, err := os.ReadFile(filepath.Join(c.lake, filepath.FromSlash(object)))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "is live and not there", nil
	case err != nil:
		return "", err
	case !c.form.Compact && hashOf(text) != days[0].hash:
		return "has not the bytes of its plain file", nil
	case f.Stats == "": // the log says no more than that it is there
		return "", nil
	}
	got, err := rowsOf(ctx, text)
	if err != nil {
		return "", err
	}
	var said struct{ NumRecords int64 }
	if err := json.Unmarshal([]byte(f.Stats), &said); err != nil {
		return "", err
	}
	switch {
	case said.NumRecords != got.NumRows() || f.Size > 0 && f.Size != int64(len(text)):
		return fmt.Sprintf("has %d bytes and %d rows, and the log says %d and %d", len(text), got.NumRows(), f.Size, said.NumRecords), nil
	case !c.form.Compact:
		return "", nil
	}
	want, err := columnsOf(ctx, days)
	if err != nil {
		return "", err
	}
	return columnsDiffer(got, want), nil
}

// columnsOf are those of plain files, one after the other, with the day as a column.
func columnsOf(ctx context.Context, days []plainDay) (map[string][]arrow.Array, error) {
	all := map[string][]arrow.Array{}
	dates := array.NewDate32Builder(memory.DefaultAllocator)
	for _, p := range days {
		text, err := os.ReadFile(p.file)
		if err != nil {
			return nil, err
		}
		rows, err := rowsOf(ctx, text)
		if err != nil {
			return nil, err
		}
		for i := range int(rows.NumCols()) {
			c := rows.Column(i)
			all[c.Name()] = append(all[c.Name()], c.Data().Chunks()...)
		}
		day, err := time.Parse(time.DateOnly, p.date)
		if err != nil {
			return nil, err
		}
		dates.AppendValues(slices.Repeat([]arrow.Date32{arrow.Date32FromTime(day)}, int(rows.NumRows())), nil)
	}
	all["dt"] = []arrow.Array{dates.NewArray()}
	return all, nil
}

func columnsDiffer(got arrow.Table, want map[string][]arrow.Array) string {
	if int(got.NumCols()) != len(want) {
		return fmt.Sprintf("has %d columns, want %d", got.NumCols(), len(want))
	}
	for i := range int(got.NumCols()) {
		c := got.Column(i)
		chunks, ok := want[c.Name()]
		if !ok || !array.ChunkedEqual(c.Data(), arrow.NewChunked(c.DataType(), chunks)) {
			return "differs from its plain files in " + c.Name()
		}
	}
	return ""
}

// rowsOf are the rows of a Parquet file.
func rowsOf(ctx context.Context, text []byte) (arrow.Table, error) {
	parquet, err := file.NewParquetReader(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	reader, err := pqarrow.NewFileReader(parquet, pqarrow.ArrowReadProperties{}, memory.DefaultAllocator)
	if err != nil {
		return nil, err
	}
	return reader.ReadTable(ctx)
}
