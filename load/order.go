package load

import (
	"cmp"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/maphash"
	"math"
	"slices"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"graphlake/schemas"
)

// row is a row of a batch that somebody else holds.
type row struct {
	batch arrow.RecordBatch
	at    int
	day   int32 // that it is filed under if it has no time; of a held row, its partition's
	held  bool  // by the lake already
}

// order knows where a raw table's columns are: by what its rows are sorted, and which of two
// copies of a record wins.
type order struct {
	time, version, hash int
	removed             int // 0 where records are not marked
	text                int // 0 where there are no records
	key                 []int
}

func newOrder(t schemas.Table) (order, error) {
	schema := t.Schema()
	var missing error
	find := func(name string) int {
		at := schema.FieldIndices(name)
		if len(at) == 0 {
			missing = cmp.Or(missing, fmt.Errorf("table %s is no raw table: it has no column %s", t.Name, name))
			return 0
		}
		return at[0]
	}
	o := order{time: find(schemas.RecordTime), version: find(schemas.RawVersion), hash: find(schemas.RecordHash)}
	for name, at := range map[string]*int{schemas.RawRemoved: &o.removed, schemas.RecordText: &o.text} {
		if found := schema.FieldIndices(name); len(found) > 0 {
			*at = found[0]
		}
	}
	for _, name := range t.Key {
		o.key = append(o.key, find(name))
	}
	for _, f := range schema.Fields() {
		if !sortable(f.Type) {
			missing = cmp.Or(missing, fmt.Errorf("table %s: column %s of type %v cannot be in a raw table", t.Name, f.Name, f.Type))
		}
	}
	return o, missing
}

// filed is when a row happened; without a time, the day that it is filed under. The last day that there is has no
// next one, and is how some services say that there is no time.
func (o order) filed(r row) time.Time {
	if t, ok := o.happened(r); ok {
		return t.ToTime(arrow.Microsecond)
	}
	return dateOf(r.day)
}

func (o order) happened(r row) (arrow.Timestamp, bool) {
	times := r.batch.Column(o.time).(*array.Timestamp)
	if times.IsNull(r.at) {
		return 0, false
	}
	t := times.Value(r.at)
	return t, t < lastDay
}

var lastDay = arrow.Timestamp(time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC).UnixMicro())

// filedOn is the day of filed.
func (o order) filedOn(r row) int32 {
	if t, ok := o.happened(r); ok {
		return int32(int64(t) / schemas.Day.Microseconds())
	}
	return r.day
}

// byTime orders rows by day, time, key and hash. Of a day, rows without a time come first.
func (o order) byTime(a, b row) int {
	if a.batch.Column(o.time).IsNull(a.at) || b.batch.Column(o.time).IsNull(b.at) {
		if c := cmp.Compare(o.filedOn(a), o.filedOn(b)); c != 0 {
			return c
		}
	}
	if c := compareColumn(o.time, a, b); c != 0 {
		return c
	}
	return o.byKey(a, b)
}

// byKey orders rows by key and hash.
func (o order) byKey(a, b row) int {
	for _, i := range o.key {
		if c := compareColumn(i, a, b); c != 0 {
			return c
		}
	}
	return compareColumn(o.hash, a, b)
}

// byRecord orders rows by key, and by hash where there is no whole key. Rows of one record are equal.
func (o order) byRecord(a, b row) int {
	for _, i := range o.key {
		if c := compareColumn(i, a, b); c != 0 {
			return c
		}
	}
	if o.keyed(a) {
		return 0
	}
	return compareColumn(o.hash, a, b)
}

// first is the first value of a row's key.
func (o order) first(r row) string { return r.batch.Column(o.key[0]).ValueStr(r.at) }

// record is the text of a row's record.
func (o order) record(r row) string { return r.batch.Column(o.text).(*array.String).Value(r.at) }

// keyed says whether a row has a whole key.
func (o order) keyed(r row) bool {
	return !slices.ContainsFunc(o.key, func(i int) bool { return r.batch.Column(i).IsNull(r.at) })
}

func compareColumn(i int, a, b row) int {
	return compareCells(a.batch.Column(i), a.at, b.batch.Column(i), b.at)
}

// marked says whether a row is marked as removed.
func (o order) marked(r row) bool {
	marks, ok := r.batch.Column(o.removed).(*array.Boolean)
	return ok && marks.IsValid(r.at) && marks.Value(r.at)
}

// identity is a hash of a row's key, for this process alone. A record without a whole key is its own: its hash.
type identity [16]byte

func (o order) identity(r row) identity {
	var room [128]byte
	text := append(room[:0], 0)
	for _, i := range o.key {
		column := r.batch.Column(i)
		if column.IsNull(r.at) {
			text = append(append(room[:0], 1), r.batch.Column(o.hash).(*array.String).Value(r.at)...)
			break
		}
		text = appendValue(text, column, r.at)
	}
	return keyHash(text)
}

// appendValue adds the text of a value, so that the texts of several can be told apart.
func appendValue(text []byte, column arrow.Array, at int) []byte {
	value, ok := "", false
	if texts, is := column.(*array.String); is {
		value, ok = texts.Value(at), true
	}
	if !ok {
		value = column.ValueStr(at)
	}
	text = binary.AppendUvarint(text, uint64(len(value)))
	return append(text, value...)
}

// seeds make hashes unlike those of any other process, so that nobody can choose keys whose hashes are equal.
var seeds = [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}

func keyHash(text []byte) (d [16]byte) {
	binary.LittleEndian.PutUint64(d[:8], maphash.Bytes(seeds[0], text))
	binary.LittleEndian.PutUint64(d[8:], maphash.Bytes(seeds[1], text))
	return d
}

func (o order) rank(r row) (rank, error) {
	k := rank{version: math.MinInt64, day: r.day} // where it lies, whenever it happened
	if !r.held {
		k.day = o.filedOn(r)
	}
	if versions := r.batch.Column(o.version).(*array.Int64); !versions.IsNull(r.at) {
		k.version = versions.Value(r.at)
	}
	text := r.batch.Column(o.hash).(*array.String).Value(r.at)
	if len(text) != 2*len(k.hash) {
		return k, fmt.Errorf("record hash of %d characters, want %d", len(text), 2*len(k.hash))
	}
	if _, err := hex.Decode(k.hash[:], []byte(text)); err != nil {
		return k, fmt.Errorf("record hash: %w", err)
	}
	return k, nil
}

// dayOf is the UTC day of an instant after 1970, in days since then.
func dayOf(t time.Time) int32 { return int32(t.Unix() / int64(schemas.Day/time.Second)) }

// dateOf is the midnight of a day.
func dateOf(day int32) time.Time {
	return time.Unix(int64(day)*int64(schemas.Day/time.Second), 0).UTC()
}
