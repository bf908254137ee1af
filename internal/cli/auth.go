package cli

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"graphlake/extract/graph"
	"graphlake/internal/secretfile"
)

// The files that prove who we are.
var (
	certificateFile = secretfile.Kind{Key: "certificate_file"}
	tokenFile       = secretfile.Kind{Key: "token_file", Short: true, MayBeLater: true}
	collectorKey    = secretfile.Kind{Key: "OTEL_EXPORTER_OTLP_CLIENT_KEY"}
)

// authConfig says how a tenant is signed in to. What a method does not name does not matter to it.
type authConfig struct {
	Method                 string `yaml:"method"`
	ClientID               string `yaml:"client_id"`
	ClientSecretEnv        string `yaml:"client_secret_env"`
	CertificateFile        string `yaml:"certificate_file"`
	CertificatePasswordEnv string `yaml:"certificate_password_env"`
	TokenFile              string `yaml:"token_file"`
	TokenEnv               string `yaml:"token_env"`
	// Of a person who signs in.
	TokenCache  string   `yaml:"token_cache"`   // a file
	TokenKeyEnv string   `yaml:"token_key_env"` // the variable with the key of it
	Scopes      []string `yaml:"scopes"`        // delegated permissions; empty: what the datasets need
}

const (
	byToken           = "token"
	bySecret          = "client_secret"
	byCertificate     = "certificate"
	byManagedIdentity = "managed_identity"
	byWorkload        = "workload_identity"
	byDeviceCode      = "device_code" // a person signs in, and the application has no permissions of its own
)

// fillIn takes what the file leaves open from the variables that a cluster sets for a workload identity.
func (t *tenantConfig) fillIn(environment func(string) string) {
	switch t.Auth.Method {
	case byDeviceCode:
		t.Auth.TokenKeyEnv = cmp.Or(t.Auth.TokenKeyEnv, defaultTokenKey)
		return
	case byWorkload:
	default:
		return
	}
	t.TenantID = cmp.Or(t.TenantID, environment("AZURE_TENANT_ID"))
	t.Auth.ClientID = cmp.Or(t.Auth.ClientID, environment("AZURE_CLIENT_ID"))
	t.Auth.TokenFile = cmp.Or(t.Auth.TokenFile, environment("AZURE_FEDERATED_TOKEN_FILE"))
	t.authority = cmp.Or(t.authority, environment("AZURE_AUTHORITY_HOST"))
}

// check says what the method lacks.
func (a authConfig) check(fail func(field, format string, args ...any)) {
	need := func(field, value, where string) {
		if value == "" {
			fail(field, "method %s needs it%s", a.Method, where)
		}
	}
	const variable, id = ": write the name of the environment variable that has it", ": Entra shows it as the application (client) ID"
	switch a.Method {
	case byToken:
		need("token_env", a.TokenEnv, variable)
	case bySecret:
		need("client_id", a.ClientID, id)
		need("client_secret_env", a.ClientSecretEnv, variable)
	case byCertificate:
		need("client_id", a.ClientID, id)
		need("certificate_file", a.CertificateFile, ": write the name of the file")
	case byManagedIdentity: // without client_id it is the system-assigned identity
	case byWorkload:
		need("client_id", a.ClientID, ", or AZURE_CLIENT_ID in the environment")
		need("token_file", a.TokenFile, ", or AZURE_FEDERATED_TOKEN_FILE in the environment")
	case byDeviceCode:
		need("client_id", a.ClientID, ": of a second application, with public client flows; Entra shows it as the application (client) ID")
		a.checkPerson(fail)
	default:
		fail("method", "%q is none of client_secret, certificate, managed_identity, workload_identity, token and device_code", a.Method)
	}
}

// token is the source of a tenant's tokens for the service at scope.
func (t tenantConfig) token(scope string) (graph.TokenSource, error) {
	source, err := t.source(scope)
	if err != nil {
		return nil, usage(fmt.Errorf("tenant %s: %w", t.Name, err))
	}
	return source, nil
}

// known says which id is still the one that init put in its place.
func (t tenantConfig) known() error {
	for _, id := range []struct{ field, value, cure string }{
		{"tenant_id", t.TenantID, "Entra shows yours as the directory (tenant) ID"},
		{"auth.client_id", t.Auth.ClientID, "Entra shows yours as the application (client) ID"},
	} {
		if id.value == placeholder {
			return fmt.Errorf("%s is still the placeholder %s: put your own into the configuration; %s", id.field, placeholder, id.cure)
		}
	}
	return nil
}

func (t tenantConfig) source(scope string) (graph.TokenSource, error) {
	if err := t.known(); err != nil {
		return nil, err
	}
	o := graph.EntraOptions{Authority: t.authority, TenantID: t.TenantID, ClientID: t.Auth.ClientID, Scope: scope}
	var err error
	switch t.Auth.Method {
	case byToken:
		value, err := environment(t.Auth.TokenEnv)
		return graph.StaticToken{Secret: graph.Secret(value)}, err
	case byManagedIdentity:
		return graph.NewManagedIdentity(graph.ManagedIdentityOptions{ClientID: t.Auth.ClientID, Scope: scope})
	case byCertificate:
		o.Certificate, err = t.Auth.certificate()
	case byWorkload:
		o.Assertion, err = t.Auth.assertion, tokenFile.Try(t.Auth.TokenFile)
	default:
		var secret string
		secret, err = environment(t.Auth.ClientSecretEnv)
		o.Secret = graph.Secret(secret)
	}
	if err != nil {
		return nil, err
	}
	return graph.NewEntra(o)
}

func (a authConfig) certificate() (*graph.Certificate, error) {
	file, err := certificateFile.Read(a.CertificateFile)
	if err != nil {
		return nil, err
	}
	password := ""
	if a.CertificatePasswordEnv != "" {
		if password, err = environment(a.CertificatePasswordEnv); err != nil {
			return nil, err
		}
	}
	c, err := graph.ParseCertificate(file, graph.Secret(password))
	if err != nil {
		return nil, fmt.Errorf("certificate_file %s: %w", a.CertificateFile, err)
	}
	return c, nil
}

// assertion reads the token that the cluster keeps fresh in the file.
func (a authConfig) assertion(context.Context) (graph.Secret, error) {
	text, err := tokenFile.Read(a.TokenFile)
	return graph.Secret(bytes.TrimSpace(text)), err
}

// storageCredential signs in to Blob Storage as the application does to Graph.
type storageCredential struct{ source graph.TokenSource }

// GetToken gives the source's token for a few minutes only, because the source keeps it and knows
// when it really expires.
func (s storageCredential) GetToken(ctx context.Context, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	var refused *graph.Refused
	if o.Claims != "" {
		refused = &graph.Refused{Claims: o.Claims}
	}
	token, err := s.source.Token(ctx, refused)
	return azcore.AccessToken{Token: token, ExpiresOn: time.Now().Add(5 * time.Minute)}, err
}
