package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"graphlake/internal/cli"
	"graphlake/internal/commandline"
	"graphlake/schemas"
	"graphlake/schemas/declare"
)

// shown is a midnight as its date, and another time in RFC 3339.
func shown(t time.Time) string { return cli.Instant{Time: t}.String() }

// days are so many whole days; 0: it is not said how many.
type days time.Duration

// UnmarshalText reads the value of a flag.
func (d *days) UnmarshalText(text []byte) error {
	parsed, ok := declare.ParseDuration(string(text))
	if !ok || parsed <= 0 || parsed%schemas.Day != 0 {
		return fmt.Errorf("%q: want whole days, as 7d or 2w", text)
	}
	*d = days(parsed)
	return nil
}

func (d days) String() string { return fmt.Sprintf("%dd", time.Duration(d)/schemas.Day) }

// rangeFlags are the flags that give a range.
type rangeFlags struct {
	From cli.Instant `placeholder:"DATE|TIME" help:"Start of the range, included: 2026-11-01 or 2026-11-01T06:00:00Z, in UTC."`
	To   cli.Instant `placeholder:"DATE|TIME" help:"End of the range, not included."`
	Last days        `placeholder:"DAYS" help:"Instead of both ends: so many whole days up to the last midnight in UTC, as 7d or 2w."`
}

// span is the range of the flags; zero: they give none.
func (r rangeFlags) span(now time.Time) (span schemas.Range, err error) {
	span = schemas.Range{From: r.From.Time, To: r.To.Time}
	switch given := !span.From.IsZero() || !span.To.IsZero(); {
	case r.Last > 0 && given:
		return span, cli.Usage(fmt.Errorf("--last %v is a range, as --from and --to are: give the one or the other", r.Last))
	case r.Last > 0:
		midnight := now.UTC().Truncate(schemas.Day)
		return schemas.Range{From: midnight.Add(-time.Duration(r.Last)), To: midnight}, nil
	case given && (span.From.IsZero() || span.To.IsZero()):
		return span, cli.Usage(errors.New("a range needs both ends: give --from and --to, or --last 7d"))
	case given && !span.From.Before(span.To):
		return span, cli.Usage(fmt.Errorf("the range %s to %s is empty or backwards: from has to be before to", r.From, r.To))
	}
	return span, nil
}

// known refuses names that are not those of configured tenants, and gives each of the others once, in their order.
func known(engine *cli.Engine, names []string) ([]string, error) {
	var all, chosen []string
	for _, t := range engine.Tenants() {
		all = append(all, t.Name)
	}
	for _, name := range names {
		if !slices.Contains(all, name) {
			return nil, cli.Usage(fmt.Errorf("there is no tenant %q in the configuration%s", name, commandline.DidYouMean(name, all)))
		}
		if !slices.Contains(chosen, name) {
			chosen = append(chosen, name)
		}
	}
	return chosen, nil
}

// jobOf is the configured job of a name.
func jobOf(engine *cli.Engine, name string) (cli.EngineJob, error) {
	var all []string
	for _, j := range engine.Jobs() {
		if j.Name == name {
			return j, nil
		}
		all = append(all, j.Name)
	}
	cure := commandline.DidYouMean(name, all)
	if cure == "" {
		cure = "; there are: " + strings.Join(all, ", ")
	}
	return cli.EngineJob{}, cli.Usage(fmt.Errorf("there is no job %q in the configuration%s", name, cure))
}
