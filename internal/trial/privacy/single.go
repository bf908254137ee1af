package privacy

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"graphlake/schemas"
)

// singledOut reads the directory of a tenant with pseudonyms, and prints how many of its people are alone with what
// stays readable of them, at full and at coarse detail.
func singledOut(ctx context.Context, bin string, users int) (err error) {
	graph, err := serve(ctx, tenant(users))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, graph.close()) }()
	for _, detail := range []schemas.DetailLevel{schemas.FullDetail, schemas.CoarseDetail} {
		people, err := readable(ctx, bin, graph.url, mode{schemas.NoContent, true, detail, ""})
		if err != nil {
			return err
		}
		fmt.Printf("re-identification, detail %s: %s\n", detail, people.told())
	}
	return nil
}

// described are people by their pseudonyms: of each, what is readable, by column.
type described map[string]map[string][]string

// readable are the columns without a mark of the tables about a person, of all people of a lake.
func readable(ctx context.Context, bin, url string, m mode) (described, error) {
	dir, err := os.MkdirTemp("", "privacy")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	client := graphlake(bin, dir, url, m)
	of := []schemas.Dataset{schemas.Users, schemas.MailboxSettings}
	args := []string{"run", "--now", now.Format("2006-01-02T15:04:05Z")}
	for _, d := range of {
		args = append(args, "--dataset", d.Name)
	}
	cmd, err := client.Command(ctx, args...)
	if err != nil {
		return nil, err
	}
	if _, err := run(cmd); err != nil {
		return nil, err
	}
	people := described{}
	for _, d := range of {
		for _, t := range d.Tables {
			cmd, err := client.Command(ctx, "cat", t.Name)
			if err != nil {
				return nil, err
			}
			rows, err := run(cmd)
			if err != nil {
				return nil, err
			}
			if err := people.add(t, rows); err != nil {
				return nil, err
			}
		}
	}
	return people, nil
}

// add adds the rows of a table, of which user_id says whose they are.
func (all described) add(t schemas.Table, rows []byte) error {
	for line := range bytes.Lines(rows) {
		var row map[string]any
		if err := json.Unmarshal(line, &row); err != nil {
			return fmt.Errorf("%s: %w", t.Name, err)
		}
		who, _ := row["user_id"].(string)
		if all[who] == nil {
			all[who] = map[string][]string{}
		}
		for _, c := range t.Columns {
			if !c.Personal && row[c.Name] != nil {
				name := t.Name + "." + c.Name
				all[who][name] = append(all[who][name], fmt.Sprint(row[c.Name]))
			}
		}
	}
	return nil
}

// told says how many are alone with all that is readable, with how many fewer than five share it, and which columns
// alone single out most.
func (all described) told() string {
	names := map[string]bool{}
	together := map[string]int{}
	for _, p := range all {
		for name := range p {
			slices.Sort(p[name])
			names[name] = true
		}
		together[values(p)]++
	}
	alone, few := 0, 0
	for _, n := range together {
		if n == 1 {
			alone++
		}
		if n < 5 {
			few += n
		}
	}
	type column struct {
		name  string
		alone int
	}
	var columns []column
	for name := range names {
		of := map[string]int{}
		for _, p := range all {
			of[strings.Join(p[name], "\x00")]++
		}
		c := column{name: name}
		for _, n := range of {
			if n == 1 {
				c.alone++
			}
		}
		if c.alone > 0 {
			columns = append(columns, c)
		}
	}
	slices.SortFunc(columns, func(a, b column) int { return cmp.Or(b.alone-a.alone, cmp.Compare(a.name, b.name)) })
	var named []string
	for _, c := range columns[:min(len(columns), 5)] {
		named = append(named, fmt.Sprintf("%s %d", c.name, c.alone))
	}
	told := fmt.Sprintf("of %d people %d are alone with what is readable, %d share it with fewer than four others", len(all), alone, few)
	if len(named) > 0 {
		told += "; by one column alone: " + strings.Join(named, ", ")
	}
	return told
}

// values are all that is readable of a person, in one order.
func values(p map[string][]string) string {
	var all strings.Builder
	for _, name := range slices.Sorted(maps.Keys(p)) {
		fmt.Fprintf(&all, "%s=%q ", name, p[name])
	}
	return all.String()
}
