package delta

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/apache/arrow-go/v18/parquet/metadata"
)

// A footer is the metadata at the end of a Parquet file, in the compact protocol of Thrift. The library makes of it all at
// once what it says of each column of each row group, which for a checkpoint of 100,000 files takes longer than all else of a
// commit. So it is walked over here, and the library is given one that has the row groups that are wanted.
type footer struct {
	data   []byte
	header span   // of the list of row groups: its count
	groups []span // each of its elements
}

var errNoFooter = errors.New("it has no footer of Parquet")

// Parquet's magic ends a file, behind the length of the footer.
const parquetMagic = "PAR1"

// readFooter reads the footer of a file.
func readFooter(source *ahead) (*footer, error) {
	end := source.size() - int64(4+len(parquetMagic))
	last := make([]byte, 4+len(parquetMagic))
	if _, err := source.ReadAt(last, end); err != nil {
		return nil, err
	}
	from := end - int64(binary.LittleEndian.Uint32(last))
	if string(last[4:]) != parquetMagic || from < 0 {
		return nil, errNoFooter
	}
	if err := source.fetch(span{from, end}); err != nil {
		return nil, err
	}
	return parseFooter(source.piece(from, end))
}

// Fields of Parquet's metadata, and Thrift's types, by their numbers.
const (
	fileRowGroups      = 4
	groupColumns       = 1
	chunkMetadata      = 3
	metadataStatistics = 12
	statisticsMost     = 5
	statisticsLeast    = 6

	thriftBinary, thriftList, thriftStruct = 8, 9, 12
)

func parseFooter(data []byte) (*footer, error) {
	f := &footer{data: data}
	w := walk{data: data}
	w.fields(func(field, kind int) bool {
		if field != fileRowGroups || kind != thriftList {
			return false
		}
		f.header.from = int64(w.at)
		n, element := w.list()
		f.header.to = int64(w.at)
		for range n {
			if w.bad {
				break
			}
			from := int64(w.at)
			w.skip(element)
			f.groups = append(f.groups, span{from, int64(w.at)})
		}
		return true
	})
	if w.bad || f.header.to == 0 {
		return nil, errNoFooter
	}
	return f, nil
}

// of is the metadata with some of the row groups.
func (f *footer) of(groups []int) (*metadata.FileMetaData, error) {
	data := slices.Clone(f.data[:f.header.from])
	data = append(data, 0xf0|thriftStruct)
	data = binary.AppendUvarint(data, uint64(len(groups)))
	for _, i := range groups {
		data = append(data, f.data[f.groups[i].from:f.groups[i].to]...)
	}
	end := f.header.to
	if n := len(f.groups); n > 0 {
		end = f.groups[n-1].to
	}
	meta, err := metadata.NewFileMetaData(append(data, f.data[end:]...), nil)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNoFooter, err)
	}
	return meta, nil
}

// bounds are the least and the greatest value of a column in a row group, as far as its statistics have both.
func (f *footer) bounds(group, column int) (least, most string, ok bool) {
	w := walk{data: f.data[f.groups[group].from:f.groups[group].to]}
	haveLeast, haveMost := false, false
	statistics := func(field, kind int) bool {
		switch {
		case field == statisticsLeast && kind == thriftBinary:
			least, haveLeast = w.text(), true
		case field == statisticsMost && kind == thriftBinary:
			most, haveMost = w.text(), true
		default:
			return false
		}
		return true
	}
	inside := func(wanted int, visit func(field, kind int) bool) func(field, kind int) bool {
		return func(field, kind int) bool {
			if field != wanted || kind != thriftStruct {
				return false
			}
			w.fields(visit)
			return true
		}
	}
	w.fields(func(field, kind int) bool {
		if field != groupColumns || kind != thriftList {
			return false
		}
		n, element := w.list()
		for i := range n {
			if i == column && element == thriftStruct {
				w.fields(inside(chunkMetadata, inside(metadataStatistics, statistics)))
				continue
			}
			w.skip(element)
		}
		return true
	})
	return least, most, haveLeast && haveMost && !w.bad
}

// walk goes over a value in Thrift's compact protocol. Once it is bad it stays where it is.
type walk struct {
	data  []byte
	at    int
	depth int
	bad   bool
}

// deepest is more than Parquet nests.
const deepest = 32

func (w *walk) byte() byte {
	if w.bad || w.at >= len(w.data) {
		w.bad = true
		return 0
	}
	w.at++
	return w.data[w.at-1]
}

func (w *walk) number() uint64 {
	if w.bad {
		return 0
	}
	v, n := binary.Uvarint(w.data[w.at:])
	if n <= 0 {
		w.bad = true
		return 0
	}
	w.at += n
	return v
}

func (w *walk) pass(n uint64) {
	if w.bad || n > uint64(len(w.data)-w.at) {
		w.bad = true
		return
	}
	w.at += int(n)
}

func (w *walk) text() string {
	n := w.number()
	from := w.at
	if w.pass(n); w.bad {
		return ""
	}
	return string(w.data[from:w.at])
}

// fields goes over the fields of a struct. Visit passes the value of one that it knows, and says so.
func (w *walk) fields(visit func(field, kind int) bool) {
	if w.depth++; w.depth > deepest {
		w.bad = true
	}
	field := 0
	for !w.bad {
		head := w.byte()
		if head == 0 {
			break
		}
		if delta := int(head >> 4); delta > 0 {
			field += delta
		} else {
			zigzag := w.number()
			field = int(int16(zigzag>>1) ^ -int16(zigzag&1))
		}
		if kind := int(head & 0xf); !visit(field, kind) {
			w.skip(kind)
		}
	}
	w.depth--
}

// list begins a list: how many elements of which type follow, each of at least a byte.
func (w *walk) list() (n, element int) {
	head := w.byte()
	size := uint64(head >> 4)
	if size == 15 {
		size = w.number()
	}
	if size > uint64(len(w.data)-w.at) {
		w.bad = true
		return 0, 0
	}
	return int(size), int(head & 0xf)
}

// skip passes a value, or the truth of a field, which has no more than its type.
func (w *walk) skip(kind int) {
	switch kind {
	case 1, 2: // true and false
	case 3:
		w.pass(1)
	case 4, 5, 6: // numbers of 2, 4 and 8 bytes
		w.number()
	case 7: // of a fraction
		w.pass(8)
	case thriftBinary:
		w.pass(w.number())
	case thriftList, 10: // or a set
		n, element := w.list()
		if element <= 2 {
			element = 3 // a truth in a list has a byte
		}
		for i := 0; i < n && !w.bad; i++ {
			w.skip(element)
		}
	case thriftStruct:
		w.fields(func(int, int) bool { return false })
	default: // maps, which Parquet's metadata does not have
		w.bad = true
	}
}
