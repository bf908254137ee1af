package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/term"

	"graphlake/jobs/clock"
	"graphlake/jobs/plan"
	"graphlake/schemas"
)

// signs are how the states of days are drawn: without colours too each is told from all others, and in every terminal each is
// one column.
var signs = map[clock.DayState]struct {
	sign  string
	paint paint
	means string
}{
	clock.MapData:       {"#", green, "data"},
	clock.MapEmpty:      {"0", green, "empty"},
	clock.MapChanging:   {"~", green, "still changing"},
	clock.MapPartial:    {"+", yellow, "in part"},
	clock.MapDirty:      {"d", yellow, "tables lag (dirty)"},
	clock.MapMissing:    {"!", red, "missing"},
	clock.MapRefused:    {"x", red, "refused"},
	clock.MapForgotten:  {"F", red, "forgotten by Graph"},
	clock.MapMissed:     {"m", yellow, "missed"},
	clock.MapOff:        {"-", unpainted, "off"},
	clock.MapRemoved:    {"r", unpainted, "removed"},
	clock.MapUnasked:    {".", unpainted, "not asked for"},
	clock.MapUnreadable: {"?", red, "state unreadable"},
}

// heights are the steps of a sparkline.
var heights = []rune("▁▂▃▄▅▆▇█")

const (
	usualWidth  = 80
	daysInJSON  = 30 // of a map of which nobody says how many days
	fewestDays  = 7
	mondayLabel = "01-02"
)

// widthOf is how many columns whoever reads has.
func widthOf(w io.Writer) int {
	if f, ok := w.(*os.File); ok {
		if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > 0 {
			return width
		}
	}
	return usualWidth
}

// days are those of the map that the flags ask for; an end that they leave open is zero.
func (s statusCommand) days(now time.Time) (schemas.Range, error) {
	r, err := s.Last.span(s.From, s.To, now)
	switch {
	case err != nil:
		return r, err
	case !s.Map && (!r.From.IsZero() || !r.To.IsZero()):
		return r, usage(errors.New("--from, --to and --last are the days of a map: add --map"))
	case r.To.IsZero():
		r.To = now.UTC().Truncate(schemas.Day).Add(schemas.Day)
	}
	if !r.From.IsZero() && !r.From.Before(r.To) {
		return r, usage(fmt.Errorf("--from %v: the map ends on %v; say with --to which day comes after its last", instant{r.From}, instant{r.To}))
	}
	return r, nil
}

// fitting are the days that are drawn: of those that were asked for as many as fit, the newest.
func (c *command) fitting(r schemas.Range, sel plan.Selection) schemas.Range {
	days := daysInJSON
	if c.Output != "json" {
		days = max(c.width-1-labels(sel.Datasets), fewestDays)
	} else if !r.From.IsZero() {
		return r
	}
	return schemas.Range{From: schemas.Later(r.From, r.WholeDays().To.AddDate(0, 0, -days)), To: r.To}
}

// labels is the width of the names in front of the days.
func labels(all []schemas.Dataset) (width int) {
	for _, d := range all {
		width = max(width, utf8.RuneCountInString(d.Name))
	}
	return width
}

// printMap draws the days of a map below each other: of each dataset what became of them, and how many records they have.
func (c *command) printMap(s clock.Status, m clock.Map, asked schemas.Range) error {
	if c.Output == "json" {
		return c.printJSON(struct {
			clock.Status
			Map clock.Map `json:"map"`
		}{s, m})
	}
	width := 0
	for _, row := range m.Rows {
		width = max(width, utf8.RuneCountInString(row.Dataset))
	}
	tenant := ""
	for i, row := range m.Rows {
		if row.Tenant != tenant {
			if i > 0 {
				fmt.Fprintln(c.stdout)
			}
			tenant = row.Tenant
			fmt.Fprintf(c.stdout, "%s\n%*s %s\n", tenant, width, "", mondays(row.Days))
		}
		fmt.Fprintf(c.stdout, "%-*s ", width, row.Dataset)
		c.printDays(row.Days)
		if line, most := sparkline(row.Days); most > 0 {
			fmt.Fprintf(c.stdout, "%*s %s\n", width, fmt.Sprint("up to ", most), line)
		}
	}
	c.printLegend(m)
	if from := asked.WholeDays().From; !asked.From.IsZero() && from.Format(time.DateOnly) < m.From {
		fmt.Fprintf(c.stdout, "the days from %s to %s do not fit: --to %s shows them, and --output json all\n", from.Format(time.DateOnly), m.From, m.From)
	}
	for _, d := range s.Datasets {
		for _, text := range c.losses(d) {
			fmt.Fprintf(c.stdout, "%s of %s: %s\n", d.Dataset, d.Tenant, text)
		}
	}
	for _, r := range s.Running {
		fmt.Fprintln(c.stdout, running(r))
	}
	return nil
}

// printDays draws what became of days: what is painted alike is painted once.
func (c *command) printDays(days []clock.MapDay) {
	for len(days) > 0 {
		p := signs[days[0].State].paint
		var run strings.Builder
		for len(days) > 0 && signs[days[0].State].paint == p {
			run.WriteString(signs[days[0].State].sign)
			days = days[1:]
		}
		c.print(p, run.String())
	}
	fmt.Fprintln(c.stdout)
}

// mondays are the dates above days that are Mondays, where they fit; where none does, the first day.
func mondays(days []clock.MapDay) string {
	line := make([]byte, 0, len(days))
	for i, d := range days {
		date, err := time.Parse(time.DateOnly, d.Date)
		if err == nil && date.Weekday() == time.Monday && len(line) <= i && i+len(mondayLabel) <= len(days) {
			line = append(append(line, strings.Repeat(" ", i-len(line))...), date.Format(mondayLabel)...)
		}
	}
	if len(line) == 0 && len(days) > 0 {
		return days[0].Date
	}
	return string(line)
}

// sparkline draws the records of days against the most that one of them has.
func sparkline(days []clock.MapDay) (line string, most int64) {
	for _, d := range days {
		if d.Records != nil {
			most = max(most, *d.Records)
		}
	}
	var l strings.Builder
	for _, d := range days {
		if d.Records == nil || *d.Records == 0 {
			l.WriteByte(' ')
			continue
		}
		l.WriteRune(heights[(*d.Records*int64(len(heights))-1)/most])
	}
	return strings.TrimRight(l.String(), " "), most
}

// printLegend says what the signs mean that stand in a map.
func (c *command) printLegend(m clock.Map) {
	var states []clock.DayState
	for _, s := range clock.DayStates() {
		if slices.ContainsFunc(m.Rows, func(r clock.MapRow) bool {
			return slices.ContainsFunc(r.Days, func(d clock.MapDay) bool { return d.State == s })
		}) {
			states = append(states, s)
		}
	}
	fmt.Fprintln(c.stdout)
	used := 0
	for i, s := range states {
		n := 2 + len(signs[s].means)
		if i > 0 {
			if used+2+n > c.width {
				fmt.Fprintln(c.stdout)
				used = 0
			} else {
				fmt.Fprint(c.stdout, "  ")
				used += 2
			}
		}
		c.print(signs[s].paint, signs[s].sign)
		fmt.Fprint(c.stdout, " ", signs[s].means)
		used += n
	}
	if len(states) > 0 {
		fmt.Fprintln(c.stdout)
	}
}
