package graph

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

const (
	tenantID = "3d5c2b7e-0d2e-4f6a-9a53-4f1d2c9b7a10"
	clientID = "a1f0c3d2-77b1-4c1f-8a7e-5a6c0e9d4b21"
)

// standIn is a stand-in for Microsoft Entra ID that knows one application, has its proof checked and
// counts its tokens.
func standIn(t *testing.T, proved func(form url.Values), refuse http.HandlerFunc) (o EntraOptions, issued *int) {
	t.Helper()
	issued = new(int)
	mux := http.NewServeMux()
	server := httptest.NewTLSServer(mux)
	t.Cleanup(server.Close)
	authority := server.URL + "/" + tenantID
	mux.HandleFunc("GET /"+tenantID+"/v2.0/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"authorization_endpoint":"%s/oauth2/v2.0/authorize","token_endpoint":"%s/oauth2/v2.0/token","issuer":"%s/v2.0"}`, authority, authority, authority)
	})
	mux.HandleFunc("POST /"+tenantID+"/oauth2/v2.0/token", func(w http.ResponseWriter, r *http.Request) {
		if refuse != nil {
			refuse(w, r)
			return
		}
		for name, want := range map[string]string{
			"grant_type": "client_credentials", "client_id": clientID, "scope": "https://graph.example/.default openid offline_access profile",
		} {
			if got := r.FormValue(name); got != want {
				t.Errorf("%s = %q, want %q", name, got, want)
			}
		}
		proved(r.Form)
		*issued++
		fmt.Fprintf(w, `{"token_type":"Bearer","expires_in":3599,"ext_expires_in":3599,"access_token":"t0ken-%d"}`, *issued)
	})
	return EntraOptions{
		Authority: server.URL, TenantID: tenantID, ClientID: clientID,
		Scope: "https://graph.example/.default", Trusted: true, Connections: server.Client().Transport,
	}, issued
}

// entra is the stand-in for an application with a client secret.
func entra(t *testing.T, refuse http.HandlerFunc) (o EntraOptions, issued *int) {
	t.Helper()
	o, issued = standIn(t, func(form url.Values) {
		if got := form.Get("client_secret"); got != "s3cret" {
			t.Errorf("client_secret = %q", got)
		}
	}, refuse)
	o.Secret = "s3cret"
	return o, issued
}

func TestEntraTokenIsKept(t *testing.T) {
	o, issued := entra(t, nil)
	keeps(t, o, issued)
}

// keeps checks that a token is asked for once, and again when it was refused.
func keeps(t *testing.T, o EntraOptions, issued *int) {
	t.Helper()
	source, err := NewEntra(o)
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		refresh bool
		want    string
	}{{false, "t0ken-1"}, {false, "t0ken-1"}, {true, "t0ken-2"}, {false, "t0ken-2"}} {
		if got, err := source.Token(t.Context(), refusedIf(step.refresh)); err != nil || got != step.want {
			t.Errorf("Token(refresh %v) = %q, %v, want %q", step.refresh, got, err, step.want)
		}
	}
	if *issued != 2 {
		t.Errorf("%d tokens were issued, want 2", *issued)
	}
}

func TestEntraTokenSignsRequests(t *testing.T) {
	o, _ := entra(t, nil)
	source, err := NewEntra(o)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `{"signed":%q}`, r.Header.Get("Authorization"))
	}))
	defer server.Close()
	c, err := New(Options{Endpoint: server.URL, Token: source})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := c.Get(t.Context(), users); err != nil || string(got.JSON) != `{"signed":"Bearer t0ken-1"}` {
		t.Errorf("Get = %s, %v", got.JSON, err)
	}
}

