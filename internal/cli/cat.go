package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"graphlake/internal/commandline"
	"graphlake/load"
	"graphlake/schemas"
)

type catCommand struct {
	Table   string   `arg:"" help:"A table, as calls; graphlake datasets lists them."`
	Tenant  string   `placeholder:"NAME" help:"One of the configured tenants (default: all)."`
	From    moment   `placeholder:"DATE" help:"First day, as 2026-11-01, yesterday or today."`
	To      moment   `placeholder:"DATE" help:"The day after the last."`
	Last    lastDays `placeholder:"DURATION" help:"Instead of both: so many days up to the last midnight in UTC, as 7d."`
	Columns []string `placeholder:"NAME,..." help:"Print these columns only, in this order (default: all)."`
	Where   []string `placeholder:"COLUMN=VALUE" sep:"none" help:"Print the rows that have this value in the column; may be repeated: all of them. An empty VALUE: the rows that have none."`
	Limit   int      `placeholder:"N" help:"Print no more rows than that (default: all)."`
}

func (a catCommand) Run(ctx context.Context, c *command) error {
	cfg, err := c.configuration()
	if err != nil {
		return err
	}
	_, table, err := findTable(cfg.set, a.Table)
	if err != nil {
		return err
	}
	if a.Tenant != "" && !slices.ContainsFunc(cfg.Tenants, func(t tenantConfig) bool { return t.Name == a.Tenant }) {
		return cfg.noTenant(a.Tenant)
	}
	days, err := a.Last.span(a.From, a.To, time.Now())
	if err != nil {
		return err
	}
	if a.Limit < 0 {
		return usage(fmt.Errorf("--limit %d: want how many rows to print at most", a.Limit))
	}
	rows := rowPrinter{out: bufio.NewWriter(c.stdout), left: a.Limit, all: a.Limit == 0}
	if err := rows.choose(table, a.Columns, a.Where); err != nil {
		return usage(err)
	}
	store, err := cfg.openLake(ctx)
	if err != nil {
		return err
	}
	lake := load.New(store, "")
	for _, t := range cfg.Tenants {
		if a.Tenant != "" && t.Name != a.Tenant {
			continue
		}
		for p, err := range lake.Partitions(ctx, load.Tables, table.Name, t.TenantID) {
			if err != nil {
				return err
			}
			if outside(days, p) {
				continue
			}
			if more, err := rows.print(ctx, lake, p, table); !more || err != nil {
				return err
			}
		}
	}
	return nil
}

// outside reports whether a partition is none of the days, whose ends may be open.
func outside(days schemas.Range, p load.Partition) bool {
	if days.From.IsZero() && days.To.IsZero() {
		return false
	}
	if days.To.IsZero() {
		days.To = p.Date.Add(schemas.Day)
	}
	return !days.Contains(p.Date)
}

// rowPrinter prints a JSON object a row, without what is null.
type rowPrinter struct {
	out     *bufio.Writer
	columns []int // of a row, in the order in which they are printed
	where   []condition
	left    int // rows, unless it is all
	all     bool
}

// condition is the value that a column of a row has to have.
type condition struct {
	column int
	value  string
}

// The columns of a partition stand in front of the table's own.
var partitionColumns = []string{"tenant_id", "dt"}

// choose finds columns and conditions in a table.
func (r *rowPrinter) choose(t schemas.Table, columns, where []string) error {
	known := slices.Clone(partitionColumns)
	for _, c := range t.Columns {
		known = append(known, c.Name)
	}
	find := func(name string) (int, error) {
		if i := slices.Index(known, name); i >= 0 {
			return i, nil
		}
		err := unknown("column", name, " in "+t.Name, known)
		if commandline.DidYouMean(name, known) == "" {
			err = fmt.Errorf("there is no column %q in %s; graphlake schema %s lists them", name, t.Name, t.Name)
		}
		return 0, err
	}
	if len(columns) == 0 {
		columns = known
	}
	for _, name := range columns {
		i, err := find(name)
		if err != nil {
			return err
		}
		r.columns = append(r.columns, i)
	}
	for _, text := range where {
		name, value, ok := strings.Cut(text, "=")
		if !ok {
			return fmt.Errorf("--where %q: want a column and its value, as removed=false", text)
		}
		i, err := find(name)
		if err != nil {
			return err
		}
		r.where = append(r.where, condition{i, value})
	}
	return nil
}

// print prints the rows of a partition, and says whether more may follow.
func (r *rowPrinter) print(ctx context.Context, lake *load.Lake, p load.Partition, t schemas.Table) (more bool, err error) {
	values := make([]string, len(partitionColumns)+len(t.Columns)) // as JSON
	names := slices.Clone(partitionColumns)
	for _, c := range t.Columns {
		names = append(names, c.Name)
	}
	for row, err := range lake.Rows(ctx, p, t) {
		if err != nil {
			return false, err
		}
		for i, value := range append([]any{p.TenantID, p.Date.Format(time.DateOnly)}, row...) {
			text, err := json.Marshal(value)
			if err != nil {
				return false, fmt.Errorf("%s, column %s: %w", p, names[i], err)
			}
			values[i] = string(text)
		}
		if !r.wants(values) {
			continue
		}
		fields := make([]string, 0, len(r.columns))
		for _, i := range r.columns {
			if values[i] != "null" {
				fields = append(fields, fmt.Sprintf("%q:%s", names[i], values[i]))
			}
		}
		if _, err := fmt.Fprintf(r.out, "{%s}\n", strings.Join(fields, ",")); err != nil {
			return false, err
		}
		if r.left--; r.left == 0 && !r.all {
			return false, r.out.Flush()
		}
	}
	return true, r.out.Flush()
}

// wants reports whether a row has all values that are wanted.
func (r *rowPrinter) wants(row []string) bool {
	return !slices.ContainsFunc(r.where, func(c condition) bool { return unquoted(row[c.column]) != c.value })
}

// unquoted is a value in JSON as people write it: a text without quotation marks, nothing for null.
func unquoted(value string) string {
	if value == "null" {
		return ""
	}
	var text string
	if json.Unmarshal([]byte(value), &text) != nil {
		return value
	}
	return text
}
