package cli

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"graphlake/internal/foreign"
	"graphlake/jobs"
	"graphlake/jobs/state"
)

// tableWidth is what the table of a report fits into, however long names are.
const tableWidth = 80

var totalsHead = []string{"dataset", "outcome", "changed", "records", "rows", "requests", "seconds"}

// printTotals prints a line a dataset. What of its partitions has changed is told beside how many there are.
func (c *command) printTotals(totals []jobs.Total) error {
	rows := [][]string{totalsHead}
	for _, t := range totals {
		rows = append(rows, []string{
			foreign.Printable(t.Dataset), outcomes(t.Outcomes), fmt.Sprintf("%d/%d", t.Written, t.Written+t.Unchanged),
			fmt.Sprint(t.Records), fmt.Sprint(t.AllRows), fmt.Sprint(t.Requests), fmt.Sprintf("%.1f", t.Seconds),
		})
	}
	widths := fitted(rows)
	for i, row := range rows {
		var line strings.Builder
		fmt.Fprintf(&line, "%-*s  ", widths[0], shortened(row[0], widths[0]))
		c.print(unpainted, line.String())
		word, colour := shortened(row[1], widths[1]), unpainted
		if i > 0 {
			colour = paintOf(worstOf(totals[i-1]))
		}
		c.print(colour, word)
		line.Reset()
		fmt.Fprint(&line, strings.Repeat(" ", widths[1]-utf8.RuneCountInString(word)))
		for j := 2; j < len(row); j++ {
			fmt.Fprintf(&line, "  %*s", widths[j], row[j])
		}
		if _, err := fmt.Fprintln(c.stdout, line.String()); err != nil {
			return err
		}
	}
	return c.printThrottled(totals)
}

// printThrottled says how many answers asked for fewer requests.
func (c *command) printThrottled(totals []jobs.Total) error {
	var throttled, requests int64
	for _, t := range totals {
		throttled += t.Throttled
		requests += t.Requests
	}
	if throttled == 0 {
		return nil
	}
	_, err := fmt.Fprintf(c.stdout, "%d of %d requests were throttled\n", throttled, requests)
	return err
}

// worstOf is the worst outcome of a dataset's units. A part that could not be read, or was put aside, is to be looked at.
func worstOf(t jobs.Total) (worst state.Outcome) {
	for _, o := range t.Outcomes {
		if worst == "" || jobs.Worse(o, worst) {
			worst = o
		}
	}
	if (t.Behind > 0 || t.Quarantined > 0 || t.Lost > 0) && !jobs.Worse(worst, state.Doubted) {
		worst = state.Doubted
	}
	return worst
}

// fitted are the widths of columns: where they are too much together, outcomes and then names are cut.
func fitted(rows [][]string) []int {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	sum := 2 * (len(widths) - 1)
	for _, w := range widths {
		sum += w
	}
	for _, i := range []int{1, 0} {
		cut := min(max(sum-tableWidth, 0), max(widths[i]-utf8.RuneCountInString("interrupted…"), 0))
		widths[i] -= cut
		sum -= cut
	}
	return widths
}

// shortened is a text of so many runes at most.
func shortened(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most-1]) + "…"
}

// outcomes are the words of outcomes, the worst first.
func outcomes(all []state.Outcome) string {
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(a, b state.Outcome) int {
		switch {
		case jobs.Worse(a, b):
			return -1
		case jobs.Worse(b, a):
			return 1
		}
		return 0
	})
	words := make([]string, len(sorted))
	for i, o := range sorted {
		words[i] = string(o)
	}
	return strings.Join(words, ", ")
}

// printCauses prints a line for each thing that kept units from being read or derived: what was not, where it was met, why,
// and what mends it, with the command.
func (c *command) printCauses(rep jobs.Report, verb string) error {
	tenants := map[string]bool{}
	for _, u := range rep.Units {
		tenants[u.Tenant] = true
	}
	for _, cause := range rep.Causes() {
		line := hangs(cause, verb) + ": " + c.forSameFile(cause.Message)
		if cure := c.cure(cause, verb, len(tenants) > 1); cure != "" {
			line += ": " + cure
		}
		c.print(paintOf(cause.Units[0].Outcome), line)
		if _, err := fmt.Fprintln(c.stdout); err != nil {
			return err
		}
	}
	return nil
}

// hangs says what was not read, derived or published for a cause.
func hangs(cause jobs.Cause, verb string) string {
	what := "not read"
	switch {
	case verb == replayDelta, cause.Kind == "foreign table":
		what = "not published"
	case verb == "replay", cause.Cure == jobs.Audit:
		what = "not derived"
	}
	of := cause.Tenant
	if len(cause.Datasets) == 1 {
		of = cause.Datasets[0] + " of " + cause.Tenant
	}
	if !cause.To.IsZero() && len(cause.Datasets) == 1 {
		of += fmt.Sprintf(", %v to %v", instant{cause.From}, instant{cause.To})
	}
	switch units := len(cause.Units); {
	case units == 1:
		return of
	case len(cause.Datasets) == 1:
		return fmt.Sprintf("%s: %d units were %s", of, units, what)
	default:
		return fmt.Sprintf("%s: %d units of %d datasets were %s", of, units, len(cause.Datasets), what)
	}
}

// cure is the command that mends a cause, to be pasted; empty if none does.
func (c *command) cure(cause jobs.Cause, verb string, ofTenant bool) string {
	var words []string
	if ofTenant {
		words = []string{"--tenant", cause.Tenant}
	}
	datasets := append([]string{"--dataset", strings.Join(cause.Datasets, ",")}, words...)
	span := []string{"--from", fmt.Sprint(instant{cause.From}), "--to", fmt.Sprint(instant{cause.To})}
	switch cause.Cure {
	case jobs.Check:
		return c.toPaste(append([]string{"check"}, words...)...)
	case jobs.Consent:
		return c.toPaste(append([]string{"permissions", "--format", "consent-url"}, datasets...)...)
	case jobs.Policy:
		return policyCommands(c.applications[cause.Tenant])
	case jobs.Audit:
		if cause.To.IsZero() {
			span = nil
		}
		return c.toPaste(slices.Concat([]string{"audit"}, datasets, span)...)
	case jobs.Again:
		if !cause.To.IsZero() && sameRange(cause) {
			return c.toPaste(slices.Concat(strings.Fields(verb), datasets, span)...)
		}
		return c.sameCommand()
	case jobs.Same:
		return c.sameCommand()
	}
	return ""
}

// sameRange says whether one range has the units of a cause, and of no dataset more than these.
func sameRange(cause jobs.Cause) bool {
	return len(cause.Datasets) == 1 || !slices.ContainsFunc(cause.Units, func(u jobs.UnitReport) bool {
		return !u.From.Equal(cause.From) || !u.To.Equal(cause.To)
	})
}

// sameCommand is the command line as it was given; empty if it stays, and so begins again by itself.
func (c *command) sameCommand() string {
	if slices.Contains(c.args, "schedule") || len(c.args) == 0 {
		return ""
	}
	return "graphlake " + forShell(c.args)
}
