package control

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"graphlake/control/bearer"
	"graphlake/internal/entrasim"
	"graphlake/load/memstore"
)

const (
	audience = "5d0c3a52-0b0f-4d2a-9c51-6a1e7f0b2c11"
	portal   = "8e1b7c64-3a4f-4b1e-8d7c-0f2a5b6c7d22"
	pager    = "1f2e3d4c-5b6a-4978-8a9b-0c1d2e3f4a33"
)

// directory is an Entra that knows the control API and two callers, and a server that asks it.
func directory(t *testing.T, rate int) (*entrasim.Entra, *Server, *lines) {
	t.Helper()
	e := entrasim.Start(t, entrasim.Options{
		Apps:   []entrasim.App{{ClientID: audience}, {ClientID: portal}, {ClientID: pager}},
		People: []entrasim.Person{{Username: "adele@contoso.com"}},
	})
	adele, _ := e.Person("adele@contoso.com")
	log := &lines{}
	logger := slog.New(slog.NewJSONHandler(log, nil))
	callers, err := bearer.New(bearer.Options{
		Authority: e.URL, TenantID: e.TenantID(), ClientID: audience, Connections: e.Client().Transport, Log: logger,
		Callers: []bearer.Allowed{{Name: "portal", ClientID: portal, People: []string{adele.ID}}, {Name: "pager", ClientID: pager}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return e, New(Options{Store: memstore.New(), Callers: callers, Log: logger, Rate: rate}), log
}

// ask asks for a run that there is not.
func ask(t *testing.T, h http.Handler, token string) *httptest.ResponseRecorder {
	t.Helper()
	req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/v1/runs/none", nil)
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, req)
	return rec
}

// Who is refused is told nothing but that; the log has the reason, and no token.
func TestRefusals(t *testing.T) {
	e, s, log := directory(t, 0)
	good := e.AppToken(portal, audience, bearer.Right)
	h := s.Handler()
	for name, test := range map[string]struct {
		token  string
		status int
		reason string
	}{
		"nobody":             {"", http.StatusUnauthorized, "there is no header Authorization"},
		"another audience":   {e.Sign(good.With("aud", pager)), http.StatusUnauthorized, `"reason":"the token claims to be for \"` + pager + `\", and control.client_id is another"`},
		"without the role":   {e.Sign(e.AppToken(portal, audience)), http.StatusForbidden, `\"portal\" has not the app role application_access`},
		"another's":          {e.Sign(e.AppToken(audience, audience, bearer.Right)), http.StatusForbidden, "none of control.callers"},
		"a person elsewhere": {e.Sign(e.PersonToken("adele@contoso.com", pager, audience, bearer.Right)), http.StatusForbidden, `who is signed in to \"pager\" is neither one of its people`},
	} {
		resp := ask(t, h, test.token)
		var p Problem
		text := resp.Body.Bytes()
		if err := json.Unmarshal(text, &p); err != nil || resp.Code != test.status || p != (Problem{"about:blank", http.StatusText(test.status), test.status, ""}) ||
			resp.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %s", name, resp.Code, text)
		}
		want := ""
		if test.status == http.StatusUnauthorized {
			want = "Bearer"
			if test.token != "" {
				want += ` error="invalid_token"`
			}
		}
		if got := resp.Header().Get("WWW-Authenticate"); got != want {
			t.Errorf("%s: WWW-Authenticate: %s", name, got)
		}
		if !strings.Contains(log.String(), test.reason) {
			t.Errorf("%s: the log does not say %q:\n%s", name, test.reason, log)
		}
	}
	if resp := ask(t, h, e.Sign(good)); resp.Code != http.StatusNotFound {
		t.Errorf("a caller is answered with %d", resp.Code)
	}
	for _, secret := range e.Secrets() {
		if strings.Contains(log.String(), secret) {
			t.Errorf("the log has %q", secret)
		}
	}
}

// While nobody can be known, that is said as a fault of ours.
func TestNobodyIsKnown(t *testing.T) {
	e, s, _ := directory(t, 0)
	e.Fail("", http.StatusServiceUnavailable)
	resp := ask(t, s.Handler(), e.Sign(e.AppToken(portal, audience, bearer.Right)))
	if resp.Code != http.StatusServiceUnavailable || resp.Header().Get("Retry-After") == "" {
		t.Errorf("%d %s", resp.Code, resp.Header())
	}
}

// Every request is a line of the log, with who has made it and what came of it.
func TestRequestsAreNoted(t *testing.T) {
	e, s, log := directory(t, 0)
	adele, _ := e.Person("adele@contoso.com")
	h := s.Handler()
	ask(t, h, e.Sign(e.AppToken(pager, audience, bearer.Right)))
	ask(t, h, e.Sign(e.PersonToken("adele@contoso.com", portal, audience, bearer.Right)))
	requests := (&serving{log: log}).logged(t, "request answered")
	if len(requests) != 2 {
		t.Fatalf("the log says %s", log)
	}
	for i, want := range []map[string]any{
		{"caller": "pager", "client": pager, "person": nil}, // which stands in the line only where there is one
		{"caller": "portal", "client": portal, "person": adele.ID},
	} {
		want["what"], want["status"], want["run"] = "look at a run", float64(http.StatusNotFound), nil
		for name, value := range want {
			if requests[i][name] != value {
				t.Errorf("request %d: %s is %v, want %v", i, name, requests[i][name], value)
			}
		}
	}
}

// A caller that asks too often waits, and no other one for it.
func TestRate(t *testing.T) {
	e, s, log := directory(t, 5)
	h := s.Handler()
	ours, theirs := e.Sign(e.AppToken(portal, audience, bearer.Right)), e.Sign(e.AppToken(pager, audience, bearer.Right))
	ask(t, h, "") // the keys are fetched
	counts := map[int]int{}
	for range 50 {
		resp := ask(t, h, ours)
		counts[resp.Code]++
		if resp.Code == http.StatusTooManyRequests && resp.Header().Get("Retry-After") != "1" {
			t.Error("nobody is told when to ask again")
		}
	}
	if counts[http.StatusTooManyRequests] < 25 || counts[http.StatusNotFound] < 5 || len(counts) != 2 {
		t.Errorf("of 50 requests: %v", counts)
	}
	if resp := ask(t, h, theirs); resp.Code != http.StatusNotFound {
		t.Errorf("another caller is told %d", resp.Code)
	}
	for range 1000 {
		ask(t, h, "")
	}
	if refused := (&serving{log: log}).logged(t, "request refused"); len(refused) > 5*refusedLines {
		t.Errorf("who is refused has filled %d lines of the log", len(refused))
	}
}
