package load

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

var oneText = arrow.NewSchema([]arrow.Field{{Name: "record", Type: arrow.BinaryTypes.String}}, nil)

// textRow gives a row of one text.
func textRow(t *testing.T, text string) row {
	b := array.NewRecordBuilder(memory.DefaultAllocator, oneText)
	defer b.Release()
	b.Field(0).(*array.StringBuilder).Append(text)
	rec := b.NewRecordBatch()
	t.Cleanup(rec.Release)
	return row{batch: rec}
}

func TestFullScratchNamesTheCure(t *testing.T) {
	name := filepath.Join(t.TempDir(), "000000.arrow")
	if err := os.Symlink("/dev/full", name); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(name); err != nil {
		t.Skip("this system has no /dev/full")
	}
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer mem.AssertSize(t, 0)
	set := standard
	set.allocator = mem
	one := sortRows(func(a, b row) int { return 0 }, []arrow.RecordBatch{textRow(t, "a").batch}, 0)
	err := writeRun(name, oneText, one, set)
	cure := "free some space in " + filepath.Dir(name) + ", or name another directory in the environment variable TMPDIR"
	if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), cure) || strings.Contains(err.Error(), "\n") {
		t.Errorf("a run on a full disk: %v, want one line with the cure: %s", err, cure)
	}
}

// One huge record says nothing about the size of the next batch.
func TestGatherForgetsAHugeRecord(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer mem.AssertSize(t, 0)
	batches := 0
	g := newGather(oneText, tuning{allocator: mem, runBytes: 1000}, func(arrow.RecordBatch) error {
		batches++
		return nil
	})
	defer g.release()
	for _, text := range []string{strings.Repeat("x", 1<<20), "small"} {
		if err := g.add(textRow(t, text)); err != nil {
			t.Fatal(err)
		}
		if err := g.endPart(); err != nil {
			t.Fatal(err)
		}
	}
	if held := mem.CurrentAlloc(); batches != 1 || held > 10_000 {
		t.Errorf("after %d batches a small row holds %d bytes, want one batch and the room of two", batches, held)
	}
}
