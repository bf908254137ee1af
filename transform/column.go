package transform

import (
	"encoding/binary"
	"errors"
	"math"
	"math/bits"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
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

// column is a column under construction. Unlike the builders of arrow it can be cut, which is how a
// bad record takes back its rows.
type column struct {
	store  storage
	typ    arrow.DataType
	length int
	nulls  int
	valid  buffer // a bit for every row
	values buffer
	ends   buffer // of texts: where each begins, and where the last ends
}

// buffer is memory of the allocator, used up to used.
type buffer struct {
	mem  memory.Allocator
	data []byte
	used int
	last int // size of the memory that was handed over last: as much will be wanted again
}

func newColumn(mem memory.Allocator, t schemas.Type) column {
	b := buffer{mem: mem}
	return column{store: storageOf(t), typ: t.Arrow(), valid: b, values: b, ends: b}
}

// room makes sure that n more bytes fit.
func (b *buffer) room(n int) {
	if b.used+n > len(b.data) {
		b.grow(n)
	}
}

func (b *buffer) grow(n int) {
	size := max(64, b.last, 1<<bits.Len(uint(b.used+n-1)))
	if b.data == nil {
		b.data = b.mem.Allocate(size)
	} else {
		b.data = b.mem.Reallocate(size, b.data)
	}
}

// bit appends a bit, the i-th.
func (b *buffer) bit(i int, set byte) {
	if i&7 == 0 {
		b.room(1)
		b.data[b.used] = 0
		b.used++
	}
	b.data[i>>3] |= set << (i & 7)
}

// cutBits leaves n bits, and zeros after them.
func (b *buffer) cutBits(n int) {
	if b.used = (n + 7) / 8; n&7 != 0 {
		b.data[n>>3] &= 1<<(n&7) - 1
	}
}

// release gives the memory back.
func (b *buffer) release() {
	if b.data != nil {
		b.mem.Free(b.data)
	}
	b.data, b.used = nil, 0
}

// finish hands the memory over to Arrow.
func (b *buffer) finish() *memory.Buffer {
	if b.data == nil {
		return memory.NewBufferBytes(nil)
	}
	done := memory.NewBufferWithAllocator(b.data, b.mem)
	done.ResizeNoShrink(b.used)
	b.data, b.used, b.last = nil, 0, len(b.data)
	return done
}

func (c *column) appendNull() {
	c.valid.bit(c.length, 0)
	c.nulls++
	switch c.store {
	case texts:
		c.end()
	case bools:
		c.values.bit(c.length, 0)
	case words4:
		c.word4(0)
	case words8:
		c.word8(0)
	case words16:
		c.word8(0)
		c.word8(0)
	}
	c.length++
}

// appendText appends bytes that are valid UTF-8.
func (c *column) appendText(text []byte) error {
	if c.values.used+len(text) > math.MaxInt32 {
		return errFull
	}
	c.valid.bit(c.length, 1)
	c.values.room(len(text))
	copy(c.values.data[c.values.used:], text)
	c.values.used += len(text)
	c.end()
	c.length++
	return nil
}

// appendBits appends a value of fixed width, given in 64 bits.
func (c *column) appendBits(v uint64) {
	c.valid.bit(c.length, 1)
	switch c.store {
	case bools:
		c.values.bit(c.length, byte(v))
	case words4:
		c.word4(uint32(v))
	case words8:
		c.word8(v)
	case words16:
		c.word8(v)
		c.word8(uint64(int64(v) >> 63)) // the sign fills the upper half
	}
	c.length++
}

func (c *column) word4(v uint32) {
	c.values.room(4)
	binary.NativeEndian.PutUint32(c.values.data[c.values.used:], v)
	c.values.used += 4
}

func (c *column) word8(v uint64) {
	c.values.room(8)
	binary.NativeEndian.PutUint64(c.values.data[c.values.used:], v)
	c.values.used += 8
}

// end notes where the text ends that was just appended.
func (c *column) end() {
	c.ends.room(8)
	if c.length == 0 {
		binary.NativeEndian.PutUint32(c.ends.data, 0)
		c.ends.used = 4
	}
	binary.NativeEndian.PutUint32(c.ends.data[c.ends.used:], uint32(c.values.used))
	c.ends.used += 4
}

// cut takes back all rows after the first n.
func (c *column) cut(n int) {
	if n >= c.length {
		return
	}
	for i := n; i < c.length; i++ {
		if c.valid.data[i>>3]>>(i&7)&1 == 0 {
			c.nulls--
		}
	}
	c.valid.cutBits(n)
	switch c.store {
	case texts:
		c.ends.used = 4 * (n + 1)
		c.values.used = int(binary.NativeEndian.Uint32(c.ends.data[4*n:]))
	case bools:
		c.values.cutBits(n)
	case words4:
		c.values.used = 4 * n
	case words8:
		c.values.used = 8 * n
	case words16:
		c.values.used = 16 * n
	}
	c.length = n
}

func (c *column) size() int { return c.valid.used + c.values.used + c.ends.used }

func (c *column) release() {
	c.valid.release()
	c.values.release()
	c.ends.release()
	c.length, c.nulls = 0, 0
}

// finish is the column as an array; the column is empty afterwards.
func (c *column) finish() arrow.Array {
	var valid *memory.Buffer
	if c.nulls == 0 {
		c.valid.release()
	} else {
		valid = c.valid.finish()
	}
	buffers := []*memory.Buffer{valid, c.values.finish()}
	if c.store == texts {
		buffers = []*memory.Buffer{valid, c.ends.finish(), buffers[1]}
	}
	data := array.NewData(c.typ, c.length, buffers, nil, c.nulls, 0)
	defer data.Release()
	for _, b := range buffers {
		if b != nil {
			b.Release()
		}
	}
	c.length, c.nulls = 0, 0
	return array.MakeFromData(data)
}
