package entrasim

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// session is what began when a person signed in: refresh tokens follow each other in it.
type session struct {
	person   *Person
	clientID string
	began    time.Time
	byDevice bool
	mfa      bool
	ended    *Refusal
}

// device is one who has asked for a device code, and waits.
type device struct {
	code, userCode string
	clientID       string
	scopes         []string
	expires        time.Time
	slow           int // answers of slow_down that are left
	session        *session
	declined, used bool
}

const userCodeKind = "user_code"

func (e *Entra) newSession(p *Person, clientID string, byDevice bool) *session {
	return &session{
		person: p, clientID: clientID, began: e.options.Now(), byDevice: byDevice, mfa: e.policy.MFA && !p.NoMFA,
	}
}

func (e *Entra) serveDeviceCode(w http.ResponseWriter, r *http.Request, _ string) {
	if r.Method != http.MethodPost {
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	e.mu.Lock()
	refusal := e.registered(r.Form.Get("client_id"))
	d := &device{
		code: "1.A" + random(60), userCode: userCode(), clientID: r.Form.Get("client_id"), scopes: strings.Fields(r.Form.Get("scope")),
		expires: e.options.Now().Add(e.options.CodeLife),
	}
	if refusal == nil {
		e.devices = append(e.devices, d)
		e.issued = append(e.issued, Issued{"device_code", d.code}, Issued{userCodeKind, d.userCode})
	}
	e.mu.Unlock()
	if refusal != nil {
		e.refuse(w, *refusal, r)
		return
	}
	message := e.options.Message
	if message == "" {
		message = "To sign in, use a web browser to open the page https://login.microsoft.com/device and enter the code %s to authenticate."
	}
	select {
	case e.codes <- d.userCode:
	default: // nobody takes them
	}
	answer(w, http.StatusOK, map[string]any{
		"user_code": d.userCode, "device_code": d.code, "verification_uri": "https://login.microsoft.com/device",
		"expires_in": int(e.options.CodeLife.Seconds()), "interval": 5, "message": strings.Replace(message, "%s", d.userCode, 1),
	})
}

// userCode is nine letters and digits, of which none look alike.
func userCode() string {
	const letters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
	sum := sha256.Sum256([]byte(random(16)))
	code := make([]byte, 9)
	for i := range code {
		code[i] = letters[int(sum[i])%len(letters)]
	}
	return string(code)
}

// registered says what is wrong with who is not known. The lock is held.
func (e *Entra) registered(clientID string) *Refusal {
	if e.apps[strings.ToLower(clientID)] == nil {
		r := Refusals["unknown-application"]
		return &r
	}
	return nil
}

// waiting is whoever waits for a code to be typed. The lock is held.
func (e *Entra) waiting(code string) (*device, error) {
	for _, d := range e.devices {
		if d.userCode == code {
			if d.session != nil || d.declined || !e.options.Now().Before(d.expires) {
				return nil, fmt.Errorf("entrasim: the code %s was used or has expired", code)
			}
			return d, nil
		}
	}
	return nil, fmt.Errorf("entrasim: there is no code %s", code)
}

// Enter has a person type a code and sign in.
func (e *Entra) Enter(code, username string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	d, err := e.waiting(code)
	if err != nil {
		return err
	}
	p := e.person(username)
	if p == nil {
		return fmt.Errorf("entrasim: there is no %s", username)
	}
	d.session = e.newSession(p, d.clientID, true)
	return nil
}

// EnterNext waits for somebody who asks for a device code, and has a person type it.
func (e *Entra) EnterNext(ctx context.Context, username string) error {
	code, err := e.NextCode(ctx)
	if err != nil {
		return err
	}
	return e.Enter(code, username)
}

// Decline has a person type a code and say no.
func (e *Entra) Decline(code string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	d, err := e.waiting(code)
	if err == nil {
		d.declined = true
	}
	return err
}

// Expire lets a code expire.
func (e *Entra) Expire(code string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	d, err := e.waiting(code)
	if err == nil {
		d.expires = e.options.Now()
	}
	return err
}

// SlowDown answers slow_down to the next polls of a code.
func (e *Entra) SlowDown(code string, times int) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	d, err := e.waiting(code)
	if err == nil {
		d.slow = times
	}
	return err
}

