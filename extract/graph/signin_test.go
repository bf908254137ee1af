package graph

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// What proves who we are goes to nobody whom an answer names: not the body of a 307, not the header of a machine's endpoint.
func TestSignInFollowsNoRedirect(t *testing.T) {
	var asked atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		t.Errorf("somebody else was asked: %s %s %v %s", r.Method, r.URL, r.Header, body)
	}))
	defer other.Close()
	proofs := map[string]func(*EntraOptions){
		"client secret": func(o *EntraOptions) { o.Secret = "s3cret" },
		"certificate": func(o *EntraOptions) {
			var err error
			if o.Certificate, err = ParseCertificate(pemFile(t), ""); err != nil {
				t.Fatal(err)
			}
		},
		"workload": func(o *EntraOptions) {
			o.Assertion = func(context.Context) (Secret, error) { return "assertion", nil }
		},
	}
	for _, status := range []int{301, 302, 303, 307, 308} {
		redirect := func(w http.ResponseWriter, r *http.Request) {
			asked.Add(1)
			http.Redirect(w, r, other.URL+"/stolen", status)
		}
		for name, prove := range proofs {
			for _, discovery := range []bool{false, true} {
				asked.Store(0)
				o, _ := standIn(t, nil, redirect)
				if discovery {
					server := httptest.NewTLSServer(http.HandlerFunc(redirect))
					defer server.Close()
					o.Authority, o.Connections = server.URL, server.Client().Transport
				}
				prove(&o)
				source, err := NewEntra(o)
				if err != nil {
					t.Fatal(err)
				}
				_, err = source.Token(t.Context(), nil)
				wantRefused(t, fmt.Sprintf("%d, %s, discovery %t", status, name, discovery), err, "a redirect, which is not followed", asked.Load())
			}
		}
		asked.Store(0)
		m, err := NewManagedIdentity(ManagedIdentityOptions{Scope: "https://graph.example/.default", Connections: machine(t, redirect)})
		if err != nil {
			t.Fatal(err)
		}
		_, err = m.Token(t.Context(), nil)
		wantRefused(t, fmt.Sprintf("%d, managed identity", status), err, "a redirect, which is not followed", asked.Load())
	}
}

// wantRefused checks an error of signing in that trying again does not mend, after one request.
func wantRefused(t *testing.T, name string, err error, want string, asked int32) {
	t.Helper()
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Kind != Rejected || !e.SignIn || !strings.Contains(err.Error(), want) || asked != 1 {
		t.Errorf("%s: after %d requests %v, want %q after 1", name, asked, err, want)
	}
}

// An authority may name any address for its tokens, but none in the clear.
func TestSignInIsNotInTheClear(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `{"authorization_endpoint":"https://%s/a","token_endpoint":"http://login.example/token","issuer":"https://%[1]s/v2.0"}`, r.Host)
	}))
	defer server.Close()
	connections := server.Client().Transport.(*http.Transport)
	connections.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		if address != server.Listener.Addr().String() {
			t.Errorf("%s was called", address)
		}
		return new(net.Dialer).DialContext(ctx, network, server.Listener.Addr().String())
	}
	source, err := NewEntra(EntraOptions{
		Authority: server.URL, TenantID: tenantID, ClientID: clientID, Scope: "https://graph.example/.default",
		Secret: "s3cret", Trusted: true, Connections: connections,
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = source.Token(t.Context(), nil)
	wantRefused(t, "http", err, "the address is not https", 1)

	t.Setenv("IDENTITY_ENDPOINT", "http://identity.example/token")
	t.Setenv("IDENTITY_HEADER", "h3ader")
	m, err := NewManagedIdentity(ManagedIdentityOptions{Scope: "https://graph.example/clear/.default", Connections: connections})
	if err != nil {
		t.Fatal(err)
	}
	_, err = m.Token(t.Context(), nil)
	wantRefused(t, "a machine's endpoint elsewhere", err, "the address is not https", 1)
}

func TestHostsNextToUs(t *testing.T) {
	for host, want := range map[string][2]bool{ // this machine, next to us
		"localhost": {true, true}, "127.0.0.1": {true, true}, "127.9.9.9": {true, true}, "::1": {true, true},
		"169.254.169.254": {false, true}, "169.254.130.2": {false, true}, "172.16.1.2": {false, true}, "fe80::1": {false, true},
		"login.example": {}, "203.0.113.7": {}, "172.32.0.1": {}, "localhost.example": {}, "2130706433": {}, "": {}, "2001:db8::1": {},
	} {
		if got := [2]bool{isThisMachine(host), isNextToUs(host)}; got != want {
			t.Errorf("%s: %v, want %v", host, got, want)
		}
	}
}

// An answer without end costs some kilobytes, also one that grows when it is unpacked.
func TestSignInReadsLittle(t *testing.T) {
	var sent atomic.Int64
	endless := func(w http.ResponseWriter, _ *http.Request) {
		spaces := []byte(strings.Repeat(" ", 64<<10))
		for sent.Load() < 1<<30 {
			n, err := w.Write(spaces)
			if sent.Add(int64(n)); err != nil {
				return
			}
		}
	}
	o, _ := entra(t, endless)
	source, err := NewEntra(o)
	if err != nil {
		t.Fatal(err)
	}
	for name, token := range map[string]func() (string, error){
		"Entra": func() (string, error) { return source.Token(t.Context(), nil) },
		"managed identity": func() (string, error) {
			m, err := NewManagedIdentity(ManagedIdentityOptions{Scope: "https://graph.example/endless/.default", Connections: machine(t, endless)})
			if err != nil {
				return "", err
			}
			return m.Token(t.Context(), nil)
		},
	} {
		sent.Store(0)
		if _, err := token(); KindOf(err) != Unavailable || !strings.Contains(err.Error(), "an answer of more than 256 KiB") {
			t.Errorf("%s: %v", name, err)
		}
		if n := sent.Load(); n > 64<<20 { // what lies in buffers
			t.Errorf("%s: %d bytes were sent", name, n)
		}
	}
}

func TestSignInWantsTLS12(t *testing.T) {
	server := httptest.NewUnstartedServer(answer(200, `{}`))
	server.TLS = &tls.Config{MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10}
	server.StartTLS()
	defer server.Close()
	for name, connections := range map[string]http.RoundTripper{"sign-in": signInConnections(), "Graph": newTransport(1)} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := connections.RoundTrip(req)
		if err == nil {
			resp.Body.Close()
		}
		if err == nil || !strings.Contains(err.Error(), "protocol version") {
			t.Errorf("%s over TLS 1.1: %v", name, err)
		}
	}
}

