package load

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"iter"
	"math"
	"slices"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"graphlake/schemas"
)

// row is a row of a batch that somebody else holds.
type row struct {
	batch arrow.RecordBatch
	at    int
}

// order knows where a raw table's columns are: by what its rows are sorted, and which of two
// copies of a record wins.
type order struct {
	time, version, hash int
	key                 []int
	by                  []int // time, key, hash
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
	for _, name := range t.Key {
		o.key = append(o.key, find(name))
	}
	o.by = slices.Concat([]int{o.time}, o.key, []int{o.hash})
	for _, f := range schema.Fields() {
		if !sortable(f.Type) {
			missing = cmp.Or(missing, fmt.Errorf("table %s: column %s of type %v cannot be in a raw table", t.Name, f.Name, f.Type))
		}
	}
	return o, missing
}

// compare orders rows by time, key and hash. Rows without a time come first, for they are filed
// under the first day.
func (o order) compare(a, b row) int {
	for _, i := range o.by {
		if c := compareCells(a.batch.Column(i), a.at, b.batch.Column(i), b.at); c != 0 {
			return c
		}
	}
	return 0
}

// identity is a digest of a row's key. A record without a whole key is its own: its hash.
type identity [16]byte

func (o order) identity(r row) identity {
	text := []byte{0}
	for _, i := range o.key {
		column := r.batch.Column(i)
		if column.IsNull(r.at) {
			text = append([]byte{1}, r.batch.Column(o.hash).(*array.String).Value(r.at)...)
			break
		}
		value := column.ValueStr(r.at)
		text = binary.AppendUvarint(text, uint64(len(value)))
		text = append(text, value...)
	}
	sum := sha256.Sum256(text)
	return identity(sum[:16])
}

// Ties says what decides between copies of a record at equal versions, or without any.
type Ties uint8

// What decides.
const (
	HashDecides Ties = iota // the greater hash: the rows come in any order
	LastDecides             // the order in which they are added: it says which copy is newer
)

// rank decides between copies of a record: the higher version wins, at equal versions what [Ties]
// say. A row without a version is below all that have one.
type rank struct {
	version int64
	hash    [32]byte
}

func (o order) rank(r row) (rank, error) {
	k := rank{version: math.MinInt64}
	if versions := r.batch.Column(o.version).(*array.Int64); !versions.IsNull(r.at) {
		k.version = versions.Value(r.at)
	}
	hash := r.batch.Column(o.hash).(*array.String).Value(r.at)
	if len(hash) != len(k.hash) {
		return k, fmt.Errorf("record hash of %d characters, want %d", len(hash), len(k.hash))
	}
	copy(k.hash[:], hash)
	return k, nil
}

// beats says whether a copy wins over the best of those that were added before it.
func (k rank) beats(best rank, ties Ties) bool {
	if k.version == best.version && ties == LastDecides {
		return true
	}
	return cmp.Or(cmp.Compare(k.version, best.version), slices.Compare(k.hash[:], best.hash[:])) > 0
}

// merge gives the rows of sorted runs in order. A row is valid until the next one is asked for.
func merge(o order, runs []iter.Seq2[row, error]) iter.Seq2[row, error] {
	type head struct {
		row
		next func() (row, error, bool)
	}
	byRow := func(a, b head) int { return o.compare(a.row, b.row) }
	return func(yield func(row, error) bool) {
		var heads []head // sorted
		for _, run := range runs {
			next, stop := iter.Pull2(run)
			defer stop()
			r, err, ok := next()
			if err != nil {
				yield(row{}, err)
				return
			}
			if ok {
				heads = append(heads, head{r, next})
			}
		}
		slices.SortFunc(heads, byRow)
		for len(heads) > 0 {
			first := heads[0]
			if !yield(first.row, nil) {
				return
			}
			r, err, ok := first.next()
			if err != nil {
				yield(row{}, err)
				return
			}
			if !ok {
				heads = heads[1:]
				continue
			}
			first.row = r
			i, _ := slices.BinarySearchFunc(heads[1:], first, byRow)
			copy(heads, heads[1:1+i])
			heads[i] = first
		}
	}
}
