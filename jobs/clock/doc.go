// Package clock says when: at which [Times] a [Job] is to run, what is late, and how far a lake is at an instant.
//
// A [Schedule] stays and wakes jobs at their times; it knows no plan. [Late] compares what was due at the newest time of
// a job with what the lake remembers. A [Status] is that and how far each dataset reaches, a [Map] what is held
// of each day. The package runs nothing itself and reads documents only, no partitions. Start at schedule.go, or for `graphlake status` at status.go.
package clock
