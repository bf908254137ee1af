package graph

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	msalerrors "github.com/AzureAD/microsoft-authentication-library-for-go/apps/errors"
)

// ofPerson are all texts that an error of a person may have between its code and its id.
var ofPerson = regexp.MustCompile(`^(` + func() string {
	all := []string{"the application cannot be signed in to", errNotEntra.Error()}
	for _, of := range []map[string]string{refusedGrants, suberrors} {
		for _, words := range of {
			all = append(all, words)
		}
	}
	for _, w := range wordsOf {
		all = append(all, w.words)
	}
	for i, words := range all {
		all[i] = regexp.QuoteMeta(words)
	}
	return strings.Join(all, "|")
}() + `)( \([a-z_…]+\))?$`)

// Whatever Entra answers, what is said of it is a kind, a word of the protocol, a number, an id and words of our own.
func FuzzAnswerToAPerson(f *testing.F) {
	for _, body := range []string{
		`{"error":"invalid_grant","suberror":"bad_token","error_description":"AADSTS50173: Adele said no. Trace ID: 1","error_codes":[50173],"correlation_id":"5f3c1c0e-1111-4111-8111-000000000001"}`,
		`{"error":"interaction_required","error_codes":[-1, 2]}`, `{"error":{"code":"a"}}`, `[]`, ``, `<html>`, `{"error_description":"AADSTS99999999999999999999"}`,
		`{"error":"adele@contoso.com","suberror":"Adele","correlation_id":"adele@contoso.com"}`,
	} {
		for _, status := range []int{400, 401, 403, 429, 500, 503} {
			f.Add(status, "3", body)
		}
	}
	p, err := NewPerson(PersonOptions{TenantID: tenantID, ClientID: clientID, Scopes: []string{"User.Read"}, Cache: new(cacheFile)})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, status int, after, body string) {
		resp := &http.Response{StatusCode: status, Header: http.Header{"Retry-After": {after}}, Body: io.NopCloser(strings.NewReader(body))}
		err := p.tokenError(t.Context(), msalerrors.CallErr{Resp: resp, Err: errors.New("http call: s3cret")})
		e, ok := errors.AsType[*Error](err)
		if !ok || !slices.Contains([]Kind{SignedOut, Unauthorized, Throttled, Unavailable}, e.Kind) || !e.SignIn || e.RetryAfter < 0 {
			t.Fatalf("error = %+v", err)
		}
		if e.Message.String() != "" || strings.Trim(e.Code.String(), "abcdefghijklmnopqrstuvwxyz_…") != "" ||
			!regexp.MustCompile(`^(AADSTS\d{1,8})?$`).MatchString(e.InnerCode.String()) || e.Err != nil && !ofPerson.MatchString(e.Err.Error()) {
			t.Errorf("error = %v", err)
		}
		if e.Kind == SignedOut && e.Err == nil {
			t.Error("nobody is told why")
		}
	})
}

// Whatever is answered to a request for a token, MSAL gets it whole, or with the scopes that were asked for; or it is too large.
func FuzzGrants(f *testing.F) {
	for _, body := range []string{
		`{"scope":"User.Read https://graph.microsoft.com/Presence.Read","access_token":"a"}`, `{"scope":"User.Read"}`, `{"scope":""}`, `{"scope":1}`, `{}`,
		`[]`, ``, `{"scope":"a","scope":"https://a/user.read presence.read","expires_in":1e400}`, strings.Repeat("a", mostSignIn+1),
	} {
		f.Add([]byte(body))
	}
	var body []byte
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(body) }))
	defer server.Close()
	g := grants{http.DefaultTransport, []string{"User.Read", "Presence.Read"}, new(heldCache), nil}
	f.Fuzz(func(t *testing.T, sent []byte) {
		body = sent
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/token", nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := g.RoundTrip(req)
		if err != nil {
			if !errors.Is(err, errSignInLarge) {
				t.Errorf("error = %v", err)
			}
			return
		}
		defer resp.Body.Close()
		got, err := io.ReadAll(resp.Body)
		if err != nil || int64(len(got)) != resp.ContentLength {
			t.Fatalf("%d bytes of %d, %v", len(got), resp.ContentLength, err)
		}
		if bytes.Equal(got, sent) {
			return
		}
		var answer struct{ Scope string }
		if err := json.Unmarshal(got, &answer); err != nil || !strings.Contains(strings.ToLower(answer.Scope), "user.read") || !strings.Contains(strings.ToLower(answer.Scope), "presence.read") {
			t.Errorf("%s became %s", sent, got)
		}
	})
}
