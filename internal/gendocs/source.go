package main

import (
	"slices"
	"strings"

	"graphlake/schemas"
)

// requests are those that a dataset is read with, in the order in which they are sent.
func requests(d schemas.Dataset) []string {
	var all []string
	ask := func(path string) { all = append(all, "GET /"+d.Source.API+path) }
	if p := d.Source.Parent; p != nil {
		if p.Of != nil {
			ask(p.Of.Path)
		}
		ask(p.Path)
	}
	for _, b := range d.Source.Between {
		ask(b.Path)
	}
	ask(d.Source.Path)
	if p := d.Source.Parent; p != nil && p.Batch > 0 {
		all[len(all)-1] = "POST" + strings.TrimPrefix(all[len(all)-1], "GET")
	}
	if detail := d.Source.Detail; detail != nil {
		if detail.Path != "" {
			ask(detail.Path)
		}
		for _, part := range detail.Parts {
			ask(part.Path)
			for _, other := range part.Instead {
				if line := "GET /" + d.Source.API + other.Part.Path; !slices.Contains(all, line) {
					ask(other.Part.Path)
				}
			}
		}
	}
	return all
}

// budgets are the families that the requests are counted in, each once.
func budgets(d schemas.Dataset) string {
	var names []string
	count := func(b schemas.Budget) {
		if b.Name != "" && !slices.Contains(names, b.Name) {
			names = append(names, b.Name)
		}
	}
	for p := d.Source.Parent; p != nil; p = p.Of {
		count(p.Budget)
	}
	for _, b := range d.Source.Between {
		count(b.Budget)
	}
	count(d.Source.Budget)
	if detail := d.Source.Detail; detail != nil {
		count(detail.Budget)
		for _, part := range detail.Parts {
			count(part.Budget)
		}
	}
	return strings.Join(names, ", ")
}
