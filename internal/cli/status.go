package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"graphlake/internal/foreign"
	"graphlake/jobs/clock"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/load"
	"graphlake/schemas"
)

type statusCommand struct {
	choice
	Map  bool     `help:"Draw what is held of every day, a sign a day, and how many records it has."`
	From moment   `placeholder:"DATE|TIME" help:"The first day of the map (default: as many days as fit)."`
	To   moment   `placeholder:"DATE|TIME" help:"The day after its last (default: tomorrow)."`
	Last lastDays `placeholder:"DURATION" help:"Instead of both: so many whole days up to the last midnight in UTC, as 30d or 4w."`
	Now  instant  `placeholder:"TIME" help:"What is taken for now: gaps are looked for up to the midnight before it."`
}

func (s statusCommand) Run(ctx context.Context, c *command) error {
	what := selection{choice: s.choice, Now: s.Now}
	cfg, sel, err := c.selected(what)
	if err != nil {
		return err
	}
	store, err := cfg.openLake(ctx)
	if err != nil {
		return err
	}
	r, err := s.days(what.now())
	if err != nil {
		return err
	}
	scheduled, err := cfg.scheduled(s.tenantChoice, s.Job)
	if err != nil {
		return err
	}
	status, damaged := cfg.status(ctx, store, sel, scheduled, what.now())
	cfg.nameSignedIn(ctx, status.SignIns)
	none := status.Lane == nil && cfg.Delta.on && damaged == nil
	if status.Lane != nil && !s.Map {
		damaged = cmp.Or(damaged, cfg.loadLaneTables(ctx, store, &status, sel))
	}
	switch {
	case s.Map:
		m, alsoDamaged := clock.LoadMap(ctx, store, sel, c.fitting(r, sel), what.now())
		damaged = cmp.Or(damaged, alsoDamaged)
		err = c.printMap(status, m, r)
	case c.Output == "json":
		err = c.printJSON(status)
	default:
		err = c.printStatus(status, none)
	}
	if err := errors.Join(damaged, err); err != nil {
		return err
	}
	return stands(status)
}

// status is how the lake stands in what is selected, but for how its Delta tables do.
func (c *config) status(ctx context.Context, store load.Store, sel plan.Selection, scheduled []clock.Job, now time.Time) (clock.Status, error) {
	status, damaged := clock.LoadStatus(ctx, store, sel, scheduled, now)
	status.Late = slices.DeleteFunc(status.Late, func(o clock.Overdue) bool {
		return !slices.ContainsFunc(sel.Datasets, func(d schemas.Dataset) bool { return d.Name == o.Dataset })
	})
	return status, damaged
}

// stands is how things stand as an exit status: that somebody has to sign in goes before what is late by that, and late before
// what is in part only. Of what a run is working on it waits for the end.
func stands(s clock.Status) error {
	if len(clock.SignedOut(s.SignIns)) > 0 {
		return StatusError{Status: ExitForbidden}
	}
	if len(s.Late) > 0 {
		return StatusError{Status: ExitLater}
	}
	if s.Lane != nil && slices.ContainsFunc(s.Lane.Tables, func(t clock.LaneTable) bool { return t.Foreign != "" }) {
		return StatusError{Status: ExitIncomplete}
	}
	for _, d := range s.Datasets {
		working := slices.ContainsFunc(s.Running, func(r clock.Running) bool { return !r.Stale && r.On(d.Tenant, d.Dataset) })
		if d.Outcome == state.Forbidden || d.Behind > 0 || len(d.Lost) > 0 || len(d.Dirty) > 0 && !working {
			return StatusError{Status: ExitIncomplete}
		}
	}
	return nil
}

