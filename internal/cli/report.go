package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"graphlake/internal/foreign"
	"graphlake/report"
	"graphlake/report/page"
	"graphlake/schemas"
)

type reportCommand struct {
	HTML   string   `name:"html" placeholder:"FILE" help:"Write a page there, with charts, all tables, and what the lake holds of each day; it needs no server and no network."`
	Tenant string   `placeholder:"NAME" help:"One of the configured tenants (default: all)."`
	From   moment   `placeholder:"DATE" help:"First day, as 2026-11-01 or yesterday (default: four weeks before the end, or the first day there is)."`
	To     moment   `placeholder:"DATE" help:"The day after the last (default: the day after the newest with calls or messages)."`
	Last   lastDays `placeholder:"DURATION" help:"Instead of both: so many days up to the last midnight in UTC, as 7d."`
}

func (a reportCommand) Run(ctx context.Context, c *command) error {
	cfg, err := c.configuration()
	if err != nil {
		return err
	}
	days, err := a.Last.span(a.From, a.To, time.Now())
	if err != nil {
		return err
	}
	for _, at := range []time.Time{days.From, days.To} {
		if !at.Equal(at.Truncate(schemas.Day)) {
			return usage(fmt.Errorf("%v is no day: a report has whole days, as 2026-11-01", instant{at}))
		}
	}
	tenants, err := tenantChoice{Tenant: a.Tenant}.tenants(cfg)
	if err != nil {
		return err
	}
	o := report.Options{Datasets: cfg.set, From: days.From, To: days.To}
	for _, t := range tenants {
		o.Tenants = append(o.Tenants, report.Named{ID: t.TenantID, Name: t.Name})
	}
	if o.Store, err = cfg.openLake(ctx); err != nil {
		return err
	}
	r, err := report.Make(ctx, o)
	if err != nil {
		return err
	}
	if a.HTML != "" {
		if err := writePage(a.HTML, r); err != nil {
			return err
		}
	}
	if c.Output == "json" {
		return c.printJSON(reportDocument(r))
	}
	if err := printAnswers(c.stdout, r); err != nil {
		return err
	}
	if a.HTML != "" {
		_, err = fmt.Fprintf(c.stdout, "\nwrote %s\n", a.HTML)
	}
	return err
}

// writePage replaces the file in one step: whoever has the page open, or a run that is stopped, has an old one or a new one.
func writePage(file string, r report.Report) (err error) {
	var out bytes.Buffer
	if err := page.Write(&out, r); err != nil {
		return err
	}
	draft, err := os.CreateTemp(filepath.Dir(file), ".report-*.html") // which is its owner's alone, as the lake is
	if err != nil {
		if path, ok := errors.AsType[*fs.PathError](err); ok { // the draft's name says nothing to anybody
			err = path.Err
		}
		return usage(fmt.Errorf("write the page %s: %w; name a file in a directory that is there and can be written to", file, err))
	}
	defer os.Remove(draft.Name())
	_, err = draft.Write(out.Bytes())
	if err = errors.Join(err, draft.Close()); err == nil {
		err = os.Rename(draft.Name(), file)
	}
	if err != nil {
		return fmt.Errorf("write the page: %w", err)
	}
	return nil
}

// answersOf is a tenant's part of the JSON document.
type answersOf struct {
	Tenant   string           `json:"tenant"`
	TenantID string           `json:"tenant_id"`
	Warnings []string         `json:"warnings"`
	Answers  []report.Section `json:"answers"`
	Coverage []coverageOf     `json:"coverage"`
}

type coverageOf struct {
	Dataset string            `json:"dataset"`
	Days    map[string]string `json:"days"`
}

func reportDocument(r report.Report) any {
	tenants := []answersOf{}
	for _, t := range r.Tenants {
		one := answersOf{Tenant: t.Name, TenantID: t.ID, Warnings: append([]string{}, t.Warnings()...), Answers: t.Sections(), Coverage: []coverageOf{}}
		for _, c := range t.Coverage {
			days := map[string]string{}
			for i, day := range r.Days.Days() {
				if c.Days[i] != "" {
					days[day.Format(time.DateOnly)] = c.Days[i]
				}
			}
			one.Coverage = append(one.Coverage, coverageOf{c.Dataset, days})
		}
		tenants = append(tenants, one)
	}
	return map[string]any{"from": r.Days.From, "to": r.Days.To, "tenants": tenants}
}

const (
	reportWidth = 80 // characters of a line
	reportRows  = 8  // of a table
	shareWidth  = 20 // characters that are 100 %
)

