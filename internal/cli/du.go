package cli

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"text/tabwriter"

	"graphlake/load"
)

type duCommand struct {
	Dataset []string `placeholder:"NAME" sep:"," help:"A dataset; may be repeated (default: all that the lake holds)."`
	tenantChoice
}

// datasetSize is what a dataset takes.
type datasetSize struct {
	Dataset string    `json:"dataset"`
	Raw     load.Size `json:"raw"`
	Tables  load.Size `json:"tables"`
	ADay    int64     `json:"a_day"`  // bytes of both, by the newest four weeks
	AYear   int64     `json:"a_year"` // if all days of a year are like that
}

// otherSize is what a part of the lake takes that is of no dataset alone.
type otherSize struct {
	What  string `json:"what"`
	Files int64  `json:"files"`
	Bytes int64  `json:"bytes"`
}

type lakeSize struct {
	Datasets []datasetSize `json:"datasets"`        // that the lake holds something of, the greatest first
	Delta    []deltaSize   `json:"delta,omitempty"` // what their Delta tables take besides
	Others   []otherSize   `json:"others"`          // of all datasets and tenants
	Bytes    int64         `json:"bytes"`
	ADay     int64         `json:"a_day"`
	AYear    int64         `json:"a_year"`
}

const daysOfYear = 365

func (d duCommand) Run(ctx context.Context, c *command) error {
	cfg, sel, err := c.selected(selection{choice: choice{Dataset: d.Dataset, tenantChoice: d.tenantChoice}})
	if err != nil {
		return err
	}
	store, err := cfg.openLake(ctx)
	if err != nil {
		return err
	}
	if len(d.Dataset) == 0 {
		sel.Datasets = slices.Clone(cfg.set)
	}
	tenants := []string{""} // all that the lake holds, whoever is configured
	if (d.tenantChoice != tenantChoice{}) {
		tenants = sel.TenantIDs()
	}
	size := lakeSize{Datasets: []datasetSize{}, Others: []otherSize{}}
	lake := load.New(store, "")
	for _, dataset := range sel.Datasets {
		of := datasetSize{Dataset: dataset.Name}
		var names []string
		for _, t := range dataset.Tables {
			names = append(names, t.Name)
		}
		for _, tenant := range tenants {
			raw, err := lake.Size(ctx, load.Raw, []string{dataset.Name}, tenant)
			if err != nil {
				return err
			}
			tables, err := lake.Size(ctx, load.Tables, names, tenant)
			if err != nil {
				return err
			}
			of.Raw, of.Tables = addSizes(of.Raw, raw), addSizes(of.Tables, tables)
		}
		of.ADay = of.Raw.ADay + of.Tables.ADay
		of.AYear = daysOfYear * of.ADay
		if of.Raw.Files+of.Tables.Files > 0 {
			size.Datasets = append(size.Datasets, of)
			size.Bytes, size.ADay, size.AYear = size.Bytes+of.Raw.Bytes+of.Tables.Bytes, size.ADay+of.ADay, size.AYear+of.AYear
		}
	}
	slices.SortStableFunc(size.Datasets, func(a, b datasetSize) int {
		return int(min(max(b.Raw.Bytes+b.Tables.Bytes-a.Raw.Bytes-a.Tables.Bytes, -1), 1))
	})
	on, off, err := cfg.heldLane(ctx, store)
	if err != nil {
		return err
	}
	if err := size.addDelta(ctx, store, cmp.Or(on, off), sel.Datasets, tenants); err != nil {
		return err
	}
	if len(d.Dataset) == 0 && (d.tenantChoice == tenantChoice{}) {
		if err := size.addOthers(ctx, store); err != nil {
			return err
		}
	}
	return c.printSize(size)
}

// addSizes adds up what tenants take.
func addSizes(a, b load.Size) load.Size {
	return load.Size{Files: a.Files + b.Files, Bytes: a.Bytes + b.Bytes, Days: max(a.Days, b.Days), ADay: a.ADay + b.ADay}
}

// addOthers adds what is of no dataset alone.
func (s *lakeSize) addOthers(ctx context.Context, store load.Store) error {
	for _, part := range []struct{ what, prefix string }{
		{string(load.Quarantine), load.Quarantine.Under()}, {"state", load.States}, {"reports of runs", load.Reports}, {"runs asked for", load.Asked},
	} {
		o := otherSize{What: part.what}
		for info, err := range store.List(ctx, part.prefix) {
			if err != nil {
				return fmt.Errorf("list %s: %w", part.prefix, err)
			}
			o.Files, o.Bytes = o.Files+1, o.Bytes+info.Size
		}
		if o.Files > 0 {
			s.Others, s.Bytes = append(s.Others, o), s.Bytes+o.Bytes
		}
	}
	return nil
}

func (c *command) printSize(s lakeSize) error {
	if c.Output == "json" {
		return c.printJSON(s)
	}
	w := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "dataset\tdays\tfiles\traw\ttables\ta day\ta year\t")
	for _, d := range s.Datasets {
		fmt.Fprintf(w, "%s\t%d\t%d\t%s\t%s\t%s\t%s\t\n", d.Dataset, max(d.Raw.Days, d.Tables.Days), d.Raw.Files+d.Tables.Files,
			inBytes(d.Raw.Bytes), inBytes(d.Tables.Bytes), inBytes(d.ADay), inBytes(d.AYear))
	}
	for _, o := range s.Others {
		fmt.Fprintf(w, "%s\t\t%d\t%s\t\t\t\t\n", o.What, o.Files, inBytes(o.Bytes))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if err := c.printDelta(s.Delta); err != nil {
		return err
	}
	_, err := fmt.Fprintf(c.stdout, "%s in all; %s a day by the newest four weeks of each, %s in a year of such days\n", inBytes(s.Bytes), inBytes(s.ADay), inBytes(s.AYear))
	return err
}

// inBytes is a size for people, in decimal units, as Azure's prices are.
func inBytes(n int64) string {
	units := []string{"B", "kB", "MB", "GB", "TB", "PB"}
	f, i := float64(n), 0
	for f >= 999.95 && i < len(units)-1 {
		f, i = f/1000, i+1
	}
	if i == 0 {
		return fmt.Sprintf("%d B", n)
	}
	return fmt.Sprintf("%.1f %s", f, units[i])
}
