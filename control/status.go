package control

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"graphlake/control/bearer"
	"graphlake/internal/foreign"
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

	statusTime = 90 * time.Second // for what a status or a map is made of
)

// getStatus says how the lake stands.
func (s *Server) getStatus(w http.ResponseWriter, r *http.Request, caller bearer.Caller) (run string) {
	sel, _, err := s.selectQuery(r.URL.RawQuery, caller, "dataset", "tenant")
	if err != nil {
		problem(w, http.StatusBadRequest, foreign.Printable(err.Error()))
		return ""
	}
	ctx, cancel := context.WithTimeout(r.Context(), statusTime)
	defer cancel()
	status, err := s.statusOf(ctx, sel, caller)
	if err != nil {
		s.away(w, r, err)
		return ""
	}
	answer(w, http.StatusOK, status)
	return ""
}

// getCoverage says what became of each day of a range.
func (s *Server) getCoverage(w http.ResponseWriter, r *http.Request, caller bearer.Caller) (run string) {
	sel, days, err := s.selectQuery(r.URL.RawQuery, caller, "dataset", "tenant", "from", "to")
	if err != nil {
		problem(w, http.StatusBadRequest, foreign.Printable(err.Error()))
		return ""
	}
	ctx, cancel := context.WithTimeout(r.Context(), statusTime)
	defer cancel()
	var cov Coverage
	if cov.Status, err = s.statusOf(ctx, sel, caller); err == nil {
		cov.Map, err = clock.LoadMap(ctx, s.options.Store, sel, days, s.options.Now())
		err = s.unread(ctx, err) // its rows say what is damaged
	}
	if err != nil {
		s.away(w, r, err)
		return ""
	}
	answer(w, http.StatusOK, cov)
	return ""
}

// selectQuery is what a query chooses, and the days of a map. Each parameter may be given once, and no other ones.
func (s *Server) selectQuery(text string, caller bearer.Caller, known ...string) (plan.Selection, schemas.Range, error) {
	query, err := url.ParseQuery(text)
	if err != nil { // what can be read of it would ask for more than was meant
		return plan.Selection{}, schemas.Range{}, errors.New("the query cannot be read: want name=value, with & between two, " +
			"and % only before two hexadecimal digits")
	}
	for name, values := range query {
		if !slices.Contains(known, name) {
			return plan.Selection{}, schemas.Range{}, fmt.Errorf("there is no parameter %q here: there are %q", name, known)
		}
		if len(values) > 1 || values[0] == "" {
			return plan.Selection{}, schemas.Range{}, fmt.Errorf("%s: give one value, or leave it out", name)
		}
	}
	days, err := s.mapDays(query.Get("from"), query.Get("to"))
	if err != nil {
		return plan.Selection{}, days, err
	}
	c := Choice{Dataset: query.Get("dataset")}
	if c.Tenants, err = s.tenantsOf(caller, query.Get("tenant")); err != nil {
		return plan.Selection{}, days, err
	}
	sel, err := s.options.Select(c)
	return sel, days, err
}

// mapDays are the days of a map; the ends may be left open.
func (s *Server) mapDays(from, to string) (r schemas.Range, err error) {
	r.To = s.options.Now().UTC().Truncate(schemas.Day).Add(schemas.Day)
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

// errAway says that the lake does not answer.
var errAway = errors.New("the lake does not answer")

// unread is the error of what could not be read: none where the lake answers, for then something in it is damaged, which the log says and what
// was read; all of it is missing where the lake is away.
func (s *Server) unread(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	s.options.Log.WarnContext(ctx, "not all of the lake could be read", "error", err)
	if ctx.Err() != nil || !s.lakeAnswers(ctx, 0) {
		return errAway
	}
	return nil
}

// statusOf is the status of the lake as far as a caller may see it. What is damaged is named in it.
func (s *Server) statusOf(ctx context.Context, sel plan.Selection, caller bearer.Caller) (clock.Status, error) {
	if !s.lakeAnswers(ctx, time.Second) { // or each dataset would be waited for
		return clock.Status{}, errAway
	}
	status, err := s.options.Status(ctx, sel, s.options.Now())
	if err = s.unread(ctx, err); err != nil || caller.Tenants == nil {
		return status, err
	}
	ids := sel.TenantIDs()
	status.Runs, err = clock.LoadRuns(ctx, s.options.Store, s.options.Now().UTC().Truncate(schemas.Day), caller.May)
	if err = s.unread(ctx, err); err != nil {
		return status, err
	}
	// What is damaged of the lake as a whole, as the report of a run, may be of others.
	status.Errors = slices.DeleteFunc(status.Errors, func(said string) bool {
		return !slices.ContainsFunc(ids, func(id string) bool { return strings.Contains(said, id) })
	})
	for i := range status.Running {
		held := &status.Running[i].Datasets
		*held = slices.DeleteFunc(slices.Clone(*held), func(d state.HeldDataset) bool { return !slices.Contains(ids, d.TenantID) })
	}
	return status, nil
}
