package graph

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"sync"
	"time"
)

// Sign-in carries what must not go astray: a client secret, an assertion, the header of a machine's endpoint. So all
// requests for tokens, whatever proves who we are and whatever the token is for, and those for what MSAL asks before
// them, go through one transport, and each of them
//
//   - is sent to the address that was asked for and to no other: no redirect is followed, for 307 repeats the body;
//   - is sent over TLS 1.2 or later; in the clear only to this machine, or to the endpoint that Azure has next to it;
//   - ends after signInTime, and reads no more than mostSignIn bytes, decompressed.
//
// It is sent once. Who signs requests with the token tries again: a [Client] for those to Graph, [Retried] for others.
const (
	signInTime = 30 * time.Second
	mostSignIn = 256 << 10
)

// signInError is why a request for a token has no answer that could be used, whoever was asked.
type signInError struct {
	kind Kind
	what string
	cure string
}

func (e *signInError) Error() string { return e.what }

var (
	errSignInRedirect = &signInError{Rejected, "a redirect, which is not followed because what signs us in would go along",
		"check the authority in the configuration, and the proxy"}
	errSignInClear = &signInError{Rejected, "the address is not https, and what signs us in is not sent in the clear",
		"check the authority in the configuration"}
	errSignInLarge = &signInError{Unavailable, fmt.Sprintf("an answer of more than %d KiB", mostSignIn>>10),
		"check the authority in the configuration, and the proxy"}
)

// signInClient is the client of one source of tokens, over the connections of all; a test has others.
// Which hosts may be asked in the clear, local says.
func signInClient(connections http.RoundTripper, local func(host string) bool) *http.Client {
	if connections == nil {
		connections = signInConnections()
	}
	return &http.Client{Transport: signInTransport{connections, local}, Timeout: signInTime}
}

var signInConnections = sync.OnceValue(func() http.RoundTripper {
	return &http.Transport{
		Proxy:                  signInProxy,
		DialContext:            signInDial,
		ForceAttemptHTTP2:      true,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    10 * time.Second,
		IdleConnTimeout:        90 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
		OnProxyConnectResponse: proxyAnswer,
	}
})

// signInProxy keeps what is asked of the machine we run on away from proxies.
func signInProxy(req *http.Request) (proxy *url.URL, err error) {
	if isNextToUs(req.URL.Hostname()) {
		return nil, nil
	}
	return environmentProxy(req)
}

// signInDial does not wait long for what is next to us or, outside of Azure, nowhere.
func signInDial(ctx context.Context, network, address string) (net.Conn, error) {
	d := net.Dialer{Timeout: 15 * time.Second}
	if host, _, err := net.SplitHostPort(address); err == nil && isNextToUs(host) {
		d.Timeout = 3 * time.Second
	}
	return d.DialContext(ctx, network, address)
}

// isThisMachine reports whether what is sent to a host does not leave the machine.
func isThisMachine(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// isLocalURL reports whether what is sent to an address does not leave the machine.
func isLocalURL(address string) bool {
	u, err := url.Parse(address)
	return err == nil && isThisMachine(u.Hostname())
}

// isNextToUs reports whether a host may be Azure's endpoint for managed identities: 169.254.169.254 of a virtual
// machine, and this machine, the link or the private network of the sandbox for App Service and Container Apps.
func isNextToUs(host string) bool {
	ip, err := netip.ParseAddr(host)
	return isThisMachine(host) || err == nil && (ip.IsLinkLocalUnicast() || ip.IsPrivate())
}

// signInTransport sends a request by the rules above.
type signInTransport struct {
	connections http.RoundTripper
	local       func(host string) bool
}

func (t signInTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.URL.Scheme != "https" && !t.local(req.URL.Hostname()) {
		if req.Body != nil {
			_ = req.Body.Close()
		}
		return nil, errSignInClear
	}
	resp, err := t.connections.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode >= 300 && resp.StatusCode < 400 {
		_ = resp.Body.Close()
		return nil, errSignInRedirect
	}
	resp.Body = &signInBody{resp.Body, mostSignIn}
	return resp, nil
}

// signInBody is an answer up to so many bytes more. One that is longer is none.
type signInBody struct {
	io.ReadCloser
	left int
}

func (b *signInBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.left -= n; b.left < 0 {
		return 0, errSignInLarge
	}
	return n, err
}

// Retried asks a source again where a [Client] would: for who signs requests that no Client sends.
func Retried(source TokenSource) TokenSource { return retried{source} }

type retried struct{ source TokenSource }

func (r retried) Token(ctx context.Context, refused *Refused) (string, error) {
	var waited time.Duration
	for try := 1; ; try++ {
		token, err := r.source.Token(ctx, refused)
		e, ok := errors.AsType[*Error](err)
		if err == nil || !ok || ctx.Err() != nil {
			return token, err
		}
		e.Tries = try
		wait, again := nextTry(e, &call{}, try)
		if waited += wait; !again || try >= mostTries || waited > mostWaiting {
			return "", err
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
}
