// Package erased is who was taken out of a lake, how they are found in it first, and whether something of them is left.
//
// Its nouns: a [List] is who was erased, as the lake keeps it: salted hashes, and of each [Erasure] when, why, and which
// days have changed. A [Person] is what the pictures of people say of somebody: all keys by which they are known.
// A [Search] looks for people in every object of a lake, and a [Proof] is what it has found.
//
// It takes nobody out: that is a derivation, and jobs does it. It knows datasets by what schemas says of them. Start at
// [Find], then [List.Add].
package erased
