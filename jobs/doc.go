// Package jobs wires the stages into runs: Graph → raw, raw → tables, and a report of what became of it.
//
// It promises that a unit which fails leaves the others alone, that whatever is left out is gone on with by the next
// run, and that an error is decided upon here and nowhere else. It does not know flags, credentials or where a lake is
// kept, nor when it is run.
//
// Its nouns: a [Runner] is what runs are made with. A [Session] has some datasets open, each under its lock, and reads
// units of a plan and derives days. A [UnitReport] is what became of a unit, a [Report] of a run. What is due, package
// plan says; what is remembered, package state; how a day is derived, package derive.
//
// Start at Runner.Run in run.go, which is a session from Open to Close. An engine above that runs units in an order of
// its own starts at session.go. The way of one unit is in unit.go.
package jobs
