// Package statuspage writes how a lake stands as one page of HTML: what is late, what it holds of the last days, what runs did in
// the last nights. What it shows is names of tenants, datasets and jobs, words of graphlake's own, and numbers.
//
// The page is whole without scripts, and asks for nothing but itself. With scripts it replaces its content every minute, unless
// who reads it stops that. Names get into it by html/template alone. Who serves it sends [Policy] along.
package statuspage

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
	"time"

	"graphlake/internal/foreign"
	"graphlake/jobs/clock"
	"graphlake/jobs/state"
)

var (
	//go:embed page.html.tmpl
	text string
	//go:embed style.css
	style string
	//go:embed refresh.js
	refresh string

	page = template.Must(template.New("page").Funcs(template.FuncMap{"clean": clean, "time": shownTime, "duration": duration, "percent": percent}).Parse(text))
)

// Policy is the Content-Security-Policy of the page: its own script and style, and itself once more.
func Policy() string {
	return fmt.Sprintf("default-src 'none'; style-src '%s'; script-src '%s'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
		hash(style), hash(refresh))
}

func hash(of string) string {
	sum := sha256.Sum256([]byte(of))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// Status is what the page shows.
type Status struct {
	Now    time.Time // of all that follows
	Health string    // ok, late, signed_out or unknown
	Late   []clock.Overdue
	// SignedOut are the sign-ins of the tenants of which nothing is read until their person signs in.
	SignedOut []clock.SignIn
	Next      []clock.NextRun
	// Running are the runs that say that they are at work. Of them the host is not shown.
	Running []clock.Running
	Map     clock.Map
	Nights  []clock.Night // the newest first
	// Unread says that some of it could not be read.
	Unread bool
}

// newestRuns are listed one by one, besides the nights.
const newestRuns = 20

// Write writes the page.
func Write(w io.Writer, s Status) error {
	d := document{Status: s, Style: template.CSS(style), Script: template.JS(refresh)}
	for _, row := range s.Map.Rows {
		if len(d.Tenants) == 0 || d.Tenants[len(d.Tenants)-1].Name != row.Tenant {
			d.Tenants = append(d.Tenants, tenant{Name: row.Tenant})
		}
		one := &d.Tenants[len(d.Tenants)-1]
		one.Rows = append(one.Rows, newRow(row))
		if len(d.Days) == 0 {
			for _, day := range row.Days {
				d.Days = append(d.Days, day.Date)
			}
		}
	}
	counts := map[clock.DayState]int{}
	for _, row := range s.Map.Rows {
		for _, day := range row.Days {
			counts[day.State]++
		}
	}
	for _, st := range clock.DayStates() {
		if counts[st] > 0 {
			d.Legend = append(d.Legend, legend{string(st), marks[st], meanings[st], counts[st]})
		}
	}
	for _, n := range s.Nights {
		if last := len(d.Nights) - 1; len(n.Runs) == 0 && last >= 0 && d.Nights[last].Runs == 0 {
			d.Nights[last].From = n.Date // nights without a run are one row
			continue
		}
		sum := n.Sum()
		d.Nights = append(d.Nights, night{From: n.Date, Date: n.Date, Runs: len(n.Runs), Sum: sum, Bad: bad(sum.Status)})
		for _, r := range n.Runs {
			if len(d.Runs) < newestRuns {
				d.Runs = append(d.Runs, run{r, bad(r.Status)})
			}
		}
	}
	var out bytes.Buffer
	if err := page.Execute(&out, d); err != nil {
		return fmt.Errorf("write the page: %w", err)
	}
	_, err := w.Write(out.Bytes())
	return err
}

type document struct {
	Status
	Style   template.CSS
	Script  template.JS
	Days    []string
	Tenants []tenant
	Legend  []legend
	Nights  []night
	Runs    []run
}

type tenant struct {
	Name string
	Rows []row
}

type row struct {
	Dataset string
	Cells   []cell
}

// cell is a day of a dataset.
type cell struct{ State, Mark, Title string }

type legend struct {
	State, Mark, Meaning string
	Count                int
}

type night struct {
	From, Date string // the first and the last day; they differ where there was no run
	Runs       int
	Sum        clock.NightRun
	Bad        bool
}

type run struct {
	clock.NightRun
	Bad bool
}

func bad(o state.Outcome) bool {
	return slices.Contains([]state.Outcome{state.Failed, state.Forbidden, state.Unavailable, state.Interrupted, state.Damaged}, o)
}

// marks tell the states of days without their colours: as status --map draws them.
var marks = map[clock.DayState]string{
	clock.MapData: "#", clock.MapEmpty: "0", clock.MapChanging: "~", clock.MapPartial: "+", clock.MapDirty: "d", clock.MapMissing: "!", clock.MapRefused: "x",
	clock.MapForgotten: "F", clock.MapMissed: "m", clock.MapOff: "-", clock.MapRemoved: "r", clock.MapUnasked: ".", clock.MapUnreadable: "?",
}

var meanings = map[clock.DayState]string{
	clock.MapData: "all is held", clock.MapEmpty: "read, and there was nothing", clock.MapChanging: "held, and read again, because it may still change",
	clock.MapPartial: "somebody or something of it is still to come", clock.MapDirty: "its tables lag", clock.MapMissing: "due, and not held",
	clock.MapRefused: "nothing of it may be read", clock.MapForgotten: "Graph forgot it before it was read", clock.MapMissed: "a picture that nobody took",
	clock.MapOff: "the tenant does not have it", clock.MapRemoved: "older than the lake keeps", clock.MapUnasked: "nobody has asked for it",
	clock.MapUnreadable: "the lake's document of it is damaged",
}

func newRow(r clock.MapRow) row {
	one := row{Dataset: r.Dataset}
	for _, d := range r.Days {
		title := d.Date + ": " + string(d.State)
		if d.Records != nil {
			title += fmt.Sprintf(", %d records", *d.Records)
		}
		if !d.Forgotten.IsZero() {
			title += ", forgotten by Graph from " + d.Forgotten.UTC().Format(time.DateOnly) + " on"
		}
		one.Cells = append(one.Cells, cell{string(d.State), marks[d.State], title})
	}
	return one
}

// clean is a name in one line.
func clean(s string) string { return strings.Join(strings.Fields(foreign.Printable(s)), " ") }

func shownTime(t time.Time) string { return t.UTC().Format("2006-01-02 15:04") }

func percent(share float64) string { return fmt.Sprintf("%.0f %%", 100*min(max(share, 0), 1)) }

// duration is a time in two units at most.
func duration(seconds float64) string {
	d := time.Duration(seconds * float64(time.Second)).Round(time.Second)
	switch {
	case d >= time.Hour:
		return fmt.Sprintf("%d h %02d min", int(d.Hours()), int(d.Minutes())%60)
	case d >= time.Minute:
		return fmt.Sprintf("%d min %02d s", int(d.Minutes()), int(d.Seconds())%60)
	}
	return fmt.Sprintf("%.1f s", seconds)
}
