package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"graphlake/extract/graph"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/load/blobstore"
	"graphlake/load/dirstore"
	"graphlake/load/lane"
	"graphlake/schemas"
)

// configuration loads the file that --config names, with --lake on top.
func (c *command) configuration() (*config, error) {
	cfg, err := loadConfig(c.Config)
	if cfg == nil {
		return nil, usage(err)
	}
	at := ""
	if c.Lake != "" {
		cfg.Lake = c.Lake
	} else {
		at = cfg.line("$.lake") + ": "
	}
	if wrong := checkLake(cfg.Lake); wrong != nil {
		err = errors.Join(err, fmt.Errorf("%s%w", at, wrong))
	}
	err = errors.Join(err, cfg.placeTokenCaches(os.Getenv))
	cfg.log = c.logger()
	c.set, c.applications = cfg.set, map[string]string{}
	for _, t := range cfg.Tenants {
		c.applications[t.Name] = t.Auth.ClientID
	}
	return cfg, usage(err)
}

// known is the datasets that there are: those of the file that --config names, where there is one.
func (c *command) known() (schemas.Set, error) {
	if _, err := os.Stat(c.Config); errors.Is(err, fs.ErrNotExist) {
		return schemas.BuiltIn(), nil
	}
	cfg, err := loadConfig(c.Config)
	if cfg == nil {
		return nil, usage(err)
	}
	return cfg.set, usage(cfg.wrong) // whatever else is wrong in it
}

// checkLake refuses what is neither a directory nor in Blob Storage: a directory of that name would be made.
func checkLake(lake string) error {
	switch {
	case strings.TrimSpace(lake) == "":
		return errors.New("lake: nothing says where the lake is: want a directory, as ./lake, or az://CONTAINER/PREFIX, here or by --lake")
	case strings.HasPrefix(lake, "~"):
		return fmt.Errorf("the lake %s: ~ is a directory of that name here, and not your home: write it out, as /home/ada/lake", lake)
	}
	scheme, place, remote := strings.Cut(lake, "://")
	if remote && (scheme != "az" || strings.HasPrefix(place+"/", "/")) {
		return fmt.Errorf("the lake %s: want a directory, or az://CONTAINER/PREFIX", lake)
	}
	return nil
}

