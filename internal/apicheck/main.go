// Apicheck serves the control API beside stand-ins for Entra and Graph, and holds it against its own description and against what
// docs/control-api.md tells developers to do:
//
//	go run ./internal/apicheck -python .cache/api/bin
//
// The examples of the page are run as they stand there, but for their dates, since Graph forgets: the simulator has the last days.
// check.py asks each operation everything that its description has. At last nothing that Entra gave out is in what the server has said.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"time"

	"graphlake/internal/entrasim"
)

func main() {
	bin := flag.String("bin", "bin", "where graphlake and graphsim are")
	python := flag.String("python", ".cache/api/bin", "where python is, with requirements.txt installed")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	err := check(ctx, *bin, *python)
	cancel()
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "apicheck:", err)
		os.Exit(1)
	}
}

// The applications in the directory. Nobody has no role of the control API.
const (
	controlID = "3b9d1f60-7a2c-4e85-b1d4-0f6a8c2e5d73"
	portalID  = "d20e4b7a-6c18-4f93-8a5b-7e1c3d9f0b26"
	watcherID = "5e7a9c1b-3d4f-4a62-b8e0-6c2f1d8b7a94"
	nobodyID  = "9f1c3e5a-7b2d-4860-a9f4-1e6d8c0b2a57"

	secret = "only-of-this-machine"
)

func check(ctx context.Context, bin, python string) (err error) {
	dir, err := os.MkdirTemp("", "apicheck")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	role := map[string][]string{"api://" + controlID: {"application_access"}}
	entra, err := entrasim.New(entrasim.Options{Apps: []entrasim.App{
		{ClientID: controlID, URI: "api://" + controlID},
		{ClientID: portalID, Secret: secret, Roles: role},
		{ClientID: watcherID, Secret: secret, Roles: role},
		{ClientID: nobodyID, Secret: secret},
	}})
	if err != nil {
		return err
	}
	defer entra.Close()
	w := world{dir: dir, bin: bin, python: python}
	defer func() { err = errors.Join(err, w.leave()) }()
	if err := w.serve(ctx, entra); err != nil {
		return err
	}
	if err := w.followPage(ctx, "docs/control-api.md"); err != nil {
		return err
	}
	if err := w.run(ctx, "check.py", filepath.Join(python, "python"), "-B", "internal/apicheck/check.py", filepath.Join(dir, "client")); err != nil {
		return err
	}
	err = w.leave()
	for _, issued := range append(entra.Secrets(), secret) {
		if bytes.Contains(w.said.Bytes(), []byte(issued)) {
			err = errors.Join(err, errors.New("the server has said a secret"))
		}
	}
	return err
}

// world is what was started, and the environment of who asks.
type world struct {
	dir, bin, python string
	environment      []string
	servers          []*exec.Cmd // Graph, and then ours
	said             bytes.Buffer
}

const configuration = `lake: lake
graph: {endpoint: %s, rate: 2}
tenants:
  - {name: contoso, tenant_id: 4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30, auth: {method: token, token_env: GRAPHSIM_TOKEN}}
  - {name: fabrikam, tenant_id: b6d20c4e-5f18-47a9-9c3d-8e1a7f2b4d60, auth: {method: token, token_env: GRAPHSIM_TOKEN}}
jobs:
  nightly-calls: {datasets: [pstn_calls, direct_routing_calls]}
control:
  tenant_id: %s
  client_id: %s
  authority: %s
  callers:
    - {name: portal, client_id: %s}
    - {name: watcher, client_id: %s, tenants: [fabrikam]}
    - {name: nobody, client_id: %s}
  tls: {certificate_file: tls.crt, key_file: tls.key}
`

// serve starts Graph and the server, and waits until it answers.
func (w *world) serve(ctx context.Context, entra *entrasim.Entra) error {
	graph, err := w.graph(ctx)
	if err != nil {
		return err
	}
	trusted, err := w.certify(entra.Certificate())
	if err != nil {
		return err
	}
	address, err := freeAddress(ctx)
	if err != nil {
		return err
	}
	text := fmt.Sprintf(configuration, graph, entra.TenantID(), controlID, entra.URL, portalID, watcherID, nobodyID)
	if err := os.WriteFile(filepath.Join(w.dir, "graphlake.yaml"), []byte(text), 0o600); err != nil {
		return err
	}
	w.environment = append(os.Environ(), "SSL_CERT_FILE="+trusted, "CURL_CA_BUNDLE="+trusted, "REQUESTS_CA_BUNDLE="+trusted, "GRAPHSIM_TOKEN=any",
		"CONTROL=https://"+address, "AUTHORITY="+entra.URL, "TENANT_ID="+entra.TenantID(), "CONTROL_ID="+controlID,
		"CLIENT_ID="+portalID, "CLIENT_SECRET="+secret, "OTHER_ID="+watcherID, "OTHER_SECRET="+secret, "NOBODY_ID="+nobodyID, "NOBODY_SECRET="+secret)
	server := w.command(ctx, "graphlake", "--log-format", "json", "serve", "--listen", address)
	w.environment = append(w.environment, "GRAPHLAKE="+server.Path, "GRAPHLAKE_DIRECTORY="+w.dir)
	server.Dir, server.Env, server.Stdout, server.Stderr = w.dir, w.environment, &w.said, &w.said
	if err := server.Start(); err != nil {
		return err
	}
	w.servers = append(w.servers, server)
	return waitFor(ctx, address)
}

// followPage runs the examples of a page.
func (w *world) followPage(ctx context.Context, name string) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	examples := examplesOf(string(text), time.Now())
	for _, language := range []struct{ name, file, command string }{
		{"sh", "example.sh", "sh -eu"}, {"go", "example.go", "go run"}, {"python", "example.py", filepath.Join(w.python, "python") + " -B"},
	} {
		if len(examples[language.name]) != 1 {
			return fmt.Errorf("%s: %d examples in %s, and not one", name, len(examples[language.name]), language.name)
		}
		file := filepath.Join(w.dir, language.file)
		if err := os.WriteFile(file, []byte(examples[language.name][0]), 0o600); err != nil {
			return err
		}
		command := strings.Fields(language.command)
		if err := w.run(ctx, name+" in "+language.name, command[0], append(command[1:], file)...); err != nil {
			return err
		}
	}
	return nil
}

// run runs a command in the module, as somebody who asks the server, and prints what it says.
func (w *world) run(ctx context.Context, what, command string, arguments ...string) error {
	began := time.Now()
	cmd := exec.CommandContext(ctx, command, arguments...)
	cmd.Env = w.environment
	said, err := cmd.CombinedOutput()
	fmt.Printf("%s, %.1f s:\n%s", what, time.Since(began).Seconds(), said)
	if err != nil {
		return fmt.Errorf("%s: %w\nthe server says:\n%s", what, err, lastOf(w.said.String()))
	}
	return nil
}

const mostSaid = 4000

func lastOf(text string) string { return text[max(0, len(text)-mostSaid):] }
