package transform

import (
	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/bitutil"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// size is how many bytes so many rows take.
func (c *column) size(rows int) int {
	switch c.store {
	case texts:
		return c.text + 4*rows
	case bools:
		return rows / 8
	}
	return c.width() * rows
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
	c.length, c.fits, c.text = 0, 0, 0
}

// finish is so many rows of the column as an array; the column is empty afterwards.
func (c *column) finish(rows int) arrow.Array {
	c.reserve(rows)
	n := (rows + 7) / 8
	nulls := rows - bitutil.CountSetBits(c.valid, 0, rows)
	if nulls == 0 && c.valid != nil {
		c.mem.Free(c.valid)
		c.valid = nil
	}
	buffers := []*memory.Buffer{c.hand(c.valid, n), nil}
	switch c.store {
	case texts:
		c.endNulls(rows)
		buffers = []*memory.Buffer{buffers[0], c.hand(c.ends, 4*(rows+1)), c.hand(c.values, c.text)}
	case bools:
		buffers[1] = c.hand(c.values, n)
	default:
		buffers[1] = c.hand(c.values, c.width()*rows)
	}
	data := array.NewData(c.typ, rows, buffers, nil, nulls, 0)
	defer data.Release()
	for _, b := range buffers {
		if b != nil {
			b.Release()
		}
	}
	if c.before = c.fits; c.store == texts {
		c.textBefore = len(c.values)
	}
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
