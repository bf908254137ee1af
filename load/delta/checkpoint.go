package delta

import (
	"cmp"
	"context"
	"encoding/json"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
)

// A checkpoint is one Parquet file with a row an action and a nullable struct a kind of action, of which a row has one:
// the protocol's classic form. Any reader of Delta Lake reads ours whole. That a commit need not, the order is for:
//
//	row groups        what                                                     in the order of
//	the first         adds of files that lie in the directory of their values  add.path
//	those that follow removes of such files                                    remove.path
//	the last          protocol, metaData, txns, and files that lie elsewhere   –
//
// A file of given partitions is in a row group of the first kind whose statistics of the path admit their directory, or
// in the last kind, which lies beside the footer and is had with it. How many groups are of which kind, the footer says.

// Kinds of row groups, as the footer of a checkpoint of ours says it. One that does not say it is read whole.
type groupKinds struct {
	Adds    int `json:"adds"`
	Removes int `json:"removes"`
}

const groupKindsKey = "graphlake.rowGroups"

// groupRows is so small that what one commit needs is little, and so large that the footer is read in one piece with 200,000 files.
const groupRows = 1000

var (
	textType    = arrow.BinaryTypes.String
	numberType  = arrow.PrimitiveTypes.Int64
	truthType   = arrow.FixedWidthTypes.Boolean
	versionType = arrow.PrimitiveTypes.Int32
	mapType     = arrow.MapOf(textType, textType)
)

// checkpointSchema has the protocol's names. Nothing is required, so that each row may be of one kind.
var checkpointSchema = arrow.NewSchema([]arrow.Field{
	nullable("txn", structOf(nullable("appId", textType), nullable("version", numberType), nullable("lastUpdated", numberType))),
	nullable("add", structOf(nullable("path", textType), nullable("partitionValues", mapType), nullable("size", numberType),
		nullable("modificationTime", numberType), nullable("dataChange", truthType), nullable("stats", textType))),
	nullable("remove", structOf(nullable("path", textType), nullable("deletionTimestamp", numberType), nullable("dataChange", truthType),
		nullable("extendedFileMetadata", truthType), nullable("partitionValues", mapType), nullable("size", numberType))),
	nullable("metaData", structOf(nullable("id", textType), nullable("name", textType), nullable("description", textType),
		nullable("format", structOf(nullable("provider", textType), nullable("options", mapType))), nullable("schemaString", textType),
		nullable("partitionColumns", arrow.ListOf(textType)), nullable("createdTime", numberType), nullable("configuration", mapType))),
	nullable("protocol", structOf(nullable("minReaderVersion", versionType), nullable("minWriterVersion", versionType))),
}, nil)

func nullable(name string, t arrow.DataType) arrow.Field {
	return arrow.Field{Name: name, Type: t, Nullable: true}
}

func structOf(fields ...arrow.Field) arrow.DataType { return arrow.StructOf(fields...) }

// checkpointRows are the actions of a checkpoint by the kind of their row group, each in its order.
type checkpointRows struct{ adds, removes, rest []action }

// rows is what a checkpoint of a version has. Tombstones from before a time are left out, for the files may be gone.
func (s *state) rows(tombstonesFrom time.Time) checkpointRows {
	var r checkpointRows
	for path, a := range s.live {
		a.DataChange = false // a checkpoint changes nothing; others write it so too
		r.place(action{Add: &a}, &r.adds, s.inPlace(path, a.Path, a.PartitionValues))
	}
	for path, a := range s.removed {
		if a.DeletionTimestamp < millis(tombstonesFrom) {
			continue
		}
		a.DataChange = false
		r.place(action{Remove: &a}, &r.removes, s.inPlace(path, a.Path, a.PartitionValues))
	}
	for _, actions := range [][]action{r.adds, r.removes, r.rest} {
		slices.SortFunc(actions, func(a, b action) int { return cmp.Or(cmp.Compare(a.path(), b.path())) })
	}
	for _, app := range slices.Sorted(maps.Keys(s.txns)) {
		r.rest = append(r.rest, action{Txn: new(s.txns[app])})
	}
	r.rest = append(r.rest, action{Protocol: s.protocol}, action{MetaData: s.metaData})
	return r
}

func (r *checkpointRows) place(a action, there *[]action, inPlace bool) {
	if inPlace {
		*there = append(*there, a)
	} else {
		r.rest = append(r.rest, a)
	}
}

// path is the file's as the log has it.
func (a action) path() string {
	switch {
	case a.Add != nil:
		return a.Add.Path
	case a.Remove != nil:
		return a.Remove.Path
	}
	return ""
}

// inPlace reports whether who looks for the files in the directory of these values, as [directory] spells it, finds this one.
func (s *state) inPlace(path, encoded string, values partitionValues) bool {
	return encoded == encodePath(path) && len(values) == len(s.metaData.PartitionColumns) &&
		strings.HasPrefix(encoded, directory(s.metaData.PartitionColumns, values))
}

// directory begins the encoded paths of the files with these values, of which any may be missing: what comes behind the
// first that does is not said.
func directory(partitionBy []string, values map[string]string) string {
	var b strings.Builder
	for _, column := range partitionBy {
		value, ok := values[column]
		if !ok {
			break
		}
		b.WriteString(encodePath(column + "=" + value))
		b.WriteByte('/')
	}
	return b.String()
}

