package control

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"graphlake/control/bearer"
	"graphlake/jobs/clock"
	"graphlake/jobs/plan"
	"graphlake/load/memstore"
)

const secret = "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA="

// lines is a log that may be read while it is written.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// serving is a server at work.
type serving struct {
	*Server
	address string
	secured *httptest.Server // whose certificate it has; nil: it speaks no TLS
	log     *lines
	stop    func() error
}

// serve serves, with one token that both sides know unless change says otherwise.
func serve(t *testing.T, change func(*Server)) *serving {
	t.Helper()
	return serveSecured(t, nil, change)
}

// serveSecured serves with the certificate of another server.
func serveSecured(t *testing.T, secured *httptest.Server, change func(*Server)) *serving {
	t.Helper()
	callers, err := bearer.NewStatic(secret)
	if err != nil {
		t.Fatal(err)
	}
	log := &lines{}
	s := &serving{log: log, Server: New(Options{
		Store: memstore.New(), Callers: callers, Rate: 1000, Tenants: []plan.Tenant{{Name: "contoso", ID: "4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30"}},
		Log:    slog.New(slog.NewJSONHandler(log, nil)),
		Select: func(Choice) (plan.Selection, error) { return plan.Selection{}, nil },
		Status: func(context.Context, plan.Selection, time.Time) (clock.Status, error) { return clock.Status{}, nil },
	})}
	if change != nil {
		change(s.Server)
	}
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.address = l.Addr().String()
	if s.secured = secured; secured != nil {
		l = tls.NewListener(l, &tls.Config{Certificates: secured.TLS.Certificates, MinVersion: tls.VersionTLS12})
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, l) }()
	s.stop = sync.OnceValue(func() error { cancel(); return <-done })
	t.Cleanup(func() { _ = s.stop() })
	return s
}

// send writes bytes to a connection of its own, and gives all that comes back until it is closed, or for a while.
func (s *serving) send(t *testing.T, text string) string {
	t.Helper()
	conn := s.dial(t)
	if _, err := io.WriteString(conn, text); err != nil {
		return ""
	}
	_ = conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	answered, _ := io.ReadAll(conn)
	return string(answered)
}

