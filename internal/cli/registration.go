package cli

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"graphlake/control/bearer"
	"graphlake/schemas"
)

// Three registrations in Entra, because they are trusted with different things. They are written as Graph takes them at
// POST /applications, less what only a tenant knows.
// https://learn.microsoft.com/graph/api/resources/application
type manifest struct {
	// Required is what the application that reads is to be granted: part of its registration, which is there already.
	Required []resourceAccess `json:"requiredResourceAccess"`
	// Control is who is called by portals and other parts of a product: it reads nothing.
	Control registration `json:"control"`
	// SignIn is who signs people in. It may have no secret, and so none of the permissions of the first. Absent where no dataset can be
	// read for one person.
	SignIn *registration `json:"sign_in,omitempty"`
}

type resourceAccess struct {
	App    string       `json:"resourceAppId"`
	Access []roleAccess `json:"resourceAccess"`
}

type roleAccess struct {
	ID   string `json:"id"`
	Type string `json:"type"` // Role of an application, Scope of a person
}

type registration struct {
	DisplayName    string           `json:"displayName"`
	SignInAudience string           `json:"signInAudience"`
	IdentifierURIs []string         `json:"identifierUris,omitempty"`
	API            *exposedAPI      `json:"api,omitempty"`
	AppRoles       []appRole        `json:"appRoles,omitempty"`
	OptionalClaims *optionalClaims  `json:"optionalClaims,omitempty"`
	GroupClaims    string           `json:"groupMembershipClaims,omitempty"`
	Public         bool             `json:"isFallbackPublicClient,omitempty"`
	PublicClient   *publicClient    `json:"publicClient,omitempty"`
	Required       []resourceAccess `json:"requiredResourceAccess,omitempty"`
}

type exposedAPI struct {
	TokenVersion int     `json:"requestedAccessTokenVersion"`
	Scopes       []scope `json:"oauth2PermissionScopes"`
}

type scope struct {
	ID          string `json:"id"`
	Value       string `json:"value"`
	Type        string `json:"type"` // Admin: people cannot consent to it themselves
	DisplayName string `json:"adminConsentDisplayName"`
	Description string `json:"adminConsentDescription"`
	Enabled     bool   `json:"isEnabled"`
}

type appRole struct {
	ID          string   `json:"id"`
	Value       string   `json:"value"`
	Members     []string `json:"allowedMemberTypes"`
	DisplayName string   `json:"displayName"`
	Description string   `json:"description"`
	Enabled     bool     `json:"isEnabled"`
}

type optionalClaims struct {
	AccessToken []claim `json:"accessToken"`
}

type claim struct {
	Name string `json:"name"`
}

type publicClient struct {
	RedirectURIs []string `json:"redirectUris"`
}

// thisTenant says that nobody from elsewhere signs in.
const thisTenant = "AzureADMyOrg"

// accessID is the id of the scope by which people may call the control API, and of the role of the same name for applications. Entra takes one name twice only with one id, and then
// wants the texts to be the same; it has to be unique in the registration alone.
const accessID = "8e0c5a53-5f0e-4c55-9c3b-9a2d7f4b6e11"

// newControl is the registration of the control API. Its URI has the id that Entra gives it, so that the first time, without a
// configuration, it has none.
func newControl(c *controlConfig) registration {
	const name, description = "Ask graphlake for runs", "Ask graphlake for runs of its datasets, and how they stand, and cancel them."
	r := registration{
		DisplayName:    "graphlake control",
		SignInAudience: thisTenant,
		API:            &exposedAPI{2, []scope{{accessID, bearer.Right, "Admin", name, description, true}}},
		AppRoles:       []appRole{{accessID, bearer.Right, []string{"Application"}, name, description, true}},
		OptionalClaims: &optionalClaims{[]claim{{"idtyp"}}}, // says of an application's token that it is one
	}
	if c == nil {
		return r
	}
	if c.ClientID != "" && c.ClientID != placeholder {
		r.IdentifierURIs = []string{"api://" + c.ClientID}
	}
	if slices.ContainsFunc(c.Callers, func(of callerConfig) bool { return len(of.Groups) > 0 }) {
		r.GroupClaims = "ApplicationGroup" // those that are assigned to it: a token has room for 200
	}
	return r
}

