package command

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Contents compares what counts in the tables of two lakes row for row, on the days [from, to) that are
// given for each dataset, and says how many keys that were. Where no days are given, the tables of the
// dataset are left out.
func (c *Comparison) Contents(ctx context.Context, got, want *Lake, days func(Dataset) (from, to string)) (keys int, err error) {
	all, err := got.Datasets(ctx)
	if err != nil {
		return 0, err
	}
	for _, d := range all {
		from, to := days(d)
		if from == "" {
			continue
		}
		for _, name := range d.Tables {
			a, err := got.Present(ctx, name, from, to)
			if err != nil {
				return keys, err
			}
			b, err := want.Present(ctx, name, from, to)
			if err != nil {
				return keys, err
			}
			keys += len(b.Rows)
			c.contrast(a, b)
		}
	}
	return keys, nil
}

// mostTold is how many rows of a table are told of that differ.
const mostTold = 3

// contrast prints what differs in a table.
func (c *Comparison) contrast(got, want Table) {
	keys := got.Differing(want)
	if c.Tables == nil {
		c.Tables = map[string]bool{}
	}
	c.Tables[got.Name] = c.Tables[got.Name] || len(keys) > 0
	for _, key := range keys[:min(len(keys), mostTold)] {
		fmt.Printf("%s %s %s: %s\n", c.Name, got.Name, strings.ReplaceAll(key, Part, " "), unlike(got.Rows[key], want.Rows[key]))
	}
	if len(keys) > 0 {
		fmt.Printf("%s %s contents=%d/%d differs\n", c.Name, got.Name, len(want.Rows)-len(keys), len(want.Rows))
	}
}

// unlike says in what the rows of a key differ.
func unlike(got, want []string) string {
	if len(got) != 1 || len(want) != 1 {
		return fmt.Sprintf("%d rows, want %d", len(got), len(want))
	}
	var a, b map[string]json.RawMessage
	if err := cmp.Or(json.Unmarshal([]byte(got[0]), &a), json.Unmarshal([]byte(want[0]), &b)); err != nil {
		return err.Error()
	}
	var all []string
	for _, column := range slices.Sorted(maps.Keys(b)) {
		if !bytes.Equal(a[column], b[column]) {
			all = append(all, fmt.Sprintf("%s=%s, want %s", column, a[column], b[column]))
		}
	}
	return strings.Join(all, "; ")
}
