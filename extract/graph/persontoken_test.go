package graph

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"graphlake/internal/entrasim"
)

// Each token is good for so short that MSAL renews it each time.
const short = 4 * time.Minute

// Several processes and their goroutines have one cache, and Entra takes each refresh token once.
func TestOneCacheOfManyProcesses(t *testing.T) {
	o := people()
	o.Life = short
	e := entrasim.Start(t, o)
	cache := new(cacheFile)
	first, w := personOf(t, e, cache)
	signsIn(t, e, first, adele)
	var all sync.WaitGroup
	for range 4 {
		p, w := personOf(t, e, cache)
		for range 5 {
			all.Go(func() {
				for range 2 {
					token, err := p.Token(t.Context(), nil)
					if _, bad := e.Check(token); err != nil || bad != nil {
						t.Error(err, bad)
					}
				}
			})
		}
		defer func() {
			if w.renewed != 10 || w.reasons != nil {
				t.Errorf("told renewed %d times, signed out %q", w.renewed, w.reasons)
			}
		}()
	}
	all.Wait()
	if n := e.Count(entrasim.Refresh); n != 40 || cache.writes != 81 || w.renewed != 1 {
		t.Errorf("%d refresh tokens were used, %d caches written", n, cache.writes)
	}
}

// What was renewed by one process is not renewed by the next.
func TestRenewedByAnotherProcess(t *testing.T) {
	e := entrasim.Start(t, people())
	cache := new(cacheFile)
	p, _ := personOf(t, e, cache)
	signsIn(t, e, p, adele)
	another, _ := personOf(t, e, cache)
	for _, q := range []*Person{p, another} {
		if _, err := q.Token(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
	}
	e.RevokeAccess(adele)
	mine, err := p.Token(t.Context(), &Refused{})
	if _, bad := e.Check(mine); err != nil || bad != nil {
		t.Fatal(err, bad)
	}
	theirs, err := another.Token(t.Context(), &Refused{})
	if err != nil || theirs != mine || e.Count(entrasim.Refresh) != 1 {
		t.Errorf("asked %v, %v, the same token: %v", e.Counts(), err, theirs == mine)
	}
}

// While Entra is away a token is given on as long as it is good, but not one that was refused.
func TestRenewalThatFailsForNow(t *testing.T) {
	o := people()
	o.Life = short
	e := entrasim.Start(t, o)
	cache := new(cacheFile)
	p, w := personOf(t, e, cache)
	signsIn(t, e, p, adele)
	e.Fail(entrasim.Refresh, 503)
	token, err := p.Token(t.Context(), nil)
	if _, bad := e.Check(token); err != nil || bad != nil {
		t.Error(err, bad)
	}
	if _, err := p.Token(t.Context(), nil); err != nil || e.Count(entrasim.Refresh) != 1 {
		t.Errorf("asked %v, %v", e.Counts(), err)
	}
	if _, err := p.Token(t.Context(), &Refused{}); KindOf(err) != Unavailable {
		t.Errorf("error = %v", err)
	}
	e.Fail(entrasim.Refresh, 0)
	again, err := p.Token(t.Context(), nil)
	if err != nil || again == token {
		t.Errorf("the same token: %v, %v", again == token, err)
	}
	if w.reasons != nil {
		t.Errorf("told %q", w.reasons)
	}
}

// What Entra says is told by number, suberror and id, and in no word of its own.
func TestRefusalsOfAPerson(t *testing.T) {
	const again = "sign in again: graphlake sign-in --tenant contoso"
	refusals := map[string]struct {
		kind Kind
		says string // without the id
		cure string
	}{
		"revoked":  {SignedOut, "invalid_grant/AADSTS50173: the password was changed or reset, or the sign-in was revoked (bad_token)", again},
		"password": {SignedOut, "invalid_grant/AADSTS50055: the password has expired (user_password_expired)", again},
		"inactive": {SignedOut, "invalid_grant/AADSTS700082: it was not used for too long (token_expired)", again},
		"frequency": {SignedOut, "invalid_grant/AADSTS70044: the tenant's conditional access wants a sign-in more often (token_expired)",
			again},
		"frequency-token": {SignedOut, "invalid_grant/AADSTS70043: the tenant's conditional access wants a sign-in more often (bad_token)", again},
		"disabled": {SignedOut, "invalid_grant/AADSTS50057: the account is disabled",
			"ask an administrator of the tenant, who finds the sign-in in its log, and then " + again},
		"deleted":          {SignedOut, "invalid_grant/AADSTS50034: the account is not in the tenant", again},
		"mfa":              {SignedOut, "interaction_required/AADSTS50076: a second factor is wanted (basic_action)", again},
		"mfa-registration": {SignedOut, "interaction_required/AADSTS50079: a second factor has to be set up (basic_action)", again},
		"terms": {SignedOut, "interaction_required/AADSTS50158: what the tenant wants beside the password was not given (basic_action)",
			again},
		"device": {SignedOut, "interaction_required/AADSTS53000: the tenant's conditional access wants a compliant device (message_only)",
			"ask an administrator of the tenant, who finds the sign-in in its log, and then " + again},
		"blocked": {SignedOut, "access_denied/AADSTS53003: the tenant's conditional access blocks it (message_only)",
			again + " --browser, if it is the code that is blocked; else an administrator of the tenant finds the sign-in in its log"},
		"risk": {SignedOut, "invalid_grant/AADSTS53004: a second factor has to be set up, which the account's risk does not allow (message_only)",
			"ask an administrator of the tenant, who finds the sign-in in its log, and then " + again},
		"unassigned": {SignedOut, "invalid_grant/AADSTS50105: the person is not assigned to the application",
			"ask an administrator of the tenant, who finds the sign-in in its log, and then " + again},
		"consent": {SignedOut, "invalid_grant/AADSTS65001: there is no consent to what is asked for (consent_required)",
			again + ", and consent to User.Read, Presence.Read"},
		"declined": {SignedOut, "invalid_grant/AADSTS65004: the person has not consented (consent_required)",
			again + ", and consent to User.Read, Presence.Read"},
		"replaced":  {SignedOut, "invalid_grant/AADSTS70000: the refresh token is good no more (bad_token)", again},
		"malformed": {SignedOut, "invalid_grant/AADSTS9002313: the sign-in is good no more", again},
		"no-role":   {SignedOut, "invalid_grant/AADSTS501051: the sign-in is good no more", again},
		"used":      {SignedOut, "invalid_grant/AADSTS54005: the sign-in is good no more", again},

		"throttled": {Throttled, "temporarily_unavailable/AADSTS50196, retry after 2s", "run again later, or with a lower rate"},
		"away":      {Unavailable, "temporarily_unavailable/AADSTS90033", "run again later"},
		"unknown-application": {Unauthorized, "unauthorized_client/AADSTS700016: the application cannot be signed in to",
			"the tenant does not know the application: check client id and tenant id; if they are right, an administrator has to consent to it"},
		"not-public": {Unauthorized, "invalid_client/AADSTS7000218: the application cannot be signed in to",
			"allow public client flows in the application's registration, under Authentication"},
		"secret": {Unauthorized, "invalid_client/AADSTS7000215: the application cannot be signed in to",
			"check client id and tenant id, and that the application's registration allows public client flows"},
	}
	o := people()
	o.Life = short
	e := entrasim.Start(t, o)
	for name, want := range refusals {
		t.Run(name, func(t *testing.T) {
			refusal, ok := entrasim.Refusals[name]
			if !ok {
				t.Fatal("Entra has no such refusal")
			}
			refusal.Description += " It is {user}, Adele Vance."
			p, w := personOf(t, e, new(cacheFile))
			signsIn(t, e, p, adele)
			e.Refuse(entrasim.Refresh, refusal)
			p.ends = time.Time{} // nothing is left to go on with
			_, err := p.Token(t.Context(), nil)
			refused, ok := errors.AsType[*Error](err)
			if !ok {
				t.Fatal(err)
			}
			id := refused.RequestID.String()
			said := fmt.Sprintf(" %s (request id %s); %s", want.says, id, want.cure)
			if refused.Kind != want.kind || len(id) != 36 || !refused.SignIn || !strings.HasSuffix(err.Error(), said) {
				t.Errorf("error = %v\nwant …%s", err, said)
			}
			tells(t, e, fmt.Sprintf("%v %+v %#v", err, err, err))
			if strings.Contains(err.Error(), "Trace ID") || strings.Contains(err.Error(), refusal.Description[:20]) {
				t.Errorf("Entra's words are in %v", err)
			}
			switch {
			case want.kind != SignedOut && w.reasons != nil, want.kind == SignedOut && len(w.reasons) != 1:
				t.Errorf("told %q", w.reasons)
			case want.kind == SignedOut:
				_, reason, _ := strings.Cut(want.says, "/")
				if w.reasons[0] != reason {
					t.Errorf("told %q, want %q", w.reasons[0], reason)
				}
			}

			// Who has signed in again goes on.
			e.Accept()
			if want.kind == SignedOut {
				signsIn(t, e, p, adele)
			}
			if _, err := p.Token(t.Context(), nil); err != nil {
				t.Error(err)
			}
		})
	}
	for name := range entrasim.Refusals {
		if _, ok := refusals[name]; !ok {
			t.Errorf("nothing is said of %s", name)
		}
	}
}

// A kind is not made of a number that is not known, nor words of an error that is none of the protocol's.
func TestRefusalsThatEntraHasNotYet(t *testing.T) {
	o := people()
	o.Life = short
	e := entrasim.Start(t, o)
	for name, c := range map[string]struct {
		refusal entrasim.Refusal
		kind    Kind
		says    string
	}{
		"a new number":     {entrasim.Refusal{Error: "invalid_grant", Code: 999999}, SignedOut, "AADSTS999999: the sign-in is good no more"},
		"a new suberror":   {entrasim.Refusal{Error: "interaction_required", Suberror: "new_action", Code: 1}, SignedOut, "what the tenant's policies want (new_action) (request id"},
		"a new error":      {entrasim.Refusal{Error: "new_error", Code: 50173}, Unauthorized, "new_error/AADSTS50173: the application cannot be signed in to"},
		"an error of text": {entrasim.Refusal{Error: "Adele Vance said no", Code: 2}, Unauthorized, "AADSTS2: the application cannot"},
		"a suberror of text": {entrasim.Refusal{Error: "invalid_grant", Suberror: "of " + adele, Code: 3}, SignedOut,
			"AADSTS3: the sign-in is good no more (request id"},
		"a status of its own": {entrasim.Refusal{Error: "invalid_grant", Status: 403, Code: 50173}, SignedOut, "403 Forbidden: invalid_grant/AADSTS50173"},
		"busy":                {entrasim.Refusal{Error: "temporarily_unavailable", Code: 90033}, Unavailable, "400 Bad Request"},
		"broken":              {entrasim.Refusal{Error: "invalid_grant", Status: 500, Code: 50173}, Unavailable, "500 Internal"},
		"at fault":            {entrasim.Refusal{Error: "server_error", Code: 50000}, Unavailable, "server_error/AADSTS50000 (request id"},
	} {
		t.Run(name, func(t *testing.T) {
			p, _ := personOf(t, e, new(cacheFile))
			signsIn(t, e, p, adele)
			defer e.Accept()
			e.Refuse(entrasim.Refresh, c.refusal)
			p.ends = time.Time{}
			_, err := p.Token(t.Context(), nil)
			if KindOf(err) != c.kind || !strings.Contains(err.Error(), c.says) {
				t.Errorf("error = %v", err)
			}
			tells(t, e, err.Error())
		})
	}
}

// What passes by itself needs nobody to sign in again, although Entra says it by the error of a sign-in that has ended.
func TestRefusalsThatPass(t *testing.T) {
	o := people()
	o.Life = short
	e := entrasim.Start(t, o)
	const later = "; run again later"
	for code, want := range map[int]struct {
		kind Kind
		says string // after the number, without the id
	}{
		40010: {Unavailable, later},
		50033: {Unavailable, later},
		50087: {Unavailable, later},
		50196: {Throttled, ", retry after 1m0s" + later},
		90006: {Unavailable, later},
		90012: {Unavailable, later},
		90024: {Unavailable, later},
		90033: {Unavailable, later},
		90055: {Throttled, later},
		90090: {Unavailable, later},
		90091: {Unavailable, later},
		90014: {SignedOut, ": the sign-in"}, // a field is missing
		90036: {SignedOut, ": the sign-in"}, // a fault that lasts
	} {
		for _, word := range []string{"invalid_grant", "interaction_required"} {
			t.Run(fmt.Sprintf("%s/%d", word, code), func(t *testing.T) {
				p, w := personOf(t, e, new(cacheFile))
				signsIn(t, e, p, adele)
				defer e.Accept()
				e.Refuse(entrasim.Refresh, entrasim.Refusal{Error: word, Code: code, Description: "It is {user}."})
				passes := want.kind != SignedOut
				if _, err := p.Token(t.Context(), nil); passes != (err == nil) {
					t.Errorf("a token that is good is given on: %v", err)
				}
				_, err := p.Token(t.Context(), &Refused{})
				refused, ok := errors.AsType[*Error](err)
				if !ok {
					t.Fatal(err)
				}
				said := strings.Replace(err.Error(), fmt.Sprintf(" (request id %s)", refused.RequestID), "", 1)
				if says := fmt.Sprintf(" 400 Bad Request: %s/AADSTS%d%s", word, code, want.says); refused.Kind != want.kind || !strings.Contains(said, says) {
					t.Errorf("error = %v, want %q", said, says)
				}
				if passes != (w.reasons == nil) {
					t.Errorf("told %q", w.reasons)
				}
				tells(t, e, err.Error())
			})
		}
	}

	p, w := personOf(t, e, new(cacheFile))
	e.Refuse(entrasim.Authorize, entrasim.Refusal{Error: "interaction_required", Code: 90033})
	_, err := p.SignInByBrowser(t.Context(), e.Browser(t.Context(), adele))
	if KindOf(err) != Unavailable || !strings.Contains(err.Error(), "AADSTS90033"+later) || w.reasons != nil {
		t.Errorf("error = %v, told %q", err, w.reasons)
	}
}

// A token that Entra would have renewed ahead of time is good as long as it is, also for a process that has just begun.
func TestRenewalAheadOfTimeThatFails(t *testing.T) {
	o := people()
	o.Life = 28 * time.Hour
	e := entrasim.Start(t, o)
	cache := new(cacheFile)
	p, _ := personOf(t, e, cache)
	signsIn(t, e, p, adele)
	due := regexp.MustCompile(`"refresh_on":"\d+"`)
	if !due.Match(cache.text) {
		t.Fatal("the cache does not say when a token is to be renewed")
	}
	cache.text = due.ReplaceAll(cache.text, []byte(`"refresh_on":"1700000000"`))
	for i, name := range []string{"away", "throttled"} {
		e.Refuse(entrasim.Refresh, entrasim.Refusals[name])
		p, w := personOf(t, e, cache)
		for range 2 {
			token, err := p.Token(t.Context(), nil)
			if _, bad := e.Check(token); err != nil || bad != nil {
				t.Error(name, err, bad)
			}
		}
		if n := e.Count(entrasim.Refresh); n != i+1 || w.reasons != nil {
			t.Errorf("%s: asked %v, told %q", name, e.Counts(), w.reasons)
		}
		e.Accept()
	}
	e.Refuse(entrasim.Refresh, entrasim.Refusals["away"])
	p, _ = personOf(t, e, cache)
	if _, err := p.Token(t.Context(), nil); err != nil {
		t.Error(err)
	}
	if token, err := p.Token(t.Context(), &Refused{}); KindOf(err) != Unavailable || token != "" {
		t.Errorf("what was refused is given on: %v, %v", token != "", err)
	}
	e.Accept()
	e.Refuse(entrasim.Refresh, entrasim.Refusals["revoked"])
	p, w := personOf(t, e, cache)
	if token, err := p.Token(t.Context(), nil); KindOf(err) != SignedOut || token != "" || len(w.reasons) != 1 {
		t.Errorf("who is signed out gets a token: %v, %v", token != "", err)
	}
}

// A refresh token that is good once is not used where what comes for it cannot be kept, and what has come is kept as soon as that goes.
func TestNoRefreshTokenIsLost(t *testing.T) {
	o := people()
	o.Life = short
	e := entrasim.Start(t, o)
	cache := new(cacheFile)
	p, _ := personOf(t, e, cache)
	signsIn(t, e, p, adele)
	full := errors.New("no space is left on the device")
	cache.failsPut = full
	if _, err := p.Token(t.Context(), &Refused{}); KindOf(err) != Unauthorized || !errors.Is(err, full) || e.Count(entrasim.Refresh) != 0 {
		t.Errorf("asked %v: %v", e.Counts(), err)
	}
	cache.failsPut = nil
	p, w := personOf(t, e, cache)
	p.options.Cache = &fullAfter{cacheFile: cache, left: 1, err: full}
	if _, err := p.Token(t.Context(), nil); !errors.Is(err, full) || e.Count(entrasim.Refresh) != 1 || w.renewed != 0 {
		t.Errorf("asked %v, told %+v: %v", e.Counts(), w, err)
	}
	p.options.Cache = cache
	for _, p := range []*Person{p, func() *Person { p, _ := personOf(t, e, cache); return p }()} {
		if _, err := p.Token(t.Context(), &Refused{}); err != nil {
			t.Error(err)
		}
	}

	// What another process has got in the meantime is newer.
	p.options.Cache = &fullAfter{cacheFile: cache, left: 1, err: full}
	if _, err := p.Token(t.Context(), &Refused{}); !errors.Is(err, full) {
		t.Error(err)
	}
	another, _ := personOf(t, e, cache)
	signsIn(t, e, another, adele)
	p.options.Cache = cache
	for _, p := range []*Person{p, another} {
		if _, err := p.Token(t.Context(), &Refused{}); err != nil {
			t.Error(err)
		}
	}
}

// fullAfter is a cache that can be written so many times.
type fullAfter struct {
	*cacheFile
	left int
	err  error
}

func (c *fullAfter) Write(ctx context.Context, text []byte) error {
	if c.left--; c.left < 0 {
		return c.err
	}
	return c.cacheFile.Write(ctx, text)
}

// Who is asked for more than they have consented to is signed out for that, and not for what they have consented to.
func TestHalfARenewalIsKept(t *testing.T) {
	o := people()
	o.Partial, o.Life, o.Apps[0].Consented = true, 6*time.Minute, []string{"User.Read"}
	e := entrasim.Start(t, o)
	cache := new(cacheFile)
	scopes := func(all ...string) func(*PersonOptions) {
		return func(o *PersonOptions) { o.Scopes = all }
	}
	p, _ := personOf(t, e, cache, scopes("User.Read"))
	signsIn(t, e, p, adele)
	more, w := personOf(t, e, cache, scopes("User.Read", "Presence.Read"))
	for range 2 {
		token, err := more.Token(t.Context(), nil)
		if KindOf(err) != SignedOut || token != "" || !strings.Contains(err.Error(), "not granted: Presence.Read; sign in again: graphlake sign-in --tenant contoso, and consent to all of it") {
			t.Errorf("a token: %v, %v", token != "", err)
		}
	}
	if w.renewed != 0 || len(w.reasons) != 2 {
		t.Errorf("told %+v", w)
	}
	p, w = personOf(t, e, cache, scopes("User.Read"))
	token, err := p.Token(t.Context(), nil)
	if _, bad := e.Check(token); err != nil || bad != nil || w.reasons != nil {
		t.Errorf("%v, %v, told %q", err, bad, w.reasons)
	}
}

// What stands between is not Entra: what it says signs nobody out, and is no fault of the application.
func TestAnswersThatAreNotOfEntra(t *testing.T) {
	o := people()
	o.Life = short
	e := entrasim.Start(t, o)
	between := &refusing{to: e.Client().Transport}
	for _, status := range []int{400, 401, 403, 407} {
		for _, body := range []string{"", "<html>Adele Vance is blocked", `{"message":"no"}`, `{"error":{"code":"Forbidden"}}`} {
			p, w := personOf(t, e, new(cacheFile), func(o *PersonOptions) { o.Connections = between })
			between.status = 0
			signsIn(t, e, p, adele)
			between.status, between.body = status, body
			_, err := p.Token(t.Context(), &Refused{})
			if KindOf(err) != Unavailable || !strings.HasSuffix(fmt.Sprint(err), ": the answer is none of Entra's; "+checkNetwork) || w.reasons != nil {
				t.Errorf("%d %s: told %q, error = %v", status, body, w.reasons, err)
			}
			tells(t, e, fmt.Sprint(err))
			if _, err = p.SignInByCode(t.Context(), func(string) {}); KindOf(err) != Unavailable || !strings.Contains(err.Error(), "none of Entra's") {
				t.Errorf("%d %s: of a sign-in: %v", status, body, err)
			}
		}
	}
}

// refusing is what stands between and answers itself, if it has a status.
type refusing struct {
	to     http.RoundTripper
	status int
	body   string
}

func (r *refusing) RoundTrip(req *http.Request) (*http.Response, error) {
	if r.status == 0 || req.Method != http.MethodPost {
		return r.to.RoundTrip(req)
	}
	return &http.Response{StatusCode: r.status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(r.body)), Request: req}, nil
}

