package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"graphlake/schemas"
)

type datasetsCommand struct{}

func (datasetsCommand) Run(c *command) error {
	type entry struct {
		Name        string               `json:"name"`
		Mode        string               `json:"mode"`
		Optional    bool                 `json:"optional,omitempty"` // read only where it is named
		Doc         string               `json:"doc"`
		Permissions []schemas.Permission `json:"permissions"`
		Tables      []string             `json:"tables"`
		Computed    []string             `json:"computed,omitempty"` // tables that are not read from records
	}
	set, err := c.known()
	if err != nil {
		return err
	}
	var entries []entry
	for _, d := range set {
		e := entry{d.Name, d.Mode.String(), d.Optional, d.Doc, d.Permissions, nil, nil}
		for _, t := range d.Tables {
			e.Tables = append(e.Tables, t.Name)
			if t.Computed != 0 {
				e.Computed = append(e.Computed, t.Name)
			}
		}
		entries = append(entries, e)
	}
	if c.Output == "json" {
		return c.printJSON(entries)
	}
	w := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "dataset\tread\tmode\tpermission\ttables")
	for _, e := range entries {
		read := "by default"
		if e.Optional {
			read = "where named"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", e.Name, read, e.Mode, e.Permissions[0], strings.Join(e.Tables, ", "))
	}
	return w.Flush()
}
