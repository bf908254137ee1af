package entrasim

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"log/slog"
	"maps"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// Entra is a running stand-in.
type Entra struct {
	URL string // https://127.0.0.1:PORT, without a slash: the authority

	server *httptest.Server
	codes  chan string     // user codes that nobody has taken with NextCode
	apps   map[string]*App // by client id in lower case
	people []*Person

	mu       sync.Mutex // guards all that follows
	options  Options    // of which the life of tokens alone changes
	keys     []*key     // the newest signs; all are published
	devices  []*device
	granted  map[string]*grant // by authorization code
	refresh  map[string]*refreshToken
	access   map[string]*issuedAccess
	policy   Policy
	rules    []*rule
	failures map[string]int
	slow     map[string]time.Duration
	counts   map[string]int
	requests []Request
	issued   []Issued
}

// DefaultTenant is the tenant where options name none.
const DefaultTenant = "3b4f6c1e-6c2d-4b58-9a05-0d3f3b0d7c11"

// Start starts Entra on this machine until the test ends.
func Start(t testing.TB, o Options) *Entra {
	t.Helper()
	e, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	return e
}

// New starts Entra on this machine. Who is done with it calls Close.
func New(o Options) (*Entra, error) {
	if len(o.Tenants) == 0 {
		o.Tenants = []string{DefaultTenant}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	for _, d := range []struct {
		of *time.Duration
		is time.Duration
	}{{&o.Life, 75 * time.Minute}, {&o.RefreshLife, 90 * 24 * time.Hour}, {&o.CodeLife, 15 * time.Minute}} {
		if *d.of == 0 {
			*d.of = d.is
		}
	}
	e := &Entra{
		codes:   make(chan string, 1000),
		options: o, apps: map[string]*App{}, granted: map[string]*grant{}, refresh: map[string]*refreshToken{}, access: map[string]*issuedAccess{},
		failures: map[string]int{}, slow: map[string]time.Duration{}, counts: map[string]int{},
	}
	for _, a := range append([]App{{ClientID: GraphID, URI: GraphURI, V1: true}}, o.Apps...) {
		if a.URI == "" {
			a.URI = "api://" + a.ClientID
		}
		e.apps[strings.ToLower(a.ClientID)] = &a
	}
	for _, p := range o.People {
		if p.ID == "" {
			p.ID = newID()
		}
		if p.TenantID == "" {
			p.TenantID = o.Tenants[0]
		}
		e.people = append(e.people, &p)
	}
	e.RotateKeys()
	certificate, err := newCertificate()
	if err != nil {
		return nil, fmt.Errorf("entrasim: %w", err)
	}
	e.server = httptest.NewUnstartedServer(e)
	e.server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
	e.server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	e.server.StartTLS()
	e.URL = e.server.URL
	return e, nil
}

// Close ends all connections.
func (e *Entra) Close() { e.server.Close() }

// Client trusts the certificate of Entra.
func (e *Entra) Client() *http.Client { return e.server.Client() }

// TenantID is the id of the first tenant.
func (e *Entra) TenantID() string { return e.options.Tenants[0] }

// Certificate is the certificate of Entra in PEM.
func (e *Entra) Certificate() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: e.server.Certificate().Raw})
}

// CertificateFile writes the certificate to a file for SSL_CERT_FILE, or for REQUESTS_CA_BUNDLE of Python.
func (e *Entra) CertificateFile(t testing.TB) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "entra.pem")
	if err := os.WriteFile(name, e.Certificate(), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// newCertificate signs itself, for the names of this machine.
func newCertificate() (tls.Certificate, error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: "entrasim"},
		NotBefore: time.Now().AddDate(-1, 0, 0), NotAfter: time.Now().AddDate(9, 0, 0),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		IsCA: true, BasicConstraintsValid: true,
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	return tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: private}, err
}

// ServeHTTP answers as Entra does.
func (e *Entra) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
	if r.URL.Path == "/common/discovery/instance" {
		e.asked(w, r, Instances, e.serveInstances)
		return
	}
	tenant, path, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	serve := map[string]struct {
		kind  string
		serve func(http.ResponseWriter, *http.Request, string)
	}{
		"v2.0/.well-known/openid-configuration": {Configuration, e.serveConfiguration},
		"discovery/v2.0/keys":                   {Keys, e.serveKeys},
		"oauth2/v2.0/devicecode":                {DeviceCode, e.serveDeviceCode},
		"oauth2/v2.0/authorize":                 {Authorize, e.serveAuthorize},
		"oauth2/v2.0/token":                     {"", e.serveToken},
	}[path]
	switch id := e.tenant(tenant); {
	case serve.serve == nil:
		http.NotFound(w, r)
	case id == "":
		e.refuse(w, Refusal{Error: "invalid_tenant", Code: 90002, Description: "Tenant '" + tenant + "' not found. Check to make sure you have the correct tenant ID"}, nil)
	case serve.kind == "":
		serve.serve(w, r, id)
	default:
		e.asked(w, r, serve.kind, func(w http.ResponseWriter, r *http.Request) { serve.serve(w, r, id) })
	}
}

// common stands for any tenant.
const common = "{tenantid}"

func (e *Entra) tenant(name string) string {
	if name == "common" || name == "organizations" {
		return common
	}
	for _, id := range e.options.Tenants {
		if strings.EqualFold(id, name) {
			return id
		}
	}
	return ""
}

