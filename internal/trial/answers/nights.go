package answers

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"graphlake/internal/trial/command"
)

// clock is what the tenants' clocks show, in seconds since 1970.
type clock struct{ seconds atomic.Int64 }

func (c *clock) now() time.Time { return time.Unix(c.seconds.Load(), 0).UTC() }

// tokens tell the tenants apart, as they do on Graph.
var tokens = []string{command.Token, "another"}

// ServeHTTP is Graph, which answers for the tenant whose token it is shown; without one, for the first.
func (t *trial) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	tenant := t.tenants[0]
	for i, token := range tokens {
		if r.Header.Get("Authorization") == "Bearer "+token {
			tenant = t.tenants[i]
		}
	}
	tenant.ServeHTTP(w, r)
}

// nights are those in which the lake is read, the first first.
func (t *trial) nights() (all []time.Time) {
	last := t.days + afterwards
	for _, n := range []int{firstNight, sickNight, thirdNight} {
		all = append(all, t.day(n))
	}
	for n := fourthNight; n < last; n += week {
		all = append(all, t.day(n))
	}
	return append(all, t.day(last))
}

// read reads the tenants in all nights, in that of the last of which the clock stays.
func (t *trial) read(ctx context.Context, bin string) error {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	graph := &http.Server{Handler: t, ReadHeaderTimeout: 10 * time.Second}
	defer graph.Close()
	go func() { _ = graph.Serve(l) }() // it says only that it was closed
	t.lake.Client = command.Client{
		Bin: bin, Dir: t.dir, URL: "http://" + l.Addr().String(), Rate: command.Unhindered,
		Tenants: fmt.Sprintf("  - {name: fabrikam, tenant_id: %s, auth: {method: token, token_env: OTHER_TOKEN}}\n", t.tenants[1].Tenant), Environment: []string{"OTHER_TOKEN=" + tokens[1]},
	}
	names, err := t.lake.Names(ctx)
	if err != nil {
		return err
	}
	for i, night := range t.nights() {
		t.clock.seconds.Store(night.Unix())
		args := []string{"--dataset", names, "--now", night.Format(time.RFC3339)}
		if i == 0 {
			args = append(args, "--from", from, "--to", night.Format(time.DateOnly))
		}
		start := time.Now()
		// A night in which somebody is sick ends with an exit status of its own; those after it have to end well.
		if _, err := t.lake.Run(ctx, args...); err != nil && night.After(t.day(healed)) {
			return err
		}
		fmt.Printf("answers night %s: %.1f s\n", night.Format(time.DateOnly), time.Since(start).Seconds())
	}
	return nil
}
