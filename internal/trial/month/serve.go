package month

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"os"
	"time"
)

// server serves on this machine until it is closed.
type server struct {
	http.Server
	address string // and port
}

// serve starts a server: of HTTPS, if there is a secure.
func serve(ctx context.Context, answers http.Handler, secure *tls.Config) (*server, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &server{http.Server{Handler: answers, ReadHeaderTimeout: 10 * time.Second}, l.Addr().String()}
	if secure != nil {
		l = tls.NewListener(l, secure)
	}
	go func() { _ = s.Serve(l) }() // it says only that it was closed
	return s, nil
}

// closedForAnHour is a Graph that does not want to be asked again so soon.
func closedForAnHour(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Retry-After", "3600")
	http.Error(w, `{"error":{"code":"ServiceUnavailable","message":"Service Unavailable."}}`, http.StatusServiceUnavailable)
}

// certificate makes one for a host, and writes it into a file for those who are to trust it.
func certificate(host, file string) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	now := time.Now()
	about := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{host}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, about, about, key.Public(), key)
	if err != nil {
		return tls.Certificate{}, err
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, os.WriteFile(file, text, 0o600)
}
