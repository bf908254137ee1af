package cli

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"graphlake/extract/graph"
)

func TestWorkloadIdentityTakesTheClustersVariables(t *testing.T) {
	set := map[string]string{
		"AZURE_TENANT_ID": "from-cluster", "AZURE_CLIENT_ID": "from-cluster",
		"AZURE_FEDERATED_TOKEN_FILE": "/var/run/token", "AZURE_AUTHORITY_HOST": "https://login.partner.microsoftonline.cn/",
	}
	environment := func(name string) string { return set[name] }
	open := tenantConfig{Auth: authConfig{Method: byWorkload}}
	open.fillIn(environment)
	if open.TenantID != "from-cluster" || open.authority != set["AZURE_AUTHORITY_HOST"] || open.Auth.ClientID != "from-cluster" || open.Auth.TokenFile != "/var/run/token" {
		t.Errorf("filled in %+v", open)
	}
	closed := tenantConfig{TenantID: "t", authority: "https://login.example", Auth: authConfig{Method: byWorkload, ClientID: "c", TokenFile: "f"}}
	want := closed
	if closed.fillIn(environment); !reflect.DeepEqual(closed, want) {
		t.Errorf("what the file says became %+v", closed)
	}
	other := tenantConfig{Auth: authConfig{Method: byManagedIdentity}}
	if other.fillIn(environment); !reflect.DeepEqual(other, tenantConfig{Auth: authConfig{Method: byManagedIdentity}}) {
		t.Errorf("another method took %+v", other)
	}
}

// Every method makes a source of tokens for Graph and one for Blob Storage, without asking anybody.
func TestEveryMethodMakesASource(t *testing.T) {
	dir := t.TempDir()
	certificate := filepath.Join(dir, "app.pem")
	if err := os.WriteFile(certificate, identity(t), 0o600); err != nil {
		t.Fatal(err)
	}
	none := filepath.Join(dir, "none")
	if err := os.WriteFile(none, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("APP_SECRET", "s3cret")
	tenant := func(a authConfig) tenantConfig {
		a.ClientID = "9d0c7f62-1b7e-4a55-8f53-0f4a3c2b1d10"
		return tenantConfig{Name: "contoso", TenantID: "4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30", authority: "https://login.microsoftonline.com", Auth: a}
	}
	for _, c := range []struct {
		auth authConfig
		want string // the type, or in the error
	}{
		{authConfig{Method: byToken, TokenEnv: "APP_SECRET"}, "graph.StaticToken"},
		{authConfig{Method: bySecret, ClientSecretEnv: "APP_SECRET"}, "*graph.Entra"},
		{authConfig{Method: byCertificate, CertificateFile: certificate}, "*graph.Entra"},
		{authConfig{Method: byManagedIdentity}, "*graph.ManagedIdentity"},
		{authConfig{Method: byWorkload, TokenFile: filepath.Join(dir, "later")}, "*graph.Entra"},
		{authConfig{Method: byCertificate, CertificateFile: filepath.Join(dir, "none.pem")}, "tenant contoso: certificate_file: open "},
		{authConfig{Method: byCertificate, CertificateFile: none}, "certificate: neither PEM nor"},
		{authConfig{Method: byCertificate, CertificateFile: certificate, CertificatePasswordEnv: "NOT_SET"}, "variable NOT_SET is not set"},
		{authConfig{Method: bySecret, ClientSecretEnv: "NOT_SET"}, "variable NOT_SET is not set"},
	} {
		for _, scope := range []string{"https://graph.microsoft.com/.default", "https://storage.azure.com/.default"} {
			source, err := tenant(c.auth).token(scope)
			if got := fmt.Sprintf("%T", source); err == nil && got != c.want {
				t.Errorf("%s: a source of type %s, want %s", c.auth.Method, got, c.want)
			}
			if err != nil && (exitStatus(err) != ExitUsage || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("%s: exit %d for %v, want %q", c.auth.Method, exitStatus(err), err, c.want)
			}
		}
	}
}

func TestAssertionIsReadAnew(t *testing.T) {
	a := authConfig{TokenFile: filepath.Join(t.TempDir(), "token")}
	if _, err := a.assertion(t.Context()); err == nil {
		t.Error("a file that is not there is no error")
	}
	for _, want := range []graph.Secret{"first", "second"} {
		if err := os.WriteFile(a.TokenFile, []byte(want.Reveal()+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := a.assertion(t.Context()); err != nil || got.Reveal() != want.Reveal() {
			t.Errorf("read %q, %v, want %q", got.Reveal(), err, want.Reveal())
		}
	}
}

// identity is a certificate and its key, as PEM.
func identity(t *testing.T) []byte {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return append(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}),
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
}

// Blob Storage gets the source's token, and asks again before a token could have expired unseen.
func TestStorageCredential(t *testing.T) {
	c := storageCredential{graph.StaticToken{Secret: "s1"}}
	got, err := c.GetToken(t.Context(), policy.TokenRequestOptions{})
	if lasts := time.Until(got.ExpiresOn); err != nil || got.Token != "s1" || lasts <= 0 || lasts > 10*time.Minute {
		t.Errorf("got %q for %v, %v", got.Token, lasts, err)
	}
}

// The SDK of Blob Storage takes the first failure of a sign-in for the last, so it is tried again before the SDK hears of it.
func TestSignInToBlobStorageIsTriedAgain(t *testing.T) {
	asked := 0
	machine := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if asked++; asked == 1 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		fmt.Fprint(w, `{"token_type":"Bearer","expires_in":"86400","resource":"x","access_token":"t0ken"}`)
	}))
	defer machine.Close()
	t.Setenv("IDENTITY_ENDPOINT", machine.URL)
	t.Setenv("IDENTITY_HEADER", "h3ader")
	c := config{
		Lake: "az://lake", Azure: azureConfig{AccountURL: "https://acct.blob.core.windows.net"},
		Tenants: []tenantConfig{{Name: "contoso", Auth: authConfig{Method: byManagedIdentity, ClientID: "9d0c7f62-1b7e-4a55-8f53-0f4a3c2b1d10"}}},
	}
	o, err := c.blobOptions()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := o.Credential.GetToken(t.Context(), policy.TokenRequestOptions{}); err != nil || got.Token != "t0ken" || asked != 2 {
		t.Errorf("after %d requests got %q, %v", asked, got.Token, err)
	}
}
