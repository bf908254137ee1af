package entrasim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

var guid = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// exposed is a scope or an app role, by the names that they have in common.
type exposed struct{ id, value, name, description string }

// registration is what of an application Graph takes.
// https://learn.microsoft.com/graph/api/resources/application
type registration struct {
	DisplayName    string   `json:"displayName"`
	SignInAudience string   `json:"signInAudience"`
	IdentifierURIs []string `json:"identifierUris"`
	API            struct {
		TokenVersion *int `json:"requestedAccessTokenVersion"`
		Scopes       []struct {
			ID, Value, Type         string
			AdminConsentDisplayName string
			AdminConsentDescription string
			IsEnabled               bool
		} `json:"oauth2PermissionScopes"`
	} `json:"api"`
	AppRoles []struct {
		ID, Value, DisplayName, Description string
		AllowedMemberTypes                  []string
		IsEnabled                           bool
	} `json:"appRoles"`
	OptionalClaims struct {
		AccessToken []struct{ Name string } `json:"accessToken"`
	} `json:"optionalClaims"`
	GroupMembershipClaims string `json:"groupMembershipClaims"`
	Public                bool   `json:"isFallbackPublicClient"`
	PublicClient          struct {
		RedirectURIs []string `json:"redirectUris"`
	} `json:"publicClient"`
	Required []struct {
		ResourceAppID  string `json:"resourceAppId"`
		ResourceAccess []struct{ ID, Type string }
	} `json:"requiredResourceAccess"`
}

// Register makes an application of a registration as Graph takes it at POST /applications, or says why Graph would not. What it may use
// of Microsoft Graph are ids, of which names gives the names.
func Register(clientID string, text []byte, names map[string]string) (App, error) {
	var r registration
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil {
		return App{}, fmt.Errorf("Request_BadRequest: %w", err)
	}
	if r.DisplayName == "" {
		return App{}, fmt.Errorf("Request_BadRequest: the required property displayName is missing")
	}
	a := App{
		ClientID: clientID, Public: r.Public, GroupClaims: r.GroupMembershipClaims != "",
		V1: r.API.TokenVersion == nil || *r.API.TokenVersion != 2,
	}
	for _, uri := range r.IdentifierURIs {
		if uri != "api://"+clientID {
			return App{}, fmt.Errorf("HostNameNotOnVerifiedDomain: %s is none of the application's own", uri)
		}
		a.URI = uri
	}
	if err := r.checkExposed(); err != nil {
		return App{}, err
	}
	for _, of := range r.Required {
		for _, access := range of.ResourceAccess {
			name := names[access.ID]
			switch {
			case !guid.MatchString(access.ID), of.ResourceAppID == GraphID && name == "":
				return App{}, fmt.Errorf("Request_BadRequest: there is no permission %s", access.ID)
			case access.Type == "Scope" && !slices.Contains(oidc, name):
				a.Consented = append(a.Consented, name)
			}
		}
	}
	return a, nil
}

// checkExposed says what is wrong with its scopes and roles.
func (r registration) checkExposed() error {
	var all []exposed
	for _, s := range r.API.Scopes {
		all = append(all, exposed{s.ID, s.Value, s.AdminConsentDisplayName, s.AdminConsentDescription})
	}
	for _, s := range r.AppRoles {
		if !slices.Contains(s.AllowedMemberTypes, "User") && !slices.Contains(s.AllowedMemberTypes, "Application") {
			return fmt.Errorf("Request_BadRequest: the role %s is for nobody", s.Value)
		}
		all = append(all, exposed{s.ID, s.Value, s.DisplayName, s.Description})
	}
	return sharedNames(all)
}

// sharedNames holds scopes and roles of an application to Entra's rule: one id has one value, one value has one id, and what has both in
// common has the same texts.
func sharedNames(all []exposed) error {
	for i, one := range all {
		if !guid.MatchString(one.id) || one.value == "" || strings.ContainsAny(one.value, " ") {
			return fmt.Errorf("Request_BadRequest: the scope or role %q has the id %q", one.value, one.id)
		}
		for _, other := range all[:i] {
			switch {
			case one.id == other.id && one != other:
				return fmt.Errorf("Request_BadRequest: what has the identifier %s must have the same value, names and descriptions", one.id)
			case one.value == other.value && one.id != other.id:
				return fmt.Errorf("DuplicateValue: it contains the value %s twice", one.value)
			}
		}
	}
	return nil
}
