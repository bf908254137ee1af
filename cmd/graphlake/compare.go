package main

import (
	"slices"

	"graphlake/schemas"
)

// comparison of what is granted with what datasets require.
type comparison struct {
	granted []schemas.Permission
	known   bool                  // whether granted is what the token says, or nothing
	proved  []schemas.Requirement // of datasets for which Graph has answered

	uses    map[schemas.Permission][]string // datasets by the permission that opens them
	lacking []lack
	other   bool // a permission that is not listed has opened a dataset
}

type lack struct {
	requirement schemas.Requirement
	dataset     string
}

// compare says of every permission whether it is granted, missing or not needed. What Graph has
// answered counts more than what the token says: some roles open more than the datasets name.
func compare(datasets []schemas.Dataset, answers []datasetCheck, roles []string, known bool) []permissionCheck {
	c := comparison{known: known, uses: map[schemas.Permission][]string{}}
	for _, r := range roles {
		c.granted = append(c.granted, schemas.Permission(r))
	}
	slices.Sort(c.granted)
	c.granted = slices.Compact(c.granted)
	for i, d := range datasets {
		if answers[i].status == exitDone {
			c.proved = append(c.proved, d.Requirements()...)
		}
	}
	for i, d := range datasets {
		for _, r := range d.Requirements() {
			c.add(r, answers[i])
		}
	}
	return c.states()
}

// add finds out what meets a requirement of the dataset that was asked for.
func (c *comparison) add(r schemas.Requirement, answer datasetCheck) {
	by, ok := r.MetBy(c.granted)
	switch {
	case ok:
		if !slices.Contains(c.uses[by], answer.Dataset) {
			c.uses[by] = append(c.uses[by], answer.Dataset)
		}
	case c.isProved(r):
		c.other = true
	case c.known || answer.refused:
		c.lacking = append(c.lacking, lack{r, answer.Dataset})
	}
}

// isProved says whether what opened another dataset, whichever permission it was, meets this one.
func (c *comparison) isProved(r schemas.Requirement) bool {
	return slices.ContainsFunc(c.proved, func(proved schemas.Requirement) bool {
		return !slices.ContainsFunc(proved, func(p schemas.Permission) bool { return !slices.Contains(r, p) })
	})
}

func (c *comparison) states() []permissionCheck {
	all := []permissionCheck{}
	for _, p := range c.granted {
		state := granting
		if c.uses[p] == nil && !c.other { // else it may be the one
			state = unneeded
		}
		all = append(all, permissionCheck{Permission: p, State: state, Datasets: append([]string{}, c.uses[p]...)})
	}
	var requirements []schemas.Requirement
	for _, l := range c.lacking {
		requirements = append(requirements, l.requirement)
	}
	for _, p := range schemas.Needs(requirements) {
		m := permissionCheck{Permission: p, State: missing, Datasets: []string{}}
		for _, l := range c.lacking {
			if slices.Contains(l.requirement, p) && !slices.Contains(m.Datasets, l.dataset) {
				m.Datasets = append(m.Datasets, l.dataset)
			}
		}
		all = append(all, m)
	}
	return all
}
