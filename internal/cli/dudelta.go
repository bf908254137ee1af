package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"graphlake/load"
	"graphlake/load/lane"
	"graphlake/schemas"
)

// deltaSize is what a table takes as a Delta table, or as those of several tenants.
type deltaSize struct {
	Table string   `json:"table"`
	Live  fileSize `json:"live"` // what the newest version has
	Dead  fileSize `json:"dead"` // what older versions have, or none, until a vacuum
	Log   fileSize `json:"log"`
}

func (d deltaSize) bytes() int64 { return d.Live.Bytes + d.Dead.Bytes + d.Log.Bytes }

type fileSize struct {
	Files int64 `json:"files"`
	Bytes int64 `json:"bytes"`
}

func (s *fileSize) add(bytes int64) {
	s.Files++
	s.Bytes += bytes
}

// deltaFiles are the bytes of data files by their path below the root of their table, those of one tenant.
type deltaFiles map[string]int64

// addDelta adds what the Delta tables of some datasets take, of some tenants or, where the first of these is empty, of all that the
// lake holds. The log of a table of all tenants is of none alone.
func (s *lakeSize) addDelta(ctx context.Context, store load.Store, l *lane.Lane, of []schemas.Dataset, tenants []string) error {
	if l == nil {
		return nil
	}
	sizes, files, err := listDelta(ctx, store, tenants)
	if err != nil {
		return err
	}
	for _, d := range of {
		for _, t := range d.Tables {
			size, ok := sizes[t.Name]
			if !ok {
				continue
			}
			for tenant, stored := range files[t.Name] {
				live, _, err := l.Live(ctx, t, tenant)
				if err != nil {
					return err
				}
				for _, f := range live {
					if bytes, there := stored[f.Path]; there {
						size.Live.add(bytes)
						delete(stored, f.Path)
					}
				}
				for _, bytes := range stored {
					size.Dead.add(bytes)
				}
			}
			s.Delta, s.Bytes = append(s.Delta, *size), s.Bytes+size.bytes()
		}
	}
	return nil
}

// listDelta lists all Delta tables: their logs are added up, and their data files are given by table and tenant.
func listDelta(ctx context.Context, store load.Store, tenants []string) (map[string]*deltaSize, map[string]map[string]deltaFiles, error) {
	sizes, files := map[string]*deltaSize{}, map[string]map[string]deltaFiles{}
	for info, err := range store.List(ctx, load.DeltaTables) {
		if err != nil {
			return nil, nil, fmt.Errorf("list %s: %w", load.DeltaTables, err)
		}
		table, tenant, below, ok := load.ParseDelta(info.Name)
		if !ok {
			continue
		}
		if f, ok := load.ParseDataFile(below); ok && tenant == "" {
			tenant = f.TenantID
		}
		if tenants[0] != "" && !slices.Contains(tenants, tenant) {
			continue
		}
		if sizes[table] == nil {
			sizes[table], files[table] = &deltaSize{Table: table}, map[string]deltaFiles{}
		}
		if root := strings.TrimSuffix(info.Name, "/"+below); strings.HasPrefix(info.Name, load.DeltaLog(root)) {
			sizes[table].Log.add(info.Size)
			continue
		}
		if files[table][tenant] == nil {
			files[table][tenant] = deltaFiles{}
		}
		files[table][tenant][below] = info.Size
	}
	return sizes, files, nil
}

// printDelta prints what each Delta table takes.
func (c *command) printDelta(all []deltaSize) error {
	if len(all) == 0 {
		return nil
	}
	var dead fileSize
	w := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, load.DeltaTables+"\tfiles\tlive\tdead\tlog\t")
	for _, d := range all {
		fmt.Fprintf(w, "%s\t%d\t%s\t%s\t%s\t\n", d.Table, d.Live.Files+d.Dead.Files+d.Log.Files, inBytes(d.Live.Bytes), inBytes(d.Dead.Bytes), inBytes(d.Log.Bytes))
		dead.Files, dead.Bytes = dead.Files+d.Dead.Files, dead.Bytes+d.Dead.Bytes
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if dead.Files > 0 {
		c.printDead(dead.Files, dead.Bytes)
	}
	return nil
}

// printDead says what lies below delta/ and is live no more, and what removes it.
func (c *command) printDead(files, bytes int64) {
	fmt.Fprintf(c.stdout, "%s: %s in files that no newest version has (%d); graphlake vacuum removes those that were replaced more than a week ago\n", load.DeltaTables, inBytes(bytes), files)
}
