package cli

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/url"
	"os"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"graphlake/control/bearer"
)

// controlConfig is who may ask graphlake serve for runs, and how it is reached.
type controlConfig struct {
	TenantID    string         `yaml:"tenant_id"` // of the directory that gives the callers their tokens
	ClientID    string         `yaml:"client_id"` // of the control API's registration: whom the tokens are for
	Authority   *string        `yaml:"authority"` // nil: graph.authority
	Callers     []callerConfig `yaml:"callers"`
	TokenEnv    string         `yaml:"token_env"` // instead of all that, in a lab
	TLS         *tlsConfig     `yaml:"tls"`
	BehindProxy bool           `yaml:"behind_proxy"` // which ends TLS
	Longest     duration       `yaml:"longest"`      // of a range that may be asked for
}

// callerConfig is an application that may ask.
type callerConfig struct {
	Name     string   `yaml:"name"`
	ClientID string   `yaml:"client_id"`
	Tenants  []string `yaml:"tenants"` // by name; none: all
	People   []string `yaml:"people"`  // for whom it may ask, where a person is signed in to it
	Groups   []string `yaml:"groups"`  // and all who are in them
}

type tlsConfig struct {
	CertificateFile string `yaml:"certificate_file"`
	KeyFile         string `yaml:"key_file"`
}

const longestAsked = duration(31 * 24 * time.Hour)

func (c *config) fillInControl() {
	if c.Control == nil {
		return
	}
	c.Control.TenantID = strings.ToLower(c.Control.TenantID)
	c.Control.Longest = cmp.Or(c.Control.Longest, longestAsked)
}

// controlAuthority is who signs the tokens of callers.
func (c *config) controlAuthority() string {
	for _, one := range []*string{c.Control.Authority, c.Graph.Authority} {
		if one != nil {
			return *one
		}
	}
	return entra
}

func (c *config) checkControl(fail func(path, format string, args ...any)) {
	if c.Control == nil {
		return
	}
	o := c.Control
	at := func(field, format string, args ...any) { fail("$.control."+field, format, args...) }
	if t := o.TLS; t != nil && (t.CertificateFile == "" || t.KeyFile == "") {
		at("tls", "want certificate_file and key_file")
	}
	if o.TLS != nil && o.BehindProxy {
		at("behind_proxy", "TLS ends at a proxy, or here with control.tls, which a proxy may speak too: want the one or the other")
	}
	if o.Longest < 0 {
		at("longest", "a range has to be longer than nothing: want a duration as 31d")
	}
	if o.TokenEnv != "" {
		if o.TenantID != "" || o.ClientID != "" || o.Authority != nil || len(o.Callers) > 0 {
			at("token_env", "a token that both sides know takes the place of tenant_id, client_id, authority and callers: want the one or the others")
		}
		if o.BehindProxy {
			at("token_env", "a token that both sides know is for this machine only, and behind a proxy others ask: want tenant_id, client_id and callers")
		}
		return
	}
	if !guid.MatchString(o.TenantID) {
		at("tenant_id", "%q is no GUID; Entra shows it as the directory (tenant) ID, of the directory that gives the callers their tokens", o.TenantID)
	}
	if !guid.MatchString(o.ClientID) {
		at("client_id", "%q is no GUID; Entra shows it as the application (client) ID of the registration for the control API", o.ClientID)
	}
	if u, err := url.Parse(c.controlAuthority()); err != nil || u.Scheme != "https" || u.Host == "" {
		at("authority", "it is no https URL, and whoever answers for it would say who is let in; Entra's is %s", entra)
	}
	if len(o.Callers) == 0 {
		at("callers", "nobody could ask: want a name and a client_id for each application that may")
	}
	c.checkCallers(at)
}

func (c *config) checkCallers(fail func(field, format string, args ...any)) {
	names, ids := map[string]bool{}, map[string]bool{}
	for i, one := range c.Control.Callers {
		at := fmt.Sprintf("callers[%d].", i)
		if one.Name == "" || names[one.Name] {
			fail(at+"name", "every caller needs a name of its own")
		}
		id := strings.ToLower(one.ClientID)
		switch {
		case !guid.MatchString(id):
			fail(at+"client_id", "%q is no GUID; Entra shows it as the application (client) ID of the application that asks", one.ClientID)
		case ids[id]:
			fail(at+"client_id", "another caller has this id; write all its tenants and people at one")
		}
		names[one.Name], ids[id] = true, true
		for j, tenant := range one.Tenants {
			if !slices.ContainsFunc(c.Tenants, func(t tenantConfig) bool { return t.Name == tenant }) {
				fail(fmt.Sprintf("%stenants[%d]", at, j), "%v", c.noTenant(tenant))
			}
		}
		for field, all := range map[string][]string{"people": one.People, "groups": one.Groups} {
			for j, id := range all {
				if !guid.MatchString(id) {
					fail(fmt.Sprintf("%s%s[%d]", at, field, j), "%q is no GUID; Entra shows it as the object ID", id)
				}
			}
		}
	}
}

