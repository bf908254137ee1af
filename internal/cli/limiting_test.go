package cli

import (
	"os"
	"strings"
	"testing"

	"graphlake/schemas"
)

// Of every permission that a dataset needs, and of every dataset, the page on limiting says what narrows it.
func TestEveryPermissionIsLimitedOrNot(t *testing.T) {
	text, err := os.ReadFile("../../docs/limiting-access.md")
	if err != nil {
		t.Fatal(err)
	}
	table, _, found := strings.Cut(string(text), "\nWhere nothing limits")
	if !found {
		t.Fatal("the table does not end as it did")
	}
	for _, d := range schemas.BuiltIn() {
		for _, requirement := range d.Requirements() {
			for _, p := range requirement {
				if !strings.Contains(table, "`"+string(p)+"`") {
					t.Errorf("%s: nothing is said of %s", d.Name, p)
				}
			}
		}
		if !strings.Contains(table, d.Name) {
			t.Errorf("nothing is said of %s", d.Name)
		}
	}
}
