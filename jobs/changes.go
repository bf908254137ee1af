package jobs

import (
	"cmp"
	"slices"
	"time"

	"graphlake/jobs/state"
	"graphlake/load"
)

// Change is a partition that a run has changed, once, however often it did.
type Change struct {
	TenantID string    `json:"tenant_id"`
	Dataset  string    `json:"dataset"`
	Kind     load.Kind `json:"kind"`
	Table    string    `json:"table"` // of raw and quarantine the dataset
	Date     string    `json:"dt"`
	Rows     int64     `json:"rows"`
	// Before is how many rows it had by the document of days of the last run; nil if nobody has counted them.
	Before *int64 `json:"rows_before,omitempty"`
}

// mostChanges are named in a report, so that readers of the reports can have each in one piece.
const mostChanges = 20_000

func (r *Report) addChanges(all []Change) {
	n := min(len(all), mostChanges-len(r.Changes))
	r.Changes = append(r.Changes, all[:n]...)
	r.MoreChanges += len(all) - n
}

// changes are the partitions that the session has changed so far, by table and day.
func (o *openDataset) changes() []Change {
	o.mu.Lock()
	defer o.mu.Unlock()
	known := map[string]state.Day{}
	if o.before != nil {
		for _, day := range o.before.Days {
			known[day.Date] = day
		}
	}
	at := map[load.Partition]int{}
	var all []Change
	for _, c := range o.changed {
		p := c.Partition
		i, again := at[p]
		if !again {
			i = len(all)
			at[p] = i
			all = append(all, Change{TenantID: p.TenantID, Dataset: o.dataset.Name, Kind: p.Kind, Table: p.Name, Date: p.Date.Format(time.DateOnly)})
			if o.before != nil {
				all[i].Before = rowsBefore(known[all[i].Date], p)
			}
		}
		all[i].Rows = c.Rows
	}
	slices.SortFunc(all, func(a, b Change) int {
		return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Table, b.Table))
	})
	return all
}

// rowsBefore is what the document of days says of a partition. Of a day that was not held there was none.
func rowsBefore(day state.Day, p load.Partition) *int64 {
	switch {
	case !day.IsHeld() && day.Removed == "":
		return new(int64)
	case p.Kind == load.Raw:
		return day.Records
	case p.Kind == load.Tables:
		if n, ok := day.Rows[p.Name]; ok {
			return &n
		}
	}
	return nil
}
