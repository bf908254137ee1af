package entrasim

import (
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"net/http"
	"strings"
	"sync"
	"time"
)

// key is a key that signs.
type key struct {
	id      string
	private *rsa.PrivateKey
}

func newKey() *key {
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err) // there is no randomness
	}
	sum := sha1.Sum(private.N.Bytes()) // as Entra calls them: a thumbprint
	return &key{id: base64.RawURLEncoding.EncodeToString(sum[:]), private: private}
}

// RotateKeys has a new key sign from now on, and gives its id. The old ones stay published until DropOldKeys.
func (e *Entra) RotateKeys() (kid string) {
	k := newKey()
	e.mu.Lock()
	defer e.mu.Unlock()
	e.keys = append(e.keys, k)
	return k.id
}

// DropOldKeys publishes no key but the one that signs.
func (e *Entra) DropOldKeys() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.keys = e.keys[len(e.keys)-1:]
}

// serveKeys answers keys as Entra does: without an algorithm.
func (e *Entra) serveKeys(w http.ResponseWriter, _ *http.Request, tenant string) {
	e.mu.Lock()
	keys := []any{}
	for _, k := range e.keys {
		keys = append(keys, map[string]any{
			"kty": "RSA", "use": "sig", "kid": k.id, "x5t": k.id, "issuer": e.issuer(tenant),
			"n": base64.RawURLEncoding.EncodeToString(k.private.N.Bytes()),
			"e": base64.RawURLEncoding.EncodeToString(big.NewInt(int64(k.private.E)).Bytes()),
		})
	}
	e.mu.Unlock()
	answer(w, http.StatusOK, map[string]any{"keys": keys})
}

// Token is a token before it is signed. The zero Token is signed by RS256 with the key that signs now.
type Token struct {
	Alg      string // RS256, RS384, RS512, PS256; HS256 with the public key in PEM as the secret; none: without a signature
	Kid      string // empty: the key's own
	NoKid    bool
	Stranger bool           // signed by a key that is not Entra's
	Header   map[string]any // further fields
	Claims   map[string]any
}

// With changes a claim in a copy; nil leaves it out.
func (t Token) With(claim string, value any) Token {
	t.Claims = maps.Clone(t.Claims)
	if value == nil {
		delete(t.Claims, claim)
	} else {
		t.Claims[claim] = value
	}
	return t
}

// AppToken is what an application gets for a resource (its URI or client id), with roles.
func (e *Entra) AppToken(clientID, resource string, roles ...string) Token {
	t := e.token(e.TenantID(), clientID, resource)
	delete(t.Claims, "scp")
	t.Claims["oid"] = servicePrincipal(clientID)
	t.Claims["sub"], t.Claims["idtyp"] = t.Claims["oid"], "app"
	if len(roles) > 0 {
		t.Claims["roles"] = roles
	}
	return t
}

// PersonToken is what a person gets by an application for a resource, with scopes in their short form. Username has to be known.
func (e *Entra) PersonToken(username, clientID, resource string, scopes ...string) Token {
	p, ok := e.Person(username)
	if !ok {
		panic("entrasim: there is no " + username)
	}
	t := e.token(p.TenantID, clientID, resource)
	e.describe(t.Claims, p, clientID)
	t.Claims["scp"] = strings.Join(scopes, " ")
	if a := e.apps[e.resource(resource)]; a != nil && a.GroupClaims && len(p.Groups) > 0 {
		t.Claims["groups"] = p.Groups
	}
	return t
}

// IDToken says to an application who somebody is. It is no access token, though it looks like one.
func (e *Entra) IDToken(username, clientID string) Token {
	p, ok := e.Person(username)
	if !ok {
		panic("entrasim: there is no " + username)
	}
	now := e.options.Now()
	t := Token{Claims: map[string]any{
		"aud": clientID, "iss": e.issuer(p.TenantID), "iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(time.Hour).Unix(),
		"tid": p.TenantID, "ver": "2.0", "uti": random(16), "rh": "1." + random(20),
	}}
	e.describe(t.Claims, p, clientID)
	return t
}

func (e *Entra) describe(claims map[string]any, p Person, clientID string) {
	sum := sha256.Sum256([]byte(p.ID + clientID)) // another for each application
	claims["oid"], claims["sub"], claims["name"] = p.ID, base64.RawURLEncoding.EncodeToString(sum[:]), p.Name
	if claims["ver"] == "1.0" {
		claims["upn"], claims["unique_name"] = p.Username, p.Username
	} else {
		claims["preferred_username"] = p.Username
	}
}

// resource is the client id of what somebody asks a token for, in lower case; empty if nobody is called so.
func (e *Entra) resource(name string) string {
	for id, a := range e.apps {
		if strings.EqualFold(a.URI, strings.TrimRight(name, "/")) || strings.EqualFold(id, name) {
			return id
		}
	}
	return ""
}

