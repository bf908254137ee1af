package main

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"graphlake/schemas"
)

var guid = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

// What Blob Storage grants.
const (
	shortestLease = 15 * time.Second
	longestLease  = 60 * time.Second
)

// check says everything that is wrong with the configuration, each with its line.
func (c *config) check() error {
	var errs []error
	fail := func(path, format string, args ...any) {
		errs = append(errs, fmt.Errorf("%s: %s: "+format, append([]any{c.line(path), strings.TrimPrefix(path, "$.")}, args...)...))
	}
	if !isURL(c.Graph.Endpoint) {
		fail("$.graph.endpoint", "%q is no URL; Graph's is https://graph.microsoft.com", c.Graph.Endpoint)
	}
	if !(c.Graph.Rate > 0) || math.IsInf(c.Graph.Rate, 1) {
		fail("$.graph.rate", "a factor on the published limits has to be above 0")
	}
	if len(c.Tenants) == 0 {
		fail("$.tenants", "at least one tenant is needed")
	}
	names, ids := map[string]bool{}, map[string]bool{}
	for i, t := range c.Tenants {
		at := fmt.Sprintf("$.tenants[%d]", i)
		if t.Name == "" || names[t.Name] {
			fail(at+".name", "every tenant needs a name of its own")
		}
		names[t.Name] = true
		if !guid.MatchString(t.TenantID) {
			fail(at+".tenant_id", "%q is no GUID; Entra shows it as the directory (tenant) ID", t.TenantID)
		}
		if ids[t.TenantID] {
			fail(at+".tenant_id", "another tenant has this id; its partitions would be written twice")
		}
		ids[t.TenantID] = true
		t.Auth.check(func(field, format string, args ...any) { fail(at+".auth."+field, format, args...) })
	}
	for _, name := range slices.Sorted(maps.Keys(c.Jobs)) {
		c.Jobs[name].check(c.set, func(field, format string, args ...any) { fail("$.jobs."+name+"."+field, format, args...) })
	}
	if t := c.Tenants; len(t) > 0 && t[0].Auth.Method == "token" && strings.HasPrefix(c.Lake, "az://") && c.Azure.ConnectionStringEnv == "" {
		fail("$.azure", "a token for Graph does not open Blob Storage; use connection_string_env, or another auth.method")
	}
	if u := c.Azure.AccountURL; u != "" && !isURL(u) {
		fail("$.azure.account_url", "%q is no URL; an account's is https://ACCOUNT.blob.core.windows.net", u)
	}
	if l := time.Duration(c.Azure.Lease); l < shortestLease || l > longestLease || l%time.Second != 0 {
		fail("$.azure.lease", "Blob Storage grants whole seconds from %v to %v, not %v", shortestLease, longestLease, l)
	}
	if !slices.Contains(schemas.Contents(), schemas.Content(c.Privacy.Content)) {
		fail("$.privacy.content", "%q is none of none, text and full", c.Privacy.Content)
	}
	return errors.Join(errs...)
}

func isURL(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http")
}

func (j jobConfig) check(set schemas.Set, fail func(field, format string, args ...any)) {
	if len(j.Datasets) == 0 {
		fail("datasets", "a job needs at least one")
	}
	for i, name := range j.Datasets {
		d, ok := set.Find(name)
		if !ok {
			fail(fmt.Sprintf("datasets[%d]", i), "%v", unknownDataset(set, name))
		}
		if j.Lookback > 0 && time.Duration(j.Lookback) < d.Settle {
			fail("lookback", "records of %s change for %v, so what changes later than the lookback would be lost", name, d.Settle)
		}
	}
	if _, err := time.LoadLocation(j.Timezone); err != nil {
		fail("timezone", "%q is not known; want a name as Europe/Berlin", j.Timezone)
	} else if _, err := j.times(); err != nil {
		fail("schedule", "%v", err)
	}
}

func unknownDataset(set schemas.Set, name string) error {
	if d, _, ok := set.FindTable(name); ok {
		return fmt.Errorf("there is no dataset %q; that is a table of the dataset %s", name, d.Name)
	}
	var known []string
	for _, d := range set {
		known = append(known, d.Name)
	}
	return fmt.Errorf("there is no dataset %q; there are %s", name, strings.Join(known, ", "))
}
