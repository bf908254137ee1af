// Package lane keeps the tables of a lake a second time, as Delta tables, for engines that want a table and no glob: the
// second lane. The plain lane, which [load] writes, is the truth. All that is here is made from it and can be made again.
//
// It says which Delta table a table is and where it lies, by the lake's [Identity]: one for all tenants, or one for each;
// and in which form. In form days a data file is the bytes of a plain file under a name that is their hash, in a table
// that is partitioned by day. In form months the table is partitioned by month, and a data file has the rows of a day, or
// of a month that was compacted, with the day as a column.
//
// [Lane.Publish] makes the lane have what the plain lane has of some days of a table, in one version of the Delta
// table: first the data files, which nobody sees, then the entry of the log. What a crash leaves in between is found by
// the next Publish of these days, or goes with a vacuum. It is called under the lock of the tenant's dataset, so that
// nobody else writes or removes these files. Which days the lane has is not remembered here but in the state of
// the dataset, by the lane's id.
//
// A nil *Lane is the lane of a lake that has none: its methods do nothing.
//
// It knows no log, which is load/delta's, and nothing of runs. Begin with publish.go.
package lane
