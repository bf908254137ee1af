package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"golang.org/x/term"

	"graphlake/extract/graph"
	"graphlake/internal/foreign"
	"graphlake/jobs/state"
)

type signInCommand struct {
	Tenant          string `placeholder:"NAME" help:"A tenant with auth.method: device_code (default: the only one)."`
	Browser         bool   `help:"In a browser on this machine, for a tenant that blocks codes; else by a code that is shown, on any device."`
	AsAnother       bool   `help:"Let somebody else take the place of the person who is signed in. What the lake has of the one before is then marked removed."`
	PlainTokenCache bool   `help:"On a terminal: keep the tokens as they are, without a key that encrypts them."`
	Status          bool   `help:"Say who is signed in, and sign nobody in; exit 3 if somebody is signed out."`
}

type signOutCommand struct {
	Tenant string `placeholder:"NAME" help:"A tenant with auth.method: device_code (default: the only one)."`
}

// longestSignIn is how long a browser is waited for. A code of Entra's lasts as long.
const longestSignIn = 15 * time.Minute

// Run lets somebody sign in, who is asked only here: no other command waits for a person.
func (s signInCommand) Run(ctx context.Context, c *command) error {
	cfg, err := c.configuration()
	if err != nil {
		return err
	}
	if s.Status {
		return c.sayWhoIsSignedIn(ctx, cfg, s.Tenant)
	}
	t, err := cfg.personal(s.Tenant)
	if err != nil {
		return err
	}
	if err := s.mayKeep(t, c.stderr.terminal() && term.IsTerminal(int(os.Stdin.Fd()))); err != nil {
		return err
	}
	p, err := cfg.person(t, personHooks{plain: s.PlainTokenCache, accept: s.accept})
	if err != nil {
		return err
	}
	waiting, stop := context.WithTimeout(ctx, longestSignIn)
	defer stop()
	var a graph.Account
	if s.Browser {
		a, err = p.SignInByBrowser(waiting, func(url string) error { return c.showAddress(ctx, cfg, url) })
	} else {
		a, err = p.SignInByCode(waiting, func(message string) { fmt.Fprintln(c.stderr, message) })
	}
	switch {
	case err == nil:
		return c.printSignedIn(cfg, t, a)
	case ctx.Err() != nil:
		return StatusError{ExitLater, errors.New("stopped before somebody has signed in")}
	case waiting.Err() != nil:
		return StatusError{ExitLater, fmt.Errorf("nobody has signed in within %v: run it again", longestSignIn)}
	}
	return err
}

// accept refuses somebody else than who is signed in: of whom the lake has records, which would be taken for removed.
func (s signInCommand) accept(a, before graph.Account) error {
	if before.ID == "" || strings.EqualFold(a.ID, before.ID) || s.AsAnother {
		return nil
	}
	return usage(fmt.Errorf("%s has signed in, and %s is signed in here, who stays so: "+
		"what the lake has of the one would be marked removed once it is read for the other. Sign in as %[2]s, "+
		"or give the other a lake and a token cache of its own; if that is what is wanted, sign in with --as-another", a.Username, before.Username))
}

// mayKeep says beforehand whether what somebody signs in for can be kept.
func (s signInCommand) mayKeep(t tenantConfig, terminal bool) error {
	f, err := t.tokenFile()
	if err != nil {
		return err
	}
	if _, err := f.Read(); err != nil {
		return t.tokenFileRefused(err)
	}
	name := t.Auth.TokenKeyEnv
	switch {
	case s.PlainTokenCache && f.Key != nil:
		return usage(fmt.Errorf("--plain-token-cache: the environment variable %s has a key: leave out the one or the other", name))
	case s.PlainTokenCache && !terminal:
		return usage(fmt.Errorf("--plain-token-cache is for a first try on a terminal: "+
			"elsewhere set the environment variable %s to a key, made with: %s", name, makeKey))
	case f.Key == nil && !s.PlainTokenCache:
		return usage(fmt.Errorf("tenant %s: the tokens are kept encrypted, and the environment variable %s has no key: make one with %s, keep it where runs have it "+
			"in that variable, and sign in again; for a first try on a terminal there is --plain-token-cache", t.Name, name, makeKey))
	}
	f.Plain = s.PlainTokenCache
	if err := f.Writable(); err != nil {
		return usage(fmt.Errorf("tenant %s: %w; name a place for auth.token_cache that can be written", t.Name, err))
	}
	return nil
}

// showAddress opens the address of a sign-in in a browser, or leaves that to who reads it.
func (c *command) showAddress(ctx context.Context, cfg *config, url string) error {
	fmt.Fprintf(c.stderr, "sign in in a browser on this machine; if none opens, open there: %s\n", url)
	opener := map[string][]string{"darwin": {"open"}, "windows": {"rundll32", "url.dll,FileProtocolHandler"}}[runtime.GOOS]
	if opener == nil {
		opener = []string{"xdg-open"}
	}
	cmd := exec.CommandContext(ctx, opener[0], append(opener[1:], url)...)
	cmd.Env = cfg.environmentWithoutSecrets()
	if cmd.Start() == nil {
		go func() { _ = cmd.Wait() }()
	}
	return nil
}

// personal is the tenant of that name, to which a person signs in; without a name the only one.
func (c *config) personal(name string) (tenantConfig, error) {
	var of []tenantConfig
	for _, t := range c.Tenants {
		if t.Auth.Method == byDeviceCode {
			of = append(of, t)
		}
	}
	if name == "" && len(of) == 1 {
		return of[0], nil
	}
	i := slices.IndexFunc(of, func(t tenantConfig) bool { return t.Name == name })
	there := slices.ContainsFunc(c.Tenants, func(t tenantConfig) bool { return t.Name == name })
	switch {
	case i >= 0:
		return of[i], nil
	case name != "" && !there:
		return tenantConfig{}, c.noTenant(name)
	case name != "":
		return tenantConfig{}, usage(fmt.Errorf("to the tenant %s nobody signs in: it has another auth.method than device_code in %s", name, c.file))
	case len(of) == 0:
		return tenantConfig{}, usage(fmt.Errorf("no tenant in %s has auth.method: device_code, so that nobody signs in: docs/sign-in.md says what it needs", c.file))
	}
	var names []string
	for _, t := range of {
		names = append(names, t.Name)
	}
	return tenantConfig{}, usage(fmt.Errorf("people sign in to several tenants: say which with --tenant: %s", strings.Join(names, ", ")))
}

// signedIn is what sign-in says in the end.
type signedIn struct {
	Tenant     string   `json:"tenant"`
	Person     string   `json:"person"`
	Scopes     []string `json:"scopes"`
	TokenCache string   `json:"token_cache"`
	Encrypted  bool     `json:"encrypted"`
}

func (c *command) printSignedIn(cfg *config, t tenantConfig, a graph.Account) error {
	f, err := t.tokenFile()
	if err != nil {
		return err
	}
	s := signedIn{t.Name, a.Username, cfg.scopes(t), f.Path, f.Key != nil}
	if c.Output == "json" {
		return c.printJSON(s)
	}
	how := "encrypted"
	if !s.Encrypted {
		how = "not encrypted: whoever has the file is signed in as this person"
	}
	_, err = fmt.Fprintf(c.stdout, "signed in to %s as %s, with %s\nkept in %s, %s; what it opens: %s\n",
		s.Tenant, foreign.Printable(s.Person), strings.Join(s.Scopes, ", "), s.TokenCache, how, c.toPaste("check", "--tenant", t.Name))
	return err
}

// Run forgets who is signed in.
func (s signOutCommand) Run(ctx context.Context, c *command) error {
	cfg, err := c.configuration()
	if err != nil {
		return err
	}
	t, err := cfg.personal(s.Tenant)
	if err != nil {
		return err
	}
	_, absent := os.Stat(t.Auth.TokenCache)
	p, err := cfg.person(t, personHooks{signsOut: true})
	if err == nil {
		err = p.SignOut(ctx)
	}
	if err != nil {
		return err
	}
	if absent == nil {
		cfg.noteSignIn(ctx, t, signedOut("nobody is signed in"))
	}
	r := struct {
		Tenant    string `json:"tenant"`
		SignedOut bool   `json:"signed_out"` // somebody was signed in
	}{t.Name, absent == nil}
	switch {
	case c.Output == "json":
		return c.printJSON(r)
	case !r.SignedOut:
		_, err = fmt.Fprintf(c.stdout, "nobody was signed in to %s here\n", t.Name)
		return err
	}
	_, err = fmt.Fprintf(c.stdout, "signed out of %s: %s is gone. Entra does not know of it: if somebody may have a copy, "+
		"let an administrator revoke the sessions of the person\n", t.Name, t.Auth.TokenCache)
	return err
}

