package graph

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// asked are requests that are sent at once, of a path each, and what became of them.
func asked(ctx context.Context, c *Client, n int) []error {
	errs := make([]error, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			r := users
			r.Path = fmt.Sprintf("/list%d", i)
			_, errs[i] = values(ctx, c, r)
		})
	}
	all.Wait()
	return errs
}

const (
	tokenRefused = `{"error":{"code":"InvalidAuthenticationToken","message":"Access token validation failure."}}`
	own          = `{"error":{"code":"InvalidAuthenticationToken","message":"It cannot be read."}}`
)

// Ten requests of a run find out together what is wrong with their tenant.
func TestWhatIsWrongWithTheTenantIsFoundOutOnce(t *testing.T) {
	first := func(n int64, first, others http.HandlerFunc) http.HandlerFunc {
		var asked atomic.Int64
		return func(w http.ResponseWriter, r *http.Request) {
			if asked.Add(1) <= n {
				first(w, r)
				return
			}
			others(w, r)
		}
	}
	for _, test := range []struct {
		name     string
		graph    http.HandlerFunc
		requests int64
		failed   int
		tenant   int // of those that failed, with the tenant's cause
	}{
		{"a token that is refused", answer(401, tokenRefused), 1, 10, 10},
		{"401 without a word of the token", answer(401, own), 3, 10, 8},
		{"one 401", first(1, answer(401, own), answer(200, wholePage)), 10, 1, 0},
		{"two 401", first(2, answer(401, own), answer(200, wholePage)), 10, 2, 0},
		{"403", answer(403, `{"error":{"code":"Forbidden","message":"The token lacks the role."}}`), 10, 10, 0},
		{"404", answer(404, `{"error":{"code":"NotFound","message":"No."}}`), 10, 10, 0},
		{"503", first(1, answer(503, ""), answer(200, wholePage)), 11, 0, 0},
		{"a refusal after an answer", first(1, answer(200, wholePage), answer(401, tokenRefused)), 10, 9, 0},
		{"all is well", answer(200, wholePage), 10, 0, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			onClock(t, Options{}, test.graph, func(t *testing.T, c *Client) {
				ctx := WithVerdicts(t.Context(), new(Verdicts))
				failed, tenant, said := 0, 0, map[string]bool{}
				for _, err := range asked(ctx, c, 10) {
					if err != nil {
						failed++
					}
					if e, ok := errors.AsType[*Error](err); ok && e.OfTenant {
						tenant++
						said[e.Error()] = true
					}
				}
				if n := c.Stats().Requests.Load(); n != test.requests || failed != test.failed || tenant != test.tenant || len(said) > 1 {
					t.Errorf("%d requests, %d failed, of which the tenant's %d: %v; want %d, %d and %d", n, failed, tenant, said, test.requests, test.failed, test.tenant)
				}
				if _, err := values(WithVerdicts(t.Context(), new(Verdicts)), c, users); c.Stats().Requests.Load() == test.requests {
					t.Errorf("the next run does not ask again: %v", err)
				}
			})
		})
	}
}

// Who asks anew asks again whatever was wrong, as the persons that were asked before.
func TestVerdictsAnew(t *testing.T) {
	onClock(t, Options{}, script(answer(401, tokenRefused), answer(200, wholePage)), func(t *testing.T, c *Client) {
		before, p := new(Verdicts), new(Person)
		if !before.isOf(p, "ada") {
			t.Error("the first account is another's")
		}
		if _, err := values(WithVerdicts(t.Context(), before), c, users); err == nil {
			t.Error("a token that is refused is taken")
		}
		anew := before.Anew()
		if _, err := values(WithVerdicts(t.Context(), anew), c, users); err != nil {
			t.Error(err)
		}
		if !anew.isOf(p, "ada") || anew.isOf(p, "grace") {
			t.Error("another person is asked than before")
		}
		if _, err := values(WithVerdicts(t.Context(), before), c, users); err == nil {
			t.Error("what was known before has changed")
		}
	})
}

