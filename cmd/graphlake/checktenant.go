package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"graphlake/extract"
	"graphlake/extract/graph"
	"graphlake/schemas"
)

// checkTenant signs in to a tenant, asks a question of every dataset and compares the roles in the token
// with what the datasets need.
func (c *config) checkTenant(ctx context.Context, t tenantConfig, datasets []schemas.Dataset, log *slog.Logger) tenantCheck {
	k := tenantCheck{Tenant: t.Name, Permissions: []permissionCheck{}, Datasets: []datasetCheck{}}
	source, err := t.token(c.Graph.Endpoint + "/.default")
	if err != nil {
		k.finding = found(err)
		return k
	}
	token, err := signIn(ctx, source)
	if err != nil {
		k.finding = found(unlessStopped(ctx, t.letIn(err)))
		return k
	}
	claims, unknown := graph.ReadClaims(token)
	if claims.TenantID != "" && !strings.EqualFold(claims.TenantID, t.TenantID) {
		k.finding = found(usage(fmt.Errorf("the token is for the tenant %s, but tenant_id is %s", claims.TenantID, t.TenantID)))
		return k
	}
	client, err := c.client(t, source, triesOfCheck, log)
	if k.finding = found(err); err != nil {
		return k
	}
	k.Datasets = ask(ctx, client, datasets)
	if unknown != nil {
		k.Note = unknown.Error() + ", so its roles are not known, and what Graph answers decides"
	}
	k.Permissions = compare(datasets, k.Datasets, claims.Roles, unknown == nil)
	for i, p := range k.Permissions {
		switch p.State {
		case missing:
			k.Permissions[i].Cure = t.grantCure(cmp.Or(t.Auth.ClientID, claims.ClientID))
		case unneeded:
			k.Permissions[i].Cure = "these datasets do not need it; take it away, unless something else does"
		}
	}
	return k
}

func signIn(ctx context.Context, source graph.TokenSource) (graph.Secret, error) {
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	token, err := source.Token(ctx, false)
	return graph.Secret(token), inTime(err)
}

// letIn adds the way in for an application that the tenant does not know.
func (t tenantConfig) letIn(err error) error {
	refused, ok := errors.AsType[*graph.Error](err)
	stranger := ok && refused.Kind == graph.Unauthorized && (refused.Code == "unauthorized_client" || refused.InnerCode == "AADSTS7000229")
	if !stranger || t.Auth.Method == byMachine || t.Auth.ClientID == "" {
		return err
	}
	return fmt.Errorf("%w; an administrator consents at %s", err, t.consentURL(t.Auth.ClientID))
}

// grantCure says how the application gets a permission.
func (t tenantConfig) grantCure(clientID string) string {
	switch {
	case t.Auth.Method == byMachine:
		return assignRoles
	case clientID == "":
		return "add it to the application's registration, and let an administrator grant it"
	}
	return "add it to the application's registration, and let an administrator grant it at " + t.consentURL(clientID)
}

// ask asks for all datasets at once.
func ask(ctx context.Context, client *graph.Client, datasets []schemas.Dataset) []datasetCheck {
	checks := make([]datasetCheck, len(datasets))
	var all sync.WaitGroup
	for i, d := range datasets {
		all.Go(func() {
			asking, stop := context.WithTimeout(ctx, patience)
			defer stop()
			err := unlessStopped(ctx, inTime(extract.Probe(asking, client, d, time.Now())))
			checks[i] = datasetCheck{Dataset: d.Name, finding: found(err)}
			if e, ok := errors.AsType[*graph.Error](err); ok {
				checks[i].refused = e.Status == http.StatusForbidden
			}
		})
	}
	all.Wait()
	return checks
}
