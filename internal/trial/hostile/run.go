package hostile

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"graphlake/internal/trial/command"
)

// token is what the command signs with.
const token = "c4n4ry-t0ken-of-contoso"

// life is one run of the command.
type life struct {
	exit     int
	mb       float64 // at most
	cpu      time.Duration
	wall     time.Duration
	stopping time.Duration // from SIGTERM to the end
	requests int64
	says     string // the end of what it wrote
	faults   []string
	leaked   int
}

// calm is the mode where all answers are well and there is nothing to read.
func (m mode) calm() mode {
	quiet := mode{dataset: m.dataset, args: m.args, client: m.client}
	if m.frames != nil || slices.Contains(m.args, "--lake") { // a disk will do
		quiet.args, quiet.client = nil, nil
	}
	quiet.serve = func(g *graph) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			switch {
			case strings.HasPrefix(r.URL.Path, "/identity"):
				answer(w, 200, `{"access_token":"`+token+`","expires_on":"4102444800","resource":"r","token_type":"Bearer"}`)
			case strings.HasSuffix(r.URL.Path, "/callRecords"):
				answer(w, 200, `{"value":[]}`)
			default:
				well(g, w, r)
			}
		}
	}
	return quiet
}

// listen opens a port on loopback.
func listen(ctx context.Context) (net.Listener, error) {
	return new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
}

// run lets the command read from a mode, and stops it after some time, if there is any.
func (t *trial) run(ctx context.Context, m mode, stopAfter time.Duration) (l life, err error) {
	ctx, end := context.WithTimeout(ctx, longestRun)
	defer end()
	dir, err := os.MkdirTemp(t.dir, "run")
	if err != nil {
		return l, err
	}
	defer os.RemoveAll(dir)
	here, err := listen(ctx)
	if err != nil {
		return l, err
	}
	defer here.Close()
	there, err := listen(ctx)
	if err != nil {
		return l, err
	}
	defer there.Close()

	g := &graph{url: "http://" + here.Addr().String(), other: "http://" + there.Addr().String(), size: t.size}
	var strays, requests atomic.Int64
	other := &http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { strays.Add(1) }), ReadHeaderTimeout: longestRun}
	go func() { _ = other.Serve(there) }() // it says only that it was closed
	defer other.Close()
	client := command.Client{Bin: t.bin, Dir: dir, URL: g.url, Rate: command.Unhindered, Environment: []string{"GRAPHSIM_TOKEN=" + token}}
	if m.frames != nil {
		trusted := filepath.Join(dir, "ca.pem")
		secure, err := certificate(trusted)
		if err != nil {
			return l, err
		}
		client.URL = strings.Replace(g.url, "http", "https", 1)
		client.Environment = append(client.Environment, "SSL_CERT_FILE="+trusted)
		go serveFrames(tls.NewListener(here, secure), m.frames)
	} else {
		answers := m.serve(g)
		server := &http.Server{ReadHeaderTimeout: longestRun, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			requests.Add(1)
			answers(w, r)
		})}
		go func() { _ = server.Serve(here) }()
		defer server.Close()
	}

	if m.client != nil {
		m.client(g, &client)
	}
	args := append([]string{"run", "--dataset", m.dataset}, m.args...)
	if !slices.Contains([]string{"users", "presence", "chats", "x_things"}, m.dataset) { // of which there is today alone
		args = append(args, "--from", cmp.Or(m.from, "2026-11-20"), "--to", "2026-11-21", "--now", "2026-11-28T00:00:00Z")
	}
	cmd, err := client.Command(ctx, args...)
	if err != nil {
		return l, err
	}
	cmd.Args = told(cmd.Args)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return l, err
	}
	var stopped time.Time
	if stopAfter > 0 {
		timer := time.AfterFunc(stopAfter, func() {
			stopped = time.Now()
			_ = cmd.Process.Signal(syscall.SIGTERM) // it may have ended
		})
		defer timer.Stop()
	}
	peak := watch(cmd.Process.Pid)
	err = cmd.Wait()
	l.mb = peak()
	if _, ended := errors.AsType[*exec.ExitError](err); err != nil && !ended {
		return l, err
	}
	l.wall = time.Since(start)
	if !stopped.IsZero() {
		l.stopping = time.Since(stopped)
	}
	l.exit, l.cpu = cmd.ProcessState.ExitCode(), cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime()
	l.requests = requests.Load()
	l.says = strings.ToValidUTF8(string(out.Bytes()[max(0, out.Len()-500):]), "?")
	switch {
	case l.exit < 0 && !stopped.IsZero() && out.Len() == 0: // before it had begun to listen to signals
	case l.exit < 0 && ctx.Err() == nil, l.exit == 2:
		l.faults = append(l.faults, fmt.Sprintf("it ended with %v: %q", cmd.ProcessState, l.says))
	case ctx.Err() != nil:
		l.faults = append(l.faults, "it did not end")
	}
	if out.Len() > mebi {
		l.faults = append(l.faults, fmt.Sprintf("it wrote %d bytes", out.Len()))
	}
	leaks, err := leaksOf(dir, out.Bytes())
	if n := strays.Load(); n > 0 {
		leaks = append(leaks, fmt.Sprintf("the other host was asked %d times", n))
	}
	l.faults, l.leaked = append(l.faults, leaks...), len(leaks)
	return l, err
}