// printStatus prints a status, of a lake that is to have Delta tables and has none yet, or of another.
func (c *command) printStatus(s clock.Status, none bool) error {
	w := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "tenant\tdataset\tfrom\treaches\trecords\tlast read\toutcome")
	for _, d := range s.Datasets {
		outcome := string(d.Outcome)
		switch {
		case d.Error != "":
			outcome = "unreadable state"
		case d.Read.IsZero():
			outcome = "never read"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\t%s\t%s\n", d.Tenant, d.Dataset, instant{d.From}, instant{d.Reaches}, d.Records, instant{d.Read}, outcome)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, d := range s.Datasets {
		for _, remark := range c.wanting(d) {
			fmt.Fprintf(c.stdout, "%s of %s: %s\n", d.Dataset, d.Tenant, remark)
		}
	}
	var without organizersWithout
	for _, d := range s.Datasets {
		without.add(d.Tenant, d.Dataset, int64(d.NoPolicy))
	}
	c.printWithoutPolicy(without)
	if slices.ContainsFunc(s.Datasets, func(d clock.DatasetStatus) bool { return len(d.Gaps) > 0 && !d.Observed }) {
		fmt.Fprintf(c.stdout, "what is not held is read by: %s\n", c.toPaste("run", "--gaps"))
	}
	if none {
		fmt.Fprintf(c.stdout, "%s: on, and no Delta table is there yet: a run makes those of what it reads, and of all that is there: %s\n", load.DeltaTables, c.toPaste("replay", "--delta"))
	}
	c.printLane(s)
	c.printSignIns(s.SignIns)
	for _, o := range s.Late {
		fmt.Fprintf(c.stdout, "%s of %s: late: job %s of %s had to read it from %s on\n", o.Dataset, o.Tenant, o.Job, o.Due.Format(time.RFC3339), instant{o.From})
	}
	for _, r := range s.Running {
		fmt.Fprintln(c.stdout, running(r))
	}
	if err := c.printNextRuns(s.Next); err != nil {
		return err
	}
	if len(s.Runs) == 0 {
		_, err := fmt.Fprintln(c.stdout, "\nno run has ended within the last month")
		return err
	}
	w = tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\nrun\tstarted\tseconds\tstatus\tunits\tfailed")
	for _, r := range s.Runs {
		fmt.Fprintf(w, "%s\t%s\t%.1f\t%s\t%d\t%d\n", r.Run, instant{r.Started.Truncate(time.Second)}, r.Seconds, r.Status, r.Units, r.Failed)
	}
	return w.Flush()
}

// printSignIns says who is signed in, since when their tokens are not renewed, and whether they have to sign in.
func (c *command) printSignIns(all []clock.SignIn) {
	for _, s := range all {
		line := "sign-in to " + s.Tenant
		if s.Person != "" {
			line += " of " + s.Person
		}
		again := c.toPaste("sign-in", "--tenant", s.Tenant)
		switch out := s.SignedOut; {
		case out != nil && out.Since.IsZero():
			line += fmt.Sprintf(": signed_out: %s: %s", out.Reason, again)
		case out != nil:
			line += fmt.Sprintf(": signed_out since %s: %s: %s", instant{out.Since.Truncate(time.Second)}, out.Reason, again)
		case s.Old(time.Now()):
			line += fmt.Sprintf(": its tokens were renewed last at %s, and Entra forgets them after 90 days without a renewal, which each run does; or sign in again: %s", instant{s.Renewed.Truncate(time.Second)}, again)
		default:
			line += fmt.Sprintf(": its tokens were renewed last at %s", instant{s.Renewed.Truncate(time.Second)})
		}
		fmt.Fprintln(c.stdout, foreign.Printable(line))
	}
}

// nameSignedIn says who is signed in, where the token cache is here and can be read: the lake does not know it.
func (c *config) nameSignedIn(ctx context.Context, all []clock.SignIn) {
	for i, s := range all {
		at := slices.IndexFunc(c.Tenants, func(t tenantConfig) bool { return t.Name == s.Tenant })
		if at < 0 {
			continue
		}
		if a, err := c.account(ctx, c.Tenants[at]); err == nil {
			all[i].Person = a.Username
		}
	}
}

func (c *command) printNextRuns(all []clock.NextRun) error {
	if len(all) == 0 {
		return nil
	}
	w := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\njob\tnext run")
	for _, n := range all {
		fmt.Fprintf(w, "%s\t%s\n", n.Job, n.Time.Format(time.RFC3339))
	}
	return w.Flush()
}

// running is who holds which locks, and how far they are.
func running(r clock.Running) string {
	var held []string
	for _, l := range r.Locks {
		held = append(held, l.Dataset+" of "+l.Tenant)
	}
	if n := len(held); n > mostNamed {
		held = append(held[:mostNamed], fmt.Sprintf("and %d more", n-mostNamed))
	}
	who := fmt.Sprintf("%s %s on %s, process %d, since %s", r.What, r.Run, r.Host, r.PID, instant{r.Started})
	if r.Stale {
		return fmt.Sprintf("stale: %s, was at work on %s and has not said since %s that it is alive: it has crashed, or cannot reach the lake; the next run sees to it",
			who, strings.Join(held, ", "), instant{r.Beat})
	}
	text := fmt.Sprintf("at work: %s, holds %s", who, strings.Join(held, ", "))
	if r.Units > 0 {
		text += fmt.Sprintf("; %d of %d units, %d requests, %.0f %%", r.Done, r.Units, r.Requests, 100*r.Share)
	}
	return text
}

