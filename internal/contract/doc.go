// Package contract holds graphlake against the client that Microsoft generates from Graph's own
// metadata: that client asks for the same URLs, knows every path that a column is read from with the
// type that the column has, and can read from the simulated Graph.
//
// It has only tests and is a module of its own, because the generated models take minutes to compile.
package contract
