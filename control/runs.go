package control

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"graphlake/control/bearer"
	"graphlake/internal/foreign"
	"graphlake/jobs"
	"graphlake/jobs/plan"
)

// mostBody is how many bytes a body has at most.
const mostBody = 1 << 20

// Request is what a run is asked for.
type Request struct {
	Job     string `json:"job,omitempty"`     // a configured job: its datasets and lookback, and without a range what it removes when it has read
	Dataset string `json:"dataset,omitempty"` // instead of a job, one dataset
	Tenant  string `json:"tenant,omitempty"`  // one of the caller's tenants by its name; left out: all of them
	From    string `json:"from,omitempty"`    // start of the range, included: a date as 2026-11-01, or an instant in RFC 3339; left out, as its end: what is due
	To      string `json:"to,omitempty"`      // end of the range, not included
}

// Run is a run that was asked for, and what became of it.
type Run struct {
	Run        string       `json:"run"`                   // its id
	State      State        `json:"state"`                 // how far it is
	Asked      time.Time    `json:"asked"`                 // when it was asked for
	By         string       `json:"by"`                    // the name of the caller who has asked for it
	Request    Request      `json:"request"`               // what was asked for
	Begun      time.Time    `json:"begun,omitzero"`        // when it began
	Ended      time.Time    `json:"ended,omitzero"`        // when it ended
	ExitStatus *int         `json:"exit_status,omitempty"` // that of the command graphlake run, once it has ended
	Error      string       `json:"error,omitempty"`       // why it has no report though it has ended
	Report     *jobs.Report `json:"report,omitempty"`      // what graphlake run --output json prints, once it has ended
}

// ask takes a request for a run.
func (s *Server) ask(w http.ResponseWriter, r *http.Request, c *call) {
	req, status, err := readRequest(r)
	var choice Choice
	if err == nil {
		status = http.StatusBadRequest
		choice, err = s.choice(req, c.caller)
	}
	k := key{caller: c.caller.Name + " " + c.caller.ClientID, person: c.caller.Person}
	if err == nil {
		k.text, err = idempotencyKey(r.Header)
	}
	if err == nil {
		err = s.selectable(choice)
	}
	if err != nil {
		problem(w, status, foreign.Printable(err.Error()))
		return
	}
	a := asked{Asked: s.Now(), By: c.caller.Name, Request: req}
	for _, t := range choice.Tenants {
		a.Tenants = append(a.Tenants, t.ID)
	}
	a, isNew, err := s.record(r, a, k)
	if err == nil && !s.may(c.caller, a) { // the caller had other tenants when the key came first
		err = errOtherRequest
	}
	c.run = a.Run
	switch {
	case errors.Is(err, errFull):
		w.Header().Set("Retry-After", "60")
		problem(w, http.StatusTooManyRequests, foreign.Printable(err.Error()))
	case errors.Is(err, errOtherRequest):
		problem(w, http.StatusUnprocessableEntity, foreign.Printable(err.Error()))
	case err != nil:
		s.away(w, r, err)
	default:
		w.Header().Set("Location", "/v1/runs/"+a.Run)
		status = http.StatusAccepted
		if !isNew {
			status = http.StatusOK
		}
		s.tell(w, r, status, a)
	}
}

// record puts a run into the lake and into the queue. What was asked for with its key before is looked up, however full the queue is.
func (s *Server) record(r *http.Request, a asked, k key) (there asked, isNew bool, err error) {
	full := s.queue.reserve()
	if full != nil {
		if k.text == "" {
			return a, false, full
		}
		if _, _, err := read(r.Context(), s.Store, k.object()); err != nil {
			if errors.Is(err, errNoRun) {
				err = full
			}
			return a, false, err
		}
	}
	a, isNew, err = record(r.Context(), s.Store, a, k)
	switch {
	case full != nil:
	case err == nil && a.state(s.Now()) == Queued:
		s.queue.add(a)
	default:
		s.queue.release()
	}
	return a, isNew, err
}