// wanting is what of a dataset is not as one would wish.
func (c *command) wanting(d clock.DatasetStatus) []string {
	var all []string
	say := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	for _, g := range d.Gaps {
		if d.Observed {
			say("not observed, and nobody can later: %s to %s", instant{g.From}, instant{g.To})
			continue
		}
		say("not held: %s to %s", instant{g.From}, instant{g.To})
	}
	all = append(all, c.losses(d)...)
	for _, u := range d.Unfinished {
		say("asked for and not read whole: %s to %s", instant{u.From}, instant{u.To})
	}
	if len(d.Dirty) > 0 {
		say("dirty, so the next run derives them: %s", strings.Join(d.Dirty, ", "))
	}
	if d.Outdated > 0 {
		say("derived by another definition of the tables, so replay them: %d days", d.Outdated)
	}
	if d.NotYet > 0 {
		say("listed and too young to be read: %d records", d.NotYet)
	}
	if d.Behind > 0 {
		say("not read, and read later from where they stand: %d parents or records: %s", d.Behind, named(d.Who, d.Behind))
	}
	if d.Gone > 0 {
		say("listed and not found, so taken for having nothing: %d", d.Gone)
	}
	for i, l := range d.Lost {
		if i == mostNamed {
			say("and %d more", len(d.Lost)-i)
			break
		}
		say("lost, for Graph has forgotten it: %s to %s%s; who accepts that says so: %s", instant{l.From}, instant{l.To}, of(l),
			c.toPaste("audit", "--accept", "lost", "--dataset", d.Dataset, "--tenant", d.Tenant, "--from", fmt.Sprint(instant{l.From}), "--to", fmt.Sprint(instant{l.To})))
	}
	if len(d.Misfits) > 0 {
		say("values that did not fit their column, and are null there: %s", counted(d.Misfits))
	}
	if len(d.New) > 0 {
		say("new properties seen, of which no column reads anything: %s", paths(d.New))
	}
	if d.MissedDays > 0 {
		say("pictures that nobody took, %d days: %s", d.MissedDays, spans(d.Missed))
	}
	if len(d.Removed) > 0 {
		say("removed, because it is older than privacy.keep allows: %s", spans(d.Removed))
	}
	if len(d.RemovedRaw) > 0 && !slices.Equal(d.Removed, d.RemovedRaw) {
		say("raw was removed, because it is older than privacy.keep allows: %s", spans(d.RemovedRaw))
	}
	if len(d.NeverRead) > 0 {
		say("not read, and older than privacy.keep: %s", spans(d.NeverRead))
	}
	if d.Expired > 0 {
		say("asked for after Graph had forgotten it: %d days", d.Expired)
	}
	return all
}

// losses are when Graph forgets what is not held, and the commands that read it before.
func (c *command) losses(d clock.DatasetStatus) (all []string) {
	for _, l := range d.Losing {
		all = append(all, fmt.Sprintf("%s is lost on %s unless it is read: %s", instant{l.From}, instant{l.Lost},
			c.toPaste("run", "--tenant", d.Tenant, "--dataset", d.Dataset, "--from", fmt.Sprint(instant{l.From}), "--to", fmt.Sprint(instant{l.To}))))
	}
	return all
}

func paths(all []schemas.Path) string {
	texts := make([]string, len(all))
	for i, p := range all {
		texts[i] = string(p)
	}
	return strings.Join(texts, ", ")
}

func of(l state.Lost) string {
	if l.Parent+l.Record == "" {
		return ""
	}
	return " of " + l.Parent + l.Record
}

// spans are ranges in a line, their ends not included.
func spans(all []clock.Span) string {
	texts := make([]string, len(all))
	for i, s := range all {
		texts[i] = fmt.Sprintf("%s to %s", instant{s.From}, instant{s.To})
	}
	return strings.Join(texts, ", ")
}
