package graph

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	absauth "github.com/microsoft/kiota-abstractions-go/authentication"
	khttp "github.com/microsoft/kiota-http-go"
	core "github.com/microsoftgraph/msgraph-sdk-go-core"
)

// Options say how a client reaches Graph.
type Options struct {
	Endpoint    string            // https://graph.microsoft.com or http://127.0.0.1:PORT; without version
	Token       TokenSource       // signs every request
	Rate        float64           // factor on all limits; 0 is 1
	Concurrency int               // requests in flight; 0 is 32
	Budgets     *Budgets          // shared with other clients of the tenant; nil: its own, by Rate and Concurrency
	InFlight    int64             // bytes of the answers that are being read at once, decompressed; 0 is 32 MiB
	Tries       int               // of a request, at most; 0 is 8
	Patience    time.Duration     // that a request waits between all its tries, at most; 0 is 20 minutes; less where an engine above tries again
	Log         *slog.Logger      // nil discards
	Transport   http.RoundTripper // nil: connections of its own
}

// mostInFlight is how many requests are, if nobody says it.
const mostInFlight = 32

// Client reads Graph for one tenant, whose limits it keeps. It is safe for concurrent use.
type Client struct {
	endpoint  *url.URL
	adapter   *core.GraphRequestAdapterBase
	transport http.RoundTripper // without the middlewares
	log       *slog.Logger
	mostPages int
	stats     Counter
	clock     clock
}

// New makes a client. It sends nothing yet.
func New(o Options) (*Client, error) {
	endpoint, err := parseEndpoint(o.Endpoint)
	switch {
	case err != nil:
		return nil, err
	case o.Token == nil:
		return nil, errors.New("graph: no source of tokens: give one in Options.Token")
	case o.Rate < 0 || o.Concurrency < 0 || o.InFlight < 0 || o.Tries < 0 || o.Patience < 0:
		return nil, fmt.Errorf("graph: rate %v, concurrency %d, bytes in flight %d, tries %d and patience %v must not be negative", o.Rate, o.Concurrency, o.InFlight, o.Tries, o.Patience)
	}
	if o.Transport == nil {
		o.Transport = newTransport(cmp.Or(o.Concurrency, mostInFlight))
	}
	if o.Budgets == nil {
		o.Budgets = NewBudgets(o.Rate, o.Concurrency)
	}
	c := &Client{
		endpoint:  endpoint,
		transport: o.Transport,
		log:       cmp.Or(o.Log, slog.New(slog.DiscardHandler)),
		mostPages: mostPages,
	}
	// The list is our own: the default one retries without bound in time, and its order is random.
	pipeline := khttp.NewCustomTransportWithParentTransport(o.Transport,
		&retry{client: c, tries: cmp.Or(o.Tries, mostTries), patience: cmp.Or(o.Patience, mostWaiting), log: c.log},
		core.NewGraphTelemetryHandler(&core.GraphClientOptions{}), // a client-request-id for each try
		&budget{c, o.Budgets},
		newAuthorize(o.Token),
		&receive{c, newMemory(cmp.Or(o.InFlight, 32<<20)), mostAnswer},
	)
	// No Timeout: the adapter would apply it to all tries together. Each try has its own.
	client := &http.Client{Transport: pipeline}
	// The adapter signs before the pipeline, where a request may wait for its budget until the token
	// has expired. So it signs nothing, and authorize does it last.
	c.adapter, err = core.NewGraphRequestAdapterBaseWithParseNodeFactoryAndSerializationWriterFactoryAndHttpClient(
		&absauth.AnonymousAuthenticationProvider{}, core.GraphClientOptions{}, nil, nil, client)
	if err != nil {
		return nil, fmt.Errorf("graph: %w", err)
	}
	c.adapter.SetBaseUrl(endpoint.String())
	return c, nil
}

// Stats counts all that the client has asked, whatever counters the contexts of its requests have. It goes on counting.
func (c *Client) Stats() *Counter { return &c.stats }

// Get reads a single object.
func (c *Client) Get(ctx context.Context, r Request) (Value, error) {
	info, err := r.info()
	if err != nil {
		return Value{}, r.newError(Rejected, err)
	}
	var object Value
	k := &call{tries: r.Tries, budget: r.Budget, resource: r.Resource}
	k.accept = func(body []byte) (err error) {
		object, err = decodeObject(body, r.Fields)
		return err
	}
	if err := c.send(ctx, info, k); err != nil {
		return Value{}, err
	}
	return object, nil
}

// parseEndpoint wants https, and http only to this machine: a token does not travel in the clear.
func parseEndpoint(s string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimRight(s, "/"))
	if err != nil {
		return nil, fmt.Errorf("graph: endpoint: %w", err)
	}
	switch {
	case u.Host == "" || u.Path != "" || u.RawQuery != "" || u.User != nil:
		return nil, fmt.Errorf("graph: endpoint %q must be a scheme and a host only, as in https://graph.microsoft.com", u.Redacted())
	case u.Scheme != "https" && (u.Scheme != "http" || !isThisMachine(u.Hostname())):
		return nil, fmt.Errorf("graph: endpoint %q must be https, or http on this machine, because tokens are sent to it", s)
	}
	return u, nil
}

// newTransport keeps a connection for every request in flight; the default keeps two.
func newTransport(concurrency int) http.RoundTripper {
	return &http.Transport{
		Proxy:               environmentProxy,
		DialContext:         (&net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		ForceAttemptHTTP2:   true,
		TLSClientConfig:     &tls.Config{MinVersion: tls.VersionTLS12},
		MaxIdleConnsPerHost: concurrency,
		IdleConnTimeout:     90 * time.Second,
		TLSHandshakeTimeout: 15 * time.Second,

		OnProxyConnectResponse: proxyAnswer,
		ExpectContinueTimeout:  time.Second,
		// Of those before the answer, too (1xx). The standard is 10 MiB.
		MaxResponseHeaderBytes: mostHeader,
	}
}
