package activities

import (
	"cmp"
	"context"
	"time"

	"go.temporal.io/sdk/activity"

	"graphlake/jobs"
)

// beats is how many heartbeats there are in that time.
const beats = 6

// heartbeat is after which time a worker that says nothing counts as dead.
func (a *Activities) heartbeat() time.Duration { return cmp.Or(a.policy.Heartbeat, time.Minute) }

// attempt is the number of the try of an activity, from 1 on.
func attempt(ctx context.Context) int32 { return activity.GetInfo(ctx).Attempt }

// counts is what a heartbeat says: how far something is.
type counts struct {
	Units     int     `json:"units,omitempty"`
	Done      int     `json:"done,omitempty"` // units
	Requests  int64   `json:"requests,omitempty"`
	Expected  int64   `json:"expected,omitempty"` // requests
	Throttled int64   `json:"throttled,omitempty"`
	Waited    float64 `json:"waited,omitempty"` // seconds, summed over requests
	Records   int64   `json:"records,omitempty"`
	Share     float64 `json:"share,omitempty"` // done, 0 to 1
}

func countsOf(w jobs.Work) counts {
	return counts{w.Units, w.Done, w.Requests, w.Expected, w.Throttled, w.Waited.Seconds(), w.Records, w.Share}
}

// beat says that an activity is alive, and how far, until it is stopped. By the answer Temporal cancels its context.
func (a *Activities) beat(ctx context.Context, now func() counts) (stop func()) {
	ticker := time.NewTicker(a.heartbeat() / beats)
	ended, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		for {
			select {
			case <-ticker.C:
				activity.RecordHeartbeat(ctx, now())
			case <-ended:
				return
			}
		}
	}()
	return func() {
		ticker.Stop()
		close(ended)
		<-gone
	}
}

// nothing is the counts of what is not counted.
func nothing() counts { return counts{} }
