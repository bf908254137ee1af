// Package workflows says in which order an engine above does what `graphlake run` does in one process, and when it tries
// again: [Workflows.Night] is a job of all tenants, [Workflows.TenantDay] that job of one of them, on one worker from its
// first request to its last; [Workflows.Backfill], [Workflows.Replay] and [Workflows.Onboard] are begun by hand.
//
// It holds no I/O, no time of its own and no record: what is read and derived is done by activities, of which it knows
// names, ranges and counts. What is due, the product plans; what an error is, the product says, as a kind.
//
// Start at tenantday.go, then round.go, which is one run of the product. Which kind is tried again when is in policy.go, and
// how a workflow may change in versions.go.
package workflows
