package answers

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"slices"
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
	return append(all, t.day(last), t.day(last+1))
}

// moments are when presence is observed on the day of the third night, which is one: in turn, with gaps, and shortly before midnight.
var moments = []time.Duration{
	15 * time.Minute, 30 * time.Minute, 45 * time.Minute, 9 * time.Hour, 9*time.Hour + 10*time.Minute, 10 * time.Hour, 23*time.Hour + 50*time.Minute,
}

// observed are the instants at which presence is.
func (t *trial) observed() (all []time.Time) {
	for _, night := range t.nights() {
		all = append(all, night)
		if night.Equal(t.day(thirdNight)) {
			for _, d := range moments {
				all = append(all, night.Add(d))
			}
		}
	}
	return all
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
	for i, at := range t.observed() {
		t.clock.seconds.Store(at.Unix())
		args := []string{"--dataset", names, "--now", at.Format(time.RFC3339)}
		switch {
		case i == 0:
			args = append(args, "--from", from, "--to", at.Format(time.DateOnly))
		case at.Hour()+at.Minute() > 0: // no night
			args[1] = "presence"
		}
		start := time.Now()
		// A night in which somebody is sick ends with an exit status of its own; those after it have to end well.
		if _, err := t.lake.Run(ctx, args...); err != nil && at.After(t.day(healed)) {
			if err := t.again(ctx, args); err != nil {
				return err
			}
		}
		fmt.Printf("answers %s: %.1f s\n", at.Format(time.RFC3339), time.Since(start).Seconds())
	}
	return nil
}

// again runs a night again that did not end well. In a tenant so small a team that is gone may have had most of all members of teams and channels, which is
// doubted: whoever runs it has to say first that it is right.
func (t *trial) again(ctx context.Context, args []string) error {
	doubted := slices.Clone(args)
	doubted[1] = "channel_members,team_members,joined_teams"
	if _, err := t.lake.Run(ctx, append(doubted, "--believe")...); err != nil {
		return err
	}
	_, err := t.lake.Run(ctx, args...)
	return err
}
