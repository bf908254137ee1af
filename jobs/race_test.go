//go:build race

package jobs_test

// racing says that the race detector watches, which makes a run six times slower.
const racing = true
