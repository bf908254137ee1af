// Package exclude finds out who is left out of a lake from the start: whom privacy.exclude names, and who is in a group
// that it names.
//
// It promises that nobody gets in by mistake: of a tenant whose directory does not say who these people are there is an
// error, and then nothing may be read of it. A key that somebody else has as well, as the number of a switchboard or a name,
// is nobody's, and stays. Where there are several tenants, a name holds for its own; ids, addresses and numbers hold for all.
//
// It takes nobody out of a record: that is the filter's, of transform/privacy. Who is known by what, package erased says.
// Start at [Find].
package exclude
