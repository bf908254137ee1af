// Package entrasim is a stand-in for Microsoft Entra ID: it signs people in by a device code or a browser, gives tokens to
// them and to applications, rotates refresh tokens and its keys, and refuses as Entra does, over TLS on this machine.
//
// A test starts one, signs somebody in, and asks what was issued:
//
//	e := entrasim.Start(t, entrasim.Options{
//		Apps:   []entrasim.App{{ClientID: reader, Public: true, Consented: []string{"User.Read", "Presence.Read"}}},
//		People: []entrasim.Person{{Username: "adele@contoso.com"}},
//	})
//	// authority e.URL, tenant e.TenantID(), connections e.Client().Transport, and for a program SSL_CERT_FILE=e.CertificateFile(t)
//	code, _ := e.NextCode(ctx)             // waits until somebody asks for a device code
//	e.Enter(code, "adele@contoso.com")     // or Decline, Expire; e.Browser(ctx, "adele@contoso.com") opens the address of a sign-in
//	e.Revoke("adele@contoso.com")          // refresh tokens are refused from now on; RevokeAccess: access tokens only
//	e.Refuse(entrasim.Refresh, entrasim.Refusals["mfa"])
//	e.Issued()                             // everything that may be in no log
//
// Who guards an API of its own mints tokens with [Entra.AppToken] and [Entra.PersonToken], changes them with [Token.With] and signs
// them, well or badly, with [Entra.Sign]. Who plays Microsoft Graph asks [Entra.Check] whose a token is.
//
// What it knows of Entra it knows from Microsoft's documentation. It is strict where Entra is lenient, as with a refresh token that was
// rotated, unless an option says otherwise. It imports nothing of ours, and is safe for concurrent use.
package entrasim

import (
	"net/http"
	"time"
)

// Microsoft Graph as a resource: its application and the address that scopes begin with.
const (
	GraphID  = "00000003-0000-0000-c000-000000000000"
	GraphURI = "https://graph.microsoft.com"
)

// Options are what there is in the directory, and how Entra answers.
type Options struct {
	Tenants []string // ids; empty: one
	Apps    []App    // known in all tenants
	People  []Person

	Now func() time.Time // nil: time.Now

	Life        time.Duration // of access tokens; zero: 75 minutes. MSAL refreshes what has less than five minutes left
	RefreshLife time.Duration // of a refresh token that is not used; zero: 90 days
	CodeLife    time.Duration // of a device code; zero: 15 minutes

	// OldRefresh is how often a refresh token can be used after it was replaced: 0 never, -1 always, as Entra lets people do.
	OldRefresh int

	// Form is how scopes of Microsoft Graph are answered.
	Form ScopeForm

	// Partial leaves scopes that are not consented to out of the answer; otherwise asking for one is refused with 65001.
	Partial bool

	// Message is what somebody who asks for a device code is told, with %s for the code; empty: what Entra says.
	Message string
}

// ScopeForm is how a scope of Microsoft Graph is written in an answer.
type ScopeForm int

// Entra answers the short form to who asks for it.
const (
	Short   ScopeForm = iota // Presence.Read
	Full                     // https://graph.microsoft.com/Presence.Read
	AsAsked                  // whichever was asked for
)

// App is the registration of an application, and what a tenant has granted it.
type App struct {
	ClientID string
	Secret   string // empty: a confidential client that no secret opens
	Public   bool   // "Allow public client flows": device codes, and a browser without a secret

	Consented []string // delegated scopes: "Presence.Read", "api://…/application_access"; "*": whatever is asked for

	// Roles are the app roles that it was assigned, by the resource's URI or client id.
	Roles map[string][]string

	// What follows is of an application that is a resource to others.
	URI                string // api://<client id>; empty: it is that
	V1                 bool   // requestedAccessTokenVersion is null: tokens of version 1, with the URI as audience
	AssignmentRequired bool   // who has no role gets no token, by 501051; people without Assigned by 50105
	Assigned           []string
	GroupClaims        bool // tokens say which groups a person is in
}

// Person is a user in a tenant.
type Person struct {
	ID       string // object id; empty: drawn
	TenantID string // empty: the first
	Username string // adele@contoso.com
	Name     string
	Groups   []string // object ids
	NoMFA    bool     // signs in with a password alone
}

// What requests to Entra are for, as they are counted and made to fail.
const (
	Configuration = "configuration" // openid-configuration
	Keys          = "keys"          // JWKS
	Instances     = "instances"     // instance discovery
	DeviceCode    = "devicecode"    // a device code is asked for
	Authorize     = "authorize"     // a browser comes
	Poll          = "poll"          // a token for a device code
	Code          = "code"          // a token for an authorization code
	Refresh       = "refresh"       // a token for a refresh token
	Application   = "application"   // a token by client credentials
)

// Request is what was asked, less what proves who asks.
type Request struct {
	Kind     string // Refresh, …
	TenantID string // as it was written
	ClientID string
	Username string // empty: not known
	Scopes   []string
	Claims   string // of the parameter claims
	Header   http.Header
}

// Issued is something that Entra gave out.
type Issued struct {
	Kind string // access, refresh, id, device_code, user_code, code
	Text string
}
