package graph

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"software.sslmate.com/src/go-pkcs12"
)

// identity is a certificate that the application could be registered with, and its key.
var identity = sync.OnceValues(func() (*x509.Certificate, *rsa.PrivateKey) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "graphlake of contoso"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		panic(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	return leaf, key
})

func pemFile(t *testing.T) []byte {
	t.Helper()
	leaf, key := identity()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return append(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: leaf.Raw})...)
}

func pfxFile(t *testing.T, as *pkcs12.Encoder, password string) []byte {
	t.Helper()
	leaf, key := identity()
	file, err := as.Encode(key, leaf, nil, password)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// signed checks an assertion as Entra does: the certificate's key has signed it, for this application
// and this address.
func signed(t *testing.T, form url.Values) {
	t.Helper()
	if got := form.Get("client_assertion_type"); got != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" {
		t.Errorf("client_assertion_type = %q", got)
	}
	parts := strings.Split(form.Get("client_assertion"), ".")
	if len(parts) != 3 {
		t.Fatalf("the assertion has %d parts", len(parts))
	}
	var header struct {
		Alg        string
		Thumbprint string `json:"x5t#S256"`
	}
	var claims struct{ Iss, Sub, Aud string }
	for i, into := range []any{&header, &claims} {
		text, err := base64.RawURLEncoding.DecodeString(parts[i])
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, into); err != nil {
			t.Fatal(err)
		}
	}
	leaf, key := identity()
	thumbprint := sha256.Sum256(leaf.Raw)
	if header.Alg != "PS256" || header.Thumbprint != base64.StdEncoding.EncodeToString(thumbprint[:]) {
		t.Errorf("header = %+v", header)
	}
	if claims.Iss != clientID || claims.Sub != clientID || !strings.HasSuffix(claims.Aud, tenantID+"/oauth2/v2.0/token") {
		t.Errorf("claims = %+v", claims)
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if err := rsa.VerifyPSS(&key.PublicKey, crypto.SHA256, sum[:], signature, nil); err != nil {
		t.Error(err)
	}
}

func TestCertificate(t *testing.T) {
	for name, c := range map[string]struct {
		file     []byte
		password Secret
	}{
		"PEM":           {pemFile(t), ""},
		"PFX":           {pfxFile(t, pkcs12.Modern, "pa55word"), "pa55word"},
		"older PFX":     {pfxFile(t, pkcs12.LegacyDES, "pa55word"), "pa55word"},
		"PFX, unlocked": {pfxFile(t, pkcs12.Passwordless, ""), ""},
	} {
		t.Run(name, func(t *testing.T) {
			certificate, err := ParseCertificate(c.file, c.password)
			if err != nil {
				t.Fatal(err)
			}
			o, issued := standIn(t, func(form url.Values) { signed(t, form) }, nil)
			o.Certificate = certificate
			keeps(t, o, issued)
			if got := fmt.Sprintf("%v %+v %#v %+v", certificate, certificate, certificate, o); strings.Count(got, redacted) < 4 {
				t.Errorf("printed %s", got)
			}
		})
	}
}

func TestCertificateThatCannotBeRead(t *testing.T) {
	whole := pemFile(t)
	key, rest := pem.Decode(whole)
	for name, c := range map[string]struct {
		file     []byte
		password Secret
		want     string
	}{
		"no key":         {rest, "", "no private key found; a PEM file must hold the certificate and its key"},
		"no certificate": {pem.EncodeToMemory(key), "", "no certificates found"},
		"encrypted key":  {bytes.ReplaceAll(whole, []byte(" PRIVATE KEY"), []byte(" ENCRYPTED PRIVATE KEY")), "", "not encrypted"},
		"wrong password": {pfxFile(t, pkcs12.Modern, "pa55word"), "an0ther", "the password does not open the PFX file"},
		"neither":        {[]byte("certificate"), "", "neither PEM nor a PFX file"},
		"empty":          {nil, "", "neither PEM nor a PFX file"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParseCertificate(c.file, c.password)
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "an0ther") {
				t.Errorf("error = %v, want %q", err, c.want)
			}
		})
	}
}

// Every new token is asked for with a new assertion, because the last may have expired.
func TestAssertionIsReadAnew(t *testing.T) {
	read, sent := 0, []string{}
	o, issued := standIn(t, func(form url.Values) { sent = append(sent, form.Get("client_assertion")) }, nil)
	o.Assertion = func(context.Context) (Secret, error) {
		read++
		return Secret(fmt.Sprintf("assertion-%d", read)), nil
	}
	keeps(t, o, issued)
	if got := strings.Join(sent, " "); got != "assertion-1 assertion-2" {
		t.Errorf("Entra was shown %s", got)
	}
}

func TestAssertionThatIsNotThere(t *testing.T) {
	refuse := answer(http.StatusUnauthorized, `{"error":"invalid_client","error_description":"AADSTS70021: No matching federated identity record found."}`)
	for name, c := range map[string]struct {
		assertion func(context.Context) (Secret, error)
		want      string
	}{
		"missing":   {func(context.Context) (Secret, error) { return "", fs.ErrNotExist }, "there is no assertion to sign in with: file does not exist"},
		"empty":     {func(context.Context) (Secret, error) { return "", nil }, "it is empty"},
		"unmatched": {func(context.Context) (Secret, error) { return "a5sertion", nil }, "AADSTS70021"},
	} {
		t.Run(name, func(t *testing.T) {
			o, _ := standIn(t, nil, refuse)
			o.Assertion = c.assertion
			source, err := NewEntra(o)
			if err != nil {
				t.Fatal(err)
			}
			_, err = source.Token(t.Context(), nil)
			if KindOf(err) != Unauthorized || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "a federated credential of the application") {
				t.Errorf("error = %v", err)
			}
			if missing := errors.Is(err, fs.ErrNotExist); missing != (name == "missing") {
				t.Errorf("%v is fs.ErrNotExist: %v", err, missing)
			}
		})
	}
}
