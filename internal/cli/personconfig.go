package cli

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"

	"graphlake/internal/sealed"
	"graphlake/schemas"
)

const defaultTokenKey = "GRAPHLAKE_TOKEN_KEY"

// alsoOf is what else an application is for than that people sign in to it; empty if nothing.
func (c *config) alsoOf(clientID string) string {
	is := func(other string) bool {
		return clientID != placeholder && strings.EqualFold(clientID, other) && clientID != ""
	}
	for _, t := range c.Tenants {
		if t.Auth.Method != byDeviceCode && is(t.Auth.ClientID) {
			return "the tenant " + t.Name + " with another method"
		}
	}
	if c.Control == nil {
		return ""
	}
	if is(c.Control.ClientID) {
		return "the control API"
	}
	for _, one := range c.Control.Callers {
		if is(one.ClientID) {
			return "the caller " + one.Name
		}
	}
	return ""
}

// placeTokenCaches puts the token caches that have no place where a user's state is kept, and refuses one that lies in the lake: who
// reads the lake would have the file. Each lake has its own, for the lock under which tokens are renewed lies in it: two lakes with one
// file take turns by the lock beside it, but on one machine only.
func (c *config) placeTokenCaches(environment func(string) string) error {
	var errs []error
	for i := range c.Tenants {
		t := &c.Tenants[i]
		if t.Auth.Method != byDeviceCode {
			continue
		}
		fail := func(format string, args ...any) {
			at := c.line(fmt.Sprintf("$.tenants[%d].auth.token_cache", i))
			errs = append(errs, fmt.Errorf("%s: tenants[%d].auth.token_cache: "+format, append([]any{at, i}, args...)...))
		}
		place := ""
		if t.Auth.TokenCache == "" {
			dir := userStateDir(runtime.GOOS, environment)
			if dir == "" || !isFileName(t.Name) {
				fail("nothing says where a user's state is kept, or the tenant's name is none of a file: " +
					"write the name of the file in which the tokens are kept")
				continue
			}
			t.Auth.TokenCache = filepath.Join(dir, "graphlake", t.Name+"-"+c.signInID(*t)+".token")
			place = "its default place, "
		}
		if c.inLake(t.Auth.TokenCache) {
			fail("%s%s lies in the lake, and whoever reads the lake would have the tokens: choose a place outside of it", place, t.Auth.TokenCache)
		}
	}
	return errors.Join(errs...)
}

// signInID tells the sign-ins of one tenant apart, of which each lake and each application has one.
func (c *config) signInID(t tenantConfig) string {
	lake := c.Lake
	if !c.inBlobStorage() {
		lake = resolved(lake)
	}
	of := []string{c.Azure.AccountURL, c.Azure.ConnectionStringEnv, lake, t.TenantID, strings.ToLower(t.Auth.ClientID)}
	sum := sha256.Sum256([]byte(strings.Join(of, "\n")))
	return hex.EncodeToString(sum[:4])
}

// inLake reports whether a file is in the lake, or a link in it, wherever that leads.
func (c *config) inLake(file string) bool {
	if c.inBlobStorage() || c.Lake == "" {
		return false
	}
	lake := resolved(c.Lake)
	for _, place := range []string{resolved(file), filepath.Join(resolved(filepath.Dir(file)), filepath.Base(file))} {
		if within, err := filepath.Rel(lake, place); err == nil && filepath.IsLocal(within) {
			return true
		}
	}
	return false
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
	if strings.HasPrefix(a.TokenCache, "~") {
		fail("token_cache", "~ is a directory of that name here, and not your home: write it out, as /home/ada/contoso.token")
	}
	if !variable.MatchString(a.TokenKeyEnv) {
		fail("token_key_env", "want the name of an environment variable: put the key into that")
	}
	for i, s := range a.Scopes {
		switch field := fmt.Sprintf("scopes[%d]", i); {
		case !scopeForm.MatchString(s):
			fail(field, "want the name of a delegated permission of Graph, as Presence.Read")
		case schemas.Permission(s).IsRoleAlone():
			fail(field, "%s is an application's alone, and no person can consent to it: take it out; graphlake permissions tells the delegated ones", s)
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
		if other := c.alsoOf(t.Auth.ClientID); other != "" {
			fail(fmt.Sprintf("$.tenants[%d].auth.client_id", i), "it is that of %s, too: "+
				"whom people sign in to proves nothing of itself, so give it a registration of its own", other)
		}
	}
	for _, e := range []struct {
		key string
		of  []string
	}{{"users", c.Privacy.Exclude.Users}, {"groups", c.Privacy.Exclude.Groups}} {
		if person != "" && len(e.of) > 0 {
			fail("$.privacy.exclude."+e.key, "who that is the directory says, which a person's consent does not open: take it out, "+
				"or take the tenant %s, to which a person signs in, into a configuration and a lake of its own", person)
		}
	}
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
	key, err := readKey(name, text)
	if err == nil && len(key) != sealed.KeyBytes {
		err = fmt.Errorf("%s holds no key of exactly %d bytes, but of %d; make one with: %s", name, sealed.KeyBytes, len(key), makeKey)
	}
	if err != nil {
		return nil, usage(fmt.Errorf("tenant %s: auth.token_key_env: %w", t.Name, err))
	}
	return key, nil
}
