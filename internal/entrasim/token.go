package entrasim

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// refreshToken is one of a session's: each use replaces it.
type refreshToken struct {
	session  *session
	expires  time.Time
	replaced bool
	reused   int
}

// SetLife changes the life of access tokens from now on.
func (e *Entra) SetLife(d time.Duration) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.options.Life = d
}

func (e *Entra) life() time.Duration {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.options.Life
}

// whose is the username of who asks, as what they bring says. The lock is held.
func (e *Entra) whose(r *http.Request) string {
	var s *session
	if t := e.refresh[r.Form.Get("refresh_token")]; t != nil {
		s = t.session
	}
	if g := e.granted[r.Form.Get("code")]; g != nil {
		s = g.session
	}
	for _, d := range e.devices {
		if d.code == r.Form.Get("device_code") && d.session != nil {
			s = d.session
		}
	}
	if s != nil {
		return s.person.Username
	}
	if c, err := r.Cookie(cookie); err == nil {
		return c.Value
	}
	return ""
}

func (e *Entra) serveToken(w http.ResponseWriter, r *http.Request, tenant string) {
	if r.Method != http.MethodPost || r.ParseForm() != nil {
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	if id, secret, ok := r.BasicAuth(); ok {
		r.Form.Set("client_id", id)
		r.Form.Set("client_secret", secret)
	}
	kind, ok := map[string]string{
		"urn:ietf:params:oauth:grant-type:device_code": Poll, "device_code": Poll,
		"authorization_code": Code, "refresh_token": Refresh, "client_credentials": Application,
	}[r.Form.Get("grant_type")]
	if !ok {
		e.refuse(w, Refusal{Error: "unsupported_grant_type", Code: 70003, Description: "The app requested an unsupported grant type."}, r)
		return
	}
	e.asked(w, r, kind, func(w http.ResponseWriter, r *http.Request) {
		if refusal := e.mayAsk(r, kind); refusal != nil {
			e.refuse(w, *refusal, r)
			return
		}
		if kind == Application {
			e.serveApplication(w, r, tenant)
			return
		}
		s, scopes, refusal := map[string]func(*http.Request) (*session, []string, *Refusal){
			Poll: e.poll, Code: e.redeem, Refresh: e.renew,
		}[kind](r)
		if refusal == nil {
			if asked := strings.Fields(r.Form.Get("scope")); len(asked) > 0 {
				scopes = asked
			}
			if s.person.TenantID != tenant && tenant != common {
				refusal = &Refusal{Error: "invalid_grant", Code: 50020, Description: "User account '{user}' does not exist in the tenant."}
			}
		}
		if refusal != nil {
			e.refuse(w, *refusal, r)
			return
		}
		e.servePerson(w, r, s, scopes)
	})
}

// mayAsk says what is wrong with who is not the application that it says.
func (e *Entra) mayAsk(r *http.Request, kind string) *Refusal {
	e.mu.Lock()
	defer e.mu.Unlock()
	id := r.Form.Get("client_id")
	if refusal := e.registered(id); refusal != nil {
		return refusal
	}
	a := e.apps[strings.ToLower(id)]
	secret, assertion := r.Form.Get("client_secret"), r.Form.Get("client_assertion")
	var name string
	switch {
	case secret != "" && secret != a.Secret:
		name = "secret"
	case secret != "", assertion != "" && kind == Application:
		return nil
	case kind == Application, !a.Public:
		name = "not-public"
	default:
		return nil
	}
	f := Refusals[name]
	return &f
}

// renew takes a refresh token. What follows it is made by servePerson.
func (e *Entra) renew(r *http.Request) (*session, []string, *Refusal) {
	e.mu.Lock()
	defer e.mu.Unlock()
	t := e.refresh[r.Form.Get("refresh_token")]
	var name string
	switch {
	case t == nil, !strings.EqualFold(t.session.clientID, r.Form.Get("client_id")):
		name = "malformed"
	case !e.options.Now().Before(t.expires):
		name = "inactive"
	case t.replaced && e.options.OldRefresh >= 0 && t.reused >= e.options.OldRefresh:
		name = "replaced"
	default:
		if t.replaced {
			t.reused++
		}
		return t.session, nil, nil
	}
	f := Refusals[name]
	return nil, nil, &f
}

var oidc = []string{"openid", "profile", "email", "offline_access"}

// asking is what scopes of one resource stand for.
type asking struct {
	resource *App // Graph, if none is named
	names    []string
	full     bool // they began with the resource
	all      bool // .default
}

// parse reads scopes. The lock is held.
func (e *Entra) parse(scopes []string) (asking, *Refusal) {
	var a asking
	for _, s := range scopes {
		if slices.Contains(oidc, s) {
			continue
		}
		resource, name := GraphURI, s
		if i := strings.LastIndexByte(s, '/'); i >= 0 {
			resource, name, a.full = s[:i], s[i+1:], true
		}
		app := e.apps[e.resource(resource)]
		switch {
		case app == nil:
			return a, &Refusal{Error: "invalid_resource", Code: 500011, Description: "The resource principal named " + resource + " was not found in the tenant."}
		case a.resource != nil && a.resource != app:
			return a, &Refusal{Error: "invalid_request", Code: 28000, Description: "Provided value for the input parameter scope is not valid because it contains more than one resource."}
		}
		a.resource = app
		if name == ".default" {
			a.all = true
		} else {
			a.names = append(a.names, name)
		}
	}
	if a.resource == nil {
		a.resource = e.apps[GraphID]
	}
	return a, nil
}

// consented are the scopes of a resource that an application has, and those that it asked for and has not. The lock is held.
func (e *Entra) consented(clientID string, asked asking) (has, lacks []string) {
	app := e.apps[strings.ToLower(clientID)]
	for _, c := range app.Consented {
		a, refusal := e.parse([]string{c})
		if c == "*" {
			has = append(has, asked.names...)
		} else if refusal == nil && a.resource == asked.resource {
			has = append(has, a.names...)
		}
	}
	for _, name := range asked.names {
		if !slices.ContainsFunc(has, func(h string) bool { return strings.EqualFold(h, name) }) {
			lacks = append(lacks, name)
		}
	}
	return has, lacks
}

// servePerson gives a person's tokens to who has shown a grant: an access token with everything that the application is consented to at
// the resource, as Entra does, and a refresh token in place of the one before.
func (e *Entra) servePerson(w http.ResponseWriter, r *http.Request, s *session, scopes []string) {
	e.mu.Lock()
	asked, refusal := e.parse(scopes)
	if refusal == nil {
		refusal = e.forbids(s)
	}
	var has, lacks []string
	if refusal == nil {
		has, lacks = e.consented(s.clientID, asked)
		target := asked.resource
		switch {
		case len(lacks) > 0 && !e.options.Partial:
			refusal = new(Refusal)
			*refusal = Refusals["consent"]
		case target.AssignmentRequired && !slices.ContainsFunc(target.Assigned, func(name string) bool {
			return strings.EqualFold(name, s.person.Username) || name == s.person.ID || slices.Contains(s.person.Groups, name)
		}):
			refusal = new(Refusal)
			*refusal = Refusals["unassigned"]
		}
	}
	life, person := e.options.Life, *s.person
	e.mu.Unlock()
	if refusal != nil {
		e.refuse(w, *refusal, r)
		return
	}
	t := e.PersonToken(person.Username, s.clientID, asked.resource.ClientID, has...)
	e.answerClaims(&t, r.Form.Get("claims"))
	id := e.IDToken(person.Username, s.clientID)
	if r.Form.Get("nonce") != "" {
		id = id.With("nonce", r.Form.Get("nonce"))
	}
	answered := e.lifetimes(life)
	e.mu.Lock()
	if old := e.refresh[r.Form.Get("refresh_token")]; old != nil {
		old.replaced = true
	}
	refresh := "1.C" + random(120)
	e.refresh[refresh] = &refreshToken{session: s, expires: e.options.Now().Add(e.options.RefreshLife)}
	access := e.sign(t, "access")
	e.access[access] = &issuedAccess{
		who: Who{
			TenantID: person.TenantID, ClientID: s.clientID, Resource: strings.ToLower(asked.resource.ClientID),
			PersonID: person.ID, Username: person.Username, Scopes: has,
		},
		expires: e.options.Now().Add(life),
	}
	answered["token_type"], answered["access_token"] = "Bearer", access
	answered["scope"] = strings.Join(e.written(asked, has, scopes), " ")
	if slices.Contains(scopes, "offline_access") || r.Form.Get("grant_type") == "refresh_token" {
		answered["refresh_token"] = refresh
		e.issued = append(e.issued, Issued{"refresh", refresh})
	}
	if slices.Contains(scopes, "openid") {
		answered["id_token"] = e.sign(id, "id")
	}
	if r.Form.Get("client_info") == "1" {
		answered["client_info"] = encode(map[string]string{"uid": person.ID, "utid": person.TenantID})
	}
	e.mu.Unlock()
	answer(w, http.StatusOK, answered)
}

// written are scopes as the answer has them. The lock is held.
func (e *Entra) written(asked asking, has, scopes []string) (all []string) {
	graph := asked.resource.ClientID == GraphID
	for _, name := range has {
		if !graph || e.options.Form == Full || e.options.Form == AsAsked && asked.full {
			name = asked.resource.URI + "/" + name
		}
		all = append(all, name)
	}
	for _, s := range scopes {
		if slices.Contains(oidc, s) && s != "offline_access" {
			all = append(all, s)
		}
	}
	return all
}

func (e *Entra) lifetimes(life time.Duration) map[string]any {
	all := map[string]any{"expires_in": int(life.Seconds()), "ext_expires_in": int(life.Seconds())}
	if life > 2*time.Hour {
		all["refresh_in"] = int(life.Seconds()) / 2
	}
	return all
}

// answerClaims puts into a token what the parameter claims asks for: that it is newer than an instant, and that who has it can answer
// challenges.
func (e *Entra) answerClaims(t *Token, text string) {
	var claims struct {
		Access struct {
			NotBefore struct{ Value string }    `json:"nbf"`
			Can       struct{ Values []string } `json:"xms_cc"`
		} `json:"access_token"`
	}
	if json.Unmarshal([]byte(text), &claims) != nil {
		return
	}
	if nbf, err := strconv.ParseInt(claims.Access.NotBefore.Value, 10, 64); err == nil {
		if now, ok := t.Claims["iat"].(int64); ok && now < nbf {
			t.Claims["iat"], t.Claims["nbf"] = nbf, nbf
		}
	}
	if len(claims.Access.Can.Values) > 0 {
		t.Claims["xms_cc"] = claims.Access.Can.Values
	}
}

func (e *Entra) serveApplication(w http.ResponseWriter, r *http.Request, tenant string) {
	clientID := r.Form.Get("client_id")
	e.mu.Lock()
	asked, refusal := e.parse(strings.Fields(r.Form.Get("scope")))
	life := e.options.Life
	var roles []string
	if refusal == nil {
		for name, assigned := range e.apps[strings.ToLower(clientID)].Roles {
			if e.apps[e.resource(name)] == asked.resource {
				roles = append(roles, assigned...)
			}
		}
		switch {
		case !asked.all || len(asked.names) > 0:
			refusal = &Refusal{Error: "invalid_scope", Code: 1002012, Description: "The provided value for scope is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier."}
		case asked.resource.AssignmentRequired && len(roles) == 0:
			refusal = new(Refusal)
			*refusal = Refusals["no-role"]
		}
	}
	e.mu.Unlock()
	if refusal != nil {
		e.refuse(w, *refusal, r)
		return
	}
	t := e.AppToken(clientID, asked.resource.ClientID, roles...).With("tid", tenant)
	if t.Claims["ver"] == "2.0" {
		t.Claims["iss"], t.Claims["azpacr"] = e.issuer(tenant), "1"
	} else {
		t.Claims["iss"], t.Claims["appidacr"] = "https://sts.windows.net/"+tenant+"/", "1"
	}
	e.answerClaims(&t, r.Form.Get("claims"))
	answered := e.lifetimes(life)
	e.mu.Lock()
	access := e.sign(t, "access")
	e.access[access] = &issuedAccess{
		who:     Who{TenantID: tenant, ClientID: clientID, Resource: strings.ToLower(asked.resource.ClientID), Roles: roles},
		expires: e.options.Now().Add(life),
	}
	e.mu.Unlock()
	answered["token_type"], answered["access_token"] = "Bearer", access
	answer(w, http.StatusOK, answered)
}