// run says what became of a run.
func (s *Server) run(w http.ResponseWriter, r *http.Request, c *call) {
	if a, ok := s.find(w, r, c); ok {
		s.tell(w, r, http.StatusOK, a)
	}
}

// cancel ends a run, whichever server it waits or runs in: another one hears of it at its next beat.
func (s *Server) cancel(w http.ResponseWriter, r *http.Request, c *call) {
	a, ok := s.find(w, r, c)
	if !ok {
		return
	}
	a, err := update(r.Context(), s.Store, a.Run, func(a *asked) error {
		if !a.Cancel.IsZero() || a.state(s.Now()) != Queued && a.state(s.Now()) != Running {
			return errNoChange
		}
		a.Cancel = s.Now()
		return nil
	})
	switch {
	case errors.Is(err, errNoChange):
		if !a.Cancel.IsZero() {
			s.queue.cancel(a.Run)
		}
		status := http.StatusOK
		if a.state(s.Now()) == Running {
			status = http.StatusAccepted
		}
		s.tell(w, r, status, a)
	case err != nil:
		s.away(w, r, err)
	default:
		s.queue.cancel(a.Run)
		s.tell(w, r, http.StatusAccepted, a)
	}
}

// find reads the run that a call is about. One of tenants that the caller may not ask for is not there for it.
func (s *Server) find(w http.ResponseWriter, r *http.Request, c *call) (asked, bool) {
	a, err := find(r.Context(), s.Store, r.PathValue("run"))
	switch {
	case errors.Is(err, errNoRun), err == nil && !s.may(c.caller, a):
		problem(w, http.StatusNotFound, "there is no such run")
		return a, false
	case err != nil:
		s.away(w, r, err)
		return a, false
	}
	c.run = a.Run
	return a, true
}

// may reports whether a caller may ask for all that a run is for.
func (s *Server) may(c bearer.Caller, a asked) bool {
	if c.Tenants == nil {
		return true
	}
	for _, id := range a.Tenants {
		i := slices.IndexFunc(s.Tenants, func(t plan.Tenant) bool { return t.ID == id })
		if i < 0 || !c.May(s.Tenants[i].Name) {
			return false
		}
	}
	return true
}

// tell answers with a run, and with its report if it has one.
func (s *Server) tell(w http.ResponseWriter, r *http.Request, status int, a asked) {
	run := Run{Run: a.Run, State: a.state(s.Now()), Asked: a.Asked, By: a.By, Request: a.Request, Begun: a.Begun, Ended: a.Ended, ExitStatus: a.ExitStatus, Error: a.Error}
	if !a.Begun.IsZero() && run.State != Running {
		rep, err := jobs.LoadReport(r.Context(), s.Store, a.Run)
		switch {
		case err == nil:
			run.Report = &rep
			if a.Ended.IsZero() { // the server has crashed between the report and what it says here
				at := s.ExitStatus(rep, nil)
				run.State, run.Ended, run.ExitStatus = Ended, rep.Ended, &at
			}
		case !errors.Is(err, jobs.ErrNoRun):
			s.away(w, r, err)
			return
		}
	}
	answer(w, status, run)
}

// selection is what a run that was asked for reads.
func (s *Server) selection(a asked) (plan.Selection, error) {
	choice, err := a.Request.choice()
	if err != nil {
		return plan.Selection{}, err
	}
	for _, t := range s.Tenants {
		if slices.Contains(a.Tenants, t.ID) {
			choice.Tenants = append(choice.Tenants, t)
		}
	}
	if len(choice.Tenants) < len(a.Tenants) {
		return plan.Selection{}, errors.New("a tenant of the request is no longer in the configuration: ask again")
	}
	return s.Select(choice)
}

// selectable says what is wrong with a choice.
func (s *Server) selectable(c Choice) error {
	_, err := s.Select(c)
	return err
}

// choice is what a caller has chosen.
func (s *Server) choice(req Request, caller bearer.Caller) (Choice, error) {
	c, err := req.choice()
	if err != nil {
		return c, err
	}
	if c.To.Sub(c.From) > s.Longest {
		return c, fmt.Errorf("the range is longer than %v, which is the longest that may be asked for here (control.longest): ask for it in parts", days(s.Longest))
	}
	c.Tenants, err = s.tenantsOf(caller, req.Tenant)
	return c, err
}

