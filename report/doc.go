// Package report answers, of the lake's own tables, what is asked first: which calls were missed and returned, how queues
// did by day, how much audio was poor on which network, what was written and talked out of hours, how full calendars are,
// what calls there were, and who was active. It promises the numbers of the metric views of the same names: each file here
// names its metric, whose definition package views has.
//
// Its nouns: a [Report] has a [Tenant] for each tenant that was asked for, in a range of days; a tenant has what each metric
// counts, by department where a person stands behind it, and the [Coverage] of the datasets behind all that. A [Section] is
// the same as tables, which a terminal and a page show alike.
//
// It reads each partition once, as a stream. What it holds in memory is what it answers, the people of the directory, and one
// day of legs or events at a time. It knows no name of a person and shows none; a [Group] of fewer than [Fewest] people is hidden.
//
// Begin at [Make]; a day of calls is read in calls.go.
package report
