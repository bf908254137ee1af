package graph

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
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
