package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"

	"graphlake/internal/sealed"
)

const defaultTokenKey = "GRAPHLAKE_TOKEN_KEY"

// fillInPerson puts the token cache where a user's state is kept.
func (a *authConfig) fillInPerson(tenant string, environment func(string) string) {
	a.TokenKeyEnv = cmp.Or(a.TokenKeyEnv, defaultTokenKey)
	if a.TokenCache != "" {
		return
	}
	if dir := userStateDir(runtime.GOOS, environment); dir != "" && isFileName(tenant) {
		a.TokenCache = filepath.Join(dir, "graphlake", tenant+".token")
	}
}

// userStateDir is where a user's state is kept; empty where nothing says who the user is, as in a container.
func userStateDir(system string, environment func(string) string) string {
	if system == "windows" {
		return environment("LocalAppData")
	}
	if dir := environment("XDG_STATE_HOME"); filepath.IsAbs(dir) { // another is to be ignored
		return dir
	}
	if home := environment("HOME"); home != "" {
		return filepath.Join(home, ".local", "state")
	}
	return ""
}

// isFileName reports whether a tenant's name can be that of a file as it is.
func isFileName(tenant string) bool {
	return tenant != "" && filepath.IsLocal(tenant) && !strings.ContainsAny(tenant, `/\:*?"<>|`)
}

// scopeForm is that of a delegated permission, without the address of what it is a permission of.
var scopeForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]*(\.[A-Za-z][A-Za-z0-9_-]*)*$`)

func (a authConfig) checkPerson(fail func(field, format string, args ...any)) {
	switch {
	case a.TokenCache == "":
		fail("token_cache", "nothing says where a user's state is kept, or the tenant's name is none of a file: write the name of the file in which the tokens are kept")
	case strings.HasPrefix(a.TokenCache, "~"):
		fail("token_cache", "~ is a directory of that name here, and not your home: write it out, as /home/ada/contoso.token")
	}
	if !variable.MatchString(a.TokenKeyEnv) {
		fail("token_key_env", "want the name of an environment variable: put the key into that")
	}
	for i, s := range a.Scopes {
		if !scopeForm.MatchString(s) {
			fail(fmt.Sprintf("scopes[%d]", i), "want the name of a delegated permission of Graph, as Presence.Read")
		}
	}
}

// checkPeople says what in the configuration does not go with a tenant to which a person signs in.
func (c *config) checkPeople(fail func(path, format string, args ...any)) {
	caches := map[string]string{}
	person := ""
	for i, t := range c.Tenants {
		if t.Auth.Method != byDeviceCode {
			continue
		}
		person = cmp.Or(person, t.Name)
		file, err := filepath.Abs(t.Auth.TokenCache)
		if other, taken := caches[file]; taken && err == nil && t.Auth.TokenCache != "" {
			fail(fmt.Sprintf("$.tenants[%d].auth.token_cache", i), "the tenant %s has the same file: every tenant needs one of its own", other)
		}
		caches[file] = t.Name
	}
	for _, e := range []struct {
		key string
		of  []string
	}{{"users", c.Privacy.Exclude.Users}, {"groups", c.Privacy.Exclude.Groups}} {
		if person != "" && len(e.of) > 0 {
			fail("$.privacy.exclude."+e.key, "who that is the directory says, which a person's consent does not open: take it out, or take the tenant %s, to which a person signs in, into a configuration and a lake of its own", person)
		}
	}
}

// checkTokenCaches refuses a token cache that lies in the lake: who reads the lake would have the file.
func (c *config) checkTokenCaches() error {
	if c.inBlobStorage() || c.Lake == "" {
		return nil
	}
	var errs []error
	lake := resolved(c.Lake)
	for i, t := range c.Tenants {
		if t.Auth.Method != byDeviceCode || t.Auth.TokenCache == "" {
			continue
		}
		within, err := filepath.Rel(lake, resolved(t.Auth.TokenCache))
		if err == nil && filepath.IsLocal(within) {
			errs = append(errs, fmt.Errorf("%s: tenants[%d].auth.token_cache: %s lies in the lake, and whoever reads the lake would have the tokens: choose a place outside of it",
				c.line(fmt.Sprintf("$.tenants[%d].auth.token_cache", i)), i, t.Auth.TokenCache))
		}
	}
	return errors.Join(errs...)
}

// resolved is a name without links, as far as it is there.
func resolved(name string) string {
	name, err := filepath.Abs(name)
	if err != nil {
		return filepath.Clean(name)
	}
	var rest []string
	for dir := name; ; dir = filepath.Dir(dir) {
		if there, err := filepath.EvalSymlinks(dir); err == nil {
			slices.Reverse(rest)
			return filepath.Join(append([]string{there}, rest...)...)
		}
		if dir == filepath.Dir(dir) {
			return name
		}
		rest = append(rest, filepath.Base(dir))
	}
}

// tokenKey is the key of a tenant's token cache; nil if its variable is not set.
func (t tenantConfig) tokenKey() ([]byte, error) {
	name := t.Auth.TokenKeyEnv
	text := strings.TrimSpace(os.Getenv(name))
	if text == "" {
		return nil, nil
	}
	key := parseKey(text)
	if len(key) != sealed.KeyBytes {
		return nil, usage(fmt.Errorf("tenant %s: auth.token_key_env: %s holds no key of exactly %d bytes in base64 or hexadecimal digits; make one with: openssl rand -base64 %[3]d",
			t.Name, name, sealed.KeyBytes))
	}
	if why := weakness(text, key); why != "" {
		return nil, usage(fmt.Errorf("tenant %s: auth.token_key_env: %s holds a key that can be guessed: %s; make one with: openssl rand -base64 %d", t.Name, name, why, sealed.KeyBytes))
	}
	return key, nil
}
