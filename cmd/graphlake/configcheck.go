package main

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"graphlake/schemas"
)

var guid = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

// check says everything that is wrong with the configuration, each with its line.
func (c *config) check() error {
	var errs []error
	fail := func(path, format string, args ...any) {
		errs = append(errs, fmt.Errorf("%s: %s: "+format, append([]any{c.line(path), strings.TrimPrefix(path, "$.")}, args...)...))
	}
	if u, err := url.Parse(c.Graph.Endpoint); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		fail("$.graph.endpoint", "%q is no URL; Graph's is https://graph.microsoft.com", c.Graph.Endpoint)
	}
	if c.Graph.Rate < 0 {
		fail("$.graph.rate", "a factor on the published limits has to be above 0")
	}
	if len(c.Tenants) == 0 {
		fail("$.tenants", "at least one tenant is needed")
	}
	names := map[string]bool{}
	for i, t := range c.Tenants {
		at := fmt.Sprintf("$.tenants[%d]", i)
		if t.Name == "" || names[t.Name] {
			fail(at+".name", "every tenant needs a name of its own")
		}
		names[t.Name] = true
		if !guid.MatchString(t.TenantID) {
			fail(at+".tenant_id", "%q is no GUID; Entra shows it as the directory (tenant) ID", t.TenantID)
		}
		t.Auth.check(func(field, format string, args ...any) { fail(at+".auth."+field, format, args...) })
	}
	for _, name := range slices.Sorted(maps.Keys(c.Jobs)) {
		for i, dataset := range c.Jobs[name].Datasets {
			if _, ok := schemas.Find(dataset); !ok {
				fail(fmt.Sprintf("$.jobs.%s.datasets[%d]", name, i), "%v", unknownDataset(dataset))
			}
		}
	}
	if !slices.Contains([]string{"none", "text", "full"}, c.Privacy.Content) {
		fail("$.privacy.content", "%q is none of none, text and full", c.Privacy.Content)
	}
	if c.Privacy.Pseudonymize {
		fail("$.privacy.pseudonymize", "this version cannot pseudonymize; nothing was read")
	}
	return errors.Join(errs...)
}

func (a authConfig) check(fail func(field, format string, args ...any)) {
	need := func(field, value string) {
		if value == "" {
			fail(field, "method %s needs it", a.Method)
		}
	}
	switch a.Method {
	case "token":
		need("token_env", a.TokenEnv)
	case "client_secret":
		need("client_id", a.ClientID)
		need("client_secret_env", a.ClientSecretEnv)
	default:
		fail("method", "%q is not one of client_secret and token, which this version knows", a.Method)
	}
}

func unknownDataset(name string) error {
	var known []string
	for _, d := range schemas.All() {
		known = append(known, d.Name)
	}
	return fmt.Errorf("there is no dataset %q; there are %s", name, strings.Join(known, ", "))
}