// poll is what who waits for a code is told.
func (e *Entra) poll(r *http.Request) (*session, []string, *Refusal) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, d := range e.devices {
		if d.code != r.Form.Get("device_code") {
			continue
		}
		switch {
		case !strings.EqualFold(d.clientID, r.Form.Get("client_id")):
			return nil, nil, &Refusal{Error: "bad_verification_code", Code: 70018, Description: "Invalid verification code: it is another application's."}
		case d.used:
			return nil, nil, &Refusal{Error: "invalid_grant", Code: 54009, Description: "The device code was already redeemed."}
		case d.slow > 0:
			d.slow--
			return nil, nil, &Refusal{Error: "slow_down", Code: 70019, Description: "The client polls too often."}
		case d.declined:
			return nil, nil, &Refusal{Error: "authorization_declined", Code: 70017, Description: "The end user denied the authorization request."}
		case d.session == nil && !e.options.Now().Before(d.expires):
			return nil, nil, &Refusal{Error: "expired_token", Code: 70020, Description: "The code has expired."}
		case d.session == nil:
			return nil, nil, &Refusal{Error: "authorization_pending", Code: 70016,
				Description: "OAuth 2.0 device flow error. Authorization is pending. Continue polling."}
		}
		d.used = true
		return d.session, d.scopes, nil
	}
	return nil, nil, &Refusal{Error: "bad_verification_code", Code: 70018, Description: "Invalid verification code."}
}

// grant is what an authorization code stands for.
type grant struct {
	session     *session
	scopes      []string
	challenge   string
	redirectURI string
	expires     time.Time
	used        bool
}

var errNoLoopback = errors.New("not a loopback address")

// loopback is a redirect address as public clients may have: on this machine, at any port.
func loopback(text string) error {
	u, err := url.Parse(text)
	if err != nil {
		return err
	}
	ip := net.ParseIP(u.Hostname())
	if u.Scheme != "http" || u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return errNoLoopback
	}
	return nil
}

var formPost = template.Must(template.New("").Parse(`<html><head><title>Working...</title></head><body>
<form method="POST" name="hiddenform" action="{{.To}}">{{range $name, $value := .Fields}}<input type="hidden" name="{{$name}}" value="{{$value}}"/>{{end}}
<noscript><p>Script is disabled. Click Submit to continue.</p><input type="submit" value="Submit"/></noscript></form>
<script language="javascript">document.forms[0].submit();</script></body></html>
`))

// cookie says who sits at the browser, which asked them once.
const cookie = "ESTSAUTH"

func (e *Entra) serveAuthorize(w http.ResponseWriter, r *http.Request, _ string) {
	q := r.URL.Query()
	redirect := q.Get("redirect_uri")
	e.mu.Lock()
	unknown := e.registered(q.Get("client_id"))
	var p *Person
	if c, err := r.Cookie(cookie); err == nil {
		p = e.person(c.Value)
	}
	e.mu.Unlock()
	switch {
	case unknown != nil, loopback(redirect) != nil:
		http.Error(w, "AADSTS50011: The redirect URI specified in the request does not match the redirect URIs configured for the application.", http.StatusBadRequest)
		return
	case p == nil:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, "<html><title>Sign in to your account</title></html>")
		return
	}
	fields := map[string]string{"state": q.Get("state")}
	e.mu.Lock()
	g := &grant{
		session: e.newSession(p, q.Get("client_id"), false), scopes: strings.Fields(q.Get("scope")), challenge: q.Get("code_challenge"),
		redirectURI: redirect, expires: e.options.Now().Add(10 * time.Minute),
	}
	refusal := e.forbids(g.session)
	switch {
	case q.Get("response_type") != "code" || q.Get("code_challenge_method") != "S256" || g.challenge == "":
		fields["error"], fields["error_description"] = "invalid_request", "AADSTS9002325: Proof Key for Code Exchange is required."
	case refusal != nil:
		fields["error"] = refusal.Error
		fields["error_description"] = fmt.Sprintf("AADSTS%d: %s", refusal.Code, strings.ReplaceAll(refusal.Description, "{user}", p.Username))
	default:
		code := "1.B" + random(90)
		e.granted[code] = g
		e.issued = append(e.issued, Issued{"code", code})
		fields["code"], fields["session_state"] = code, newID()
	}
	e.mu.Unlock()
	if q.Get("response_mode") == "form_post" {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_ = formPost.Execute(w, map[string]any{"To": redirect, "Fields": fields})
		return
	}
	query := url.Values{}
	for name, value := range fields {
		query.Set(name, value)
	}
	http.Redirect(w, r, redirect+"?"+query.Encode(), http.StatusFound)
}

