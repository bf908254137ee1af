package views_test

import (
	"slices"
	"strings"
	"testing"

	"graphlake/schemas"
	"graphlake/views"
)

// Each table with more than forty columns has a short view, of columns that it has, its key among them.
func TestShorts(t *testing.T) {
	shorts := views.Shorts()
	for _, d := range schemas.BuiltIn() {
		for _, table := range d.Tables {
			i := slices.IndexFunc(shorts, func(s views.Short) bool { return s.Table() == table.Name })
			if wide := len(table.Columns) > 40; wide != (i >= 0) {
				t.Errorf("%s has %d columns, and that it has a short view is %t", table.Name, len(table.Columns), i >= 0)
			}
			if i < 0 {
				continue
			}
			s := shorts[i]
			if s.Of != table.Name && !d.Mode.Pictures() {
				t.Errorf("there is no view %s", s.Of)
			}
			seen := map[string]bool{}
			for _, name := range s.Columns {
				if _, ok := table.Column(name); !ok || seen[name] {
					t.Errorf("%s has no column %s, or it is named twice", table.Name, name)
				}
				seen[name] = true
			}
			for _, k := range table.Key {
				if !seen[k] {
					t.Errorf("%s lacks %s of the key", s.Name(), k)
				}
			}
			if len(s.Columns) > 40 {
				t.Errorf("%s has %d columns", s.Name(), len(s.Columns))
			}
		}
	}
}

func TestShortViews(t *testing.T) {
	for e, want := range map[views.Engine][]string{
		views.DuckDB: {
			"CREATE OR REPLACE VIEW \"calls_short\" AS\nSELECT\n    \"call_id\",\n",
			"    \"dt\"\nFROM \"calls\";\n",
			"    \"picture_date\"\nFROM \"users_current\";\n",
		},
		views.Synapse: {
			"CREATE OR ALTER VIEW [calls_short] AS\nSELECT\n    [call_id],\n",
			"    [dt]\nFROM [calls];\n",
			"    [picture_date]\nFROM [users_current];\n",
		},
		views.Spark: {
			"CREATE OR REPLACE TEMPORARY VIEW `calls_short` COMMENT '",
			"    `dt`\nFROM `calls`;\n",
			"    `picture_date`\nFROM `users_current`;\n",
		},
	} {
		script, err := views.New(e, views.Lake{Place: views.Place{Dir: "/lake"}, Datasets: schemas.BuiltIn(), Missing: map[string]bool{"call_media": true}})
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range want {
			if !strings.Contains(script.String(), text) {
				t.Errorf("%s: %q is not in the script", e, text)
			}
		}
		if strings.Contains(script.String(), "call_media_short") {
			t.Errorf("%s: there is a short view of a table that the lake does not hold", e)
		}
	}
}
