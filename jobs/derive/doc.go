// Package derive makes the tables of a day from its raw partition. It asks nobody, knows no state and takes no lock:
// who may publish, its caller has to know.
//
// Its nouns: a [Day] is a day of a dataset of a tenant in a lake. A [Derivation] is its tables and its quarantine,
// written and not published, until [Derivation.Commit]; a [Result] is what they hold. The same raw partition and the
// same definition of the tables give the same bytes, so that deriving a day once more changes nothing. Start at Read.
package derive
