package command

import (
	"context"
	"fmt"
	"maps"
	"slices"
)

// Comparison is of tables of lakes with what the simulator generated, as often as one wants.
type Comparison struct {
	Name   string          // begins the line of a table
	Quiet  bool            // only tables that differ have one
	Tables map[string]bool // that were compared: whether one ever differed
}

// Differing is how many tables ever were not as they should be.
func (c *Comparison) Differing() (n int) {
	for _, differs := range c.Tables {
		if differs {
			n++
		}
	}
	return n
}

// Compare compares tables with what was generated, on the days [from, to) that are given for each
// dataset. Where none are given, the tables of the dataset are left out,
// and so are those whose rows are computed of what was generated.
func (c *Comparison) Compare(ctx context.Context, l *Lake, generated map[string]Keys, days func(Dataset) (from, to string)) error {
	all, err := l.Datasets(ctx)
	if err != nil {
		return err
	}
	rest := maps.Clone(generated)
	for _, d := range all {
		from, to := days(d)
		for _, name := range d.Tables {
			delete(rest, name)
			if from == "" || slices.Contains(d.Computed, name) {
				continue
			}
			got, err := l.Count(ctx, name, from, to)
			if err != nil {
				return err
			}
			c.tell(name, got, generated[name].Count())
		}
	}
	for _, name := range slices.Sorted(maps.Keys(rest)) { // which no dataset has
		c.tell(name, Count{}, rest[name].Count())
	}
	return nil
}

// tell prints the line of a table.
func (c *Comparison) tell(table string, got, want Count) {
	if c.Tables == nil {
		c.Tables = map[string]bool{}
	}
	verdict := "ok"
	if got != want {
		verdict = "differs"
	}
	c.Tables[table] = c.Tables[table] || got != want
	if got != want || !c.Quiet {
		fmt.Printf("%s %s rows=%d/%d keys=%s/%s %s\n", c.Name, table, got.Rows, want.Rows, got.Keys, want.Keys, verdict)
	}
}