// A token that has become too old in the middle of a run ends it, if there is no other; one that can be renewed does not.
func TestATokenGrowsOldInARun(t *testing.T) {
	const old = `{"error":{"code":"InvalidAuthenticationToken","message":"Lifetime validation failed, the token is expired."}}`
	onClock(t, Options{}, script(answer(200, wholePage), answer(401, old)), func(t *testing.T, c *Client) {
		ctx := WithVerdicts(t.Context(), new(Verdicts))
		for i := range 5 {
			_, err := values(ctx, c, users)
			if e, ok := errors.AsType[*Error](err); i > 0 && (!ok || !e.OfTenant) || i == 0 && err != nil {
				t.Errorf("the %d. request: %v", i+1, err)
			}
		}
		if n := c.Stats().Requests.Load(); n != 2 {
			t.Errorf("%d requests, want 2", n)
		}
	})
	onClock(t, Options{Token: new(tokens)}, script(answer(200, wholePage), answer(401, old), answer(200, wholePage)), func(t *testing.T, c *Client) {
		ctx := WithVerdicts(t.Context(), new(Verdicts))
		for _, err := range asked(ctx, c, 5) {
			if err != nil {
				t.Error(err)
			}
		}
	})
}

// Where there is no token, or no connection, one request finds it out with all its tries; what no try mends it tries once.
func TestNobodyIsReached(t *testing.T) {
	dial := func(err error) error { return &net.OpError{Op: "dial", Net: "tcp", Err: err} }
	for _, test := range []struct {
		name  string
		err   error // of the connection
		tries int64
		cure  string
		own   bool // who has answered in some way is asked by all
	}{
		{"closed port", dial(syscall.ECONNREFUSED), mostTries, "check the address, the network and the proxy, and run again later", false},
		{"no network", dial(syscall.ENETUNREACH), mostTries, "run again later", false},
		{"DNS that is ill", dial(&net.DNSError{Err: "server misbehaving", Name: "graph.test", IsTemporary: true}), mostTries, "run again later", false},
		{"no such host", dial(&net.DNSError{Err: "no such host", Name: "graph.test", IsNotFound: true}), 1, "check the spelling of the address", false},
		{"no such proxy", &net.OpError{Op: "proxyconnect", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "proxy.test", IsNotFound: true}}, 1, "or of the proxy", false},
		{"another's certificate", &tls.CertificateVerificationError{Err: x509.HostnameError{Certificate: &x509.Certificate{DNSNames: []string{"other.test"}}, Host: "graph.test"}}, 1, "who answers there has no certificate for it", false},
		{"an old certificate", &tls.CertificateVerificationError{Err: x509.CertificateInvalidError{Reason: x509.Expired}}, 1, "check this machine's clock", false},
		{"an unknown authority", &tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}, 1, "SSL_CERT_FILE", false},
		{"no TLS", http.ErrSchemeMismatch, 1, "does not speak https", false},
		{"a refused handshake", &net.OpError{Op: "remote error", Err: errors.New("tls: handshake failure")}, 1, "does not agree on a connection", false},
		{"a server that is ill", &net.OpError{Op: "remote error", Err: errors.New("tls: internal error")}, 10 * mostTries, "run again later", true},
		{"a proxy that asks who we are", &proxyError{407}, 1, "http://USER:PASSWORD@HOST:PORT", false},
		{"a proxy that forbids it", &proxyError{403}, 1, "NO_PROXY", false},
		{"a proxy that is ill", &proxyError{503}, mostTries, "run again later", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var sent atomic.Int64
				c, err := New(Options{Endpoint: endpoint, Token: StaticToken{"t0ken"}, Transport: roundTrip(func(*http.Request) (*http.Response, error) {
					sent.Add(1)
					return nil, test.err
				})})
				if err != nil {
					t.Fatal(err)
				}
				for _, err := range asked(WithVerdicts(t.Context(), new(Verdicts)), c, 10) {
					e, ok := errors.AsType[*Error](err)
					if !ok || e.Kind != Unavailable || e.OfTenant == test.own || !strings.Contains(e.Error(), test.cure) {
						t.Errorf("%v, want the tenant's with %q", err, test.cure)
					}
				}
				if n := sent.Load(); n != test.tries {
					t.Errorf("%d tries, want %d", n, test.tries)
				}
			})
		})
	}
}

