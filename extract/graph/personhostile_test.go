package graph

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"graphlake/internal/entrasim"
)

// rewritten are connections to an Entra whose answers with a token are something else.
type rewritten struct {
	to     http.RoundTripper
	change func(answer map[string]any) any // nil: as it is
}

func (r *rewritten) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := r.to.RoundTrip(req)
	if err != nil || r.change == nil || resp.StatusCode != http.StatusOK || !strings.HasSuffix(req.URL.Path, "/token") {
		return resp, err
	}
	defer resp.Body.Close()
	var answer map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		return nil, err
	}
	text, ok := r.change(answer).(string)
	if !ok {
		all, err := json.Marshal(answer)
		if err != nil {
			return nil, err
		}
		text = string(all)
	}
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewBufferString(text)), int64(len(text))
	resp.Header.Del("Content-Length")
	return resp, nil
}

func without(names ...string) func(map[string]any) any {
	return func(answer map[string]any) any {
		for _, name := range names {
			delete(answer, name)
		}
		return nil
	}
}

// An answer that is no sign-in is none: nothing is kept, nothing of it is said, and a run goes on as if it had not come.
func TestAnswersThatAreNoSignIn(t *testing.T) {
	stranger := func(answer map[string]any) any {
		payload := base64.RawURLEncoding.EncodeToString([]byte(`{"oid":"1","sub":"1","preferred_username":"megan@fabrikam.com","tid":"` + clientID + `"}`))
		answer["id_token"] = "e30." + payload + ".c2ln"
		return nil
	}
	as := func(text string) func(map[string]any) any { return func(map[string]any) any { return text } }
	o := people()
	o.Life = short
	e := entrasim.Start(t, o)
	connections := &rewritten{to: e.Client().Transport}
	for name, c := range map[string]struct {
		change func(map[string]any) any
		kind   Kind // of a sign-in
		says   string
		silent Kind // of a renewal; 0: it is one
	}{
		"another tenant's":        {stranger, SignedOut, "who has signed in is of another tenant; sign in as somebody of the tenant", 0},
		"nobody's":                {without("id_token"), SignedOut, "of another tenant", 0},
		"nothing to renew with":   {without("refresh_token"), SignedOut, "Entra has given nothing to renew the sign-in with", 0},
		"no token":                {without("access_token"), Unavailable, "Entra cannot be asked for a token", Unavailable},
		"no end":                  {without("expires_in"), Unavailable, "Entra cannot be asked for a token", Unavailable},
		"an error that is a 200":  {as(`{"error":"invalid_grant","error_description":"Adele Vance, AADSTS50173"}`), SignedOut, "AADSTS50173: the password was changed", Unavailable},
		"a page of a proxy":       {as("<html>Adele Vance signs in here</html>"), Unavailable, "cannot be asked", Unavailable},
		"nothing":                 {as(""), Unavailable, "cannot be asked", Unavailable},
		"too much":                {as(`{"scope":"` + strings.Repeat("a ", mostSignIn) + `"}`), Unavailable, "more than 256 KiB", Unavailable},
		"scopes of somebody else": {func(a map[string]any) any { a["scope"] = "Mail.Read"; return nil }, SignedOut, "not granted: User.Read, Presence.Read", SignedOut},
	} {
		t.Run(name, func(t *testing.T) {
			cache := new(cacheFile)
			p, _ := personOf(t, e, cache, func(o *PersonOptions) { o.Connections = connections })
			connections.change = c.change
			_, err := p.SignInByCode(t.Context(), func(string) { _ = e.EnterNext(t.Context(), adele) })
			if KindOf(err) != c.kind || !strings.Contains(err.Error(), c.says) || cache.text != nil {
				t.Errorf("%d bytes are kept, error = %v", len(cache.text), err)
			}
			said := fmt.Sprintf("%v %+v", err, err)

			connections.change = nil
			signsIn(t, e, p, adele)
			kept := string(cache.text)
			connections.change = c.change
			_, err = p.Token(t.Context(), &Refused{})
			if c.silent == SignedOut { // the refresh token that came is kept, and no token
				kept = string(cache.text)
				if !strings.Contains(kept, `"AccessToken":{}`) {
					t.Error("a token is kept for what was not granted")
				}
			}
			if KindOf(err) != c.silent || err != nil && string(cache.text) != kept {
				t.Errorf("of a renewal: %v", err)
			}
			tells(t, e, said+fmt.Sprint(err))
		})
	}
}

// Who may take the place of whom, the owner of the cache says, and whoever was there stays.
func TestPersonWhoIsNotAccepted(t *testing.T) {
	e := entrasim.Start(t, people())
	cache := new(cacheFile)
	var befores []string
	only := func(o *PersonOptions) {
		o.Accept = func(a, before Account) error {
			befores = append(befores, before.Username)
			if a.Username != adele {
				return errors.New("not you")
			}
			return nil
		}
	}
	p, w := personOf(t, e, cache, only)
	signsIn(t, e, p, adele)
	_, err := p.SignInByCode(t.Context(), func(string) { _ = e.EnterNext(t.Context(), alex) })
	if err == nil || !strings.Contains(err.Error(), "not you") {
		t.Errorf("error = %v", err)
	}
	signsIn(t, e, p, adele)
	if a, _, err := p.Account(t.Context()); a.Username != adele || err != nil || fmt.Sprint(befores) != fmt.Sprint([]string{"", adele, adele}) || w.renewed != 2 {
		t.Errorf("%+v is signed in, %v, after %q", a, err, befores)
	}
}
