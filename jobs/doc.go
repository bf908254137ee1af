// Package jobs wires the stages into runs: Graph → raw, raw → tables, and a report of what became of it.
//
// It promises that a unit which fails leaves the others alone, that whatever is left out is gone on with by the next
// run, and that an error is decided upon here and nowhere else. It does not know flags, credentials or where a lake is
// kept, nor when it is run.
//
// Its nouns: a [Runner] is what runs are made with. A [Run] is one under way, in steps: what is due, each unit, the end. A
// [Session], below it, has some datasets open, each under its lock, and reads units of a plan and derives days. A
// [UnitReport] is what became of a unit, a [Report] of a run. What is due, package plan says; what is remembered, package
// state; how a day is derived, package derive.
//
// Start at Runner.Run in run.go, which takes the steps one behind the other. An engine above takes the same ones: [Begin],
// Run.Plan, Run.Unit, Run.End. The way of one unit is in unit.go.
package jobs