func TestEntraRefusals(t *testing.T) {
	entraError := func(status int, code, description string) http.HandlerFunc {
		return answer(status, fmt.Sprintf(`{"error":%q,"error_description":"%s Trace ID: 1 Correlation ID: 2","error_codes":[1]}`, code, description))
	}
	tests := []struct {
		name   string
		refuse http.HandlerFunc
		kind   Kind
		want   []string
	}{
		{"wrong secret", entraError(401, "invalid_client", "AADSTS7000215: Invalid client secret provided. s3cret is not it."), Unauthorized,
			[]string{"invalid_client/AADSTS7000215", "[redacted] is not it.", "; the client secret is wrong: give its value, not its id"}},
		{"expired secret", entraError(401, "invalid_client", "AADSTS7000222: The provided client secret keys are expired."), Unauthorized,
			[]string{"invalid_client/AADSTS7000222", "; the client secret has expired: make a new one"}},
		{"unknown application", entraError(400, "unauthorized_client", "AADSTS700016: Application was not found."), Unauthorized,
			[]string{"AADSTS700016", "; the tenant does not know the application: check client id and tenant id"}},
		{"no consent", entraError(401, "invalid_client", "AADSTS7000229: The client application is missing service principal in the tenant."), Unauthorized,
			[]string{"AADSTS7000229", "an administrator has to consent to it"}},
		{"unknown tenant", entraError(400, "invalid_request", "AADSTS90002: Tenant was not found."), Unauthorized,
			[]string{"AADSTS90002", "; there is no such tenant: check tenant id, and in a national cloud the authority"}},
		{"new refusal", entraError(401, "invalid_client", "AADSTS70002: No."), Unauthorized,
			[]string{"AADSTS70002", "; check client id and tenant id, and that the client secret's value (not its id) is current"}},
		{"too often", entraError(429, "throttled", "AADSTS90055: Wait."), Throttled, []string{"run again later"}},
		{"too much", entraError(400, "invalid_grant", "AADSTS50196: A client request loop."), Throttled,
			[]string{"invalid_grant/AADSTS50196", "retry after 1m0s", "run again later"}},
		{"away", entraError(400, "invalid_request", "AADSTS90033: A transient error has occurred."), Unavailable, []string{"AADSTS90033", "; run again later"}},
		{"busy", entraError(400, "temporarily_unavailable", "AADSTS1: Busy."), Unavailable, []string{"temporarily_unavailable/AADSTS1", "; run again later"}},
		{"at fault", entraError(400, "server_error", "AADSTS1: Sorry."), Unavailable, []string{"server_error/AADSTS1", "; run again later"}},
		{"a proxy", answer(403, "<html>Blocked by policy"), Unavailable, []string{"403 Forbidden: the answer is none of Entra's; " + checkNetwork}},
		{"a proxy that wants a name", answer(407, ""), Unavailable, []string{"407 Proxy", "the answer is none of Entra's; " + checkNetwork}},
		{"a gateway", answer(400, `{"message":"no"}`), Unavailable, []string{"400 Bad Request: the answer is none of Entra's; " + checkNetwork}},
		{"down", answer(503, "<html>"), Unavailable, []string{"503"}},
		{"hung up", hangUp, Unavailable, []string{"cannot be asked for a token"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o, _ := entra(t, test.refuse)
			source, err := NewEntra(o)
			if err != nil {
				t.Fatal(err)
			}
			_, err = source.Token(t.Context(), nil)
			if KindOf(err) != test.kind {
				t.Errorf("kind of %v = %v, want %v", err, KindOf(err), test.kind)
			}
			if e, ok := errors.AsType[*Error](err); !ok || !e.SignIn {
				t.Errorf("error = %+v, want one of signing in", e)
			}
			for _, want := range test.want {
				if !strings.Contains(fmt.Sprint(err), want) {
					t.Errorf("error = %v, want %q", err, want)
				}
			}
			for ; err != nil; err = errors.Unwrap(err) {
				if text := fmt.Sprintf("%v %+v", err, err); strings.Contains(text, "s3cret") {
					t.Errorf("the secret is in %s", text)
				}
			}
		})
	}
}

