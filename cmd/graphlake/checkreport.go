package main

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"

	"graphlake/extract/graph"
	"graphlake/jobs"
	"graphlake/jobs/state"
	"graphlake/schemas"
)

// checkReport is what check has found.
type checkReport struct {
	Status  string        `json:"status"`
	Config  string        `json:"config"`
	Privacy finding       `json:"privacy"` // of the key, and of whether the lake has the same settings
	Tenants []tenantCheck `json:"tenants"`
	Lake    lakeCheck     `json:"lake"`

	stopped bool // before everything was tried
}

// tenantCheck has the finding of the sign-in; nothing was asked if that failed.
type tenantCheck struct {
	Tenant string `json:"tenant"`
	finding
	Note        string            `json:"note,omitempty"`
	Permissions []permissionCheck `json:"permissions"`
	Datasets    []datasetCheck    `json:"datasets"`
}

type permissionCheck struct {
	Permission schemas.Permission `json:"permission"`
	State      string             `json:"state"`
	Datasets   []string           `json:"datasets"`
	Cure       string             `json:"cure,omitempty"`
}

// The states of a permission.
const (
	granting = "granted"
	missing  = "missing"
	unneeded = "unneeded"
)

type datasetCheck struct {
	Dataset string `json:"dataset"`
	finding
	refused bool // by Graph, for want of a permission
}

type lakeCheck struct {
	Lake string `json:"lake"`
	finding
}

// finding is how one thing is.
type finding struct {
	Outcome string            `json:"outcome"`
	Error   *jobs.ErrorReport `json:"error,omitempty"`

	status int
}

var outcomeOf = map[int]string{
	exitDone: "ok", exitUsage: "misconfigured", exitFailed: "failed", exitForbidden: "forbidden", exitLater: "unavailable",
}

func found(err error) finding {
	status := exitStatus(err)
	f := finding{Outcome: outcomeOf[status], status: status}
	if errors.Is(err, errStopped) {
		f.Outcome = string(state.Interrupted)
	}
	if err != nil {
		f.Error = &jobs.ErrorReport{Kind: f.Outcome, Message: err.Error()}
		if kind := graph.KindOf(err); kind != 0 {
			f.Error.Kind = kind.String()
		}
	}
	return f
}

// conclude gives the report the worst of what was found, or that it was stopped, and the exit status for it.
func (r *checkReport) conclude() int {
	met := map[int]bool{}
	add := func(f finding) {
		met[f.status] = true
		r.stopped = r.stopped || f.Outcome == string(state.Interrupted)
	}
	add(r.Privacy)
	add(r.Lake.finding)
	for _, t := range r.Tenants {
		add(t.finding)
		for _, d := range t.Datasets {
			add(d.finding)
		}
		for _, p := range t.Permissions {
			met[exitForbidden] = met[exitForbidden] || p.State == missing
		}
	}
	if r.stopped { // what is not known may be worse
		r.Status = string(state.Interrupted)
		return exitLater
	}
	worst := exitDone
	for _, status := range []int{exitLater, exitForbidden, exitFailed, exitUsage} {
		if met[status] {
			worst = status
		}
	}
	r.Status = outcomeOf[worst]
	return worst
}

func (c *command) printCheck(r checkReport) error {
	if c.Output == "json" {
		return c.printJSON(r)
	}
	fmt.Fprintf(c.stdout, "%s: ok\nprivacy: %s\n", r.Config, cmp.Or(r.Privacy.said(), "ok"))
	for _, t := range r.Tenants {
		if err := c.printTenant(t); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(c.stdout, "\nlake %s: %s\n", r.Lake.Lake, cmp.Or(r.Lake.said(), "ok: an object was written, read and removed"))
	if r.stopped {
		_, err = fmt.Fprintln(c.stdout, "\nstopped: what has no answer here was not tried, or not to its end")
	}
	return err
}

func (f finding) said() string {
	if f.Error == nil {
		return ""
	}
	return f.Outcome + ": " + f.Error.Message
}

func (c *command) printTenant(t tenantCheck) error {
	fmt.Fprintf(c.stdout, "\ntenant %s: %s\n", t.Tenant, cmp.Or(t.said(), "signed in"))
	if t.Note != "" {
		fmt.Fprintln(c.stdout, t.Note)
	}
	w := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', 0)
	if len(t.Permissions) > 0 {
		fmt.Fprintln(w, "\npermission\tis\tdatasets\tcure")
	}
	for _, p := range t.Permissions {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", p.Permission, p.State, cmp.Or(strings.Join(p.Datasets, ", "), "-"), p.Cure)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if len(t.Datasets) > 0 {
		fmt.Fprintln(w, "\ndataset\tanswer")
	}
	for _, d := range t.Datasets {
		fmt.Fprintf(w, "%s\t%s\n", d.Dataset, cmp.Or(d.said(), "ok"))
	}
	return w.Flush()
}
