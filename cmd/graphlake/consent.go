package main

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"graphlake/schemas"
)

// manifest is the part of an application's registration that says what it is to be granted.
type manifest struct {
	Required []resourceAccess `json:"requiredResourceAccess"`
}

type resourceAccess struct {
	App    string       `json:"resourceAppId"`
	Access []roleAccess `json:"resourceAccess"`
}

type roleAccess struct {
	ID   string `json:"id"`
	Type string `json:"type"`
}

func newManifest(needs []schemas.Permission) (manifest, error) {
	graph := resourceAccess{App: schemas.GraphAppID, Access: []roleAccess{}}
	for _, p := range needs {
		id := p.RoleID()
		if id == "" {
			return manifest{}, fmt.Errorf("the id of %s is not known to this version; add the permission in the Entra admin center", p)
		}
		graph.Access = append(graph.Access, roleAccess{id, "Role"})
	}
	return manifest{[]resourceAccess{graph}}, nil
}

// consentURL is where an administrator of the tenant grants the application what its registration
// asks for, for the whole organization.
func (t tenantConfig) consentURL(clientID string) string {
	return fmt.Sprintf("%s/%s/adminconsent?client_id=%s", strings.TrimRight(t.authority, "/"), t.TenantID, url.QueryEscape(clientID))
}

// printConsent prints the links, one a line.
func (p permissionsCommand) printConsent(c *command, cfg *config) error {
	type link struct {
		Tenant string `json:"tenant"`
		URL    string `json:"url"`
	}
	tenants, err := p.tenants(cfg)
	if err != nil {
		return err
	}
	links := []link{}
	var without []error
	for _, t := range tenants {
		unknown := t.known()
		switch {
		case unknown != nil:
			without = append(without, fmt.Errorf("tenant %s: %w", t.Name, unknown))
		case t.Auth.Method == byMachine:
			without = append(without, fmt.Errorf("tenant %s: a managed identity is not consented to: %s", t.Name, assignRoles))
		case t.Auth.ClientID == "":
			without = append(without, fmt.Errorf("tenant %s: whom to consent to is not known; add auth.client_id in %s", t.Name, cfg.file))
		default:
			links = append(links, link{t.Name, t.consentURL(t.Auth.ClientID)})
		}
	}
	if c.Output == "json" {
		err = c.printJSON(links)
	} else {
		for _, l := range links {
			fmt.Fprintln(c.stdout, l.URL)
		}
	}
	return errors.Join(err, usage(errors.Join(without...)))
}

// assignRoles is what to do for a managed identity.
const assignRoles = "assign it the roles themselves (appRoleAssignments of its service principal), by the ids of graphlake permissions --format manifest"
