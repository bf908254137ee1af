package activities_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"graphlake/engine/temporal/internal/tenants"
	"graphlake/engine/temporal/workflows"
	"graphlake/internal/graphsim"
	"graphlake/schemas"
)

// personal are the properties of Graph whose values are a person's, or what somebody wrote.
var personal = []string{"displayName", "mail", "userPrincipalName", "givenName", "surname", "subject", "content", "bodyPreview", "topic", "address", "id", "userId", "joinWebUrl"}

// answers are the values of these that Graph has given.
type answers struct {
	mu  sync.Mutex
	all map[string]bool
}

func (a *answers) take(v any) {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			if text, ok := value.(string); ok && len(text) >= 8 && slices.Contains(personal, key) {
				a.mu.Lock()
				a.all[text] = true
				a.mu.Unlock()
			}
			a.take(value)
		}
	case []any:
		for _, value := range v {
			a.take(value)
		}
	}
}

// Of all that Graph says of people, of the tokens, and of the tenants' ids, nothing is in any payload, heartbeat or failure:
// nights that go well, that are refused, that are led astray, and a replay.
func TestNothingPersonalInPayloads(t *testing.T) {
	r := newRigOf(t, 1, func(int) graphsim.Options {
		return graphsim.Options{Users: 8, Large: 10, CallsPerUserDay: 1, MessagesPerUserDay: 2}
	})
	said := answers{all: map[string]bool{}}
	listen := func(a tenants.Asker, w http.ResponseWriter, q *http.Request) bool {
		q = q.Clone(q.Context())
		q.Header.Del("Accept-Encoding")
		rec := httptest.NewRecorder()
		r.Tenant("tenant-001").ServeHTTP(rec, q)
		body := rec.Body.Bytes()
		var v any
		if json.Unmarshal(body, &v) == nil {
			said.take(v)
		}
		maps.Copy(w.Header(), rec.Header())
		w.WriteHeader(rec.Code)
		_, _ = w.Write(body)
		return true
	}
	p := r.worker(t)
	var names []string
	for _, d := range schemas.BuiltIn() {
		names = append(names, d.Name)
	}
	ask := r.ask("run/1")
	ask.Job, ask.Datasets = "", names
	r.Intercept(listen)
	records := int64(0)
	for _, res := range p.roundOfAll(t, ask) {
		records += res.Records
	}
	if records == 0 {
		t.Error("there are no records")
	}
	for key, f := range map[string]tenants.Interceptor{
		"run/2": answer(403, named), "run/3": answer(400, named), "run/4": answer(503, named), "run/5": answer(404, named),
		"run/6": func(_ tenants.Asker, w http.ResponseWriter, q *http.Request) bool {
			if q.Method == http.MethodHead {
				return false
			}
			_, _ = w.Write([]byte(`{"value":[{"id":"` + named + `"}],"@odata.nextLink":"https://graph.fabrikam.example/` + named + `"}`))
			return true
		},
	} {
		r.Intercept(nil)
		again := ask
		again.Key, again.From, again.To = key, monday, monday.AddDate(0, 0, 1)
		opened := do[workflows.Opened](t, p, workflows.OpenActivity, again)
		r.Intercept(f)
		p.units(t, again.Key, opened.Units)
		do[workflows.Closed](t, p, workflows.CloseActivity, workflows.Held{Key: key})
	}
	r.Intercept(answer(403, named))
	do[workflows.Checked](t, p, workflows.CheckActivity, workflows.OnboardInput{Tenant: "tenant-001"})
	for _, part := range do[[]workflows.Part](t, p, workflows.PartsActivity, workflows.ReplayInput{Now: night}) {
		do[workflows.UnitResult](t, p, workflows.ReplayActivity, part)
	}
	if n := len(said.all); n < 100 {
		t.Errorf("Graph has said %d texts", n)
	}
	r.heard.hasNot(t, graphsim.SpokenMarker, "Adele", "contoso.example", "fabrikam", "sesame", r.Tenants[0].ID())
	whole := bytes.Join(r.heard.all, []byte("\n"))
	for text := range said.all {
		if bytes.Contains(whole, []byte(text)) {
			t.Errorf("%q is in a payload", text)
		}
	}
	if !bytes.Contains(whole, []byte("call_records")) || !strings.Contains(string(whole), "tenant-001") {
		t.Error("what is to be in payloads is not heard")
	}
}

// roundOfAll is round of units that may fail.
func (p *process) roundOfAll(t *testing.T, ask workflows.Ask) []workflows.UnitResult {
	t.Helper()
	opened := do[workflows.Opened](t, p, workflows.OpenActivity, ask)
	results := p.units(t, ask.Key, opened.Units)
	do[workflows.Closed](t, p, workflows.CloseActivity, workflows.Held{Key: ask.Key})
	return results
}

// units reads units, datasets side by side.
func (p *process) units(t *testing.T, key string, units []workflows.Unit) (results []workflows.UnitResult) {
	t.Helper()
	var mu sync.Mutex
	var all sync.WaitGroup
	for _, of := range byDataset(units) {
		all.Go(func() {
			for _, u := range of {
				res, err := call[workflows.UnitResult](t.Context(), p, workflows.UnitActivity, workflows.UnitAsk{Held: workflows.Held{Key: key}, Unit: u})
				if err != nil {
					return
				}
				mu.Lock()
				results = append(results, res)
				mu.Unlock()
			}
		})
	}
	all.Wait()
	return results
}
