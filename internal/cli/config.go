package cli

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"math"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"graphlake/extract/graph"
	"graphlake/internal/commandline"
	"graphlake/jobs"
	"graphlake/jobs/exclude"
	"graphlake/schemas"
	"graphlake/schemas/declare"
)

// config is the configuration file. Secrets are not in it, only where they are.
type config struct {
	Lake    string               `yaml:"lake"`
	Mode    lakeMode             `yaml:"lake_mode"` // 0: the usual one
	Azure   azureConfig          `yaml:"azure"`
	Graph   graphConfig          `yaml:"graph"`
	Tenants []tenantConfig       `yaml:"tenants"`
	Jobs    map[string]jobConfig `yaml:"jobs"`
	Privacy privacyConfig        `yaml:"privacy"`
	Delta   deltaConfig          `yaml:"delta"` // of a lake whose tables are Delta tables too
	// Datasets are those that the user declares, besides those that come with the program.
	Datasets declarations `yaml:"datasets"`
	// Notify is who is told of what is not as it should be.
	Notify []notifyConfig `yaml:"notify"`
	// Control is who may ask graphlake serve for runs; nil: nobody.
	Control *controlConfig `yaml:"control"`

	file     string
	tree     *ast.File
	log      *slog.Logger
	budgets  map[string]*graph.Budgets // by the tenant's id, of all its clients, where an engine above has several; nil: each has its own
	patience time.Duration             // of requests to Graph, where an engine above tries again; 0: the usual

	set schemas.Set // of datasets that there are; with what is wrong in declared, not all of them are sound

	declared []declare.Declared
	wrong    error // with them
}

type azureConfig struct {
	AccountURL          string   `yaml:"account_url"`
	ConnectionStringEnv string   `yaml:"connection_string_env"`
	Lease               duration `yaml:"lease"` // for how long a run that was killed keeps the next one off
}

type graphConfig struct {
	Endpoint  string  `yaml:"endpoint"`
	Authority *string `yaml:"authority"` // nil: the environment of a cluster says it, or else the global cloud's
	Rate      float64 `yaml:"rate"`
}

type tenantConfig struct {
	Name     string     `yaml:"name"`
	TenantID string     `yaml:"tenant_id"`
	Auth     authConfig `yaml:"auth"`

	authority string // graph.authority, or what stands in for it
}

type jobConfig struct {
	Schedule string    `yaml:"schedule"`
	Timezone string    `yaml:"timezone"`
	Datasets []string  `yaml:"datasets"`
	Lookback duration  `yaml:"lookback"` // 0: each dataset's own
	Expire   bool      `yaml:"expire"`   // after it, or instead of reading where it has no datasets: remove what is older than privacy.keep
	Vacuum   bool      `yaml:"vacuum"`   // at the end, or instead of reading: remove from the lane what no reader needs any more
	Jitter   duration  `yaml:"jitter"`   // a run begins up to so much later than its time
	Late     *duration `yaml:"late"`     // so long after its time, its data may not be there yet; nil where it does not say
}

type privacyConfig struct {
	Content      string `yaml:"content"`
	Detail       string `yaml:"detail"`
	Pseudonymize bool   `yaml:"pseudonymize"`
	KeyEnv       string `yaml:"key_env"`
	// Keep is how long the lake keeps days after they have ended.
	Keep keepConfig `yaml:"keep"`

	Exclude excludeConfig `yaml:"exclude"`
}

// excludeConfig is who, and what, never gets into the lake. It may change from run to run.
type excludeConfig struct {
	Users         []string `yaml:"users"`
	Groups        []string `yaml:"groups"`
	PrivateEvents bool     `yaml:"private_events"`
}

func (e excludeConfig) of() exclude.Settings { return exclude.Settings(e) }

