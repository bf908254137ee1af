package command

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
)

// Lake is what a client has read, told of by the command that wrote it.
type Lake struct {
	Client
	// Only are the values that a row may have in a column of its key; with others it does not count. What
	// is no column here may have any.
	Only map[string]map[string]bool
	// Besides are the keys of rows, by table, that do not count where tables are compared row for row.
	Besides map[string]Keys
	keys    map[string][]string // by table, as far as they were asked for
}

// only are the values that a row of a table may have. What a log adds up stays with who has left.
func (l *Lake) only(table string) map[string]map[string]bool {
	if table == "dial_out_logs" {
		return nil
	}
	return l.Only
}

// Dataset is what the command says of one.
type Dataset struct {
	Name, Mode string
	Tables     []string
	Computed   []string // tables whose rows the simulator does not know: they are not of its records, but computed of them
	Optional   bool     // read only where it is named
	Person     []string // delegated permissions by which it is read for one person; none: it is not for one person
}

// ByTime reports whether the rows are dated by the records, and not by the night that saw them.
func (d Dataset) ByTime() bool { return d.Mode == "windowed" || d.Mode == "changes" }

// Datasets are all that there are, the optional ones included.
func (l *Lake) Datasets(ctx context.Context) (all []Dataset, err error) {
	out, err := l.Output(ctx, "datasets")
	if err != nil {
		return nil, err
	}
	return all, json.Unmarshal(out, &all)
}

// Names are those of all datasets, with commas between, as --dataset takes them.
func (l *Lake) Names(ctx context.Context) (string, error) {
	all, err := l.Datasets(ctx)
	var names []string
	for _, d := range all {
		names = append(names, d.Name)
	}
	return strings.Join(names, ","), err
}

// Ordinary are the names of those that are read where nobody names any.
func (l *Lake) Ordinary(ctx context.Context) (string, error) {
	all, err := l.Datasets(ctx)
	var names []string
	for _, d := range all {
		if !d.Optional {
			names = append(names, d.Name)
		}
	}
	return strings.Join(names, ","), err
}

// Output runs the command and gives what it printed, also if it failed: then the error is an
// [exec.ExitError] with what the command wrote to stderr around it.
func (c Client) Output(ctx context.Context, args ...string) ([]byte, error) {
	cmd, err := c.Command(ctx, args...)
	if err != nil {
		return nil, err
	}
	var told bytes.Buffer
	cmd.Stderr = &told
	out, err := cmd.Output()
	if err != nil {
		err = fmt.Errorf("graphlake %s: %w\n%s", args[0], err, told.Bytes())
	}
	return out, err
}

// Key names the columns that tell the rows of a table apart.
func (l *Lake) Key(ctx context.Context, table string) ([]string, error) {
	if key, ok := l.keys[table]; ok {
		return key, nil
	}
	out, err := l.Output(ctx, "schema", table)
	if err != nil {
		return nil, err
	}
	var schema struct{ Key []string }
	if err := json.Unmarshal(out, &schema); err != nil {
		return nil, err
	}
	if l.keys == nil {
		l.keys = map[string][]string{}
	}
	l.keys[table] = schema.Key
	return schema.Key, nil
}
