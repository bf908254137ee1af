package cli

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/views"
)

type sqlCommand struct {
	Engine  string   `enum:"duckdb,synapse,spark" required:"" help:"Who reads the lake: duckdb, synapse (serverless) or spark (Fabric, Databricks)."`
	Job     string   `placeholder:"NAME" xor:"what" help:"The datasets of a configured job."`
	Dataset []string `placeholder:"NAME" xor:"what" sep:"," help:"A dataset; may be repeated. Without it and --job: all that the lake holds."`
	Delta   bool     `help:"The same views, of which the tables are read from the lake's Delta tables."`
	Tenant  string   `placeholder:"NAME" help:"With --delta, where each tenant has Delta tables of its own: views of this tenant's alone (default: of all)."`
}

func (s sqlCommand) Run(ctx context.Context, c *command) error {
	cfg, err := c.configuration()
	if err != nil {
		return err
	}
	lake := views.Lake{Datasets: cfg.set}
	if s.Job != "" || len(s.Dataset) > 0 {
		if lake.Datasets, err = (choice{Job: s.Job, Dataset: s.Dataset}).datasets(cfg); err != nil {
			return err
		}
	}
	if lake.Place, err = cfg.place(); err != nil {
		return err
	}
	store, err := cfg.openLake(ctx)
	if err != nil {
		return err
	}
	from, err := s.lane(ctx, cfg, store)
	if err != nil {
		return err
	}
	if err := look(ctx, store, from, &lake); err != nil {
		return cfg.lakeError(err)
	}
	for _, d := range lake.Datasets {
		if n := lake.Outdated[d.Name]; n > 0 {
			c.logger().WarnContext(ctx, "tables of some days were derived by another definition, and metrics miss what it did not have; graphlake replay derives them anew",
				"dataset", d.Name, "days", n)
		}
		if n := lake.Unpublished[d.Name]; n > 0 {
			c.logger().WarnContext(ctx, "tables of some days were not published to delta/, so that the views lack them or have them as they were; graphlake replay --delta publishes them",
				"dataset", d.Name, "days", n)
		}
	}
	script, err := views.New(views.Engine(s.Engine), lake)
	if err != nil {
		return usage(err)
	}
	if c.Output == "json" {
		return c.printJSON(map[string]any{"engine": script.Engine, "notes": script.Notes, "statements": script.Statements})
	}
	_, err = fmt.Fprint(c.stdout, script)
	return err
}

// place is where the lake lies for those who read it without graphlake, perhaps from another directory.
func (c *config) place() (views.Place, error) {
	if place, blob := strings.CutPrefix(c.Lake, "az://"); blob {
		p := views.Place{AccountURL: c.Azure.AccountURL, SecretEnv: c.Azure.ConnectionStringEnv}
		p.Container, p.Prefix, _ = strings.Cut(strings.TrimRight(place, "/"), "/")
		return p, nil
	}
	dir, err := filepath.Abs(c.Lake)
	return views.Place{Dir: filepath.ToSlash(dir)}, err
}

// look finds out what is there, by the first object of each table, or else by the lane, of the runs and of the days.
func look(ctx context.Context, store load.Store, from *sqlLane, lake *views.Lake) (err error) {
	if lake.Runs, err = holds(ctx, store, load.Reports, load.IsReport); err != nil {
		return err
	}
	if lake.Days, err = holds(ctx, store, load.States, load.IsDays); err != nil {
		return err
	}
	if err := lookAtDays(ctx, store, lake, from); err != nil {
		return err
	}
	if from != nil {
		lake.Delta, err = from.tables(ctx, lake.Datasets)
		return err
	}
	return lookAtTables(ctx, store, lake)
}

func lookAtTables(ctx context.Context, store load.Store, lake *views.Lake) error {
	parts := load.New(store, "")
	lake.Missing = map[string]bool{}
	for _, d := range lake.Datasets {
		for _, t := range d.Tables {
			lake.Missing[t.Name] = true
			for p, err := range parts.Partitions(ctx, load.Tables, t.Name, "") {
				if err != nil {
					return err
				}
				if load.IsTenant(p.TenantID) {
					lake.Missing[t.Name] = false
					break
				}
			}
		}
	}
	return nil
}

// lookAtDays counts the days, of whatever tenant has any, whose tables are by another definition, or not in the lane that views are of.
func lookAtDays(ctx context.Context, store load.Store, lake *views.Lake, from *sqlLane) error {
	fingerprints := map[string]string{}
	for _, d := range lake.Datasets {
		fingerprints[d.Name] = d.Fingerprint()
	}
	lake.Outdated, lake.Unpublished = map[string]int{}, map[string]int{}
	for info, err := range store.List(ctx, load.States) {
		if err != nil {
			return err
		}
		tenant, dataset, ok := load.ParseState(info.Name)
		if !ok || fingerprints[dataset] == "" {
			continue
		}
		st, err := state.Load(ctx, store, state.Pair{TenantID: tenant, Dataset: dataset})
		if err != nil {
			return err
		}
		lake.Outdated[dataset] += st.Outdated(fingerprints[dataset])
		lake.Unpublished[dataset] += from.lacks(&st, tenant)
	}
	return nil
}

// holds says whether there is an object of a kind whose names begin so.
func holds(ctx context.Context, store load.Store, prefix string, is func(object string) bool) (bool, error) {
	for info, err := range store.List(ctx, prefix) {
		if err != nil || is(info.Name) {
			return err == nil, err
		}
	}
	return false, nil
}
