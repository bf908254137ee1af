package transform

import (
	"encoding/binary"
	"errors"
	"math"
	"math/bits"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"graphlake/schemas"
)

// storage is how a column lies in memory.
type storage uint8

const (
	texts storage = iota + 1
	bools
	words4  // 32 bits
	words8  // 64 bits
	words16 // 128 bits
)

func storageOf(t schemas.Type) storage {
	switch t.Arrow().ID() {
	case arrow.STRING:
		return texts
	case arrow.BOOL:
		return bools
	case arrow.INT32:
		return words4
	case arrow.INT64, arrow.FLOAT64, arrow.TIMESTAMP:
		return words8
	case arrow.DECIMAL128:
		return words16
	}
	return 0
}

// errFull says that the texts of a column no longer fit one Arrow array, whose offsets have 31 bits.
var errFull = errors.New("the batch holds 2 GiB of one column: flush before the next record")

// column is a column under construction. Room is made before values are appended.
type column struct {
	store  storage
	typ    arrow.DataType
	mem    memory.Allocator
	length int
	nulls  int
	fits   int // so many rows, before more memory is wanted
	// The room for rows and for text when the column was finished last: as much will be wanted again.
	before, textBefore int

	valid  []byte // a bit for every row; zero behind the last
	values []byte
	ends   []byte // of texts: where each begins, and where the last ends
	text   int    // bytes of text in values
}

func newColumn(mem memory.Allocator, t schemas.Type) column {
	return column{mem: mem, store: storageOf(t), typ: t.Arrow()}
}

// reserve makes room for further rows.
func (c *column) reserve(rows int) {
	want := c.length + rows
	if want <= c.fits {
		return
	}
	c.fits = max(minRows, c.before, 1<<bits.Len(uint(want-1)))
	c.valid = resize(c.mem, c.valid, c.fits/8)
	clear(c.valid[(c.length+7)/8:])
	switch c.store {
	case texts:
		c.ends = resize(c.mem, c.ends, 4*(c.fits+1))
		binary.NativeEndian.PutUint32(c.ends, 0)
	case bools:
		c.values = resize(c.mem, c.values, c.fits/8)
		clear(c.values[(c.length+7)/8:])
	default:
		c.values = resize(c.mem, c.values, c.width()*c.fits)
	}
}

// reserveText makes room for further text.
func (c *column) reserveText(size int) error {
	want := c.text + size
	if want <= len(c.values) {
		return nil
	}
	if want > math.MaxInt32 {
		return errFull
	}
	c.values = resize(c.mem, c.values, max(minRows, c.textBefore, 1<<bits.Len(uint(want-1))))
	return nil
}

// minRows is the room of a column with one row; a whole number of bytes of bits.
const minRows = 64

func resize(mem memory.Allocator, b []byte, size int) []byte {
	if b == nil {
		return mem.Allocate(size)
	}
	return mem.Reallocate(size, b)
}

// width is the bytes of a value, where all take the same.
func (c *column) width() int {
	switch c.store {
	case words4:
		return 4
	case words8:
		return 8
	case words16:
		return 16
	}
	return 0
}

func (c *column) appendNull() {
	c.nulls++
	c.put(0)
}

// appendBits appends a value of fixed width, given in 64 bits.
func (c *column) appendBits(v uint64) {
	c.valid[c.length>>3] |= 1 << (c.length & 7)
	c.put(v)
}

// appendText appends bytes that are valid UTF-8.
func (c *column) appendText(text []byte) {
	c.text += copy(c.values[c.text:], text)
	c.valid[c.length>>3] |= 1 << (c.length & 7)
	c.put(0)
}

// put writes a value behind the last; of a text, that it ends.
func (c *column) put(v uint64) {
	i := c.length
	switch c.store {
	case texts:
		binary.NativeEndian.PutUint32(c.ends[4*i+4:], uint32(c.text))
	case bools:
		c.values[i>>3] |= byte(v) << (i & 7)
	case words4:
		binary.NativeEndian.PutUint32(c.values[4*i:], uint32(v))
	case words8:
		binary.NativeEndian.PutUint64(c.values[8*i:], v)
	case words16:
		binary.NativeEndian.PutUint64(c.values[16*i:], v)
		binary.NativeEndian.PutUint64(c.values[16*i+8:], uint64(int64(v)>>63)) // the sign fills the upper half
	}
	c.length++
}
