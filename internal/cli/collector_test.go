package cli

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	collectmetrics "go.opentelemetry.io/proto/otlp/collector/metrics/v1"
	collecttraces "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	metrics "go.opentelemetry.io/proto/otlp/metrics/v1"
	traces "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// collector is an OTLP receiver that keeps what it is told.
type collector struct {
	url string

	mu      sync.Mutex
	spans   []*traces.Span
	numbers map[string]float64 // the newest, by name and what they are of
	text    []byte             // all that was sent
}

func newCollector(t *testing.T) *collector {
	t.Helper()
	c := &collector{numbers: map[string]float64{}}
	routes := http.NewServeMux()
	routes.HandleFunc("POST /v1/traces", func(_ http.ResponseWriter, r *http.Request) {
		var said collecttraces.ExportTraceServiceRequest
		c.take(t, r, &said)
		for _, of := range said.ResourceSpans {
			for _, in := range of.ScopeSpans {
				c.spans = append(c.spans, in.Spans...)
			}
		}
		c.mu.Unlock()
	})
	routes.HandleFunc("POST /v1/metrics", func(_ http.ResponseWriter, r *http.Request) {
		var said collectmetrics.ExportMetricsServiceRequest
		c.take(t, r, &said)
		for _, of := range said.ResourceMetrics {
			for _, in := range of.ScopeMetrics {
				for _, m := range in.Metrics {
					c.keep(m.Name, append(m.GetSum().GetDataPoints(), m.GetGauge().GetDataPoints()...))
				}
			}
		}
		c.mu.Unlock()
	})
	server := httptest.NewServer(routes)
	t.Cleanup(server.Close)
	c.url = server.URL
	return c
}

// take reads a message, and locks the collector.
func (c *collector) take(t *testing.T, r *http.Request, said proto.Message) {
	text, err := io.ReadAll(r.Body)
	if err == nil {
		err = proto.Unmarshal(text, said)
	}
	if err != nil {
		t.Errorf("%s: %v", r.URL.Path, err)
	}
	c.mu.Lock()
	c.text = append(c.text, text...)
}

func (c *collector) keep(name string, points []*metrics.NumberDataPoint) {
	for _, p := range points {
		at := attributes(p.Attributes)
		key := fmt.Sprintf("%s %v %v", name, at["graphlake.tenant"], at["graphlake.dataset"])
		if table := at["graphlake.table"]; table != nil {
			key += fmt.Sprint(" ", table)
		}
		if column := at["graphlake.column"]; column != nil {
			key += fmt.Sprint(".", column)
		}
		if c.numbers[key] = p.GetAsDouble(); p.GetAsDouble() == 0 {
			c.numbers[key] = float64(p.GetAsInt())
		}
	}
}

func attributes(all []*common.KeyValue) map[string]any {
	values := map[string]any{}
	for _, a := range all {
		switch v := a.Value.Value.(type) {
		case *common.AnyValue_StringValue:
			values[a.Key] = v.StringValue
		case *common.AnyValue_IntValue:
			values[a.Key] = v.IntValue
		case *common.AnyValue_DoubleValue:
			values[a.Key] = v.DoubleValue
		}
	}
	return values
}