func (e excludeConfig) check(fail func(field, format string, args ...any)) {
	for i, name := range e.Users {
		if local, domain, ok := strings.Cut(name, "@"); !guid.MatchString(name) && (!ok || local == "" || domain == "" || strings.ContainsAny(name, " \t\n/")) {
			fail(fmt.Sprintf("users[%d]", i), "want the id of a user, which is a GUID, or a sign-in name, as ada@contoso.example")
		}
	}
	for i, id := range e.Groups {
		if !guid.MatchString(id) {
			fail(fmt.Sprintf("groups[%d]", i), "want the id of a group, which is a GUID; Entra shows it as the object ID")
		}
	}
}

// declarations is the value of the key datasets, which is read when all else has been.
type declarations struct{ node ast.Node }

// UnmarshalYAML keeps the value as it is written, with its places.
func (d *declarations) UnmarshalYAML(node ast.Node) error {
	d.node = node
	return nil
}

// declaredOf are those of the datasets that the user declares.
func (c *config) declaredOf(datasets []schemas.Dataset) []schemas.Dataset {
	var all []schemas.Dataset
	for _, d := range c.declared {
		if slices.ContainsFunc(datasets, func(o schemas.Dataset) bool { return o.Name == d.Name }) {
			all = append(all, d.Dataset)
		}
	}
	return all
}

// unchanged says where a declaration differs from what the lake has.
func (c *config) unchanged(err error) error {
	joined, ok := err.(interface{ Unwrap() []error }) // as errors.Join makes it
	if !ok {
		change, ok := errors.AsType[*jobs.ChangeError](err)
		if !ok {
			return err
		}
		for _, d := range c.declared {
			if d.Name == change.Dataset {
				return usage(fmt.Errorf("%s: %w", d.PlaceOf(change.Table, change.Column, change.Key), change))
			}
		}
		return usage(change)
	}
	var errs []error
	for _, one := range joined.Unwrap() {
		errs = append(errs, c.unchanged(one))
	}
	return usage(errors.Join(errs...))
}

// declare adds the datasets that the user declares.
func (c *config) declare() {
	if c.Datasets.node == nil {
		return
	}
	c.declared, c.wrong = declare.Read(c.file, c.Datasets.node, c.set, func(name string) (called string, text []byte, err error) {
		called = name
		if !filepath.IsAbs(name) {
			called = filepath.Join(filepath.Dir(c.file), name)
		}
		text, err = os.ReadFile(called)
		return called, text, err
	})
	for _, d := range c.declared {
		c.set = append(c.set, d.Dataset)
	}
}

// duration is a time.Duration that is written as 2w, 3d or 72h.
type duration time.Duration

// UnmarshalYAML fails as the decoder does for its own types, so that the fault is said as theirs are.
func (d *duration) UnmarshalYAML(node ast.Node) error {
	text := node.GetToken().Value
	parsed, ok := declare.ParseDuration(text)
	if !ok {
		return &yaml.TypeError{DstType: reflect.TypeFor[duration](), SrcType: reflect.TypeFor[string](), Token: node.GetToken()}
	}
	*d = duration(parsed)
	return nil
}

// What is asked, and what signs in, where nothing else is said: Graph and Entra of the global cloud.
const (
	microsoft = "https://graph.microsoft.com"
	entra     = "https://login.microsoftonline.com"
)

// UnmarshalText reads the value of a flag.
func (d *duration) UnmarshalText(text []byte) error {
	parsed, ok := declare.ParseDuration(string(text))
	if !ok {
		return fmt.Errorf("%q: want %s", text, declare.DurationForm)
	}
	*d = duration(parsed)
	return nil
}

func (d duration) String() string { return inDays(time.Duration(d)) }

// unconfigured is what there is without a file of that name.
func unconfigured(file string) *config {
	return &config{file: file, set: schemas.BuiltIn(), log: slog.New(slog.DiscardHandler)}
}

