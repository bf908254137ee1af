// Package plan says what is due: a pure function of what was asked for, what the lake remembers and the time. It reads
// no store and asks nobody.
//
// Its nouns: a [Selection] is what a run is asked for; a [Unit], a range of a dataset of a tenant, is what is planned,
// run and reported; a [Plan] is units in the order in which they are begun, with notes on what was left out; a [Cost] is
// what a unit asks of Graph, and [Spendings] what that is for each of its budgets. Start at New, and then at
// Selection.due, which has the rules.
package plan