// A cache that fails is no sign-in that has failed, and no token is given away that is not kept.
func TestTokenCacheThatFails(t *testing.T) {
	disk := errors.New("no space is left on the device")
	for name, c := range map[string]struct {
		fails func(*cacheFile)
		kind  Kind
		says  string
	}{
		"written": {func(c *cacheFile) { c.failsPut = disk }, Unauthorized, "the token cache cannot be written: no space is left on the device"},
		"read":    {func(c *cacheFile) { c.failsRead = disk }, Unauthorized, "the token cache cannot be read: no space is left on the device"},
		"locked":  {func(c *cacheFile) { c.locked = disk }, Unavailable, "the token cache cannot be locked: no space is left on the device; run again later"},
		"damaged": {func(c *cacheFile) { c.text = append(c.text[:len(c.text)/2], "{s3cret"...) }, Unauthorized, "the token cache cannot be read: it holds something else"},
		"another": {func(c *cacheFile) { c.text = []byte("[1, 2]") }, Unauthorized, "the token cache cannot be read: it holds something else"},
		"empty":   {func(c *cacheFile) { c.text = []byte("{}") }, SignedOut, nobody},
		"half": {func(c *cacheFile) { c.text = []byte(strings.Replace(string(c.text), `"RefreshToken"`, `"Other"`, 1)) },
			SignedOut, nobody},
	} {
		t.Run(name, func(t *testing.T) {
			o := people()
			o.Life = short
			e := entrasim.Start(t, o)
			cache := new(cacheFile)
			p, _ := personOf(t, e, cache)
			signsIn(t, e, p, adele)
			c.fails(cache)
			p, w := personOf(t, e, cache)
			token, err := p.Token(t.Context(), nil)
			if KindOf(err) != c.kind || token != "" || !strings.HasPrefix(err.Error(), c.kind.String()+": "+c.says) { // nothing was posted
				t.Errorf("error = %v, and a token: %v", err, token != "")
			}
			tells(t, e, fmt.Sprint(err))
			if w.renewed != 0 {
				t.Error("told that it was renewed")
			}
		})
	}

	e := entrasim.Start(t, people())
	p, w := personOf(t, e, &cacheFile{failsPut: disk})
	if _, err := p.SignInByCode(t.Context(), func(string) { _ = e.EnterNext(t.Context(), adele) }); KindOf(err) != Unauthorized || !errors.Is(err, disk) {
		t.Errorf("error = %v", err)
	}
	if _, err := p.Token(t.Context(), nil); err == nil || w.renewed != 0 {
		t.Errorf("signed in without a cache: %v, %+v", err, w)
	}
}

