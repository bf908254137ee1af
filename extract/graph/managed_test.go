package graph

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// machine is a stand-in for the endpoint that App Service and Container Apps give to what runs there.
func machine(t *testing.T, serve http.HandlerFunc) *http.Transport {
	t.Helper()
	server := httptest.NewTLSServer(serve)
	t.Cleanup(server.Close)
	t.Setenv("IDENTITY_ENDPOINT", server.URL+"/msi/token")
	t.Setenv("IDENTITY_HEADER", "h3ader")
	return server.Client().Transport.(*http.Transport)
}

func TestManagedIdentity(t *testing.T) {
	for name, clientOf := range map[string]string{"system-assigned": "", "user-assigned": clientID} {
		t.Run(name, func(t *testing.T) {
			issued := 0
			connections := machine(t, func(w http.ResponseWriter, r *http.Request) {
				q := r.URL.Query()
				if r.Header.Get("X-Identity-Header") != "h3ader" || q.Get("resource") != "https://graph.example/"+name || q.Get("client_id") != clientOf {
					t.Errorf("asked %v with %v", r.URL, r.Header)
				}
				issued++
				fmt.Fprintf(w, `{"token_type":"Bearer","expires_in":"86400","resource":"x","access_token":"t0ken-%d"}`, issued)
			})
			m, err := NewManagedIdentity(ManagedIdentityOptions{ClientID: clientOf, Scope: "https://graph.example/" + name + "/.default", Connections: connections})
			if err != nil {
				t.Fatal(err)
			}
			for _, step := range []struct {
				refresh bool
				want    string
			}{{false, "t0ken-1"}, {false, "t0ken-1"}, {true, "t0ken-2"}, {false, "t0ken-2"}} {
				if got, err := m.Token(t.Context(), refusedIf(step.refresh)); err != nil || got != step.want {
					t.Errorf("Token(refresh %v) = %q, %v, want %q", step.refresh, got, err, step.want)
				}
			}
		})
	}
}

// A virtual machine has its endpoint at an address of its own and says nothing of it in the environment.
func TestManagedIdentityOfAMachine(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Host != "169.254.169.254" || r.Header.Get("Metadata") != "true" {
			t.Errorf("asked %s %v with %v", r.Host, r.URL, r.Header)
		}
		fmt.Fprint(w, `{"token_type":"Bearer","expires_in":"3600","resource":"x","access_token":"t0ken-vm"}`)
	}))
	defer server.Close()
	connections := &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, server.Listener.Addr().String())
	}}
	m, err := NewManagedIdentity(ManagedIdentityOptions{Scope: "https://graph.example/vm/.default", Connections: connections})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := m.Token(t.Context(), nil); err != nil || got != "t0ken-vm" {
		t.Errorf("Token = %q, %v", got, err)
	}
}

func TestManagedIdentityRefusals(t *testing.T) {
	for _, c := range []struct {
		name  string
		serve http.HandlerFunc
		kind  Kind
		want  []string
	}{
		{"not assigned", answer(400, `{"error":"invalid_request","error_description":"Identity not found"}`), Unauthorized,
			[]string{"400", "invalid_request", "Identity not found", "assign the identity"}},
		{"no answer of its own", answer(403, ""), Unauthorized, []string{"403", "assign the identity"}},
		{"hung up", hangUp, Unavailable, []string{"cannot be asked for a token", "only where Azure runs the program"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			connections := machine(t, c.serve)
			connections.DisableKeepAlives = true
			m, err := NewManagedIdentity(ManagedIdentityOptions{ClientID: "refused " + c.name, Scope: "https://graph.example/.default", Connections: connections})
			if err != nil {
				t.Fatal(err)
			}
			_, err = m.Token(t.Context(), nil)
			if KindOf(err) != c.kind {
				t.Errorf("kind of %v = %v, want %v", err, KindOf(err), c.kind)
			}
			for _, want := range c.want {
				if !strings.Contains(fmt.Sprint(err), want) {
					t.Errorf("error = %v, want %q", err, want)
				}
			}
			if strings.Contains(fmt.Sprint(err), "h3ader") {
				t.Errorf("the header is in %v", err)
			}
		})
	}
}

func TestNewManagedIdentityNeedsAScope(t *testing.T) {
	if _, err := NewManagedIdentity(ManagedIdentityOptions{}); err == nil || !strings.Contains(err.Error(), "scope") {
		t.Errorf("error = %v", err)
	}
}
