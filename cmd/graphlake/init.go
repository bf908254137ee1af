package main

import (
	"bytes"
	"cmp"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"text/tabwriter"
	"text/template"
)

// placeholder stands for an id that is not known yet. It can be planned with, but not signed in with.
const placeholder = "00000000-0000-0000-0000-000000000000"

// simulatedTenant is what the lake calls the tenant of the simulator, which itself has no id.
const simulatedTenant = "4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30"

type initCommand struct {
	TenantID  string `placeholder:"GUID" help:"Entra's directory (tenant) ID (default: a placeholder)."`
	ClientID  string `placeholder:"GUID" help:"Entra's application (client) ID (default: a placeholder)."`
	Simulator string `placeholder:"URL" help:"Write it for the simulator at the address that graphsim prints."`
}

//go:embed init.yaml
var initial string

var initialTemplate = template.Must(template.New("init.yaml").Parse(initial))

// Run writes a configuration that is whole but for the ids, and never over another file.
func (i initCommand) Run(c *command) error {
	if err := errors.Join(i.check(), checkLake(c.Lake)); err != nil {
		return usage(err)
	}
	var text bytes.Buffer
	if err := initialTemplate.Execute(&text, i.values(c.Lake)); err != nil {
		return err
	}
	if err := writeNew(c.Config, text.Bytes()); err != nil {
		return usage(err)
	}
	next := i.next(c.Config)
	if c.Output == "json" {
		return c.printJSON(map[string]any{"config": c.Config, "next": next})
	}
	fmt.Fprintf(c.stdout, "wrote %s; next:\n", c.Config)
	return c.printNext(next)
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

type initialValues struct{ Lake, TenantID, ClientID, Simulator string }

func (i initCommand) values(lake string) initialValues {
	tenant := placeholder
	if i.Simulator != "" {
		tenant = simulatedTenant
	}
	return initialValues{cmp.Or(lake, "./lake"), cmp.Or(i.TenantID, tenant), cmp.Or(i.ClientID, placeholder), i.Simulator}
}

// writeNew writes a file that is not there yet.
func writeNew(name string, text []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already, and is left as it is: remove it, or name another with --config", name)
	}
	if err != nil {
		return fmt.Errorf("write the configuration: %w; name a file that can be written with --config", err)
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Close())
}

// step is a command to run next, and what for. Without a command it is something to do elsewhere.
type step struct {
	Command string `json:"command,omitempty"`
	Purpose string `json:"purpose"`
}

// next is what is left to do, in this order.
func (i initCommand) next(file string) []step {
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
	return append(steps,
		step{graphlake + "check", "tries everything, and names what is missing"},
		step{graphlake + "plan", "says what a run would read"},
		step{graphlake + "run", "reads it"},
	)
}

// plain is what a shell takes as it is.
var plain = regexp.MustCompile(`^[\w@%+=:,./-]+$`)

// quoted is a word as a shell takes it.
func quoted(word string) string {
	if plain.MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
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
