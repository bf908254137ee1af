package report

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"graphlake/load"
	"graphlake/schemas"
)

// reader reads the tables of one tenant.
type reader struct {
	lake   *load.Lake
	set    schemas.Set
	tenant string                        // its id
	dates  map[string]map[time.Time]bool // of the partitions of each table that was asked for
}

// days are those of which a table has a partition.
func (r *reader) days(ctx context.Context, table string) (map[time.Time]bool, error) {
	if days, ok := r.dates[table]; ok {
		return days, nil
	}
	days := map[time.Time]bool{}
	for p, err := range r.lake.Partitions(ctx, load.Tables, table, r.tenant) {
		if err != nil {
			return nil, err
		}
		days[p.Date] = true
	}
	r.dates[table] = days
	return days, nil
}

// newest is the last day of which a table has a partition; zero: there is none.
func (r *reader) newest(ctx context.Context, table string) (time.Time, error) {
	days, err := r.days(ctx, table)
	var last time.Time
	for day := range days {
		if day.After(last) {
			last = day
		}
	}
	return last, err
}

// rows are those of a table's day, with the named columns in their order. A day without a partition has none, and so has a
// table that no dataset has. A row is valid until the next one.
func (r *reader) rows(ctx context.Context, table string, day time.Time, columns ...string) iter.Seq2[row, error] {
	return func(yield func(row, error) bool) {
		days, err := r.days(ctx, table)
		if err != nil {
			yield(row{}, err)
			return
		}
		_, t, ok := r.set.FindTable(table)
		if !ok || !days[day] {
			return
		}
		t = t.Only(columns...)
		at := make([]int, len(columns))
		for i, name := range columns {
			if at[i] = columnOf(t, name); at[i] < 0 {
				yield(row{}, fmt.Errorf("table %s has no column %s", table, name))
				return
			}
		}
		one := row{columns: make([]arrow.Array, len(columns))}
		for batch, err := range r.lake.Read(ctx, load.Partition{Kind: load.Tables, Name: table, TenantID: r.tenant, Date: day}, t) {
			if err != nil {
				yield(row{}, err)
				return
			}
			for i, column := range at {
				one.columns[i] = batch.Column(column)
			}
			for one.at = range int(batch.NumRows()) {
				if !yield(one, nil) {
					return
				}
			}
		}
	}
}

func columnOf(t schemas.Table, name string) int {
	for i, c := range t.Columns {
		if c.Name == name {
			return i
		}
	}
	return -1
}

// row is one of a batch. Its values are found by the place of their column among those that were asked for.
type row struct {
	columns []arrow.Array
	at      int
}

// text is "" where there is none.
func (r row) text(column int) string {
	if r.columns[column].IsNull(r.at) {
		return ""
	}
	return strings.Clone(r.columns[column].(*array.String).Value(r.at))
}

// time is zero where there is none.
func (r row) time(column int) time.Time {
	if r.columns[column].IsNull(r.at) {
		return time.Time{}
	}
	return time.UnixMicro(int64(r.columns[column].(*array.Timestamp).Value(r.at))).UTC()
}

// seconds is 0 where there are none.
func (r row) seconds(column int) time.Duration {
	if !r.has(column) {
		return 0
	}
	return time.Duration(r.columns[column].(*array.Int32).Value(r.at)) * time.Second
}

func (r row) has(column int) bool { return !r.columns[column].IsNull(r.at) }

// yes and no are both false where nothing is known.
func (r row) yes(column int) bool {
	return r.has(column) && r.columns[column].(*array.Boolean).Value(r.at)
}
func (r row) no(column int) bool {
	return r.has(column) && !r.columns[column].(*array.Boolean).Value(r.at)
}
