package cli

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"graphlake/schemas"
	"graphlake/views"
)

type schemaCommand struct {
	Table string `arg:"" help:"A table, as calls; graphlake datasets lists them."`
}

func (s schemaCommand) Run(c *command) error {
	set, err := c.known()
	if err != nil {
		return err
	}
	d, t, err := findTable(set, s.Table)
	if err != nil {
		return err
	}
	type column struct {
		Name     string `json:"name"`
		Type     string `json:"type"`
		Required bool   `json:"required"`
		Personal bool   `json:"personal"`
		Doc      string `json:"doc"`
		Written  string `json:"written,omitempty"`
		Quasi    bool   `json:"quasi,omitempty"`
		Computed bool   `json:"computed,omitempty"` // not read from the record
	}
	columns := []column{}
	for _, x := range t.Columns {
		columns = append(columns, column{x.Name, x.Type.String(), t.Requires(x), x.Personal, x.Doc, x.Written.String(), x.Quasi, x.Computed != 0})
	}
	if c.Output == "json" {
		return c.printJSON(map[string]any{"table": t.Name, "dataset": d.Name, "doc": t.Doc, "key": t.Key, "columns": columns})
	}
	fmt.Fprintf(c.stdout, "%s (%s): %s\nkey: %s\n\n", t.Name, d.Name, t.Doc, strings.Join(t.Key, ", "))
	w := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', 0)
	for _, x := range columns {
		var marks []string
		if x.Required {
			marks = append(marks, "required")
		}
		if x.Personal {
			marks = append(marks, "personal")
		}
		if x.Written != "" {
			marks = append(marks, x.Written)
		}
		if x.Quasi {
			marks = append(marks, "singles out")
		}
		if x.Computed {
			marks = append(marks, "computed")
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", x.Name, x.Type, strings.Join(marks, ", "), x.Doc)
	}
	return w.Flush()
}

func findTable(set schemas.Set, name string) (schemas.Dataset, schemas.Table, error) {
	d, t, ok := set.FindTable(name)
	if ok {
		return d, t, nil
	}
	var known []string
	for _, d := range set {
		for _, t := range d.Tables {
			known = append(known, t.Name)
		}
	}
	if views.IsView(set, name) {
		return d, t, usage(fmt.Errorf("%s is a view and no table: graphlake sql prints it, and docs/query.md says how to ask it", name))
	}
	return d, t, usage(unknown("table", name, "", known))
}
