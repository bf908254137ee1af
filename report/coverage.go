package report

import (
	"context"
	"slices"
	"time"

	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/schemas"
)

// Coverage is what the lake holds of each day of a dataset, as the view coverage says it.
type Coverage struct {
	Dataset string
	Days    []string // the outcome of each day of the range; "" where nothing is said of it
}

// answering are the datasets that the answers are made of.
var answering = []string{"call_records", "chat_messages", "channel_messages", "calendar_events", "users", "mailbox_settings"}

// readCoverage is of the datasets that the answers are made of, read or not, and of all others of which a day is known.
func readCoverage(ctx context.Context, store load.Store, set schemas.Set, tenant string, days schemas.Range) ([]Coverage, error) {
	var all []Coverage
	for _, name := range datasetNames(set) {
		known, err := state.LoadDays(ctx, store, state.Pair{TenantID: tenant, Dataset: name})
		if err != nil {
			return nil, err
		}
		outcomes := map[string]string{}
		for _, d := range known.Days {
			outcomes[d.Date] = d.Outcome
		}
		c := Coverage{Dataset: name}
		for _, day := range days.Days() {
			c.Days = append(c.Days, outcomes[day.Format(time.DateOnly)])
		}
		if len(known.Days) > 0 || IsAnswering(name) {
			all = append(all, c)
		}
	}
	return all, nil
}

// datasetNames are those that the answers are made of, then the others.
func datasetNames(set schemas.Set) []string {
	names := slices.Clone(answering)
	for _, d := range set {
		if !IsAnswering(d.Name) {
			names = append(names, d.Name)
		}
	}
	return names
}

// IsAnswering reports whether the answers are made of a dataset.
func IsAnswering(dataset string) bool {
	return slices.Contains(answering, dataset)
}