// What has worked in a run is tried again: of many machines behind a name one may be wrong, and a lookup may fail once.
func TestWhatHasWorkedIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var sent atomic.Int64
		c, err := New(Options{Endpoint: endpoint, Token: StaticToken{"t0ken"}, Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			if sent.Add(1) == 2 {
				return nil, &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", IsNotFound: true}}
			}
			w := httptest.NewRecorder()
			answer(200, wholePage)(w, r)
			return w.Result(), nil
		})})
		if err != nil {
			t.Fatal(err)
		}
		ctx := WithVerdicts(t.Context(), new(Verdicts))
		for range 2 {
			if _, err := values(ctx, c, users); err != nil {
				t.Error(err)
			}
		}
		if n := sent.Load(); n != 3 {
			t.Errorf("%d tries, want 3", n)
		}
	})
}

// A request that stalls, or is cut off, is alone with that: the others wait no longer than for a connection.
func TestWhoIsSlowHoldsUpNobody(t *testing.T) {
	for _, test := range []struct {
		name  string
		first http.HandlerFunc
		most  time.Duration
	}{{"stalled", stall, longestFirst}, {"hung up", hangUp, time.Second}} {
		t.Run(test.name, func(t *testing.T) {
			graph := func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/v1.0/users" {
					test.first(w, r)
					return
				}
				answer(200, wholePage)(w, r)
			}
			onClock(t, Options{}, graph, func(t *testing.T, c *Client) {
				ctx, cancel := context.WithCancel(WithVerdicts(t.Context(), new(Verdicts)))
				var first sync.WaitGroup
				first.Go(func() { _, _ = values(ctx, c, users) })
				synctest.Wait()
				waited := took(func() {
					for _, err := range asked(ctx, c, 5) {
						if err != nil {
							t.Error(err)
						}
					}
				})
				if waited > test.most {
					t.Errorf("the others have waited %v, want %v at most", waited, test.most)
				}
				cancel()
				first.Wait()
			})
		})
	}
}

// A secret that is wrong is shown once.
func TestNoTokenIsAskedForOnce(t *testing.T) {
	var asks atomic.Int64
	source := tokenFunc(func() (string, error) {
		asks.Add(1)
		return "", &Error{Kind: Unauthorized, Status: 401, SignIn: true, Method: "POST", URL: "/token"}
	})
	onClock(t, Options{Token: source}, answer(200, wholePage), func(t *testing.T, c *Client) {
		for _, err := range asked(WithVerdicts(t.Context(), new(Verdicts)), c, 10) {
			if e, ok := errors.AsType[*Error](err); !ok || !e.OfTenant || e.Kind != Unauthorized {
				t.Errorf("%v", err)
			}
		}
		if n := asks.Load(); n != 1 {
			t.Errorf("asked %d times, want once", n)
		}
	})
}

type tokenFunc func() (string, error)

func (f tokenFunc) Token(context.Context, *Refused) (string, error) { return f() }

// A deadline in the middle of the tries says what they came to, and is a deadline all the same.
func TestADeadlineSaysWhatTheLastTryCameTo(t *testing.T) {
	onClock(t, Options{}, answer(429, "", "Retry-After", "300"), func(t *testing.T, c *Client) {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		_, err := values(ctx, c, users)
		if !errors.Is(err, context.DeadlineExceeded) || KindOf(err) != 0 || !strings.Contains(err.Error(), "deadline exceeded; the last try: GET /v1.0/users: throttled: 429 Too Many Requests") {
			t.Errorf("error %v", err)
		}
		if LastTry(err) == nil {
			t.Errorf("%v has no last try", err)
		}
	})
}

// A proxy that refuses a connection, a real one, says so in its own status.
func TestARealProxyRefuses(t *testing.T) {
	for status, want := range map[int]string{407: "Proxy Authentication Required", 403: "Forbidden"} {
		proxy := httptest.NewServer(answer(status, ""))
		address, err := url.Parse(proxy.URL)
		if err != nil {
			t.Fatal(err)
		}
		transport := newTransport(1).(*http.Transport)
		transport.Proxy = http.ProxyURL(address)
		c, err := New(Options{Endpoint: "https://graph.test", Token: StaticToken{"t0ken"}, Transport: transport})
		if err != nil {
			t.Fatal(err)
		}
		_, err = values(t.Context(), c, users)
		if e, ok := errors.AsType[*Error](err); !ok || e.Tries != 1 || !strings.Contains(err.Error(), fmt.Sprintf("the proxy does not let it through: %d %s", status, want)) {
			t.Errorf("%d: %v", status, err)
		}
		proxy.Close()
	}
}
