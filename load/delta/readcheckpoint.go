package delta

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/metadata"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"

	"graphlake/load"
)

// damagedError says that all of a checkpoint can be had from the store, and that it is none.
type damagedError struct {
	object  string
	version load.Version
	err     error // what could not be read
}

func (e damagedError) Error() string {
	return fmt.Sprintf("%s is damaged (%v): restore it from a backup, or %s", e.object, e.err, anew)
}

func (e damagedError) Unwrap() error { return e.err }

// readCheckpoint gives the state of a version that has a checkpoint, with what is selected of the files. Of a checkpoint
// of ours it reads the footer and the row groups that can hold such files, and no more. One that is not there is an
// [fs.ErrNotExist], one that is none of the form that we read a damagedError or a [ForeignError].
func (t *Table) readCheckpoint(ctx context.Context, version int64, of selection) (*state, error) {
	name := load.DeltaCheckpoint(t.Root, version)
	s := newState(of)
	err := t.openCheckpoint(ctx, name, func(f *checkpointFile) error { return f.read(ctx, s) })
	if err != nil {
		return nil, err
	}
	s.version = version
	return s, nil
}

// sizeOfCheckpoint is how many actions and bytes a checkpoint has.
func (t *Table) sizeOfCheckpoint(ctx context.Context, version int64) (actions, bytes int64, err error) {
	err = t.openCheckpoint(ctx, load.DeltaCheckpoint(t.Root, version), func(f *checkpointFile) error {
		actions, bytes = f.meta.NumRows, f.source.size()
		return nil
	})
	return actions, bytes, err
}

// openCheckpoint opens a checkpoint for do, and makes of an error what it is: the store's or the caller's, or that the file is damaged.
func (t *Table) openCheckpoint(ctx context.Context, name string, do func(*checkpointFile) error) error {
	object, err := t.Store.Open(ctx, name)
	if err != nil {
		return err
	}
	defer object.Close()
	f := &checkpointFile{source: &ahead{object: object}}
	err = guarded(func() error {
		if err := f.open(); err != nil {
			return err
		}
		return do(f)
	})
	foreignErr, isForeign := errors.AsType[ForeignError](err)
	switch {
	case err == nil:
		return nil
	case f.source.err != nil:
		return fmt.Errorf("read %s: %w", name, f.source.err)
	case ctx.Err() != nil:
		return fmt.Errorf("read %s: %w", name, ctx.Err())
	case isForeign:
		return foreignErr
	}
	return damagedError{name, object.Info().Version, err}
}

// guarded makes an error of a panic: the library has some for files that are damaged.
func guarded(do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the library gave up: %v", p)
		}
	}()
	return do()
}

// checkpointFile is a checkpoint that is open for reading, ours or another's.
type checkpointFile struct {
	source *ahead
	footer *footer
	meta   *metadata.FileMetaData // without row groups
}

// lastBytes is what is read of a file first: the footer, and in ours what is always needed. A small file is had whole.
const lastBytes = 256 << 10

// batchBytes is about what is read of a file at a time.
const batchBytes = 16 << 20

var errIncomplete = errors.New("it has no protocol or no metadata")

func (f *checkpointFile) open() (err error) {
	size := f.source.size()
	if err := f.source.fetch(span{max(0, size-lastBytes), size}); err != nil {
		return err
	}
	if f.footer, err = readFooter(f.source); err != nil {
		return err
	}
	f.meta, err = f.footer.of(nil)
	return err
}

func (f *checkpointFile) read(ctx context.Context, s *state) error {
	n := len(f.footer.groups)
	kinds := f.kinds()
	if err := f.groups(ctx, groupsFrom(kinds.Adds+kinds.Removes, n), wanted{s: s}); err != nil {
		return err
	}
	if s.protocol == nil || s.metaData == nil {
		return errIncomplete
	}
	if kinds == (groupKinds{}) {
		return nil
	}
	adds := wanted{s, "add", s.of.directories(s.metaData.PartitionColumns)}
	if err := f.groups(ctx, groupsFrom(0, kinds.Adds), adds); err != nil || !s.of.tombstones {
		return err
	}
	removes := wanted{s, "remove", adds.within}
	return f.groups(ctx, groupsFrom(kinds.Adds, kinds.Adds+kinds.Removes), removes)
}

// wanted is what is read of row groups, and where it goes.
type wanted struct {
	s      *state
	kind   string   // of action; "" says all, of all groups
	within []string // as paths of that kind begin
}