// Entra's words name who signs in, and whoever answers in its place may write what a terminal obeys.
func TestEntraNamesNobody(t *testing.T) {
	o, _ := entra(t, answer(400, `{"error":"invalid_grant\u001b[2J","error_description":"AADSTS50034: The user account ines@fabrikam.example \u202e does not exist in '4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30'.\nBearer s3cret Trace ID: 1"}`))
	source, err := NewEntra(o)
	if err != nil {
		t.Fatal(err)
	}
	_, err = source.Token(t.Context(), nil)
	want := "unauthorized: 400 Bad Request: invalid_grant [2J/AADSTS50034: AADSTS50034: The user account … does not exist in '…'. Bearer [redacted]; check"
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error = %v, want %q", err, want)
	}
}

// Of a tenant that it does not know Entra says so before it is asked for a token.
func TestEntraUnknownTenant(t *testing.T) {
	o, _ := entra(t, nil)
	server := httptest.NewTLSServer(answer(400, `{"error":"invalid_tenant","error_description":"AADSTS90002: Tenant was not found. Trace ID: 1","error_codes":[90002]}`))
	defer server.Close()
	o.Authority, o.Connections = server.URL, server.Client().Transport
	source, err := NewEntra(o)
	if err != nil {
		t.Fatal(err)
	}
	_, err = source.Token(t.Context(), nil)
	want := "unauthorized: 400 Bad Request: invalid_tenant/AADSTS90002: AADSTS90002: Tenant was not found.; there is no such tenant"
	if KindOf(err) != Unauthorized || !strings.Contains(err.Error(), want) {
		t.Errorf("error = %v, want %q", err, want)
	}
}

// Where nobody listens it is not Entra that has to be asked again, but the way there that is wrong.
func TestNobodyListens(t *testing.T) {
	const want = "check the address, the network and the proxy"
	o, _ := entra(t, nil)
	server := httptest.NewTLSServer(nil)
	server.Close()
	o.Authority = server.URL
	source, err := NewEntra(o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = source.Token(t.Context(), nil); KindOf(err) != Unavailable || !strings.Contains(err.Error(), want) {
		t.Errorf("error = %v, want %q", err, want)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = new(net.Dialer).DialContext(t.Context(), "tcp", server.Listener.Addr().String()); !strings.Contains(newError(Unavailable, request, err).Error(), want) {
		t.Errorf("error = %v, want %q", newError(Unavailable, request, err), want)
	}
}

// A proxy that opens TLS is trusted by the machine's browsers, and not by us.
func TestStrangeCertificate(t *testing.T) {
	o, _ := entra(t, nil)
	o.Connections = nil
	source, err := NewEntra(o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = source.Token(t.Context(), nil); KindOf(err) != Unavailable || !strings.HasSuffix(err.Error(), "name its authority in SSL_CERT_FILE") {
		t.Errorf("error = %v", err)
	}
}

func TestNewEntraNamesWhatIsMissing(t *testing.T) {
	whole := EntraOptions{TenantID: tenantID, ClientID: clientID, Secret: "s3cret", Scope: "https://graph.example/.default"}
	e, err := NewEntra(whole)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprintf("%v %+v %#v %+v", e, e, e, whole); strings.Contains(got, "s3cret") {
		t.Errorf("printed %s", got)
	}
	without := map[string]func(*EntraOptions){
		"tenant id":     func(o *EntraOptions) { o.TenantID = "" },
		"client id":     func(o *EntraOptions) { o.ClientID = "" },
		"client secret": func(o *EntraOptions) { o.Secret = "" },
		"scope":         func(o *EntraOptions) { o.Scope = "" },
		"https":         func(o *EntraOptions) { o.Authority = "http://login.example" },
		"not 2": func(o *EntraOptions) {
			o.Assertion = func(context.Context) (Secret, error) { return "a", nil }
		},
	}
	for want, drop := range without {
		o := whole
		drop(&o)
		if _, err := NewEntra(o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error = %v, want one that names %q", err, want)
		}
	}
}