func (e *Entra) token(tenant, clientID, resource string) Token {
	now := e.options.Now()
	claims := map[string]any{
		"iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(e.life()).Unix(), "tid": tenant,
		"aio": random(40), "uti": random(16), "rh": "1." + random(20),
	}
	a := e.apps[e.resource(resource)]
	switch {
	case a != nil && a.V1:
		claims["ver"], claims["aud"], claims["iss"] = "1.0", a.URI, "https://sts.windows.net/"+tenant+"/"
		claims["appid"], claims["appidacr"] = clientID, "0"
	default:
		aud := resource
		if a != nil {
			aud = a.ClientID
		}
		claims["ver"], claims["aud"], claims["iss"] = "2.0", aud, e.issuer(tenant)
		claims["azp"], claims["azpacr"] = clientID, "0"
	}
	return Token{Claims: claims}
}

// Sign gives the text of a token. What it signs counts as issued.
func (e *Entra) Sign(t Token) string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.sign(t, "access")
}

var stranger = sync.OnceValue(newKey)

// sign wants the lock to be held.
func (e *Entra) sign(t Token, kind string) string {
	k := e.keys[len(e.keys)-1]
	alg, kid := t.Alg, t.Kid
	if alg == "" {
		alg = "RS256"
	}
	if kid == "" {
		kid = k.id
	}
	if t.Stranger {
		k = stranger()
	}
	header := map[string]any{"typ": "JWT", "alg": alg, "kid": kid, "x5t": kid}
	if t.NoKid {
		delete(header, "kid")
		delete(header, "x5t")
	}
	maps.Copy(header, t.Header)
	text := encode(header) + "." + encode(t.Claims)
	text += "." + base64.RawURLEncoding.EncodeToString(signature(k, alg, text))
	e.issued = append(e.issued, Issued{kind, text})
	return text
}

func signature(k *key, alg, text string) []byte {
	sum := sha256.Sum256([]byte(text))
	var signed []byte
	var err error
	switch alg {
	case "RS256":
		signed, err = rsa.SignPKCS1v15(nil, k.private, crypto.SHA256, sum[:])
	case "RS384":
		sum := sha512.Sum384([]byte(text))
		signed, err = rsa.SignPKCS1v15(nil, k.private, crypto.SHA384, sum[:])
	case "RS512":
		sum := sha512.Sum512([]byte(text))
		signed, err = rsa.SignPKCS1v15(nil, k.private, crypto.SHA512, sum[:])
	case "PS256":
		signed, err = rsa.SignPSS(rand.Reader, k.private, crypto.SHA256, sum[:], nil)
	case "HS256":
		raw, _ := x509.MarshalPKIXPublicKey(k.private.Public())
		mac := hmac.New(sha256.New, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: raw}))
		mac.Write([]byte(text))
		return mac.Sum(nil)
	case "none":
	default:
		panic("entrasim: nothing signs by " + alg)
	}
	if err != nil {
		panic(err)
	}
	return signed
}

func encode(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

// Who is whose a token is.
type Who struct {
	TenantID, ClientID string
	Resource           string // the client id of what it is for, in lower case
	PersonID, Username string // empty: an application's
	Scopes, Roles      []string
}

// ErrRevoked is the error of an access token that was taken back: a resource answers it with 401 and [Entra.Challenge].
var ErrRevoked = errors.New("the token was revoked")

// issuedAccess is an access token that was given to somebody.
type issuedAccess struct {
	who     Who
	expires time.Time
	revoked bool
}

// Check says whose an access token is that Entra has issued: to a person who signed in, or to an application.
func (e *Entra) Check(token string) (Who, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	a := e.access[token]
	switch {
	case a == nil:
		return Who{}, errors.New("the token was never issued")
	case a.revoked:
		return a.who, ErrRevoked
	case !e.options.Now().Before(a.expires):
		return a.who, fmt.Errorf("the token has expired at %s", a.expires.UTC().Format(time.RFC3339))
	}
	return a.who, nil
}

// Challenge is the WWW-Authenticate of a resource that wants a token newer than those that were revoked, for who can answer it.
// https://learn.microsoft.com/entra/identity-platform/claims-challenge
func (e *Entra) Challenge() string {
	return fmt.Sprintf(`Bearer realm="", authorization_uri="%s/common/oauth2/authorize", client_id="%s", error="insufficient_claims", claims="%s"`,
		e.URL, GraphID, base64.StdEncoding.EncodeToString([]byte(e.challengeClaims())))
}

func (e *Entra) challengeClaims() string {
	return fmt.Sprintf(`{"access_token":{"nbf":{"essential":true,"value":"%d"}}}`, e.options.Now().Unix())
}

// random is a text of n random bytes.
func random(n int) string {
	raw := make([]byte, n)
	_, _ = rand.Read(raw)
	return base64.RawURLEncoding.EncodeToString(raw)
}

func newID() string {
	raw := make([]byte, 16)
	_, _ = rand.Read(raw)
	return idOf(raw)
}

// servicePrincipal is the object id of an application in a tenant.
func servicePrincipal(clientID string) string {
	sum := sha256.Sum256([]byte("service principal " + strings.ToLower(clientID)))
	return idOf(sum[:16])
}

func idOf(raw []byte) string {
	raw[6], raw[8] = raw[6]&0x0f|0x40, raw[8]&0x3f|0x80
	return fmt.Sprintf("%08x-%04x-%04x-%04x-%012x", binary.BigEndian.Uint32(raw), raw[4:6], raw[6:8], raw[8:10], raw[10:16])
}
