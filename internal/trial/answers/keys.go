package answers

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"graphlake/internal/trial/command"
	"graphlake/views"
)

var (
	anyView = regexp.MustCompile(`^CREATE OR REPLACE VIEW "(\w+)"`)

	// keysOfDocuments are those of what the lake says of itself. Nothing else writes them down.
	keysOfDocuments = map[string][]string{
		"runs":        {"run", "tenant", "dataset", "from"},
		"run_changes": {"run", "tenant_id", "dataset", "kind", "table_name", "partition_dt"},
		"coverage":    {"tenant_id", "dataset", "dt"},
		"incomplete":  {"tenant_id", "dataset", "kind", "id", "from_time"},
	}
)

// doubled gives how many keys have more than one row, over all views.
func (t *trial) doubled(ctx context.Context, statements []string) (keys int, err error) {
	all, err := t.lake.Datasets(ctx)
	if err != nil {
		return 0, err
	}
	queries := []string{strings.Join(statements, ";\n")}
	var names []string
	for _, s := range statements {
		found := anyView.FindStringSubmatch(s)
		if found == nil {
			continue
		}
		key, err := t.keyOf(ctx, all, found[1])
		if err != nil {
			return 0, fmt.Errorf("the key of %s: %w", found[1], err)
		}
		names = append(names, found[1])
		queries = append(queries, fmt.Sprintf("SELECT count(*) FROM (SELECT 1 FROM %s GROUP BY \"%s\" HAVING count(*) > 1) AS d", found[1], strings.Join(key, `", "`)))
	}
	answers, err := t.duck.Ask(ctx, queries...)
	if err != nil {
		return 0, err
	}
	for i, name := range names {
		n := 0
		if _, err := fmt.Sscan(answers[1+i].Value, &n); err != nil {
			return 0, err
		}
		if n > 0 {
			fmt.Printf("answers %s: %d keys have more than one row\n", name, n)
		}
		keys += n
	}
	fmt.Printf("answers keys of %d views, doubled=%d\n", len(names), keys)
	return keys, nil
}

// keyOf are the columns that tell the rows of a view apart: of a table whose rows are dated by their records those of the record, which lies on one
// day.
func (t *trial) keyOf(ctx context.Context, all []command.Dataset, view string) ([]string, error) {
	if m, ok := views.FindMetric(view); ok {
		return m.Key, nil
	}
	if key, ok := keysOfDocuments[view]; ok {
		return key, nil
	}
	table, current := strings.CutSuffix(strings.TrimSuffix(view, "_short"), "_current")
	key, err := t.lake.Key(ctx, table)
	if err != nil {
		return nil, err
	}
	of := []string{"tenant_id", "dt"}
	if current || slices.ContainsFunc(all, func(d command.Dataset) bool { return d.ByTime() && slices.Contains(d.Tables, table) }) {
		of = of[:1]
	}
	return slices.Concat(of, key), nil
}
