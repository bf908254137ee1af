package month

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync/atomic"

	"graphlake/internal/trial/command"
)

// What an application proves itself with, and where.
const (
	authority = "login.microsoftonline.com"
	secret    = "s3cret"
	bySecret  = "method: client_secret, client_id: 9d0c7f62-1b7e-4a55-8f53-0f4a3c2b1d10, client_secret_env: GRAPH_CLIENT_SECRET"
)

// entra stands in for Microsoft Entra ID at Microsoft's own address, to which it is the proxy as well: of
// no other does the library that signs in believe that it is Entra.
type entra struct {
	expired atomic.Bool // the secret

	file          string // with the certificate
	issuer, proxy *server
}

// signIn starts an entra, and writes its certificate into the file.
func signIn(ctx context.Context, file string) (*entra, error) {
	pair, err := certificate(authority, file)
	if err != nil {
		return nil, err
	}
	e := &entra{file: file}
	if e.issuer, err = serve(ctx, e.answers(), &tls.Config{Certificates: []tls.Certificate{pair}}); err != nil {
		return nil, err
	}
	if e.proxy, err = serve(ctx, http.HandlerFunc(e.tunnel), nil); err != nil {
		return nil, errors.Join(err, e.issuer.Close())
	}
	return e, nil
}

func (e *entra) stop() error { return errors.Join(e.proxy.Close(), e.issuer.Close()) }

// environment is where the command finds its secret, and the way here.
func (e *entra) environment() []string {
	return []string{"GRAPH_CLIENT_SECRET=" + secret, "HTTPS_PROXY=http://" + e.proxy.address, "SSL_CERT_FILE=" + e.file}
}

func (e *entra) answers() http.Handler {
	paths := http.NewServeMux()
	paths.HandleFunc("GET /common/discovery/instance", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"metadata":[{"preferred_network":%q,"preferred_cache":%[1]q,"aliases":[%[1]q]}]}`, authority)
	})
	paths.HandleFunc("GET /{tenant}/v2.0/.well-known/openid-configuration", func(w http.ResponseWriter, r *http.Request) {
		at := "https://" + authority + "/" + r.PathValue("tenant")
		fmt.Fprintf(w, `{"authorization_endpoint":"%s/oauth2/v2.0/authorize","token_endpoint":"%[1]s/oauth2/v2.0/token","issuer":"%[1]s/v2.0"}`, at)
	})
	paths.HandleFunc("POST /{tenant}/oauth2/v2.0/token", func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.FormValue("client_secret") != secret:
			refuse(w, 7000215, "Invalid client secret provided.")
		case e.expired.Load():
			refuse(w, 7000222, "The provided client secret keys are expired.")
		default:
			fmt.Fprintf(w, `{"token_type":"Bearer","expires_in":3599,"ext_expires_in":3599,"access_token":%q}`, command.Token)
		}
	})
	return paths
}

func refuse(w http.ResponseWriter, code int, description string) {
	w.WriteHeader(http.StatusUnauthorized)
	fmt.Fprintf(w, `{"error":"invalid_client","error_description":"AADSTS%d: %s","error_codes":[%[1]d]}`, code, description)
}

// tunnel is what the proxy does: whoever wants to go to the authority gets to the issuer, and nobody elsewhere.
func (e *entra) tunnel(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodConnect || r.Host != authority+":443" {
		http.Error(w, "there is no way to "+r.Host, http.StatusForbidden)
		return
	}
	there, err := new(net.Dialer).DialContext(r.Context(), "tcp", e.issuer.address)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer there.Close()
	here, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return // whoever asked is gone
	}
	defer here.Close()
	if _, err := io.WriteString(here, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		return
	}
	go func() { _, _ = io.Copy(there, here) }() // both end when one side hangs up
	_, _ = io.Copy(here, there)
}
