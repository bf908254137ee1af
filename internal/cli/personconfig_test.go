package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

const personTenant = `{name: contoso, tenant_id: 4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30, auth: {method: device_code, client_id: 9d0c7f62-1b7e-4a55-8f53-0f4a3c2b1d10, token_cache: %s}}`

// What does not go with a person who signs in is said with its line.
func TestConfigOfAPerson(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "graphlake.yaml")
	t.Setenv("XDG_STATE_HOME", filepath.Join(dir, "state"))
	t.Setenv("LocalAppData", filepath.Join(dir, "state"))
	if err := os.MkdirAll(filepath.Join(dir, "lake"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(dir, "lake"), filepath.Join(dir, "link")); err != nil && runtime.GOOS != "windows" {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(dir, "outside"), filepath.Join(dir, "lake", "out")); err != nil && runtime.GOOS != "windows" {
		t.Fatal(err)
	}
	const other = "{name: fabrikam, tenant_id: 4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b31, auth: {method: device_code, client_id: 9d0c7f62-1b7e-4a55-8f53-0f4a3c2b1d10%s}}"
	plain := strings.Replace(personTenant, ", token_cache: %s", "", 1)
	for name, c := range map[string]struct{ text, want string }{
		"as it should be":        {"tenants:\n- " + plain, ""},
		"a place of its own":     {"tenants:\n- " + strings.Replace(personTenant, "%s", filepath.ToSlash(dir)+"/tokens/x", 1), ""},
		"no application":         {"tenants:\n- {name: contoso, tenant_id: 4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30, auth: {method: device_code}}", ":3: tenants[0].auth.client_id: method device_code needs it: of a second application"},
		"in the lake":            {"tenants:\n- " + strings.Replace(personTenant, "%s", filepath.ToSlash(dir)+"/lake/state/x", 1), ":3: tenants[0].auth.token_cache: " + filepath.ToSlash(dir) + "/lake/state/x lies in the lake, and whoever reads"},
		"the lake itself":        {"tenants:\n- " + strings.Replace(personTenant, "%s", filepath.ToSlash(dir)+"/lake", 1), "lies in the lake"},
		"in the lake by a link":  {"tenants:\n- " + strings.Replace(personTenant, "%s", filepath.ToSlash(dir)+"/link/x/y", 1), "lies in the lake"},
		"a link in the lake":     {"tenants:\n- " + strings.Replace(personTenant, "%s", filepath.ToSlash(dir)+"/lake/out", 1), "lies in the lake"},
		"beside the lake":        {"tenants:\n- " + strings.Replace(personTenant, "%s", filepath.ToSlash(dir)+"/lake2/x", 1), ""},
		"a home of the shell":    {"tenants:\n- " + strings.Replace(personTenant, "%s", "~/x", 1), ":3: tenants[0].auth.token_cache: ~ is a directory of that name here"},
		"one file for two":       {"tenants:\n- " + strings.Replace(personTenant, "%s", "x", 1) + "\n- " + strings.Replace(other, "%s", ", token_cache: ./x", 1), ":4: tenants[1].auth.token_cache: the tenant contoso has the same file"},
		"two":                    {"tenants:\n- " + plain + "\n- " + strings.Replace(other, "%s", "", 1), ""},
		"a scope with a URL":     {"tenants:\n- " + strings.Replace(other, "%s", ", scopes: [User.Read, 'https://graph.microsoft.com/.default']", 1), ":3: tenants[0].auth.scopes[1]: want the name of a delegated permission of Graph, as Presence.Read"},
		"an application's scope": {"tenants:\n- " + strings.Replace(other, "%s", ", scopes: [User.Read, CallRecords.Read.All]", 1), ":3: tenants[0].auth.scopes[1]: CallRecords.Read.All is an application's alone, and no person can consent to it"},
		"scopes":                 {"tenants:\n- " + strings.Replace(other, "%s", ", scopes: [User.Read, offline_access]", 1), ""},
		"the key itself":         {"tenants:\n- " + strings.Replace(other, "%s", ", token_key_env: 'nm/8dGk='", 1), ":3: tenants[0].auth.token_key_env: want the name of an environment variable"},
		"a name that is no file": {"tenants:\n- " + strings.Replace(strings.Replace(other, "%s", "", 1), "fabrikam", "a/b", 1), ":3: tenants[0].auth.token_cache: nothing says where"},
		"users left out":         {"tenants:\n- " + plain + "\nprivacy: {exclude: {users: [ada@contoso.example]}}", ":4: privacy.exclude.users: who that is the directory says, which a person's consent does not open"},
		"groups left out":        {"tenants:\n- " + plain + "\nprivacy:\n  exclude:\n    groups: [9d0c7f62-1b7e-4a55-8f53-0f4a3c2b1d10]", ":6: privacy.exclude.groups: who that is"},
		"one application for both": {"tenants:\n- " + plain + "\n- {name: fabrikam, tenant_id: 4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b31, auth: {method: client_secret, client_id: 9D0C7F62-1b7e-4a55-8f53-0f4a3c2b1d10, client_secret_env: S}}",
			":3: tenants[0].auth.client_id: it is that of the tenant fabrikam with another method, too"},
		"one application for the control API": {"tenants:\n- " + plain + "\ncontrol: {tenant_id: 4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30, client_id: 9d0c7f62-1b7e-4a55-8f53-0f4a3c2b1d10, callers: [{name: portal, client_id: 9d0c7f62-1b7e-4a55-8f53-0f4a3c2b1d11}]}",
			":3: tenants[0].auth.client_id: it is that of the control API, too"},
		"a caller": {"tenants:\n- " + plain + "\ncontrol: {tenant_id: 4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30, client_id: 9d0c7f62-1b7e-4a55-8f53-0f4a3c2b1d11, callers: [{name: portal, client_id: 9d0c7f62-1b7e-4a55-8f53-0f4a3c2b1d10}]}",
			":3: tenants[0].auth.client_id: it is that of the caller portal, too"},
		"private events": {"tenants:\n- " + plain + "\nprivacy: {exclude: {private_events: true}}", ""},
	} {
		text := "lake: " + filepath.ToSlash(filepath.Join(dir, "lake")) + "\n" + c.text + "\n"
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if runtime.GOOS == "windows" && strings.Contains(name, "link") {
			continue
		}
		cmd := command{Config: file}
		cfg, err := cmd.configuration()
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want) || exitStatus(err) != ExitUsage) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
		if name == "as it should be" && cfg != nil {
			if a := cfg.Tenants[0].Auth; !regexp.MustCompile(`^contoso-[0-9a-f]{8}\.token$`).MatchString(filepath.Base(a.TokenCache)) || filepath.Dir(a.TokenCache) != filepath.Join(dir, "state", "graphlake") || a.TokenKeyEnv != "GRAPHLAKE_TOKEN_KEY" {
				t.Errorf("filled in %+v", a)
			}
		}
	}
	// A default place may lie in the lake, too.
	around := "lake: " + filepath.ToSlash(dir) + "\ntenants:\n- " + plain + "\n"
	if err := os.WriteFile(file, []byte(around), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := command{Config: file}
	if _, err := cmd.configuration(); err == nil || !strings.Contains(err.Error(), ":3: tenants[0].auth.token_cache: its default place, "+filepath.Join(dir, "state", "graphlake", "contoso-")) || exitStatus(err) != ExitUsage {
		t.Errorf("a lake around the state: %v", err)
	}
	another := func(lake string) string {
		c := command{Config: file, Lake: lake}
		cfg, err := c.configuration()
		if err != nil {
			t.Fatal(err)
		}
		return cfg.Tenants[0].Auth.TokenCache
	}
	if err := os.WriteFile(file, []byte("lake: "+filepath.ToSlash(filepath.Join(dir, "lake"))+"\ntenants:\n- "+plain+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if one, same, other := another(""), another(filepath.Join(dir, "x", "..", "lake")), another(filepath.Join(dir, "lake2")); one != same || one == other {
		t.Errorf("of one lake the tokens are in %s and %s, of another in %s", one, same, other)
	}
	text := "lake: az://c/p\nazure: {account_url: https://a.blob.core.windows.net}\ntenants:\n- " + plain + "\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := loadConfig(file); err == nil || !strings.Contains(err.Error(), ":2: azure: a token for Graph does not open Blob Storage") {
		t.Errorf("a lake that the first tenant's application opens: %v", err)
	}
}

func TestUserStateDir(t *testing.T) {
	set := map[string]string{}
	of := func(system string) string { return userStateDir(system, func(name string) string { return set[name] }) }
	if got := of("linux"); got != "" {
		t.Errorf("of nobody %q", got)
	}
	set["HOME"], set["LocalAppData"] = "/home/ada", `C:\Users\ada\AppData\Local`
	if got := of("linux"); filepath.ToSlash(got) != "/home/ada/.local/state" {
		t.Errorf("by HOME %q", got)
	}
	if got := of("windows"); got != set["LocalAppData"] {
		t.Errorf("on Windows %q", got)
	}
	set["XDG_STATE_HOME"] = "relative"
	if got := of("linux"); filepath.ToSlash(got) != "/home/ada/.local/state" {
		t.Errorf("with a relative one %q", got)
	}
	set["XDG_STATE_HOME"] = t.TempDir()
	if got := of("linux"); got != set["XDG_STATE_HOME"] {
		t.Errorf("by XDG_STATE_HOME %q", got)
	}
}

func TestTokenKey(t *testing.T) {
	tenant := tenantConfig{Name: "contoso", Auth: authConfig{TokenKeyEnv: "TOKEN_KEY"}}
	const good = "uN3cQm0Yh7r2VbKkq5W9Zt1xJ8fLd4sEo6iTgAPvRyM="
	for text, want := range map[string]string{
		"": "", " " + good + "\n": "",
		"dG9vIHNob3J0": "holds no key of at least 32 bytes",
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=":                       "can be guessed: it has few different bytes",
		"3b9f06c1e85a7d24f01c93b7486ed52a97c0134fbe6a8d72053ce1f89b64a7d0aa": "exactly 32 bytes",
	} {
		t.Setenv("TOKEN_KEY", text)
		key, err := tenant.tokenKey()
		if want == "" && (err != nil || (key == nil) != (text == "")) || want != "" && (err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), text) || exitStatus(err) != ExitUsage) {
			t.Errorf("%q: %x, %v, want %q", text, key, err, want)
		}
	}
}
