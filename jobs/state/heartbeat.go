package state

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"graphlake/load"
	"graphlake/schemas"
)

// Heartbeat is what a run says of itself while it holds locks: who it is, what it holds, how far it is. It names a process and
// numbers, and nobody's data. Nothing depends on it: the lock alone keeps others out, and whoever cannot write a heartbeat goes
// on. A crash leaves it; it is stale then, and goes with the next run that takes one of its locks.
type Heartbeat struct {
	Run      string        `json:"run"`
	What     string        `json:"what"` // run, replay, erase, expire, compact or vacuum
	Host     string        `json:"host"`
	PID      int           `json:"pid"`
	Started  time.Time     `json:"started"`
	Beat     time.Time     `json:"beat"` // when it was written, by the host's clock
	Datasets []HeldDataset `json:"datasets"`
	Units    int           `json:"units"` // planned; 0 before the plan is made
	Done     int           `json:"done"`  // of these
	Requests int64         `json:"requests"`
	Records  int64         `json:"records"`
	Share    float64       `json:"share"` // how much is done, 0 to 1
}

// HeldDataset is a dataset of a tenant whose lock a run holds, and the range that it reads, from the first of its units to the
// last; zero before the plan is made, and of what reads nothing.
type HeldDataset struct {
	TenantID string    `json:"tenant_id"`
	Dataset  string    `json:"dataset"`
	From     time.Time `json:"from,omitzero"`
	To       time.Time `json:"to,omitzero"`
}

const (
	// BeatEvery is how often a heartbeat is written.
	BeatEvery = 20 * time.Second
	// beatStale is how old the last one is of who is not alive any more, or cannot reach the lake: several were left out.
	beatStale = 2 * time.Minute
	// beatForgotten is how old one is that anybody may remove.
	beatForgotten = 7 * schemas.Day
)

// Stale reports whether a run has not said for so long that it is alive that it probably is not.
func (h Heartbeat) Stale(now time.Time) bool { return now.Sub(h.Beat) > beatStale }

// Holds gives what a heartbeat says of a dataset.
func (h Heartbeat) Holds(p Pair) (HeldDataset, bool) {
	i := slices.IndexFunc(h.Datasets, func(d HeldDataset) bool { return d.TenantID == p.TenantID && d.Dataset == p.Dataset })
	if i < 0 {
		return HeldDataset{}, false
	}
	return h.Datasets[i], true
}

// Reads reports whether the range of the dataset touches another one.
func (d HeldDataset) Reads(r schemas.Range) bool { return d.From.Before(r.To) && d.To.After(r.From) }

// LoadHeartbeats reads those of all runs, also the stale ones, in the order of their runs.
func LoadHeartbeats(ctx context.Context, store load.Store) (all []Heartbeat, err error) {
	for info, err := range store.List(ctx, load.Heartbeats) {
		if err != nil {
			return all, fmt.Errorf("list the runs that are under way: %w", err)
		}
		text, _, err := load.ReadObject(ctx, store, info.Name)
		if errors.Is(err, fs.ErrNotExist) { // it has ended meanwhile
			continue
		}
		if err != nil {
			return all, err
		}
		var h Heartbeat
		if json.Unmarshal(text, &h) != nil || load.HeartbeatObject(h.Run) != info.Name {
			continue // nothing depends on it
		}
		all = append(all, h)
	}
	return all, nil
}

// SweepHeartbeats removes what crashes have left, as the holder of some locks knows it: who else says that it holds one of
// them does not any more. What is very old goes, too.
func SweepHeartbeats(ctx context.Context, store Store, own string, held []HeldDataset, now time.Time) error {
	all, err := LoadHeartbeats(ctx, store)
	for _, h := range all {
		left := now.Sub(h.Beat) > beatForgotten || slices.ContainsFunc(held, func(d HeldDataset) bool {
			_, also := h.Holds(Pair{d.TenantID, d.Dataset})
			return also
		})
		if h.Run != own && left {
			err = errors.Join(err, store.Remove(ctx, load.HeartbeatObject(h.Run), load.Condition{}))
		}
	}
	return err
}

// Write puts the heartbeat into the lake, over the version of the one before, and gives its own.
func (h Heartbeat) Write(ctx context.Context, store Store, old load.Version) (load.Version, error) {
	text, err := json.Marshal(h)
	if err != nil {
		return old, err
	}
	name := load.HeartbeatObject(h.Run)
	v, err := store.Swap(ctx, name, old, text)
	if !errors.Is(err, load.ErrConflict) {
		return v, err
	}
	// Somebody has taken it for a crash's, or a try has succeeded whose answer was lost.
	_, old, err = load.ReadObject(ctx, store, name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	return store.Swap(ctx, name, old, text)
}
