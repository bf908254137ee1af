// Package facts computes the rows and columns of a dataset's tables that are not read from its records: the functions
// behind [schemas.Computation].
//
// It promises that a value depends on nothing but the values that were read of the same record, and on the tenant of the
// lake; so the same raw gives the same facts, whenever and with whichever other records they are computed. It knows
// columns by their names, and no JSON: it reads Arrow arrays and makes others.
//
// Its nouns: a leg is a session that was no test, with a kind for each of its ends and an outcome; a stay is the time for
// which a person was in legs without a gap; a side of a stream is what sends or receives it.
//
// Start at [New] and [Facts.Compute] in facts.go; legs.go, persons.go, totals.go, streams.go, phone.go and hours.go have a
// computation each, with its rules at the top; calls.go finds the rows of a call record.
package facts
