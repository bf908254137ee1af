package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"graphlake/extract/graph"
	"graphlake/internal/foreign"
	"graphlake/schemas"
)

func TestCompare(t *testing.T) {
	records := schemas.Dataset{Name: "records", Permissions: []schemas.Permission{"Records"}}
	logs := schemas.Dataset{Name: "logs", Permissions: []schemas.Permission{"Logs", "Records"}}
	people := schemas.Dataset{Name: "people", Permissions: []schemas.Permission{"People", "Directory"}}
	chats := schemas.Dataset{Name: "chats", Permissions: []schemas.Permission{"Chats"}}
	chats.Source.Parent = &schemas.Parent{Permissions: []schemas.Permission{"Names", "People", "Directory"}}
	const ok, refused, away = "ok", "refused", "away"
	for name, c := range map[string]struct {
		datasets []schemas.Dataset
		answers  []string
		roles    []string
		opaque   bool
		want     []string
	}{
		"each by its least": {[]schemas.Dataset{records, logs}, []string{ok, ok}, []string{"Records", "Logs"}, false,
			[]string{"Logs granted [logs]", "Records granted [records]"}},
		"one for two": {[]schemas.Dataset{records, logs}, []string{ok, ok}, []string{"Records"}, false,
			[]string{"Records granted [records logs]"}},
		"more than is needed": {[]schemas.Dataset{people}, []string{ok}, []string{"People", "Directory", "Mail"}, false,
			[]string{"Directory unneeded []", "Mail unneeded []", "People granted [people]"}},
		"missing": {[]schemas.Dataset{records, logs, people}, []string{refused, refused, ok}, []string{"Directory"}, false,
			[]string{"Directory granted [people]", "Records missing [records logs]"}},
		"missing, whatever the question came to": {[]schemas.Dataset{people}, []string{away}, nil, false,
			[]string{"People missing [people]"}},
		"opened by a role that is not listed": {[]schemas.Dataset{people}, []string{ok}, []string{"People.Write"}, false,
			[]string{"People.Write granted []"}},
		"refused for another reason": {[]schemas.Dataset{people}, []string{refused}, []string{"People"}, false,
			[]string{"People granted [people]"}},
		"for each of the people": {[]schemas.Dataset{chats, people}, []string{ok, ok}, []string{"Chats", "People"}, false,
			[]string{"Chats granted [chats]", "People granted [chats people]"}},
		"without the people": {[]schemas.Dataset{chats}, []string{refused}, []string{"Chats"}, false,
			[]string{"Chats granted [chats]", "Names missing [chats]"}},
		"one for both": {[]schemas.Dataset{chats, people}, []string{refused, refused}, nil, false,
			[]string{"Chats missing [chats]", "People missing [chats people]"}},
		"the people have answered": {[]schemas.Dataset{chats, people}, []string{refused, ok}, nil, true,
			[]string{"Chats missing [chats]"}},
		"unknown roles": {[]schemas.Dataset{records, people, logs}, []string{ok, refused, away}, nil, true,
			[]string{"People missing [people]"}},
	} {
		t.Run(name, func(t *testing.T) {
			var checks []datasetCheck
			for i, answer := range c.answers {
				d := datasetCheck{Dataset: c.datasets[i].Name, refused: answer == refused}
				if answer != ok {
					d.status = ExitFailed
				}
				checks = append(checks, d)
			}
			var got []string
			for _, p := range compare(c.datasets, checks, c.roles, !c.opaque) {
				got = append(got, fmt.Sprint(p.Permission, " ", p.State, " ", p.Datasets))
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestConclude(t *testing.T) {
	with := func(statuses ...int) checkReport {
		r := checkReport{Tenants: []tenantCheck{{}}}
		for _, s := range statuses {
			r.Tenants[0].Datasets = append(r.Tenants[0].Datasets, datasetCheck{finding: finding{status: s}})
		}
		return r
	}
	lake := with(ExitLater)
	lake.Lake.status = ExitUsage
	lacking := with(ExitLater)
	lacking.Tenants[0].Permissions = []permissionCheck{{State: missing}}
	stopped := with(ExitForbidden)
	stopped.Tenants[0].Datasets[0].finding = found(errStopped)
	early := with(ExitUsage)
	early.stopped = true
	key := with(ExitForbidden)
	key.Privacy.status = ExitUsage
	signIn := with(ExitDone)
	signIn.Tenants[0].status = ExitForbidden
	for name, c := range map[string]struct {
		report checkReport
		want   int
		word   string
	}{
		"all is well":             {with(ExitDone, ExitDone), ExitDone, "ok"},
		"some away":               {with(ExitDone, ExitLater), ExitLater, "unavailable"},
		"refused before away":     {with(ExitLater, ExitForbidden), ExitForbidden, "forbidden"},
		"failed before refused":   {with(ExitForbidden, ExitFailed), ExitFailed, "failed"},
		"the lake":                {lake, ExitUsage, "misconfigured"},
		"a permission is missing": {lacking, ExitForbidden, "forbidden"},
		"stopped in a question":   {stopped, ExitLater, "interrupted"},
		"stopped before tenants":  {early, ExitLater, "interrupted"},
		"the key":                 {key, ExitUsage, "misconfigured"},
		"not signed in":           {signIn, ExitForbidden, "forbidden"},
	} {
		if got := c.report.conclude(); got != c.want || c.report.Status != c.word {
			t.Errorf("%s: exit status %d, %s, want %d, %s", name, got, c.report.Status, c.want, c.word)
		}
	}
}

// Each method has its own way to a permission.
func TestCuresOfATenant(t *testing.T) {
	const link = "https://login.microsoftonline.us/t1/adminconsent?client_id=c1"
	tenant := tenantConfig{TenantID: "t1", authority: "https://login.microsoftonline.us/", Auth: authConfig{Method: bySecret, ClientID: "c1"}}
	machine := tenantConfig{TenantID: "t1", Auth: authConfig{Method: byManagedIdentity, ClientID: "c1"}}
	if got := tenant.grantCure("c1"); !strings.HasSuffix(got, "grant it at "+link) {
		t.Errorf("cure = %s", got)
	}
	if got := tenant.grantCure(""); strings.Contains(got, "adminconsent") {
		t.Errorf("cure for nobody = %s", got)
	}
	if got := machine.grantCure("c1"); !strings.Contains(got, "assign it the roles") {
		t.Errorf("cure for a managed identity = %s", got)
	}
	stranger := &graph.Error{Kind: graph.Unauthorized, Code: foreign.New("unauthorized_client")}
	if err := tenant.withConsent(stranger); !strings.HasSuffix(err.Error(), "consents at "+link) || graph.KindOf(err) != graph.Unauthorized {
		t.Errorf("error = %v", err)
	}
	wrongSecret := &graph.Error{Kind: graph.Unauthorized, Code: foreign.New("invalid_client"), InnerCode: foreign.New("AADSTS7000215")}
	for _, err := range []error{machine.withConsent(stranger), tenant.withConsent(wrongSecret), tenant.withConsent(&graph.Error{Kind: graph.Unavailable})} {
		if strings.Contains(err.Error(), "adminconsent") {
			t.Errorf("error = %v, want no link", err)
		}
	}
}

func TestInTime(t *testing.T) {
	late := fmt.Errorf("graph: %w", context.DeadlineExceeded)
	if err := inTime(late); !strings.Contains(err.Error(), "no whole answer in 1m0s") || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error = %v", err)
	}
	if err := inTime(context.Canceled); err != context.Canceled { //nolint:errorlint // the very same
		t.Errorf("error = %v", err)
	}
}
