package transform

import (
	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

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
