package main

import (
	"strings"
	"testing"

	"graphlake/jobs/audit"
)

// Of neighbouring days there is one command, and of many as many as can be read.
func TestMends(t *testing.T) {
	c := &command{Config: defaultConfig}
	day := func(dataset, table, dt string) audit.Finding {
		return audit.Finding{Kind: audit.FoundMissing, Tenant: "contoso", Dataset: dataset, Table: table, Date: dt}
	}
	all := []audit.Finding{
		day("users", "raw", "2026-11-22"), day("users", "raw", "2026-11-23"), day("users", "users", "2026-11-22"), day("groups", "raw", "2026-11-25"),
		{Kind: audit.FoundForeign, Dataset: "users"}, {Kind: audit.FoundMissing, Dataset: "users"},
		{Kind: audit.FoundGap, Tenant: "contoso", Dataset: "calls", Date: "2026-11-01", From: november(1), To: november(4)},
		{Kind: audit.FoundLost, Tenant: "contoso", Dataset: "calls", Date: "2026-11-01", From: november(1), To: november(4)},
	}
	for _, test := range []struct {
		kind audit.FindingKind
		want string
	}{
		{audit.FoundMissing, "graphlake run --dataset users --tenant contoso --from 2026-11-22 --to 2026-11-24\n" +
			"graphlake replay --dataset users --tenant contoso --from 2026-11-22 --to 2026-11-23\n" +
			"graphlake run --dataset groups --tenant contoso --from 2026-11-25 --to 2026-11-26"},
		{audit.FoundGap, "graphlake run --dataset calls --tenant contoso --from 2026-11-01 --to 2026-11-04"},
		{audit.FoundLost, "graphlake audit --accept lost --dataset calls --tenant contoso --from 2026-11-01 --to 2026-11-04"},
		{audit.FoundForeign, ""},
	} {
		if got := strings.Join(c.mends(test.kind, all), "\n"); got != test.want {
			t.Errorf("%s:\n%s\nwant\n%s", test.kind, got, test.want)
		}
	}
	var many []audit.Finding
	for i := range 20 {
		many = append(many, day("users", "users", november(1).AddDate(0, 0, 2*i).Format("2006-01-02")))
	}
	if got := c.mends(audit.FoundMissing, many); len(got) != mostMends+1 || got[mostMends] != "… and 15 more" {
		t.Errorf("%q", got)
	}
}
