package main

import "cmp"

// authConfig says how a tenant is signed in to. What a method does not name does not matter to it.
type authConfig struct {
	Method                 string `yaml:"method"`
	ClientID               string `yaml:"client_id"`
	ClientSecretEnv        string `yaml:"client_secret_env"`
	CertificateFile        string `yaml:"certificate_file"`
	CertificatePasswordEnv string `yaml:"certificate_password_env"`
	TokenFile              string `yaml:"token_file"`
	TokenEnv               string `yaml:"token_env"`
}

const (
	byToken       = "token"
	bySecret      = "client_secret"
	byCertificate = "certificate"
	byMachine     = "managed_identity"
	byWorkload    = "workload_identity"
)

// fillIn takes what the file leaves open from the variables that a cluster sets for a workload identity.
func (t *tenantConfig) fillIn(environment func(string) string) {
	if t.Auth.Method != byWorkload {
		return
	}
	t.TenantID = cmp.Or(t.TenantID, environment("AZURE_TENANT_ID"))
	t.Auth.ClientID = cmp.Or(t.Auth.ClientID, environment("AZURE_CLIENT_ID"))
	t.Auth.TokenFile = cmp.Or(t.Auth.TokenFile, environment("AZURE_FEDERATED_TOKEN_FILE"))
	t.authority = cmp.Or(t.authority, environment("AZURE_AUTHORITY_HOST"))
}

// check says what the method lacks.
func (a authConfig) check(fail func(field, format string, args ...any)) {
	need := func(field, value, variable string) {
		if value == "" {
			fail(field, "method %s needs it%s", a.Method, variable)
		}
	}
	switch a.Method {
	case byToken:
		need("token_env", a.TokenEnv, "")
	case bySecret:
		need("client_id", a.ClientID, "")
		need("client_secret_env", a.ClientSecretEnv, "")
	case byCertificate:
		need("client_id", a.ClientID, "")
		need("certificate_file", a.CertificateFile, "")
	case byMachine: // without client_id it is the system-assigned identity
	case byWorkload:
		need("client_id", a.ClientID, ", or AZURE_CLIENT_ID in the environment")
		need("token_file", a.TokenFile, ", or AZURE_FEDERATED_TOKEN_FILE in the environment")
	default:
		fail("method", "%q is none of client_secret, certificate, managed_identity, workload_identity and token", a.Method)
	}
}
