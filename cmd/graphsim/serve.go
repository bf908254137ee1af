package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"syscall"
	"time"

	"graphlake/internal/graphsim"
)

// start serves the tenant: until the context ends, or as long as the command runs.
func (f *flags) start(ctx context.Context, o graphsim.Options) error {
	tenant := graphsim.New(o)
	if f.Truth {
		out := json.NewEncoder(os.Stdout)
		out.SetIndent("", "  ")
		if f.Keys {
			return out.Encode(tenant.TruthWithKeys())
		}
		return out.Encode(tenant.Truth())
	}
	if f.Illnesses {
		out := json.NewEncoder(os.Stdout)
		out.SetIndent("", "  ")
		return out.Encode(tenant.Illnesses(tenant.Now().UTC()))
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", f.Addr)
	if err != nil {
		return fmt.Errorf("--addr %s: %w; want the HOST:PORT of a free port, or port 0 to take one", f.Addr, err)
	}
	server := &http.Server{Handler: tenant, ReadHeaderTimeout: 10 * time.Second}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	url := "http://" + listener.Addr().String()
	if len(f.Command) > 0 {
		err = f.accompany(ctx, url)
	} else {
		fmt.Println(url)
		select {
		case <-ctx.Done():
		case err = <-served:
		}
	}
	return errors.Join(err, server.Close(), f.writeStats(tenant))
}

// writeStats says in the file what was asked, if there is one.
func (f *flags) writeStats(tenant *graphsim.Tenant) error {
	if f.Stats == "" {
		return nil
	}
	text := fmt.Sprintf("{\"requests\":%d,\"throttled\":%d}\n", tenant.Requests(), tenant.Throttled())
	return os.WriteFile(f.Stats, []byte(text), 0o644)
}

// accompany runs the command with the address in its environment. A signal to us is handed on, and
// the command has ten seconds to obey.
func (f *flags) accompany(ctx context.Context, url string) error {
	cmd := exec.CommandContext(ctx, f.Command[0], f.Command[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), "GRAPHSIM_URL="+url, "GRAPHSIM_TOKEN="+f.Token)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 10 * time.Second
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w", f.Command[0], err)
	}
	return nil
}