// kinds is what the footer says of the row groups; nothing, if it is not one of ours.
func (f *checkpointFile) kinds() (kinds groupKinds) {
	said := f.meta.KeyValueMetadata().FindValue(groupKindsKey)
	if said == nil || json.Unmarshal([]byte(*said), &kinds) != nil {
		return groupKinds{}
	}
	if n := len(f.footer.groups); kinds.Adds < 0 || kinds.Removes < 0 || kinds.Adds > n || kinds.Removes > n-kinds.Adds {
		return groupKinds{}
	}
	return kinds
}

func groupsFrom(from, to int) []int {
	var groups []int
	for i := from; i < to; i++ {
		groups = append(groups, i)
	}
	return groups
}

// admitting are those of the row groups whose statistics admit what is wanted.
func (f *checkpointFile) admitting(groups []int, of wanted) ([]int, error) {
	if of.kind == "" {
		return groups, nil
	}
	column := f.meta.Schema.ColumnIndexByName(of.kind + ".path")
	if column < 0 {
		return nil, fmt.Errorf("it has no column %s.path", of.kind)
	}
	var admitting []int
	for _, i := range groups {
		if least, most, ok := f.footer.bounds(i, column); !ok || admits(least, most, of.within) {
			admitting = append(admitting, i)
		}
	}
	return admitting, nil
}

// admits reports whether a text from least to most can begin with one of some texts. They are compared byte by byte.
func admits(least, most string, within []string) bool {
	return slices.ContainsFunc(within, func(begin string) bool {
		return begin <= most && (least <= begin || strings.HasPrefix(least, begin))
	})
}

// groups reads what is wanted of row groups, some of them at a time.
func (f *checkpointFile) groups(ctx context.Context, groups []int, of wanted) error {
	groups, err := f.admitting(groups, of)
	if err != nil || len(groups) == 0 {
		return err
	}
	meta, err := f.footer.of(groups)
	if err != nil {
		return err
	}
	opened, err := file.NewParquetReader(f.source, file.WithMetadata(meta), file.WithReadProps(parquet.NewReaderProperties(memory.DefaultAllocator)))
	if err != nil {
		return err
	}
	arrowFile, err := pqarrow.NewFileReader(opened, pqarrow.ArrowReadProperties{BatchSize: 8192}, memory.DefaultAllocator)
	if err != nil {
		return err
	}
	columns := f.columns(of.kind)
	had := len(f.source.pieces)
	for i := 0; i < len(groups); {
		var spans []span
		for size := int64(0); i+len(spans) < len(groups) && (size < batchBytes || len(spans) == 0); {
			next, err := spanOf(meta.RowGroup(i+len(spans)), columns)
			if err != nil {
				return err
			}
			spans, size = append(spans, next), size+next.to-next.from
		}
		if err := f.source.fetch(slices.Clone(spans)...); err != nil {
			return err
		}
		for range spans {
			if err := readGroup(ctx, arrowFile, i, columns, of); err != nil {
				return fmt.Errorf("row group %d: %w", groups[i], err)
			}
			i++
		}
		f.source.pieces = f.source.pieces[:had]
	}
	return nil
}

// spanOf is where the columns of a row group lie.
func spanOf(meta *metadata.RowGroupMetaData, columns []int) (of span, err error) {
	for n, i := range columns {
		chunk, err := meta.ColumnChunk(i)
		if err != nil {
			return span{}, err
		}
		from := chunk.DataPageOffset()
		if chunk.HasDictionaryPage() && chunk.DictionaryPageOffset() > 0 {
			from = min(from, chunk.DictionaryPageOffset())
		}
		to := from + chunk.TotalCompressedSize()
		if n == 0 {
			of = span{from, to}
		}
		of = span{min(of.from, from), max(of.to, to)}
	}
	return of, nil
}

// readGroup reads one row group.
func readGroup(ctx context.Context, from *pqarrow.FileReader, group int, columns []int, of wanted) error {
	batches, err := from.GetRecordReader(ctx, columns, []int{group})
	if err != nil {
		return err
	}
	defer batches.Release()
	left := from.ParquetReader().MetaData().RowGroup(group).NumRows()
	for batches.Next() {
		rec := batches.RecordBatch()
		left -= rec.NumRows()
		if err := of.takeIn(rec); err != nil {
			return err
		}
	}
	if err := batches.Err(); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if left != 0 {
		return fmt.Errorf("it has %d rows less than it says", left)
	}
	return ctx.Err()
}