// A refresh token that was used has to be replaced, although nobody waits for it any more.
func TestRenewalIsKeptAfterItsContext(t *testing.T) {
	o := people()
	o.Life = short
	e := entrasim.Start(t, o)
	cache := new(cacheFile)
	p, _ := personOf(t, e, cache)
	signsIn(t, e, p, adele)
	ctx, stop := context.WithCancel(t.Context())
	p.options.Renewed = func(ctx context.Context) {
		if ctx.Err() != nil {
			t.Error("the state cannot be written")
		}
	}
	p.options.Cache = stopsBefore{cache, stop}
	if _, err := p.Token(ctx, nil); err != nil || ctx.Err() == nil {
		t.Errorf("%v, and its context has ended: %v", err, ctx.Err())
	}
	p, _ = personOf(t, e, cache)
	if _, err := p.Token(t.Context(), nil); err != nil {
		t.Errorf("the refresh token was lost: %v", err)
	}
}

// stopsBefore ends a context before the cache is written.
type stopsBefore struct {
	*cacheFile
	stop func()
}

func (s stopsBefore) Write(ctx context.Context, text []byte) error {
	s.stop()
	return s.cacheFile.Write(ctx, text)
}

// So has one whose context ends while Entra answers, who has used it by then.
func TestRenewalIsKeptThatIsBrokenOff(t *testing.T) {
	o := people()
	o.Life = short
	e := entrasim.Start(t, o)
	cache := new(cacheFile)
	p, _ := personOf(t, e, cache)
	signsIn(t, e, p, adele)
	ctx, stop := context.WithCancel(t.Context())
	p, w := personOf(t, e, cache, func(o *PersonOptions) {
		o.Connections = late{o.Connections, stop}
	})
	if _, err := p.Token(ctx, nil); ctx.Err() == nil || e.Count(entrasim.Refresh) != 1 || w.reasons != nil {
		t.Errorf("%v, asked %v, told %+v", err, e.Counts(), w)
	}
	p, _ = personOf(t, e, cache)
	if _, err := p.Token(t.Context(), nil); err != nil {
		t.Errorf("the refresh token was lost: %v", err)
	}
}

