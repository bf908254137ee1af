package transform

import (
	"encoding/binary"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/bitutil"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// cut takes back all rows after the first n.
func (c *column) cut(n int) {
	if n >= c.length {
		return
	}
	c.nulls -= c.length - n - (ones(c.valid, c.length) - ones(c.valid, n))
	cutBits(c.valid, n, c.length)
	switch c.store {
	case texts:
		c.text = int(binary.NativeEndian.Uint32(c.ends[4*n:]))
	case bools:
		cutBits(c.values, n, c.length)
	}
	c.length = n
}

// ones counts the bits that are set among the first n.
func ones(b []byte, n int) int { return bitutil.CountSetBits(b, 0, n) }

// cutBits clears the bits from the n-th up to the given one.
func cutBits(b []byte, n, upto int) { bitutil.SetBitsTo(b, int64(n), int64(upto-n), false) }

func (c *column) size() int {
	switch c.store {
	case texts:
		return c.text + 4*c.length
	case bools:
		return c.length / 8
	}
	return c.width() * c.length
}

// release gives the memory back.
func (c *column) release() {
	for _, b := range [][]byte{c.valid, c.values, c.ends} {
		if b != nil {
			c.mem.Free(b)
		}
	}
	c.empty()
}

func (c *column) empty() {
	c.valid, c.values, c.ends = nil, nil, nil
	c.length, c.nulls, c.fits, c.text = 0, 0, 0, 0
}

// finish is the column as an array; the column is empty afterwards.
func (c *column) finish() arrow.Array {
	n := (c.length + 7) / 8
	if c.nulls == 0 && c.valid != nil {
		c.mem.Free(c.valid)
		c.valid = nil
	}
	buffers := []*memory.Buffer{c.hand(c.valid, n), nil}
	switch c.store {
	case texts:
		buffers = []*memory.Buffer{buffers[0], c.hand(c.ends, 4*(c.length+1)), c.hand(c.values, c.text)}
	case bools:
		buffers[1] = c.hand(c.values, n)
	default:
		buffers[1] = c.hand(c.values, c.width()*c.length)
	}
	data := array.NewData(c.typ, c.length, buffers, nil, c.nulls, 0)
	defer data.Release()
	for _, b := range buffers {
		if b != nil {
			b.Release()
		}
	}
	c.before = c.fits
	c.empty()
	return array.MakeFromData(data)
}

// hand gives memory over to Arrow, of which so much is used.
func (c *column) hand(b []byte, used int) *memory.Buffer {
	if b == nil {
		return nil
	}
	handed := memory.NewBufferWithAllocator(b, c.mem)
	handed.ResizeNoShrink(used)
	return handed
}