// asked counts a request, and lets it wait or fail as it was told to.
func (e *Entra) asked(w http.ResponseWriter, r *http.Request, kind string, serve http.HandlerFunc) {
	tenant, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	_ = r.ParseForm()
	e.mu.Lock()
	e.counts[kind]++
	request := Request{
		Kind: kind, TenantID: tenant, ClientID: r.Form.Get("client_id"), Username: e.whose(r), Scopes: strings.Fields(r.Form.Get("scope")),
		Claims: r.Form.Get("claims"), Header: r.Header.Clone(),
	}
	e.requests = append(e.requests, request)
	status, wait := e.failures[kind], e.slow[kind]
	var refusal *Refusal
	if status == 0 {
		refusal = e.ruled(request)
	}
	e.mu.Unlock()
	if wait > 0 {
		select {
		case <-time.After(wait):
		case <-r.Context().Done():
			return
		}
	}
	switch {
	case status != 0:
		http.Error(w, "the service is away", status)
	case refusal != nil:
		e.refuse(w, *refusal, r)
	default:
		serve(w, r)
	}
}

// Fail has requests of a kind, or of all with "", fail with an HTTP status from now on; 0: with none.
func (e *Entra) Fail(kind string, status int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, k := range kinds(kind) {
		e.failures[k] = status
	}
}

// Slow lets requests of a kind, or of all with "", wait from now on.
func (e *Entra) Slow(kind string, wait time.Duration) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, k := range kinds(kind) {
		e.slow[k] = wait
	}
}

func kinds(kind string) []string {
	if kind != "" {
		return []string{kind}
	}
	return []string{Configuration, Keys, Instances, DeviceCode, Authorize, Poll, Code, Refresh, Application}
}

// Count is how often something of a kind was asked for.
func (e *Entra) Count(kind string) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.counts[kind]
}

// Counts are all of them.
func (e *Entra) Counts() map[string]int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return maps.Clone(e.counts)
}

// Requests are all that came, oldest first.
func (e *Entra) Requests() []Request {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.requests)
}

// Issued is all that was given out so far, oldest first. A user code and the word "Bearer" are for people to see; the rest is for nobody.
func (e *Entra) Issued() []Issued {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.issued)
}

// Secrets are the texts of Issued that may be shown and kept nowhere in clear: all but the codes that people type.
func (e *Entra) Secrets() (all []string) {
	for _, i := range e.Issued() {
		if i.Kind != userCodeKind {
			all = append(all, i.Text)
		}
	}
	return all
}

// NextCode waits until somebody asks for a device code, and gives the one that the person is to type.
func (e *Entra) NextCode(ctx context.Context) (string, error) {
	select {
	case code := <-e.codes:
		return code, nil
	case <-ctx.Done():
		return "", fmt.Errorf("entrasim: nobody has asked for a device code: %w", ctx.Err())
	}
}

// Person finds somebody by username or object id.
func (e *Entra) Person(name string) (Person, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if p := e.person(name); p != nil {
		return *p, true
	}
	return Person{}, false
}

// person wants the lock to be held.
func (e *Entra) person(name string) *Person {
	for _, p := range e.people {
		if strings.EqualFold(p.Username, name) || strings.EqualFold(p.ID, name) {
			return p
		}
	}
	return nil
}

func (e *Entra) serveInstances(w http.ResponseWriter, _ *http.Request) {
	host := strings.TrimPrefix(e.URL, "https://")
	answer(w, http.StatusOK, map[string]any{
		"tenant_discovery_endpoint": e.URL + "/common/v2.0/.well-known/openid-configuration",
		"api-version":               "1.1",
		"metadata":                  []any{map[string]any{"preferred_network": host, "preferred_cache": host, "aliases": []string{host}}},
	})
}

func (e *Entra) serveConfiguration(w http.ResponseWriter, _ *http.Request, tenant string) {
	path := tenant
	if tenant == common {
		path = "common"
	}
	answer(w, http.StatusOK, map[string]any{
		"issuer":                                e.issuer(tenant),
		"authorization_endpoint":                e.URL + "/" + path + "/oauth2/v2.0/authorize",
		"token_endpoint":                        e.URL + "/" + path + "/oauth2/v2.0/token",
		"device_authorization_endpoint":         e.URL + "/" + path + "/oauth2/v2.0/devicecode",
		"end_session_endpoint":                  e.URL + "/" + path + "/oauth2/v2.0/logout",
		"jwks_uri":                              e.URL + "/" + path + "/discovery/v2.0/keys",
		"response_modes_supported":              []string{"query", "fragment", "form_post"},
		"response_types_supported":              []string{"code", "id_token", "code id_token", "id_token token"},
		"scopes_supported":                      []string{"openid", "profile", "email", "offline_access"},
		"subject_types_supported":               []string{"pairwise"},
		"id_token_signing_alg_values_supported": []string{"RS256"},
		"token_endpoint_auth_methods_supported": []string{"client_secret_post", "private_key_jwt", "client_secret_basic"},
		"claims_supported":                      []string{"sub", "iss", "aud", "exp", "iat", "nonce", "preferred_username", "name", "tid", "ver"},
	})
}

func (e *Entra) issuer(tenant string) string { return e.URL + "/" + tenant + "/v2.0" }

// answer writes JSON that nobody may keep.
func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store, no-cache")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}