// late ends a context when a refresh token was used, before the answer is here.
type late struct {
	connections http.RoundTripper
	stop        func()
}

func (l late) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := l.connections.RoundTrip(req.Clone(context.WithoutCancel(req.Context())))
	if err == nil && req.Method == http.MethodPost {
		l.stop()
		select {
		case <-req.Context().Done():
			_ = resp.Body.Close()
			return nil, req.Context().Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
	return resp, err
}

// guarded is a service that takes tokens of Entra's as Graph does, and counts what it refuses.
func guarded(t *testing.T, e *entrasim.Entra) (url string, refused *atomic.Int64) {
	t.Helper()
	refused = new(atomic.Int64)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		_, err := e.Check(token)
		if err == nil {
			answer(200, `{"value":[]}`)(w, r)
			return
		}
		refused.Add(1)
		if errors.Is(err, entrasim.ErrRevoked) {
			w.Header().Set("WWW-Authenticate", e.Challenge())
		}
		answer(401, `{"error":{"code":"InvalidAuthenticationToken","message":"Continuous access evaluation resulted in challenge."}}`)(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL, refused
}

// asksAtOnce sends requests at the same time, and gives how each has ended.
func asksAtOnce(t *testing.T, c *Client, n int) []error {
	t.Helper()
	ctx := WithVerdicts(t.Context(), new(Verdicts))
	errs := make([]error, n)
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() { _, errs[i] = c.Get(ctx, Request{Version: "v1.0", Path: "/users"}) })
	}
	all.Wait()
	return errs
}

