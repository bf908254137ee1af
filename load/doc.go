// Package load puts rows into the lake: it encodes Arrow batches as Parquet, stages the file and
// replaces a partition by it in one step.
//
// It promises that nothing is visible before Commit, that a partition is never half old and half
// new, that the same rows give the same bytes however they were batched, and that equal bytes are
// not written again. Memory does not grow with the partition. A merge of many days publishes them
// one after the other and has one file open; a crash in between leaves whole days. A partition that
// is damaged ([ErrDamaged]) stops itself only: a merge leaves it alone, with all that was read for
// it. It knows files, partitions and commits; it does not know JSON, Microsoft Graph, or which
// dataset it holds.
//
// Its nouns: an object has a name, of which layout.go has all. A [Partition] is one object, a tenant's day of a table.
// What a unit has read goes into a [Spool], of a window or of a picture; [Spool.Merge] puts it to what the lake holds.
// Where versions do not decide, [Merge.Undecided] gives the record to whoever merges, who decides. A [Writer] makes one
// partition, and a lake that is [Lake.Comparing] says whether one holds certain rows. Begin with merge.go, which says
// which copy of a record stays; writer.go is how a file is made.
package load
