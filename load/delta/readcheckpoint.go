package delta

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/metadata"

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
	properties := parquet.NewReaderProperties(memory.DefaultAllocator)
	properties.MaxUncompressedPageSize = mostOfPage
	opened, err := file.NewParquetReader(f.source, file.WithMetadata(meta), file.WithReadProps(properties))
	if err != nil {
		return err
	}
	columns := f.columns(of.kind)
	had := len(f.source.pieces)
	for i := 0; i < len(groups); {
		var spans []span
		for size := int64(0); i+len(spans) < len(groups) && (size < batchBytes || len(spans) == 0); {
			next, err := f.spanOf(meta.RowGroup(i+len(spans)), columns)
			if err != nil {
				return fmt.Errorf("row group %d: %w", groups[i+len(spans)], err)
			}
			spans, size = append(spans, next), size+next.to-next.from
		}
		if err := f.source.fetch(slices.Clone(spans)...); err != nil {
			return err
		}
		for range spans {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := f.group(opened.RowGroup(i), columns, of); err != nil {
				return fmt.Errorf("row group %d: %w", groups[i], err)
			}
			i++
		}
		f.source.pieces = f.source.pieces[:had]
	}
	return nil
}

// mostOfPage is what a page may say that it has. Ours have 1 MiB, as most do.
const mostOfPage = 64 << 20

// spanOf is where the columns of a row group lie. What lies nowhere is damaged, before the library makes room for it.
func (f *checkpointFile) spanOf(meta *metadata.RowGroupMetaData, columns []int) (of span, err error) {
	of = span{f.source.size(), 0}
	for _, i := range columns {
		chunk, err := meta.ColumnChunk(i)
		if err != nil {
			return span{}, err
		}
		from, size := chunk.DataPageOffset(), chunk.TotalCompressedSize()
		if chunk.HasDictionaryPage() && chunk.DictionaryPageOffset() > 0 {
			from = min(from, chunk.DictionaryPageOffset())
		}
		if from < 0 || size < 0 || from > f.source.size() || size > f.source.size()-from {
			return span{}, errShort
		}
		of = span{min(of.from, from), max(of.to, from+size)}
	}
	return of, nil
}

// group takes in what is wanted of a row group. It reads the paths first, where that says which rows are wanted.
func (f *checkpointFile) group(group *file.RowGroupReader, columns []int, of wanted) error {
	r := &rows{leaves: map[string][][]cell{}}
	var keep []bool
	if first := f.meta.Schema.ColumnIndexByName(of.kind + ".path"); of.kind != "" {
		paths, err := f.leaf(group, first, nil)
		if err != nil {
			return err
		}
		kept, some := begins(paths, of.within)
		if !some {
			return nil
		}
		keep = kept
		r.leaves[of.kind+".path"], r.n = [][]cell{paths}, len(paths)
		columns = slices.DeleteFunc(slices.Clone(columns), func(i int) bool { return i == first })
	}
	for _, i := range columns {
		cells, err := f.leaf(group, i, keep)
		if err != nil {
			return err
		}
		member := memberOf(f.meta.Schema.Column(i).Path())
		r.leaves[member], r.n = append(r.leaves[member], cells), len(cells)
	}
	for row := range r.n {
		if keep != nil && !keep[row] {
			continue
		}
		if r.there(row, "sidecar.path") {
			return foreign("its checkpoint is of version 2 and lies in several files, which graphlake does not read")
		}
		if err := of.s.act(actionOf(r, row)); err != nil {
			return err
		}
	}
	return nil
}

// leaf reads a leaf, which has a value or none in every row.
func (f *checkpointFile) leaf(group *file.RowGroupReader, i int, keep []bool) ([]cell, error) {
	column := f.meta.Schema.Column(i)
	if !ofType(column, memberOf(column.Path())) {
		return nil, fmt.Errorf("column %s is %v", column.Path(), column.PhysicalType())
	}
	chunk, err := group.Column(i)
	if err != nil {
		return nil, err
	}
	defer chunk.Close()
	cells, err := readLeaf(chunk, keep)
	if err == nil && int64(len(cells)) != group.NumRows() {
		err = errOfValues
	}
	if err != nil {
		return nil, fmt.Errorf("column %s: %w", column.Path(), err)
	}
	return cells, nil
}

// columns are the indices of the leaves that are read of a kind of action, or of all kinds.
func (f *checkpointFile) columns(kind string) []int {
	var columns []int
	for i := range f.meta.Schema.NumColumns() {
		member := memberOf(f.meta.Schema.Column(i).Path())
		if member != "" && (kind == "" || strings.HasPrefix(member, kind+".")) {
			columns = append(columns, i)
		}
	}
	return columns
}

// actionOf is the action of a row.
func actionOf(r *rows, row int) (a action) {
	if r.there(row, "txn.appId") {
		a.Txn = &txn{r.text(row, "txn.appId"), r.number(row, "txn.version"), r.number(row, "txn.lastUpdated")}
	}
	if r.there(row, "add.path") {
		a.Add = &add{
			Path: r.text(row, "add.path"), PartitionValues: r.texts(row, "add.partitionValues"), Size: r.number(row, "add.size"),
			ModificationTime: r.number(row, "add.modificationTime"), Stats: r.text(row, "add.stats"),
		}
		if count := "add.stats_parsed.numRecords"; a.Add.Stats == "" && r.there(row, count) {
			a.Add.Stats = fmt.Sprintf(`{"numRecords":%d}`, r.number(row, count))
		}
		if r.there(row, "add.deletionVector.storageType") {
			a.Add.DeletionVector = new(struct{})
		}
	}
	if r.there(row, "remove.path") {
		a.Remove = &remove{
			Path: r.text(row, "remove.path"), DeletionTimestamp: r.number(row, "remove.deletionTimestamp"),
			ExtendedFileMetadata: r.truth(row, "remove.extendedFileMetadata"),
			PartitionValues:      r.texts(row, "remove.partitionValues"), Size: r.number(row, "remove.size"),
		}
	}
	if r.there(row, "metaData.schemaString") {
		a.MetaData = &metaData{
			ID: r.text(row, "metaData.id"), Name: r.text(row, "metaData.name"), Description: r.text(row, "metaData.description"),
			Format:       format{r.text(row, "metaData.format.provider"), r.texts(row, "metaData.format.options")},
			SchemaString: r.text(row, "metaData.schemaString"), PartitionColumns: r.list(row, "metaData.partitionColumns"),
			Configuration: r.texts(row, "metaData.configuration"), CreatedTime: r.number(row, "metaData.createdTime"),
		}
	}
	if r.there(row, "protocol.minReaderVersion") {
		a.Protocol = &protocol{
			int(r.number(row, "protocol.minReaderVersion")), int(r.number(row, "protocol.minWriterVersion")),
			r.list(row, "protocol.readerFeatures"), r.list(row, "protocol.writerFeatures"),
		}
	}
	return a
}
