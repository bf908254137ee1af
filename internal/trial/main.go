// Trial tries the commands from outside, as their users run them.
//
//	go run ./internal/trial run|million|scale|throttle|night|dataset|truth|month|torture|sick|privacy|hostile|erase|read|metrics|answers|person [flags]
//
// -h after a name lists its flags. What a trial asks stands above its function, or above its package. The
// last line of each begins with its name and has its numbers; the exit status is 1 unless they are good.
package main

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/signal"
	"slices"
	"strings"

	"graphlake/internal/trial/answers"
	"graphlake/internal/trial/erase"
	"graphlake/internal/trial/hostile"
	"graphlake/internal/trial/metrics"
	"graphlake/internal/trial/month"
	"graphlake/internal/trial/person"
	"graphlake/internal/trial/privacy"
	"graphlake/internal/trial/read"
	"graphlake/internal/trial/sick"
	"graphlake/internal/trial/torture"
	"graphlake/internal/trial/truth"
)

// A trial defines its flags, and gives what is to be done once they were read: with the graphlake and the
// graphsim in bin.
type trial func(*flag.FlagSet) func(ctx context.Context, bin string) error

var trials = map[string]trial{
	"run": run, "million": million, "scale": scale, "throttle": throttle, "night": night, "dataset": dataset,
	"truth": truth.Trial, "month": month.Trial, "torture": torture.Trial, "sick": sick.Trial, "privacy": privacy.Trial,
	"hostile": hostile.Trial, "erase": erase.Trial, "read": read.Trial, "answers": answers.Trial, "metrics": metrics.Trial,
	"person": person.Trial,
}

func main() {
	name := ""
	if len(os.Args) > 1 {
		name = os.Args[1]
	}
	define, ok := trials[name]
	if !ok {
		fmt.Fprintf(os.Stderr, "trial: there is no trial %q, only %s\n", name, strings.Join(slices.Sorted(maps.Keys(trials)), ", "))
		os.Exit(2)
	}
	flags := flag.NewFlagSet(name, flag.ExitOnError)
	bin := flags.String("bin", "bin", "where graphlake and graphsim are")
	do := define(flags)
	_ = flags.Parse(os.Args[2:]) // or it has ended us
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := do(ctx, *bin)
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		os.Exit(1)
	}
}
