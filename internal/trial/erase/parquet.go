package erase

// What a Parquet file holds without compression, read by nothing but what the format says
// (https://github.com/apache/parquet-format): the footer and the headers of pages are structs of Thrift's compact protocol.

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
)

// page is a page of a column without compression.
type page struct {
	column   string
	optional bool // levels precede the values
	bytes    []byte
}

const magic = "PAR1"

// pages are all pages of a Parquet file. They and the footer have to be all that the file is, so that nothing lies between
// them that nobody looks at.
func pages(text []byte) (all []page, err error) {
	defer func() {
		if r := recover(); r != nil { // a length or an index that is out of bounds
			err = fmt.Errorf("it is no Parquet: %v", r)
		}
	}()
	end := len(text) - len(magic) - 4
	if end < len(magic) || string(text[:len(magic)]) != magic || string(text[len(text)-len(magic):]) != magic {
		return nil, errors.New("it is no Parquet")
	}
	begin := end - int(binary.LittleEndian.Uint32(text[end:]))
	footer := (&thrift{text: text[begin:end]}).structure()
	optional := map[string]bool{}
	for _, element := range footer.list(2) {
		about := element.(fields)
		optional[string(about.text(4))] = about.number(3) == 1
	}
	read := len(magic)
	for _, group := range footer.list(4) {
		for _, chunk := range group.(fields).list(1) {
			about := chunk.(fields).structure(3)
			at := about.number(9)
			if first := about.number(11); first > 0 {
				at = first
			}
			found, err := chunkPages(text[at:at+about.number(7)], about, optional)
			if err != nil {
				return nil, err
			}
			read += about.number(7)
			all = append(all, found...)
		}
	}
	if read != begin {
		return nil, fmt.Errorf("%d bytes of it are in no page and not in the footer", begin-read)
	}
	return all, nil
}

// chunkPages are the pages of a column in one row group.
func chunkPages(text []byte, about fields, optional map[string]bool) (all []page, err error) {
	name := string(about.list(3)[0].([]byte)) // no column is within another
	for len(text) > 0 {
		t := &thrift{text: text}
		header := t.structure()
		kind, size, packed := header.number(1), header.number(2), header.number(3)
		if kind != 0 && kind != 2 { // pages of version 2 have a part without compression
			return nil, fmt.Errorf("column %s has a page of kind %d", name, kind)
		}
		content, err := unpacked(about.number(4), text[t.at:t.at+packed])
		if err != nil || len(content) != size {
			return nil, fmt.Errorf("a page of column %s has %d bytes, and not %d: %w", name, len(content), size, err)
		}
		all = append(all, page{name, kind == 0 && optional[name], content})
		text = text[t.at+packed:]
	}
	return all, nil
}

func unpacked(codec int, text []byte) ([]byte, error) {
	switch codec {
	case 0:
		return text, nil
	case 1:
		return snappy.Decode(nil, text)
	case 6:
		d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1))
		if err != nil {
			return nil, err
		}
		defer d.Close()
		return d.DecodeAll(text, nil)
	}
	return nil, fmt.Errorf("its codec is %d", codec)
}

// fields are those of a struct, by id: numbers, texts, lists and structs.
type fields map[int]any

func (f fields) number(id int) int       { n, _ := f[id].(int); return n }
func (f fields) list(id int) []any       { l, _ := f[id].([]any); return l }
func (f fields) text(id int) []byte      { b, _ := f[id].([]byte); return b }
func (f fields) structure(id int) fields { s, _ := f[id].(fields); return s }

// thrift reads the compact protocol, and panics where it ends too early.
type thrift struct {
	text []byte
	at   int
}

func (t *thrift) byte() byte {
	t.at++
	return t.text[t.at-1]
}

func (t *thrift) varint() uint64 {
	n, length := binary.Uvarint(t.text[t.at:])
	if length <= 0 {
		panic("a number without an end")
	}
	t.at += length
	return n
}

func (t *thrift) zigzag() int {
	n := t.varint()
	return int(n>>1) ^ -int(n&1)
}

func (t *thrift) bytes(n uint64) []byte {
	t.at += int(n)
	return t.text[t.at-int(n) : t.at]
}

func (t *thrift) structure() fields {
	f := fields{}
	for id := 0; ; {
		head := t.byte()
		if head == 0 {
			return f
		}
		if delta := int(head >> 4); delta > 0 {
			id += delta
		} else {
			id = t.zigzag()
		}
		switch kind := head & 15; kind {
		case 1, 2:
			f[id] = kind == 1
		default:
			f[id] = t.value(kind)
		}
	}
}

func (t *thrift) value(kind byte) any {
	switch kind {
	case 1, 2, 3:
		return int(t.byte())
	case 4, 5, 6:
		return t.zigzag()
	case 7:
		return math.Float64frombits(binary.LittleEndian.Uint64(t.bytes(8)))
	case 8:
		return t.bytes(t.varint())
	case 9, 10:
		head := t.byte()
		n := uint64(head >> 4)
		if n == 15 {
			n = t.varint()
		}
		all := []any{}
		for range n {
			all = append(all, t.value(head&15))
		}
		return all
	case 12:
		return t.structure()
	}
	panic(fmt.Sprintf("type %d", kind))
}
