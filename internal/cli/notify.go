package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"github.com/goccy/go-yaml/ast"

	"graphlake/internal/foreign"
	"graphlake/internal/secretfile"
	"graphlake/jobs"
	"graphlake/jobs/clock"
	"graphlake/jobs/plan"
	"graphlake/load"
	"graphlake/notify"
)

// notifyConfig is who is told of what is not as it should be.
type notifyConfig struct {
	Name        string   `yaml:"name"`
	Command     []string `yaml:"command"` // gets a message as JSON on its standard input
	WebhookEnv  string   `yaml:"webhook_env"`
	WebhookFile string   `yaml:"webhook_file"`
	Format      string   `yaml:"format"` // of a webhook's: json, or teams for an Adaptive Card
	On          []string `yaml:"on"`     // kinds; none: all
}

const formatTeams = "teams"

var webhookFile = secretfile.Kind{Key: "webhook_file"}

func (n notifyConfig) check(fail func(field, format string, args ...any)) {
	ways := 0
	for _, is := range []bool{len(n.Command) > 0, n.WebhookEnv != "", n.WebhookFile != ""} {
		if is {
			ways++
		}
	}
	switch {
	case ways != 1:
		fail("name", "want one of command, webhook_env and webhook_file")
	case len(n.Command) > 0 && n.Command[0] == "":
		fail("command[0]", "want the program to run")
	case len(n.Command) > 0 && n.Format != "":
		fail("format", "a command gets JSON; the format is that of a webhook")
	case !slices.Contains([]string{"", "json", formatTeams}, n.Format):
		fail("format", "%q is neither json nor teams", n.Format)
	}
	for i, kind := range n.On {
		if !slices.Contains(notify.Kinds(), notify.Kind(kind)) {
			fail(fmt.Sprintf("on[%d]", i), "%v", unknown("kind", kind, "", kindNames()))
		}
	}
}

func kindNames() []string {
	var names []string
	for _, k := range notify.Kinds() {
		names = append(names, string(k))
	}
	return names
}

func (c *config) checkNotify(fail func(path, format string, args ...any)) {
	names := map[string]bool{}
	for i, n := range c.Notify {
		at := fmt.Sprintf("$.notify[%d].", i)
		if n.Name == "" || names[n.Name] {
			fail(at+"name", "everybody who is notified needs a name of their own")
		}
		names[n.Name] = true
		n.check(func(field, format string, args ...any) { fail(at+field, format, args...) })
	}
}

// target is whom the configuration means, with the address from where it is kept.
func (c *config) target(n notifyConfig) (notify.Target, error) {
	t := notify.Target{Name: n.Name, On: notify.Kinds()}
	if len(n.On) > 0 {
		t.On = nil
		for _, kind := range n.On {
			t.On = append(t.On, notify.Kind(kind))
		}
	}
	if len(n.Command) > 0 {
		t.Channel = notify.Command{Args: n.Command, Env: c.environmentWithoutSecrets()}
		return t, nil
	}
	var text, from string
	var err error
	if n.WebhookEnv != "" {
		from = n.WebhookEnv
		text, err = environment(n.WebhookEnv)
	} else {
		from = n.WebhookFile
		var read []byte
		read, err = webhookFile.Read(n.WebhookFile)
		text = strings.TrimSpace(string(read))
	}
	var address notify.Address
	if err == nil {
		if address, err = notify.ParseAddress(text); err != nil {
			err = fmt.Errorf("%s holds no address of a webhook: %w", from, err)
		}
	}
	t.Channel = notify.Webhook{Address: address, Teams: n.Format == formatTeams}
	return t, err
}

// environmentWithoutSecrets is ours without the variables that the configuration names for secrets, or that have them where it
// names none, and those of collectors. It is what programs of others get.
func (c *config) environmentWithoutSecrets() []string {
	secret := envKeys{names: map[string]bool{c.Privacy.KeyEnv: true, defaultTokenKey: true}}
	for _, doc := range c.tree.Docs {
		ast.Walk(secret, doc.Body)
	}
	return slices.DeleteFunc(os.Environ(), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return secret.names[name] || strings.HasPrefix(name, "OTEL_EXPORTER_OTLP_")
	})
}

// envKeys gathers the values of all keys that end in _env.
type envKeys struct{ names map[string]bool }

func (e envKeys) Visit(n ast.Node) ast.Visitor {
	if pair, ok := n.(*ast.MappingValueNode); ok && strings.HasSuffix(pair.Key.GetToken().Value, "_env") {
		e.names[pair.Value.GetToken().Value] = true
	}
	return e
}

// notifier tells those whom the configuration names. Who cannot be told, because an address is missing, is logged: the data
// matters more. Without a store nothing that was told is remembered.
func (c *config) notifier(ctx context.Context, store notify.Store, log *slog.Logger) *notify.Notifier {
	n := &notify.Notifier{Store: store, Lake: c.Lake, Log: log}
	for i, one := range c.Notify {
		t, err := c.target(one)
		if err != nil {
			log.ErrorContext(ctx, "somebody is not notified; graphlake notify --test tries it when that is mended",
				"to", one.Name, "at", c.line(fmt.Sprintf("$.notify[%d]", i)), "error", err)
			continue
		}
		n.Targets = append(n.Targets, t)
	}
	return n
}