// signInStatus is who is signed in to a tenant.
type signInStatus struct {
	Tenant     string           `json:"tenant"`
	Person     string           `json:"person,omitempty"` // by the token cache; empty: nobody is, or it cannot be read here
	TokenCache string           `json:"token_cache"`
	Encrypted  bool             `json:"encrypted"`
	Renewed    time.Time        `json:"renewed,omitzero"` // by any process that has the lake
	SignedOut  *state.SignedOut `json:"signed_out,omitempty"`
	Error      string           `json:"error,omitempty"` // of the token cache
	wrong      bool             // the error is the configuration's, or its environment's
}

// sayWhoIsSignedIn says who is signed in, by what is here and in the lake. Entra is not asked.
func (c *command) sayWhoIsSignedIn(ctx context.Context, cfg *config, tenant string) error {
	if tenant != "" {
		if _, err := cfg.personal(tenant); err != nil {
			return err
		}
	}
	all := []signInStatus{}
	var status error
	for _, t := range cfg.Tenants {
		if t.Auth.Method != byDeviceCode || tenant != "" && t.Name != tenant {
			continue
		}
		s, err := cfg.signInStatus(ctx, t)
		if err != nil {
			return err
		}
		switch {
		case s.wrong:
			status = StatusError{Status: ExitUsage}
		case status == nil && (s.Person == "" || s.SignedOut != nil):
			status = StatusError{Status: ExitForbidden}
		}
		all = append(all, s)
	}
	if c.Output == "json" {
		return cmp.Or(c.printJSON(struct {
			SignIns []signInStatus `json:"sign_ins"`
		}{all}), status)
	}
	w := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "tenant\tperson\trenewed\tis\ttoken cache")
	var more []string
	for _, s := range all {
		is, kept, again := "signed in", s.TokenCache, c.toPaste("sign-in", "--tenant", s.Tenant)
		switch {
		case s.Error != "":
			is = "not known"
			more = append(more, s.Tenant+": "+s.Error)
		case s.SignedOut != nil:
			is = "signed out"
			more = append(more, fmt.Sprintf("%s: signed out since %s: %s; %s", s.Tenant, instant{s.SignedOut.Since.Truncate(time.Second)}, s.SignedOut.Reason, again))
		case s.Person == "":
			is = "not signed in"
			more = append(more, s.Tenant+": not signed in; "+again)
		}
		if s.Person != "" && !s.Encrypted {
			kept += ", not encrypted"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", s.Tenant, cmp.Or(s.Person, "-"), instant{s.Renewed.Truncate(time.Second)}, is, kept)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, line := range more {
		fmt.Fprintln(c.stdout, c.forSameFile(foreign.Printable(line)))
	}
	return status
}

func (c *config) signInStatus(ctx context.Context, t tenantConfig) (signInStatus, error) {
	s := signInStatus{Tenant: t.Name, TokenCache: t.Auth.TokenCache}
	a, err := c.account(ctx, t)
	if err != nil {
		s.Error, s.wrong = foreign.Printable(err.Error()), exitStatus(err) == ExitUsage
	}
	s.Person = a.Username
	f, _ := t.tokenFile()
	s.Encrypted = !f.IsPlain()
	if there := c.lakeIsThere() == nil; !there { // the first run or sign-in makes it
		return s, nil
	}
	store, err := c.openStore(ctx)
	if err != nil {
		return s, err
	}
	known, err := state.LoadSignIn(ctx, store, t.TenantID)
	s.Renewed, s.SignedOut = known.Renewed, known.SignedOut
	return s, err
}
