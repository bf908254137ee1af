// Package state is what a lake remembers of a dataset of a tenant besides its partitions: small documents that are
// replaced by compare-and-swap.
//
// Its nouns: a [State] is the document of a [Pair], a dataset of a tenant. Its [Coverage] says of each part of the
// dataset's time what became of it when it was read last, with an [Outcome]; its [Behind] who could not be read; its
// dirty days where tables may lag raw. A [Document] is a state under its lock, and the only way to change one. [Days] is
// what readers of the lake get of it. A [SignIn] is what is known of the person who is signed in to a tenant,
// and a [TenantHold] a tenant that one worker of an engine has.
//
// Methods of State change a value and touch no store, so that what is planned and what is remembered can be tried
// without one. Start at state.go.
package state
