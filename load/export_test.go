package load

import "github.com/apache/arrow-go/v18/arrow/memory"

// Tune gives a lake the allocator of a test, and bounds so small that few rows meet all of them.
func (l *Lake) Tune(mem memory.Allocator) *Lake {
	l.tuning = tuning{
		allocator: mem, groupRows: 50, groupBytes: 4000, chunkRows: 8, chunkBytes: 600,
		spoolBytes: 4000, runBytes: 300, readBytes: 2000, fileBytes: 512,
	}
	return l
}

// TuneAllocator gives a lake the allocator of a test and leaves the bounds as they are.
func (l *Lake) TuneAllocator(mem memory.Allocator) *Lake {
	l.allocator = mem
	return l
}

// TuneMerge gives a lake the allocator of a test, and a bound on what a spool holds and a file's
// parts are made of.
func (l *Lake) TuneMerge(mem memory.Allocator, bound int64) *Lake {
	l.allocator = mem
	l.spoolBytes, l.groupBytes, l.chunkBytes, l.runBytes, l.readBytes = bound, bound, bound/8, bound/32, bound/8
	l.wholeBytes, l.spoolsBytes = bound/8, bound
	return l
}

// TuneRead gives a lake that reads other batches.
func (l *Lake) TuneRead(bytes int64) *Lake {
	other := *l
	other.readBytes = bytes
	return &other
}
