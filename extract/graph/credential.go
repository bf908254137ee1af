package graph

import (
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/confidential"
	"software.sslmate.com/src/go-pkcs12"
)

// Certificate is what an application signs with: a certificate and its RSA key.
type Certificate struct{ credential confidential.Credential }

// ParseCertificate reads a PEM file, whose key must not be encrypted, or a PFX file (PKCS #12), which
// the password opens. Either has the certificate, perhaps with those above it, and its key.
func ParseCertificate(file []byte, password Secret) (*Certificate, error) {
	chain, key, err := readCertificate(file, password)
	if err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	credential, err := confidential.NewCredFromCert(chain, key)
	if err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	return &Certificate{credential}, nil
}

func readCertificate(file []byte, password Secret) ([]*x509.Certificate, crypto.PrivateKey, error) {
	if block, _ := pem.Decode(file); block != nil {
		chain, key, err := confidential.CertFromPEM(file, "")
		if err != nil {
			err = fmt.Errorf("%w; a PEM file must hold the certificate and its key, not encrypted", err)
		}
		return chain, key, err
	}
	key, leaf, above, err := pkcs12.DecodeChain(file, password.Reveal())
	switch {
	case errors.Is(err, pkcs12.ErrIncorrectPassword):
		return nil, nil, errors.New("the password does not open the PFX file")
	case err != nil:
		return nil, nil, fmt.Errorf("neither PEM nor a PFX file with a key: %w", err)
	}
	return append([]*x509.Certificate{leaf}, above...), key, nil
}

// Format keeps the key out of logs.
func (*Certificate) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// Secret is a credential. However it is printed, logged or encoded, it reads "[redacted]".
type Secret string

const redacted = "[redacted]"

// Reveal returns the credential itself, for the one place that sends it.
func (s Secret) Reveal() string { return string(s) }

func (Secret) String() string               { return redacted }
func (Secret) LogValue() slog.Value         { return slog.StringValue(redacted) }
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// Format is there because verbs that do not fit a string, as in %d, would print it past String.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }
