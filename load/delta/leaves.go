package delta

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/schema"
)

// The library that makes structs of Arrow of nested columns does it in goroutines of its own, in which a damaged file may
// make it panic, and nobody can catch that. So the leaves of the columns are read here one by one, with Parquet's levels.

// rows are some members of the rows of a row group, by name, as "add.path" or "metaData.format.provider". What is null or not
// there is zero.
type rows struct {
	n      int
	leaves map[string][][]cell // by member; one leaf of a value or a list, two of a map: keys and values
}

// cell is a value in a row.
type cell struct {
	there    bool
	text     string
	number   int64  // 1 is true
	elements []cell // of a list, of the keys of a map or of its values
}

func (r *rows) cell(row int, name string) cell {
	if leaves := r.leaves[name]; len(leaves) > 0 {
		return leaves[0][row]
	}
	return cell{}
}

func (r *rows) there(row int, name string) bool   { return r.cell(row, name).there }
func (r *rows) text(row int, name string) string  { return r.cell(row, name).text }
func (r *rows) number(row int, name string) int64 { return r.cell(row, name).number }
func (r *rows) truth(row int, name string) bool   { return r.cell(row, name).number != 0 }

func (r *rows) list(row int, name string) []string {
	c := r.cell(row, name)
	if !c.there {
		return nil
	}
	texts := make([]string, len(c.elements))
	for i, e := range c.elements {
		texts[i] = e.text
	}
	return texts
}

func (r *rows) texts(row int, name string) map[string]string {
	keys := r.cell(row, name)
	if !keys.there || len(r.leaves[name]) < 2 {
		return nil
	}
	values := r.leaves[name][1][row].elements
	texts := make(map[string]string, len(keys.elements))
	for i := range min(len(keys.elements), len(values)) {
		texts[keys.elements[i].text] = values[i].text
	}
	return texts
}

// members are what is read of each kind of action, with Parquet's type of the values. What else others write asks nothing of us.
var members = map[string]parquet.Type{
	"txn.appId": isText, "txn.version": isNumber, "txn.lastUpdated": isNumber,
	"add.path": isText, "add.partitionValues": isText, "add.size": isNumber, "add.modificationTime": isNumber, "add.stats": isText,
	"remove.path": isText, "remove.deletionTimestamp": isNumber, "remove.extendedFileMetadata": isTruth, "remove.partitionValues": isText, "remove.size": isNumber,
	"metaData.id": isText, "metaData.name": isText, "metaData.description": isText, "metaData.format.provider": isText, "metaData.format.options": isText,
	"metaData.schemaString": isText, "metaData.partitionColumns": isText, "metaData.createdTime": isNumber, "metaData.configuration": isText,
	"protocol.minReaderVersion": isNumber, "protocol.minWriterVersion": isNumber, "protocol.readerFeatures": isText, "protocol.writerFeatures": isText,
	// What only checkpoints of others have, and must not be overlooked.
	"add.stats_parsed.numRecords": isNumber, "add.deletionVector.storageType": isText, "sidecar.path": isText,
}

var (
	isText   = parquet.Types.ByteArray
	isNumber = parquet.Types.Int64 // or of 32 bits
	isTruth  = parquet.Types.Boolean
)

// memberOf is the member that a leaf is of; "" if it is not read.
func memberOf(path string) string {
	for path != "" {
		if _, ok := members[path]; ok {
			return path
		}
		path = path[:max(strings.LastIndexByte(path, '.'), 0)]
	}
	return ""
}

// levels are what Parquet's levels say of a leaf.
type levels struct {
	repeats bool  // it is in a list or a map
	present int16 // the definition level of a value
	element int16 // and of an element of the list, or of the map, that may be null
}

func levelsOf(leaf *schema.Column) (levels, error) {
	if leaf.MaxRepetitionLevel() > 1 {
		return levels{}, fmt.Errorf("column %s is a list of lists", leaf.Path())
	}
	l := levels{repeats: leaf.MaxRepetitionLevel() == 1, present: leaf.MaxDefinitionLevel(), element: leaf.MaxDefinitionLevel()}
	if leaf.SchemaNode().RepetitionType() == parquet.Repetitions.Optional {
		l.element--
	}
	return l, nil
}