// Whoever says nothing, or says it bit by bit, is waited for half a minute.
func TestSignInEnds(t *testing.T) {
	for name, serve := range map[string]http.HandlerFunc{
		"silence": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"bit by bit": func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				fmt.Fprint(w, " ")
				_ = http.NewResponseController(w).Flush()
				time.Sleep(time.Second)
			}
		},
	} {
		onMachine(t, serve, func(t *testing.T, connections http.RoundTripper) {
			m, err := NewManagedIdentity(ManagedIdentityOptions{Scope: "https://graph.example/" + url.PathEscape(name) + "/.default", Connections: connections})
			if err != nil {
				t.Fatal(err)
			}
			waited := took(func() { _, err = m.Token(t.Context(), nil) })
			if KindOf(err) != Unavailable || waited != signInTime {
				t.Errorf("%s: after %v %v, want an end after %v", name, waited, err, signInTime)
			}
		})
	}
}

// onMachine runs do on a clock that jumps, where the machine's endpoint for managed identities answers so.
func onMachine(t *testing.T, serve http.HandlerFunc, do func(t *testing.T, connections http.RoundTripper)) {
	t.Helper()
	t.Setenv("IDENTITY_ENDPOINT", endpoint+"/msi/token")
	t.Setenv("IDENTITY_HEADER", "h3ader")
	synctest.Test(t, func(t *testing.T) {
		network := &pipeNet{conns: make(chan net.Conn), closed: make(chan struct{})}
		network.close = sync.OnceFunc(func() { close(network.closed) })
		server := httptest.NewUnstartedServer(serve)
		server.Listener.Close()
		server.Listener = network
		server.Start()
		defer server.Close()
		do(t, &http.Transport{DialContext: network.dial, DisableKeepAlives: true})
	})
}

// A machine's endpoint that is away is asked again by one layer: the client of Graph for its requests, and what signs those to Blob
// Storage for theirs. MSAL does not, or each of their tries were three.
func TestManagedIdentityIsAskedAgainByOneLayer(t *testing.T) {
	for name, token := range map[string]func(ctx context.Context, m TokenSource) error{
		"Graph's client": func(ctx context.Context, m TokenSource) error {
			c, err := New(Options{Endpoint: endpoint, Token: m, Transport: http.DefaultTransport})
			if err != nil {
				return err
			}
			_, err = c.Get(ctx, users)
			return err
		},
		"another's": func(ctx context.Context, m TokenSource) error {
			_, err := Retried(m).Token(ctx, nil)
			return err
		},
	} {
		for _, status := range []int{404, 410, 429, 500, 503} {
			asked := 0
			serve := func(w http.ResponseWriter, _ *http.Request) {
				asked++
				w.WriteHeader(status)
				fmt.Fprint(w, `{"error":"unready"}`)
			}
			onMachine(t, serve, func(t *testing.T, connections http.RoundTripper) {
				m, err := NewManagedIdentity(ManagedIdentityOptions{Scope: fmt.Sprintf("https://graph.example/%s/%d/.default", url.PathEscape(name), status), Connections: connections})
				if err != nil {
					t.Fatal(err)
				}
				waited := took(func() { err = token(t.Context(), m) })
				e, ok := errors.AsType[*Error](err)
				if !ok || !e.SignIn || e.Status != status || e.Tries != mostTries || asked != mostTries {
					t.Errorf("%s, %d: %d requests and %v, want %d", name, status, asked, err, mostTries)
				}
				if status == 410 && waited < 70*time.Second {
					t.Errorf("%s gave up after %v, and such an endpoint is away for 70 s", name, waited)
				}
			})
		}
		asked := 0
		onMachine(t, func(w http.ResponseWriter, _ *http.Request) { asked++; w.WriteHeader(400) }, func(t *testing.T, connections http.RoundTripper) {
			m, err := NewManagedIdentity(ManagedIdentityOptions{Scope: "https://graph.example/" + url.PathEscape(name) + "/.default", Connections: connections})
			if err != nil {
				t.Fatal(err)
			}
			if err = token(t.Context(), m); KindOf(err) != Unauthorized || asked != 1 {
				t.Errorf("%s: a refusal costs %d requests: %v", name, asked, err)
			}
		})
	}
}
