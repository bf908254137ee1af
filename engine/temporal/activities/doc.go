// Package activities carries out what package workflows orders: the steps of a run of the product, on the engine of package
// cli, and what only asks the configuration and the lake. It has no algorithm of its own: what is due, in which order days are
// derived and what an error is, the product says.
//
// Its nouns: a round is one run of the product for one tenant, which an Open has begun and a Close ends; the rounds of a worker
// are in one table, by the key that the workflow has given each; a worker holds a tenant as long as it has a round of it.
//
// What leaves here goes into the store of Temporal, which others may run: names, ranges and counts, kinds of errors and
// sentences that are in failure.go. The text of an error of Graph or of the lake never does, because it may name people: the
// report in the lake and the log of the worker have it.
//
// Start at Activities, then at Open in open.go and at round in round.go, which says how a round ends, whatever happens.
package activities