// loadConfig reads and checks the configuration. Every error names the file and, where it can, the line.
func loadConfig(file string) (*config, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no %s: write one with graphlake init, or name it with --config", file)
	}
	if err != nil {
		return nil, fmt.Errorf("read the configuration: %w; name a file that can be read with --config", err)
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff")) // as some editors write it
	c := unconfigured(file)
	c.Graph.Endpoint, c.Graph.Rate = microsoft, 1
	if c.tree, err = parser.ParseBytes(text, 0); err != nil {
		return nil, c.undecoded(err)
	}
	var anything any
	if yaml.Unmarshal(text, &anything) == nil && anything == nil {
		return nil, fmt.Errorf("%s is empty: remove it, and write one with graphlake init", file)
	}
	if err := yaml.UnmarshalWithOptions(text, c, yaml.Strict()); err != nil {
		return nil, c.undecoded(err)
	}
	c.fillIn()
	c.declare()
	return c, errors.Join(c.wrong, c.valueless(), c.check())
}

func (c *config) fillIn() {
	if c.Azure.Lease == 0 {
		c.Azure.Lease = duration(longestLease)
	}
	if c.Privacy.Content == "" {
		c.Privacy.Content = "none"
	}
	if c.Privacy.Detail == "" {
		c.Privacy.Detail = "full"
	}
	if c.Privacy.KeyEnv == "" {
		c.Privacy.KeyEnv = "GRAPHLAKE_PSEUDONYM_KEY"
	}
	c.fillInControl()
	for i := range c.Tenants {
		t := &c.Tenants[i]
		if c.Graph.Authority != nil {
			t.authority = *c.Graph.Authority
		}
		t.fillIn(os.Getenv)
		t.authority = cmp.Or(t.authority, entra)
		t.TenantID = strings.ToLower(t.TenantID) // as partitions carry it
	}
}

// line is where in the file a YAML path leads to, as "graphlake.yaml:12". What is not there is missing
// from what is above it; the file alone if that is not there either.
func (c *config) line(path string) string {
	for ; path != "$" && path != ""; path = path[:max(0, strings.LastIndexAny(path, ".["))] {
		p, err := yaml.PathString(path)
		if err != nil {
			continue
		}
		if node, err := p.FilterFile(c.tree); err == nil && node != nil && node.GetToken() != nil {
			return fmt.Sprintf("%s:%d", c.file, node.GetToken().Position.Line)
		}
	}
	return c.file
}

var guid = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

// What Blob Storage grants.
const (
	shortestLease = 15 * time.Second
	longestLease  = 60 * time.Second
)

