// Package delta writes and reads the log of a Delta Lake table, so that engines that know such tables, as Fabric,
// Databricks, Spark and DuckDB, read the files of a table together, at the newest version or an older one.
//
// Its nouns are those of Delta Lake's protocol. A [Table] is a directory of data files with a log. Each entry of the log
// makes a version. It is a list of actions: add, remove and others. A file that was added and not removed since is live; one
// that was removed is a tombstone, and stays in the store for older versions until a vacuum. A partition is the files with the same
// values of the partition columns. A checkpoint is what all actions up to a version come to, in one Parquet file.
//
// [Table.Replace] says what is live of some partitions from now on. That is one entry of the log, or none if it is live
// already. An entry is written only where none is, in one step of the store: of two writers of one version the second is refused,
// reads what the first has done, and makes its entry anew. Nothing is repaired after a crash: a data file that no
// entry names is in no version, and if an answer was lost, the next Replace sees in the log whether anything is left to do.
//
// Tables are of protocol 1/2, which every reader of Delta Lake knows. One that somebody has changed into another is a
// [ForeignError] and is left alone, for a newer protocol asks for what this package does not do.
//
// It does not know which tables there are or what is in their files, and it has no locks: who writes a partition holds one.
// Of the values in rows a log has those of the partition columns, and in statistics what the caller hands over.
//
// Begin with replace.go, which is the way of a commit. log.go reads a version: a checkpoint (readcheckpoint.go) and the
// entries since (tail.go); state.go is what actions come to, action.go their form, foreign.go what is refused. tidy.go says when
// checkpoints are written and what of the log is removed, checkpoint.go how they look, and vacuum.go which files go. How little of a
// checkpoint a commit reads is in ahead.go, footer.go and leaves.go.
package delta