// notifyOfRun tells what a run has found, and what is late of all jobs.
func (s *setup) notifyOfRun(ctx context.Context, job string, now time.Time, rep jobs.Report, err error) {
	if len(s.config.Notify) == 0 {
		return
	}
	found := foundByRun(job, rep, err)
	if rep.Run != "" {
		found = found.And(s.late(ctx, now))
	}
	found = found.And(s.signIns(ctx, s.tenants))
	s.config.notifier(ctx, s.runner.Store, s.runner.Log).Tell(ctx, found, time.Now())
}

// late is what is late of all scheduled jobs; nothing if that is not known.
func (s *setup) late(ctx context.Context, now time.Time) notify.Found {
	all, err := s.config.scheduled(tenantChoice{}, "")
	if err != nil {
		return notify.Found{}
	}
	late, err := clock.Late(ctx, s.runner.Store, all, now)
	if err != nil {
		s.runner.Log.WarnContext(ctx, "what is late is not known", "error", err)
		all = nil
	}
	return notify.OfLate(late, all, func(o clock.Overdue) bool { return !o.Tables && o.Tried() }) // else another run may be at work, or none was ever to be
}

// signIns is who has to sign in.
func (s *setup) signIns(ctx context.Context, tenants []plan.Tenant) notify.Found {
	signIns, err := clock.LoadSignIns(ctx, s.runner.Store, tenants)
	if err != nil {
		s.runner.Log.WarnContext(ctx, "who is signed in is not known", "error", err)
	}
	return notify.OfSignIns(signIns, time.Now())
}

// notifyOfNoRun tells that a run could not begin.
func (c *config) notifyOfNoRun(ctx context.Context, job string, err error) {
	if len(c.Notify) == 0 {
		return
	}
	var store notify.Store
	if s, err := c.openLake(ctx); err == nil {
		store = s
	}
	c.notifier(ctx, store, c.log).Tell(ctx, foundByRun(job, jobs.Report{}, err), time.Now())
}

// foundByRun is what a run says, also if it has not begun.
func foundByRun(job string, rep jobs.Report, err error) notify.Found {
	if rep.Run != "" {
		return notify.OfRun(rep, job)
	}
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, load.ErrLocked) {
		return notify.Found{}
	}
	reason := map[int]string{ExitUsage: "configuration", ExitForbidden: "unauthorized", ExitLater: "unavailable"}[exitStatus(err)]
	return notify.OfNoRun(job, reason, time.Now())
}

type notifyCommand struct {
	Test bool     `help:"Send a message that says that it is a test, with one event of each kind."`
	To   []string `placeholder:"NAME" help:"To these only (default: to all of notify)."`
}

// testReport is what came back.
type testReport struct {
	Targets []targetReport `json:"targets"`
}

type targetReport struct {
	To      string  `json:"to"`
	Arrived bool    `json:"arrived"`
	Seconds float64 `json:"seconds"`
	Answer  string  `json:"answer,omitempty"`
	Fault   string  `json:"error,omitempty"`
}

func (n notifyCommand) Run(ctx context.Context, c *command) error {
	cfg, err := c.configuration()
	if err != nil {
		return err
	}
	if !n.Test {
		return usage(errors.New("notify: runs notify by themselves, and this command only tries it: want --test"))
	}
	var names []string
	for _, one := range cfg.Notify {
		names = append(names, one.Name)
	}
	if len(names) == 0 {
		return usage(fmt.Errorf("%s: it has no notify, so nobody would be told: docs/operations.md says how", cfg.file))
	}
	for _, name := range n.To {
		if !slices.Contains(names, name) {
			return usage(fmt.Errorf("--to: %w", unknown("name in notify", name, "", names)))
		}
	}
	rep := testReport{Targets: []targetReport{}}
	for _, one := range cfg.Notify {
		if len(n.To) == 0 || slices.Contains(n.To, one.Name) {
			rep.Targets = append(rep.Targets, targetReport{To: one.Name})
		}
	}
	now := time.Now()
	var sending sync.WaitGroup
	for i := range rep.Targets {
		sending.Go(func() { cfg.testTarget(ctx, &rep.Targets[i], now) })
	}
	sending.Wait()
	if err := c.printTest(rep); err != nil {
		return err
	}
	if slices.ContainsFunc(rep.Targets, func(t targetReport) bool { return !t.Arrived }) {
		return StatusError{Status: ExitFailed}
	}
	return nil
}

func (c *config) testTarget(ctx context.Context, rep *targetReport, now time.Time) {
	i := slices.IndexFunc(c.Notify, func(n notifyConfig) bool { return n.Name == rep.To })
	target, err := c.target(c.Notify[i])
	if err != nil {
		rep.Fault = foreign.Printable(fmt.Sprintf("%s: %v", c.line(fmt.Sprintf("$.notify[%d]", i)), err))
		return
	}
	start := time.Now()
	rep.Answer, err = notify.Test(ctx, target, c.Lake, now)
	rep.Seconds, rep.Arrived = time.Since(start).Seconds(), err == nil
	if err != nil {
		rep.Answer, rep.Fault = "", foreign.Printable(err.Error())
	}
}

func (c *command) printTest(rep testReport) error {
	if c.Output == "json" {
		return c.printJSON(rep)
	}
	w := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "to\tarrived\tseconds\tanswer")
	for _, t := range rep.Targets {
		arrived := map[bool]string{true: "yes", false: "no"}[t.Arrived]
		fmt.Fprintf(w, "%s\t%s\t%.1f\t%s%s\n", t.To, arrived, t.Seconds, t.Answer, t.Fault)
	}
	return w.Flush()
}
