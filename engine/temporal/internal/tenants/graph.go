package tenants

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"graphlake/internal/graphsim"
)

// Tenant is a simulated tenant, and its name in the configuration.
type Tenant struct {
	*graphsim.Tenant
	Name string

	n int // from 1
}

// ID is the tenant's id.
func (t *Tenant) ID() string { return t.Tenant.Tenant }

// Secret is what all tokens of the tenant contain, and nothing else does.
func (t *Tenant) Secret() string { return fmt.Sprintf("sesame%04d", t.n) }

func (t *Tenant) variable() string { return fmt.Sprintf("GRAPH_TOKEN_%04d", t.n) }

// Make makes n tenants of options, with names, ids and seeds of their own. i is from 0.
func Make(n int, options func(i int) graphsim.Options) []*Tenant {
	all := make([]*Tenant, n)
	for i := range all {
		o := options(i)
		o.Seed = int64(i + 1)
		o.Tenant = fmt.Sprintf("7e0a0000-0000-4000-8000-%012d", i+1)
		all[i] = &Tenant{Tenant: graphsim.New(o), Name: fmt.Sprintf("tenant-%03d", i+1), n: i + 1}
	}
	return all
}

// A Graph serves its tenants. It is safe for concurrent use.
type Graph struct {
	Tenants []*Tenant
	// Latency is how long each answer takes at least. It is set before the first request.
	Latency time.Duration

	byName  map[string]*Tenant
	byToken map[string]*Tenant // without the worker
	between atomic.Pointer[Interceptor]
	wrong   atomic.Int64

	mu  sync.Mutex
	log []Request
}

// An Interceptor stands before all tenants. It returns false where the tenant is to answer; it may wait before that.
type Interceptor func(of Asker, w http.ResponseWriter, r *http.Request) (answered bool)

// Asker is the worker that asks, and the tenant that it asks.
type Asker struct{ Tenant, Worker string }

// New makes a Graph of tenants that have different names.
func New(all []*Tenant) *Graph {
	g := &Graph{Tenants: all, byName: map[string]*Tenant{}, byToken: map[string]*Tenant{}}
	for _, t := range all {
		g.byName[t.Name], g.byToken[t.Secret()] = t, t
	}
	return g
}

// Tenant is the one of a name, or nil.
func (g *Graph) Tenant(name string) *Tenant { return g.byName[name] }

// Intercept lets f stand before all tenants from now on; nil: nobody.
func (g *Graph) Intercept(f Interceptor) {
	if f == nil {
		g.between.Store(nil)
		return
	}
	g.between.Store(&f)
}

// Throttled is how many requests were refused because a limit was reached.
func (g *Graph) Throttled() (n uint64) {
	for _, t := range g.Tenants {
		n += t.Throttled()
	}
	return n
}

// Wrong is how many requests came with a token of nobody's.
func (g *Graph) Wrong() int64 { return g.wrong.Load() }

// token is what a worker sends for a tenant.
func (t *Tenant) token(worker string) string { return t.Secret() + "." + worker }

// whose says of which tenant the token of a request is, and which worker sent it.
func (g *Graph) whose(r *http.Request) (t *Tenant, worker string) {
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	secret, worker, _ := strings.Cut(token, ".")
	return g.byToken[secret], worker
}

// ServeHTTP lets the tenant answer whose token the request has. What asks for no more than the time needs none.
func (g *Graph) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	t, worker := g.whose(r)
	switch {
	case t != nil:
		seen := &status{ResponseWriter: w}
		began := time.Now()
		of := Asker{t.Name, worker}
		g.pass(of, seen, r)
		g.note(Request{Asker: of, Path: r.URL.EscapedPath(), Began: began, Ended: time.Now(), Status: seen.is})
	case r.Method == http.MethodHead:
		g.Tenants[0].ServeHTTP(w, r)
	default:
		g.wrong.Add(1)
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprint(w, `{"error":{"code":"InvalidAuthenticationToken","message":"Access token validation failure.","innerError":{}}}`)
	}
}

// pass waits, and lets the tenant answer.
func (g *Graph) pass(of Asker, w http.ResponseWriter, r *http.Request) {
	if g.Latency > 0 {
		select {
		case <-time.After(g.Latency):
		case <-r.Context().Done():
			return
		}
	}
	if f := g.between.Load(); f != nil && (*f)(of, w, r) {
		return
	}
	g.byName[of.Tenant].ServeHTTP(w, r)
}

// status remembers that of an answer.
type status struct {
	http.ResponseWriter
	is int
}

func (s *status) WriteHeader(is int) {
	s.is = is
	s.ResponseWriter.WriteHeader(is)
}

func (s *status) Write(b []byte) (int, error) {
	if s.is == 0 {
		s.is = http.StatusOK
	}
	return s.ResponseWriter.Write(b)
}

// Unwrap is for net/http, which looks for what else a writer can do.
func (s *status) Unwrap() http.ResponseWriter { return s.ResponseWriter }

// Serve answers on this machine, at the URL, until the context ends.
func (g *Graph) Serve(ctx context.Context) (url string, err error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	server := &http.Server{Handler: g, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(l) }() // it says only that it was closed
	context.AfterFunc(ctx, func() { _ = server.Close() })
	return "http://" + l.Addr().String(), nil
}