func (s *serving) dial(t *testing.T) net.Conn {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", s.address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// call asks with the token, and gives the status and the body.
func (s *serving) call(t *testing.T, method, path string, body io.Reader) (int, string) {
	t.Helper()
	transport, scheme := &http.Transport{DisableKeepAlives: true}, "http://"
	if s.secured != nil {
		transport.TLSClientConfig, scheme = s.secured.Client().Transport.(*http.Transport).TLSClientConfig, "https://"
	}
	req, err := http.NewRequestWithContext(t.Context(), method, scheme+s.address+path, body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+secret)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	client := &http.Client{Transport: transport, Timeout: 10 * time.Second}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

const authorized = "Authorization: Bearer " + secret + "\r\n"

// What a server and a proxy in front of it might read as one request or as two is read as one, or not at all.
func TestSmuggling(t *testing.T) {
	s := serve(t, func(s *Server) { s.limits.idle = 100 * time.Millisecond })
	const second = "GET /v1/runs/smuggled HTTP/1.1\r\nHost: x\r\n" + authorized + "\r\n"
	const post = "POST /v1/runs HTTP/1.1\r\nHost: x\r\n" + authorized + "Content-Type: application/json\r\n"
	for name, test := range map[string]struct {
		text   string
		status []int // of all answers on the connection
	}{
		"good":                       {"GET /v1/runs/none HTTP/1.1\r\nHost: x\r\n" + authorized + "\r\n", []int{404}},
		"two, one after the other":   {second + second, []int{404, 404}},
		"length and chunks":          {post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + second, []int{400}},
		"chunks and length":          {post + "Transfer-Encoding: chunked\r\nContent-Length: " + fmt.Sprint(len(second)+5) + "\r\n\r\n0\r\n\r\n" + second, []int{400}},
		"chunks":                     {post + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n" + second, []int{400}},
		"two lengths":                {post + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}" + second, []int{400}},
		"lengths in one":             {post + "Content-Length: 2, 3\r\n\r\n{}" + second, []int{400}},
		"a length with a sign":       {post + "Content-Length: +2\r\n\r\n{}" + second, []int{400}},
		"a negative length":          {post + "Content-Length: -1\r\n\r\n{}" + second, []int{400}},
		"another coding":             {post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + second, []int{501}},
		"two codings":                {post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" + second, []int{501}},
		"codings in two":             {post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" + second, []int{501}},
		"a space before the colon":   {post + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + second, []int{400}},
		"a line that goes on":        {post + "Content-Length: 2\r\nX: a\r\n Transfer-Encoding: chunked\r\n\r\n{}" + second, []int{400, 404}}, // of X, and of nothing else
		"NUL in a header":            {"GET /v1/runs/none HTTP/1.1\r\nHost: x\r\nX: a\x00b\r\n" + authorized + "\r\n", []int{400}},
		"a bare return":              {"GET /v1/runs/none HTTP/1.1\r\nHost: x\r\nX: a\rAuthorization: Bearer x\r\n" + authorized + "\r\n", []int{400}},
		"two hosts":                  {"GET /v1/runs/none HTTP/1.1\r\nHost: x\r\nHost: y\r\n" + authorized + "\r\n", []int{400}},
		"no host":                    {"GET /v1/runs/none HTTP/1.1\r\n" + authorized + "\r\n", []int{400}},
		"two tokens":                 {"GET /v1/runs/none HTTP/1.1\r\nHost: x\r\n" + authorized + authorized + "\r\n", []int{401}},
		"two tokens, one in the end": {post + "Trailer: Authorization\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + authorized + "\r\n", []int{400}},
		"only one in the end":        {"POST /v1/runs HTTP/1.1\r\nHost: x\r\nTrailer: Authorization\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + authorized + "\r\n", []int{401}},
		"an address with a host":     {"GET http://x/v1/runs/none HTTP/1.1\r\nHost: y\r\n" + authorized + "\r\n", []int{404}},
		"a space in the path":        {"GET /v1/runs/no ne HTTP/1.1\r\nHost: x\r\n" + authorized + "\r\n", []int{400}},
		"dots in the path":           {"GET /healthz/../v1/runs/none HTTP/1.1\r\nHost: x\r\n\r\n", []int{404}},
		"slashes in the path":        {"GET //v1//runs/none HTTP/1.1\r\nHost: x\r\n\r\n", []int{404}},
		"CONNECT":                    {"CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\n" + authorized + "\r\n", []int{404}},
		"OPTIONS *":                  {"OPTIONS * HTTP/1.1\r\nHost: x\r\n" + authorized + "\r\n", []int{404}},
		"TRACE":                      {"TRACE /v1/status HTTP/1.1\r\nHost: x\r\n" + authorized + "\r\n", []int{405}},
		"HTTP/2":                     {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", []int{404}},
		"an upgrade to HTTP/2":       {"GET /v1/runs/none HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n" + authorized + "\r\n", []int{404}},
		"HTTP/0.9":                   {"GET /v1/runs/none\r\n\r\n", []int{400}},
		"no HTTP":                    {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", []int{400}},
		"a preflight":                {"OPTIONS /v1/runs HTTP/1.1\r\nHost: x\r\nOrigin: https://evil.example\r\nAccess-Control-Request-Method: POST\r\n\r\n", []int{405}},
		"headers that are too many":  {"GET /v1/runs/none HTTP/1.1\r\nHost: x\r\n" + authorized + strings.Repeat("X: "+strings.Repeat("x", 1000)+"\r\n", 40) + "\r\n", []int{431}},
	} {
		answered := s.send(t, test.text)
		var got []int
		for r := bufio.NewReader(strings.NewReader(answered)); ; {
			resp, err := http.ReadResponse(r, nil)
			if err != nil {
				break
			}
			io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
			got = append(got, resp.StatusCode)
			for name := range resp.Header {
				if strings.HasPrefix(name, "Access-Control-") {
					t.Errorf("%s: a page of others may ask: %s", name, resp.Header)
				}
			}
		}
		if !slices.Equal(got, test.status) {
			t.Errorf("%s: answered with %d, want %d:\n%s", name, got, test.status, answered)
		}
	}
	if strings.Contains(s.log.String(), secret) {
		t.Error("the log has the token")
	}
}

// A body has a most, however it comes, and those who are nobody bring none.
func TestBodies(t *testing.T) {
	s := serve(t, nil)
	// One byte more than the most: what the server has not read when it closes the connection may take the answer with it.
	big := strings.Repeat(" ", mostBody+1)
	if status, text := s.call(t, http.MethodPost, "/v1/runs", strings.NewReader(big)); status != http.StatusRequestEntityTooLarge {
		t.Errorf("a body that is too long: %d %s", status, text)
	}
	if status, text := s.call(t, http.MethodPost, "/v1/runs", struct{ io.Reader }{strings.NewReader(big)}); status != http.StatusRequestEntityTooLarge { // in chunks
		t.Errorf("a body of chunks that is too long: %d %s", status, text)
	}
	if status, text := s.call(t, http.MethodGet, "/v1/runs/none", strings.NewReader("{}")); status != http.StatusNotFound {
		t.Errorf("a body that nobody wants: %d %s", status, text)
	}
	answered := s.send(t, "POST /v1/runs HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\nExpect: 100-continue\r\n\r\n")
	if !strings.HasPrefix(answered, "HTTP/1.1 401 ") {
		t.Errorf("nobody who announces a body is told %q", answered)
	}
}

// Who is slow is not waited for.
func TestSlowness(t *testing.T) {
	s := serve(t, func(s *Server) {
		s.limits.header, s.limits.body, s.limits.idle = 200*time.Millisecond, 400*time.Millisecond, 200*time.Millisecond
	})
	for name, begins := range map[string]string{
		"says nothing":                "",
		"begins a line":               "GET /v1/st",
		"does not end its headers":    "GET /v1/status HTTP/1.1\r\nHost: x\r\n" + authorized,
		"does not end its body":       "POST /v1/runs HTTP/1.1\r\nHost: x\r\n" + authorized + "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{",
		"is nobody with half a body":  "POST /v1/runs HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{",
		"says nothing more":           "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
		"has a chunk without its end": "POST /v1/runs HTTP/1.1\r\nHost: x\r\n" + authorized + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n{",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn := s.dial(t)
			if _, err := io.WriteString(conn, begins); err != nil {
				t.Fatal(err)
			}
			began := time.Now()
			_ = conn.SetReadDeadline(began.Add(10 * time.Second))
			answered, err := io.ReadAll(conn)
			if ne, ok := errors.AsType[net.Error](err); ok && ne.Timeout() {
				t.Errorf("after %v the connection is open still; it has said %q", time.Since(began), answered)
			}
			if strings.Contains(string(answered), " 202 ") || strings.Contains(string(answered), " 200 ") && !strings.Contains(begins, "healthz") {
				t.Errorf("half a request was answered with %q", answered)
			}
		})
	}
}

// Who is slow with the handshake of TLS is not waited for either.
func TestSlowHandshake(t *testing.T) {
	other := httptest.NewTLSServer(nil)
	defer other.Close()
	s := serveSecured(t, other, func(s *Server) { s.limits.header = 200 * time.Millisecond })
	for _, begins := range []string{"", "\x16\x03\x01", "GET / HTTP/1.1\r\n\r\n"} {
		conn := s.dial(t)
		io.WriteString(conn, begins)
		_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
		_, err := io.ReadAll(conn)
		if ne, ok := errors.AsType[net.Error](err); ok && ne.Timeout() {
			t.Errorf("after %q the connection is open still", begins)
		}
	}
	if status, _ := s.call(t, http.MethodGet, "/v1/runs/none", nil); status != http.StatusNotFound {
		t.Errorf("a caller is answered with %d", status)
	}
}

// However many connections somebody holds open, others get through, and answers that are under way are given.
func TestManyConnections(t *testing.T) {
	t.Run("plain", func(t *testing.T) { manyConnections(t, nil) })
	t.Run("TLS", func(t *testing.T) {
		other := httptest.NewTLSServer(nil) // which has a certificate
		defer other.Close()
		manyConnections(t, other)
	})
}

func manyConnections(t *testing.T, secured *httptest.Server) {
	t.Helper()
	const most = 50
	asked, goOn := make(chan struct{}, 1), make(chan struct{})
	s := serveSecured(t, secured, func(s *Server) {
		s.limits.open = most
		s.options.Status = func(context.Context, plan.Selection, time.Time) (clock.Status, error) {
			asked <- struct{}{}
			<-goOn
			return clock.Status{}, nil
		}
	})
	slow := make(chan int, 1)
	go func() {
		status, _ := s.call(t, http.MethodGet, "/v1/status", nil)
		slow <- status
	}()
	<-asked
	for i := range 4 * most {
		conn := s.dial(t)
		if i%2 == 0 {
			io.WriteString(conn, "GET /v1/status HTTP/1.1\r\nHost: x\r\nX: ")
		}
		if i%most == 0 {
			if status, text := s.call(t, http.MethodGet, "/v1/runs/none", nil); status != http.StatusNotFound {
				t.Errorf("with %d connections: %d %s", i, status, text)
			}
		}
	}
	if status, text := s.call(t, http.MethodGet, "/v1/runs/none", nil); status != http.StatusNotFound {
		t.Errorf("with all connections: %d %s", status, text)
	}
	close(goOn)
	if status := <-slow; status != http.StatusOK {
		t.Errorf("the answer that was under way: %d", status)
	}
}

// A server that stops gives the answers that are under way.
func TestServeStops(t *testing.T) {
	asked, goOn := make(chan struct{}, 1), make(chan struct{})
	s := serve(t, func(s *Server) {
		s.options.Status = func(context.Context, plan.Selection, time.Time) (clock.Status, error) {
			asked <- struct{}{}
			<-goOn
			return clock.Status{}, nil
		}
	})
	slow, stopped := make(chan int, 1), make(chan error, 1)
	go func() {
		status, _ := s.call(t, http.MethodGet, "/v1/status", nil)
		slow <- status
	}()
	<-asked
	go func() { stopped <- s.stop() }()
	time.Sleep(20 * time.Millisecond)
	close(goOn)
	if status := <-slow; status != http.StatusOK {
		t.Errorf("the answer that was under way: %d", status)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	if _, err := new(net.Dialer).DialContext(t.Context(), "tcp", s.address); err == nil {
		t.Error("a stopped server listens")
	}
}

// A fault of the program ends one request, and the log has it.
func TestFault(t *testing.T) {
	s := serve(t, func(s *Server) {
		s.options.Status = func(context.Context, plan.Selection, time.Time) (clock.Status, error) { panic("of a test") }
	})
	answered := s.send(t, "GET /v1/status HTTP/1.1\r\nHost: x\r\n"+authorized+"\r\n")
	if answered != "" {
		t.Errorf("answered with %q", answered)
	}
	if status, _ := s.call(t, http.MethodGet, "/v1/runs/none", nil); status != http.StatusNotFound {
		t.Errorf("after a fault: %d", status)
	}
	if log := s.log.String(); !strings.Contains(log, "of a test") || !strings.Contains(log, `"caller":"static token","what":"status","status":500`) {
		t.Errorf("the log says %s", log)
	}
}

// logged are the lines of a log with a message.
func (s *serving) logged(t *testing.T, message string) (all []map[string]any) {
	t.Helper()
	for line := range strings.Lines(s.log.String()) {
		var one map[string]any
		if err := json.Unmarshal([]byte(line), &one); err != nil {
			t.Fatal(line, err)
		}
		if one["msg"] == message {
			all = append(all, one)
		}
	}
	return all
}
