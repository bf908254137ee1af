package cli

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
		Person      []schemas.Permission `json:"person,omitempty"` // delegated, by which it is read for one person; none: it is not for one person
		Tables      []string             `json:"tables"`
		Computed    []string             `json:"computed,omitempty"` // tables that are not read from records
	}
	set, err := c.known()
	if err != nil {
		return err
	}
	var entries []entry
	for _, d := range set {
		e := entry{Name: d.Name, Mode: d.Mode.String(), Optional: d.Optional, Doc: d.Doc, Permissions: d.Permissions}
		if of, ok := d.OfPerson(); ok {
			e.Person = schemas.Needs(of.Requirements())
		}
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
	fmt.Fprintln(w, "dataset\tread\tmode\tpermission\tfor one person\ttables")
	for _, e := range entries {
		read := "by default"
		if e.Optional {
			read = "where named"
		}
		one := "-"
		if len(e.Person) > 0 {
			one = "yes"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", e.Name, read, e.Mode, e.Permissions[0], one, strings.Join(e.Tables, ", "))
	}
	return w.Flush()
}