// watch looks at a process until what it gives is called, which says how many MB the process had at most. What the
// system says of a process that has ended does not do: it begins with what its parent had, and we are the server.
func watch(pid int) func() float64 {
	kib := regexp.MustCompile(`VmHWM:\s*(\d+) kB`)
	done, most := make(chan struct{}), make(chan float64)
	go func() {
		peak := 0.
		tick := time.NewTicker(2 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
			case <-done:
				most <- peak
				return
			}
			status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid)) // it may have ended
			if found := kib.FindSubmatch(status); found != nil && bytes.HasPrefix(status, []byte("Name:\tgraphlake\n")) {
				n, _ := strconv.ParseFloat(string(found[1]), 64)
				peak = max(peak, n/1024)
			}
		}
	}()
	return func() float64 {
		close(done)
		return <-most
	}
}

// told is the command line without what keeps the command quiet: it is its words that are looked at.
func told(args []string) (all []string) {
	for _, a := range args {
		if a != "--quiet" {
			all = append(all, a)
		}
	}
	return all
}

// leaksOf are what a run has let through: on its terminal, and in its lake.
func leaksOf(dir string, said []byte) (leaks []string, err error) {
	leaks = foreign("what it said", said, true)
	err = filepath.WalkDir(filepath.Join(dir, "lake"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		leaks = append(leaks, foreign(name, text, !strings.HasSuffix(path, ".parquet"))...)
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) { // it never began
		err = nil
	}
	beside, besideErr := os.ReadDir(dir)
	for _, e := range beside {
		if !slices.Contains([]string{"lake", "graphlake.yaml", "ca.pem"}, e.Name()) {
			leaks = append(leaks, e.Name()+" was written beside the lake")
		}
	}
	return leaks, errors.Join(err, besideErr)
}

// foreign are what must not be in a text: nowhere the token; and where a person or a program reads words of ours, nothing
// that a terminal obeys, nor who somebody is.
func foreign(where string, text []byte, words bool) (leaks []string) {
	for _, secret := range []string{token, identityHeader, storageKey} {
		if bytes.Contains(text, []byte(secret)) {
			leaks = append(leaks, where+" has a secret")
		}
	}
	if !words {
		return leaks
	}
	for _, canary := range []string{address, number, sign, name} {
		if bytes.Contains(text, []byte(canary)) {
			leaks = append(leaks, fmt.Sprintf("%s has %q", where, canary))
		}
	}
	for _, r := range string(text) {
		switch {
		case r == '\n' || r == '\t' || r == '\r':
		case r < ' ', r >= 0x7f && r < 0xa0, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
			return append(leaks, fmt.Sprintf("%s has %U", where, r))
		}
	}
	return leaks
}
