package extract

import (
	"context"
	"fmt"
	"time"

	"graphlake/extract/graph"
	"graphlake/schemas"
)

// Probe asks Graph one small question of the dataset, to learn whether it answers: the first page, as
// short as Graph makes it, of the last whole minute before now, or of the last whole day where Graph
// takes dates only. What is on it is not looked at. An error is one of [graph.Error]'s kinds.
func Probe(ctx context.Context, c *graph.Client, ds schemas.Dataset, now time.Time) error {
	unit := time.Minute
	if !hasClock(ds.Source.Window.Layout) {
		unit = schemas.Day
	}
	to := now.UTC().Truncate(unit)
	r := Read(c, ds, schemas.Range{}, Options{}).listRequest(schemas.Range{From: to.Add(-unit), To: to})
	// A preference, unlike $top, is refused nowhere.
	r.Headers = append(r.Headers, graph.Param{Name: "Prefer", Value: "odata.maxpagesize=1"})
	for _, err := range c.Pages(ctx, r) {
		if err != nil {
			return fmt.Errorf("ask for %s: %w", ds.Name, err)
		}
		break
	}
	return nil
}