// variable is the form of a variable's name.
var variable = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,127}$`)

// environment is the value of a variable that the configuration names.
func environment(name string) (string, error) {
	if !variable.MatchString(name) { // perhaps the secret itself
		return "", usage(errors.New("the configuration has something else where the name of an environment variable belongs: put the name there, and the secret into that variable"))
	}
	value := strings.TrimSpace(os.Getenv(name)) // files that end in a newline are the rule
	if value == "" {
		return "", usage(fmt.Errorf("the environment variable %s is not set, but the configuration names it: export it", name))
	}
	return value, nil
}

// clients makes a Graph client for every one of the tenants, by the tenant's id.
func (c *config) clients(tenants []plan.Tenant, log *slog.Logger) (map[string]*graph.Client, error) {
	clients := map[string]*graph.Client{}
	for _, t := range c.Tenants {
		if !slices.Contains(tenants, t.planned()) {
			continue
		}
		token, err := c.tokens(t)
		if err != nil {
			return nil, err
		}
		if clients[t.TenantID], err = c.client(t, token, 0, log); err != nil {
			return nil, err
		}
	}
	return clients, nil
}

// client makes a tenant's. A request is tried a number of times at most; 0 is the usual number.
func (c *config) client(t tenantConfig, token graph.TokenSource, tries int, log *slog.Logger) (*graph.Client, error) {
	client, err := graph.New(graph.Options{Endpoint: c.Graph.Endpoint, Token: token, Rate: c.Graph.Rate, Budgets: c.budgets[t.TenantID], Tries: tries, Patience: c.patience, Log: log})
	if err != nil {
		return nil, usage(fmt.Errorf("tenant %s: %w", t.Name, err))
	}
	return client, nil
}

// store is where a lake is kept; Writable says before a run whether it will be able to commit.
type store interface {
	state.Store
	Writable(ctx context.Context) error
}

// openStore opens the lake where the configuration says: a directory, or az://CONTAINER/PREFIX.
func (c *config) openStore(ctx context.Context) (store, error) {
	if !c.inBlobStorage() {
		s, err := dirstore.NewWithOptions(ctx, c.Lake, dirstore.Options{Mode: c.Mode.directories(), Log: c.log})
		if err != nil {
			return nil, c.lakeError(err)
		}
		return s, nil
	}
	o, err := c.blobOptions()
	if err != nil {
		return nil, err
	}
	s, err := blobstore.New(ctx, o)
	if err != nil {
		return nil, c.lakeError(err)
	}
	return s, nil
}

func (c *config) inBlobStorage() bool { return strings.HasPrefix(c.Lake, "az://") }

// blobOptions say where in Blob Storage the lake is, and who opens it.
func (c *config) blobOptions() (blobstore.Options, error) {
	o := blobstore.Options{AccountURL: c.Azure.AccountURL, LeaseTime: time.Duration(c.Azure.Lease)}
	o.Container, o.Prefix, _ = strings.Cut(strings.TrimPrefix(c.Lake, "az://"), "/")
	var err error
	switch {
	case c.Azure.ConnectionStringEnv != "":
		if o.ConnectionString, err = environment(c.Azure.ConnectionStringEnv); err != nil {
			return o, err
		}
	case c.Azure.AccountURL != "":
		// The application of the first tenant is the one that the lake's owner granted a role.
		source, err := c.Tenants[0].token("https://storage.azure.com/.default")
		if err != nil {
			return o, err
		}
		o.Credential = storageCredential{graph.Retried(source)} // the Azure SDK does not try again who signs its requests
	default:
		return o, usage(fmt.Errorf("the lake %s needs azure.account_url or azure.connection_string_env in %s", c.Lake, c.file))
	}
	return o, nil
}

// createPlace makes what a lake lies in, a directory or a container, and reports whether that was not there.
func (c *config) createPlace(ctx context.Context) (made bool, err error) {
	if c.inBlobStorage() {
		o, err := c.blobOptions()
		if err != nil {
			return false, err
		}
		if made, err = blobstore.Create(ctx, o); err != nil {
			return false, c.lakeError(err)
		}
		return made, nil
	}
	_, absent := os.Stat(c.Lake)
	s, err := c.openStore(ctx)
	if err != nil {
		return false, err
	}
	if err := s.Writable(ctx); err != nil {
		return false, c.lakeError(err)
	}
	return absent != nil, nil
}

// openLake opens a lake to read what is in it.
func (c *config) openLake(ctx context.Context) (store, error) {
	if err := c.lakeIsThere(); err != nil {
		return nil, err
	}
	return c.openStore(ctx)
}

// lakeIsThere keeps who only works on what is there from making a lake out of a wrong name. In Blob Storage nobody makes
// one but who is asked to.
func (c *config) lakeIsThere() error {
	if c.inBlobStorage() {
		return nil
	}
	_, err := os.ReadDir(c.Lake)
	if errors.Is(err, fs.ErrNotExist) {
		return usage(fmt.Errorf("there is no lake at %s: the first run makes it; if it lies elsewhere, say so in %s or with --lake", c.Lake, c.file))
	}
	if errors.Is(err, fs.ErrPermission) {
		return usage(fmt.Errorf("the lake %s: %w; give this user the right to read it, as by its group, or choose another lake", c.Lake, err))
	}
	if err != nil {
		return usage(fmt.Errorf("the lake %s: %w; say in %s or with --lake where it lies", c.Lake, err, c.file))
	}
	return nil
}

// lakeError names the lake. A directory that does not work is a matter of configuration; a service
// may be down.
func (c *config) lakeError(err error) error {
	err = fmt.Errorf("the lake %s: %w", c.Lake, err)
	network, _ := errors.AsType[*url.Error](err)
	_, foreign := errors.AsType[lane.ForeignError](err)
	switch {
	case errors.Is(err, load.ErrLocked), errors.Is(err, context.Canceled), foreign:
		return err
	case errors.Is(err, blobstore.ErrNoContainer):
		return usage(fmt.Errorf("%w; if %s names the right one, make it with: graphlake init --create", err, c.file))
	case errors.Is(err, blobstore.ErrOptions) && c.Azure.ConnectionStringEnv != "":
		return usage(fmt.Errorf("%w; it is in %s: copy it anew from the storage account's access keys", err, c.Azure.ConnectionStringEnv))
	case network != nil && graph.KindOf(err) == 0:
		return fmt.Errorf("%w; check the account's name, the network and the proxy, and run again later", err)
	case errors.Is(err, fs.ErrNotExist) && !c.inBlobStorage():
		return usage(fmt.Errorf("%w; no directory can be made there: choose another lake", err))
	case errors.Is(err, blobstore.ErrOptions), !c.inBlobStorage():
		return usage(err)
	}
	return err
}
