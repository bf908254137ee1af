package cli

import (
	"strings"
	"testing"
	"time"

	"graphlake/jobs"
	"graphlake/jobs/audit"
	"graphlake/jobs/clock"
	"graphlake/jobs/state"
	"graphlake/schemas"
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
		if got := strings.Join(c.mends(test.kind, all, fleeting{}), "\n"); got != test.want {
			t.Errorf("%s:\n%s\nwant\n%s", test.kind, got, test.want)
		}
	}
	var many []audit.Finding
	for i := range 20 {
		many = append(many, day("users", "users", november(1).AddDate(0, 0, 2*i).Format("2006-01-02")))
	}
	if got := c.mends(audit.FoundMissing, many, fleeting{}); len(got) != mostMends+1 || got[mostMends] != "… and 15 more" {
		t.Errorf("%q", got)
	}
}

// What status and a report print of what is lost, or will be, is for this configuration and this tenant: pasted, it touches no other.
func TestStatusMends(t *testing.T) {
	c := &command{Config: "of it/g.yaml", Lake: "az://c/p"}
	const with = "graphlake --config 'of it/g.yaml' --lake az://c/p "
	const days = "--from 2026-11-01 --to 2026-11-04"
	d := clock.DatasetStatus{
		Tenant: "a b", Dataset: "calls",
		Losing: []clock.Losing{{Span: clock.Span{From: november(1), To: november(4)}, Lost: november(30)}},
		Lost:   []state.Lost{{From: november(1), To: november(4)}},
	}
	u := jobs.UnitReport{Tenant: "a b", Dataset: "calls", From: november(1), To: november(4), Lost: 1, Behind: 1}
	got := strings.Join(append(c.wanting(d), c.remarks(u)...), "\n")
	for _, want := range []string{
		"is lost on 2026-11-30 unless it is read: " + with + "run --tenant 'a b' --dataset calls " + days,
		"lost, for Graph has forgotten it: 2026-11-01 to 2026-11-04; who accepts that says so: " + with + "audit --accept lost --dataset calls --tenant 'a b' " + days,
		"all of them: " + with + "audit --dataset calls --tenant 'a b'",
		"read whole; who accepts that says so: " + with + "audit --accept lost --dataset calls --tenant 'a b' " + days,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

// What Graph has forgotten is said with how far back it goes, and what it has forgotten since it listed it is no matter of age alone.
func TestForgottenIsSaid(t *testing.T) {
	c := &command{set: append(schemas.BuiltIn(), schemas.Dataset{Name: "x_audits", Retention: 7 * schemas.Day}, schemas.Dataset{Name: "x_devices"})}
	for _, test := range []struct {
		unit jobs.UnitReport
		want string
	}{
		{jobs.UnitReport{Dataset: "transcripts", Outcome: state.Expired}, "not read, because Graph has forgotten it, or has begun to: it has no more than the last 60 days; what the lake holds stays"},
		{jobs.UnitReport{Dataset: "x_audits", Outcome: state.Expired}, "not read, because Graph has forgotten it, or has begun to: it has no more than the last 7 days; what the lake holds stays"},
		{jobs.UnitReport{Dataset: "x_devices", Outcome: state.Expired}, "not read, because Graph has forgotten it, or has begun to; what the lake holds stays"},
		{jobs.UnitReport{Dataset: "attendance_reports", Gone: 6}, "6 of what Graph listed, as records or the meetings that lead to them, were not found: Graph has forgotten them"},
	} {
		if got := strings.Join(c.remarks(test.unit), "\n"); got != test.want {
			t.Errorf("%s: %q, want %q", test.unit.Dataset, got, test.want)
		}
	}
}

// A picture of a past day cannot be taken any more: what lacks somebody is mended by the next one, and what has no file by nothing.
func TestMendsOfPictures(t *testing.T) {
	c := &command{Config: defaultConfig}
	of := fleeting{[]schemas.Dataset{schemas.Users, schemas.Presence, schemas.CallRecords}, november(23).Add(9 * time.Hour)}
	for _, test := range []struct {
		kind     audit.FindingKind
		dataset  string
		from, to time.Time
		want     string
	}{
		{audit.FoundRefused, "users", november(22), november(23), "graphlake run --dataset users --tenant contoso"},
		{audit.FoundRefused, "users", november(23), november(24), "graphlake run --dataset users --tenant contoso --from 2026-11-23 --to 2026-11-24"},
		{audit.FoundGap, "users", november(20), november(22), "graphlake run --dataset users --tenant contoso"},
		{audit.FoundRefused, "presence", november(23), november(23).Add(time.Minute), "graphlake run --dataset presence --tenant contoso"},
		{audit.FoundMissing, "users", november(22), november(23), ""},
		{audit.FoundMissing, "presence", november(23), november(24), ""},
		{audit.FoundMissing, "users", november(23), november(24), "graphlake run --dataset users --tenant contoso --from 2026-11-23 --to 2026-11-24"},
		{audit.FoundMissing, "call_records", november(22), november(23), "graphlake run --dataset call_records --tenant contoso --from 2026-11-22 --to 2026-11-23"},
		{audit.FoundStale, "users", november(22), november(23), "graphlake replay --dataset users --tenant contoso --from 2026-11-22 --to 2026-11-23"},
	} {
		f := audit.Finding{Kind: test.kind, Tenant: "contoso", Dataset: test.dataset, Date: test.from.Format(time.DateOnly), From: test.from, To: test.to}
		if got := strings.Join(c.mends(test.kind, []audit.Finding{f}, of), "\n"); got != test.want {
			t.Errorf("%s of %s from %v: %q, want %q", test.kind, test.dataset, test.from, got, test.want)
		}
	}
}
