package control

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"graphlake/control/bearer"
	"graphlake/internal/foreign"
	"graphlake/jobs"
	"graphlake/jobs/clock"
	"graphlake/jobs/plan"
	"graphlake/jobs/state"
	"graphlake/schemas"
)

// Coverage is what became of each day: what graphlake status --map --output json prints.
type Coverage struct {
	clock.Status
	Map clock.Map `json:"map"` // a row a dataset of a tenant, a cell a day
}

const (
	usualDays = 30  // of a map of which nobody says how many
	mostDays  = 366 // of a map
)

// status says how the lake stands.
func (s *Server) status(w http.ResponseWriter, r *http.Request, c *call) {
	sel, _, err := s.selected(r.URL.Query(), c.caller, "dataset", "tenant")
	if err != nil {
		problem(w, http.StatusBadRequest, foreign.Printable(err.Error()))
		return
	}
	answer(w, http.StatusOK, s.statusOf(r.Context(), sel, c.caller))
}

// coverage says what became of each day of a range.
func (s *Server) coverage(w http.ResponseWriter, r *http.Request, c *call) {
	sel, days, err := s.selected(r.URL.Query(), c.caller, "dataset", "tenant", "from", "to")
	if err != nil {
		problem(w, http.StatusBadRequest, foreign.Printable(err.Error()))
		return
	}
	cov := Coverage{Status: s.statusOf(r.Context(), sel, c.caller)}
	cov.Map, err = clock.LoadMap(r.Context(), s.Store, sel, days, s.Now())
	if err != nil { // its rows say what is damaged
		s.Log.WarnContext(r.Context(), "not all of the lake could be read", "error", err)
	}
	answer(w, http.StatusOK, cov)
}

// selected is what the query of a call chooses, and the days of a map. Each parameter may be given once, and no other ones.
func (s *Server) selected(query url.Values, caller bearer.Caller, known ...string) (plan.Selection, schemas.Range, error) {
	for name, values := range query {
		if !slices.Contains(known, name) {
			return plan.Selection{}, schemas.Range{}, fmt.Errorf("there is no parameter %q here: there are %q", name, known)
		}
		if len(values) > 1 || values[0] == "" {
			return plan.Selection{}, schemas.Range{}, fmt.Errorf("%s: give one value, or leave it out", name)
		}
	}
	days, err := s.days(query.Get("from"), query.Get("to"))
	if err != nil {
		return plan.Selection{}, days, err
	}
	c := Choice{Dataset: query.Get("dataset")}
	if c.Tenants, err = s.tenantsOf(caller, query.Get("tenant")); err != nil {
		return plan.Selection{}, days, err
	}
	sel, err := s.Select(c)
	return sel, days, err
}

// days are those of a map; the ends may be left open.
func (s *Server) days(from, to string) (r schemas.Range, err error) {
	r.To = s.Now().UTC().Truncate(schemas.Day).Add(schemas.Day)
	if to != "" {
		if r.To, err = instant("to", to); err != nil {
			return r, err
		}
	}
	r.From = r.WholeDays().To.AddDate(0, 0, -usualDays)
	if from != "" {
		if r.From, err = instant("from", from); err != nil {
			return r, err
		}
	}
	switch {
	case !r.From.Before(r.To):
		return r, errors.New("the days are none or backwards: from has to be before to")
	case r.To.Sub(r.From) > mostDays*schemas.Day:
		return r, fmt.Errorf("want %d days at most", mostDays)
	}
	return r.WholeDays(), nil
}

// statusOf is the status of the lake as far as a caller may see it. What is damaged is named in it.
func (s *Server) statusOf(ctx context.Context, sel plan.Selection, caller bearer.Caller) clock.Status {
	status, err := s.Status(ctx, sel, s.Now())
	if err != nil {
		s.Log.WarnContext(ctx, "not all of the lake could be read", "error", err)
	}
	if caller.Tenants == nil {
		return status
	}
	ids := sel.TenantIDs()
	status.Runs = slices.DeleteFunc(status.Runs, func(run clock.RunStatus) bool { return !s.isOf(ctx, run.Run, caller) })
	for i := range status.Running {
		held := &status.Running[i].Datasets
		*held = slices.DeleteFunc(slices.Clone(*held), func(d state.HeldDataset) bool { return !slices.Contains(ids, d.TenantID) })
	}
	return status
}

// isOf reports whether all that a run has done is of tenants that a caller may ask for.
func (s *Server) isOf(ctx context.Context, run string, caller bearer.Caller) bool {
	rep, err := jobs.LoadReport(ctx, s.Store, run)
	if err != nil || len(rep.Units) == 0 {
		return false
	}
	return !slices.ContainsFunc(rep.Units, func(u jobs.UnitReport) bool { return !caller.May(u.Tenant) })
}