// readBatch is how many values are read at once.
const readBatch = 1024

var errOfValues = errors.New("it has other values than it says")

// readLeaf reads a leaf of a row group, of which keep says the rows that are wanted; nil says all.
func readLeaf(chunk file.ColumnChunkReader, keep []bool) ([]cell, error) {
	l, err := levelsOf(chunk.Descriptor())
	if err != nil {
		return nil, err
	}
	var cells []cell
	var def, rep [readBatch]int16
	values := valuesOf(chunk)
	if values == nil {
		return nil, fmt.Errorf("column %s is of another type", chunk.Descriptor().Path())
	}
	for chunk.HasNext() {
		n, has, err := values.read(def[:], rep[:])
		if err != nil {
			return nil, err
		}
		for i, at := 0, 0; i < n; i++ {
			if !l.repeats || rep[i] == 0 {
				cells = append(cells, cell{})
			}
			row := len(cells) - 1
			if row < 0 {
				return nil, errOfValues
			}
			c := cell{there: l.present == 0 || def[i] == l.present}
			if c.there {
				if at >= has {
					return nil, errOfValues
				}
				if keep == nil || row < len(keep) && keep[row] {
					values.set(&c, at)
				}
				at++
			}
			switch {
			case !l.repeats:
				cells[row] = c
			case def[i] >= l.element:
				cells[row].there = true
				cells[row].elements = append(cells[row].elements, c)
			case def[i] == l.element-1: // it is there, and empty
				cells[row].there = true
			}
		}
	}
	return cells, chunk.Err()
}

// values are those of a leaf, by their type.
type values struct {
	read func(def, rep []int16) (levels, values int, err error)
	set  func(c *cell, at int)
}

// valuesOf is nil of a type that no member has.
func valuesOf(chunk file.ColumnChunkReader) *values {
	switch chunk := chunk.(type) {
	case *file.ByteArrayColumnChunkReader:
		var had [readBatch]parquet.ByteArray
		return &values{batch(chunk.ReadBatchInPage, had[:]), func(c *cell, at int) { c.text = string(had[at]) }}
	case *file.Int64ColumnChunkReader:
		var had [readBatch]int64
		return &values{batch(chunk.ReadBatchInPage, had[:]), func(c *cell, at int) { c.number = had[at] }}
	case *file.Int32ColumnChunkReader:
		var had [readBatch]int32
		return &values{batch(chunk.ReadBatchInPage, had[:]), func(c *cell, at int) { c.number = int64(had[at]) }}
	case *file.BooleanColumnChunkReader:
		var had [readBatch]bool
		return &values{batch(chunk.ReadBatchInPage, had[:]), func(c *cell, at int) {
			if had[at] {
				c.number = 1
			}
		}}
	}
	return nil
}

func batch[T any](read func(int64, []T, []int16, []int16) (int64, int, error), had []T) func(def, rep []int16) (int, int, error) {
	return func(def, rep []int16) (int, int, error) {
		n, values, err := read(readBatch, had, def, rep)
		if err == nil && n == 0 {
			err = errOfValues
		}
		return int(n), values, err
	}
}

// ofType reports whether a leaf has the type that its member should have.
func ofType(leaf *schema.Column, member string) bool {
	want, is := members[member], leaf.PhysicalType()
	return is == want || want == isNumber && is == parquet.Types.Int32
}

// begins reports for each row whether its text begins as one of some do.
func begins(cells []cell, as []string) (keep []bool, some bool) {
	keep = make([]bool, len(cells))
	for row, c := range cells {
		keep[row] = c.there && slices.ContainsFunc(as, func(begin string) bool { return strings.HasPrefix(c.text, begin) })
		some = some || keep[row]
	}
	return keep, some
}