// days is a duration, in days where it is whole ones.
func days(d time.Duration) string {
	if d%(24*time.Hour) == 0 {
		return fmt.Sprintf("%d days", d/(24*time.Hour))
	}
	return d.String()
}

// tenantsOf are those that a caller may ask for, or the one of them that it names.
func (s *Server) tenantsOf(caller bearer.Caller, name string) (all []plan.Tenant, err error) {
	for _, t := range s.Tenants {
		if caller.May(t.Name) && (name == "" || name == t.Name) {
			all = append(all, t)
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("there is no tenant %q for this caller: GET /v1/status names those that there are", name)
	}
	return all, nil
}

// choice is a request without its tenants.
func (req Request) choice() (c Choice, err error) {
	c = Choice{Job: req.Job, Dataset: req.Dataset}
	if (req.Job == "") == (req.Dataset == "") {
		return c, errors.New("say what to read: a job or a dataset, and not both")
	}
	if (req.From == "") != (req.To == "") {
		return c, errors.New("a range needs both ends: give from and to, or neither for what is due")
	}
	if req.From == "" {
		return c, nil
	}
	if c.From, err = instant("from", req.From); err == nil {
		c.To, err = instant("to", req.To)
	}
	if err == nil && !c.From.Before(c.To) {
		err = errors.New("the range is empty or backwards: from has to be before to")
	}
	return c, err
}

// instant reads a date, which is its midnight in UTC, or an instant.
func instant(what, text string) (time.Time, error) {
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("%s: want a date, as 2026-11-01, or an instant, as 2026-11-01T06:00:00Z", what)
}

// readRequest reads a body: one JSON object of texts, with no other members than those of a Request.
func readRequest(r *http.Request) (req Request, status int, err error) {
	media, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if charset, ok := params["charset"]; err != nil || media != "application/json" || ok && !strings.EqualFold(charset, "utf-8") {
		return req, http.StatusUnsupportedMediaType, errors.New("want a body of JSON, and the header Content-Type: application/json")
	}
	body, err := io.ReadAll(r.Body)
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return req, http.StatusRequestEntityTooLarge, fmt.Errorf("a body has %d bytes at most", mostBody)
	}
	if err != nil {
		return req, http.StatusBadRequest, errors.New("the body did not come whole")
	}
	return req, http.StatusBadRequest, req.decode(body)
}

func (req *Request) decode(body []byte) error {
	var members map[string]json.RawMessage
	if json.Unmarshal(body, &members) != nil || members == nil {
		return errors.New(`want one JSON object, as {"dataset": "pstn_calls", "from": "2026-11-01", "to": "2026-11-02"}`)
	}
	for name, value := range members {
		field := map[string]*string{"job": &req.Job, "dataset": &req.Dataset, "tenant": &req.Tenant, "from": &req.From, "to": &req.To}[name]
		switch {
		case field == nil:
			return fmt.Errorf("%q is nothing that can be asked for: there are job, dataset, tenant, from and to", name)
		case !bytes.HasPrefix(value, []byte{'"'}) || json.Unmarshal(value, field) != nil || *field == "":
			return fmt.Errorf("%s: want a text, or leave it out", name)
		}
	}
	return nil
}

// mostKey is how long an Idempotency-Key is at most.
const mostKey = 255

// idempotencyKey is what makes two requests one; empty: nothing does.
func idempotencyKey(h http.Header) (string, error) {
	all := h.Values("Idempotency-Key")
	switch {
	case len(all) == 0:
		return "", nil
	case len(all) > 1 || all[0] == "" || len(all[0]) > mostKey || strings.ContainsFunc(all[0], func(r rune) bool { return r < ' ' || r > '~' }):
		return "", fmt.Errorf("Idempotency-Key: want one text of 1 to %d printable ASCII characters, as a random UUID", mostKey)
	}
	return all[0], nil
}
