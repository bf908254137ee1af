// Package jobs wires the stages into runs: a plan of units, each read from Graph into raw
// partitions and derived from there into tables, and a report of what became of it.
//
// It promises that planning is a pure function of what was asked for, what the lake holds and the time,
// that a unit which fails leaves the others alone, and that an error is decided upon here and nowhere
// else. It does not know flags, credentials or where a lake is kept.
package jobs