// members are what is read of each kind of action. What else others write, as statistics in columns of their own, asks nothing of us.
var members = map[string][]string{
	"txn":      {"appId", "version", "lastUpdated"},
	"add":      {"path", "partitionValues", "size", "modificationTime", "dataChange", "stats"},
	"remove":   {"path", "deletionTimestamp", "dataChange", "extendedFileMetadata", "partitionValues", "size"},
	"metaData": {"id", "name", "description", "format", "schemaString", "partitionColumns", "createdTime", "configuration"},
	"protocol": {"minReaderVersion", "minWriterVersion", "readerFeatures", "writerFeatures"},
}

// leaves are read too: what only checkpoints of others have, and what must not be overlooked.
var leaves = []string{"add.stats_parsed.numRecords", "add.deletionVector.storageType", "sidecar.path"}

// columns are the indices of the leaves that are read of a kind of action, or of all kinds.
func (f *checkpointFile) columns(kind string) []int {
	var columns []int
	for i := range f.meta.Schema.NumColumns() {
		path := f.meta.Schema.Column(i).Path()
		parts := strings.SplitN(path, ".", 3)
		if kind != "" && parts[0] != kind {
			continue
		}
		if len(parts) > 1 && slices.Contains(members[parts[0]], parts[1]) || slices.Contains(leaves, path) {
			columns = append(columns, i)
		}
	}
	return columns
}

// takeIn applies the actions of some rows.
func (w wanted) takeIn(rec arrow.RecordBatch) error {
	of := map[string]*cells{}
	for i, f := range rec.Schema().Fields() {
		column, ok := rec.Column(i).(*array.Struct)
		if !ok {
			return fmt.Errorf("column %s is no struct", f.Name)
		}
		of[f.Name] = newCells(column)
	}
	for row := range int(rec.NumRows()) {
		if of["sidecar"].there(row, "path") {
			return foreign("its checkpoint is of version 2 and lies in several files, which graphlake does not read")
		}
		if w.kind != "" && !of[w.kind].begins(row, "path", w.within) {
			continue
		}
		if err := w.s.act(actionOf(of, row)); err != nil {
			return err
		}
	}
	for name, c := range of {
		if c.err != nil {
			return fmt.Errorf("column %s: %w", name, c.err)
		}
	}
	return nil
}

// actionOf is the action of a row.
func actionOf(of map[string]*cells, row int) (a action) {
	if c := of["txn"]; c.there(row, "appId") {
		a.Txn = &txn{c.text(row, "appId"), c.number(row, "version"), c.number(row, "lastUpdated")}
	}
	if c := of["add"]; c.there(row, "path") {
		a.Add = &add{
			Path: c.text(row, "path"), PartitionValues: c.texts(row, "partitionValues"), Size: c.number(row, "size"),
			ModificationTime: c.number(row, "modificationTime"), Stats: c.text(row, "stats"),
		}
		if count := c.inside("stats_parsed"); a.Add.Stats == "" && count.there(row, "numRecords") {
			a.Add.Stats = fmt.Sprintf(`{"numRecords":%d}`, count.number(row, "numRecords"))
		}
		if c.inside("deletionVector").there(row, "storageType") {
			a.Add.DeletionVector = new(struct{})
		}
	}
	if c := of["remove"]; c.there(row, "path") {
		a.Remove = &remove{
			Path: c.text(row, "path"), DeletionTimestamp: c.number(row, "deletionTimestamp"), ExtendedFileMetadata: c.truth(row, "extendedFileMetadata"),
			PartitionValues: c.texts(row, "partitionValues"), Size: c.number(row, "size"),
		}
	}
	if c := of["metaData"]; c.there(row, "schemaString") {
		form := c.inside("format")
		a.MetaData = &metaData{
			ID: c.text(row, "id"), Name: c.text(row, "name"), Description: c.text(row, "description"),
			Format:       format{form.text(row, "provider"), form.texts(row, "options")},
			SchemaString: c.text(row, "schemaString"), PartitionColumns: c.list(row, "partitionColumns"),
			Configuration: c.texts(row, "configuration"), CreatedTime: c.number(row, "createdTime"),
		}
	}
	if c := of["protocol"]; c.there(row, "minReaderVersion") {
		a.Protocol = &protocol{
			int(c.number(row, "minReaderVersion")), int(c.number(row, "minWriterVersion")), c.list(row, "readerFeatures"), c.list(row, "writerFeatures"),
		}
	}
	return a
}
