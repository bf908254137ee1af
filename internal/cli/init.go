package cli

import (
	"cmp"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"graphlake/jobs/plan"
	"graphlake/schemas"
)

// placeholder stands for an id that is not known yet. It can be planned with, but not signed in with.
const placeholder = "00000000-0000-0000-0000-000000000000"

// defaultLake is where the lake is that nobody named.
const defaultLake = "./lake"

// simulatedTenant is what the lake calls the tenant of the simulator, which itself has no id.
const simulatedTenant = "4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30"

type initCommand struct {
	TenantID  string `placeholder:"GUID" help:"Entra's directory (tenant) ID (default: a placeholder)."`
	ClientID  string `placeholder:"GUID" help:"Entra's application (client) ID (default: a placeholder)."`
	Simulator string `placeholder:"URL" help:"Write it for the simulator at the address that graphsim prints."`
	Create    bool   `help:"Make the container or the directory of the lake, by the configuration that is there or is written."`
}

//go:embed init.yaml
var initial string

// initReport is what was made, and what comes next.
type initReport struct {
	Config string     `json:"config"`
	Lake   *lakePlace `json:"lake,omitempty"`
	Next   []step     `json:"next"`

	written bool
}

// lakePlace is what a lake lies in, and whether it was made now.
type lakePlace struct {
	Lake string `json:"lake"`
	Made bool   `json:"made"`
}

// Run writes a configuration that is whole but for the ids, and never over another file. Who asks for the lake's place
// has a configuration, or gets one.
func (i initCommand) Run(ctx context.Context, c *command) error {
	if err := errors.Join(i.check(), checkLake(cmp.Or(c.Lake, defaultLake))); err != nil {
		return usage(err)
	}
	r := initReport{Config: c.Config, Next: []step{}}
	if !i.onlyCreates(c) {
		if err := writeNew(c.Config, i.text(c.Lake)); err != nil {
			return usage(err)
		}
		r.written, r.Next = true, i.next(c.Config, c.Lake)
	}
	var err error
	if i.Create {
		r.Lake, err = c.createLake(ctx)
	}
	if err != nil && !r.written {
		return err
	}
	return errors.Join(err, c.printInit(r))
}

// onlyCreates reports whether a configuration is there by which the lake's place is made.
func (i initCommand) onlyCreates(c *command) bool {
	_, err := os.Stat(c.Config)
	return err == nil && i == initCommand{Create: true}
}

func (c *command) createLake(ctx context.Context) (*lakePlace, error) {
	cfg, err := c.configuration()
	if err != nil {
		return nil, err
	}
	made, err := cfg.createPlace(ctx)
	if err != nil {
		return nil, err
	}
	return &lakePlace{cfg.Lake, made}, nil
}

func (c *command) printInit(r initReport) error {
	if c.Output == "json" {
		return c.printJSON(r)
	}
	if r.Lake != nil {
		what := map[bool]string{true: "made", false: "there already:"}[r.Lake.Made]
		fmt.Fprintf(c.stdout, "%s %s\n", what, r.Lake.Lake)
	}
	if !r.written {
		return nil
	}
	fmt.Fprintf(c.stdout, "wrote %s; next:\n", r.Config)
	return c.printNext(r.Next)
}

func (i initCommand) check() error {
	for _, id := range []struct{ flag, value string }{{"--tenant-id", i.TenantID}, {"--client-id", i.ClientID}} {
		if id.value != "" && !guid.MatchString(id.value) {
			return fmt.Errorf("%s: %q is no GUID; Entra shows it in the application's overview", id.flag, id.value)
		}
	}
	if i.Simulator != "" && !isURL(i.Simulator) {
		return fmt.Errorf("--simulator: %q is no URL; graphsim prints its own, as http://127.0.0.1:8080", i.Simulator)
	}
	return nil
}