// printAnswers prints of each tenant and question the answer, and the first of its tables.
func printAnswers(w io.Writer, r report.Report) error {
	var out strings.Builder
	days := len(r.Days.Days())
	if days == 0 {
		fmt.Fprintln(&out, "the lake has neither calls nor messages yet, so there is nothing to count")
	}
	for i, t := range r.Tenants {
		if days == 0 {
			break
		}
		if i > 0 {
			fmt.Fprintln(&out)
		}
		fmt.Fprintf(&out, "%s, %s to %s, days in UTC\n", oneLine(t.Name), instant{r.Days.From}, instant{r.Days.To.Add(-schemas.Day)})
		fold(&out, "held: "+heldDays(t, days))
		for _, warning := range t.Warnings() {
			fold(&out, "! "+warning)
		}
		for _, s := range t.Sections() {
			fmt.Fprintf(&out, "\n%s\n", strings.ToUpper(s.Title))
			if len(s.Tables) == 0 {
				fold(&out, "Nothing of it in these days.")
				continue
			}
			fold(&out, s.Sentence)
			printTable(&out, s.Tables[0])
		}
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// heldDays says of how many days the lake holds what the answers are made of.
func heldDays(t report.Tenant, days int) string {
	var all []string
	for _, c := range t.Coverage {
		held := 0
		for _, outcome := range c.Days {
			if slices.Contains([]string{"data", "empty", "partial", "late"}, outcome) {
				held++
			}
		}
		if report.IsAnswering(c.Dataset) && !slices.Contains([]string{"users", "mailbox_settings"}, c.Dataset) { // of which the newest picture counts
			all = append(all, fmt.Sprintf("%s %d", c.Dataset, held))
		}
	}
	return strings.Join(all, ", ") + fmt.Sprintf(" of %d days", days)
}

// fold prints a text in lines that fit.
func fold(out *strings.Builder, text string) {
	used := 0
	for i, word := range strings.Fields(text) {
		n := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case used+1+n > reportWidth:
			out.WriteByte('\n')
			used = 0
		default:
			out.WriteByte(' ')
			used++
		}
		out.WriteString(word)
		used += n
	}
	out.WriteByte('\n')
}

// oneLine is foreign text in a line of a table.
func oneLine(s string) string { return strings.Join(strings.Fields(foreign.Printable(s)), " ") }

// printTable prints the columns that fit, with a bar for the share. Names are cut to what the numbers leave.
func printTable(out *strings.Builder, t report.Table) {
	var shown []int
	percent := -1
	for i, column := range t.Columns {
		if column.Brief {
			shown = append(shown, i)
		}
		if column.Brief && column.Kind == report.Percent {
			percent = i
		}
	}
	rows := t.Rows[:min(len(t.Rows), reportRows)]
	widths := make([]int, len(t.Columns))
	used := 0
	for _, i := range shown {
		widths[i] = utf8.RuneCountInString(t.Columns[i].Name)
		for _, row := range rows {
			if _, words := row[i].(string); i == 0 || !words {
				widths[i] = max(widths[i], utf8.RuneCountInString(oneLine(t.Columns[i].Shown(row[i]))))
			}
		}
		if i > 0 {
			used += 2 + widths[i]
		}
	}
	bar := min(shareWidth, reportWidth-used-2-min(widths[0], 24))
	if percent >= 0 && bar >= 8 {
		used += 2 + bar
	} else {
		percent = -1
	}
	widths[0] = min(widths[0], reportWidth-used)
	line := func(cell func(i int) string, end string) {
		var l strings.Builder
		for _, i := range shown {
			text := cell(i)
			if i == 0 {
				fmt.Fprintf(&l, "%-*s", widths[0], cut(text, widths[0]))
			} else {
				fmt.Fprintf(&l, "  %*s", widths[i], text)
			}
		}
		out.WriteString(strings.TrimRight(l.String()+"  "+end, " ") + "\n")
	}
	line(func(i int) string { return t.Columns[i].Name }, "")
	for _, row := range rows {
		if words, hidden := row[1].(string); hidden {
			line(func(i int) string {
				if i == 0 {
					return oneLine(t.Columns[0].Shown(row[0]))
				}
				return ""
			}, "")
			text := strings.TrimSuffix(out.String(), "\n")
			out.Reset()
			out.WriteString(text + "  " + words + "\n")
			continue
		}
		end := ""
		if percent >= 0 {
			if p, ok := row[percent].(float64); ok {
				n := int(p/100*float64(bar) + 0.5)
				end = strings.Repeat("█", n) + strings.Repeat("░", bar-n)
			}
		}
		line(func(i int) string { return oneLine(t.Columns[i].Shown(row[i])) }, end)
	}
	if more := len(t.Rows) - len(rows); more > 0 {
		fmt.Fprintf(out, "and %d more; --html FILE has all\n", more)
	}
}

// cut is text of at most so many characters.
func cut(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:max(most-1, 0)]) + "…"
}
