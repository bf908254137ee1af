// Package delta writes and reads the log of a Delta Lake table, so that engines that know such tables, as Fabric,
// Databricks, Spark and DuckDB, read the files of a table together, at one version, and at older ones.
//
// Its nouns are those of Delta Lake's protocol. A [Table] is a directory of data files with a log. An entry of the log
// makes a version; it is a list of actions, and a file is in the table at a version if an action has added it and none
// has removed it since: it is live. A removed file leaves a tombstone, for it is there until a vacuum, and older
// versions have it. A partition is the files with the same values of the partition columns. A checkpoint is all that
// the actions up to a version come to, in one Parquet file.
//
// A write says what is live of some partitions from now on ([Table.Replace]), and is one entry, or none if that is live
// already. Whoever writes an entry decides nothing by it but that this version is taken: the store swaps the object
// from absent, so of two writers one has it, and the other reads what the first has done and makes its own entry anew.
// Nothing is repaired after a crash. A data file that no entry names is nobody's until one does; what a lost answer
// leaves in doubt, the next Replace finds in the log.
//
// Tables are of protocol 1/2, which every reader of Delta Lake knows. One that somebody has turned into another is a
// [ForeignError], and is left alone: what a newer protocol asks of a writer this package does not do.
//
// It does not know which tables there are, what is in a data file, or who may write a partition: a caller has a lock for that.
// No value of a row ever stands in a log but those of the partition columns, and of the statistics that a caller hands it.
//
// Begin with replace.go; log.go is how a version is read, state.go what actions come to, action.go what they look like.
package delta
