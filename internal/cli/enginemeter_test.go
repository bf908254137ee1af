package cli

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What an engine counts itself is told where the product's metrics are, and nowhere where nobody asks for them.
func TestEngineMeter(t *testing.T) {
	for _, scraped := range []bool{true, false} {
		dir := t.TempDir()
		file := filepath.Join(dir, "graphlake.yaml")
		text := "lake: " + filepath.Join(dir, "lake") + "\ntenants:\n  - {name: contoso, tenant_id: 11111111-1111-1111-1111-111111111111, auth: {method: token, token_env: NONE}}\n"
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		e, err := NewEngine(t.Context(), EngineOptions{Config: file, Scraped: scraped, Stderr: &strings.Builder{}})
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close(t.Context())
		n, err := e.Meter("engine").Int64Counter("workers_there")
		if err != nil {
			t.Fatal(err)
		}
		n.Add(t.Context(), 2)
		if !scraped {
			if e.Metrics() != nil {
				t.Error("metrics that nobody asked for")
			}
			continue
		}
		w := httptest.NewRecorder()
		e.Metrics().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/metrics", nil))
		if !strings.Contains(w.Body.String(), "workers_there_total 2\n") {
			t.Errorf("/metrics: %d\n%s", w.Code, w.Body)
		}
	}
}