// writeCheckpoint writes rows as Parquet. The same rows give the same bytes.
func writeCheckpoint(ctx context.Context, to io.Writer, r checkpointRows) error {
	properties := parquet.NewWriterProperties(
		parquet.WithVersion(parquet.V2_LATEST), parquet.WithDataPageVersion(parquet.DataPageV1), parquet.WithCompression(compress.Codecs.Snappy),
		parquet.WithDictionaryDefault(false), parquet.WithStats(false), parquet.WithStatsFor("add.path", true), parquet.WithStatsFor("remove.path", true),
	)
	file, err := pqarrow.NewFileWriter(checkpointSchema, to, properties, pqarrow.DefaultWriterProps())
	if err != nil {
		return err
	}
	groups := groupKinds{}
	for _, kind := range []struct {
		rows  []action
		count *int
	}{{r.adds, &groups.Adds}, {r.removes, &groups.Removes}, {r.rest, new(int)}} {
		for rows := range slices.Chunk(kind.rows, groupRows) {
			if err := ctx.Err(); err != nil {
				return err
			}
			*kind.count++
			if err := writeGroup(file, rows); err != nil {
				return err
			}
		}
	}
	said, err := json.Marshal(groups)
	if err != nil {
		return err
	}
	if err := file.AppendKeyValueMetadata(groupKindsKey, string(said)); err != nil {
		return err
	}
	return file.Close()
}

func writeGroup(file *pqarrow.FileWriter, rows []action) error {
	b := array.NewRecordBuilder(memory.DefaultAllocator, checkpointSchema)
	defer b.Release()
	for _, a := range rows {
		appendAction(b, a)
	}
	rec := b.NewRecordBatch()
	defer rec.Release()
	file.NewBufferedRowGroup()
	return file.WriteBuffered(rec)
}

// appendAction appends a row, in the order of the columns in [checkpointSchema].
func appendAction(b *array.RecordBuilder, a action) {
	column := func(i int, there bool) (fields, bool) {
		s := b.Field(i).(*array.StructBuilder)
		if !there {
			s.AppendNull()
			return fields{}, false
		}
		s.Append(true)
		return fields{s}, true
	}
	if f, ok := column(0, a.Txn != nil); ok {
		f.text(0, &a.Txn.AppID)
		f.number(1, &a.Txn.Version)
		f.number(2, known(a.Txn.LastUpdated))
	}
	if f, ok := column(1, a.Add != nil); ok {
		f.text(0, &a.Add.Path)
		f.values(1, a.Add.PartitionValues)
		f.number(2, &a.Add.Size)
		f.number(3, &a.Add.ModificationTime)
		f.truth(4, a.Add.DataChange)
		f.text(5, known(a.Add.Stats))
	}
	if f, ok := column(2, a.Remove != nil); ok {
		f.text(0, &a.Remove.Path)
		f.number(1, &a.Remove.DeletionTimestamp)
		f.truth(2, a.Remove.DataChange)
		f.truth(3, a.Remove.ExtendedFileMetadata)
		f.values(4, a.Remove.PartitionValues)
		f.number(5, known(a.Remove.Size))
	}
	if f, ok := column(3, a.MetaData != nil); ok {
		f.metaData(a.MetaData)
	}
	if f, ok := column(4, a.Protocol != nil); ok {
		f.version(0, a.Protocol.MinReaderVersion)
		f.version(1, a.Protocol.MinWriterVersion)
	}
}

// known is nil of what means that nothing is known.
func known[T comparable](v T) *T {
	if v == *new(T) {
		return nil
	}
	return &v
}

// fields append to the members of a struct.
type fields struct{ *array.StructBuilder }

func (f fields) text(i int, v *string) {
	b := f.FieldBuilder(i).(*array.StringBuilder)
	if v == nil {
		b.AppendNull()
	} else {
		b.Append(*v)
	}
}

func (f fields) number(i int, v *int64) {
	b := f.FieldBuilder(i).(*array.Int64Builder)
	if v == nil {
		b.AppendNull()
	} else {
		b.Append(*v)
	}
}

func (f fields) truth(i int, v bool) { f.FieldBuilder(i).(*array.BooleanBuilder).Append(v) }

func (f fields) version(i, v int) { f.FieldBuilder(i).(*array.Int32Builder).Append(int32(v)) }

// texts appends a map, sorted by key.
func (f fields) texts(i int, values map[string]string) {
	b := f.FieldBuilder(i).(*array.MapBuilder)
	b.Append(true)
	for _, key := range slices.Sorted(maps.Keys(values)) {
		b.KeyBuilder().(*array.StringBuilder).Append(key)
		b.ItemBuilder().(*array.StringBuilder).Append(values[key])
	}
}

// values appends those of partition columns, of which "" is null, as in JSON.
func (f fields) values(i int, values partitionValues) {
	b := f.FieldBuilder(i).(*array.MapBuilder)
	if values == nil {
		b.AppendNull()
		return
	}
	b.Append(true)
	for _, column := range slices.Sorted(maps.Keys(values)) {
		b.KeyBuilder().(*array.StringBuilder).Append(column)
		if item := b.ItemBuilder().(*array.StringBuilder); values[column] == "" {
			item.AppendNull()
		} else {
			item.Append(values[column])
		}
	}
}

func (f fields) metaData(m *metaData) {
	f.text(0, &m.ID)
	f.text(1, known(m.Name))
	f.text(2, known(m.Description))
	form := fields{f.FieldBuilder(3).(*array.StructBuilder)}
	form.Append(true)
	form.text(0, &m.Format.Provider)
	form.texts(1, m.Format.Options)
	f.text(4, &m.SchemaString)
	columns := f.FieldBuilder(5).(*array.ListBuilder)
	columns.Append(true)
	for _, column := range m.PartitionColumns {
		columns.ValueBuilder().(*array.StringBuilder).Append(column)
	}
	f.number(6, known(m.CreatedTime))
	f.texts(7, m.Configuration)
}