// text is the file. Lines that begin with ?simulator or ?entra are for those who begin with the one or the other.
func (i initCommand) text(lake string) string {
	begin, tenant := "entra", placeholder
	if i.Simulator != "" {
		begin, tenant = "simulator", simulatedTenant
	}
	values := map[string]string{
		"lake": strconv.Quote(cmp.Or(lake, defaultLake)), "simulator": strconv.Quote(i.Simulator),
		"tenant_id": cmp.Or(i.TenantID, tenant), "client_id": cmp.Or(i.ClientID, placeholder),
	}
	var text strings.Builder
	for line := range strings.Lines(initial) {
		if rest, ok := strings.CutPrefix(line, "?"); ok {
			var with string
			if with, line, _ = strings.Cut(rest, " "); with != begin {
				continue
			}
		}
		text.WriteString(os.Expand(line, func(name string) string { return values[name] }))
	}
	return text.String()
}

// writeNew writes a file that is not there yet.
func writeNew(name, text string) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already, and is left as it is: remove it, or name another with --config", name)
	}
	if err != nil {
		return fmt.Errorf("write the configuration: %w; name a file that can be written with --config", err)
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}

// step is a command to run next, and what for. Without a command it is something to do elsewhere.
type step struct {
	Command string `json:"command,omitempty"`
	Purpose string `json:"purpose"`
}

// next is what is left to do, in this order.
func (i initCommand) next(file, lake string) []step {
	graphlake := "graphlake "
	if file != defaultConfig {
		graphlake += "--config " + quoted(file) + " "
	}
	var steps []step
	if i.Simulator != "" {
		steps = []step{{"export GRAPHSIM_TOKEN=any", "the simulator takes every token"}}
	} else {
		ids := step{Purpose: "register an application in the Entra admin center"}
		if i.TenantID == "" || i.ClientID == "" {
			ids.Purpose += ", and put its tenant_id and client_id into " + file
		}
		steps = []step{
			ids,
			{graphlake + "permissions --format manifest", "what it asks for: requiredResourceAccess of its manifest"},
			{graphlake + "permissions --format consent-url", "where an administrator grants that"},
			{"export GRAPH_CLIENT_SECRET=…", "a secret of the application"},
		}
	}
	if strings.HasPrefix(lake, "az://") && !i.Create {
		steps = append(steps, step{graphlake + "init --create", "makes the container of the lake, once azure in " + file + " says where"})
	}
	steps = append(steps, step{graphlake + "check", "tries everything, and names what is missing"})
	if i.Simulator == "" {
		for _, d := range schemas.BuiltIn() {
			if d.Retention > 0 {
				steps = append(steps, saving(graphlake, d, time.Now()))
			}
		}
	}
	return append(steps,
		step{graphlake + "plan", "says what a run would read"},
		step{graphlake + "run", "reads it"},
	)
}

// saving is how to read what Graph still has of a dataset, before it forgets it, and how long that takes at least.
func saving(graphlake string, d schemas.Dataset, now time.Time) step {
	s := step{Command: fmt.Sprintf("%srun --dataset %s --last %s", graphlake, d.Name, inDays(d.Retention))}
	s.Purpose = fmt.Sprintf("first of all: Graph forgets %s after %d days", strings.ReplaceAll(d.Name, "_", " "), d.Retention/schemas.Day)
	nobody := plan.Tenant{Name: "contoso"}
	midnight := now.UTC().Truncate(schemas.Day)
	p, err := plan.New(plan.Selection{Tenants: []plan.Tenant{nobody}, Datasets: []schemas.Dataset{d}, From: midnight.Add(-d.Retention), To: midnight}, nil, now)
	if err == nil { // with another purpose alone, nothing is wrong
		_, more := p.OnTop(nobody, d, perDay, 1)
		s.Purpose += fmt.Sprintf("; takes %v, and %v more for each %s a day", rounded(p.Shortest(1)), rounded(more), thousands(perDay))
	}
	return s
}

// printNext prints the steps so that a shell takes them as they are.
func (c *command) printNext(steps []step) error {
	w := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', 0)
	for _, s := range steps {
		if s.Command == "" {
			fmt.Fprintf(c.stdout, "  # %s\n", s.Purpose)
			continue
		}
		fmt.Fprintf(w, "  %s\t# %s\n", s.Command, s.Purpose)
	}
	return w.Flush()
}
