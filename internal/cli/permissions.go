package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"strings"
	"text/tabwriter"

	"graphlake/schemas"
)

type permissionsCommand struct {
	choice
	Format  format `enum:"table,manifest,consent-url" default:"table" help:"table: what each product is granted, and what of it a batch job can use, with --output json as JSON. manifest: requiredResourceAccess of the application's registration, with what the datasets need, and beside it the registrations of the control API (control) and of who signs a person in (sign_in). consent-url: where an administrator grants that, for each tenant; where a person signs in, to everybody who does."`
	Product string `placeholder:"NAME" help:"One product (default: all)."`
}

// format is the value of --format.
type format string

// UnmarshalText refuses json with the cure; other values that are wrong the flag refuses.
func (f *format) UnmarshalText(text []byte) error {
	if string(text) == "json" {
		return errors.New("json is no format of its own; use --output json, as everywhere")
	}
	*f = format(text)
	return nil
}

func (p permissionsCommand) Run(c *command) error {
	cfg, err := p.configuration(c)
	if err != nil {
		return err
	}
	datasets, err := p.datasets(cfg)
	if err != nil {
		return err
	}
	switch p.Format {
	case "manifest":
		m, err := newManifest(datasets, cfg)
		if err != nil {
			return usage(err)
		}
		if people := cfg.people(); m.SignIn == nil && len(people) > 0 {
			fmt.Fprintf(c.stderr, "sign_in is left out: none of these datasets can be read for one person, though one signs in to %s; "+
				"take some that can be into a job, as graphlake datasets tells them, or name them with --dataset\n", strings.Join(people, ", "))
		}
		return c.printJSON(m)
	case "consent-url":
		return p.printConsent(c, cfg)
	}
	if len(p.Dataset) == 0 && p.Job == "" && len(cfg.Jobs) == 0 {
		datasets = cfg.set // what could be read, the optional ones too
	}
	products, err := p.products(datasets, cfg.set)
	if err != nil {
		return err
	}
	if c.Output == "json" {
		return c.printJSON(map[string]any{"products": products})
	}
	return c.printProducts(products, cfg.set)
}

// configuration is the file's, or an empty one where there is no file and nothing has to come from it.
func (p permissionsCommand) configuration(c *command) (*config, error) {
	_, err := os.Stat(c.Config)
	if errors.Is(err, fs.ErrNotExist) && c.Config == defaultConfig && p.Job == "" && p.Format != "consent-url" {
		return unconfigured(c.Config), nil
	}
	return c.configuration()
}

type productReport struct {
	Product     string        `json:"product"`
	Permissions []grantReport `json:"permissions"`
}

type grantReport struct {
	Permission schemas.Permission `json:"permission"`
	Type       string             `json:"type"`
	ID         string             `json:"id,omitempty"`
	Purpose    string             `json:"purpose"`
	Datasets   []string           `json:"datasets"`
	Cannot     string             `json:"cannot,omitempty"`
	Instead    string             `json:"instead,omitempty"`
	By         []fulfilment       `json:"fulfilled_by,omitempty"`
}

// fulfilment is a dataset that fulfils the purpose of a grant with another permission.
type fulfilment struct {
	Dataset    string             `json:"dataset"`
	Permission schemas.Permission `json:"permission"` // the least that opens its records
	Optional   bool               `json:"optional,omitempty"`
}

func (p permissionsCommand) products(datasets []schemas.Dataset, set schemas.Set) ([]productReport, error) {
	var reports []productReport
	var known []string
	for _, product := range schemas.Products() {
		known = append(known, product.Name)
		if p.Product != "" && !strings.EqualFold(p.Product, product.Name) {
			continue
		}
		report := productReport{Product: product.Name}
		for _, g := range product.Grants() {
			of := datasets
			if g.Type == schemas.Delegated {
				of = schemas.ForPerson(datasets)
			}
			report.Permissions = append(report.Permissions, grantReport{
				g.Permission, g.Type.String(), g.ID(), g.Purpose, names(g.Permission.Feeds(of)), g.Cannot, g.Instead,
				fulfilments(g, set),
			})
		}
		reports = append(reports, report)
	}
	if len(reports) == 0 {
		return nil, usage(fmt.Errorf("there is no product %q; there are %s", p.Product, strings.Join(known, ", ")))
	}
	return reports, nil
}

func fulfilments(g schemas.Grant, set schemas.Set) (all []fulfilment) {
	for _, name := range g.By {
		if d, ok := set.Find(name); ok {
			all = append(all, fulfilment{d.Name, d.Permissions[0], d.Optional})
		}
	}
	return all
}

func requirements(datasets []schemas.Dataset) []schemas.Requirement {
	var all []schemas.Requirement
	for _, d := range datasets {
		all = append(all, d.Requirements()...)
	}
	return all
}

func names(datasets []schemas.Dataset) []string {
	all := []string{}
	for _, d := range datasets {
		all = append(all, d.Name)
	}
	return all
}

// printProducts prints a table a product, and below it what a batch job cannot do, and by which datasets a purpose is
// fulfilled with another permission. Optional datasets have a star.
func (c *command) printProducts(products []productReport, set schemas.Set) error {
	optional := false
	starred := func(name string) string {
		if d, ok := set.Find(name); ok && d.Optional {
			optional = true
			return name + "*"
		}
		return name
	}
	for _, p := range products {
		fmt.Fprintf(c.stdout, "%s\n\n", p.Product)
		w := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "permission\ttype\tdatasets\tpurpose")
		for _, g := range p.Permissions {
			var datasets []string
			for _, name := range g.Datasets {
				datasets = append(datasets, starred(name))
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", g.Permission, g.Type, cmp.Or(strings.Join(datasets, ", "), "-"), g.Purpose)
		}
		if err := w.Flush(); err != nil {
			return err
		}
		fmt.Fprintln(c.stdout)
		for _, g := range p.Permissions {
			if g.Cannot != "" {
				fmt.Fprintf(c.stdout, "%s: a batch job cannot %s", g.Permission, g.Cannot)
				if g.Instead != "" {
					fmt.Fprintf(c.stdout, "; instead: %s", g.Instead)
				}
				fmt.Fprintln(c.stdout)
			}
			if len(g.By) > 0 {
				var by []string
				for _, f := range g.By {
					by = append(by, fmt.Sprintf("%s (%s)", starred(f.Dataset), f.Permission))
				}
				fmt.Fprintf(c.stdout, "%s: fulfilled by %s\n", g.Permission, strings.Join(by, ", "))
			}
		}
		fmt.Fprintln(c.stdout)
	}
	if optional {
		fmt.Fprintln(c.stdout, "* read only where it is named, so that nobody's consent grows by surprise")
	}
	_, err := fmt.Fprintln(c.stdout, "An administrator grants them for the whole organization at the link of --format consent-url.")
	return err
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
		case t.Auth.Method == byManagedIdentity:
			without = append(without, fmt.Errorf("tenant %s: a managed identity is not consented to: %s", t.Name, assignRoles))
		case t.Auth.ClientID == "":
			without = append(without, fmt.Errorf("tenant %s: whom to consent to is not known; add auth.client_id in %s", t.Name, cfg.file))
		case t.Auth.Method == byDeviceCode:
			links = append(links, link{t.Name, t.personConsentURL(cfg.scopes(t))})
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
