// Package transform turns JSON records into typed rows in Arrow batches, by a plan compiled from
// the tables of a dataset.
//
// It promises that a record is walked once, that it gives all of its rows or none, that a value is
// exactly what Graph sent or null, and that nothing goes unseen: a value that does not fit an optional
// column is a misfit and counted, and a record without what its rows need goes to quarantine, each with the
// place and the reason. Nothing is allocated for a record beyond the growth of the columns. [Compile] makes the plan, a
// [Builder] fills batches from records, a [Deriver] fills them from raw rows and quarantines what it
// cannot read. It knows the vocabulary of schemas, but no dataset, no file and no request.
//
// Start at [Compile] in plan.go; walk.go follows a record along a plan, convert.go makes cells of values.
package transform
