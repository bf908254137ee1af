package graph

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
)

const wanted = `{"access_token":{"nbf":{"essential":true,"value":"1764460800"}}}`

var wantedBase64 = base64.StdEncoding.EncodeToString([]byte(wanted))

func TestClaimsOfAChallenge(t *testing.T) {
	unpadded := strings.TrimRight(wantedBase64, "=")
	for name, c := range map[string]struct {
		lines []string
		want  string
	}{
		"as Graph sends it": {[]string{`Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", ` +
			`client_id="00000003-0000-0000-c000-000000000000", error="insufficient_claims", claims="` + wantedBase64 + `"`}, wanted},
		"without padding":       {[]string{`Bearer claims="` + unpadded + `"`}, wanted},
		"of the URL's alphabet": {[]string{`Bearer claims="` + base64.RawURLEncoding.EncodeToString([]byte(`{"a":"??>>~~"}`)) + `"`}, `{"a":"??>>~~"}`},
		"a token":               {[]string{`Bearer claims=` + unpadded}, wanted},
		"other case":            {[]string{`BEARER CLAIMS="` + wantedBase64 + `"`}, wanted},
		"spaces":                {[]string{"Bearer\trealm = \"a\" ,, claims\t=\t\"" + wantedBase64 + `" `}, wanted},
		"behind another scheme": {[]string{`Negotiate YWJj=, Basic realm="a, claims=b", Bearer claims="` + wantedBase64 + `"`}, wanted},
		"on another line":       {[]string{"PoP", `Bearer error="invalid_token"`, `Bearer claims="` + wantedBase64 + `"`}, wanted},
		"escaped":               {[]string{`Bearer realm="\"claims=\\", claims="` + wantedBase64 + `"`}, wanted},

		"none":             {nil, ""},
		"no claims":        {[]string{`Bearer error="invalid_token"`}, ""},
		"another scheme's": {[]string{`PoP claims="` + wantedBase64 + `"`}, ""},
		"in a string":      {[]string{`Bearer realm="claims=` + unpadded + `"`}, ""},
		"without an end":   {[]string{`Bearer claims="` + wantedBase64}, ""},
		"no base64":        {[]string{`Bearer claims="{}"`}, ""},
		"no object":        {[]string{`Bearer claims="` + base64.StdEncoding.EncodeToString([]byte(`["a"]`)) + `"`}, ""},
		"null":             {[]string{`Bearer claims="` + base64.StdEncoding.EncodeToString([]byte(`null`)) + `"`}, ""},
		"too long":         {[]string{`Bearer claims="` + base64.StdEncoding.EncodeToString([]byte(`{"a":"`+strings.Repeat("a", mostClaims)+`"}`)) + `"`}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := challengedClaims(http.Header{"Www-Authenticate": c.lines}); got != c.want {
				t.Errorf("claims = %q, want %q", got, c.want)
			}
		})
	}
}

// Whatever a header says, it is read to its end, and what comes of it can be sent to Entra.
func FuzzClaimsOfAChallenge(f *testing.F) {
	for _, line := range []string{
		`Bearer claims="` + wantedBase64 + `"`, `Bearer realm="\`, `Bearer claims=`, `Negotiate a==, Bearer a=b claims="e30="`, "\x00=,;\"", "Bearer claims=e30",
	} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		claims := challengedClaims(http.Header{"Www-Authenticate": {line}})
		if claims == "" {
			return
		}
		var object map[string]any
		if len(claims) > mostClaims || json.Unmarshal([]byte(claims), &object) != nil {
			t.Errorf("claims = %q", claims)
		}
		if !strings.Contains(strings.ToLower(line), "bearer") {
			t.Errorf("%q gives claims %q", line, claims)
		}
	})
}

// sequence gives token after token, each as often as it is asked for without anything being refused, and notes the claims.
type sequence struct {
	next   atomic.Bool
	n      int
	claims []string
}

func (s *sequence) Token(_ context.Context, refused *Refused) (string, error) {
	if refused != nil {
		s.claims = append(s.claims, refused.Claims)
	}
	if refused != nil || s.next.Swap(false) {
		s.n++
	}
	return fmt.Sprintf("t0ken-%d", s.n), nil
}

// A token that was renewed in time, but before what the service then wants, is no answer to its challenge.
func TestClaimsChallengeAfterARenewal(t *testing.T) {
	source := new(sequence)
	arrived, revoked := make(chan bool), make(chan bool)
	graph := func(w http.ResponseWriter, r *http.Request) {
		switch token := r.Header.Get("Authorization"); {
		case token == "Bearer t0ken-0":
			arrived <- true
			<-revoked
		case token == "Bearer t0ken-1" && r.URL.Path == "/v1.0/first", token == "Bearer t0ken-2":
			answer(200, `{}`)(w, r)
			return
		}
		answer(401, `{"error":{"code":"InvalidAuthenticationToken","message":"Lifetime validation failed."}}`, "WWW-Authenticate", `Bearer claims="`+wantedBase64+`"`)(w, r)
	}
	onClock(t, Options{Token: source}, graph, func(t *testing.T, c *Client) {
		ended := make(chan error)
		go func() {
			_, err := c.Get(t.Context(), Request{Version: "v1.0", Path: "/users"})
			ended <- err
		}()
		<-arrived
		source.next.Store(true) // as before it expires
		if _, err := c.Get(t.Context(), Request{Version: "v1.0", Path: "/first"}); err != nil {
			t.Error(err)
		}
		close(revoked)
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if !slices.Equal(source.claims, []string{wanted}) {
			t.Errorf("asked for tokens with %q", source.claims)
		}
	})
}