func TestClaimsChallengeIsAnswered(t *testing.T) {
	o := people()
	o.Apps = append(o.Apps, entrasim.App{ClientID: clientID, Secret: "s3cret", Roles: map[string][]string{entrasim.GraphURI: {"User.Read.All"}}})
	e := entrasim.Start(t, o)
	url, refused := guarded(t, e)
	person, w := personOf(t, e, new(cacheFile))
	signsIn(t, e, person, adele)
	application, err := NewEntra(EntraOptions{
		Authority: e.URL, TenantID: e.TenantID(), ClientID: clientID, Secret: "s3cret",
		Scope: entrasim.GraphURI + "/.default", Connections: e.Client().Transport,
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		source  TokenSource
		revoked string
		kind    string
	}{
		"a person's":       {person, adele, entrasim.Refresh},
		"an application's": {application, clientID, entrasim.Application},
	} {
		t.Run(name, func(t *testing.T) {
			client, err := New(Options{Endpoint: url, Token: c.source})
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(asksAtOnce(t, client, 1)...); err != nil {
				t.Fatal(err)
			}
			for range 3 { // also where the token that is revoked was got by a challenge
				before := e.Count(c.kind)
				refused.Store(0)
				e.RevokeAccess(c.revoked)
				if err := errors.Join(asksAtOnce(t, client, 20)...); err != nil {
					t.Error(err)
				}
				if n := e.Count(c.kind) - before; n != 1 || refused.Load() == 0 {
					t.Errorf("renewed %d times, for %d requests that were refused", n, refused.Load())
				}
			}
			asked := e.Requests()
			if claims := asked[len(asked)-1].Claims; !strings.Contains(claims, `"nbf"`) || !strings.Contains(claims, "CP1") {
				t.Errorf("asked with claims %q", claims)
			}
		})
	}
	if w.renewed != 4 || w.reasons != nil {
		t.Errorf("told %+v", w)
	}
}

// A person who is signed out is so for all that is asked of the tenant, after one question to Entra, also in the middle of a run.
func TestSignedOutInTheMiddle(t *testing.T) {
	e := entrasim.Start(t, people())
	url, _ := guarded(t, e)
	p, w := personOf(t, e, new(cacheFile))
	signsIn(t, e, p, adele)
	client, err := New(Options{Endpoint: url, Token: p})
	if err != nil {
		t.Fatal(err)
	}
	ctx := WithVerdicts(t.Context(), new(Verdicts))
	ask := func() error {
		_, err := client.Get(ctx, Request{Version: "v1.0", Path: "/users"})
		return err
	}
	if err := ask(); err != nil {
		t.Fatal(err)
	}
	e.Revoke(adele)
	for i := range 3 {
		err := ask()
		refused, ok := errors.AsType[*Error](err)
		if !ok || refused.Kind != SignedOut || !refused.OfTenant || !refused.SignIn {
			t.Errorf("%d: error = %+v", i, err)
		}
		tells(t, e, fmt.Sprint(err))
	}
	if n := e.Count(entrasim.Refresh); n != 1 || len(w.reasons) != 1 {
		t.Errorf("Entra was asked %d times, told %q", n, w.reasons)
	}

	// The next run asks again, and who has signed in meanwhile is signed in.
	ctx = WithVerdicts(t.Context(), new(Verdicts))
	if err := ask(); KindOf(err) != SignedOut {
		t.Errorf("error = %v", err)
	}
	ctx = WithVerdicts(t.Context(), new(Verdicts))
	another, _ := personOf(t, e, p.options.Cache)
	signsIn(t, e, another, adele)
	if err := ask(); err != nil {
		t.Error(err)
	}
}

// Requests that wait for one renewal have its refusal, without asking again.
func TestOneRefusalForAllThatWait(t *testing.T) {
	e := entrasim.Start(t, people())
	var gate sync.WaitGroup
	gate.Add(20)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		gate.Done()
		gate.Wait() // until all are under way
		w.Header().Set("WWW-Authenticate", e.Challenge())
		answer(401, `{"error":{"code":"InvalidAuthenticationToken","message":"Lifetime validation failed."}}`)(w, r)
	}))
	defer server.Close()
	p, w := personOf(t, e, new(cacheFile))
	signsIn(t, e, p, adele)
	client, err := New(Options{Endpoint: server.URL, Token: p})
	if err != nil {
		t.Fatal(err)
	}
	e.Revoke(adele)
	e.Slow(entrasim.Refresh, 200*time.Millisecond)
	errs := make([]error, 20)
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() { _, errs[i] = client.Get(t.Context(), Request{Version: "v1.0", Path: "/users"}) })
	}
	all.Wait()
	for _, err := range errs {
		if KindOf(err) != SignedOut {
			t.Errorf("error = %v", err)
		}
	}
	if n := e.Count(entrasim.Refresh); n > 2 || len(w.reasons) != n {
		t.Errorf("Entra was asked %d times for 20 requests, told %q", n, w.reasons)
	}
}