// verifier knows those who may ask.
func (c *config) verifier(log *slog.Logger) (*bearer.Verifier, error) {
	o := c.Control
	if o == nil {
		return nil, usage(fmt.Errorf("%s: it has no control, so nobody could ask for anything: docs/control-api.md says how", c.file))
	}
	if o.TokenEnv != "" {
		token, err := environment(o.TokenEnv)
		if err != nil {
			return nil, fmt.Errorf("%s: control.token_env: %w", c.line("$.control.token_env"), err)
		}
		if _, err := readKey(o.TokenEnv, token); err != nil {
			return nil, usage(fmt.Errorf("%s: control.token_env: %w", c.line("$.control.token_env"), err))
		}
		return bearer.NewStatic(token)
	}
	ids := map[string]string{"tenant_id": o.TenantID, "client_id": o.ClientID}
	var callers []bearer.Allowed
	for i, one := range o.Callers {
		callers = append(callers, bearer.Allowed(one))
		ids[fmt.Sprintf("callers[%d].client_id", i)] = one.ClientID
	}
	for _, field := range slices.Sorted(maps.Keys(ids)) {
		if ids[field] == placeholder {
			return nil, usage(fmt.Errorf("%s: control.%s is still the placeholder %s: put your own there", c.line("$.control."+field), field, placeholder))
		}
	}
	return bearer.New(bearer.Options{Authority: c.controlAuthority(), TenantID: o.TenantID, ClientID: o.ClientID, Callers: callers, Log: log})
}

// secured is TLS with the certificate in the configuration; nil: there is none.
func (c *config) secured(ctx context.Context) (*tls.Config, error) {
	if c.Control.TLS == nil {
		return nil, nil
	}
	pair := &keyPair{certificateFile: c.Control.TLS.CertificateFile, keyFile: c.Control.TLS.KeyFile, log: c.log}
	if _, err := pair.current(ctx); err != nil {
		return nil, usage(fmt.Errorf("%s: control.tls: %w", c.line("$.control.tls"), err))
	}
	return &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}, GetCertificate: func(h *tls.ClientHelloInfo) (*tls.Certificate, error) {
		return pair.current(h.Context())
	}}, nil
}

// tryControl tries what a server needs besides the lake: the keys of Entra, and its certificate. A port is not listened at.
func (c *config) tryControl(ctx context.Context) error {
	ctx, stop := context.WithTimeout(ctx, checkTimeout)
	defer stop()
	callers, err := c.verifier(slog.New(slog.DiscardHandler))
	if err == nil {
		err = c.keysOfCallers(callers.Ready(ctx))
	}
	_, insecure := c.secured(ctx)
	return errors.Join(err, insecure)
}

// keysOfCallers says of keys that are not there whose fault it is: the configuration's, or it passes.
func (c *config) keysOfCallers(err error) error {
	switch {
	case errors.Is(err, bearer.ErrDirectory):
		return usage(fmt.Errorf("%s: control.tenant_id: %w", c.line("$.control.tenant_id"), err))
	case err != nil:
		return StatusError{ExitLater, err}
	}
	return nil
}

// listenControl listens where callers ask. Tokens are read off a network by whoever is on the way, so that without TLS, and for a token
// that both sides know, it has to be this machine's own.
func (c *config) listenControl(ctx context.Context, address string) (net.Listener, error) {
	o := c.Control
	secured, err := c.secured(ctx)
	if err != nil {
		return nil, err
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, usage(fmt.Errorf("--listen: %w; %s", err, listenCure(err)))
	}
	if at, ok := l.Addr().(*net.TCPAddr); !ok || !at.IP.IsLoopback() {
		switch {
		case o.TokenEnv != "":
			err = errors.New("control.token_env is for this machine only: listen on 127.0.0.1, or let Entra give the callers tokens")
		case secured == nil && !o.BehindProxy:
			err = errors.New("others could read the tokens of callers on their way: write control.tls, or control.behind_proxy: true where a platform ends TLS, or listen on 127.0.0.1")
		}
	}
	if err != nil {
		return nil, usage(errors.Join(fmt.Errorf("--listen %s: %w", address, err), l.Close()))
	}
	if secured != nil {
		l = tls.NewListener(l, secured)
	}
	return l, nil
}

// listenCure is what to do where nothing can be listened at.
func listenCure(err error) string {
	const inUseOnWindows = syscall.Errno(10048) // WSAEADDRINUSE, which is none of syscall's own there
	switch _, refused := errors.AsType[*os.SyscallError](err); {
	case errors.Is(err, syscall.EADDRINUSE) || runtime.GOOS == "windows" && errors.Is(err, inUseOnWindows):
		return "another program listens there, perhaps another graphlake serve: end it, or choose another port"
	case refused:
		return "choose an address of this machine, and a port above 1023"
	}
	return "want HOST:PORT, as 127.0.0.1:8443"
}
