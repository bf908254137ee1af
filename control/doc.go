// Package control is the control API, by which a service asks for runs of a lake, and how the lake stands.
//
// Its nouns:
//
//   - A caller is who sends requests. A bearer token says who it is, and for which tenants it may ask ([graphlake/control/bearer]). What
//     it may not ask for is not there for it.
//   - An asked run is a run that a caller has asked for by a [Request]. It is a document in the lake before anybody is told that it was
//     accepted, and has the id of the run that it becomes. [Run] is what callers are told of it, its [State] how far it is.
//   - A key is the Idempotency-Key of a caller: all requests with it are one.
//   - A server is one process that serves the API. Several may serve one lake. They know of each other by the documents alone: who is
//     the first to say in one that it begins the run is the one that runs it.
//   - The queue of a server has the asked runs that wait for their turn there, or are at work.
//
// It promises that a run that was accepted is begun at most once, whatever crashes; one that was not begun is begun by the next server
// that knows what it names, for a day. It does not know the configuration, nor how a run is made: the functions in [Options] do.
//
// To read it, begin with [New], which has the routes. Each request of a caller passes guard.go; runs.go answers those about runs. asked.go
// has the document and how it changes, queue.go the way of a run from there to its end. What the network may do to a server stands in
// listener.go.
package control
