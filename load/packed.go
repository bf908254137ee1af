package load

import (
	"slices"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"
)

// packed is a column without its nulls, as Parquet stores it. The library can leave nulls out by
// itself, but looks for runs of bits several times to do so, and half of our values are null: without this, encoding a
// wide table takes a fifth more, and deriving a day of calls a seventh.
type packed struct {
	levels  []int16
	ints    []int64
	floats  []float64
	offsets []int32
	texts   []parquet.ByteArray
}

// levelsOf is Parquet's definition level of every value: 1, or 0 for a null. It is valid until the
// next call.
func (p *packed) levelsOf(values arrow.Array) []int16 {
	p.levels = slices.Grow(p.levels[:0], values.Len())[:values.Len()]
	switch values.NullN() {
	case 0:
		for i := range p.levels {
			p.levels[i] = 1
		}
	case values.Len():
		clear(p.levels)
	default:
		valid, at := values.NullBitmapBytes(), values.Data().Offset()
		for i := range p.levels {
			p.levels[i] = int16(valid[at>>3] >> (at & 7) & 1)
			at++
		}
	}
	return p.levels
}

// write writes the values whose levels were made last, if it knows their type.
func (p *packed) write(column file.ColumnChunkWriter, values arrow.Array) (done bool, err error) {
	switch v := values.(type) {
	case *array.Int64:
		p.ints = pack(p.ints, v.Int64Values(), p.levels)
	case *array.Timestamp:
		p.ints = pack(p.ints, v.TimestampValues(), p.levels)
	case *array.Float64:
		p.floats = pack(p.floats, v.Float64Values(), p.levels)
	case *array.String:
		c, ok := column.(*file.ByteArrayColumnChunkWriter)
		if !ok {
			return false, nil
		}
		return p.writeTexts(c, v)
	}
	switch c := column.(type) {
	case *file.Int64ColumnChunkWriter:
		_, err = c.WriteBatch(p.ints, p.levels, nil)
	case *file.Float64ColumnChunkWriter:
		_, err = c.WriteBatch(p.floats, p.levels, nil)
	default:
		return false, nil
	}
	return true, err
}

// pack is the values at level 1.
func pack[T, V ~int64 | ~float64](to []T, values []V, levels []int16) []T {
	to = slices.Grow(to[:0], len(values))[:len(values)]
	n := 0
	for i, v := range values {
		to[n] = T(v) // a null's is overwritten by the next
		n += int(levels[i])
	}
	return to[:n]
}

func (p *packed) writeTexts(column *file.ByteArrayColumnChunkWriter, values *array.String) (done bool, err error) {
	text := []byte{} // not nil: of a text that is nil the library notes no bounds
	if b := values.Data().Buffers()[2]; b != nil && b.Bytes() != nil {
		text = b.Bytes()
	}
	ends := values.ValueOffsets()
	if column.SupportsArrowOffsets() {
		if done = p.packOffsets(ends); done {
			_, err = column.WriteBatchArrow(text, p.offsets, p.levels, nil)
		}
		return done, err
	}
	p.texts = p.texts[:0] // for the dictionary
	for i, level := range p.levels {
		if level == 1 {
			p.texts = append(p.texts, text[ends[i]:ends[i+1]])
		}
	}
	_, err = column.WriteBatch(p.texts, p.levels, nil)
	clear(p.texts) // the batch's memory is not ours
	return true, err
}

// packOffsets leaves out the offsets of nulls. It reports false if a null takes up text: then the
// values do not lie one behind the other.
func (p *packed) packOffsets(ends []int32) bool {
	p.offsets = slices.Grow(p.offsets[:0], len(ends))[:len(ends)]
	p.offsets[0] = ends[0]
	n, gaps := 0, int32(0)
	for i, level := range p.levels {
		n += int(level)
		p.offsets[n] = ends[i+1] // of a null, the end of the value before
		gaps |= (ends[i+1] - ends[i]) & (int32(level) - 1)
	}
	p.offsets = p.offsets[:n+1]
	return gaps == 0
}
