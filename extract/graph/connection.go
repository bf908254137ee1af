package graph

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
)

// proxyError is that a proxy has not let a connection through.
type proxyError struct{ status int }

func (e *proxyError) Error() string {
	return fmt.Sprintf("the proxy does not let it through: %d %s", e.status, http.StatusText(e.status))
}

// proxySettingError is that the environment names no proxy that could be asked.
type proxySettingError struct{ error }

func (e proxySettingError) Unwrap() error { return e.error }

// environmentProxy is the proxy that the environment names for a request.
func environmentProxy(req *http.Request) (*url.URL, error) {
	proxy, err := http.ProxyFromEnvironment(req)
	if err != nil {
		return nil, proxySettingError{errors.New("HTTPS_PROXY, or the like, is no address of a proxy")} // it may hold a password
	}
	return proxy, nil
}

// proxyAnswer is the error of a connection that the proxy has not made.
func proxyAnswer(_ context.Context, _ *url.URL, _ *http.Request, answer *http.Response) error {
	if answer.StatusCode == http.StatusOK {
		return nil
	}
	return &proxyError{answer.StatusCode}
}

// cured are causes that no try mends, each with what does.
var cured = []struct {
	is   func(error) bool
	cure string
}{
	{is[x509.HostnameError], "check the address: who answers there has no certificate for it"},
	{func(err error) bool {
		e, ok := errors.AsType[x509.CertificateInvalidError](err)
		return ok && e.Reason == x509.Expired
	}, "check this machine's clock, and who answers at the address: the certificate is not valid now"},
	{is[*tls.CertificateVerificationError], "check the address; if a proxy of your own signed the certificate, name its authority in SSL_CERT_FILE"},
	{func(err error) bool {
		return is[tls.RecordHeaderError](err) || errors.Is(err, http.ErrSchemeMismatch)
	}, "check the address and its port: who answers there does not speak https"},
	{func(err error) bool {
		e, ok := errors.AsType[*net.OpError](err)
		return ok && e.Op == "remote error" && !passes(e)
	}, "check the address and the proxy: who answers there does not agree on a connection"},
	{func(err error) bool {
		e, ok := errors.AsType[*net.DNSError](err)
		return ok && e.IsNotFound && !e.IsTemporary && !e.IsTimeout
	}, "check the spelling of the address, or of the proxy, and this machine's DNS"},
	{func(err error) bool {
		e, ok := errors.AsType[*proxyError](err)
		return ok && e.status == http.StatusProxyAuthRequired
	}, "give the proxy a user and a password in HTTPS_PROXY, as http://USER:PASSWORD@HOST:PORT"},
	{func(err error) bool {
		e, ok := errors.AsType[*proxyError](err)
		return ok && e.status >= 400 && e.status < 500 && e.status != http.StatusRequestTimeout && e.status != http.StatusTooManyRequests
	}, "let the proxy allow the address, or leave the proxy out with NO_PROXY"},
	{is[proxySettingError], "check HTTPS_PROXY, as http://HOST:PORT"},
	{is[*net.AddrError], "check the address and its port"},
}

// passes says of an alert of TLS whether the server says by it that it is itself not well.
func passes(alert *net.OpError) bool {
	return containsAny(alert.Err.Error(), "internal error", "user canceled")
}

func is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

// isHopeless says of an error without an answer whether the same will happen whenever it is tried.
func isHopeless(err error) bool {
	_, ok := hopeless(err)
	return ok
}

func hopeless(err error) (cure string, ok bool) {
	if err == nil {
		return "", false
	}
	for _, c := range cured {
		if c.is(err) {
			return c.cure, true
		}
	}
	return "", false
}

// notReached says whether nobody took the connection, or somebody who is not trusted.
func notReached(err error) bool {
	return err != nil && (isHopeless(err) || is[*proxyError](err) || isDial(err))
}

// isDial says whether there was no connection, to the host or to the proxy before it.
func isDial(err error) bool {
	network, ok := errors.AsType[*net.OpError](err)
	return ok && (network.Op == "dial" || network.Op == "proxyconnect" || network.Op == "socks connect")
}

const checkNetwork = "check the address, the network and the proxy, and run again later"

// connectionCure is the cure where nobody took the connection, or somebody who is not trusted; otherwise empty.
func connectionCure(err error) string {
	cure, ok := hopeless(err)
	if !ok && err != nil && (isDial(err) || is[*proxyError](err)) {
		cure = checkNetwork
	}
	return cure
}
