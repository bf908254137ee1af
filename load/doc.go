// Package load puts rows into the lake: it encodes Arrow batches as Parquet, stages the file and
// replaces a partition by it in one step.
//
// It promises that nothing is visible before Commit, that a partition is never half old and half
// new, that the same rows give the same bytes however they were batched, and that equal bytes are
// not written again. Memory does not grow with the partition. It knows files, partitions and
// commits; it does not know JSON, Microsoft Graph, or which dataset it holds.
package load
