package delta

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/parquet/file"

	"graphlake/load"
	"graphlake/load/memstore"
)

// checkpointBytesOf is a checkpoint of so many files, as it is written.
func checkpointBytesOf(t testing.TB, files int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := writeCheckpoint(t.Context(), &b, anyState(rand.New(rand.NewPCG(1, 1)), files).rows(time.UnixMilli(0))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func footerOf(data []byte) []byte {
	end := len(data) - 8
	return data[end-int(binary.LittleEndian.Uint32(data[end:])) : end]
}

// What is walked over is what the library reads: the same row groups, and the same bounds of every column.
func TestFooter(t *testing.T) {
	for _, files := range []int{0, 10, 20_000} { // of more row groups than the short form of a list has
		data := checkpointBytesOf(t, files)
		library, err := file.NewParquetReader(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		f, err := parseFooter(footerOf(data))
		if err != nil || len(f.groups) != library.NumRowGroups() {
			t.Fatalf("%d files: %d row groups, %v; want %d", files, len(f.groups), err, library.NumRowGroups())
		}
		if files == 20_000 && len(f.groups) < 16 {
			t.Fatalf("only %d row groups", len(f.groups))
		}
		bounded := 0
		for group := range f.groups {
			for column := range library.MetaData().Schema.NumColumns() {
				chunk, err := library.MetaData().RowGroup(group).ColumnChunk(column)
				if err != nil {
					t.Fatal(err)
				}
				stats, err := chunk.Statistics()
				if err != nil {
					t.Fatal(err)
				}
				least, most, ok := f.bounds(group, column)
				if want := stats != nil && stats.HasMinMax(); ok != want {
					t.Errorf("group %d, column %d: bounds %t, want %t", group, column, ok, want)
				} else if ok && (least != string(stats.EncodeMin()) || most != string(stats.EncodeMax())) {
					t.Errorf("group %d, column %d: from %q to %q, want %q to %q", group, column, least, most, stats.EncodeMin(), stats.EncodeMax())
				} else if ok {
					bounded++
				}
			}
			some := []int{group}
			for _, groups := range [][]int{some, nil, {group, group}} {
				meta, err := f.of(groups)
				if err != nil || meta.NumRowGroups() != len(groups) || meta.NumRows != library.NumRows() {
					t.Fatalf("of %v: %v, %v", groups, meta, err)
				}
				for i := range groups {
					if !meta.RowGroup(i).Equals(library.MetaData().RowGroup(group)) {
						t.Errorf("of %v: another row group", groups)
					}
				}
			}
		}
		if files > 0 && bounded < len(f.groups)-1 {
			t.Errorf("%d files: only %d columns of %d row groups have bounds", files, bounded, len(f.groups))
		}
	}
}

func TestWalkNumbersFields(t *testing.T) {
	// A field with its number by itself, in zigzag, one by the difference, and a list that has its size by itself.
	data := []byte{0x05, 0x2a, 0x07, 0x1c, 0x11, 0x00, 0x19, 0xf5, 0x02, 0x01, 0x02, 0x00}
	w := walk{data: data}
	var fields []int
	w.fields(func(field, _ int) bool {
		fields = append(fields, field)
		return false
	})
	if w.bad || w.at != len(data) || !slices.Equal(fields, []int{21, 22, 23}) {
		t.Errorf("fields %v, at %d of %d, bad %t", fields, w.at, len(data), w.bad)
	}
}

// No footer, however it is damaged, makes a reader panic, hang or take memory that the file has not.
func FuzzFooter(f *testing.F) {
	data := footerOf(checkpointBytesOf(f, 30))
	f.Add(data, 0, byte(0))
	f.Add(data[:len(data)/2], 7, byte(0xff))
	f.Add(bytes.Repeat([]byte{0x1c}, 100), 3, byte(0x19))
	f.Fuzz(func(t *testing.T, data []byte, at int, by byte) {
		data = bytes.Clone(data)
		if len(data) > 0 {
			data[max(at, -at-1)%len(data)] ^= by
		}
		parsed, err := parseFooter(data)
		if err != nil {
			return
		}
		for i := range parsed.groups {
			for column := range 30 {
				parsed.bounds(i, column)
			}
		}
	})
}

// FuzzCheckpoint reads files that are no checkpoints, or damaged ones.
func FuzzCheckpoint(f *testing.F) {
	data := checkpointBytesOf(f, 30)
	f.Add(data, 0, byte(0))
	f.Add(data, len(data)-10, byte(0xff))
	f.Add(data[:len(data)/2], 7, byte(0xff))
	f.Fuzz(func(t *testing.T, data []byte, at int, by byte) {
		data = bytes.Clone(data)
		if len(data) > 0 {
			data[max(at, -at-1)%len(data)] ^= by
		}
		store := memstore.New()
		putObject(t, store, load.DeltaCheckpoint(root, 0), data)
		table := &Table{Store: store, Root: root}
		for _, of := range []selection{everything, {within: []string{"tenant_id=00000001"}}} {
			s, err := table.readCheckpoint(t.Context(), 0, of)
			if err == nil && (s.protocol == nil || s.metaData == nil) {
				t.Error("a checkpoint without protocol and metadata was read")
			}
		}
	})
}

// No single byte that is another makes a reader panic, in whichever goroutine: an error, or a state.
func TestCheckpointWithABadByte(t *testing.T) {
	data := checkpointBytesOf(t, 30)
	store := memstore.New()
	table := &Table{Store: store, Root: root}
	damaged := 0
	for at := 0; at < len(data); at += 17 {
		for _, by := range []byte{0xff, 0x80, 0x01} {
			bad := bytes.Clone(data)
			bad[at] ^= by
			putObject(t, store, load.DeltaCheckpoint(root, 0), bad)
			if _, err := table.readCheckpoint(t.Context(), 0, everything); err != nil {
				damaged++
			}
		}
	}
	if damaged == 0 {
		t.Error("none of them was noticed")
	}
}