// A service may want of a token what none that is renewed has.
func TestClaimsChallengeThatStays(t *testing.T) {
	o := people()
	o.Apps = append(o.Apps, entrasim.App{ClientID: clientID, Secret: "s3cret", Roles: map[string][]string{entrasim.GraphURI: {"User.Read.All"}}})
	e := entrasim.Start(t, o)
	requests := new(atomic.Int64)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		w.Header().Set("WWW-Authenticate", e.Challenge())
		answer(401, `{"error":{"code":"InvalidAuthenticationToken","message":"Continuous access evaluation resulted in challenge."}}`)(w, r)
	}))
	defer server.Close()
	p, w := personOf(t, e, new(cacheFile))
	signsIn(t, e, p, adele)
	client, err := New(Options{Endpoint: server.URL, Token: p})
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range asksAtOnce(t, client, 3) {
		refused, ok := errors.AsType[*Error](err)
		if !ok || refused.Kind != SignedOut || !refused.OfTenant || refused.SignIn || !strings.HasSuffix(err.Error(), "sign in again: graphlake sign-in --tenant contoso") {
			t.Errorf("error = %v", err)
		}
	}
	if requests.Load() != 2 || e.Count(entrasim.Refresh) != 1 || len(w.reasons) != 1 {
		t.Errorf("%d requests, Entra was asked %v, told %q", requests.Load(), e.Counts(), w.reasons)
	}

	requests.Store(0)
	application, err := NewEntra(EntraOptions{
		Authority: e.URL, TenantID: e.TenantID(), ClientID: clientID, Secret: "s3cret",
		Scope: entrasim.GraphURI + "/.default", Connections: e.Client().Transport,
	})
	if err != nil {
		t.Fatal(err)
	}
	if client, err = New(Options{Endpoint: server.URL, Token: application}); err != nil {
		t.Fatal(err)
	}
	_, err = client.Get(t.Context(), Request{Version: "v1.0", Path: "/users"})
	if KindOf(err) != Unauthorized || requests.Load() != 2 || e.Count(entrasim.Application) != 2 {
		t.Errorf("%d requests, Entra was asked %v: %v", requests.Load(), e.Counts(), err)
	}
}

// Who signs in while a service wants more of the token before is not said to be signed out.
func TestSignsInDuringAChallenge(t *testing.T) {
	e := entrasim.Start(t, people())
	cache := new(cacheFile)
	p, w := personOf(t, e, cache)
	another, _ := personOf(t, e, cache)
	signsIn(t, e, p, adele)
	requests := new(atomic.Int64)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if requests.Add(1) == 2 {
			signsIn(t, e, another, adele)
		}
		w.Header().Set("WWW-Authenticate", e.Challenge())
		answer(401, `{"error":{"code":"InvalidAuthenticationToken","message":"Continuous access evaluation resulted in challenge."}}`)(w, r)
	}))
	defer server.Close()
	client, err := New(Options{Endpoint: server.URL, Token: p})
	if err != nil {
		t.Fatal(err)
	}
	if err := asksAtOnce(t, client, 1)[0]; KindOf(err) != SignedOut || requests.Load() != 2 || w.reasons != nil {
		t.Errorf("%d requests, told %q: %v", requests.Load(), w.reasons, err)
	}
}
