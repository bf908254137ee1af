// Package page writes a report as one page of HTML that asks nothing of any server: style, the library that draws the charts,
// and the numbers are in it. Without scripts its tables are still there.
//
// The library is in the directory library as its makers have packed it; library/fetch.sh says from where, and SHA256SUMS in
// which bytes. What is the lake's gets into the page by html/template alone.
package page

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"
	"time"

	"graphlake/internal/foreign"
	"graphlake/report"
)

var (
	//go:embed page.html.tmpl
	text string
	//go:embed style.css
	style string
	//go:embed charts.js
	charts string
	//go:embed library/d3.min.js
	d3 string
	//go:embed library/plot.umd.min.js
	plot string
)

// Write writes the page.
func Write(w io.Writer, r report.Report) error {
	d := document{Style: template.CSS(style), Fewest: report.Fewest}
	for _, code := range []string{d3, plot, charts} {
		d.Scripts = append(d.Scripts, template.JS(code))
	}
	d.Policy = policy(d3, plot, charts)
	for _, day := range r.Days.Days() {
		d.Days = append(d.Days, day.Format(time.DateOnly))
	}
	if n := len(d.Days); n > 0 {
		d.From, d.Last = d.Days[0], d.Days[n-1]
	}
	d.Data.Days = d.Days
	if o := r.Overview(); len(r.Tenants) > 1 && len(d.Days) > 0 {
		for _, row := range o.Rows {
			row[0] = clean(row[0].(string))
		}
		d.Overview = &o
	}
	for _, t := range r.Tenants {
		one := newTenant(t, d.Days)
		d.Tenants = append(d.Tenants, one)
		d.Data.Tenants = append(d.Data.Tenants, drawnTenant{one.Sections})
	}
	page, err := template.New("page").Funcs(template.FuncMap{"drawn": drawn, "shown": shown}).Parse(text)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := page.Execute(&out, d); err != nil {
		return fmt.Errorf("write the page: %w", err)
	}
	_, err = w.Write(out.Bytes())
	return err
}

// policy lets a browser run the page's own scripts and nothing else, and ask for nothing. Plot writes styles into its charts.
func policy(scripts ...string) string {
	allowed := make([]string, len(scripts))
	for i, code := range scripts {
		sum := sha256.Sum256([]byte(code))
		allowed[i] = "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	}
	return "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; script-src " + strings.Join(allowed, " ")
}

// document is what the template shows.
type document struct {
	Policy     string
	Style      template.CSS
	Scripts    []template.JS
	From, Last string
	Days       []string
	Fewest     int
	Overview   *report.Table // of several tenants
	Tenants    []tenant
	Data       data
}

// data is what charts.js reads.
type data struct {
	Days    []string      `json:"days"`
	Tenants []drawnTenant `json:"tenants"`
}

type drawnTenant struct {
	Sections []report.Section `json:"sections"`
}

type tenant struct {
	Name     string
	Picture  string
	Warnings []string
	Sections []report.Section
	Coverage []covered
	Marks    []string
}

type covered struct {
	Dataset string
	Days    []coveredDay
}

type coveredDay struct{ Outcome, Class, Mark, Title string }

// marks stand for the outcomes of days, so that they are told without their colours. Unread is a day of which nothing is said.
var marks = []struct{ outcome, mark string }{
	{"data", "■"}, {"empty", "○"}, {"partial", "◧"}, {"late", "◔"}, {"missing", "×"}, {"refused", "!"}, {"off", "–"}, {"missed", "∅"}, {"expired", "†"}, {"removed", "▫"}, {unread, ""},
}

const unread = "nothing is said of it"

func newTenant(t report.Tenant, days []string) tenant {
	one := tenant{Name: clean(t.Name), Warnings: t.Warnings()}
	if !t.Picture.IsZero() {
		one.Picture = t.Picture.Format(time.DateOnly)
	}
	if len(days) > 0 {
		one.Sections = t.Sections()
	}
	for _, s := range one.Sections {
		for _, table := range s.Tables {
			for _, row := range table.Rows {
				if name, ok := row[0].(string); ok {
					row[0] = clean(name)
				}
			}
		}
	}
	counts := map[string]int{}
	for _, c := range t.Coverage {
		row := covered{Dataset: c.Dataset}
		for i, outcome := range c.Days {
			if outcome == "" {
				outcome = unread
			}
			counts[outcome]++
			row.Days = append(row.Days, coveredDay{outcome, class(outcome), markOf(outcome), days[i] + ": " + outcome})
		}
		one.Coverage = append(one.Coverage, row)
	}
	for _, m := range marks {
		if counts[m.outcome] > 0 {
			one.Marks = append(one.Marks, strings.TrimSpace(m.mark+" "+m.outcome))
		}
	}
	return one
}

// clean is text of the lake in one line, with what certainly is a secret taken out.
func clean(s string) string {
	return strings.Join(strings.Fields(foreign.Printable(s)), " ")
}

func class(outcome string) string {
	if outcome == unread {
		return "unread"
	}
	return outcome
}

func markOf(outcome string) string {
	for _, m := range marks {
		if m.outcome == outcome {
			return m.mark
		}
	}
	return "?"
}

// drawn reports whether a table has a chart, and a row that is not hidden.
func drawn(t report.Table) bool {
	if t.Chart.Form == "" {
		return false
	}
	for _, row := range t.Rows {
		if _, hidden := row[t.Chart.Parts[0]].(string); !hidden {
			return true
		}
	}
	return false
}

type cell struct {
	Text string
	Head bool
	Span int // columns, of the one text that stands for all numbers of a hidden group
}

func shown(t report.Table, row []any) []cell {
	cells := []cell{{Text: t.Columns[0].Shown(row[0]), Head: true}}
	if words, hidden := row[1].(string); hidden {
		return append(cells, cell{Text: words, Span: len(row) - 1})
	}
	for i, value := range row[1:] {
		cells = append(cells, cell{Text: t.Columns[i+1].Shown(value)})
	}
	return cells
}
