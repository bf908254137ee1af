package load

import "github.com/apache/arrow-go/v18/arrow/memory"

// tuning is how much is held at a time. Only tests have another than the standard.
type tuning struct {
	allocator memory.Allocator

	groupRows   int64 // a row group is closed at so many rows, DuckDB's own size,
	groupBytes  int64 // or so many bytes of values, which bounds what the writer buffers
	chunkRows   int64 // what is handed to the encoder at once
	chunkBytes  int64
	spoolBytes  int64 // what a spool may hold at least before it writes a sorted run
	spoolsBytes int64 // what all spools of a lake hold before one of them does; they hold at most this and spoolBytes each
	runBytes    int64 // one batch of a sorted run; each run has one in memory when they are merged
	readBytes   int64 // one batch of Read
	wholeBytes  int64 // a file up to this size is read at once
	fileBytes   int   // buffer in front of a file
}

var standard = tuning{
	allocator:   memory.DefaultAllocator,
	groupRows:   122_880,
	groupBytes:  32 << 20,
	chunkRows:   4096,
	chunkBytes:  1 << 20,
	spoolBytes:  8 << 20,
	spoolsBytes: 64 << 20,
	runBytes:    256 << 10,
	readBytes:   1 << 20,
	wholeBytes:  256 << 10,
	fileBytes:   64 << 10,
}
