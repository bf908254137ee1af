package control

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"graphlake/control/bearer"
	"graphlake/internal/foreign"
	"graphlake/jobs"
	"graphlake/jobs/plan"
)

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
	Error      string       `json:"error,omitempty"`       // why it has no report, though it waits and runs no more
	Report     *jobs.Report `json:"report,omitempty"`      // what graphlake run --output json prints, once it has ended
}

// askRun takes a request for a run.
func (s *Server) askRun(w http.ResponseWriter, r *http.Request, caller bearer.Caller) (run string) {
	req, status, err := readRequest(r)
	if err != nil {
		problem(w, status, foreign.Printable(err.Error()))
		return ""
	}
	k := key{caller: caller.Name + " " + caller.ClientID, person: caller.Person}
	choice, err := s.choose(req, caller)
	if err == nil {
		k.text, err = idempotencyKey(r.Header)
	}
	if err != nil {
		problem(w, http.StatusBadRequest, foreign.Printable(err.Error()))
		return ""
	}
	a := asked{Asked: s.options.Now(), By: caller.Name, Request: req}
	for _, t := range choice.Tenants {
		a.Tenants = append(a.Tenants, t.ID)
	}
	a, isNew, err := s.enqueue(r.Context(), a, k)
	if err == nil && !s.may(caller, a) { // the caller had other tenants when the key came first
		err = errOtherRequest
	}
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
	return a.Run
}

// enqueue puts a run into the lake and into the queue. What was asked for with its key before is looked up, however full the queue is.
func (s *Server) enqueue(ctx context.Context, a asked, k key) (there asked, isNew bool, err error) {
	reserved := s.queue.reserve()
	if !reserved {
		if k.text == "" {
			return a, false, errFull
		}
		_, _, err := readAsked(ctx, s.options.Store, k.object())
		if errors.Is(err, errNoRun) {
			err = errFull
		}
		if err != nil {
			return a, false, err
		}
	}
	a, isNew, err = writeAsked(ctx, s.options.Store, a, k)
	switch {
	case !reserved:
	case err == nil && a.stateAt(s.options.Now()) == Queued:
		s.queue.add(a)
	default:
		s.queue.release()
	}
	return a, isNew, err
}

// getRun says what became of a run.
func (s *Server) getRun(w http.ResponseWriter, r *http.Request, caller bearer.Caller) (run string) {
	a, ok := s.visibleRun(w, r, caller)
	if ok {
		s.tell(w, r, http.StatusOK, a)
	}
	return a.Run
}

// cancelRun ends a run, whichever server it waits or runs in: another one hears of it at its next beat.
func (s *Server) cancelRun(w http.ResponseWriter, r *http.Request, caller bearer.Caller) (run string) {
	a, ok := s.visibleRun(w, r, caller)
	if !ok {
		return ""
	}
	run = a.Run
	a, err := updateAsked(r.Context(), s.options.Store, run, func(a *asked) error {
		now := s.options.Now()
		if at := a.stateAt(now); !a.Cancel.IsZero() || at != Queued && at != Running {
			return errNoChange
		}
		a.Cancel = now
		return nil
	})
	if err != nil && !errors.Is(err, errNoChange) {
		s.away(w, r, err)
		return run
	}
	if !a.Cancel.IsZero() {
		s.queue.cancel(run)
	}
	status := http.StatusAccepted
	if err != nil && a.stateAt(s.options.Now()) != Running { // it has ended before
		status = http.StatusOK
	}
	s.tell(w, r, status, a)
	return run
}

// visibleRun reads the run that a request names, or answers that there is none. One of tenants that the caller may not ask for is not
// there for it.
func (s *Server) visibleRun(w http.ResponseWriter, r *http.Request, caller bearer.Caller) (asked, bool) {
	a, err := findAsked(r.Context(), s.options.Store, r.PathValue("run"))
	switch {
	case errors.Is(err, errNoRun), err == nil && !s.may(caller, a):
		problem(w, http.StatusNotFound, "there is no such run")
		return asked{}, false
	case err != nil:
		s.away(w, r, err)
		return asked{}, false
	}
	return a, true
}

// may reports whether a caller may ask for all that a run is for.
func (s *Server) may(caller bearer.Caller, a asked) bool {
	if caller.Tenants == nil {
		return true
	}
	for _, id := range a.Tenants {
		i := slices.IndexFunc(s.options.Tenants, func(t plan.Tenant) bool { return t.ID == id })
		if i < 0 || !caller.May(s.options.Tenants[i].Name) {
			return false
		}
	}
	return true
}

// tell answers with a run, and with its report if it has one.
func (s *Server) tell(w http.ResponseWriter, r *http.Request, status int, a asked) {
	run := Run{
		Run: a.Run, State: a.stateAt(s.options.Now()), Asked: a.Asked, By: a.By, Request: a.Request,
		Begun: a.Begun, Ended: a.Ended, ExitStatus: a.ExitStatus, Error: a.Error,
	}
	if !a.Begun.IsZero() && run.State != Running {
		rep, err := jobs.LoadReport(r.Context(), s.options.Store, a.Run)
		switch {
		case err == nil:
			run.Report = &rep
			if a.Ended.IsZero() { // the server has crashed between the report and what it says here
				at := s.options.ExitStatus(rep, nil)
				run.State, run.Ended, run.ExitStatus = Ended, rep.Ended, &at
			}
		case !errors.Is(err, jobs.ErrNoRun):
			s.away(w, r, err)
			return
		}
	}
	switch {
	case run.State != Interrupted || run.Report != nil || !run.Ended.IsZero():
	case a.Begun.IsZero():
		run.Error = "no server has begun it within a day: none has run, or none knows the job, the dataset or a tenant that it names; ask again"
	default:
		run.Error = fmt.Sprintf("the server that runs it has last said so at %s: it has crashed, or does not reach the lake; ask again", a.Beat.Format(time.RFC3339))
	}
	answer(w, status, run)
}
