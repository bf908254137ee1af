// Package hostile lets the command read from a Graph that wants it to fail.
//
//	go run ./internal/trial hostile -size 64 -only REGEXP
//
// Each mode is one way to be hostile: answers of many bytes or of few that take much, deep, endless, slow or lying ones, links
// to other hosts, words for terminals. A run of the real command reads from it, as a process of its own, into an empty lake. Of
// each it is measured how much more memory it took than a run that reads nothing, and its CPU. It is told to stop by SIGTERM at
// some instants of its life, or, if it does not end by itself, after some seconds. And what it has left, on its terminal and in
// its lake, is searched for the token, for control characters, and for words that belong into tables only; the other host counts who asks.
//
// The last line is: hostile modes=N worst_mb=N worst_s=N leaked=0, of megabytes above the resting size, of seconds of CPU of a
// run, or from SIGTERM to its end, whichever are more, and of leaks. The exit status is 1 if any takes more than 128 MB, more CPU
// than is generous, or more than a second after SIGTERM, if one crashes, or if anything leaks. Modes of many answers at once have
// bounds of their own, and a line of their own before the last.
package hostile

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"
)

// What a mode may take.
const (
	mostMB     = 128
	mostMany   = 512 // of many answers at once: deployments give a run 1 GiB
	mostCPU    = 10 * time.Second
	mostToStop = time.Second
	longestRun = 2 * time.Minute // and then it is killed, and counts as failed
)

// Trial is the trial of the modes.
func Trial(flags *flag.FlagSet) func(ctx context.Context, bin string) error {
	size := flags.Int64("size", 64, "MiB of answers that are large")
	only := flags.String("only", "", "modes, as a regular expression; default all")
	stops := flags.Int("stops", 2, "instants of a mode's life at which it is told to stop as well, if it lives long enough")
	patience := flags.Duration("patience", 3*time.Second, "after which a mode that does not end by itself is told to stop")
	return func(ctx context.Context, bin string) error {
		chosen, err := regexp.Compile(*only)
		if err != nil {
			return err
		}
		dir, err := os.MkdirTemp("", "hostile")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		t := &trial{bin: bin, dir: dir, size: *size << 20, patience: *patience, resting: map[string]float64{}}
		for _, name := range slices.Sorted(maps.Keys(modes)) {
			if !chosen.MatchString(name) {
				continue
			}
			if err := t.live(ctx, name, modes[name], *stops); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		fmt.Printf("hostile many at once mb=%.0f\n", t.manyMB)
		fmt.Printf("hostile modes=%d worst_mb=%.0f worst_s=%.1f leaked=%d\n", t.modes, t.worstMB, t.worst.Seconds(), t.leaked)
		if t.failed > 0 {
			return fmt.Errorf("%d modes are not as they should be", t.failed)
		}
		return nil
	}
}

// trial is what was found.
type trial struct {
	bin, dir string
	size     int64
	patience time.Duration
	resting  map[string]float64 // MB of a run that reads nothing, by dataset

	modes, failed, leaked int
	worstMB, manyMB       float64
	worst                 time.Duration
}

// live runs a mode to its end, and then again to be stopped.
func (t *trial) live(ctx context.Context, name string, m mode, stops int) error {
	if m.dataset == "" {
		m.dataset = "pstn_calls"
	}
	key := m.dataset + strings.Join(m.args, " ")
	rest, ok := t.resting[key]
	if !ok {
		quiet, err := t.run(ctx, m.calm(), 0)
		if err != nil {
			return err
		}
		if quiet.exit != 0 {
			return fmt.Errorf("a run of %s that reads nothing ended with %d: %s", m.dataset, quiet.exit, quiet.says)
		}
		rest = quiet.mb
		t.resting[key] = rest
	}
	whole, err := t.run(ctx, m, map[bool]time.Duration{true: t.patience}[m.endless])
	if err != nil {
		return err
	}
	lives := []life{whole}
	for i := range stops {
		at := whole.wall * time.Duration(i+1) / time.Duration(stops+1)
		if m.endless || at < 100*time.Millisecond {
			continue
		}
		stopped, err := t.run(ctx, m, at)
		if err != nil {
			return err
		}
		lives = append(lives, stopped)
	}
	t.modes++
	faults := 0
	mb, cpu, stop := 0., time.Duration(0), time.Duration(0)
	for _, l := range lives {
		mb, cpu, stop = max(mb, l.mb-rest), max(cpu, l.cpu), max(stop, l.stopping)
		for _, fault := range l.faults {
			faults++
			fmt.Printf("hostile %q: %s\n", name, fault)
		}
		t.leaked += l.leaked
	}
	most := map[bool]float64{false: mostMB, true: mostMany}[m.many]
	for what, bad := range map[string]bool{
		"takes too much memory": mb > most, "takes too much CPU": cpu > mostCPU && !m.many, "stops too late": stop > mostToStop,
	} {
		if bad {
			faults++
			fmt.Printf("hostile %q: it %s\n", name, what)
		}
	}
	if faults > 0 {
		t.failed++
	}
	if m.many {
		t.manyMB = max(t.manyMB, mb)
	} else {
		t.worstMB, t.worst = max(t.worstMB, mb), max(t.worst, cpu)
	}
	t.worst = max(t.worst, stop)
	fmt.Printf("hostile %q exit=%d mb=%.0f cpu=%.2f wall=%.2f stop=%.2f requests=%d\n", name, whole.exit, mb, cpu.Seconds(), whole.wall.Seconds(), stop.Seconds(), whole.requests)
	return nil
}