// Browser is a browser in which a person signs in to what it opens, and which then goes where Entra sends it.
func (e *Entra) Browser(ctx context.Context, username string) func(address string) error {
	return func(address string) error { return e.browse(ctx, address, username, nil) }
}

// DecliningBrowser is one in which the person says no.
func (e *Entra) DecliningBrowser(ctx context.Context, username string) func(address string) error {
	return func(address string) error {
		return e.browse(ctx, address, username, url.Values{
			"error": {"access_denied"}, "error_description": {"AADSTS65004: User declined to consent to access the app."},
		})
	}
}

func (e *Entra) browse(ctx context.Context, address, username string, instead url.Values) error {
	u, err := url.Parse(address)
	if err != nil {
		return err
	}
	q := u.Query()
	posted := q.Get("response_mode") == "form_post"
	fields, redirect := instead, q.Get("redirect_uri")
	if fields == nil {
		q.Set("response_mode", "query") // the same fields, which need no HTML to be read
		u.RawQuery = q.Encode()
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
		if err != nil {
			return err
		}
		request.AddCookie(&http.Cookie{Name: cookie, Value: username})
		client := *e.Client()
		client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		response, err := client.Do(request)
		if err != nil {
			return err
		}
		defer func() { _ = response.Body.Close() }()
		to, err := response.Location()
		if err != nil {
			text, _ := io.ReadAll(response.Body)
			return fmt.Errorf("entrasim: %s: %s", response.Status, text)
		}
		fields = to.Query()
	}
	fields.Set("state", q.Get("state"))
	method, to, body := http.MethodGet, redirect+"?"+fields.Encode(), ""
	if posted {
		method, to, body = http.MethodPost, redirect, fields.Encode()
	}
	request, err := http.NewRequestWithContext(ctx, method, to, strings.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	text, _ := io.ReadAll(response.Body)
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("entrasim: %s: %s", response.Status, text)
	}
	return nil
}

func (e *Entra) redeem(r *http.Request) (*session, []string, *Refusal) {
	e.mu.Lock()
	defer e.mu.Unlock()
	g := e.granted[r.Form.Get("code")]
	sum := sha256.Sum256([]byte(r.Form.Get("code_verifier")))
	switch {
	case g == nil, !strings.EqualFold(g.session.clientID, r.Form.Get("client_id")):
		f := Refusals["malformed"]
		return nil, nil, &f
	case g.used:
		f := Refusals["used"]
		return nil, nil, &f
	case !e.options.Now().Before(g.expires):
		return nil, nil, &Refusal{Error: "invalid_grant", Code: 70008, Description: "The provided authorization code has expired."}
	case g.redirectURI != r.Form.Get("redirect_uri"):
		return nil, nil, &Refusal{Error: "invalid_grant", Code: 500112, Description: "The reply address does not match the one of the authorization code."}
	case base64.RawURLEncoding.EncodeToString(sum[:]) != g.challenge:
		return nil, nil, &Refusal{Error: "invalid_grant", Code: 501481, Description: "The Code_Verifier does not match the code_challenge supplied in the authorization request."}
	}
	g.used = true
	return g.session, g.scopes, nil
}
