package control

import (
	"errors"
	"net/http"

	"graphlake/control/bearer"
)

// call is one request of a caller, and what is to be said of it.
type call struct {
	caller bearer.Caller
	run    string // that it is about; empty: about none
}

// guarded answers callers only.
func (s *Server) guarded(what string, answer func(http.ResponseWriter, *http.Request, *call)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c := &call{}
		var err error
		if c.caller, err = s.Callers.Caller(r.Context(), r.Header); err != nil {
			s.refuse(w, r, err)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, mostBody)
		answer(w, r, c)
		s.Log.InfoContext(r.Context(), "asked", "what", what, "caller", c.caller.Name, "run", c.run)
	}
}

// refuse says to a caller that is none, or may not, no more than that.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	status := http.StatusServiceUnavailable
	refused, ok := errors.AsType[*bearer.RefusedError](err)
	if ok {
		status = refused.Status
	}
	s.Log.WarnContext(r.Context(), "refused", "status", status, "reason", err)
	switch status {
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
	case http.StatusServiceUnavailable:
		w.Header().Set("Retry-After", "30")
	}
	problem(w, status, "")
}
