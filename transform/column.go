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

// column is a column under construction. Values are set from the first row to the last; a row that
// is passed over is null.
type column struct {
	store  storage
	typ    arrow.DataType
	mem    memory.Allocator
	length int // rows up to the last that has a value
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

// reserve makes room for so many rows in all.
func (c *column) reserve(rows int) {
	if rows <= c.fits {
		return
	}
	c.fits = max(minRows, c.before, 1<<bits.Len(uint(rows-1)))
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

// reserveText makes room for so much text in all.
func (c *column) reserveText(size int) error {
	if size > math.MaxInt32 {
		return errFull
	}
	c.values = resize(c.mem, c.values, max(minRows, c.textBefore, 1<<bits.Len(uint(size-1))))
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

// set sets the value of a row behind all that have one, given in 64 bits.
func (c *column) set(row int, v uint64) {
	if row >= c.fits {
		c.reserve(row + 1)
	}
	switch c.store {
	case bools:
		c.values[row>>3] |= byte(v) << (row & 7)
	case words4:
		binary.NativeEndian.PutUint32(c.values[4*row:], uint32(v))
	case words8:
		binary.NativeEndian.PutUint64(c.values[8*row:], v)
	case words16:
		binary.NativeEndian.PutUint64(c.values[16*row:], v)
		binary.NativeEndian.PutUint64(c.values[16*row+8:], uint64(int64(v)>>63)) // the sign fills the upper half
	}
	c.valid[row>>3] |= 1 << (row & 7)
	c.length = row + 1
}

// setText sets the text of a row behind all that have one; it is valid UTF-8.
func (c *column) setText(row int, text []byte) error {
	if row >= c.fits {
		c.reserve(row + 1)
	}
	if size := c.text + len(text); size > len(c.values) {
		if err := c.reserveText(size); err != nil {
			return err
		}
	}
	c.endNulls(row)
	c.text += copy(c.values[c.text:], text)
	binary.NativeEndian.PutUint32(c.ends[4*row+4:], uint32(c.text))
	c.valid[row>>3] |= 1 << (row & 7)
	c.length = row + 1
	return nil
}

// endNulls ends the texts of rows that were passed over, up to a row, where the last text ended.
func (c *column) endNulls(row int) {
	for i := c.length; i < row; i++ {
		binary.NativeEndian.PutUint32(c.ends[4*i+4:], uint32(c.text))
	}
}

// cut drops all rows from a row on.
func (c *column) cut(row int) {
	if row >= c.length {
		return
	}
	zero(c.valid, row, c.length)
	switch c.store {
	case texts:
		c.text = int(binary.NativeEndian.Uint32(c.ends[4*row:]))
	case bools:
		zero(c.values, row, c.length)
	}
	c.length = row
}

// zero clears the bits [from, upto).
func zero(b []byte, from, upto int) {
	b[from>>3] &= 1<<(from&7) - 1
	clear(b[from>>3+1 : (upto+7)/8])
}