// check says everything that is wrong with the configuration, each with its line.
func (c *config) check() error {
	var errs []error
	fail := func(path, format string, args ...any) {
		errs = append(errs, fmt.Errorf("%s: %s: "+format, append([]any{c.line(path), strings.TrimPrefix(path, "$.")}, args...)...))
	}
	if wrong := wrongEndpoint(c.Graph.Endpoint); wrong != "" {
		fail("$.graph.endpoint", "%s; Graph's is %s", wrong, microsoft)
	}
	if a := c.Graph.Authority; a != nil && !isURL(*a) {
		fail("$.graph.authority", "%q is no URL; Entra's is %s", *a, entra)
	}
	if !(c.Graph.Rate > 0) || math.IsInf(c.Graph.Rate, 1) {
		fail("$.graph.rate", "a factor on the published limits has to be above 0: want a number as 0.5")
	}
	if err := c.Mode.check(); err != nil {
		fail("$.lake_mode", "%v", err)
	}
	if len(c.Tenants) == 0 {
		fail("$.tenants", "at least one tenant is needed")
	}
	names, ids := map[string]bool{}, map[string]bool{}
	for i, t := range c.Tenants {
		at := fmt.Sprintf("$.tenants[%d]", i)
		if t.Name == "" || names[t.Name] {
			fail(at+".name", "every tenant needs a name of its own")
		}
		names[t.Name] = true
		if !guid.MatchString(t.TenantID) {
			fail(at+".tenant_id", "%q is no GUID; Entra shows it as the directory (tenant) ID", t.TenantID)
		}
		if ids[t.TenantID] {
			fail(at+".tenant_id", "another tenant has this id; its partitions would be written twice")
		}
		ids[t.TenantID] = true
		t.Auth.check(func(field, format string, args ...any) { fail(at+".auth."+field, format, args...) })
	}
	for _, name := range slices.Sorted(maps.Keys(c.Jobs)) {
		c.Jobs[name].check(c.set, func(field, format string, args ...any) { fail("$.jobs."+name+"."+field, format, args...) })
	}
	if t := c.Tenants; len(t) > 0 && (t[0].Auth.Method == byToken || t[0].Auth.Method == byDeviceCode) && strings.HasPrefix(c.Lake, "az://") && c.Azure.ConnectionStringEnv == "" {
		fail("$.azure", "a token for Graph does not open Blob Storage; use connection_string_env, or another auth.method for the first tenant")
	}
	if u := c.Azure.AccountURL; u != "" && !isURL(u) {
		fail("$.azure.account_url", "%q is no URL; an account's is https://ACCOUNT.blob.core.windows.net", u)
	}
	if l := time.Duration(c.Azure.Lease); l < shortestLease || l > longestLease || l%time.Second != 0 {
		fail("$.azure.lease", "Blob Storage grants whole seconds from %v to %v, not %v", shortestLease, longestLease, l)
	}
	if !slices.Contains(schemas.Contents(), schemas.Content(c.Privacy.Content)) {
		fail("$.privacy.content", "%q: want none, titles, text or full", c.Privacy.Content)
	}
	if !slices.Contains(schemas.DetailLevels(), schemas.DetailLevel(c.Privacy.Detail)) {
		fail("$.privacy.detail", "%q is neither full nor coarse", c.Privacy.Detail)
	}
	c.Delta.check(fail)
	c.checkKeep(fail)
	c.checkVacuum(fail)
	c.checkNotify(fail)
	c.checkControl(fail)
	c.checkPeople(fail)
	c.Privacy.Exclude.check(func(field, format string, args ...any) { fail("$.privacy.exclude."+field, format, args...) })
	return errors.Join(errs...)
}

// wrongEndpoint says why tokens cannot be sent to an endpoint, without what may be a password in it.
func wrongEndpoint(text string) string {
	u, err := url.Parse(text)
	switch {
	case !isURL(text) || err != nil:
		return fmt.Sprintf("%q is no URL", text)
	case u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "":
		return fmt.Sprintf("%q has more than a scheme and a host", u.Redacted())
	case u.Scheme == "http" && !onThisMachine(u.Hostname()):
		return fmt.Sprintf("%q is not https, and tokens are sent to it", text)
	}
	return ""
}

func isURL(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http")
}

func (j jobConfig) check(set schemas.Set, fail func(field, format string, args ...any)) {
	if len(j.Datasets) == 0 && !j.Expire && !j.Vacuum {
		fail("datasets", "a job needs at least one; graphlake datasets lists them")
	}
	for i, name := range j.Datasets {
		d, ok := set.Find(name)
		if !ok {
			fail(fmt.Sprintf("datasets[%d]", i), "%v", unknownDataset(set, name))
		}
		if j.Lookback > 0 && time.Duration(j.Lookback) < d.Settle {
			fail("lookback", "records of %s change for %s, so what changes later than the lookback would be lost: want %s at least, or leave it out, and each dataset has its own", name, inDays(d.Settle), inDays(d.Settle))
		}
	}
	if _, err := time.LoadLocation(j.Timezone); err != nil {
		fail("timezone", "%q is not known; want a name as Europe/Berlin", j.Timezone)
	} else if _, err := j.times(); err != nil {
		fail("schedule", "%v", err)
	}
}