// newSignIn is the registration by which people sign in, for the scopes; nil without a dataset that one person can be read.
func newSignIn(scopes []schemas.Permission, set schemas.Set) (*registration, error) {
	if len(scopes) == 0 {
		return nil, nil
	}
	graph := resourceAccess{App: schemas.GraphAppID}
	for _, p := range append(slices.Clone(scopes), offlineAccess) {
		id := set.ScopeID(p)
		if id == "" {
			return nil, unknownID(p)
		}
		graph.Access = append(graph.Access, roleAccess{id, "Scope"})
	}
	return &registration{
		DisplayName: "graphlake sign-in", SignInAudience: thisTenant,
		Public:       true,                                    // device codes
		PublicClient: &publicClient{[]string{signInRedirect}}, // a browser
		Required:     []resourceAccess{graph},
	}, nil
}

// signInRedirect is where a browser goes that has signed in. Of a loopback address Entra ignores the port.
const signInRedirect = "http://localhost"

// offlineAccess gives who signs in a refresh token. MSAL asks for it by itself.
const offlineAccess schemas.Permission = "offline_access"

// personScopes are the delegated permissions that a person consents to so that the datasets can be read for them, of those that can be:
// the least privileged, and the one that signs somebody in, also where another has it in it. None, if none of the datasets can be.
func personScopes(datasets []schemas.Dataset) []schemas.Permission {
	of := schemas.ForPerson(datasets)
	if len(of) == 0 {
		return nil
	}
	needs := schemas.Needs(append(requirements(of), schemas.SignIn))
	if !slices.Contains(needs, schemas.SignIn[0]) {
		needs = append(needs, schemas.SignIn[0])
	}
	return needs
}

// people are the names of tenants to which a person signs in.
func (c *config) people() (tenants []string) {
	for _, t := range c.Tenants {
		if t.Auth.Method == byDeviceCode {
			tenants = append(tenants, t.Name)
		}
	}
	return tenants
}

// personConsentURL is where an administrator grants to everybody who signs in what a sign-in asks for, so that nobody is asked. Without
// an address in front scopes are Graph's, in every cloud. Entra then leads to an address of the registration's, at which nobody answers.
// https://learn.microsoft.com/entra/identity-platform/v2-admin-consent
func (t tenantConfig) personConsentURL(scopes []string) string {
	var all []string // each once, from behind: the configuration may name what every sign-in asks for
	for _, s := range slices.Backward(append(slices.Clone(scopes), "openid", "profile", string(offlineAccess))) {
		if !slices.ContainsFunc(all, func(other string) bool { return strings.EqualFold(s, other) }) {
			all = append(all, s)
		}
	}
	slices.Reverse(all)
	query := url.Values{
		"client_id": {t.Auth.ClientID}, "redirect_uri": {signInRedirect},
		"scope": {strings.Join(all, " ")},
	}
	return fmt.Sprintf("%s/%s/v2.0/adminconsent?%s", strings.TrimRight(t.authority, "/"), t.TenantID, strings.ReplaceAll(query.Encode(), "+", "%20"))
}

func unknownID(p schemas.Permission) error {
	return fmt.Errorf("the id of %s is not known to this version; add the permission in the Entra admin center, or where a dataset declares it write {name: %s, id: GUID}", p, p)
}

// newRequired is what the application that reads asks for.
func newRequired(needs []schemas.Permission, set schemas.Set) ([]resourceAccess, error) {
	graph := resourceAccess{App: schemas.GraphAppID, Access: []roleAccess{}}
	for _, p := range needs {
		id := set.RoleID(p)
		if id == "" {
			return nil, unknownID(p)
		}
		graph.Access = append(graph.Access, roleAccess{id, "Role"})
	}
	return []resourceAccess{graph}, nil
}

// newManifest is of the datasets, and of who is left out.
func newManifest(datasets []schemas.Dataset, cfg *config) (m manifest, err error) {
	needs := schemas.Needs(append(requirements(datasets), cfg.Privacy.Exclude.of().Requirements()...))
	if m.Required, err = newRequired(needs, cfg.set); err != nil {
		return m, err
	}
	m.Control = newControl(cfg.Control)
	m.SignIn, err = newSignIn(personScopes(datasets), cfg.set)
	return m, err
}