// unknown says that a name of some kind is none of those that are known, and which of them was meant, or may have been.
func unknown(kind, name, where string, known []string) error {
	cure := commandline.DidYouMean(name, known)
	if cure == "" {
		cure = "; there are: " + strings.Join(known, ", ")
	}
	return fmt.Errorf("there is no %s %q%s%s", kind, name, where, cure)
}

func unknownDataset(set schemas.Set, name string) error {
	if d, _, ok := set.FindTable(name); ok {
		return fmt.Errorf("there is no dataset %q; that is a table of the dataset %s", name, d.Name)
	}
	var known []string
	for _, d := range set {
		known = append(known, d.Name)
	}
	return unknown("dataset", name, "", known)
}

// undecoded says of an error of the YAML decoder where it is and what is wanted there. It does not show
// what stands there, which may be a secret that does not belong there.
func (c *config) undecoded(err error) error {
	if e, ok := errors.AsType[*yaml.TypeError](err); ok {
		return c.want(e, form(e.DstType))
	}
	if e, ok := errors.AsType[*yaml.UnexpectedNodeTypeError](err); ok {
		if e.Expected == ast.SequenceType {
			return c.want(e, "a list, as [a, b]")
		}
		return c.want(e, "keys with their values, as {key: value}")
	}
	cure := ""
	switch e, unknown := errors.AsType[*yaml.UnknownFieldError](err); {
	case unknown:
		cure = commandline.DidYouMean(e.GetToken().Value, keysOf(reflect.TypeFor[config]()))
		if cure == "" {
			cure = "; graphlake init writes a file with all that there are"
		}
	case isTab(err):
		return fmt.Errorf("%w: that is a tab, and YAML is indented with blanks", declare.YAMLError(c.file, err))
	}
	return fmt.Errorf("%w%s", declare.YAMLError(c.file, err), cure)
}

func (c *config) want(err yaml.Error, what string) error {
	at := err.GetToken().Position
	f := finder{at: at.Offset}
	for _, doc := range c.tree.Docs {
		ast.Walk(&f, doc.Body)
	}
	key := strings.TrimPrefix(strings.TrimPrefix(f.path, "$"), ".")
	if key == "" {
		key = "the file"
	}
	return fmt.Errorf("%s:%d: %s: want %s", c.file, at.Line, key, what)
}

// isTab reports whether the YAML is indented with one, which no editor shows.
func isTab(err error) bool {
	e, ok := errors.AsType[yaml.Error](err)
	return ok && strings.Contains(e.GetMessage(), "found character '\t")
}

// keysOf are the keys of the configuration, of a type and all below it.
func keysOf(t reflect.Type) (all []string) {
	for t.Kind() == reflect.Slice || t.Kind() == reflect.Map || t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return nil
	}
	for field := range t.Fields() {
		if key, _, _ := strings.Cut(field.Tag.Get("yaml"), ","); key != "" {
			all = append(all, key)
			all = append(all, keysOf(field.Type)...)
		}
	}
	return all
}

// form is what to write for a value of a type.
func form(t reflect.Type) string {
	switch {
	case t == reflect.TypeFor[duration]():
		return declare.DurationForm
	case t == reflect.TypeFor[deltaConfig]():
		return "true, false, or keys, as {layout: per_tenant, compact: true}"
	case t == reflect.TypeFor[lakeMode]():
		return "the octal mode of directories, as 0750 or 0755"
	case t.Kind() == reflect.Float64:
		return "a number, as 0.5"
	case t.Kind() == reflect.Bool:
		return "true or false"
	default:
		return "a text"
	}
}

// finder finds the path of the outermost value that begins at an offset.
type finder struct {
	at   int
	path string
}

func (f *finder) Visit(n ast.Node) ast.Visitor {
	if f.path == "" && n.GetToken().Position.Offset == f.at {
		f.path = n.GetPath()
	}
	return f
}
